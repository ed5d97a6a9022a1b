"""Prepaid waybill numbers that are used up: what is held for it, and topping up."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from domain import numbering, release
from domain.catalog import Account
from domain.errors import BadValue, NotAllowed, Unknown
from domain.ewaybills import Answer
from domain.holds import HoldCode, open_codes
from domain.orders import OrderStatus
from domain.people import Role
from storage.unit import Unit
from tests.domain.test_numbering import House


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.store.close()


def unpaid(text: str) -> Callable[[int], Answer]:
    return lambda waybill_id: Answer(waybill_id, error=text, unpaid=True)


def alone(unit: Unit) -> None:
    """No courier works but the first."""
    for courier in list(unit.catalog.couriers.values())[1:]:
        unit.catalog_admin.save_courier(replace(courier, enabled=False))


def test_an_account_without_money_holds_its_orders_until_it_is_topped_up(house: House) -> None:
    account = house.remote()
    house.do(alone)
    house.approve("1")
    house.store.run_now(release.tick)
    assert house.answers(unpaid("余额不足")) == 1
    assert [one.id for one in house.store.read_now(numbering.empty)] == [account.id]
    house.later(minutes=1)
    house.store.run_now(release.tick)
    order = house.order("1")
    (hold,) = (hold for hold in order.holds if hold.open)
    assert (order.status, hold.code) == (OrderStatus.REVIEW, HoldCode.FUNDS_SHORT)
    assert hold.evidence == {"courier": house.cast.couriers[0].name, "account": "api"}
    house.store.run_now(numbering.balances_told, {account.id: 0})
    assert house.order("1") == order
    house.store.run_now(numbering.balances_told, {account.id: 500})
    assert open_codes(house.order("1").holds) == ()


def test_finance_tells_what_it_bought(house: House) -> None:
    courier, finance = house.cast.couriers[0].id, house.cast.actor(Role.FINANCE)
    counted = Account(0, courier, "hz", shop_id=house.cast.shops[0].id)
    account = house.store.run_now(lambda unit: unit.catalog_admin.add_account(counted, balance=0))
    assert house.store.run_now(numbering.buy, finance, account.id, 500) == 500
    told = dict(house.store.read_now(numbering.accounts, finance))
    assert told[account].left == 500
    uncounted = next(one for one, pool in told.items() if pool.balance is None)
    for number_, count in ((account.id, 0), (account.id, 1_000_001), (uncounted.id, 5)):
        with pytest.raises(BadValue):
            house.store.run_now(numbering.buy, finance, number_, count)
    with pytest.raises(Unknown):
        house.store.run_now(numbering.buy, finance, 999, 5)
    with pytest.raises(NotAllowed):
        house.store.run_now(numbering.buy, house.cast.actor(Role.CS), account.id, 5)
    assert dict(house.store.read_now(numbering.accounts, finance)) == told
