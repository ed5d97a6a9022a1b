"""Other goods for a box that was packed, or scanned out and not signed for: stopped as a new address stops it."""

from dataclasses import replace

import pytest

from domain.errors import NotSeen, ShipsAsItIs
from domain.floor import dock
from domain.floor.parcels import ParcelState, Stage, StopKind, StopState
from domain.intake.incoming import IncomingLine, PlatformState, RefundState
from domain.orders import corrections
from domain.orders.orders import OrderStatus
from domain.people.people import Actor, Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.records import AlertKind
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stops import pulls
from domain.watch import worries
from tests.domain.house import LINES, House
from tests.domain.yard import PAIR, Yard, tea
from tests.factory import incoming_line, receiver

ELSEWHERE = receiver(address="文三路 9 号")
DROPPED = (LINES[0],)
SWAPPED = (LINES[0], replace(LINES[1], merchant_code="CUP-02", title="CUP-02"))
FEWER = (incoming_line("CUP-01", 1), LINES[1])
MORE = (incoming_line("CUP-01", 3), LINES[1])
CHANGES = pytest.mark.parametrize(
    ("lines", "goods"),
    [
        (DROPPED, "− TEA-01 × 1"),
        (SWAPPED, "+ CUP-02 × 1; − TEA-01 × 1"),
        (FEWER, "CUP-01 × 2 → 1"),
        (MORE, "CUP-01 × 2 → 3"),
    ],
    ids=["dropped", "swapped", "fewer", "more"],
)


def boris(house: House) -> Actor:
    return house.cast.actor(Role.DISPATCHER)


def asked(house: House) -> list[str]:
    """The order notices that wait for customer service."""
    chat = house.cast.people[Role.CS].chat_id
    waiting = house.store.read_now(lambda desk: desk.outbox.waiting(chat))
    return [n.key.rpartition(":")[2] for n in waiting if n.key.startswith("held:")]


@CHANGES
@pytest.mark.parametrize("state", [ParcelState.PACKED, ParcelState.WEIGHED], ids=str)
def test_in_the_house_it_stops_and_its_owner_is_asked(
    house: House, state: ParcelState, lines: tuple[IncomingLine, ...], goods: str
) -> None:
    house.bring_to(state)
    house.receive(lines=lines)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.reason) == (StopKind.HOLD, StopState.OPEN, HoldCode.GOODS_CHANGED)
    assert [hold.evidence["goods"] for hold in house.order.holds] == [goods]
    assert (house.parcel.state, house.parcel.blocked, asked(house)) == (state, True, ["GOODS_CHANGED"])


@CHANGES
def test_on_the_dock_it_is_called_back_stops_and_its_owner_is_asked(
    house: House, lines: tuple[IncomingLine, ...], goods: str
) -> None:
    house.bring_to(ParcelState.WEIGHED)
    before = house.store.read_now(lambda desk: (desk.stock.levels(), desk.stock.values(["CUP-01", "TEA-01"])))
    assert house.scan(Station.HAND_OVER).ok
    house.receive(lines=lines)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.stage, stop.reason) == (
        StopKind.HOLD,
        StopState.OPEN,
        Stage.DOCK,
        HoldCode.GOODS_CHANGED,
    )
    assert (house.parcel.state, house.parcel.handed_over_at, house.parcel.blocked) == (ParcelState.WEIGHED, None, True)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.RELEASED, (HoldCode.GOODS_CHANGED,))
    assert [hold.evidence["goods"] for hold in house.order.holds] == [goods]
    assert house.store.read_now(lambda desk: (desk.stock.levels(), desk.stock.values(["CUP-01", "TEA-01"]))) == before
    assert asked(house) == ["GOODS_CHANGED"]
    assert not house.scan(Station.HAND_OVER).ok


def test_the_same_goods_under_another_line_stay_on_the_dock(house: House) -> None:
    house.to_the_dock()
    house.receive(lines=(LINES[0], replace(LINES[1], external_id="L-again")))
    assert (house.parcel.state, house.order.status, house.stops) == (
        ParcelState.HANDED_OVER,
        OrderStatus.SHIPPED,
        (),
    )


def test_what_nobody_is_to_be_asked_about_stays_on_the_dock(house: House) -> None:
    rules = replace(Policy(), holds={HoldCode.GOODS_CHANGED: HoldChoice(on=False)})
    house.run(lambda unit: unit.catalog_admin.put_policy(rules, "t"))
    house.to_the_dock()
    house.receive(lines=DROPPED)
    assert (house.parcel.state, house.stops) == (ParcelState.HANDED_OVER, ())


def test_refusing_the_change_needs_the_box_in_hand_and_lets_it_go_as_it_was_packed(house: House) -> None:
    house.to_the_dock()
    number = house.parcel.waybill
    house.receive(lines=DROPPED)
    before = (house.order, house.parcel, house.stops)
    with pytest.raises(NotSeen):
        house.release(HoldCode.GOODS_CHANGED)
    assert (house.order, house.parcel, house.stops) == before
    house.pull()
    order = house.order
    with pytest.raises(ShipsAsItIs):
        house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.GOODS_CHANGED)
    house.release(HoldCode.GOODS_CHANGED)
    assert (house.stops[0].state, house.parcel.blocked, house.parcel.waybill) == (StopState.RELEASED, False, number)
    assert house.scan(Station.HAND_OVER).ok
    assert house.order.status is OrderStatus.SHIPPED


