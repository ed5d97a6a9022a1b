"""Money: parsing to minor units, and shares that add up to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import apportion, from_minor, parse_minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.34", "CNY", 1234), ("0", "USD", 0), ("1200", "JPY", 1200), ("1.234", "KWD", 1234), ("-5.5", "EUR", -550)],
)
def test_amounts_become_minor_units_of_their_currency(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor
    assert from_minor(minor, currency) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.345", "CNY"), ("1.5", "JPY"), ("", "CNY"), ("abc", "CNY"), ("NaN", "CNY"), ("Infinity", "CNY")],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|minor unit"):
        parse_minor(text, currency)


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_shares_add_up_and_each_is_within_a_cent_of_its_part(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert len(shares) == len(weights)
    whole = sum(weights) or len(weights)
    for share, weight in zip(shares, weights if sum(weights) else [1] * len(weights), strict=True):
        assert abs(share * whole - total * weight) < whole


def test_the_last_of_equal_shares_takes_the_rest_and_who_weighs_nothing_gets_nothing() -> None:
    assert apportion(100, [1, 1, 1]) == (33, 33, 34)
    assert apportion(-100, [1, 1, 1]) == (-33, -33, -34)
    assert apportion(5, [0, 0]) == (2, 3)
    assert apportion(5, [100, 100, 100, 0]) == (1, 2, 2, 0)
    assert sum(apportion(99, [1] * 100)[:50]) == 49


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_impossible_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        apportion(1, weights)
