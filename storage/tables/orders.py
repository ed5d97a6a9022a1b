"""Orders with lines, holds and source texts. `held`, phone tails and `needle` are copies written with every save."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, and_
from sqlalchemy import text as sql

from domain.intake.incoming import Platform, PlatformState, RefundState
from domain.orders.orders import Kit, OrderStatus, Virtual
from domain.review.holds import HoldCode, Source
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


def _kit(data: dict[str, Any]) -> Kit:
    return Kit(**data)


class OrderRow(Base, table=True):
    """Orders; the receiver lies flat beside. `needle` is what free-text search looks through; `look_at` when it must
    be screened again and `screened` under which policy it was, which are no news about the order."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("shop_id", "number"),
        Index(None, "shop_id", "external_id"),
        Index(None, "shop_id", "buyer_id"),
        Index(None, "shop_id", "created_at"),
        Index(None, "status", "held", "due_at", "created_at", "id"),
        Index(None, "status", "created_at"),
        Index(None, "status", "screened", "id"),
        Index(None, "number"),
        Index(None, "external_id"),
        Index(None, "phone_tail"),
        Index(None, "more_tails", sqlite_where=sql("more_tails <> ''"), postgresql_where=sql("more_tails <> ''")),
        Index(None, "paid_at"),
        Index(None, "placed_at"),
        Index(
            None,
            "merge_key",
            "status",
            sqlite_where=sql("merge_key <> ''"),
            postgresql_where=sql("merge_key <> ''"),
        ),
        Index(
            None,
            "look_at",
            sqlite_where=sql("look_at IS NOT NULL"),
            postgresql_where=sql("look_at IS NOT NULL"),
        ),
        Index(
            None,
            "release_at",
            sqlite_where=sql("release_at IS NOT NULL"),
            postgresql_where=sql("release_at IS NOT NULL"),
        ),
        Index(
            "ix_orders_money_back",
            "platform",
            "buyer_id",
            sqlite_where=sql("refunded > 0"),
            postgresql_where=sql("refunded > 0"),
        ),
    )
    id: int = col.key()
    shop_id: int = col.ref("shop.id")
    platform: Platform = col.choice(Platform)
    number: str = col.words()
    external_id: str = col.words()
    status: OrderStatus = col.choice(OrderStatus)
    platform_state: PlatformState = col.choice(PlatformState)
    currency: str = col.text()
    created_at: datetime = col.moment()
    revision: int = col.number()
    placed_at: datetime | None = col.moment(optional=True)
    paid_at: datetime | None = col.moment(optional=True)
    platform_updated_at: datetime | None = col.moment(optional=True)
    goods: int = col.number()
    shipping: int = col.number()
    discount: int = col.number()
    tax: int = col.number()
    total: int = col.number()
    paid: int = col.number()
    refunded: int = col.number()
    buyer_id: str = col.words()
    buyer_message: str = col.words()
    seller_note: str = col.words()
    fingerprint: str = col.text()
    decided_by: str = col.words()
    decided_at: datetime | None = col.moment(optional=True)
    release_at: datetime | None = col.moment(optional=True)
    reason: str = col.words()
    cod: bool = col.flag()
    presale: bool = col.flag()
    promised_ship_at: datetime | None = col.moment(optional=True)
    seller_flag: str = col.words()
    invoice: str = col.words()
    warehouse_hint: str = col.words()
    courier_hint: str = col.words()
    merge_code: str = col.words()
    risk: str = col.words()
    platform_hold: str = col.words()
    pickup: str = col.words()
    ship_from: datetime | None = col.moment(optional=True)
    merge_key: str = col.text()
    together: int = col.number()
    apart: bool = col.flag()
    first_approver: int = col.number()
    due_at: datetime | None = col.deadline()
    look_at: datetime | None = col.moment(optional=True)
    screened: int = col.number()
    receiver_name: str = col.words()
    receiver_phone: str = col.words()
    receiver_country: str = col.words()
    receiver_province: str = col.words()
    receiver_city: str = col.words()
    receiver_district: str = col.words()
    receiver_address: str = col.words()
    receiver_zip: str = col.words()
    receiver_masked: bool = col.flag()
    held: bool = col.flag()
    phone_tail: str = col.text()
    more_tails: str = col.text()
    needle: str = col.words()


class OrderLineRow(Base, table=True):
    """Lines."""

    __tablename__ = "order_line"
    order_id: int = col.ref("orders.id", primary=True)
    line_no: int = col.own_key()
    external_id: str = col.words()
    title: str = col.words()
    variant: str = col.words()
    merchant_code: str = col.words()
    quantity: int = col.number()
    unit_price: int = col.number()
    amount: int = col.number()
    sku: str | None = col.text(optional=True)
    refund: RefundState = col.choice(RefundState)
    refunded: int = col.number()
    dropped: bool = col.flag()
    kit: Any = col.document(_kit, optional=True)
    virtual: Virtual = col.choice(Virtual)


class HoldRow(Base, table=True):
    """Holds, open and resolved, in the order they stand in the aggregate."""

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "ix_hold_open",
            "code",
            "order_id",
            sqlite_where=sql("resolved_at IS NULL"),
            postgresql_where=sql("resolved_at IS NULL"),
        ),
    )
    order_id: int = col.ref("orders.id", primary=True)
    position: int = col.own_key()
    code: HoldCode = col.choice(HoldCode)
    source: Source = col.choice(Source)
    opened_at: datetime = col.moment()
    evidence: Any = col.document()
    resolved_at: datetime | None = col.moment(optional=True)
    resolved_by: str = col.words()
    resolution: str = col.text()
    until: datetime | None = col.moment(optional=True)


class OrderRawRow(Base, table=True):
    """Every source text an order was read from, oldest first."""

    __tablename__ = "order_raw"
    __table_args__ = (Index(None, "order_id"),)
    id: int = col.key()
    order_id: int = col.ref("orders.id")
    at: datetime = col.moment()
    raw: str = col.words()


class ReviewHandRow(Base, table=True):
    """Who has taken an order in review and who put it off: beside the order, since it is no news about it."""

    __tablename__ = "review_hand"
    order_id: int = col.ref("orders.id", primary=True)
    taken_by: int = col.number()
    taken_at: datetime | None = col.moment(optional=True)
    snoozed_until: datetime | None = col.moment(optional=True)


class WaitingLineRow(Base, table=True):
    """Lines and refunds of orders that are not known yet, see storage/fragments.py."""

    __tablename__ = "waiting_line"
    shop_id: int = col.ref("shop.id", primary=True)
    number: str = col.text_key()
    lines: Any = col.document(tuple)
    at: datetime = col.moment()
    raw: str = col.words()


orders = table_of(OrderRow)
order_line = table_of(OrderLineRow)
hold = table_of(HoldRow)
order_raw = table_of(OrderRawRow)
review_hand = table_of(ReviewHandRow)
waiting_line = table_of(WaitingLineRow)

SHIPS = and_(~order_line.c.dropped, order_line.c.virtual == Virtual.NO)
"""A line that still wants shipping (`Line.ships`)."""
