"""Boxes that are repacked as ordered now: what customer service taps, and what the floor reads and scans."""

from dataclasses import replace

import pytest

from domain.floor import proofs_wanted
from domain.floor.parcels import Parcel, ParcelState, Stop, StopKind
from domain.intake import intake
from domain.orders.orders import Order
from domain.people.people import SHOP, Person, Role
from domain.policy.policy import Policy
from domain.policy.policy_checks import ProofRules
from domain.records import NoticeKind
from domain.review.holds import open_codes
from tests.factory import incoming, incoming_line
from tests.handlers.floor.test_proofs import picture
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
CUPS, TEA = incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900)
TOLD = incoming(lines=(CUPS, TEA), goods=13_700, total=13_700, paid=13_700)
SWAPPED = replace(TOLD, lines=(CUPS, replace(TEA, merchant_code="CUP-02", title="CUP-02")))


async def changed(floor: Floor) -> tuple[Order, Parcel]:
    """The box is picked when its goods are swapped."""
    order = floor.orders(TOLD)[0]
    box = floor.wave()[1][0]
    await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [SWAPPED])
    return floor.look(lambda desk: desk.orders.get(order.id)), floor.parcel(box.id)


async def repacked(floor: Floor, anna: Person, order: Order, *labels: str) -> list[str]:
    """Customer service looks, releases and has it repacked; what the question said."""
    await floor.shown(anna, NoticeKind.ORDER, order.id)
    (asked,) = await floor.taps(anna, labels[0])
    await floor.taps(anna, labels[1])
    return asked.split("\n")


def stops(floor: Floor, box: Parcel) -> tuple[Stop, ...]:
    found: tuple[Stop, ...] = floor.look(lambda desk: desk.stops.of_parcels([box.id])[box.id])
    return found


async def test_customer_service_has_it_repacked(floor: Floor) -> None:
    order, box = await changed(floor)
    anna = floor.cast.people[Role.CS]
    asked = await repacked(floor, anna, order, "Release: goods changed", "🔁 Have it repacked as ordered now")
    assert asked[-3:] == [
        "⚠️ In no box, so it does not ship: + CUP-02 × 1",
        "⚠️ In the box, and no longer ordered so: − TEA-01 × 1",
        "Release «goods changed» all the same?",
    ]
    assert floor.toasts == ["The warehouse is told to repack it."]
    now = floor.look(lambda desk: desk.orders.get(order.id))
    assert (open_codes(now.holds), floor.parcel(box.id).blocked) == ((), True)
    text = floor.card(anna, NoticeKind.ORDER, order.id).text
    assert "🔁 To be repacked since 10:01, open: 王强 Wang Qiang" in text
    assert "🔁 To be put in since 10:01, open: 王强 Wang Qiang" in text


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        (
            "en",
            [
                "🔁 <b>REPACK {}</b> · other goods are ordered now",
                "<b>Take out only this, the rest goes on:</b>",
                "• 1 × goods TEA-01 · TEA-01 · shelf B-01",
                "<b>Then put in:</b>",
                "• 1 × 陶瓷杯 蓝 · CUP-02 · shelf A-02",
                "👉 Take these goods out, put them on their shelf, then scan {} at /putback.",
            ],
            [
                "🔁 <b>PUT INTO {}</b> · other goods are ordered now",
                "Put into the box:",
                "• 1 × 陶瓷杯 蓝 · CUP-02 · shelf A-02",
                "👉 Put it into the box, then scan {} at /pick.",
            ],
        ),
        (
            "zh",
            [
                "🔁 <b>重新打包 {}</b> · 订单商品已变更",
                "<b>只取出以下商品，其余照常发货：</b>",
                "• 1 × goods TEA-01 · TEA-01 · 货位 B-01",
                "<b>再补入：</b>",
                "• 1 × 陶瓷杯 蓝 · CUP-02 · 货位 A-02",
                "👉 请从包裹中取出这些商品并放回货架，再到 /putback 扫描 {}。",
            ],
            [
                "🔁 <b>补入 {}</b> · 订单商品已变更",
                "放进包裹：",
                "• 1 × 陶瓷杯 蓝 · CUP-02 · 货位 A-02",
                "👉 放进包裹后，到 /pick 扫描 {}。",
            ],
        ),
    ],
)
async def test_the_floor_reads_what_comes_out_and_what_goes_in(
    floor: Floor, language: str, first: list[str], then: list[str]
) -> None:
    order, box = await changed(floor)
    await repacked(
        floor, floor.cast.people[Role.CS], order, "Release: goods changed", "🔁 Have it repacked as ordered now"
    )
    picker = floor.speaks(Role.PICKER, language)
    out, into = stops(floor, box)[1:]
    shown = floor.card(picker, NoticeKind.STOP, out.id).text.split("\n")
    assert [line for line in shown if line in [one.format(box.waybill) for one in first]] == [
        one.format(box.waybill) for one in first
    ]
    await floor.writes(picker, f"/putback {box.waybill}")
    shown = floor.card(picker, NoticeKind.STOP, into.id).text.split("\n")
    assert [line for line in shown if line in [one.format(box.waybill) for one in then]] == [
        one.format(box.waybill) for one in then
    ]
    await floor.writes(picker, f"/pick {box.waybill}")
    now = floor.parcel(box.id)
    assert (now.blocked, now.state, [item.sku for item in now.live_items]) == (
        False,
        ParcelState.PICKED,
        ["CUP-01", "CUP-02"],
    )


