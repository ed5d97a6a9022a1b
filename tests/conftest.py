"""Fixtures everybody may use: `store` (a fresh SQLite file), `pg` (a fresh store on real PostgreSQL)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store


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
