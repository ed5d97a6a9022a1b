"""History, imports, files, returns, alerts, report runs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from domain.records import AlertKind, ReturnState, RunState
from storage.tables import columns as col
from storage.tables.columns import Base, table_of

_STILL_OPEN = sql("closed_at IS NULL")
_REFUSED = sql("reason = 'refused'")
_NUMBERED = sql("waybill <> ''")
_MISSING = sql("missing > 0")


class EventRow(Base, table=True):
    """The history."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "subject", "subject_id", "id"), Index(None, "at"))
    id: int = col.key()
    at: datetime = col.moment()
    subject: str = col.text()
    subject_id: int = col.number()
    verb: str = col.text()
    actor_kind: str = col.text()
    actor: str = col.words()
    actor_id: int | None = col.number(optional=True)
    reason: str = col.words()
    cause: int | None = col.number(optional=True)
    policy: int = col.number()
    data: Any = col.document()


class BlobRow(Base, table=True):
    """Bytes, kept once."""

    __tablename__ = "blob"
    sha256: str = col.text_key()
    data: bytes = col.blob()


class FileRow(Base, table=True):
    """Names for bytes."""

    __tablename__ = "file"
    __table_args__ = (UniqueConstraint("sha256", "name"),)
    id: int = col.key()
    name: str = col.words()
    sha256: str = Field(sa_column=Column(Text, ForeignKey("blob.sha256"), nullable=False))
    size: int = col.number()
    at: datetime = col.moment()


class ImportRunRow(Base, table=True):
    """Files taken in."""

    __tablename__ = "import_run"
    __table_args__ = (Index(None, "sha256", "shop_id"),)
    id: int = col.key()
    file_id: int = col.ref("file.id")
    name: str = col.words()
    sha256: str = col.text()
    shop_id: int = col.ref("shop.id")
    at: datetime = col.moment()
    by: str = col.words()
    format: str = col.text()
    new: int = col.number()
    changed: int = col.number()
    unchanged: int = col.number()
    waiting: int = col.number()
    rejected: int = col.number()
    done: bool = col.flag()
    failed: str = col.words()
    reject_file_id: int | None = col.ref("file.id", optional=True)
    rejects: Any = col.document(tuple)


class ReturnRow(Base, table=True):
    """Return parcels."""

    __tablename__ = "return_parcel"
    __table_args__ = (
        Index(None, "waybill"),
        Index(None, "order_id"),
        Index(None, "state", "created_at"),
        Index(None, "arrived_at"),
        Index("uq_return_waybill", "waybill", unique=True, sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
        Index("ix_return_refused", "order_id", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
    )
    id: int = col.key()
    waybill: str = col.words()
    state: ReturnState = col.choice(ReturnState)
    created_at: datetime = col.moment()
    revision: int = col.number()
    order_id: int | None = col.ref("orders.id", optional=True)
    parcel_id: int | None = col.ref("parcel.id", optional=True)
    warehouse_id: int | None = col.ref("warehouse.id", optional=True)
    reason: str = col.words()
    arrived_at: datetime | None = col.moment(optional=True)
    received_by: str = col.words()
    done_at: datetime | None = col.moment(optional=True)


class ReturnItemRow(Base, table=True):
    """Expected lines of a return."""

    __tablename__ = "return_item"
    __table_args__ = (
        Index("ix_return_item_missing", "return_id", sqlite_where=_MISSING, postgresql_where=_MISSING),
        Index(None, "order_id"),
    )
    return_id: int = col.ref("return_parcel.id", primary=True)
    position: int = col.own_key()
    line_no: int = col.number()
    sku: str = col.text()
    title: str = col.words()
    expected: int = col.number()
    order_id: int = col.ref("orders.id")
    order_line: int = col.number()
    good: int = col.number()
    defective: int = col.number()
    missing: int = col.number()


class AlertRow(Base, table=True):
    """Worries; one open per kind, subject and part of it."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "kind",
            "subject_id",
            "part",
            unique=True,
            sqlite_where=_STILL_OPEN,
            postgresql_where=_STILL_OPEN,
        ),
    )
    id: int = col.key()
    kind: AlertKind = col.choice(AlertKind)
    subject_id: int = col.number()
    opened_at: datetime = col.moment()
    next_at: datetime = col.moment()
    count: int = col.number()
    level: int = col.number()
    revision: int = col.number()
    taken_by: str = col.words()
    snoozed_until: datetime | None = col.moment(optional=True)
    closed_at: datetime | None = col.moment(optional=True)
    part: str = col.words()
    turn: int = col.number()
    oldest_at: datetime | None = col.moment(optional=True)
    first: Any = col.document(tuple)
    facts: Any = col.document()
    reason: str = col.words()
    told_at: datetime | None = col.moment(optional=True)


class RhythmRow(Base, table=True):
    """What is normal in a shop, as it was learnt last."""

    __tablename__ = "rhythm"
    shop_id: int = col.ref("shop.id", primary=True)
    learned_at: datetime = col.moment()
    arrivals: int = col.number()
    bands: Any = col.document()


class ReportRunRow(Base, table=True):
    """Issues of a day's workbook; `attempt` fences."""

    __tablename__ = "report_run"
    __table_args__ = (UniqueConstraint("day", "version"),)
    id: int = col.key()
    day: date = Field(sa_column=Column(Date, nullable=False))
    version: int = col.number()
    state: RunState = col.choice(RunState)
    attempt: int = col.number()
    lease_until: datetime = col.moment()
    final: bool = col.flag()
    file_id: int | None = col.ref("file.id", optional=True)
    file_name: str = col.words()
    passes: int = col.number()
    fails: int = col.number()
    made_at: datetime | None = col.moment(optional=True)
    asked_by: str = col.words()
    summary: Any = col.document()


event = table_of(EventRow)
blobs = table_of(BlobRow)
file = table_of(FileRow)
import_run = table_of(ImportRunRow)
return_parcel = table_of(ReturnRow)
return_item = table_of(ReturnItemRow)
alert = table_of(AlertRow)
rhythm = table_of(RhythmRow)
report_run = table_of(ReportRunRow)
