"""Goods that the buyer is given at the counter leave the stock of a warehouse, and come back when it was not so."""

import pytest

from domain.errors import NotAllowed, NotEnoughStock, Stale, WrongStatus
from domain.finance.day_costs import goods_costs
from domain.finance.day_report import CostBasis
from domain.floor import release
from domain.floor.parcels import ParcelState, StopKind, WaveState
from domain.intake.incoming import RefundState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Role, Station
from domain.review import completing
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Move
from tests.domain.house import House
from tests.domain.yard import Yard, tea

BOTH = {"CUP-01": 2, "TEA-01": 1}
NONE = {"CUP-01": 0, "TEA-01": 0}
IN_BOX = (ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED)


def good(house: House) -> dict[tuple[int, str], int]:
    """Units on hand, by warehouse and sku; the places tell the same."""
    levels = house.store.read_now(lambda desk: desk.stock.levels(list(BOTH)))
    places = house.store.read_now(lambda desk: desk.stock.places(list(BOTH)))
    sums = dict.fromkeys(levels, 0)
    for place in places:
        sums[place.warehouse_id, place.sku] += place.units
    found = {key: level.good for key, level in levels.items()}
    assert found == sums
    assert house.store.read_now(lambda desk: desk.stock.ledger_values()) == {
        **dict.fromkeys(house.store.read_now(lambda desk: desk.stock.ledger_values()), 0),
        **house.store.read_now(lambda desk: desk.stock.values()),
    }
    return found


def fetched(house: House, warehouse: int | None) -> Order:
    told = house.order
    return house.run(completing.complete, house.cast.actor(Role.CS), told.id, told.revision, "fetched", warehouse)


def reopened(house: House, role: Role = Role.CS) -> Order:
    told = house.order
    return house.run(completing.reopen, house.cast.actor(role), told.id, told.revision)


def sources(house: House) -> list[int]:
    return house.store.read_now(completing.sources, house.order)


def less(before: dict[tuple[int, str], int], warehouse: int) -> dict[tuple[int, str], int]:
    return {(place, sku): units - (BOTH[sku] if place == warehouse else 0) for (place, sku), units in before.items()}


def test_from_the_shelf_of_the_warehouse_that_is_named(house: House) -> None:
    house.receive(pickup="到店自提")
    before, places = good(house), [warehouse.id for warehouse in house.cast.warehouses]
    assert sources(house) == places
    done = fetched(house, places[1])
    assert (done.status, done.reason, house.reserved()) == (OrderStatus.ELSEWHERE, "fetched", NONE)
    assert good(house) == less(before, places[1])
    row = house.store.read_now(lambda desk: desk.stock.history("CUP-01", 1))[0]
    assert (row["document"], row["document_id"], row["delta"]) == (Document.COUNTER, done.id, -2)
    verbs = [event.verb for event in house.store.read_now(lambda desk: desk.history("order", done.id))]
    assert {"issued", "completed"} <= set(verbs)


def test_what_it_cost_is_what_left(house: House) -> None:
    house.receive(pickup="到店自提")
    place = house.cast.warehouses[0].id
    worth = sum(house.store.read_now(lambda desk: desk.stock.values()).values())
    done = fetched(house, place)
    cost = house.store.read_now(goods_costs, [done])[done.id]
    left = sum(house.store.read_now(lambda desk: desk.stock.values()).values())
    assert (cost.amount, cost.basis) == (worth - left, CostBasis.LEFT)


def test_without_a_warehouse_no_stock_is_taken(house: House) -> None:
    house.receive(pickup="到店自提")
    before = good(house)
    fetched(house, None)
    assert good(house) == before


def test_what_is_promised_to_others_is_not_given_away(house: House) -> None:
    house.receive(pickup="到店自提")
    place = house.cast.warehouses[0].id
    level = house.store.read_now(lambda desk: desk.stock.levels(["CUP-01"]))[place, "CUP-01"]
    house.run(
        lambda desk: desk.stock.apply(
            [Move(place, "CUP-01", Bucket.RESERVED, level.free - 1, Document.APPROVAL, 0)], "test"
        )
    )
    before, told = good(house), house.order
    assert place not in sources(house)
    with pytest.raises(NotEnoughStock):
        fetched(house, place)
    assert (good(house), house.order) == (before, told)


