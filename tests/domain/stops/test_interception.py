"""Interception at every stage of rules.md B7, on the real store in memory: what stops, what is freed, who is told."""

import pytest

from domain.errors import ParcelStopped, Stale
from domain.floor import release
from domain.floor.parcels import ParcelState, Stage, StopKind, StopState
from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from domain.orders.orders import OrderStatus
from domain.people import notices
from domain.people.people import Role, Station
from domain.records import NoticeKind
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Move
from domain.stops import interception
from tests import factory
from tests.domain.house import LATER, PAID, SCAN, House
from tests.factory import incoming_line


def test_an_unpaid_order_remembers_a_refund_and_has_nothing_to_stop(house: House) -> None:
    house.receive(state=PlatformState.UNPAID, paid=0)
    house.refund(RefundState.REQUESTED)
    assert house.order.status is OrderStatus.UNPAID
    assert [line.refund for line in house.order.lines] == [RefundState.REQUESTED] * 2


def test_an_order_that_comes_refunded_only_records_it(house: House) -> None:
    house.receive(refunds=(IncomingRefund("R1", RefundState.SUCCESS, PAID),))
    assert (house.order.status, house.order.refunded) == (OrderStatus.CANCELLED, PAID)
    assert [(record.external_id, record.line_nos) for record in house.refunds] == [("R1", (1, 2))]
    assert house.parcels == ()


def test_in_review_a_full_refund_cancels_the_order_and_its_plan(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS)
    order = house.order
    assert (order.status, order.reason, order.refunded) == (OrderStatus.CANCELLED, "refunded", PAID)
    assert [parcel.state for parcel in house.parcels] == [ParcelState.CANCELLED]


def test_in_review_a_partial_refund_drops_its_line_and_plans_anew(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.order.status is OrderStatus.REVIEW
    assert [line.dropped for line in house.order.lines] == [False, True]
    assert [item.sku for item in house.parcel.live_items] == ["CUP-01"]
    assert not house.order.held


def test_in_review_a_requested_refund_holds_until_it_is_withdrawn(house: House) -> None:
    house.receive()
    house.refund(RefundState.REQUESTED, 0)
    assert open_codes(house.order.holds) == (HoldCode.REFUND_REQ,)
    house.refund(RefundState.CANCELLED, 0)
    assert open_codes(house.order.holds) == ()


def test_a_request_granted_as_money_only_does_not_hold_the_goods_for_ever(house: House) -> None:
    house.receive()
    house.refund(RefundState.REQUESTED, 500)
    house.refund(RefundState.SUCCESS, 500)
    assert [line.refund for line in house.order.lines] == [RefundState.NONE] * 2
    assert open_codes(house.order.holds) == (HoldCode.REFUNDED,)
    assert house.order.refunded == 500


@pytest.mark.parametrize("waits", [False, True])
def test_an_approval_is_taken_back_and_its_claim_freed(house: House, waits: bool) -> None:
    house.receive()
    house.approve()
    if waits:
        house.pass_time(60)
        house.run(release.release_due)
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    house.refund(RefundState.REQUESTED, 0)
    assert house.order.status is OrderStatus.REVIEW
    assert house.parcel.state is ParcelState.PLANNED
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_a_parcel_blocked_by_hand_and_taken_back_is_not_blocked_when_approved_again(house: House) -> None:
    house.bring_to(ParcelState.READY)
    order = house.order
    house.run(review.hold, house.cast.actor(Role.CS), order.id, order.revision, "call first")
    assert house.parcel.blocked
    house.refund(RefundState.REQUESTED, 0)
    house.refund(RefundState.CANCELLED, 0)
    order = house.order
    house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.FREEZE)
    house.approve()
    assert house.parcel.state is ParcelState.READY
    assert not house.parcel.blocked


@pytest.mark.parametrize("state", LATER)
def test_in_the_house_a_full_refund_blocks_and_only_the_put_back_frees(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    assert (stop.state, stop.stage, stop.line_nos) == (StopState.OPEN, Stage(state), ())
    assert stop.named_id is not None
    assert house.parcel.blocked
    assert house.order.status == "put_back"
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    for station in (Station.PICK, Station.PACK, Station.WEIGH, Station.HAND_OVER):
        assert isinstance(house.scan(station, 800).refusal, ParcelStopped)
    assert house.parcel.state is state
    assert house.scan(Station.PUT_BACK).ok
    assert house.parcel.state is ParcelState.CANCELLED
    assert (house.order.status, house.order.decided_by) == ("cancelled", house.cast.people[Role.PICKER].name)
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}
    assert house.refunds[0].stopped is True


