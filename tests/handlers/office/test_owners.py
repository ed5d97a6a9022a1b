"""The owner of a hold lets it go from its own card, and a freeze until the ship time is near."""

from datetime import timedelta

import pytest

from domain.people.people import Role
from domain.review.holds import HoldCode, open_codes
from tests.factory import NOW, incoming
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


async def test_finance_releases_cash_on_delivery_and_nothing_else(desk: DeskChat) -> None:
    finance = desk.cast.people[Role.FINANCE]
    [order] = desk.takes(incoming("1", cod=True, buyer_message="快点"))
    await desk.writes(finance, "/order 1")
    labels = [label for row in desk.labels for label in row]
    assert [label for label in labels if label.startswith("Release")] == ["Release: cash on delivery"]
    await desk.taps(finance, "Release: cash on delivery")
    assert open_codes(desk.order(order.id).holds) == (HoldCode.MESSAGE,)


async def test_finance_releases_the_only_hold_too(desk: DeskChat) -> None:
    finance = desk.cast.people[Role.FINANCE]
    [order] = desk.takes(incoming("1", cod=True))
    await desk.writes(finance, "/order 1")
    await desk.taps(finance, "Release: cash on delivery")
    assert not desk.order(order.id).held


async def test_a_freeze_until_the_ship_time_is_near(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    near, far = desk.takes(
        incoming("1", promised_ship_at=NOW + timedelta(hours=5)),
        incoming("2", promised_ship_at=NOW + timedelta(hours=50)),
    )
    for number, offered in (("1", False), ("2", True)):
        await desk.writes(anna, f"/order {number}")
        await desk.taps(anna, "✋ Hold")
        reason = desk.labels[0][0]
        await desk.taps(anna, reason)
        assert ("Until 6 h before its ship time" in [label for row in desk.labels for label in row]) is offered
    await desk.taps(anna, "Until 6 h before its ship time")
    (hold,) = desk.order(far.id).holds
    assert (hold.code, hold.until) == (HoldCode.FREEZE, NOW + timedelta(hours=44))
    assert not desk.order(near.id).held
