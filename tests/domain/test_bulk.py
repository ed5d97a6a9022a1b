"""Bulk release: what a card shows is released and approved, what does not fit stays as it was, and one tap wins."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.event import listen

from domain import bulk, intake, queue, release, review
from domain.bulk import Batch, Seen
from domain.desk import Desk
from domain.errors import HeldOrder, HoldNotReleasable, NotAllowed, OverLimit, Refusal, Stale, UndoTooLate
from domain.holds import CATALOGUE, UNTOUCHABLE, Hold, HoldCode, Source, open_codes
from domain.incoming import IncomingOrder
from domain.orders import Order, OrderStatus
from domain.people import SHOP, Actor, Role
from domain.policy import Policy
from domain.policy_sections import HoldChoice, Release
from domain.scope import ALL, Amount, Hand, Scope
from tests import factory
from tests.domain.customer_desk import Shop
from tests.factory import hire, incoming, incoming_line, receiver

NOTES = Scope(code=HoldCode.MESSAGE)
LEAD, TWO = 500_000, 1_000_000
TEA = (incoming_line("TEA-01", 1),)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def took(shop: Shop, *orders: IncomingOrder, at: int = 0) -> list[Order]:
    place = shop.cast.shops[at].id
    shop.do(intake.receive, SHOP, place, orders)
    found = shop.store.read_now(lambda desk: desk.orders.by_number(place, [order.number for order in orders]))
    return [found[order.number] for order in orders]


def note(number: str, **changes: Any) -> IncomingOrder:
    """An order that a buyer's message holds, to a door of its own."""
    return incoming(
        number, **{"buyer_message": f"note {number}", "receiver": receiver(address=f"文三路 {number} 号"), **changes}
    )


def notes(shop: Shop, count: int, **changes: Any) -> list[Order]:
    return took(shop, *(note(str(number), lines=(incoming_line(quantity=1),), **changes) for number in range(count)))


def look(shop: Shop, actor: Actor, scope: Scope = NOTES) -> Batch:
    """The next page in this person's hands, or a measure's whole."""

    def opened(desk: Desk) -> Batch:
        assert scope.code
        if bulk.at_once(scope.code):
            return bulk.whole(desk, actor, scope)
        bulk.take(desk, actor, bulk.to_read(desk, actor, scope, actor))
        return bulk.page(desk, actor, scope, desk.now)

    shop.later(seconds=1)
    found: Batch = shop.do(opened)
    return found


def seen(batch: Batch, scope: Scope = NOTES) -> Seen:
    return Seen(scope, batch.mark, batch.checksum)


def numbers(batch: Batch) -> list[str]:
    return [order.number for order in batch.orders]


def state(shop: Shop) -> Any:
    """Every order, its history, and the stock that is promised."""

    def all_(desk: Desk) -> Any:
        ids = [one for one, _ in desk.orders.in_review(shops=None, held=None)]
        levels = desk.stock.levels(["CUP-01", "LAMP-01"]).values()
        events = [desk.history("order", one) for one in ids] + [desk.history("bulk", 0)]
        boxes = desk.parcels.of_orders(ids)
        return desk.orders.many(ids), events, boxes, sum(level.reserved for level in levels)

    return shop.store.read_now(all_)


def refused(shop: Shop, fault: type[Refusal], actor: Actor, told: Seen) -> Refusal:
    """The refusal of a release; nothing changes."""
    before = state(shop)
    with pytest.raises(fault) as caught:
        shop.do(bulk.release, actor, told)
    assert state(shop) == before
    return caught.value


def test_a_page_is_released_and_approved_in_one_go(shop: Shop) -> None:
    orders = notes(shop, 12)
    batch = look(shop, shop.cs)
    assert [order.id for order in batch.orders] == [order.id for order in orders[:10]]
    assert (batch.rest, batch.others, batch.over, batch.aside, batch.refused, batch.held) == (2, 0, 0, 0, {}, 2)
    done = shop.do(bulk.release, shop.cs, seen(batch))
    assert [order.status for order in done.orders] == [OrderStatus.APPROVED] * 10
    assert done.orders[0] == shop.order("0")
    assert [order.number for order in look(shop, shop.cs).orders] == ["10", "11"]
    verbs = shop.store.read_now(lambda desk: desk.history("order", orders[0].id))
    assert [(one.verb, one.reason, dict(one.data), one.actor) for one in verbs[:2]] == [
        ("approved", "", {}, shop.cs.name),
        ("hold_released", "MESSAGE", {"many": "10"}, shop.cs.name),
    ]
    (told,) = shop.store.read_now(lambda desk: desk.history("bulk", 0))
    assert (told.verb, told.reason, dict(told.data)) == ("released_many", "MESSAGE", {"orders": "10"})
    (hold,) = done.orders[0].holds
    assert (hold.resolution, hold.resolved_by, hold.resolved_at) == (
        "released",
        shop.cs.name,
        done.orders[0].decided_at,
    )


