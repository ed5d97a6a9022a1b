"""What does not go into one box together because it is too large: mm³, of goods whose size is known."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.catalog import Sku
from domain.planning.plans import plan
from domain.planning.splitting import boxes, items_of
from domain.policy.policy import Policy
from domain.policy.policy_sections import Split
from domain.review.screening import Facts
from tests.domain.planning.test_splitting import order_of
from tests.domain.review.test_screening import CATALOG, NOW

SIDES = {"BIG": (100, 100, 100), "SLIM": (100, 100, 50), "ODD": (0, 100, 100)}
SKUS = {
    code: Sku(code, "", code, 100, 100, 200, length_mm=a, width_mm=b, height_mm=c) for code, (a, b, c) in SIDES.items()
}
SIZED = replace(CATALOG, skus=SKUS)
MM3 = {"BIG": 1_000_000, "SLIM": 500_000, "ODD": 0}
LINES = st.lists(
    st.tuples(st.sampled_from(sorted(SKUS)), st.integers(1, 6), st.integers(0, 999)), min_size=1, max_size=5
)


def filled(lines: list[tuple[str, int, int]], most: int) -> list[dict[str, int]]:
    order = order_of(lines, 1000)
    made = boxes(order, items_of(order), SIZED, Split(most_mm3=most), 30_000)
    return [{item.sku: item.quantity for item in box.items} for box in made]


@pytest.mark.parametrize(
    ("lines", "most", "expected"),
    [
        ([("BIG", 3, 10)], 0, [{"BIG": 3}]),
        ([("BIG", 3, 10)], 3_000_000, [{"BIG": 3}]),
        ([("BIG", 3, 10)], 2_999_999, [{"BIG": 2}, {"BIG": 1}]),
        ([("SLIM", 2, 10), ("BIG", 1, 10)], 1_500_000, [{"BIG": 1, "SLIM": 1}, {"SLIM": 1}]),
        ([("BIG", 2, 10)], 1, [{"BIG": 1}, {"BIG": 1}]),
        ([("ODD", 9, 10), ("BIG", 1, 10)], 1_000_000, [{"ODD": 9, "BIG": 1}]),
    ],
    ids=["not judged", "just fits", "just not", "largest first", "each too large", "unknown"],
)
def test_a_box_holds_no_more_than_its_size(
    lines: list[tuple[str, int, int]], most: int, expected: list[dict[str, int]]
) -> None:
    assert filled(lines, most) == expected


@given(LINES, st.integers(1, 4_000_000))
def test_all_of_it_travels_and_no_box_is_too_large_unless_one_unit_is(
    lines: list[tuple[str, int, int]], most: int
) -> None:
    order = order_of(lines, 1000)
    total = Counter[int]()
    for box in boxes(order, items_of(order), SIZED, Split(most_mm3=most), 30_000):
        total.update({item.line_no: item.quantity for item in box.items})
        units = sum(item.quantity for item in box.items if MM3[item.sku])
        assert units <= 1 or sum(MM3[item.sku] * item.quantity for item in box.items) <= most
    assert total == Counter({item.line_no: item.quantity for item in items_of(order)})


def test_the_card_says_why_and_orders_that_fill_two_boxes_do_not_share_one() -> None:
    facts = Facts(SIZED, Policy(split=Split(most_mm3=1_500_000)), {(1, "BIG"): 9}, {}, NOW)
    one, two = order_of([("BIG", 1, 500)], 500), order_of([("BIG", 1, 500)], 500)
    made = plan([order_of([("BIG", 2, 500)], 500)], facts)
    assert [parcel.why["split"] for parcel in made.parcels] == [
        {"part": part, "of": 2, "rules": ["too_large"]} for part in (1, 2)
    ]
    assert plan([one, replace(two, id=2, number="T2")], facts).parcels == ()
    assert len(plan([one], facts).parcels) == 1
