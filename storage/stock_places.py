"""Where units lie, by bin and batch, and what the ledger tells of it.

Surprising: a place is read and written by the moves of good units alone, under the lock of their level, so the
places of a warehouse always sum to its level.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select

from domain.stock.bins import in_box
from domain.stock.stock import Batch, Bucket, Document, Move, Place
from storage.sql import Shape, Sql, among
from storage.tables.stock import batch, stock_ledger, stock_place

PLACE = Shape(Place, stock_place)
BATCH = Shape(Batch, batch)
Spot = tuple[str, int, str, str]
Lot = tuple[str, int, str]

_KEYS = ("sku", "warehouse_id", "bin", "batch")
_PLACES = select(*PLACE.columns).order_by(*(stock_place.c[key] for key in _KEYS))
_NARROWED = {
    "among": among(stock_place.c.sku),
    "place": stock_place.c.warehouse_id == bindparam("place"),
    "bin_name": stock_place.c.bin == bindparam("bin_name"),
}
_BATCHES_OF = select(*BATCH.columns).where(among(batch.c.sku))
_EMPTY = delete(stock_place).where(*(stock_place.c[key] == bindparam(f"_{key}") for key in _KEYS))
_BOOK = stock_ledger.c
_SHIPPED = (Document.SHIPMENT, Document.UNSHIP)
_ISSUED = (Document.COUNTER,)
_MOVED = (_BOOK.bucket == Bucket.GOOD) & (_BOOK.delta != 0)
_LOT = (_BOOK.sku, _BOOK.warehouse_id, _BOOK.batch)
_DEFECTS = select(*_LOT, func.sum(_BOOK.delta).label("units")).where(_BOOK.bucket == Bucket.DEFECTIVE, among(_BOOK.sku))
_DEFECTS = _DEFECTS.group_by(*_LOT).having(func.sum(_BOOK.delta) != 0).order_by(*_LOT)
_BY = (_BOOK.document_id, _BOOK.sku, _BOOK.batch)
_MOVED_BY = select(*_BY, func.sum(_BOOK.delta).label("units")).group_by(*_BY)
_MOVED_BY = _MOVED_BY.where(_BOOK.document == bindparam("document", type_=_BOOK.document.type))
_MOVED_BY = _MOVED_BY.where(_BOOK.bucket.in_([Bucket.GOOD, Bucket.DEFECTIVE]), among(_BOOK.document_id))
_FROM = (_BOOK.warehouse_id, _BOOK.sku, _BOOK.bin, _BOOK.batch)
_PICKED = select(*_FROM, (-func.sum(_BOOK.delta)).label("units")).group_by(*_FROM).having(func.sum(_BOOK.delta) < 0)
_PICKED = _PICKED.where(_BOOK.document == Document.PICK, _BOOK.document_id == bindparam("parcel"), _MOVED)
_PICKED = _PICKED.order_by(func.max(_BOOK.id).desc())
_LAST = select(*_FROM[1:], func.max(_BOOK.id).label("last")).group_by(*_FROM[1:])
_LAST = _LAST.where(_BOOK.warehouse_id == bindparam("place"), _MOVED, among(_BOOK.sku))


@cache
def _gone(documents: tuple[Document, ...]) -> Select[Any]:
    """What left by these documents and stayed away, with what it had cost."""
    sums = (func.sum(-_BOOK.delta).label("units"), func.sum(-_BOOK.value).label("value"))
    left = select(*_BY[:2], *sums).where(_BOOK.document.in_(documents), _BOOK.bucket == Bucket.GOOD)
    return left.where(among(_BOOK.document_id)).group_by(*_BY[:2])


@cache
def _places(*narrowed: str) -> Select[Any]:
    return _PLACES.where(*(_NARROWED[name] for name in narrowed))


class Places:
    """The part of domain.desk.StockBook that knows bins and batches."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def places(
        self, skus: Collection[str] | None = None, warehouse_id: int | None = None, bin_name: str | None = None
    ) -> list[Place]:
        """Where the good units of these skus (None = all) lie; of one warehouse, of one bin."""
        told = {"place": warehouse_id, "bin_name": bin_name}
        here = {name: value for name, value in told.items() if value is not None}
        if skus is None:
            rows: Iterable[Sequence[object]] = self._sql.rows(_places(*here), **here)
        else:
            rows = self._sql.rows_in(_places("among", *here), skus, **here)
        return [PLACE.thing(row) for row in rows]

    def lying_after(self, moves: Sequence[Move]) -> dict[Spot, int]:
        """The places these moves of good units touch -> units afterwards."""
        change: Counter[Spot] = Counter()
        for move in moves:
            if move.bucket is Bucket.GOOD:
                change[move.sku, move.warehouse_id, move.bin, move.batch] += move.delta
        if not change:
            return {}
        found = self.places({spot[0] for spot in change})
        there = {(place.sku, place.warehouse_id, place.bin, place.batch): place.units for place in found}
        return {spot: there.get(spot, 0) + delta for spot, delta in change.items()}

    def put_places(self, after: Mapping[Spot, int]) -> None:
        """Write them; a place without units has no row."""
        spots = [(dict(zip(_KEYS, spot, strict=True)), units) for spot, units in sorted(after.items())]
        full = [{**spot, "units": units} for spot, units in spots if units]
        empty = [{f"_{key}": value for key, value in spot.items()} for spot, units in spots if not units]
        if full:
            put = self._sql.upsert(stock_place)
            put = put.on_conflict_do_update(index_elements=list(_KEYS), set_={"units": put.excluded.units})
            self._sql.change(put, full)
        if empty:
            self._sql.change(_EMPTY, empty)

    def batches(self, skus: Collection[str]) -> dict[tuple[str, str], date | None]:
        """(sku, batch) -> when it expires."""
        return {(row.sku, row.code): row.expires for row in self._sql.rows_in(_BATCHES_OF, skus)}

    def put_batches(self, batches: Sequence[Batch]) -> None:
        """Keep them; a date that is told replaces the one that was."""
        if batches:
            put = self._sql.upsert(batch)
            told = func.coalesce(put.excluded.expires, batch.c.expires)
            put = put.on_conflict_do_update(index_elements=["sku", "code"], set_={"expires": told})
            self._sql.change(put, [BATCH.row(one) for one in batches])

    def batches_called(self, name: str) -> list[tuple[str, str]]:
        """(sku, batch) of every batch called so, in capitals or not."""
        called = select(batch.c.sku, batch.c.code).where(func.lower(batch.c.code) == name.lower())
        return [(row.sku, row.code) for row in self._sql.rows(called.order_by(batch.c.sku, batch.c.code))]

    def boxes_of(self, sku: str, batch: str, limit: int) -> dict[int, int]:
        """parcel id -> units of the batch that lie picked in it or left in it for good, of the newest parcels."""
        gone = select(_BOOK.document_id, (-func.sum(_BOOK.delta)).label("units")).where(
            _BOOK.document.in_(_SHIPPED), _MOVED, _BOOK.sku == sku, _BOOK.batch == batch
        )
        gone = gone.group_by(_BOOK.document_id).having(func.sum(_BOOK.delta) < 0)
        rows = self._sql.rows(gone.order_by(_BOOK.document_id.desc()).limit(limit))
        found = {row.document_id: int(row.units) for row in rows}
        for place in self.places([sku]):
            if place.batch == batch and in_box(place.bin):
                found[int(place.bin[1:])] = found.get(int(place.bin[1:]), 0) + place.units
        return found

    def defects(self, skus: Collection[str], warehouse_id: int) -> dict[tuple[str, str], int]:
        """(sku, batch) -> defective units there; '' = of no batch anybody told."""
        rows = self._sql.rows_in(_DEFECTS, skus)
        return {(row.sku, row.batch): int(row.units) for row in rows if row.warehouse_id == warehouse_id}

    def defects_after(self, moves: Sequence[Move]) -> dict[Lot, int]:
        """What these moves take defective units of -> units afterwards."""
        change: Counter[Lot] = Counter()
        for move in moves:
            if move.bucket is Bucket.DEFECTIVE:
                change[move.sku, move.warehouse_id, move.batch] += move.delta
        taken = {lot: delta for lot, delta in change.items() if delta < 0}
        rows = self._sql.rows_in(_DEFECTS, {lot[0] for lot in taken})
        there = {(row.sku, row.warehouse_id, row.batch): int(row.units) for row in rows}
        return {lot: there.get(lot, 0) + delta for lot, delta in taken.items()}

    def picked_from(self, parcel_id: int) -> list[Place]:
        """Out of which places this parcel's units were picked and have not gone back to, the last ones first."""
        return [PLACE.thing(row) for row in self._sql.rows(_PICKED, parcel=parcel_id)]

    def moved(self, document: Document, ids: Collection[int]) -> dict[tuple[int, str, str], int]:
        """(document id, sku, batch) -> units on hand that came (positive) or left by these documents."""
        rows = self._sql.rows_in(_MOVED_BY, ids, document=document)
        return {(row.document_id, row.sku, row.batch): int(row.units) for row in rows}

    def sent_at(self, parcel_ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
        """(parcel id, sku) -> (units, what they had cost) of the goods that left in these parcels and stayed away."""
        return self._left(_SHIPPED, parcel_ids)

    def issued(self, order_ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
        """(order id, sku) -> (units, what they had cost) of the goods that went over the counter and stayed away."""
        return self._left(_ISSUED, order_ids)

    def _left(self, by: tuple[Document, ...], ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
        rows = self._sql.rows_in(_gone(by), ids)
        return {(row.document_id, row.sku): (int(row.units), int(row.value)) for row in rows if row.units}

    def shipped_from(self, parcel_id: int) -> list[Move]:
        """What left in this parcel and stayed away, by place, as moves out: units below zero and what they had cost."""
        return self._left_from(_SHIPPED, parcel_id)

    def issued_from(self, order_id: int) -> list[Move]:
        """What of the order went over the counter and stayed away, by place, as moves out."""
        return self._left_from(_ISSUED, order_id)

    def _left_from(self, by: tuple[Document, ...], number: int) -> list[Move]:
        key = (_BOOK.warehouse_id, _BOOK.sku, _BOOK.bucket, _BOOK.bin, _BOOK.batch)
        sums = (func.sum(_BOOK.delta).label("delta"), func.sum(_BOOK.value).label("value"))
        left = select(*key, *sums).where(_BOOK.document.in_(by), _BOOK.document_id == number)
        return [
            Move(
                *(row.warehouse_id, row.sku, row.bucket, int(row.delta), by[0], number),
                *(row.bin, row.batch, int(row.value)),
            )
            for row in self._sql.rows(left.group_by(*key).order_by(*key))
            if row.delta
        ]

    def last_moves(self, warehouse_id: int, skus: Collection[str]) -> dict[tuple[str, str, str], int]:
        """(sku, bin, batch) -> the last ledger row that moved good units there."""
        rows = self._sql.rows_in(_LAST, skus, place=warehouse_id)
        return {(row.sku, row.bin, row.batch): int(row.last) for row in rows}
