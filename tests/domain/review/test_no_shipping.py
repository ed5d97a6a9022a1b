"""Lines that need no shipping are paid for, refunded and counted like any other, and never picked or waited for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeldOrder, HoldNotReleasable, NotAllowed, ReasonNeeded, Stale, WrongStatus
from domain.finance.day_costs import goods_costs
from domain.floor.parcels import ParcelState
from domain.intake.incoming import IncomingLine, PlatformState, Receiver, RefundState
from domain.orders import parts
from domain.orders.catalog import Sku
from domain.orders.orders import OrderStatus, Virtual
from domain.people.people import Role, Station
from domain.planning.splitting import items_of, shares
from domain.review import completing, review
from domain.review.holds import HoldCode, open_codes
from domain.review.screening import wanted
from domain.stock.selling import sellable
from tests.domain.house import House
from tests.domain.review.test_screening import ORDER
from tests.factory import incoming_line, line

CUPS = incoming_line("CUP-01", 2)
CARD = IncomingLine("L-CARD", "Gift card", 1, unit_price=5000, amount=5000, virtual=True)
EXTRA = IncomingLine("L-EXTRA", "补差价专用链接", 300, unit_price=1, amount=300)
PAID = 12_800
POSTAGE = Sku("POSTAGE", "", "补差价", 0, 0, 1, traits=frozenset({"virtual"}))
BOTH = {"lines": (CUPS, CARD), "goods": PAID, "total": PAID, "paid": PAID}
ALONE = {"lines": (CARD,), "goods": 5000, "total": 5000, "paid": 5000}


def linked(house: House, *traits: str) -> None:
    """The shop's link for a price difference means a product of its own."""
    shop = house.cast.shops[0].id
    house.run(lambda desk: desk.catalog_admin.put_skus([replace(POSTAGE, traits=frozenset(traits))]))
    house.run(lambda desk: desk.catalog_admin.put_aliases({(shop, EXTRA.title): "POSTAGE"}))


def complete(house: House, role: Role = Role.CS, reason: str = "emailed") -> None:
    order = house.order
    house.run(completing.complete, house.cast.actor(role), order.id, order.revision, reason)


def test_beside_goods_it_holds_nothing_and_lies_in_no_box(house: House) -> None:
    house.receive(**BOTH)
    assert (open_codes(house.order.holds), wanted(house.order)) == ((), {"CUP-01": 2})
    house.approve()
    assert [(item.sku, item.quantity) for item in house.parcel.items] == [("CUP-01", 2)]
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 0}
    paid = shares(house.order)
    assert (sum(paid.values()), paid[1], house.parcel.items[0].paid) == (PAID, 7800, 7800)


def test_the_order_is_shipped_when_its_goods_are(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER, **BOTH)
    assert (house.order.status, len(house.parcels)) == (OrderStatus.SHIPPED, 1)


def test_alone_it_waits_for_a_person_and_nobody_approves_it(house: House) -> None:
    house.receive(**ALONE)
    (hold,) = house.order.holds
    assert (hold.code, dict(hold.evidence)) == (HoldCode.NO_SHIPPING, {"lines": "1", "first": "Gift card"})
    before = house.order
    with pytest.raises(HeldOrder):
        house.approve()
    for role in (Role.CS, Role.CS_LEAD):
        with pytest.raises(HoldNotReleasable):
            house.run(review.release_hold, house.cast.actor(role), before.id, before.revision, HoldCode.NO_SHIPPING)
    assert (house.order, house.parcels) == (before, ())


def test_it_is_asked_for_no_address(house: House) -> None:
    nowhere = Receiver(country="")
    house.receive(**ALONE, receiver=nowhere)
    assert open_codes(house.order.holds) == (HoldCode.NO_SHIPPING,)
    house.receive(**BOTH, receiver=nowhere)
    assert HoldCode.ADDR_INVALID in open_codes(house.order.holds)


def test_a_person_says_that_it_is_done(house: House) -> None:
    house.receive(**ALONE)
    complete(house)
    order = house.order
    assert (order.status, order.reason, order.held) == (OrderStatus.ELSEWHERE, "emailed", False)
    assert (order.paid, order.refunded, house.parcels, house.reserved()) == (5000, 0, (), {"CUP-01": 0, "TEA-01": 0})
    last = house.store.read_now(lambda desk: desk.history("order", order.id, 1))[0]
    assert (last.verb, last.reason) == ("completed", "emailed")
    with pytest.raises(WrongStatus):
        complete(house)
    assert house.order == order


