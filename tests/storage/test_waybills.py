"""E-waybill numbers and accounts on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import LostRace, Unknown
from domain.floor.parcels import Item, Parcel, ParcelState
from domain.orders.catalog import Account
from domain.planning.tariffs import Rate, Surcharge, Tariff, Tier
from domain.watch.lookout import Pile
from domain.waybills.ewaybills import Ewaybill, Pool, WaybillState
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each


def account_of(each: Each) -> Account:
    """The first courier's account, made with it."""
    courier = each.cast.couriers[0].id
    (found,) = each.store.read_now(lambda unit: unit.catalog.accounts[courier])
    return found


def row(each: Each, number: str, state: WaybillState, **more: object) -> Ewaybill:
    account, shop = account_of(each), each.cast.shops[0].id
    return Ewaybill(0, account.id, account.courier_id, shop, number, state, NOW, **more)  # type: ignore[arg-type]  # test shorthand


def box(each: Each, **more: object) -> Parcel:
    """A parcel of an order in the store."""

    def make(unit: Unit) -> Parcel:
        order = factory.order(unit, each.cast.shops[0], number=str(unit.parcels.next_ids(1)[0]))
        factory.put(unit, order)
        values = {"state": ParcelState.READY, "courier_id": each.cast.couriers[0].id, **more}
        items = (Item(order.id, 1, "CUP-01", "杯", 2),)
        made = Parcel(unit.parcels.next_ids(1)[0], shop_id=order.shop_id, items=items, **values)  # type: ignore[arg-type]  # test shorthand
        unit.parcels.add([made])
        return made

    return each.store.run_now(make)


def test_numbers_come_from_the_range_once_and_in_the_couriers_form(each: Each) -> None:
    account = account_of(each).id
    assert each.store.run_now(lambda unit: unit.waybills.issue(account, 2)) == ["YT0000001001", "YT0000001002"]
    assert each.store.run_now(lambda unit: unit.waybills.issue(account, 1)) == ["YT0000001003"]
    with pytest.raises(Unknown):
        each.store.run_now(lambda unit: unit.waybills.issue(10**9, 1))


def test_a_counted_account_gives_what_it_has(each: Each) -> None:
    own = Account(0, each.cast.couriers[0].id, "own", prefix="X", digits=3)
    made = each.store.run_now(lambda unit: unit.catalog_admin.add_account(own, 7, 2))
    assert each.store.run_now(lambda unit: unit.waybills.issue(made.id, 5)) == ["X007", "X008"]
    assert each.store.run_now(lambda unit: unit.waybills.issue(made.id, 1)) == []
    assert each.store.read_now(lambda unit: unit.waybills.pools(NOW)[made.id]) == Pool(made.id, 0, 0)
    each.store.run_now(lambda unit: unit.waybills.set_balances({made.id: 1}))
    assert each.store.run_now(lambda unit: unit.waybills.issue(made.id, 1)) == ["X009"]


def test_rows_by_parcel_number_state_and_time(each: Each) -> None:
    parcel = box(each)
    asked = row(each, "", WaybillState.WAITING, parcel_id=parcel.id, next_at=NOW)
    back = row(each, "YT1", WaybillState.VOIDED)
    each.store.run_now(lambda unit: unit.waybills.add([asked, back]))

    def look(unit: Unit) -> tuple[object, ...]:
        later, none = NOW + timedelta(seconds=1), ()
        free = unit.waybills.free(back.account_id, back.shop_id, later, 5)
        return (
            [one.number for one in free],
            unit.waybills.free(back.account_id, each.cast.shops[1].id, later, 5),
            unit.waybills.free(back.account_id, back.shop_id, NOW, 5),
            [one.state for one in unit.waybills.of_parcels([parcel.id])[parcel.id]],
            [one.number for one in unit.waybills.by_number("YT1")],
            unit.waybills.by_number(""),
            len(unit.waybills.due(WaybillState.WAITING, NOW, 5)),
            unit.waybills.due(WaybillState.WAITING, NOW - timedelta(seconds=1), 5),
            [unit.waybills.pools(at)[back.account_id].free for at in (NOW, later)],
            none,
        )

    found = each.store.read_now(look)
    assert found == (["YT1"], [], [], [WaybillState.WAITING], ["YT1"], (), 1, [], [0, 1], ())