def test_the_platform_takes_its_change_back(house: House) -> None:
    house.to_the_dock()
    house.receive(lines=DROPPED)
    house.receive()
    assert [hold.evidence["goods"] for hold in house.order.holds] == ["="]
    house.pull()
    order = house.order
    house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.GOODS_CHANGED)
    assert (house.stops[0].state, house.parcel.blocked) == (StopState.RELEASED, False)


def test_a_dropped_line_that_is_refunded_is_repacked_before_it_goes(house: House) -> None:
    house.to_the_dock()
    house.receive(lines=DROPPED)
    house.receive()
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    house.release(HoldCode.GOODS_CHANGED)
    assert {item.sku for item in house.parcel.live_items} == {"CUP-01"}
    assert (house.parcel.blocked, house.reserved()) == (False, {"CUP-01": 2, "TEA-01": 0})


def test_it_had_left_after_all_and_customer_service_has_to_answer(house: House) -> None:
    house.to_the_dock()
    shipped = house.store.read_now(lambda desk: desk.stock.levels())
    house.receive(lines=DROPPED)
    stop = house.run(pulls.acknowledge, boris(house), house.stops[0].id, house.stops[0].revision)
    late = house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert (late.state, late.stage, late.reason, late.acked_at) == (
        StopState.TOO_LATE,
        Stage.DOCK,
        HoldCode.GOODS_CHANGED,
        None,
    )
    assert (house.parcel.state, house.parcel.blocked) == (ParcelState.HANDED_OVER, False)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.SHIPPED, ())
    assert house.store.read_now(lambda desk: desk.stock.levels()) == shipped
    house.pass_time(16 * 60)
    left = [one for one in house.store.read_now(worries.found) if one.kind is AlertKind.LEFT_STOPPED]
    assert [(one.count, one.first) for one in left] == [(1, (house.order.id,))]


def test_other_goods_and_another_address_are_one_stop_too_late_for_both(house: House) -> None:
    house.to_the_dock()
    house.receive(lines=DROPPED, receiver=ELSEWHERE)
    (stop,) = house.stops
    assert set(stop.reason.split(",")) == {HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED}
    late = house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert (late.state, late.reason) == (StopState.TOO_LATE, "ADDR_CHANGED,GOODS_CHANGED")
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.SHIPPED, ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lines": SWAPPED}, "GOODS_CHANGED"),
        ({"lines": SWAPPED, "receiver": ELSEWHERE}, "ADDR_CHANGED,GOODS_CHANGED"),
    ],
    ids=["goods", "goods and address"],
)
def test_what_the_courier_signed_for_is_too_late(house: House, changes: dict[str, object], reason: str) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.receive(**changes)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.stage, stop.reason) == (
        StopKind.HOLD,
        StopState.TOO_LATE,
        Stage.IN_TRANSIT,
        reason,
    )
    assert (house.parcel.state, house.order.status, house.order.holds) == (
        ParcelState.HANDED_OVER,
        OrderStatus.SHIPPED,
        (),
    )
    house.receive(**changes)  # the same file once more says nothing new
    assert house.stops == (stop,)


def test_what_is_delivered_stays_where_it_is(house: House) -> None:
    house.to_the_dock()
    house.receive(state=PlatformState.DONE, lines=DROPPED)
    assert (house.parcel.state, house.stops) == (ParcelState.HANDED_OVER, ())


def test_a_companion_waits_with_it_and_leaves_with_it(house: House) -> None:
    yard = Yard(house)
    box = yard.bring(ParcelState.WEIGHED)
    assert yard.scan(Station.HAND_OVER, box).ok
    yard.receive(tea("2", lines=(incoming_line("TEA-01", 2, amount=11800),)))
    assert [yard.order(n).status for n in PAIR] == [OrderStatus.RELEASED, OrderStatus.RELEASED]
    assert [yard.codes(n) for n in PAIR] == [(HoldCode.MEMBER_CHANGED,), (HoldCode.GOODS_CHANGED,)]
    stop = yard.stops(box)[0]
    house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert [yard.codes(n) for n in PAIR] == [(), ()]
    assert yard.box("2").state is ParcelState.HANDED_OVER


def test_a_change_customer_service_typed_and_one_of_goods_meet_in_one_box(house: House) -> None:
    house.to_the_dock()
    order = house.order
    house.run(corrections.edit_address, house.cast.actor(Role.CS), order.id, order.revision, ELSEWHERE)
    house.receive(receiver=ELSEWHERE, lines=DROPPED)
    assert set(open_codes(house.order.holds)) == {HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED}
    assert len(house.stops) == 1
