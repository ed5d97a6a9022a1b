"""Stock documents that wait: whose they are, after how long somebody hears of it, and who is next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from domain import history
from domain.floor import not_there
from domain.people.people import CLOCK, Role
from domain.policy.policy_sections import Stock
from domain.records import AlertKind
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import DocKind, StockDoc
from domain.stock.stock_scan import Scan
from domain.watch import shift
from storage.unit import Unit
from tests.domain.watch.watch_house import LATE_EVENING, MORNING, House, opened

watched = pytest.fixture(opened)


@dataclass
class Room:
    """The watch's house, and its stock room."""

    house: House

    def __post_init__(self) -> None:
        self.here, self.there = (place.id for place in self.house.cast.warehouses)

    def doc(self, kind: DocKind, *scans: Scan, role: Role = Role.PICKER, **more: Any) -> StockDoc:
        actor, run = self.house.cast.actor(role), self.house.store.run_now
        made: StockDoc = run(lambda unit: stock_room.begin(unit, actor, kind, self.here, **more))
        return run(stock_room.scan, actor, made.id, scans) if scans else made

    def finish(self, doc: StockDoc, role: Role = Role.PICKER) -> StockDoc:
        return self.house.store.run_now(stock_posting.finish, self.house.cast.actor(role), doc.id, doc.revision)

    def graded(self) -> StockDoc:
        doc = self.doc(DocKind.REGRADE, Scan("CUP-01", 2), scope="defective", reason="scratched")
        return self.finish(doc)

    def late(self, minutes: float) -> list[tuple[AlertKind, int, str, tuple[int, ...]]]:
        """(kind, warehouse, part, documents) of what is late after so much time; told and forgotten."""
        self.house.tick(minutes)
        self.house.heard()
        return [(one.kind, one.subject_id, one.part, one.first) for one in self.house.open()]

    def told(self) -> set[str]:
        return {name for name, _, _ in self.house.heard()}


@pytest.fixture
def room(watched: House) -> Iterator[Room]:
    yield Room(watched)


def test_a_grading_that_waits_goes_to_who_may_approve_then_to_the_owner(room: Room) -> None:
    doc = room.graded()
    room.house.heard()
    assert (room.house.tick(240), room.house.open()) == (0, [])
    room.house.tick(1)
    (alert,) = room.house.open()
    assert (alert.kind, alert.subject_id, alert.first) == (AlertKind.STOCK_UNDECIDED, room.here, (doc.id,))
    assert room.told() == {"cs_lead", "finance"}
    room.house.tick(29)
    assert room.told() == set()
    room.house.tick(1)
    assert room.told() == {"owner"}
    room.house.store.run_now(stock_posting.approve, room.house.cast.actor(Role.CS_LEAD), doc.id, doc.revision)
    room.house.tick()
    assert room.house.open() == []


def test_a_difference_that_was_sent_back_is_a_count_to_be_taken_up(room: Room) -> None:
    doc = room.finish(room.doc(DocKind.COUNT, Scan("A-01"), Scan("CUP-01", 90), scope="A-01"))
    assert room.late(241) == [(AlertKind.STOCK_UNDECIDED, room.here, "", (doc.id,))]
    back = room.house.store.run_now(stock_posting.refuse, room.house.cast.actor(Role.CS_LEAD), doc.id, doc.revision)
    assert room.late(30) == []
    assert room.late(1) == [(AlertKind.COUNT_LATE, room.here, "", (doc.id,))]
    picker = room.house.cast.actor(Role.PICKER)
    room.house.store.run_now(stock_room.take_up, picker, back.id, back.revision)
    assert room.late(0) == []


def test_a_transfer_is_the_receivers_where_it_arrives(room: Room) -> None:
    doc = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    assert room.late(24 * 60) == []
    room.house.tick(1)
    assert room.told() == {"receiver"}
    (alert,) = room.house.open()
    assert (alert.kind, alert.subject_id, alert.first) == (AlertKind.TRANSFER_LATE, room.there, (doc.id,))
    room.house.tick(30)
    assert room.told() == {"cs_lead"}


def test_a_count_that_was_asked_for_is_late_from_the_first_asking(room: Room) -> None:
    """Whoever misses goods there meanwhile does not make it younger."""
    picker = room.house.cast.actor(Role.PICKER)
    asked = room.house.store.run_now(stock_room.ask_count, picker, room.here, "A-01")
    room.house.heard()
    room.house.tick(20)
    room.house.store.run_now(_missed_again, asked.id)
    room.house.tick(10)
    assert room.house.open() == []
    room.house.tick(1)
    assert room.told() == {"picker", "receiver"}
    (alert,) = room.house.open()
    assert (alert.kind, alert.first) == (AlertKind.COUNT_LATE, (asked.id,))


def _missed_again(unit: Unit, doc_id: int) -> None:
    history.note(unit, CLOCK, "stock_doc", doc_id, not_there.VERB, "CUP-01")


@pytest.mark.parametrize(
    ("kind", "role", "more"),
    [
        (DocKind.RECEIPT, Role.RECEIVER, {}),
        (DocKind.MOVE, Role.RECEIVER, {"scope": "A-01"}),
        (DocKind.COUNT, Role.PICKER, {"scope": "A-01"}),
    ],
)
def test_what_was_begun_and_left_is_of_who_works_there(
    room: Room, kind: DocKind, role: Role, more: dict[str, Any]
) -> None:
    """Each scan begins its clock anew."""
    doc = room.doc(kind, role=role, **more)
    room.house.tick(200)
    room.house.store.run_now(stock_room.scan, room.house.cast.actor(role), doc.id, [Scan("CUP-01")])
    room.house.tick(240)
    assert room.house.open() == []
    room.house.tick(1)
    assert room.told() == {role.value}
    (alert,) = room.house.open()
    assert (alert.kind, alert.part, alert.first) == (AlertKind.STOCK_LEFT, role.value, (doc.id,))


def test_the_clocks_are_the_companys_choice(room: Room) -> None:
    room.house.policy(stock=Stock(decide_minutes=5))
    doc = room.graded()
    assert room.late(5) == []
    assert room.late(1) == [(AlertKind.STOCK_UNDECIDED, room.here, "", (doc.id,))]


def test_nobody_is_woken_for_it(room: Room) -> None:
    room.graded()
    room.house.to(LATE_EVENING)
    room.house.heard()
    room.house.tick()
    assert [one.kind for one in room.house.open()] == [AlertKind.STOCK_UNDECIDED]
    assert room.told() == set()
    room.house.to(MORNING)
    room.house.tick()
    assert room.told() == {"cs_lead", "finance"}


def test_the_hand_over_counts_documents_within_the_scope(room: Room) -> None:
    room.graded()
    room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.doc(DocKind.COUNT, Scan("CUP-01", 1), scope="A-01")
    owner = room.house.cast.actor(Role.OWNER)
    look = room.house.store.read_now
    assert look(shift.documents, owner) == {"waiting": 1, "transit": 1, "open": 1}
    assert [doc.id for doc in look(shift.held_documents, owner)] == [mine.id]
    here = replace(owner, warehouses=frozenset({room.here}))
    assert look(shift.documents, here) == {"waiting": 1, "open": 1}
