"""What the desk owes an answer, as people meet it in chat: an answer no platform took, a parcel that has left."""

import pytest

from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import SHOP, Role
from domain.records import NoticeKind
from domain.stops import interception, replies
from domain.stops.replies import Receipt
from tests.factory import incoming
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


async def test_an_answer_no_platform_took_stands_on_the_orders_card_until_somebody_gave_it(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    refund = IncomingRefund("R9", RefundState.REQUESTED, 0, at=desk.clock())
    desk.do(intake.refund_told, SHOP, order.shop_id, "1", refund)
    (due,) = desk.look(replies.to_say)
    desk.do(replies.received, [(due, Receipt(due.id, replies.NO_CONNECTION, retryable=False))])
    line = "Platform: stopped (SUCCESS) after 0 s, not told (no connection): answer it there by hand"
    [card] = await desk.writes(anna, "/order 1")
    assert card.split("\n")[-1] == line
    [card] = await desk.taps(anna, "📮 Answered on the platform")
    assert line not in card
    assert "📮 Answered on the platform" not in [label for row in desk.labels for label in row]
    told = desk.look(lambda unit: unit.history("order", order.id))
    assert told[0].verb == "answered_by_hand"


async def test_a_parcel_that_has_left_is_taken_on_by_finance_too(desk: DeskChat) -> None:
    order = desk.orders()[0]
    box = desk.wave()[1][0]
    await desk.ship(box)
    desk.collected(box)
    desk.do(interception.typed, desk.cast.actor(Role.CS), order.id, "too slow")
    (stop,) = desk.look(lambda unit: unit.stops.of_parcels([box.id]))[box.id]
    chen = desk.cast.people[Role.FINANCE]
    card = desk.card(chen, NoticeKind.STOP, stop.id)
    assert [(button.label, button.tap) for row in card.rows for button in row] == [
        ("🙋 On it", f"sa:{stop.id}:{stop.revision}")
    ]
