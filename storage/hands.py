"""The line of orders in review, counted and stepped through, and the notes of who has taken one or put it off.

Surprising: a take is won by the upsert's own condition, so two people who take one order at once cannot both have it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, false, func, or_, select, tuple_

from domain.orders.orders import Order, OrderStatus
from domain.review.holds import HoldCode
from domain.review.lineup import Hand, Heap, Sieve
from storage.order_queries import in_shops
from storage.sql import Sql, among, chunks
from storage.tables.orders import hold, orders, review_hand
from storage.types import NEVER

_AMOUNT = case((orders.c.cod, orders.c.total), else_=orders.c.paid)
_PLACE = (orders.c.due_at, orders.c.created_at, orders.c.id)
_OPEN = (hold.c.order_id == orders.c.id, hold.c.resolved_at.is_(None))
_REASONS = select(func.count(hold.c.code.distinct())).where(*_OPEN).correlate(orders).scalar_subquery()
"""For how many reasons an order is held now."""
_OF = select(review_hand.c.taken_by, review_hand.c.taken_at, review_hand.c.snoozed_until).where(
    review_hand.c.order_id == bindparam("order_id")
)

_MANY = select(
    review_hand.c.order_id, review_hand.c.taken_by, review_hand.c.taken_at, review_hand.c.snoozed_until
).where(among(review_hand.c.order_id))


def _taken(since: datetime) -> ColumnElement[bool]:
    return func.coalesce(review_hand.c.taken_at > since, false())


def _snoozed(now: datetime) -> ColumnElement[bool]:
    return func.coalesce(review_hand.c.snoozed_until > now, false())


def _above(ceilings: Mapping[str, int]) -> ColumnElement[bool]:
    """Orders of more than their currency's amount."""
    usual = ceilings.get("*")
    named = [(orders.c.currency == currency, most < _AMOUNT) for currency, most in ceilings.items() if currency != "*"]
    return case(*named, else_=false() if usual is None else usual < _AMOUNT) if named else usual < _AMOUNT


def _place(order: Order) -> ColumnElement[Any]:
    return tuple_(*(bindparam(None, getattr(order, column.key), type_=column.type) for column in _PLACE))


