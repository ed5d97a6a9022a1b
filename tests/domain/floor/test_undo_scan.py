"""The last own scan can be taken back, within seconds and inside the house; nothing else can."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed, ParcelStopped, ScanStays, ShipmentStays
from domain.floor import floor, progress, undo_scan
from domain.floor.parcels import ParcelState, WaveState
from domain.floor.progress import WaveProgress
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.stock.stock import Bucket
from domain.stops import pulls
from tests.domain.house import PAID, SCAN, WHO, House

STEPS = [
    (ParcelState.IN_WAVE, ParcelState.PICKED),
    (ParcelState.PICKED, ParcelState.PACKED),
    (ParcelState.PACKED, ParcelState.WEIGHED),
]


def scan(house: House, target: ParcelState) -> str:
    """The right person scans the parcel to `target`; returns its code."""
    station, code = SCAN[target], house.parcel.waybill
    grams = house.parcel.expected_g + 5 if station is Station.WEIGH else None
    scans = house.run(floor.scan, house.cast.actor(WHO[station]), [(code, grams)], station=station)
    assert [outcome.verdict for outcome in scans.outcomes] == ["ok"]
    return code


def traces(house: House) -> tuple[object, ...]:
    """Parcel, its history and the scanners' logs: what a refusal must leave alone."""
    parcel = house.parcel
    people = [house.cast.people[role].id for role in (Role.PICKER, Role.PACKER, Role.DISPATCHER)]
    return house.store.read_now(
        lambda desk: (parcel, desk.history("parcel", parcel.id), [floor.log(desk, person, 50) for person in people])
    )


def refused(house: House, role: Role, code: str) -> ScanStays:
    before = traces(house)
    with pytest.raises(ScanStays) as refusal:
        house.run(undo_scan.undo, house.cast.actor(role), code)
    assert traces(house) == before
    return refusal.value


@pytest.mark.parametrize(("source", "target"), STEPS)
def test_the_last_scan_goes_back_and_can_be_done_again(house: House, source: ParcelState, target: ParcelState) -> None:
    house.bring_to(source)
    before = house.parcel
    code = scan(house, target)
    actor = house.cast.actor(WHO[SCAN[target]])
    outcome = house.run(undo_scan.undo, actor, code.lower())
    assert (outcome.verdict, outcome.code, outcome.station) == ("scan_undone", code, SCAN[target])
    after = house.parcel
    assert (after.state, after.weight_g, after.freight) == (source, 0, before.freight)
    assert house.store.read_now(lambda desk: floor.count_of_hour(desk, actor.person_id or 0)) == 0
    (event, *_) = house.store.read_now(lambda desk: desk.history("parcel", after.id))
    assert (event.verb, event.data) == ("scan_undone", {"was": target, "to": source})
    scan(house, target)
    assert house.parcel.state is target


