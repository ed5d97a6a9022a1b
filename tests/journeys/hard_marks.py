"""What units bear in the hard runs: serial numbers and batches, told at the check and in stock documents.

Surprising: one number in four comes out of a small pool, so that it is told of two units, in two boxes or of one that
came back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

from domain.codes import Code
from domain.desk import Desk
from domain.floor import checking, fulfilment
from domain.floor.parcels import Parcel, ParcelState
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stock.stock_docs import DocKind
from domain.stock.stock_scan import How, Scan
from storage.unit import Unit
from tests.journeys.hard_scene import Do, Scene
from tests.journeys.stop_life import BOSS

LOTS = (Batch("CUP", "L1", date(2028, 1, 1)), Batch("CUP", "L2", date(2029, 1, 1)))
_POOL = [f"SN-000{number}" for number in range(6)]


def furnish(unit: Unit) -> None:
    """Cups are kept by batch, and half of them are of another one."""
    cup = unit.catalog.skus["CUP"]
    unit.catalog_admin.put_skus([replace(cup, traits=cup.traits | {checking.BATCH})])
    unit.stock.put_batches(LOTS)
    there = [place for place in unit.stock.places(["CUP"]) if not place.batch]
    for place in there:
        moves = [Move(place.warehouse_id, "CUP", Bucket.GOOD, -place.units, Document.ADJUST, 0, place.bin)]
        for lot, units in zip(LOTS, (place.units // 2, place.units - place.units // 2), strict=True):
            moves.append(Move(place.warehouse_id, "CUP", Bucket.GOOD, units, Document.OPENING, 0, place.bin, lot.code))
        unit.stock.apply(moves, "opening")


def of_check(chance: Random, desk: Desk, box: Parcel) -> list[Code]:
    """Everything that belongs into the box; what it bears is told beside it or in one barcode."""
    lots = {
        sku: [p.batch for p in desk.stock.places([sku], bin_name=box.number) for _ in range(p.units)]
        for sku in checking.expected(box)
    }
    found = []
    for sku, count in checking.expected(box).items():
        own = checking.traits(desk, sku)
        for place in range(count):
            number = (
                chance.choice([f"SN-{box.id}-{place}00"] * 3 + [chance.choice(_POOL)]) if checking.SERIAL in own else ""
            )
            lot = (lots[sku] or ["L1"])[place % max(1, len(lots[sku]))] if checking.BATCH in own else ""
            lot = chance.choice([lot] * 9 + ["L1"]) if lot else ""
            found += _told(chance, sku, number, lot)
    return found


def _told(chance: Random, sku: str, number: str, lot: str) -> list[Code]:
    if chance.random() < 0.3:
        return [Code(sku, batch=lot, serial=number)]
    return [Code(sku), *(Code(told) for told in (number, lot) if told)]


def swaps(scene: Scene, desk: Desk) -> Do | None:
    """A lead lets another batch go out than was picked, where a check waits for one."""
    batched = desk.catalog.skus["CUP"].batched
    box = next((one for one in scene.parcels(desk) if _waits(desk, one)), None) if batched else None
    lot = scene.chance.choice(LOTS).code
    return None if box is None else lambda unit: fulfilment.swap_batch(unit, BOSS, box.waybill, lot)


def _waits(desk: Desk, box: Parcel) -> bool:
    return box.state is ParcelState.PICKED and checking.progress(desk, box).want == checking.BATCH


def of_document(chance: Random, desk: Desk, kind: DocKind, skus: Sequence[str]) -> Scan:
    """Goods as they are scanned for a stock document: some with a label, some of which are taken off again."""
    sku = chance.choice(skus)
    units = chance.randint(1, 12) if kind is DocKind.RECEIPT else chance.randint(1, 2)
    how = chance.choice([How.ADD] * 6 + [How.SET, How.LESS])
    if desk.catalog.skus[sku].batched:
        lot = chance.choice(LOTS)
        return Scan(sku, units, lot.code, lot.expires, how=how, label=chance.random() < 0.5)
    if checking.SERIAL in checking.traits(desk, sku) and chance.random() < 0.5:
        return Scan(sku, 1, serial=chance.choice(_POOL), how=how, label=True)
    return Scan(sku, units, how=how)
