"""A crowd at one card, and a refund against the last scan: one winner, told to everybody else by name.

Surprising: the crowd stands before several stores on one database, as several processes would, so that the race is
the database's and not that of one store's queue.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from threading import Barrier
from typing import TypeVar

import pytest

from domain.desk import Desk
from domain.errors import InHand, ParcelStopped, Refusal, Stale
from domain.floor import fulfilment, release
from domain.floor.fulfilment import Scanned
from domain.floor.parcels import OPEN_STOPS, Parcel, ParcelState, Stage, Stop
from domain.intake import intake
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP, Actor, Person, Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.records import Event
from domain.review import approval, queue, review
from domain.review.holds import HoldCode
from domain.stock.stock import Bucket
from domain.stops import interception, pulls, returns
from handlers.wording.refusals import refusal_text
from handlers.words import Words
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW, Cast
from tests.filled import filled
from tests.journeys.books import check_books

T = TypeVar("T")
CROWD, STORES, REFUNDS = 20, 4, 50
WORDS = Words("en", "UTC")


@dataclass
class Town:
    """One database with several stores before it, and a clock that stands."""

    stores: list[Store]
    cast: Cast
    times: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def store(self) -> Store:
        """The one that is asked."""
        return self.stores[0]

    def takes(self, count: int) -> list[Order]:
        """Clean orders of two white cups each, in review."""
        news = [factory.incoming(str(5000 + number)) for number in range(count)]
        self.store.run_now(intake.receive, SHOP, self.cast.shops[0].id, news)
        found = self.store.read_now(self._numbered, [order.number for order in news])
        return [found[order.number] for order in news]

    def _numbered(self, desk: Desk, numbers: list[str]) -> dict[str, Order]:
        return desk.orders.by_number(self.cast.shops[0].id, numbers)

    def crowd(self) -> list[Person]:
        """Twenty of customer service."""
        return self.store.run_now(_hire_many)


def _hire_many(unit: Unit) -> list[Person]:
    return [factory.hire(unit, 7000 + number, f"Clerk {number:02d}", Role.CS) for number in range(CROWD)]


@pytest.fixture(params=["sqlite_url", "pg_url"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A seeded company on each of the databases that several processes can share."""
    times = [NOW]
    stores = [Store(request.getfixturevalue(request.param), now=lambda: times[0]) for _ in range(STORES)]
    try:
        yield Town(stores, filled(stores[0], factory.seed), times)
    finally:
        for store in stores:
            store.close()


def at_once(jobs: Sequence[Callable[[], T]]) -> list[T | Refusal]:
    """Every job in a thread of its own, all let go at the same moment; refusals are results."""
    gate = Barrier(len(jobs))

    def go(job: Callable[[], T]) -> T | Refusal:
        gate.wait(timeout=30)
        try:
            return job()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(go, jobs))


def approvals_of(desk: Desk, order_ids: list[int]) -> list[Event]:
    return [event for number in order_ids for event in desk.history("order", number) if event.verb == "approved"]


def reservations(desk: Desk) -> list[object]:
    return [move["delta"] for move in desk.stock.history("CUP-01", 500) if move["bucket"] == Bucket.RESERVED]


def test_twenty_taps_on_one_card_have_one_winner(town: Town) -> None:
    (order,) = town.takes(1)
    people = town.crowd()
    turns = zip(people, cycle(town.stores), strict=False)

    def tap(person: Person, store: Store) -> Callable[[], Order]:
        return lambda: store.run_now(review.approve, person.acting(), order.id, order.revision)

    results = at_once([tap(person, store) for person, store in turns])
    winners = [result for result in results if isinstance(result, Order)]
    refusals = [result for result in results if isinstance(result, Refusal)]
    assert (len(winners), len(refusals)) == (1, CROWD - 1)
    winner = winners[0].decided_by
    texts = {refusal_text(refusal, WORDS) for refusal in refusals}
    assert len(texts) == 1
    assert f"approved by {winner} at " in texts.pop()
    assert [event.actor for event in town.store.read_now(approvals_of, [order.id])] == [winner]
    assert town.store.read_now(reservations) == [2]
    stored = town.store.read_now(lambda desk: desk.orders.get(order.id))
    assert (stored.status, stored.revision, stored.decided_by) == (OrderStatus.APPROVED, order.revision + 1, winner)
    town.store.read_now(check_books)


def test_twenty_taps_on_approve_all_clean_have_one_winner(town: Town) -> None:
    orders = town.takes(5)
    people = town.crowd()
    shown = town.store.read_now(queue.clean, people[0].acting())
    assert shown.ids == tuple(order.id for order in orders)
    turns = zip(people, cycle(town.stores), strict=False)

    def tap(person: Person, store: Store) -> Callable[[], approval.Approvals]:
        return lambda: store.run_now(review.approve_clean, person.acting(), shown.watermark, shown.checksum)

    results = at_once([tap(person, store) for person, store in turns])
    won = [result for result in results if isinstance(result, approval.Approvals)]
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [len(outcome.approved) for outcome in won] == [5]
    assert [(type(refusal), vars(refusal)["what"]) for refusal in refused] == [(Stale, "digest")] * (CROWD - 1)
    approved = town.store.read_now(approvals_of, list(shown.ids))
    assert sorted(event.subject_id for event in approved) == list(shown.ids)
    assert {event.actor for event in approved} == {won[0].approved[0].decided_by}
    assert town.store.read_now(reservations) == [2] * 5
    town.store.read_now(check_books)


