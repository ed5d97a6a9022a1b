"""The stores of the contract: every test that takes `each` runs on a SQLite file, in memory and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from storage.store import Store
from tests import factory
from tests.factory import NOW, Cast
from tests.filled import filled


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> datetime:
        """Later by so much."""
        self.time += timedelta(seconds=seconds)
        return self.time


@dataclass(frozen=True, slots=True)
class Each:
    """A seeded store on one of the databases."""

    store: Store
    cast: Cast
    clock: Clock
    url: str


SHARED = pytest.mark.parametrize("each_url", ["sqlite", "postgres"], indirect=True)
"""For a test that needs a database two stores can open."""


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def each_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind."""
    if request.param == "memory":
        return "sqlite:///:memory:"
    url: str = request.getfixturevalue("pg_url" if request.param == "postgres" else "sqlite_url")
    return url


@pytest.fixture
def each(each_url: str) -> Iterator[Each]:
    """A seeded store of each kind; races are retried without waiting."""
    clock = Clock()
    store = Store(each_url, now=clock, pause=lambda _attempt: None)
    try:
        yield Each(store, filled(store, factory.seed), clock, each_url)
    finally:
        store.close()
