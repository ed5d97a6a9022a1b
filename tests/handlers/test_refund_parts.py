"""A part of an order is taken out from chat: by the buttons of its lines and units, or typed before the reason."""

from collections.abc import Iterator

import pytest

from domain.orders import OrderStatus
from domain.people import Role
from tests.factory import incoming, incoming_line
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio
TWO = incoming(
    "1", lines=(incoming_line(), incoming_line("TEA-01", 1, amount=5900)), goods=13700, total=13700, paid=13700
)


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks English."""
    made = open_desk(sqlite_url)
    yield made
    made.store.close()


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
    assert desk.labels[4] == ["1 ×"]
    await desk.taps(anna, "1 ×")
    assert desk.labels[0] == ["💸 ¥39.00: Changed their mind"]
    assert desk.order(order.id) == order
    await desk.taps(anna, "💸 ¥39.00: Changed their mind")
    assert parts(desk, order.id) == [(1, 1, False), (2, 1, False), (3, 1, True)]
    assert (desk.order(order.id).status, desk.order(order.id).refunded) == (OrderStatus.REVIEW, 3900)


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
    assert await desk.writes(anna, "/refund 1 #7 broken") == ["There is no line of goods called «#7»."]
    assert await desk.writes(anna, "/refund 1 #1x3 broken") == [
        "«#1×3» does not do for units. Wanted: as many as the line has, or fewer."
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
