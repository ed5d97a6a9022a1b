"""Whose a wave is: given back, handed on, dissolved; who may, and what becomes of its stops and papers."""

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from domain.errors import BadValue, NotAllowed, Refusal, Stale, WrongStatus
from domain.floor import floor, release, walking, wave_hands
from domain.floor.parcels import ParcelState, Stop, StopKind, StopState, Wave, WaveState
from domain.intake.incoming import RefundState
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people import staff
from domain.people.people import Actor, Person, Role, Station
from domain.records import NoticeKind
from domain.review.holds import HoldCode
from domain.stops import pulls
from domain.waybills import numbering
from domain.waybills.ewaybills import WaybillState
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.yard import Yard
from tests.factory import hire, incoming, receiver


@pytest.fixture
def second(house: House) -> Person:
    """Another picker of both warehouses."""
    return house.run(lambda unit: hire(unit, 1200, "Second", Role.PICKER))


@pytest.fixture
def elsewhere(house: House) -> Person:
    """A picker and lead of the other warehouse alone."""
    there = frozenset({house.cast.warehouses[1].id})
    return house.run(lambda unit: hire(unit, 1201, "Elsewhere", Role.PICKER, Role.DISPATCHER, warehouses=there))


def taken(house: House) -> Wave:
    """The order's wave, taken by the picker."""
    house.bring_to(ParcelState.IN_WAVE)
    return wave(house)


def wave(house: House, wave_id: int = 1) -> Wave:
    return house.store.read_now(lambda desk: desk.waves.get(wave_id))


def told(house: House, person: Person, kind: NoticeKind) -> list[str]:
    waiting = house.store.read_now(lambda desk: desk.outbox.waiting(person.chat_id))
    return [notice.key for notice in waiting if notice.kind is kind and not notice.redraw]


def give(unit: Unit, actor: Actor, one: Wave) -> object:
    return wave_hands.give_back(unit, actor, one.id, one.revision)


def hand_on(unit: Unit, actor: Actor, one: Wave) -> object:
    second = next(person for person in wave_hands.pickers(unit, one))
    return wave_hands.hand_to(unit, actor, one.id, one.revision, second.id)


def dissolve(unit: Unit, actor: Actor, one: Wave) -> object:
    return wave_hands.dissolve(unit, actor, one.id, one.revision)


@pytest.mark.parametrize("role", [Role.PICKER, Role.DISPATCHER, Role.CS_LEAD, Role.OWNER])
def test_its_picker_the_dispatcher_and_the_lead_give_it_back(house: House, second: Person, role: Role) -> None:
    one = taken(house)
    house.run(give, house.cast.actor(role), one)
    free = wave(house)
    assert (free.state, free.owner_id, free.owner, free.free) == (WaveState.TAKEN, None, "", True)
    assert f"wave:{one.id}:back:{one.revision}" in told(house, second, NoticeKind.WAVE)
    again = house.run(release.take_wave, second.acting(), free.id, free.revision)
    assert (again.owner_id, again.state) == (second.id, WaveState.TAKEN)


@pytest.mark.parametrize("command", [give, dissolve])
def test_nobody_else_takes_it_out_of_their_hands(
    house: House, second: Person, elsewhere: Person, command: Callable[[Unit, Actor, Wave], object]
) -> None:
    one = taken(house)
    for actor in (second.acting(), house.cast.actor(Role.PACKER), house.cast.actor(Role.CS), elsewhere.acting()):
        with pytest.raises(NotAllowed):
            house.run(command, actor, one)
    assert wave(house) == one


@pytest.mark.parametrize("command", [give, dissolve])
def test_an_old_card_changes_nothing(house: House, command: Callable[[Unit, Actor, Wave], object]) -> None:
    one = taken(house)
    house.run(give, house.cast.actor(Role.PICKER), one)
    now = wave(house)
    for old in (one, now) if command is give else (one,):
        with pytest.raises(Stale):
            house.run(command, house.cast.actor(Role.DISPATCHER), old)
    assert wave(house) == now


