"""Bulk release: what came after the card, who else taps, how it is taken back, and what it costs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.event import listen

from domain.desk import Desk
from domain.errors import Stale, UndoTooLate
from domain.floor import release
from domain.intake import intake
from domain.orders.orders import OrderStatus
from domain.people.people import SHOP, Actor, Role
from domain.review import bulk, queue, review, undoing
from domain.review.bulk import Batch, Whole
from domain.review.holds import HoldCode
from domain.review.scope import Scope
from tests.domain.customers.customer_desk import Shop
from tests.domain.review.bulk_page import (
    NOTES,
    TEA,
    again,
    look,
    measured,
    note,
    notes,
    numbers,
    refused,
    seen,
    took,
)
from tests.factory import hire, incoming, receiver


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_card_decides_nothing_about_what_came_later(shop: Shop) -> None:
    took(shop, note("1"), note("2"))
    batch = look(shop, shop.cs)
    took(shop, note("3", paid_at=shop.time.replace(hour=0)))
    done = shop.do(bulk.release, shop.cs, seen(batch))
    assert numbers(done) == ["1", "2"]
    assert (shop.order("3").status, shop.held("3")) == (OrderStatus.REVIEW, (HoldCode.MESSAGE,))


def test_a_note_that_changed_makes_the_card_stale(shop: Shop) -> None:
    one, _ = took(shop, note("1"), note("2"))
    batch = look(shop, shop.cs)
    changed = note("1", buyer_message="取消")
    shop.do(intake.receive, SHOP, one.shop_id, [changed])
    assert shop.order("1").buyer_message == "取消"
    assert isinstance(refused(shop, Stale, shop.cs, seen(batch)), Stale)


def test_a_hold_that_came_makes_the_card_stale(shop: Shop) -> None:
    one, _ = took(shop, note("1"), note("2"))
    batch = look(shop, shop.cs)
    shop.do(review.hold, shop.lead, one.id, one.revision, "wait")
    refused(shop, Stale, shop.cs, seen(batch))


def test_a_page_never_gains_an_order(shop: Shop) -> None:
    """Where one leaves it, nobody's note slides in unread."""
    first, *_ = notes(shop, 12)
    batch = look(shop, shop.cs)
    shop.later(seconds=1)
    shop.do(queue.take, shop.cs, first.id)
    refused(shop, Stale, shop.cs, seen(batch))
    now = again(shop, shop.cs, batch)
    assert (numbers(now), now.rest, now.aside) == ([str(number) for number in range(1, 10)], 2, 1)
    shop.do(bulk.release, shop.cs, seen(now))
    assert shop.held("0") == (HoldCode.MESSAGE,)
    assert numbers(look(shop, shop.cs)) == ["0", "10", "11"]  # what was taken out and not decided comes back


def test_a_card_of_another_part_or_another_look_is_stale(shop: Shop) -> None:
    notes(shop, 3)
    told = seen(look(shop, shop.cs))
    refused(shop, Stale, shop.cs, replace(told, scope=Scope(code=HoldCode.MESSAGE, shop=shop.cast.shops[1].id)))
    refused(shop, Stale, shop.cs, replace(told, mark=shop.time + timedelta(seconds=1)))
    refused(shop, Stale, shop.cs, replace(told, mark=Whole(10**6)))
    refused(shop, Stale, shop.cs, replace(told, checksum=told.checksum ^ 1))


def test_two_people_read_two_pages(shop: Shop) -> None:
    notes(shop, 12)
    bella = shop.cast.anna2.acting()
    mine, hers = look(shop, shop.cs), look(shop, bella)
    assert (len(mine.orders), numbers(hers), hers.aside) == (10, ["10", "11"], 10)
    refused(shop, Stale, bella, seen(mine))
    shop.do(bulk.release, bella, seen(hers))
    shop.do(bulk.release, shop.cs, seen(mine))
    assert {shop.order(str(number)).decided_by for number in range(10)} == {shop.cs.name}


def test_a_page_opened_again_is_the_same(shop: Shop) -> None:
    notes(shop, 12)
    assert numbers(look(shop, shop.cs)) == numbers(look(shop, shop.cs)) == [str(number) for number in range(10)]


def test_a_page_is_over_when_its_minutes_are(shop: Shop) -> None:
    notes(shop, 12)
    batch = look(shop, shop.cs)
    shop.later(minutes=10)
    refused(shop, Stale, shop.cs, seen(batch))
    assert numbers(look(shop, shop.cast.anna2.acting())) == numbers(batch)


def test_two_people_release_one_whole_and_one_of_them_does(shop: Shop) -> None:
    scope = measured(shop, 5)
    mine, theirs = (seen(look(shop, actor, scope), scope) for actor in (shop.lead, shop.owner))
    assert mine == theirs
    shop.do(bulk.release, shop.lead, mine)
    refused(shop, Stale, shop.owner, theirs)
    events = shop.store.read_now(
        lambda desk: desk.history("order", desk.orders.approved_at(shop.time, shop.lead.name)[0])
    )
    assert [one.verb for one in events].count("approved") == 1
    assert shop.order("0").decided_by == shop.lead.name


