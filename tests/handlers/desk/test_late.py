"""What customer service reads and taps when something changed too late, and why nobody can send an order."""

from dataclasses import replace

import pytest

from domain.floor import fulfilment
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingLine
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP, Role, Station
from domain.policy.policy_sections import Suspension
from domain.records import NoticeKind
from domain.review.holds import open_codes
from tests.factory import incoming, incoming_line, receiver
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
LINES: tuple[IncomingLine, ...] = (incoming_line(),)


def told(floor: Floor, **changes: object) -> None:
    news = replace(incoming("1001"), **changes)  # type: ignore[arg-type]  # test shorthand
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [news])


def order(floor: Floor) -> Order:
    found: Order = floor.look(lambda desk: desk.orders.by_number(floor.cast.shops[0].id, ["1001"])["1001"])
    return found


async def picked(floor: Floor) -> str:
    """The order's box is picked; its number."""
    floor.orders(incoming("1001"))
    wave, boxes = floor.wave()
    await floor.shown(floor.cast.people[Role.PICKER], NoticeKind.WAVE, wave.id)
    await floor.writes(floor.cast.people[Role.PICKER], "/pick")
    await floor.writes(floor.cast.people[Role.PICKER], boxes[0].waybill)
    assert floor.parcel(1).state is ParcelState.PICKED
    return boxes[0].waybill


async def test_goods_that_lie_in_no_box_are_told_before_the_release_and_after_the_hand_over(floor: Floor) -> None:
    waybill = await picked(floor)
    cs = floor.cast.people[Role.CS]
    told(floor, lines=(*LINES, incoming_line("CUP-02", 1)))
    await floor.shown(cs, NoticeKind.ORDER, order(floor).id)
    text = floor.card(cs, NoticeKind.ORDER, order(floor).id).text
    assert "goods changed</b>: + CUP-02 × 1; came while the order was: with the warehouse" in text
    assert "⚠️ In no box, so it does not ship: + CUP-02 × 1" in text
    (asked,) = await floor.taps(cs, "Release: goods changed")
    assert asked.split("\n")[-2:] == [
        "⚠️ In no box, so it does not ship: + CUP-02 × 1",
        "Release «goods changed» all the same?",
    ]
    assert open_codes(order(floor).holds) == ("GOODS_CHANGED",)
    await floor.taps(cs, "Release, it ships as it is")
    assert (floor.toasts, open_codes(order(floor).holds)) == (["Hold released."], ())
    for role, station in (
        (Role.PACKER, Station.PACK),
        (Role.DISPATCHER, Station.WEIGH),
        (Role.DISPATCHER, Station.HAND_OVER),
    ):
        grams = floor.parcel(1).expected_g if station is Station.WEIGH else None
        assert floor.do(fulfilment.scan, floor.cast.actor(role), station, waybill, grams).ok
    assert order(floor).status is OrderStatus.SHIPPED
    text = floor.card(cs, NoticeKind.ORDER, order(floor).id).text
    assert text.startswith("<b>🚚 Shipped, but not all of it</b>")
    assert "⚠️ Lay in no box, did not ship: + CUP-02 × 1" in text


async def test_a_warehouse_that_comes_too_late_is_told_with_what_ships(floor: Floor) -> None:
    waybill = await picked(floor)
    cs = floor.cast.people[Role.CS]
    told(floor, warehouse_hint="WH")
    await floor.shown(cs, NoticeKind.ORDER, order(floor).id)
    (asked,) = await floor.taps(cs, "Release: warehouse changed")
    late = f"⚠️ {waybill} goes from 杭州仓, not from WH: too late, its goods are picked or being picked"
    assert late in asked.split("\n")
    floor.speaks(Role.CS, "zh")
    await floor.shown(cs, NoticeKind.ORDER, order(floor).id)
    (asked,) = await floor.taps(cs, "放行：仓库变更")
    assert f"⚠️ {waybill} 仍从 杭州仓 发货，不改为 WH：太晚，货物正在拣货或已拣出" in asked.split("\n")


async def test_a_courier_that_cannot_is_told_with_its_own_reason(floor: Floor) -> None:
    waybill = await picked(floor)
    cs = floor.cast.people[Role.CS]
    told(floor, courier_hint="DHL")
    await floor.shown(cs, NoticeKind.ORDER, order(floor).id)
    (asked,) = await floor.taps(cs, "Release: courier changed")
    assert f"⚠️ {waybill} goes with 圆通, not with DHL: does not serve CN" in asked.split("\n")


async def test_why_names_everybody_who_cannot_send_it(floor: Floor) -> None:
    snow = tuple(Suspension(code, "新疆", reason="snow") for code in ("YTO", "SF"))
    floor.do(lambda desk: desk.catalog_admin.put_policy(replace(desk.policy, suspensions=snow), "t"))
    there = receiver(province="新疆", city="乌鲁木齐市", district="天山区", address="解放路 1 号")
    told(floor, receiver=there)
    cs = floor.cast.people[Role.CS]
    (why,) = await floor.writes(cs, "/why 1001")
    assert [line for line in why.split("\n") if line.startswith("✗")] == [
        "✗ 圆通: suspended for 新疆: snow",
        "✗ 顺丰: suspended for 新疆: snow",
        "✗ DHL: does not serve CN",
    ]
