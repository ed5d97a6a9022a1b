"""What leaves a warehouse or its grade comes out of the bin that was scanned; what arrives fills what was sent."""

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import BadValue, NotEnoughStock
from domain.stock import stock_posting, stock_room
from domain.stock.stock import Bucket, Document, Move, relocate
from domain.stock.stock_docs import DocKind, DocState, StockDoc
from domain.stock.stock_scan import Scan
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room, batched

B1, B2 = date(2027, 9, 1), date(2028, 3, 1)


@pytest.fixture
def room(house: House) -> Room:
    """40 of the 100 cups lie in Z-99, the others on their own shelf, A-01."""
    room = Room(house)
    away = Move(room.here, "CUP-01", Bucket.GOOD, 40, Document.MOVE, 1)
    room.run(lambda unit: unit.stock.apply(relocate(away, "Z-99"), "anna"))
    return room


@pytest.mark.parametrize(("where", "left"), [("Z-99", (60, 30)), ("A-01", (50, 40))])
def test_a_transfer_takes_out_of_the_bin_where_they_stand(room: Room, where: str, left: tuple[int, int]) -> None:
    room.finish(room.doc(DocKind.TRANSFER, Scan(where), Scan("CUP-01", 10), to=room.there))
    assert room.places() == {("", ""): left[0], ("Z-99", ""): left[1]}
    assert room.value(Bucket.IN_TRANSIT, place=room.there) == 12_000


def test_out_of_several_bins_and_some_from_anywhere(room: Room) -> None:
    scans = (Scan("CUP-01", 5), Scan("Z-99"), Scan("CUP-01", 38), Scan("A-01"), Scan("CUP-01", 57))
    sent = room.finish(room.doc(DocKind.TRANSFER, *scans, to=room.there))
    assert room.places() == {}
    assert [(line.bin, line.planned, line.value) for line in sent.lines] == [("", 100, 120_000)]


def test_a_grading_takes_out_of_the_bin_where_they_stand(room: Room) -> None:
    made = room.doc(DocKind.REGRADE, Scan("Z-99"), Scan("CUP-01", 3), scope="defective", reason="wet")
    room.approve(room.finish(made))
    assert room.places() == {("", ""): 60, ("Z-99", ""): 37}


@pytest.mark.parametrize("kind", [DocKind.TRANSFER, DocKind.REGRADE])
def test_no_more_than_lies_in_the_bin(room: Room, kind: DocKind) -> None:
    to = room.there if kind is DocKind.TRANSFER else None
    doc = room.doc(kind, Scan("Z-99"), Scan("CUP-01", 40), to=to, scope="defective", reason="wet")
    before = room.books()
    with pytest.raises(BadValue) as refusal:
        room.run(stock_room.scan, room.picker, doc.id, [Scan("CUP-01")])
    assert (refusal.value.what, refusal.value.want, room.books()) == ("units", "at_most_there", before)
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)) == doc


def test_what_was_taken_from_the_bin_meanwhile_does_not_leave(room: Room) -> None:
    doc = room.doc(DocKind.TRANSFER, Scan("Z-99"), Scan("CUP-01", 40), to=room.there)
    gone = Move(room.here, "CUP-01", Bucket.GOOD, -1, Document.ADJUST, 1, "Z-99")
    room.run(lambda unit: unit.stock.apply([gone], "anna"))
    before = room.books()
    with pytest.raises(NotEnoughStock) as refusal:
        room.finish(doc)
    assert (refusal.value.free, refusal.value.asked, room.books()) == (39, 40, before)


def sent_of_two_batches(room: Room) -> StockDoc:
    """Five of B1 and five of B2, taken up where they arrive."""
    gone = Move(room.here, "CUP-01", Bucket.GOOD, -60, Document.ADJUST, 1)
    room.run(lambda unit: unit.stock.apply([gone, replace(gone, delta=-40, bin="Z-99")], "anna"))
    room.run(batched)
    room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 5, "B1", B1), Scan("CUP-01", 5, "B2", B2)))
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    assert [(line.batch, line.planned) for line in sent.lines] == [("B1", 5), ("B2", 5)]
    return room.run(stock_room.take_up, room.receiver, sent.id, sent.revision)


def got(room: Room, doc: StockDoc, *scans: Scan) -> list[tuple[str, int, int]]:
    doc = room.run(stock_room.scan, room.receiver, doc.id, scans)
    return [(line.batch, line.planned, line.done) for line in doc.lines]


def test_one_scan_fills_what_was_sent_of_several_batches(room: Room) -> None:
    mine = sent_of_two_batches(room)
    assert got(room, mine, Scan("CUP-01", 7)) == [("B1", 5, 5), ("B2", 5, 2)]
    assert got(room, mine, Scan("CUP-01", 3)) == [("B1", 5, 5), ("B2", 5, 5)]
    mine = room.run(lambda unit: unit.stock_docs.get(mine.id))
    done = room.run(stock_posting.finish, room.receiver, mine.id, mine.revision)
    assert done.state is DocState.DONE
    assert room.level(place=room.there).in_transit == 0


def test_a_surplus_names_its_batch(room: Room) -> None:
    mine = sent_of_two_batches(room)
    with pytest.raises(BadValue) as refusal:
        room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 11)])
    assert (refusal.value.what, room.run(lambda unit: unit.stock_docs.get(mine.id))) == ("batch", mine)
    assert got(room, mine, Scan("CUP-01", 10), Scan("CUP-01", 1, "B2")) == [("B1", 5, 5), ("B2", 5, 6)]
    assert got(room, mine, Scan("CUP-01", 2, "B9", B2)) == [("B1", 5, 5), ("B2", 5, 6), ("B9", 0, 2)]


def test_a_surplus_without_batches_is_on_its_line(room: Room) -> None:
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.run(stock_room.take_up, room.receiver, sent.id, sent.revision)
    assert got(room, mine, Scan("CUP-01", 12)) == [("", 10, 12)]
