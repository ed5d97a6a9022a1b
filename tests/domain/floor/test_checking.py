"""The check between pick and pack: every unit once, into the right box, and nothing counted that was refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import AlreadyScanned, ItemRefused, NoteUnread, ParcelStopped, Refusal, ScanStays, WrongStatus
from domain.floor import checking, floor, fulfilment, undo_scan
from domain.floor.check_records import Unit
from domain.floor.floor import Outcome
from domain.floor.parcels import MOVES, ParcelState
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.policy.policy_checks import CheckMode, CheckRules
from tests.domain.house import House

CUP, TEA = "6900000000014", "6900000000038"


def rule(house: House, mode: CheckMode = CheckMode.ITEMS) -> None:
    house.run(
        lambda unit: unit.catalog_admin.put_policy(
            replace(unit.policy, checks=CheckRules(by_warehouse={"HZ": mode})), "t"
        )
    )


def mark(house: House, sku: str, *traits: str) -> None:
    house.run(lambda unit: unit.catalog_admin.put_skus([replace(unit.catalog.skus[sku], traits=frozenset(traits))]))


def scan(house: House, *codes: str, station: Station | None = Station.CHECK, role: Role = Role.PACKER) -> list[Outcome]:
    actor = house.cast.actor(role)
    house.clock[0] += timedelta(seconds=2)
    return list(house.run(floor.scan, actor, [(code, None) for code in codes], station=station).outcomes)


def units(house: House) -> tuple[Unit, ...]:
    box = house.parcel
    check = house.store.read_now(lambda desk: desk.checks.get(box.id))
    return check.units if check else ()


def counted(house: House) -> list[str]:
    return [unit.sku for unit in units(house)]


def verbs(house: House) -> list[str]:
    box = house.parcel
    return [event.verb for event in house.store.read_now(lambda desk: desk.history("parcel", box.id))]


@pytest.fixture
def picked(house: House) -> House:
    rule(house)
    house.bring_to(ParcelState.PICKED)
    return house


def test_every_item_then_checked_then_packed(picked: House) -> None:
    code = picked.parcel.waybill
    found = scan(picked, code, CUP, "cup-01", TEA)
    assert [(o.verdict, o.station) for o in found] == [("item", Station.CHECK)] * 3 + [("ok", Station.CHECK)]
    assert picked.parcel.state is ParcelState.CHECKED
    assert counted(picked) == ["CUP-01", "CUP-01", "TEA-01"]
    packed = picked.scan(Station.PACK)
    assert packed.parcel is not None
    assert (packed.ok, packed.parcel.state) == (True, ParcelState.PACKED)


def test_without_a_station_the_codes_mean_the_same(picked: House) -> None:
    code = picked.parcel.waybill
    found = scan(picked, code, CUP, CUP, TEA, code, station=None)
    assert [o.verdict for o in found] == ["item", "item", "item", "ok", "ok"]
    assert picked.parcel.state is ParcelState.PACKED


@pytest.mark.parametrize(
    ("codes", "why", "code", "left"),
    [
        ((CUP, CUP, CUP), "over", "CUP-01", ["CUP-01", "CUP-01"]),
        (("LAMP-01",), "wrong", "LAMP-01", []),
        (("6999999999999",), "unknown", "6999999999999", []),
    ],
)
def test_what_does_not_belong_is_refused_and_not_counted(
    picked: House, codes: tuple[str, ...], why: str, code: str, left: list[str]
) -> None:
    refusal = scan(picked, picked.parcel.waybill, *codes)[-1].refusal
    assert isinstance(refusal, ItemRefused)
    assert (refusal.why, refusal.code) == (why, code)
    assert (counted(picked), picked.parcel.state) == (left, ParcelState.PICKED)


def test_packing_needs_the_check(picked: House) -> None:
    refusal = picked.scan(Station.PACK).refusal
    assert isinstance(refusal, WrongStatus)
    assert (refusal.status, refusal.needed) == (ParcelState.PICKED, ParcelState.CHECKED)
    assert picked.parcel.state is ParcelState.PICKED


def test_quick_is_the_waybill_alone(house: House) -> None:
    rule(house, CheckMode.QUICK)
    house.bring_to(ParcelState.PICKED)
    code = house.parcel.waybill
    assert [o.verdict for o in scan(house, code)] == ["ok"]
    assert house.parcel.state is ParcelState.CHECKED
    assert isinstance(scan(house, code)[0].refusal, AlreadyScanned)


def test_the_other_warehouse_asks_for_none(house: House) -> None:
    rule(house, CheckMode.NONE)
    house.bring_to(ParcelState.PICKED)
    box = house.parcel
    assert house.store.read_now(lambda desk: fulfilment.next_station(desk, box)) is Station.PACK
    assert house.scan(Station.PACK).ok


def test_a_strong_serial_is_checked_everywhere_and_shipped_once(house: House) -> None:
    mark(house, "TEA-01", checking.SERIAL)
    house.bring_to(ParcelState.PICKED)
    assert isinstance(house.scan(Station.PACK).refusal, WrongStatus)
    found = scan(house, house.parcel.waybill, TEA, CUP)
    refusal = found[-1].refusal
    assert isinstance(refusal, ItemRefused)
    assert (refusal.why, refusal.code) == ("serial", "TEA-01")
    assert [o.verdict for o in scan(house, "SN-0001", CUP, CUP)] == ["item", "item", "ok"]
    assert [unit.serial for unit in units(house)] == ["SN-0001", "", ""]


def test_a_serial_that_lies_in_another_box_is_refused(house: House) -> None:
    mark(house, "TEA-01", checking.SERIAL)
    house.bring_to(ParcelState.PICKED)
    other = replace(house.parcel, id=house.run(lambda d: d.parcels.next_ids(1))[0], waybill="OTHER-1")
    house.run(lambda d: d.parcels.add([other]))
    house.run(lambda d: d.checks.add_unit(Unit(0, other.id, "TEA-01", d.now, serial="SN-0001")))
    refusal = scan(house, house.parcel.waybill, TEA, "SN-0001")[-1].refusal
    assert isinstance(refusal, ItemRefused)
    assert (refusal.why, refusal.code, refusal.other) == ("taken", "SN-0001", "OTHER-1")
    assert [unit.serial for unit in units(house)] == [""]


def test_a_weak_serial_is_kept_but_not_asked_for(picked: House) -> None:
    mark(picked, "CUP-01", checking.WEAK_SERIAL)
    scan(picked, picked.parcel.waybill, CUP, "SN-0001", CUP, TEA)
    assert picked.parcel.state is ParcelState.CHECKED
    assert [unit.serial for unit in units(picked)] == ["SN-0001", "", ""]


def test_a_batch_is_asked_of_every_unit(picked: House) -> None:
    """The ledger knows no batch of these units, so any that could be one is taken."""
    mark(picked, "CUP-01", checking.BATCH)
    found = scan(picked, picked.parcel.waybill, CUP, TEA, "B20261101", CUP, TEA, "STOPPED", "B20261101", TEA)
    verdicts = ["item", "item", "refused", "item", "item", "refused", "refused", "item", "ok"]
    assert [o.verdict for o in found] == verdicts
    assert [unit.batch for unit in units(picked)] == ["B20261101", "B20261101", ""]


def test_notes_are_read_first(house: House) -> None:
    rule(house)
    house.bring_to(ParcelState.PICKED)
    order = house.order
    house.run(lambda desk: desk.orders.save([replace(order, buyer_message="生日礼物，请放贺卡")]))
    refusal = scan(house, house.parcel.waybill)[0].refusal
    assert isinstance(refusal, NoteUnread)
    assert (refusal.notes, counted(house)) == ("生日礼物，请放贺卡", [])
    house.run(checking.read_notes, house.cast.actor(Role.PACKER), house.parcel.id)
    assert [o.verdict for o in scan(house, house.parcel.waybill, CUP)] == ["item", "item"]
    assert "notes_read" in verbs(house)


def test_a_refund_stops_the_check_where_it_is(picked: House) -> None:
    scan(picked, picked.parcel.waybill, CUP)
    picked.refund(RefundState.REQUESTED)
    assert isinstance(scan(picked, CUP)[0].refusal, ParcelStopped)
    assert (counted(picked), picked.parcel.state) == (["CUP-01"], ParcelState.PICKED)


def test_goods_that_went_back_are_not_in_the_box(picked: House) -> None:
    scan(picked, picked.parcel.waybill, CUP, TEA)
    picked.refund(RefundState.REQUESTED, 5900, "TEA-01")
    assert picked.scan(Station.PUT_BACK).ok
    assert counted(picked) == ["CUP-01"]
    assert [o.verdict for o in scan(picked, picked.parcel.waybill, CUP)] == ["item", "ok"]


def test_a_scan_too_much_is_taken_back(picked: House) -> None:
    scan(picked, picked.parcel.waybill, CUP, CUP, TEA)
    actor = picked.cast.actor(Role.PACKER)
    assert picked.run(undo_scan.undo, actor, "").undone
    assert (picked.parcel.state, counted(picked)) == (ParcelState.PICKED, ["CUP-01", "CUP-01"])
    with pytest.raises(ScanStays):
        picked.run(undo_scan.undo, actor, "")
    scan(picked, TEA)
    assert picked.parcel.state is ParcelState.CHECKED


def test_an_item_is_taken_back(picked: House) -> None:
    scan(picked, picked.parcel.waybill, CUP)
    actor = picked.cast.actor(Role.PACKER)
    picked.run(undo_scan.undo, actor, CUP)
    assert (counted(picked), picked.parcel.state) == ([], ParcelState.PICKED)
    assert picked.store.read_now(lambda desk: floor.count_of_hour(desk, actor.person_id or 0)) == 0


def test_the_table_lets_a_check_go_back() -> None:
    assert {ParcelState.PICKED, ParcelState.PACKED} <= MOVES[ParcelState.CHECKED]
    assert ParcelState.CHECKED in MOVES[ParcelState.PACKED]


def test_nobody_else_counts(picked: House) -> None:
    refusal = scan(picked, picked.parcel.waybill, role=Role.PICKER)[0].refusal
    assert isinstance(refusal, Refusal)
    assert counted(picked) == []


@pytest.mark.parametrize("station", [Station.CHECK, None])
def test_a_unit_behind_the_last_one_is_too_many_though_the_box_is_full(picked: House, station: Station | None) -> None:
    scan(picked, picked.parcel.waybill, CUP, CUP, TEA, station=station)
    box = picked.parcel
    over, wrong = scan(picked, CUP, "LAMP-01", station=station)
    assert isinstance(over.refusal, ItemRefused)
    assert isinstance(wrong.refusal, ItemRefused)
    assert [(one.verdict, one.station, one.parcel) for one in (over, wrong)] == [("refused", Station.CHECK, box)] * 2
    assert (over.refusal.why, over.refusal.code, over.refusal.count) == ("over", "CUP-01", 2)
    assert (wrong.refusal.why, wrong.refusal.code) == ("wrong", "LAMP-01")
    assert counted(picked) == ["CUP-01", "CUP-01", "TEA-01"]
    assert picked.parcel == box


def test_goods_scanned_later_by_others_or_after_packing_are_only_looked_at(picked: House) -> None:
    scan(picked, picked.parcel.waybill, CUP, CUP, TEA)
    (other,) = scan(picked, CUP, role=Role.OWNER)
    picked.clock[0] += timedelta(minutes=3)
    (late,) = scan(picked, CUP)
    assert [one.verdict for one in (other, late)] == ["look", "look"]
    assert picked.parcel.state is ParcelState.CHECKED
