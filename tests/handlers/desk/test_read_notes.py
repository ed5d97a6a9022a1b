"""Notes that must be read first, on the scan page: the button does the scan they held up, once."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Role, Station
from handlers.floor.scan_page import BadJob, Job, read_job
from tests.handlers.floor.test_scan_page import Page, one_parcel
from tests.handlers.floor_chat import Floor

NOTE = "不要发票, call 13812345678"


def noted(floor: Floor) -> Parcel:
    """A picked parcel with a note that must be read."""
    box = one_parcel(floor)
    order = floor.look(lambda desk: desk.orders.get(box.order_ids[0]))
    floor.do(lambda desk: desk.orders.save([replace(order, seller_note=NOTE, buyer_message="请放贺卡")]))
    assert Page(floor, Role.PICKER).scans(box.waybill, Station.PICK)["verdict"] == "ok"
    return box


def test_the_page_is_given_the_notes_and_a_button(floor: Floor) -> None:
    box, page = noted(floor), Page(floor, Role.PACKER)
    told = page.scans(box.waybill, Station.PACK)
    assert (told["verdict"], told["head"], told["text"], told["parcel"], told["undo"], told["weighs"]) == (
        "note",
        "Read this first",
        "",
        box.id,
        False,
        False,
    )
    assert told["notes"] == ["请放贺卡", "不要发票, call *******5678"]
    assert floor.parcel(box.id).state is ParcelState.PICKED


def test_read_packs_and_is_done_once(floor: Floor) -> None:
    box, page = noted(floor), Page(floor, Role.PACKER)
    job = Job("job-read1", "read", box.waybill, Station.PACK, parcel=box.id)
    told = page.sends(job)
    assert [result["verdict"] for result in told["results"]] == ["ok"]
    assert floor.parcel(box.id).state is ParcelState.PACKED
    assert page.sends(job) == told
    read = [
        event for event in floor.look(lambda desk: desk.history("parcel", box.id, 50)) if event.verb == "notes_read"
    ]
    assert [(event.actor, event.data["notes"]) for event in read] == [(page.person.name, f"请放贺卡\n{NOTE}")]


def test_who_may_not_check_has_read_nothing(floor: Floor) -> None:
    box, picker = noted(floor), Page(floor, Role.PICKER)
    foreign = picker.scans(box.waybill, Station.PACK, id="job-foreign")
    assert (foreign["verdict"], foreign["head"], foreign["notes"]) == ("refused", "Not yours to do", [])
    with pytest.raises(NotAllowed):
        picker.does("read", box.waybill, Station.PACK, parcel=box.id, id="job-reading")
    assert Page(floor, Role.PACKER).scans(box.waybill, Station.PACK)["verdict"] == "note"
    assert floor.parcel(box.id).state is ParcelState.PICKED


@pytest.mark.parametrize("parcel", ["1", -1, None, 2**63])
def test_a_parcel_is_a_number(parcel: object) -> None:
    raw = {"id": "12345678", "do": "read", "text": "SF1"}
    assert read_job({**raw, "parcel": 7}) == Job("12345678", "read", "SF1", parcel=7)
    with pytest.raises(BadJob):
        read_job({**raw, "parcel": parcel})
