"""The scan page's jobs on the server: once per id, refusals as answers, the chat told what it needs."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiogram import Dispatcher

from bot.markup import inline as ptb_inline
from domain.errors import NotAllowed, ScanStays
from domain.floor import checking
from domain.floor.floor import Outcome
from domain.floor.parcels import Parcel, ParcelState, StopState
from domain.orders.orders import Order
from domain.people.people import Person, Role, Station
from domain.people.staff import suspend
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.floor.scan_page import BadJob, Job, carry_out, notes, opened, read_job, refused
from handlers.markup import inline
from handlers.routers import routers
from handlers.services import Services
from handlers.words import Words
from storage.unit import Unit
from tests.factory import hire, incoming
from tests.handlers.floor_chat import Doors, Floor

pytestmark = pytest.mark.anyio
ADDRESS = "https://shop.example/scan/"


class Page:
    """One person's page against the floor's store."""

    def __init__(self, floor: Floor, role: Role, language: str = "en") -> None:
        self.floor = floor
        self.person: Person = floor.cast.people[role]
        self.language = language
        self.jobs = 0

    def does(self, do: str, text: str = "", station: Station | None = None, **more: Any) -> dict[str, Any]:
        self.jobs += 1
        return self.sends(Job(more.pop("id", f"job-{self.jobs:05d}"), do, text, station, **more))

    def sends(self, job: Job) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.floor.do(carry_out, self.person.telegram_id, job, self.language))
        return answer

    def scans(self, text: str, station: Station | None = None, **more: Any) -> dict[str, Any]:
        """The only result of one scan."""
        (result,) = self.does("scan", text, station, **more)["results"]
        found: dict[str, Any] = result
        return found


def one_parcel(floor: Floor) -> Parcel:
    floor.orders()
    return floor.wave()[1][0]


def test_what_a_page_is_told_when_it_opens(floor: Floor) -> None:
    boris = floor.cast.people[Role.DISPATCHER]
    told = floor.do(opened, boris.telegram_id, "")
    assert [station["id"] for station in told["stations"]] == ["", "weigh", "hand_over", "put_back"]
    assert (told["name"], told["language"], told["count"], told["undo_seconds"]) == (boris.name, "en", 0, 60)
    assert [place["name"] for place in told["places"]] == [place.name for place in floor.cast.warehouses]
    assert told["words"]["stop_seen"] == "I have put it aside"
    assert floor.do(opened, boris.telegram_id, "zh")["words"]["kept_out"] == "没网！还没交接"
    assert floor.do(opened, boris.telegram_id, "xx")["language"] == "en"


def test_who_never_scans_and_who_was_suspended_gets_no_page(floor: Floor) -> None:
    with pytest.raises(NotAllowed):
        floor.do(opened, floor.cast.people[Role.FINANCE].telegram_id, "")
    with pytest.raises(NotAllowed):
        floor.do(opened, 999_999, "")
    box, page = one_parcel(floor), Page(floor, Role.PICKER)
    floor.do(suspend, floor.cast.actor(Role.OWNER), page.person.id, active=False)
    with pytest.raises(NotAllowed):
        page.scans(box.waybill)
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


def test_a_right_scan_says_so_and_counts(floor: Floor) -> None:
    floor.orders(incoming("1001"), incoming("1002"))
    _, boxes = floor.wave()
    answer = Page(floor, Role.PICKER).does("scan", boxes[0].waybill.lower(), Station.PICK)
    assert answer == {
        "id": "job-00001",
        "count": 1,
        "results": [
            {
                "verdict": "ok",
                "code": boxes[0].waybill,
                "station": "pick",
                "head": "picked",
                "text": "",
                "wave": "Wave W0001: picked 1 of 2",
                "stop": None,
                "at": "10:01",
                "weighs": False,
                "undo": True,
                "print": 0,
                "notes": [],
            }
        ],
    }


def test_the_same_job_twice_hears_the_first_answer(floor: Floor) -> None:
    box, page = one_parcel(floor), Page(floor, Role.PICKER)
    first = page.does("scan", box.waybill, Station.PICK, id="the-same")
    floor.clock.forward(30)
    history = floor.look(lambda desk: desk.history("parcel", box.id))
    assert page.does("scan", box.waybill, Station.PICK, id="the-same") == first
    assert floor.look(lambda desk: desk.history("parcel", box.id)) == history
    again = page.scans(box.waybill, Station.PICK)
    assert (again["verdict"], again["head"]) == ("again", "Already done")
    assert again["text"] == f"{box.waybill}: already picked at 10:01 by {page.person.name}."


def test_a_job_id_is_a_persons_own(floor: Floor) -> None:
    box = one_parcel(floor)
    assert Page(floor, Role.PICKER).scans(box.waybill, id="the-same")["verdict"] == "ok"
    assert Page(floor, Role.PACKER).scans(box.waybill, id="the-same")["head"] == "packed"
    assert floor.parcel(box.id).state is ParcelState.PACKED


def test_a_stop_that_came_while_the_scan_waited_refuses_it(floor: Floor) -> None:
    (order,) = floor.orders()
    box = floor.wave()[1][0]
    for role in (Role.PICKER, Role.PACKER):
        Page(floor, role).scans(box.waybill)
    gate = Page(floor, Role.DISPATCHER)
    assert gate.scans(f"{box.waybill} 700", Station.WEIGH)["text"] == "700 g"
    stop = floor.refund(order)
    result = gate.scans(box.waybill, Station.HAND_OVER)
    assert (result["verdict"], result["head"], result["stop"]) == ("stop", "STOP", stop.id)
    assert result["text"].startswith(f"⛔ STOP {box.waybill}")
    assert "<" not in result["text"]
    assert floor.parcel(box.id).state is ParcelState.WEIGHED
    assert gate.does("seen", stop=stop.id)["results"] == []
    seen = floor.look(lambda desk: desk.stops.get(stop.id))
    assert (seen.state, seen.acked_by) == (StopState.ACKED, gate.person.name)
    assert gate.does("seen", stop=stop.id)["results"] == []
    assert floor.look(lambda desk: desk.stops.get(stop.id)) == seen


def test_the_packer_sees_what_buyer_and_seller_wrote(floor: Floor) -> None:
    box = one_parcel(floor)
    order = floor.look(lambda desk: desk.orders.get(box.order_ids[0]))
    wish = "Gift wrap, please <b>& call 13812345678</b>"
    floor.do(lambda desk: desk.orders.save([replace(order, buyer_message=f" {wish} ", seller_note="发顺丰盒")]))
    assert Page(floor, Role.PICKER).scans(box.waybill, Station.PICK)["notes"] == []
    page = Page(floor, Role.PACKER)
    told = ["💬 Buyer: Gift wrap, please <b>& call *******5678</b>", "📝 Seller: 发顺丰盒"]
    first = page.scans(box.waybill, Station.PACK)
    assert (first["verdict"], first["notes"]) == ("ok", told)
    page.language = "zh"
    again = page.scans(box.waybill, Station.PACK)
    assert (again["verdict"], [line.split(":")[0] for line in again["notes"]]) == ("again", ["💬 买家", "📝 卖家备注"])
    foreign = Page(floor, Role.DISPATCHER).scans(box.waybill, Station.PACK)
    assert (foreign["verdict"], foreign["notes"]) == ("refused", [])


def _now(desk: Unit, orders: Sequence[Order]) -> list[Order]:
    return list(desk.orders.many([order.id for order in orders]).values())


def test_notes_name_their_orders_and_have_an_end(floor: Floor) -> None:
    orders = floor.orders(*(incoming(str(1001 + n)) for n in range(7)))
    boxes = floor.wave()[1]
    floor.do(lambda desk: desk.orders.save([replace(o, buyer_message=f"note {o.number}") for o in _now(desk, orders)]))
    whole = replace(boxes[0], items=tuple(one.items[0] for one in boxes))
    found = floor.look(lambda desk: checking.remarks(desk, whole))
    assert [(one.order_number, one.buyers, one.text) for one in found] == [
        (str(1001 + n), True, f"note {1001 + n}") for n in range(7)
    ]
    packer = floor.cast.people[Role.PACKER].acting()
    outcome = Outcome(whole.waybill, Station.PACK, whole)
    told = floor.look(lambda desk: notes(desk, packer, outcome, Words("en", "Asia/Shanghai")))
    assert told[0] == "💬 Buyer (1001): note 1001"
    assert told[6:] == ["… and 1 more"]


def test_a_weight_is_asked_for_and_given_with_its_code(floor: Floor) -> None:
    box = one_parcel(floor)
    for role in (Role.PICKER, Role.PACKER):
        Page(floor, role).scans(box.waybill)
    scales = Page(floor, Role.DISPATCHER)
    assert scales.scans(box.waybill, Station.WEIGH)["verdict"] == "ask"
    far_off = scales.scans(f"{box.waybill} 1.9kg", Station.WEIGH)
    assert (far_off["verdict"], far_off["station"]) == ("refused", "weigh")
    assert floor.parcel(box.id).state is ParcelState.PACKED
    assert scales.scans(f"{box.waybill} 0.7kg", Station.WEIGH)["verdict"] == "ok"
    assert floor.parcel(box.id).weight_g == 700


def test_undo_on_the_page(floor: Floor) -> None:
    box, page = one_parcel(floor), Page(floor, Role.PICKER)
    page.scans(box.waybill)
    answer = page.does("undo", box.waybill)
    assert [(r["verdict"], r["head"]) for r in answer["results"]] == [("scan_undone", "Taken back")]
    assert answer["count"] == 0
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE
    job = Job("job-late", "undo", box.waybill)
    with pytest.raises(ScanStays) as refusal:
        page.sends(job)
    told = json.loads(refused(job, refusal.value, Words("en", "UTC")))
    assert told["count"] is None
    assert told["results"][0]["text"] == "There is no scan of yours to take back."


@pytest.mark.parametrize(
    ("text", "verdict"), [("SF00000000", "unknown"), ("你好", "unknown"), ("6900000000014", "look")]
)
def test_what_is_no_parcel_of_ours_changes_nothing(floor: Floor, text: str, verdict: str) -> None:
    box, page = one_parcel(floor), Page(floor, Role.PICKER)
    assert page.scans(text)["verdict"] == verdict
    assert floor.parcel(box.id) == box


def test_another_warehouses_parcel_is_refused(floor: Floor) -> None:
    box = one_parcel(floor)
    place = frozenset({floor.cast.warehouses[1].id})
    page = Page(floor, Role.PICKER)
    page.person = floor.do(hire, 3000, "小武", Role.PICKER, warehouses=place, language="en")
    result = page.scans(box.waybill, Station.PICK)
    assert (result["verdict"], result["text"]) == ("refused", "This warehouse is not yours to work in.")
    assert floor.parcel(box.id) == box


def test_a_return_waits_for_its_place_and_its_card_comes_to_the_chat(floor: Floor) -> None:
    page = Page(floor, Role.RECEIVER)
    assert page.scans("YT12345678", Station.RECEIVE, id="same-job")["verdict"] == "place"
    place = floor.cast.warehouses[1].id
    assert page.scans("YT12345678", Station.RECEIVE, id="same-job", place=place)["head"] == "return received"
    found = floor.look(lambda desk: desk.returns.by_waybill("YT12345678"))
    assert found.warehouse_id == place
    assert (found.id, False) in floor.notices(page.person, NoticeKind.RETURN)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"id": "short", "do": "scan"},
        {"id": "x" * 65, "do": "scan"},
        {"id": "12345678", "do": "drop"},
        {"id": "12345678", "do": "scan", "text": 5},
        {"id": "12345678", "do": "scan", "text": "x" * 401},
        {"id": "12345678", "do": "scan", "station": "roof"},
        {"id": "12345678", "do": "scan", "station": []},
        {"id": "12345678", "do": "scan", "place": "1"},
        {"id": "12345678", "do": "seen", "stop": None},
        {"id": "12345678", "do": "seen", "stop": 2**63},
        {"id": "12345678", "do": "scan", "text": "\ud800"},
        {"id": "12345678", "do": "scan", "age": "5"},
        {"id": "12345678", "do": "scan", "age": True},
        {"id": "12345678", "do": "scan", "age": 2**53},
    ],
)
def test_what_is_no_job_is_refused(raw: object) -> None:
    with pytest.raises(BadJob):
        read_job(raw)


def test_a_job_is_read() -> None:
    raw = {"id": "12345678", "do": "scan", "text": "SF1", "station": "hand_over", "place": None, "age": 1500}
    assert read_job(raw) == Job("12345678", "scan", "SF1", Station.HAND_OVER, age_ms=1500)


@pytest.mark.parametrize(("age_ms", "seconds"), [(0, 0), (90_000, 90), (-5000, 0), (10**12, 12 * 3600)])
async def test_a_job_was_done_when_the_phone_says_and_within_its_hours(floor: Floor, age_ms: int, seconds: int) -> None:
    box, page = one_parcel(floor), Page(floor, Role.PICKER)
    page.scans(box.waybill, age_ms=age_ms)
    (event,) = floor.look(lambda desk: desk.history("shift", page.person.id))
    assert (floor.clock.at - event.at).total_seconds() == seconds


async def test_taken_back_offline_within_its_time(floor: Floor) -> None:
    """Scanned and taken back five minutes ago, twenty seconds apart; the net came later."""
    box, page = one_parcel(floor), Page(floor, Role.PICKER)
    page.scans(box.waybill, age_ms=300_000)
    with pytest.raises(ScanStays):
        page.does("undo", box.waybill)
    answer = page.does("undo", box.waybill, age_ms=280_000)
    assert [r["verdict"] for r in answer["results"]] == ["scan_undone"]
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


async def test_the_button_stands_in_the_own_chat_where_there_is_a_page(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    said = await floor.writes(picker, "/scan")
    assert said == ["There is no scan page yet: whoever runs me must set XIAOER_PUBLIC_URL. Scan here in the chat."]
    assert await floor.writes(floor.cast.people[Role.CS], "/scan") == [
        "Your role does not allow this (put stopped parcels back)."
    ]


async def test_the_last_scan_is_taken_back_in_chat(floor: Floor) -> None:
    box, picker = one_parcel(floor), floor.cast.people[Role.PICKER]
    await floor.writes(picker, box.waybill)
    await floor.taps(picker, f"↶ Take back {box.waybill}")
    assert floor.toasts == [f"{box.waybill}: taken back"]
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE
    card = floor.card(picker, NoticeKind.SCAN, picker.id)
    assert f"↶ 10:01 <code>{box.waybill}</code> picked: taken back" in card.text
    assert card.rows == () or "Take back" not in card.rows[0][0].label
    said = await floor.writes(picker, "/undo")
    assert said == ["There is no scan of yours to take back."]
    await floor.writes(picker, box.waybill)
    said = await floor.writes(picker, f"/undo {box.waybill}")
    assert [text.split("\n")[0] for text in said] == ["📷 Scan · 王强 Wang Qiang · 0 this hour"]
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


async def test_many_codes_in_one_message_make_one_card_and_speak_of_the_exception_only(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    floor.orders(incoming("1001"), incoming("1002"), incoming("1003"))
    _, boxes = floor.wave()
    await floor.writes(picker, "/pick")
    said = await floor.writes(picker, "\n".join([boxes[0].waybill, "SF00000000", boxes[1].waybill, boxes[0].waybill]))
    assert said == [
        "SF00000000 is not a waybill of ours.\n"
        "Nothing was changed. Read the label again; a parcel that came back belongs to /receive."
    ]
    assert [floor.parcel(box.id).state for box in boxes] == ["picked", "picked", "in_wave"]
    assert floor.notices(picker, NoticeKind.SCAN) == [(picker.id, True)]
    assert "Wave W0001: picked 2 of 3" in floor.card(picker, NoticeKind.SCAN, picker.id).text


class Paged(Floor):
    """The floor where phones reach a scan page."""

    def __post_init__(self) -> None:
        super().__post_init__()
        doors = Services(Doors(self.store), _nothing, _nothing, str, str, self.clock, lambda: ADDRESS)
        self.dispatcher = Dispatcher()
        self.dispatcher.include_routers(*routers(doors))


async def _nothing(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("nothing is imported here")


@pytest.fixture
def paged(floor: Floor) -> Paged:
    return Paged(floor.store, floor.clock, floor.cast)


async def test_the_button_opens_the_page_in_the_own_chat_only(paged: Paged) -> None:
    picker = paged.cast.people[Role.PICKER]
    await paged.writes(picker, "📱 Scan page")
    (sent,) = paged.last
    assert sent.said["reply_markup"]["inline_keyboard"] == [
        [{"text": "📱 Open the scan page", "web_app": {"url": ADDRESS}}]
    ]
    said = await paged.writes(picker, "/scan", group=True)
    assert said == ["The scan page opens in your own chat with me: send me /scan there."]
    assert "reply_markup" not in paged.last[0].said


async def test_its_label_is_on_the_keyboard_only_where_there_is_a_page(paged: Paged, floor: Floor) -> None:
    def labels(chat: Floor) -> list[str]:
        return [button["text"] for row in chat.last[0].said["reply_markup"]["keyboard"] for button in row]

    packer = floor.cast.people[Role.PACKER]
    await paged.writes(packer, "/help")
    assert labels(paged) == ["🔍 Check", "📦 Pack", "↩️ Put back", "📱 Scan page", "⛔ Stops"]
    await floor.writes(packer, "/help")
    assert labels(floor) == ["🔍 Check", "📦 Pack", "↩️ Put back", "⛔ Stops"]


def test_both_clients_draw_the_button() -> None:
    card = Card("", ((Button("Open", web_app=ADDRESS),),))
    mine, theirs = inline(card), ptb_inline(card)
    assert mine is not None
    assert theirs is not None
    wanted = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": ADDRESS}}]]}
    assert mine.model_dump(exclude_none=True) == wanted
    assert json.loads(theirs.to_json()) == wanted
