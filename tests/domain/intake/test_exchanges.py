"""An exchange waits for the goods it is for, whichever comes first; and for a person who lets it go."""

import pytest

from domain.errors import HoldNotReleasable
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP, Role
from domain.records import Grade, Return
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stops import returns
from tests.domain.house import House
from tests.factory import incoming


def exchange(house: House, number: str = "X1", of: str = "return:1001", **terms: object) -> Order:
    """The order that is to be sent for one that comes back, as the shop tells it."""
    shop = house.cast.shops[0].id
    house.run(intake.receive, SHOP, shop, [incoming(number, buyer_id=number, platform_hold=of, **terms)])
    return house.store.read_now(lambda desk: desk.orders.by_number(shop, [number])[number])


def sent_back(house: House) -> Return:
    """The first order has left and its goods are on the receiver's table."""
    house.bring_to(ParcelState.HANDED_OVER)
    parcel = house.run(returns.link, house.cast.actor(Role.CS), house.order.id, "SF900001")
    return house.run(returns.arrive, house.cast.actor(Role.RECEIVER), parcel.waybill, house.parcel.warehouse_id or 0)


def codes(house: House, order: Order) -> tuple[HoldCode, ...]:
    return open_codes(house.store.read_now(lambda desk: desk.orders.get(order.id)).holds)


def test_it_goes_when_all_came_back_good(house: House) -> None:
    parcel, order = sent_back(house), exchange(house)
    assert codes(house, order) == (HoldCode.WAIT_RETURN,)
    house.run(returns.grade_rest_good, house.cast.actor(Role.RECEIVER), parcel.id, parcel.revision)
    assert codes(house, order) == ()


def test_what_came_back_broken_or_not_at_all_lets_nothing_go(house: House) -> None:
    parcel, order = sent_back(house), exchange(house)
    for item in parcel.items:
        verdict = Grade.DEFECTIVE if item.line_no == 1 else Grade.MISSING
        for _ in range(item.expected):
            now = house.store.read_now(lambda desk: desk.returns.get(parcel.id))
            house.run(returns.grade, house.cast.actor(Role.RECEIVER), now.id, now.revision, item.line_no, verdict)
    assert codes(house, order) == (HoldCode.WAIT_RETURN,)


def test_an_exchange_told_after_the_return_does_not_wait(house: House) -> None:
    parcel = sent_back(house)
    house.run(returns.grade_rest_good, house.cast.actor(Role.RECEIVER), parcel.id, parcel.revision)
    assert codes(house, exchange(house)) == ()
    assert codes(house, exchange(house, "X2", "return:no such")) == (HoldCode.WAIT_RETURN,)


def test_the_platform_ends_it_too_and_a_lead_but_no_customer_service(house: House) -> None:
    order = exchange(house)
    with pytest.raises(HoldNotReleasable):
        house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.WAIT_RETURN)
    assert codes(house, order) == (HoldCode.WAIT_RETURN,)
    exchange(house, of="")
    assert codes(house, order) == ()
    other = exchange(house, "X2")
    house.run(review.release_hold, house.cast.actor(Role.CS_LEAD), other.id, other.revision, HoldCode.WAIT_RETURN)
    exchange(house, "X2", courier_hint="SF")
    assert codes(house, other) == ()


def test_a_check_that_begins_after_the_approval_takes_it_back(house: House) -> None:
    order = exchange(house, of="")
    house.run(review.approve, house.cast.actor(Role.CS), order.id, order.revision)
    exchange(house, of="审核中")
    now = house.store.read_now(lambda desk: desk.orders.get(order.id))
    assert (now.status, open_codes(now.holds)) == (OrderStatus.REVIEW, (HoldCode.PLATFORM_LOCK,))