@pytest.mark.parametrize("state", IN_BOX)
def test_a_box_that_stands_ready_goes_as_it_is(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    house.receive(pickup="到店自提")
    before, place = good(house), house.parcel.warehouse_id or 0
    assert sources(house) == [place]
    fetched(house, place)
    assert (house.order.status, house.parcel.state) == (OrderStatus.ELSEWHERE, ParcelState.CANCELLED)
    assert [stop for stop in house.stops if stop.open] == []
    assert (house.reserved(), good(house)) == (NONE, less(before, place))
    boxes = {p.bin for p in house.store.read_now(lambda desk: desk.stock.places(list(BOTH)))}
    assert house.parcel.number not in boxes


@pytest.mark.parametrize("state", [ParcelState.READY, *IN_BOX])
def test_taken_back_it_is_reviewed_anew_and_its_goods_lie_where_they_lay(house: House, state: ParcelState) -> None:
    house.receive()
    places = house.store.read_now(lambda desk: desk.stock.places(list(BOTH)))
    house.bring_to(state)
    house.receive(pickup="到店自提")
    for _ in range(2):
        before = good(house)
        fetched(house, house.parcels[-1].warehouse_id)
        order = reopened(house)
        assert (order.status, order.reason, open_codes(order.holds)) == (OrderStatus.REVIEW, "", (HoldCode.PICKUP,))
        assert good(house) == before
        assert house.store.read_now(lambda desk: desk.stock.places(list(BOTH))) == places
    house.release(HoldCode.PICKUP)
    house.approve()
    assert (house.order.status, house.reserved()) == (OrderStatus.APPROVED, BOTH)


def test_an_untouched_box_of_an_open_wave_leaves_it_and_the_wave_is_over(house: House) -> None:
    house.bring_to(ParcelState.READY)
    wave = house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), house.parcel.warehouse_id or 0)
    house.receive(pickup="到店自提")
    fetched(house, None)
    assert house.parcel.state is ParcelState.CANCELLED
    assert house.store.read_now(lambda desk: desk.waves.get(wave.id)).state is WaveState.DONE


def test_a_box_that_is_being_picked_or_stopped_is_put_back_first(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    house.receive(pickup="到店自提")
    before, told = good(house), house.order
    assert sources(house) == []
    with pytest.raises(WrongStatus):
        fetched(house, house.parcel.warehouse_id)
    assert (good(house), house.order, house.reserved()) == (before, told, BOTH)
    fetched(house, None)
    told = house.order
    with pytest.raises(WrongStatus):
        reopened(house)
    assert house.order == told
    assert house.scan(Station.PUT_BACK).ok
    assert reopened(house).status is OrderStatus.REVIEW


def test_a_box_with_a_refund_in_it_or_with_others_does_not_go(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    house.receive(pickup="到店自提")
    assert [stop.kind for stop in house.stops if stop.open and stop.line_nos] == [StopKind.REFUND]
    assert sources(house) == []
    with pytest.raises(WrongStatus):
        fetched(house, house.parcel.warehouse_id)


def test_the_box_of_two_orders_does_not_go_over_the_counter(house: House) -> None:
    yard = Yard(house)
    box = yard.bring(ParcelState.PACKED)
    yard.receive(tea("2", pickup="到店自提"))
    other = yard.order("2")
    assert house.store.read_now(completing.sources, other) == []
    with pytest.raises(WrongStatus):
        house.run(completing.complete, yard.cs, other.id, other.revision, "fetched", box.warehouse_id)
    assert yard.order("2") == other


def test_who_may_not_approve_takes_nothing_back_and_an_old_card_neither(house: House) -> None:
    house.receive(pickup="到店自提")
    fetched(house, house.cast.warehouses[0].id)
    told, before = house.order, good(house)
    with pytest.raises(NotAllowed):
        reopened(house, Role.DISPATCHER)
    with pytest.raises(Stale):
        house.run(completing.reopen, house.cast.actor(Role.CS), told.id, told.revision - 1)
    assert (house.order, good(house)) == (told, before)


def test_after_a_refund_it_stays_done(house: House) -> None:
    house.receive(pickup="到店自提")
    fetched(house, house.cast.warehouses[0].id)
    house.refund(RefundState.SUCCESS)
    before = good(house)
    with pytest.raises(WrongStatus):
        reopened(house)
    assert (house.order.status, good(house)) == (OrderStatus.ELSEWHERE, before)
