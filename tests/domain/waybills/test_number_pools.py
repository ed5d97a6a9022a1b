"""Prepaid waybill numbers that are used up: what is held for it, and topping up."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from domain.errors import BadValue, NotAllowed, Unknown
from domain.floor import release
from domain.intake import intake
from domain.orders.catalog import Account
from domain.orders.orders import OrderStatus
from domain.people.people import SHOP, Role
from domain.planning.match import losers_in
from domain.review.holds import HoldCode, open_codes
from domain.waybills import numbering
from domain.waybills.ewaybills import Answer, Ewaybill, Pool, WaybillState
from domain.waybills.number_pools import pools
from storage.unit import Unit
from tests.domain.waybills.test_numbering import House
from tests.factory import NOW, incoming


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
    assert [one["reason"] for one in losers_in(hold.evidence)] == ["no_numbers", "disabled", "disabled"]
    assert {name: fact for name, fact in hold.evidence.items() if name != "lost"} == {
        "courier": house.cast.couriers[0].name,
        "account": "api",
    }
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


def test_a_number_given_back_is_left_only_when_it_may_be_used_again(house: House) -> None:
    """An account of ours with that one number: the order waits the 72 hours with it, then takes it."""
    shop, courier = house.cast.shops[0].id, house.cast.couriers[0].id
    own = Account(0, courier, "own", shop_id=shop, prefix="X", digits=3)
    account = house.store.run_now(lambda unit: unit.catalog_admin.add_account(own, 1, 0))
    back = Ewaybill(0, account.id, courier, shop, "X000", WaybillState.VOIDED, NOW)
    house.do(alone)
    house.do(lambda unit: unit.waybills.add([back]))
    house.do(lambda unit: intake.receive(unit, SHOP, shop, [incoming("1")]))
    assert open_codes(house.order("1").holds) == (HoldCode.FUNDS_SHORT,)
    house.later(hours=72)
    house.store.run_now(numbering.tick)
    assert house.store.read_now(pools)[account.id] == Pool(account.id, 0, 0)
    assert open_codes(house.order("1").holds) == (HoldCode.FUNDS_SHORT,)
    house.later(seconds=1)
    house.store.run_now(numbering.tick)
    assert house.store.read_now(pools)[account.id] == Pool(account.id, 0, 1)
    assert open_codes(house.order("1").holds) == ()


def test_what_a_service_takes_back_is_no_number_of_ours(house: House) -> None:
    """It tells its balance itself; one that was empty has what it took back."""
    account = house.remote()
    shop, courier = house.cast.shops[0].id, house.cast.couriers[0].id
    rows = [Ewaybill(0, account.id, courier, shop, f"R{n}", WaybillState.TO_VOID, NOW, next_at=NOW) for n in (1, 2)]
    house.do(lambda unit: unit.waybills.add(rows))
    house.store.run_now(numbering.balances_told, {account.id: 0})
    asked = house.store.read_now(numbering.to_void)
    house.store.run_now(numbering.answered, [Answer(row.id) for _, row in asked])
    house.later(days=30)
    assert house.store.read_now(pools)[account.id] == Pool(account.id, 2, 0)
    house.store.run_now(numbering.balances_told, {account.id: 7})
    assert house.store.read_now(pools)[account.id].left == 7
