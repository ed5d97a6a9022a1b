"""The queue, the limits and the freezes in chat: cards, taps old and new, both languages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.orders.catalog import Account
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.records import NoticeKind
from domain.review import queue
from domain.review.holds import HoldCode
from domain.review.scope import ALL, HELD, Amount, Hand, Scope
from handlers.cards.desk.scopes import MOST_ABOVE, code_of, scope_of, walked
from handlers.taps import pack
from handlers.words import LANGUAGES
from tests.factory import NOW, incoming, incoming_line
from tests.handlers.desk_chat import DeskChat, open_desk
from tests.handlers.floor_chat import GROUP

pytestmark = pytest.mark.anyio
BIG = {"paid": 1_000_000, "total": 1_000_000}


def opened(url: str, language: str) -> DeskChat:
    """A company that does not hold large amounts."""
    made = open_desk(url, language)
    chosen = replace(Policy(), holds={HoldCode.AMOUNT_RANGE: HoldChoice(on=False)})
    made.do(lambda unit: unit.catalog_admin.put_policy(chosen, "test"))
    return made


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    made = opened(sqlite_url, "en")
    yield made
    made.store.close()


@pytest.fixture
def zh(sqlite_url: str) -> Iterator[DeskChat]:
    made = opened(sqlite_url, "zh")
    yield made
    made.store.close()


LONGEST = Scope(held=True, shop=99_999, code=HoldCode.WAREHOUSE_CHANGED, hours=48, amount=Amount.OVER, above=999_999)
SCOPES = [
    ALL,
    HELD,
    Scope(held=False, due=NOW, amount=Amount.TWO),
    Scope(shop=3, hours=0, hand=Hand.SNOOZED),
    replace(LONGEST, hand=Hand.MINE),
]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_survives_its_tap(scope: Scope) -> None:
    assert scope_of(code_of(scope)) == scope
    assert len(pack("o.q", 2**53, code_of(scope)).encode()) <= 64


def test_a_batch_button_fits_with_any_scope_of_clean_orders() -> None:
    scope = Scope(held=False, shop=99_999, due=NOW, amount=Amount.OVER, above=MOST_ABOVE, hand=Hand.MINE)
    assert len(pack("d.ac", 2**53, 2**32 - 1, code_of(scope)).encode()) <= 64


@pytest.mark.parametrize("code", ["", "xNO_SUCH", "s", "h1", "42", "hold.KEYWORD", "d6.q", "u99999999999999999"])
def test_a_scope_that_makes_no_sense_is_all_held_to_walk_and_nothing_to_approve(code: str) -> None:
    assert scope_of(code) is None
    assert walked(code) == HELD


async def test_filters_are_typed_together(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    soon = {"paid_at": NOW - timedelta(hours=45), "buyer_message": "note"}
    desk.takes(
        incoming("1", **soon), incoming("2", buyer_message="note"), incoming("3", paid=1_000, total=1_000, **soon)
    )
    desk.takes(incoming("4", **soon), shop=1)
    [text] = await desk.writes(anna, "/queue 小满旗舰店 urgent >50 买家留言")
    assert text.split("\n")[-1].startswith("1 of 1 · 小满旗舰店 + buyer's message + urgent + &gt; 50 · ⏳")
    chips = ["✕ 小满旗舰店", "✕ buyer's message"], ["✕ urgent", "✕ > 50"]
    assert desk.labels[-2:] == [*map(list, chips)]
    [text] = await desk.taps(anna, "✕ 小满旗舰店")
    assert text.split("\n")[-1].startswith("1 of 2 · buyer's message + urgent + &gt; 50 · ⏳")
    row = desk.look(lambda d: d.cards.at(anna.chat_id, desk.last[0].message_id))
    assert row.shown == "xMESSAGE.d6.g50"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/queue urgnt", "«urgnt» is not valid for the filter. Expected: a shop, a hold reason, held, clean, urgent,"),
        (
            "/new 小满旗舰店 小满拼多多店",
            "«小满旗舰店» is not valid for the filter. Expected: one of a kind: one shop, one reason, one deadline.",
        ),
    ],
)
async def test_a_filter_that_is_not_understood_is_refused(desk: DeskChat, typed: str, answer: str) -> None:
    [text] = await desk.writes(desk.cast.people[Role.CS], typed)
    assert text.startswith(answer)


async def test_filters_are_tapped_together_and_dropped(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", buyer_message="note"), incoming("2"))
    desk.takes(incoming("3", buyer_message="note"), shop=1)
    await desk.writes(anna, "/queue")
    await desk.taps(anna, "🔎 1/2")
    assert desk.labels == [
        ["✕ held"],
        ["clean 1", "小满旗舰店 1"],
        ["小满拼多多店 1", "buyer's message 2"],
        ["📥 As a digest"],
        ["◀ Back"],
    ]
    await desk.taps(anna, "小满拼多多店 1")
    assert desk.labels[-2:] == [["🔎 1/1"], ["✕ held", "✕ 小满拼多多店"]]
    await desk.taps(anna, "🔎 1/1")
    [text] = await desk.taps(anna, "📥 As a digest")
    assert text.split("\n")[:2] == ["<b>📥 1 new: 0 clean, 1 held</b>", "🔎 held + 小满拼多多店"]


async def test_a_digest_of_a_part_approves_that_part_and_stays_it(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    one, two = desk.takes(incoming("1"), incoming("2", buyer_id="other", paid=1_000, total=1_000))
    (other,) = desk.takes(incoming("3"), shop=1)
    [text] = await desk.writes(anna, "/new 小满旗舰店 >50")
    assert text.split("\n")[:2] == ["<b>📥 1 new: 1 clean, 0 held</b>", "🔎 小满旗舰店 + &gt; 50"]
    assert desk.labels == [["✅ Approve 1 clean"], ["✕ 小满旗舰店", "✕ > 50"], ["🔎 Filter"]]
    [text] = await desk.taps(anna, "✅ Approve 1 clean")
    assert [desk.order(order.id).status for order in (one, two, other)] == [
        OrderStatus.APPROVED,
        OrderStatus.REVIEW,
        OrderStatus.REVIEW,
    ]
    assert text.split("\n")[:2] == ["<b>📥 None of these waits</b>", "🔎 小满旗舰店 + &gt; 50"]
    [text] = await desk.taps(anna, "✕ > 50")
    assert text.split("\n")[:2] == ["<b>📥 1 new: 1 clean, 0 held</b>", "🔎 小满旗舰店"]


async def test_a_batch_button_of_an_older_version_approves_nothing(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/new")
    data, shown = desk.button(anna.telegram_id, "✅ Approve 1 clean")
    verb, watermark, checksum, _ = data.split(":")
    for old in ((), (0, 29_000_000), ("3",)):
        await desk.presses(anna, pack(verb, watermark, checksum, *old), shown)
        assert desk.order(order.id) == order


async def test_two_people_approve_in_chat(desk: DeskChat) -> None:
    anna, lead, owner = (desk.cast.people[role] for role in (Role.CS, Role.CS_LEAD, Role.OWNER))
    (order,) = desk.takes(incoming("1", **BIG))
    await desk.writes(anna, "/order 1")
    assert desk.labels[:3] == [["✋ Hold", "✏️ Edit address"], ["❌ Reject"], ["💸 Refund and stop"]]
    [card] = await desk.writes(lead, "/order 1")
    assert card.split("\n")[1] == "👥 From ¥10,000.00 on two people approve"
    old, shown = desk.button(lead.telegram_id, "✅ Approve (1 of 2)")
    [card] = await desk.taps(lead, "✅ Approve (1 of 2)")
    assert desk.toasts == ["Your yes is noted. A second person must approve."]
    assert card.split("\n")[1] == f"☝️ {lead.name} said yes at 10:00; a second person must approve"
    assert desk.labels[:2] == [["↩ Take my yes back"], ["✋ Hold", "✏️ Edit address"]]
    assert desk.order(order.id).status is OrderStatus.REVIEW
    await desk.presses(lead, old, shown)
    assert desk.toasts == [
        f"1: first yes of two by {lead.name} at 10:00. Nothing was changed; the card is up to date now."
    ]
    await desk.presses(lead, pack("o.ok", order.id, order.revision + 1), shown)
    assert desk.toasts == ["1: the first yes was yours; the second must be somebody else's."]
    assert desk.order(order.id).status is OrderStatus.REVIEW
    await desk.writes(owner, "/order 1")
    early = desk.button(owner.telegram_id, "✅ Approve (2 of 2)")
    [card] = await desk.taps(lead, "↩ Take my yes back")
    assert (desk.toasts, card.split("\n")[1]) == (["Taken back."], "👥 From ¥10,000.00 on two people approve")
    await desk.presses(owner, *early)
    assert desk.toasts == [
        f"1: first yes taken back by {lead.name} at 10:00. Nothing was changed; the card is up to date now."
    ]
    await desk.taps(lead, "✅ Approve (1 of 2)")
    await desk.writes(owner, "/order 1")
    [card] = await desk.taps(owner, "✅ Approve (2 of 2)")
    assert card.split("\n")[0].startswith("<b>✅ Approved</b>")
    assert card.split("\n")[1:3] == [
        f"Approved by {lead.name} and {owner.name} at 11-23 10:00.",
        "It goes to the warehouse when the time to undo is over.",
    ]
    assert desk.order(order.id).decided_by == owner.name


async def test_the_digest_leaves_large_orders_and_says_why(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    _, large = desk.takes(incoming("1"), incoming("2", **BIG))
    await desk.writes(anna, "/new")
    assert desk.labels == [["✅ Approve 1 clean"], ["🔐 1 above the limit"], ["🔎 Filter"]]
    texts = await desk.taps(anna, "✅ Approve 1 clean")
    assert desk.toasts == ["Approved: 1, not approved: 1"]
    assert texts[1].split("\n") == ["<b>Not approved: 1</b>", "• above ¥5,000.00 a lead approves: 1"]
    assert desk.labels == [["2 · ¥10,000.00 · in review · 小满旗舰店"]]
    assert desk.order(large.id) == large


async def test_the_digest_groups_in_chinese(zh: DeskChat) -> None:
    anna = zh.cast.people[Role.CS]
    soon, late = NOW - timedelta(hours=45), NOW - timedelta(hours=49)
    zh.takes(incoming("1", paid_at=soon), incoming("2"), incoming("3", paid_at=late, buyer_message="加急"))
    zh.takes(incoming("4", buyer_message="x"), shop=1)
    zh.takes(incoming("5"), shop=1)
    [text] = await zh.writes(anna, "/new")
    assert text.split("\n")[-2:] == [
        "⏰ 最早一单本应在 11-23 09:00 发出",
        "🕑 发货时限：已超时 1 · 6 小时内 1 · 更晚 3",
    ]
    assert zh.labels == [
        ["✅ 通过 3 单"],
        ["⏰ 通过 6 小时内到期的 1 单"],
        ["✅ 小满旗舰店 2 单"],
        ["✅ 小满拼多多店 1 单"],
        ["✋ 查看挂起 2 单"],
        ["⏰ 紧急 2", "✋ 小满旗舰店 1"],
        ["✋ 小满拼多多店 1"],
        ["买家留言 2", "关键词 1"],
        ["📑 批量放行…"],
        ["🔎 筛选"],
    ]
    await zh.taps(anna, "✅ 小满拼多多店 1 单")
    assert zh.toasts == ["已通过：1"]
    await zh.taps(anna, "关键词 1")
    assert zh.labels[-2:] == [["🔎 1/1"], ["✕ 关键词"]]


async def test_whoever_takes_an_order_is_seen_and_asked_for_once_more(desk: DeskChat) -> None:
    anna, bella = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    first, second = desk.takes(*(incoming(str(n), buyer_message="note") for n in (1, 2)))
    await desk.writes(anna, "/queue")
    data, shown = desk.button(anna.telegram_id, "✅ Release 1 and approve")
    await desk.writes(bella, "/queue")
    [mine] = await desk.taps(bella, "🙋 I take it")
    assert mine.split("\n")[1] == f"🙋 In your hands ({bella.name} since 10:00)"
    assert (NoticeKind.QUEUE, True) in {(NoticeKind.QUEUE, flag) for _, flag in desk.notices(anna, NoticeKind.QUEUE)}
    [sure] = await desk.presses(anna, data, shown)
    assert sure.split("\n")[-2:] == [
        f"👀 {bella.name} has had this order in hand since 11-23 10:00.",
        "Approve it all the same?",
    ]
    assert desk.order(first.id) == first
    [after] = await desk.taps(anna, "✅ Approve all the same")
    assert desk.order(first.id).decided_by == anna.name
    assert " · 2 · " in after.split("\n")[0]
    assert desk.order(second.id) == second


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_travels_along_and_is_in_other_hands_is_asked_for(sqlite_url: str, language: str) -> None:
    desk = open_desk(sqlite_url, language)
    anna, bella = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    goods = {"1": "CUP-01", "2": "TEA-01"}
    first, second = desk.takes(
        *(incoming(n, buyer_id="one", lines=(incoming_line(sku, 1),)) for n, sku in goods.items())
    )
    label, told, put_off, ask, sure = {
        "en": (
            "✅ Approve",
            f"👀 It travels with 1, which {bella.name} has had in hand since 11-23 10:00.",
            "💤 It travels with 1, which is put off until 11-23 11:00.",
            "Approve it all the same?",
            "✅ Approve all the same",
        ),
        "zh": (
            "✅ 通过",
            f"👀 同包裹的 1，{bella.name} 从 11-23 10:00 起正在处理。",
            "💤 同包裹的 1 已推迟到 11-23 11:00。",
            "仍要通过吗？",
            "✅ 仍然通过",
        ),
    }[language]
    await desk.writes(anna, "2")
    data, shown = desk.button(anna.telegram_id, label)
    desk.do(queue.take, bella.acting(), first.id)
    [text] = await desk.presses(anna, data, shown)
    assert text.split("\n")[-2:] == [told, ask]
    desk.do(queue.snooze, bella.acting(), first.id, 60)
    [text] = await desk.presses(anna, data, shown)
    assert text.split("\n")[-2:] == [put_off, ask]
    assert [desk.order(one.id).status for one in (first, second)] == [OrderStatus.REVIEW] * 2
    await desk.taps(anna, sure)
    assert [desk.order(one.id).status for one in (first, second)] == [OrderStatus.APPROVED] * 2
    desk.store.close()


async def test_later_puts_an_order_off_and_goes_on(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(*(incoming(str(n), buyer_message="note") for n in (1, 2)))
    await desk.writes(anna, "/queue")
    await desk.taps(anna, "💤 Later")
    assert desk.labels == [["💤 15 min", "💤 1 h", "🌅 Until 09:00"], ["◀ Back"]]
    [after] = await desk.taps(anna, "💤 1 h")
    assert desk.toasts == ["Put off until 11-23 11:00."]
    assert " · 2 · " in after.split("\n")[0]
    assert desk.labels[-2] == ["🔎 1/1"]
    await desk.taps(anna, "🔎 1/1")
    await desk.taps(anna, "put off 1")
    [back] = await desk.taps(anna, "⏰ Back into the queue")
    assert " · 1 · " in back.split("\n")[0]


async def test_a_redraw_keeps_the_filter(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", buyer_message="gift"), incoming("2", buyer_message="note"))
    await desk.writes(anna, "/queue")
    await desk.taps(anna, "🔎 1/2")
    await desk.taps(anna, "keyword 1")
    row = desk.look(lambda d: d.cards.at(anna.chat_id, desk.last[0].message_id))
    assert row.shown == "h.xKEYWORD"
    await desk.taps(anna, "✋ Hold")
    await desk.taps(anna, "◀ Back")
    assert desk.labels[-2:] == [["🔎 1/1"], ["✕ held", "✕ keyword"]]


async def test_an_old_queue_tap_without_a_filter_still_walks(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    first, second = desk.takes(*(incoming(str(n), buyer_message="note") for n in (1, 2)))
    await desk.writes(anna, "/queue")
    _, shown = desk.button(anna.telegram_id, "▶")
    [text] = await desk.presses(anna, pack("o.q", second.id), shown)
    assert text.split("\n")[-1].startswith("2 of 2 · held")
    assert desk.order(first.id) == first


async def test_an_empty_queue_leads_to_the_new_orders(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    assert await desk.writes(anna, "/queue") == ["No order is held."]
    assert desk.labels == [["📥 New orders"]]
    [text] = await desk.taps(anna, "📥 New orders")
    assert text == "<b>📥 No new orders: everything is decided</b>"


async def test_what_was_put_off_says_so_on_the_way_back(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", buyer_message="急"), incoming("2", buyer_message="急"))
    await desk.writes(anna, "/queue")
    await desk.taps(anna, "💤 Later")
    await desk.taps(anna, "💤 15 min")
    assert desk.labels[-1] == ["↩ 1: 💤 Put off until 11-23 10:15"]
    await desk.taps(anna, "✅ Release 1 and approve")
    assert desk.labels[-1] == ["🔎 Filter", "📥 New orders"]


async def test_a_slip_of_the_finger_is_understood(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("3847201956612"), incoming("77", buyer_id="xiaoming_shop"))
    for typed in ("384720195612", "3847201965612", "38472019566112", "3847201956617"):
        [text] = await desk.writes(anna, typed)
        assert text == f"No exact hit for «{typed}». Did you mean:"
        assert desk.labels == [["3847201956612 · ¥78.00 · in review · 小满旗舰店"]]
    [text] = await desk.writes(anna, "xiaomnig_shop")
    assert desk.labels == [["77 · ¥78.00 · in review · 小满旗舰店"]]
    await desk.writes(anna, "1956612")
    assert "3847201956612" in desk.last[-1].said["text"]


async def test_a_group_is_asked_once_more_too(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1", group=True)
    desk.do(queue.take, anna.acting(), order.id)
    data, shown = desk.button(GROUP, "✅ Approve")
    await desk.presses(lead, data, shown, group=True)
    assert desk.order(order.id) == order
    await desk.presses(anna, data, shown, group=True)
    assert desk.order(order.id).decided_by == anna.name


async def test_finance_sees_and_tops_up_the_prepaid_numbers(desk: DeskChat) -> None:
    finance, anna = desk.cast.people[Role.FINANCE], desk.cast.people[Role.CS]
    counted = Account(0, desk.cast.couriers[0].id, "hz", shop_id=desk.cast.shops[0].id)
    account = desk.do(lambda unit: unit.catalog_admin.add_account(counted, balance=0))
    [text] = await desk.writes(finance, "/numbers")
    assert f"#{account.id} {desk.cast.couriers[0].name} hz: ⛔ 0 left" in text.split("\n")
    assert await desk.writes(finance, f"/numbers #{account.id} 500") == [
        f"Account #{account.id}: 500 numbers left. Orders that waited for them are being checked again."
    ]
    [text] = await desk.writes(finance, "/numbers much")
    assert (
        text == "«much» is not valid for waybill account. Expected: the account and how many you bought, like #3 500."
    )
    [text] = await desk.writes(anna, "/numbers")
    assert "hz" not in text
