"""Goods that a refund took out of a box and that belong in it again: the task to pick them once more (rules.md B7)."""

from datetime import timedelta

from domain.errors import NotEnoughStock, ParcelStopped
from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake.incoming import RefundState
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.stock.stock import Bucket, Document, Move, relocate
from domain.stops import pulls
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.stops.test_pulls import told


def taken_out_and_wanted(house: House) -> None:
    """The tea was refunded, put back on its shelf, and the buyer keeps it after all."""
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")


def test_a_line_withdrawn_after_its_put_back_is_picked_again(house: House) -> None:
    taken_out_and_wanted(house)
    task = house.stops[-1]
    assert (task.kind, task.state, task.line_nos) == (StopKind.REPICK, StopState.OPEN, (2,))
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    assert house.parcel.expected_g == 2 * 320 + 140 + 60
    refusal = house.scan(Station.WEIGH, house.parcel.expected_g).refusal
    assert isinstance(refusal, ParcelStopped)
    assert (refusal.codes, refusal.stop_id) == (("REPICK",), task.id)
    assert house.scan(Station.PICK).ok
    assert (house.stops[-1].state, house.parcel.blocked, house.parcel.state) == (
        StopState.DONE,
        False,
        ParcelState.PACKED,
    )
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok
    assert house.scan(Station.HAND_OVER).ok
    assert house.order.status is OrderStatus.SHIPPED


def test_refunded_and_withdrawn_once_more_the_goods_are_still_to_be_picked_again(house: House) -> None:
    """The second refund never touched them: they lie on their shelf, so the box must not go on without them."""
    taken_out_and_wanted(house)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    task, stop = house.stops[-2:]
    assert (task.kind, task.state, stop.kind, stop.state) == (
        StopKind.REPICK,
        StopState.OPEN,
        StopKind.REFUND,
        StopState.OPEN,
    )
    refusal = house.scan(Station.PICK).refusal
    assert isinstance(refusal, ParcelStopped)
    assert refusal.codes == ("REFUND",)
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    assert [one.state for one in house.stops[-2:]] == [StopState.OPEN, StopState.RELEASED]
    assert isinstance(house.scan(Station.WEIGH, house.parcel.expected_g).refusal, ParcelStopped)
    assert house.scan(Station.PICK).ok
    lying = house.store.read_now(lambda desk: desk.stock.places(["TEA-01"]))
    assert [one.units for one in lying if one.bin == house.parcel.number] == [1]
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok


def test_pulled_and_withdrawn_there_is_one_task_for_goods_that_had_one(house: House) -> None:
    taken_out_and_wanted(house)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    house.pull()
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    assert [one.kind for one in house.stops if one.open] == [StopKind.REPICK]


def test_refunded_once_more_and_put_back_there_is_nothing_to_pick_again(house: House) -> None:
    taken_out_and_wanted(house)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    assert [one.state for one in house.stops[-2:]] == [StopState.RELEASED, StopState.DONE]
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 0}
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok


def test_a_re_pick_of_goods_that_are_in_no_bin_is_refused_and_stays_a_task(house: House) -> None:
    taken_out_and_wanted(house)
    place = house.parcel.warehouse_id or 0

    def into_another_box(desk: Unit) -> None:
        units = sum(one.units for one in desk.stock.places(["TEA-01"], place) if one.bin == "")
        move = Move(place, "TEA-01", Bucket.GOOD, units, Document.MOVE, 0)
        desk.stock.apply(relocate(move, "P999999"), "somebody")

    house.run(into_another_box)
    before = (house.stops, house.parcel, house.store.read_now(lambda desk: desk.stock.places(["TEA-01"], place)))
    assert isinstance(house.scan(Station.PICK).refusal, NotEnoughStock)
    assert (
        house.stops,
        house.parcel,
        house.store.read_now(lambda desk: desk.stock.places(["TEA-01"], place)),
    ) == before
    assert house.stops[-1].state is StopState.OPEN


def test_a_task_a_refund_forbids_has_no_clock_and_is_told_anew_when_it_may_be_done(house: House) -> None:
    taken_out_and_wanted(house)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    task, stop = house.stops[-2:]
    assert (task.next_at, stop.next_at) == (None, house.clock[0] + timedelta(minutes=2))
    told(house)
    house.pass_time(120)
    assert house.run(pulls.tick) == 1
    assert [one.level for one in house.stops[-2:]] == [0, 1]
    told(house)
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    assert house.stops[-2].next_at == house.clock[0] + timedelta(minutes=2)
    assert told(house) == {Role.PACKER: 1}


def test_a_task_somebody_has_waits_too_and_goes_on_as_theirs(house: House) -> None:
    taken_out_and_wanted(house)
    house.refund(RefundState.SUCCESS, 7800, "CUP-01", number="R2")
    task = house.stops[-2]
    packer = house.cast.actor(Role.PACKER)
    house.run(pulls.acknowledge, packer, task.id, task.revision)
    assert house.stops[-2].next_at is None
    assert house.scan(Station.PUT_BACK).ok
    task = house.stops[-2]
    assert (task.kind, task.state, task.acked_by) == (StopKind.REPICK, StopState.ACKED, packer.name)
    assert task.next_at == house.clock[0] + timedelta(minutes=10)


def test_a_task_that_comes_while_a_refund_forbids_it_waits_untold(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    house.refund(RefundState.REQUESTED, 7800, "CUP-01", number="R2")
    told(house)
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    task = house.stops[-1]
    assert (task.kind, task.state, task.next_at, told(house)) == (StopKind.REPICK, StopState.OPEN, None, {})
    house.refund(RefundState.CANCELLED, 7800, "CUP-01", number="R2")
    assert house.stops[-1].next_at == house.clock[0] + timedelta(minutes=2)
    assert told(house) == {Role.PACKER: 1}
