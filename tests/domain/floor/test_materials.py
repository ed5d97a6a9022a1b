"""Packing material: its stock moves with the packing, its weight is expected, and both go back when it is undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import MaterialMissing, NotEnoughStock
from domain.floor import floor, materials, undo_scan
from domain.floor.floor import Outcome
from domain.floor.parcels import ParcelState
from domain.orders.catalog import Sku
from domain.people.people import Role, Station
from domain.policy.policy_checks import CheckRules
from domain.stock.stock import Bucket, Document, Move
from tests.domain.house import House

BAG, BOX = "BAG-001", "BOX-002"


@pytest.fixture
def packing(house: House) -> House:
    """A picked parcel, two bags and one box."""
    house.bring_to(ParcelState.PICKED)
    place = house.parcel.warehouse_id or 0
    house.run(
        lambda unit: unit.catalog_admin.put_skus(
            [
                Sku(code, "", code, grams, 50, 0, traits=frozenset({materials.MATERIAL}))
                for code, grams in ((BAG, 15), (BOX, 210))
            ]
        )
    )
    moves = [Move(place, sku, Bucket.GOOD, units, Document.OPENING, 0) for sku, units in ((BAG, 2), (BOX, 1))]
    house.run(lambda unit: unit.stock.apply(moves, "t"))
    return house


def usual(house: House, sku: str) -> None:
    house.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, checks=CheckRules(material=sku)), "t"))


def scan(house: House, *codes: str) -> list[Outcome]:
    house.clock[0] += timedelta(seconds=2)
    told = [(code, None) for code in codes]
    return list(house.run(floor.scan, house.cast.actor(Role.PACKER), told, station=Station.PACK).outcomes)


def left(house: House) -> dict[str, int]:
    place = house.parcel.warehouse_id or 0
    levels = house.store.read_now(lambda desk: desk.stock.levels([BAG, BOX]))
    sums = house.store.read_now(lambda desk: desk.stock.ledger_sums())
    found = {sku: levels[place, sku].good for sku in (BAG, BOX)}
    assert found == {sku: sums[place, sku, "good"] for sku in (BAG, BOX)}
    return found


def test_a_scanned_box_is_used_and_weighed_with(packing: House) -> None:
    before = packing.parcel.expected_g
    assert [o.verdict for o in scan(packing, packing.parcel.waybill, BOX)] == ["ok", "item"]
    box = packing.parcel
    assert (box.state, box.material, box.expected_g) == (ParcelState.PACKED, BOX, before - 60 + 210)
    assert left(packing) == {BAG: 2, BOX: 0}


def test_another_box_instead(packing: House) -> None:
    scan(packing, packing.parcel.waybill, BOX, BAG)
    assert (packing.parcel.material, left(packing)) == (BAG, {BAG: 1, BOX: 1})


def test_the_usual_material_is_taken_by_itself(packing: House) -> None:
    usual(packing, BAG)
    scan(packing, packing.parcel.waybill)
    assert (packing.parcel.material, left(packing)) == (BAG, {BAG: 1, BOX: 1})


def test_none_left_is_a_warning_for_the_usual_and_a_refusal_for_a_scan(packing: House) -> None:
    place = packing.parcel.warehouse_id or 0
    packing.run(lambda unit: unit.stock.apply([Move(place, BOX, Bucket.GOOD, -1, Document.ADJUST, 0)], "t"))
    usual(packing, BOX)
    packed, refused = scan(packing, packing.parcel.waybill, BOX)
    assert (packed.verdict, packed.warn) == ("ok", "material_short")
    assert isinstance(refused.refusal, NotEnoughStock)
    assert (packing.parcel.state, packing.parcel.material, left(packing)) == (ParcelState.PACKED, "", {BAG: 2, BOX: 0})


def test_the_box_taken_back_leaves_the_parcel_packed(packing: House) -> None:
    before = packing.parcel.expected_g
    scan(packing, packing.parcel.waybill, BOX)
    packing.run(undo_scan.undo, packing.cast.actor(Role.PACKER), BOX)
    box = packing.parcel
    assert (box.state, box.material, box.expected_g) == (ParcelState.PACKED, "", before)
    assert left(packing) == {BAG: 2, BOX: 1}


def test_packing_taken_back_gives_the_usual_material_back(packing: House) -> None:
    usual(packing, BAG)
    scan(packing, packing.parcel.waybill)
    packing.run(undo_scan.undo, packing.cast.actor(Role.PACKER), "")
    assert (packing.parcel.state, packing.parcel.material) == (ParcelState.PICKED, "")
    assert left(packing) == {BAG: 2, BOX: 1}


def test_a_house_may_want_the_material_before_the_packing(packing: House) -> None:
    """The refused scan leaves the parcel in hand, so the material is scanned next, then the waybill again."""
    rules = CheckRules(material_required=True)
    packing.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, checks=rules), "t"))
    before, code = packing.parcel, packing.parcel.waybill
    (done,) = scan(packing, code)
    assert isinstance(done.refusal, MaterialMissing)
    assert (done.refusal.waybill, done.refusal.usual) == (code, "")
    assert (packing.parcel, left(packing)) == (before, {BAG: 2, BOX: 1})
    assert [o.verdict for o in scan(packing, BOX, code)] == ["item", "ok"]
    assert (packing.parcel.state, packing.parcel.material) == (ParcelState.PACKED, BOX)
    assert left(packing) == {BAG: 2, BOX: 0}
    assert [o.verdict for o in scan(packing, BAG)] == ["item"]
    packing.run(undo_scan.undo, packing.cast.actor(Role.PACKER), BAG)
    assert (packing.parcel.state, packing.parcel.material) == (ParcelState.PACKED, "")
    assert isinstance(packing.scan(Station.WEIGH, before.expected_g).refusal, MaterialMissing)
    assert packing.parcel.state is ParcelState.PACKED


def test_the_material_scanned_before_the_packing_can_be_taken_back(packing: House) -> None:
    rules = CheckRules(material_required=True)
    packing.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, checks=rules), "t"))
    scan(packing, packing.parcel.waybill, BOX)
    assert (packing.parcel.material, left(packing)) == (BOX, {BAG: 2, BOX: 0})
    packing.run(undo_scan.undo, packing.cast.actor(Role.PACKER), BOX)
    assert (packing.parcel.material, left(packing)) == ("", {BAG: 2, BOX: 1})


def test_the_usual_material_is_known_while_there_is_some(packing: House) -> None:
    rules = CheckRules(material=BOX, material_required=True)
    packing.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, checks=rules), "t"))
    place, code = packing.parcel.warehouse_id or 0, packing.parcel.waybill
    packing.run(lambda unit: unit.stock.apply([Move(place, BOX, Bucket.GOOD, -1, Document.ADJUST, 0)], "t"))
    refusal = scan(packing, code)[0].refusal
    assert isinstance(refusal, MaterialMissing)
    assert (refusal.usual, packing.parcel.state) == (BOX, ParcelState.PICKED)
    packing.run(lambda unit: unit.stock.apply([Move(place, BOX, Bucket.GOOD, 1, Document.ADJUST, 0)], "t"))
    assert scan(packing, code)[0].refusal is None
    assert packing.parcel.material == BOX
