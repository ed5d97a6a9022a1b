"""Intake: news is taken over once, old news not at all, and lines find their order in whichever file they come."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.intake import intake
from domain.intake.incoming import IncomingOrder, IncomingRefund, PlatformState, Receiver, RefundState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP
from domain.review.holds import HoldCode, open_codes
from storage.store import Store
from tests import factory
from tests.factory import NOW, incoming, incoming_line
from tests.filled import filled

CUPS, TEA = incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900)


@dataclass
class Desk:
    """The first shop of the seeded company."""

    store: Store
    shop: int

    def receive(self, *batch: IncomingOrder) -> Counter[str]:
        """What became of so many orders."""
        return Counter(self.store.run_now(intake.receive, SHOP, self.shop, batch).values())

    def order(self, number: str = "1001") -> Order:
        return self.store.read_now(lambda desk: desk.orders.by_number(self.shop, [number])[number])


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = Store("sqlite:///:memory:", now=lambda: NOW)
    cast = filled(store, factory.seed)
    yield Desk(store, cast.shops[0].id)
    store.close()


def test_news_of_an_order_and_a_new_one_it_travels_with_come_in_one_batch(desk: Desk) -> None:
    """The new one changes how the known one travels, whose news is taken from what was read before."""
    assert desk.receive(incoming("1", buyer_id="b")) == {"new": 1}
    news = incoming("1", buyer_id="b", lines=(CUPS, TEA))
    assert desk.receive(incoming("2", buyer_id="b"), news) == {"changed": 1, "new": 1}
    known, new = desk.order("1"), desk.order("2")
    assert [line.sku for line in known.lines] == ["CUP-01", "TEA-01"]
    ((box,),) = desk.store.read_now(lambda unit: unit.parcels.of_orders([new.id])).values()
    assert box.order_ids == (known.id, new.id)


def test_the_same_news_twice_changes_nothing(desk: Desk) -> None:
    assert desk.receive(incoming()) == {"new": 1}
    before = desk.order()
    assert desk.receive(replace(incoming(), row=9, raw="another file")) == {"unchanged": 1}
    assert desk.order() == before


def test_a_detail_list_that_comes_first_waits_for_its_order(desk: Desk) -> None:
    details = replace(incoming(paid=0, total=0), lines=(CUPS, TEA), fragment=True)
    assert desk.receive(details) == {"waiting": 1}
    assert desk.receive(incoming(lines=())) == {"new": 1}
    assert [(line.sku, line.quantity) for line in desk.order().lines] == [("CUP-01", 2), ("TEA-01", 1)]


def test_a_detail_list_that_comes_later_takes_the_hold_away(desk: Desk) -> None:
    desk.receive(incoming(lines=()))
    assert open_codes(desk.order().holds) == (HoldCode.NO_ITEMS,)
    assert desk.receive(replace(incoming(), lines=(CUPS,), fragment=True)) == {"changed": 1}
    assert open_codes(desk.order().holds) == ()


def test_a_refund_that_only_the_detail_list_tells_is_not_lost(desk: Desk) -> None:
    asked = IncomingRefund("1001:file:open", RefundState.REQUESTED, 7800, (CUPS.external_id,))
    details = replace(incoming(), lines=(CUPS,), refunds=(asked,), fragment=True)
    assert desk.receive(incoming(lines=()), details) == {"new": 1}
    assert open_codes(desk.order().holds) == (HoldCode.REFUND_REQ,)


def test_an_older_payload_changes_nothing(desk: Desk) -> None:
    desk.receive(incoming(updated_at=NOW))
    before = desk.order()
    late = incoming(updated_at=NOW - timedelta(minutes=1), buyer_message="old")
    assert desk.receive(late) == {"unchanged": 1}
    assert desk.order() == before


def test_a_paid_order_does_not_become_unpaid(desk: Desk) -> None:
    desk.receive(incoming())
    assert desk.receive(incoming(state=PlatformState.UNPAID, paid=0, paid_at=None)) == {"unchanged": 1}
    assert (desk.order().status, desk.order().paid) == (OrderStatus.REVIEW, 7800)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (PlatformState.UNPAID, OrderStatus.UNPAID),
        (PlatformState.SHIPPED, OrderStatus.ELSEWHERE),
        (PlatformState.DONE, OrderStatus.ELSEWHERE),
        (PlatformState.CLOSED, OrderStatus.CANCELLED),
    ],
)
def test_what_needs_no_review_does_not_get_there(desk: Desk, state: PlatformState, status: OrderStatus) -> None:
    desk.receive(incoming(state=state))
    assert desk.order().status is status


def test_lines_keep_their_number_when_the_platform_adds_one_in_front(desk: Desk) -> None:
    desk.receive(incoming(lines=(CUPS, TEA)))
    desk.receive(incoming(lines=(incoming_line("CUP-02", 1), CUPS, TEA)))
    lines = [(line.line_no, line.sku) for line in desk.order().lines]
    assert lines == [(1, "CUP-01"), (2, "TEA-01"), (3, "CUP-02")]


def test_a_number_a_box_knows_never_means_other_goods(desk: Desk) -> None:
    """The tea is refunded, put back and told no more; the cup that comes then is not what was refunded."""
    desk.receive(incoming(lines=(CUPS, TEA)))
    refund = IncomingRefund("R1", RefundState.SUCCESS, 5900, ("L-TEA-01",))
    desk.receive(incoming(lines=(CUPS, TEA), refunds=(refund,)))
    desk.receive(incoming(lines=(CUPS,)))
    desk.receive(incoming(lines=(CUPS, incoming_line("CUP-02", 1))))
    assert [(line.line_no, line.sku, line.refund) for line in desk.order().lines] == [
        (1, "CUP-01", RefundState.NONE),
        (3, "CUP-02", RefundState.NONE),
    ]


def test_an_address_in_one_string_fills_the_fields(desk: Desk) -> None:
    told = factory.receiver(province="", city="", district="", address="浙江杭州西湖区文三路 1 号 2 单元 303")
    desk.receive(incoming(receiver=told))
    assert desk.order().receiver == factory.receiver()
    assert open_codes(desk.order().holds) == ()


def test_the_same_address_told_again_is_no_change(desk: Desk) -> None:
    told = factory.receiver(province="", city="", district="", address="浙江杭州西湖区文三路 1 号 2 单元 303")
    desk.receive(incoming(receiver=told))
    before = desk.order()
    assert desk.receive(replace(incoming(receiver=told), raw="another file")) == {"unchanged": 1}
    assert desk.order() == before


def test_a_hidden_address_is_left_as_told(desk: Desk) -> None:
    told = factory.receiver(name="张*", phone="138****1234", district="", address="西湖区文三路", masked=True)
    desk.receive(incoming(receiver=told))
    assert desk.order().receiver == told


def test_an_order_from_before_fields_were_filled_is_not_called_changed(desk: Desk) -> None:
    told = factory.receiver(province="", city="", district="", address="浙江杭州西湖区文三路 1 号 2 单元 303")
    desk.receive(incoming(receiver=told))
    approved = replace(desk.order(), receiver=told, fingerprint="before:before", status=OrderStatus.RELEASED)
    desk.store.run_now(lambda unit: unit.orders.save([approved]))
    assert desk.receive(incoming(receiver=told)) == {"changed": 1}
    assert desk.order().receiver == factory.receiver()
    assert open_codes(desk.order().holds) == ()


def told(*refunds: IncomingRefund) -> IncomingOrder:
    """A line of an after-sale list: refunds and nothing else."""
    return replace(incoming(paid=0, total=0), lines=(), refunds=refunds, fragment=True)


BACK = IncomingRefund("7300", RefundState.SUCCESS, 7800, (CUPS.external_id,))
ASKED = replace(BACK, state=RefundState.REQUESTED)


def test_a_refund_that_comes_before_its_order_waits_for_it(desk: Desk) -> None:
    assert desk.receive(told(ASKED)) == {"waiting": 1}
    assert desk.receive(incoming(lines=(CUPS,))) == {"new": 1}
    assert open_codes(desk.order().holds) == (HoldCode.REFUND_REQ,)
    assert desk.receive(incoming(lines=(CUPS,))) == {"unchanged": 1}
    assert desk.receive(told(ASKED)) == {"unchanged": 1}


def test_a_whole_refund_that_comes_first_cancels_the_order_on_arrival(desk: Desk) -> None:
    desk.receive(told(BACK))
    desk.receive(incoming(lines=(CUPS,)))
    assert (desk.order().status, desk.order().refunded) == (OrderStatus.CANCELLED, 7800)


def test_lines_and_refunds_wait_together_and_the_last_word_counts(desk: Desk) -> None:
    desk.receive(told(ASKED))
    desk.receive(replace(incoming(paid=0, total=0), lines=(CUPS, TEA), fragment=True))
    desk.receive(told(replace(ASKED, state=RefundState.CANCELLED)))
    assert desk.receive(incoming(lines=())) == {"new": 1}
    assert ([line.external_id for line in desk.order().lines], open_codes(desk.order().holds)) == (
        [CUPS.external_id, TEA.external_id],
        (),
    )


def test_a_refund_told_alone_reaches_an_order_we_have_once(desk: Desk) -> None:
    desk.receive(incoming(lines=(CUPS,)))
    assert desk.receive(told(ASKED)) == {"changed": 1}
    before = desk.order()
    assert (open_codes(before.holds), len(before.lines)) == ((HoldCode.REFUND_REQ,), 1)
    assert desk.receive(told(ASKED)) == {"unchanged": 1}
    assert desk.order() == before
    assert desk.receive(told(BACK)) == {"changed": 1}
    assert desk.order().status is OrderStatus.CANCELLED


def test_a_report_without_money_or_receiver_takes_neither_away(desk: Desk) -> None:
    desk.receive(incoming())
    before = desk.order()
    bare = incoming(goods=0, total=0, paid=0, receiver=Receiver(country="CN", city="杭州市"), seller_note="again")
    assert desk.receive(bare) == {"changed": 1}
    after = desk.order()
    assert (after.paid, after.total, after.receiver) == (before.paid, before.total, before.receiver)
    assert (after.seller_note, open_codes(after.holds)) == ("again", (HoldCode.SELLER_NOTE,))


def test_lines_of_orders_that_travel_together_come_in_one_file(desk: Desk) -> None:
    """The lines of the first plan both into one parcel, which changes the second before its own lines are read."""
    numbers = ("1001", "1002", "1003")
    desk.receive(*(incoming(number=number, buyer_id="one", lines=()) for number in numbers))
    details = [
        replace(incoming(number=number, buyer_id="one"), lines=(replace(CUPS, quantity=n),), fragment=True)
        for n, number in enumerate(numbers, 1)
    ]
    assert desk.receive(*details) == {"changed": 3}
    assert [desk.order(number).lines[0].quantity for number in numbers] == [1, 2, 3]
    assert [HoldCode.NO_ITEMS in open_codes(desk.order(number).holds) for number in numbers] == [False] * 3
    assert desk.receive(*details) == {"unchanged": 3}


def test_orders_that_travel_together_arrive_with_their_refunds(desk: Desk) -> None:
    """The refund of the first takes it out of their parcel, which changes the second before its own is read."""
    numbers = ("1001", "1002", "1003")
    told = [
        incoming(
            number=number,
            buyer_id="one",
            lines=(replace(CUPS, quantity=n),),
            refunds=(IncomingRefund(f"R{number}", RefundState.REQUESTED, 7800),),
        )
        for n, number in enumerate(numbers, 1)
    ]
    assert desk.receive(*told) == {"new": 3}
    assert [HoldCode.REFUND_REQ in open_codes(desk.order(number).holds) for number in numbers] == [True] * 3
