"""Merged and divided orders in the real store: approved, stopped, taken apart and shipped as their goods are."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.errors import BadValue, Unknown, WrongStatus
from domain.floor.parcels import IN_HOUSE, ParcelState, StopState
from domain.intake.incoming import IncomingOrder, PlatformState
from domain.orders.orders import OrderStatus
from domain.people.people import Station
from domain.review import review
from domain.review.holds import HoldCode
from domain.stock.bins import in_box
from domain.stops import interception
from tests.domain.house import LATER, SCAN, House
from tests.domain.yard import PAIR, Yard, cups, split_order, tea
from tests.factory import NOW, incoming_line, receiver


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def merged(yard: Yard) -> bool:
    return [box.id for box in yard.boxes("1")] == [box.id for box in yard.boxes("2")]


def boxed(yard: Yard) -> dict[tuple[str, str], int]:
    """(box, sku) -> picked units in it."""
    lying = yard.house.store.read_now(lambda desk: desk.stock.places())
    return {(place.bin, place.sku): place.units for place in lying if in_box(place.bin)}


def test_a_second_order_to_the_same_place_joins_the_first(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    box = yard.box("1")
    assert merged(yard)
    assert [(item.sku, item.quantity, item.paid) for item in box.live_items] == [
        ("CUP-01", 2, 7800),
        ("TEA-01", 1, 5900),
    ]
    assert box.expected_g == 2 * 320 + 140 + 60
    assert box.why["merge"] == {"orders": ["1", "2"], "why": "same_buyer"}


@pytest.mark.parametrize(
    "second",
    [
        tea("2", receiver=receiver(address="别处 9 号")),
        tea("2", cod=True),
        tea("2", state=PlatformState.UNPAID, paid=0),
        tea("2", buyer_message="等一下"),
        tea("2", buyer_id="other"),
        tea("2", courier_hint="SF"),
    ],
    ids=["place", "cod", "unpaid", "held", "buyer", "courier"],
)
def test_what_does_not_join_by_itself(yard: Yard, second: IncomingOrder) -> None:
    yard.receive(cups("1"), second)
    assert [item.sku for item in yard.box("1").live_items] == ["CUP-01"]


def test_one_approval_approves_both_and_claims_each_unit_once(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    yard.approve("2")
    assert [yard.order(n).status for n in PAIR] == [OrderStatus.APPROVED] * 2
    assert yard.box("1").state is ParcelState.READY
    assert yard.house.reserved() == {"CUP-01": 2, "TEA-01": 1}


def test_undo_takes_both_back_into_one_planned_parcel(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    yard.approve("1")
    yard.undo("2")
    assert [yard.order(n).status for n in PAIR] == [OrderStatus.REVIEW] * 2
    assert merged(yard)
    assert yard.box("1").state is ParcelState.PLANNED
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def _reject(yard: Yard) -> None:
    order = yard.order("1")
    yard.run(review.reject, yard.cs, order.id, order.revision, "no")


@pytest.mark.parametrize(
    "end",
    [
        lambda yard: yard.refund("1", 7800),
        lambda yard: yard.run(interception.typed, yard.cs, yard.order("1").id, "buyer called"),
        lambda yard: yard.receive(cups("1", state=PlatformState.CLOSED)),
        _reject,
    ],
    ids=["refund", "typed", "closed", "reject"],
)
def test_who_is_left_in_review_keeps_a_box_and_can_be_approved(yard: Yard, end: Callable[[Yard], None]) -> None:
    yard.receive(cups("1"), tea("2"))
    end(yard)
    assert yard.order("1").status is OrderStatus.CANCELLED
    left = yard.box("2")
    assert ([item.sku for item in left.items], left.state, left.expected_g) == (["TEA-01"], ParcelState.PLANNED, 200)
    assert "merge" not in left.why
    assert yard.boxes("1") == []
    yard.approve("2")
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 1}


def test_a_refund_before_the_wave_takes_one_out_and_leaves_the_other_ready(yard: Yard) -> None:
    box = yard.bring(ParcelState.READY)
    yard.refund("2", 5900)
    assert yard.order("2").status is OrderStatus.CANCELLED
    assert yard.order("1").status is OrderStatus.RELEASED
    left = yard.box("1")
    assert (left.id, left.state, left.blocked) == (box.id, ParcelState.READY, False)
    assert ([item.sku for item in left.live_items], left.expected_g) == (["CUP-01"], 2 * 320 + 60)
    assert yard.house.reserved() == {"CUP-01": 2, "TEA-01": 0}


def test_the_same_goods_of_both_orders_come_home_one_refund_after_the_other(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2", lines=(incoming_line("CUP-01", 1, amount=5900),)))
    yard.approve("1")
    yard.wave("1")
    box = yard.box("1")
    yard.walk(box, ParcelState.PICKED)
    yard.refund("1", 7800)
    yard.refund("2", 5900)
    assert yard.scan(Station.PUT_BACK, box).ok
    assert boxed(yard) == {}
    assert yard.house.reserved()["CUP-01"] == 0


@pytest.mark.parametrize("state", LATER)
def test_a_refund_in_the_house_stops_only_its_lines_and_holds_the_companion(yard: Yard, state: ParcelState) -> None:
    yard.bring(state)
    yard.refund("2", 5900)
    box = yard.box("1")
    assert box.blocked
    assert yard.codes("1") == (HoldCode.MEMBER_CHANGED,)
    assert [dict(h.evidence) for h in yard.order("1").holds if h.open] == [{"member": "2"}]
    assert [(stop.order_id, stop.line_nos) for stop in yard.stops(box)] == [(yard.order("2").id, ())]
    back = yard.scan(Station.PUT_BACK, box)
    assert back.ok
    box = yard.box("1")
    assert ([item.sku for item in box.live_items], box.blocked) == (["CUP-01"], False)
    assert (yard.codes("1"), yard.order("1").status) == ((), OrderStatus.RELEASED)
    assert yard.order("2").status is OrderStatus.CANCELLED
    assert yard.house.reserved() == {"CUP-01": 2, "TEA-01": 0}


def test_the_box_goes_on_when_its_first_order_came_out(yard: Yard) -> None:
    box = yard.bring(ParcelState.PICKED)
    yard.refund("1", 7800)
    assert yard.scan(Station.PUT_BACK, box).ok
    left = yard.box("2")
    assert ([item.sku for item in left.live_items], left.blocked) == (["TEA-01"], False)
    assert yard.scan(Station.PACK, left).ok


def test_a_refund_typed_in_chat_holds_the_companion_too(yard: Yard) -> None:
    yard.bring(ParcelState.PICKED)
    yard.run(interception.typed, yard.cs, yard.order("2").id, "buyer called")
    assert yard.codes("1") == (HoldCode.MEMBER_CHANGED,)
    yard.run(interception.withdraw, yard.cs, yard.order("2").id)
    assert (yard.codes("1"), yard.box("1").blocked) == ((), False)


def test_unmerged_in_review_both_are_planned_alone_and_stay_apart(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    yard.unmerge("2")
    assert not merged(yard)
    assert [yard.box(n).state for n in PAIR] == [ParcelState.PLANNED] * 2
    yard.receive(replace(cups("3"), lines=(incoming_line("CUP-02", 1),)))
    assert list(yard.box("2").order_ids) == [yard.order("2").id]
    assert yard.order("2").apart
    assert yard.box("3").id == yard.box("1").id


def test_unmerged_while_ready_the_new_box_is_ready_with_its_claim(yard: Yard) -> None:
    yard.bring(ParcelState.READY)
    yard.unmerge("2")
    assert [yard.box(n).state for n in PAIR] == [ParcelState.READY] * 2
    assert [yard.box(n).waybill for n in PAIR] == ["", ""]
    assert yard.house.reserved() == {"CUP-01": 2, "TEA-01": 1}


@pytest.mark.parametrize("state", [ParcelState.IN_WAVE, ParcelState.PICKED])
def test_unmerged_on_the_floor_the_new_box_has_a_waybill_and_a_slot_and_both_leave(
    yard: Yard, state: ParcelState
) -> None:
    old = yard.bring(state)
    yard.unmerge("2")
    one, two = yard.box("1"), yard.box("2")
    assert (one.id, one.waybill, one.slot, one.state) == (old.id, old.waybill, old.slot, state)
    assert (two.state, two.wave_id, two.slot) == (state, old.wave_id, old.slot + 1)
    assert two.waybill not in ("", one.waybill)
    assert (one.expected_g, two.expected_g) == (2 * 320 + 60, 140 + 60)
    picked = state is ParcelState.PICKED
    assert boxed(yard) == ({(one.number, "CUP-01"): 2, (two.number, "TEA-01"): 1} if picked else {})
    for box in (one, two):
        for step, station in SCAN.items():
            if step is not state:
                assert yard.scan(station, box).ok or step is ParcelState.PICKED
    assert [yard.order(n).status for n in PAIR] == [OrderStatus.SHIPPED] * 2
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}


@pytest.mark.parametrize("state", [ParcelState.IN_WAVE, ParcelState.PICKED])
def test_a_stop_goes_with_the_order_that_is_taken_apart(yard: Yard, state: ParcelState) -> None:
    yard.bring(state)
    yard.refund("2", 5900)
    yard.unmerge("2")
    one, two = yard.box("1"), yard.box("2")
    assert (one.blocked, two.blocked) == (False, True)
    assert ([stop.state for stop in yard.stops(two)], yard.stops(one)) == ([StopState.OPEN], [])
    assert yard.scan(Station.PUT_BACK, two).ok
    assert yard.order("2").status is OrderStatus.CANCELLED
    assert boxed(yard) == ({(one.number, "CUP-01"): 2} if state is ParcelState.PICKED else {})
    assert yard.house.reserved() == {"CUP-01": 2, "TEA-01": 0}


def test_a_parcel_that_has_left_is_not_taken_apart(yard: Yard) -> None:
    yard.bring(ParcelState.HANDED_OVER)
    before = (yard.box("1"), yard.order("1"), yard.order("2"))
    with pytest.raises(WrongStatus):
        yard.unmerge("2")
    assert (yard.box("1"), yard.order("1"), yard.order("2")) == before


def test_who_travels_alone_is_not_taken_apart(yard: Yard) -> None:
    yard.receive(cups("1"))
    with pytest.raises(Unknown):
        yard.unmerge("1")
    assert not yard.order("1").apart


def test_who_moves_away_leaves_the_other_a_box_of_its_own(yard: Yard) -> None:
    """The platform tells another address: whoever was in one planned box with it is planned alone."""
    yard.receive(cups("1"), tea("2"))
    before = yard.order("1")
    yard.receive(tea("2", receiver=receiver(address="别处 9 号")))
    assert [[item.sku for item in yard.box(n).live_items] for n in PAIR] == [["CUP-01"], ["TEA-01"]]
    assert yard.order("1").revision > before.revision


def test_a_person_merges_orders_of_two_buyers_to_one_place(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2", buyer_id="other"))
    assert not merged(yard)
    yard.merge("1", "2")
    assert merged(yard)
    assert yard.box("1").why["merge"] == {"orders": ["1", "2"], "why": "person"}
    yard.unmerge("1")
    assert not merged(yard)
    assert [[item.sku for item in yard.box(n).live_items] for n in PAIR] == [["CUP-01"], ["TEA-01"]]


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (tea("2", buyer_message="等一下"), "merge_held"),
        (tea("2", receiver=receiver(address="别处 9 号")), "same_place"),
        (tea("2", cod=True), "same_place"),
    ],
    ids=["held", "place", "cod"],
)
def test_what_a_person_may_not_merge(yard: Yard, second: IncomingOrder, why: str) -> None:
    yard.receive(cups("1"), second)
    before = [yard.order(n) for n in PAIR]
    with pytest.raises(BadValue) as refused:
        yard.merge("1", "2")
    assert refused.value.want == why
    assert [yard.order(n) for n in PAIR] == before


def test_an_unpaid_order_is_not_merged(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2", state=PlatformState.UNPAID, paid=0))
    with pytest.raises(WrongStatus):
        yard.merge("1", "2")
    assert yard.order("1").together == 0


def test_goods_that_no_courier_carries_in_one_parcel_are_not_said_to_be_merged(yard: Yard) -> None:
    heavy = {"goods": 152_100, "total": 152_100, "paid": 152_100}
    lamps = (incoming_line("LAMP-01", 9, amount=152_100),)
    yard.receive(cups("1", lines=lamps, **heavy), tea("2", lines=lamps, buyer_id="other", **heavy))
    before = [yard.order(n) for n in PAIR]
    with pytest.raises(BadValue) as refused:
        yard.merge("1", "2")
    assert refused.value.want == "merge_no_box"
    assert [yard.order(n) for n in PAIR] == before


def test_a_divided_order_is_shipped_when_both_boxes_have_left(yard: Yard) -> None:
    one, two = split_order(yard)
    assert one.items[0].paid + two.items[0].paid == 13_700
    assert [box.why["split"] for box in (one, two)] == [
        {"part": 1, "of": 2, "rules": ["warehouse"]},
        {"part": 2, "of": 2, "rules": ["warehouse"]},
    ]
    yard.walk(one, ParcelState.HANDED_OVER)
    assert yard.order("1").status is OrderStatus.RELEASED
    yard.walk(two, ParcelState.HANDED_OVER)
    assert yard.order("1").status is OrderStatus.SHIPPED


def test_a_refund_when_one_box_left_stops_the_other_and_the_order_ends_shipped(yard: Yard) -> None:
    one, two = split_order(yard)
    yard.walk(one, ParcelState.HANDED_OVER)
    yard.refund("1", 13_700)
    assert [stop.state for stop in yard.stops(one)] == [StopState.TOO_LATE]
    assert [stop.state for stop in yard.stops(two)] == [StopState.OPEN]
    assert yard.order("1").status is OrderStatus.PUT_BACK
    assert yard.scan(Station.PUT_BACK, two).ok
    assert yard.order("1").status is OrderStatus.SHIPPED
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_a_refund_of_both_in_the_house_cancels_when_both_are_back(yard: Yard) -> None:
    one, two = split_order(yard)
    yard.refund("1", 13_700)
    assert all(box.state in IN_HOUSE and box.blocked for box in yard.boxes("1"))
    assert yard.scan(Station.PUT_BACK, one).ok
    assert yard.order("1").status is OrderStatus.PUT_BACK
    assert yard.scan(Station.PUT_BACK, two).ok
    assert yard.order("1").status is OrderStatus.CANCELLED
    assert yard.order("1").placed_at == NOW


def test_a_second_change_is_told_on_the_hold_that_is_open(yard: Yard) -> None:
    yard.bring(ParcelState.PICKED)
    yard.receive(cups("1", seller_note="gift wrap"), cups("1", seller_note="no gift wrap"))
    (hold,) = [h for h in yard.order("1").holds if h.open]
    assert (hold.code, dict(hold.evidence)) == (HoldCode.NOTE_CHANGED, {"at": "released", "now": "no gift wrap"})
    assert yard.codes("2") == (HoldCode.MEMBER_CHANGED,)
    assert yard.box("1").blocked


def test_a_second_reason_to_block_the_box_is_written_on_it_too(yard: Yard) -> None:
    """Otherwise whoever lets the first reason go at the same moment would not see it, and free the box."""
    box = yard.bring(ParcelState.PICKED)
    revisions = [box.revision]
    for number in "12":
        order = yard.order(number)
        yard.run(review.hold, yard.cs, order.id, order.revision, "wait")
        revisions.append(yard.box("1").revision)
    assert yard.box("1").blocked
    assert revisions[0] < revisions[1] < revisions[2]
