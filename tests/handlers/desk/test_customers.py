"""Customers in chat: found, tagged, listed, appealed; what groups may see, and old taps."""

from collections.abc import Iterator

import pytest

from domain.customers import proposals
from domain.customers.customer_records import Appeal, Entry, EntryState, KeyKind, ListLevel
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.records import NoticeKind
from domain.review.holds import HoldCode, open_codes
from tests import factory
from tests.factory import incoming, receiver
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio
EVE = "小气鬼_88"


@pytest.fixture
def zh(sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks Chinese."""
    made = open_desk(sqlite_url, "zh")
    yield made
    made.store.close()


def bought(desk: DeskChat, *numbers: str, refunded: int = 0) -> None:
    """Shipped orders of the buyer."""
    for number in numbers:
        made = desk.look(
            lambda unit, number=number: factory.order(
                unit, desk.cast.shops[0], number, buyer_id=EVE, refunded=refunded, status=OrderStatus.SHIPPED
            )
        )
        desk.do(factory.put, made)


def entries(desk: DeskChat) -> tuple[Entry, ...]:
    """The first customer's, newest first."""
    found: tuple[Entry, ...] = desk.look(lambda unit: unit.customers.entries([1]).get(1, ()))
    return found


def vip(desk: DeskChat) -> bool:
    """Whether the first customer is one."""
    found: bool = desk.look(lambda unit: unit.customers.get(1).vip)
    return found


def asked(desk: DeskChat) -> None:
    """The last message asks for a reply."""
    assert any((call.said.get("reply_markup") or {}).get("force_reply") for call in desk.last)


async def test_a_customer_on_one_card(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    bought(desk, *"12345")
    bought(desk, "6", refunded=1050)
    [text] = await desk.writes(anna, f"/customer {EVE}")
    assert text.split("\n") == [
        f"<b>👤 {EVE}</b> · Taobao",
        "",
        "Orders: 6, on 2026-11-23",
        "Refunded: 1 of 6 paid orders (16 %)",
        "Paid ¥468.00, went back ¥10.50",
    ]
    assert desk.labels == [
        ["🏷 Tags", "📝 Note"],
        ["⛔ Propose for the blacklist"],
        *([f"{number} · ¥78.00 · shipped · 小满旗舰店"] for number in "65432"),
        ["🕘 History"],
    ]
    [order] = await desk.taps(anna, "6 · ¥78.00 · shipped · 小满旗舰店")
    assert order.startswith("<b>🚚 Shipped</b> · 6")
    [history] = await desk.taps(anna, "🕘 History")
    assert "Nothing" not in history


async def test_the_card_in_chinese(zh: DeskChat) -> None:
    bought(zh, "1")
    [text] = await zh.writes(zh.cast.people[Role.CS_LEAD], "/customer 1")
    assert text.split("\n")[2:] == [
        "订单 1 笔，下单日 2026-11-23",
        "退款：1 笔已付订单中 0 笔（0%）",
        "已付 ¥78.00，已退 ¥0.00",
    ]
    assert zh.labels[0] == ["🏷 标签", "⭐ VIP"]


async def test_several_customers_become_buttons_and_nobody_is_said(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", buyer_id=EVE), incoming("2", buyer_id="b2"), incoming("3", buyer_id=""))
    [text] = await desk.writes(anna, "/customer 1234")
    assert text == "Several customers fit «1234». Which one?"
    assert desk.labels == [["👤 b2 · Taobao · 2"], [f"👤 {EVE} · Taobao · 1"]]
    [card] = await desk.taps(anna, "👤 b2 · Taobao · 2")
    assert card.startswith("<b>👤 b2</b> · Taobao")
    assert await desk.writes(anna, "/customer <b>") == [
        "There is no customer «&lt;b&gt;». /customer takes a buyer id, an order number or the last phone digits."
    ]
    assert await desk.writes(anna, "/customer") == ["Which customer? Write it after the command."]
    assert await desk.writes(anna, "/customer 3") == [
        "«3» is not valid for customer. Expected: an order whose platform tells who bought it."
    ]
    picker = desk.cast.people[Role.PICKER]
    assert await desk.writes(picker, "/customer 1") == ["Your role does not allow this (see orders)."]


async def test_from_the_order_to_its_customer_and_the_order_stays(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", buyer_id=EVE), incoming("2", buyer_id="t**1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "👤 Buyer")
    assert [call.name for call in desk.last] == ["sendMessage", "answerCallbackQuery"]
    await desk.writes(anna, "/order 2")
    assert "👤 Buyer" not in desk.labels[-1]


async def test_tags_vip_and_note_show_on_the_order_and_in_lists(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    desk.takes(incoming("1", buyer_id=EVE), incoming("2", buyer_id=EVE, receiver=receiver(address="别处 2 号")))
    await desk.writes(anna, f"/customer {EVE}")
    await desk.taps(anna, "🏷 Tags")
    await desk.taps(anna, "批发")
    assert "✓ 批发" in desk.labels[0]
    await desk.taps(anna, "Other…")
    asked(desk)
    [_, card] = await desk.answers(anna, "<i>急</i>")
    assert card.split("\n")[1] == "#批发 · #&lt;i&gt;急&lt;/i&gt;"
    await desk.taps(anna, "📝 Note")
    [_, card] = await desk.answers(anna, "只发顺丰")
    assert card.split("\n")[2] == "📝 只发顺丰"
    await desk.writes(lead, f"/customer {EVE}")
    [card] = await desk.taps(lead, "⭐ VIP")
    assert card.split("\n")[1] == "⭐ VIP · #批发 · #&lt;i&gt;急&lt;/i&gt;"
    [order] = await desk.writes(anna, "/order 1")
    assert "⭐ VIP · #批发 · #&lt;i&gt;急&lt;/i&gt;" in order.split("\n")
    await desk.writes(anna, EVE)
    assert [row[0].split(" · ")[0] for row in desk.labels] == ["⭐ 2", "⭐ 1"]
    [history] = await desk.taps(lead, "🕘 History")
    assert history.split("\n")[2:] == [
        f"11-23 10:00 · made a VIP · {lead.name}",
        f"11-23 10:00 · noted · {anna.name} · 只发顺丰",
        f"11-23 10:00 · tagged · {anna.name} · &lt;i&gt;急&lt;/i&gt;",
        f"11-23 10:00 · tagged · {anna.name} · 批发",
    ]


async def test_an_old_tap_is_refused_in_words_and_changes_nothing(desk: DeskChat) -> None:
    anna, lead, owner = (desk.cast.people[role] for role in (Role.CS, Role.CS_LEAD, Role.OWNER))
    bought(desk, "1")
    await desk.writes(owner, f"/customer {EVE}")
    old, shown = desk.button(owner.telegram_id, "⭐ VIP")
    await desk.writes(lead, f"/customer {EVE}")
    await desk.taps(lead, "⭐ VIP")
    [redrawn] = await desk.presses(owner, old, shown)
    assert desk.toasts == [
        f"The customer: made a VIP by {lead.name} at 10:00. Nothing was changed; the card is up to date now."
    ]
    assert "⭐ VIP" in redrawn
    assert vip(desk)
    await desk.presses(anna, old.replace(":1:1", ":1:2"), shown)
    assert desk.toasts == ["Your role does not allow this (decide on VIPs and the blacklist)."]


async def test_a_lead_lists_a_customer_with_reason_level_term_and_evidence(desk: DeskChat) -> None:
    lead = desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(incoming("1", buyer_id=EVE))
    await desk.writes(lead, f"/customer {EVE}")
    await desk.taps(lead, "⛔ Blacklist")
    await desk.taps(lead, "empty or short returns")
    await desk.taps(lead, "⛔ refuse orders")
    assert desk.labels == [
        ["90 days", "30 days"],
        ["365 days", "until lifted"],
        ["☐ also by phone", "☐ also by address"],
        ["◀ Back"],
    ]
    await desk.taps(lead, "☐ also by phone")
    assert desk.labels[2] == ["☑ also by phone", "☐ also by address"]
    await desk.taps(lead, "☐ also by address")
    await desk.taps(lead, "☑ also by address")
    assert desk.labels[2] == ["☑ also by phone", "☐ also by address"]
    await desk.taps(lead, "365 days")
    asked(desk)
    said, card = await desk.answers(lead, "1 和 2 都是空包 <x>")
    assert said == "On the blacklist. Orders in review held for it: 1"
    assert card.split("\n")[-1] == "⛔ refuse orders: empty or short returns, until: 2027-11-23"
    (entry,) = entries(desk)
    assert (entry.level, entry.kinds) == (ListLevel.REFUSE, frozenset({KeyKind.BUYER, KeyKind.PHONE}))
    [text] = await desk.writes(lead, "/order 1")
    assert text.split("\n")[0].startswith("<b>✋ Held: buyer on the blacklist</b>")
    assert (
        "• <b>buyer on the blacklist</b>: refuse orders: empty or short returns, recognised by account, "
        "until: 2027-11-23 “1 和 2 都是空包 &lt;x&gt;” · service lead"
    ) in text.split("\n")
    await desk.taps(lead, "👤 Buyer")
    await desk.taps(lead, "▸ ⛔ refuse orders: empty or short returns, until: 2027-11-23")
    await desk.taps(lead, "✅ Take off the list")
    [_, card] = await desk.answers(lead, "误会")
    assert card.startswith("<b>✅ Taken off the blacklist: empty or short returns</b>")
    assert desk.labels == [["👤 Customer"]]
    assert open_codes(desk.order(order.id).holds) == ()


async def test_service_proposes_and_the_leads_card_decides(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(incoming("1", buyer_id=EVE))
    await desk.writes(anna, f"/customer {EVE}")
    await desk.taps(anna, "⛔ Propose for the blacklist")
    await desk.taps(anna, "professional claims")
    said, _ = await desk.answers(anna, "要求十倍赔偿")
    assert said == "Proposed; the service leads are told."
    (entry,) = entries(desk)
    assert desk.notices(lead, NoticeKind.ENTRY) == [(entry.id, False)]
    [text] = await desk.shown(lead, NoticeKind.ENTRY, entry.id)
    assert text.split("\n")[0] == f"<b>❔ Proposed for the blacklist: professional claims</b> · {EVE} · Taobao"
    await desk.taps(lead, "✋ hold orders")
    assert desk.toasts == ["On the blacklist. Orders in review held for it: 1"]
    assert entries(desk)[0].state is EntryState.ACTIVE
    assert open_codes(desk.order(order.id).holds) == (HoldCode.BLACKLIST,)


async def test_what_the_clock_proposes_carries_its_figures_and_is_dismissed(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    bought(desk, "1", "2")
    bought(desk, "3", "4", "5", refunded=7800)
    assert desk.do(proposals.tick) == 1
    [text] = await desk.shown(lead, NoticeKind.ENTRY, 1)
    assert text.split("\n") == [
        f"<b>❔ Proposed for the blacklist: malicious refunds</b> · {EVE} · Taobao",
        "Noted by the clock at 11-23 10:00.",
        "It works only once a service lead confirms it.",
        "",
        "Orders: 5, 4, 3",
        "Then: 3 of 5 paid orders refunded (60 %)",
    ]
    rows = desk.card(lead, NoticeKind.ENTRY, 1).rows
    assert [[button.label for button in row] for row in rows] == [
        ["⚠️ warn", "✋ hold orders"],
        ["⛔ refuse orders"],
        ["Dismiss"],
        ["👤 Customer"],
    ]
    dismiss, shown = desk.button(lead.telegram_id, "Dismiss")
    await desk.presses(anna, dismiss, shown)
    assert desk.toasts == ["Your role does not allow this (decide on VIPs and the blacklist)."]
    [text] = await desk.presses(lead, dismiss, shown)
    assert text.startswith("<b>Not put on the blacklist: malicious refunds</b>")
    await desk.presses(lead, dismiss, shown)
    assert desk.toasts == [
        f"The blacklist entry: proposal dismissed by {lead.name} at 10:00. "
        "Nothing was changed; the card is up to date now."
    ]
    assert [entry.state for entry in entries(desk)] == [EntryState.DISMISSED]


async def test_an_appeal_goes_to_the_lead_and_is_answered(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    bought(desk, *"12345", refunded=1)
    desk.do(proposals.tick)
    await desk.shown(lead, NoticeKind.ENTRY, 1)
    await desk.taps(lead, "⚠️ warn")
    await desk.writes(anna, f"/customer {EVE}")
    await desk.taps(anna, "▸ ⚠️ warn: malicious refunds, until: 2027-02-21")
    assert desk.labels == [["🗣 Appeal"], ["👤 Customer"]]
    await desk.taps(anna, "🗣 Appeal")
    [_, card] = await desk.answers(anna, "快递弄丢了")
    assert card.split("\n")[-3:] == [
        f"🗣 Appeal, told by {anna.name} at 11-23 10:00:",
        "“快递弄丢了”",
        "A service lead decides.",
    ]
    await desk.shown(lead, NoticeKind.ENTRY, 1)
    await desk.taps(lead, "Keep on the list")
    assert desk.toasts == ["It stays on the list."]
    assert (entries(desk)[0].appeal, entries(desk)[0].state) == (Appeal.UPHELD, EntryState.ACTIVE)


async def test_a_warning_stands_on_the_order(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(incoming("1", buyer_id=EVE))
    await desk.writes(anna, "/order 1")
    await desk.writes(lead, f"/customer {EVE}")
    for label in ("⛔ Blacklist", "other", "⚠️ warn", "until lifted"):
        await desk.taps(lead, label)
    await desk.answers(lead, "爱吵 <&>")
    assert desk.notices(anna, NoticeKind.ORDER) == [(order.id, True)]
    [text] = await desk.writes(lead, "/order 1")
    assert text.startswith("<b>🟢 Clean, waits for approval</b>")
    assert "⚠️ warn: other, until: until lifted “爱吵 &lt;&amp;&gt;”" in text.split("\n")


async def test_a_group_sees_masked_customers(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", buyer_id=EVE))
    await desk.writes(anna, f"/customer {EVE}")
    await desk.taps(anna, "📝 Note")
    await desk.answers(anna, "电话 13800001234")
    [text] = await desk.writes(anna, "/customer 1", group=True)
    assert EVE not in text
    assert "13800001234" not in text
    assert text.split("\n")[:2] == ["<b>👤 小**</b> · Taobao", "📝 电话 *******1234"]
