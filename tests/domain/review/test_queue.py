"""The queue's order and filters, takes and snoozes, and the digest's groups."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.desk import Desk
from domain.errors import BadValue, InHand, NotAllowed, Stale, WrongStatus
from domain.intake import intake
from domain.orders.orders import Order
from domain.people.people import SHOP, Actor, Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.review import queue, review, undoing
from domain.review.holds import HoldCode
from domain.review.scope import HELD, Amount, Hand, Scope, fixed
from tests.domain.customers.customer_desk import Shop
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


def walked(shop: Shop, chosen: Scope) -> list[int]:
    return walk(shop, shop.cs, chosen)


def walk(shop: Shop, actor: Actor, chosen: Scope) -> list[int]:
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
    assert walked(shop, HELD) == [missed.id, soon.id, soon_too.id, late.id]
    assert walked(shop, Scope(hours=6)) == [missed.id, soon.id, soon_too.id]
    assert walked(shop, Scope(code=HoldCode.MESSAGE)) == walked(shop, HELD)
    assert walked(shop, Scope(code=HoldCode.OUT_OF_STOCK)) == []
    assert walked(shop, Scope(shop=shop.cast.shops[0].id)) == walked(shop, HELD)
    assert walked(shop, Scope(shop=shop.cast.shops[1].id)) == []
    spot = shop.store.read_now(queue.spot, shop.cs, HELD, soon)
    assert spot == queue.Spot(2, 4, missed.id, soon_too.id)
    shop.do(review.reject, shop.cs, soon.id, soon.revision, "no")
    gone = shop.store.read_now(lambda desk: queue.spot(desk, shop.cs, HELD, desk.orders.get(soon.id)))
    assert gone == queue.Spot(0, 3, missed.id, soon_too.id)


def test_a_take_is_seen_by_others_and_leaves_the_revision_alone(shop: Shop) -> None:
    first, second = took(shop, 3, 4)
    bella = shop.cast.anna2.acting()
    shop.do(queue.take, bella, first.id)
    assert shop.store.read_now(lambda desk: desk.orders.get(first.id)) == first
    with pytest.raises(InHand) as caught:
        shop.do(queue.take, shop.cs, first.id)
    assert (caught.value.by, caught.value.at) == (bella.name, NOW)
    assert shop.store.read_now(queue.first, shop.cs, HELD) == second.id
    assert shop.store.read_now(queue.first, bella, HELD) == first.id
    assert walk(shop, bella, Scope(hand=Hand.MINE)) == [first.id]
    shop.later(minutes=10)
    assert shop.store.read_now(queue.first, shop.cs, HELD) == first.id
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
    shop.do(undoing.undo, shop.lead, order.id, done.revision)
    assert shop.store.read_now(queue.clean, shop.cs).ids == (order.id,)


def test_a_snoozed_order_leaves_the_queues_and_comes_back(shop: Shop) -> None:
    first, second = took(shop, 3, 4)
    assert shop.do(queue.snooze, shop.cs, first.id, 15) == NOW + timedelta(minutes=15)
    assert (walked(shop, HELD), walked(shop, Scope(hand=Hand.SNOOZED))) == ([second.id], [first.id])
    digest = shop.store.read_now(queue.digest, shop.cs)
    assert (digest.snoozed, digest.due) == (1, {"6": 2})
    shop.later(minutes=15)
    assert walked(shop, HELD) == [first.id, second.id]
    assert shop.do(queue.snooze, shop.cs, first.id, 0) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    shop.do(queue.wake, shop.cs, first.id)
    assert walked(shop, HELD) == [first.id, second.id]
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
    scope = shop.store.read_now(fixed, Scope(hours=6))
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
    assert found.due == {"missed": 1, "2": 1, "6": 2, "12": 1, "later": 2}
    assert found.shops[shop.cast.shops[0].id] == (0, 6)
    assert found.first_due == NOW - timedelta(hours=1)
    assert sum(sum(pair) for pair in found.shops.values()) == 7


def test_a_scope_holds_all_it_says_together(shop: Shop) -> None:
    here, there = (one.id for one in shop.cast.shops[:2])
    small: dict[str, object] = {}
    large: dict[str, object] = {"paid": 90_000, "total": 90_000}
    noted: dict[str, object] = {"buyer_message": "x"}
    wants = [(here, 3, small), (here, 3, large), (here, 30, large), (there, 3, large), (here, 3, large | noted)]
    for number, (place, hours, more) in enumerate(wants, 1):
        paid_at = shop.time + timedelta(hours=hours - 48)
        shop.do(intake.receive, SHOP, place, [incoming(str(number), buyer_id=str(number), paid_at=paid_at, **more)])

    def numbers(scope: Scope) -> list[str]:
        ids = walked(shop, scope)
        found = shop.store.read_now(lambda desk: desk.orders.many(ids))
        return [found[one].number for one in ids]

    scope = Scope(shop=here, hours=6, above=500)
    assert numbers(scope) == ["2", "5"]
    assert numbers(Scope(held=False, shop=here, hours=6, above=500)) == ["2"]
    assert numbers(Scope(shop=here, code=HoldCode.MESSAGE, above=500)) == ["5"]
    assert numbers(Scope(hours=6, above=500)) == ["2", "4", "5"]
    assert numbers(Scope(shop=here, above=900)) == []
    digest = shop.store.read_now(queue.digest, shop.cs, scope)
    assert (digest.shops, digest.due) == ({here: (1, 1)}, {"6": 2})


def test_a_batch_approves_the_scope_that_was_shown_and_nothing_else(shop: Shop) -> None:
    took(shop, 30, 3, held=False)
    scope = shop.store.read_now(fixed, Scope(hours=6, shop=shop.cast.shops[0].id))
    shown = shop.store.read_now(queue.clean, shop.cs, scope)
    with pytest.raises(Stale):
        shop.do(review.approve_clean, shop.cs, shown.watermark, shown.checksum, None, Scope(hours=48))
    done = shop.do(review.approve_clean, shop.cs, shown.watermark, shown.checksum, None, scope)
    assert [order.number for order in done.approved] == ["2"]
    for nothing in (HELD, Scope(code=HoldCode.MESSAGE)):
        assert shop.store.read_now(queue.clean, shop.cs, nothing) == queue.Clean((), 0, 0)


def test_what_is_taken_or_put_off_is_approved_only_when_it_is_asked_for(shop: Shop) -> None:
    first, second, third = took(shop, 3, 4, 5, held=False)
    shop.do(queue.take, shop.cs, first.id)
    shop.do(queue.snooze, shop.cs, second.id, 60)

    def ids(scope: Scope) -> tuple[int, ...]:
        return shop.store.read_now(queue.clean, shop.cs, scope).ids

    assert ids(Scope(hours=6)) == (third.id,)
    assert ids(Scope(hours=6, hand=Hand.MINE)) == (first.id,)
    assert ids(Scope(hours=6, hand=Hand.SNOOZED)) == (second.id,)
    assert shop.store.read_now(queue.first, shop.cs, Scope(hand=Hand.MINE)) == first.id


def test_above_the_limit_and_two_people_are_parts_like_others(shop: Shop) -> None:
    policy = replace(Policy(), holds={HoldCode.AMOUNT_RANGE: HoldChoice(on=False)})
    shop.do(lambda unit: unit.catalog_admin.put_policy(policy, "test"))
    paid = {"1": 400_000, "2": 600_000, "3": 1_000_000}
    news = [incoming(n, buyer_id=n, paid=amount, total=amount) for n, amount in paid.items()]
    shop.do(intake.receive, SHOP, shop.cast.shops[0].id, news)
    found = shop.store.read_now(lambda d: d.orders.by_number(shop.cast.shops[0].id, list(paid)))
    one, two, three = (found[number].id for number in paid)
    assert walked(shop, Scope(amount=Amount.OVER)) == [two, three]
    assert walk(shop, shop.lead, Scope(amount=Amount.OVER)) == [three]
    assert walked(shop, Scope(amount=Amount.TWO)) == [three]
    assert walked(shop, Scope(amount=Amount.OVER, above=6_000)) == [three]
    assert walked(shop, Scope(above=3_999)) == [one, two, three]
    assert shop.store.read_now(queue.clean, shop.lead, Scope(above=5_000)).ids == (two,)
    assert shop.store.read_now(queue.over, shop.lead, Scope(above=5_000)) == [three]
