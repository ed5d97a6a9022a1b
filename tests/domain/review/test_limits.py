"""Who may approve how much: a lead above one limit, two people above another, and what a batch leaves aside."""

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import NotAllowed, OverLimit, Refusal, SameApprover, Stale, TwoPeople, WrongStatus
from domain.intake import intake
from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order, OrderStatus
from domain.people.people import CLOCK, OPERATOR, SHOP, Actor, Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.review import looking, queue, review, undoing
from domain.review.holds import HoldCode, open_codes
from domain.review.scope import Scope
from tests.domain.customers.customer_desk import Shop
from tests.factory import hire, incoming

LEAD, TWO = 500_000, 1_000_000


@pytest.fixture
def shop() -> Shop:
    """A company that does not hold large amounts, so that only the limits speak."""
    made = Shop()
    off = {code: HoldChoice(on=False) for code in (HoldCode.AMOUNT_RANGE, HoldCode.PAYMENT)}
    made.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), holds=off), "test"))
    return made


def took(shop: Shop, *orders: IncomingOrder) -> list[Order]:
    shop.do(intake.receive, SHOP, shop.cast.shops[0].id, orders)
    found = shop.store.read_now(
        lambda desk: desk.orders.by_number(shop.cast.shops[0].id, [order.number for order in orders])
    )
    return [found[order.number] for order in orders]


def worth(number: str, paid: int, **changes: Any) -> IncomingOrder:
    return incoming(number, paid=paid, total=paid, **changes)


def refused(shop: Shop, actor: Actor, order: Order) -> Refusal:
    """The refusal of an approval; nothing of the order or its history changes."""
    before = shop.store.read_now(lambda desk: (desk.orders.get(order.id), desk.history("order", order.id)))
    with pytest.raises(Refusal) as caught:
        shop.do(review.approve, actor, order.id, before[0].revision)
    assert shop.store.read_now(lambda desk: (desk.orders.get(order.id), desk.history("order", order.id))) == before
    return caught.value


def now(shop: Shop, order: Order) -> Order:
    found: Order = shop.store.read_now(lambda desk: desk.orders.get(order.id))
    return found


def test_above_the_limit_only_a_lead_approves(shop: Shop) -> None:
    at, above = took(shop, worth("1", LEAD), worth("2", LEAD + 1))
    assert shop.do(review.approve, shop.cs, at.id, at.revision).status is OrderStatus.APPROVED
    fault = refused(shop, shop.cs, above)
    assert isinstance(fault, OverLimit)
    assert (fault.order, fault.amount, fault.limit, fault.currency) == ("2", LEAD + 1, LEAD, "CNY")
    assert isinstance(refused(shop, CLOCK, above), OverLimit)
    assert shop.do(review.approve, shop.lead, above.id, above.revision).status is OrderStatus.APPROVED


def test_the_operators_shell_has_no_limits(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO))
    assert shop.do(review.approve, OPERATOR, order.id, order.revision).status is OrderStatus.APPROVED


def test_two_people_approve_and_the_second_is_not_the_first(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO))
    assert isinstance(refused(shop, shop.cs, order), OverLimit)
    first = shop.do(review.approve, shop.lead, order.id, order.revision)
    assert (first.status, first.first_approver) == (OrderStatus.REVIEW, shop.lead.person_id)
    assert first == now(shop, order)
    assert shop.store.read_now(lambda desk: desk.history("order", order.id)[0].verb) == "approved_first"
    assert sum(level.reserved for level in shop.store.read_now(lambda d: d.stock.levels(["CUP-01"])).values()) == 0
    assert isinstance(refused(shop, shop.lead, order), SameApprover)
    second = shop.do(review.approve, shop.owner, order.id, first.revision)
    assert (second.status, second.decided_by) == (OrderStatus.APPROVED, shop.owner.name)
    undone = shop.do(undoing.undo, shop.owner, order.id, second.revision)
    assert (undone.status, undone.first_approver) == (OrderStatus.REVIEW, 0)


def test_a_hold_forgets_the_first_yes(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO))
    first = shop.do(review.approve, shop.lead, order.id, order.revision)
    assert shop.do(review.hold, shop.cs, order.id, first.revision, "call").first_approver == 0


def test_releasing_and_approving_is_a_first_yes_too(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO, buyer_message="请发顺丰"))
    with pytest.raises(OverLimit):
        shop.do(review.release_and_approve, shop.cs, order.id, order.revision)
    assert now(shop, order) == order
    first = shop.do(review.release_and_approve, shop.lead, order.id, order.revision)
    assert (first.status, first.held, first.first_approver) == (OrderStatus.REVIEW, False, shop.lead.person_id)


