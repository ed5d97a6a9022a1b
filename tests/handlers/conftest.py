"""Fixtures of the chat tests."""

from collections.abc import Iterator

import pytest

from handlers import middleware
from tests.handlers.desk_chat import DeskChat, open_desk
from tests.handlers.floor_chat import Floor, open_floor


@pytest.fixture
def floor(sqlite_url: str) -> Iterator[Floor]:
    """A company whose floor speaks English."""
    made = open_floor(sqlite_url)
    yield made
    made.store.close()


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    """A company whose desk speaks English."""
    made = open_desk(sqlite_url)
    yield made
    made.store.close()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine does not change what people are told."""
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 60.0)