def test_only_what_this_reason_alone_holds_is_in_it(shop: Shop) -> None:
    took(shop, note("1"), note("2", seller_flag="red", seller_note="发票"), incoming("3"), note("4"))
    batch = look(shop, shop.cs)
    assert numbers(batch) == ["1", "4"]
    assert (batch.held, batch.others) == (1, 1)
    shop.do(bulk.release, shop.cs, seen(batch))
    assert (shop.held("2") != (), shop.order("3").status) == (True, OrderStatus.REVIEW)


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
    now = shop.store.read_now(bulk.page, shop.cs, NOTES, batch.mark)
    assert (numbers(now), now.rest, now.aside) == ([str(number) for number in range(1, 10)], 2, 1)
    shop.do(bulk.release, shop.cs, seen(now))
    assert shop.held("0") == (HoldCode.MESSAGE,)
    assert numbers(look(shop, shop.cs)) == ["0", "10", "11"]  # what was taken out and not decided comes back


def test_a_card_of_another_part_or_another_look_is_stale(shop: Shop) -> None:
    notes(shop, 3)
    told = seen(look(shop, shop.cs))
    refused(shop, Stale, shop.cs, replace(told, scope=Scope(code=HoldCode.MESSAGE, shop=shop.cast.shops[1].id)))
    refused(shop, Stale, shop.cs, replace(told, mark=shop.time + timedelta(seconds=1)))
    refused(shop, Stale, shop.cs, replace(told, mark=10**6))
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


def measured(shop: Shop, count: int) -> Scope:
    """So many orders of an unusual amount, as a measure holds them."""
    took(shop, *(incoming(str(number), paid=10, total=10, buyer_id=str(number)) for number in range(count)))
    return Scope(code=HoldCode.AMOUNT_RANGE)


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


@pytest.mark.parametrize("role", [Role.PICKER, Role.FINANCE, Role.BUYER])
def test_who_does_not_approve_releases_nothing_in_bulk(shop: Shop, role: Role) -> None:
    notes(shop, 2)
    refused(shop, NotAllowed, shop.cast.actor(role), seen(look(shop, shop.cs)))


def test_a_leads_reason_is_a_leads(shop: Shop) -> None:
    scope = measured(shop, 12)
    assert shop.held("1") == (HoldCode.AMOUNT_RANGE,)
    batch = look(shop, shop.lead, scope)
    assert (len(batch.orders), batch.rest) == (12, 0)
    fault = refused(shop, HoldNotReleasable, shop.cs, seen(batch, scope))
    assert vars(fault) == {"code": HoldCode.AMOUNT_RANGE, "owner": Role.CS_LEAD}
    assert len(shop.do(bulk.release, shop.lead, seen(batch, scope)).orders) == 12


def test_a_whole_is_as_large_as_a_batch_may_be(shop: Shop) -> None:
    shop.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), batch_limit=3), "test"))
    scope = measured(shop, 5)
    batch = look(shop, shop.lead, scope)
    assert (len(batch.orders), batch.rest) == (3, 2)
    took(shop, incoming("9", paid=10, total=10, paid_at=shop.time - timedelta(hours=5)))
    assert len(shop.do(bulk.release, shop.lead, seen(batch, scope)).orders) == 3
    assert shop.held("9") == (HoldCode.AMOUNT_RANGE,)


@pytest.mark.parametrize("code", sorted(bulk.ONE_BY_ONE | {c for c, r in CATALOGUE.items() if r.release is None}))
def test_what_its_cause_or_the_platform_ends_is_never_offered(shop: Shop, code: HoldCode) -> None:
    """Not even to an owner, whatever is stored."""

    def put(desk: Any) -> None:
        held = Hold(code, Source.SCREENING, shop.time, {})
        factory.put(desk, factory.order(desk, shop.cast.shops[0], "1", holds=(held,)))

    shop.do(put)
    assert shop.store.read_now(bulk.offered, shop.owner, ALL) == {}
    refused(shop, HoldNotReleasable, shop.owner, Seen(Scope(code=code), shop.time, 0))