def test_a_new_reason_to_hold_forgets_the_first_yes_and_another_look_does_not(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO))
    shop.do(review.approve, shop.lead, order.id, order.revision)
    calm = replace(shop.store.read_now(lambda desk: desk.policy), version=2)
    shop.do(lambda unit: unit.catalog_admin.put_policy(calm, "test"))
    while shop.do(looking.look_again):
        pass
    assert now(shop, order).first_approver == shop.lead.person_id
    strict = replace(calm, screening=replace(calm.screening, most_units=1))
    shop.do(lambda unit: unit.catalog_admin.put_policy(strict, "test"))
    while shop.do(looking.look_again):
        pass
    found = now(shop, order)
    assert (found.first_approver, open_codes(found.holds)) == (0, (HoldCode.QTY_RANGE,))


def test_the_first_takes_their_yes_back_and_what_it_released_holds_again(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO, buyer_message="请发顺丰"))
    first = shop.do(review.release_and_approve, shop.lead, order.id, order.revision)
    with pytest.raises(WrongStatus):
        shop.do(undoing.undo, shop.owner, order.id, first.revision)
    assert now(shop, order) == first
    back = shop.do(undoing.undo, shop.lead, order.id, first.revision)
    assert (back.status, back.first_approver, open_codes(back.holds)) == (OrderStatus.REVIEW, 0, (HoldCode.MESSAGE,))
    assert shop.store.read_now(lambda desk: desk.history("order", order.id)[0].verb) == "first_unsaid"
    with pytest.raises(Stale):  # the second, whose card still says 2/2
        shop.do(review.approve, shop.owner, order.id, first.revision)
    assert now(shop, order) == back
    again = shop.do(review.release_and_approve, shop.owner, order.id, back.revision)
    assert (again.status, again.first_approver) == (OrderStatus.REVIEW, shop.owner.person_id)


def test_cash_on_delivery_counts_its_total(shop: Shop) -> None:
    (order,) = took(shop, incoming("1", paid=0, total=LEAD + 1, cod=True))
    fault = refused(shop, shop.cs, order)
    assert isinstance(fault, OverLimit)
    assert fault.amount == LEAD + 1


def test_a_batch_leaves_what_one_person_may_not_approve(shop: Shop) -> None:
    small, big, huge = took(shop, worth("1", 7800), worth("2", LEAD + 1), worth("3", TWO))
    mine = shop.store.read_now(queue.clean, shop.cs)
    assert mine.ids == (small.id,)
    assert shop.store.read_now(queue.over, shop.cs) == [big.id, huge.id]
    outcome = shop.do(review.approve_clean, shop.cs, mine.watermark, mine.checksum)
    assert [order.id for order in outcome.approved] == [small.id]
    assert {number: type(fault) for number, fault in outcome.refused.items()} == {"2": OverLimit, "3": OverLimit}
    assert [order.id for order in outcome.left] == [big.id, huge.id]
    assert now(shop, big) == big
    leads = shop.store.read_now(queue.clean, shop.lead)
    assert leads.ids == (big.id,)
    assert shop.store.read_now(queue.over, shop.lead) == [huge.id]
    first = shop.do(review.approve, shop.owner, huge.id, huge.revision)
    outcome = shop.do(review.approve_clean, shop.lead, leads.watermark, leads.checksum)
    assert {number: type(fault) for number, fault in outcome.refused.items()} == {"3": TwoPeople}
    assert now(shop, huge) == first


def test_a_shops_button_approves_only_that_shop(shop: Shop) -> None:
    (here,) = took(shop, worth("1", 7800))
    there = shop.cast.shops[1].id
    shop.do(intake.receive, SHOP, there, [incoming("2")])
    scope = Scope(shop=there)
    shown = shop.store.read_now(queue.clean, shop.cs, scope)
    outcome = shop.do(review.approve_clean, shop.cs, shown.watermark, shown.checksum, None, scope)
    assert [order.number for order in outcome.approved] == ["2"]
    assert now(shop, here) == here


def test_a_person_of_another_shop_is_no_second(shop: Shop) -> None:
    (order,) = took(shop, worth("1", TWO))
    first = shop.do(review.approve, shop.lead, order.id, order.revision)
    there = frozenset({shop.cast.shops[1].id})
    other = shop.do(lambda unit: hire(unit, 8000, "Else", Role.CS_LEAD, shops=there)).acting()
    assert isinstance(refused(shop, other, order), NotAllowed)
    assert now(shop, order) == first
