"""Teaching the bot a table: asked once, corrected, tried, remembered; and what is old, foreign or private."""

import re

import pytest

from domain.intake.incoming import Platform, PlatformState
from domain.intake.table_mapping import Field, Meaning
from handlers.cards.desk.mapping import FIELDS, GROUPS, MEANINGS
from tests.channels.making import csv_bytes, xlsx_bytes
from tests.handlers.desk.mapping_chat import (
    HEADER,
    ROWS,
    SAID,
    SHOP,
    TABLE,
    anna,
    begun,
    draft,
    orders,
    saved,
    taught,
)
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio


async def test_an_unknown_table_is_offered_to_be_learned(desk: DeskChat) -> None:
    _, text = await desk.sends(anna(desk), "erp.csv", TABLE)
    lines = text.split("\n")
    assert lines[0] == "<b>❌ Not taken in.</b> Nothing was changed."
    assert (
        lines[1]
        == "No export I know has these columns: 单号, 品名, 几个, 编码, 实付(元), 状态, 收货人, 电话 and 2 more"
    )
    assert lines[-1].startswith("🧩 I can learn this table once (10 columns):")
    assert desk.labels == [[SHOP], ["小满拼多多店"], ["Xiaoman Global"]]
    assert (orders(desk), saved(desk)) == ([], [])


async def test_the_card_tells_what_each_column_is_taken_for(desk: DeskChat) -> None:
    card = await begun(desk)
    assert card.split("\n") == [
        "<b>🧩 erp.csv</b> · 小满旗舰店",
        "I don't know this table. This is what I take its columns for; tap to correct me.",
        "",
        "❗ quantity: no column yet",
        "• order number ← <b>单号</b> «A-1»",
        "• goods ← <b>品名</b> «陶瓷杯 &lt;b&gt;»",
        "• amount paid ← <b>实付(元)</b> «78.00»",
        "• order status ← <b>状态</b> «新单»",
        "• receiver's name ← <b>收货人</b> «张三丰»",
        "• phone ← <b>电话</b> «13800001234»",
        "• address in one ← <b>收货地址</b> «浙江省 杭州市 西湖区 文三路 1 号»",
        "The amount is the order's: it counts once, also when its rows repeat it.",
        "Status words: ❓«新单» = not said, rejected · «已取消» = closed",
        "",
        "Not used: 几个 «2», 编码 «CUP-01», 店长的话 «王小明说快»",
    ]
    assert desk.labels == [
        ["🛒 Order, goods", "💰 Money"],
        ["🕑 Status, times", "📮 Receiver"],
        ["💬 Buyer and notes"],
        ["🔎 Try it on this file"],
        ["✅ Remember and read"],
    ]


async def test_the_card_tells_what_is_read_without_being_asked(desk: DeskChat) -> None:
    card = await begun(desk, csv_bytes([[*HEADER, "付款方式", "上门自提"], [*ROWS[0], "货到付款", "否"]]))
    assert card.split("\n")[-3:] == [
        "Read by their names: 付款方式",
        "",
        "Not used: 几个 «2», 编码 «CUP-01», 店长的话 «王小明说快», 上门自提 «否»",
    ]


async def test_a_person_corrects_it_tries_it_and_has_it_remembered(desk: DeskChat) -> None:
    await begun(desk)
    await desk.taps(anna(desk), "🛒 Order, goods")
    assert desk.labels[:3] == [["order number ← 单号"], ["quantity ← –"], ["goods ← 品名"]]
    [asked] = await desk.taps(anna(desk), "quantity ← –")
    assert asked == "Which column tells: <b>quantity</b>?"
    assert desk.labels[:3] == [["单号 · A-1"], ["品名 · 陶瓷杯 <b>"], ["几个 · 2"]]
    await desk.taps(anna(desk), "几个 · 2")
    await desk.taps(anna(desk), "SKU code ← –")
    await desk.taps(anna(desk), "编码 · CUP-01")
    assert desk.labels[3] == ["SKU code ← 编码"]
    await desk.taps(anna(desk), "◀ Back")
    [tried] = await desk.taps(anna(desk), "🔎 Try it on this file")
    assert "• row 2: unknown order status; column 状态; found «新单»" in tried.split("\n")
    for label in ("◀ Back", *SAID):
        await desk.taps(anna(desk), label)
    [tried] = await desk.taps(anna(desk), "🔎 Try it on this file")
    assert tried.split("\n")[1:6] == [
        "Read so: <b>2 orders</b>, 0 rows rejected. Nothing has been taken in yet.",
        "",
        "<b>A-1</b> · paid · paid ¥78.00",
        "2 × 陶瓷杯 &lt;b&gt; [CUP-01] · ¥78.00",
        "→ 张三丰 13800001234 浙江省 杭州市 西湖区 文三路 1 号 CN",
    ]
    assert (orders(desk), saved(desk)) == ([], [])
    [done] = await desk.taps(anna(desk), "✅ Remember and read")
    assert done.split("\n")[0] == "<b>📥 2 orders</b> · 小满旗舰店 · erp.csv"
    assert done.split("\n")[1].startswith("learned table, sent by")
    [order] = orders(desk)
    assert (order.number, order.platform, order.paid, order.lines[0].sku) == ("A-1", Platform.TAOBAO, 7800, "CUP-01")
    assert (order.receiver.name, order.platform_state) == ("张三丰", PlatformState.PAID)
    assert [one.made_by for one in saved(desk)] == [anna(desk).name]


