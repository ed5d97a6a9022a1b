"""Sizes in chat and on the scan page."""

import json

import pytest

from domain.errors import BadValue
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Role, Station
from domain.records import NoticeKind
from handlers.floor.scan_page import Job, carry_out
from handlers.typed.codes import Sized, read_sized
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
SIZE = (300, 200, 150)


@pytest.mark.parametrize(
    ("text", "sized"),
    [
        ("SF1234567 1.25kg 30x20x15", Sized("30x20x15", "SF1234567", 1250, SIZE)),
        ("SF1234567 30 x 20 x 15 cm 1.25 kg", Sized("30 x 20 x 15 cm", "SF1234567", 1250, SIZE)),
        ("30x20x15 1.25kg", Sized("30x20x15", "", 1250, SIZE)),
        ("30*20*15", Sized("30*20*15", "", None, SIZE)),
        ("SF1234567 30x20", Sized("30x20", "SF1234567", None, None)),
        ("SF1234567 SF1234568 30x20x15", Sized("SF1234567 SF1234568 30x20x15", "", None, None)),
        ("box of 30x20x15 please", None),
        ("SF1234567 1.25kg", None),
        ("0x12345678", None),
        ("BOX-30x20x15", None),
    ],
)
def test_what_is_read(text: str, sized: Sized | None) -> None:
    assert read_sized(text) == sized


def packed(floor: Floor) -> Parcel:
    floor.orders()
    box = floor.wave()[1][0]
    for role, station in ((Role.PICKER, Station.PICK), (Role.PACKER, Station.PACK)):
        job = Job(f"job-{station}", "scan", box.waybill, station)
        floor.do(carry_out, floor.cast.people[role].telegram_id, job, "en")
    return floor.parcel(box.id)


async def test_weight_and_size_in_chat(floor: Floor) -> None:
    box, boris = packed(floor), floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, f"{box.waybill} 0.7kg 30 x 20 x 15 cm")
    now = floor.parcel(box.id)
    assert (now.state, now.weight_g, now.size) == (ParcelState.WEIGHED, 700, SIZE)
    assert f"📐 {box.waybill}: 30×20×15 cm, freight " in floor.card(boris, NoticeKind.SCAN, boris.id).text
    order = floor.card(floor.cast.people[Role.CS_LEAD], NoticeKind.ORDER, box.order_ids[0]).text
    assert " · 30×20×15 cm · freight " in order


async def test_a_bad_size_says_what_is_wanted_and_changes_nothing(floor: Floor) -> None:
    box, boris = packed(floor), floor.cast.people[Role.DISPATCHER]
    for text in (f"{box.waybill} 0.7kg 30x20", f"/weigh {box.waybill} 30x20 0.7kg"):
        assert await floor.writes(boris, text) == [
            "«30x20» is not valid for size. "
            "Expected: one parcel and its three sides, like 30x20x15 (cm) or 300x200x150mm, none over 3 m."
        ]
    assert floor.parcel(box.id) == box


async def test_on_the_page_the_size_then_the_weight(floor: Floor) -> None:
    box, boris = packed(floor), floor.cast.people[Role.DISPATCHER]

    def scans(number: int, text: str) -> tuple[str, str]:
        job = Job(f"size-{number:04d}", "scan", text, Station.WEIGH)
        (result,) = json.loads(floor.do(carry_out, boris.telegram_id, job, "en"))["results"]
        return result["verdict"], result["text"]

    assert scans(1, f"{box.waybill} 30x20x15")[0] == "ask"
    assert scans(2, "700") == ("ok", "700 g · 30×20×15 cm")
    with pytest.raises(BadValue):
        scans(3, f"{box.waybill} 30x20")
    assert floor.parcel(box.id).size == SIZE
