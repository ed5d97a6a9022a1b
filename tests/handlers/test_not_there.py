"""Goods that are not there, told in chat."""

from collections.abc import Iterator

import pytest

from domain.people import Role
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    made = open_desk(sqlite_url)
    yield made
    made.store.close()


async def test_what_to_send_and_what_is_unknown(desk: DeskChat) -> None:
    he = desk.cast.people[Role.PICKER]
    [said] = await desk.writes(he, "/notthere")
    assert said.startswith("Send /notthere, the parcel's label")
    [said] = await desk.writes(he, "/notthere P000099 CUP-01")
    assert "P000099" in said
