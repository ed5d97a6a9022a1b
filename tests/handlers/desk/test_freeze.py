"""Holding by hand from the order's card: until when, and what is not offered."""

from datetime import UTC, datetime

import pytest

from domain.people.people import Role
from domain.review import looking
from handlers.taps import pack
from tests.factory import incoming, incoming_line
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("label", "seen", "line"),
    [
        ("In 2 h", {"until": "2026-11-23T04:00+00:00"}, ", until 11-23 12:00"),
        ("Tomorrow 09:00", {"until": "2026-11-24T01:00+00:00"}, ", until 11-24 09:00"),
        ("Until somebody releases it", {}, ""),
    ],
)
async def test_a_freeze_ends_as_chosen(desk: DeskChat, label: str, seen: dict[str, str], line: str) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✋ Hold")
    await desk.taps(anna, "Ship later")
    assert desk.order(order.id) == order
    [text] = await desk.taps(anna, label)
    (hold,) = desk.order(order.id).holds
    assert hold.evidence == {"reason": "Ship later", "by": anna.name} | seen
    assert f"• <b>held by hand</b>: Ship later ({anna.name}){line} · customer service" in text.split("\n")


async def test_only_missing_goods_are_waited_for(desk: DeskChat) -> None:
    """A hold until goods are there that are there would be none at all."""
    anna = desk.cast.people[Role.CS]
    there, short = desk.takes(incoming("1"), incoming("2", lines=(incoming_line("TOWEL-01", 2),)))
    offered = []
    for order in (there, short):
        await desk.writes(anna, f"/order {order.number}")
        await desk.taps(anna, "✋ Hold")
        await desk.taps(anna, "To be checked")
        offered.append("Until the goods are there" in [label for row in desk.labels for label in row])
    assert offered == [False, True]
    _, shown = desk.button(anna.telegram_id, "Until the goods are there")
    await desk.presses(anna, pack("o.hde", there.id, there.revision, "check", "stock"), shown)
    assert desk.toasts == ["Its goods are there: nothing holds it."]
    assert not desk.order(there.id).held


async def test_a_freeze_until_a_typed_time(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✋ Hold")
    await desk.taps(anna, "To be checked")
    await desk.taps(anna, "Another time…")
    question = desk.last[0]
    [text] = await desk.replies(anna, question, "someday")
    assert text.split("\n")[:2] == [
        "«someday» is not valid for until when. Expected: a time to come within a year, like 18:00, 11-25 18:00 or 2h.",
        "Answer this message once more, or with “cancel”.",
    ]
    assert desk.order(order.id) == order
    await desk.answers(anna, "11-25 18:00")
    (hold,) = desk.order(order.id).holds
    assert datetime.fromisoformat(hold.evidence["until"]) == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def test_a_freeze_in_the_house_ends_at_a_moment_too_but_not_with_stock(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.orders(incoming("1"))
    desk.wave()
    await desk.writes(anna, "/order 1")
    await desk.taps(anna, "✋ Hold")
    await desk.taps(anna, "Ship later")
    labels = [label for row in desk.labels for label in row]
    assert labels == ["Until somebody releases it", "In 2 h", "Tomorrow 09:00", "Another time…", "◀ Back"]
    await desk.taps(anna, "In 2 h")
    (hold,) = desk.order(order.id).holds
    assert hold.evidence == {"reason": "Ship later", "by": anna.name, "until": "2026-11-23T04:01+00:00"}
    desk.clock.forward(2 * 3600)
    assert desk.do(looking.look_again) == 1
    assert not desk.order(order.id).held
