"""Customer service takes a part of an order out: lines and units by number, with the money of exactly those."""

import pytest

from domain.errors import NoSuchLine, NotAllowed, TooManyUnits
from domain.floor.parcels import ParcelState
from domain.intake.incoming import RefundState
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.stops import interception
from handlers.cards.desk.refund_parts import split_lines
from tests.domain.house import House


def typed(house: House, units: dict[int, int], role: Role = Role.CS) -> None:
    house.run(interception.typed, house.cast.actor(role), house.order.id, "changed his mind", units)


def test_a_line_by_its_number_is_stopped_and_the_rest_goes_on(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    typed(house, {2: 0})
    assert [stop.line_nos for stop in house.stops] == [(2,)]
    assert [(one.external_id, one.amount, one.line_nos) for one in house.refunds] == [("cs:1001:1", 5900, (2,))]
    assert (house.order.status, house.order.refunded) == (OrderStatus.RELEASED, 5900)
    assert house.scan(Station.PUT_BACK).ok
    assert [(item.sku, item.quantity) for item in house.parcel.live_items] == [("CUP-01", 2)]


def test_one_unit_of_two_and_then_the_other(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    typed(house, {1: 1})
    assert (house.order.refunded, [stop.line_nos for stop in house.stops]) == (3900, [(3,)])
    typed(house, {1: 1})
    assert (house.order.refunded, [stop.line_nos for stop in house.stops]) == (7800, [(3,), (1,)])
    assert house.order.status is OrderStatus.RELEASED


def test_taken_back_the_unit_stays_in_the_box(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    typed(house, {1: 1})
    house.run(interception.withdraw, house.cast.actor(Role.CS), house.order.id)
    assert (house.order.refunded, house.parcel.blocked) == (0, False)
    assert [line.dropped for line in house.order.lines] == [False, False, False]


def test_what_stays_of_an_unclear_refund_takes_no_money_twice(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS, 3900, "CUP-01")
    typed(house, {1: 1})
    assert house.order.refunded == 3900
    assert [(one.amount, one.line_nos) for one in house.refunds] == [(3900, ()), (0, (3,))]


@pytest.mark.parametrize(
    ("units", "refusal"),
    [({9: 0}, NoSuchLine("1001", 9, (1, 2))), ({1: 3}, TooManyUnits("1001", 1, 3, 2))],
)
def test_what_the_order_does_not_have_is_refused(
    house: House, units: dict[int, int], refusal: NoSuchLine | TooManyUnits
) -> None:
    house.bring_to(ParcelState.PICKED)
    before = house.order, house.parcel, house.refunds, house.stops
    with pytest.raises(type(refusal)) as found:
        typed(house, units)
    assert vars(found.value) == vars(refusal)
    assert (house.order, house.parcel, house.refunds, house.stops) == before


def test_a_line_that_is_out_already_is_not_taken_out_again(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    typed(house, {2: 0})
    before = house.order, house.parcel, house.refunds, house.stops
    with pytest.raises(NoSuchLine):
        typed(house, {2: 0})
    assert (house.order, house.parcel, house.refunds, house.stops) == before


def test_only_service_may(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    with pytest.raises(NotAllowed):
        typed(house, {2: 0}, Role.PICKER)
    assert house.refunds == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("too slow", ({}, "too slow")),
        ("3 days late", ({}, "3 days late")),
        ("#2 too slow", ({2: 0}, "too slow")),
        ("#2x1 #3×2 too slow", ({2: 1, 3: 2}, "too slow")),
        ("#2x1", ({2: 1}, "")),
        ("#2nd parcel", ({}, "#2nd parcel")),
        ("", ({}, "")),
    ],
)
def test_lines_are_typed_before_the_reason(text: str, found: tuple[dict[int, int], str]) -> None:
    assert split_lines(text) == found
