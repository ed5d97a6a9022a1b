"""How regularly shops are heard of, what was learnt from it, and how much was done in a stretch of time.

Surprising: arrivals come as minutes, each once. Two weeks have 20,160 of them, however many orders a shop has.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, func, or_, select, type_coerce

from domain.watch.lookout import Rhythm
from storage.sql import Shape, Sql, among
from storage.tables.catalog import shop
from storage.tables.orders import orders
from storage.tables.parcels import parcel
from storage.tables.records import event, import_run, rhythm

RHYTHM = Shape(Rhythm, rhythm)
NEWS_DAYS = 3
_LAST = select(func.max(orders.c.created_at, type_=orders.c.created_at.type)).where(orders.c.shop_id == shop.c.id)
_LAST_ARRIVALS = select(shop.c.id, _LAST.scalar_subquery().label("at"))
_RHYTHMS = select(*RHYTHM.columns).order_by(rhythm.c.shop_id)


class Pulse:
    """Implements domain.watch.lookout.Pulse."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def last_arrivals(self) -> dict[int, datetime]:
        """shop -> when its last new order came in: one look into the index per shop."""
        return {row.id: row.at for row in self._sql.rows(_LAST_ARRIVALS) if row.at is not None}

    def _minute(self) -> ColumnElement[Any]:
        if self._sql.postgres:
            return func.date_trunc("minute", orders.c.created_at, "UTC")
        return func.substr(type_coerce(orders.c.created_at, String), 1, 16)

    def arrivals(self, shops: Collection[int], since: datetime) -> dict[int, Sequence[datetime]]:
        """shop -> the minutes in which new orders came in, rising, each once."""
        minute = self._minute()
        statement = select(orders.c.shop_id, minute.label("minute")).where(
            among(orders.c.shop_id), orders.c.created_at >= since
        )
        found: dict[int, list[datetime]] = defaultdict(list)
        for row in self._sql.rows_in(statement.distinct().order_by(orders.c.shop_id, minute), shops):
            at = row.minute if self._sql.postgres else datetime.fromisoformat(row.minute).replace(tzinfo=UTC)
            found[row.shop_id].append(at.astimezone(UTC))
        return dict(found)

    def heard(self, shops: Collection[int]) -> dict[int, datetime]:
        """shop -> the last sign of it: a file taken in, or news of an order of its last days."""
        files = select(import_run.c.shop_id, func.max(import_run.c.at, type_=import_run.c.at.type).label("at"))
        files = files.where(among(import_run.c.shop_id), import_run.c.done, import_run.c.failed == "")
        updated = func.max(orders.c.platform_updated_at, type_=orders.c.platform_updated_at.type)
        news = select(orders.c.shop_id, updated.label("at")).where(among(orders.c.shop_id))
        news = news.where(orders.c.created_at >= self._sql.now - timedelta(days=NEWS_DAYS))
        found: dict[int, datetime] = {}
        for statement in (files.group_by(import_run.c.shop_id), news.group_by(orders.c.shop_id)):
            for row in self._sql.rows_in(statement, shops):
                if row.at is not None and row.at <= self._sql.now:
                    found[row.shop_id] = max(row.at, found.get(row.shop_id, row.at))
        return found

    def rhythms(self) -> dict[int, Rhythm]:
        """What was learnt, by shop."""
        return {row.shop_id: RHYTHM.thing(row) for row in self._sql.rows(_RHYTHMS)}

    def keep(self, rhythms: Sequence[Rhythm]) -> None:
        """Replace what was learnt of these shops."""
        statement = self._sql.upsert(rhythm)
        news = {name: statement.excluded[name] for name in ("learned_at", "arrivals", "bands")}
        rows = [RHYTHM.row(one) for one in sorted(rhythms, key=lambda one: one.shop_id)]
        if rows:
            self._sql.change(statement.on_conflict_do_update(index_elements=["shop_id"], set_=news), rows)

    def tally(
        self, start: datetime, end: datetime, *, shops: frozenset[int] | None, warehouses: frozenset[int] | None
    ) -> dict[tuple[str, str], int]:
        """(subject, verb) -> how often in [start, end); orders and parcels within the scope, other subjects whole."""
        statement = select(event.c.subject, event.c.verb, func.count().label("times"))
        statement = statement.where(event.c.at >= start, event.c.at < end)
        if shops is not None:
            mine = select(orders.c.id).where(orders.c.shop_id.in_(sorted(shops)))
            statement = statement.where(or_(event.c.subject != "order", event.c.subject_id.in_(mine)))
        if warehouses is not None:
            here = select(parcel.c.id).where(parcel.c.warehouse_id.in_(sorted(warehouses)))
            statement = statement.where(or_(event.c.subject != "parcel", event.c.subject_id.in_(here)))
        rows = self._sql.rows(statement.group_by(event.c.subject, event.c.verb))
        return {(row.subject, row.verb): row.times for row in rows}
