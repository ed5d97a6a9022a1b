"""The mark of what a platform told of an order: the same news has the same mark, in this version and the next."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from domain.intake.incoming import IncomingOrder, IncomingRefund, PlatformState, Receiver, RefundState
from domain.intake.told import fingerprint
from tests.factory import NOW, incoming


@dataclass(frozen=True, slots=True)
class Later(IncomingOrder):
    """What an order may be in a version to come."""

    gift_card: str = ""


def later(order: IncomingOrder, **told: Any) -> Later:
    same: dict[str, Any] = {one.name: getattr(order, one.name) for one in fields(order)}
    return Later(**same, **told)


def test_a_field_that_came_with_an_upgrade_changes_no_order_that_says_nothing_of_it() -> None:
    now = incoming()
    assert fingerprint(later(now)) == fingerprint(now)
    assert fingerprint(later(now, gift_card="happy birthday")) != fingerprint(now)


@pytest.mark.parametrize(
    "news",
    [
        {"total": 0},
        {"state": PlatformState.CLOSED},
        {"paid_at": None},
        {"seller_note": "gift"},
        {"cod": True},
        {"receiver": Receiver()},
        {"receiver": replace(incoming().receiver, address="2 Main St")},
        {"lines": incoming().lines * 2},
        {"lines": (replace(incoming().lines[0], quantity=3),)},
        {"refunds": (IncomingRefund("7300", RefundState.REQUESTED, 0),)},
    ],
)
def test_news_has_another_mark(news: dict[str, Any]) -> None:
    assert fingerprint(replace(incoming(), **news)) != fingerprint(incoming())


def test_where_and_when_it_stood_in_a_file_is_no_news() -> None:
    assert fingerprint(replace(incoming(), row=9, raw="other", updated_at=NOW)) == fingerprint(incoming())
