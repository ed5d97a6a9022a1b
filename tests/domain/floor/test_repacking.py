"""Other goods are ordered than lie in the box, and customer service has it repacked: what comes out, what goes in, and
the stock at every step."""

from dataclasses import replace

import pytest

from domain.errors import NotEnoughStock, NotSeen, ParcelStopped, Refusal, Unknown, WrongStatus
from domain.floor import fulfilment, release
from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingLine, IncomingRefund, RefundState
from domain.orders import kits
from domain.orders.catalog import Bundle, Part
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_stops import StopRules
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests.domain.house import LINES, House
from tests.domain.stops.test_pulls import told
from tests.domain.yard import PAIR, Yard, empty, split_order, tea
from tests.factory import incoming_line

SWAPPED = (LINES[0], replace(LINES[1], merchant_code="CUP-02", title="CUP-02"))
DROPPED = (LINES[0],)
MORE = (incoming_line("CUP-01", 3), LINES[1])
FEWER = (incoming_line("CUP-01", 1), LINES[1])
ALL = ("CUP-01", "CUP-02", "TEA-01")
Goods = dict[str, int]


def repack(house: House) -> None:
    order = house.order
    house.run(
        review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.GOODS_CHANGED, repack=True
    )


def changed(house: House, state: ParcelState, lines: tuple[IncomingLine, ...]) -> None:
    """The box is there, its goods are changed, and customer service has it repacked."""
    house.bring_to(state)
    house.receive(lines=lines)
    repack(house)


def tasks(house: House) -> list[tuple[StopKind, Goods]]:
    """The open tasks with their goods."""
    items = house.parcel.live_items
    return [(s.kind, {i.sku: i.quantity for i in items if i.line_no in s.line_nos}) for s in house.stops if s.open]


def claimed(house: House) -> Goods:
    levels = house.store.read_now(lambda desk: desk.stock.levels(ALL))
    return {sku: units for sku in ALL if (units := sum(lv.reserved for key, lv in levels.items() if key[1] == sku))}


def inside(house: House) -> Goods:
    """What the books have in the box."""
    box = house.parcel.number
    found = house.store.read_now(lambda desk: desk.stock.places(ALL))
    return {place.sku: place.units for place in found if place.bin == box}


def live(house: House) -> Goods:
    found: Goods = {}
    for item in house.parcel.live_items:
        found[item.sku] = found.get(item.sku, 0) + item.quantity
    return found


def paid(house: House) -> int:
    return sum(item.paid for item in house.parcel.live_items)


def ships(house: House, goods: Goods) -> None:
    """The box goes on to the end, with just these goods."""
    assert (live(house), inside(house), claimed(house)) == (goods, goods, goods)
    assert not house.parcel.blocked
    for station in (Station.PACK, Station.WEIGH, Station.HAND_OVER):
        house.scan(station, house.parcel.expected_g if station is Station.WEIGH else None)
    assert (house.parcel.state, house.order.status) == (ParcelState.HANDED_OVER, OrderStatus.SHIPPED)
    assert (claimed(house), inside(house)) == ({}, {})


@pytest.mark.parametrize("state", [ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED], ids=str)
def test_swapped_goods_come_out_first_and_go_in_then(house: House, state: ParcelState) -> None:
    changed(house, state, SWAPPED)
    assert tasks(house) == [(StopKind.REPACK, {"TEA-01": 1}), (StopKind.REPICK, {"CUP-02": 1})]
    assert open_codes(house.order.holds) == ()
    assert claimed(house) == {"CUP-01": 2, "TEA-01": 1, "CUP-02": 1}
    assert inside(house) == {"CUP-01": 2, "TEA-01": 1}
    assert house.parcel.blocked
    refusal = house.scan(Station.PICK).refusal
    assert isinstance(refusal, ParcelStopped)
    assert refusal.codes == ("REPACK",)
    assert house.scan(Station.PUT_BACK).ok
    assert tasks(house) == [(StopKind.REPICK, {"CUP-02": 1})]
    assert (claimed(house), inside(house)) == ({"CUP-01": 2, "CUP-02": 1}, {"CUP-01": 2})
    assert house.scan(Station.PICK).ok
    assert tasks(house) == []
    assert paid(house) == house.order.paid
    ships(house, {"CUP-01": 2, "CUP-02": 1})


