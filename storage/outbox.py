"""Notices: queued by commands, claimed and ended by the messenger.

Surprising: per chat only the head of the queue can be claimed, so a chat hears things in order and one at a time;
a redraw that is asked for again while it is being delivered has a higher version and stays waiting.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Row,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from domain.records import ClaimedNotice, Notice, NoticeKind
from storage.sql import Shape, Sql, upsert
from storage.tables.messages import outbox
from storage.tables.people import chat

NOTICE = Shape(Notice, outbox)
WAITING, SENT, DROPPED = "waiting", "sent", "dropped"
_FREE = {"worker": "", "lease_until": None}


_BEHIND = (
    select(outbox.c.chat_id, outbox.c.kind, func.count().label("notices"))
    .where(outbox.c.state == WAITING, ~outbox.c.redraw)
    .group_by(outbox.c.chat_id, outbox.c.kind)
)


@cache
def _once(postgres: bool) -> Executable:
    return upsert(outbox, postgres).on_conflict_do_nothing()


@cache
def _again(postgres: bool) -> Executable:
    """A redraw that waits keeps its time and its place, also one that backs off; one on its way is a new one."""
    statement = upsert(outbox, postgres)
    new, old = statement.excluded, outbox.c
    waits = and_(old.state == WAITING, old.lease_until.is_(None))
    again = {
        "due_at": case((waits, old.due_at), else_=new.due_at),
        "queued_at": case((waits, old.queued_at), else_=new.queued_at),
        "attempts": case((old.state == WAITING, old.attempts), else_=0),
        "version": old.version + 1,
        "state": WAITING,
        "data": new.data,
        "quiet": new.quiet,
    }
    return statement.on_conflict_do_update(index_elements=["chat_id", "key"], set_=again)


class Outbox:
    """Implements domain.desk.Outbox."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, notices: Sequence[Notice]) -> None:
        """Once per (chat, key), for ever; a redraw that was sent waits again, one that waits is moved."""
        for redraw in (False, True):
            wanted = {(item.chat_id, item.key): item for item in notices if item.redraw is redraw}
            rows = [self._row(item) for _, item in sorted(wanted.items())]
            if rows:
                self._sql.change((_again if redraw else _once)(self._sql.postgres), rows)

    def waiting(self, chat_id: int) -> list[Notice]:
        """What the chat has not been told yet, in order."""
        mine = select(*NOTICE.columns).where(outbox.c.chat_id == chat_id, outbox.c.state == WAITING)
        return [NOTICE.thing(row) for row in self._sql.rows(mine.order_by(outbox.c.queued_at, outbox.c.id))]

    def behind(self) -> dict[int, dict[NoticeKind, int]]:
        """Chat -> kind -> new messages it has not been told yet; chats with none are missing."""
        found: dict[int, dict[NoticeKind, int]] = {}
        for row in self._sql.rows(_BEHIND):
            found.setdefault(row.chat_id, {})[row.kind] = row.notices
        return found

    def _row(self, notice: Notice) -> dict[str, Any]:
        queue = {"state": WAITING, "queued_at": notice.due_at, "version": 1, "attempts": 0, "error": ""}
        return {**NOTICE.row(notice), **queue, **_FREE, "ended_at": None}


def _earlier_waits(row: FromClause) -> ColumnElement[bool]:
    """Whether somebody stands before this row in its chat's queue."""
    other = outbox.alias("earlier")
    before = or_(other.c.queued_at < row.c.queued_at, and_(other.c.queued_at == row.c.queued_at, other.c.id < row.c.id))
    return exists().where(other.c.chat_id == row.c.chat_id, other.c.state == WAITING, before)