async def test_the_next_such_file_is_read_without_a_question(desk: DeskChat) -> None:
    await taught(desk)
    turned = [list(reversed(row)) for row in (HEADER, ["A-3", *ROWS[0][1:]])]
    _, done = await desk.sends(anna(desk), "next.xlsx", xlsx_bytes({"x": turned}))
    assert done.split("\n")[0] == "<b>📥 1 order</b> · 小满旗舰店 · next.xlsx"
    assert [order.number for order in orders(desk)] == ["A-1", "A-3"]


async def test_a_new_status_word_is_rejected_with_the_way_out_and_asked_about_then(desk: DeskChat) -> None:
    await taught(desk)
    news = csv_bytes([HEADER, ["A-3", *ROWS[0][1:5], "怪词", *ROWS[0][6:]]])
    _, done = await desk.sends(anna(desk), "news.csv", news)
    assert "• row 2: unknown order status; column 状态; found «怪词»" in done.split("\n")
    assert done.split("\n")[-1].startswith("New status words? Forget the table in /mapping")
    await desk.writes(anna(desk), "/mapping")
    for label in (f"{SHOP} · erp.csv", "🗑 Forget"):
        await desk.taps(anna(desk), label)
    card = await begun(desk, news)
    told = "Status words: ❓«新单» = paid · «已取消» = closed · ❓«怪词» = not said, rejected"
    assert told in card.split("\n")
    for label in (*SAID[:2], "❓«怪词» = not said, rejected", "◀ Back"):
        await desk.taps(anna(desk), label)
    [done] = await desk.taps(anna(desk), "✅ Remember and read")
    assert done.split("\n")[0] == "<b>📥 1 order</b> · 小满旗舰店 · erp.csv"


async def test_a_changed_header_asks_again_with_the_old_mapping_filled_in(desk: DeskChat) -> None:
    await taught(desk)
    changed = csv_bytes([[*HEADER[:-1], "新列"], *ROWS])
    card = await begun(desk, changed)
    assert "• quantity ← <b>几个</b> «2»" in card.split("\n")
    assert "❗ quantity: no column yet" not in card
    assert len(saved(desk)) == 1


async def test_status_words_are_changed_with_a_tap(desk: DeskChat) -> None:
    await begun(desk)
    await desk.taps(anna(desk), "🕑 Status, times")
    await desk.taps(anna(desk), "What the status words mean")
    assert desk.labels == [["❓«新单» = not said, rejected"], ["«已取消» = closed"], ["◀ Back"]]
    await desk.taps(anna(desk), "❓«新单» = not said, rejected")
    await desk.taps(anna(desk), "❓«新单» = paid")
    assert desk.labels[0] == ["❓«新单» = shipped in part"]
    mapping = draft(desk)
    assert mapping.words == {"新单": Meaning.PART_SHIPPED, "已取消": Meaning.CLOSED}


async def test_a_status_column_of_many_words_is_refused_and_a_new_one_brings_its_words(desk: DeskChat) -> None:
    rows = [[f"A-{n}", "杯", "1", "CUP-01", "5", "新单", f"人{n}", "", "", "好"] for n in range(40)]
    await begun(desk, csv_bytes([HEADER, *rows]))
    await desk.taps(anna(desk), "🕑 Status, times")
    await desk.taps(anna(desk), "order status ← 状态")
    await desk.taps(anna(desk), "收货人 · 人0")
    assert desk.toasts == ["«收货人» is not valid for column. Expected: a column with a few different words."]
    mapping = draft(desk)
    assert (mapping.columns["state"], mapping.words) == ("状态", {"新单": "unknown"})
    for label in ("🕑 Status, times", "order status ← 状态", "店长的话 · 好"):
        await desk.taps(anna(desk), label)
    mapping = draft(desk)
    assert (mapping.columns["state"], mapping.words) == ("店长的话", {"好": "unknown"})
    for label in ("order status ← 店长的话", "No column"):
        await desk.taps(anna(desk), label)
    mapping = draft(desk)
    assert ("state" in mapping.columns, mapping.words) == (False, {})


async def test_the_amount_is_counted_per_row_when_a_person_says_so(desk: DeskChat) -> None:
    await begun(desk)
    await desk.taps(anna(desk), "💰 Money")
    [card] = await desk.taps(anna(desk), "Count it per row")
    assert "The amount is each row's own; the rows of an order are added up." in card.split("\n")
    [card] = await desk.taps(anna(desk), "Count it per order")
    assert "The amount is the order's: it counts once, also when its rows repeat it." in card.split("\n")


