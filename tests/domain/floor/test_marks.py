"""Serial numbers and batches at the check: what may be told, and that the ledger ships what the check says."""

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import ItemRefused, NotAllowed, NotEnoughStock, WrongStatus
from domain.floor import checking, floor, fulfilment
from domain.floor.check_records import Unit
from domain.floor.parcels import ParcelState
from domain.people.people import Role, Station
from domain.policy.policy import Policy, document_of, policy_of
from domain.policy.policy_checks import CheckMode, CheckRules
from domain.stock import stock_posting, stock_room
from domain.stock.stock import Bucket, Document, Move, relocate
from domain.stock.stock_docs import DocKind
from domain.stock.stock_scan import Scan
from tests.domain.house import House

CUP, TEA = "6900000000014", "6900000000038"


def rule(house: House, rules: CheckRules) -> None:
    house.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, checks=rules), "t"))


def mark(house: House, sku: str, *traits: str) -> None:
    house.run(lambda unit: unit.catalog_admin.put_skus([replace(unit.catalog.skus[sku], traits=frozenset(traits))]))


def scan(house: House, *codes: str) -> list[tuple[str, str]]:
    """What each code did: the verdict, or why it was refused."""
    actor = house.cast.actor(Role.PACKER)
    found = house.run(floor.scan, actor, [(code, None) for code in codes], station=Station.CHECK).outcomes
    return [(one.verdict, one.refusal.why if isinstance(one.refusal, ItemRefused) else "") for one in found]


def units(house: House) -> tuple[Unit, ...]:
    box = house.parcel
    check = house.store.read_now(lambda desk: desk.checks.get(box.id))
    return check.units if check else ()


def places(house: House) -> dict[tuple[str, str], int]:
    here = house.cast.warehouses[0].id
    found = house.store.read_now(lambda desk: desk.stock.places(["CUP-01"], here))
    return {(place.bin, place.batch): place.units for place in found}


@pytest.fixture
def batched(house: House) -> House:
    """Cups of three batches, one of them expired; two of SOON are in the box."""
    mark(house, "CUP-01", checking.BATCH)
    rule(house, CheckRules(mode=CheckMode.ITEMS))
    here, receiver = house.cast.warehouses[0].id, house.cast.actor(Role.RECEIVER)
    house.run(lambda unit: unit.stock.apply([Move(here, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1)], "t"))
    doc = house.run(lambda unit: stock_room.begin(unit, receiver, DocKind.RECEIPT, here))
    told = [("LATE", date(2027, 9, 1)), ("SOON", date(2027, 3, 1)), ("OLD", date(2026, 11, 1))]
    lines = [Scan("CUP-01", 5, batch, expires) for batch, expires in told]
    doc = house.run(stock_room.scan, receiver, doc.id, lines)
    house.run(stock_posting.finish, receiver, doc.id, doc.revision)
    house.bring_to(ParcelState.PICKED)
    return house


def test_only_what_was_picked_may_be_told_each_unit_for_itself(batched: House) -> None:
    box, before = batched.parcel, places(batched)
    assert before[box.number, "SOON"] == 2
    said = scan(batched, box.waybill, CUP, "OLD", "LATE", "NEVER7", "soon", CUP, TEA, "SOON", TEA)
    assert said == [
        ("item", ""),
        ("item", ""),
        ("refused", "expired"),
        ("refused", "other_batch"),
        ("refused", "no_batch"),
        ("item", ""),
        ("item", ""),
        ("refused", "batch"),
        ("item", ""),
        ("ok", ""),
    ]
    assert [unit.batch for unit in units(batched)] == ["SOON", "SOON", ""]
    assert places(batched) == before


def test_a_batch_is_told_no_oftener_than_it_lies_there(batched: House) -> None:
    """One of the two in the box is of the other batch since a lead said so."""
    box, lead = batched.parcel, batched.cast.actor(Role.CS_LEAD)
    before = places(batched)
    assert scan(batched, box.waybill, CUP, "LATE")[-1] == ("refused", "other_batch")
    batched.run(fulfilment.swap_batch, lead, box.waybill, "late")
    assert places(batched) == {
        **before,
        (box.number, "SOON"): 1,
        (box.number, "LATE"): 1,
        ("IN", "SOON"): before["IN", "SOON"] + 1,
        ("IN", "LATE"): before["IN", "LATE"] - 1,
    }
    said = scan(batched, CUP, "LATE", "SOON", TEA)
    assert said == [("item", ""), ("refused", "other_batch"), ("item", ""), ("ok", "")]
    assert [unit.batch for unit in units(batched)] == ["LATE", "SOON", ""]
    history = batched.store.read_now(lambda desk: desk.history("parcel", box.id))
    (swap,) = [one for one in history if one.verb == "batch_swapped"]
    assert (swap.actor, swap.data["sku"], swap.data["batch"]) == (lead.name, "CUP-01", "LATE")


def test_the_ledger_ships_what_the_check_says(batched: House) -> None:
    box, lead = batched.parcel, batched.cast.actor(Role.CS_LEAD)
    scan(batched, box.waybill, CUP)
    batched.run(fulfilment.swap_batch, lead, box.waybill, "LATE")
    scan(batched, CUP, "SOON", TEA)
    for station in (Station.PACK, Station.WEIGH, Station.HAND_OVER):
        assert batched.scan(station, box.expected_g if station is Station.WEIGH else None).ok
    rows = batched.store.read_now(lambda desk: desk.stock.history("CUP-01", 9))
    left = {
        str(row["batch"]): row["delta"] for row in rows if row["document"] == "shipment" and row["bucket"] == "good"
    }
    assert left == {"LATE": -1, "SOON": -1}


