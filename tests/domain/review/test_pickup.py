"""What the buyer fetches, or wants from a day on only, is not sent by courier before a person or the day says so."""

from datetime import datetime, timedelta

import pytest

from domain.errors import NotAllowed, WrongStatus
from domain.floor.parcels import ParcelState, StopKind
from domain.intake import intake
from domain.intake.incoming import RefundState
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.policy.policy import Policy
from domain.review import completing, review
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import LATER, House
from tests.domain.yard import Yard, tea
from tests.factory import NOW, incoming_line, order

LATER_DAY = NOW + timedelta(days=5)


def test_a_pick_up_order_waits_with_the_platforms_word(house: House) -> None:
    house.receive(pickup="上门自提")
    (hold,) = house.order.holds
    assert (hold.code, dict(hold.evidence)) == (HoldCode.PICKUP, {"told": "上门自提"})
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_it_goes_when_the_platform_no_longer_says_so(house: House) -> None:
    house.receive(pickup="上门自提")
    house.receive()
    assert (house.order.pickup, open_codes(house.order.holds)) == ("", ())


def test_released_it_is_sent_by_courier_and_the_same_word_does_not_hold_it_again(house: House) -> None:
    house.receive(pickup="Local pickup")
    house.release(HoldCode.PICKUP)
    house.approve()
    house.receive(pickup="Local pickup", courier_hint="")
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.APPROVED, ())
    house.receive(pickup="Store pickup")
    assert open_codes(house.order.holds) == (HoldCode.PICKUP,)


@pytest.mark.parametrize("state", [ParcelState.READY, *LATER])
def test_a_buyer_who_decides_late_to_fetch_it_stops_the_box(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.receive(pickup="到店自提")
    assert open_codes(house.order.holds) == (HoldCode.PICKUP,)
    assert state is ParcelState.READY or house.parcel.blocked
    house.receive()
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((), False)


def test_what_was_handed_over_at_the_counter_is_done_without_a_parcel(house: House) -> None:
    house.receive(pickup="到店自提")
    told = house.order
    with pytest.raises(NotAllowed):
        house.run(completing.complete, house.cast.actor(Role.DISPATCHER), told.id, told.revision, "fetched")
    assert house.order == told
    house.run(completing.complete, house.cast.actor(Role.CS), told.id, told.revision, "fetched")
    done = house.order
    assert (done.status, done.held, done.decided_by) == (OrderStatus.ELSEWHERE, False, house.cast.people[Role.CS].name)
    assert [box.state for box in house.parcels] == [ParcelState.CANCELLED]
    house.receive(pickup="")
    assert house.order.status is OrderStatus.ELSEWHERE


def fetched(house: House) -> None:
    told = house.order
    house.run(completing.complete, house.cast.actor(Role.CS), told.id, told.revision, "fetched")


@pytest.mark.parametrize("state", LATER)
def test_what_stands_packed_is_done_too_and_its_goods_go_back(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.receive(pickup="到店自提")
    fetched(house)
    assert (house.order.status, house.order.held, house.order.reason) == (OrderStatus.ELSEWHERE, False, "fetched")
    assert [(stop.kind, stop.reason) for stop in house.stops if stop.open] == [(StopKind.REPACK, completing.COMPLETED)]
    assert house.parcel.blocked
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    assert house.scan(Station.PUT_BACK).ok
    assert (house.parcel.state, house.reserved()) == (ParcelState.CANCELLED, {"CUP-01": 0, "TEA-01": 0})
    assert (house.order.status, house.order.paid, house.order.refunded) == (OrderStatus.ELSEWHERE, 13_700, 0)


def test_a_refund_that_takes_goods_out_already_goes_on_and_the_order_stays_done(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    house.receive(pickup="到店自提")
    fetched(house)
    out = {stop.kind: stop.line_nos for stop in house.stops if stop.open}
    assert out == {StopKind.REFUND: (2,), StopKind.REPACK: (1,)}
    assert house.scan(Station.PUT_BACK).ok
    assert (house.order.status, house.order.refunded) == (OrderStatus.ELSEWHERE, 5900)
    assert (house.parcel.state, house.reserved()) == (ParcelState.CANCELLED, {"CUP-01": 0, "TEA-01": 0})


def test_what_has_left_is_not_done_by_a_tap(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.receive(pickup="到店自提")
    before = house.order
    with pytest.raises(WrongStatus):
        fetched(house)
    assert house.order == before


@pytest.mark.parametrize(("word", "boxes"), [("上门自提", [1, 1]), ("", [2])])
def test_two_of_one_buyer_do_not_travel_together_when_one_is_fetched(house: House, word: str, boxes: list[int]) -> None:
    shop = house.cast.shops[0].id
    house.receive(pickup=word)
    other = house.told(number="1002", external_id="x2", lines=(incoming_line("TEA-01", 1),))
    house.run(intake.receive, house.cast.actor(Role.CS), shop, [other])
    ids = house.store.read_now(lambda desk: [one.id for one in desk.orders.by_number(shop, ["1001", "1002"]).values()])
    found = house.store.read_now(lambda desk: desk.parcels.of_orders(ids))
    live = {box.id: box for mine in found.values() for box in mine if box.state is not ParcelState.CANCELLED}
    assert [len(box.order_ids) for box in live.values()] == boxes


def test_nothing_ships_before_the_day_the_buyer_chose(house: House) -> None:
    house.receive(ship_from=LATER_DAY)
    (hold,) = house.order.holds
    assert (hold.code, hold.until) == (HoldCode.PRESALE_WAIT, LATER_DAY)
    house.pass_time(int(timedelta(days=5).total_seconds()))
    order = house.order
    house.run(review.look_anew, order.id)
    assert open_codes(house.order.holds) == ()


def test_the_clock_of_shipping_runs_from_that_day(house: House) -> None:
    def due(**told: datetime) -> datetime | None:
        return house.run(
            lambda desk: dispatch_deadline(order(desk, house.cast.shops[0], number="1001", **told), Policy())
        )

    hours = timedelta(hours=Policy().dispatch_hours)
    assert due() == NOW + hours
    assert due(ship_from=LATER_DAY) == LATER_DAY + hours
    assert due(ship_from=NOW - timedelta(days=1)) == NOW + hours
    assert due(ship_from=LATER_DAY, promised_ship_at=LATER_DAY + timedelta(hours=3)) == LATER_DAY + timedelta(hours=3)


def test_a_day_that_moves_after_the_decision_is_seen_again(house: House) -> None:
    house.receive()
    house.approve()
    house.receive(ship_from=LATER_DAY)
    order = house.order
    assert HoldCode.SHIP_TIME_CHANGED in open_codes(order.holds)
    assert order.status is OrderStatus.REVIEW


@pytest.mark.parametrize("state", LATER)
def test_who_travels_with_it_goes_on_without_it(house: House, state: ParcelState) -> None:
    yard = Yard(house)
    yard.bring(state)
    yard.receive(tea("2", pickup="到店自提"))
    assert (yard.codes("1"), yard.codes("2")) == ((HoldCode.MEMBER_CHANGED,), (HoldCode.PICKUP,))
    told = yard.order("2")
    house.run(completing.complete, yard.cs, told.id, told.revision, "fetched")
    box = yard.box("1")
    assert (yard.order("2").status, yard.codes("1"), box.blocked) == (OrderStatus.ELSEWHERE, (), True)
    assert yard.scan(Station.PUT_BACK, box).ok
    box = yard.box("1")
    assert (box.blocked, [(item.sku, item.dropped) for item in box.items]) == (
        False,
        [("CUP-01", False), ("TEA-01", True)],
    )
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 0}
