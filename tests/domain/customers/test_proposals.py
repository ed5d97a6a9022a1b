"""Who is proposed for the blacklist: at the limit, once, and again only when it gets worse (rules.md B14)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customers import blacklist, proposals
from domain.customers.blacklist import Terms
from domain.customers.customer_records import EntryState, Figures, ListLevel, Reason
from domain.customers.proposals import reasons, worse
from domain.floor.parcels import Parcel, ParcelState, Stage, Stop, StopState
from domain.people.people import Role
from domain.policy.policy_sections import Customers
from domain.records import NoticeKind
from storage.unit import Unit
from tests.domain.customers.customer_desk import Shop
from tests.factory import NOW


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The company in memory."""
    made = Shop()
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("figures", "reached"),
    [
        (Figures(paid=5, refunded=3), (Reason.MALICIOUS_REFUND,)),
        (Figures(paid=5, refunded=2), ()),
        (Figures(paid=4, refunded=4), ()),
        (Figures(missing=2), (Reason.EMPTY_PARCEL,)),
        (Figures(missing=1, refusals=2), ()),
        (Figures(refusals=3), (Reason.REFUSED_PARCELS,)),
        (
            Figures(paid=9, refunded=9, missing=9, refusals=9),
            (Reason.EMPTY_PARCEL, Reason.REFUSED_PARCELS, Reason.MALICIOUS_REFUND),
        ),
        (Figures(), ()),
    ],
)
def test_the_limits(figures: Figures, reached: tuple[Reason, ...]) -> None:
    assert reasons(figures, Customers()) == reached


def test_three_refunds_in_five_are_proposed_once_with_their_orders(shop: Shop) -> None:
    shop.bought("1", "2")
    (order, *_) = shop.bought("3", "4", refunded=7800)
    assert shop.do(proposals.tick) == 0
    shop.bought("5", refunded=100)
    assert shop.do(proposals.tick) == 1
    (entry,) = shop.entries(shop.customer(order))
    assert (entry.state, entry.reason, entry.added_by) == (EntryState.PROPOSED, Reason.MALICIOUS_REFUND, "clock")
    assert entry.orders == ("5", "4", "3")
    assert entry.facts == {"paid": 5, "refunded": 3, "percent": 60, "missing": 0, "refusals": 0}
    (told,) = shop.told(NoticeKind.ENTRY)
    assert (told.subject_id, told.chat_id) == (entry.id, shop.cast.people[Role.CS_LEAD].chat_id)
    assert [shop.do(proposals.tick) for _ in range(2)] == [0, 0]
    shop.bought("6", refunded=100)
    assert shop.do(proposals.tick) == 0
    assert shop.entries(shop.customer(order)) == (entry,)
    assert shop.told(NoticeKind.ENTRY) == []


def test_proposals_come_while_there_is_room_the_worst_first(shop: Shop) -> None:
    """Twenty at once; a decision makes room for the next."""
    for buyer in range(22):
        shop.bought(*(f"{buyer}-{n}" for n in range(5)), buyer_id=f"b{buyer}", refunded=1)
    shop.bought(*(f"9{n}" for n in range(9)), buyer_id="worst", refunded=1)
    assert [shop.do(proposals.tick) for _ in range(2)] == [20, 0]
    worst = shop.customer(shop.order("90").id)
    (entry,) = shop.entries(worst)
    assert shop.do(lambda desk: desk.customers.waiting()) == 20
    shop.do(blacklist.dismiss, shop.lead, entry.id, 1)
    assert [shop.do(proposals.tick) for _ in range(2)] == [1, 0]


def test_the_platform_counts_not_the_shop(shop: Shop) -> None:
    shop.bought("1", "2", "3", refunded=1)
    shop.bought("4", "5", shop=1, refunded=1)
    assert shop.do(proposals.tick) == 0


def test_masked_and_untold_buyers_are_nobody(shop: Shop) -> None:
    for buyer in ("", "t**1"):
        shop.bought(*(f"{buyer}{n}" for n in range(6)), buyer_id=buyer, refunded=1)
    assert shop.do(proposals.tick) == 0


