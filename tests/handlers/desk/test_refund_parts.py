"""A part of an order is taken out from chat: by the buttons of its lines and units, or typed before the reason."""

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import DeleteMessage

from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.records import NoticeKind
from domain.review import review
from tests.factory import incoming, incoming_line
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio
TWO = incoming(
    "1", lines=(incoming_line(), incoming_line("TEA-01", 1, amount=5900)), goods=13700, total=13700, paid=13700
)


def parts(desk: DeskChat, order_id: int) -> list[tuple[int, int, bool]]:
    return [(line.line_no, line.quantity, line.dropped) for line in desk.order(order_id).lines]


async def test_one_unit_of_a_line_by_buttons(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(TWO)
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "💸 Refund and stop")
    assert desk.labels[4:6] == [["Only #1: 2 × goods CUP-01"], ["Only #2: 1 × goods TEA-01"]]
    await desk.taps(anna, "Only #1: 2 × goods CUP-01")
    assert desk.labels[0] == ["💸 ¥78.00: Changed their mind"]
    assert desk.labels[4] == ["Only 1 of 2"]
    await desk.taps(anna, "Only 1 of 2")
    assert desk.labels[0] == ["💸 ¥39.00: Changed their mind"]
    assert desk.labels[4] == ["Only 2 of 2"]
    assert desk.order(order.id) == order
    await desk.taps(anna, "💸 ¥39.00: Changed their mind")
    assert parts(desk, order.id) == [(1, 1, False), (2, 1, False), (3, 1, True)]
    assert (desk.order(order.id).status, desk.order(order.id).refunded) == (OrderStatus.REVIEW, 3900)


async def test_the_answer_to_money_that_went_back_takes_out_goods_and_no_money(desk: DeskChat) -> None:
    lead = desk.speaks(Role.CS_LEAD, "en")
    (order,) = desk.takes(TWO)
    told = IncomingRefund("R1", RefundState.SUCCESS, 3900, ("L-CUP-01",))
    assert desk.do(intake.refund_told, desk.cast.actor(Role.CS), order.shop_id, "1", told)
    await desk.writes(lead, "/order 1")
    await desk.taps(lead, "💸 Refund and stop")
    await desk.taps(lead, "Only #1: 2 × goods CUP-01")
    said = await desk.taps(lead, "Only 1 of 2")
    assert said[-1].split("\n")[-1] == (
        "Take out 1 × goods CUP-01 wherever it is, for the money that went back already. Why?"
    )
    await desk.taps(lead, "💸 goods only: Changed their mind")
    (card,) = await desk.writes(lead, "/order 1")
    assert [line.split(",")[0] for line in card.split("\n") if line.startswith("💸")] == [
        "💸 refunded: ¥39.00",
        "💸 refunded: goods only",
    ]
    assert parts(desk, order.id) == [(1, 1, False), (2, 1, False), (3, 1, True)]
    assert desk.order(order.id).refunded == 3900


async def test_another_reason_is_asked_for_and_the_part_is_kept(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(TWO)
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "💸 Refund and stop")
    await desk.taps(anna, "Only #2: 1 × goods TEA-01")
    await desk.taps(anna, "Other…")
    question = desk.last[0]
    assert question.said["text"].endswith(f"<code>#o.rfy:{order.id}:{order.revision}:2x0</code>")
    await desk.replies(anna, question, "tin is dented")
    assert parts(desk, order.id) == [(1, 2, False), (2, 1, True)]


