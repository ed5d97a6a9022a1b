"""A paper that is out of date, printed anew from the scan page: counted once, and sent to the person's own chat."""

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import NotAllowed, Unknown
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Role, Station
from domain.records import NoticeKind
from domain.review import review
from domain.stops import interception
from handlers.draw import draw
from handlers.floor.scan_page import Job, read_job
from tests.factory import incoming, incoming_line
from tests.handlers.floor.test_printing import text_of
from tests.handlers.floor.test_scan_page import Page
from tests.handlers.floor_chat import GROUP, Floor

pytestmark = pytest.mark.anyio
LINES = (incoming_line(), incoming_line("TEA-01", 1, amount=5900))


async def old_slip(floor: Floor) -> Parcel:
    """One of two lines was refunded and put back: the slip that was printed before lists it still."""
    [order] = floor.orders(incoming("1001", lines=LINES, goods=13700, total=13700, paid=13700))
    wave, [box] = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    await floor.taps(picker, "🖨 Slips 1")
    floor.do(interception.typed, floor.cast.actor(Role.CS), order.id, "no tea", {2: 1})
    await floor.writes(picker, f"/putback {box.waybill}")
    return floor.parcel(box.id)


def copies(floor: Floor, box: Parcel) -> list[tuple[str, int, str]]:
    made = floor.look(lambda desk: desk.prints.of_parcels([box.id]))[box.id]
    return [(copy.paper, copy.number, copy.by) for copy in made]


def told(floor: Floor, page: Page) -> list[tuple[int, dict[str, str]]]:
    """What waits for the person's chat of what they printed."""
    waiting = floor.look(lambda desk: desk.outbox.waiting(page.person.chat_id))
    return [(one.subject_id, dict(one.data)) for one in waiting if one.kind is NoticeKind.PRINTED]


async def test_warned_of_at_the_pick_it_is_printed_and_counted_once(floor: Floor) -> None:
    box, page = await old_slip(floor), Page(floor, Role.PICKER)
    warned = page.scans(box.waybill, Station.PICK)
    assert (warned["verdict"], warned["print"]) == ("ok", box.id)
    assert warned["notes"] == ["⚠️ its packing slip is out of date: tear it up and print the new one"]
    (done,) = page.does("print", box.waybill, Station.PICK, parcel=box.id, id="print-it")["results"]
    assert done == {
        "verdict": "paper",
        "code": box.waybill,
        "station": "",
        "head": "Sent to your chat",
        "text": "Tear the old one up.",
    }
    page.does("print", box.waybill, Station.PICK, parcel=box.id, id="print-it")
    assert copies(floor, box) == [("slip", 1, page.person.name), ("slip", 2, page.person.name)]
    assert told(floor, page) == [(box.id, {"slip": "2"})]
    (again,) = page.does("print", box.waybill, Station.PICK, parcel=box.id)["results"]
    assert (again["verdict"], again["text"]) == (
        "again",
        "Its papers are up to date: somebody reprinted them just now.",
    )
    assert (len(copies(floor, box)), len(told(floor, page))) == (2, 1)


async def test_refused_for_at_packing_it_is_printed_and_goes_on(floor: Floor) -> None:
    box = await old_slip(floor)
    Page(floor, Role.PICKER).scans(box.waybill, Station.PICK)
    page = Page(floor, Role.PACKER)
    refused = page.scans(box.waybill, Station.PACK)
    assert (refused["verdict"], refused["print"]) == ("stop", box.id)
    page.does("print", box.waybill, Station.PACK, parcel=box.id)
    assert page.scans(box.waybill, Station.PACK)["verdict"] == "ok"
    assert floor.parcel(box.id).state is ParcelState.PACKED


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "🖨 {}: the packing slip, copy 2. Tear the old one up."),
        ("zh", "🖨 {}：发货单，第 2 份。请把旧的撕掉。"),
    ],
)
async def test_the_file_comes_to_the_persons_own_chat_alone(floor: Floor, language: str, text: str) -> None:
    box, page = await old_slip(floor), Page(floor, Role.PICKER)
    page.does("print", box.waybill, Station.PICK, parcel=box.id)
    floor.speaks(Role.PICKER, language)
    ((_, data),) = told(floor, page)
    card = drawn(floor, page.person.chat_id, box, data)
    assert (card.text, card.rows) == (text.format(box.waybill), ())
    (file,) = [make() for make in card.files]
    assert file.name == "P000001-slips.pdf"
    assert ("TEA-01" in text_of(file.data), "CUP-01" in text_of(file.data)) == (False, True)
    await floor.writes(page.person, "/start", group=True)
    group = floor.look(lambda desk: desk.people.chat_by_telegram(GROUP))
    assert drawn(floor, group.id, box, data) is None


def drawn(floor: Floor, chat_id: int, box: Parcel, data: dict[str, str]) -> Any:
    chat = floor.look(lambda desk: desk.people.chat(chat_id))
    return floor.look(lambda desk: draw(desk, NoticeKind.PRINTED, box.id, chat, data))


async def test_what_was_stopped_before_the_file_was_made_is_not_printed(floor: Floor) -> None:
    box, page = await old_slip(floor), Page(floor, Role.PICKER)
    page.does("print", box.waybill, Station.PICK, parcel=box.id)
    order = floor.look(lambda desk: desk.orders.get(box.order_ids[0]))
    floor.do(review.hold, floor.cast.actor(Role.CS), order.id, order.revision, "wait")
    ((_, data),) = told(floor, page)
    card = drawn(floor, page.person.chat_id, box, data)
    assert (card.files, card.text) == (
        (),
        f"{box.waybill} is not to be printed: it is in no wave, it must not leave, or it has left.",
    )
    with pytest.raises(Unknown) as refusal:
        page.does("print", box.waybill, parcel=page.floor.parcel(box.id).id + 77)
    assert refusal.value.kind == "parcel"


async def test_only_who_may_print_is_offered_it_and_may(floor: Floor) -> None:
    box = await old_slip(floor)
    changed(floor, Role.PICKER, roles=frozenset({Role.RECEIVER}))
    page = Page(floor, Role.PICKER)
    before = (copies(floor, box), told(floor, page))
    with pytest.raises(NotAllowed):
        page.does("print", box.waybill, parcel=box.id)
    assert (copies(floor, box), told(floor, page)) == before
    changed(floor, Role.PACKER, warehouses=frozenset({2}))
    packer = Page(floor, Role.PACKER)
    with pytest.raises(NotAllowed):
        packer.does("print", box.waybill, parcel=box.id)
    assert packer.scans(box.waybill, Station.PACK)["print"] == 0
    assert copies(floor, box) == before[0]


def changed(floor: Floor, role: Role, **changes: Any) -> None:
    """The person of the role, changed."""
    found = floor.look(lambda desk: desk.people.get(floor.cast.people[role].id))
    floor.do(lambda unit: unit.people.save(replace(found, **changes)))


def test_the_job_as_the_page_sends_it() -> None:
    raw = {"id": "12345678", "do": "print", "text": "YT1", "station": "pack", "parcel": 4, "place": None, "at": 1}
    assert read_job(raw) == Job("12345678", "print", "YT1", Station.PACK, parcel=4)
