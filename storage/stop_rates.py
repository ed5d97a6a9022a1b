"""How refunds that came before the hand-over ended, counted by stage and courier (rules.md D, interception success).

Surprising: what stayed in the house is counted by the database, what left in spite of its refund is read row by row:
only the lines a refund names say whether it was its goods that left, and there are few of those. A box on the dock was
scanned out before its refund came, but not handed over before its courier signed: called back it counts as stopped,
and where somebody said that it had left already, as missed.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, func, or_, select

from domain.floor.parcels import ParcelState, Stage, StopState
from domain.intake.incoming import RefundState
from domain.stops.stop_desk import Ended
from storage.sql import Sql
from storage.tables.orders import orders
from storage.tables.parcels import parcel, parcel_item, refund, stop

_GOODS = or_(cast(refund.c.line_nos, Text) != "[]", refund.c.amount >= orders.c.paid)
"""It is about goods: it names lines, or all the money goes back. A part of the money alone stops nothing."""
_BOXES = (
    refund.join(orders, orders.c.id == refund.c.order_id)
    .outerjoin(parcel_item, parcel_item.c.order_id == refund.c.order_id)
    .outerjoin(parcel, parcel.c.id == parcel_item.c.parcel_id)
)
_LIVE = refund.c.state.in_([RefundState.REQUESTED.value, RefundState.SUCCESS.value])


def _where(statement: Select[Any], since: datetime, warehouses: frozenset[int] | None) -> Select[Any]:
    told = statement.select_from(_BOXES).where(refund.c.at >= since, _LIVE, _GOODS)
    return told if warehouses is None else told.where(parcel.c.warehouse_id.in_(sorted(warehouses)))


def _courier() -> ColumnElement[int]:
    return func.min(parcel.c.courier_id).label("courier_id")


def _stage() -> ColumnElement[str]:
    """Where its goods were when it came: what had been scanned out says by its stop whether it stood on the dock."""
    here = select(cast(stop.c.stage, Text)).where(stop.c.refund_id == refund.c.id, stop.c.stage != Stage.DELIVERED)
    told = func.coalesce(here.order_by(stop.c.id).limit(1).scalar_subquery(), refund.c.stage)
    out = refund.c.stage == ParcelState.HANDED_OVER.value
    return case((out, told), else_=refund.c.stage).label("stage")


def _kept(sql: Sql, since: datetime, warehouses: frozenset[int] | None) -> list[Ended]:
    each = select(refund.c.id, _stage(), _courier()).where(refund.c.stopped.is_(True))
    one = _where(each, since, warehouses).group_by(refund.c.id, refund.c.stage).subquery()
    counted = select(one.c.stage, one.c.courier_id, func.count().label("refunds"))
    rows = sql.rows(counted.group_by(one.c.stage, one.c.courier_id))
    return [Ended(row.stage, row.courier_id, True, row.refunds) for row in rows]


def _left(sql: Sql, since: datetime, warehouses: frozenset[int] | None) -> list[Ended]:
    stops = select(stop.c.id).where(stop.c.refund_id == refund.c.id, stop.c.parcel_id == parcel.c.id)
    slipped = stops.where(stop.c.stage == Stage.DOCK, stop.c.state == StopState.TOO_LATE).exists()
    columns = (refund.c.id, _stage(), refund.c.line_nos, parcel_item.c.line_no, parcel.c.courier_id)
    gone = _where(select(*columns), since, warehouses).where(
        refund.c.stopped.is_not(True),
        parcel_item.c.dropped.is_(False),
        parcel.c.state == ParcelState.HANDED_OVER,
        or_(parcel.c.handed_over_at > refund.c.at, slipped),
    )
    return _counted(sql.rows(gone.order_by(refund.c.id, parcel.c.id)))


def _counted(rows: Sequence[Row[Any]]) -> list[Ended]:
    seen: dict[int, tuple[str, int | None]] = {}
    for row in rows:
        if not row.line_nos or row.line_no in row.line_nos:
            seen.setdefault(row.id, (row.stage, row.courier_id))
    return [Ended(stage, courier, False, count) for (stage, courier), count in Counter(seen.values()).items()]


def ended(sql: Sql, since: datetime, warehouses: frozenset[int] | None) -> list[Ended]:
    """See domain.stops.stop_desk.Stops.ended."""
    return [*_kept(sql, since, warehouses), *_left(sql, since, warehouses)]
