"""Bulk release: what a card shows is released and approved, and what does not fit stays as it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import HeldOrder, HoldNotReleasable, NotAllowed, OverLimit, Stale
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice, Release
from domain.review import bulk, queue
from domain.review.bulk import Seen
from domain.review.holds import CATALOGUE, UNTOUCHABLE, Hold, HoldCode, Source, open_codes
from domain.review.scope import ALL, Amount, Hand, Scope
from tests import factory
from tests.domain.customers.customer_desk import Shop
from tests.domain.review.bulk_page import (
    LEAD,
    NOTES,
    TEA,
    TWO,
    again,
    limited,
    look,
    measured,
    note,
    notes,
    numbers,
    refused,
    seen,
    took,
)
from tests.factory import hire, incoming, incoming_line, receiver


@pytest.fixture
def shop() -> Shop:
    return Shop()


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


FEW = {"paid": 10, "total": 10}
"""Held for its amount too, which is a lead's."""


def test_a_page_has_what_is_held_for_other_reasons_that_are_read_on_it(shop: Shop) -> None:
    """A note with a keyword in it is one note. Each reason ends in the order's history."""
    took(shop, note("1", buyer_message="请开发票", seller_flag="red", seller_note="发票"), note("2"))
    codes = (HoldCode.KEYWORD, HoldCode.MESSAGE, HoldCode.FLAG, HoldCode.SELLER_NOTE)
    assert shop.held("1") == codes
    batch = look(shop, shop.cs)
    assert (numbers(batch), batch.held) == (["1", "2"], 0)
    shop.do(bulk.release, shop.cs, seen(batch))
    order = shop.order("1")
    assert (order.status, open_codes(order.holds)) == (OrderStatus.APPROVED, ())
    told = shop.store.read_now(lambda desk: desk.history("order", order.id))
    assert {(one.reason, one.data["many"]) for one in told if one.verb == "hold_released"} == {(c, "2") for c in codes}


def test_what_a_page_or_this_person_may_not_release_is_not_on_it(shop: Shop) -> None:
    took(shop, note("1"), note("2", **FEW), incoming("3"), note("4", receiver=receiver(address="")))
    assert shop.held("2") == (HoldCode.AMOUNT_RANGE, HoldCode.MESSAGE)
    batch = look(shop, shop.cs)
    assert (numbers(batch), batch.held, batch.others) == (["1"], 2, 2)
    shop.do(bulk.release, shop.cs, seen(batch))
    assert [shop.order(one).status for one in "1234"] == [OrderStatus.APPROVED, *[OrderStatus.REVIEW] * 3]
    assert numbers(look(shop, shop.lead)) == ["2"]


def test_a_measures_whole_has_nothing_that_is_to_be_read(shop: Shop) -> None:
    scope = measured(shop, 1)
    took(shop, note("9", **FEW))
    batch = look(shop, shop.lead, scope)
    assert (len(batch.orders), "9" in numbers(batch), batch.others) == (1, False, 1)


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
    refused_again = seen(again(shop, group, batch))
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


def test_a_party_above_the_limit_stays_whole(shop: Shop) -> None:
    limited(shop)
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    took(shop, incoming("1", paid=LEAD + 1, total=LEAD + 1, **same), note("2", lines=TEA, **same), note("3"))
    batch = look(shop, shop.cs)
    assert (numbers(batch), {n: type(why).__name__ for n, why in batch.refused.items()}) == (["3"], {"2": "OverLimit"})


@pytest.mark.parametrize(
    "scope",
    [Scope(held=False), Scope(amount=Amount.OVER), Scope(above=5), Scope(hand=Hand.MINE), Scope(amount=Amount.TWO)],
)
def test_a_bulk_scope_says_shop_reason_and_deadline_only(scope: Scope) -> None:
    assert bulk.narrowed(scope) is None
    told = Scope(shop=3, code=HoldCode.FLAG, hours=6)
    assert bulk.narrowed(replace(told, held=True)) == told


def test_what_can_be_released_together_is_counted_by_reason(shop: Shop) -> None:
    measured(shop, 1)
    took(shop, note("1"), note("2", **FEW), note("3", seller_flag="red"), incoming("4"))
    assert shop.store.read_now(bulk.offered, shop.cs, ALL) == {HoldCode.MESSAGE: 2, HoldCode.FLAG: 1}
    of_lead = {HoldCode.MESSAGE: 3, HoldCode.FLAG: 1, HoldCode.AMOUNT_RANGE: 1}
    assert shop.store.read_now(bulk.offered, shop.lead, ALL) == of_lead
    assert shop.store.read_now(bulk.count, shop.cs, NOTES) == 2
    assert open_codes(shop.order("4").holds) == ()


def test_what_would_be_held_anew_is_not_released(shop: Shop) -> None:
    """It could travel with one that stays held, and then waits for it: as its own card would refuse."""
    policy = replace(Policy(), merge=replace(Policy().merge, wait_minutes=60))
    shop.do(lambda unit: unit.catalog_admin.put_policy(policy, "test"))
    same: dict[str, Any] = {"buyer_id": "one", "receiver": receiver()}
    took(shop, note("1", **FEW, **same), note("2", lines=TEA, **same), note("3"))
    batch = look(shop, shop.cs)
    fault = batch.refused["2"]
    assert isinstance(fault, HeldOrder)
    assert (numbers(batch), fault.codes, batch.others) == (["3"], (HoldCode.MERGE_WAIT,), 1)
    shop.do(bulk.release, shop.cs, seen(batch))
    assert shop.held("2") == (HoldCode.MESSAGE,)


def test_a_released_whole_tells_as_many_left_as_the_card_before(shop: Shop) -> None:
    """What is not free and came last (its id is above the look's) stays held as well."""
    scope = measured(shop, 2)
    took(shop, note("9", **FEW))
    before = look(shop, shop.lead, scope)
    after = shop.do(bulk.release, shop.lead, seen(before, scope))
    assert (before.others, before.over, before.aside, before.held) == (1, 0, 0, 1)
    assert (after.others, after.over, after.aside, after.held) == (1, 0, 0, 1)
