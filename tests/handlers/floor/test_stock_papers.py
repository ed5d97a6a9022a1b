"""The stock room's papers out of the chat, as they stand at that moment."""

from dataclasses import replace

import pytest

from domain.paper.documents import StockPaper, StockPaperLine
from domain.people.people import Role
from domain.records import NoticeKind
from domain.stock.stock_docs import DocKind
from exports.stock_papers import PAPERS, count_sheet_pdf, transfer_note_pdf
from handlers.floor.stock_papers import paper_of
from handlers.words import Words
from tests.exports.test_documents import codes, english, pages
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
CUP, TEA = "6900000000014", "6900000000038"
EN = Words("en", "Asia/Shanghai")


def paper(desk: DeskChat) -> StockPaper:
    found: StockPaper = desk.look(lambda unit: paper_of(unit, unit.stock_docs.get(1), EN))
    return found


def lines(desk: DeskChat) -> list[tuple[str, str, str, str, str]]:
    return [(one.bin, one.sku, one.planned, one.done, one.difference) for one in paper(desk).lines]


async def sent(desk: DeskChat) -> list[str]:
    """The names of the files of the last tap."""
    return [call.said["document"].filename for call in desk.last if call.name == "sendDocument"]


async def test_a_transfer_note_leaves_room_for_what_arrives_and_then_tells_it(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/transfer HZ WH")
    await desk.writes(picker, f"{CUP} 12 {TEA} 3")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "📄 Transfer note")
    assert await sent(desk) == ["T00001.pdf"]
    assert lines(desk) == [("A-01", "CUP-01", "12", "", ""), ("B-01", "TEA-01", "3", "", "")]
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "🚛 It leaves now")
    assert lines(desk) == [("A-01", "CUP-01", "12", "", ""), ("B-01", "TEA-01", "3", "", "")]
    assert (paper(desk).warehouse, paper(desk).to, paper(desk).totals) == ("杭州仓", "武汉仓", "2 lines, 15 units")
    await desk.taps(picker, "🙋 I scan")
    await desk.writes(picker, f"{CUP} 11 {TEA} 3")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "✅ All out")
    assert [line[2:] for line in lines(desk)] == [("12", "11", "-1"), ("3", "3", "0")]


async def test_a_sheet_to_be_counted_names_no_quantity(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/count A HZ")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "📄 Count sheet")
    assert await sent(desk) == ["C00001.pdf"]
    blind = [("A-01", "CUP-01", "", "", ""), ("A-02", "CUP-02", "", "", "")]
    assert (lines(desk), paper(desk).totals) == (blind, "2 lines")
    await desk.writes(picker, f"A-01 {CUP} 98 A-02 CUP-02 50")
    assert lines(desk) == blind
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "✅ Counted")
    assert [line[2:] for line in lines(desk)] == [("100", "98", "-2"), ("50", "50", "0")]