def test_a_given_back_wave_is_not_as_if_nobody_had_taken_it(house: House) -> None:
    """Goods may lie in a cart: a refund asks the pickers, and no sheet is simply torn up."""
    house.run(give, house.cast.actor(Role.PICKER), taken(house))
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    assert (stop.stage, stop.named_id) == ("in_wave", None)
    with pytest.raises(WrongStatus):
        house.run(pulls.torn, house.cast.actor(Role.DISPATCHER), stop.id, stop.revision)


def test_the_first_pick_of_a_given_back_wave_takes_it(house: House, second: Person) -> None:
    house.run(give, house.cast.actor(Role.PICKER), taken(house))
    house.run(floor.scan, second.acting(), [(house.parcel.waybill, None)], station=Station.PICK)
    assert (wave(house).state, wave(house).owner_id) == (WaveState.DONE, second.id)


def test_what_stops_it_goes_with_it(house: House, second: Person) -> None:
    one = taken(house)
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    assert stop.named_id == house.cast.people[Role.PICKER].id
    house.run(wave_hands.hand_to, house.cast.actor(Role.DISPATCHER), one.id, one.revision, second.id)
    (stop,) = house.stops
    assert (stop.named_id, stop.named, stop.state) == (second.id, "Second", StopState.OPEN)
    assert f"stop:{stop.id}:handed:{second.id}" in told(house, second, NoticeKind.STOP)
    assert f"wave:{one.id}:handed:{one.revision}" in told(house, second, NoticeKind.WAVE)
    handed = wave(house)
    house.run(give, second.acting(), handed)
    (stop,) = house.stops
    assert (stop.named_id, stop.named) == (None, "")
    picker = house.cast.people[Role.PICKER]
    assert f"stop:{stop.id}:0:back:{handed.revision}" in told(house, picker, NoticeKind.STOP)


def test_an_open_wave_is_handed_to_somebody_by_who_leads(house: House, second: Person) -> None:
    house.bring_to(ParcelState.READY)
    made = house.run(release.wave_now, house.cast.actor(Role.PICKER), house.parcel.warehouse_id or 0)
    with pytest.raises(NotAllowed):
        house.run(wave_hands.hand_to, second.acting(), made.id, made.revision, second.id)
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(wave_hands.hand_to, lead, made.id, made.revision, second.id)
    assert (wave(house).state, wave(house).owner) == (WaveState.TAKEN, "Second")


def test_it_is_handed_only_to_who_picks_there(house: House, second: Person, elsewhere: Person) -> None:
    one, lead = taken(house), house.cast.actor(Role.CS_LEAD)
    house.run(staff.suspend, house.cast.actor(Role.OWNER), second.id, active=False)
    people = (house.cast.people[Role.PACKER], house.cast.people[Role.PICKER], second, elsewhere)
    for person in people:
        with pytest.raises(BadValue) as refusal:
            house.run(wave_hands.hand_to, lead, one.id, one.revision, person.id)
        assert refusal.value.want == "another_picker"
    assert wave(house) == one
    assert house.run(wave_hands.pickers, one) == []


def test_who_takes_over_a_persons_work_takes_the_waves(house: House, second: Person) -> None:
    one = taken(house)
    old = house.cast.people[Role.PICKER]
    house.run(staff.hand_over, house.cast.actor(Role.OWNER), old.id, second.id)
    assert (wave(house).owner_id, wave(house).owner) == (second.id, "Second")
    assert f"wave:{one.id}:handed:{one.revision}" in told(house, second, NoticeKind.WAVE)
    house.refund(RefundState.SUCCESS)
    assert [stop.named_id for stop in house.stops] == [second.id]


