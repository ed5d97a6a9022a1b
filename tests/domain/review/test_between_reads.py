"""What another process commits between two reads of one command: PostgreSQL shows it, so what was looked up by its
state is asked for its state again.

Surprising: the other's command runs inside the look-up itself, right behind it, which no timing could hit.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders import owed
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP
from domain.review import review, undoing
from domain.review.holds import HoldCode
from domain.stock.stock import Bucket, Document, Move
from storage.order_queries import OrderQueries
from storage.parcels import Parcels
from storage.store import Store
from storage.unit import Unit
from tests.domain.customers.customer_desk import Shop
from tests.domain.house import House
from tests.domain.orders.owing import Owing, sold
from tests.factory import NOW, seed
from tests.filled import filled

Behind = Callable[[str, Callable[[Unit], object]], None]


@pytest.fixture
def shop(pg_url: str) -> Iterator[Shop]:
    """The company on PostgreSQL."""
    made = Shop(pg_url)
    yield made
    made.store.close()


@pytest.fixture
def behind(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    """Another process, which carries its command out right behind a look-up of ours, once."""
    other = Store(shop.url, now=lambda: shop.time)

    yield lambda look_up, deed: acts_behind(monkeypatch, OrderQueries, look_up, other, deed)
    other.close()


def acts_behind(
    monkeypatch: pytest.MonkeyPatch, book: type, look_up: str, other: Store, deed: Callable[[Unit], object]
) -> None:
    """`other` carries the deed out right behind the first such look-up."""
    found_by, done = getattr(book, look_up), list[bool]()

    def looked_up(self: object, *args: Any, **kwargs: Any) -> Any:
        found = found_by(self, *args, **kwargs)
        if not done:
            done.append(True)
            other.run_now(deed)
        return found

    monkeypatch.setattr(book, look_up, looked_up)


def approved(shop: Shop, *numbers: str) -> list[Order]:
    """Orders that somebody said yes to in one go."""
    done = [shop.do(review.approve, shop.lead, one.id, one.revision) for one in shop.receive(*numbers)]
    assert {order.status for order in done} == {OrderStatus.APPROVED}
    return done


def refunded(shop: Shop, order: Order) -> Callable[[Unit], object]:
    """The buyer wants the money of this one back."""
    asked = IncomingRefund("R1", RefundState.REQUESTED, order.paid)
    return lambda desk: intake.refund_told(desk, SHOP, order.shop_id, order.number, asked)


def boxes(shop: Shop, order: Order) -> list[ParcelState]:
    """How far its boxes are."""
    found = shop.store.read_now(lambda desk: desk.parcels.of_orders([order.id]))
    return [box.state for box in found[order.id]]


def verbs(shop: Shop, order: Order) -> list[str]:
    """Its history, newest first."""
    return [event.verb for event in shop.store.read_now(lambda desk: desk.history("order", order.id))]


def test_what_is_refunded_as_its_window_ends_is_not_released(shop: Shop, behind: Behind) -> None:
    asked, kept = approved(shop, "1", "2")
    shop.later(hours=1)
    behind("due_for_release", refunded(shop, asked))
    assert shop.do(release.release_due) == 1
    assert (shop.order("1").status, shop.held("1"), boxes(shop, asked)) == (
        OrderStatus.REVIEW,
        (HoldCode.REFUND_REQ,),
        [ParcelState.PLANNED],
    )
    assert (shop.order("2").status, boxes(shop, kept)) == (OrderStatus.RELEASED, [ParcelState.READY])


def test_what_is_refunded_as_a_batch_is_taken_back_is_taken_back_once(shop: Shop, behind: Behind) -> None:
    asked, other = approved(shop, "1", "2")
    assert asked.decided_at is not None
    behind("approved_at", refunded(shop, asked))
    shop.do(undoing.undo_many, shop.lead, asked.decided_at)
    for one in (asked, other):
        assert verbs(shop, one).count("unapproved") == 1
        assert (shop.order(one.number).status, boxes(shop, one)) == (OrderStatus.REVIEW, [ParcelState.PLANNED])


def test_goods_for_what_was_taken_back_meanwhile_stay_free(pg_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owed part of an order whose approval another process takes back as its goods come in."""
    clock = [NOW]
    store, other = (Store(pg_url, now=lambda: clock[0]) for _ in range(2))
    shop = Owing(House(store, filled(store, seed), clock))
    shop.receive(sold())
    shop.approve()
    move = Move(shop.place, "TOWEL-01", Bucket.GOOD, 2, Document.OPENING, 0)
    shop.run(lambda desk: desk.stock.apply([move], "test"))
    asked = IncomingRefund("R1", RefundState.REQUESTED, 100)
    clock[0] += timedelta(hours=1)
    shop.run(release.release_due)
    acts_behind(
        monkeypatch, Parcels, "owed", other, lambda desk: intake.refund_told(desk, shop.cs, shop.shop, "1", asked)
    )
    assert shop.run(owed.wake) == 0
    assert (shop.order().status, shop.claimed(), shop.claimed("CUP-01")) == (OrderStatus.REVIEW, 0, 0)
    assert {state for state, _ in shop.states()} == {ParcelState.PLANNED}
    for one in (store, other):
        one.close()