async def test_a_goods_in_note_tells_batch_expiry_and_cost(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/receipt HZ")
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    assert [row for row in desk.card(he, NoticeKind.STOCK_DOC, 1).rows if "📄" in row[-1].label] == []
    await desk.writes(he, f"{CUP} 12 =8.50 {TEA}@L26@2027-11-30 5")
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    await desk.taps(he, "📄 Goods-in note")
    assert await sent(desk) == ["R00001.pdf"]
    assert lines(desk) == [("IN", "CUP-01", "12", "", "¥102.00"), ("IN", "TEA-01", "5", "", "")]
    assert [line.batch for line in paper(desk).lines] == ["", "L26\n2027-11-30"]
    assert paper(desk).totals == "2 lines, 17 units · ¥102.00"


async def test_a_put_away_list_says_where_it_goes_and_then_where_it_is(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/putaway HZ A-01")
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    await desk.taps(he, "📄 Put-away list")
    assert await sent(desk) == ["M00001.pdf"]
    assert lines(desk) == [("A-01", "CUP-01", "100", "A-01", "")]
    await desk.writes(he, f"{CUP} 30 +A-09")
    await desk.writes(he, f"{CUP} 20 B-01")
    await desk.writes(he, "/undo")
    waiting = ("A-01", "CUP-01", "70", "A-01", "")
    assert lines(desk) == [("A-01", "CUP-01", "30", "A-01", "A-09"), waiting]
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    await desk.taps(he, "✅ All put away")
    assert lines(desk) == [("A-01", "CUP-01", "30", "A-01", "A-09")]


async def test_a_grading_sheet_says_out_of_where_why_and_who_decided(desk: DeskChat) -> None:
    picker, lead = desk.cast.people[Role.PICKER], desk.cast.people[Role.CS_LEAD]
    await desk.writes(picker, "/regrade defective scratched HZ")
    await desk.writes(picker, f"A-01 {CUP} 2")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "📄 Grading sheet")
    assert await sent(desk) == ["G00001.pdf"]
    assert (lines(desk), paper(desk).note) == (
        [("A-01", "CUP-01", "2", "", "")],
        "to defective · reason: scratched",
    )
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    await desk.taps(picker, "✅ Ask for approval")
    await desk.shown(lead, NoticeKind.STOCK_DOC, 1)
    await desk.taps(lead, "✅ Approve")
    assert paper(desk).decided == f"Decided by {lead.name} at 11-23 10:00"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DocKind.RECEIPT, ["Goods-innoteX00007", "Cost", "Deliveredby"]),
        (DocKind.MOVE, ["Put-awaylistX00007", "Goesto", "Putinto", "Putawayby"]),
        (DocKind.REGRADE, ["GradingsheetX00007", "todefective", "Approvedby"]),
    ],
)
def test_the_other_papers_are_read_back(kind: DocKind, words: list[str]) -> None:
    made = replace(PAPER, number="X00007", to="", note="to defective")
    [(picture, text)] = pages(PAPERS[kind](made, english))
    assert codes(picture) == ["X00007"]
    assert [word for word in [*words, "A-01CUP-01", "12"] if word not in text] == []


async def test_nobody_else_gets_one(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/count A HZ")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    elsewhere = frozenset({desk.cast.warehouses[1].id})
    person = desk.look(lambda unit: unit.people.get(picker.id))
    desk.do(lambda unit: unit.people.save(replace(person, warehouses=elsewhere)))
    await desk.taps(picker, "📄 Count sheet")
    assert await sent(desk) == []
    assert desk.toasts == ["This warehouse is not yours to work in."]


LINE = StockPaperLine("A-01", "CUP-01", "陶瓷杯 白", "B7", "12")
PAPER = StockPaper("T00007", "小满", "杭州仓", "11-23 10:00", "王强", "on its way", (LINE,), "1 line", to="武汉仓")


def test_the_papers_are_read_back_and_flow_over_pages() -> None:
    [(picture, text)] = pages(transfer_note_pdf(PAPER, english))
    assert codes(picture) == ["T00007"]
    assert "杭州仓→武汉仓" in text
    assert "1A-01CUP-01陶瓷杯白B712" in text
    many = replace(PAPER, number="C00007", to="", open_count=True, lines=(replace(LINE, planned=""),) * 60)
    found = list(pages(count_sheet_pdf(many, english)))
    assert [codes(picture) for picture, _ in found] == [["C00007"]] * len(found)
    assert len(found) > 1
    assert found[-1][1].endswith(f"C00007·page{len(found)}of{len(found)}")
    assert sum(text.count("Inthebooks") for _, text in found) == 0


def test_a_long_title_takes_two_lines_and_says_that_it_goes_on() -> None:
    long = replace(LINE, title="景德镇手绘青花陶瓷杯" * 6)
    [(_, text)] = pages(count_sheet_pdf(replace(PAPER, number="C00007", lines=(long,)), english))
    assert text.count("景德镇") == 4
    assert "…" in text