class Hands:
    """Implements domain.review.lineup.Hands."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _conditions(self, sieve: Sieve) -> list[ColumnElement[bool]]:
        found = [orders.c.status == OrderStatus.REVIEW, in_shops(sieve.shops)]
        if sieve.held is not None:
            found.append(orders.c.held == sieve.held)
        if sieve.shop:
            found.append(orders.c.shop_id == sieve.shop)
        if sieve.due is not None:
            found.append(orders.c.due_at < sieve.due)
        if sieve.up_to is not None:
            found.append(orders.c.id <= sieve.up_to)
        if sieve.code is not None:
            found.append(exists().where(*_OPEN, hold.c.code == sieve.code))
        if sieve.alone:
            found.append(_REASONS == 1)
        if sieve.within is not None:
            found.append(~exists().where(*_OPEN, hold.c.code.not_in(sieve.within)))
        if sieve.ceilings is not None:
            found.append(~_above(sieve.ceilings))
        if sieve.floors is not None:
            found.append(_above(sieve.floors))
        return [*found, *self._noted(sieve)]

    def _noted(self, sieve: Sieve) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if sieve.awake is not None:
            put_off = _snoozed(self._sql.now)
            found.append(~put_off if sieve.awake else put_off)
        if sieve.hands is not None:
            taken = _taken(sieve.taken_since)
            found.append(or_(~taken if 0 in sieve.hands else false(), taken & review_hand.c.taken_by.in_(sieve.hands)))
        if sieve.taken_at is not None:
            found.append(_taken(sieve.taken_since) & (review_hand.c.taken_at == sieve.taken_at))
        return found

    def _select(self, sieve: Sieve, *columns: ColumnElement[Any], noted: bool = False) -> Select[Any]:
        """`noted`: the columns look at the notes, too."""
        statement = select(*columns).select_from(orders)
        if noted or (sieve.awake, sieve.hands, sieve.taken_at) != (None, None, None):
            statement = statement.join(review_hand, review_hand.c.order_id == orders.c.id, isouter=True)
        return statement.where(*self._conditions(sieve))

    def heaps(self, sieve: Sieve, ends: Mapping[str, datetime]) -> list[Heap]:
        """By shop, currency and held."""
        reached = [(orders.c.due_at <= end, name) for name, end in ends.items()]
        bucket = case(*reached, (orders.c.due_at < NEVER, "")).label("bucket")
        heap = [orders.c.shop_id, orders.c.held, orders.c.currency]
        notes = (_taken(sieve.taken_since), _snoozed(self._sql.now))
        sums = [func.sum(case((note, 1), else_=0)) for note in notes]
        totals = (func.count(), func.sum(orders.c.paid), func.min(orders.c.due_at), *sums)
        statement = self._select(sieve, *heap, bucket, *totals, noted=True).group_by(*heap, "bucket")
        found: dict[tuple[int, bool, str], Heap] = {}
        for shop, held, currency, name, count, paid, first, taken, snoozed in map(tuple, self._sql.rows(statement)):
            key = (shop, held, currency)
            one = found.get(key) or Heap(*key, 0, 0, None, {}, 0, 0)
            earliest = min((at for at in (one.first_due, first) if at), default=None)
            found[key] = Heap(
                *key,
                one.orders + count,
                one.paid + int(paid),
                earliest,
                one.due if name is None else {**one.due, name: count},
                one.taken + int(taken),
                one.snoozed + int(snoozed),
            )
        return list(found.values())

    def codes(self, sieve: Sieve) -> dict[HoldCode, int]:
        """By open hold code."""
        one = hold.alias()
        counted = self._select(sieve, one.c.code, func.count(orders.c.id.distinct()))
        opened = counted.join(one, one.c.order_id == orders.c.id).where(one.c.resolved_at.is_(None))
        found = {code: int(count) for code, count in map(tuple, self._sql.rows(opened.group_by(one.c.code)))}
        return {code: found[code] for code in HoldCode if code in found}

    def count(self, sieve: Sieve) -> int:
        """How many."""
        return int(self._sql.rows(self._select(sieve, func.count()))[0][0])

    def last_id(self, sieve: Sieve) -> int:
        """The highest id, 0 for none."""
        return self._sql.rows(self._select(sieve, func.max(orders.c.id)))[0][0] or 0

    def head(self, sieve: Sieve, limit: int, start: Order | None = None) -> list[tuple[int, int]]:
        """(id, revision) of the first, from a place on."""
        statement = self._select(sieve, orders.c.id, orders.c.revision).order_by(*_PLACE).limit(limit)
        if start is not None:
            statement = statement.where(tuple_(*_PLACE) >= _place(start))
        return [(row.id, row.revision) for row in self._sql.rows(statement)]

    def after(self, sieve: Sieve, order: Order) -> int | None:
        """The id of the first behind the order's place."""
        behind = self._select(sieve, orders.c.id).where(tuple_(*_PLACE) > _place(order))
        return next((row.id for row in self._sql.rows(behind.order_by(*_PLACE).limit(1))), None)

    def before(self, sieve: Sieve, order: Order) -> int | None:
        """The id of the last ahead of the order's place."""
        ahead = self._select(sieve, orders.c.id).where(tuple_(*_PLACE) < _place(order))
        backwards = (column.desc() for column in _PLACE)
        return next((row.id for row in self._sql.rows(ahead.order_by(*backwards).limit(1))), None)

    def standing(self, sieve: Sieve, order: Order) -> tuple[int, int, bool]:
        """(ahead, all, whether it is one of them)."""
        ahead = func.count(case((tuple_(*_PLACE) < _place(order), 1)))
        here = func.count(case((orders.c.id == order.id, 1)))
        before, count, one = tuple(self._sql.rows(self._select(sieve, ahead, func.count(), here))[0])
        return before, count, bool(one)

    def of(self, order_id: int) -> Hand:
        """The order's notes."""
        row = self._sql.row(_OF, order_id=order_id)
        return Hand() if row is None else Hand(*row)

    def many(self, order_ids: Collection[int]) -> dict[int, Hand]:
        """The notes of a set."""
        return {row[0]: Hand(*row[1:]) for row in self._sql.rows_in(_MANY, order_ids)}

    def take(self, order_id: int, person_id: int, free_before: datetime) -> bool:
        """Whether the person has it now."""
        return bool(self._taken_now([order_id], person_id, free_before))

    def take_all(self, order_ids: Collection[int], person_id: int, free_before: datetime) -> None:
        """The person has those of them that are free."""
        for chunk in chunks(sorted(order_ids)):
            self._taken_now(chunk, person_id, free_before)

    def _taken_now(self, order_ids: Sequence[int], person_id: int, free_before: datetime) -> int:
        note = {"taken_by": person_id, "taken_at": self._sql.now, "snoozed_until": None}
        free = or_(
            review_hand.c.taken_by.in_([0, person_id]),
            review_hand.c.taken_at.is_(None),
            review_hand.c.taken_at <= free_before,
        )
        statement = self._sql.upsert(review_hand).values([{"order_id": one, **note} for one in order_ids])
        return self._sql.change(statement.on_conflict_do_update(index_elements=["order_id"], set_=note, where=free))

    def snooze(self, order_id: int, until: datetime) -> None:
        """Put it off."""
        note = {"taken_by": 0, "taken_at": None, "snoozed_until": until}
        statement = self._sql.upsert(review_hand).values(order_id=order_id, **note)
        self._sql.change(statement.on_conflict_do_update(index_elements=["order_id"], set_=note))

    def forget(self, order_ids: Collection[int]) -> None:
        """Both notes go."""
        self._sql.replace_children(review_hand.c.order_id, order_ids, [])
