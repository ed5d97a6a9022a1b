"""What a word is by what is being asked: batches, serial numbers, counts and codes of every shape, in chat and on the
page; and that chat stays chat."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from domain.floor.parcels import Parcel, ParcelState
from domain.orders.catalog import Sku
from domain.people.people import Role, Station
from domain.policy.policy_checks import CheckMode, CheckRules
from domain.stock.gs1 import GS
from domain.stock.stock import Batch, Bucket, Document, Move
from storage.unit import Unit
from tests.factory import incoming, incoming_line
from tests.handlers.floor.test_scan_page import Page
from tests.handlers.floor.test_warehouse import scan_card
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
MILK, PHONE, CUP = "6920000000012", "6920000000036", "6920000000029"
BATCHES = ("B7", "24051", "L24/05", "240501", "LOT 7", "7", "A,B", "春茶")


def furnish(unit: Unit, warehouse: int) -> None:
    """Milk in batches, phones with serial numbers, a cup and boxes whose codes have no digit."""
    unit.catalog_admin.put_policy(replace(unit.policy, checks=CheckRules(mode=CheckMode.ITEMS)), "t")
    unit.catalog_admin.put_skus(
        [
            Sku("MILK", MILK, "milk", 100, 100, 200, bin="M-01", traits=frozenset({"batch"})),
            Sku("PHONE", PHONE, "phone", 100, 100, 200, bin="M-03", traits=frozenset({"serial"})),
            Sku("CUP-W", CUP, "white cup", 100, 100, 200, bin="M-02"),
            Sku("BOX-M", "", "box", 80, 100, 200, bin="M-04", traits=frozenset({"material"})),
        ]
    )
    unit.stock.put_batches([Batch("MILK", name, date(2027, 3, 1)) for name in BATCHES])
    moves = [Move(warehouse, sku, Bucket.GOOD, 30, Document.OPENING, 0) for sku in ("PHONE", "CUP-W", "BOX-M")]
    unit.stock.apply(moves, "t")


def shelve(floor: Floor, batch: str, units: int = 1) -> None:
    """Milk of this batch, and no other, on the shelf."""
    here = floor.cast.warehouses[0].id
    move = Move(here, "MILK", Bucket.GOOD, units, Document.OPENING, 0, batch=batch)
    floor.do(lambda unit: unit.stock.apply([move], "t"))


@pytest.fixture
def check(floor: Floor) -> Floor:
    """The floor with these goods."""
    floor.do(furnish, floor.cast.warehouses[0].id)
    return floor


async def opened(floor: Floor, sku: str, units: int = 1, number: str = "1001") -> Parcel:
    """A parcel of these goods, picked, its check begun."""
    floor.orders(incoming(number, lines=(incoming_line(sku, units),)))
    box = floor.wave()[1][0]
    await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    await floor.writes(floor.cast.people[Role.PACKER], "/check")
    assert await floor.writes(floor.cast.people[Role.PACKER], box.waybill) == []
    assert floor.parcel(box.id).state is ParcelState.PICKED
    return box


def told(floor: Floor, box: Parcel) -> list[tuple[str, str, str]]:
    """(sku, serial, batch) of what lies in the box by its check."""
    units = floor.look(lambda desk: desk.checks.get(box.id)).units
    return [(unit.sku, unit.serial, unit.batch) for unit in units]


@pytest.mark.parametrize("batch", BATCHES)
async def test_a_batch_of_any_shape_is_told_in_chat(check: Floor, batch: str) -> None:
    shelve(check, batch)
    box, packer = await opened(check, "MILK"), check.cast.people[Role.PACKER]
    assert await check.writes(packer, MILK) == []
    assert await check.writes(packer, batch.lower()) == []
    assert check.parcel(box.id).state is ParcelState.CHECKED
    assert told(check, box) == [("MILK", "", batch)]


@pytest.mark.parametrize("batch", BATCHES)
async def test_and_on_the_page(check: Floor, batch: str) -> None:
    shelve(check, batch)
    box = await opened(check, "MILK")
    page = Page(check, Role.PACKER)
    assert [page.scans(text, Station.CHECK)["verdict"] for text in (box.waybill, MILK, batch)] == [
        "item",
        "item",
        "ok",
    ]
    assert told(check, box) == [("MILK", "", batch)]


@pytest.mark.parametrize("batch", [name for name in BATCHES if " " not in name])
async def test_and_behind_the_goods_in_one_message(check: Floor, batch: str) -> None:
    """Also right behind the slip that opens the check."""
    shelve(check, batch)
    check.orders(incoming(lines=(incoming_line("MILK", 1),)))
    box, packer = check.wave()[1][0], check.cast.people[Role.PACKER]
    await check.writes(check.cast.people[Role.PICKER], box.waybill)
    await check.writes(packer, "/check")
    assert await check.writes(packer, f"{box.waybill} {MILK} {batch}") == []
    assert told(check, box) == [("MILK", "", batch)]


@pytest.mark.parametrize("number", ["SN:AB/12.3", "SN_AB12", "AB12", "86312345678", "IMEI860000000000001", "12345"])
async def test_serial_numbers_as_the_policy_lets_them_be(check: Floor, number: str) -> None:
    box, packer = await opened(check, "PHONE"), check.cast.people[Role.PACKER]
    assert await check.writes(packer, PHONE) == []
    assert await check.writes(packer, number) == []
    assert told(check, box) == [("PHONE", number, "")]


async def test_a_number_that_cannot_be_one_is_refused_loudly(check: Floor) -> None:
    box, packer = await opened(check, "PHONE"), check.cast.people[Role.PACKER]
    await check.writes(packer, PHONE)
    assert await check.writes(packer, "A1") == ["✋ A1 is not a serial number of phone. Scan the number on the unit."]
    shelve(check, "B7")
    other = await opened(check, "MILK", number="1002")
    await check.writes(packer, MILK)
    assert await check.writes(packer, "b8") == [f"✋ B8 is not a batch of milk. {other.waybill} should hold: B7."]
    assert (told(check, box), told(check, other)) == ([("PHONE", "", "")], [("MILK", "", "")])


@pytest.mark.parametrize("words", ["ok", "2楼有人吗", "wait 5 min", "B7 please", "LOT 9", "谢谢", "where is box 7?"])
async def test_chat_stays_chat_while_a_batch_is_asked(check: Floor, words: str) -> None:
    shelve(check, "B7")
    box, packer = await opened(check, "MILK"), check.cast.people[Role.PACKER]
    await check.writes(packer, MILK)
    assert await check.writes(packer, words) == [f"I did not understand «{words}». /help shows what you can do."]
    assert told(check, box) == [("MILK", "", "")]


@pytest.mark.parametrize("words", ["B7", "24051", "AB12", "L24/05", "SN_AB12"])
async def test_a_batch_nobody_asked_for_is_no_batch(check: Floor, words: str) -> None:
    """A check is open, but of goods that bear nothing."""
    box, packer = await opened(check, "CUP-W", 2), check.cast.people[Role.PACKER]
    await check.writes(packer, CUP)
    assert await check.writes(packer, words) == [f"I did not understand «{words}». /help shows what you can do."]
    assert len(told(check, box)) == 1


async def test_codes_without_a_digit(check: Floor) -> None:
    box, packer = await opened(check, "CUP-W", 2), check.cast.people[Role.PACKER]
    assert await check.writes(packer, "cup-w") == []
    assert await check.writes(packer, "milk") == [f"✋ MILK milk does not belong in {box.waybill}! Put it back."]
    assert await check.writes(packer, "CUP-W") == []
    assert await check.writes(packer, "/pack") != []
    assert await check.writes(packer, box.waybill) == []
    assert await check.writes(packer, "BOX-M 2") == [
        f"✋ {box.waybill} is packed into a single box or bag. Scan BOX-M alone, without a number behind it."
    ]
    assert await check.writes(packer, "BOX-M") == []
    assert check.parcel(box.id).material == "BOX-M"


@pytest.mark.parametrize(
    "words", [f"{CUP} 2", f"{CUP}*2", f"{CUP} x2", f"{CUP} × 2", "CUP-W＊2", "cup-w X2", f"{CUP}x2"]
)
async def test_a_number_behind_goods_counts_them(check: Floor, words: str) -> None:
    box, packer = await opened(check, "CUP-W", 3), check.cast.people[Role.PACKER]
    assert await check.writes(packer, words) == []
    assert len(told(check, box)) == 2
    assert scan_card(check, packer)[2].endswith("counted × 2")
    assert await check.writes(packer, words) == [
        f"✋ You entered 2, but only 1 of CUP-W goods CUP-W is still missing in {box.waybill}. None was counted: "
        "count again."
    ]
    assert await check.writes(packer, f"{CUP} 0") == [f"I did not understand «{CUP} 0». /help shows what you can do."]
    assert len(told(check, box)) == 2
    await check.writes(packer, "/undo")
    assert told(check, box) == []
    assert await check.writes(packer, f"{CUP} 3") == []
    assert check.parcel(box.id).state is ParcelState.CHECKED


async def test_the_page_counts_them_too(check: Floor) -> None:
    box = await opened(check, "CUP-W", 3)
    page = Page(check, Role.PACKER)
    assert [page.scans(text)["verdict"] for text in (f"{CUP} 2", f"{CUP}*2", CUP)] == ["item", "refused", "ok"]
    assert len(told(check, box)) == 3


async def test_a_batch_is_told_for_all_that_were_counted(check: Floor) -> None:
    shelve(check, "B7", 2)
    shelve(check, "L24/05", 1)
    box, packer = await opened(check, "MILK", 3), check.cast.people[Role.PACKER]
    assert await check.writes(packer, f"{MILK} 3 B7") == [
        f"✋ Only 2 of batch B7 of milk lie in {box.waybill}, 3 were counted at once. Take the count back (/undo) and "
        "count each batch for itself."
    ]
    await check.writes(packer, "/undo")
    assert told(check, box) == []
    assert await check.writes(packer, f"{MILK} 2 B7 {MILK} l24/05") == []
    assert told(check, box) == [("MILK", "", "B7"), ("MILK", "", "B7"), ("MILK", "", "L24/05")]
    await check.writes(packer, "/undo")
    assert [batch for _, _, batch in told(check, box)] == ["B7", "B7", ""]


async def test_a_batch_taken_back_leaves_all_its_units_without(check: Floor) -> None:
    shelve(check, "B7", 3)
    box, packer = await opened(check, "MILK", 3), check.cast.people[Role.PACKER]
    await check.writes(packer, f"{MILK} B7")
    await check.writes(packer, f"{MILK} 2")
    assert await check.writes(packer, "b7") == []
    await check.writes(packer, "/undo")
    assert [batch for _, _, batch in told(check, box)] == ["B7", "", ""]


async def test_phones_are_not_counted_by_number(check: Floor) -> None:
    box, packer = await opened(check, "PHONE", 2), check.cast.people[Role.PACKER]
    assert await check.writes(packer, f"{PHONE} 2") == [
        "✋ Every PHONE phone has its own serial number: scan one, then its number, then the next."
    ]
    assert told(check, box) == []
    assert await check.writes(packer, f"{PHONE} AB12 {PHONE} AB13") == []
    assert told(check, box) == [("PHONE", "AB12", ""), ("PHONE", "AB13", "")]


Way = Callable[[Floor, str], Awaitable[list[str]]]


async def in_chat(floor: Floor, text: str) -> list[str]:
    """The packer types it."""
    return await floor.writes(floor.cast.people[Role.PACKER], text)


async def on_the_page(floor: Floor, text: str) -> list[str]:
    """The packer scans it on the page; what was refused."""
    found = Page(floor, Role.PACKER).scans(text)
    return [str(found["text"])] if found["verdict"] in ("refused", "unknown") else []


@pytest.mark.parametrize("way", [in_chat, on_the_page])
@pytest.mark.parametrize(
    "label",
    [
        f"(01)0{MILK}(17)270301(10)L24/05",
        f"010{MILK}1727030110L24/05",
        f"]C1010{MILK}10L24/05{GS}17270301",
        f"010{MILK}10L24/05<GS>17270301{GS}",
    ],
)
async def test_one_barcode_says_all_of_a_batch(check: Floor, way: Way, label: str) -> None:
    shelve(check, "L24/05")
    box = await opened(check, "MILK")
    assert await way(check, label) == []
    assert told(check, box) == [("MILK", "", "L24/05")]
    assert check.parcel(box.id).state is ParcelState.CHECKED


@pytest.mark.parametrize("way", [in_chat, on_the_page])
async def test_one_barcode_says_all_of_a_phone(check: Floor, way: Way) -> None:
    """A batch it has besides is nothing we ask of phones."""
    box = await opened(check, "PHONE")
    assert await way(check, f"010{PHONE}10X{GS}21AB-12") == []
    assert told(check, box) == [("PHONE", "AB-12", "")]


async def test_what_one_barcode_says_is_all_counted_or_nothing(check: Floor) -> None:
    shelve(check, "B7")
    box, packer = await opened(check, "MILK"), check.cast.people[Role.PACKER]
    assert await check.writes(packer, f"(01)0{MILK}(10)24051") == [
        f"✋ 24051 of milk was not picked into {box.waybill}. In the box should be: B7. Take that one; if this one may "
        f"go all the same, a lead sends: <code>/batch {box.waybill} 24051</code>"
    ]
    assert await check.writes(packer, f"(01)0{MILK}(17)261001(10)B7") == [
        "✋ B7 of milk expired on 2026-10-01. It does not go out. Take another unit."
    ]
    assert told(check, box) == []
    assert await check.writes(packer, f"(01)0{MILK}") == []
    assert await check.writes(packer, "(10)B7(17)270301") == []
    assert told(check, box) == [("MILK", "", "B7")]


async def test_a_lead_at_the_check_counts_and_still_finds_orders(check: Floor) -> None:
    """Who also searches scans while a check of theirs is open."""
    shelve(check, "B7")
    check.orders(incoming("2002", lines=(incoming_line("CUP-W", 1),)))
    check.orders(incoming("1001", lines=(incoming_line("MILK", 1),)))
    boxes = check.wave()[1]
    box = next(one for one in boxes if one.items[0].sku == "MILK")
    owner = check.cast.people[Role.OWNER]
    for text in ("/pick", box.waybill, "/check", box.waybill):
        await check.writes(owner, text)
    assert check.look(lambda desk: desk.people.get(owner.id)).station is Station.CHECK
    assert "2002" in (await check.writes(owner, "2002"))[0]
    assert await check.writes(owner, MILK) == []
    assert await check.writes(owner, "B7") == []
    assert told(check, box) == [("MILK", "", "B7")]
