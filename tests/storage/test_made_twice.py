"""Two processes make the same thing at one moment: the second runs again and finds it.

On PostgreSQL only, as SQLite has one pen.

Surprising: both are held inside the command, after each has seen that nothing is there yet.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier, Lock
from typing import Any

import pytest

from domain.errors import AlreadyScanned, Refusal
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import Role
from domain.policy.policy_stops import FeedSource
from domain.records import Return
from domain.stops import feeds, returns
from storage.orders import Orders
from storage.records import Returns as ReturnParcels
from storage.store import Store
from storage.unit import Unit
from storage.warehouse import Refunds
from tests import factory
from tests.domain.house import House
from tests.filled import filled

SECONDS = 20


class Meeting:
    """Lets the first two that come go on together; who comes later is not held up."""

    def __init__(self) -> None:
        self._both, self._lock, self._left = Barrier(2), Lock(), 2

    def after(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The look, and nobody goes on before both have looked."""

        def go(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                self._left -= 1
                early = self._left >= 0
            found = work(*args, **kwargs)
            if early:
                self._both.wait(SECONDS)
            return found

        return go


@dataclass
class Pair:
    """A house whose database two stores stand before."""

    house: House
    other: Store

    def both(self, command: Callable[[Unit], object]) -> list[object]:
        """The command in both stores at once; refusals are results."""

        def go(store: Store) -> object:
            try:
                return store.run_now(command)
            except Refusal as refusal:
                return refusal

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(go, [self.house.store, self.other]))


@pytest.fixture
def pair(pg_url: str) -> Iterator[Pair]:
    clock: list[datetime] = [factory.NOW]
    stores = [Store(pg_url, now=lambda: clock[0]) for _ in range(2)]
    house = House(stores[0], filled(stores[0], factory.seed), clock)
    house.run(feeds.heard, house.cast.shops[0].id, FeedSource.FILE)  # or the two would queue for its row
    yield Pair(house, stores[1])
    for store in stores:
        store.close()


def test_one_new_order_told_twice_is_one_order(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files that tell of it, each in its own process."""
    monkeypatch.setattr(Orders, "by_number", Meeting().after(Orders.by_number))
    shop, clerk = pair.house.cast.shops[0].id, pair.house.cast.actor(Role.CS)
    done = pair.both(lambda unit: intake.receive(unit, clerk, shop, [pair.house.told()]))
    assert sorted(one["1001"] for one in done if isinstance(one, dict)) == ["new", "unchanged"]
    assert len(pair.house.parcels) == 1


def test_one_new_refund_told_twice_is_one_refund(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.house.bring_to(ParcelState.PICKED)
    pair.house.run(feeds.heard, pair.house.cast.shops[0].id, FeedSource.FILE)
    monkeypatch.setattr(Refunds, "of_order", Meeting().after(Refunds.of_order))
    shop, clerk = pair.house.cast.shops[0].id, pair.house.cast.actor(Role.CS)
    told = IncomingRefund("R1", RefundState.SUCCESS, 13_700, ())
    assert pair.both(lambda unit: intake.refund_told(unit, clerk, shop, "1001", told)) == [True, True]
    assert [one.state for one in pair.house.refunds] == [RefundState.SUCCESS]
    assert len(pair.house.stops) == 1


def test_a_parcel_of_ours_that_two_receive_came_back_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.house.bring_to(ParcelState.HANDED_OVER)
    monkeypatch.setattr(ReturnParcels, "by_waybill", Meeting().after(ReturnParcels.by_waybill))
    receiver, box = pair.house.cast.actor(Role.RECEIVER), pair.house.parcel
    done = pair.both(lambda unit: returns.arrive(unit, receiver, box.waybill, box.warehouse_id or 0))
    assert {type(one) for one in done} == {Return, AlreadyScanned}
    assert len(pair.house.store.read_now(lambda desk: desk.returns.of_order(pair.house.order.id))) == 1
