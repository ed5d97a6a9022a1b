"""What is a code, what is a weight, and what is left to the search."""

import pytest

from domain.codes import Code
from handlers.typed.codes import read_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("SF1234567890123", [("SF1234567890123", None)]),
        ("P000012", [("P000012", None)]),
        ("SF1234567 1.25kg", [("SF1234567", 1250)]),
        ("SF1234567 1.25 KG YT7654321，800", [("SF1234567", 1250), ("YT7654321", 800)]),
        ("SF1234567\nYT7654321", [("SF1234567", None), ("YT7654321", None)]),
        ("1250", [("", 1250)]),
        ("1.25千克", [("", 1250)]),
        ("12500g", [("", 12500)]),
        ("125000", [("125000", None)]),
    ],
)
def test_codes_and_weights(text: str, codes: list[tuple[str, int | None]]) -> None:
    assert read_codes(text) == [Code(*one) for one in codes]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello there",
        "received thanks",
        "order 123456 please",
        "SF1234567 1250 1300",
        "1250 1300",
        "SF123",
        "S" * 39 + "12",
        "=HYPERLINK(1)",
        "陶瓷杯123456",
        " ".join(["SF1234567"] * 51),
    ],
)
def test_anything_else_is_left_to_the_search(text: str) -> None:
    assert read_codes(text) is None