def weighed(town: Town, count: int) -> list[tuple[Order, Parcel]]:
    """Orders whose parcels wait at the door."""
    owner = town.cast.actor(Role.OWNER)
    lead = town.cast.actor(Role.CS_LEAD)
    for order in town.takes(count):
        town.store.run_now(review.approve, lead, order.id, order.revision)
    town.times[0] += timedelta(seconds=60)
    while town.store.run_now(release.tick):
        town.times[0] += timedelta(seconds=60)
    numbers = [str(5000 + number) for number in range(count)]
    found = town.store.read_now(town._numbered, numbers)
    boxes = town.store.read_now(lambda desk: desk.parcels.of_orders([order.id for order in found.values()]))
    for number in numbers:
        (parcel,) = boxes[found[number].id]
        for station in (Station.PICK, Station.PACK, Station.WEIGH):
            assert town.store.run_now(fulfilment.scan, owner, station, parcel.waybill, parcel.expected_g).ok
    return [(found[number], boxes[found[number].id][0]) for number in numbers]


def after(desk: Desk, order_id: int, parcel_id: int) -> tuple[Order, Parcel, Stop, bool | None]:
    """What became of it; every refund here leaves exactly one stop and one refund."""
    (stop,) = desk.stops.of_parcels([parcel_id])[parcel_id]
    (refund,) = desk.refunds.of_order(order_id)
    return desk.orders.get(order_id), desk.parcels.get(parcel_id), stop, refund.stopped


def test_a_refund_races_the_last_scan(town: Town) -> None:
    scans, lead = town.cast.actor(Role.DISPATCHER), town.cast.actor(Role.CS_LEAD)
    caught: list[str] = []
    for number, (order, parcel) in enumerate(weighed(town, REFUNDS)):
        door, desk = town.stores[number % STORES], town.stores[(number + 1) % STORES]
        race: list[Callable[[], Scanned | Order]] = [
            partial(_ship, door, scans, parcel),
            partial(_refund, desk, lead, order),
        ]
        scanned, refunded = at_once(race)
        assert isinstance(scanned, Scanned)
        assert isinstance(refunded, Order)
        now, box, stop, _ = town.store.read_now(after, order.id, parcel.id)
        assert scanned.ok or isinstance(scanned.refusal, ParcelStopped)
        assert (box.state, box.blocked, now.status) == (ParcelState.WEIGHED, True, OrderStatus.PUT_BACK)
        assert stop.stage is (Stage.DOCK if scanned.ok else Stage.WEIGHED)
        assert stop.state in OPEN_STOPS
        caught.append(box.waybill)
        town.store.read_now(check_books)
    assert len(caught) == REFUNDS
    _all_go_back(town, caught)


def test_one_return_scanned_by_all_is_one_return(town: Town) -> None:
    """Nobody knows the number yet, so all would make one."""
    receiver = town.cast.actor(Role.RECEIVER)
    place = town.cast.warehouses[0].id
    for number in range(5):
        code = f"SF99887766{number}"
        scans = [partial(store.run_now, returns.arrive, receiver, code, place) for store in town.stores]
        results = at_once(scans)
        assert sorted(type(result).__name__ for result in results) == ["AlreadyScanned"] * (STORES - 1) + ["Return"]
    assert len(town.store.read_now(lambda desk: desk.returns.unclaimed(NOW + timedelta(days=1), 99))) == 5


def _ship(store: Store, actor: Actor, parcel: Parcel) -> Scanned:
    return store.run_now(fulfilment.scan, actor, Station.HAND_OVER, parcel.waybill)


def _refund(store: Store, actor: Actor, order: Order) -> Order:
    return store.run_now(interception.typed, actor, order.id, "changed their mind")


def _pull(desk: Desk, actor: Actor, waybill: str) -> Stop:
    parcel = desk.parcels.by_waybill(waybill)
    assert parcel is not None
    return pulls.pull(desk, actor, parcel, parcel.warehouse_id or 0)


def _all_go_back(town: Town, caught: list[str]) -> None:
    """What was caught, on the dock as well, goes over the stop shelf back on its own."""
    owner = town.cast.actor(Role.OWNER)
    for waybill in caught:
        town.store.run_now(_pull, owner, waybill)
        assert town.store.run_now(fulfilment.scan, owner, Station.PUT_BACK, waybill).ok
    desk_levels = town.store.read_now(lambda desk: desk.stock.levels(["CUP-01"]))
    assert sum(level.reserved for level in desk_levels.values()) == 0
    assert sum(level.good for level in desk_levels.values()) == 2 * factory.OPENING["CUP-01"]
    town.store.read_now(check_books)


