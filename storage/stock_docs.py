"""The stock room's documents with their lines."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from domain.errors import Unknown
from domain.stock.stock import Bucket, Document
from domain.stock.stock_docs import WORKED, DocKind, DocLine, DocState, StockDoc
from storage.sql import Shape, Sql, among
from storage.tables.stock import stock_doc, stock_doc_line, stock_doc_serial, stock_ledger

DOC = Shape(StockDoc, stock_doc)
LINE = Shape(DocLine, stock_doc_line)

_DOCS = select(*DOC.columns).order_by(stock_doc.c.id)
_LINES = select(stock_doc_line.c.doc_id, *LINE.columns).where(among(stock_doc_line.c.doc_id))
_LINES = _LINES.order_by(stock_doc_line.c.doc_id, stock_doc_line.c.position)
_SERIALS = select(*stock_doc_serial.c).where(among(stock_doc_serial.c.doc_id))
_SERIALS = _SERIALS.order_by(stock_doc_serial.c.doc_id, stock_doc_serial.c.position, stock_doc_serial.c.place)
_OF_NUMBER = (
    select(stock_doc_line.c.doc_id, stock_doc_line.c.sku)
    .join(
        stock_doc_serial,
        (stock_doc_serial.c.doc_id == stock_doc_line.c.doc_id)
        & (stock_doc_serial.c.position == stock_doc_line.c.position),
    )
    .where(stock_doc_serial.c.serial == bindparam("told"))
    .order_by(stock_doc_line.c.doc_id)
)
_AT_THE_DOOR = (
    select(stock_doc.c.kind, stock_doc_line.c.sku, func.sum(stock_doc_line.c.done).label("units"))
    .join(stock_doc, stock_doc.c.id == stock_doc_line.c.doc_id)
    .where(stock_doc.c.state == DocState.OPEN, stock_doc.c.kind.in_([DocKind.RECEIPT, DocKind.TRANSFER]))
    .group_by(stock_doc.c.kind, stock_doc_line.c.sku)
)
_AT_THE_DOOR_OF = _AT_THE_DOOR.where(among(stock_doc_line.c.sku))


class StockDocs:
    """Implements domain.stock.stock_docs.StockDocs."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _load(self, statement: Select[Any]) -> list[StockDoc]:
        heads = self._sql.rows(statement)
        lines: dict[int, list[DocLine]] = defaultdict(list)
        ids = [head.id for head in heads]
        serials: dict[tuple[int, int], tuple[str, ...]] = defaultdict(tuple)
        for told in self._sql.rows_in(_SERIALS, ids):
            serials[told.doc_id, told.position] += (told.serial,)
        for row in self._sql.rows_in(_LINES, ids):
            mine = lines[row[0]]
            mine.append(LINE.thing(row[1:], serials=serials[row[0], len(mine)]))
        return [DOC.thing(head, lines=tuple(lines[head.id])) for head in heads]

    def get(self, doc_id: int) -> StockDoc:
        """Raises Unknown('stock_doc')."""
        found = self._load(_DOCS.where(stock_doc.c.id == doc_id))
        if not found:
            raise Unknown("stock_doc", str(doc_id))
        return found[0]

    def held_by(self, person_id: int) -> StockDoc | None:
        """The one this person scans for, if any."""
        mine = (stock_doc.c.holder_id == person_id) & stock_doc.c.state.in_(sorted(WORKED))
        found = self._load(_DOCS.where(mine))
        return found[-1] if found else None

    def open_of(self, warehouses: Collection[int] | None, limit: int) -> list[StockDoc]:
        """Not done and not cancelled, in these warehouses (either end), oldest first."""
        statement = _DOCS.where(stock_doc.c.state.in_(sorted(WORKED | {DocState.WAITING})))
        if warehouses is not None:
            ids = sorted(warehouses)
            statement = statement.where(stock_doc.c.warehouse_id.in_(ids) | stock_doc.c.to_warehouse_id.in_(ids))
        return self._load(statement.limit(limit))

    def in_transit(self, sku: str) -> list[StockDoc]:
        """Transfers on their way with units of it."""
        there = select(stock_doc_line.c.doc_id).where(stock_doc_line.c.sku == sku)
        away = stock_doc.c.state.in_([DocState.IN_TRANSIT, DocState.WAITING])
        return self._load(_DOCS.where(stock_doc.c.kind == DocKind.TRANSFER, away, stock_doc.c.id.in_(there)))

    def at_the_door(self, skus: Collection[str] | None) -> dict[tuple[DocKind, str], int]:
        """(RECEIPT or TRANSFER, sku) -> units scanned into open documents of the kind that are in no books yet."""
        rows = self._sql.rows(_AT_THE_DOOR) if skus is None else self._sql.rows_in(_AT_THE_DOOR_OF, skus)
        return {(row.kind, row.sku): int(row.units) for row in rows}

    def counted(self, by: int, warehouse_id: int, skus: Collection[str], since: datetime) -> dict[str, int]:
        """sku -> what the differences of this person's counts that were booked there since then are worth, surplus
        and loss added by size, minor units of the sku's currency."""
        book = stock_ledger.c
        statement = select(book.sku, func.sum(func.abs(book.value)).label("value")).join(
            stock_doc, stock_doc.c.id == book.document_id
        )
        counts = (book.document == Document.COUNT) & (book.bucket == Bucket.GOOD) & (stock_doc.c.made_by_id == by)
        mine = counts & (book.warehouse_id == warehouse_id) & (book.at > since) & among(book.sku)
        return {row.sku: int(row.value) for row in self._sql.rows_in(statement.where(mine).group_by(book.sku), skus)}

    def of_number(self, serial: str) -> list[tuple[StockDoc, str]]:
        """The documents a unit with this serial number was scanned for, oldest first, each with the unit's sku."""
        rows = self._sql.rows(_OF_NUMBER, told=serial)
        docs = {doc.id: doc for doc in self._load(_DOCS.where(stock_doc.c.id.in_({row.doc_id for row in rows})))}
        return [(docs[row.doc_id], row.sku) for row in rows]

    def add(self, doc: StockDoc) -> StockDoc:
        """Insert (the id given is ignored) and return it with its id."""
        made = replace(doc, id=self._sql.insert_new(stock_doc, DOC.row(doc)))
        self._sql.insert(stock_doc_line, _rows(made))
        self._sql.insert(stock_doc_serial, _numbers(made))
        return made

    def save(self, docs: Sequence[StockDoc]) -> None:
        """By revision, lines with it. Raises LostRace."""
        self._sql.save(stock_doc, [DOC.row(doc) for doc in docs])
        rows = [row for doc in docs for row in _rows(doc)]
        self._sql.replace_children(stock_doc_line.c.doc_id, [doc.id for doc in docs], rows)
        numbers = [row for doc in docs for row in _numbers(doc)]
        self._sql.replace_children(stock_doc_serial.c.doc_id, [doc.id for doc in docs], numbers)


def _rows(doc: StockDoc) -> list[dict[str, Any]]:
    return [{"doc_id": doc.id, "position": place, **LINE.row(line)} for place, line in enumerate(doc.lines)]


def _numbers(doc: StockDoc) -> list[dict[str, Any]]:
    return [
        {"doc_id": doc.id, "position": position, "place": place, "serial": serial}
        for position, line in enumerate(doc.lines)
        for place, serial in enumerate(line.serials)
    ]
