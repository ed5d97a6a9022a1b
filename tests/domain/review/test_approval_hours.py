"""Approval hours at the tap: to the minute, whether the clock has looked or not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import HeldOrder, OutsideHours
from domain.intake import intake
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice, Screening
from domain.review import looking, queue, review
from domain.review.holds import HoldCode, open_codes
from tests.domain.customers.customer_desk import Shop
from tests.factory import incoming

HOURS = "08:00-18:00"
CLOSING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
OPENING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    chosen = replace(Policy(), screening=Screening(hours=HOURS))
    made.do(lambda unit: unit.catalog_admin.put_policy(chosen, "test"))
    return made


def took(shop: Shop, *numbers: str, **terms: object) -> list[Order]:
    here = shop.cast.shops[0].id
    news = [incoming(number, buyer_id=number, **terms) for number in numbers]
    shop.do(intake.receive, SHOP, here, news)
    found = shop.store.read_now(lambda desk: desk.orders.by_number(here, list(numbers)))
    return [found[number] for number in numbers]


def now(shop: Shop, order: Order) -> Order:
    return shop.store.read_now(lambda desk: desk.orders.get(order.id))


def at(shop: Shop, moment: datetime) -> None:
    shop.later(seconds=(moment - shop.time).total_seconds())


def test_a_tap_in_the_last_second_approves_and_one_at_the_end_does_not(shop: Shop) -> None:
    first, second = took(shop, "1", "2")
    at(shop, CLOSING - timedelta(seconds=1))
    shop.do(review.approve, shop.cs, first.id, first.revision)
    at(shop, CLOSING)
    with pytest.raises(OutsideHours) as caught:
        shop.do(review.approve, shop.cs, second.id, second.revision)
    assert (caught.value.order, caught.value.hours, caught.value.opens) == ("2", HOURS, OPENING)
    assert now(shop, second) == second
    assert now(shop, first).status is OrderStatus.APPROVED


def test_a_tap_at_the_opening_approves_before_the_clock_has_looked(shop: Shop) -> None:
    (order,) = took(shop, "1")
    at(shop, CLOSING)
    shop.do(looking.look_again)
    held = now(shop, order)
    assert open_codes(held.holds) == (HoldCode.TIME_WINDOW,)
    at(shop, OPENING - timedelta(seconds=1))
    with pytest.raises(OutsideHours):
        shop.do(review.approve, shop.cs, order.id, held.revision)
    at(shop, OPENING)
    assert shop.do(review.approve, shop.cs, order.id, held.revision).status is OrderStatus.APPROVED


def test_a_batch_after_the_end_holds_them_all_and_says_until_when(shop: Shop) -> None:
    orders = took(shop, "1", "2")
    at(shop, CLOSING)
    shown = shop.store.read_now(queue.clean, shop.cs)
    outcome = shop.do(review.approve_clean, shop.cs, shown.watermark, shown.checksum)
    assert outcome.approved == ()
    assert {number: why.opens for number, why in outcome.refused.items() if isinstance(why, OutsideHours)} == {
        "1": OPENING,
        "2": OPENING,
    }
    assert [open_codes(now(shop, order).holds) for order in orders] == [(HoldCode.TIME_WINDOW,)] * 2


def test_whoever_releases_the_hold_approves_outside_the_hours(shop: Shop) -> None:
    (order,) = took(shop, "1")
    at(shop, CLOSING)
    shop.do(looking.look_again)
    held = now(shop, order)
    done = shop.do(review.release_and_approve, shop.cs, order.id, held.revision)
    assert done.status is OrderStatus.APPROVED


def test_a_first_yes_of_two_counts_at_the_opening_too(shop: Shop) -> None:
    chosen = Policy(screening=Screening(hours=HOURS), holds={HoldCode.AMOUNT_RANGE: HoldChoice(on=False)})
    shop.do(lambda unit: unit.catalog_admin.put_policy(chosen, "test"))
    (order,) = took(shop, "1", paid=1_000_000, total=1_000_000)
    at(shop, CLOSING)
    shop.do(looking.look_again)
    at(shop, OPENING)
    first = shop.do(review.approve, shop.lead, order.id, now(shop, order).revision)
    assert (first.status, first.first_approver, first.held) == (OrderStatus.REVIEW, shop.lead.person_id, False)


def test_other_reasons_are_told_beside_the_hours(shop: Shop) -> None:
    (order,) = took(shop, "1", buyer_message="x")
    at(shop, CLOSING)
    with pytest.raises(HeldOrder) as caught:
        shop.do(review.approve, shop.cs, order.id, order.revision)
    assert caught.value.codes == (HoldCode.MESSAGE, HoldCode.TIME_WINDOW)
    assert now(shop, order) == order