def test_a_dismissed_customer_rests_until_it_gets_worse(shop: Shop) -> None:
    (order, *_) = shop.bought(*"12345", refunded=1)
    shop.do(proposals.tick)
    customer = shop.customer(order)
    (entry,) = shop.entries(customer)
    shop.bought("6", refunded=1)
    shop.do(blacklist.dismiss, shop.lead, entry.id, 1)
    assert shop.do(proposals.tick) == 0
    shop.bought("7")
    assert shop.do(proposals.tick) == 0
    shop.bought("8", "9", refunded=1)
    assert shop.do(proposals.tick) == 0
    shop.came_back(order, missing=2)
    shop.came_back(order, missing=1, waybill="X")
    assert shop.do(proposals.tick) == 1
    assert [e.state for e in shop.entries(customer)] == [EntryState.PROPOSED, EntryState.DISMISSED]
    assert shop.entries(customer)[0].reason is Reason.EMPTY_PARCEL


def test_new_refunds_at_a_lower_rate_count_when_they_reach_the_limit_by_themselves(shop: Shop) -> None:
    (order, *_) = shop.bought(*"12345", refunded=1)
    shop.do(proposals.tick)
    (entry,) = shop.entries(shop.customer(order))
    shop.do(blacklist.dismiss, shop.lead, entry.id, 1)
    shop.bought("6", "7", refunded=1)
    shop.bought("8", "9")
    assert shop.do(proposals.tick) == 0
    shop.bought("10", refunded=1)
    assert shop.do(proposals.tick) == 1


def test_who_is_held_is_not_proposed_and_who_was_lifted_rests(shop: Shop) -> None:
    (order, *_) = shop.bought(*"12345", refunded=1)
    customer = shop.customer(order)
    terms = Terms(ListLevel.HOLD, 0)
    entry, _ = shop.do(blacklist.add, shop.lead, customer.id, 1, Reason.OTHER, terms, "seen")
    shop.bought("6", refunded=1)
    assert shop.do(proposals.tick) == 0
    shop.do(blacklist.lift, shop.lead, entry.id, 1, "settled")
    assert shop.do(proposals.tick) == 0
    shop.bought("7", refunded=1)
    assert shop.do(proposals.tick) == 1


def test_a_warned_customer_is_proposed_when_it_gets_worse(shop: Shop) -> None:
    (order, *_) = shop.bought(*"12345", refunded=1)
    customer = shop.customer(order)
    shop.do(blacklist.add, shop.lead, customer.id, 1, Reason.OTHER, Terms(ListLevel.WARN, 0), "seen")
    assert shop.do(proposals.tick) == 0
    shop.bought("6", refunded=1)
    assert shop.do(proposals.tick) == 1


def test_refused_parcels_count_and_recalled_ones_do_not(shop: Shop) -> None:
    """Both come back under our own number; what we called back is not the buyer's refusal."""
    orders = shop.bought("1", "2", "3", "4")

    def came(desk: Unit, order_id: int) -> int:
        (parcel_id,) = desk.parcels.next_ids(1)
        box = Parcel(parcel_id, ParcelState.HANDED_OVER, shop.cast.shops[0].id)
        desk.parcels.add([box])
        return parcel_id

    boxes = [shop.do(came, order) for order in orders]
    for order, box in zip(orders, boxes, strict=True):
        shop.came_back(order, parcel_id=box, reason="refused")
    recalled = Stop(0, boxes[0], orders[0], StopState.TOO_LATE, Stage.IN_TRANSIT, NOW, "x")
    shop.do(lambda desk: desk.stops.add(recalled))
    shop.do(lambda desk: desk.stops.add(replace(recalled, parcel_id=boxes[1], order_id=orders[1])))
    assert shop.do(proposals.tick) == 0
    (more,) = shop.bought("5")
    shop.came_back(more, parcel_id=shop.do(came, more), reason="refused")
    assert shop.do(proposals.tick) == 1
    (entry,) = shop.entries(shop.customer(more))
    assert (entry.reason, entry.orders) == (Reason.REFUSED_PARCELS, ("5", "4", "3"))


@given(*(st.integers(0, 50) for _ in range(4)))
def test_nothing_is_worse_than_itself(paid: int, refunded: int, missing: int, refusals: int) -> None:
    facts = Figures(paid=paid, refunded=min(paid, refunded), missing=missing, refusals=refusals).facts()
    assert not any(worse(reason, facts, facts, Customers()) for reason in Reason)
