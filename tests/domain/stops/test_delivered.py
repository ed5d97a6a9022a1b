"""A platform that calls an order done speaks of the boxes that had left by then, and of no other."""

import pytest

from domain.errors import ShipmentStays
from domain.floor import dock
from domain.floor.parcels import Parcel, ParcelState, Stage, StopState
from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from domain.orders import corrections
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.policy.policy_stops import RecallKind
from domain.review import review
from domain.review.holds import HoldCode
from domain.stops import recalls
from domain.stops.delivery import delivered
from storage.unit import Unit
from tests.domain.house import LINES, PAID, House
from tests.domain.yard import Yard, split_order
from tests.factory import incoming


def is_delivered(house: House, parcel: Parcel) -> bool:
    return house.store.read_now(delivered, house.order, parcel)


def confirmed_early(house: House) -> None:
    """The buyer taps 确认收货 while the box is here; a lead lets it go, and it is scanned out."""
    house.bring_to(ParcelState.WEIGHED)
    house.receive(state=PlatformState.DONE)
    lead, order = house.cast.actor(Role.CS_LEAD), house.order
    house.run(review.release_hold, lead, order.id, order.revision, HoldCode.PLATFORM_SHIPPED)
    house.pass_time(60)
    assert house.scan(Station.HAND_OVER).ok


def test_a_box_on_the_dock_is_stopped_though_its_buyer_had_confirmed_it_before(house: House) -> None:
    confirmed_early(house)
    house.pass_time(60)
    house.refund(RefundState.SUCCESS)
    assert house.parcel.state is ParcelState.WEIGHED
    assert house.order.status is OrderStatus.PUT_BACK
    stop = house.stops[-1]
    assert (stop.state, stop.stage) == (StopState.OPEN, Stage.DOCK)
    assert not house.scan(Station.HAND_OVER).ok


def test_it_can_be_taken_back_and_recalled(house: House) -> None:
    confirmed_early(house)
    assert not is_delivered(house, house.parcel)
    assert house.store.read_now(corrections.movable, house.order, house.parcels)
    assert house.store.read_now(recalls.why_not, house.parcel, house.order, RecallKind.SENDER) == ""
    house.run(dock.take_back, house.cast.actor(Role.DISPATCHER), house.parcel.waybill)
    assert house.parcel.state is ParcelState.WEIGHED


def test_what_had_left_is_delivered(house: House) -> None:
    house.to_the_dock()
    house.pass_time(60)
    house.receive(state=PlatformState.DONE)
    house.pass_time(60)
    house.receive(state=PlatformState.DONE, seller_note="told once more")
    assert is_delivered(house, house.parcel)
    with pytest.raises(ShipmentStays) as refusal:
        house.run(dock.take_back, house.cast.actor(Role.DISPATCHER), house.parcel.waybill)
    assert refusal.value.why == "delivered"
    house.refund(RefundState.SUCCESS)
    assert (house.parcel.state, house.stops[-1].stage) == (ParcelState.HANDED_OVER, Stage.DELIVERED)
    assert house.store.read_now(recalls.why_not, house.parcel, house.order, RecallKind.SENDER) == "delivered"


def test_done_and_refunded_in_one_report_is_delivered(house: House) -> None:
    house.to_the_dock()
    house.pass_time(60)
    house.receive(state=PlatformState.DONE, refunds=(IncomingRefund("R1", RefundState.SUCCESS, PAID),))
    assert (house.parcel.state, house.stops[-1].stage) == (ParcelState.HANDED_OVER, Stage.DELIVERED)


def test_of_two_boxes_the_one_that_left_later_is_not_delivered(house: House) -> None:
    yard = Yard(house)
    first, second = split_order(yard)
    yard.walk(first, ParcelState.HANDED_OVER)
    house.pass_time(60)
    yard.receive(incoming("1", lines=LINES, goods=PAID, total=PAID, paid=PAID, state=PlatformState.DONE))
    house.pass_time(60)
    yard.walk(second, ParcelState.WEIGHED)
    assert yard.scan(Station.HAND_OVER, second).ok
    order = yard.order("1")
    assert (order.status, order.platform_state) == (OrderStatus.SHIPPED, PlatformState.DONE)

    def by_box(desk: Unit) -> dict[int, bool]:
        return {box.id: delivered(desk, order, box) for box in desk.parcels.of_orders([order.id])[order.id]}

    assert house.store.read_now(by_box) == {first.id: True, second.id: False}
    yard.refund("1", PAID)
    states = {box.id: box.state for box in yard.boxes("1")}
    assert states == {first.id: ParcelState.HANDED_OVER, second.id: ParcelState.WEIGHED}
    assert [stop.stage for stop in yard.stops(first)] == [Stage.DELIVERED]
    assert [stop.stage for stop in yard.stops(second)] == [Stage.DOCK]
