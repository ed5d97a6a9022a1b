"""Boxes that are repacked as ordered now: what customer service taps, and what the floor reads and scans."""

from dataclasses import replace

import pytest

from domain.floor.parcels import Parcel, ParcelState, Stop
from domain.intake import intake
from domain.orders.orders import Order
from domain.people.people import SHOP, Person, Role
from domain.records import NoticeKind
from domain.review.holds import open_codes
from tests.factory import incoming, incoming_line
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
