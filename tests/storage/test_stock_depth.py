"""Batches by bucket, by document and by pick, and what orders and documents want: the same on every database."""

from dataclasses import replace

import pytest

from domain.errors import NotEnoughStock
from domain.stock.stock import Bucket, Document, Move, Place, relocate
from domain.stock.stock_docs import DocKind, DocLine, DocState, StockDoc
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import Each


def _apply(unit: Unit, *moves: Move) -> None:
    unit.stock.apply(moves, "anna")


def test_defective_units_are_known_by_batch_and_never_taken_twice(each: Each) -> None:
    here, there = (warehouse.id for warehouse in each.cast.warehouses)

    def bad(place: int, units: int, batch: str) -> Move:
        return Move(place, "CUP-01", Bucket.DEFECTIVE, units, Document.ADJUST, 1, batch=batch)

    each.store.run_now(_apply, bad(here, 3, "B7"), bad(here, 2, ""), bad(here, 2, "B8"), bad(there, 9, "B7"))
    each.store.run_now(_apply, bad(here, -2, "B8"))
    defects = {("CUP-01", ""): 2, ("CUP-01", "B7"): 3}
    assert each.store.read_now(lambda unit: unit.stock.defects(["CUP-01", "TEA-01"], here)) == defects
    with pytest.raises(NotEnoughStock):
        each.store.run_now(_apply, bad(here, -4, "B7"))
    each.store.run_now(_apply, bad(here, 1, "B7"), bad(here, -4, "B7"))
    assert each.store.read_now(lambda unit: unit.stock.defects(["CUP-01"], here)) == {("CUP-01", ""): 2}
    assert each.store.read_now(lambda unit: unit.stock.defects([], here)) == {}


def test_what_documents_moved_is_summed_by_batch_over_what_is_on_hand(each: Each) -> None:
    here = each.cast.warehouses[0].id

    def back(number: int, bucket: Bucket, units: int, batch: str) -> Move:
        return Move(here, "CUP-01", bucket, units, Document.RETURN, number, batch=batch)

    each.store.run_now(
        _apply,
        back(1, Bucket.GOOD, 2, "B7"),
        back(1, Bucket.DEFECTIVE, 1, "B7"),
        back(1, Bucket.RESERVED, 1, "B7"),
        back(2, Bucket.GOOD, 1, ""),
        Move(here, "CUP-01", Bucket.GOOD, 5, Document.ADJUST, 1, batch="B7"),
    )
    look = each.store.read_now
    assert look(lambda unit: unit.stock.moved(Document.RETURN, [1])) == {(1, "CUP-01", "B7"): 3}
    assert look(lambda unit: unit.stock.moved(Document.RETURN, [1, 2, 3])) == {
        (1, "CUP-01", "B7"): 3,
        (2, "CUP-01", ""): 1,
    }
    assert look(lambda unit: unit.stock.moved(Document.SHIPMENT, [1])) == {}


def test_a_pick_that_went_home_is_none_any_more(each: Each) -> None:
    here = each.cast.warehouses[0].id

    def out(units: int, name: str = "") -> list[Move]:
        return relocate(Move(here, "CUP-01", Bucket.GOOD, units, Document.PICK, 7, name), "P000007")

    each.store.run_now(_apply, Move(here, "CUP-01", Bucket.GOOD, 4, Document.ADJUST, 1, "A-09"))
    each.store.run_now(_apply, *out(3), *out(2, "A-09"))
    home = relocate(Move(here, "CUP-01", Bucket.GOOD, 2, Document.PICK, 7, "P000007"), "")
    each.store.run_now(_apply, *home)
    picked = each.store.read_now(lambda unit: unit.stock.picked_from(7))
    assert sorted(picked, key=lambda place: place.bin) == [
        Place(here, "CUP-01", "", "", 1),
        Place(here, "CUP-01", "A-09", "", 2),
    ]
    assert each.store.read_now(lambda unit: unit.stock.picked_from(8)) == []


def test_units_scanned_into_open_documents(each: Each) -> None:
    here, there = (warehouse.id for warehouse in each.cast.warehouses)

    def doc(kind: DocKind, state: DocState, units: int) -> StockDoc:
        lines = (DocLine("CUP-01", batch="B7", done=units), DocLine("CUP-01", done=1), DocLine("TEA-01", done=4))
        return StockDoc(0, kind, state, here, NOW, "anna", there if kind is DocKind.TRANSFER else None, lines=lines)

    def given(unit: Unit) -> None:
        for kind, state, units in (
            (DocKind.RECEIPT, DocState.OPEN, 5),
            (DocKind.RECEIPT, DocState.DONE, 50),
            (DocKind.TRANSFER, DocState.OPEN, 2),
            (DocKind.TRANSFER, DocState.IN_TRANSIT, 70),
            (DocKind.COUNT, DocState.OPEN, 90),
        ):
            unit.stock_docs.add(doc(kind, state, units))

    each.store.run_now(given)
    cups = {(DocKind.RECEIPT, "CUP-01"): 6, (DocKind.TRANSFER, "CUP-01"): 3}
    tea = {(DocKind.RECEIPT, "TEA-01"): 4, (DocKind.TRANSFER, "TEA-01"): 4}
    assert each.store.read_now(lambda unit: unit.stock_docs.at_the_door(["CUP-01"])) == cups
    assert each.store.read_now(lambda unit: unit.stock_docs.at_the_door(None)) == {**cups, **tea}


def test_nobody_wants_what_no_order_names(each: Each) -> None:
    assert each.store.read_now(lambda unit: unit.orders.wanted(None)) == {}
    assert each.store.read_now(lambda unit: unit.orders.wanted(["CUP-01"])) == {}


def test_serial_numbers_stay_with_their_lines_and_are_found(each: Each) -> None:
    here = each.cast.warehouses[0].id
    cups = DocLine("CUP-01", batch="B7", done=2, serials=("SN-2", "SN-1"))
    lines = (DocLine("TEA-01", done=3), cups, DocLine("CUP-02", done=1, serials=("SN-1",)))
    made = StockDoc(0, DocKind.RECEIPT, DocState.OPEN, here, NOW, "anna", lines=lines)
    doc = each.store.run_now(lambda unit: unit.stock_docs.add(made))
    look = each.store.read_now
    assert look(lambda unit: unit.stock_docs.get(doc.id)).lines == lines
    assert look(lambda unit: unit.stock_docs.of_number("SN-1")) == [(doc, "CUP-01"), (doc, "CUP-02")]
    assert look(lambda unit: unit.stock_docs.of_number("SN-9")) == []
    fewer = replace(doc, lines=(replace(cups, done=1, serials=("SN-2",)),))
    each.store.run_now(lambda unit: unit.stock_docs.save([fewer]))
    assert look(lambda unit: unit.stock_docs.get(doc.id)).lines == fewer.lines
    assert look(lambda unit: unit.stock_docs.of_number("SN-1")) == []