def test_a_dropped_line_only_comes_out(house: House) -> None:
    changed(house, ParcelState.WEIGHED, DROPPED)
    assert tasks(house) == [(StopKind.REPACK, {"TEA-01": 1})]
    assert house.scan(Station.PUT_BACK).ok
    assert (house.parcel.state, house.parcel.expected_g) == (ParcelState.PACKED, 2 * 320 + 60)
    ships(house, {"CUP-01": 2})


def test_more_of_a_line_is_a_line_of_its_own_that_is_put_in(house: House) -> None:
    changed(house, ParcelState.PACKED, MORE)
    assert tasks(house) == [(StopKind.REPICK, {"CUP-01": 1})]
    assert [(line.external_id, line.quantity) for line in house.order.lines] == [
        ("L-CUP-01", 2),
        ("L-TEA-01", 1),
        ("L-CUP-01", 1),
    ]
    assert house.scan(Station.PICK).ok
    house.receive(lines=MORE)  # told once more, it is what lies there
    assert house.order.holds[-1].open is False
    assert paid(house) == house.order.paid
    ships(house, {"CUP-01": 3, "TEA-01": 1})


def test_fewer_of_a_line_leave_the_rest_under_its_number(house: House) -> None:
    changed(house, ParcelState.PACKED, FEWER)
    assert tasks(house) == [(StopKind.REPACK, {"CUP-01": 1})]
    assert house.scan(Station.PUT_BACK).ok
    assert {item.line_no: item.quantity for item in house.parcel.live_items} == {1: 1, 2: 1}
    ships(house, {"CUP-01": 1, "TEA-01": 1})


def test_everything_else_than_what_was_packed(house: House) -> None:
    changed(house, ParcelState.PACKED, (incoming_line("CUP-02", 2),))
    assert tasks(house) == [(StopKind.REPACK, {"CUP-01": 2, "TEA-01": 1}), (StopKind.REPICK, {"CUP-02": 2})]
    assert house.scan(Station.PUT_BACK).ok
    assert (house.parcel.state, inside(house)) == (ParcelState.PACKED, {})
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-02": 2})


def test_from_the_dock_it_is_seen_before_it_is_repacked(house: House) -> None:
    house.to_the_dock()
    house.receive(lines=SWAPPED)
    with pytest.raises(NotSeen):
        repack(house)
    house.pull()
    repack(house)
    assert tasks(house) == [(StopKind.REPACK, {"TEA-01": 1}), (StopKind.REPICK, {"CUP-02": 1})]
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-01": 2, "CUP-02": 1})


def test_in_a_wave_nobody_has_taken_nothing_is_put_back(house: House) -> None:
    house.receive()
    house.approve()
    house.pass_time(60)
    house.run(release.release_due)
    wave = house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), house.parcel.warehouse_id or 0)
    house.receive(lines=SWAPPED)
    repack(house)
    assert tasks(house) == [(StopKind.REPICK, {"CUP-02": 1})]
    assert (claimed(house), inside(house)) == ({"CUP-01": 2, "CUP-02": 1}, {})
    house.run(release.take_wave, house.cast.actor(Role.PICKER), wave.id, wave.revision)
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-01": 2, "CUP-02": 1})


def test_on_a_cart_it_is_put_back_before_it_is_picked(house: House) -> None:
    changed(house, ParcelState.IN_WAVE, SWAPPED)
    assert tasks(house) == [(StopKind.REPACK, {"TEA-01": 1}), (StopKind.REPICK, {"CUP-02": 1})]
    assert not house.scan(Station.PICK).ok
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.PICK).ok
    assert (house.parcel.state, tasks(house)) == (ParcelState.PICKED, [])
    ships(house, {"CUP-01": 2, "CUP-02": 1})


