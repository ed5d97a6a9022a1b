"""What an alert's card tells beyond its number."""

from datetime import timedelta

import pytest

from domain.desk import Desk
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.records import AlertKind, NoticeKind
from domain.review.holds import Hold, HoldCode, Source
from tests import factory
from tests.handlers.desk_chat import DeskChat
from tests.handlers.office.test_alerts import alerts

pytestmark = pytest.mark.anyio
IN_HOUSE = {
    "en": "📦 With the warehouse already: 1. Their boxes are kept back there.",
    "zh": "📦 其中已在仓库：1，包裹已在仓库留住。",
}


def _held(desk: Desk, number: str, status: OrderStatus, hours: int) -> int:
    hold = Hold(HoldCode.NOTE_CHANGED, Source.SCREENING, desk.now - timedelta(hours=hours), {"was": "", "now": "x"})
    shop = next(iter(desk.catalog.shops.values()))
    order = factory.order(desk, shop, number, paid_at=None, holds=(hold,), status=status)
    factory.put(desk, order)
    return order.id


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_late_holds_say_how_many_lie_in_the_warehouse(desk: DeskChat, language: str) -> None:
    """The button beside it opens the queue, which lists only those in review."""
    review = desk.do(_held, "review", OrderStatus.REVIEW, 5)
    (alert,) = (one for one in alerts(desk) if one.kind is AlertKind.HOLD_LATE)
    anna = desk.speaks(Role.CS, language)
    assert IN_HOUSE[language] not in desk.card(anna, NoticeKind.ALERT, alert.id).text.split("\n")
    house = desk.do(_held, "house", OrderStatus.RELEASED, 9)
    (alert,) = (one for one in alerts(desk) if one.kind is AlertKind.HOLD_LATE)
    assert (alert.count, alert.first) == (2, (house, review))
    assert desk.card(anna, NoticeKind.ALERT, alert.id).text.split("\n")[1] == IN_HOUSE[language]
