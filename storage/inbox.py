"""Raw updates as they came, kept before anybody is told that we have them.

Surprising: `apply` is part of the command's own transaction. A command that was carried out before a crash is
recognised by it and not carried out again.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, select, update

from domain.errors import AlreadyApplied, Unknown
from storage.sql import Sql, upsert
from storage.tables.messages import inbox


@cache
def _apply(postgres: bool) -> Executable:
    statement = upsert(inbox, postgres)
    return statement.on_conflict_do_update(
        index_elements=["update_id"],
        set_={"applied_at": statement.excluded.applied_at},
        where=inbox.c.applied_at.is_(None),
    )


_BARE = "null"


@cache
def _put(postgres: bool) -> Executable:
    """A row that `apply` wrote first, for an update that is handled while it is being kept, gets its text now."""
    statement = upsert(inbox, postgres)
    told = {"raw": statement.excluded.raw, "chat_key": statement.excluded.chat_key}
    return statement.on_conflict_do_update(index_elements=["update_id"], set_=told, where=inbox.c.raw == _BARE)


_DONE = update(inbox).where(inbox.c.update_id == bindparam("_id")).values(done_at=bindparam("_at"))


class Inbox:
    """Updates by Telegram's update_id; `chat_key` says whose order they keep."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def put(self, update_id: int, chat_key: int, raw: str, at: datetime) -> bool:
        """Keep an update; whether its text is new."""
        row = {"update_id": update_id, "chat_key": chat_key, "raw": raw, "at": at, "attempts": 0, "error": ""}
        return bool(self._sql.change(_put(self._sql.postgres), [row]))

    def pending(self, limit: int) -> list[tuple[int, int, str, int]]:
        """(update_id, chat_key, raw, attempts) of what is not done, by update_id."""
        wanted = select(inbox.c.update_id, inbox.c.chat_key, inbox.c.raw, inbox.c.attempts)
        wanted = wanted.where(inbox.c.done_at.is_(None)).order_by(inbox.c.update_id).limit(limit)
        return [(row.update_id, row.chat_key, row.raw, row.attempts) for row in self._sql.rows(wanted)]

    def done(self, update_id: int, at: datetime) -> None:
        """It needs nothing more."""
        self._sql.change(_DONE, [{"_id": update_id, "_at": at}])

    def failed(self, update_id: int, error: str, at: datetime) -> int:
        """It went wrong once more; how often by now. Raises Unknown('update')."""
        statement = update(inbox).where(inbox.c.update_id == update_id)
        values = statement.values(attempts=inbox.c.attempts + 1, error=error, failed_at=at)
        row = self._sql.row(values.returning(inbox.c.attempts))
        if row is None:
            raise Unknown("update", str(update_id))
        attempts: int = row.attempts
        return attempts

    def apply(self, update_id: int) -> None:
        """Mark that this transaction carries out the update's command. Raises AlreadyApplied when one did before.

        An update that did not come through the inbox is noted as well, so that it too is carried out once.
        """
        now = self._sql.now
        fresh = {"update_id": update_id, "chat_key": 0, "raw": _BARE, "at": now, "attempts": 0, "error": ""}
        if not self._sql.change(_apply(self._sql.postgres), [{**fresh, "done_at": now, "applied_at": now}]):
            raise AlreadyApplied(update_id)