def test_the_untouchable_are_among_them() -> None:
    assert bulk.ONE_BY_ONE >= UNTOUCHABLE
    assert not bulk.ONE_BY_ONE & bulk.AT_ONCE


def test_a_code_the_house_gives_to_leads_is_not_released_by_service(shop: Shop) -> None:
    notes(shop, 2)
    batch = look(shop, shop.cs)
    held = {HoldCode.MESSAGE: HoldChoice(release=Release.OVERRIDE)}
    shop.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), holds=held), "test"))
    refused(shop, HoldNotReleasable, shop.cs, seen(batch))
    shop.later(minutes=10)
    assert len(look(shop, shop.lead).orders) == 2


def limited(shop: Shop) -> None:
    off = {HoldCode.AMOUNT_RANGE: HoldChoice(on=False)}
    shop.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), holds=off), "test"))


def test_limits_and_two_people_are_kept(shop: Shop) -> None:
    limited(shop)
    paid = {"1": 7_800, "2": LEAD, "3": LEAD + 1, "4": TWO}
    took(shop, *(note(number, paid=amount, total=amount) for number, amount in paid.items()))
    mine = look(shop, shop.cs)
    assert (numbers(mine), mine.over) == (["1", "2"], 2)
    shop.later(minutes=10)
    leads = look(shop, shop.lead)
    assert (numbers(leads), leads.over) == (["1", "2", "3"], 1)
    refused(shop, Stale, shop.cs, seen(leads))
    shop.do(bulk.release, shop.lead, seen(leads))
    assert (shop.order("4").status, shop.held("4"), shop.order("4").first_approver) == (
        OrderStatus.REVIEW,
        (HoldCode.MESSAGE,),
        0,
    )


def test_a_person_of_one_shop_releases_that_shops(shop: Shop) -> None:
    took(shop, note("1"))
    took(shop, note("2"), at=1)
    here = frozenset({shop.cast.shops[0].id})
    one = shop.do(lambda unit: hire(unit, 2000, "One", Role.CS, shops=here)).acting()
    batch = look(shop, one)
    assert (numbers(batch), batch.held) == (["1"], 0)
    scope = Scope(code=HoldCode.MESSAGE, shop=shop.cast.shops[1].id)
    assert look(shop, one, scope).orders == ()
    refused(shop, Stale, one, seen(look(shop, shop.cs, scope), scope))
    assert numbers(shop.do(bulk.release, one, seen(batch))) == ["1"]
    assert shop.held("2", 1) == (HoldCode.MESSAGE,)


def test_what_is_in_hand_or_put_off_is_left_alone(shop: Shop) -> None:
    first, second, *_ = notes(shop, 4)
    shop.do(queue.take, shop.cast.anna2.acting(), first.id)
    shop.do(queue.snooze, shop.cs, second.id, 60)
    batch = look(shop, shop.cs)
    assert (numbers(batch), batch.aside, batch.held) == (["2", "3"], 2, 2)
    shop.do(bulk.release, shop.cs, seen(batch))
    assert [shop.held(number) for number in "01"] == [(HoldCode.MESSAGE,)] * 2


def test_a_group_card_is_judged_by_who_taps(shop: Shop) -> None:
    limited(shop)
    took(shop, note("1"), note("2", paid=LEAD + 1, total=LEAD + 1))
    batch, group = look(shop, shop.lead), replace(shop.lead, person_id=None)
    assert numbers(batch) == ["1", "2"]
    done = shop.do(bulk.release, shop.cs, seen(batch), group)
    assert (numbers(done), {number: type(why).__name__ for number, why in done.refused.items()}) == (
        ["1"],
        {"2": "OverLimit"},
    )
    refused_again = seen(shop.store.read_now(bulk.page, group, NOTES, batch.mark))
    with pytest.raises(OverLimit):
        shop.do(bulk.release, shop.cs, refused_again, group)
    assert shop.held("2") == (HoldCode.MESSAGE,)


