"""What keeps orders of one buyer to one place apart: their promises, and goods that are bound to one order."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.orders import Order
from domain.planning.merging import Risk, Verdict, groups, key_of, verdict
from domain.planning.planning import prepared
from domain.policy.policy import Policy
from domain.policy.policy_sections import Merge
from tests.domain.house import House
from tests.domain.review.test_screening import CATALOG, NOW, ORDER
from tests.domain.yard import PAIR, Yard, cups, tea
from tests.factory import NOW as PAID_AT
from tests.factory import SKUS, incoming_line

HOUR = timedelta(hours=1)
KEY = key_of(ORDER, CATALOG, Merge())


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def due(number: int, hours: float | None) -> Order:
    """An order the platform wants on its way so many hours after payment, ready to be grouped."""
    promised = None if hours is None else NOW + hours * HOUR
    order = replace(ORDER, id=number, number=str(number), promised_ship_at=promised)
    return prepared(order, CATALOG, Policy())


@pytest.mark.parametrize(
    ("hours", "like"),
    [(1, 4), (4, 1), (4.1, 16), (16, 5), (16.1, 48), (48, None), (15 * 24, None)],
)
def test_a_quick_promise_has_a_key_of_its_own(hours: float, like: float | None) -> None:
    assert due(1, hours).merge_key == due(2, like).merge_key
    others = [other for other in (1, 10, 100) if (hours <= 4, hours <= 16) != (other <= 4, other <= 16)]
    assert all(due(1, hours).merge_key != due(2, other).merge_key for other in others)
    assert len(others) == 2


def test_without_quick_promises_in_the_policy_all_are_alike() -> None:
    orders = [replace(ORDER, promised_ship_at=NOW + hours * HOUR) for hours in (1, 10, 100)]
    assert {key_of(order, CATALOG, Merge(quick_hours=())) for order in orders} == {KEY}


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (48, 120, "same_buyer"),
        (48, 120.1, "other_promise"),
        (None, 120, "same_buyer"),
        (None, 120.1, "other_promise"),
        (None, None, "same_buyer"),
    ],
)
def test_promises_far_apart_need_a_person(first: float | None, second: float | None, why: str) -> None:
    risk = Risk.LOW if why == "same_buyer" else Risk.MID
    one, two = due(1, first), due(2, second)
    assert verdict(one, two, Merge()) == verdict(two, one, Merge()) == Verdict(risk, why)
    together = [[order.id for order in group] for group in groups([one, two], Merge())]
    assert together == ([[1, 2]] if risk is Risk.LOW else [[1], [2]])


def test_one_promised_late_between_two_does_not_part_them() -> None:
    orders = [due(1, 48), due(2, 360), due(3, 48), due(4, 360)]
    assert [[one.id for one in group] for group in groups(orders, Merge())] == [[1, 3], [2, 4]]


@given(st.lists(st.integers(17, 400), max_size=10), st.integers(1, 200), st.integers(2, 4))
def test_no_box_holds_promises_further_apart_than_the_rule(promises: list[int], most: int, orders: int) -> None:
    choices = Merge(promise_hours=most, most_orders=orders)
    told = [due(number, hours) for number, hours in enumerate(promises, 1)]
    found = groups(told, choices)
    assert sorted(one.id for group in found for one in group) == [one.id for one in told]
    for group in found:
        assert len(group) <= orders
        promised = sorted(one.promised_ship_at for one in group if one.promised_ship_at)
        assert promised[-1] - promised[0] <= most * HOUR
        assert all(first.id < second.id for first, second in pairwise(group))


@pytest.mark.parametrize(
    ("traits", "changes", "key"),
    [
        ((), {}, KEY),
        (("fragile",), {}, KEY),
        (("subsidy",), {}, ""),
        (("fragile", "国补"), {}, ""),
        (("subsidy",), {"cod": True}, ""),
        ((), {"cod": True}, ""),
    ],
)
def test_goods_bound_to_one_order_have_no_key(traits: tuple[str, ...], changes: dict[str, Any], key: str) -> None:
    sku = replace(CATALOG.skus["CUP"], traits=frozenset(traits))
    assert key_of(replace(ORDER, **changes), replace(CATALOG, skus={"CUP": sku}), Merge()) == key
    assert key_of(ORDER, replace(CATALOG, skus={"CUP": sku}), Merge(never=())) == KEY


def test_a_line_that_is_gone_or_unknown_binds_nothing() -> None:
    bound = replace(CATALOG, skus={"CUP": replace(CATALOG.skus["CUP"], traits=frozenset({"subsidy"}))})
    for changes in ({"dropped": True}, {"sku": None}):
        line = replace(ORDER.lines[0], **changes)
        assert key_of(replace(ORDER, lines=(line,)), bound, Merge()) == KEY


@pytest.mark.parametrize(
    ("hours", "merged"), [((1, 2), True), ((1, 48), False), ((48, 60), True), ((48, 15 * 24), False)]
)
def test_the_house_merges_only_what_leaves_at_one_time(yard: Yard, hours: tuple[float, float], merged: bool) -> None:
    first, second = (PAID_AT + each * HOUR for each in hours)
    yard.receive(cups("1", promised_ship_at=first), tea("2", promised_ship_at=second))
    boxes = [yard.box(number).order_ids for number in PAIR]
    assert (boxes[0] == boxes[1]) is merged


def test_subsidised_goods_travel_alone_in_the_house(yard: Yard) -> None:
    cup = replace(SKUS[0], traits=frozenset({"subsidy"}))
    yard.run(lambda unit: unit.catalog_admin.put_skus([cup]))
    yard.receive(cups("1"), tea("2"), cups("3", lines=(incoming_line("CUP-02", 1),)))
    assert (yard.order("1").merge_key, len(yard.box("1").order_ids)) == ("", 1)
    assert yard.box("2").order_ids == yard.box("3").order_ids
