"""The stock room in chat, from goods in to a stock-take that two people approve."""

import pytest

from domain.people.people import Role
from domain.records import NoticeKind
from domain.stock.stock_docs import DocState, StockDoc
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
CUP, TEA = "6900000000014", "6900000000038"


def doc(desk: DeskChat, doc_id: int = 1) -> StockDoc:
    found: StockDoc = desk.look(lambda unit: unit.stock_docs.get(doc_id))
    return found


def good(desk: DeskChat, sku: str) -> list[int]:
    levels = desk.look(lambda unit: unit.stock.levels([sku]))
    return [level.good for _, level in sorted(levels.items())]


async def test_goods_come_in_and_are_put_away(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    [said] = await desk.writes(he, "/receipt HZ")
    assert said.split("\n")[0] == "📥 Goods in R00001 · being scanned"
    assert await desk.writes(he, f"{CUP} 12 =8.50 {TEA}") == []
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    [said] = await desk.taps(he, "✅ All in")
    assert said.split("\n")[3:5] == ["• <code>CUP-01</code> × 12 · ¥102.00", "• <code>TEA-01</code> × 1"]
    assert (good(desk, "CUP-01"), good(desk, "TEA-01")) == ([112, 100], [31, 30])
    [said] = await desk.writes(he, "/stockroom")
    assert "• 杭州仓: <code>CUP-01</code> × 12 → A-01" in said.split("\n")

    await desk.writes(he, "/putaway HZ")
    assert await desk.writes(he, f"{CUP} 12 +A-09") == []
    [said] = await desk.writes(he, "/stock CUP-01")
    assert [line for line in said.split("\n") if line.startswith("• 杭州仓")] == [
        "• 杭州仓 A-01: 100",
        "• 杭州仓 A-09: 12",
    ]
    assert "Average cost: 杭州仓 ¥11.63, 武汉仓 ¥12.00" in said.split("\n")
    assert "11-23 10:00 杭州仓: 12 × IN → A-09 · moved to another bin M00002 · 何静 He Jing" in said.split("\n")


async def test_a_bin_nobody_knows_is_refused_and_nothing_moves(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/putaway HZ A-01")
    before = doc(desk)
    assert await desk.writes(he, f"{CUP} 2 Z-99") == ["There is no bin «Z-99»."]
    assert doc(desk) == before
    assert await desk.writes(he, f"{CUP} 101") == [
        "«101» is not valid for units. Expected: at most what lies in the bin it comes from."
    ]
    assert doc(desk) == before


async def test_a_stock_take_is_blind_and_its_differences_wait_for_a_lead(desk: DeskChat) -> None:
    picker, lead = desk.cast.people[Role.PICKER], desk.cast.people[Role.CS_LEAD]
    [said] = await desk.writes(picker, "/count A-01 HZ")
    assert "100" not in said
    await desk.writes(picker, f"A-01 {CUP} 97")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    [said] = await desk.taps(picker, "✅ Counted")
    assert said.split("\n")[3:6] == [
        "• <code>CUP-01</code> A-01: 97 there, 100 in the books, -3",
        "",
        "At stake: ¥36.00",
    ]
    assert good(desk, "CUP-01") == [100, 100]
    assert desk.notices(lead, NoticeKind.STOCK_DOC) == [(1, False)]
    await desk.shown(lead, NoticeKind.STOCK_DOC, 1)
    [said] = await desk.taps(lead, "✅ Approve")
    assert said.split("\n")[0] == "🔢 Stock-take C00001 · done"
    assert good(desk, "CUP-01") == [97, 100]


async def test_a_picker_may_not_approve(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/regrade defective scratched HZ")
    await desk.writes(picker, f"{CUP} 2")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    [said] = await desk.taps(picker, "✅ Ask for approval")
    assert said.split("\n")[0] == "🔧 Grading G00001 · waits for an approval"
    assert desk.labels == [["📄 Grading sheet"]]
    waiting = doc(desk)
    shown = [call for call in desk.wire.calls if call.said.get("chat_id") == picker.telegram_id][-1]
    await desk.presses(picker, f"k.y:1:{waiting.revision}", shown)
    assert desk.toasts == ["Your role does not allow this (approve stock differences)."]
    assert (doc(desk), good(desk, "CUP-01")) == (waiting, [100, 100])


async def test_a_transfer_leaves_and_arrives(desk: DeskChat) -> None:
    picker, he = desk.cast.people[Role.PICKER], desk.cast.people[Role.RECEIVER]
    await desk.writes(picker, "/transfer HZ WH")
    await desk.writes(picker, f"{CUP} 10")
    await desk.shown(picker, NoticeKind.STOCK_DOC, 1)
    [said] = await desk.taps(picker, "🚛 It leaves now")
    assert said.split("\n")[:2] == [
        "🚛 Transfer T00001 · on its way",
        "杭州仓 → 武汉仓 · 王强 Wang Qiang · 11-23 10:00",
    ]
    assert good(desk, "CUP-01") == [90, 100]
    [said] = await desk.writes(he, "/stock CUP-01")
    assert "🚛 10 on the way to 武汉仓: T00001" in said.split("\n")
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    await desk.taps(he, "🙋 I scan")
    await desk.writes(he, f"{CUP} 10")
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    [said] = await desk.taps(he, "✅ All out")
    assert said.split("\n")[0] == "🚛 Transfer T00001 · done"
    assert good(desk, "CUP-01") == [90, 110]
    assert doc(desk).state is DocState.DONE


async def test_commands_say_what_they_need(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    assert await desk.writes(picker, "/count") == [
        "Send /count with a bin or a product, or how they begin: /count A-01"
    ]
    assert await desk.writes(picker, "/transfer HZ") == ["Send /transfer and both warehouses: /transfer HZ WH"]
    assert await desk.writes(picker, "/regrade lost gone HZ") == [
        "«lost» is not valid for grade. Expected: good or defective."
    ]
    assert desk.look(lambda unit: unit.stock_docs.open_of(None, 9)) == []


async def test_scans_of_people_without_a_document_are_the_floors(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    said = await desk.writes(picker, CUP)
    assert said[0] == "🧺 CUP-01 陶瓷杯 白: you have no wave. Take one with /wave."


async def test_without_a_warehouse_each_of_them_is_offered(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    assert await desk.writes(he, "/count A-01") == [
        "Which warehouse? Write its code behind the command:\n"
        "• <code>/count A-01 HZ</code> 杭州仓\n"
        "• <code>/count A-01 WH</code> 武汉仓"
    ]


async def test_what_was_put_away_stays_on_the_card(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/receipt HZ")
    await desk.writes(he, f"{CUP} 12")
    await desk.shown(he, NoticeKind.STOCK_DOC, 1)
    await desk.taps(he, "✅ All in")
    [said] = await desk.writes(he, "/putaway HZ")
    assert said.split("\n")[1].endswith(" · out of the receiving area (IN)")
    await desk.writes(he, f"{CUP} 7")
    lines = desk.card(he, NoticeKind.STOCK_DOC, 2).text.split("\n")
    assert lines[4:6] == ["• <code>CUP-01</code> × 7 · bin IN", "👉 Now scan the bin they go to."]
    await desk.writes(he, "A-01")
    await desk.writes(he, f"{CUP} 5 +A-09")
    lines = desk.card(he, NoticeKind.STOCK_DOC, 2).text.split("\n")
    assert lines[4:6] == ["✓ <code>CUP-01</code> × 5 → A-09", "✓ <code>CUP-01</code> × 7 → A-01"]


async def test_a_long_put_away_shows_its_last_lines_and_how_many_more(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/putaway HZ A-01")
    for number in range(1, 28):
        await desk.writes(picker, f"A-01 {CUP} +Z-{number}" if number > 1 else f"{CUP} +Z-1")
    lines = desk.card(picker, NoticeKind.STOCK_DOC, 1).text.split("\n")
    assert (lines[4], lines[28], lines[29]) == (
        "✓ <code>CUP-01</code> × 1 → Z-27",
        "✓ <code>CUP-01</code> × 1 → Z-3",
        "… and 2 more",
    )


async def test_a_transfer_that_lacks_units_says_how_many_were_sent(desk: DeskChat) -> None:
    picker, he = desk.cast.people[Role.PICKER], desk.cast.people[Role.RECEIVER]
    await desk.writes(picker, "/transfer HZ WH")
    await desk.writes(picker, f"{CUP} 10")
    for person, label, scan in (
        (picker, "🚛 It leaves now", ""),
        (he, "🙋 I scan", f"{CUP} 8"),
        (he, "✅ All out", ""),
    ):
        await desk.shown(person, NoticeKind.STOCK_DOC, 1)
        await desk.taps(person, label)
        await desk.writes(person, scan or "/stockroom")
    lines = desk.card(he, NoticeKind.STOCK_DOC, 1).text.split("\n")
    assert lines[3] == "• <code>CUP-01</code>: 10 sent, 8 arrived, -2"
