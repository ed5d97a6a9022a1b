"""Engines: how a connection to SQLite or PostgreSQL is set up before anybody uses it.

Surprising: on SQLite the driver's own transaction handling is switched off; every transaction says BEGIN IMMEDIATE
(writers, who then queue instead of failing half-way) or BEGIN (readers, who may not write at all).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

BUSY_MS = 10_000
_COUNTED = {"preserve_rowcount": True}


def in_memory(url: URL) -> bool:
    """Whether the database lives in one connection only."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def sqlite_engine(url: URL, *, readers: int = 0) -> Engine:
    """The one writer's engine, or with `readers` that many reading connections."""
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory(url) else {"pool_size": readers or 1}
    engine = create_engine(url, connect_args={"check_same_thread": False}, execution_options=_COUNTED, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")
        if readers:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readers else "BEGIN IMMEDIATE")

    return engine


def postgres_engine(url: URL, connections: int) -> Engine:
    """A pool of as many connections as there are threads."""
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        execution_options=_COUNTED,
    )


@contextmanager
def read_only(connection: Connection, in_memory: bool) -> Iterator[None]:
    """One consistent state to look at, and no writing. SQLite's readers were made so that they cannot; in memory
    the writer's own connection is told for as long as the block lasts."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if in_memory:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    try:
        yield
    finally:
        if in_memory:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
