"""The scan page of somebody who holds a stock document: counted there as in the chat, once per job, and taken back."""

import json
from typing import Any

import pytest

from domain.errors import ScanStays
from domain.people.people import Person, Role, Station
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import DocKind, StockDoc
from handlers.floor.scan_page import BadJob, Job, carry_out, opened, read_job
from tests.factory import incoming
from tests.handlers.floor_chat import Floor

CUP = "6900000000014"


class Page:
    """A person's page that shows the document they hold."""

    def __init__(self, floor: Floor, role: Role = Role.PICKER) -> None:
        self.floor = floor
        self.person: Person = floor.cast.people[role]
        self.jobs = 0

    def begins(self, kind: DocKind, scope: str = "") -> StockDoc:
        place = self.floor.cast.warehouses[0].id
        doc: StockDoc = self.floor.do(stock_room.begin, self.person.acting(), kind, place, scope=scope)
        return doc

    def does(self, do: str, text: str, **more: Any) -> dict[str, Any]:
        self.jobs += 1
        job = Job(more.pop("id", f"job-{self.jobs:05d}"), do, text, **more)
        answer: dict[str, Any] = json.loads(self.floor.do(carry_out, self.person.telegram_id, job, "en"))
        (result,) = answer["results"]
        assert isinstance(result, dict)
        return result

    def scans(self, text: str, doc: int, **more: Any) -> dict[str, Any]:
        return self.does("scan", text, doc=doc, **more)

    def lines(self, doc: int) -> list[tuple[str, str, int]]:
        found: list[tuple[str, str, int]] = self.floor.look(
            lambda desk: [(line.sku, line.bin, line.done) for line in desk.stock_docs.get(doc).lines]
        )
        return found


def brief(result: dict[str, Any]) -> tuple[str, str, str, str]:
    return result["verdict"], result["code"], result["head"], result["text"]


def test_the_document_is_a_station_of_its_own(floor: Floor) -> None:
    page = Page(floor)
    told = floor.do(opened, page.person.telegram_id, "en")
    assert ("stock" in [station["id"] for station in told["stations"]], told["doc"]) == (False, 0)
    doc = page.begins(DocKind.COUNT, "A-01")
    told = floor.do(opened, page.person.telegram_id, "en")
    assert told["stations"][1] == {
        "id": "stock",
        "label": "🔢 Stock-take C00001",
        "hint": "Scan a bin, then every unit in it, or type CODE 12. What nobody scans counts as none.",
    }
    assert told["doc"] == doc.id
    hint = "Scan what comes out of the transport. What is missing or too much goes to a lead."
    sent = floor.do(
        stock_room.begin,
        page.person.acting(),
        DocKind.TRANSFER,
        floor.cast.warehouses[0].id,
        to=floor.cast.warehouses[1].id,
    )
    assert floor.do(opened, page.person.telegram_id, "en")["doc"] == sent.id
    page.scans(f"{CUP} 2", sent.id)
    sent = floor.look(lambda desk: desk.stock_docs.get(sent.id))
    sent = floor.do(stock_posting.finish, page.person.acting(), sent.id, sent.revision)
    he = floor.cast.people[Role.RECEIVER]
    floor.do(stock_room.take_up, he.acting(), sent.id, sent.revision)
    assert floor.do(opened, he.telegram_id, "en")["stations"][1]["hint"] == hint


def test_bins_and_goods_are_counted_with_the_pages_verdicts(floor: Floor) -> None:
    page = Page(floor)
    doc = page.begins(DocKind.COUNT, "A-01")
    result = page.scans("A-01", doc.id)
    assert result == {
        "verdict": "ok",
        "code": "A-01",
        "station": "stock",
        "head": "Now at A-01",
        "text": "",
        "wave": "C00001: 0 lines, 0 units",
        "stop": None,
        "at": "10:00",
        "notes": [],
        "weighs": False,
        "undo": True,
        "undo_code": "A-01",
        "doc": doc.id,
    }
    assert brief(page.scans(CUP, doc.id)) == ("item", CUP, "Counted", "CUP-01: 0 → 1")
    assert brief(page.scans(f"{CUP} 12", doc.id)) == ("item", CUP, "Counted", "CUP-01: 1 → 13")
    result = page.scans("CUP-01 =9", doc.id)
    assert (*brief(result), result["wave"]) == (
        "item",
        "CUP-01",
        "Counted",
        "CUP-01: 13 → 9",
        "C00001: 1 line, 9 units",
    )
    assert page.lines(doc.id) == [("CUP-01", "", 9)]


