"""Whoever scanned for a document does not approve it; and what a shop of one person does."""

from dataclasses import replace

import pytest

from domain.errors import OwnWork
from domain.people.people import Actor, Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import Stock
from domain.stock import stock_posting, stock_room
from domain.stock.stock import Bucket
from domain.stock.stock_docs import DocKind, DocState, StockDoc
from domain.stock.stock_scan import Scan
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def counted(room: Room, by: Actor, units: int = 99) -> StockDoc:
    made = room.run(lambda unit: stock_room.begin(unit, by, DocKind.COUNT, room.here, scope="A-01"))
    made = room.run(stock_room.scan, by, made.id, [Scan("CUP-01", units)])
    return room.run(stock_posting.finish, by, made.id, made.revision)


def refused(room: Room, who: Actor, doc: StockDoc) -> None:
    before = room.books()
    with pytest.raises(OwnWork):
        room.run(stock_posting.approve, who, doc.id, doc.revision)
    assert room.books() == before
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)) == doc


def verbs(room: Room, doc: StockDoc) -> list[str]:
    return [event.verb for event in room.run(lambda unit: unit.history("stock_doc", doc.id))]


def only_the_owner(room: Room) -> Actor:
    def leave(unit: Unit) -> None:
        for person in unit.people.staff().people:
            if Role.OWNER not in person.roles:
                unit.people.save(replace(person, active=False))

    room.run(leave)
    return room.house.cast.actor(Role.OWNER)


def test_the_counter_does_not_approve_the_count(room: Room) -> None:
    waiting = counted(room, room.lead)
    refused(room, room.lead, waiting)
    done = room.run(stock_posting.approve, room.finance, waiting.id, waiting.revision)
    assert (done.state, room.level().good, verbs(room, waiting)[0]) == (DocState.DONE, 99, "approved")


def test_everybody_whose_hands_it_went_through_counted(room: Room) -> None:
    """The lead began it and gave it to the picker; the counter who taps "counted" scanned nothing."""
    made = room.run(lambda unit: stock_room.begin(unit, room.lead, DocKind.COUNT, room.here, scope="A-01"))
    made = room.run(stock_room.scan, room.lead, made.id, [Scan("CUP-01", 50)])
    made = room.run(stock_room.take_up, room.picker, made.id, made.revision)
    made = room.run(stock_room.scan, room.picker, made.id, [Scan("CUP-01", 49)])
    waiting = room.run(stock_posting.finish, room.house.cast.actor(Role.OWNER), made.id, made.revision)
    assert waiting.hands == tuple(who.person_id for who in (room.lead, room.picker, room.house.cast.actor(Role.OWNER)))
    refused(room, room.lead, waiting)
    refused(room, room.house.cast.actor(Role.OWNER), waiting)


def test_who_only_asked_for_a_count_may_approve_it(room: Room) -> None:
    made = room.run(lambda unit: stock_room.begin(unit, room.lead, DocKind.COUNT, room.here, scope="A-01"))
    made = room.run(stock_room.take_up, room.picker, made.id, made.revision)
    made = room.run(stock_room.scan, room.picker, made.id, [Scan("CUP-01", 99)])
    assert room.approve(room.finish(made)).state is DocState.DONE


def test_neither_the_first_nor_the_second_yes_is_the_counters(room: Room) -> None:
    policy = replace(Policy(), stock=Stock(two_people={"CNY": 1200, "*": 1}))
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    waiting = counted(room, room.lead)
    refused(room, room.lead, waiting)
    first = room.run(stock_posting.approve, room.finance, waiting.id, waiting.revision)
    assert (first.state, first.first) == (DocState.WAITING, room.finance.name)
    refused(room, room.lead, first)


def test_a_grading_and_a_transfers_differences_as_well(room: Room) -> None:
    made = room.run(
        lambda unit: stock_room.begin(unit, room.lead, DocKind.REGRADE, room.here, scope="defective", reason="wet")
    )
    made = room.run(stock_room.scan, room.lead, made.id, [Scan("CUP-01", 3)])
    refused(room, room.lead, room.run(stock_posting.finish, room.lead, made.id, made.revision))
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.run(stock_room.take_up, room.lead, sent.id, sent.revision)
    got = room.run(stock_room.scan, room.lead, mine.id, [Scan("CUP-01", 8)])
    refused(room, room.lead, room.run(stock_posting.finish, room.lead, got.id, got.revision))


def test_a_shop_of_one_person_is_not_locked_out_and_the_history_says_so(room: Room) -> None:
    owner = only_the_owner(room)
    waiting = counted(room, owner)
    done = room.run(stock_posting.approve, owner, waiting.id, waiting.revision)
    assert (done.state, room.level().good, verbs(room, waiting)[0]) == (DocState.DONE, 99, "approved_alone")


def test_one_person_does_not_say_both_yes_of_two(room: Room) -> None:
    policy = replace(Policy(), stock=Stock(two_people={"CNY": 1200, "*": 1}))
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    owner = only_the_owner(room)
    refused(room, owner, counted(room, owner))


def test_units_without_a_told_cost_come_in_at_the_average(room: Room) -> None:
    """100 cups at 12.00 are there: ten without a cost, then five at 9.00."""
    doc = room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 10), Scan("CUP-01", 5, cost=900)))
    assert [(line.done, line.costed, line.value) for line in doc.lines] == [(15, 5, 4500)]
    assert room.value(Bucket.GOOD) == 110 * 1200 + 5 * 900


def test_units_without_a_told_cost_come_in_at_the_plan_where_nothing_lies(room: Room) -> None:
    """Whatever was told first; units that cost nothing are told as well."""
    planned = room.run(lambda unit: unit.catalog.skus["TOWEL-01"].cost)
    scans = (Scan("TOWEL-01", 5, cost=700), Scan("TOWEL-01", 10), Scan("TOWEL-01", 2, cost=0))
    room.finish(room.doc(DocKind.RECEIPT, *scans))
    assert (planned, room.value(Bucket.GOOD, "TOWEL-01")) == (900, 10 * 900 + 5 * 700)