@pytest.fixture(params=["sqlite", "postgres"])
def crowded(request: pytest.FixtureRequest) -> Iterator[tuple[Shop, list[Actor]]]:
    """A company of twenty leads, on either database."""
    made = Shop(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url"))
    yield made, [made.do(lambda unit, n=n: hire(unit, 3000 + n, f"L{n}", Role.CS_LEAD)).acting() for n in range(20)]
    made.store.close()


def test_twenty_people_at_once_decide_each_order_once(crowded: tuple[Shop, list[Actor]]) -> None:
    shop, leads = crowded
    scope = measured(shop, 8)
    told = seen(look(shop, shop.lead, scope), scope)

    def tap(actor: Actor) -> bool:
        try:
            return len(shop.do(bulk.release, actor, told).orders) == 8
        except Stale:
            return False

    with ThreadPoolExecutor(20) as crowd:
        won = [actor.name for actor, done in zip(leads, crowd.map(tap, leads), strict=True) if done]
    assert len(won) == 1
    orders = [shop.order(str(number)) for number in range(8)]
    assert {order.decided_by for order in orders} == set(won)
    verbs = shop.store.read_now(lambda desk: [e.verb for o in orders for e in desk.history("order", o.id)])
    assert (verbs.count("approved"), verbs.count("hold_released")) == (8, 8)


def test_twenty_people_open_pages_at_once_and_no_order_is_on_two(crowded: tuple[Shop, list[Actor]]) -> None:
    shop, leads = crowded
    notes(shop, 30)
    shop.later(seconds=1)

    def opened(actor: Actor) -> Batch:
        def taken(desk: Desk) -> Batch:
            bulk.take(desk, actor, bulk.to_read(desk, actor, NOTES, actor))
            return bulk.page(desk, actor, NOTES, desk.now)

        found: Batch = shop.do(taken)
        return found

    with ThreadPoolExecutor(20) as crowd:
        pages = list(crowd.map(opened, leads))
    shown = [order.number for page in pages for order in page.orders]
    assert len(shown) == len(set(shown))
    assert {*shown} <= {str(number) for number in range(30)}
    for actor, page in zip(leads, pages, strict=True):
        if page.orders:
            assert len(shop.do(bulk.release, actor, seen(page)).orders) == len(page.orders)
    assert len(shop.store.read_now(lambda desk: desk.orders.in_review(shops=None, held=True))) == 30 - len(shown)


def test_who_comes_to_travel_along_makes_the_card_stale(shop: Shop) -> None:
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    took(shop, note("2", **same))
    batch = look(shop, shop.cs)
    took(shop, incoming("3", lines=TEA, **same))
    refused(shop, Stale, shop.cs, seen(batch))


def test_undo_takes_the_whole_batch_back_and_holds_it_again(shop: Shop) -> None:
    notes(shop, 3)
    shown = look(shop, shop.cs)
    before = [order.holds for order in shown.orders]
    done = shop.do(bulk.release, shop.cs, seen(shown))
    shop.later(seconds=5)
    assert shop.do(undoing.undo_many, shop.cs, done.orders[0].decided_at, bulk.SUBJECT) == 3
    batch = look(shop, shop.cs)
    assert [order.holds for order in batch.orders] == before
    assert {order.status for order in batch.orders} == {OrderStatus.REVIEW}
    assert shop.store.read_now(queue.clean, shop.cs).ids == ()
    levels = shop.store.read_now(lambda desk: desk.stock.levels(["CUP-01"]))
    assert sum(level.reserved for level in levels.values()) == 0
    assert [one.verb for one in shop.store.read_now(lambda d: d.history("bulk", 0))] == ["undone_many", "released_many"]
    assert len(shop.do(bulk.release, shop.cs, seen(batch)).orders) == 3


def test_undo_is_too_late_after_its_window(shop: Shop) -> None:
    notes(shop, 3)
    done = shop.do(bulk.release, shop.cs, seen(look(shop, shop.cs)))
    shop.later(seconds=10)
    shop.do(release.release_due)
    with pytest.raises(UndoTooLate):
        shop.do(undoing.undo_many, shop.cs, done.orders[0].decided_at, bulk.SUBJECT)
    assert shop.order("0").status is OrderStatus.RELEASED


def test_undo_of_one_order_holds_it_again_too(shop: Shop) -> None:
    (order,) = notes(shop, 1)
    done = shop.do(review.release_and_approve, shop.cs, order.id, order.revision)
    shop.do(undoing.undo, shop.cs, order.id, done.revision)
    assert shop.held("0") == (HoldCode.MESSAGE,)


def test_a_release_from_before_the_approval_stays(shop: Shop) -> None:
    """Only what the undone tap did is undone."""
    (order,) = notes(shop, 1)
    free = shop.do(review.release_hold, shop.cs, order.id, order.revision, HoldCode.MESSAGE)
    shop.later(seconds=1)
    done = shop.do(review.approve, shop.cs, order.id, free.revision)
    shop.do(undoing.undo, shop.cs, order.id, done.revision)
    assert shop.held("0") == ()


def test_many_orders_are_as_many_questions_as_a_few(shop: Shop) -> None:
    """Nothing is asked or written order by order."""
    asked, scope = list[str](), Scope(code=HoldCode.AMOUNT_RANGE)

    def counted(*numbers: int) -> int:
        took(shop, *(incoming(str(number), paid=10, total=10, lines=TEA[:1]) for number in numbers))
        batch = look(shop, shop.lead, scope)
        asked.clear()
        assert len(shop.do(bulk.release, shop.lead, seen(batch, scope)).orders) == len(numbers)
        return len(asked)

    listen(shop.store._pen, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert counted(*range(4)) == counted(*range(10, 34))
