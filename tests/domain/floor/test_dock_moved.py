"""A new address for a box that was scanned out and that nobody has signed for: called back as a refund calls it."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed, NotSeen, Stale, WrongStatus
from domain.floor import dock, manifests
from domain.floor.parcels import ParcelState, Stage, StopKind, StopState
from domain.intake.incoming import PlatformState, RefundState
from domain.orders import corrections
from domain.orders.orders import OrderStatus
from domain.paper.paper_records import Manifest
from domain.people.people import Actor, Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_stops import RecallKind, StopRules
from domain.records import AlertKind
from domain.review.holds import HoldCode, open_codes
from domain.stops import pulls, recalls
from domain.watch import worries
from tests import factory
from tests.domain.house import House
from tests.domain.orders.owing import Owing
from tests.domain.yard import Yard

BOTH = {"CUP-01": 2, "TEA-01": 1}
ELSEWHERE = factory.receiver(address="文三路 9 号")
WHO = pytest.mark.parametrize("who", ["platform", "customer service"])


def boris(house: House) -> Actor:
    return house.cast.actor(Role.DISPATCHER)


def moves(house: House, who: str = "platform") -> None:
    if who == "platform":
        house.receive(receiver=ELSEWHERE)
    else:
        order = house.order
        house.run(corrections.edit_address, house.cast.actor(Role.CS), order.id, order.revision, ELSEWHERE)


def make(house: House) -> Manifest:
    return house.run(manifests.make, boris(house), house.parcel.warehouse_id or 0, house.parcel.courier_id or 0)


def told(house: House, role: Role) -> set[str]:
    chat = house.cast.people[role].chat_id
    return {notice.key for notice in house.store.read_now(lambda desk: desk.outbox.waiting(chat))}


@WHO
@pytest.mark.parametrize("listed", [False, True], ids=["no list", "unsigned list"])
def test_it_is_called_back_and_stops(house: House, who: str, listed: bool) -> None:
    house.bring_to(ParcelState.WEIGHED)
    before = house.store.read_now(lambda desk: (desk.stock.levels(), desk.stock.values(["CUP-01", "TEA-01"])))
    assert house.scan(Station.HAND_OVER).ok
    made = make(house) if listed else None
    moves(house, who)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.stage, stop.reason) == (
        StopKind.HOLD,
        StopState.OPEN,
        Stage.DOCK,
        HoldCode.ADDR_CHANGED,
    )
    assert (house.parcel.state, house.parcel.handed_over_at, house.parcel.blocked) == (ParcelState.WEIGHED, None, True)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.RELEASED, (HoldCode.ADDR_CHANGED,))
    assert house.order.receiver.address == "文三路 9 号"
    levels = house.store.read_now(lambda desk: (desk.stock.levels(), desk.stock.values(["CUP-01", "TEA-01"])))
    assert (levels, house.reserved()) == (before, BOTH)
    assert f"stop:{stop.id}:0" in told(house, Role.DISPATCHER)
    assert not house.scan(Station.HAND_OVER).ok
    if made is not None:
        now = house.store.read_now(lambda desk: desk.manifests.get(made.id))
        assert (now.parcels, now.grams) == (0, 0)
        with pytest.raises(Stale):
            house.run(manifests.sign, boris(house), manifests.signed(made, boris(house), "w", house.clock[0]), b"x")


@WHO
def test_what_the_courier_signed_for_is_too_late(house: House, who: str) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    moves(house, who)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.stage) == (StopKind.HOLD, StopState.TOO_LATE, Stage.IN_TRANSIT)
    assert (house.parcel.state, house.order.status) == (ParcelState.HANDED_OVER, OrderStatus.SHIPPED)
    assert house.order.holds == ()


def test_it_goes_on_with_a_new_number_once_somebody_has_it_in_hand(house: House) -> None:
    house.to_the_dock()
    old = house.parcel.waybill
    moves(house)
    before = (house.order, house.parcel, house.stops)
    with pytest.raises(NotSeen) as refused:
        house.release(HoldCode.ADDR_CHANGED)
    assert refused.value.waybill == old
    assert (house.order, house.parcel, house.stops) == before
    assert house.pull().state is StopState.PULLED
    stop = house.stops[0]
    with pytest.raises(WrongStatus):
        house.run(dock.left_already, boris(house), stop.id, stop.revision)
    house.release(HoldCode.ADDR_CHANGED)
    assert (house.stops[0].state, house.parcel.blocked, house.parcel.waybill != old) == (
        StopState.RELEASED,
        False,
        True,
    )
    assert house.scan(Station.HAND_OVER).ok
    assert house.order.status is OrderStatus.SHIPPED
    assert make(house).parcels == 1


def test_without_a_second_scan_the_dispatchers_answer_will_do(house: House) -> None:
    rules = replace(Policy(), stops=StopRules(second_scan=False))
    house.run(lambda unit: unit.catalog_admin.put_policy(rules, "t"))
    house.to_the_dock()
    moves(house)
    stop = house.stops[0]
    house.run(pulls.acknowledge, boris(house), stop.id, stop.revision)
    house.release(HoldCode.ADDR_CHANGED)
    assert (house.stops[0].state, house.parcel.blocked) == (StopState.RELEASED, False)


def test_it_had_left_after_all(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    assert house.scan(Station.HAND_OVER).ok
    shipped, at = house.store.read_now(lambda desk: desk.stock.levels()), house.parcel.handed_over_at
    moves(house)
    stop = house.run(pulls.acknowledge, boris(house), house.stops[0].id, house.stops[0].revision)
    with pytest.raises(NotAllowed):
        house.run(dock.left_already, house.cast.actor(Role.PICKER), stop.id, stop.revision)
    late = house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert (late.state, late.stage, late.reason, late.acked_at, late.next_at) == (
        StopState.TOO_LATE,
        Stage.DOCK,
        HoldCode.ADDR_CHANGED,
        None,
        None,
    )
    assert (house.parcel.state, house.parcel.handed_over_at, house.parcel.blocked) == (
        ParcelState.HANDED_OVER,
        at,
        False,
    )
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.SHIPPED, ())
    assert house.store.read_now(lambda desk: desk.stock.levels()) == shipped
    assert f"stop:{stop.id}:left" in told(house, Role.CS)
    house.pass_time(16 * 60)
    left = [one for one in house.store.read_now(worries.found) if one.kind is AlertKind.LEFT_STOPPED]
    assert [(one.count, one.first) for one in left] == [(1, (house.order.id,))]
    recall = house.run(recalls.register, house.cast.actor(Role.CS), house.parcel.id, RecallKind.ADDRESS)
    assert recall.target.endswith("文三路 9 号")


def test_a_refund_that_comes_after_it_may_find_it_gone_as_well(house: House) -> None:
    house.to_the_dock()
    moves(house)
    house.refund(RefundState.SUCCESS)
    refund = next(stop for stop in house.stops if stop.kind is StopKind.REFUND)
    assert (refund.state, refund.stage) == (StopState.OPEN, Stage.DOCK)
    house.run(dock.left_already, boris(house), refund.id, refund.revision)
    ended = {(stop.kind, stop.state) for stop in house.stops}
    assert ended == {(StopKind.REFUND, StopState.TOO_LATE), (StopKind.HOLD, StopState.RELEASED)}
    assert (house.order.status, house.parcel.state) == (OrderStatus.SHIPPED, ParcelState.HANDED_OVER)


def test_a_refund_of_what_was_pulled_is_of_a_box_in_the_house(house: House) -> None:
    house.to_the_dock()
    moves(house)
    house.pull()
    house.refund(RefundState.REQUESTED)
    refund = next(stop for stop in house.stops if stop.kind is StopKind.REFUND)
    assert refund.stage is Stage.WEIGHED


def test_a_companion_waits_with_it_and_cannot_be_parted_before_it_is_seen(house: House) -> None:
    yard = Yard(house)
    box = yard.bring(ParcelState.WEIGHED)
    assert yard.scan(Station.HAND_OVER, box).ok
    order = yard.order("2")
    yard.run(corrections.edit_address, yard.cs, order.id, order.revision, ELSEWHERE)
    assert [yard.order(n).status for n in ("1", "2")] == [OrderStatus.RELEASED, OrderStatus.RELEASED]
    assert (yard.codes("1"), yard.codes("2")) == ((HoldCode.MEMBER_CHANGED,), (HoldCode.ADDR_CHANGED,))
    with pytest.raises(NotSeen):
        yard.unmerge("2")
    stop = yard.stops(box)[0]
    house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert [yard.order(n).status for n in ("1", "2")] == [OrderStatus.SHIPPED, OrderStatus.SHIPPED]
    assert (yard.codes("1"), yard.codes("2")) == ((), ())
    assert [one.state for one in yard.stops(box)] == [StopState.TOO_LATE]


def test_what_is_delivered_stays_where_it_is(house: House) -> None:
    house.to_the_dock()
    house.receive(state=PlatformState.DONE, receiver=ELSEWHERE)
    assert (house.parcel.state, house.stops) == (ParcelState.HANDED_OVER, ())


def test_what_is_owed_moves_alone_but_not_past_a_box_on_the_dock(house: House) -> None:
    shop = Owing(house)
    box = shop.ship_first(signed=False)
    shop.tap(corrections.edit_address, ELSEWHERE)
    assert [one.state for one in shop.boxes()] == [ParcelState.WEIGHED, ParcelState.OWED]
    assert shop.codes() == (HoldCode.ADDR_CHANGED,)
    (stop,) = house.store.read_now(lambda desk: desk.stops.of_parcels([box.id])[box.id])
    assert (stop.kind, stop.stage) == (StopKind.HOLD, Stage.DOCK)
    house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert [one.state for one in shop.boxes()] == [ParcelState.HANDED_OVER, ParcelState.OWED]
