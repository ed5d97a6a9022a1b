"""The chart: bars where there are sales, a strip for each currency."""

import io
from datetime import date

import pytest
from PIL import Image

from domain.finance.day_report import DaySales
from exports.picture import sales_png, short
from tests.exports.example_day import REPORT


def english(text: str) -> str:
    return text


def colors(content: bytes) -> dict[tuple[int, ...], int]:
    with Image.open(io.BytesIO(content)) as picture:
        counted = picture.convert("RGB").getcolors(1 << 20)
    assert counted is not None
    return {color: count for count, color in counted if isinstance(color, tuple)}


def size(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


def test_a_strip_for_each_currency() -> None:
    one = tuple(point for point in REPORT.trend if point.currency == "CNY")
    assert size(sales_png(one, "小二", english)) == (960, 372)
    assert size(sales_png(REPORT.trend, "小二", english)) == (960, 672)


def test_the_last_day_is_dark_and_a_loss_is_red() -> None:
    days = (DaySales(date(2026, 11, 1), "CNY", -500), DaySales(date(2026, 11, 2), "CNY", 500))
    found = colors(sales_png(days, "小二", english))
    assert found[0x2E, 0x75, 0xB6] == found[0xC0, 0x39, 0x2B]
    assert (0x9D, 0xBF, 0xE0) not in found


def test_a_day_without_sales_draws_and_repeats() -> None:
    days = (DaySales(date(2026, 11, 1), "JPY", 0),)
    assert sales_png(days, "小二" * 100, english) == sales_png(days, "小二" * 100, english)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no sales"):
        sales_png((), "小二", english)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "CNY", "0"),
        (84_550, "CNY", "846"),
        (1_234_500, "CNY", "12.3k"),
        (-123_460_000_00, "CNY", "-123.5M"),
        (12_345, "JPY", "12.3k"),
    ],
)
def test_amounts_are_short(amount: int, currency: str, text: str) -> None:
    assert short(amount, currency) == text
