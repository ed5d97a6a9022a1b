"""The check in chat and on the page: counters on the running card, loud refusals, notes, forced and learnt weights."""

from dataclasses import replace
from datetime import date

import pytest

from domain.floor import learning
from domain.floor.materials import MATERIAL
from domain.floor.parcels import Item, Parcel, ParcelState
from domain.orders.catalog import Sku
from domain.people.people import Role
from domain.policy.policy_checks import CheckMode, CheckRules
from domain.stock.stock import Batch, Bucket, Document, Move
from storage.unit import Unit
from tests.factory import incoming
from tests.handlers.floor.test_scan_page import Page
from tests.handlers.floor.test_warehouse import scan_card
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
CUP = "6900000000014"


def rules(unit: Unit) -> None:
    """Every warehouse checks item by item."""
    policy = replace(unit.policy, checks=CheckRules(mode=CheckMode.ITEMS))
    unit.catalog_admin.put_policy(policy, "test")


async def picked(floor: Floor, note: str = "") -> Parcel:
    """Two white cups, picked, to be checked."""
    floor.orders(incoming("1001"))
    floor.do(rules)
    box: Parcel = floor.wave()[1][0]
    (order,) = floor.look(lambda desk: desk.orders.many(box.order_ids)).values()
    floor.do(lambda desk: desk.orders.save([replace(order, buyer_message=note)]))
    await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    return box


async def test_the_running_card_counts(floor: Floor) -> None:
    box, packer = await picked(floor), floor.cast.people[Role.PACKER]
    await floor.writes(packer, "/check")
    assert await floor.writes(packer, box.waybill) == []
    assert await floor.writes(packer, CUP) == []
    assert scan_card(floor, packer) == [
        "🔍 Check · 赵敏 Zhao Min · 0 this hour",
        "",
        f"▫️ 10:01 <code>{CUP}</code> counted",
        f"🔍 10:01 <code>{box.waybill}</code> check begun",
        "",
        f"🔍 Check {box.waybill}: 1 of 2",
        "▫️ 1/2 CUP-01 goods CUP-01",
        "",
        "Wave W0001: checked 0 of 1",
        "Scan a slip, then every unit that goes into the box. I count, and say loudly what is wrong.",
    ]
    assert await floor.writes(packer, CUP) == []
    assert floor.parcel(box.id).state is ParcelState.CHECKED
    assert scan_card(floor, packer)[0] == "🔍 Check · 赵敏 Zhao Min · 1 this hour"
    assert scan_card(floor, packer)[2] == f"✓ 10:01 <code>{box.waybill}</code> checked"


async def test_what_is_wrong_is_said_aloud(floor: Floor) -> None:
    box, packer = await picked(floor), floor.cast.people[Role.PACKER]
    await floor.writes(packer, box.waybill)
    assert await floor.writes(packer, "TEA-01") == [
        f"✋ TEA-01 茉莉花茶 100g does not belong in {box.waybill}! Put it back."
    ]
    await floor.writes(packer, f"{CUP} {CUP}")
    assert floor.parcel(box.id).state is ParcelState.CHECKED


async def test_in_chinese_too(floor: Floor) -> None:
    box = await picked(floor)
    packer = floor.speaks(Role.PACKER, "zh")
    await floor.writes(packer, box.waybill)
    assert await floor.writes(packer, "TEA-01") == [f"✋ TEA-01 茉莉花茶 100g 不是 {box.waybill} 的商品！放回去。"]
    assert f"🔍 验货 {box.waybill}：0/2" in scan_card(floor, packer)


async def test_a_box_is_not_packed_unchecked(floor: Floor) -> None:
    box, packer = await picked(floor), floor.cast.people[Role.PACKER]
    assert await floor.writes(packer, f"/pack {box.waybill}") != []
    assert floor.parcel(box.id).state is ParcelState.PICKED
    said = (await floor.writes(packer, f"/pack {box.waybill}"))[0]
    assert said == f"{box.waybill} is picked; this step needs checked.\nIts next station is 🔍 Check."


