"""The queue's order and filters, takes and snoozes, and the digest's groups."""

from datetime import UTC, datetime, timedelta

import pytest

from domain import intake, queue, review
from domain.desk import Desk
from domain.errors import BadValue, InHand, NotAllowed, WrongStatus
from domain.orders import Order
from domain.people import SHOP, Actor, Role
from domain.queue import Filter, Scope
from tests.domain.customer_desk import Shop
from tests.factory import NOW, incoming


@pytest.fixture
def shop() -> Shop:
    return Shop()


def took(shop: Shop, *hours: float, held: bool = True) -> list[Order]:
    """Orders whose deadlines come in so many hours."""
    note = {"buyer_message": "请发顺丰"} if held else {}
    news = [incoming(str(n), paid_at=shop.time + timedelta(hours=left - 48), **note) for n, left in enumerate(hours, 1)]
    shop.do(intake.receive, SHOP, shop.cast.shops[0].id, news)
    found = shop.store.read_now(lambda d: d.orders.by_number(shop.cast.shops[0].id, [one.number for one in news]))
    return [found[one.number] for one in news]


def walked(shop: Shop, chosen: Filter) -> list[int]:
    return walk(shop, shop.cs, chosen)


def walk(shop: Shop, actor: Actor, chosen: Filter) -> list[int]:
    """The queue, a step at a time."""

    def steps(desk: Desk) -> list[int]:
        sieve, found = queue.meant(desk, actor, chosen), list[int]()
        step = next((one for one, _ in desk.hands.head(sieve, 1)), None)
        while step is not None:
            found.append(step)
            step = desk.hands.after(sieve, desk.orders.get(step))
        assert queue.count(desk, actor, chosen) == len(found)
        return found

    return shop.store.read_now(steps)


def test_the_deadline_decides_the_order_then_the_age(shop: Shop) -> None:
    late, soon, soon_too, missed = took(shop, 20, 3, 3, -1)
    assert walked(shop, Filter()) == [missed.id, soon.id, soon_too.id, late.id]
    assert walked(shop, Filter("urgent")) == [missed.id, soon.id, soon_too.id]
    assert walked(shop, Filter("hold", "MESSAGE")) == walked(shop, Filter())
    assert walked(shop, Filter("hold", "OUT_OF_STOCK")) == []
    assert walked(shop, Filter("shop", str(shop.cast.shops[0].id))) == walked(shop, Filter())
    assert walked(shop, Filter("shop", str(shop.cast.shops[1].id))) == []
    spot = shop.store.read_now(queue.spot, shop.cs, Filter(), soon)
    assert spot == queue.Spot(2, 4, missed.id, soon_too.id)
    shop.do(review.reject, shop.cs, soon.id, soon.revision, "no")
    gone = shop.store.read_now(lambda desk: queue.spot(desk, shop.cs, Filter(), desk.orders.get(soon.id)))
    assert gone == queue.Spot(0, 3, missed.id, soon_too.id)


def test_a_take_is_seen_by_others_and_leaves_the_revision_alone(shop: Shop) -> None:
    first, second = took(shop, 3, 4)
    bella = shop.cast.anna2.acting()
    shop.do(queue.take, bella, first.id)
    assert shop.store.read_now(lambda desk: desk.orders.get(first.id)) == first
    with pytest.raises(InHand) as caught:
        shop.do(queue.take, shop.cs, first.id)
    assert (caught.value.by, caught.value.at) == (bella.name, NOW)
    assert shop.store.read_now(queue.first, shop.cs, Filter()) == second.id
    assert shop.store.read_now(queue.first, bella, Filter()) == first.id
    assert walk(shop, bella, Filter("mine")) == [first.id]
    shop.later(minutes=10)
    assert shop.store.read_now(queue.first, shop.cs, Filter()) == first.id
    shop.do(queue.take, shop.cs, first.id)
    assert shop.store.read_now(lambda desk: desk.hands.of(first.id).taken_by) == shop.cs.person_id


def test_a_decision_ends_a_take_also_after_its_undo(shop: Shop) -> None:
    (order,) = took(shop, 30, held=False)
    shop.do(queue.take, shop.cs, order.id)
    assert shop.store.read_now(queue.clean, shop.cs).ids == ()
    with pytest.raises(InHand) as caught:
        shop.do(review.approve, shop.lead, order.id, order.revision)
    now = shop.store.read_now(lambda desk: desk.orders.get(order.id))
    assert (caught.value.by, now) == (shop.cs.name, order)
    done = shop.do(review.approve, shop.lead, order.id, order.revision, sure=True)
    shop.do(review.undo, shop.lead, order.id, done.revision)
    assert shop.store.read_now(queue.clean, shop.cs).ids == (order.id,)


def test_a_snoozed_order_leaves_the_queues_and_comes_back(shop: Shop) -> None:
    first, second = took(shop, 3, 4)
    assert shop.do(queue.snooze, shop.cs, first.id, 15) == NOW + timedelta(minutes=15)
    assert (walked(shop, Filter()), walked(shop, Filter("snoozed"))) == ([second.id], [first.id])
    digest = shop.store.read_now(queue.digest, shop.cs)
    assert (digest.snoozed, digest.due) == (1, {"6": 2})
    shop.later(minutes=15)
    assert walked(shop, Filter()) == [first.id, second.id]
    assert shop.do(queue.snooze, shop.cs, first.id, 0) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    shop.do(queue.wake, shop.cs, first.id)
    assert walked(shop, Filter()) == [first.id, second.id]
    with pytest.raises(BadValue):
        shop.do(queue.snooze, shop.cs, first.id, 24 * 60 + 1)


def test_who_may_take_and_what(shop: Shop) -> None:
    (order,) = took(shop, 30, held=False)
    with pytest.raises(NotAllowed):
        shop.do(queue.take, shop.cast.actor(Role.PICKER), order.id)
    shop.do(review.approve, shop.cs, order.id, order.revision)
    with pytest.raises(WrongStatus):
        shop.do(queue.snooze, shop.cs, order.id, 15)
    assert shop.store.read_now(lambda desk: desk.hands.of(order.id).snoozed_until) is None


def test_the_urgent_button_means_the_same_orders_a_minute_later(shop: Shop) -> None:
    soon, edge, later = took(shop, 3, 6.01, 20, held=False)
    scope = Scope(due=shop.store.read_now(queue.urgent_until))
    shown = shop.store.read_now(queue.clean, shop.cs, scope)
    assert shown.ids == (soon.id,)
    shop.later(minutes=5)
    outcome = shop.do(review.approve_clean, shop.cs, shown.watermark, shown.checksum, None, scope)
    assert [order.id for order in outcome.approved] == [soon.id]
    assert shop.store.read_now(queue.clean, shop.cs).ids == (edge.id, later.id)


def test_the_digest_groups_by_shop_and_deadline(shop: Shop) -> None:
    took(shop, -1, 1, 5, 5.5, 11, 47)
    shop.do(intake.receive, SHOP, shop.cast.shops[2].id, [incoming("9", currency="USD", paid_at=None, paid=0)])
    found = shop.store.read_now(queue.digest, shop.cs)
    assert found.due == {"missed": 1, "2": 1, "6": 2, "12": 1, "later": 1}
    assert found.shops[shop.cast.shops[0].id] == (0, 6)
    assert found.first_due == NOW - timedelta(hours=1)
    assert sum(sum(pair) for pair in found.shops.values()) == 7
