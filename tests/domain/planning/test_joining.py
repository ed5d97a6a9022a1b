"""Orders of one buyer that do not all fit one box: who travels together, who is left out, and what is said of it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadValue
from domain.intake.incoming import IncomingOrder
from domain.orders.catalog import Sku
from domain.orders.orders import Order
from domain.planning.joining import joined
from domain.planning.plans import plan
from domain.policy.policy import Policy, document_of
from domain.policy.policy_sections import Split
from domain.review.screening import Facts
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.planning.test_splitting import order_of
from tests.domain.review.test_screening import CATALOG, NOW
from tests.domain.yard import Yard, cups, tea
from tests.factory import incoming_line

MOST = 30
BRICK = {"BRICK": Sku("BRICK", "", "BRICK", 100, 100, 200)}
FACTS = Facts(replace(CATALOG, skus=BRICK), Policy(split=Split(most_units=MOST)), {(1, "BRICK"): 9999}, {}, NOW)
BRICKS = st.lists(st.integers(1, MOST), min_size=1, max_size=6)


def of(bricks: Sequence[int]) -> list[Order]:
    """Orders of so many bricks each, numbered by their place."""
    made = [order_of([("BRICK", count, 500)], 500) for count in bricks]
    return [replace(one, id=number, number=f"{number}") for number, one in enumerate(made, 1)]


def companies(bricks: Sequence[int]) -> list[list[int]]:
    """The numbers of who travels together."""
    return [[order.id for order in company] for company, _ in joined(of(bricks), FACTS)]


@pytest.mark.parametrize(
    ("bricks", "expected"),
    [
        ([10, 10, 10], [[1, 2, 3]]),
        ([10, 10, 11], [[1, 2], [3]]),
        ([25, 10, 10], [[1], [2, 3]]),
        ([10, 25, 10], [[1, 3], [2]]),
        ([10, 20, 10, 10], [[1, 2], [3, 4]]),
        ([30, 30, 30], [[1], [2], [3]]),
    ],
    ids=["all", "the youngest", "the oldest", "one between", "two boxes", "nobody"],
)
def test_whoever_fits_travels_together(bricks: list[int], expected: list[list[int]]) -> None:
    assert companies(bricks) == expected


@given(BRICKS)
def test_each_travels_once_and_leaving_one_out_is_enough_for_two_boxes(bricks: list[int]) -> None:
    found = companies(bricks)
    assert sorted(number for company in found for number in company) == list(range(1, len(bricks) + 1))
    loads = [sum(bricks[number - 1] for number in company) for company in found]
    assert max(loads) <= MOST
    if any(sum(rest) <= MOST for rest in combinations(bricks, len(bricks) - 1)):
        assert len(found) <= 2
    for at, load in enumerate(loads):
        assert all(load + min(bricks[number - 1] for number in later) > MOST for later in found[at + 1 :])


@given(BRICKS, st.integers(1, MOST))
def test_a_younger_order_takes_no_box_apart(bricks: list[int], one_more: int) -> None:
    younger = len(bricks) + 1
    after = [[number for number in company if number != younger] for company in companies([*bricks, one_more])]
    assert [company for company in after if company] == companies(bricks)


def test_the_boxes_say_who_was_left_out_and_why() -> None:
    (_, heavy), (_, light) = joined(of([25, 10, 10]), FACTS)
    assert heavy.parcels[0].why["not_with"] == [{"orders": ["2", "3"], "why": "too_many"}]
    assert light.parcels[0].why["not_with"] == [{"orders": ["1"], "why": "too_many"}]
    assert light.parcels[0].why["merge"] == {"orders": ["2", "3"], "why": "same_buyer"}
    assert "merge" not in heavy.parcels[0].why


def test_no_warehouse_that_has_all_of_it_is_named_with_its_reason() -> None:
    few = replace(FACTS, free={(1, "BRICK"): 24})
    (_, one), (_, two) = joined(of([10, 20, 5]), few)
    lost = [
        {"name": name, "reason": "short", "facts": {"sku": "BRICK", "free": free, "need": "30"}}
        for name, free in (("杭州仓", "24"), ("武汉仓", "0"))
    ]
    assert one.parcels[0].why["not_with"] == [{"orders": ["2"], "why": "no_warehouse", "lost": lost}]
    assert two.parcels[0].why["not_with"] == [{"orders": ["1", "3"], "why": "no_warehouse", "lost": lost}]


def test_who_fits_in_one_box_is_planned_as_before() -> None:
    orders = of([5, 5])
    assert joined(orders, FACTS) == [(orders, plan(orders, FACTS))]


def cups_of(number: str, count: int, **changes: object) -> IncomingOrder:
    """An order of so many cups; a parcel of the yard holds nine."""
    return cups(number, lines=(incoming_line("CUP-01", count),), **changes)


@pytest.fixture
def yard(house: House) -> Yard:
    policy = Policy(split=Split(most_units=9))
    house.run(Unit.keep_policy, policy, "boss", document_of(policy))
    return Yard(house)


def test_one_that_does_not_fit_no_longer_dissolves_a_good_merge(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    box = yard.box("1")
    yard.receive(cups_of("3", 8))
    assert [yard.box(number).id == box.id for number in "123"] == [True, True, False]
    assert [yard.codes(number) for number in "123"] == [(), (), ()]
    assert yard.box("1").why["not_with"] == [{"orders": ["3"], "why": "too_many"}]
    assert yard.box("3").why["not_with"] == [{"orders": ["1", "2"], "why": "too_many"}]


def test_a_person_s_merge_that_would_drop_one_of_theirs_is_refused(yard: Yard) -> None:
    lamps = (incoming_line("LAMP-01", 6),)  # a warehouse has ten
    yard.receive(cups("1", buyer_id="x"), cups("2", buyer_id="y", lines=lamps), cups("3", buyer_id="z", lines=lamps))
    yard.merge("1", "2")
    before = [yard.order(number) for number in "123"]
    with pytest.raises(BadValue) as refused:
        yard.merge("3", "1")
    assert refused.value.want == "merge_no_box"
    assert [yard.order(number) for number in "123"] == before
