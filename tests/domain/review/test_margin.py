"""The margin is the parcel's: orders that travel together share one freight, and a lead's word on it.

Cups alone keep 62.8 %, the tea alone 61.0 %, both in one parcel (one freight of 500) 65.7 %.
"""

from dataclasses import replace

import pytest

from domain.errors import HoldNotReleasable
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Role
from domain.policy.policy import Policy, document_of
from domain.review import looking, review
from domain.review.holds import HoldCode
from domain.review.worth import margin
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.yard import PAIR, Yard, cups, tea
from tests.factory import SKUS, incoming_line

TOGETHER = {
    "left": "9000",
    "paid": "13700",
    "least": "66",
    "currency": "CNY",
    "cost": "4200",
    "freight": "500",
    "orders": "1, 2",
}


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def wanting(yard: Yard, percent: int) -> None:
    """From now on a parcel must keep that much."""
    policy = replace(Policy(), screening=replace(Policy().screening, margin_percent=percent))
    yard.run(Unit.keep_policy, policy, "boss", document_of(policy))


def evidence(order: Order) -> list[dict[str, str]]:
    return [dict(hold.evidence) for hold in order.holds if hold.open and hold.code is HoldCode.MARGIN_LOW]


def release(yard: Yard, role: Role) -> None:
    order = yard.order("1")
    actor = yard.house.cast.actor(role)
    yard.run(review.release_hold, actor, order.id, order.revision, HoldCode.MARGIN_LOW)


def test_two_that_are_too_thin_alone_pass_in_one_parcel_and_the_parcel_says_why(yard: Yard) -> None:
    wanting(yard, 64)
    yard.receive(cups("1"))
    assert yard.codes("1") == (HoldCode.MARGIN_LOW,)
    yard.receive(tea("2"))
    assert [yard.codes(number) for number in PAIR] == [(), ()]
    margin_ = {**TOGETHER, "least": "64"}
    assert yard.box("1").why["merge"] == {"orders": ["1", "2"], "why": "same_buyer", "margin": margin_}
    yard.unmerge("2")
    assert [yard.codes(number) for number in PAIR] == [(HoldCode.MARGIN_LOW,)] * 2
    assert evidence(yard.order("2")) == [
        {"left": "3600", "paid": "5900", "least": "64", "currency": "CNY", "cost": "1800", "freight": "500"}
    ]


def test_a_parcel_that_is_too_thin_holds_all_of_it_and_stays_so_when_looked_at_again(yard: Yard) -> None:
    wanting(yard, 66)
    yard.receive(cups("1"), tea("2"))
    assert [evidence(yard.order(number)) for number in PAIR] == [[TOGETHER]] * 2
    assert yard.box("1").id == yard.box("2").id
    before = [yard.order(number) for number in PAIR]
    yard.run(lambda desk: desk.orders.look_again(desk.now))
    yard.run(looking.look_again)
    assert [yard.order(number) for number in PAIR] == before


def test_a_lead_who_lets_one_go_lets_the_parcel_go(yard: Yard) -> None:
    wanting(yard, 66)
    yard.receive(cups("1"), tea("2"))
    before = [yard.order(number) for number in PAIR]
    with pytest.raises(HoldNotReleasable):
        release(yard, Role.CS)
    assert [yard.order(number) for number in PAIR] == before
    release(yard, Role.CS_LEAD)
    assert [yard.codes(number) for number in PAIR] == [(), ()]
    verbs = [e.verb for e in yard.house.store.read_now(lambda desk: desk.history("order", before[1].id, 1))]
    assert verbs == ["hold_released"]
    yard.run(lambda desk: desk.orders.look_again(desk.now))
    yard.run(looking.look_again)
    yard.approve("2")
    assert [yard.order(number).status for number in PAIR] == [OrderStatus.APPROVED] * 2


def test_one_that_joins_later_makes_it_another_parcel_to_judge(yard: Yard) -> None:
    wanting(yard, 66)
    yard.receive(cups("1"), tea("2"))
    release(yard, Role.CS_LEAD)
    blue = (incoming_line("CUP-02", 1, amount=1000),)
    yard.receive(cups("3", lines=blue, paid=1000, goods=1000, total=1000))
    assert [told["orders"] for number in (*PAIR, "3") for told in evidence(yard.order(number))] == ["1, 2, 3"] * 3


def test_two_currencies_are_not_added_up(house: House) -> None:
    yard = Yard(house)
    yard.receive(cups("1"), tea("2"))
    one, two = (yard.order(number) for number in PAIR)
    policy = replace(Policy(), screening=replace(Policy().screening, margin_percent=66))
    catalog = house.store.read_now(lambda desk: desk.catalog)
    assert {sku.currency for sku in SKUS} == {"CNY"}
    assert margin([one, two], 4200, 500, "CNY", policy, catalog) == TOGETHER
    assert margin([one, replace(two, currency="HKD")], 4200, 500, "CNY", policy, catalog) is None
    assert margin([one, two], 4200, 500, "HKD", policy, catalog) is None
