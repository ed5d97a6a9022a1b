"""Who travels along is not decided through another's card while somebody has it in hand or has put it off."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import InHand, Stale
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor
from domain.review import bulk, queue, review, undoing
from domain.review.holds import HoldCode
from tests.domain.customers.customer_desk import Shop
from tests.domain.review.bulk_page import NOTES, TEA, TWO, limited, look, note, numbers, seen, state, took
from tests.factory import NOW, incoming, receiver

SAME: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
BOTH = [OrderStatus.APPROVED] * 2


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def bella(shop: Shop) -> Actor:
    return shop.cast.anna2.acting()


def pair(shop: Shop, **changes: Any) -> tuple[Order, Order]:
    """Two clean orders that travel together."""
    first, second = took(shop, incoming("1", **SAME, **changes), incoming("2", lines=TEA, **SAME, **changes))
    return first, second


def noted(shop: Shop) -> tuple[Order, Order]:
    """A clean order, and one with a note that would travel with it."""
    first, second = took(shop, incoming("1", **SAME), note("2", lines=TEA, **SAME))
    return first, second


def statuses(shop: Shop) -> list[OrderStatus]:
    return [shop.order(number).status for number in "12"]


def stopped(shop: Shop, actor: Actor, order: Order) -> tuple[str, str]:
    """Whose card stopped the yes to this order; nothing changes."""
    before = state(shop)
    with pytest.raises(InHand) as caught:
        shop.do(review.approve, actor, order.id, order.revision)
    assert state(shop) == before
    return caught.value.order, caught.value.by


def test_a_single_yes_is_asked_once_more(shop: Shop, bella: Actor) -> None:
    first, second = pair(shop)
    shop.do(queue.take, bella, first.id)
    assert stopped(shop, shop.cs, second) == ("1", bella.name)
    shop.do(review.approve, shop.cs, second.id, second.revision, sure=True)
    assert statuses(shop) == BOTH


def test_ones_own_hands_and_a_take_that_is_over_ask_nothing(shop: Shop, bella: Actor) -> None:
    first, second = pair(shop)
    shop.do(queue.take, bella, first.id)
    done = shop.do(review.approve, bella, second.id, second.revision)
    assert statuses(shop) == BOTH
    shop.do(undoing.undo, bella, second.id, done.revision)
    shop.do(queue.take, bella, first.id)
    shop.later(minutes=10)
    now = shop.order("2")
    shop.do(review.approve, shop.cs, now.id, now.revision)
    assert statuses(shop) == BOTH


def test_what_is_put_off_is_asked_for_too(shop: Shop, bella: Actor) -> None:
    first, second = pair(shop)
    shop.do(queue.snooze, bella, first.id, 15)
    assert stopped(shop, shop.cs, second) == ("1", "")
    shop.later(minutes=15)
    shop.do(review.approve, shop.cs, second.id, second.revision)
    assert statuses(shop) == BOTH


def test_release_and_approve_is_asked_and_leaves_the_hold(shop: Shop, bella: Actor) -> None:
    first, second = noted(shop)
    shop.do(queue.take, bella, first.id)
    before = state(shop)
    with pytest.raises(InHand) as caught:
        shop.do(review.release_and_approve, shop.cs, second.id, second.revision)
    assert (caught.value.order, caught.value.at, state(shop)) == ("1", NOW, before)
    shop.do(review.release_and_approve, shop.cs, second.id, second.revision, sure=True)
    assert statuses(shop) == BOTH


def test_no_first_yes_for_what_is_in_other_hands(shop: Shop, bella: Actor) -> None:
    limited(shop)
    first, second = pair(shop, paid=TWO, total=TWO)
    shop.do(queue.take, bella, first.id)
    assert stopped(shop, shop.lead, second) == ("1", bella.name)
    assert [shop.order(number).first_approver for number in "12"] == [0, 0]
    shop.do(review.approve, shop.lead, second.id, second.revision, sure=True)
    assert [shop.order(number).first_approver for number in "12"] == [shop.lead.person_id] * 2


def test_a_batch_of_clean_ones_leaves_it_and_tells(shop: Shop, bella: Actor) -> None:
    first, second = pair(shop)
    (alone,) = took(shop, incoming("3", receiver=receiver(address="文三路 3 号")))
    shop.do(queue.take, bella, first.id)
    meant = shop.store.read_now(queue.clean, shop.cs)
    assert meant.ids == (second.id, alone.id)
    outcome = shop.do(review.approve_clean, shop.cs, meant.watermark, meant.checksum)
    assert [order.number for order in outcome.approved] == ["3"]
    faults = [(number, type(why), vars(why)["order"]) for number, why in outcome.refused.items()]
    assert faults == [("2", InHand, "1"), ("1", InHand, "1")]
    assert statuses(shop) == [OrderStatus.REVIEW] * 2


def test_a_page_leaves_it_and_tells(shop: Shop, bella: Actor) -> None:
    first, _second = noted(shop)
    took(shop, note("3"))
    shop.do(queue.take, bella, first.id)
    batch = look(shop, shop.cs)
    assert (numbers(batch), batch.along, [order.number for order in batch.left]) == (["3"], (), ["2"])
    why = batch.refused["2"]
    assert isinstance(why, InHand)
    assert (why.order, why.by) == ("1", bella.name)
    shop.do(bulk.release, shop.cs, seen(batch))
    assert statuses(shop) == [OrderStatus.REVIEW] * 2
    assert shop.held("2") == (HoldCode.MESSAGE,)


def test_in_the_readers_own_hands_it_goes(shop: Shop) -> None:
    first, _second = noted(shop)
    shop.do(queue.take, shop.cs, first.id)
    shop.do(bulk.release, shop.cs, seen(look(shop, shop.cs)))
    assert statuses(shop) == BOTH


def test_taken_after_the_page_was_drawn_nothing_of_it_goes(shop: Shop, bella: Actor) -> None:
    first, _second = noted(shop)
    batch = look(shop, shop.cs)
    assert [order.number for order in batch.along] == ["1"]
    shop.do(queue.take, bella, first.id)
    before = state(shop)
    with pytest.raises(Stale):
        shop.do(bulk.release, shop.cs, seen(batch))
    assert state(shop) == before


def test_a_groups_page_goes_by_who_taps_not_by_who_reads(shop: Shop, bella: Actor) -> None:
    """The orders on the page are in their reader's hands; that is no reason not to release them."""
    noted(shop)
    group = replace(shop.lead, person_id=None)
    shop.later(seconds=1)
    shop.do(lambda desk: bulk.take(desk, shop.cs, bulk.to_read(desk, group, NOTES, shop.cs)))
    batch = shop.store.read_now(bulk.page, group, NOTES, shop.time)
    shop.do(bulk.release, bella, seen(batch), group)
    assert statuses(shop) == BOTH
    assert shop.time == NOW + timedelta(seconds=1)
