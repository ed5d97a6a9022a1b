"""Fixtures of the chat tests."""

from collections.abc import Iterator

import pytest

from tests.handlers.floor_chat import Floor, open_floor


@pytest.fixture
def floor(sqlite_url: str) -> Iterator[Floor]:
    """A company whose floor speaks English."""
    made = open_floor(sqlite_url)
    yield made
    made.store.close()
