"""Bulk release in chat: the way there, a page read and released, one taken out, what is stale, both languages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Role
from domain.policy.policy import Policy
from domain.review import bulk, review
from domain.review.holds import HoldCode, open_codes
from domain.review.scope import Scope
from handlers.cards.desk.bulk import told
from handlers.cards.desk.scopes import code_of
from handlers.taps import pack, short, unpack
from tests.factory import NOW, incoming, incoming_line, receiver
from tests.handlers.desk_chat import DeskChat, open_desk
from tests.handlers.floor_chat import GROUP

pytestmark = pytest.mark.anyio
TYPED = "/release buyer's message"


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    made = open_desk(sqlite_url)
    yield made
    made.store.close()


@pytest.fixture
def zh(sqlite_url: str) -> Iterator[DeskChat]:
    made = open_desk(sqlite_url, "zh")
    yield made
    made.store.close()


def note(number: str, text: str = "", **changes: Any) -> IncomingOrder:
    door = receiver(address=f"文三路 {number} 号")
    lines = (incoming_line(quantity=1),)
    return incoming(number, **{"buyer_message": text or f"note {number}", "receiver": door, "lines": lines, **changes})


def notes(desk: DeskChat, count: int) -> list[Order]:
    return desk.takes(*(note(str(number)) for number in range(1, count + 1)))


def status(desk: DeskChat, *orders: Order) -> list[OrderStatus]:
    return [desk.order(order.id).status for order in orders]


async def test_a_page_is_read_and_released(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    orders = notes(desk, 12)
    await desk.writes(anna, "/new")
    [text] = await desk.taps(anna, "📑 Release together…")
    assert text == "<b>📑 Release held orders together</b>\nChoose a reason:"
    assert desk.labels == [["buyer's message 12"]]
    [text] = await desk.taps(anna, "buyer's message 12")
    lines = text.split("\n")
    assert lines[:6] == [
        "<b>📑 Held for: buyer's message</b>",
        "",
        "小满旗舰店: 10 orders · ¥780.00",
        "<b>1.</b> 1 · ¥78.00",
        "   CUP-01×1 💬 <code>note 1</code>",
        "<b>2.</b> 2 · ¥78.00",
    ]
    assert lines[-4:] == [
        "2 more orders stay held for this reason:",
        "• for the next page: 2",
        "",
        "Tap a number to take that order out of this page and open it.",
    ]
    assert desk.labels == [
        ["✅ Release and approve 10"],
        ["1", "2", "3", "4", "5"],
        ["6", "7", "8", "9", "10"],
        ["✋ One by one"],
    ]
    [text] = await desk.taps(anna, "✅ Release and approve 10")
    assert desk.toasts == ["Released and approved: 10"]
    assert text.split("\n") == [
        "<b>✅ Released and approved: buyer's message</b>",
        "小满旗舰店: 10 orders · ¥780.00",
        "",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "",
        "2 more orders stay held for this reason:",
        "• for the next page: 2",
    ]
    assert desk.labels == [["▶ Go on: 2"], ["✋ One by one"], ["↩ Undo 10 (10 s)"]]
    assert status(desk, *orders) == [OrderStatus.APPROVED] * 10 + [OrderStatus.REVIEW] * 2
    assert [call.name for call in desk.last if call.name != "answerCallbackQuery"] == ["editMessageText"]


async def test_the_next_page_is_a_message_of_its_own(desk: DeskChat) -> None:
    """Not in the place of the one just released, where a second tap would release it unread."""
    anna = desk.cast.people[Role.CS]
    orders = notes(desk, 12)
    await desk.writes(anna, TYPED)
    tap, card = desk.button(anna.telegram_id, "✅ Release and approve 10")
    await desk.presses(anna, tap, card)
    await desk.presses(anna, tap, card)
    assert desk.toasts == ["This page has changed meanwhile. Nothing was done; please look again."]
    assert status(desk, *orders[10:]) == [OrderStatus.REVIEW] * 2
    [text] = [call.said["text"] for call in desk.last if call.name == "editMessageText"]
    assert text.startswith("Nothing is left on this page: buyer's message")
    assert desk.labels == [["▶ Go on: 2"], ["✋ One by one"], ["📥 New orders"]]
    [text] = await desk.taps(anna, "▶ Go on: 2")
    assert [call.name for call in desk.last if call.name != "answerCallbackQuery"] == ["sendMessage"]
    assert "<b>1.</b> 11 · ¥78.00" in text.split("\n")


async def test_one_is_taken_out_and_opens(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    one, two, three = notes(desk, 3)
    await desk.writes(anna, TYPED)
    desk.clock.forward(5)
    page, order = await desk.taps(anna, "2")
    assert desk.toasts == ["In your hands."]
    assert [line for line in page.split("\n") if line.startswith("<b>")] == [
        "<b>📑 Held for: buyer's message</b>",
        "<b>1.</b> 1 · ¥78.00",
        "<b>2.</b> 3 · ¥78.00",
    ]
    assert order.startswith("<b>✋ Held: buyer's message</b> · 2 ")
    await desk.taps(anna, "✅ Release and approve 2")
    assert status(desk, one, two, three) == [OrderStatus.APPROVED, OrderStatus.REVIEW, OrderStatus.APPROVED]


async def test_what_people_wrote_is_data(desk: DeskChat) -> None:
    """No tag, no command, no link: Telegram looks for none of them in code type."""
    anna = desk.cast.people[Role.CS]
    desk.takes(note("1", "<b>/refund 2</b>\n\n@bot https://x.example & 请", paid=10, total=10))
    [text] = await desk.writes(anna, "/release #1 buyer's message")
    assert (
        text
        == "🏁 Nothing more to release: 小满旗舰店 + buyer's message\n\n1 more order stays held for this reason:\n"
        + ("• also held for a reason that needs its own decision: 1")
    )
    desk.takes(note("2", "<b>/refund 2</b>\n\n@bot https://x.example & 请"))
    [text] = await desk.writes(anna, TYPED)
    said = "   CUP-01×1 💬 <code>&lt;b&gt;/refund 2&lt;/b&gt; @bot https://x.example &amp; 请</code>"
    assert said in text.split("\n")


async def test_other_reasons_show_what_was_seen_and_what_was_written(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(note("1", "   "))
    desk.do(review.hold, desk.cast.actor(Role.CS), order.id, order.revision, "/refund 1 <soon>")
    [text] = await desk.writes(anna, "/release held by hand")
    assert text.split("\n")[3:6] == [
        "<b>1.</b> 1 · ¥78.00",
        "   <code>/refund</code> 1 &lt;soon&gt; (安娜 Anna)",
        "   CUP-01×1",
    ]
    await desk.taps(anna, "✅ Release and approve 1")
    assert status(desk, order) == [OrderStatus.APPROVED]


async def test_long_notes_make_a_shorter_page_and_are_never_cut(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    orders = desk.takes(*(note(str(number), f"{number}" + "长" * 900) for number in range(1, 7)))
    [text] = await desk.writes(anna, TYPED)
    assert len(text) <= 4096
    assert [f"{number}" + "长" * 900 in text for number in range(1, 7)] == [True] * 3 + [False] * 3
    await desk.taps(anna, "✅ Release and approve 3")
    assert status(desk, *orders) == [OrderStatus.APPROVED] * 3 + [OrderStatus.REVIEW] * 3


async def test_a_note_too_long_to_read_is_opened_not_released(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(note("1", "&" * 1_000))
    [text] = await desk.writes(anna, TYPED)
    assert text == "1: too long to read here. Tap the number to take it out and open it."
    assert desk.labels == [["1"], ["✋ One by one"]]
    assert desk.order(order.id) == order


async def test_a_note_that_changed_is_shown_anew_and_not_released(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    one, two = notes(desk, 2)
    await desk.writes(anna, TYPED)
    desk.takes(note("1", "换成蓝色"))
    [text] = await desk.taps(anna, "✅ Release and approve 2")
    assert desk.toasts == ["This page has changed meanwhile. Nothing was done; please look again."]
    assert "   CUP-01×1 💬 <code>换成蓝色</code>" in text.split("\n")
    assert status(desk, one, two) == [OrderStatus.REVIEW] * 2
    await desk.taps(anna, "✅ Release and approve 2")
    assert status(desk, one, two) == [OrderStatus.APPROVED] * 2


async def test_undo_takes_all_of_it_back(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    orders = notes(desk, 3)
    await desk.writes(anna, TYPED)
    await desk.taps(anna, "✅ Release and approve 3")
    desk.clock.forward(9)
    [text] = await desk.taps(anna, "↩ Undo 3 (10 s)")
    assert (desk.toasts, text) == (["Taken back: 3"], "↩ Taken back: 3 orders, held again: buyer's message")
    assert [open_codes(desk.order(order.id).holds) for order in orders] == [(HoldCode.MESSAGE,)] * 3
    await desk.taps(anna, "📑 Read them again")
    await desk.taps(anna, "✅ Release and approve 3")
    desk.clock.forward(10)
    await desk.taps(anna, "↩ Undo 3 (10 s)")
    assert desk.toasts == [
        "The list of new orders: too late to undo, 10 s have passed. Stop it with a refund or a hold."
    ]
    assert status(desk, *orders) == [OrderStatus.APPROVED] * 3


async def test_why_tells_whose_batch_it_was(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    notes(desk, 3)
    await desk.writes(anna, TYPED)
    await desk.taps(anna, "✅ Release and approve 3")
    [text] = await desk.writes(anna, "/why 2")
    assert "✓ buyer's message: released by 安娜 Anna at 11-23 10:00, 3 orders in one go" in text.split("\n")
    [text] = await desk.taps(anna, "◀ Back")
    [text] = await desk.taps(anna, "🕘 History")
    assert "11-23 10:00 · hold released · 安娜 Anna, 3 orders in one go · buyer's message" in text.split("\n")


async def test_what_does_not_fit_is_told_with_its_reason(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    lamps: dict[str, Any] = {"lines": (incoming_line("LAMP-01", 10),), "paid": 9_000, "total": 9_000}
    orders = desk.takes(note("1", **lamps), note("2", **lamps), note("3", paid=10, total=10))
    desk.takes(note("4", paid=600_000, total=600_000))
    [text] = await desk.writes(anna, TYPED)
    assert text.split("\n")[-5:-1] == [
        "3 more orders stay held for this reason:",
        "• also held for a reason that needs its own decision: 2",
        "• out of stock: 1",
        "",
    ]
    await desk.taps(anna, "✅ Release and approve 1")
    assert ["2 · ¥90.00 · held · 小满旗舰店"] in desk.labels
    assert status(desk, *orders) == [OrderStatus.APPROVED, OrderStatus.REVIEW, OrderStatus.REVIEW]


async def test_a_measure_is_released_as_a_whole_by_a_lead(desk: DeskChat) -> None:
    lead, anna = desk.cast.people[Role.CS_LEAD], desk.cast.people[Role.CS]
    orders = desk.takes(
        *(incoming(str(n), paid=n, total=n, receiver=receiver(address=f"文三路 {n} 号")) for n in range(1, 13))
    )
    [text] = await desk.writes(lead, "/release unusual amount")
    assert text.split("\n")[3:6] == [
        "The largest:",
        "<b>1.</b> 12 · ¥0.12",
        "   ¥0.12, usual is ¥1.00 to ¥3,000.00",
    ]
    assert text.split("\n")[-1] == "… and 2 more orders"
    assert desk.labels == [["✅ Release and approve 12"], ["✋ One by one"]]
    [text] = await desk.writes(anna, "/release unusual amount")
    assert text == "«unusual amount» cannot be released by you; it belongs to service lead or goes away with its cause."
    await desk.taps(lead, "✅ Release and approve 12")
    assert status(desk, *orders) == [OrderStatus.APPROVED] * 12
    assert desk.labels == [["↩ Undo 12 (10 s)"]]


async def test_clean_ones_that_travel_along_are_named(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    along, held = desk.takes(incoming("1", **same), note("2", **same))
    [text] = await desk.writes(anna, TYPED)
    assert "🔗 1 clean order ships in the same parcels and is approved with them: 1" in text.split("\n")
    await desk.taps(anna, "✅ Release and approve 2")
    assert status(desk, along, held) == [OrderStatus.APPROVED] * 2
    [text] = await desk.taps(anna, "↩ Undo 2 (10 s)")
    assert status(desk, along, held) == [OrderStatus.REVIEW] * 2


async def test_who_may_not_and_what_never_goes_together(desk: DeskChat) -> None:
    anna, picker = desk.cast.people[Role.CS], desk.cast.people[Role.PICKER]
    notes(desk, 2)
    [text] = await desk.writes(picker, "/release")
    assert text.startswith("Your role does not allow this")
    [text] = await desk.writes(anna, "/release buyer on the blacklist")
    assert text == "buyer on the blacklist: these orders are decided one by one, never together."
    [text] = await desk.writes(anna, "/release out of stock")
    assert text == "out of stock: these orders are decided one by one, never together."
    [text] = await desk.writes(anna, "/release buyer's message >500")
    assert text.endswith("Expected: a hold reason, with or without a shop and a deadline.")


async def test_the_queue_of_a_reason_offers_it(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    notes(desk, 3)
    await desk.writes(anna, "/queue buyer's message")
    assert ["📑 Release together: 3"] in desk.labels
    [text] = await desk.taps(anna, "📑 Release together: 3")
    assert text.split("\n")[2] == "小满旗舰店: 3 orders · ¥234.00"
    await desk.writes(anna, "/queue")
    assert not any(label.startswith("📑") for row in desk.labels for label in row)


async def test_a_group_reads_it_masked_and_whoever_taps_is_judged(desk: DeskChat) -> None:
    owner, anna = desk.cast.people[Role.OWNER], desk.cast.people[Role.CS]
    await desk.writes(owner, "/desk cs_lead", group=True)
    orders = desk.takes(note("1", "call 13912345678"), note("2"))
    [text] = await desk.writes(anna, "/release 买家留言", group=True)
    assert "*******5678" in text
    assert "13912345678" not in text
    tap, card = desk.button(GROUP, "✅ Release and approve 2")
    picker = desk.cast.people[Role.PICKER]
    await desk.presses(picker, tap, card, group=True)
    assert status(desk, *orders) == [OrderStatus.REVIEW] * 2
    await desk.presses(desk.cast.people[Role.CS_LEAD], tap, card, group=True)
    assert status(desk, *orders) == [OrderStatus.APPROVED] * 2


async def test_a_number_is_the_orders_that_stands_behind_it(desk: DeskChat) -> None:
    """Also where a page holds several shops' orders, which stand under their shops."""
    anna = desk.cast.people[Role.CS]
    (late,) = desk.takes(note("1"))
    (first,) = desk.takes(note("9", paid_at=NOW - timedelta(hours=5)), shop=1)
    [text] = await desk.writes(anna, TYPED)
    assert [line for line in text.split("\n") if line.startswith("<b>2")] == ["<b>2.</b> 9 · ¥78.00"]
    await desk.taps(anna, "2")
    hands = desk.look(lambda d: [d.hands.of(order.id).taken_by for order in (late, first)])
    assert hands == [anna.id, anna.id]
    assert desk.last[-1].said["text"].startswith("<b>✋ Held: buyer's message</b> · 9 ")


