"""One order into boxes: every unit in exactly one, money to the cent, and each rule of rules.md B4 kept."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.floor.parcels import Item
from domain.orders.catalog import Sku
from domain.orders.orders import Line, Order
from domain.planning.plans import plan
from domain.planning.splitting import Box, boxes, by_warehouse, gifts, items_of, sealed, shares, units_of
from domain.policy.policy import Policy
from domain.policy.policy_sections import Split
from domain.review.holds import HoldCode
from domain.review.screening import Facts, screen
from tests.domain.review.test_screening import CATALOG, NOW, ORDER

TRAITS = ((), ("fragile",), ("food",), ("chemical",), ("food", "fragile"), ("liquid", "chemical"))
SKUS = {
    f"S{n}": Sku(f"S{n}", "", f"thing {n}", grams, 100, 200, traits=frozenset(TRAITS[n]))
    for n, grams in enumerate((300, 900, 50, 0, 2500, 120))
}
GOODS = replace(CATALOG, skus=SKUS)
LINES = st.lists(
    st.builds(
        lambda sku, quantity, amount: (sku, quantity, amount),
        st.sampled_from(sorted(SKUS)),
        st.integers(1, 9),
        st.integers(0, 99_999),
    ),
    min_size=1,
    max_size=6,
)
CHOICES = st.builds(
    Split,
    most_g=st.integers(100, 6000),
    most_units=st.integers(1, 12),
    most_value=st.integers(1, 60_000).map(lambda most: {"*": most}),
)


def order_of(lines: list[tuple[str, int, int]], paid: int = 0) -> Order:
    made = tuple(
        Line(n, f"l{n}", f"thing {sku}", "", sku, quantity, 1, amount, sku=sku)
        for n, (sku, quantity, amount) in enumerate(lines, 1)
    )
    return replace(ORDER, lines=made, paid=paid, total=paid)


def counted(items: tuple[Item, ...]) -> Counter[int]:
    return Counter({item.line_no: item.quantity for item in items})


@given(LINES, st.integers(0, 500_000), CHOICES, st.integers(100, 6000))
def test_every_unit_is_in_one_box_and_the_money_is_whole(
    lines: list[tuple[str, int, int]], paid: int, choices: Split, limit_g: int
) -> None:
    order = order_of(lines, paid)
    made = boxes(order, items_of(order), GOODS, choices, limit_g)
    total = Counter[int]()
    for box in made:
        assert box.items
        assert len({item.line_no for item in box.items}) == len(box.items)
        total += counted(box.items)
    assert total == counted(items_of(order))
    assert sum(item.paid for box in made for item in box.items) == paid
    by_line = Counter[int]()
    for box in made:
        by_line.update({item.line_no: item.paid for item in box.items})
    assert dict(by_line) == shares(order)


@given(LINES, st.integers(0, 500_000), CHOICES, st.integers(100, 6000))
def test_every_limit_is_kept_unless_one_unit_is_over_it(
    lines: list[tuple[str, int, int]], paid: int, choices: Split, limit_g: int
) -> None:
    order = order_of(lines, paid)
    for box in boxes(order, items_of(order), GOODS, choices, limit_g):
        units = sum(item.quantity for item in box.items)
        grams = sum(SKUS[item.sku].weight_g * item.quantity for item in box.items)
        value = sum(item.paid for item in box.items)
        fits = grams <= min(choices.most_g, limit_g) and value <= choices.most_value["*"]
        assert units == 1 or (fits and units <= choices.most_units)


@given(LINES, CHOICES)
def test_special_goods_are_alone_and_enemies_apart(lines: list[tuple[str, int, int]], choices: Split) -> None:
    order = order_of(lines, 1000)
    for box in boxes(order, items_of(order), GOODS, choices, 9000):
        traits = [SKUS[item.sku].traits for item in box.items]
        goods = [SKUS[item.sku].traits for item in box.items if item.line_no not in gifts(order)]
        assert len(goods) <= 1 or not any(one.intersection(choices.alone) for one in goods)
        kinds = frozenset().union(*traits) if len(box.items) > 1 else frozenset()
        assert not {"food", "chemical"} <= kinds


@given(
    LINES,
    st.dictionaries(st.tuples(st.integers(1, 3), st.sampled_from(sorted(SKUS))), st.integers(0, 12)),
)
def test_lines_come_whole_from_several_warehouses_whenever_they_can(
    lines: list[tuple[str, int, int]], free: dict[tuple[int, str], int]
) -> None:
    """By the book: every way to send each line whole from somewhere is tried."""
    items = items_of(order_of(lines, 1000))
    parts = by_warehouse(items, [1, 2, 3], free)
    assert bool(parts) is _possible(items, free)
    if not parts:
        return
    assert sum((counted(part) for _, part in parts), Counter[int]()) == counted(items)
    assert len({place for place, _ in parts}) == len(parts)
    for place, part in parts:
        assert all(units <= free.get((place, sku), 0) for sku, units in units_of(part).items())


def _possible(items: tuple[Item, ...], free: dict[tuple[int, str], int]) -> bool:
    if not items:
        return True
    first, rest = items[0], items[1:]
    places = [at for at in (1, 2, 3) if free.get((at, first.sku), 0) >= first.quantity]
    return any(_possible(rest, {**free, (at, first.sku): free[at, first.sku] - first.quantity}) for at in places)


def test_two_lines_of_one_thing_do_not_take_the_same_units_twice() -> None:
    items = items_of(order_of([("S0", 5, 1), ("S0", 5, 1)], 1000))
    assert by_warehouse(items, [1, 2], {(1, "S0"): 5}) == []
    free = {(1, "S0"): 5, (2, "S0"): 5}
    assert by_warehouse(items, [1, 2], free) == [(1, (items[0],)), (2, (items[1],))]


def test_a_small_line_leaves_the_large_store_to_the_large_line() -> None:
    items = items_of(order_of([("S0", 1, 1), ("S0", 2, 1)], 1000))
    assert by_warehouse(items, [1, 2], {(1, "S0"): 2, (2, "S0"): 1}) == [(1, (items[1],)), (2, (items[0],))]


def test_a_thousand_lines_of_one_thing_are_placed() -> None:
    items = items_of(order_of([("S0", 1, 1)] * 2000, 1000))
    parts = by_warehouse(items, [1, 2], {(1, "S0"): 1500, (2, "S0"): 500})
    assert [(place, len(part)) for place, part in parts] == [(1, 1500), (2, 500)]
    assert by_warehouse(items, [1, 2], {(1, "S0"): 1500, (2, "S0"): 499}) == []


def test_an_order_made_to_keep_us_busy_is_given_up() -> None:
    """Sixty lines that fill seven stores nearly, in no way we look for."""
    lines = [("S0", 7 if n % 2 else 5, 1) for n in range(60)]
    free = {(place, "S0"): 51 + place % 3 for place in range(1, 8)}
    assert by_warehouse(items_of(order_of(lines, 1000)), list(range(1, 8)), free) == []


@pytest.mark.parametrize(
    ("lines", "free", "boxes_"),
    [
        ([("S0", 2, 1450), ("S0", 2, 1450)], {(1, "S0"): 2, (2, "S0"): 2}, [(1, 2), (2, 2)]),
        ([("S0", 1, 1450), ("S0", 2, 1450)], {(1, "S0"): 2, (2, "S0"): 1}, [(1, 2), (2, 1)]),
        ([("S0", 1, 1450), ("S0", 2, 1450)], {(1, "S0"): 1, (2, "S0"): 2}, [(1, 1), (2, 2)]),
        ([("S1", 1, 1450), ("S1", 2, 1450)], {(1, "S1"): 2, (2, "S1"): 1}, [(1, 2), (2, 1)]),
    ],
    ids=["both the same", "large in 1", "large in 2", "each line alone"],
)
def test_two_lines_of_one_sku_from_two_warehouses_are_not_out_of_stock(
    lines: list[tuple[str, int, int]], free: dict[tuple[int, str], int], boxes_: list[tuple[int, int]]
) -> None:
    facts = Facts(GOODS, replace(Policy(), split=Split(alone=("fragile",))), free, {}, NOW)
    order = order_of(lines, 2900)
    made = plan([order], facts)
    assert [f.code for f in (*screen(order, facts), *made.faults)] == []
    assert [(box.warehouse_id, box.items[0].quantity) for box in made.parcels] == boxes_
    whole = replace(facts, policy=replace(facts.policy, split=Split(auto=False)))
    assert [f.code for f in screen(order, whole)] == [HoldCode.OUT_OF_STOCK]


@given(LINES, st.dictionaries(st.tuples(st.integers(1, 2), st.sampled_from(sorted(SKUS))), st.integers(0, 20)))
def test_a_clean_order_has_boxes_that_hold_all_and_claim_no_more_than_is_free(
    lines: list[tuple[str, int, int]], free: dict[tuple[int, str], int]
) -> None:
    facts = Facts(GOODS, Policy(), free, {}, NOW)
    order = order_of(lines, 2900)
    made = plan([order], facts)
    found = [*screen(order, facts), *made.faults]
    assert bool(made.parcels) or bool(found)
    claims = Counter[tuple[int, str]]()
    total = Counter[int]()
    for parcel in made.parcels:
        claims.update({(parcel.warehouse_id or 0, sku): n for sku, n in units_of(parcel.items).items()})
        total += counted(parcel.items)
    if made.parcels:
        assert total == counted(items_of(order))
        assert all(units <= free.get(key, 0) for key, units in claims.items())
        assert sum(item.paid for parcel in made.parcels for item in parcel.items) == 2900


@pytest.mark.parametrize(
    ("limits", "rules"),
    [
        ({"most_g": 5000}, ("too_heavy",)),
        ({"most_units": 2}, ("too_many",)),
        ({"most_value": {"*": 999}}, ("too_valuable",)),
        ({"most_g": 5000, "most_units": 2, "most_value": {"*": 999}}, ("too_heavy", "too_many", "too_valuable")),
    ],
)
def test_a_part_names_the_limits_that_made_it_one(limits: dict[str, Any], rules: tuple[str, ...]) -> None:
    order = order_of([("S4", 3, 3000)], 1000)
    made = boxes(order, items_of(order), GOODS, Split(**limits), 30_000)
    assert len(made) > 1
    assert {box.rules for box in made} == {rules}


def test_the_heaviest_go_first_and_a_divided_line_knows_its_share() -> None:
    order = order_of([("S4", 3, 3000)], 1000)
    made = boxes(order, items_of(order), GOODS, Split(most_g=5000), 30_000)
    assert made == [
        Box((Item(1, 1, "S4", "thing S4", 2, paid=666),), ("too_heavy",)),
        Box((Item(1, 1, "S4", "thing S4", 1, paid=334),), ("too_heavy",)),
    ]


def test_a_million_units_are_divided_at_once() -> None:
    """Box by box, not unit by unit into the first of thousands: it would keep the house busy for half an hour."""
    order = order_of([("S0", 1_000_000, 3)], 9_000_000)
    made = boxes(order, items_of(order), GOODS, Split(most_g=3000), 30_000)
    assert (len(made), {box.items[0].quantity for box in made}) == (100_000, {10})
    assert {box.items[0].paid for box in made} == {90}


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"cod": True}, "cod"), ({"together": 7}, "together"), ({"platform_hold": "return:9"}, "exchange")],
)
def test_a_sealed_order_is_never_divided(changes: dict[str, Any], why: str) -> None:
    order = replace(order_of([("S0", 1, 1), ("S1", 1, 1)], 1000), **changes)
    assert sealed(order, Split()) == why
    assert boxes(order, items_of(order), GOODS, Split(), 30_000) == [Box(items_of(order))]
    free = {(1, "S0"): 1, (2, "S1"): 1}
    assert plan([order], Facts(GOODS, Policy(), free, {}, NOW)).parcels == ()


def test_who_does_not_want_it_divided() -> None:
    order = order_of([("S0", 1, 1), ("S1", 1, 1)], 1000)
    assert (sealed(order, Split()), sealed(order, Split(auto=False))) == ("", "auto")


def test_a_gift_travels_with_goods_whatever_it_is() -> None:
    order = order_of([("S0", 1, 500), ("S1", 1, 0)], 500)
    assert boxes(order, items_of(order), GOODS, Split(), 30_000) == [Box(items_of(order))]
    enemies = order_of([("S2", 1, 500), ("S3", 1, 0)], 500)
    assert len(boxes(enemies, items_of(enemies), GOODS, Split(), 30_000)) == 2


def test_a_gift_comes_from_where_goods_come_from() -> None:
    order = order_of([("S0", 2, 500), ("S2", 1, 400), ("S1", 1, 0)], 900)
    items, gift = items_of(order), gifts(order)
    assert gift == {3}
    free = {(1, "S0"): 2, (2, "S2"): 1, (2, "S1"): 1}
    assert by_warehouse(items, [1, 2], free, gift) == [(1, (items[0],)), (2, (items[1], items[2]))]
    assert by_warehouse(items, [1, 2, 3], {**free, (2, "S1"): 0, (3, "S1"): 1}, gift) == []


def test_the_packaging_is_part_of_what_a_courier_carries() -> None:
    heavy = {"S9": Sku("S9", "", "anvil", 10_000, 100, 200)}
    facts = Facts(replace(GOODS, skus=heavy), Policy(split=Split(most_g=90_000)), {(1, "S9"): 3}, {}, NOW)
    made = plan([order_of([("S9", 3, 300)], 2900)], facts)
    assert [(parcel.expected_g, units_of(parcel.items)) for parcel in made.parcels] == [
        (20_060, {"S9": 2}),
        (10_060, {"S9": 1}),
    ]


@pytest.mark.parametrize(
    ("amounts", "paid"),
    [((0, 0), {1: 3600, 2: 12_000}), ((1, 3), {1: 3900, 2: 11_700})],
    ids=["prices alone", "amounts"],
)
def test_money_goes_by_price_and_count_where_no_amounts_were_told(
    amounts: tuple[int, int], paid: dict[int, int]
) -> None:
    told = order_of([("S0", 2, amounts[0]), ("S1", 1, amounts[1])], 15_600)
    prices = (1950, 13_000)
    lines = tuple(replace(line, unit_price=price) for line, price in zip(told.lines, prices, strict=True))
    assert shares(replace(told, lines=lines)) == paid


def test_a_gift_is_known_by_its_price_where_no_amounts_were_told() -> None:
    told = order_of([("S0", 1, 0), ("S1", 1, 0)], 500)
    prices = (500, 0)
    lines = tuple(replace(line, unit_price=price) for line, price in zip(told.lines, prices, strict=True))
    assert gifts(replace(told, lines=lines)) == {2}
    assert gifts(replace(told, lines=tuple(replace(line, unit_price=0) for line in lines))) == frozenset()


def test_a_parcel_of_the_most_that_the_house_allows_is_weighed_with_its_packaging() -> None:
    heavy = {"S9": Sku("S9", "", "anvil", 10_000, 100, 200)}
    for most, grams in ((20_059, [10_060, 10_060]), (20_060, [20_060])):
        facts = Facts(replace(GOODS, skus=heavy), Policy(split=Split(most_g=most)), {(1, "S9"): 2}, {}, NOW)
        made = plan([order_of([("S9", 2, 300)], 2900)], facts)
        assert [parcel.expected_g for parcel in made.parcels] == grams
