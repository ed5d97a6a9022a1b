"""A GS1 label scanned for a stock document: product, batch and expiry in one scan, or a refusal that says why."""

from dataclasses import replace
from datetime import date

import pytest

from domain.people.people import Person, Role
from domain.records import NoticeKind
from domain.stock import bins
from domain.stock.gs1 import GS
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stock.stock_docs import DocKind, DocLine
from domain.stock.stock_scan import How, Scan
from handlers.floor.stock_scans import read_scans
from storage.unit import Unit
from tests.handlers.desk_chat import DeskChat
from tests.handlers.floor.test_stock_page import Page

pytestmark = pytest.mark.anyio
TEA = "6900000000038"
LABEL = f"(01)0{TEA}(17)270531(10)B7"
OF_B7 = Scan(TEA, batch="B7", expires=date(2027, 5, 31), label=True)


BATCH = "a batch, like CODE@B7 (letters, digits, . _ - / inside, at most 30)"
FIRST = "the batch first, then its day: CODE@B7@2027-05-31; a day may be the batch too, with its own behind it"


def batched(unit: Unit) -> None:
    """Tea is kept by batch, and three of B7 lie in their bin."""
    tea = replace(unit.catalog.skus["TEA-01"], traits=frozenset({"batch"}))
    unit.catalog_admin.put_skus([tea])
    home = min(unit.catalog.warehouses)
    unit.stock.put_batches([Batch("TEA-01", "B7", date(2027, 5, 31))])
    unit.stock.apply(
        [
            Move(home, "TEA-01", Bucket.GOOD, -30, Document.ADJUST, 1),
            Move(home, "TEA-01", Bucket.GOOD, 3, Document.ADJUST, 1, "", "B7"),
        ],
        "t",
    )


@pytest.fixture
def tea(desk: DeskChat) -> DeskChat:
    desk.do(batched)
    return desk


def lines(desk: DeskChat) -> list[tuple[str, str, str, date | None, int]]:
    found: tuple[DocLine, ...] = desk.look(lambda unit: unit.stock_docs.get(1).lines)
    return [(line.sku, line.bin, line.batch, line.expires, line.done) for line in found if line.done]


def picker(desk: DeskChat) -> Person:
    return desk.cast.people[Role.PICKER]


@pytest.mark.parametrize(
    ("words", "scans"),
    [
        (LABEL, [OF_B7]),
        (f"010{TEA}1727053110B7", [OF_B7]),
        (f"]C1010{TEA}10B7{GS}17270531", [OF_B7]),
        (f"010{TEA}10B7<GS>17270531{GS}", [OF_B7]),
        (f"(01)0{TEA}(17)270531(10)B7(21)SN-1", [replace(OF_B7, serial="SN-1")]),
        (f"(01)0{TEA}(17)270531(10)B7(30)24", [replace(OF_B7, units=24)]),
        (f"A-01 {LABEL} 12 =8.50 {LABEL}", [Scan("A-01"), replace(OF_B7, units=12, cost=850), OF_B7]),
        (f"{LABEL} =5", [replace(OF_B7, units=5, how=How.SET)]),
        (f"{TEA} 6 (10)B7(17)270531", [replace(OF_B7, units=6)]),
        (f"(01)0{TEA} (10)B7(17)270531", [OF_B7]),
        (f"{TEA} (21)SN-1", [Scan(TEA, serial="SN-1", label=True)]),
    ],
)
def test_what_a_label_says(words: str, scans: list[Scan]) -> None:
    assert read_scans(words, "CNY") == scans


async def test_goods_in_by_one_scan_each(tea: DeskChat) -> None:
    he = tea.cast.people[Role.RECEIVER]
    await tea.writes(he, "/receipt HZ")
    assert await tea.writes(he, f"{LABEL} 40 =18.50") == []
    assert await tea.writes(he, f"010{TEA}1728010010C2{GS}21SN9") == []
    assert lines(tea) == [
        ("TEA-01", "", "B7", date(2027, 5, 31), 40),
        ("TEA-01", "", "C2", date(2028, 1, 31), 1),
    ]
    await tea.shown(he, NoticeKind.STOCK_DOC, 1)
    [said] = await tea.taps(he, "✅ All in")
    assert said.split("\n")[0] == "📥 Goods in R00001 · done"
    home = tea.cast.warehouses[0].id
    known = tea.look(
        lambda desk: {(p.bin, p.batch): p.units for p in desk.stock.places(["TEA-01"], home) if p.batch == "C2"}
    )
    assert known == {(bins.RECEIVING, "C2"): 1}