SIXTY = 60


@dataclass
class Worker:
    """One of twenty: sees the line once, then works through it from memory while the others change it."""

    store: Store
    actor: Actor
    seen: list[tuple[int, int]]
    won: list[tuple[int, int]] = field(default_factory=list)
    stale: int = 0

    def __call__(self) -> int:
        for number, (order_id, revision) in enumerate(self.seen):
            try:
                if number % 5 == 4:
                    self.store.run_now(review.hold, self.actor, order_id, revision, "look later")
                elif number % 7 == 6:
                    self.store.run_now(review.reject, self.actor, order_id, revision, "gone")
                else:
                    self.store.run_now(review.approve, self.actor, order_id, revision)
                self.won.append((order_id, revision))
            except Stale:
                self.stale += 1
        return len(self.won)


def decisions(desk: Desk, order_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """What people decided, by order, oldest first."""
    verbs = ("approved", "held", "cancelled")
    return {
        number: [(event.actor, event.verb) for event in desk.history("order", number) if event.verb in verbs]
        for number in order_ids
    }


def test_twenty_work_through_sixty_orders_and_nobody_decides_on_a_stale_card(town: Town) -> None:
    town.store.run_now(lambda unit: unit.stock.apply(factory.opening(town.cast.warehouses), "more"))
    orders = town.takes(SIXTY)
    people = town.crowd()
    shown = [(order.id, order.revision) for order in orders]
    turns = zip(people, cycle(town.stores), strict=False)
    workers = [
        Worker(store, person.acting(), shown[turn * 3 :] + shown[: turn * 3])
        for turn, (person, store) in enumerate(turns)
    ]
    at_once(workers)
    won = sorted(decision for worker in workers for decision in worker.won)
    assert won == shown
    assert sum(worker.stale for worker in workers) == SIXTY * (CROWD - 1)
    told = town.store.read_now(decisions, [order.id for order in orders])
    assert {order_id: len(found) for order_id, found in told.items()} == {order.id: 1 for order in orders}
    winners = {order_id: worker.actor.name for worker in workers for order_id, _ in worker.won}
    assert {order_id: found[0][0] for order_id, found in told.items()} == winners
    town.store.read_now(check_books)


def test_of_twenty_second_yeses_one_approves(town: Town) -> None:
    shop = town.cast.shops[0].id
    off = {HoldCode.AMOUNT_RANGE: HoldChoice(on=False)}
    town.store.run_now(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), holds=off), "test"))
    town.store.run_now(intake.receive, SHOP, shop, [factory.incoming("9", paid=2_000_000, total=2_000_000)])
    order = town.store.read_now(town._numbered, ["9"])["9"]
    leads = town.store.run_now(
        lambda unit: [factory.hire(unit, 8000 + n, f"Lead {n:02d}", Role.CS_LEAD) for n in range(CROWD)]
    )

    def taps(revision: int) -> list[Order | Refusal]:
        turns = zip(leads, cycle(town.stores), strict=False)
        return at_once([partial(_yes, store, person.acting(), order.id, revision) for person, store in turns])

    first = [result for result in taps(order.revision) if isinstance(result, Order)]
    assert [(one.status, bool(one.first_approver)) for one in first] == [(OrderStatus.REVIEW, True)]
    second = [result for result in taps(first[0].revision) if isinstance(result, Order)]
    assert [one.status for one in second] == [OrderStatus.APPROVED]
    stored = town.store.read_now(lambda desk: desk.orders.get(order.id))
    assert stored.decided_by == second[0].decided_by
    assert stored.decided_by != next(lead.name for lead in leads if lead.id == stored.first_approver)
    assert len(town.store.read_now(approvals_of, [order.id])) == 1
    town.store.read_now(check_books)


def _yes(store: Store, actor: Actor, order_id: int, revision: int) -> Order:
    return store.run_now(review.approve, actor, order_id, revision)


def test_twenty_take_one_order_and_one_has_it(town: Town) -> None:
    (order,) = town.takes(1)
    turns = zip(town.crowd(), cycle(town.stores), strict=False)
    results = at_once([partial(_take, store, person.acting(), order.id) for person, store in turns])
    refusals = [result for result in results if isinstance(result, InHand)]
    assert len(refusals) == CROWD - 1
    (taken,) = [e.actor for e in town.store.read_now(lambda d: d.history("order", order.id)) if e.verb == "taken"]
    assert {refusal.by for refusal in refusals} == {taken}
    assert town.store.read_now(lambda desk: desk.orders.get(order.id)) == order


def _take(store: Store, actor: Actor, order_id: int) -> Order:
    return store.run_now(queue.take, actor, order_id)
