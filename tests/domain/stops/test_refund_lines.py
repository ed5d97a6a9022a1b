"""Which goods a refund takes: it grows and shrinks, names lines we do not know, or some units of a line."""

from dataclasses import replace

import pytest

from channels.after_sales import line_refunds
from domain.errors import ParcelStopped
from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders import parts
from domain.orders.orders import Line, OrderStatus
from domain.people.people import Role, Station
from domain.records import NoticeKind
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import LATER, PAID, SCAN, House
from tests.domain.stops.test_stop_table import ack


def file_asks(house: House, *skus: str) -> None:
    """The export of the day: these lines are asked back, the amount is not told."""
    asked = {True: RefundState.REQUESTED, False: RefundState.NONE}
    lines = tuple(replace(line, refund=asked[line.merchant_code in skus]) for line in house.told().lines)
    house.receive(lines=lines, refunds=line_refunds("1001", lines))


def units_back(house: House, units: int, state: RefundState = RefundState.SUCCESS, number: str = "R1") -> None:
    """So many cups go back, 39.00 each."""
    told = IncomingRefund(number, state, 3900 * units, ("L-CUP-01",), units=(units,))
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)


def goods(house: House) -> list[tuple[int, int, bool]]:
    """Line number, units, and whether they are out, of the order."""
    return [(line.line_no, line.quantity, line.dropped) for line in house.order.lines]


def items(house: House) -> list[tuple[int, int, bool, int]]:
    """The same of the box, with the money."""
    return [(item.line_no, item.quantity, item.dropped, item.paid) for item in house.parcel.items]


def stops(house: House) -> list[tuple[StopKind, StopState, tuple[int, ...]]]:
    return [(stop.kind, stop.state, stop.line_nos) for stop in house.stops]


def to_the_van(house: House) -> None:
    """All that is left to scan."""
    for step, station in SCAN.items():
        if list(ParcelState).index(step) > list(ParcelState).index(house.parcel.state):
            assert house.scan(station, house.parcel.expected_g if station is Station.WEIGH else None).ok


def test_a_file_that_asks_for_more_at_no_amount_widens_the_open_stop(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    file_asks(house, "TEA-01")
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (2,))]
    file_asks(house, "TEA-01", "CUP-01")
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, ())]
    assert [(record.external_id, record.line_nos) for record in house.refunds] == [("1001:file:open", (1, 2))]
    assert house.scan(Station.PUT_BACK).ok
    assert house.parcel.state is ParcelState.CANCELLED
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_more_goods_after_the_put_back_open_a_second_stop(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    file_asks(house, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    file_asks(house, "TEA-01", "CUP-01")
    assert stops(house) == [
        (StopKind.REFUND, StopState.DONE, (2,)),
        (StopKind.REFUND, StopState.OPEN, ()),
    ]
    assert isinstance(house.scan(Station.PACK).refusal, ParcelStopped)
    assert house.parcel.state is ParcelState.PICKED


def test_an_answer_given_for_less_is_asked_for_again(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED, 0, "TEA-01")
    ack(house)
    house.pass_time(600)
    house.refund(RefundState.REQUESTED, 0, "TEA-01", "CUP-01")
    (stop,) = house.stops
    assert (stop.state, stop.acked_by, stop.level) == (StopState.OPEN, "", 0)
    assert stop.next_at is not None
    assert (stop.next_at - house.clock[0]).total_seconds() == 120
    chat = house.cast.people[Role.PACKER].chat_id
    told = house.store.read_now(lambda desk: desk.outbox.waiting(chat))
    assert len([one for one in told if one.kind is NoticeKind.STOP and not one.redraw]) == 2


def test_a_box_on_the_stop_shelf_stays_there_when_more_is_asked_for(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED, 0, "TEA-01")
    house.pull()
    house.refund(RefundState.REQUESTED, 0, "TEA-01", "CUP-01")
    assert stops(house) == [(StopKind.REFUND, StopState.PULLED, ())]


def test_a_file_that_asks_for_less_lets_the_rest_go_on(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    file_asks(house, "TEA-01", "CUP-01")
    file_asks(house, "TEA-01")
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (2,))]
    assert house.scan(Station.PUT_BACK).ok
    to_the_van(house)
    assert [item.sku for item in house.parcel.live_items] == ["CUP-01"]


def test_goods_that_were_put_back_for_more_than_was_granted_are_picked_again(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.REQUESTED, 0, "CUP-01")
    assert house.scan(Station.PUT_BACK).ok
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert [stop[:2] for stop in stops(house)] == [
        (StopKind.REFUND, StopState.DONE),
        (StopKind.REPICK, StopState.OPEN),
        (StopKind.REFUND, StopState.OPEN),
    ]
    assert [line.dropped for line in house.order.lines] == [False, True]
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}