def test_a_pick_taken_back_opens_its_wave_again(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    scan(house, ParcelState.PICKED)
    wave_id = house.parcel.wave_id or 0
    assert house.store.read_now(lambda desk: desk.waves.get(wave_id)).state is WaveState.DONE
    house.run(undo_scan.undo, house.cast.actor(Role.PICKER), "")
    assert house.store.read_now(lambda desk: desk.waves.get(wave_id)).state is WaveState.TAKEN


def test_a_hand_over_that_was_signed_for_stays(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    code = scan(house, ParcelState.HANDED_OVER)
    house.collected(house.parcel)
    before = traces(house)
    with pytest.raises(ShipmentStays) as refusal:
        house.run(undo_scan.undo, house.cast.actor(Role.DISPATCHER), code)
    assert (refusal.value.why, traces(house)) == ("signed", before)
    levels = house.store.read_now(lambda desk: desk.stock.ledger_sums())
    assert {bucket for _, _, bucket in levels} >= {Bucket.GOOD}
    assert house.parcel.state is ParcelState.HANDED_OVER


def test_only_the_last_scan_of_the_same_person(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    code = scan(house, ParcelState.PICKED)
    assert refused(house, Role.PICKER, "SF999999").why == "not_last"
    assert refused(house, Role.PACKER, code).why == "none"
    scan(house, ParcelState.PACKED)
    assert refused(house, Role.PICKER, code).why == "moved_on"
    house.run(undo_scan.undo, house.cast.actor(Role.PACKER), code)
    assert refused(house, Role.PACKER, code).why == "none"
    assert refused(house, Role.PICKER, code).why == "moved_on"


def test_a_repeat_and_an_unknown_code_in_between_do_not_matter(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    code = scan(house, ParcelState.PICKED)
    house.run(floor.scan, house.cast.actor(Role.PICKER), [(code, None), ("SF00000000", None)], station=Station.PICK)
    house.run(undo_scan.undo, house.cast.actor(Role.PICKER), code)
    assert house.parcel.state is ParcelState.IN_WAVE


def test_what_others_took_to_the_door_is_not_called_signed_for(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    code = scan(house, ParcelState.PACKED)
    scan(house, ParcelState.WEIGHED)
    scan(house, ParcelState.HANDED_OVER)
    assert refused(house, Role.PACKER, code).why == "moved_on"


def scans(house: House, role: Role, station: Station, *codes: str) -> None:
    place = house.parcel.warehouse_id
    told: list[tuple[str, int | None]] = [(code, None) for code in codes]
    done = house.run(floor.scan, house.cast.actor(role), told, station=station, place=place)
    assert done.outcomes[-1].verdict == "ok", done.outcomes[-1].refusal


def test_what_is_no_step_of_a_parcel_says_what_it_was(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    code, shelf = house.parcel.waybill, pulls.shelf_code(house.parcel.warehouse_id or 0)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    scans(house, Role.PICKER, Station.PUT_BACK, code, shelf)
    for said in ("", shelf, code):
        stays = refused(house, Role.PICKER, said)
        assert (stays.waybill, stays.why) == (code, "pulled")
    scans(house, Role.PICKER, Station.PUT_BACK, code)
    stays = refused(house, Role.PICKER, code)
    assert (stays.waybill, stays.why) == (code, "put_back")
    house.refund(RefundState.CANCELLED, 5900, "TEA-01")
    scans(house, Role.PICKER, Station.PICK, code)
    assert refused(house, Role.PICKER, "").why == "repicked"


def test_a_return_that_arrived_stays(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    scans(house, Role.RECEIVER, Station.RECEIVE, house.parcel.waybill)
    stays = refused(house, Role.RECEIVER, "")
    assert (stays.waybill, stays.why) == (house.parcel.waybill, "received")


def test_after_the_policys_seconds_it_stays(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    code = scan(house, ParcelState.PICKED)
    house.pass_time(61)
    refusal = refused(house, Role.PICKER, code)
    assert (refusal.why, refusal.seconds) == ("late", 60)


def test_a_stopped_parcel_is_only_ever_put_back(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    code = scan(house, ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, PAID)
    before = traces(house)
    with pytest.raises(ParcelStopped):
        house.run(undo_scan.undo, house.cast.actor(Role.PACKER), code)
    assert traces(house) == before
    assert house.parcel.state is ParcelState.PACKED


def test_who_lost_the_right_takes_nothing_back(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    code = scan(house, ParcelState.PICKED)
    moved = replace(house.cast.actor(Role.PICKER), roles=frozenset({Role.PACKER}))
    before = traces(house)
    with pytest.raises(NotAllowed):
        house.run(undo_scan.undo, moved, code)
    assert traces(house) == before


def test_how_far_a_wave_is(house: House) -> None:
    house.bring_to(ParcelState.PICKED)

    def far(station: Station) -> WaveProgress | None:
        parcel = house.parcel
        return house.store.read_now(lambda desk: progress.of_wave(desk, parcel, station))

    assert far(Station.PICK) == WaveProgress("W0001", 1, 1)
    assert far(Station.PACK) == WaveProgress("W0001", 0, 1)
    assert far(Station.PUT_BACK) is None
