"""The store: one call is one thread, one transaction, one commit. The only place that commits.

Surprising: on SQLite all writers stand in one queue (one thread), because the database has one pen anyway; readers
run beside it. A command that lost a race runs again from the start on fresh rows, so commands must not have side
effects outside the store.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from domain.errors import LostRace
from storage import migrate
from storage.catalog import Shelf
from storage.engines import in_memory, postgres_engine, read_only, sqlite_engine
from storage.unit import Unit

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 20
THREADS = 8
READERS = 4
_RUN_AGAIN = {
    "40001",  # could not serialize
    "40P01",  # a deadlock
    "23505",  # the key is there already: another command made the same thing at this moment (PostgreSQL only)
}


def utc_now() -> datetime:
    """The clock of a store that was given none."""
    return datetime.now(UTC)


def jitter(attempt: int) -> None:
    """Stand aside for a moment, longer each time."""
    time.sleep(random.uniform(0, 0.002 * attempt))  # noqa: S311  # not a secret


def lost(error: Exception) -> bool:
    """Whether running the command again is the answer: a lost race, a deadlock, the same row made by two, or another
    process at the pen."""
    if isinstance(error, LostRace):
        return True
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(cause, "sqlstate", None) in _RUN_AGAIN


def bound(fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[Unit], T]:
    """The command with everything but its unit."""
    return lambda unit: fn(unit, *args, **kwargs)


class Store:
    """The shared store behind every process. Upgrades its database on start.

    `url`: `sqlite:///path`, `sqlite:///:memory:` or `postgresql+psycopg://…`. Functions get a Unit (a Desk) as
    their first argument and may run more than once. Raises migrate.NewerDatabase.
    """

    def __init__(
        self, url: str, *, now: Callable[[], datetime] = utc_now, pause: Callable[[int], None] = jitter
    ) -> None:
        self._now = now
        self._pause = pause
        self._shelf = Shelf()
        where = make_url(url)
        self._memory = in_memory(where)
        if where.get_backend_name() == "postgresql":
            self._pen = self._glass = postgres_engine(where, THREADS)
            self._writers = self._readers = ThreadPoolExecutor(THREADS, "store")
        else:
            self._pen = sqlite_engine(where)
            self._glass = self._pen if self._memory else sqlite_engine(where, readers=READERS)
            self._writers = ThreadPoolExecutor(1, "store-writer")
            self._readers = self._writers if self._memory else ThreadPoolExecutor(READERS, "store-reader")
        try:
            self._writers.submit(migrate.upgrade, self._pen).result()
        except BaseException:
            self.close()
            raise

    @overload
    async def run(
        self, fn: Callable[Concatenate[Unit, ...], T], /, *args: Any, claim: int | None, **kwargs: Any
    ) -> T: ...
    @overload
    async def run(self, fn: Callable[Concatenate[Unit, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
    async def run(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Carry out a command in one transaction. `claim` is the update it answers: AlreadyApplied when it was
        carried out before. Raises what fn raises (nothing is written then); LostRace after 20 lost races."""
        claim: int | None = kwargs.pop("claim", None)
        work = partial(self._write, bound(fn, args, kwargs), claim)
        return await asyncio.get_running_loop().run_in_executor(self._writers, work)

    @overload
    def run_now(
        self, fn: Callable[Concatenate[Unit, ...], T], /, *args: Any, claim: int | None, **kwargs: Any
    ) -> T: ...
    @overload
    def run_now(self, fn: Callable[Concatenate[Unit, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
    def run_now(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """`run` for code without an event loop; never from inside a command."""
        claim: int | None = kwargs.pop("claim", None)
        return self._writers.submit(self._write, bound(fn, args, kwargs), claim).result()

    async def read(self, fn: Callable[Concatenate[Unit, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Look at one consistent state; writing raises."""
        work = bound(fn, args, kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._look, work)

    async def glance(self, fn: Callable[Concatenate[Unit, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for a handful of rows by key, before everything else happens to an update.

        On a file this is done here and now: handing it to another thread takes longer than reading it, and a reader
        of a WAL never waits for the writer.
        """
        if self._memory or self._glass.dialect.name == "postgresql":
            return await self.read(fn, *args, **kwargs)
        return self._look(bound(fn, args, kwargs))

    def read_now(self, fn: Callable[Concatenate[Unit, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for code without an event loop; never from inside a command."""
        return self._readers.submit(self._look, bound(fn, args, kwargs)).result()

    def close(self) -> None:
        """Finish what is queued, then let go of the database."""
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._pen.dispose()
        self._glass.dispose()

    def _write(self, work: Callable[[Unit], T], claim: int | None) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(work, claim)
            except (LostRace, DBAPIError) as error:
                if attempt == ATTEMPTS or not lost(error):
                    raise
                self._pause(attempt)
        raise AssertionError("unreachable")

    def _once(self, work: Callable[[Unit], T], claim: int | None) -> T:
        with self._pen.connect() as connection:
            unit = Unit(connection, self._now(), self._shelf)
            if claim is not None:
                unit.inbox.apply(claim)
            result = work(unit)
            connection.commit()
            return result

    def _look(self, work: Callable[[Unit], T]) -> T:
        with self._glass.connect() as connection, read_only(connection, self._memory):
            return work(Unit(connection, self._now(), self._shelf))