def test_a_file_told_twice_changes_nothing(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.REQUESTED, 0, "CUP-01")
    before = house.parcel, house.stops, house.refunds, house.order
    house.refund(RefundState.REQUESTED, 0, "CUP-01")
    assert (house.parcel, house.stops, house.refunds, house.order) == before


def test_a_corrected_amount_that_names_no_lines_leaves_the_goods_where_they_are(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS, PAID)
    house.refund(RefundState.SUCCESS, PAID - 100)
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, ())]
    assert house.order.status is OrderStatus.PUT_BACK


@pytest.mark.parametrize("state", LATER)
def test_a_line_we_do_not_know_stops_the_box_until_a_person_decides(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.refund(RefundState.SUCCESS, 5900, "GHOST")
    (hold,) = [hold for hold in house.order.holds if hold.open]
    assert (hold.code, dict(hold.evidence)) == (
        HoldCode.REFUNDED,
        {"refund": "R1", "amount": "5900", "currency": "CNY", "lines": "L-GHOST"},
    )
    assert stops(house) == [(StopKind.HOLD, StopState.OPEN, ())]
    assert isinstance(house.scan(Station.HAND_OVER).refusal, ParcelStopped)
    assert [line.dropped for line in house.order.lines] == [False, False]
    house.refund(RefundState.CANCELLED, 5900, "GHOST")
    assert not house.order.held
    assert not house.parcel.blocked


def test_a_line_we_do_not_know_beside_one_we_know_is_asked_about_when_it_comes(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert not house.order.held
    house.refund(RefundState.SUCCESS, 5900, "TEA-01", "GHOST")
    assert [hold.evidence["lines"] for hold in house.order.holds] == ["L-GHOST"]
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (2,)), (StopKind.HOLD, StopState.OPEN, ())]
    before = house.order, house.parcel, house.refunds, house.stops
    house.refund(RefundState.SUCCESS, 5900, "TEA-01", "GHOST")
    assert (house.order, house.parcel, house.refunds, house.stops) == before


def test_a_request_for_a_line_we_do_not_know_stops_everything(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED, 5900, "GHOST")
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, ())]
    assert house.parcel.blocked


def test_an_amount_below_the_line_is_for_a_person_to_decide(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 300, "CUP-01")
    assert open_codes(house.order.holds) == (HoldCode.REFUNDED,)
    assert [hold.evidence["lines"] for hold in house.order.holds] == ["CUP-01"]
    chat = house.cast.people[Role.CS_LEAD].chat_id
    told = house.store.read_now(lambda desk: desk.outbox.waiting(chat))
    assert len([one for one in told if one.kind is NoticeKind.ORDER and one.key.startswith("unclear:")]) == 1
    assert stops(house) == [(StopKind.HOLD, StopState.OPEN, ())]
    assert [line.dropped for line in house.order.lines] == [False, False]
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, house.order.id, house.order.revision, HoldCode.REFUNDED)
    assert not house.parcel.blocked


def test_in_review_a_lead_lets_an_unclear_refund_go_once(house: House) -> None:
    house.receive()
    house.refund(RefundState.SUCCESS, 300, "CUP-01")
    assert open_codes(house.order.holds) == (HoldCode.REFUNDED,)
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, house.order.id, house.order.revision, HoldCode.REFUNDED)
    assert not house.order.held
    house.approve()
    assert [(item.sku, item.quantity) for item in house.parcel.live_items] == [("CUP-01", 2), ("TEA-01", 1)]


def test_what_a_person_let_go_is_not_asked_again_by_the_same_news(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED, 300, "CUP-01")
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (1,))]
    house.refund(RefundState.SUCCESS, 300, "CUP-01")
    assert stops(house) == [
        (StopKind.REFUND, StopState.RELEASED, (1,)),
        (StopKind.HOLD, StopState.OPEN, ()),
    ]
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, house.order.id, house.order.revision, HoldCode.REFUNDED)
    house.refund(RefundState.SUCCESS, 300, "CUP-01")
    assert not house.parcel.blocked
    assert not house.order.held
    house.refund(RefundState.SUCCESS, 400, "CUP-01")
    assert house.order.held


def test_money_that_another_file_tells_once_more_is_no_new_question(house: House) -> None:
    """The refund list has numbers, the item sheet tells what came back of a line in all."""
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 300, "CUP-01")
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, house.order.id, house.order.revision, HoldCode.REFUNDED)
    house.refund(RefundState.SUCCESS, 300, "CUP-01", number="1001:file")
    assert (house.order.refunded, house.order.held, house.parcel.blocked) == (300, False, False)
    house.refund(RefundState.SUCCESS, 500, "CUP-01", number="1001:file")
    assert (house.order.refunded, open_codes(house.order.holds)) == (500, (HoldCode.REFUNDED,))