def test_the_last_unit_of_a_swap_completes_the_check(batched: House) -> None:
    box, lead = batched.parcel, batched.cast.actor(Role.CS_LEAD)
    scan(batched, box.waybill, TEA, CUP, "SOON", CUP)
    batched.run(fulfilment.swap_batch, lead, box.waybill, "LATE")
    assert batched.parcel.state is ParcelState.CHECKED


@pytest.mark.parametrize(
    ("role", "code", "why"),
    [
        (Role.PACKER, "LATE", NotAllowed),
        (Role.CS_LEAD, "OLD", "expired"),
        (Role.CS_LEAD, "NEVER7", "no_batch"),
    ],
)
def test_who_or_what_may_not_swap_changes_nothing(
    batched: House, role: Role, code: str, why: type[Exception] | str
) -> None:
    scan(batched, batched.parcel.waybill, CUP)
    before, was = places(batched), units(batched)
    with pytest.raises(ItemRefused if isinstance(why, str) else why) as refusal:
        batched.run(fulfilment.swap_batch, batched.cast.actor(role), batched.parcel.waybill, code)
    if isinstance(refusal.value, ItemRefused):
        assert refusal.value.why == why
    assert (places(batched), units(batched)) == (before, was)


def test_a_swap_needs_a_unit_that_asks_and_one_on_a_shelf(batched: House) -> None:
    box, lead, here = batched.parcel, batched.cast.actor(Role.CS_LEAD), batched.cast.warehouses[0].id
    with pytest.raises(ItemRefused) as refusal:
        batched.run(fulfilment.swap_batch, lead, box.waybill, "LATE")
    assert refusal.value.why == "not_asked"
    scan(batched, box.waybill, CUP)
    gone = Move(here, "CUP-01", Bucket.GOOD, -5, Document.ADJUST, 1, "IN", "LATE")
    batched.run(lambda unit: unit.stock.apply([gone], "t"))
    before = places(batched)
    with pytest.raises(NotEnoughStock):
        batched.run(fulfilment.swap_batch, lead, box.waybill, "LATE")
    assert (places(batched), [unit.batch for unit in units(batched)]) == (before, [""])


def test_a_barcode_or_a_word_is_no_serial_number(house: House) -> None:
    mark(house, "CUP-01", checking.SERIAL)
    house.bring_to(ParcelState.PICKED)
    codes = ("6912345678901", "036000291452", "96385074", "STOPPED", "SN1", "SN-0001")
    said = scan(house, house.parcel.waybill, CUP, *codes)[2:]
    assert said == [("refused", "no_serial")] * 5 + [("item", "")]
    assert [unit.serial for unit in units(house)] == ["SN-0001"]


def test_a_product_may_have_numbers_of_its_own(house: House) -> None:
    mark(house, "CUP-01", checking.SERIAL)
    rule(house, CheckRules(serials={"CUP-01": "[0-9]{12}"}))
    house.bring_to(ParcelState.PICKED)
    said = scan(house, house.parcel.waybill, CUP, "SN-0001", "036000291452")[2:]
    assert said == [("refused", "no_serial"), ("item", "")]


def test_what_is_no_weak_serial_is_unknown(house: House) -> None:
    mark(house, "CUP-01", checking.WEAK_SERIAL)
    rule(house, CheckRules(mode=CheckMode.ITEMS))
    house.bring_to(ParcelState.PICKED)
    assert scan(house, house.parcel.waybill, CUP, "6912345678901")[-1] == ("refused", "unknown")
    assert [unit.serial for unit in units(house)] == [""]


def test_a_pattern_that_is_none_is_refused() -> None:
    text = document_of(Policy()).replace("serials = {}", 'serials = {CUP-01 = "[0-9"}')
    faults = policy_of(text, 1).faults
    assert [(one.path, one.why, one.facts["told"]) for one in faults] == [("checks.serials.CUP-01", "value", "[0-9")]


def test_a_box_from_before_boxes_were_in_the_books_takes_what_is_told(batched: House) -> None:
    """Nothing lies in it by the ledger, so nothing is swapped either; what has expired stays out."""
    box, here = batched.parcel, batched.cast.warehouses[0].id
    out = Move(here, "CUP-01", Bucket.GOOD, 2, Document.PICK, box.id, box.number, "SOON")
    batched.run(lambda unit: unit.stock.apply(relocate(out, ""), "t"))
    before = places(batched)
    said = scan(batched, box.waybill, CUP, "OLD", "LATE", CUP)[2:]
    assert said == [("refused", "expired"), ("item", ""), ("item", "")]
    batched.run(fulfilment.swap_batch, batched.cast.actor(Role.CS_LEAD), box.waybill, "SOON")
    assert ([unit.batch for unit in units(batched)], places(batched)) == (["LATE", "SOON"], before)


@pytest.mark.parametrize("mode", [CheckMode.NONE, CheckMode.QUICK])
def test_goods_of_a_batch_are_checked_item_by_item_unless_the_policy_says_otherwise(
    batched: House, mode: CheckMode
) -> None:
    """Whatever the warehouse asks for: the books say which batch goes out, so somebody looks."""
    rule(batched, CheckRules(mode=mode))
    assert batched.run(checking.wanted, batched.parcel) is CheckMode.ITEMS
    refused = batched.scan(Station.PACK).refusal
    assert isinstance(refused, WrongStatus)
    assert refused.needed is ParcelState.CHECKED
    rule(batched, CheckRules(mode=mode, batches=False))
    assert batched.run(checking.wanted, batched.parcel) is mode


def test_without_goods_of_a_batch_the_warehouse_decides(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    assert house.run(checking.wanted, house.parcel) is CheckMode.NONE
