"""What counts as a refund that was stopped: those before the hand-over that did not ship, of all such (rules.md D)."""

from datetime import timedelta

import pytest

from domain.floor import dock
from domain.floor.parcels import ParcelState, Stage
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import Role, Station
from domain.review import review
from domain.review.holds import HoldCode
from domain.stops.stop_desk import Ended
from tests.domain.house import PAID, House
from tests.domain.yard import Yard, split_order
from tests.factory import NOW


def ended(house: House, warehouses: frozenset[int] | None = None) -> list[Ended]:
    return house.store.read_now(lambda desk: desk.stops.ended(NOW - timedelta(days=30), warehouses))


def told_late(house: House, number: str = "1001", state: RefundState = RefundState.SUCCESS, *lines: str) -> None:
    """The platform says now that there was a refund before everything here began to move."""
    told = IncomingRefund("LATE", state, PAID, lines, at=NOW)
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, number, told)


def test_a_refund_after_the_hand_over_is_not_counted(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.pass_time(864_000)
    house.refund(RefundState.SUCCESS)
    assert (house.refunds[0].stopped, ended(house)) == (False, [])


@pytest.mark.parametrize("state", [ParcelState.READY, ParcelState.PICKED, ParcelState.WEIGHED])
def test_a_refund_counts_as_stopped_once_its_goods_are_back(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    courier = house.parcel.courier_id
    house.refund(RefundState.SUCCESS)
    if state is not ParcelState.READY:
        assert ended(house) == []  # not decided yet
        assert house.scan(Station.PUT_BACK).ok
    assert ended(house) == [Ended(state.value, courier, True, 1)]
    assert ended(house, frozenset({house.cast.warehouses[0].id})) == ended(house)
    assert ended(house, frozenset({house.cast.warehouses[1].id})) == []


def test_a_refund_in_review_counts_and_its_time_does(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS)
    (one,) = ended(house)
    assert (one.stage, one.stayed, one.refunds) == (ParcelState.PLANNED.value, True, 1)
    assert house.store.read_now(lambda desk: desk.stops.ended(NOW + timedelta(seconds=1), None)) == []


def test_one_heard_of_too_late_is_a_miss(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    told_late(house)
    assert ended(house) == [Ended("handed_over", house.parcel.courier_id, False, 1)]


def test_a_box_that_had_left_the_dock_already_is_a_miss(house: House) -> None:
    house.to_the_dock()
    courier = house.parcel.courier_id
    house.pass_time(60)
    house.refund(RefundState.SUCCESS)
    assert ended(house) == []
    (stop,) = house.stops
    house.run(dock.left_already, house.cast.actor(Role.DISPATCHER), stop.id, stop.revision)
    assert house.parcel.handed_over_at is not None
    assert house.parcel.handed_over_at < house.clock[0]
    assert ended(house) == [Ended(Stage.DOCK.value, courier, False, 1)]


def test_a_box_called_back_from_the_dock_is_kept(house: House) -> None:
    house.to_the_dock()
    house.refund(RefundState.SUCCESS)
    assert house.scan(Station.PUT_BACK).ok
    assert ended(house) == [Ended(Stage.DOCK.value, house.parcel.courier_id, True, 1)]


def test_a_refund_taken_back_and_one_of_money_alone_are_not_counted(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS, 100, number="MONEY")
    order, lead = house.order, house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, order.id, order.revision, HoldCode.REFUNDED)
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.REQUESTED)
    house.refund(RefundState.CANCELLED)
    for station in (Station.PACK, Station.WEIGH, Station.HAND_OVER):
        assert house.scan(station, house.parcel.expected_g if station is Station.WEIGH else None).ok
    assert ended(house) == []


def test_only_the_box_with_its_goods_makes_a_miss(house: House) -> None:
    """The cups of a split order leave, then their refund comes, then the tea leaves: nothing was missed."""
    yard = Yard(house)
    first, second = split_order(yard)
    skus = {box.items[0].sku: box for box in (first, second)}
    yard.walk(skus["CUP-01"], ParcelState.HANDED_OVER)
    house.pass_time(60)
    told = IncomingRefund("R1", RefundState.SUCCESS, 7800, ("L-CUP-01",), at=house.clock[0])
    house.pass_time(60)
    yard.walk(skus["TEA-01"], ParcelState.HANDED_OVER)
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1", told)
    assert ended(house) == []
    told_late(house, "1", RefundState.SUCCESS, "L-TEA-01")
    assert ended(house) == [Ended("handed_over", skus["TEA-01"].courier_id, False, 1)]