def test_two_refunds_of_the_same_amount_are_two_questions(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    lead = house.cast.actor(Role.CS_LEAD)
    for number in ("R1", "R2"):
        house.refund(RefundState.SUCCESS, 300, "CUP-01", number=number)
        assert house.order.held
        house.run(review.release_hold, lead, house.order.id, house.order.revision, HoldCode.REFUNDED)
    assert (house.order.refunded, house.order.held) == (600, False)


def test_a_line_worth_the_amount_but_for_a_cent_is_taken_out(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5899, "TEA-01")
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (2,))]
    house.refund(RefundState.SUCCESS, 5898, "CUP-01", number="R2")
    assert stops(house)[1:] == [(StopKind.HOLD, StopState.OPEN, ())]


@pytest.mark.parametrize("state", LATER)
def test_one_unit_of_two_is_taken_out_and_the_other_ships(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    units_back(house, 1)
    assert goods(house) == [(1, 1, False), (2, 1, False), (3, 1, True)]
    assert items(house) == [(1, 1, False, 3900), (3, 1, False, 3900), (2, 1, False, 5900)]
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (3,))]
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    assert house.scan(Station.PUT_BACK).ok
    assert house.reserved() == {"CUP-01": 1, "TEA-01": 1}
    assert house.order.refunded == 3900
    to_the_van(house)
    assert [(item.sku, item.quantity) for item in house.parcel.live_items] == [("CUP-01", 1), ("TEA-01", 1)]
    assert house.order.status is OrderStatus.SHIPPED


def test_the_same_units_told_again_divide_nothing_and_more_of_them_take_more(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    units_back(house, 1)
    before = house.order, house.parcel, house.stops, house.refunds
    units_back(house, 1)
    assert (house.order, house.parcel, house.stops, house.refunds) == before
    units_back(house, 2)
    assert goods(house) == [(1, 1, True), (2, 1, False), (3, 1, True)]
    assert stops(house) == [(StopKind.REFUND, StopState.OPEN, (1, 3))]
    units_back(house, 1)
    assert [line.dropped for line in house.order.lines if line.external_id == "L-CUP-01"].count(True) == 1


def test_two_refunds_of_one_unit_each_are_two_units(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    units_back(house, 1, number="R1")
    units_back(house, 1, number="R2")
    assert [record.line_nos for record in house.refunds] == [(3,), (1,)]
    assert house.scan(Station.PUT_BACK).ok
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 1}
    assert house.order.refunded == 7800


def test_a_unit_that_is_not_wanted_back_after_all_is_picked_again(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    units_back(house, 1)
    assert house.scan(Station.PUT_BACK).ok
    units_back(house, 1, RefundState.CANCELLED)
    assert goods(house) == [(1, 1, False), (2, 1, False), (3, 1, False)]
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    assert stops(house)[-1] == (StopKind.REPICK, StopState.OPEN, (3,))


def test_in_review_one_unit_less_is_planned(house: House) -> None:
    house.receive()
    units_back(house, 1)
    assert goods(house) == [(1, 1, False), (2, 1, False), (3, 1, True)]
    assert [(item.sku, item.quantity) for item in house.parcel.live_items] == [("CUP-01", 1), ("TEA-01", 1)]
    assert not house.order.held


def test_the_platform_tells_the_divided_line_again_and_it_stays_divided(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    units_back(house, 1)
    house.receive(buyer_message="quick please")
    assert goods(house) == [(1, 1, False), (2, 1, False), (3, 1, True)]
    assert open_codes(house.order.holds) == (HoldCode.MESSAGE_CHANGED,)


def test_units_that_have_left_are_not_divided(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    units_back(house, 1)
    assert goods(house) == [(1, 2, False), (2, 1, False)]
    assert [(stop.state, stop.line_nos) for stop in house.stops] == [(StopState.TOO_LATE, ())]


def line(number: int, units: int, *, dropped: bool = False) -> Line:
    return Line(number, "L", "cup", "", "CUP", units, 100, 100 * units, dropped=dropped)


@pytest.mark.parametrize(
    ("told", "parted"),
    [
        (4, [(1, 2, 200), (2, 2, 200)]),
        (6, [(1, 4, 400), (2, 2, 200)]),
        (3, [(1, 1, 100), (2, 2, 200)]),
        (2, [(2, 2, 200)]),
        (1, [(2, 1, 100)]),
    ],
)
def test_a_divided_line_grows_and_shrinks_where_it_still_ships(told: int, parted: list[tuple[int, int, int]]) -> None:
    found = parts.told_again(line(9, told), [line(1, 2), line(2, 2, dropped=True)])
    assert [(one.line_no, one.quantity, one.amount) for one in found] == parted


def test_new_units_of_a_line_whose_first_part_is_out_are_shipped() -> None:
    found = parts.told_again(line(9, 5), [line(1, 2, dropped=True), line(2, 2)])
    assert [(one.line_no, one.quantity) for one in found] == [(1, 2), (2, 3)]
