"""Orders that no courier takes, in chat: what the card says, and the button that ends them."""

from collections.abc import Iterator

import pytest

from domain.floor import release
from domain.intake.incoming import IncomingLine, PlatformState
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.records import NoticeKind
from domain.review.holds import HoldCode, open_codes
from tests.factory import incoming, incoming_line
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio

CARD = IncomingLine("L-CARD", "Gift card", 1, unit_price=5000, amount=5000, virtual=True)
DONE = "☑️ Done without a parcel"


@pytest.fixture
def zh(sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks Chinese."""
    made = open_desk(sqlite_url, "zh")
    yield made
    made.store.close()


async def test_a_gift_card_is_done_with_a_reason(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("7001", lines=(CARD,)))
    [card] = await desk.writes(anna, "/order 7001")
    lines = card.split("\n")
    assert lines[0].startswith("<b>✋ Held: nothing to ship</b> · 7001")
    assert "1 × <b>-</b> Gift card · ¥50.00 · ships nothing" in lines
    assert any("1 line needs no shipping, first: Gift card" in line for line in lines)
    labels = [label for row in desk.labels for label in row]
    assert DONE in labels
    assert not [label for label in labels if "pprove" in label or "Match" in label]
    [asked] = await desk.taps(anna, DONE)
    assert asked.endswith("It is done without a parcel of ours, and no stock is taken off. Why?")
    assert desk.order(order.id) == order
    await desk.taps(anna, "Nothing is to be sent")
    assert desk.toasts[-1] == "Done, without a parcel."
    done = desk.order(order.id)
    assert (done.status, done.reason, done.held) == (OrderStatus.ELSEWHERE, "Nothing is to be sent", False)
    [card] = await desk.writes(anna, "/order 7001")
    assert card.split("\n")[0].startswith("<b>☑️ Done, no parcel</b>")
    assert any(line.endswith(": Nothing is to be sent") for line in card.split("\n"))
    assert DONE not in [label for row in desk.labels for label in row]


async def test_a_pick_up_order_is_released_or_done_with_a_typed_reason(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    one, two = desk.takes(incoming("7001", pickup="上门自提"), incoming("7002", pickup="Local pickup"))
    [card] = await desk.writes(anna, "/order 7001")
    assert any("the platform says: 上门自提" in line for line in card.split("\n"))
    await desk.taps(anna, "✅ Release 1 and approve")
    assert desk.order(one.id).status is OrderStatus.APPROVED
    await desk.writes(anna, "/order 7002")
    for label in (DONE, "Other…"):
        await desk.taps(anna, label)
    await desk.answers(anna, "fetched by his brother")
    done = desk.order(two.id)
    assert (done.status, done.reason) == (OrderStatus.ELSEWHERE, "fetched by his brother")


async def test_a_tap_on_a_card_that_is_older_than_the_order_ends_nothing(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("7001", pickup="上门自提"))
    await desk.writes(anna, "/order 7001")
    await desk.taps(anna, DONE)
    desk.takes(incoming("7001", pickup="", courier_hint="SF"))
    await desk.taps(anna, "The buyer has it, not from our stock")
    now = desk.order(order.id)
    assert (now.status, open_codes(now.holds)) == (OrderStatus.REVIEW, ())


async def test_goods_beside_a_gift_card_go_as_ever(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("7001", lines=(incoming_line(), CARD), total=12_800, paid=12_800))
    await desk.writes(anna, "/order 7001")
    await desk.taps(anna, "✅ Approve")
    assert desk.order(order.id).status is OrderStatus.APPROVED


async def test_a_gift_card_that_its_platform_delivered_is_done_there(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("7001", lines=(CARD,)))
    (order,) = desk.takes(incoming("7001", lines=(CARD,), state=PlatformState.SHIPPED))
    assert (order.status, order.reason) == (OrderStatus.ELSEWHERE, "")
    [card] = await desk.writes(anna, "/order 7001")
    first, second, *_ = card.split("\n")
    assert (first.split(" · ")[0], second) == ("<b>☑️ Done on the platform</b>", "")


async def test_what_the_platform_calls_shipped_may_be_done_too(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("7001"))
    (order,) = desk.takes(incoming("7001", state=PlatformState.SHIPPED))
    assert open_codes(order.holds) == (HoldCode.PLATFORM_SHIPPED,)
    await desk.writes(anna, "/order 7001")
    for label in (DONE, "Somebody else sent it"):
        await desk.taps(anna, label)
    assert desk.order(order.id).status is OrderStatus.ELSEWHERE


async def test_a_packed_order_that_is_fetched_is_done_and_the_floor_hears_why(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("7001"))
    picker, dispatcher = desk.cast.actor(Role.PICKER), desk.cast.actor(Role.DISPATCHER)
    await desk.writes(anna, "/order 7001")
    await desk.taps(anna, "✅ Approve")
    desk.clock.forward(60)
    desk.do(release.release_due)
    box = desk.look(lambda unit: unit.parcels.of_orders([order.id])[order.id][0])
    wave = desk.do(release.wave_now, dispatcher, box.warehouse_id)
    desk.do(release.take_wave, picker, wave.id, wave.revision)
    desk.takes(incoming("7001", pickup="到店自提"))
    await desk.writes(anna, "/order 7001")
    [asked] = await desk.taps(anna, DONE)
    assert asked.endswith("It is done without a parcel of ours; its goods are put back from the box. Why?")
    await desk.taps(anna, "The buyer has it")
    assert desk.order(order.id).status is OrderStatus.ELSEWHERE
    stops = desk.look(lambda unit: unit.stops.of_parcels([box.id])[box.id])
    (task,) = [stop for stop in stops if stop.open]
    card = desk.card(desk.cast.people[Role.PICKER], NoticeKind.STOP, task.id)
    waybill = desk.look(lambda unit: unit.parcels.get(box.id)).waybill
    assert card.text.split("\n")[0] == f"🔁 <b>REPACK {waybill}</b> · the order is done without a parcel"


async def test_the_buyer_has_it_from_a_warehouse_and_not_after_all(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("7001", pickup="到店自提"))
    place = desk.cast.warehouses[0]
    before = desk.look(lambda unit: unit.stock.levels(["CUP-01"]))[place.id, "CUP-01"].good
    await desk.writes(anna, "/order 7001")
    [asked] = await desk.taps(anna, DONE)
    assert asked.endswith("It is done without a parcel of ours. Only with 🏬 its goods leave the stock. Why?")
    labels = [label for row in desk.labels for label in row]
    given = [f"🏬 The buyer has it, from {warehouse.name}" for warehouse in desk.cast.warehouses]
    assert labels[: len(given)] == given
    assert "The buyer has it, not from our stock" in labels
    await desk.taps(anna, given[0])
    [card] = await desk.writes(anna, "/order 7001")
    lines = card.split("\n")
    assert lines[0].startswith("<b>☑️ Done, no parcel</b>")
    assert f"🏬 Given to the buyer from {place.name}: 2 × CUP-01" in lines
    [told] = await desk.writes(anna, "/stock CUP-01")
    assert any("over the counter for order 7001" in line and "-2" in line for line in told.split("\n"))
    await desk.writes(anna, "/order 7001")
    [card] = await desk.taps(anna, "↩ Not done after all")
    assert desk.toasts[-1] == "In review again."
    assert card.split("\n")[0].startswith("<b>✋ Held: pick-up, no courier</b>")
    [told] = await desk.writes(anna, "/stock CUP-01")
    assert any("back in stock from the counter 7001" in line and "+2" in line for line in told.split("\n"))
    now = desk.order(order.id)
    assert (now.status, open_codes(now.holds)) == (OrderStatus.REVIEW, (HoldCode.PICKUP,))
    assert desk.look(lambda unit: unit.stock.levels(["CUP-01"]))[place.id, "CUP-01"].good == before


async def test_in_chinese(zh: DeskChat) -> None:
    anna = zh.cast.people[Role.CS]
    (order,) = zh.takes(incoming("7001", pickup="上门自提"))
    name = zh.cast.warehouses[0].name
    [card] = await zh.writes(anna, "/order 7001")
    assert card.split("\n")[0].startswith("<b>✋ 挂起：自提，不走快递</b>")
    [asked] = await zh.taps(anna, "☑️ 不发包裹，办结")
    assert asked.endswith("不发包裹就办结。只有选 🏬 才扣库存。原因？")
    await zh.taps(anna, f"🏬 买家已从{name}取走")
    [card] = await zh.writes(anna, "/order 7001")
    assert f"🏬 买家已从{name}取走：2 × CUP-01" in card.split("\n")
    assert zh.order(order.id).reason == "买家已取走"
