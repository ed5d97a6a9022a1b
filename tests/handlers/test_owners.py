"""The owner of a hold lets it go from its own card: the first to be called must be able to act."""

from collections.abc import Iterator

import pytest

from domain.holds import HoldCode, open_codes
from domain.people import Role
from tests.factory import incoming
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    chat = open_desk(sqlite_url)
    yield chat
    chat.store.close()


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
