"""The stock room, when a number was wrong: a line set anew or lowered, and the last scans taken back one by one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BadValue, NotEnoughStock, Refusal, ScanStays, Unknown, WrongStatus
from domain.floor import undo_scan
from domain.people.people import Role
from domain.stock import stock_posting, stock_room, stock_trail
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_docs import DocKind, DocState, StockDoc
from domain.stock.stock_scan import How, Scan
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room, batched
from tests.filled import filled

FIFTY, LESS = Scan("CUP-01", 50, how=How.SET), Scan("CUP-01", 450, how=How.LESS)


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def done(doc: StockDoc) -> list[tuple[str, str, str, int]]:
    return [(line.sku, line.bin, line.batch, line.done) for line in doc.lines]


def scan(room: Room, doc: StockDoc, *scans: Scan) -> StockDoc:
    who = room.receiver if doc.kind is DocKind.RECEIPT else room.picker
    return room.run(stock_room.scan, who, doc.id, scans)


@pytest.mark.parametrize("correction", [FIFTY, LESS], ids=["set", "lowered"])
def test_five_hundred_typed_for_fifty_is_put_right(room: Room, correction: Scan) -> None:
    doc = scan(room, room.doc(DocKind.RECEIPT, Scan("CUP-01", 500)), correction)
    assert done(doc) == [("CUP-01", "", "", 50)]
    assert room.finish(doc).state is DocState.DONE
    assert room.level().good == 150


def test_nothing_is_lowered_below_zero(room: Room) -> None:
    doc = room.doc(DocKind.RECEIPT, Scan("CUP-01", 50))
    for scans in ([Scan("CUP-01", 51, how=How.LESS)], [Scan("TEA-01", 1, how=How.LESS)]):
        with pytest.raises(BadValue) as refusal:
            scan(room, doc, *scans)
        assert (refusal.value.want, refusal.value.value) == ("not_below", f"-{scans[0].units}")
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)) == doc


def test_a_line_of_which_nothing_is_left_is_gone(room: Room) -> None:
    doc = room.doc(DocKind.RECEIPT, Scan("CUP-01", 5, cost=900), Scan("TEA-01"))
    assert done(scan(room, doc, Scan("CUP-01", 0, how=How.SET))) == [("TEA-01", "", "", 1)]
    assert done(scan(room, doc, Scan("TEA-01", 1, how=How.LESS))) == []


@pytest.mark.parametrize(
    ("scans", "value"),
    [
        ([Scan("CUP-01", 500, cost=850), FIFTY], (50, 42_500)),
        ([Scan("CUP-01", 5, cost=850), FIFTY], (50, 42_500)),
        ([Scan("CUP-01", 10, cost=800), Scan("CUP-01", 490), FIFTY], (10, 8000)),
        ([Scan("CUP-01", 500, cost=800), Scan("CUP-01", 50, cost=700, how=How.SET)], (50, 35_000)),
        ([Scan("CUP-01", 500), FIFTY], (0, None)),
    ],
    ids=["fewer", "more", "some with a cost", "told anew", "none told"],
)
def test_a_corrected_line_keeps_what_one_unit_has_cost(
    room: Room, scans: list[Scan], value: tuple[int, int | None]
) -> None:
    (line,) = room.doc(DocKind.RECEIPT, *scans).lines
    assert (line.done, line.costed, line.value) == (50, *value)


def test_a_count_set_anew_keeps_the_books_figure_of_its_first_unit(room: Room) -> None:
    """What moved since then is counted again, whether the number was corrected or not."""
    doc = room.doc(DocKind.COUNT, Scan("A-01"), Scan("CUP-01", 970), scope="A-01")
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.GOOD, -1, Document.ADJUST, 1)], "anna"))
    doc = scan(room, doc, Scan("CUP-01", 97, how=How.SET))
    assert [(line.planned, line.done) for line in doc.lines] == [(100, 97)]
    assert [(line.again, line.planned, line.done) for line in room.finish(doc).lines] == [(True, 99, 0)]


def test_what_leaves_is_never_corrected_to_more_than_lies_there(room: Room) -> None:
    doc = room.doc(DocKind.TRANSFER, Scan("A-01"), Scan("CUP-01", 10), to=room.there)
    with pytest.raises(BadValue) as refusal:
        scan(room, doc, Scan("CUP-01", 101, how=How.SET))
    assert (refusal.value.value, refusal.value.want) == ("101", "at_most_there")
    assert done(scan(room, doc, Scan("CUP-01", 100, how=How.SET))) == [("CUP-01", "A-01", "", 100)]
    away = scan(room, doc, Scan("B-01"), Scan("CUP-01", 60, how=How.LESS))
    assert done(away) == [("CUP-01", "A-01", "", 40)]


def test_of_several_lines_the_one_that_is_lowered_is_named(room: Room) -> None:
    room.run(batched)
    doc = room.doc(DocKind.RECEIPT, Scan("CUP-01", 5, "B7", date(2027, 5, 31)), Scan("CUP-01", 4, "B8"))
    with pytest.raises(BadValue) as refusal:
        scan(room, doc, Scan("CUP-01", 1, how=How.LESS))
    assert refusal.value.what == "batch"
    doc = scan(room, doc, Scan("CUP-01", 1, "B8", how=How.LESS))
    assert done(doc) == [("CUP-01", "", "B7", 5), ("CUP-01", "", "B8", 3)]
    assert doc.lines[0].expires == date(2027, 5, 31)


def test_what_arrived_is_corrected_as_a_whole_and_never_below_what_is_in_the_books(room: Room) -> None:
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.run(stock_room.take_up, room.receiver, sent.id, sent.revision)
    got = room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 80), Scan("CUP-01", 8, how=How.SET)])
    assert done(got) == [("CUP-01", "", "", 8)]
    waiting = room.run(stock_posting.finish, room.receiver, got.id, got.revision)
    mine = room.run(stock_room.take_up, room.receiver, waiting.id, waiting.revision)
    with pytest.raises(BadValue) as refusal:
        room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 7, how=How.SET)])
    assert (refusal.value.value, refusal.value.want) == ("7", "not_posted")
    got = room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 10, how=How.SET)])
    assert room.run(stock_posting.finish, room.receiver, got.id, got.revision).state is DocState.DONE
    assert room.level(place=room.there).good == 110


def test_a_number_belongs_to_goods_and_not_to_a_bin(room: Room) -> None:
    doc = room.doc(DocKind.COUNT, scope="A-01")
    for one in (Scan("A-01", 5), Scan("A-01", 5, how=How.SET)):
        with pytest.raises(Unknown) as refusal:
            scan(room, doc, one)
        assert (refusal.value.kind, refusal.value.name) == ("sku", "A-01")


def test_the_last_scans_are_taken_back_one_by_one(room: Room) -> None:
    empty = room.doc(DocKind.RECEIPT)
    scan(room, empty, Scan("CUP-01", 5), Scan("TEA-01", 2))
    scan(room, empty, Scan("CUP-01", 500))
    scan(room, empty, Scan("CUP-01", 3, how=How.LESS))
    found = []
    for _ in range(3):
        found.append(done(room.run(stock_room.undo, room.receiver, empty.id)))
    cups, tea = ("CUP-01", "", "", 505), ("TEA-01", "", "", 2)
    assert found == [[cups, tea], [("CUP-01", "", "", 5), tea], []]
    with pytest.raises(ScanStays) as refusal:
        room.run(stock_room.undo, room.receiver, empty.id)
    assert refusal.value.why == "none"
    scan(room, empty, Scan("TEA-01"))
    assert done(room.run(stock_room.undo, room.receiver, empty.id, "tea-01")) == []


def test_many_scans_are_taken_back_to_the_first(room: Room) -> None:
    """More than are read at once, those taken back among them."""
    doc = room.doc(DocKind.RECEIPT)
    for _ in range(25):
        scan(room, doc, Scan("CUP-01"))
    for left in reversed(range(25)):
        back = room.run(stock_room.undo, room.receiver, doc.id)
        assert sum(units for _, _, _, units in done(back)) == left
    with pytest.raises(ScanStays) as refusal:
        room.run(stock_room.undo, room.receiver, doc.id)
    assert refusal.value.why == "none"


def test_only_the_last_scan_goes_and_only_ones_own(room: Room) -> None:
    doc = room.doc(DocKind.COUNT, Scan("A-01"), scope="A-01")
    scan(room, doc, Scan("CUP-01", 90))
    with pytest.raises(ScanStays) as refusal:
        room.run(stock_room.undo, room.picker, doc.id, "A-01")
    assert (refusal.value.waybill, refusal.value.why) == ("A-01", "not_last")
    doc = room.run(lambda unit: unit.stock_docs.get(doc.id))
    taken = room.run(stock_room.take_up, room.receiver, doc.id, doc.revision)
    with pytest.raises(WrongStatus):
        room.run(stock_room.undo, room.picker, doc.id)
    with pytest.raises(ScanStays) as refusal:
        room.run(stock_room.undo, room.receiver, doc.id)
    assert (refusal.value.waybill, refusal.value.why) == ("CUP-01", "others")
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)) == taken


def test_what_was_handed_on_is_nobodys_last_scan_any_more(room: Room) -> None:
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.run(stock_room.take_up, room.receiver, sent.id, sent.revision)
    with pytest.raises(ScanStays) as refusal:
        room.run(stock_room.undo, room.receiver, mine.id)
    assert refusal.value.why == "none"


def test_goods_put_away_come_out_of_their_bin_again(room: Room) -> None:
    doc = room.doc(DocKind.MOVE, Scan("CUP-01", 30), scope="A-01")
    scan(room, doc, Scan("A-09", new=True))
    assert room.places() == {("", ""): 70, ("A-09", ""): 30}
    back = room.run(stock_room.undo, room.picker, doc.id)
    assert (done(back), room.places()) == ([("CUP-01", "", "", 30)], {("", ""): 100})
    scan(room, doc, Scan("A-09", new=True))
    gone = [Move(room.here, "CUP-01", Bucket.GOOD, -1, Document.ADJUST, 1, "A-09")]
    room.run(lambda unit: unit.stock.apply(gone, "anna"))
    with pytest.raises(NotEnoughStock):
        room.run(stock_room.undo, room.picker, doc.id)
    assert room.places() == {("", ""): 70, ("A-09", ""): 29}


def test_the_document_goes_first_when_it_was_scanned_for_last(room: Room) -> None:
    """Somebody who counts and picks in turn takes back what they did last."""
    look = room.house.store.read_now
    person = room.picker.person_id or 0
    doc = room.doc(DocKind.COUNT, scope="A-01")
    assert look(undo_scan.of_document, person) is None
    scan(room, doc, Scan("A-01"))
    assert look(undo_scan.of_document, person) == doc.id
    assert [look(undo_scan.of_document, person, code) for code in ("a-01", "B-01")] == [doc.id, None]


KINDS = st.sampled_from([kind for kind in DocKind if kind is not DocKind.REGRADE])
SCANS = st.lists(
    st.builds(
        Scan,
        st.sampled_from(["CUP-01", "TEA-01", "A-01", "B-01", "A-09"]),
        st.integers(0, 60),
        cost=st.sampled_from([None, 777]),
        how=st.sampled_from(list(How)),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60)
@given(KINDS, st.lists(SCANS, min_size=1, max_size=8))
def test_taken_back_from_the_last_on_a_document_is_as_it_was(kind: DocKind, messages: Sequence[list[Scan]]) -> None:
    """Whatever was scanned, corrected and refused in between; and so are the books."""
    store = Store("sqlite:///:memory:", now=lambda: factory.NOW)
    cast = filled(store, factory.seed)
    boss = cast.people[Role.OWNER].acting()
    here, there = (place.id for place in cast.warehouses)
    more: dict[str, Any] = {
        "to": there if kind is DocKind.TRANSFER else None,
        "scope": "A-01" if kind is DocKind.MOVE else "A",
    }
    doc = store.run_now(lambda unit: stock_room.begin(unit, boss, kind, here, **more))
    seen: list[object] = []
    for scans in messages:
        plain = [Scan(one.text, new=True) if one.text[1] == "-" else one for one in scans]
        state = (doc.bin, doc.lines, store.read_now(_goods))
        try:
            doc = store.run_now(stock_room.scan, boss, doc.id, plain)
        except Refusal:
            assert store.read_now(_doc, doc.id) == doc
            continue
        seen.append(state)
        assert all(line.done >= 0 for line in doc.lines)
    for before in reversed(seen):
        doc = store.run_now(stock_room.undo, boss, doc.id)
        assert (doc.bin, doc.lines, store.read_now(_goods)) == before
    assert store.read_now(stock_trail.last, doc.id) is None
    store.close()


def _goods(unit: Unit) -> object:
    return unit.stock.levels(), unit.stock.places()


def _doc(unit: Unit, doc_id: int) -> StockDoc:
    return unit.stock_docs.get(doc_id)
