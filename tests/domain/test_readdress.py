"""A new address for goods in the house: one box goes to one place, and by the time it leaves all of it says so."""

from dataclasses import replace

import pytest

from domain import printing, review
from domain.errors import ParcelStopped, TwoPlaces
from domain.holds import HoldCode
from domain.incoming import Receiver
from domain.paper_records import Paper
from domain.parcels import Parcel, ParcelState, StopState
from domain.people import Role, Station
from tests.domain.house import LATER, SCAN, House
from tests.domain.yard import PAIR, Yard, tea
from tests.factory import receiver

SHENZHEN = receiver(province="广东省", city="深圳市", district="南山区", address="科技园 9 号")


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def release(yard: Yard, number: str) -> None:
    order = yard.order(number)
    yard.run(review.release_hold, yard.cs, order.id, order.revision, HoldCode.ADDR_CHANGED)


def lying(yard: Yard, box: Parcel) -> dict[str, int]:
    """sku -> units the books have in the box."""
    found = yard.house.store.read_now(lambda desk: desk.stock.places(["CUP-01", "TEA-01"], box.warehouse_id))
    return {place.sku: place.units for place in found if place.bin == box.number}


def rename(yard: Yard, number: str, to: Receiver) -> None:
    """The address changes and no hold says so."""
    news = replace(yard.order(number), receiver=to)
    yard.run(lambda desk: desk.orders.save([news]))


@pytest.mark.parametrize("state", LATER)
def test_a_moved_member_is_not_released_while_its_box_goes_elsewhere(yard: Yard, state: ParcelState) -> None:
    yard.bring(state)
    yard.receive(tea("2", receiver=SHENZHEN))
    before = (yard.box("1"), yard.order("1"), yard.order("2"), yard.stops(yard.box("1")))
    with pytest.raises(TwoPlaces) as refused:
        release(yard, "2")
    assert (refused.value.order, refused.value.parcel, refused.value.others) == ("2", yard.box("1").waybill, ("1",))
    assert (yard.box("1"), yard.order("1"), yard.order("2"), yard.stops(yard.box("1"))) == before
    assert (yard.codes("1"), yard.codes("2")) == ((HoldCode.MEMBER_CHANGED,), (HoldCode.ADDR_CHANGED,))


@pytest.mark.parametrize("state", LATER)
def test_shipped_alone_each_goes_to_its_own_place(yard: Yard, state: ParcelState) -> None:
    yard.bring(state)
    yard.receive(tea("2", receiver=SHENZHEN))
    yard.unmerge("2")
    one, two = yard.box("1"), yard.box("2")
    assert one.id != two.id
    again = ParcelState.IN_WAVE if state is ParcelState.IN_WAVE else ParcelState.PICKED
    assert [(box.state, box.weight_g, box.size) for box in (one, two)] == [(again, 0, None)] * 2
    if again is ParcelState.PICKED:
        assert (lying(yard, one), lying(yard, two)) == ({"CUP-01": 2}, {"TEA-01": 1})
    assert (yard.codes("1"), one.blocked, two.blocked) == ((), False, True)
    release(yard, "2")
    for number in PAIR:
        for step, station in SCAN.items():
            if step is not again:
                done = yard.scan(station, yard.box(number))
                assert done.ok or step is ParcelState.PICKED, (number, step, done.refusal)
    assert [yard.box(number).state for number in PAIR] == [ParcelState.HANDED_OVER] * 2
    assert (lying(yard, one), lying(yard, two)) == ({}, {})
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_members_that_move_together_are_released_together(yard: Yard) -> None:
    yard.bring(ParcelState.PICKED)
    yard.receive(tea("2", receiver=SHENZHEN))
    rename(yard, "1", replace(SHENZHEN, address="科技园9号"))
    release(yard, "2")
    assert (yard.codes("1"), yard.codes("2"), yard.box("2").blocked) == ((), (), False)
    assert [stop.state for stop in yard.stops(yard.box("1"))] == [StopState.RELEASED]


@pytest.mark.parametrize("station", [Station.PACK, Station.WEIGH, Station.HAND_OVER])
def test_the_gate_stops_a_box_for_two_places_that_nobody_holds(yard: Yard, station: Station) -> None:
    before = {Station.PACK: ParcelState.PICKED, Station.WEIGH: ParcelState.PACKED}
    box = yard.bring(before.get(station, ParcelState.WEIGHED))
    rename(yard, "2", SHENZHEN)
    refused = yard.scan(station, box).refusal
    assert isinstance(refused, ParcelStopped)
    assert refused.codes == ("TWO_PLACES",)
    assert yard.box("1") == box


def test_any_member_that_moves_voids_the_label(yard: Yard) -> None:
    box = yard.bring(ParcelState.PICKED)
    yard.run(printing.print_parcel, yard.house.cast.actor(Role.PICKER), box.waybill, [Paper.LABEL])
    assert not yard.run(printing.outdated, yard.box("1"))
    rename(yard, "2", SHENZHEN)
    assert yard.run(printing.outdated, yard.box("1"))