async def test_lines_are_typed_before_the_reason(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(TWO)
    assert await desk.writes(anna, "/refund 1 #2") == [
        "Write the order, then the reason: /refund 1 broken\n"
        "Only line 2 of its goods: /refund 1 #2 broken\nOnly 1 unit of line 2: /refund 1 #2x1 broken"
    ]
    assert await desk.writes(anna, "/refund 1 #7 broken") == ["Order 1 has no line #7 to refund. It has: #1, #2."]
    assert await desk.writes(anna, "/refund 1 #1x3 broken") == [
        "Order 1: line #1 has 2 units, 3 asked. Nothing was changed."
    ]
    assert desk.order(order.id) == order
    await desk.writes(anna, "/refund 1 #1x1 #2 broken")
    assert parts(desk, order.id) == [(1, 1, False), (2, 1, True), (3, 1, True)]
    assert desk.order(order.id).refunded == 9800


async def test_an_order_of_one_unit_has_no_parts(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(incoming("1", lines=(incoming_line(quantity=1),)))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "💸 Refund and stop")
    assert [label for row in desk.labels for label in row if label.startswith("Only")] == []


async def test_a_typed_refund_leaves_one_card_in_the_chat(desk: DeskChat) -> None:
    """The older copy goes, and who typed it is not sent the news of the approval that fell as well."""
    anna, other = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    (order,) = desk.takes(TWO)
    desk.do(review.approve, desk.cast.actor(Role.CS_LEAD), order.id, order.revision)
    await desk.writes(anna, "/order 1")
    older = desk.last[-1].message_id
    [text] = await desk.writes(anna, "/refund 1 #2 broken")
    assert text.split("\n")[0].startswith("<b>🟢 Clean, waits for approval</b> · 1 · ")
    assert [(c.name, c.said.get("message_id")) for c in desk.last] == [("sendMessage", None), ("deleteMessage", older)]
    newest = desk.last[0].message_id
    shown = desk.look(lambda unit: unit.cards.of(NoticeKind.ORDER, order.id))
    assert [row.message_id for row in shown] == [newest]
    told = desk.look(lambda unit: unit.outbox.waiting(anna.chat_id))
    assert [n.redraw for n in told if n.kind is NoticeKind.ORDER] == [True]
    assert other.chat_id != anna.chat_id


async def test_a_card_telegram_keeps_goes_on_being_redrawn(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(TWO)
    await desk.writes(anna, "/order 1")
    older = desk.last[-1].message_id
    method = DeleteMessage(chat_id=anna.telegram_id, message_id=older)
    desk.wire.failures["deleteMessage"] = TelegramBadRequest(
        method, "Bad Request: message can't be deleted for everyone"
    )
    await desk.writes(anna, "/refund 1 #2 broken")
    shown = desk.look(lambda unit: unit.cards.of(NoticeKind.ORDER, order.id))
    assert [row.message_id for row in shown] == [older, desk.last[0].message_id]


async def test_goods_lines_have_the_number_to_type_where_there_are_several(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(TWO, incoming("2"))
    [two] = await desk.writes(anna, "/order 1")
    assert [line for line in two.split("\n") if "×" in line] == [
        "#1 · 2 × <b>CUP-01</b> goods CUP-01 · ¥78.00",
        "#2 · 1 × <b>TEA-01</b> goods TEA-01 · ¥59.00",
    ]
    [one] = await desk.writes(anna, "/order 2")
    assert [line for line in one.split("\n") if "×" in line] == ["2 × <b>CUP-01</b> goods CUP-01 · ¥78.00"]


async def test_a_refunded_order_says_so_in_chinese(sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, "zh")
    anna = desk.cast.people[Role.CS]
    desk.takes(TWO)
    assert await desk.writes(anna, "/refund 1 #7 破损") == ["订单 1 没有可退的第 7 行（#7）。现有：#1、#2。"]
    assert await desk.writes(anna, "/refund 1 #1x3 破损") == [
        "订单 1：第 1 行（#1）共 2 件，填写了 3 件。未做任何更改。"
    ]
    [text] = await desk.writes(anna, "/refund 1 破损")
    lines = text.split("\n")
    assert lines[0] == "<b>❌ 已取消</b> · 1 · ¥137.00 · 小满旗舰店"
    assert lines[1] == f"{anna.name} 于 11-23 10:00：已退款"
    assert "refunded" not in text
    desk.store.close()


@pytest.mark.parametrize("part", ["#2x99999999999", "#2x0", "#two", "#2-1", "#1 #x"])
async def test_a_line_written_wrong_refunds_nothing(desk: DeskChat, part: str) -> None:
    anna = desk.cast.people[Role.CS]
    desk.takes(TWO)
    [said] = await desk.writes(anna, f"/refund 1 {part} broken")
    assert said.startswith("Write the order, then the reason: /refund 1 broken")
    [card] = await desk.writes(anna, "/order 1")
    assert "refunded" not in card
