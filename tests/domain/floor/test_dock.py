"""The dock: until its courier has signed, a shipment can be taken back, and a refund stops the box."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import NotAllowed, ShipmentStays, Stale, Unknown, WrongStatus
from domain.finance import day_costs
from domain.floor import dock, floor, manifests, undo_scan
from domain.floor.parcels import ParcelState, Stage, StopState
from domain.intake.incoming import PlatformState, RefundState
from domain.orders.orders import OrderStatus
from domain.paper.paper_records import Manifest
from domain.people.people import Actor, Role, Station
from domain.policy.policy_stops import RecallKind
from domain.records import AlertKind
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Level
from domain.stops import recalls, returns
from domain.watch import worries
from domain.waybills import ewaybills
from storage.unit import Unit
from tests import factory
from tests.domain.house import LINES, House
from tests.domain.yard import Yard
from tests.factory import incoming_line

BOTH = {"CUP-01": 2, "TEA-01": 1}
NONE = {"CUP-01": 0, "TEA-01": 0}


def boris(house: House) -> Actor:
    return house.cast.actor(Role.DISPATCHER)


def books(house: House) -> tuple[object, ...]:
    """Levels, places and what the units have cost."""
    skus = ["CUP-01", "TEA-01"]
    return house.store.read_now(lambda d: (d.stock.levels(skus), d.stock.places(skus), d.stock.values(skus)))


def level(house: House, sku: str) -> Level:
    place = house.parcel.warehouse_id or 0
    return house.store.read_now(lambda desk: desk.stock.levels([sku]))[place, sku]


def make(house: House) -> Manifest:
    return house.run(manifests.make, boris(house), house.parcel.warehouse_id or 0, house.parcel.courier_id or 0)


def dearer(unit: Unit) -> None:
    """The card's cost changes: what is booked stays as it was."""
    unit.catalog_admin.put_skus([replace(sku, cost=sku.cost * 3) for sku in unit.catalog.skus.values()])


