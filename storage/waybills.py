"""E-waybill numbers and the accounts they come from.

Surprising: a number that was given back keeps its row; the next parcel takes the row over, number and all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, delete, func, or_, select, update

from domain.errors import Unknown
from domain.floor.parcels import Parcel, ParcelState
from domain.waybills.ewaybills import LOCAL, Ewaybill, Pool, WaybillState
from storage.parcels import PARCEL
from storage.sql import Shape, Sql, among
from storage.tables.catalog import courier, waybill_account
from storage.tables.parcels import ewaybill, parcel, parcel_item

EWAYBILL = Shape(Ewaybill, ewaybill)
_SELECT = select(*EWAYBILL.columns)
_MANY = _SELECT.where(among(ewaybill.c.id)).order_by(ewaybill.c.id)
_OF_PARCELS = _SELECT.where(among(ewaybill.c.parcel_id)).order_by(ewaybill.c.id)
_BY_NUMBER = _SELECT.where(ewaybill.c.number == bindparam("number"), ewaybill.c.number != "").order_by(ewaybill.c.id)
_FREE = _SELECT.where(
    ewaybill.c.account_id == bindparam("account"),
    ewaybill.c.shop_id == bindparam("shop"),
    ewaybill.c.state == WaybillState.VOIDED,
    ewaybill.c.changed_at < bindparam("before"),
    ewaybill.c.number != "",
)
_FREE = _FREE.order_by(ewaybill.c.changed_at, ewaybill.c.id).limit(bindparam("most"))
_DUE = _SELECT.where(
    ewaybill.c.state == bindparam("state", type_=ewaybill.c.state.type),
    ewaybill.c.next_at <= bindparam("now"),
    ewaybill.c.attempts < bindparam("attempts"),
)
_DUE = _DUE.order_by(ewaybill.c.next_at, ewaybill.c.id).limit(bindparam("most"))
_LET_GO = (ParcelState.PLANNED, ParcelState.CANCELLED, ParcelState.HANDED_OVER)
_OPEN = or_(
    ewaybill.c.state == WaybillState.ASSIGNED,
    and_(ewaybill.c.state == WaybillState.WAITING, ewaybill.c.attempts < bindparam("attempts")),
)
_OTHER = or_(parcel.c.courier_id.is_(None), parcel.c.courier_id != ewaybill.c.courier_id)
_SETTLED = (
    select(*EWAYBILL.columns, *PARCEL.columns)
    .join(parcel, parcel.c.id == ewaybill.c.parcel_id)
    .where(_OPEN, or_(parcel.c.state.in_(_LET_GO), _OTHER))
    .order_by(ewaybill.c.id)
    .limit(bindparam("most"))
)
_FAILED = and_(ewaybill.c.state == WaybillState.WAITING, ewaybill.c.attempts >= bindparam("attempts"))
_FAILURES = (
    select(parcel_item.c.order_id, ewaybill.c.courier_id, ewaybill.c.error)
    .join(parcel_item, parcel_item.c.parcel_id == ewaybill.c.parcel_id)
    .where(_FAILED)
    .distinct()
)
_FAILED_BEFORE = _SELECT.where(_FAILED, ewaybill.c.changed_at < bindparam("before"))
_FAILED_BEFORE = _FAILED_BEFORE.order_by(ewaybill.c.id).limit(bindparam("most"))
_POOLS = (
    select(
        waybill_account.c.id,
        waybill_account.c.balance,
        func.count(ewaybill.c.id).label("free"),
    )
    .outerjoin(
        ewaybill,
        and_(
            ewaybill.c.account_id == waybill_account.c.id,
            ewaybill.c.state == WaybillState.VOIDED,
            ewaybill.c.changed_at < bindparam("before"),
            ewaybill.c.number != "",
            waybill_account.c.source == LOCAL,
        ),
    )
    .group_by(waybill_account.c.id, waybill_account.c.balance)
)
_WORN = sorted(set(WaybillState) - {WaybillState.WAITING})
_TAKEN = (
    select(ewaybill.c.account_id, func.count().label("taken"))
    .where(
        among(ewaybill.c.account_id),
        ewaybill.c.state.in_(_WORN),
        ewaybill.c.changed_at >= bindparam("since"),
        ewaybill.c.taken_at >= bindparam("since"),
    )
    .group_by(ewaybill.c.account_id)
)
"""What was taken has changed since: so the index of states and changes finds it."""
_RANGE = (
    select(
        waybill_account.c.next_number,
        waybill_account.c.balance,
        case((waybill_account.c.prefix == "", courier.c.prefix), else_=waybill_account.c.prefix).label("prefix"),
        case((waybill_account.c.digits == 0, courier.c.digits), else_=waybill_account.c.digits).label("digits"),
    )
    .join(courier, courier.c.id == waybill_account.c.courier_id)
    .where(waybill_account.c.id == bindparam("account"))
    .with_for_update(of=waybill_account)
)
_ANY_ATTEMPTS = 1_000_000


class Waybills:
    """Implements domain.waybills.ewaybills.Waybills."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def many(self, ids: Sequence[int]) -> dict[int, Ewaybill]:
        """By id; unknown ids are missing."""
        return {row.id: EWAYBILL.thing(row) for row in self._sql.rows_in(_MANY, ids)}

    def of_parcels(self, parcel_ids: Sequence[int]) -> dict[int, tuple[Ewaybill, ...]]:
        """parcel id -> its rows, oldest first; parcels without any are missing."""
        found: dict[int, tuple[Ewaybill, ...]] = defaultdict(tuple)
        for row in self._sql.rows_in(_OF_PARCELS, parcel_ids):
            found[row.parcel_id] += (EWAYBILL.thing(row),)
        return dict(found)

    def by_number(self, number: str) -> tuple[Ewaybill, ...]:
        """Every courier's row of that number."""
        return tuple(EWAYBILL.thing(row) for row in self._sql.rows(_BY_NUMBER, number=number))

    def issue(self, account_id: int, count: int) -> Sequence[str]:
        """Fresh numbers of a local range, fewer when its balance is short. Raises Unknown('account')."""
        row = self._sql.row(_RANGE, account=account_id)
        if row is None:
            raise Unknown("account", str(account_id))
        given = count if row.balance is None else min(count, max(0, row.balance))
        taken: dict[str, Any] = {"next_number": row.next_number + given}
        if row.balance is not None:
            taken["balance"] = row.balance - given
        self._sql.change(update(waybill_account).where(waybill_account.c.id == account_id).values(taken))
        return [f"{row.prefix}{row.next_number + step:0{row.digits}d}" for step in range(given)]

    def free(self, account_id: int, shop_id: int, before: datetime, limit: int) -> list[Ewaybill]:
        """VOIDED numbers that changed before, oldest first."""
        return self._things(self._sql.rows(_FREE, account=account_id, shop=shop_id, before=before, most=limit))

    def _things(self, rows: Sequence[Row[Any]]) -> list[Ewaybill]:
        return [EWAYBILL.thing(row) for row in rows]

    def add(self, rows: Sequence[Ewaybill]) -> None:
        """Insert (ids given are ignored)."""
        values = [EWAYBILL.row(row) for row in rows]
        self._sql.insert(ewaybill, [{key: value for key, value in row.items() if key != "id"} for row in values])

    def save(self, rows: Sequence[Ewaybill]) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(ewaybill, [EWAYBILL.row(row) for row in rows])

    def drop(self, ids: Sequence[int]) -> None:
        """Forget wishes that never became a number."""
        if ids:
            self._sql.change(delete(ewaybill).where(ewaybill.c.id.in_(ids), ewaybill.c.number == ""))

    def settled(self, attempts: int, limit: int) -> list[tuple[Ewaybill, Parcel]]:
        """Numbers and open wishes whose parcel does not wait for them any more. The parcels come without items."""
        width = len(EWAYBILL.columns)
        rows = self._sql.rows(_SETTLED, attempts=attempts, most=limit)
        return [(EWAYBILL.thing(row[:width]), PARCEL.thing(row[width:])) for row in rows]

    def due(self, state: WaybillState, now: datetime, limit: int, attempts: int | None = None) -> list[Ewaybill]:
        """Rows in that state whose next_at has come, with fewer than `attempts` failures when given."""
        most = _ANY_ATTEMPTS if attempts is None else attempts
        return self._things(self._sql.rows(_DUE, state=state, now=now, attempts=most, most=limit))

    def failures(self, attempts: int) -> dict[int, dict[int, str]]:
        """order id -> courier id -> error, of wishes that failed so often."""
        found: dict[int, dict[int, str]] = defaultdict(dict)
        for row in self._sql.rows(_FAILURES, attempts=attempts):
            found[row.order_id][row.courier_id] = row.error
        return dict(found)

    def failed_before(self, attempts: int, before: datetime, limit: int) -> list[Ewaybill]:
        """Those that last failed before."""
        return self._things(self._sql.rows(_FAILED_BEFORE, attempts=attempts, before=before, most=limit))

    def pools(self, before: datetime) -> dict[int, Pool]:
        """By account id; of local ranges what was given back before counts as free."""
        return {row.id: Pool(row.id, row.balance, row.free) for row in self._sql.rows(_POOLS, before=before)}

    def taken(self, account_ids: Sequence[int], since: datetime) -> dict[int, int]:
        """account id -> how many of its numbers were put on a parcel since."""
        return {row.account_id: row.taken for row in self._sql.rows_in(_TAKEN, account_ids, since=since)}

    def set_balances(self, balances: Mapping[int, int]) -> None:
        """What the couriers say is left."""
        statement = update(waybill_account).where(waybill_account.c.id == bindparam("_id"))
        rows = [{"_id": account_id, "left": left} for account_id, left in balances.items()]
        if rows:
            self._sql.change(statement.values(balance=bindparam("left")), rows)