def _in_flight(row: FromClause, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a worker is delivering something to the row's chat."""
    other = outbox.alias("flying")
    return exists().where(other.c.chat_id == row.c.chat_id, other.c.state == WAITING, other.c.lease_until > now)


def _listening(row: FromClause) -> ColumnElement[bool]:
    """Whether the row's chat is not parked."""
    return exists().where(chat.c.id == row.c.chat_id, chat.c.parked == "")


_NOW = bindparam("now", type_=outbox.c.due_at.type)
_WAITS = outbox.c.state == WAITING
_HEADS = (_WAITS, _listening(outbox), ~_in_flight(outbox, _NOW), ~_earlier_waits(outbox))
_NOT_HELD = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= _NOW)
_CLAIMABLE = select(outbox).where(*_HEADS, _NOT_HELD, outbox.c.due_at <= _NOW)
_CLAIMABLE = _CLAIMABLE.order_by(outbox.c.queued_at, outbox.c.id).limit(bindparam("most"))
_CLAIMABLE = _CLAIMABLE.with_for_update(skip_locked=True, of=outbox)
_FIRST_DUE = select(func.min(outbox.c.due_at)).where(*_HEADS)
_FIRST_LEASE_ENDS = select(func.min(outbox.c.lease_until)).where(
    _WAITS, _listening(outbox), outbox.c.lease_until > _NOW
)


class Deliveries:
    """The messenger's side of the outbox."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def claim(self, worker: str, now: datetime, limit: int, lease_seconds: int) -> list[ClaimedNotice]:
        """Take due heads of unparked, idle chats until the lease is over; `attempts` counts this one.

        Two workers never hold the same notice (row locks on PostgreSQL, one writer on SQLite).
        """
        rows = self._sql.rows(_CLAIMABLE, now=now, most=limit)
        if rows:
            mine = outbox.c.id.in_([row.id for row in rows])
            lease = {"worker": worker, "lease_until": now + timedelta(seconds=lease_seconds)}
            self._sql.change(update(outbox).where(mine).values(**lease, attempts=outbox.c.attempts + 1))
        return [self._claimed(row) for row in rows]

    def _claimed(self, row: Row[Any]) -> ClaimedNotice:
        notice = NOTICE.thing([row._mapping[column] for column in NOTICE.columns])
        return ClaimedNotice(row.id, notice, row.attempts + 1, row.version)

    def _end(self, notice_id: int, **values: Any) -> None:
        self._sql.change(update(outbox).where(outbox.c.id == notice_id).values(**_FREE, **values))

    def sent(self, notice_id: int, version: int, at: datetime) -> None:
        """It was delivered. When it was asked for again meanwhile it only becomes free: once more, please."""
        same = case((outbox.c.version == version, SENT), else_=outbox.c.state)
        at_end = case((outbox.c.version == version, at), else_=outbox.c.ended_at)
        self._end(notice_id, state=same, ended_at=at_end, attempts=0, error="")

    def retry(self, notice_id: int, due_at: datetime, error: str) -> None:
        """It could not be delivered now; it keeps its place in the queue."""
        self._end(notice_id, due_at=due_at, error=error)

    def dropped(self, notice_id: int, at: datetime, why: str) -> None:
        """It never will be."""
        self._end(notice_id, state=DROPPED, ended_at=at, error=why)

    def workers(self) -> list[str]:
        """Who holds leases, alive or not."""
        held = select(outbox.c.worker).where(outbox.c.state == WAITING, outbox.c.worker != "").distinct()
        return [row.worker for row in self._sql.rows(held)]

    def free(self, workers: Sequence[str]) -> int:
        """What these workers hold can be claimed again, now; how many notices."""
        if not workers:
            return 0
        held = update(outbox).where(outbox.c.state == WAITING, outbox.c.worker.in_(workers))
        return self._sql.change(held.values(**_FREE))

    def next_due(self) -> datetime | None:
        """When `claim` will next find something: the earliest free head, or the end of the earliest lease."""
        asked = (self._sql.row(one, now=self._sql.now) for one in (_FIRST_DUE, _FIRST_LEASE_ENDS))
        found = [row[0] for row in asked if row is not None and row[0] is not None]
        return min(found, default=None)

    def counts(self) -> Mapping[str, int]:
        """Notices by state: waiting, sent, dropped, and `parked` for the waiting ones nobody can hear."""
        rows = self._sql.rows(select(outbox.c.state, func.count(outbox.c.id).label("notices")).group_by(outbox.c.state))
        counts = {WAITING: 0, SENT: 0, DROPPED: 0} | {row.state: row.notices for row in rows}
        parked = self._sql.row(select(func.count(outbox.c.id)).where(outbox.c.state == WAITING, ~_listening(outbox)))
        return counts | {"parked": parked[0] if parked else 0}