async def test_mapping_lists_and_forgets(desk: DeskChat) -> None:
    assert await desk.writes(anna(desk), "/mapping") == [
        "I have learned no table yet. Send me an order table I don't know, and I ask about it."
    ]
    await taught(desk)
    [listed] = await desk.writes(anna(desk), "/mapping")
    assert re.fullmatch(
        r"<b>🧩 Tables I have learned</b>\n"
        r"• 小满旗舰店: 单号, 品名, 几个, 编码, 实付\(元\), 状态 … \(安娜 Anna, [\d: -]+\)",
        listed,
    )
    assert desk.labels == [["小满旗舰店 · erp.csv"]]
    [card] = await desk.taps(anna(desk), "小满旗舰店 · erp.csv")
    assert card.split("\n")[1].startswith("Remembered by 安娜 Anna at ")
    assert desk.labels == [["📥 Read erp.csv"], ["🗑 Forget"]]
    [again] = await desk.taps(anna(desk), "📥 Read erp.csv")
    assert again.endswith("Nothing new: 2 orders were known already, unchanged.")
    await desk.writes(anna(desk), "/mapping")
    await desk.taps(anna(desk), "小满旗舰店 · erp.csv")
    await desk.taps(anna(desk), "🗑 Forget")
    assert desk.toasts == ["Forgotten: the next such file asks again, with all this filled in."]
    assert saved(desk) == []
    assert "• quantity ← <b>几个</b> «2»" in (await begun(desk)).split("\n")


async def test_two_shops_with_the_same_columns_are_asked_about(desk: DeskChat) -> None:
    await taught(desk)
    file = saved(desk)[0].file_id
    _, shown = desk.button(anna(desk).telegram_id, SHOP)
    await desk.presses(anna(desk), f"m.s:{file}:{desk.cast.shops[1].id}", shown)
    await desk.taps(anna(desk), "✅ Remember and read")
    assert len(saved(desk)) == 2
    _, asked = await desk.sends(anna(desk), "again.csv", TABLE)
    assert asked == "<b>again.csv</b>: which shop is it from?"
    assert desk.labels == [[SHOP], ["小满拼多多店"]]
    [done] = await desk.taps(anna(desk), "小满拼多多店")
    assert done.endswith("Nothing new: 2 orders were known already, unchanged.")


async def test_many_columns_turn_pages(desk: DeskChat) -> None:
    header = [*HEADER, *(f"列{n}" for n in range(30))]
    await begun(desk, csv_bytes([header, [*ROWS[0], *("x" for _ in range(30))]]))
    for label in ("🛒 Order, goods", "quantity ← –"):
        await desk.taps(anna(desk), label)
    assert (len(desk.labels), desk.labels[-2:]) == (18, [["›"], ["◀ Back"]])
    await desk.taps(anna(desk), "›")
    assert (desk.labels[0], desk.labels[-2]) == (["列6 · x"], ["‹", "›"])
    await desk.taps(anna(desk), "›")
    assert (len(desk.labels), desk.labels[-2]) == (10, ["‹"])
    await desk.taps(anna(desk), "列29 · x")
    mapping = draft(desk)
    assert mapping.columns["quantity"] == "列29"


async def test_rejected_rows_are_told_by_a_trial_and_all_bad_offers_no_saving(desk: DeskChat) -> None:
    rows = [["A-1", "杯", "两个", *ROWS[0][3:]], ["A-2", "杯", "x", *ROWS[0][3:]]]
    await begun(desk, csv_bytes([HEADER, *rows]))
    for label in ("🛒 Order, goods", "quantity ← –", "几个 · 两个", "◀ Back", *SAID):
        await desk.taps(anna(desk), label)
    [tried] = await desk.taps(anna(desk), "🔎 Try it on this file")
    assert tried.split("\n")[1:] == [
        "Read so: <b>0 orders</b>, 2 rows rejected. Nothing has been taken in yet.",
        "",
        "<b>Rejected rows: 2</b>",
        "2 × not a number",
        "• row 2: not a number; column 几个; found «两个»",
        "• row 3: not a number; column 几个; found «x»",
    ]
    assert desk.labels == [["◀ Back"]]


def test_every_field_and_meaning_has_a_name_and_a_place() -> None:
    placed = [field for _, fields in GROUPS for field in fields]
    assert sorted(placed) == sorted(Field)
    assert (set(FIELDS), set(MEANINGS)) == (set(Field), set(Meaning))


async def test_status_words_are_quoted_as_the_language_does(sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, "zh")
    card = await begun(desk)
    assert "状态用词：❓「新单」 = 未指明，拒收 · 「已取消」 = 已关闭" in card.split("\n")
    desk.store.close()
