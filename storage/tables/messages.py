"""What comes in from Telegram and what must go out: inbox and outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql

from domain.records import NoticeKind
from storage.tables import columns as col
from storage.tables.columns import Base, table_of

_WAITING = sql("state = 'waiting'")
_NOT_DONE = sql("done_at IS NULL")


class InboxRow(Base, table=True):
    """Raw updates. `applied_at` is set by the command the update caused, in the command's own transaction."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_open", "update_id", sqlite_where=_NOT_DONE, postgresql_where=_NOT_DONE),)
    update_id: int = col.own_key()
    chat_key: int = col.number()
    raw: str = col.words()
    at: datetime = col.moment()
    attempts: int = col.number()
    error: str = col.words()
    failed_at: datetime | None = col.moment(optional=True)
    applied_at: datetime | None = col.moment(optional=True)
    done_at: datetime | None = col.moment(optional=True)


class OutboxRow(Base, table=True):
    """Notices. `state` is waiting | sent | dropped; `queued_at` is the place in the chat's queue and survives
    retries, which only move `due_at`; `version` counts how often a redraw was asked for."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("chat_id", "key"),
        Index("ix_outbox_queue", "chat_id", "queued_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_outbox_due", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )
    id: int = col.key()
    chat_id: int = col.ref("chat.id")
    key: str = col.text()
    kind: NoticeKind = col.choice(NoticeKind)
    subject_id: int = col.number()
    due_at: datetime = col.moment()
    redraw: bool = col.flag()
    quiet: bool = col.flag()
    data: Any = col.document()
    state: str = col.text()
    queued_at: datetime = col.moment()
    version: int = col.number()
    attempts: int = col.number()
    worker: str = col.text()
    lease_until: datetime | None = col.moment(optional=True)
    ended_at: datetime | None = col.moment(optional=True)
    error: str = col.words()


inbox = table_of(InboxRow)
outbox = table_of(OutboxRow)
