"""What the courier collects, once goods were taken out of an order that is paid at the door."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intake.incoming import Platform, PlatformState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Role
from domain.planning.splitting import items_of, value_of
from domain.review.holds import HoldCode, open_codes
from domain.stops import interception
from tests.domain.house import LINES, PAID, House
from tests.factory import NOW, line

FREIGHT = 1000


def take_out(house: House, line_no: int) -> None:
    actor = house.cast.actor(Role.CS)
    house.run(interception.typed, actor, house.order.id, "not wanted", {line_no: 0})


def test_a_line_taken_out_is_not_collected(house: House) -> None:
    house.receive(cod=True, paid=0, paid_at=None, shipping=FREIGHT, total=PAID + FREIGHT)
    assert house.order.at_door == PAID + FREIGHT
    take_out(house, 2)
    assert house.order.at_door == 7800 + FREIGHT
    assert [hold.evidence["owed"] for hold in house.order.holds if hold.open] == ["8800"]
    assert value_of(house.order, items_of(house.order)) == 7800 + FREIGHT


def test_of_what_was_paid_before_the_part_that_went_back_is_collected(house: House) -> None:
    """20.00 of 147.00 came from the balance; 8.62 of it was for the tea. The buyer pays 88.00 in all."""
    house.receive(cod=True, paid=2000, paid_at=None, shipping=FREIGHT, total=PAID + FREIGHT)
    take_out(house, 2)
    assert house.order.refunded == 862
    assert house.order.at_door == 7800 + FREIGHT - (2000 - 862)


def test_a_line_that_its_platform_closed_is_not_collected(house: House) -> None:
    house.receive(cod=True, paid=0, paid_at=None)
    house.receive(cod=True, paid=0, paid_at=None, lines=LINES[:1], goods=7800, total=7800)
    assert house.order.at_door == 7800


def test_a_cash_order_closed_on_its_platform_is_cancelled(house: House) -> None:
    house.receive(cod=True, paid=0, paid_at=None)
    house.receive(cod=True, paid=0, paid_at=None, state=PlatformState.CLOSED)
    assert (house.order.status, house.order.at_door) == (OrderStatus.CANCELLED, 0)


@given(st.lists(st.tuples(st.integers(0, 9999), st.booleans()), min_size=1, max_size=6), st.integers(0, 2000))
def test_what_is_kept_is_collected_to_the_cent(lines: list[tuple[int, bool]], freight: int) -> None:
    told = tuple(
        replace(line(number, amount=amount), dropped=gone) for number, (amount, gone) in enumerate(lines, start=1)
    )
    goods = sum(amount for amount, _ in lines)
    base = Order(1, 1, Platform.JD, "1", "", OrderStatus.REVIEW, PlatformState.PAID, "CNY", NOW, lines=told)
    order = replace(base, cod=True, total=goods + freight, shipping=freight)
    kept = sum(amount for amount, gone in lines if not gone)
    assert order.at_door == kept + freight
    assert replace(order, cod=False).at_door == 0


@pytest.mark.parametrize(("due", "held"), [(99, True), (100, False), (300_000, False), (300_001, True)])
def test_an_unusual_amount_to_be_collected_is_one_as_well(house: House, due: int, held: bool) -> None:
    house.receive(cod=True, paid=0, paid_at=None, total=due)
    assert (HoldCode.AMOUNT_RANGE in open_codes(house.order.holds)) is held