async def test_notes_are_confirmed_by_a_tap(floor: Floor) -> None:
    box, packer = await picked(floor, "请放<贺卡>"), floor.cast.people[Role.PACKER]
    said = await floor.writes(packer, box.waybill)
    assert said[0] == f"📝 {box.waybill}: read this first.\n请放&lt;贺卡&gt;"
    assert floor.look(lambda desk: desk.checks.get(box.id)) is None
    await floor.taps(packer, f"✅ Read: {box.waybill}")
    assert f"🔍 Check {box.waybill}: 0 of 2" in scan_card(floor, packer)
    await floor.writes(packer, f"{CUP} {CUP}")
    assert floor.parcel(box.id).state is ParcelState.CHECKED


async def test_the_page_counts_as_well(floor: Floor) -> None:
    box = await picked(floor)
    page = Page(floor, Role.PACKER)
    assert page.scans(box.waybill)["verdict"] == "item"
    told = page.scans(CUP)
    assert (told["verdict"], told["head"], told["undo"]) == ("item", "Counted", True)
    assert told["text"] == f"🔍 Check {box.waybill}: 1 of 2\n▫️ 1/2 CUP-01 goods CUP-01"
    wrong = page.scans("TEA-01")
    assert (wrong["verdict"], wrong["text"]) == (
        "refused",
        f"✋ TEA-01 茉莉花茶 100g does not belong in {box.waybill}! Put it back.",
    )
    assert page.does("undo", CUP)["results"][0]["verdict"] == "scan_undone"
    assert [page.scans(CUP)["verdict"] for _ in range(2)] == ["item", "ok"]


async def test_a_lead_lets_a_weight_pass(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    for role in (Role.PICKER, Role.PACKER):
        await floor.writes(floor.cast.people[role], box.waybill)
    boris, lead = floor.cast.people[Role.DISPATCHER], floor.cast.people[Role.CS_LEAD]
    assert (await floor.writes(boris, f"/force {box.waybill} 1.9kg because"))[0].startswith("Your role does not allow")
    assert (await floor.writes(lead, f"/force {box.waybill} heavy because"))[0].startswith("«heavy» is not valid")
    assert await floor.writes(lead, f"/force {box.waybill} 1.9kg") == [
        f"Write the waybill, its weight, then the reason: /force {box.waybill} 1.9kg two catalogues"
    ]
    assert await floor.writes(lead, "/force") == [
        "Write the waybill, its weight, then the reason: /force SF1234567890 1.25kg two catalogues"
    ]
    assert floor.parcel(box.id).state is ParcelState.PACKED
    assert await floor.writes(lead, f"/force {box.waybill} 1.9kg two catalogues") == [
        f"{box.waybill} weighed 1.9 kg, let pass by you. It stands in the history."
    ]
    assert floor.parcel(box.id).weight_g == 1900


async def test_learnt_weights_are_taken_by_a_tap(floor: Floor) -> None:
    floor.orders()
    box, lead = floor.wave()[1][0], floor.cast.people[Role.CS_LEAD]
    assert await floor.writes(lead, "/weights") == [
        "No weight to propose. I need 20 weighed parcels with one product alone."
    ]
    cup = Item(box.order_ids[0], 1, "CUP-01", "cup", 1)

    def weigh(unit: Unit) -> None:
        made = [
            replace(box, id=number, waybill=f"W-{number:06d}", weight_g=460, items=(cup,), wave_id=None)
            for number in unit.parcels.next_ids(20)
        ]
        unit.parcels.add(made)

    floor.do(weigh)
    said = await floor.writes(lead, "/weights")
    assert said == ["⚖️ The scales say another weight for:\n\nCUP-01: 320 g → 400 g (median of 20 parcels)"]
    await floor.taps(lead, "CUP-01: take 400 g")
    assert floor.look(lambda desk: desk.catalog.skus["CUP-01"].weight_g) == 400
    (told,) = floor.look(lambda desk: learning.changes(desk, "CUP-01", 9))
    assert (told.verb, told.actor, told.actor_id) == ("weight_learnt", lead.name, lead.id)
    assert told.data == {"sku": "CUP-01", "before": "320", "after": "400", "samples": "20"}
    assert floor.look(lambda desk: learning.changes(desk, "TEA-01", 9)) == []
    [card] = await floor.writes(lead, "/stock CUP-01")
    assert card.split("\n")[2] == f"⚖️ 11-23 10:01 320 g → 400 g, as the scales say · {lead.name}"


async def test_a_box_is_recorded_after_its_parcel(floor: Floor) -> None:
    box, packer = await picked(floor), floor.cast.people[Role.PACKER]

    def stocked(unit: Unit) -> None:
        unit.catalog_admin.put_skus([Sku("BOX-002", "", "box", 210, 50, 0, traits=frozenset({MATERIAL}))])
        unit.stock.apply([Move(box.warehouse_id or 0, "BOX-002", Bucket.GOOD, 1, Document.OPENING, 0)], "test")

    floor.do(stocked)
    await floor.writes(packer, f"{box.waybill} {CUP} {CUP} {box.waybill}")
    assert await floor.writes(packer, "BOX-002") == []
    assert (floor.parcel(box.id).state, floor.parcel(box.id).material) == (ParcelState.PACKED, "BOX-002")
    assert scan_card(floor, packer)[2] == "▫️ 10:01 <code>BOX-002</code> counted"
    assert await floor.writes(packer, "BOX-002") == []
    said = await floor.writes(packer, "/stock BOX-002")
    assert "packed into" in said[0]


async def test_a_lead_lets_a_batch_go_that_was_not_picked(floor: Floor) -> None:
    """The packer is told what should be in the box and whom to ask."""
    here = floor.cast.warehouses[0].id

    def shelves(unit: Unit) -> None:
        unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], traits=frozenset({"batch"}))])
        moves = [Move(here, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1)]
        moves += [
            Move(here, "CUP-01", Bucket.GOOD, 5, Document.OPENING, 0, batch=name) for name in ("LOT-0001", "LOT-0002")
        ]
        unit.stock.put_batches(
            [Batch("CUP-01", "LOT-0001", date(2027, 1, 1)), Batch("CUP-01", "LOT-0002", date(2027, 9, 1))]
        )
        unit.stock.apply(moves, "test")

    floor.do(shelves)
    box, packer, lead = await picked(floor), floor.cast.people[Role.PACKER], floor.cast.people[Role.CS_LEAD]
    await floor.writes(packer, f"{box.waybill} {CUP}")
    assert await floor.writes(packer, "LOT-0002") == [
        f"✋ LOT-0002 of 陶瓷杯 白 was not picked into {box.waybill}. In the box should be: LOT-0001. Take that one; "
        f"if this one may go all the same, a lead sends: <code>/batch {box.waybill} LOT-0002</code>"
    ]
    assert await floor.writes(lead, f"/batch {box.waybill}") == [
        f"Write the waybill, then the batch: /batch {box.waybill} LOT-0002"
    ]
    said = await floor.writes(lead, f"/batch {box.waybill} LOT-0002")
    assert said[0] == f"LOT-0002 goes out in {box.waybill} by your word; the stock books have it in the box."
    await floor.writes(packer, f"{CUP} LOT-0001")
    assert floor.parcel(box.id).state is ParcelState.CHECKED


