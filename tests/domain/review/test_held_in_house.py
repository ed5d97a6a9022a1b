"""An order that is held while its goods are in the house: whoever decides is asked, and has a clock."""

from datetime import timedelta

import pytest

from domain.floor.parcels import ParcelState
from domain.people.people import Person, Role
from domain.records import AlertKind, NoticeKind
from domain.review import review
from domain.review.holds import HoldCode
from domain.watch import worries
from tests.domain.house import House


def told(house: House, who: Person) -> list[str]:
    """The codes in the notices of the order that this person got."""
    waiting = house.store.read_now(lambda desk: desk.outbox.waiting(who.chat_id))
    return [n.key.rpartition(":")[2] for n in waiting if n.kind is NoticeKind.ORDER and n.key.startswith("held:")]


def late(house: House) -> list[tuple[str, tuple[int, ...]]]:
    """Whose held orders wait too long, with the first of them."""
    found = house.store.read_now(worries.found)
    return [(one.part, one.first) for one in found if one.kind is AlertKind.HOLD_LATE]


@pytest.fixture
def packed(house: House) -> House:
    house.bring_to(ParcelState.PACKED)
    return house


def test_whoever_decides_on_a_change_gets_the_order_and_is_late_with_it(packed: House) -> None:
    """The floor only keeps the box; customer service and nobody else can say what to do with it."""
    people = packed.cast.people
    packed.receive(seller_note="蓝色")
    assert (told(packed, people[Role.CS]), told(packed, people[Role.BUYER])) == (["NOTE_CHANGED"], [])
    packed.clock[0] += timedelta(minutes=59)
    assert late(packed) == []
    packed.clock[0] += timedelta(minutes=2)
    assert late(packed) == [(Role.CS, (packed.order.id,))]
    order = packed.order
    packed.run(review.release_hold, packed.cast.actor(Role.CS), order.id, order.revision, HoldCode.NOTE_CHANGED)
    assert (late(packed), packed.parcel.blocked) == ([], False)


def test_a_second_change_is_told_and_the_end_of_the_first_is_not(packed: House) -> None:
    anna = packed.cast.people[Role.CS]
    packed.receive(seller_note="蓝色")
    packed.receive(seller_note="蓝色", invoice="某公司")
    assert told(packed, anna) == ["NOTE_CHANGED", "INVOICE_CHANGED"]
    order = packed.order
    packed.run(review.release_hold, packed.cast.actor(Role.CS), order.id, order.revision, HoldCode.NOTE_CHANGED)
    assert told(packed, anna) == ["NOTE_CHANGED", "INVOICE_CHANGED"]


def test_a_freeze_is_no_news_to_who_wrote_it(packed: House) -> None:
    order = packed.order
    packed.run(review.hold, packed.cast.actor(Role.CS), order.id, order.revision, "the buyer rang")
    assert (packed.parcel.blocked, told(packed, packed.cast.people[Role.CS])) == (True, [])