async def test_in_chinese(zh: DeskChat) -> None:
    anna = zh.cast.people[Role.CS]
    notes(zh, 2)
    zh.takes(note("9"), shop=1)
    [text] = await zh.writes(anna, "/release 买家留言")
    assert text.split("\n")[:6] == [
        "<b>📑 挂起：买家留言</b>",
        "合计：3 单 · ¥234.00",
        "",
        "小满旗舰店：2 单 · ¥156.00",
        "<b>1.</b> 1 · ¥78.00",
        "   CUP-01×1 💬 <code>note 1</code>",
    ]
    assert text.split("\n")[8:11] == ["", "小满拼多多店：1 单 · ¥78.00", "<b>3.</b> 9 · ¥78.00"]
    assert zh.labels == [
        ["✅ 放行并通过 3 单"],
        ["1", "2", "3"],
        ["🔎 小满旗舰店", "🔎 小满拼多多店"],
        ["✋ 逐单处理"],
    ]
    [text] = await zh.taps(anna, "✅ 放行并通过 3 单")
    assert zh.toasts == ["已放行并通过 3 单"]
    assert text.split("\n")[0] == "<b>✅ 已放行并通过：买家留言</b>"


@pytest.mark.parametrize("code", [code for code in HoldCode if code not in bulk.ONE_BY_ONE])
def test_the_taps_fit(code: HoldCode) -> None:
    scope = Scope(shop=99_999, code=code, due=NOW)
    mark = "z" * 11
    assert len(pack("b.r", mark, short(2**32 - 1), code_of(scope))) <= 64
    tap = pack("b.t", short(36**8 - 1), mark, code_of(scope))
    assert len(tap) <= 64
    assert told(unpack(tap)[1][1:])[0] == scope


async def test_a_card_of_a_limit_that_was_lowered_since_is_stale(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    orders = notes(desk, 2)
    await desk.writes(anna, TYPED)
    limits = replace(Policy().limits, cs_approve={"*": 100})
    desk.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), limits=limits), "test"))
    await desk.taps(anna, "✅ Release and approve 2")
    assert status(desk, *orders) == [OrderStatus.REVIEW] * 2
    assert [desk.order(order.id).holds for order in orders] == [order.holds for order in orders]
