"""Who travels together by the rule: no more than so many, no further apart than so long, each in one group."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.orders import Order
from domain.planning.merging import groups
from domain.policy.policy_sections import Merge
from domain.review.holds import Hold, HoldCode, Source
from tests.domain.review.test_screening import NOW, ORDER

FROZEN = Hold(HoldCode.FREEZE, Source.PERSON, NOW, {"reason": "x"})


def order(number: int, hours: float = 0, **changes: object) -> Order:
    """An order of one buyer to one place, paid so many hours after the first."""
    at = NOW + timedelta(hours=hours)
    base = replace(ORDER, id=number, number=str(number), paid_at=at, merge_key="k", buyer_id="b")
    return replace(base, **changes)  # type: ignore[arg-type]  # test shorthand


def grouped(orders: list[Order], **choices: object) -> list[list[int]]:
    """The groups as ids, by their first."""
    found = groups(orders, replace(Merge(), **choices))  # type: ignore[arg-type]  # test shorthand
    return sorted([one.id for one in group] for group in found)


@pytest.mark.parametrize(
    ("most", "expected"),
    [(2, [[1, 2], [3, 4], [5]]), (3, [[1, 2, 3], [4, 5]]), (5, [[1, 2, 3, 4, 5]]), (9, [[1, 2, 3, 4, 5]])],
)
def test_a_parcel_holds_no_more_orders_than_the_rule_says(most: int, expected: list[list[int]]) -> None:
    assert grouped([order(n, n / 10) for n in (4, 2, 5, 1, 3)], most_orders=most) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((0, 24), [[1, 2]]),
        ((0, 24.001), [[1], [2]]),
        ((0, 20, 30), [[1, 2], [3]]),  # counted from the first of the parcel, not from the last
        ((0, 30, 40, 54), [[1], [2, 3, 4]]),
    ],
)
def test_who_ordered_too_long_after_the_first_begins_the_next_parcel(
    hours: tuple[float, ...], expected: list[list[int]]
) -> None:
    assert grouped([order(n, at) for n, at in enumerate(hours, 1)], within_hours=24) == expected


def test_the_time_of_placing_counts_where_no_payment_is_told() -> None:
    first = order(1, 0)
    late = order(2, 0, paid_at=None, placed_at=NOW + timedelta(hours=25))
    assert grouped([first, late], within_hours=24) == [[1], [2]]


def test_what_a_person_put_together_stays_so_over_both_limits() -> None:
    chosen = [order(n, n * 100, together=1) for n in (1, 2, 3)]
    assert grouped([*chosen, order(4, 1), order(5, 2, apart=True)], most_orders=2, within_hours=1) == [
        [1, 2, 3],
        [4],
        [5],
    ]


@pytest.mark.parametrize(
    "second",
    [
        order(2, merge_key="other"),
        order(2, buyer_id="other"),
        order(2, merge_key=""),
        order(2, buyer_id=""),
        order(2, apart=True),
        order(2, holds=(FROZEN,)),
    ],
    ids=["place", "buyer", "no place", "no buyer", "apart", "held"],
)
def test_who_does_not_belong_together_is_alone(second: Order) -> None:
    assert grouped([order(1), second]) == [[1], [2]]


def test_nobody_travels_together_when_the_rule_is_off() -> None:
    assert grouped([order(1), order(2)], auto=False) == [[1], [2]]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from("ab"), st.booleans()), max_size=12),
    st.integers(2, 5),
    st.integers(1, 100),
)
def test_each_is_in_one_group_and_every_group_keeps_both_limits(
    told: list[tuple[int, str, bool]], most: int, hours: int
) -> None:
    orders = [order(n, at, buyer_id=buyer, apart=apart) for n, (at, buyer, apart) in enumerate(told, 1)]
    found = groups(orders, Merge(most_orders=most, within_hours=hours))
    assert sorted(one.id for group in found for one in group) == [one.id for one in orders]
    for group in found:
        times = [one.paid_at for one in group if one.paid_at]
        assert len(group) <= most
        assert max(times) - min(times) <= timedelta(hours=hours)
        assert times == sorted(times)
        assert len({one.buyer_id for one in group}) == 1