def test_what_stock_does_not_reach_for_stays_as_it_was(shop: Shop) -> None:
    """The first to be due get what is there; the others keep hold, revision and history."""
    lamp = (incoming_line("LAMP-01", 4),)  # of 10 in the warehouse they are planned from
    orders = took(shop, *(note(str(number), lines=lamp) for number in range(6)))
    batch = look(shop, shop.cs)
    assert numbers(batch) == ["0", "1"]
    fault = batch.refused["2"]
    assert isinstance(fault, HeldOrder)
    assert fault.codes == (HoldCode.OUT_OF_STOCK,)
    assert [order.number for order in batch.left] == ["2", "3", "4", "5"]
    shop.do(bulk.release, shop.cs, seen(batch))
    left = [shop.order(number) for number in "2345"]
    assert [(one.holds, one.revision) for one in left] == [(one.holds, one.revision) for one in orders[2:]]
    verbs = shop.store.read_now(lambda desk: [one.verb for one in desk.history("order", orders[5].id)])
    assert "hold_released" not in verbs
    assert numbers(look(shop, shop.cs)) == ["2", "3"]  # planned from the other warehouse now


def test_who_travels_along_is_shown_and_approved_with_them(shop: Shop) -> None:
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    took(shop, incoming("1", **same), note("2", lines=TEA, **same))
    batch = look(shop, shop.cs)
    assert (numbers(batch), [order.number for order in batch.along]) == (["2"], ["1"])
    done = shop.do(bulk.release, shop.cs, seen(batch))
    assert [(order.number, order.status) for order in done.along] == [("1", OrderStatus.APPROVED)]


def test_who_comes_to_travel_along_makes_the_card_stale(shop: Shop) -> None:
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    took(shop, note("2", **same))
    batch = look(shop, shop.cs)
    took(shop, incoming("3", lines=TEA, **same))
    refused(shop, Stale, shop.cs, seen(batch))


def test_a_party_above_the_limit_stays_whole(shop: Shop) -> None:
    limited(shop)
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    took(shop, incoming("1", paid=LEAD + 1, total=LEAD + 1, **same), note("2", lines=TEA, **same), note("3"))
    batch = look(shop, shop.cs)
    assert (numbers(batch), {n: type(why).__name__ for n, why in batch.refused.items()}) == (["3"], {"2": "OverLimit"})


def test_undo_takes_the_whole_batch_back_and_holds_it_again(shop: Shop) -> None:
    notes(shop, 3)
    shown = look(shop, shop.cs)
    before = [order.holds for order in shown.orders]
    done = shop.do(bulk.release, shop.cs, seen(shown))
    shop.later(seconds=5)
    assert shop.do(review.undo_many, shop.cs, done.orders[0].decided_at, bulk.SUBJECT) == 3
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
        shop.do(review.undo_many, shop.cs, done.orders[0].decided_at, bulk.SUBJECT)
    assert shop.order("0").status is OrderStatus.RELEASED


def test_undo_of_one_order_holds_it_again_too(shop: Shop) -> None:
    (order,) = notes(shop, 1)
    done = shop.do(review.release_and_approve, shop.cs, order.id, order.revision)
    shop.do(review.undo, shop.cs, order.id, done.revision)
    assert shop.held("0") == (HoldCode.MESSAGE,)


def test_a_release_from_before_the_approval_stays(shop: Shop) -> None:
    """Only what the undone tap did is undone."""
    (order,) = notes(shop, 1)
    free = shop.do(review.release_hold, shop.cs, order.id, order.revision, HoldCode.MESSAGE)
    shop.later(seconds=1)
    done = shop.do(review.approve, shop.cs, order.id, free.revision)
    shop.do(review.undo, shop.cs, order.id, done.revision)
    assert shop.held("0") == ()


@pytest.mark.parametrize(
    "scope",
    [Scope(held=False), Scope(amount=Amount.OVER), Scope(above=5), Scope(hand=Hand.MINE), Scope(amount=Amount.TWO)],
)
def test_a_bulk_scope_says_shop_reason_and_deadline_only(scope: Scope) -> None:
    assert bulk.narrowed(scope) is None
    told = Scope(shop=3, code=HoldCode.FLAG, hours=6)
    assert bulk.narrowed(replace(told, held=True)) == told


def test_what_can_be_released_together_is_counted_by_reason(shop: Shop) -> None:
    took(shop, note("1"), note("2"), note("3", seller_flag="red", seller_note="发票"), incoming("4"))
    assert shop.store.read_now(bulk.offered, shop.cs, ALL) == {HoldCode.MESSAGE: 2}
    assert shop.store.read_now(bulk.count, shop.cs, NOTES) == 2
    assert open_codes(shop.order("4").holds) == ()


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
