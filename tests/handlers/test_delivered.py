"""What the cards say once the platform has called an order done: the buyer has it, and nobody can fetch it any more."""

from dataclasses import replace

import pytest

from domain.intake import intake
from domain.intake.incoming import PlatformState
from domain.people.people import SHOP, Role
from domain.policy.policy import Policy, document_of
from domain.records import NoticeKind
from domain.stops import interception
from storage.unit import Unit
from tests.factory import incoming, incoming_line
from tests.handlers.desk.test_together import LAST
from tests.handlers.desk_chat import open_desk
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


def tell(floor: Floor, state: PlatformState) -> None:
    """The platform's newer word on the order."""
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [incoming(state=state)])


async def test_a_delivered_order_says_so_and_a_refund_of_it_asks_no_courier(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await floor.ship(box)
    floor.collected(box)
    anna, boris = floor.cast.people[Role.CS], floor.cast.people[Role.DISPATCHER]
    tell(floor, PlatformState.SHIPPED)
    before = floor.card(anna, NoticeKind.ORDER, order.id)
    assert before.text.startswith("<b>🚚 Shipped</b>")
    assert f"📦 {box.number}: handed over" in before.text
    assert "💸 Refund and stop" in [button.label for row in before.rows for button in row]
    tell(floor, PlatformState.DONE)
    card = floor.card(anna, NoticeKind.ORDER, order.id)
    assert card.text.startswith("<b>🏁 Delivered</b>")
    assert f"📦 {box.number}: delivered" in card.text
    labels = [button.label for row in card.rows for button in row]
    assert ("💸 Refund" in labels, "💸 Refund and stop" in labels, "✏️ Edit address" in labels) == (True, False, False)
    assert await floor.writes(boris, f"/unship {box.waybill}") == [
        f"{box.waybill} stays handed over: it has been delivered, so it comes back as a return only."
    ]
    floor.do(interception.typed, floor.cast.actor(Role.CS), order.id, "破了一只")
    (stop,) = floor.look(lambda desk: desk.stops.of_parcels([box.id])[box.id])
    late = floor.card(anna, NoticeKind.STOP, stop.id)
    assert late.text.split("\n")[0] == f"⚠️ Too late: {box.waybill} has left · refund"
    assert late.text.split("\n")[-1] == (
        "The buyer has it. If it is to come back, link its return with /return; "
        "it is scanned at /receive when it comes."
    )
    assert [button.label for row in late.rows for button in row] == ["🙋 On it"]


async def test_what_was_confirmed_before_it_left_is_not_called_delivered(floor: Floor) -> None:
    order = floor.orders()[0]
    tell(floor, PlatformState.DONE)
    order = floor.look(lambda desk: desk.orders.get(order.id))
    text = floor.card(floor.cast.people[Role.CS], NoticeKind.ORDER, order.id).text
    assert "Delivered" not in text


PARTLY = {"en": "<b>🚚 Shipped in part: 1 of 2 parcels</b>", "zh": "<b>🚚 部分发货：1/2 个包裹</b>"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_order_of_two_boxes_says_how_many_have_left(language: str, sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, language)
    policy = Policy(split=replace(Policy().split, most_units=2))
    desk.do(Unit.keep_policy, policy, "boss", document_of(policy))
    order = desk.orders(incoming("1", lines=(incoming_line("CUP-01", 4),)))[0]
    first, second = desk.wave()[1]
    anna, last = desk.cast.people[Role.CS], LAST[language]
    await desk.ship(first)
    text = desk.card(anna, NoticeKind.ORDER, order.id).text
    assert text.startswith(PARTLY[language])
    assert last in text.split("\n")
    await desk.ship(second)
    text = desk.card(anna, NoticeKind.ORDER, order.id).text
    assert text.startswith({"en": "<b>🚚 Shipped</b>", "zh": "<b>🚚 已发货</b>"}[language])
    assert last not in text
    desk.store.close()
