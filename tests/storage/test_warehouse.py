"""Parcels, waves, stops and refunds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import LostRace, Unknown
from domain.floor.parcels import Item, Parcel, ParcelState, Refund, Stage, Stop, StopState, Wave, WaveState
from domain.orders.orders import Order, OrderStatus
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each


def boxed(each: Each, *changes: dict[str, object], status: OrderStatus = OrderStatus.RELEASED) -> list[Parcel]:
    """Stored parcels, one order in each."""

    def go(unit: Unit) -> list[Parcel]:
        numbers = [f"O{number}" for number in unit.orders.next_ids(len(changes))]
        orders = [factory.order(unit, each.cast.shops[0], number, status=status) for number in numbers]
        factory.put(unit, *orders)
        boxes = [box_of(unit, each, order, **change) for order, change in zip(orders, changes, strict=True)]
        unit.parcels.add(boxes)
        return boxes

    return each.store.run_now(go)


def box_of(unit: Unit, each: Each, *orders: Order, **changes: object) -> Parcel:
    """A READY parcel of these orders, not yet added."""
    items = tuple(Item(order.id, 1, "CUP-01", "cup", 2) for order in orders)
    base = Parcel(
        unit.parcels.next_ids(1)[0],
        ParcelState.READY,
        orders[0].shop_id,
        warehouse_id=each.cast.warehouses[0].id,
        courier_id=each.cast.couriers[0].id,
        items=items,
        ready_at=NOW,
        state_at=NOW,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # whatever the test is about


def test_a_parcel_comes_back_as_it_went_in_and_saves_by_revision(each: Each) -> None:
    """Items replaced, the explanation kept, a stale save refused."""
    (box,) = boxed(each, {"waybill": "YT1", "why": {"courier": [{"name": "SF", "price": 12}]}, "holder": "王强"})
    assert each.store.read_now(lambda unit: unit.parcels.get(box.id)) == box
    news = replace(box, blocked=True, items=(replace(box.items[0], dropped=True), *box.items))
    each.store.run_now(lambda unit: unit.parcels.save([news]))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.parcels.save([replace(box, holder="late")]))
    assert each.store.read_now(lambda unit: unit.parcels.get(box.id)) == replace(news, revision=2)


def test_parcels_are_found_by_waybill_number_and_order(each: Each) -> None:
    """Blanks and unknown codes find nothing."""
    first, second = boxed(each, {"waybill": "YT1"}, {"state": ParcelState.CANCELLED})
    by = each.store.read_now(lambda unit: {code: unit.parcels.by_waybill(code) for code in ("YT1 ", "", "P", "x")})
    assert by == {"YT1 ": first, "": None, "P": None, "x": None}
    assert each.store.read_now(lambda unit: unit.parcels.by_waybill(second.number)) == second
    orders = [first.order_ids[0], second.order_ids[0], 10**9]
    of_orders = each.store.read_now(lambda unit: unit.parcels.of_orders(orders))
    assert of_orders == {orders[0]: (first,), orders[1]: (second,)}
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.parcels.get(10**9))


def test_ready_parcels_wait_for_every_order_in_them(each: Each) -> None:
    """Blocked ones, other states, other warehouses and orders that are not released stay back."""
    later: dict[str, object] = {"ready_at": NOW + timedelta(seconds=1)}
    second, first = boxed(each, later, {})
    boxed(each, {"blocked": True}, {"state": ParcelState.IN_WAVE})
    boxed(each, {}, status=OrderStatus.APPROVED)
    (elsewhere,) = boxed(each, {"warehouse_id": each.cast.warehouses[1].id, **later})

    def merged(unit: Unit) -> None:
        orders = [
            factory.order(unit, each.cast.shops[0], f"M{n}", status=status)
            for n, status in enumerate((OrderStatus.RELEASED, OrderStatus.APPROVED))
        ]
        factory.put(unit, *orders)
        unit.parcels.add([box_of(unit, each, *orders)])

    each.store.run_now(merged)
    here = each.cast.warehouses[0].id
    assert each.store.read_now(lambda unit: unit.parcels.ready(here, 9)) == [first, second]
    assert each.store.read_now(lambda unit: unit.parcels.ready(None, 9)) == [first, second, elsewhere]
    assert each.store.read_now(lambda unit: unit.parcels.ready(None, 1)) == [first]


def test_parcels_of_a_wave_by_slot_and_counts_and_stuck(each: Each) -> None:
    """counts knows only what is in the house and waiting for it."""
    wave = each.store.run_now(lambda unit: unit.waves.add(each.cast.warehouses[0].id, NOW, 2, 4))
    in_wave = {"state": ParcelState.IN_WAVE, "wave_id": wave.id}
    second, first = boxed(each, {**in_wave, "slot": 2}, {**in_wave, "slot": 1, "state_at": NOW - timedelta(hours=9)})
    boxed(each, {}, {"state": ParcelState.HANDED_OVER}, {"state": ParcelState.PLANNED})
    assert each.store.read_now(lambda unit: unit.parcels.of_wave(wave.id)) == [first, second]
    assert each.store.read_now(lambda unit: unit.parcels.stuck([ParcelState.IN_WAVE], NOW, 9)) == [first.id]
    counts = {ParcelState.READY: 1, ParcelState.IN_WAVE: 2}
    assert each.store.read_now(lambda unit: unit.parcels.counts(None)) == counts
    assert each.store.read_now(lambda unit: unit.parcels.counts(each.cast.warehouses[1].id)) == {}


def test_waves(each: Each) -> None:
    """Open until done; saved by revision."""
    here, there = (warehouse.id for warehouse in each.cast.warehouses)
    first = each.store.run_now(lambda unit: unit.waves.add(here, NOW, 2, 4))
    other = each.store.run_now(lambda unit: unit.waves.add(there, NOW, 1, 1))
    assert first == Wave(first.id, here, WaveState.OPEN, NOW, parcels=2, units=4)
    taken = replace(first, state=WaveState.TAKEN, owner_id=5, owner="王强")
    each.store.run_now(lambda unit: unit.waves.save(taken))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.waves.save(replace(first, owner="late")))
    taken = replace(taken, revision=2)
    assert each.store.read_now(lambda unit: unit.waves.open_of(here)) == [taken]
    assert each.store.read_now(lambda unit: unit.waves.open_of(None)) == [taken, other]
    each.store.run_now(lambda unit: unit.waves.save(replace(taken, state=WaveState.DONE)))
    assert each.store.read_now(lambda unit: unit.waves.open_of(None)) == [other]


def test_stops(each: Each) -> None:
    """Open ones by warehouse, due ones by clock, all by parcel."""
    (box,) = boxed(each, {})

    def stop(**changes: object) -> Callable[[Unit], Stop]:
        made = Stop(0, box.id, box.order_ids[0], StopState.OPEN, Stage.PICKED, NOW, "refund", line_nos=(2, 1))
        return lambda unit: unit.stops.add(replace(made, **changes))  # type: ignore[arg-type]

    due = each.store.run_now(stop(next_at=NOW))
    later = each.store.run_now(stop(next_at=NOW + timedelta(seconds=1)))
    acked = each.store.run_now(stop(next_at=NOW, state=StopState.ACKED, opened_at=NOW - timedelta(seconds=1)))
    done = each.store.run_now(stop(state=StopState.DONE))
    here, there = (warehouse.id for warehouse in each.cast.warehouses)
    assert each.store.read_now(lambda unit: unit.stops.due(NOW, 9)) == [due, acked]
    assert each.store.read_now(lambda unit: unit.stops.open_of(here)) == [acked, due, later]
    assert each.store.read_now(lambda unit: unit.stops.open_of(there)) == []
    assert each.store.read_now(lambda unit: unit.stops.of_parcels([box.id])) == {box.id: (due, later, acked, done)}
    each.store.run_now(lambda unit: unit.stops.save(replace(due, acked_by="王强", acked_at=NOW)))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.stops.save(due))
    assert each.store.read_now(lambda unit: unit.stops.get(due.id).acked_by) == "王强"


def test_refunds(each: Each) -> None:
    """Undecided, stopped or not is remembered as told."""
    (box,) = boxed(each, {})
    order_id = box.order_ids[0]
    made = Refund(0, order_id, "R1", "requested", 500, "CNY", NOW, line_nos=(1,), stage="picked")
    refund = each.store.run_now(lambda unit: unit.refunds.add(made))
    assert each.store.read_now(lambda unit: unit.refunds.of_order(order_id)) == (replace(made, id=refund.id),)
    each.store.run_now(lambda unit: unit.refunds.save(replace(refund, stopped=False)))
    assert each.store.read_now(lambda unit: unit.refunds.get(refund.id)) == replace(refund, stopped=False, revision=2)
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.refunds.get(10**9))
