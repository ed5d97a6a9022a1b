"""A freeze with a moment ends by itself wherever the order is by then; its parcel goes on, its companions too."""

from datetime import timedelta

import pytest

from domain.errors import ParcelStopped
from domain.floor.parcels import ParcelState
from domain.intake.incoming import PlatformState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Role
from domain.review import looking, review
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import LATER, SCAN, House
from tests.domain.yard import Yard

HOUR = 3600


def freeze(house: House, order: Order, hours: int = 0) -> None:
    until = house.clock[0] + timedelta(hours=hours) if hours else None
    actor = house.cast.actor(Role.CS)
    house.run(review.hold, actor, order.id, order.revision, "wait for the buyer", until=until)


@pytest.mark.parametrize("state", LATER)
def test_a_parcel_in_the_house_goes_on_when_the_freeze_ends(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    freeze(house, house.order, 2)
    assert (house.parcel.blocked, open_codes(house.order.holds)) == (True, (HoldCode.FREEZE,))
    station = list(SCAN.values())[LATER.index(state)]
    assert isinstance(house.scan(station, house.parcel.expected_g).refusal, ParcelStopped)
    house.pass_time(2 * HOUR - 1)
    before = house.order
    assert (house.run(looking.look_again), house.order) == (0, before)
    house.pass_time(1)
    assert house.run(looking.look_again) == 1
    assert (house.parcel.blocked, [hold.resolution for hold in house.order.holds]) == (False, ["auto"])
    assert house.run(looking.look_again) == 0
    assert house.scan(station, house.parcel.expected_g).ok


def test_of_two_freezes_the_later_one_still_stops(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    freeze(house, house.order, 1)
    freeze(house, house.order, 3)
    house.pass_time(HOUR)
    assert house.run(looking.look_again) == 1
    assert (house.parcel.blocked, open_codes(house.order.holds)) == (True, (HoldCode.FREEZE,))
    house.pass_time(2 * HOUR)
    assert house.run(looking.look_again) == 1
    assert (house.parcel.blocked, house.order.held) == (False, False)


def test_one_without_a_moment_waits_for_a_person(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    freeze(house, house.order)
    house.pass_time(1000 * HOUR)
    assert house.run(looking.look_again) == 0
    assert house.parcel.blocked


def test_an_approved_order_is_back_in_review_and_free_there(house: House) -> None:
    house.receive()
    house.approve()
    freeze(house, house.order, 2)
    assert house.order.status is OrderStatus.REVIEW
    house.pass_time(2 * HOUR)
    assert house.run(looking.look_again) == 1
    assert (house.order.status, house.order.held) == (OrderStatus.REVIEW, False)


def test_an_unpaid_order_too(house: House) -> None:
    house.receive(state=PlatformState.UNPAID, paid=0, paid_at=None)
    freeze(house, house.order, 2)
    house.pass_time(2 * HOUR)
    assert house.run(looking.look_again) == 1
    assert (house.order.status, house.order.held) == (OrderStatus.UNPAID, False)


def test_the_companion_in_the_box_is_free_with_it(house: House) -> None:
    yard = Yard(house)
    yard.bring(ParcelState.PACKED)
    freeze(house, yard.order("2"), 2)
    assert yard.codes("1") == (HoldCode.MEMBER_CHANGED,)
    house.pass_time(2 * HOUR)
    assert house.run(looking.look_again) == 1
    assert (yard.codes("1"), yard.codes("2"), yard.box("1").blocked) == ((), (), False)