def test_a_dissolved_wave_leaves_its_parcels_waiting_as_before(house: House) -> None:
    """The stock stays theirs, their number too; nothing is sent anywhere."""
    house.bring_to(ParcelState.READY)
    picker = house.cast.actor(Role.PICKER)
    made = house.run(release.wave_now, picker, house.parcel.warehouse_id or 0)
    waved, reserved = house.parcel, house.reserved()
    assert house.run(wave_hands.dissolve, picker, made.id, made.revision) != []
    box = house.parcel
    assert (box.state, box.wave_id, box.slot, box.waybill, box.blocked) == (ParcelState.READY, None, 0, "", False)
    assert (house.reserved(), wave(house).state) == (reserved, WaveState.DISSOLVED)
    assert house.run(lambda unit: unit.walks.of([box.id])) == {}
    assert house.run(lambda unit: unit.waves.open_of(None)) == []
    again = house.run(release.wave_now, picker, box.warehouse_id or 0)
    assert (house.parcel.waybill, house.parcel.wave_id) == (waved.waybill, again.id)
    assert house.scan(Station.PICK).ok


def test_the_clock_makes_the_next_wave_only_after_the_usual_wait(house: House) -> None:
    house.bring_to(ParcelState.READY)
    house.pass_time(60)
    assert house.run(release.waves_due) == 1
    one = wave(house)
    house.run(dissolve, house.cast.actor(Role.PICKER), one)
    assert house.run(release.waves_due) == 0
    house.pass_time(60)
    assert house.run(release.waves_due) == 1
    assert house.parcel.wave_id == 2


def test_its_papers_are_void_and_say_so_in_the_next_wave(house: House) -> None:
    one, picker = taken(house), house.cast.actor(Role.PICKER)
    for paper in Paper:
        house.run(printing.print_wave, picker, one.id, paper)
    house.run(dissolve, picker, one)
    house.run(release.wave_now, picker, house.parcel.warehouse_id or 0)
    assert house.run(printing.outdated, house.parcel) == (Paper.LABEL, Paper.SLIP)
    assert house.scan(Station.PICK).warn == "label_old"
    assert not house.scan(Station.PACK).ok
    (label,) = house.run(printing.print_wave, picker, 2, Paper.LABEL).sheets
    (slip,) = house.run(printing.print_wave, picker, 2, Paper.SLIP).sheets
    assert (label.copy, label.changed, slip.copy, slip.changed) == (2, True, 2, True)
    assert house.run(printing.outdated, house.parcel) == ()
    assert house.scan(Station.PACK).ok


def test_its_picker_hears_that_somebody_dissolved_it(house: House) -> None:
    one = taken(house)
    house.run(dissolve, house.cast.actor(Role.DISPATCHER), one)
    assert f"wave:{one.id}:dissolved" in told(house, house.cast.people[Role.PICKER], NoticeKind.WAVE)


