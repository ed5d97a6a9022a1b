"""Stock levels and their ledger, always written together (rules.md B13).

Surprising: a set of moves is checked as a whole, under lock, before anything is written; so a refusal has changed
nothing even when the caller catches it and goes on in the same transaction.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from domain.errors import LostRace, NotEnoughStock
from domain.stock import Bucket, Level, Move
from storage.sql import Shape, Sql, among
from storage.tables.catalog import warehouse
from storage.tables.stock import stock_ledger, stock_level

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


class StockBook:
    """Implements domain.desk.StockBook."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
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

    def apply(self, moves: Sequence[Move], actor: str) -> None:
        """Write the ledger and move the levels. Raises NotEnoughStock, changing nothing, when after all the moves a
        bucket would be below zero or RESERVED above GOOD; LostRace when another command opened the same level."""
        if not moves:
            return
        levels = self._locked({move.sku for move in moves})
        change: Counter[tuple[Place, Bucket]] = Counter()
        for move in moves:
            change[(move.warehouse_id, move.sku), move.bucket] += move.delta
        places = sorted({place for place, _ in change}, key=lambda place: (place[1], place[0]))
        for place in places:
            self._check(levels.get(place, Level(*place, 0, 0, 0)), {b: change[place, b] for b in Bucket})
        self._open([place for place in places if place not in levels])
        self._write_ledger(moves, levels, actor)
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

    def _check(self, level: Level, change: Mapping[Bucket, int]) -> None:
        good = level.good + change[Bucket.GOOD]
        reserved = level.reserved + change[Bucket.RESERVED]
        defective = level.defective + change[Bucket.DEFECTIVE]
        if reserved < 0:
            self._refuse(level, level.reserved, -change[Bucket.RESERVED])
        if defective < 0:
            self._refuse(level, level.defective, -change[Bucket.DEFECTIVE])
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

    def _write_ledger(self, moves: Sequence[Move], levels: Mapping[Place, Level], actor: str) -> None:
        running: dict[tuple[int, str, Bucket], int] = {}
        rows = []
        for move in moves:
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
                }
            )
        self._sql.insert(stock_ledger, rows)

    def ledger_sums(self) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> sum of deltas: what the level must be."""
        book = stock_ledger.c
        statement = select(book.warehouse_id, book.sku, book.bucket, func.sum(book.delta).label("units"))
        rows = self._sql.rows(statement.group_by(book.warehouse_id, book.sku, book.bucket))
        return {(row.warehouse_id, row.sku, row.bucket.value): int(row.units) for row in rows}

    def history(self, sku: str, limit: int) -> list[Mapping[str, object]]:
        """The sku's last ledger rows, newest first."""
        book = stock_ledger.c
        statement = select(
            book.at,
            book.warehouse_id,
            book.bucket,
            book.before,
            book.delta,
            book.after,
            book.document,
            book.document_id,
            book.actor,
        ).where(book.sku == sku)
        return [dict(row._mapping) for row in self._sql.rows(statement.order_by(book.id.desc()).limit(limit))]
