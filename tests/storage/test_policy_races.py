"""A policy put in force beside others at work: no order stays screened under the old one, and one winner of two.

Surprising: PostgreSQL is made to overlap, with a gate inside the command; SQLite has one pen, so there the second waits
for the first by itself. Both must end alike.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier, Event

import pytest

from domain.errors import Stale
from domain.intake import intake
from domain.people.people import SHOP, Role
from domain.policy import policies
from domain.review import looking
from domain.review.holds import HoldCode, open_codes
from storage.store import Store
from storage.unit import Unit
from tests.factory import NOW, incoming
from tests.storage.conftest import SHARED, Each

FEW = "[screening]\nmost_units = 1\n"
SECONDS = 20


@pytest.fixture
def beside(each: Each) -> Iterator[Callable[[Callable[[Unit], object]], Future[object]]]:
    """Runs a command in another store on the same database, at the same time."""
    store = Store(each.url, now=lambda: NOW)
    pool = ThreadPoolExecutor(1)
    yield lambda command: pool.submit(store.run_now, command)
    pool.shutdown()
    store.close()


@SHARED
def test_an_order_that_came_in_under_the_old_policy_is_looked_at(
    each: Each, beside: Callable[[Callable[[Unit], object]], Future[object]]
) -> None:
    """Screened before the new policy was there, stored after."""
    screened, applied = Event(), Event()
    shop, owner = each.cast.shops[0].id, each.cast.actor(Role.OWNER)

    def comes_in(unit: Unit) -> None:
        intake.receive(unit, SHOP, shop, [incoming("1001")])
        screened.set()
        if "postgresql" in each.url:
            assert applied.wait(SECONDS)

    coming = beside(comes_in)
    assert screened.wait(SECONDS)
    done = each.store.run_now(policies.apply, owner, FEW, 1)
    applied.set()
    coming.result(SECONDS)
    while each.store.run_now(looking.look_again):
        pass
    order = each.store.read_now(lambda unit: unit.orders.by_number(shop, ["1001"]))["1001"]
    assert (done.policy.version, order.screened) == (2, 2)
    assert open_codes(order.holds) == (HoldCode.QTY_RANGE,)
    look = each.store.read_now(lambda unit: unit.policies.look(2))
    assert look and (look.looked, look.held, look.ended_at) == (1, 1, NOW)


@SHARED
def test_what_somebody_changes_during_the_look_stays_due(
    each: Each, beside: Callable[[Callable[[Unit], object]], Future[object]]
) -> None:
    """The look read the order before the change, which was screened under the old policy: it does not count."""
    shop, owner = each.cast.shops[0].id, each.cast.actor(Role.OWNER)
    each.store.run_now(intake.receive, SHOP, shop, [incoming("1001")])
    each.store.run_now(policies.apply, owner, "wave_size = 7\n", 1)
    order = each.store.read_now(lambda unit: unit.orders.by_number(shop, ["1001"]))["1001"]
    read, changed = Event(), Event()

    def looks(unit: Unit) -> list[int]:
        found = unit.orders.many([order.id])
        read.set()
        if "postgresql" in each.url:
            assert changed.wait(SECONDS)
        saved = unit.orders.save_changed([replace(found[order.id], screened=2)], ())
        return [one.revision for one in saved]

    looking_now = beside(looks)
    assert read.wait(SECONDS)
    each.store.run_now(lambda unit: unit.orders.save([*unit.orders.many([order.id]).values()]))
    changed.set()
    looking_now.result(SECONDS)
    now = each.store.read_now(lambda unit: unit.orders.get(order.id))
    overlapped = "postgresql" in each.url
    assert (now.revision, now.screened) == (2, 1 if overlapped else 2)
    each.store.run_now(looking.look_again)
    assert each.store.read_now(lambda unit: unit.orders.get(order.id)).screened == 2


@SHARED
def test_two_policies_at_once_have_one_winner(
    each: Each, beside: Callable[[Callable[[Unit], object]], Future[object]]
) -> None:
    """The other is told who was faster; nothing of its document is kept."""
    both = Barrier(2)
    owner = each.cast.actor(Role.OWNER)

    def chooses(size: int) -> Callable[[Unit], object]:
        first = iter((True,))

        def go(unit: Unit) -> object:
            seen = unit.policy.version
            if next(first, False) and "postgresql" in each.url:
                both.wait(SECONDS)
            assert seen in (1, 2)
            return policies.apply(unit, owner, f"wave_size = {size}\n", 1).policy.wave_size

        return go

    other = beside(chooses(8))
    results: list[object] = []
    mine: Callable[[], object] = partial(each.store.run_now, chooses(7))
    for ask in (mine, partial(other.result, SECONDS)):
        try:
            results.append(ask())
        except Stale as late:
            results.append((late.what, late.verb, late.by, late.at))
    (won,) = [size for size in results if isinstance(size, int)]
    assert sorted(map(str, results)) == sorted([str(won), str(("policy", "policy_applied", owner.name, NOW))])
    kept = each.store.read_now(lambda unit: unit.policies.versions(9))
    assert [(one.version, one.by) for one in kept] == [(2, owner.name), (1, "xiaoer")]
    assert each.store.read_now(lambda unit: unit.policy.wave_size) == won


@SHARED
def test_two_workers_look_at_each_order_once(
    each: Each, beside: Callable[[Callable[[Unit], object]], Future[object]]
) -> None:
    """A batch belongs to who holds the tally. Nothing changes on them, so no revision tells the two apart."""
    shop, owner = each.cast.shops[0].id, each.cast.actor(Role.OWNER)
    orders = looking.BATCH * 3 + 1
    each.store.run_now(intake.receive, SHOP, shop, [incoming(str(2000 + number)) for number in range(orders)])
    each.store.run_now(policies.apply, owner, "wave_size = 7\n", 1)
    batches = [0, 0]
    while True:
        other = beside(looking.look_again)
        found = (each.store.run_now(looking.look_again), other.result(SECONDS))
        if found == (0, 0):
            break
        batches = [before + bool(due) for before, due in zip(batches, found, strict=True)]
    assert sum(batches) == 4
    look = each.store.read_now(lambda unit: unit.policies.look(2))
    assert look and (look.looked, look.held, look.freed, look.ended_at) == (orders, 0, 0, NOW)