def test_what_is_picked_of_it_keeps_it(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    box, one = house.parcel, wave(house)
    with pytest.raises(Stale):  # its only parcel is picked, so it is done
        house.run(dissolve, house.cast.actor(Role.DISPATCHER), one)
    house.run(lambda unit: unit.waves.save(replace(unit.waves.get(1), state=WaveState.TAKEN)))
    with pytest.raises(BadValue) as refusal:
        house.run(dissolve, house.cast.actor(Role.DISPATCHER), wave(house))
    assert (refusal.value.want, house.parcel) == ("nothing_picked", box)


def test_a_refund_in_it_is_put_back_first(house: House) -> None:
    """Its goods are free by that scan and by nothing else."""
    one = taken(house)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    before = house.reserved()
    with pytest.raises(BadValue) as refusal:
        house.run(dissolve, house.cast.actor(Role.DISPATCHER), one)
    assert (refusal.value.want, house.reserved(), wave(house)) == ("put_back_before", before, one)
    assert house.scan(Station.PUT_BACK).ok
    house.run(dissolve, house.cast.actor(Role.DISPATCHER), wave(house))
    assert (house.parcel.state, house.reserved()) == (ParcelState.READY, {"CUP-01": 2, "TEA-01": 0})


def test_a_held_parcel_waits_for_its_decision_and_then_for_a_wave(house: House) -> None:
    one = taken(house)
    house.receive(receiver=receiver(address="别处 2 号"))
    assert [(stop.kind, stop.open) for stop in house.stops] == [(StopKind.HOLD, True)]
    house.run(dissolve, house.cast.actor(Role.DISPATCHER), one)
    assert [(stop.kind, stop.state) for stop in house.stops] == [(StopKind.HOLD, StopState.RELEASED)]
    box = house.parcel
    assert (box.state, box.blocked) == (ParcelState.READY, True)
    assert house.run(lambda unit: unit.parcels.ready(box.warehouse_id, 9)) == []
    house.release(HoldCode.ADDR_CHANGED)
    assert [one.id for one in house.run(lambda unit: unit.parcels.ready(box.warehouse_id, 9))] == [box.id]


def test_a_number_is_given_back_when_the_order_ends_after_all(house: House) -> None:
    house.run(dissolve, house.cast.actor(Role.DISPATCHER), taken(house))
    house.refund(RefundState.SUCCESS)
    box = house.parcel
    assert box.state is ParcelState.CANCELLED
    house.run(numbering.tick)
    rows = house.run(lambda unit: unit.waybills.of_parcels([box.id]))[box.id]
    assert [row.state for row in rows] == [WaybillState.VOIDED]


@pytest.mark.parametrize("state", [WaveState.DONE, WaveState.DISSOLVED])
def test_what_is_over_is_nobodys_to_move(house: House, second: Person, state: WaveState) -> None:
    if state is WaveState.DONE:
        house.bring_to(ParcelState.PICKED)
    else:
        house.run(dissolve, house.cast.actor(Role.DISPATCHER), taken(house))
    now, lead = wave(house), house.cast.actor(Role.CS_LEAD)
    commands: list[Callable[[Unit], object]] = [
        lambda unit: wave_hands.give_back(unit, lead, now.id, now.revision),
        lambda unit: wave_hands.dissolve(unit, lead, now.id, now.revision),
        lambda unit: wave_hands.hand_to(unit, lead, now.id, now.revision, second.id),
        lambda unit: release.take_wave(unit, second.acting(), now.id, now.revision),
    ]
    for command in commands:
        with pytest.raises(Stale):
            house.run(command)
    assert (wave(house), now.state) == (now, state)


def test_a_refused_dissolving_writes_nothing(house: House) -> None:
    one = taken(house)
    house.refund(RefundState.SUCCESS)
    before = house.parcel, house.stops, wave(house)
    with pytest.raises(Refusal):
        house.run(dissolve, house.cast.actor(Role.DISPATCHER), one)
    assert (house.parcel, house.stops, wave(house)) == before
    assert house.run(walking.walk, house.parcel.warehouse_id or 0, [house.parcel])[house.parcel.id] != []


@pytest.mark.parametrize("command", [give, hand_on])
def test_however_many_stops_it_has_the_cards_beside_them_are_asked_for_once(
    house: House, second: Person, command: Callable[[Unit, Actor, Wave], object]
) -> None:
    yard = Yard(house)
    numbers = [str(n) for n in range(1, 6)]
    yard.receive(*(incoming(n, receiver=receiver(address=f"文三路 {n} 号")) for n in numbers))
    for number in numbers:
        yard.approve(number)
    yard.wave("1")
    for number in numbers:
        yard.refund(number, 7800)
    asked: list[object] = []

    def count(unit: Unit) -> None:
        read = unit.stops.of_parcels

        def of_parcels(ids: Collection[int]) -> dict[int, tuple[Stop, ...]]:
            asked.append(ids)
            return read(ids)

        unit.stops.of_parcels = of_parcels  # type: ignore[method-assign, assignment]
        command(unit, house.cast.actor(Role.DISPATCHER), unit.waves.get(1))

    house.run(count)
    assert len(asked) == 2  # which of them are its picker's, and what else stops their parcels
    named = {stop.named_id for number in numbers for stop in yard.stops(yard.box(number))}
    assert named == ({None} if command is give else {second.id})
