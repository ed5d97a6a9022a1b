"""Review in chat: the digest, the queue, the card and its buttons; both languages, and what groups may see."""

from collections.abc import Iterator

import pytest

from domain.intake.incoming import Receiver
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.records import NoticeKind
from tests.factory import incoming, incoming_line, receiver
from tests.handlers.desk_chat import DeskChat, open_desk
from tests.handlers.floor_chat import GROUP

pytestmark = pytest.mark.anyio


@pytest.fixture
def zh(sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks Chinese."""
    made = open_desk(sqlite_url, "zh")
    yield made
    made.store.close()


async def test_the_digest_counts_and_approves_the_clean_ones_in_one_tap(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    clean = desk.takes(incoming("1"), incoming("2"))
    (held,) = desk.takes(incoming("3", buyer_message="请发顺丰"))
    [text] = await desk.writes(anna, "/new")
    assert text.split("\n") == [
        "<b>📥 3 new: 2 clean, 1 held</b>",
        "",
        "小满旗舰店: 2 clean, 1 held · ¥234.00",
        "",
        "✋ Held for: buyer's message 1",
        "",
        "⏳ The oldest must leave by 11-25 10:00",
    ]
    assert desk.labels == [["✅ Approve 2 clean"], ["✋ See 1 held"], ["🔎 Filter"]]
    [after] = await desk.taps(anna, "✅ Approve 2 clean")
    assert desk.toasts == ["Approved: 2"]
    assert after.split("\n")[0] == "<b>📥 1 new: 0 clean, 1 held</b>"
    assert after.split("\n")[-1] == f"✅ 10:00 {anna.name} approved 2"
    assert [desk.order(order.id).status for order in clean] == [OrderStatus.APPROVED] * 2
    assert desk.order(held.id).status is OrderStatus.REVIEW
    assert desk.labels == [["✋ See 1 held"], ["↩ Undo 2 (10 s)"]]


async def test_a_batch_is_taken_back_within_its_window_and_not_after(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    orders = desk.takes(incoming("1"), incoming("2"))
    await desk.writes(anna, "/new")
    await desk.taps(anna, "✅ Approve 2 clean")
    data, shown = desk.button(anna.telegram_id, "↩ Undo 2 (10 s)")
    desk.clock.forward(9)
    [text] = await desk.presses(anna, data, shown)
    assert text.split("\n")[-2:] == [f"↩ 10:00 {anna.name} took 2 back", f"✅ 10:00 {anna.name} approved 2"]
    assert [desk.order(order.id).status for order in orders] == [OrderStatus.REVIEW] * 2
    await desk.presses(anna, data, shown)
    assert desk.toasts == [
        "The list of new orders: too late to undo, 10 s have passed. Stop it with a refund or a hold."
    ]


async def test_an_old_digest_approves_nothing_when_an_order_changed(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    first, second = desk.takes(incoming("1"), incoming("2"))
    await desk.writes(anna, "/new")
    data, shown = desk.button(anna.telegram_id, "✅ Approve 2 clean")
    await desk.writes(lead, "/order 1")
    await desk.taps(lead, "✅ Approve")
    await desk.presses(anna, data, shown)
    assert desk.toasts == ["The list of new orders has changed meanwhile. Nothing was done; please look again."]
    assert desk.order(second.id).status is OrderStatus.REVIEW
    assert desk.order(first.id).decided_by == lead.name


async def test_the_order_card_in_english(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1001", buyer_message="<b>gift</b>"))
    [text] = await desk.writes(anna, "1001")
    lines = text.split("\n")
    assert lines[0] == "<b>✋ Held: keyword, buyer's message</b> · 1001 · ¥78.00 · 小满旗舰店"
    assert lines[2:5] == [
        "Paid 11-23 10:00 · buyer buyer 1001",
        "To 张三 13800001234",
        "浙江省 杭州市 西湖区 文三路 1 号 2 单元 303 310000",
    ]
    assert "2 × <b>CUP-01</b> goods CUP-01 · ¥78.00" in lines
    assert "• <b>keyword</b>: found: gift · customer service" in lines
    assert "• <b>buyer's message</b>: “&lt;b&gt;gift&lt;/b&gt;” · customer service" in lines
    assert desk.labels[:2] == [["✅ Release 2 and approve"], ["❌ Reject"]]


async def test_the_order_card_in_chinese(zh: DeskChat) -> None:
    anna = zh.cast.people[Role.CS]
    zh.takes(incoming("1001", receiver=receiver(phone="1")))
    [text] = await zh.writes(anna, "1001")
    lines = text.split("\n")
    assert lines[0] == "<b>✋ 挂起：地址不完整</b> · 1001 · ¥78.00 · 小满旗舰店"
    assert "• <b>地址不完整</b>：电话无法拨打 · 客服" in lines
    assert zh.labels == [["✋ 挂起", "✏️ 改地址"], ["❌ 驳回", "💸 退款并拦截"], ["❓ 原因", "🕘 历史", "👤 客户"]]


async def test_a_group_sees_masked_people(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1001", buyer_message="call 13800001234"))
    [text] = await desk.writes(anna, "/order 1001", group=True)
    assert "张三" not in text
    assert "13800001234" not in text
    assert "文三路" not in text
    assert "To 张* *******1234" in text.split("\n")


async def test_of_two_phones_a_group_sees_both_ends_and_either_finds_the_order(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1001", receiver=receiver(phone="13800001234/13900005678")))
    for end in ("1234", "5678"):
        [text] = await desk.writes(anna, f"/order {end}", group=True)
        assert "To 张* *******1234/*******5678" in text.split("\n")
    assert "To 张三 13800001234/13900005678" in (await desk.writes(anna, "/order 5678"))[0].split("\n")


async def test_two_people_one_winner(desk: DeskChat) -> None:
    anna, bella = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    data, shown = desk.button(anna.telegram_id, "✅ Approve")
    await desk.writes(bella, "/order 1")
    await desk.taps(bella, "✅ Approve")
    [text] = await desk.presses(anna, data, shown)
    assert desk.toasts == [f"1: approved by {bella.name} at 10:00. Nothing was changed; the card is up to date now."]
    assert text.split("\n")[0] == "<b>✅ Approved</b> · 1 · ¥78.00 · 小满旗舰店"
    assert [e.verb for e in desk.look(lambda d: d.history("order", order.id))] == ["approved", "received"]


async def test_rejecting_asks_for_a_reason_and_takes_a_typed_one(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "❌ Reject")
    assert desk.labels[-1] == ["◀ Back"]
    await desk.taps(anna, "Other…")
    question = desk.last[0]
    assert question.said["text"].endswith(f"<code>#o.rjr:{order.id}:{order.revision}</code>")
    assert question.said["reply_markup"]["force_reply"] is True
    assert desk.order(order.id).status is OrderStatus.REVIEW
    [_, text] = await desk.replies(anna, question, "customs says no")
    assert text.split("\n")[0] == "<b>❌ Cancelled</b> · 1 · ¥78.00 · 小满旗舰店"
    assert desk.order(order.id).reason == "customs says no"


async def test_a_refund_names_the_amount_before_it_is_done(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "💸 Refund and stop")
    assert desk.labels[0] == ["💸 ¥78.00: Changed their mind"]
    assert desk.order(order.id).refunded == 0
    await desk.taps(anna, "💸 ¥78.00: Changed their mind")
    assert (desk.order(order.id).status, desk.order(order.id).refunded) == (OrderStatus.CANCELLED, 7800)
    await desk.taps(anna, "↩ Withdraw refund")
    assert (desk.order(order.id).status, desk.order(order.id).refunded) == (OrderStatus.REVIEW, 0)


async def test_a_typed_refund_needs_a_reason(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    assert await desk.writes(anna, "/refund 1") == [
        "Write the order, then the reason: /refund 1 broken\n"
        "Only line 2 of its goods: /refund 1 #2 broken\nOnly 1 unit of line 2: /refund 1 #2x1 broken"
    ]
    assert desk.order(order.id) == order
    await desk.writes(anna, "/refund 1 broken mould")
    assert desk.order(order.id).status is OrderStatus.CANCELLED


async def test_only_the_lines_of_an_address_that_were_sent_change(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1", receiver=receiver(phone="1")))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✏️ Edit address")
    question = desk.last[0]
    assert "phone: 1\n" in question.said["text"]
    [text] = await desk.replies(anna, question, "13800001234")
    assert text.split("\n")[0] == (
        "«13800001234» is not valid for address. Expected: lines like «phone: 13800001234», or a whole address with "
        "name and phone."
    )
    assert desk.order(order.id).receiver == order.receiver
    for text in ("/order 1", "✋ Held orders"):  # they went on to something else
        [*_, shown] = await desk.replies(anna, question, text)
        assert shown.startswith("<b>✋ Held: address incomplete</b> · 1 ·")
    [*_, text] = await desk.replies(anna, question, "电话：13900005678")
    assert desk.order(order.id).receiver == receiver(phone="13900005678")
    assert text.split("\n")[0].startswith("<b>🟢 Clean, waits for approval</b>")


async def test_a_receiver_is_pasted_as_the_customer_sent_it(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1", receiver=receiver(district="鼓楼区")))
    [card] = await desk.writes(anna, "/order 1")
    assert "• <b>address incomplete</b>: district: 鼓楼区 is not in that city · customer service" in card
    await desk.taps(anna, "✏️ Edit address")
    pasted = "李四 18877771111转123 上海浦东世纪大道 8 号"
    [_, text] = await desk.replies(anna, desk.last[0], pasted)
    assert desk.order(order.id).receiver == Receiver(
        "李四", "18877771111-123", "CN", "上海市", "上海市", "浦东新区", "世纪大道 8 号"
    )
    assert text.split("\n")[0].startswith("<b>🟢 Clean, waits for approval</b>")


async def test_a_message_that_is_no_address_changes_nothing(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1", receiver=receiver(phone="1")))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✏️ Edit address")
    [*_, text] = await desk.replies(anna, desk.last[0], "李四说不要了 上海市浦东新区世纪大道 8 号")
    assert text.startswith("«李四说不要了 上海市浦东新区世纪大道 8 号» is not valid for address.")
    assert desk.order(order.id) == order


async def test_a_product_is_matched_from_the_proposals(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1", lines=(incoming_line("CUP-O1"),)))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "🔗 Match product")
    assert desk.labels[0] == ["CUP-01 陶瓷杯 白"]
    [text] = await desk.taps(anna, "CUP-01 陶瓷杯 白")
    assert text.split("\n")[0].startswith("<b>🟢 Clean")
    assert desk.order(order.id).lines[0].sku == "CUP-01"


async def test_why_names_every_loser(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1"))
    [text] = await desk.writes(anna, "/why 1")
    assert text.split("\n")[2:] == [
        "No rule holds it.",
        "",
        "📦 P000001, rules version 1",
        "<b>Warehouse: 杭州仓</b>, same province as the receiver",
        "   goods CUP-01×2 · weight 700 g · to 浙江省/杭州市",
        "✗ 武汉仓: in another province (preference 2)",
        "<b>Courier: 圆通</b>, lowest freight",
        "   💴 ¥5.00 = first weight ¥5.00 · billed as 1 kg",
        "✗ DHL: does not serve CN",
        "✗ 顺丰: dearer: ¥12.00",
    ]


async def test_history_tells_who_did_what(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✅ Approve")
    [text] = await desk.taps(anna, "🕘 History")
    assert text.split("\n")[2:] == [f"11-23 10:00 · approved · {anna.name}", "11-23 10:00 · received · the shop"]


async def test_the_queue_walks_in_one_message_and_goes_on_after_a_decision(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    one, two = desk.takes(*(incoming(str(n), buyer_message=f"note {n}") for n in (1, 2)))
    [first] = await desk.writes(anna, "/queue")
    assert " · 1 · " in first.split("\n")[0]
    assert first.split("\n")[-1] == "1 of 2 · held · ⏳ leaves by 11-25 10:00"
    assert desk.labels[-2:] == [["🙋 I take it", "💤 Later"], ["🔎 1/2", "▶"]]
    [second] = await desk.taps(anna, "▶")
    assert desk.last[0].name == "editMessageText"
    assert " · 2 · " in second.split("\n")[0]
    assert desk.labels[-1] == ["◀", "🔎 2/2"]
    [back] = await desk.taps(anna, "✅ Release 1 and approve")
    assert " · 1 · " in back.split("\n")[0]
    assert desk.labels[-2:] == [["🔎 1/1"], ["↩ 2: ✅ Approved"]]
    await desk.taps(anna, "↩ 2: ✅ Approved")
    await desk.taps(anna, "↩ Undo (10 s)")
    assert [desk.order(order.id).status for order in (one, two)] == [OrderStatus.REVIEW] * 2


async def test_search_opens_one_offers_many_and_says_where_it_looked(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("20260001"), incoming("20260002"))
    [text] = await desk.writes(anna, "张三")
    assert text == "«张三»: 2 orders"
    await desk.taps(anna, "20260001 · ¥78.00 · in review · 小满旗舰店")
    assert desk.last[0].name == "sendMessage"
    [none] = await desk.writes(anna, "<nobody>")
    assert none.startswith("Nothing found for «&lt;nobody&gt;».")


async def test_four_digits_are_a_number_or_the_end_of_a_phone(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("4003"), incoming("5001", receiver=receiver(phone="13900004003"), buyer_id="b2"))
    assert await desk.writes(anna, "4003") == ["«4003»: 2 orders"]
    assert [row[0].split(" · ")[0] for row in desk.labels] == ["4003", "5001"]
    [text] = await desk.writes(anna, "#4003")
    assert " · 4003 · " in text.split("\n")[0]


async def test_the_floor_may_not_approve(desk: DeskChat) -> None:
    anna, picker = desk.cast.people[Role.CS], desk.cast.people[Role.PICKER]
    (order,) = desk.takes(incoming("1"))
    assert await desk.writes(picker, "/new") == ["Your role does not allow this (approve)."]
    await desk.writes(anna, "/order 1", group=True)
    data, shown = desk.button(GROUP, "✅ Approve")
    await desk.presses(picker, data, shown, group=True)
    assert desk.toasts == ["Your role does not allow this (approve)."]
    assert desk.order(order.id) == order


async def test_a_card_of_the_queue_is_redrawn_when_somebody_else_decides(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(incoming("1", buyer_message="note"))
    await desk.writes(anna, "/queue")
    await desk.writes(lead, "/order 1")
    await desk.taps(lead, "✅ Release 1 and approve")
    due = desk.do(lambda unit: unit.deliveries.claim("test", unit.now, 50, 60))
    redrawn = {(one.notice.kind, one.notice.chat_id) for one in due if one.notice.redraw}
    assert (NoticeKind.QUEUE, anna.chat_id) in redrawn
    assert desk.order(order.id).status is OrderStatus.APPROVED


async def test_a_refund_alone_says_how_lines_are_named(desk: DeskChat) -> None:
    assert await desk.writes(desk.cast.people[Role.CS], "/refund") == [
        "Write the order, then the reason: /refund 1234 broken\n"
        "Only line 2 of its goods: /refund 1234 #2 broken\nOnly 1 unit of line 2: /refund 1234 #2x1 broken"
    ]


async def test_a_command_without_its_order_asks_for_it(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    assert await desk.writes(anna, "/why") == ["Which order? Write it after the command."]


async def test_a_language_must_be_named(desk: DeskChat) -> None:
    assert await desk.writes(desk.cast.people[Role.CS], "/lang") == ["language: please say which. Expected: zh or en."]


async def test_a_long_message_is_cut_on_the_card_and_whole_behind_why(desk: DeskChat) -> None:
    message = "please " * 40 + "do not send it"
    desk.takes(incoming("1", buyer_message=message))
    anna = desk.cast.people[Role.CS]
    [card] = await desk.writes(anna, "/order 1")
    assert f"“{message[:199]}…”" in card
    assert "do not send it" not in card
    [why] = await desk.writes(anna, "/why 1")
    assert f"Buyer's whole message: “{message}”" in why.split("\n")
