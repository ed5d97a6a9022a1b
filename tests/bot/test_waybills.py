"""The waybill round: what services are asked, and what becomes of a broken one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bot.waybills import WaybillRound
from domain.desk import Desk
from domain.floor import release
from domain.floor.parcels import Parcel
from domain.intake import intake
from domain.orders.catalog import Account
from domain.people.people import CLOCK, SHOP
from domain.policy.policy import Policy
from domain.review import review
from domain.stock.stock import Document
from domain.stops import withdrawal
from domain.waybills.ewaybills import Answer, Ewaybill, Wanted, WaybillState
from domain.waybills.number_pools import pools
from storage.store import Store
from tests.factory import Cast, incoming, seed
from tests.filled import filled

pytestmark = pytest.mark.anyio


@dataclass
class Service:
    """A courier's service that counts its numbers and writes down what it was asked."""

    said: list[str] = field(default_factory=list)
    broken: bool = False
    left: int = 50

    def request(self, wanted: Sequence[Wanted]) -> Sequence[Answer]:
        """One call for all."""
        if self.broken:
            raise ConnectionError("down")
        self.said.append("request " + ",".join(one.order.receiver.city for one in wanted))
        return [Answer(one.waybill.id, f"YT{one.parcel.id:04}") for one in wanted]

    def void(self, account: Account, waybills: Sequence[Ewaybill]) -> Sequence[Answer]:
        """Done."""
        self.said.append(f"void {account.code} {','.join(one.number for one in waybills)}")
        return [Answer(one.id) for one in waybills]

    def balances(self, accounts: Sequence[Account]) -> Mapping[int, int]:
        """As many each."""
        self.said += [f"balance {account.code}" for account in accounts]
        return {account.id: self.left for account in accounts}


def ready(store: Store, cast: Cast) -> Parcel:
    """An approved and released order's parcel; the first courier's numbers come from a service."""

    def run(desk: Desk) -> Parcel:
        shop = cast.shops[0].id
        intake.receive(desk, SHOP, shop, [incoming()])
        order = desk.orders.by_number(shop, ["1001"])["1001"]
        review.approve(desk, CLOCK, order.id, order.revision)
        release.release_due(desk)
        return desk.parcels.of_orders([order.id])[order.id][0]

    account = Account(0, cast.couriers[0].id, "api", shop_id=cast.shops[0].id, source="yto")
    store.run_now(lambda unit: unit.catalog_admin.put_policy(Policy(undo_seconds=0, wave_wait_seconds=0), "test"))
    store.run_now(lambda unit: unit.catalog_admin.add_account(account))
    parcel = store.run_now(run)
    store.run_now(release.waves_due)
    return parcel


def states(store: Store) -> list[tuple[WaybillState, str, str]]:
    def look(desk: Desk) -> list[Ewaybill]:
        rows = desk.waybills.of_parcels(range(1, 50))
        return [row for found in rows.values() for row in found]

    return [(row.state, row.number, row.error) for row in store.read_now(look)]


async def test_a_number_is_asked_for_and_taken_back(store: Store) -> None:
    parcel, service = ready(store, filled(store, seed)), Service()
    ask = WaybillRound(store, {"yto": service})
    assert await ask() == 1
    assert await ask() == 0
    assert states(store) == [(WaybillState.ASSIGNED, f"YT{parcel.id:04}", "")]
    assert [pool.balance for pool in store.read_now(lambda desk: pools(desk)).values()].count(50) == 1
    store.run_now(release.waves_due)
    (now,) = store.read_now(lambda desk: desk.parcels.many([parcel.id])).values()
    assert now.waybill == f"YT{parcel.id:04}"

    def back(desk: Desk) -> None:
        withdrawal.take_out(desk, CLOCK, now, now.order_ids[0], {1}, Document.PUT_BACK)

    store.run_now(back)
    assert await ask() == 2  # swept, then taken back
    assert service.said == ["request 杭州市", "balance api", f"void api {now.waybill}", "balance api"]
    assert states(store) == [(WaybillState.VOIDED, now.waybill, "")]  # the old label may still be on the box


async def test_a_service_that_breaks_is_asked_again_and_one_without_adapter_is_not(store: Store) -> None:
    ready(store, filled(store, seed))
    assert await WaybillRound(store, {"yto": Service(broken=True)})() == 1
    assert states(store) == [(WaybillState.WAITING, "", "ConnectionError")]
    assert await WaybillRound(store, {})() == 0  # not yet due
    other = Store("sqlite:///:memory:")
    ready(other, filled(other, seed))
    assert await WaybillRound(other, {})() == 1
    assert states(other) == [(WaybillState.WAITING, "", "no adapter for yto")]
    assert other.run_now(release.waves_due) == 1  # by the next courier
    other.close()


async def test_an_account_that_is_used_up_is_asked_every_minute(store: Store) -> None:
    ready(store, filled(store, seed))
    service, seconds = Service(left=0), [0.0]
    ask = WaybillRound(store, {"yto": service}, lambda: seconds[0])
    assert await ask() == 1
    said = list(service.said)
    for wait, more in ((59.0, []), (1.0, ["balance api"]), (1.0, [])):
        seconds[0] += wait
        assert await ask() == 0
        assert service.said == [*said, *more]
        said += more
