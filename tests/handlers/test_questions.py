"""A question takes the keyboard's place; what is said next brings it back."""

import pytest

from domain.orders.orders import OrderStatus
from domain.people.people import Role
from handlers import middleware
from tests.factory import incoming
from tests.handlers.desk_chat import DeskChat
from tests.handlers.messages import keyboards

pytestmark = pytest.mark.anyio


async def asked(desk: DeskChat) -> int:
    """Why an order is rejected."""
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "❌ Reject")
    await desk.taps(anna, "Other…")
    assert keyboards(desk.last) == ["question"]
    return order.id


async def test_an_answer_is_noted_with_the_keyboard_and_then_the_card(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    order = await asked(desk)
    texts = await desk.replies(anna, desk.last[0], "wrong colour")
    assert texts[0] == "✅ Noted."
    assert texts[1].startswith("<b>❌ Cancelled</b>")
    assert keyboards(desk.last) == ["keyboard", ""]
    assert desk.order(order).status is OrderStatus.CANCELLED
    await desk.writes(anna, "/order 1")
    assert "keyboard" not in keyboards(desk.last)


async def test_a_refusal_carries_the_keyboard_itself(desk: DeskChat) -> None:
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    order = await asked(desk)
    question = desk.last[0]
    await desk.writes(lead, "/order 1")
    await desk.taps(lead, "✋ Hold")
    await desk.taps(lead, "Ship later")
    await desk.taps(lead, "Until somebody releases it")
    before = desk.order(order)
    [text] = await desk.replies(anna, question, "wrong colour")
    assert text.startswith(f"1: held by {lead.name} at 10:00.")
    assert keyboards(desk.last) == ["keyboard"]
    assert desk.order(order) == before


async def test_an_answer_that_does_not_do_is_asked_for_again(desk: DeskChat) -> None:
    """Else the next try would be looked for as an order."""
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✏️ Edit address")
    for tried in ("nowhere", "colour: red"):
        [text] = await desk.answers(anna, tried)
        assert text.startswith(f"«{tried}» is not valid for address.")
        assert keyboards(desk.last) == ["question"]
    assert desk.order(order.id) == order
    await desk.answers(anna, "phone: 13900001234")
    assert desk.order(order.id).receiver.phone == "13900001234"
    assert keyboards(desk.last) == ["keyboard", ""]


@pytest.mark.parametrize("way", ["cancel", "取消", "/cancel"])
async def test_a_question_that_is_left_changes_nothing_and_gives_the_keyboard_back(desk: DeskChat, way: str) -> None:
    anna = desk.cast.people[Role.CS]
    order = await asked(desk)
    before = desk.order(order)
    done = desk.writes(anna, way) if way.startswith("/") else desk.replies(anna, desk.last[0], way)
    assert await done == ["Nothing was changed."]
    assert keyboards(desk.last) == ["keyboard"]
    assert desk.order(order) == before


async def test_whatever_is_said_next_without_buttons_brings_it_back_once(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    await asked(desk)
    await desk.writes(anna, "/order nothing")
    assert keyboards(desk.last) == ["keyboard"]
    await desk.writes(anna, "/order nothing")
    assert keyboards(desk.last) == [""]


async def test_a_refusal_that_comes_too_late_for_the_tap_is_written(
    desk: DeskChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tap was answered with "working on it" already; the card alone does not say what was refused."""
    anna, lead = desk.cast.people[Role.CS], desk.cast.people[Role.CS_LEAD]
    desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    old, shown = desk.button(anna.telegram_id, "✅ Approve")
    await desk.writes(lead, "/order 1")
    await desk.taps(lead, "✅ Approve")
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0)
    texts = await desk.presses(anna, old, shown)
    assert desk.toasts == ["Working on it…"]
    said = f"1: approved by {lead.name} at 10:00. Nothing was changed."
    assert texts[0] == said
    assert texts[1].startswith("<b>✅ Approved</b> · 1")
