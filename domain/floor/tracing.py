"""Where the units of a serial number or of a batch went, and what the units in a parcel bear.

Surprising: of a batch the ledger is asked, which knows it of every unit that was picked; what a check was told counts
only where the books know no batch. Of a serial number there is nothing but the check.
"""

from collections import Counter
from dataclasses import dataclass, replace

from domain.desk import Desk
from domain.floor import checking
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Actor, Right, may
from domain.stock.stock import Bucket
from domain.stock.stock_docs import StockDoc

MOST = 8
_MARKED = frozenset({ParcelState.PICKED, ParcelState.CHECKED, ParcelState.PACKED, ParcelState.WEIGHED})


@dataclass(frozen=True, slots=True)
class Trace:
    """What one product's serial number or batch was found in: parcels with how many units of it, the newest first.
    `more`: there are others; `papers` are the stock documents that a label told the number for, oldest first."""

    sku: str
    serial: str = ""
    batch: str = ""
    boxes: tuple[tuple[Parcel, int], ...] = ()
    more: bool = False
    papers: tuple[StockDoc, ...] = ()


def serials(desk: Desk, actor: Actor, text: str) -> list[Trace]:
    """The products that have this serial number, each with every parcel one was scanned into and every stock document
    it was read for."""
    number = text.strip().upper()
    found: dict[str, dict[int, int]] = {}
    papers: dict[str, tuple[StockDoc, ...]] = {}
    for unit in desk.checks.of_number(number):
        found.setdefault(unit.sku, {})[unit.parcel_id] = 1
    for doc, sku in desk.stock_docs.of_number(number):
        found.setdefault(sku, {})
        seen = any(may(actor, Right.STOCK, warehouse=place) for place in (doc.warehouse_id, doc.place))
        papers[sku] = papers.get(sku, ()) + ((doc,) if seen else ())
    traces = [Trace(sku, serial=number, papers=papers.get(sku, ())[-MOST:]) for sku in sorted(found)]
    return [_trace(desk, actor, trace, found[trace.sku]) for trace in traces]


def is_number(desk: Desk, code: str) -> bool:
    """Whether somebody ever read this as a unit's serial number."""
    return bool(desk.checks.of_number(code) or desk.stock_docs.of_number(code))


def batches(desk: Desk, actor: Actor, text: str) -> list[Trace]:
    """The products that have a batch called so, each with the parcels its units are or left in."""
    wanted = " ".join(text.split())
    if not wanted:
        return []
    found = {Trace(sku, batch=name): desk.stock.boxes_of(sku, name, MOST + 1) for sku, name in _called(desk, wanted)}
    known = {trace.sku for trace, boxes in found.items() if boxes}
    for sku, boxes in desk.checks.of_batch(wanted.upper(), MOST + 1).items():
        if sku not in known:
            found = {trace: there for trace, there in found.items() if trace.sku != sku}
            found[Trace(sku, batch=wanted.upper())] = boxes
    return [_trace(desk, actor, trace, boxes) for trace, boxes in found.items()]


def _called(desk: Desk, name: str) -> list[tuple[str, str]]:
    return [(sku, batch) for sku, batch in desk.stock.batches_called(name) if sku in desk.catalog.skus]


def of(desk: Desk, actor: Actor, text: str) -> list[Trace]:
    """Serial numbers of that name, else batches; without the parcels in warehouses that are not this person's."""
    if not may(actor, Right.STOCK):
        return []
    return serials(desk, actor, text) or batches(desk, actor, text)


def _trace(desk: Desk, actor: Actor, trace: Trace, boxes: dict[int, int]) -> Trace:
    newest = sorted(boxes, reverse=True)
    found = desk.parcels.many(newest[:MOST])
    told = tuple(
        (found[number], boxes[number])
        for number in newest[:MOST]
        if number in found and may(actor, Right.STOCK, warehouse=found[number].warehouse_id)
    )
    return replace(trace, boxes=told, more=len(newest) > MOST)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a parcel's units of one product bear: serial numbers in the order of their scans, units by batch."""

    sku: str
    serials: tuple[str, ...]
    batches: tuple[tuple[str, int], ...]


def inside(desk: Desk, parcel: Parcel) -> list[Marks]:
    """The marks of the goods in a parcel that was picked, product by product."""
    skus = [sku for sku in dict.fromkeys(item.sku for item in parcel.items) if _bears(desk, sku)]
    if not skus or not (parcel.state in _MARKED or parcel.state is ParcelState.HANDED_OVER):
        return []
    units = desk.checks.marks(parcel.id)
    lots, told = _in_the_books(desk, parcel, skus), Counter((unit.sku, unit.batch) for unit in units if unit.batch)
    found = []
    for sku in skus:
        of_sku = {batch: count for (code, batch), count in lots.items() if code == sku}
        of_sku = of_sku or {batch: count for (code, batch), count in told.items() if code == sku}
        numbers = tuple(unit.serial for unit in units if unit.sku == sku and unit.serial)
        if numbers or of_sku:
            found.append(Marks(sku, numbers, tuple(sorted(of_sku.items()))))
    return found


def _bears(desk: Desk, sku: str) -> bool:
    known = desk.catalog.skus.get(sku)
    return known is not None and (known.batched or bool(known.traits & checking.MARKS))


def _in_the_books(desk: Desk, parcel: Parcel, skus: list[str]) -> Counter[tuple[str, str]]:
    """(sku, batch) -> units the ledger has in the box, or sent in it."""
    lots: Counter[tuple[str, str]] = Counter()
    if parcel.state is ParcelState.HANDED_OVER:
        for move in desk.stock.shipped_from(parcel.id):
            if move.batch and move.bucket is Bucket.GOOD:
                lots[move.sku, move.batch] -= move.delta
        return lots
    for place in desk.stock.places(skus, parcel.warehouse_id, parcel.number):
        if place.batch:
            lots[place.sku, place.batch] += place.units
    return lots
