"""Grading anew: good units become defective, defective ones good, each in the batch it is of (rules.md B12, B13).

Surprising: units whose batch nobody ever told (they came back before batches were asked for) are taken where the named
batch is short: whoever holds them has just read the batch off, and from here on the books know it.
"""

from dataclasses import replace

from domain.desk import Desk
from domain.errors import BadValue, NotEnoughStock
from domain.people.people import Actor
from domain.stock import batches, bins
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stock.stock_docs import DocLine, StockDoc


def scanned(desk: Desk, doc: StockDoc, line: DocLine) -> DocLine:
    """The line with its batch: as told, or the only one there. Raises BadValue, BatchExpired."""
    line = replace(line, bin="" if doc.scope == Bucket.GOOD else doc.bin)
    if not batches.wants(desk, line.sku):
        return line
    there = _there(desk, doc, line.sku, line.bin)
    known = [code for code in there if code]
    text = line.batch or (known[0] if len(there) == 1 and known else "")
    if not text and known:
        raise BadValue("batch", line.sku, "batch")
    lot = batches.named(desk, line.sku, text, line.expires)
    if doc.scope == Bucket.GOOD:
        batches.require_fresh(desk, lot)
    return replace(line, batch=lot.code, expires=lot.expires)


def _there(desk: Desk, doc: StockDoc, sku: str, at: str = "") -> dict[str, int]:
    """batch -> units of the bucket they come from; of the good ones, those in one bin where it is told."""
    if doc.scope == Bucket.GOOD:
        return {code: units for (_, code), units in desk.stock.defects([sku], doc.warehouse_id).items()}
    found: dict[str, int] = {}
    for spot in bins.spots(desk, doc.warehouse_id, [sku], fresh=False)[sku]:
        if at and spot.bin.casefold() != at.casefold():
            continue
        found[spot.place.batch] = found.get(spot.place.batch, 0) + spot.units
    return found


def post(desk: Desk, actor: Actor, doc: StockDoc) -> None:
    """Units change their bucket at what they have cost. Raises NotEnoughStock, BatchExpired for what expired while it
    waited for its approval."""
    known = desk.stock.batches([line.sku for line in doc.lines])
    for line in doc.lines:
        lot = Batch(line.sku, line.batch, known.get((line.sku, line.batch)) or line.expires)
        if doc.scope == Bucket.GOOD:
            batches.require_fresh(desk, lot)
        if lot.code:
            desk.stock.put_batches([lot])
        out = _taken(desk, doc, line)
        values = desk.stock.apply(out, actor.name)
        where = bins.arrival_bin(desk) if doc.scope == Bucket.GOOD else ""
        into = [
            replace(
                move,
                bucket=Bucket(doc.scope),
                delta=-move.delta,
                bin=where,
                batch=line.batch or move.batch,
                value=-value,
            )
            for move, value in zip(out, values, strict=True)
        ]
        desk.stock.apply(into, actor.name)


def _taken(desk: Desk, doc: StockDoc, line: DocLine) -> list[Move]:
    """The line's units out of where they are. Raises NotEnoughStock."""
    mine = (line.batch, "") if line.batch else ()
    base = Move(doc.warehouse_id, line.sku, Bucket.DEFECTIVE, 0, Document.REGRADE, doc.id)
    if doc.scope == Bucket.DEFECTIVE:
        found = bins.drawn(desk, doc.warehouse_id, {line.sku: line.done}, fresh=False, of=mine, at=line.bin)
        return [
            replace(base, bucket=Bucket.GOOD, delta=-spot.units, bin=spot.place.bin, batch=spot.place.batch)
            for spot in found
        ]
    desk.stock.levels([line.sku], lock=True)
    there, need, moves = _there(desk, doc, line.sku), line.done, []
    for code in mine or tuple(there):
        units = min(need, there.get(code, 0))
        need -= units
        if units:
            moves.append(replace(base, delta=-units, batch=code))
    if need:
        warehouse = desk.catalog.warehouses[doc.warehouse_id].code
        raise NotEnoughStock(line.sku, warehouse, line.done - need, line.done)
    return moves
