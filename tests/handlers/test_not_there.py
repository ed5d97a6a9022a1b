"""Goods that are not there, told in chat."""

from collections.abc import Iterator

import pytest

from domain.people import Role
from domain.stock import Bucket, Document, Move, relocate
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


async def test_what_was_moved_since_the_list_is_told(desk: DeskChat) -> None:
    desk.orders()
    _, (box,) = desk.wave()
    gone = Move(box.warehouse_id or 0, "CUP-01", Bucket.GOOD, 100, Document.MOVE, 1)
    desk.do(lambda unit: unit.stock.apply(relocate(gone, "Z-9"), "anna"))
    [said] = await desk.writes(desk.cast.people[Role.PICKER], f"/notthere {box.waybill}")
    assert said == (
        "CUP-01 was moved since the list was printed and lies in Z-9 now. Take it from there; nothing is held."
    )
