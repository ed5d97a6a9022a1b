"""Stock levels, their ledger, where units lie and what they cost: always written together (rules.md B13).

Surprising: a set of moves is checked as a whole, under lock, before anything is written; so a refusal has changed
nothing even when the caller catches it and goes on in the same transaction.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update

from domain.errors import LostRace, NotEnoughStock, Unknown
from domain.stock.stock import Bucket, Level, Move, share
from storage.sql import Shape, Sql, among
from storage.stock_places import Places
from storage.tables.catalog import sku, warehouse
from storage.tables.stock import stock_ledger, stock_level, stock_value

LEVEL = Shape(Level, stock_level)
Place = tuple[int, str]

_LEVELS = select(*LEVEL.columns).order_by(stock_level.c.sku, stock_level.c.warehouse_id)
_LEVELS_OF = _LEVELS.where(among(stock_level.c.sku))
_LOCKED_LEVELS_OF = _LEVELS_OF.with_for_update()
_MOVE = (
    update(stock_level)
    .where(stock_level.c.warehouse_id == bindparam("_warehouse"), stock_level.c.sku == bindparam("_sku"))
    .values({bucket.value: stock_level.c[bucket.value] + bindparam(f"_{bucket.value}") for bucket in Bucket})
)
_VALUES = select(stock_value.c.warehouse_id, stock_value.c.sku, stock_value.c.bucket, stock_value.c.value)
_VALUES_OF = _VALUES.where(among(stock_value.c.sku))
_PLANNED = select(sku.c.code, sku.c.cost).where(among(sku.c.code))
_BOOK = stock_ledger.c


def _worth(move: Move, there: int, worth: int, planned: int) -> int:
    """What a move takes out of or puts into a bucket of `there` units that have cost `worth`."""
    if move.value is not None:
        return move.value
    if move.delta < 0:
        return -share(worth, -move.delta, there)
    return share(worth * move.delta, 1, there) if there > 0 else planned * move.delta


class StockBook(Places):
    """Implements domain.desk.StockBook."""

    def __init__(self, sql: Sql) -> None:
        super().__init__(sql)
        self._held: dict[str, dict[Place, Level]] = {}

    def levels(self, skus: Collection[str] | None = None, *, lock: bool = False) -> dict[Place, Level]:
        """(warehouse, sku) -> level, all of them or of these skus; `lock` holds the rows until the end, so that they
        need not be read again."""
        if skus is None:
            rows: Iterable[Row[Any]] = self._sql.rows(_LEVELS.with_for_update() if lock else _LEVELS)
        else:
            rows = self._sql.rows_in(_LOCKED_LEVELS_OF if lock else _LEVELS_OF, skus)
        found = {(row.warehouse_id, row.sku): LEVEL.thing(row) for row in rows}
        if lock and skus is not None:
            self._held.update({sku: {} for sku in skus})
            for place, level in found.items():
                self._held[place[1]][place] = level
        return found

    def _locked(self, skus: Collection[str]) -> dict[Place, Level]:
        """The levels of these skus, locked by this transaction."""
        self.levels([sku for sku in skus if sku not in self._held], lock=True)
        return {place: level for sku in skus for place, level in self._held[sku].items()}

    def apply(self, moves: Sequence[Move], actor: str) -> list[int]:
        """Write the ledger and move levels, places and values; returns each move's value. Raises NotEnoughStock,
        changing nothing, when after all the moves a bucket, a place or a batch's defective units would be below zero
        or RESERVED above GOOD;
        LostRace when another command opened the same level."""
        if not moves:
            return []
        levels = self._locked({move.sku for move in moves})
        change: Counter[tuple[Place, Bucket]] = Counter()
        for move in moves:
            change[(move.warehouse_id, move.sku), move.bucket] += move.delta
        places = sorted({place for place, _ in change}, key=lambda place: (place[1], place[0]))
        for place in places:
            self._check(levels.get(place, Level(*place, 0, 0, 0)), {b: change[place, b] for b in Bucket})
        lying = self.lying_after(moves)
        for move in moves:
            if lying.get((move.sku, move.warehouse_id, move.bin, move.batch), 0) < 0:
                self._refuse(Level(move.warehouse_id, move.sku, 0, 0, 0), 0, -move.delta)
        for lot, units in self.defects_after(moves).items():
            if units < 0:
                self._refuse(Level(lot[1], lot[0], 0, 0, 0), 0, -units)
        values = self._values(moves, levels)
        self._open([place for place in places if place not in levels])
        self._write_ledger(moves, values, levels, actor)
        self.put_places(lying)
        self._sql.change(
            _MOVE,
            [
                {"_warehouse": place[0], "_sku": place[1], **{f"_{b.value}": change[place, b] for b in Bucket}}
                for place in places
            ],
        )
        for place in places:
            level = levels.get(place, Level(*place, 0, 0, 0))
            after = {b.value: getattr(level, b) + change[place, b] for b in Bucket}
            self._held[place[1]][place] = replace(level, **after)
        return values

    def _check(self, level: Level, change: Mapping[Bucket, int]) -> None:
        good = level.good + change[Bucket.GOOD]
        reserved = level.reserved + change[Bucket.RESERVED]
        defective = level.defective + change[Bucket.DEFECTIVE]
        if reserved < 0:
            self._refuse(level, level.reserved, -change[Bucket.RESERVED])
        if defective < 0:
            self._refuse(level, level.defective, -change[Bucket.DEFECTIVE])
        if level.in_transit + change[Bucket.IN_TRANSIT] < 0:
            self._refuse(level, level.in_transit, -change[Bucket.IN_TRANSIT])
        if good < reserved:
            self._refuse(level, level.free, change[Bucket.RESERVED] - change[Bucket.GOOD])

    def _refuse(self, level: Level, free: int, asked: int) -> None:
        row = self._sql.row(select(warehouse.c.code).where(warehouse.c.id == level.warehouse_id))
        raise NotEnoughStock(level.sku, row.code if row else str(level.warehouse_id), free, asked)

    def _open(self, places: Sequence[Place]) -> None:
        """New levels at zero. Somebody else's at the same moment wins; our command runs again and finds it."""
        rows = [LEVEL.row(Level(warehouse_id, sku, 0, 0, 0)) for warehouse_id, sku in places]
        if rows and self._sql.change(self._sql.upsert(stock_level).on_conflict_do_nothing(), rows) != len(rows):
            raise LostRace("stock_level")

    def values(self, skus: Collection[str] | None = None) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> what its units have cost."""
        rows = self._sql.rows(_VALUES) if skus is None else self._sql.rows_in(_VALUES_OF, skus)
        return {(row.warehouse_id, row.sku, row.bucket.value): row.value for row in rows}

    def _values(self, moves: Sequence[Move], levels: Mapping[Place, Level]) -> list[int]:
        """What each move is worth, and the buckets' new values written."""
        skus = {move.sku for move in moves if move.bucket is not Bucket.RESERVED and move.value != 0}
        if not skus:
            return [0] * len(moves)
        known = self.values(skus)
        planned = {row.code: row.cost for row in self._sql.rows_in(_PLANNED, skus)}
        units = {(w, code, b.value): getattr(level, b) for (w, code), level in levels.items() for b in Bucket}
        told: list[int] = []
        after: dict[tuple[int, str, str], int] = {}
        for move in moves:
            if move.bucket is Bucket.RESERVED:
                told.append(0)
                continue
            key = (move.warehouse_id, move.sku, move.bucket.value)
            there, worth = units.get(key, 0), after.get(key, known.get(key, 0))
            told.append(_worth(move, there, worth, planned.get(move.sku, 0)))
            units[key] = there + move.delta
            if told[-1]:
                after[key] = worth + told[-1]
        self._put_values(after)
        return told

    def _put_values(self, after: Mapping[tuple[int, str, str], int]) -> None:
        rows = [
            {"warehouse_id": place, "sku": code, "bucket": Bucket(bucket), "value": value}
            for (place, code, bucket), value in sorted(after.items())
        ]
        if rows:
            put = self._sql.upsert(stock_value)
            keys = ["sku", "warehouse_id", "bucket"]
            self._sql.change(put.on_conflict_do_update(index_elements=keys, set_={"value": put.excluded.value}), rows)

    def _write_ledger(
        self, moves: Sequence[Move], values: Sequence[int], levels: Mapping[Place, Level], actor: str
    ) -> None:
        running: dict[tuple[int, str, Bucket], int] = {}
        rows = []
        for move, value in zip(moves, values, strict=True):
            where = (move.warehouse_id, move.sku, move.bucket)
            level = levels.get((move.warehouse_id, move.sku))
            before = running.get(where, getattr(level, move.bucket) if level else 0)
            running[where] = before + move.delta
            rows.append(
                {
                    "at": self._sql.now,
                    "warehouse_id": move.warehouse_id,
                    "sku": move.sku,
                    "bucket": move.bucket,
                    "before": before,
                    "delta": move.delta,
                    "after": before + move.delta,
                    "document": move.document,
                    "document_id": move.document_id,
                    "actor": actor,
                    "bin": move.bin,
                    "batch": move.batch,
                    "value": value,
                }
            )
        self._sql.insert(stock_ledger, rows)

    def ledger_sums(self) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> sum of deltas: what the level must be."""
        return self._sums(_BOOK.delta)

    def ledger_values(self) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> sum of values: what the bucket's value must be."""
        return self._sums(_BOOK.value)

    def _sums(self, column: ColumnElement[int]) -> dict[tuple[int, str, str], int]:
        statement = select(_BOOK.warehouse_id, _BOOK.sku, _BOOK.bucket, func.sum(column).label("total"))
        rows = self._sql.rows(statement.group_by(_BOOK.warehouse_id, _BOOK.sku, _BOOK.bucket))
        return {(row.warehouse_id, row.sku, row.bucket.value): int(row.total) for row in rows}

    def history(
        self, sku: str, limit: int, *, before: int | None = None, after: int | None = None
    ) -> list[Mapping[str, object]]:
        """The sku's last ledger rows, newest first; those `before` a row's id, or the next ones `after` it."""
        columns = [column for column in stock_ledger.c if column.name != "sku"]
        mine = select(*columns).where(_BOOK.sku == sku)
        if after is not None:
            rows = self._sql.rows(mine.where(_BOOK.id > after).order_by(_BOOK.id).limit(limit))[::-1]
        else:
            mine = mine if before is None else mine.where(_BOOK.id < before)
            rows = self._sql.rows(mine.order_by(_BOOK.id.desc()).limit(limit))
        return [dict(row._mapping) for row in rows]

    def moved_product(self, row_id: int) -> str:
        """The sku a ledger row is about. Raises Unknown('move')."""
        row = self._sql.row(select(_BOOK.sku).where(_BOOK.id == row_id))
        if row is None:
            raise Unknown("sku", str(row_id))
        return str(row.sku)

    def row_until(self, sku: str, until: datetime) -> int:
        """The id behind the sku's last row before that moment."""
        last = select(func.max(_BOOK.id)).where(_BOOK.sku == sku, _BOOK.at < until)
        row = self._sql.row(last)
        return (row[0] or 0) + 1 if row else 1
