"""Serial numbers that GS1 labels tell in stock documents: kept where the product asks for them, and found again."""

from dataclasses import replace

import pytest

from domain.people.people import Person, Role
from domain.records import NoticeKind
from domain.stock import stock_trail
from domain.stock.stock_docs import DocLine
from exports.stock_papers import goods_in_pdf
from handlers.floor.stock_papers import paper_of
from handlers.words import Words
from storage.unit import Unit
from tests.exports.test_documents import english, pages
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
LAMP = "6900000000045"


def label(serial: str, batch: str = "") -> str:
    return f"(01)0{LAMP}" + (f"(10){batch}" if batch else "") + f"(21){serial}"


def numbered(unit: Unit, *traits: str) -> None:
    lamp = unit.catalog.skus["LAMP-01"]
    unit.catalog_admin.put_skus([replace(lamp, barcode=LAMP, traits=frozenset(traits))])


def lines(desk: DeskChat) -> list[tuple[str, int, tuple[str, ...]]]:
    found: tuple[DocLine, ...] = desk.look(lambda unit: unit.stock_docs.get(1).lines)
    return [(line.batch, line.done, line.serials) for line in found if line.done or line.serials]


async def begun(desk: DeskChat, *traits: str) -> Person:
    desk.do(numbered, *traits)
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/receipt HZ")
    return he


@pytest.mark.parametrize("trait", ["serial", "serial_weak"])
async def test_each_label_is_a_unit_with_its_number(desk: DeskChat, trait: str) -> None:
    he = await begun(desk, trait)
    assert await desk.writes(he, f"{label('sn-0001')} {label('SN-0002')} LAMP-01 3") == []
    assert lines(desk) == [("", 5, ("SN-0001", "SN-0002"))]
    text = desk.card(he, NoticeKind.STOCK_DOC, 1).text
    assert "• <code>LAMP-01</code> × 5\n   🔢 SN-0002, SN-0001" in text
    assert "LAMP-01: 0 → 5" in text


async def test_a_label_without_a_product_numbers_the_unit_before(desk: DeskChat) -> None:
    he = await begun(desk, "serial")
    assert await desk.writes(he, f"{LAMP} (21)SN-0007") == []
    assert lines(desk) == [("", 1, ("SN-0007",))]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            f"{label('SN-0001')}",
            "«SN-0001» is not valid for serial number. Expected: each unit once: this number was read for this "
            "document already.",
        ),
        (
            f"{label('SN-0009')} 4",
            "«4» is not valid for units. Expected: one unit at a time: each has its own number.",
        ),
        (
            f"{label(LAMP)}",
            f"«{LAMP}» is not valid for serial number. Expected: the serial number on the unit, as the product's "
            "pattern says.",
        ),
        (
            f"{label('SN-0009')} -1",
            "«SN-0009» is not valid for serial number. Expected: a number that was read on this line.",
        ),
    ],
)
async def test_what_cannot_be_a_units_number_is_told_and_changes_nothing(desk: DeskChat, words: str, said: str) -> None:
    he = await begun(desk, "serial")
    await desk.writes(he, label("SN-0001"))
    assert await desk.writes(he, words) == [said]
    assert lines(desk) == [("", 1, ("SN-0001",))]


async def test_it_is_told_in_chinese_as_well(desk: DeskChat) -> None:
    desk.speaks(Role.RECEIVER, "zh")
    he = await begun(desk, "serial")
    await desk.writes(he, label("SN-0001"))
    assert await desk.writes(he, label("SN-0001")) == [
        "「SN-0001」不能作为序列号。应为：每件只扫一次：这个序列号已在本单扫过。"
    ]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (f"{label('SN-0001')} -1", (1, ("SN-0002",))),
        ("LAMP-01 -1", (1, ("SN-0001",))),
        ("LAMP-01 =0", None),
        ("/undo", (1, ("SN-0001",))),
    ],
)
async def test_corrections_take_numbers_off_with_their_units(
    desk: DeskChat, words: str, left: tuple[int, tuple[str, ...]] | None
) -> None:
    he = await begun(desk, "serial")
    await desk.writes(he, label("SN-0001"))
    await desk.writes(he, label("SN-0002"))
    await desk.writes(he, words)
    assert lines(desk) == ([("", *left)] if left else [])


async def test_what_was_taken_back_may_be_read_again(desk: DeskChat) -> None:
    he = await begun(desk, "serial")
    await desk.writes(he, label("SN-0001"))
    await desk.writes(he, "/undo")
    assert await desk.writes(he, label("SN-0001")) == []
    assert lines(desk) == [("", 1, ("SN-0001",))]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_product_without_numbers_says_that_none_is_kept(desk: DeskChat, language: str) -> None:
    desk.speaks(Role.RECEIVER, language)
    he = await begun(desk)
    assert await desk.writes(he, label("SN-0001")) == []
    assert lines(desk) == [("", 1, ())]
    said = {"en": "ℹ️ LAMP-01: its serial number is not kept here.", "zh": "ℹ️ LAMP-01：这里不记录序列号。"}[language]
    assert said in desk.card(he, NoticeKind.STOCK_DOC, 1).text.split("\n")
    await desk.writes(he, "LAMP-01 2")
    assert said not in desk.card(he, NoticeKind.STOCK_DOC, 1).text


async def test_the_number_is_found_with_what_it_came_in_with(desk: DeskChat) -> None:
    he = await begun(desk, "serial")
    await desk.writes(he, label("SN-0001"))
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    await desk.taps(he, "✅ All in")
    (said,) = await desk.writes(he, "/stock sn-0001")
    assert said.split("\n")[0].startswith("🔢 Serial number SN-0001 of LAMP-01")
    assert said.split("\n")[1:] == ["• 📥 Goods in R00001 · 杭州仓 · 何静 He Jing · 11-23 10:00 · done"]
    assert said in await desk.writes(he, "SN-0001")


async def test_the_goods_in_note_prints_them(desk: DeskChat) -> None:
    he = await begun(desk, "serial")
    await desk.writes(he, f"{label('SN-0001')} {label('SN-0002')}")
    paper = desk.look(lambda unit: paper_of(unit, unit.stock_docs.get(1), Words("en", "Asia/Shanghai")))
    ((_, page),) = pages(goods_in_pdf(paper, english))
    assert "SNSN-0001,SN-0002" in page


async def test_the_trail_names_it(desk: DeskChat) -> None:
    he = await begun(desk, "serial")
    await desk.writes(he, label("SN-0001"))
    step = desk.look(stock_trail.last, 1)
    assert step.data["told"] == "LAMP-01: 0 → 1 · SN SN-0001"
