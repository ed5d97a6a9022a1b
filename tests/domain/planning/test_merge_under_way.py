"""A second order comes when the first is approved already: it is told, and as long as nothing is on a list of the floor
the first can come back and travel with it."""

from typing import Any

import pytest

from domain.errors import BadValue, NotAllowed, WrongStatus
from domain.floor.parcels import ParcelState
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.planning import together
from domain.review import review
from tests.domain.house import House
from tests.domain.yard import PAIR, Yard, cups, tea
from tests.factory import incoming_line, receiver


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def bring(yard: Yard, state: ParcelState) -> None:
    """The first order, up to where it should be, then the second."""
    yard.receive(cups("1"))
    yard.approve("1")
    if state is not ParcelState.READY:
        yard.wave("1")
        yard.walk(yard.box("1"), state)
    yard.receive(tea("2"))


def told(yard: Yard, number: str = "2") -> list[tuple[str, ParcelState, str, bool]]:
    order = yard.order(number)
    found = yard.house.store.read_now(lambda desk: together.under_way(desk, order))
    return [(one.order.number, one.parcel.state, one.verdict.why, one.back) for one in found]


def take_back(yard: Yard, number: str = "2", other: str = "1", role: Role = Role.CS) -> None:
    order = yard.order(number)
    actor = yard.house.cast.actor(role)
    yard.run(together.take_back, actor, order.id, order.revision, yard.order(other).id)


def state_of(yard: Yard) -> list[Any]:
    return [yard.house.reserved(), *((yard.order(n), yard.boxes(n)) for n in PAIR)]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ParcelState.READY, [("1", ParcelState.READY, "same_buyer", True)]),
        (ParcelState.IN_WAVE, [("1", ParcelState.IN_WAVE, "same_buyer", False)]),
        (ParcelState.PICKED, [("1", ParcelState.PICKED, "same_buyer", False)]),
        (ParcelState.PACKED, []),
        (ParcelState.HANDED_OVER, []),
    ],
)
def test_who_is_on_the_way_is_told_with_where_it_is(yard: Yard, state: ParcelState, expected: list[Any]) -> None:
    bring(yard, state)
    assert told(yard) == expected
    assert told(yard, "1") == []  # what is approved asks no more


@pytest.mark.parametrize(
    "second",
    [tea("2", receiver=receiver(address="别处 9 号")), tea("2", cod=True), tea("2", courier_hint="SF")],
    ids=["place", "cod", "courier"],
)
def test_who_could_not_travel_with_it_is_told_nothing(yard: Yard, second: Any) -> None:
    yard.receive(cups("1"))
    yard.approve("1")
    yard.receive(second)
    assert told(yard) == []


def test_taken_back_both_are_in_one_planned_box_and_are_approved_as_one(yard: Yard) -> None:
    bring(yard, ParcelState.READY)
    assert yard.house.reserved() == {"CUP-01": 2, "TEA-01": 0}
    take_back(yard)
    assert [yard.order(n).status for n in PAIR] == [OrderStatus.REVIEW] * 2
    assert yard.box("1").id == yard.box("2").id
    assert yard.box("1").why["merge"] == {"orders": ["1", "2"], "why": "same_buyer"}
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}
    yard.approve("2")
    assert (yard.box("1").state, yard.house.reserved()) == (ParcelState.READY, {"CUP-01": 2, "TEA-01": 1})


def test_a_whole_box_comes_back(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    yard.approve("1")
    yard.receive(cups("3", lines=(incoming_line("CUP-02", 1),)))
    assert [one[0] for one in told(yard, "3")] == ["1", "2"]
    take_back(yard, "3", "2")
    assert [yard.order(n).status for n in (*PAIR, "3")] == [OrderStatus.REVIEW] * 3
    assert yard.box("1").order_ids == tuple(yard.order(n).id for n in (*PAIR, "3"))
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_another_buyers_is_merged_because_a_person_says_so(yard: Yard) -> None:
    yard.receive(cups("1"))
    yard.approve("1")
    yard.receive(tea("2", buyer_id="other"))
    assert told(yard) == [("1", ParcelState.READY, "other_buyer", True)]
    take_back(yard)
    assert yard.box("1").why["merge"] == {"orders": ["1", "2"], "why": "person"}
    assert [yard.order(n).together for n in PAIR] == [yard.order("1").id] * 2


@pytest.mark.parametrize("state", [ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.PACKED])
def test_what_is_on_a_list_is_not_taken_back(yard: Yard, state: ParcelState) -> None:
    bring(yard, state)
    before = state_of(yard)
    with pytest.raises(WrongStatus):
        take_back(yard)
    assert state_of(yard) == before


def test_what_does_not_fit_one_parcel_stays_approved(yard: Yard) -> None:
    heavy = {"goods": 152_100, "total": 152_100, "paid": 152_100}
    lamps = (incoming_line("LAMP-01", 9, amount=152_100),)
    yard.receive(cups("1", lines=lamps, **heavy))
    yard.approve("1")
    yard.receive(tea("2", lines=(*lamps, incoming_line("CUP-01", 40)), buyer_id="b", **heavy))
    before = state_of(yard)
    with pytest.raises(BadValue):
        take_back(yard)
    assert state_of(yard) == before
    assert yard.order("1").status is OrderStatus.APPROVED


def test_who_may_not_approve_may_not_take_back(yard: Yard) -> None:
    bring(yard, ParcelState.READY)
    before = state_of(yard)
    with pytest.raises(NotAllowed):
        take_back(yard, role=Role.PICKER)
    assert state_of(yard) == before


def test_a_held_order_takes_nobody_back(yard: Yard) -> None:
    yard.receive(cups("1"))
    yard.approve("1")
    yard.receive(tea("2", buyer_message="等一下"))
    assert [one[0] for one in told(yard)] == ["1"]
    before = state_of(yard)
    with pytest.raises(BadValue) as refused:
        take_back(yard)
    assert (refused.value.want, state_of(yard)) == ("merge_held", before)


def test_a_frozen_one_is_not_offered(yard: Yard) -> None:
    bring(yard, ParcelState.READY)
    order = yard.order("2")
    yard.run(review.hold, yard.cs, order.id, order.revision, "ask first")
    assert told(yard) == []
    before = state_of(yard)
    with pytest.raises(WrongStatus):
        take_back(yard)
    assert state_of(yard) == before