def test_what_is_settled_and_what_has_failed(each: Each) -> None:
    """A wish that failed for good stays, as a memory; the others go with their parcel."""
    gone, waits, moved = (
        box(each, state=ParcelState.CANCELLED),
        box(each),
        box(each, courier_id=each.cast.couriers[1].id),
    )
    rows = [
        row(each, "YT1", WaybillState.ASSIGNED, parcel_id=gone.id),
        row(each, "YT2", WaybillState.ASSIGNED, parcel_id=waits.id),
        row(each, "", WaybillState.WAITING, parcel_id=moved.id, attempts=1),
        row(each, "", WaybillState.WAITING, parcel_id=moved.id, attempts=3, error="busy"),
    ]
    each.store.run_now(lambda unit: unit.waybills.add(rows))
    settled = each.store.read_now(lambda unit: unit.waybills.settled(3, 9))
    assert [(one.number, one.attempts, parcel.id) for one, parcel in settled] == [
        ("YT1", 0, gone.id),
        ("", 1, moved.id),
    ]
    courier = each.cast.couriers[0].id
    assert each.store.read_now(lambda unit: unit.waybills.failures(3)) == {moved.items[0].order_id: {courier: "busy"}}
    old = each.store.read_now(lambda unit: unit.waybills.failed_before(3, NOW + timedelta(seconds=1), 9))
    assert [one.error for one in old] == ["busy"]
    each.store.run_now(lambda unit: unit.waybills.drop([one.id for one in old]))
    assert each.store.read_now(lambda unit: unit.waybills.failures(3)) == {}


def test_a_row_is_saved_by_revision(each: Each) -> None:
    new = row(each, "YT1", WaybillState.ASSIGNED)
    each.store.run_now(lambda unit: unit.waybills.add([new]))
    (first,) = each.store.read_now(lambda unit: unit.waybills.by_number("YT1"))
    each.store.run_now(lambda unit: unit.waybills.save([first]))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.waybills.save([first]))
    assert each.store.read_now(lambda unit: unit.waybills.many([first.id]))[first.id].revision == 2


def test_tariffs_come_back_as_they_were_put_a_version_each(each: Each) -> None:
    courier, place = each.cast.couriers[0].id, each.cast.warehouses[1].id
    rates = (Rate((Tier(500, 250, up_to_g=500), Tier(500, 250, 1000, 100)), "浙江", "杭州"), Rate((Tier(1000, 400),)))
    extra = Surcharge("season", amount=50, areas=("新疆",), starts=NOW.date())
    terms = Tariff(0, courier, 0, rates, warehouse_id=place, starts=NOW.date(), divisor=8000, surcharges=(extra,))
    first = each.store.run_now(lambda unit: unit.catalog_admin.add_tariff(terms))
    second = each.store.run_now(lambda unit: unit.catalog_admin.add_tariff(terms))
    assert (first.version, second.version) == (1, 2)
    assert each.store.read_now(lambda unit: unit.catalog.tariffs) == {courier: (first, second)}


def test_what_was_taken_since_is_counted_by_account(each: Each) -> None:
    """A number given back since was taken as well; one that only changed since was not."""
    account, since = account_of(each), NOW - timedelta(days=1)
    old, minute = since - timedelta(seconds=1), timedelta(minutes=1)
    rows = [
        row(each, "A1", WaybillState.ASSIGNED, taken_at=since),
        row(each, "A2", WaybillState.VOIDED, taken_at=NOW - minute),
        row(each, "A3", WaybillState.DONE, taken_at=old),
        row(each, "", WaybillState.WAITING),
    ]
    each.store.run_now(lambda unit: unit.waybills.add(rows))
    other = each.store.run_now(lambda unit: unit.catalog_admin.add_account(replace(account, code="other")))
    found = each.store.read_now(lambda unit: unit.waybills.taken([account.id, other.id], since))
    assert found == {account.id: 2}


def test_numbers_that_were_not_taken_back_lie_on_a_pile_of_their_account(each: Each) -> None:
    account = account_of(each)
    rows = [
        replace(row(each, "B1", WaybillState.VOID_FAILED), changed_at=NOW - timedelta(hours=1)),
        row(each, "B2", WaybillState.TO_VOID, attempts=3),
        row(each, "B3", WaybillState.TO_VOID, attempts=2),
        row(each, "B4", WaybillState.VOIDED, attempts=3),
    ]
    each.store.run_now(lambda unit: unit.waybills.add(rows))
    first, second = each.store.read_now(lambda unit: [unit.waybills.by_number(number)[0] for number in ("B1", "B2")])
    found = each.store.read_now(lambda unit: unit.piles.not_taken_back(3))
    assert found == [Pile(account.id, "", 2, NOW - timedelta(hours=1), (first.id, second.id))]
