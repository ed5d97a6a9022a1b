"""What one command cannot screen at once the clock looks at in the next moments, and the command says how many."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.customers import blacklist
from domain.customers.blacklist import Screened, Terms
from domain.customers.customer_records import KeyKind, ListLevel, Reason
from domain.errors import UndoTooLate
from domain.orders import corrections
from domain.orders.orders import OrderStatus
from domain.policy.policy import Policy, document_of
from domain.review import looking, review, undoing
from domain.review.holds import HoldCode
from storage.unit import Unit
from tests.domain.customers.customer_desk import Shop
from tests.factory import incoming_line

NUMBERS = ("1", "2", "3", "4", "5")
ALL_FREE = dict.fromkeys(NUMBERS, ())


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A company where one command screens two orders."""
    made = Shop()
    policy = replace(Policy(), batch_limit=2)
    made.do(Unit.keep_policy, policy, "boss", document_of(policy))
    yield made
    made.store.close()


def holds(shop: Shop) -> dict[str, tuple[HoldCode, ...]]:
    return {number: shop.held(number) for number in NUMBERS}


def new_things(shop: Shop) -> None:
    """Five orders of a product nobody knows, of five buyers."""
    for number in NUMBERS:
        shop.receive(number, buyer_id=f"b{number}", lines=(incoming_line("NEW", 1),))


def test_a_matched_product_frees_who_waits_for_it(shop: Shop) -> None:
    new_things(shop)
    order = shop.order("5")
    matched, left = shop.do(corrections.match_sku, shop.cs, order.id, order.revision, 1, "CUP-01")
    waits = (HoldCode.SKU_UNMATCHED,)
    assert (left, matched) == (2, shop.order("5"))
    assert holds(shop) == {"1": (), "2": (), "3": waits, "4": waits, "5": ()}
    assert shop.do(looking.look_again) == 2
    assert holds(shop) == ALL_FREE
    assert shop.do(looking.look_again) == 0


def test_nobody_is_left_where_all_are_screened_at_once(shop: Shop) -> None:
    shop.receive("1", lines=(incoming_line("NEW", 1),))
    order = shop.order("1")
    assert shop.do(corrections.match_sku, shop.cs, order.id, order.revision, 1, "CUP-01")[1] == 0
    assert shop.do(looking.look_again) == 0


def test_who_waits_for_another_product_keeps_waiting(shop: Shop) -> None:
    shop.receive("1", buyer_id="b1", lines=(incoming_line("OTHER", 1),))
    shop.receive("2", buyer_id="b2", lines=(incoming_line("NEW", 1),))
    order, other = shop.order("2"), shop.order("1")
    shop.do(corrections.match_sku, shop.cs, order.id, order.revision, 1, "CUP-01")
    assert (shop.held("2"), shop.order("1")) == ((), other)


def test_a_lifted_entry_frees_the_orders_it_held(shop: Shop) -> None:
    orders = shop.receive(*NUMBERS)
    customer = shop.customer(orders[0].id)
    terms = Terms(ListLevel.HOLD, 0)
    entry, found = shop.do(blacklist.add, shop.lead, customer.id, 1, Reason.OTHER, terms, "x")
    listed = (HoldCode.BLACKLIST,)
    assert (found, holds(shop)) == (Screened(5), dict.fromkeys(NUMBERS, listed))
    _, left = shop.do(blacklist.lift, shop.lead, entry.id, 1, "settled")
    assert (left, holds(shop)) == (3, {"1": (), "2": (), "3": listed, "4": listed, "5": listed})
    assert shop.do(looking.look_again) == 3
    assert holds(shop) == ALL_FREE


def test_an_entry_that_is_about_more_than_one_command_can_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest orders at once, then everybody in review by the clock."""
    monkeypatch.setattr(blacklist, "_MANY", 2)
    orders = [shop.receive(number, buyer_id=f"b{number}")[0] for number in NUMBERS]
    customer = shop.customer(orders[0].id)
    terms = Terms(ListLevel.HOLD, 0, frozenset({KeyKind.PHONE}))
    _, found = shop.do(blacklist.add, shop.lead, customer.id, 1, Reason.OTHER, terms, "x")
    listed = (HoldCode.BLACKLIST,)
    assert (found, holds(shop)) == (Screened(2, 3), {"1": listed, "2": listed, "3": (), "4": (), "5": ()})
    assert shop.do(looking.look_again) == 3
    assert holds(shop) == dict.fromkeys(NUMBERS, listed)


def test_a_batch_is_taken_back_whoever_else_approves(shop: Shop) -> None:
    orders = [order for n in NUMBERS for order in shop.receive(n, buyer_id=f"b{n}")]
    for order in orders[:-1]:
        shop.do(review.approve, shop.lead, order.id, order.revision)
    shop.later(seconds=1)
    done = shop.do(review.approve, shop.cs, orders[-1].id, orders[-1].revision)
    assert done.decided_at is not None
    assert shop.do(undoing.undo_many, shop.cs, done.decided_at) == 1
    now = shop.store.read_now(lambda desk: list(desk.orders.many([one.id for one in orders]).values()))
    assert [one.status for one in now] == [OrderStatus.APPROVED] * 4 + [OrderStatus.REVIEW]
    with pytest.raises(UndoTooLate):
        shop.do(undoing.undo_many, shop.cs, done.decided_at)
