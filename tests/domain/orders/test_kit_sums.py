"""Sums over sets, whatever is bought: money to the cent, units, and independent kits that travel whole."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.money import apportion
from domain.orders import kits
from domain.orders.catalog import Bundle, Part
from domain.orders.orders import Line, Order, OrderStatus
from domain.planning.splitting import boxes, from_places, items_of, shares
from domain.policy.policy import Policy
from domain.policy.policy_sections import Screening, Split
from domain.review.holds import HoldCode
from domain.review.worth import worth
from tests import factory
from tests.domain.planning.test_splitting import GOODS
from tests.domain.review.test_screening import CATALOG

KIT_LINES = st.lists(
    st.tuples(
        st.booleans(), st.integers(1, 4), st.integers(0, 5000), st.lists(st.integers(1, 3), min_size=1, max_size=3)
    ),
    min_size=1,
    max_size=4,
)


def made(told: list[tuple[bool, int, int, list[int]]], paid: int, *, whole: bool = False) -> tuple[Order, Order]:
    """An order as it is bought, and exploded; its sets' parts are the first skus."""
    lines, known = [], {}
    for number, (is_set, units, amount, recipe) in enumerate(told, 1):
        code = f"SET{number}" if is_set else f"S{number % 3}"
        if is_set:
            known[code] = Bundle(code, "", tuple(Part(f"S{at}", per) for at, per in enumerate(recipe)), whole, 1)
        lines.append(Line(number, f"L{number}", "", "", code, units, amount, amount))
    catalog = replace(CATALOG, skus=GOODS.skus, bundles=known)
    order = replace(BASE, lines=tuple(lines), paid=paid)
    return order, kits.matched(order, catalog)


BASE = Order(1, 1, CATALOG.shops[1].platform, "T1", "", OrderStatus.REVIEW, "paid", "CNY", None)  # type: ignore[arg-type]  # no time needed


@given(KIT_LINES, st.integers(0, 30_000))
def test_money_and_units_of_sets_sum_up(told: list[tuple[bool, int, int, list[int]]], paid: int) -> None:
    order, after = made(told, paid)
    assert sum(line.amount for line in after.lines) == sum(line.amount for line in order.lines)
    for before, group in zip(order.lines, kits.groups(after.lines), strict=True):
        assert sum(line.amount for line in group) == before.amount
        assert kits.sets(group) == before.quantity
    whole, parted = shares(order), shares(after)
    assert sum(parted.values()) == paid
    for group in kits.groups(after.lines):
        assert sum(parted[line.line_no] for line in group) == whole[group[0].line_no]
    assert [(one.quantity, one.amount) for one in kits.sold(after.lines)] == [
        (one.quantity, one.amount) for one in order.lines
    ]


@given(KIT_LINES, st.integers(0, 30_000), st.data())
def test_taking_sets_out_of_a_line_conserves_it(
    told: list[tuple[bool, int, int, list[int]]], paid: int, data: st.DataObject
) -> None:
    _, order = made(told, paid)
    group = data.draw(st.sampled_from(kits.groups(order.lines)))
    count = data.draw(st.integers(0, kits.sets(group)))
    rest, part = kits.taken(group, count, 77)
    for line, kept, gone in zip(group, rest, part, strict=True):
        assert (kept.quantity + gone.quantity, kept.amount + gone.amount) == (line.quantity, line.amount)
    assert min(line.amount for line in (*rest, *part)) >= 0
    amount = sum(line.amount for line in group)
    assert (sum(line.amount for line in rest), sum(line.amount for line in part)) == apportion(
        amount, [kits.sets(group) - count, count]
    )
    assert kits.sets(tuple(part)) == count
    assert {kits.host(line.line_no) for line in part} == {77}


@given(KIT_LINES, st.integers(0, 30_000), st.integers(300, 4000), st.integers(1, 12))
def test_kits_that_travel_whole_are_in_one_box_each(
    told: list[tuple[bool, int, int, list[int]]], paid: int, most_g: int, most_units: int
) -> None:
    _, order = made(told, paid, whole=True)
    found = boxes(order, items_of(order), GOODS, Split(most_g=most_g, most_units=most_units), 30_000)
    assert sum(item.paid for box in found for item in box.items) == paid
    units = Counter[int]()
    for box in found:
        for item in box.items:
            units[item.line_no] += item.quantity
        for line in order.lines:
            if line.kit:
                mates = [one for one in order.lines if kits.host(one.line_no) == kits.host(line.line_no)]
                counts = {_count(box.items, one) for one in mates}
                assert len(counts) == 1
    assert units == {line.line_no: line.quantity for line in order.lines}


def _count(items: tuple[object, ...], line: Line) -> float:
    assert line.kit is not None
    return sum(item.quantity for item in items if item.line_no == line.line_no) / line.kit.per  # type: ignore[attr-defined]


@given(
    KIT_LINES, st.dictionaries(st.tuples(st.integers(1, 2), st.sampled_from(["S0", "S1", "S2"])), st.integers(0, 20))
)
def test_a_whole_kit_comes_from_one_place_that_has_it(
    told: list[tuple[bool, int, int, list[int]]], free: dict[tuple[int, str], int]
) -> None:
    _, order = made(told, 0, whole=True)
    found = from_places(order, items_of(order), [1, 2], free, GOODS)
    places: dict[int, set[int]] = {}
    for place, items in found:
        wanted = Counter[str]()
        for item in items:
            wanted[item.sku] += item.quantity
            places.setdefault(kits.host(item.line_no), set()).add(place)
        assert all(free.get((place, sku), 0) >= units for sku, units in wanted.items())
    assert all(len(each) == 1 for each in places.values())
    if found:
        assert sum(item.quantity for _, items in found for item in items) == sum(line.quantity for line in order.lines)


def test_the_floor_of_a_price_is_the_sets_and_not_its_parts() -> None:
    """A cup costs 12.00, a tea 18.00: 42.00 of goods may go for 42.00, whatever the single prices say."""
    skus = {sku.code: sku for sku in factory.SKUS}
    bundle = Bundle("TEASET", "", (Part("CUP-01", 2), Part("TEA-01", 1)), version=1)
    catalog = replace(CATALOG, skus=skus, bundles={"TEASET": bundle})
    policy = Policy(screening=Screening(price_floor_percent=100))

    def found(amount: int) -> list[dict[str, str]]:
        line = Line(1, "L", "", "", "TEASET", 2, amount // 2, amount)
        order = kits.matched(replace(BASE, lines=(line,), paid=amount), catalog)
        return [dict(one.evidence) for one in worth(order, policy, catalog) if one.code is HoldCode.PRICE_LOW]

    assert found(8400) == []
    assert found(8300) == [{"sku": "TEASET", "price": "4150", "floor": "4200", "currency": "CNY"}]


def test_a_set_of_a_list_without_amounts_has_the_money_of_its_price() -> None:
    order, _ = made([(True, 1, 0, [1, 1]), (False, 2, 0, [1])], 30_000)
    priced = tuple(replace(n, unit_price=price) for n, price in zip(order.lines, (20_000, 5_000), strict=True))
    known = {"SET1": Bundle("SET1", "", (Part("S0", 1), Part("S1", 1)), True, 1)}
    catalog = replace(CATALOG, skus=GOODS.skus, bundles=known)
    after = kits.matched(replace(order, lines=priced), catalog)
    paid = Counter[int]()
    for line_no, share in shares(after).items():
        paid[kits.host(line_no)] += share
    assert paid == {1: 20_000, 2: 10_000}
