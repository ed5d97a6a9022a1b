"""A stock document's lines: which of them a scan of goods means, and what it makes of it (rules.md B13).

Surprising: a line set anew or lowered is held against the same rules as one that is scanned, so that nothing can be
corrected into what could not have been scanned.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.errors import BadValue
from domain.stock import batches, bins, regrading, stock_numbers
from domain.stock.stock_docs import DocKind, DocLine, DocState, StockDoc
from domain.stock.stock_scan import How, Scan

MOST_UNITS = 100_000


def scanned(desk: Desk, doc: StockDoc, sku: str, one: Scan) -> StockDoc:
    """The document after these units of a product. Raises BadValue, and what its kind refuses."""
    least = 0 if one.how is How.SET else 1
    if not least <= one.units <= MOST_UNITS:
        raise BadValue("units", str(one.units), "units")
    if one.label and not batches.wants(desk, sku):
        one = replace(one, batch="", expires=None)
    batch = batches.of_scan(desk, sku, one.batch, one.expires, label=one.label)
    if doc.kind is DocKind.TRANSFER and doc.state is DocState.IN_TRANSIT:
        return _unloaded(desk, doc, DocLine(sku, "", batch, one.expires), one)
    here = bins.kept(desk, sku, doc.bin) if doc.bin else ""
    if one.how is How.LESS:
        line = _lowered(doc, sku, one, batch, {here, doc.bin})
    else:
        line = _LINES[doc.kind](desk, doc, DocLine(sku, here, batch, one.expires))
    now = _after(line.done, one)
    if one.how is not How.LESS:
        _ROOM.get(doc.kind, _no_limit)(desk, doc, line, now)
    serials = stock_numbers.after(doc, line, one, stock_numbers.kept(desk, doc, sku, one), now)
    return _put(doc, replace(_costed(line, one, now), done=now, serials=serials))


def _after(done: int, one: Scan) -> int:
    """How many there are then. Raises BadValue below zero."""
    now = {How.ADD: done + one.units, How.SET: one.units, How.LESS: done - one.units}[one.how]
    if now < 0:
        raise BadValue("units", f"-{one.units}", "not_below")
    return now


def _costed(line: DocLine, one: Scan, now: int) -> DocLine:
    """What is told of these units is added; a line that is corrected keeps what one unit has cost."""
    if one.how is How.ADD:
        if one.cost is None:
            return line
        return replace(line, value=(line.value or 0) + one.cost * one.units, costed=line.costed + one.units)
    if one.cost is not None:
        return replace(line, value=one.cost * now, costed=now) if now else replace(line, value=None, costed=0)
    if line.value is None:
        return line
    costed = now if line.costed == line.done else min(line.costed, now)
    if not costed:
        return replace(line, value=None, costed=0)
    return replace(line, value=(2 * line.value * costed + line.costed) // (2 * line.costed), costed=costed)


def _put(doc: StockDoc, news: DocLine) -> StockDoc:
    """The document with this line in its old one's place, or at the end; without it when nothing of it is left."""
    others = [old for old in doc.lines if key(old) != key(news)]
    at = next((n for n, old in enumerate(doc.lines) if key(old) == key(news)), len(others))
    gone = not (news.done or news.planned or news.again)
    return replace(doc, lines=(*others[:at], *(() if gone else (news,)), *others[at:]))


def key(line: DocLine) -> tuple[str, str, str]:
    """What tells a document's lines apart."""
    return line.sku, line.bin, line.batch


def _same(doc: StockDoc, line: DocLine) -> DocLine | None:
    return next((old for old in doc.lines if key(old) == key(line)), None)


def _lowered(doc: StockDoc, sku: str, one: Scan, batch: str, here: set[str]) -> DocLine:
    """The line that units are taken off: the one of where they stand, or else the only one. Raises BadValue."""
    mine = [line for line in doc.lines if line.sku == sku and line.done and (not batch or line.batch == batch)]
    found = [line for line in mine if line.bin in here] or mine
    if not found:
        raise BadValue("units", f"-{one.units}", "not_below")
    if len(found) > 1:
        missing = "batch" if len({line.bin for line in found}) == 1 else "bin"
        raise BadValue(missing, "", missing)
    return found[0]


def _received(desk: Desk, doc: StockDoc, line: DocLine) -> DocLine:
    """Goods come in: with a batch where the sku wants one."""
    if desk.catalog.skus[line.sku].batched and not line.batch:
        raise BadValue("batch", line.sku, "batch")
    line = replace(line, bin="")
    old = _same(doc, line) or line
    return replace(old, expires=line.expires or old.expires)


def _carried(desk: Desk, doc: StockDoc, line: DocLine) -> DocLine:
    """Out of the bin they came from."""
    line = replace(line, batch=_only_batch(line, _in_bin(desk, doc, line)))
    return _same(doc, line) or line


def _in_bin(desk: Desk, doc: StockDoc, line: DocLine) -> dict[str, int]:
    return {p.batch: p.units for p in desk.stock.places([line.sku], doc.warehouse_id) if p.bin == line.bin}


def _only_batch(line: DocLine, there: Mapping[str, int]) -> str:
    """The batch that was told, or the only one there. Raises BadValue when it could be several."""
    if line.batch or len(there) < 2:
        return line.batch or next(iter(there), "")
    raise BadValue("batch", line.sku, "batch")