async def test_a_packer_puts_in_what_is_missing_and_picks_nothing_else(floor: Floor) -> None:
    order, box = await changed(floor)
    await repacked(
        floor, floor.cast.people[Role.CS], order, "Release: goods changed", "🔁 Have it repacked as ordered now"
    )
    packer = floor.cast.people[Role.PACKER]
    await floor.writes(packer, f"/putback {box.waybill}")
    anna = floor.cast.people[Role.CS]
    floor.notices(anna, NoticeKind.ORDER)
    await floor.writes(packer, f"/pick {box.waybill}")
    assert not floor.parcel(box.id).blocked
    assert floor.notices(anna, NoticeKind.ORDER) == [(order.id, True)]
    assert "🔁 Picked again" in floor.card(anna, NoticeKind.ORDER, order.id).text
    other = floor.orders(replace(TOLD, number="1002", external_id="1002"))[0]
    (box,) = floor.wave()[1]
    assert other.id in box.live_orders
    await floor.writes(packer, f"/pick {box.waybill}")
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


REPACK = ("Release: goods changed", "🔁 Have it repacked as ordered now")


async def test_when_all_that_lies_in_it_comes_out_nothing_is_said_to_stay(floor: Floor) -> None:
    order, box = await changed(floor)
    blue = replace(TEA, merchant_code="CUP-02", title="CUP-02", external_id="L9")
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [replace(TOLD, lines=(blue,))])
    await repacked(floor, floor.cast.people[Role.CS], order, *REPACK)
    out = next(stop for stop in stops(floor, box) if stop.kind is StopKind.REPACK)
    text = floor.card(floor.cast.people[Role.PICKER], NoticeKind.STOP, out.id).text
    assert ("<b>Take out everything:</b>" in text, "the rest goes on" in text) == (True, False)
    assert f"👉 Take the parcel out, put the goods on their shelf, then scan {box.waybill} at /putback." in text


@pytest.mark.parametrize(
    ("language", "waits", "goes_on"),
    [
        ("en", "⏸ <b>Not yet: {}</b> · released by", "▶️ Go on with {} · released by"),
        ("zh", "⏸ <b>先别发货 {}</b> · ", "▶️ 继续发货 {} · "),
    ],
)
async def test_the_card_of_what_was_let_go_says_go_on_only_when_it_is_repacked(
    floor: Floor, language: str, waits: str, goes_on: str
) -> None:
    order, box = await changed(floor)
    anna = floor.cast.people[Role.CS]
    await repacked(floor, anna, order, *REPACK)
    picker = floor.speaks(Role.PICKER, language)
    held = stops(floor, box)[0]
    assert floor.card(picker, NoticeKind.STOP, held.id).text.startswith(waits.format(box.waybill))
    assert "▫️ Released, 11-23 10:01" in floor.card(anna, NoticeKind.ORDER, order.id).text
    await floor.shown(picker, NoticeKind.STOP, held.id)
    await floor.writes(picker, f"/putback {box.waybill}")
    floor.notices(picker, NoticeKind.STOP)
    await floor.writes(picker, f"/pick {box.waybill}")
    assert (held.id, True) in floor.notices(picker, NoticeKind.STOP)
    assert floor.card(picker, NoticeKind.STOP, held.id).text.startswith(goes_on.format(box.waybill))
    assert "▶️ May go on, 11-23 10:01" in floor.card(anna, NoticeKind.ORDER, order.id).text


async def test_goods_of_ours_that_came_too_late_are_called_by_their_name(floor: Floor) -> None:
    order, _ = await changed(floor)
    text = floor.card(floor.cast.people[Role.CS], NoticeKind.ORDER, order.id).text
    assert ("1 × <b>CUP-02</b>" in text, "not matched" in text) == (True, False)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "{} is picked; this step needs something still to be put in.\nIts next station is 📦 Pack."),
        ("zh", "{} 当前为「已拣货」，此步骤需要「待补入商品」。\n它的下一站是 📦 打包。"),
    ],
)
async def test_a_packer_at_the_wrong_box_hears_that_nothing_goes_into_it(
    floor: Floor, language: str, said: str
) -> None:
    floor.orders(TOLD)
    box = floor.wave()[1][0]
    await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    before = floor.parcel(box.id)
    answers = await floor.writes(floor.speaks(Role.PACKER, language), f"/pick {box.waybill}")
    assert answers[0] == said.format(box.waybill)
    assert floor.parcel(box.id) == before


@pytest.mark.parametrize(
    ("language", "asks"),
    [
        ("en", "📷 {}: a photo or film of its packing is wanted: send it now"),
        ("zh", "📷 {}：需要打包照片或视频：请现在发来"),
    ],
)
async def test_who_fills_a_packed_box_up_is_asked_for_its_picture_and_sends_it(
    floor: Floor, language: str, asks: str
) -> None:
    rules = ProofRules(skus=("CUP-01",))
    floor.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), proofs=rules), "t"))
    order, box = await changed(floor)
    packer = floor.speaks(Role.PACKER, language)
    await repacked(floor, floor.cast.people[Role.CS], order, *REPACK)
    await floor.writes(packer, f"/putback {box.waybill}")
    await floor.writes(packer, f"/pick {box.waybill}")
    await floor.writes(packer, f"/pack {box.waybill}")
    await floor.photographs(packer, picture())
    more = replace(SWAPPED, lines=(replace(CUPS, quantity=3), *SWAPPED.lines[1:]))
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [more])
    await repacked(floor, floor.cast.people[Role.CS], order, *REPACK)
    assert await floor.writes(packer, f"/pick {box.waybill}") == [asks.format(box.waybill)]
    assert floor.look(lambda desk: proofs_wanted.missing(desk, desk.parcels.get(box.id)))
    await floor.photographs(packer, picture(7))
    assert not floor.look(lambda desk: proofs_wanted.missing(desk, desk.parcels.get(box.id)))