def test_goods_that_are_nowhere_change_nothing(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    for place in house.cast.warehouses:
        house.run(empty, place.id, "CUP-02")
    house.receive(lines=SWAPPED)
    before = (house.order, house.parcel, house.stops, claimed(house))
    with pytest.raises(NotEnoughStock):
        repack(house)
    assert (house.order, house.parcel, house.stops, claimed(house)) == before


def test_goods_we_do_not_know_are_named(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(lines=(LINES[0], replace(LINES[1], merchant_code="NEW-9", title="Something new")))
    before = (house.order, house.parcel, house.stops)
    with pytest.raises(Unknown) as caught:
        repack(house)
    assert (caught.value.kind, caught.value.name) == ("sku", "NEW-9")
    assert (house.order, house.parcel, house.stops) == before


def test_what_a_refund_takes_out_is_put_back_before(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    house.receive(lines=MORE)
    with pytest.raises(ParcelStopped):
        repack(house)
    assert house.scan(Station.PUT_BACK).ok
    repack(house)
    assert tasks(house) == [(StopKind.REPICK, {"CUP-01": 1})]


def test_nothing_to_repack_is_refused(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(lines=SWAPPED)
    house.receive()
    with pytest.raises(WrongStatus):
        repack(house)


def test_changed_back_before_anybody_did_it_there_is_nothing_to_do(house: House) -> None:
    changed(house, ParcelState.PACKED, SWAPPED)
    house.receive()
    repack(house)
    assert (tasks(house), claimed(house)) == ([], {"CUP-01": 2, "TEA-01": 1})
    assert [stop.state for stop in house.stops[1:]] == [StopState.RELEASED, StopState.RELEASED, StopState.RELEASED]
    ships(house, {"CUP-01": 2, "TEA-01": 1})


def test_changed_back_after_it_was_taken_out_it_goes_in_again(house: House) -> None:
    changed(house, ParcelState.PACKED, SWAPPED)
    assert house.scan(Station.PUT_BACK).ok
    house.receive()
    repack(house)
    assert tasks(house) == [(StopKind.REPICK, {"TEA-01": 1})]
    assert claimed(house) == {"CUP-01": 2, "TEA-01": 1}
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-01": 2, "TEA-01": 1})


def test_a_put_back_between_a_change_and_its_decision_drops_no_line(house: House) -> None:
    """The goods the platform wants again go back to their shelf meanwhile: the order wants them still."""
    changed(house, ParcelState.PACKED, DROPPED)
    house.receive(lines=LINES)
    assert house.scan(Station.PUT_BACK).ok
    assert [line.dropped for line in house.order.lines] == [False, False]
    assert open_codes(house.order.holds) == (HoldCode.GOODS_CHANGED,)
    repack(house)
    assert tasks(house) == [(StopKind.REPICK, {"TEA-01": 1})]


def test_refunded_while_it_is_repacked_everything_goes_back(house: House) -> None:
    changed(house, ParcelState.PACKED, SWAPPED)
    house.refund(RefundState.SUCCESS)
    assert house.scan(Station.PUT_BACK).ok
    assert (tasks(house), claimed(house), inside(house)) == ([], {}, {})
    assert (house.parcel.state, house.order.status) == (ParcelState.CANCELLED, OrderStatus.CANCELLED)


def test_of_two_new_lines_a_refunded_one_is_put_in_no_more(house: House) -> None:
    lines = (LINES[0], incoming_line("CUP-02", 1), incoming_line("LAMP-01", 1))
    changed(house, ParcelState.PACKED, lines)
    assert house.scan(Station.PUT_BACK).ok
    house.refund(RefundState.SUCCESS, 7800, "LAMP-01")
    assert house.scan(Station.PUT_BACK).ok
    assert tasks(house) == [(StopKind.REPICK, {"CUP-02": 1})]
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-01": 2, "CUP-02": 1})


@pytest.mark.parametrize(
    ("state", "called"),
    [(ParcelState.PACKED, {Role.PACKER: 1}), (ParcelState.WEIGHED, {Role.PICKER: 1})],
    ids=["the packer has it", "the dispatcher has it, who fetches nothing"],
)
def test_who_can_put_in_what_is_missing_is_told_and_may(
    house: House, state: ParcelState, called: dict[Role, int]
) -> None:
    house.bring_to(state)
    house.receive(lines=MORE)
    told(house)
    repack(house)
    assert told(house) == called
    waybill = house.parcel.waybill
    dispatcher, packer = house.cast.actor(Role.DISPATCHER), house.cast.actor(Role.PACKER)
    assert isinstance(house.run(fulfilment.scan, dispatcher, Station.PICK, waybill).refusal, Refusal)
    assert tasks(house) == [(StopKind.REPICK, {"CUP-01": 1})]
    assert house.run(fulfilment.scan, packer, Station.PICK, waybill).ok
    assert tasks(house) == []


def test_bins_are_confirmed_where_the_policy_asks_for_it(house: House) -> None:
    rules = replace(Policy(), stops=StopRules(put_back_bins=True))
    house.run(lambda unit: unit.catalog_admin.put_policy(rules, "t"))
    changed(house, ParcelState.PACKED, SWAPPED)
    assert not house.scan(Station.PUT_BACK).ok
    assert inside(house) == {"CUP-01": 2, "TEA-01": 1}


def test_a_companion_in_the_box_keeps_its_goods(house: House) -> None:
    yard = Yard(house)
    box = yard.bring(ParcelState.PACKED)
    yard.receive(tea("2", lines=(incoming_line("CUP-02", 1, amount=5900),)))
    order = yard.order("2")
    house.run(review.release_hold, yard.cs, order.id, order.revision, HoldCode.GOODS_CHANGED, repack=True)
    assert [yard.codes(n) for n in PAIR] == [(), ()]
    assert yard.scan(Station.PUT_BACK, box).ok
    assert yard.scan(Station.PICK, box).ok
    assert {(item.order_id, item.sku): item.quantity for item in yard.box("1").live_items} == {
        (yard.order("1").id, "CUP-01"): 2,
        (yard.order("2").id, "CUP-02"): 1,
    }
    assert not yard.box("1").blocked


def test_of_two_boxes_the_new_goods_go_where_they_are(house: House) -> None:
    yard = Yard(house)
    first, second = split_order(yard)
    house.run(lambda desk: _only_at(desk, second.warehouse_id or 0, first.warehouse_id or 0))
    order = yard.order("1")
    lines = (incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900), incoming_line("CUP-02", 1))
    told_again = replace(house.told(lines=lines), number="1", external_id=order.external_id)
    yard.receive(told_again)
    order = yard.order("1")
    house.run(review.release_hold, yard.cs, order.id, order.revision, HoldCode.GOODS_CHANGED, repack=True)
    held = {box.warehouse_id: sorted(item.sku for item in box.live_items) for box in yard.boxes("1")}
    assert "CUP-02" in held[second.warehouse_id]
    assert "CUP-02" not in held[first.warehouse_id]


def _only_at(desk: Unit, there: int, elsewhere: int) -> None:
    empty(desk, elsewhere, "CUP-02")
    desk.stock.apply([Move(there, "CUP-02", Bucket.GOOD, 5, Document.OPENING, 0)], "t")


ANOTHER = replace(LINES[0], external_id="L9", quantity=1)


def test_what_was_still_to_go_in_is_taken_off_and_its_like_stays_in_the_box(house: House) -> None:
    changed(house, ParcelState.PACKED, (*LINES, ANOTHER))
    assert tasks(house) == [(StopKind.REPICK, {"CUP-01": 1})]
    house.receive(lines=(LINES[1], replace(ANOTHER, quantity=2)))
    repack(house)
    ships(house, {"CUP-01": 2, "TEA-01": 1})


def test_a_refund_of_what_is_still_to_go_in_leaves_its_like_in_the_box(house: House) -> None:
    changed(house, ParcelState.PACKED, (*LINES, ANOTHER))
    told_refund = IncomingRefund("R1", RefundState.SUCCESS, ANOTHER.amount, ("L9",))
    house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told_refund)
    assert house.scan(Station.PUT_BACK).ok
    ships(house, {"CUP-01": 2, "TEA-01": 1})


def a_set(units: int) -> IncomingLine:
    return IncomingLine("L-SET", "SET", units, "SET", unit_price=13_700, amount=13_700 * units)


def made_of(house: House, *parts: Part, version: int) -> None:
    house.run(lambda unit: unit.keep_bundles([Bundle("SET", "set", parts, False, version, "boss", unit.now)]))


def test_one_set_more_goes_in_with_all_its_parts(house: House) -> None:
    made_of(house, Part("CUP-01", 1), Part("TEA-01", 2), version=1)
    house.bring_to(ParcelState.PACKED, lines=(a_set(1),))
    house.receive(lines=(a_set(3),))
    repack(house)
    assert tasks(house) == [(StopKind.REPICK, {"CUP-01": 2, "TEA-01": 4})]
    assert [(kits.sets(group), len(group)) for group in kits.groups(house.order.lines)] == [(1, 2), (2, 2)]
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-01": 3, "TEA-01": 6})


def test_of_a_set_that_becomes_single_goods_what_lies_there_stays(house: House) -> None:
    made_of(house, Part("CUP-01", 1), Part("TEA-01", 1), version=1)
    house.bring_to(ParcelState.PACKED, lines=(a_set(1),))
    house.receive(lines=(replace(a_set(1), external_id="L-OTHER", merchant_code="CUP-01", quantity=2),))
    repack(house)
    assert tasks(house) == [(StopKind.REPACK, {"TEA-01": 1}), (StopKind.REPICK, {"CUP-01": 1})]
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-01": 2})