@pytest.mark.parametrize(
    "command", ["/putaway HZ B-01", "/count B-01 HZ", "/transfer HZ WH", "/regrade defective torn HZ"]
)
async def test_every_other_document_reads_them_too(tea: DeskChat, command: str) -> None:
    await tea.writes(picker(tea), command)
    assert await tea.writes(picker(tea), f"B-01 {LABEL}") == []
    assert await tea.writes(picker(tea), LABEL) == []
    assert [(line[0], line[2], line[4]) for line in lines(tea)] == [("TEA-01", "B7", 2)]


def test_the_scan_page_reads_them(tea: DeskChat) -> None:
    page = Page(tea, Role.RECEIVER)
    doc = page.begins(DocKind.RECEIPT)
    assert page.scans(f"010{TEA}1727053110B7", doc.id)["verdict"] == "item"
    refused = page.scans("(10)B8", page.begins(DocKind.RECEIPT).id)
    assert (refused["verdict"], refused["text"]) == (
        "refused",
        "«(10)B8» is not valid for label. Expected: the label with the product on it first.",
    )


async def test_a_product_without_batches_gets_none(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/receipt HZ")
    assert await desk.writes(he, LABEL) == []
    assert lines(desk) == [("TEA-01", "", "", None, 1)]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("(01)06912345678901(10)B7", "There is no product «6912345678901»."),
        (
            f"(01)0{TEA}(17)271399(10)B7",
            f"«(01)0{TEA}(17)271399(10)B7» is not valid for label. Expected: a GS1 label that can be read whole, like "
            "(01)06900000000038(17)270531(10)B7; else type CODE@B7@2027-05-31.",
        ),
        ("(10)B7", "«(10)B7» is not valid for label. Expected: the label with the product on it first."),
        (f"(01)0{TEA}", f"«TEA-01» is not valid for batch. Expected: {BATCH}."),
        (f"(01)0{TEA}(10)/B7", f"«<code>/B7</code>» is not valid for batch. Expected: {BATCH}."),
        ("TEA-01@B:7", f"«B:7» is not valid for batch. Expected: {BATCH}."),
        ("TEA-01@2027/05/31 6", f"«2027/05/31» is not valid for batch. Expected: {FIRST}."),
        ("TEA-01@2027-05-31 6", f"«2027-05-31» is not valid for batch. Expected: {FIRST}."),
    ],
)
async def test_what_cannot_be_taken_is_told_and_changes_nothing(tea: DeskChat, label: str, said: str) -> None:
    he = tea.cast.people[Role.RECEIVER]
    await tea.writes(he, "/receipt HZ")
    assert await tea.writes(he, label) == [said]
    assert lines(tea) == []


@pytest.mark.parametrize(
    ("words", "batch", "expires"),
    [
        ("TEA-01@L26/11@2027-05-31", "L26/11", date(2027, 5, 31)),
        ("TEA-01@l26/11@2027/05/31 1", "L26/11", date(2027, 5, 31)),
        ("TEA-01@2026/11/20@2027/05/31", "2026/11/20", date(2027, 5, 31)),
        ("TEA-01@5/2027", "5/2027", None),
        (f"(01)0{TEA}(17)270531(10)L26/11", "L26/11", date(2027, 5, 31)),
        (f"010{TEA}1727053110L26/11", "L26/11", date(2027, 5, 31)),
        (f"(01)0{TEA}(10)2026/11/20", "2026/11/20", None),
    ],
)
async def test_a_slash_in_a_batch_is_taken(tea: DeskChat, words: str, batch: str, expires: date | None) -> None:
    he = tea.cast.people[Role.RECEIVER]
    await tea.writes(he, "/receipt HZ")
    assert await tea.writes(he, words) == []
    assert lines(tea) == [("TEA-01", "", batch, expires, 1)]


async def test_a_batch_called_like_a_day_is_known_by_it_from_then_on(tea: DeskChat) -> None:
    he = tea.cast.people[Role.RECEIVER]
    tea.do(lambda unit: unit.stock.put_batches([Batch("TEA-01", "2026/11/20", date(2027, 5, 31))]))
    await tea.writes(he, "/receipt HZ")
    assert await tea.writes(he, "TEA-01@2026/11/20 4") == []
    assert lines(tea) == [("TEA-01", "", "2026/11/20", None, 4)]


async def test_it_is_told_in_chinese_as_well(tea: DeskChat) -> None:
    he = tea.speaks(Role.RECEIVER, "zh")
    await tea.writes(he, "/receipt HZ")
    assert await tea.writes(he, "(10)B7") == ["「(10)B7」不能作为标签。应为：先扫带商品的标签。"]
