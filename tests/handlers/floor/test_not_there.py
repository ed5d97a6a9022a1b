"""Goods that are not there, told in chat."""

import pytest

from domain.floor import release
from domain.people.people import Role
from domain.records import NoticeKind
from domain.stock.stock import Bucket, Document, Move, relocate
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


async def test_what_to_send_and_what_is_unknown(desk: DeskChat) -> None:
    he = desk.cast.people[Role.PICKER]
    [said] = await desk.writes(he, "/notthere")
    assert said.startswith("Send /notthere, the parcel's label")
    [said] = await desk.writes(he, "/notthere P000099 CUP-01")
    assert "P000099" in said


async def test_the_parcel_waits_with_its_picker_and_the_bin_is_named(desk: DeskChat) -> None:
    he = desk.cast.people[Role.PICKER]
    desk.orders()
    wave, (box,) = desk.wave()
    desk.do(release.take_wave, he.acting(), wave.id, wave.revision)
    hint = "Goods are not in their bin? Send /notthere and the slip's waybill."
    assert desk.card(he, NoticeKind.WAVE, wave.id).text.split("\n")[-1] == hint
    said = await desk.writes(he, f"/notthere {box.waybill} LAMP-01")
    assert said == ["«LAMP-01» is not valid for product. Expected: a product that is in this parcel."]
    said = await desk.writes(he, f"/notthere {box.waybill}")
    assert said[0] == (
        f"✋ {box.waybill} must wait for the stock-take C00001 of A-01. Put what you have of it and its sheet on "
        f"the stop shelf: scan {box.waybill}, then STOP001. Then go on with the next one."
    )
    assert said[1].split("\n")[0] == "🔢 Stock-take C00001 · being scanned"
    (stop,) = desk.look(lambda unit: unit.stops.of_parcels([box.id]))[box.id]
    card = desk.card(he, NoticeKind.STOP, stop.id).text.split("\n")
    assert card[0] == f"✋ <b>STOP {box.waybill}</b> · goods not in their bin · 王强 Wang Qiang is on it"
    assert "• <b>held by hand</b>: not there, the bin is counted · CUP-01 · A-01 · C00001 (王强 Wang Qiang)" in card
    wave_card = desk.card(he, NoticeKind.WAVE, wave.id).text.split("\n")
    assert f"✋ Held: slot 1, {box.waybill}. Put it aside." in wave_card
    [room] = await desk.writes(he, "/stockroom")
    assert room.split("\n")[1] == "🔢 Stock-take C00001 · 杭州仓 · being scanned"


async def test_what_was_moved_since_the_list_is_told(desk: DeskChat) -> None:
    desk.orders()
    _, (box,) = desk.wave()
    gone = Move(box.warehouse_id or 0, "CUP-01", Bucket.GOOD, 100, Document.MOVE, 1)
    desk.do(lambda unit: unit.stock.apply(relocate(gone, "Z-9"), "anna"))
    [said] = await desk.writes(desk.cast.people[Role.PICKER], f"/notthere {box.waybill}")
    assert said == (
        "CUP-01 was moved since the list was printed and lies in Z-9 now. Take it from there; nothing is held."
    )