def test_a_shipment_taken_back_is_as_if_it_had_not_left(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    before, parcel, order = books(house), house.parcel, house.order
    assert house.scan(Station.HAND_OVER).ok
    house.run(dearer)
    back = house.run(dock.take_back, boris(house), parcel.waybill.lower())
    assert books(house) == before
    assert back == replace(parcel, revision=back.revision, state_at=back.state_at)
    assert (house.order.status, house.order.holds) == (OrderStatus.RELEASED, order.holds)
    assert house.store.read_now(lambda desk: desk.stock.sent_at([parcel.id])) == {}
    assert house.store.read_now(lambda desk: desk.reports.shipped(house.clock[0], house.clock[0] + timedelta(1))) == []
    assert house.scan(Station.HAND_OVER).ok
    assert house.order.status is OrderStatus.SHIPPED
    cost = house.store.read_now(day_costs.goods_costs, [house.order])[order.id]
    sent = house.store.read_now(lambda desk: desk.stock.sent_at([parcel.id]))
    assert {sku: units for (_, sku), (units, _) in sent.items()} == BOTH
    assert cost.amount == sum(value for _, value in sent.values())


def test_the_number_goes_on_with_the_parcel(house: House) -> None:
    house.to_the_dock()
    number = house.parcel.id
    house.run(lambda desk: desk.waybills.save([replace(row, state=ewaybills.WaybillState.DONE) for row in rows(desk)]))
    house.run(dock.take_back, boris(house), house.parcel.waybill)
    found = house.store.read_now(lambda desk: desk.waybills.of_parcels([number]).get(number, ()))
    assert {row.state for row in found} <= {ewaybills.WaybillState.ASSIGNED}


def rows(desk: Unit) -> list[ewaybills.Ewaybill]:
    return [row for found in desk.waybills.of_parcels([1]).values() for row in found]


def test_it_is_struck_off_a_list_nobody_has_signed(house: House) -> None:
    house.to_the_dock()
    made, grams = make(house), house.parcel.weight_g
    assert (made.parcels, made.grams) == (1, grams)
    house.run(dock.take_back, boris(house), house.parcel.waybill)
    now = house.store.read_now(lambda desk: desk.manifests.get(made.id))
    assert (now.parcels, now.grams, now.revision) == (0, 0, made.revision + 1)
    assert house.store.read_now(lambda desk: desk.manifests.parcels(made.id)) == []
    with pytest.raises(Stale):
        house.run(manifests.sign, boris(house), manifests.signed(made, boris(house), "w", house.clock[0]), b"x")


@pytest.mark.parametrize("why", ["signed", "late", "delivered", "recalled"])
def test_it_stays_handed_over(house: House, why: str) -> None:
    house.to_the_dock()
    if why == "signed":
        house.collected(house.parcel)
    elif why == "late":
        house.pass_time(60 * 60 + 1)
    elif why == "delivered":
        house.receive(state=PlatformState.DONE)
    elif why == "recalled":
        house.run(recalls.register, house.cast.actor(Role.CS), house.parcel.id, RecallKind.SENDER)
    before = house.parcel, house.order, books(house)
    with pytest.raises(ShipmentStays) as refusal:
        house.run(dock.take_back, boris(house), house.parcel.waybill)
    assert refusal.value.why == why
    assert (house.parcel, house.order, books(house)) == before


def test_a_courier_that_signs_lists_has_not_taken_what_no_list_names(house: House) -> None:
    """An hour is for couriers without lists; those who sign have signed for all they took."""
    house.to_the_dock()
    house.run(dock.take_back, boris(house), house.parcel.waybill)
    house.scan(Station.HAND_OVER)
    make(house)
    house.pass_time(3 * 60 * 60)
    assert house.run(dock.take_back, boris(house), house.parcel.waybill).state is ParcelState.WEIGHED


def test_only_who_hands_over_may(house: House) -> None:
    house.to_the_dock()
    with pytest.raises(NotAllowed):
        house.run(dock.take_back, house.cast.actor(Role.PICKER), house.parcel.waybill)
    assert house.parcel.state is ParcelState.HANDED_OVER


def test_what_is_here_cannot_come_back(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    before = house.parcel
    with pytest.raises(WrongStatus):
        house.run(dock.take_back, boris(house), before.waybill)
    assert house.parcel == before


def test_a_refund_stops_it_and_only_the_pull_answers_success(house: House) -> None:
    house.to_the_dock()
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    assert (stop.state, stop.stage) == (StopState.OPEN, Stage.DOCK)
    assert (house.parcel.state, house.parcel.blocked, house.reserved()) == (ParcelState.WEIGHED, True, BOTH)
    assert house.order.status is OrderStatus.PUT_BACK
    assert not house.scan(Station.HAND_OVER).ok
    chat = house.cast.people[Role.DISPATCHER].chat_id
    assert stop.id in {n.subject_id for n in house.store.read_now(lambda desk: desk.outbox.waiting(chat))}
    assert house.pull().state is StopState.PULLED
    with pytest.raises(WrongStatus):
        house.run(dock.left_already, boris(house), stop.id, house.stops[0].revision)
    assert house.scan(Station.PUT_BACK).ok
    assert (house.order.status, house.reserved()) == (OrderStatus.CANCELLED, NONE)
    cups = level(house, "CUP-01")
    assert cups.good == cups.free


def test_it_had_left_after_all(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    assert house.scan(Station.HAND_OVER).ok
    shipped, at = books(house), house.parcel.handed_over_at
    house.pass_time(30)
    house.refund(RefundState.SUCCESS)
    stop = house.stops[0]
    with pytest.raises(NotAllowed):
        house.run(dock.left_already, house.cast.actor(Role.PICKER), stop.id, stop.revision)
    late = house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert (late.state, late.stage, late.next_at) == (StopState.TOO_LATE, Stage.DOCK, None)
    assert (house.parcel.state, house.parcel.handed_over_at, house.parcel.blocked) == (
        ParcelState.HANDED_OVER,
        at,
        False,
    )
    assert (house.order.status, [line.dropped for line in house.order.lines]) == (OrderStatus.SHIPPED, [False, False])
    assert (books(house), house.reserved()) == (shipped, NONE)
    assert house.refunds[0].stopped is False
    cs = house.cast.people[Role.CS].chat_id
    assert f"stop:{stop.id}:left" in {n.key for n in house.store.read_now(lambda desk: desk.outbox.waiting(cs))}
    with pytest.raises(Stale):
        house.run(dock.left_already, boris(house), stop.id, stop.revision)
    house.refund(RefundState.REQUESTED, 5900, "TEA-01", number="R2")
    assert [one.state for one in house.stops] == [StopState.TOO_LATE, StopState.TOO_LATE]
    assert house.parcel.state is ParcelState.HANDED_OVER


def test_only_a_refunds_call_lets_somebody_say_so(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    house.refund(RefundState.REQUESTED)
    stop = house.stops[0]
    with pytest.raises(WrongStatus):
        house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert (house.parcel.state, house.stops) == (ParcelState.WEIGHED, (stop,))


def test_a_companion_waits_with_it_and_goes_with_it(house: House) -> None:
    yard = Yard(house)
    box = yard.bring(ParcelState.WEIGHED)
    assert yard.scan(Station.HAND_OVER, box).ok
    yard.refund("2", 5900)
    assert [yard.order(n).status for n in ("1", "2")] == [OrderStatus.RELEASED, OrderStatus.PUT_BACK]
    assert yard.codes("1") == (HoldCode.MEMBER_CHANGED,)
    stop = yard.stops(box)[0]
    house.run(dock.left_already, boris(house), stop.id, stop.revision)
    assert [yard.order(n).status for n in ("1", "2")] == [OrderStatus.SHIPPED, OrderStatus.SHIPPED]
    assert (yard.codes("1"), [s.state for s in yard.stops(box)]) == ((), [StopState.TOO_LATE])


def test_what_the_platform_calls_shipped_is_held_for_a_person(house: House) -> None:
    house.to_the_dock()
    house.receive(state=PlatformState.SHIPPED)
    house.run(dock.take_back, boris(house), house.parcel.waybill)
    assert open_codes(house.order.holds) == (HoldCode.PLATFORM_SHIPPED,)
    assert not house.scan(Station.HAND_OVER).ok


def test_the_last_scan_can_be_a_hand_over(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    before = books(house)
    code = house.parcel.waybill
    house.run(floor.scan, boris(house), [(code, None)], station=Station.HAND_OVER)
    outcome = house.run(undo_scan.undo, boris(house), code)
    assert (outcome.verdict, house.parcel.state, books(house)) == ("scan_undone", ParcelState.WEIGHED, before)
    documents = house.store.read_now(lambda desk: desk.stock.history("CUP-01", 4))
    assert {row["document"] for row in documents} == {Document.SHIPMENT, Document.UNSHIP}
    assert {row["bucket"] for row in documents} == {Bucket.GOOD, Bucket.RESERVED}


def test_what_a_weekend_left_off_the_lists_is_worried_about_and_listed(house: House) -> None:
    house.to_the_dock()
    house.run(dock.take_back, boris(house), house.parcel.waybill)
    assert house.scan(Station.HAND_OVER).ok
    house.pass_time(60 * 60 * 60)
    assert house.store.read_now(unlisted) == []  # nobody here has ever made a list
    with pytest.raises(Unknown):
        make(house)
    place, courier = house.parcel.warehouse_id or 0, house.parcel.courier_id or 0
    first = Manifest(0, place, courier, house.clock[0] - timedelta(hours=60), "Boris", 0, 0)
    house.run(lambda desk: desk.manifests.add(first, []))
    assert house.store.read_now(unlisted) == [(AlertKind.UNLISTED, place, 1, (house.parcel.id,))]
    assert make(house).parcels == 1
    assert house.store.read_now(unlisted) == []


def unlisted(desk: Unit) -> list[tuple[AlertKind, int, int, tuple[int, ...]]]:
    found = [worry for worry in worries.found(desk) if worry.kind is AlertKind.UNLISTED]
    return [(worry.kind, worry.subject_id, worry.count, worry.first) for worry in found]


def test_what_changed_while_it_was_gone_is_held(house: House) -> None:
    """Nobody was asked about an order that had left; now that it is here again somebody is."""
    house.to_the_dock()
    house.pass_time(60 * 60 + 1)  # it is taken to have left
    house.receive(receiver=factory.receiver(address="文三路 9 号"), lines=(incoming_line("CUP-01", 3), LINES[1]))
    assert (open_codes(house.order.holds), house.order.status) == ((), OrderStatus.SHIPPED)
    make(house)  # it had not
    house.run(dock.take_back, boris(house), house.parcel.waybill)
    assert set(open_codes(house.order.holds)) == {HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED}
    moved = next(hold for hold in house.order.holds if hold.code is HoldCode.ADDR_CHANGED)
    assert ("文三路 1 号" in moved.evidence["was"], "文三路 9 号" in moved.evidence["now"]) == (True, True)
    assert moved.evidence["said_by"] == house.cast.people[Role.CS].name
    assert house.parcel.blocked
    assert not house.scan(Station.HAND_OVER).ok


@pytest.mark.parametrize("word", ["listed", "recalled", "arrived", "announced"])
def test_whoever_says_that_it_left_meets_who_takes_it_back(house: House, word: str) -> None:
    """Two commands at one moment, each true by what it read: the parcel's revision lets only one of them be."""
    house.bring_to(ParcelState.WEIGHED)
    assert house.scan(Station.HAND_OVER).ok
    box, cs = house.parcel, house.cast.actor(Role.CS)
    says: dict[str, Callable[[], object]] = {
        "listed": lambda: make(house),
        "recalled": lambda: house.run(recalls.register, cs, box.id, RecallKind.SENDER),
        "arrived": lambda: house.run(returns.arrive, house.cast.actor(Role.RECEIVER), box.waybill, 1),
        "announced": lambda: house.run(returns.link, cs, house.order.id, "SF1234567890"),
    }
    says[word]()
    assert house.parcel == replace(box, revision=box.revision + 1)
