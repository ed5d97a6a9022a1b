"""A customer's history, counted from orders and returns, and who behaves so that a person should look.

Surprising: `suspects` reads small partial indexes (orders with money back, returns that were refused, items that were
missing), so a clock may ask for it in a store of millions of orders. A return speaks for the orders its items were
sold in, which may be several.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from domain.customers.customer_records import Figures
from domain.intake.incoming import Platform
from domain.orders.orders import OrderStatus
from storage.sql import Sql, among
from storage.tables.orders import orders
from storage.tables.parcels import stop
from storage.tables.records import return_item, return_parcel

_IN_SHOPS = orders.c.shop_id.in_(bindparam("shops", expanding=True))
_PLACED = func.coalesce(orders.c.placed_at, orders.c.created_at)
_ZERO = literal_column("0", Integer)  # a partial index is used only where its own condition is read in the statement
_MONEY_BACK = orders.c.refunded > _ZERO


def _many(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


_FIGURES = (
    select(
        orders.c.buyer_id,
        orders.c.shop_id,
        orders.c.currency,
        func.count(orders.c.id).label("orders"),
        _many(orders.c.paid > 0).label("paid_orders"),
        _many(and_(_MONEY_BACK, orders.c.paid > 0)).label("refunded_orders"),
        func.sum(orders.c.paid).label("paid"),
        func.sum(orders.c.refunded).label("refunded"),
        func.min(_PLACED, type_=orders.c.created_at.type).label("first_at"),
        func.max(_PLACED, type_=orders.c.created_at.type).label("last_at"),
    )
    .where(_IN_SHOPS, among(orders.c.buyer_id))
    .group_by(orders.c.buyer_id, orders.c.shop_id, orders.c.currency)
)
_CALLED_BACK = select(stop.c.id).where(stop.c.parcel_id == return_parcel.c.parcel_id).exists()
_REFUSED = and_(
    return_parcel.c.reason == literal_column("'refused'", Text), return_parcel.c.parcel_id.is_not(None), ~_CALLED_BACK
)
_RETURNED = orders.join(return_item, return_item.c.order_id == orders.c.id)
_RETURNED = _RETURNED.join(return_parcel, return_parcel.c.id == return_item.c.return_id)
_RETURNS = (
    select(
        orders.c.buyer_id,
        return_parcel.c.id,
        func.max(case((_REFUSED, 1), else_=0)).label("refused"),
        func.sum(return_item.c.missing).label("missing"),
        func.sum(return_item.c.defective).label("defective"),
    )
    .select_from(_RETURNED)
    .where(_IN_SHOPS, among(orders.c.buyer_id))
    .group_by(orders.c.buyer_id, return_parcel.c.id)
)
_BAD_RETURN = (
    select(return_parcel.c.id)
    .join(return_item, return_item.c.return_id == return_parcel.c.id)
    .where(return_item.c.order_id == orders.c.id, or_(_REFUSED, return_item.c.missing > _ZERO))
    .exists()
)
_PROOFS = select(orders.c.buyer_id, orders.c.number)
_PROOFS = _PROOFS.where(_IN_SHOPS, among(orders.c.buyer_id), or_(_MONEY_BACK, _BAD_RETURN)).order_by(orders.c.id.desc())

_LEAST = bindparam("least", type_=Integer)
_WHO = (orders.c.platform, orders.c.buyer_id)
_TOLD = orders.c.buyer_id != ""
_OFTEN_REFUNDED = select(*_WHO).where(_MONEY_BACK, orders.c.paid > 0, _TOLD).group_by(*_WHO)
_OFTEN_REFUNDED = _OFTEN_REFUNDED.having(func.count(orders.c.id) >= _LEAST)
_OFTEN = select(*_WHO).select_from(_RETURNED).where(_TOLD).group_by(*_WHO)
_OFTEN = _OFTEN.having(func.count(return_parcel.c.id.distinct()) >= _LEAST)
_OFTEN_REFUSED = _OFTEN.where(_REFUSED)
_OFTEN_MISSING = _OFTEN.where(return_item.c.missing > _ZERO)


class CustomerHistory:
    """The counting half of domain.customers.customer_desk.Customers."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def figures(self, shops: Collection[int], buyers: Collection[str]) -> dict[str, Figures]:
        """buyer id -> history in these shops (of one platform); those without orders are missing."""
        found: dict[str, Figures] = {}
        for row in self._sql.rows_in(_FIGURES, buyers, shops=tuple(sorted(shops))):
            found[row.buyer_id] = _with(found.get(row.buyer_id, Figures()), row)
        for row in self._sql.rows_in(_RETURNS, found, shops=tuple(sorted(shops))):
            known = found[row.buyer_id]
            found[row.buyer_id] = replace(
                known,
                returns=known.returns + 1,
                missing=known.missing + (int(row.missing) > 0),
                defective=known.defective + int(row.defective),
                refusals=known.refusals + int(row.refused),
            )
        return found

    def proofs(self, shops: Collection[int], buyers: Collection[str]) -> dict[str, tuple[str, ...]]:
        """buyer id -> numbers of the orders that speak against them, newest first."""
        found: dict[str, tuple[str, ...]] = defaultdict(tuple)
        for row in self._sql.rows_in(_PROOFS, buyers, shops=tuple(sorted(shops))):
            found[row.buyer_id] += (row.number,)
        return dict(found)

    def suspects(self, refunded: int, missing: int, refusals: int) -> set[tuple[Platform, str]]:
        """Buyers with at least so many refunded orders, returns with missing units, or refused parcels."""
        asked = ((_OFTEN_REFUNDED, refunded), (_OFTEN_MISSING, missing), (_OFTEN_REFUSED, refusals))
        return {(row.platform, row.buyer_id) for query, least in asked for row in self._sql.rows(query, least=least)}

    def order_ids(self, shops: Collection[int], buyer_id: str, limit: int, *, review: bool = False) -> list[int]:
        """The buyer's orders, newest first; `review` = only those in REVIEW."""
        statement = _of_buyer(shops, [buyer_id])
        if review:
            statement = statement.where(orders.c.status == OrderStatus.REVIEW)
        rows = self._sql.rows(statement.order_by(_PLACED.desc(), orders.c.id.desc()).limit(limit))
        return [row.id for row in rows]

    def newest_orders(self, shops: Collection[int], buyer_ids: Collection[str]) -> list[int]:
        """The newest order of each platform's buyer of exactly such an id."""
        statement = _of_buyer(shops, buyer_ids).with_only_columns(func.max(orders.c.id))
        return [row[0] for row in self._sql.rows(statement.group_by(*_WHO))]


def _of_buyer(shops: Collection[int], buyer_ids: Collection[str]) -> Select[Any]:
    return select(orders.c.id).where(orders.c.shop_id.in_(sorted(shops)), orders.c.buyer_id.in_(sorted(buyer_ids)))


def _with(known: Figures, row: Any) -> Figures:
    """One more shop and currency of a buyer."""
    paid, refunded = known.money.get(row.currency, (0, 0))
    return replace(
        known,
        shops=known.shops | {row.shop_id},
        orders=known.orders + row.orders,
        paid=known.paid + int(row.paid_orders),
        refunded=known.refunded + int(row.refunded_orders),
        money={**known.money, row.currency: (paid + int(row.paid), refunded + int(row.refunded))},
        first_at=min(known.first_at or row.first_at, row.first_at),
        last_at=max(known.last_at or row.last_at, row.last_at),
    )