def test_a_picker_out_of_reach_is_stood_in_for_by_the_owner(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    people = house.cast.people
    picker = house.store.read_now(lambda unit: unit.people.chat(people[Role.PICKER].chat_id))
    house.store.run_now(notices.unreachable, picker, "kicked")
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    told = house.store.read_now(lambda unit: unit.outbox.waiting(people[Role.OWNER].chat_id))
    assert stop.named_id == people[Role.PICKER].id
    assert [one.subject_id for one in told if one.kind is NoticeKind.ROUTE_DEAD] == [picker.id]
    assert [one.subject_id for one in told if one.kind is NoticeKind.STOP] == [stop.id]


@pytest.mark.parametrize("state", LATER)
def test_in_the_house_a_partial_refund_takes_its_line_out_and_the_rest_ships(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.stops[0].line_nos == (2,)
    assert house.scan(Station.PUT_BACK).ok
    parcel = house.parcel
    assert not parcel.blocked
    assert [item.sku for item in parcel.live_items] == ["CUP-01"]
    assert parcel.expected_g == 2 * 320 + 60
    assert parcel.state is (ParcelState.PACKED if state is ParcelState.WEIGHED else state)
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 0}
    for step, station in SCAN.items():
        if list(ParcelState).index(step) > list(ParcelState).index(parcel.state):
            assert house.scan(station, 700 if station is Station.WEIGH else None).ok
    assert house.order.status is OrderStatus.SHIPPED


@pytest.mark.parametrize("state", LATER)
def test_in_the_house_a_withdrawn_request_lets_the_parcel_go_on(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.refund(RefundState.REQUESTED, 0)
    assert house.parcel.blocked
    house.refund(RefundState.CANCELLED, 0)
    assert [stop.state for stop in house.stops] == [StopState.RELEASED]
    assert not house.parcel.blocked
    assert house.order.status is OrderStatus.RELEASED
    assert [line.refund for line in house.order.lines] == [RefundState.NONE] * 2


@pytest.mark.parametrize("state", LATER)
def test_a_request_for_all_granted_for_one_line_stops_only_that(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.refund(RefundState.REQUESTED, PAID)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    (stop,) = house.stops
    assert (stop.state, stop.line_nos) == (StopState.OPEN, (2,))
    assert house.order.status is OrderStatus.RELEASED


def test_a_request_granted_as_money_only_lets_the_parcel_go_on(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED, 500)
    house.refund(RefundState.SUCCESS, 500)
    assert [stop.state for stop in house.stops] == [StopState.RELEASED]
    assert not house.parcel.blocked
    assert house.order.refunded == 500


def test_handed_over_is_too_late_and_said_once(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.refund(RefundState.REQUESTED, PAID)
    house.refund(RefundState.SUCCESS, PAID)
    assert [(stop.state, stop.stage) for stop in house.stops] == [(StopState.TOO_LATE, Stage.IN_TRANSIT)]
    assert house.order.status is OrderStatus.SHIPPED
    assert house.order.refunded == PAID
    assert house.refunds[0].stopped is False


def test_a_refund_that_had_let_the_parcel_go_is_too_late_when_it_comes_again(house: House) -> None:
    """Asked for, taken back, handed over, asked for again under the same number: customer service hears of it."""
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED)
    house.refund(RefundState.CANCELLED)
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok
    assert house.scan(Station.HAND_OVER).ok
    house.collected(house.parcel)
    house.refund(RefundState.REQUESTED)
    assert [stop.state for stop in house.stops] == [StopState.RELEASED, StopState.TOO_LATE]
    house.refund(RefundState.SUCCESS)
    assert [stop.state for stop in house.stops] == [StopState.RELEASED, StopState.TOO_LATE]


def test_goods_that_were_put_back_are_not_too_late_when_the_rest_has_left(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok
    assert house.scan(Station.HAND_OVER).ok
    house.refund(RefundState.SUCCESS, 5800, "TEA-01")
    assert [stop.state for stop in house.stops] == [StopState.DONE]


def test_the_same_news_twice_changes_nothing(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS)
    before = house.parcel, house.stops, house.refunds
    house.refund(RefundState.SUCCESS)
    assert (house.parcel, house.stops, house.refunds) == before


def test_an_amount_that_is_corrected_is_not_counted_twice(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS, 500)
    house.refund(RefundState.SUCCESS, 600)
    assert house.order.refunded == 600


def test_two_money_refunds_that_make_the_whole_stop_the_goods(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 700, number="R1")
    assert not house.parcel.blocked
    house.refund(RefundState.SUCCESS, PAID - 700, number="R2")
    assert house.parcel.blocked
    assert house.order.status is OrderStatus.PUT_BACK


def test_the_total_in_a_file_is_not_added_to_the_refunds_of_payloads(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01", number="R1")
    house.refund(RefundState.SUCCESS, 5900, number="1001:file")
    assert house.order.refunded == 5900
    assert house.order.status is OrderStatus.RELEASED
    assert [stop.line_nos for stop in house.stops] == [(2,)]


def test_a_partial_refund_and_then_the_rest_are_put_back_together(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01", number="R1")
    house.refund(RefundState.SUCCESS, PAID - 5900, number="R2")
    assert [stop.line_nos for stop in house.stops] == [(2,), (1,)]
    assert [line.refunded for line in house.order.lines] == [PAID - 5900, 5900]
    assert house.scan(Station.PUT_BACK).ok
    assert house.order.status is OrderStatus.CANCELLED
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_withdrawing_one_refund_leaves_the_lines_of_another_out(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01", number="R1")
    house.refund(RefundState.SUCCESS, 7800, "CUP-01", number="R2")
    house.refund(RefundState.CANCELLED, 7800, "CUP-01", number="R2")
    assert [line.dropped for line in house.order.lines] == [False, True]
    assert house.order.refunded == 5900
    assert house.order.status is OrderStatus.RELEASED
    assert house.parcel.blocked


def test_a_refund_first_told_as_withdrawn_changes_nothing(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS)
    house.refund(RefundState.CANCELLED, PAID, number="R2")
    assert house.order.status is OrderStatus.CANCELLED
    assert house.order.refunded == PAID


def test_withdrawn_after_the_put_back_the_order_is_reviewed_and_planned_again(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS)
    assert house.scan(Station.PUT_BACK).ok
    house.refund(RefundState.CANCELLED)
    assert house.order.status is OrderStatus.REVIEW
    assert [parcel.state for parcel in house.parcels] == [ParcelState.CANCELLED, ParcelState.PLANNED]
    assert not house.order.held
    house.approve()
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}


def test_a_line_withdrawn_after_the_rest_was_approved_is_reviewed_and_planned_with_it(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    house.approve()
    assert (house.order.status, house.reserved()) == (OrderStatus.APPROVED, {"CUP-01": 2, "TEA-01": 0})
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    assert (house.order.status, house.reserved()) == (OrderStatus.REVIEW, {"CUP-01": 0, "TEA-01": 0})
    assert [item.sku for item in house.parcel.live_items] == ["CUP-01", "TEA-01"]
    house.approve()
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}


def test_another_refund_withdrawn_after_the_rest_was_approved_leaves_it_approved(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    house.approve()
    house.refund(RefundState.CANCELLED, 5900, "TEA-01", number="R2")
    assert (house.order.status, house.reserved()) == (OrderStatus.APPROVED, {"CUP-01": 2, "TEA-01": 0})


def test_a_line_withdrawn_when_its_goods_went_to_others_holds_the_box(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    place = house.parcel.warehouse_id or 0
    house.run(lambda desk: desk.stock.apply([Move(place, "TEA-01", Bucket.GOOD, -30, Document.ADJUST, 0)], "thief"))
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    assert open_codes(house.order.holds) == (HoldCode.GOODS_CHANGED,)
    assert house.stops[-1].kind is StopKind.HOLD
    assert isinstance(house.scan(Station.PACK).refusal, ParcelStopped)
    assert house.parcel.state is ParcelState.PICKED
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 0}


def test_a_typed_refund_of_money_that_went_back_is_refused(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    cs = house.cast.actor(Role.CS)
    house.run(interception.typed, cs, house.order.id, "changed his mind")
    before = house.order, house.refunds, house.stops
    with pytest.raises(Stale):
        house.run(interception.typed, cs, house.order.id, "again")
    assert (house.order, house.refunds, house.stops) == before


def test_a_new_address_after_the_wave_blocks_until_a_person_releases(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(receiver=factory.receiver(address="文三路 9 号"))
    assert open_codes(house.order.holds) == (HoldCode.ADDR_CHANGED,)
    assert isinstance(house.scan(Station.WEIGH, house.parcel.expected_g).refusal, ParcelStopped)
    order = house.order
    house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.ADDR_CHANGED)
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok


def test_a_new_address_before_the_wave_goes_back_to_review_and_is_matched_again(house: House) -> None:
    house.bring_to(ParcelState.READY)
    courier = house.parcel.courier_id
    far = factory.receiver(province="西藏自治区", city="拉萨市", district="城关区", address="北京中路 1 号")
    house.receive(receiver=far)
    assert house.order.status is OrderStatus.REVIEW
    assert open_codes(house.order.holds) == (HoldCode.ADDR_CHANGED,)
    assert house.parcel.courier_id != courier
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_a_line_one_file_leaves_out_is_the_one_in_the_box_when_it_comes_back(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    lines = house.told().lines
    house.receive(lines=lines[1:])
    assert open_codes(house.order.holds) == (HoldCode.GOODS_CHANGED,)
    house.receive(lines=(*lines[1:], incoming_line("CUP-02", 1), lines[0]))
    assert [(line.line_no, line.external_id) for line in house.order.lines] == [
        (1, "L-CUP-01"),
        (2, "L-TEA-01"),
        (3, "L-CUP-02"),
    ]
