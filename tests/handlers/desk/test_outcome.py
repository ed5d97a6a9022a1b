"""What a batch left aside: alike is one line, whatever the numbers of the orders."""

import pytest

from domain.errors import HeldOrder, Refusal, Stale
from domain.review.holds import HoldCode
from handlers.cards.desk.outcome import reason_lines
from handlers.words import Words
from tests.factory import NOW

LEFT: list[Refusal] = [
    Stale("1", "changed"),
    Stale("2", "changed"),
    Stale("3", "held", "Anna", NOW),
    HeldOrder("4", (HoldCode.OUT_OF_STOCK,)),
]
TOLD = {
    "en": ["• changed meanwhile, perhaps planned anew: look again: 3", "• out of stock: 1"],
    "zh": ["• 已有变化（可能已重新配仓或拆单），请再看一次：3", "• 缺货：1"],
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_orders_that_changed_meanwhile_are_one_line(language: str) -> None:
    assert reason_lines(LEFT, Words(language, "UTC")) == TOLD[language]