@pytest.mark.parametrize(("role", "reason", "fault"), [(Role.PICKER, "done", NotAllowed), (Role.CS, " ", ReasonNeeded)])
def test_who_may_not_or_says_no_reason_changes_nothing(
    house: House, role: Role, reason: str, fault: type[Exception]
) -> None:
    house.receive(**ALONE)
    before = house.order
    with pytest.raises(fault):
        complete(house, role, reason)
    assert house.order == before


def test_an_order_with_goods_to_send_is_not_done_by_a_tap(house: House) -> None:
    house.receive(**BOTH)
    before = house.order
    assert not completing.completable(before)
    with pytest.raises(Stale):
        complete(house)
    assert (house.order, len(house.parcels)) == (before, 1)


@pytest.mark.parametrize("state", [PlatformState.SHIPPED, PlatformState.DONE])
def test_the_platform_ends_it_too(house: House, state: PlatformState) -> None:
    """Shopify delivers gift cards itself, and says so a moment later."""
    house.receive(**ALONE)
    house.receive(**ALONE, state=state)
    assert (house.order.status, house.order.held, house.parcels) == (OrderStatus.ELSEWHERE, False, ())


def test_with_goods_to_send_shipped_on_the_platform_is_a_hold_as_ever(house: House) -> None:
    house.receive(**BOTH)
    house.receive(**BOTH, state=PlatformState.SHIPPED)
    told = (house.order.status, open_codes(house.order.holds))
    assert told == (OrderStatus.REVIEW, (HoldCode.PLATFORM_SHIPPED,))


def test_a_product_of_ours_may_be_no_goods(house: House) -> None:
    linked(house, "virtual")
    house.receive(lines=(CUPS, EXTRA), goods=8100, total=8100, paid=8100)
    assert [(one.sku, one.virtual) for one in house.order.lines] == [
        ("CUP-01", Virtual.NO),
        ("POSTAGE", Virtual.PRODUCT),
    ]
    assert open_codes(house.order.holds) == ()
    assert "POSTAGE" not in house.store.read_now(lambda desk: sellable(desk, None))
    linked(house)
    house.receive(lines=(CUPS, EXTRA), goods=8100, total=8100, paid=8100, buyer_id="other")
    assert HoldCode.OUT_OF_STOCK in open_codes(house.order.holds)
    assert "POSTAGE" in house.store.read_now(lambda desk: sellable(desk, None))


def test_a_link_without_a_product_waits_for_the_buyer_as_ever(house: House) -> None:
    house.receive(lines=(CUPS, EXTRA), goods=8100, total=8100, paid=8100)
    assert HoldCode.SKU_UNMATCHED in open_codes(house.order.holds)


@pytest.mark.parametrize("state", [ParcelState.READY, ParcelState.PICKED, ParcelState.PACKED])
def test_news_of_an_order_that_was_decided_forget_no_product_of_ours(house: House, state: ParcelState) -> None:
    linked(house, "virtual")
    house.bring_to(state, lines=(CUPS, EXTRA), goods=8100, total=8100, paid=8100)
    house.receive(lines=(CUPS, EXTRA), goods=8100, total=8100, paid=8100, buyer_id="other")
    assert (house.order.lines[1].virtual, open_codes(house.order.holds)) == (Virtual.PRODUCT, ())


