"""What a put-away's card says of a long one: the last lines and how many there are, without reading all of it."""

from typing import Any

import pytest

from domain.records import Event
from domain.stock import stock_room, stock_trail
from domain.stock.stock_docs import DocKind, StockDoc
from domain.stock.stock_scan import Scan
from domain.stock.stock_trail import Put
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room

LONG = 30


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


class Reader:
    """A desk that writes down how many events were asked for."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.asked: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    def history(self, subject: str, subject_id: int, limit: int = 50) -> list[Event]:
        self.asked.append(limit)
        return self.unit.history(subject, subject_id, limit)


def lately(room: Room, doc: StockDoc, most: int) -> tuple[list[tuple[str, int]], int, list[int]]:
    """(name of the bin, units) of the last, how many in all, and what was read for it."""

    def look(unit: Unit) -> tuple[list[Put], int, list[int]]:
        reader = Reader(unit)
        return *stock_trail.lately(reader, doc.id, most), reader.asked

    found, total, asked = room.house.store.read_now(look)
    return [(put.name, put.units) for put in found], total, asked


def put(room: Room, doc: StockDoc, *units: int) -> None:
    """So many cups into a bin of their own each time."""
    for number in units:
        room.run(stock_room.scan, room.picker, doc.id, [Scan("CUP-01", number), Scan(f"Z-{number}", new=True)])


def test_a_long_put_away_reads_the_end_of_its_history_alone(room: Room) -> None:
    doc = room.doc(DocKind.MOVE, scope="A-01")
    for _ in range(LONG):
        room.run(stock_room.scan, room.picker, doc.id, [Scan("CUP-01"), Scan("Z-1", new=True)])
        room.run(stock_room.undo, room.picker, doc.id)
        put(room, doc, 1)
        room.run(stock_room.scan, room.picker, doc.id, [Scan("A-01")])
    assert lately(room, doc, 2) == ([("Z-1", 1)] * 2, LONG, [20])
    assert lately(room, doc, 0) == ([], LONG, [20])
    found, total, asked = lately(room, doc, LONG * 2)
    assert (len(found), total, asked) == (LONG, LONG, [20, 200])


def test_what_was_taken_back_is_in_neither(room: Room) -> None:
    doc = room.doc(DocKind.MOVE, scope="A-01")
    assert lately(room, doc, 5) == ([], 0, [20])
    put(room, doc, 2)
    room.run(stock_room.scan, room.picker, doc.id, [Scan("A-01")])
    room.run(stock_room.scan, room.picker, doc.id, [Scan("CUP-01", 3)])
    room.run(stock_room.scan, room.picker, doc.id, [Scan("Z-3", new=True)])
    assert lately(room, doc, 5)[:2] == ([("Z-3", 3), ("Z-2", 2)], 2)
    room.run(stock_room.undo, room.picker, doc.id)
    assert lately(room, doc, 5)[:2] == ([("Z-2", 2)], 1)
    for _ in range(3):
        room.run(stock_room.undo, room.picker, doc.id)
    assert lately(room, doc, 5)[:2] == ([], 0)
    put(room, doc, 4)
    assert lately(room, doc, 5)[:2] == ([("Z-4", 4)], 1)


def test_a_put_away_from_before_is_read_whole(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its steps do not say how many there are; the next one does."""
    doc = room.doc(DocKind.MOVE, scope="A-01")
    with monkeypatch.context() as older:
        older.setattr(stock_trail, "PLACED", "not_then")
        put(room, doc, 2)
    assert lately(room, doc, 1) == ([("Z-2", 2)], 1, [20, 20_000])
    room.run(stock_room.scan, room.picker, doc.id, [Scan("A-01")])
    put(room, doc, 3)
    assert lately(room, doc, 1) == ([("Z-3", 3)], 2, [20])
