"""Buttons share a row only where a phone shows both of them whole."""

from handlers.card import Button
from handlers.cards.rows import in_twos


def rows(*labels: str) -> list[list[str]]:
    return [[button.label for button in row] for row in in_twos([Button(label, "x") for label in labels])]


def test_short_labels_go_in_twos() -> None:
    assert rows("✋ Hold", "✏️ Edit address", "❓ Why") == [["✋ Hold", "✏️ Edit address"], ["❓ Why"]]


def test_a_long_label_has_its_row_and_the_order_stays() -> None:
    assert rows("❌ Reject", "💸 Refund and stop", "a", "b") == [["❌ Reject"], ["💸 Refund and stop"], ["a", "b"]]


def test_chinese_takes_nearly_twice_the_room() -> None:
    assert rows("✅ 放行 1 项并通过", "❌ 驳回") == [["✅ 放行 1 项并通过", "❌ 驳回"]]
    assert rows("同地址不同买家的订单", "❌ 驳回") == [["同地址不同买家的订单"], ["❌ 驳回"]]