@pytest.mark.parametrize("state", [ParcelState.READY, ParcelState.PICKED, ParcelState.PACKED])
def test_goods_that_come_to_need_no_shipping_hold_the_order(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    told = house.told()
    house.receive(lines=(told.lines[0], replace(told.lines[1], virtual=True)))
    assert HoldCode.GOODS_CHANGED in open_codes(house.order.holds)


def test_its_refund_stops_no_box(house: House) -> None:
    house.bring_to(ParcelState.PACKED, **BOTH)
    house.refund(RefundState.SUCCESS, 5000, "CARD")
    order = house.order
    assert [(one.dropped, one.refunded) for one in order.lines] == [(False, 0), (True, 5000)]
    assert (order.refunded, house.stops, house.parcel.blocked, open_codes(order.holds)) == (5000, (), False, ())
    house.refund(RefundState.CANCELLED, 5000, "CARD")
    assert (house.order.refunded, open_codes(house.order.holds)) == (0, ())
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok


def test_when_all_goods_are_refunded_the_rest_is_not_cancelled(house: House) -> None:
    house.receive(**BOTH)
    house.refund(RefundState.SUCCESS, 7800, "CUP-01")
    order = house.order
    assert (order.status, open_codes(order.holds)) == (OrderStatus.REVIEW, (HoldCode.NO_SHIPPING,))
    assert (order.paid - order.refunded, house.parcels[0].state) == (5000, ParcelState.CANCELLED)
    house.refund(RefundState.SUCCESS, 5000, "CARD", number="R2")
    assert (house.order.status, house.order.refunded) == (OrderStatus.CANCELLED, PAID)


@pytest.mark.parametrize("state", [ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED])
def test_goods_put_back_leave_what_was_paid_for_besides_with_a_person(house: House, state: ParcelState) -> None:
    house.bring_to(state, **BOTH)
    house.refund(RefundState.SUCCESS, 7800, "CUP-01")
    assert house.scan(Station.PUT_BACK).ok
    order = house.order
    assert (order.status, open_codes(order.holds)) == (OrderStatus.REVIEW, (HoldCode.NO_SHIPPING,))
    assert (order.paid - order.refunded, order.decided_by, house.parcel.state) == (5000, "", ParcelState.CANCELLED)
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}
    complete(house)
    assert (house.order.status, house.order.refunded) == (OrderStatus.ELSEWHERE, 7800)


def test_goods_put_back_and_wanted_again_are_planned_anew(house: House) -> None:
    house.bring_to(ParcelState.PICKED, **BOTH)
    house.refund(RefundState.SUCCESS, 7800, "CUP-01")
    assert house.scan(Station.PUT_BACK).ok
    house.refund(RefundState.CANCELLED, 7800, "CUP-01")
    assert (house.order.status, house.order.refunded, open_codes(house.order.holds)) == (OrderStatus.REVIEW, 0, ())
    assert [(box.state, [item.sku for item in box.live_items]) for box in house.parcels][-1] == (
        ParcelState.PLANNED,
        ["CUP-01"],
    )


def test_all_of_it_refunded_on_the_floor_is_cancelled_as_ever(house: House) -> None:
    house.bring_to(ParcelState.PACKED, **BOTH)
    house.refund(RefundState.SUCCESS, PAID)
    assert house.scan(Station.PUT_BACK).ok
    assert (house.order.status, house.order.refunded) == (OrderStatus.CANCELLED, PAID)


def test_a_whole_refund_that_is_withdrawn_brings_it_back(house: House) -> None:
    house.receive(**ALONE)
    house.refund(RefundState.SUCCESS, 5000)
    assert house.order.status is OrderStatus.CANCELLED
    house.refund(RefundState.CANCELLED, 5000)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.REVIEW, (HoldCode.NO_SHIPPING,))


def test_people_pay_it_back_like_any_line(house: House) -> None:
    house.receive(**BOTH)
    refund = parts.of_units(house.order, {2: 0})
    assert (refund.amount, refund.line_ids, refund.units) == (5000, ("L-CARD",), (1,))


def test_it_never_costs_goods(house: House) -> None:
    linked(house, "virtual")
    house.run(lambda desk: desk.catalog_admin.put_skus([replace(POSTAGE, cost=7)]))
    house.receive(lines=(EXTRA,), goods=300, total=300, paid=300)
    order = house.order
    assert order.lines[0].virtual is Virtual.PRODUCT
    (cost,) = house.store.read_now(lambda desk: goods_costs(desk, [order])).values()
    assert (cost.amount, cost.basis) == (0, None)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.booleans(), st.booleans()), min_size=1, max_size=8),
    st.integers(0, 10**7),
)
def test_the_money_of_the_boxes_and_of_the_rest_is_what_was_paid(told: list[tuple[int, bool, bool]], paid: int) -> None:
    lines = tuple(
        line(number, amount=amount, dropped=dropped, virtual=Virtual.TOLD if virtual else Virtual.NO)
        for number, (amount, dropped, virtual) in enumerate(told, 1)
    )
    order = replace(ORDER, lines=lines, paid=paid)
    inside = {item.line_no: item.paid for item in items_of(order)}
    rest = {number: part for number, part in shares(order).items() if number not in inside}
    assert sum(inside.values()) + sum(rest.values()) == paid
    assert inside.keys() == {one.line_no for one in lines if one.ships}
    assert min([0, *inside.values(), *rest.values()]) == 0
