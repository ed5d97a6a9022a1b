"""The line of orders in review, and the notes of who has taken one or put it off.

Surprising: a take is won by the upsert's own condition, so two people who take one order at once cannot both have it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, exists, or_, select

from domain.holds import HoldCode
from domain.lineup import Hand, Waiting
from domain.orders import OrderStatus
from storage.order_queries import in_shops
from storage.sql import Sql
from storage.tables.orders import hold, orders, review_hand

_AMOUNT = case((orders.c.cod, orders.c.total), else_=orders.c.paid).label("amount")
_NOTES = (review_hand.c.taken_by, review_hand.c.taken_at, review_hand.c.snoozed_until)
_ORDER = [getattr(orders.c, name) for name in ("id", "revision", "shop_id", "platform", "held", "currency", "paid")]
_LINE = (
    select(*_ORDER, _AMOUNT, orders.c.created_at, orders.c.paid_at, orders.c.promised_ship_at, *_NOTES)
    .join(review_hand, review_hand.c.order_id == orders.c.id, isouter=True)
    .where(orders.c.status == OrderStatus.REVIEW)
    .order_by(orders.c.id)
)
_HELD_BY = _LINE.where(
    exists().where(hold.c.order_id == orders.c.id, hold.c.resolved_at.is_(None), hold.c.code == bindparam("code"))
)
_OF = select(*_NOTES).where(review_hand.c.order_id == bindparam("order_id"))


class Hands:
    """Implements domain.lineup.Hands."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def line(self, shops: frozenset[int] | None, *, code: HoldCode | None = None) -> list[Waiting]:
        """All orders in REVIEW by id; with a code those it holds."""
        statement: Select[Any] = _LINE if code is None else _HELD_BY
        if shops is not None:
            statement = statement.where(in_shops(shops))
        rows = self._sql.rows(statement, **({} if code is None else {"code": code}))
        return [Waiting(**{**row._mapping, "taken_by": row.taken_by or 0}) for row in rows]

    def of(self, order_id: int) -> Hand:
        """The order's notes."""
        row = self._sql.row(_OF, order_id=order_id)
        return Hand() if row is None else Hand(*row)

    def take(self, order_id: int, person_id: int, free_before: datetime) -> bool:
        """Whether the person has it now."""
        note = {"taken_by": person_id, "taken_at": self._sql.now, "snoozed_until": None}
        free = or_(
            review_hand.c.taken_by.in_([0, person_id]),
            review_hand.c.taken_at.is_(None),
            review_hand.c.taken_at <= free_before,
        )
        statement = self._sql.upsert(review_hand).values(order_id=order_id, **note)
        return bool(
            self._sql.change(statement.on_conflict_do_update(index_elements=["order_id"], set_=note, where=free))
        )

    def snooze(self, order_id: int, until: datetime) -> None:
        """Put it off."""
        note = {"taken_by": 0, "taken_at": None, "snoozed_until": until}
        statement = self._sql.upsert(review_hand).values(order_id=order_id, **note)
        self._sql.change(statement.on_conflict_do_update(index_elements=["order_id"], set_=note))

    def forget(self, order_ids: Collection[int]) -> None:
        """Both notes go."""
        self._sql.replace_children(review_hand.c.order_id, order_ids, [])
