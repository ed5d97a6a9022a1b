"""Fixtures for chat tests that run in both languages: import the two, and `language` and `desk` are these."""

from collections.abc import Iterator

import pytest

from tests.handlers.desk_chat import DeskChat, open_desk


@pytest.fixture(params=["en", "zh"], name="language")
def each_language(request: pytest.FixtureRequest) -> str:
    """Both languages, one after the other."""
    return str(request.param)


@pytest.fixture(name="desk")
def desk_speaking_it(language: str, sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks it."""
    made = open_desk(sqlite_url, language)
    yield made
    made.store.close()