def _sent(desk: Desk, doc: StockDoc, line: DocLine) -> DocLine:
    """What leaves: out of the bin where they stand; without one, from where is found when it goes."""
    line = replace(line, bin=doc.bin)
    return _same(doc, line) or line


def _graded(desk: Desk, doc: StockDoc, line: DocLine) -> DocLine:
    """What gets another grade, in its batch; good units out of the bin where they stand."""
    line = regrading.scanned(desk, doc, line)
    return _same(doc, line) or line


def _counted(desk: Desk, doc: StockDoc, line: DocLine) -> DocLine:
    """What lies in the bin. The books' figure is taken when the first unit is counted."""
    mine = [old for old in doc.lines if old.sku == line.sku and (not doc.bin or old.bin == line.bin)]
    if not doc.bin:
        if len({old.bin for old in mine}) != 1:
            raise BadValue("bin", "", "bin")
        line = replace(line, bin=mine[0].bin)
    line = replace(line, batch=_only_batch(line, {old.batch: 1 for old in mine}))
    old = _same(doc, line) or _of_a_batch(desk, line)
    return old if old.done else as_booked(desk, doc, [old])[0]


def _of_a_batch(desk: Desk, line: DocLine) -> DocLine:
    """A unit the books do not expect there: of a sku with batches it must say which it is of."""
    if not batches.wants(desk, line.sku):
        return line
    lot = batches.named(desk, line.sku, line.batch, line.expires)
    return replace(line, batch=lot.code, expires=lot.expires)


def _no_limit(desk: Desk, doc: StockDoc, line: DocLine, now: int) -> None:
    """What comes in, and what is counted, may be any number."""


def _bin_holds(desk: Desk, doc: StockDoc, line: DocLine, now: int) -> None:
    """No more than lies there. Raises BadValue."""
    if now > _in_bin(desk, doc, line).get(line.batch, 0):
        raise BadValue("units", str(now), "at_most_there")


def _most_there(desk: Desk, doc: StockDoc, line: DocLine, now: int) -> None:
    """The bin the line names has as many units as all its lines of the sku then want. Raises BadValue."""
    if not line.bin:
        return
    others = [old for old in doc.lines if (old.sku, old.bin) == (line.sku, line.bin) and key(old) != key(line)]
    there = [p for p in desk.stock.places([line.sku], doc.warehouse_id) if p.bin == bins.kept(desk, line.sku, line.bin)]
    codes = (line.batch, "") if doc.kind is DocKind.REGRADE else (line.batch,)
    own, all_there = sum(p.units for p in there if p.batch in codes), sum(p.units for p in there)
    if now + sum(old.done for old in others) > all_there or (line.batch and now > own):
        raise BadValue("units", str(now), "at_most_there")


_LINES: Mapping[DocKind, Callable[[Desk, StockDoc, DocLine], DocLine]] = {
    DocKind.RECEIPT: _received,
    DocKind.MOVE: _carried,
    DocKind.TRANSFER: _sent,
    DocKind.COUNT: _counted,
    DocKind.REGRADE: _graded,
}
_ROOM: Mapping[DocKind, Callable[[Desk, StockDoc, DocLine, int], None]] = {
    DocKind.MOVE: _bin_holds,
    DocKind.TRANSFER: _most_there,
    DocKind.REGRADE: _most_there,
}


def _unloaded(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> StockDoc:
    """What comes out of the transport. A correction is of all that has come of the product, never below what is in
    the books of it already."""
    if one.how is How.ADD:
        return _arrived(desk, doc, line, one.units)
    mine = [old for old in doc.lines if old.sku == line.sku and (not line.batch or old.batch == line.batch)]
    now, kept = _after(sum(old.done for old in mine), one), sum(old.posted for old in mine)
    if now < kept:
        raise BadValue("units", str(now), "not_posted")
    for old in mine:
        doc = _put(doc, replace(old, done=old.posted))
    return _arrived(desk, doc, line, now - kept) if now > kept else doc


def _arrived(desk: Desk, doc: StockDoc, line: DocLine, units: int) -> StockDoc:
    """What comes out of the transport fills the lines that still miss units, one after the other; the rest is a
    surplus, of the only batch that was sent or one that is named. Raises BadValue where it must be."""
    mine = [old for old in doc.lines if old.sku == line.sku and (not line.batch or old.batch == line.batch)]
    for old in mine:
        now = min(units, max(0, old.planned - old.done))
        units -= now
        doc = _put(doc, replace(old, done=old.done + now)) if now else doc
    if not units:
        return doc
    extra = mine[0] if len(mine) == 1 else _of_a_batch(desk, line)
    extra = _same(doc, extra) or extra
    return _put(doc, replace(extra, done=extra.done + units))


def as_booked(desk: Desk, doc: StockDoc, lines: Sequence[DocLine]) -> list[DocLine]:
    """Lines to count, with what the books say now, nothing counted yet."""
    skus = {line.sku for line in lines}
    units = {(p.sku, p.bin, p.batch): p.units for p in desk.stock.places(skus, doc.warehouse_id)}
    last = desk.stock.last_moves(doc.warehouse_id, skus)
    return [
        replace(line, planned=units.get(key(line), 0), mark=last.get(key(line), 0), done=0, again=False, serials=())
        for line in lines
    ]
