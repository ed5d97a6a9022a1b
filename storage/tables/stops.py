"""What stopping parcels keeps beside the stops: answers to platforms, recalls, when shops were heard."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text

from domain.policy.policy_stops import RecallKind
from domain.stops.stop_desk import RecallState, Verdict
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class ReplyRow(Base, table=True):
    """Answers to platforms, one per refund they told."""

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("shop_id", "refund_no"),
        Index(None, "next_at"),
        Index(None, "verdict", "due_at"),
        Index(
            "ix_reply_failed",
            "shop_id",
            sqlite_where=text("error <> ''"),
            postgresql_where=text("error <> ''"),
        ),
    )
    id: int = col.key()
    shop_id: int = col.ref("shop.id")
    refund_no: str = col.words()
    order_ref: str = col.words()
    verdict: Verdict = col.choice(Verdict)
    asked_at: datetime = col.moment()
    due_at: datetime = col.moment()
    order_id: int | None = col.ref("orders.id", optional=True)
    decided_at: datetime | None = col.moment(optional=True)
    said: str = col.text()
    said_at: datetime | None = col.moment(optional=True)
    next_at: datetime | None = col.moment(optional=True)
    attempts: int = col.number()
    error: str = col.words()
    revision: int = col.number()


class RecallRow(Base, table=True):
    """Requests to couriers about parcels that have left."""

    __tablename__ = "recall"
    __table_args__ = (Index(None, "parcel_id"), Index(None, "state", "next_at"), Index(None, "opened_at"))
    id: int = col.key()
    parcel_id: int = col.ref("parcel.id")
    order_id: int = col.ref("orders.id")
    shop_id: int = col.ref("shop.id")
    courier_id: int = col.ref("courier.id")
    waybill: str = col.text()
    kind: RecallKind = col.choice(RecallKind)
    state: RecallState = col.choice(RecallState)
    opened_at: datetime = col.moment()
    opened_by: str = col.words()
    picked_up_at: datetime = col.moment()
    fee: int = col.number()
    currency: str = col.text()
    target: str = col.words()
    reference: str = col.words()
    why: str = col.words()
    asked_at: datetime | None = col.moment(optional=True)
    answered_at: datetime | None = col.moment(optional=True)
    closed_at: datetime | None = col.moment(optional=True)
    return_id: int | None = col.ref("return_parcel.id", optional=True)
    next_at: datetime | None = col.moment(optional=True)
    attempts: int = col.number()
    error: str = col.words()
    revision: int = col.number()


class FeedRow(Base, table=True):
    """When each shop was last heard, by the way it was."""

    __tablename__ = "shop_feed"
    shop_id: int = col.ref("shop.id", primary=True)
    source: str = col.text_key()
    heard_at: datetime = col.moment()


reply = table_of(ReplyRow)
recall = table_of(RecallRow)
shop_feed = table_of(FeedRow)
