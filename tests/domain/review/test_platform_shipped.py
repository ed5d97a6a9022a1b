"""The platform calls an order shipped that has not left here: it waits for a lead, wherever its goods are."""

from dataclasses import replace

import pytest

from domain.errors import HoldNotReleasable, ParcelStopped
from domain.floor.parcels import ParcelState
from domain.intake.incoming import PlatformState
from domain.orders.orders import OrderStatus
from domain.people.people import CLOCK, Role
from domain.review import review
from domain.review.holds import HoldCode, Source, open_codes
from tests.domain.house import LATER, SCAN, House
from tests.domain.yard import Yard, cups, split_order, tea
from tests.factory import incoming, incoming_line

SHIPPED = (PlatformState.PART_SHIPPED, PlatformState.SHIPPED, PlatformState.DONE)


def tell(house: House, state: PlatformState) -> None:
    house.receive(state=state)


def release(house: House, role: Role) -> None:
    order = house.order
    house.run(review.release_hold, house.cast.actor(role), order.id, order.revision, HoldCode.PLATFORM_SHIPPED)


@pytest.mark.parametrize("state", SHIPPED)
def test_an_approved_order_goes_back_to_review_with_the_evidence(house: House, state: PlatformState) -> None:
    house.receive()
    house.approve()
    tell(house, state)
    assert (house.order.status, house.order.release_at) == (OrderStatus.REVIEW, None)
    (hold,) = house.order.holds
    assert (hold.code, hold.source, dict(hold.evidence)) == (
        HoldCode.PLATFORM_SHIPPED,
        Source.SCREENING,
        {"state": state},
    )
    assert (house.parcel.state, house.reserved()) == (ParcelState.PLANNED, {"CUP-01": 0, "TEA-01": 0})


def test_a_released_order_before_the_wave_goes_back_too(house: House) -> None:
    house.bring_to(ParcelState.READY)
    tell(house, PlatformState.SHIPPED)
    assert (house.order.status, house.parcel.state) == (OrderStatus.REVIEW, ParcelState.PLANNED)
    assert open_codes(house.order.holds) == (HoldCode.PLATFORM_SHIPPED,)


@pytest.mark.parametrize("stage", LATER)
def test_a_parcel_in_the_house_stops_until_a_lead_lets_it_go(house: House, stage: ParcelState) -> None:
    house.bring_to(stage)
    tell(house, PlatformState.SHIPPED)
    assert (house.order.status, house.parcel.state, house.parcel.blocked) == (OrderStatus.RELEASED, stage, True)
    station = list(SCAN.values())[LATER.index(stage)]
    assert isinstance(house.scan(station, house.parcel.expected_g).refusal, ParcelStopped)
    before = house.order
    with pytest.raises(HoldNotReleasable):
        release(house, Role.CS)
    with pytest.raises(HoldNotReleasable):
        house.run(review.release_hold, CLOCK, before.id, before.revision, HoldCode.PLATFORM_SHIPPED)
    assert (house.order, house.parcel.blocked) == (before, True)
    release(house, Role.CS_LEAD)
    assert house.scan(station, house.parcel.expected_g).ok


def test_what_a_lead_released_stays_released_until_the_platform_says_something_new(house: House) -> None:
    house.receive(state=PlatformState.PAID)
    tell(house, PlatformState.SHIPPED)
    release(house, Role.CS_LEAD)
    house.approve()
    house.receive(state=PlatformState.SHIPPED, seller_flag="green")
    assert (house.order.status, house.order.held) == (OrderStatus.APPROVED, False)
    tell(house, PlatformState.DONE)
    assert house.order.status is OrderStatus.REVIEW
    assert [dict(hold.evidence) for hold in house.order.holds if hold.open] == [{"state": "done"}]


@pytest.mark.parametrize("stage", [ParcelState.READY, ParcelState.PACKED])
def test_what_was_released_and_taken_back_holds_when_it_is_said_again(house: House, stage: ParcelState) -> None:
    house.bring_to(stage)
    tell(house, PlatformState.SHIPPED)
    release(house, Role.CS_LEAD)
    tell(house, PlatformState.PAID)
    assert [hold.resolution for hold in house.order.holds] == ["ended"]
    tell(house, PlatformState.SHIPPED)
    assert open_codes(house.order.holds) == (HoldCode.PLATFORM_SHIPPED,)


def test_it_goes_away_when_the_platform_takes_it_back(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    tell(house, PlatformState.SHIPPED)
    tell(house, PlatformState.PAID)
    assert (house.order.held, house.parcel.blocked) == (False, False)
    assert [hold.resolution for hold in house.order.holds] == ["auto"]


def test_our_own_hand_over_echoed_back_is_no_alarm(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    tell(house, PlatformState.SHIPPED)
    assert (house.order.status, house.order.holds) == (OrderStatus.SHIPPED, ())


def test_nor_is_it_while_another_box_of_the_order_is_still_here(house: House) -> None:
    yard = Yard(house)
    one, two = split_order(yard)
    yard.walk(one, ParcelState.HANDED_OVER)
    lines = (incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900))
    yard.receive(incoming("1", lines=lines, goods=13_700, total=13_700, paid=13_700, state=PlatformState.SHIPPED))
    assert (yard.order("1").status, yard.codes("1")) == (OrderStatus.RELEASED, ())
    yard.walk(two, ParcelState.HANDED_OVER)
    assert yard.order("1").status is OrderStatus.SHIPPED


def test_the_companion_in_the_box_is_held_with_it(house: House) -> None:
    yard = Yard(house)
    yard.bring(ParcelState.PACKED)
    yard.receive(tea("2", state=PlatformState.SHIPPED))
    assert (yard.codes("1"), yard.codes("2")) == ((HoldCode.MEMBER_CHANGED,), (HoldCode.PLATFORM_SHIPPED,))
    yard.receive(replace(cups("1"), state=PlatformState.PART_SHIPPED))
    assert yard.codes("1") == (HoldCode.PLATFORM_SHIPPED, HoldCode.MEMBER_CHANGED)
