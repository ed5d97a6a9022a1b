"""What a box carries is worth, what a courier takes for that (保价) and for collecting money, and what it cannot tell
(rules.md B5, B6, B10)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.floor.parcels import Item
from domain.orders.orders import Line, Order
from domain.planning.loads import load_of, worth
from domain.planning.match import Match
from domain.planning.splitting import items_of, value_of
from domain.planning.tariffs import Charge, Surcharge, SurchargeKind, Tariff, Unpriced, simple
from domain.review.screening import Facts
from tests.domain.asks import match_courier
from tests.domain.planning.test_matching import ORDER, SF, YTO, hinted, lost, won, world

INSURED = Surcharge("insured", SurchargeKind.INSURED, amount=100, basis_points=50)
COD = Surcharge("cod", SurchargeKind.COD, amount=300, basis_points=100)


def contract(courier: int, price: int, *extras: Surcharge, currency: str = "CNY") -> Tariff:
    return replace(simple(1000, price, 1000, 100, currency), id=courier, courier_id=courier, surcharges=extras)


def facts(yto: Tariff, sf: Tariff) -> Facts:
    return world(couriers=(replace(YTO, cod=True), SF), tariffs={1: (yto,), 2: (sf,)})


def charges(match: Match) -> tuple[Charge, ...]:
    assert match.quote is not None
    return match.quote.charges


# --- what goods are worth ------------------------------------------------------------------------------------------


def two_lines(paid: int, total: int, *, cod: bool = False) -> Order:
    cups = Line(1, "l1", "杯子", "", "cup", 3, 100, 300, sku="CUP")
    jars = Line(2, "l2", "蜂蜜", "", "jar", 2, 350, 700, sku="JAR")
    gift = Line(3, "l3", "赠品", "", "cup", 1, 0, 0, sku="CUP")
    return replace(ORDER, lines=(cups, jars, gift), paid=paid, total=total, cod=cod)


def test_goods_are_worth_what_was_paid_for_them_and_gifts_nothing() -> None:
    order = two_lines(900, 1000)
    assert [value_of(order, [item]) for item in items_of(order)] == [270, 630, 0]


def test_what_is_yet_to_be_paid_at_the_door_counts_as_paid() -> None:
    order = two_lines(200, 1000, cod=True)
    assert [value_of(order, [item]) for item in items_of(order)] == [300, 700, 0]


@given(st.integers(0, 5000), st.integers(0, 5000), st.booleans(), st.data())
def test_boxes_of_an_order_are_worth_together_what_it_is_worth(
    paid: int, due: int, cod: bool, data: st.DataObject
) -> None:
    """However its units are divided: to the cent, but for a cent of each divided line at the door."""
    order = two_lines(paid, paid + due, cod=cod)
    first, second = list[Item](), list[Item]()
    for item in items_of(order):
        here = data.draw(st.integers(0, item.quantity))
        part = item.paid * here // item.quantity
        first += [replace(item, quantity=here, paid=part)] if here else []
        rest = item.quantity - here
        second += [replace(item, quantity=rest, paid=item.paid - part)] if rest else []
    whole = paid + (due if cod else 0)
    assert value_of(order, items_of(order)) == whole
    assert abs(value_of(order, first) + value_of(order, second) - whole) <= (3 if cod else 0)


def test_a_shared_box_is_worth_all_of_its_orders_each_currency_by_itself() -> None:
    one, two, abroad = ORDER, replace(ORDER, id=2, paid=100), replace(ORDER, id=3, paid=4900, currency="USD")
    orders: Sequence[Order] = (one, two, abroad)
    items = [item for order in orders for item in items_of(order)]
    assert worth(orders, items) == (("CNY", 3000), ("USD", 4900))
    assert worth(orders, items[:1]) == (("CNY", 2900),)


def test_worth_is_asked_only_where_a_contract_takes_a_fee_for_it() -> None:
    """Or hardly two orders would share an answer."""
    plain, insured = facts(contract(1, 350), contract(2, 900)), facts(contract(1, 350, INSURED), contract(2, 900))
    assert load_of([ORDER], items_of(ORDER), plain).value == ()
    assert load_of([ORDER], items_of(ORDER), insured).value == (("CNY", 2900),)


# --- what it costs -------------------------------------------------------------------------------------------------


def test_insurance_is_part_of_the_price_and_decides_who_is_cheapest() -> None:
    dear = replace(ORDER, paid=200_000)
    both = facts(contract(1, 350, INSURED), contract(2, 900))
    assert charges(match_courier(ORDER, 1, 360, both)) == (Charge("insured", 100),)  # the least of it
    assert won(match_courier(ORDER, 1, 360, both)) == ("圆通", "cheapest")
    match = match_courier(dear, 1, 360, both)
    assert won(match) == ("顺丰", "cheapest")
    facts_of_loser = {"freight": "1350", "currency": "CNY", "charges": '[["insured", 1000]]'}
    assert lost(match)["圆通"] == ("dearer", facts_of_loser)
    assert match.inputs["value"] == "CNY 200000"


@pytest.mark.parametrize(("paid", "fee"), [(9_999, None), (10_000, 100), (60_000, 300), (100_000, 500), (900_000, 500)])
def test_insurance_begins_at_a_value_and_ends_at_what_the_courier_answers_for(paid: int, fee: int | None) -> None:
    bounded = replace(INSURED, over_value=10_000, up_to_value=100_000)
    match = match_courier(replace(ORDER, paid=paid), 1, 360, facts(contract(1, 350, bounded), contract(2, 9000)))
    assert charges(match) == (() if fee is None else (Charge("insured", fee),))


def test_what_was_paid_already_is_not_collected() -> None:
    order = hinted(cod=True, paid=1000, total=51_000)
    match = match_courier(order, 1, 360, facts(contract(1, 350, COD), contract(2, 9000, COD)))
    assert charges(match) == (Charge("cod", 500),)
    assert match.inputs["collect"] == "CNY 50000"


def test_a_fee_of_an_amount_in_another_currency_is_left_out_and_said() -> None:
    abroad = replace(ORDER, currency="USD", paid=4900)
    match = match_courier(abroad, 1, 360, world(couriers=(YTO,), tariffs={1: (contract(1, 350, INSURED),)}))
    assert match.quote is not None
    assert (match.quote.total, match.quote.left_out) == (350, (Unpriced("insured", (("USD", 4900),)),))
    assert match.as_data()["quote"] == match.quote.as_data()
    assert match.quote.as_data()["left_out"] == [["insured", "USD", 4900]]


def test_who_lacks_something_wins_over_nobody_by_the_rest_of_its_price() -> None:
    abroad = replace(ORDER, currency="USD", paid=4900)
    match = match_courier(abroad, 1, 360, facts(contract(1, 350, INSURED), contract(2, 900)))
    assert won(match) == ("顺丰", "priced")
    lacks = {"freight": "350", "currency": "CNY", "lacks": '[["insured", "USD", 4900]]'}
    assert lost(match) == {"圆通": ("unpriced", lacks)}
