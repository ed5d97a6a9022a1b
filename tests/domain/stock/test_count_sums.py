"""A day's counts are added up by who made them: the person, not the name."""

from dataclasses import replace

import pytest

from domain.people.people import Actor
from domain.policy.policy import Policy
from domain.policy.policy_sections import Stock
from domain.stock.stock_docs import DocKind, DocState
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room, counts, small_steps


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def called(actor: Actor, name: str) -> Actor:
    return replace(actor, name=name)


def test_somebody_who_is_called_otherwise_now_is_still_the_same(room: Room) -> None:
    small_steps(room, 12_000)
    waiting = room.approve(counts(room, called(room.receiver, "Eve"), 94))
    assert (waiting.state, waiting.made_by, waiting.made_by_id) == (DocState.WAITING, "Eve", room.receiver.person_id)
    assert room.level().good == 98


def test_two_people_of_one_name_are_two(room: Room) -> None:
    small_steps(room, 12_000)
    done = room.approve(counts(room, called(room.picker, room.lead.name), 94))
    assert (done.state, done.made_by, room.level().good) == (DocState.DONE, room.lead.name, 94)


def test_of_a_document_whose_maker_nobody_knows_nothing_is_added(room: Room) -> None:
    """One from before ids were kept, of which the history says nothing."""
    small_steps(room, 12_000)
    doc = counts(room, room.receiver, 94)
    room.run(lambda unit: unit.stock_docs.save([replace(doc, made_by_id=None)]))
    old = room.run(lambda unit: unit.stock_docs.get(doc.id))
    assert room.approve(old).state is DocState.DONE


def test_a_document_keeps_who_began_it_whoever_takes_it_up(room: Room) -> None:
    room.run(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), stock=Stock()), "boss"))
    doc = room.doc(DocKind.COUNT, scope="A-01")
    assert doc.made_by_id == room.picker.person_id != room.lead.person_id