@pytest.mark.parametrize(
    ("language", "first", "taken", "loud"),
    [
        (
            "en",
            "the serial number comes first",
            "this number is in another parcel",
            "✋ Serial number SN-1001 is in parcel {} already. Read it again; if it is right, put this unit aside and "
            "take another.",
        ),
        (
            "zh",
            "先扫序列号",
            "这个序列号已在别的包裹里",
            "✋ 序列号 SN-1001 已在包裹 {} 里。请重新扫一次；如果没扫错，把这件放到一边，换一件。",
        ),
    ],
)
async def test_the_running_card_says_why_a_number_was_not_taken(
    floor: Floor, language: str, first: str, taken: str, loud: str
) -> None:
    cup = floor.look(lambda desk: desk.catalog.skus["CUP-01"])
    floor.do(lambda unit: unit.catalog_admin.put_skus([replace(cup, traits=frozenset({"serial"}))]))
    floor.orders(incoming("1001"), incoming("1002"))
    boxes = floor.wave()[1]
    for box in boxes:
        await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    packer = floor.speaks(Role.PACKER, language)
    await floor.writes(packer, f"{boxes[0].waybill} {CUP} SN-1001 {CUP}")
    await floor.writes(packer, CUP)
    assert scan_card(floor, packer)[2] == f"✗ 10:01 <code>{CUP}</code> {first}"
    await floor.writes(packer, f"{boxes[1].waybill} {CUP}")
    assert await floor.writes(packer, "SN-1001") == [loud.format(boxes[0].waybill)]
    assert scan_card(floor, packer)[2] == f"✗ 10:01 <code>SN-1001</code> {taken}"