def test_goods_put_away_are_said_to_be(floor: Floor) -> None:
    page = Page(floor)
    doc = page.begins(DocKind.MOVE, "A-01")
    page.scans(f"{CUP} 5", doc.id)
    assert brief(page.scans("B-01", doc.id)) == ("ok", "B-01", "put away", "CUP-01 × 5 → B-01")


def test_a_job_is_counted_once(floor: Floor) -> None:
    page = Page(floor)
    doc = page.begins(DocKind.COUNT, "A-01")
    first = page.scans(CUP, doc.id, id="the-same")
    assert page.scans(CUP, doc.id, id="the-same") == first
    assert page.lines(doc.id) == [("CUP-01", "", 1)]


def test_what_is_refused_is_an_answer_and_changes_nothing(floor: Floor) -> None:
    page = Page(floor)
    doc = page.begins(DocKind.MOVE, "A-01")
    assert brief(page.scans("Z-99", doc.id)) == (
        "unknown",
        "Z-99",
        "Unknown code",
        "There is no bin «Z-99».",
    )
    assert brief(page.scans(f"{CUP} 101", doc.id))[::2] == ("refused", "Not done")
    assert brief(page.scans("hello", doc.id)) == ("unknown", "hello", "Unknown code", "This is not a code.")
    assert (page.lines(doc.id), floor.look(lambda desk: desk.history("stock_doc", doc.id)[0].verb)) == ([], "made")


def test_a_parcels_label_is_the_floors(floor: Floor) -> None:
    floor.orders(incoming())
    _, [box] = floor.wave()
    page = Page(floor)
    doc = page.begins(DocKind.COUNT, "A-01")
    result = page.scans(box.waybill, doc.id)
    assert (result["verdict"], result["station"]) == ("ok", "pick")
    assert page.lines(doc.id) == [("CUP-01", "", 0)]


def test_goods_belong_to_the_document_without_a_station_and_to_a_station_that_is_chosen(floor: Floor) -> None:
    page = Page(floor)
    doc = page.begins(DocKind.COUNT, "A-01")
    assert page.scans(CUP, 0)["verdict"] == "item"
    assert page.scans(CUP, 0, station=Station.PICK)["verdict"] == "look"
    assert page.lines(doc.id) == [("CUP-01", "", 1)]


def test_what_was_kept_offline_is_never_counted_into_the_next_document(floor: Floor) -> None:
    page = Page(floor)
    first = page.begins(DocKind.COUNT, "A-01")
    second = page.begins(DocKind.COUNT, "A-01")
    result = page.scans(f"{CUP} 7", first.id)
    assert (result["verdict"], result["head"], result["doc"]) == ("refused", "Not in your hands", second.id)
    assert (page.lines(first.id), page.lines(second.id)) == ([("CUP-01", "", 0)], [("CUP-01", "", 0)])


def test_scans_are_taken_back_again_and_again(floor: Floor) -> None:
    page = Page(floor)
    doc = page.begins(DocKind.COUNT, "A-01")
    page.scans("A-01", doc.id)
    page.scans(f"{CUP} 5", doc.id)
    floor.clock.forward(3600)
    with pytest.raises(ScanStays):
        page.does("undo", "A-01", doc=doc.id)
    result = page.does("undo", CUP, doc=doc.id)
    assert (*brief(result), result["undo"], result["undo_code"]) == (
        "scan_undone",
        CUP,
        "Taken back",
        "CUP-01: 0 → 5",
        True,
        "A-01",
    )
    result = page.does("undo", "A-01", doc=doc.id)
    assert (result["undo"], result["undo_code"], page.lines(doc.id)) == (False, "", [("CUP-01", "", 0)])


@pytest.mark.parametrize(
    ("told", "doc"), [({"station": "stock", "doc": 3}, 3), ({"station": "pick", "doc": 3}, 0), ({"station": ""}, 0)]
)
def test_a_job_names_its_document(told: dict[str, object], doc: int) -> None:
    job = read_job({"id": "job-00001", "do": "scan", "text": CUP, "place": None, **told})
    assert (job.station, job.doc) == (Station.PICK if told["station"] == "pick" else None, doc)


@pytest.mark.parametrize("doc", [-1, "3", 2**60, None])
def test_a_document_that_is_none_is_no_job(doc: object) -> None:
    with pytest.raises(BadJob):
        read_job({"id": "job-00001", "do": "scan", "text": CUP, "place": None, "station": "stock", "doc": doc})
