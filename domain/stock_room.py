"""The stock room's work: open a document, scan for it, and hand it on (rules.md B13).

Surprising: nobody chooses a station. A document belongs to the one person who holds it; what that person scans while
holding one means bins and products of it. Taking up another lays the first aside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain import batches, bins, floor, history, notices, regrading, second_look, stock
from domain.desk import Desk
from domain.errors import BadValue, ReasonNeeded, Stale, Unknown, WrongStatus
from domain.people import Actor, Right, Role, require
from domain.records import NoticeKind
from domain.stock import Bucket, Document, Move
from domain.stock_docs import WORKED, DocKind, DocLine, DocState, StockDoc

_BIN = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)
MOST_UNITS = 100_000
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Scan:
    """One thing scanned: a bin, or units of a product. `new` opens a bin nobody has used yet; `cost` of one unit."""

    text: str
    units: int = 1
    batch: str = ""
    expires: date | None = None
    cost: int | None = None
    new: bool = False


def right_for(kind: DocKind) -> Right:
    """Goods in are the receivers' work, the rest the floor's."""
    return Right.RECEIVE if kind is DocKind.RECEIPT else Right.STOCK_WORK


def begin(
    desk: Desk,
    actor: Actor,
    kind: DocKind,
    warehouse_id: int,
    *,
    to: int | None = None,
    scope: str = "",
    reason: str = "",
) -> StockDoc:
    """A new document in this person's hands. `scope`: which bins or products to count (their beginning), the bin to
    move out of, or the bucket to grade to. Raises NotAllowed, BadValue, ReasonNeeded, Unknown when nothing is there
    to count."""
    require(actor, right_for(kind), warehouse=warehouse_id)
    if kind is DocKind.TRANSFER and (to is None or to == warehouse_id):
        raise BadValue("warehouse", "", "another_warehouse")
    if kind is DocKind.REGRADE:
        if scope not in (Bucket.GOOD, Bucket.DEFECTIVE):
            raise BadValue("grade", scope, "good_or_defective")
        if not reason.strip():
            raise ReasonNeeded("regrade")
    new = StockDoc(0, kind, DocState.OPEN, warehouse_id, desk.now, actor.name, to, actor.person_id)
    new = replace(new, scope=scope, reason=reason.strip())
    if kind is DocKind.COUNT:
        new = replace(new, lines=_to_count(desk, new))
    if kind is DocKind.MOVE:
        new = replace(new, bin=known_bin(desk, new, scope) if scope else bins.RECEIVING)
    made = desk.stock_docs.add(_in_hand(desk, actor, new))
    history.note(desk, actor, "stock_doc", made.id, "made", made.reason, scope=scope)
    return made


def ask_count(desk: Desk, actor: Actor, warehouse_id: int, scope: str) -> StockDoc:
    """A stock-take that lies ready for whoever takes it up; the floor hears of it. Raises Unknown, BadValue."""
    new = StockDoc(0, DocKind.COUNT, DocState.OPEN, warehouse_id, desk.now, actor.name, made_by_id=actor.person_id)
    new = replace(new, scope=scope)
    made = desk.stock_docs.add(replace(new, lines=_to_count(desk, new)))
    history.note(desk, actor, "stock_doc", made.id, "made", scope=scope)
    floor_roles = {Role.PICKER, Role.RECEIVER}
    key = f"stock_doc:{made.id}:{made.revision}"
    notices.tell(desk, NoticeKind.STOCK_DOC, made.id, floor_roles, key=key, warehouse=warehouse_id)
    return made


def _in_hand(desk: Desk, actor: Actor, doc: StockDoc) -> StockDoc:
    """This person's from now on; what they held before is laid aside."""
    assert actor.person_id is not None
    before = desk.stock_docs.held_by(actor.person_id)
    if before is not None and before.id != doc.id:
        desk.stock_docs.save([replace(before, holder_id=None, holder="")])
        notices.redraw(desk, NoticeKind.STOCK_DOC, [before.id])
    return replace(doc, holder_id=actor.person_id, holder=actor.name)


def _to_count(desk: Desk, doc: StockDoc) -> tuple[DocLine, ...]:
    """What the books say lies in the bins, or of the products, that begin with the scope."""
    begins = doc.scope.strip().upper()
    places = [place for place in desk.stock.places(None, doc.warehouse_id) if not bins.in_box(place.bin)]
    mine = [p for p in places if any(t.upper().startswith(begins) for t in (bins.shown(desk, p.sku, p.bin), p.sku))]
    if not begins or not mine:
        raise Unknown("bin", doc.scope)
    if len(mine) > MOST_LINES:
        raise BadValue("bin", doc.scope, "smaller_range")
    last = desk.stock.last_moves(doc.warehouse_id, {place.sku for place in mine})
    return tuple(
        DocLine(p.sku, p.bin, p.batch, planned=p.units, mark=last.get((p.sku, p.bin, p.batch), 0)) for p in mine
    )


def take_up(desk: Desk, actor: Actor, doc_id: int, revision: int) -> StockDoc:
    """This person goes on with it: where it stands, or where it arrives. A transfer that came with differences may be
    counted once more."""
    doc = current(desk, doc_id, revision)
    require(actor, right_for(doc.kind), warehouse=doc.place)
    again = doc.kind is DocKind.TRANSFER and doc.state is DocState.WAITING
    if doc.state not in WORKED and not again:
        raise WrongStatus(doc.number, doc.state, DocState.OPEN)
    news = replace(doc, state=DocState.IN_TRANSIT, first_id=None, first="") if again else doc
    return keep(desk, _in_hand(desk, actor, news))


def current(desk: Desk, doc_id: int, revision: int) -> StockDoc:
    """The document as the card showed it. Raises Stale."""
    doc = desk.stock_docs.get(doc_id)
    if doc.revision != revision:
        raise Stale(doc.number, "changed", doc.decided_by or doc.holder or doc.made_by)
    return doc


def keep(desk: Desk, doc: StockDoc) -> StockDoc:
    """Save it and change its cards; returned as saved."""
    desk.stock_docs.save([doc])
    notices.redraw(desk, NoticeKind.STOCK_DOC, [doc.id])
    return replace(doc, revision=doc.revision + 1)


def known_bin(desk: Desk, doc: StockDoc, text: str, *, new: bool = False) -> str:
    """The bin's name as people write it. Raises Unknown('bin') for one nobody has used, unless it is to be opened;
    BadValue for a text that names none."""
    name = text.strip().upper()
    if not _BIN.fullmatch(name) or bins.in_box(name):
        raise BadValue("bin", text[:30], "bin")
    if new or name == bins.RECEIVING:
        return name
    own = {sku.bin.upper() for sku in desk.catalog.skus.values()}
    if name not in own and not desk.stock.places(None, doc.place, name):
        raise Unknown("bin", text[:30])
    return name


def scan(desk: Desk, actor: Actor, doc_id: int, scans: Sequence[Scan]) -> StockDoc:
    """What this person scanned for the document they hold, in order, all of it or nothing.

    Raises Unknown for what is neither product nor bin, BadValue, WrongStatus, NotEnoughStock.
    """
    doc = desk.stock_docs.get(doc_id)
    require(actor, right_for(doc.kind), warehouse=doc.place)
    if doc.state not in WORKED or doc.holder_id != actor.person_id:
        raise WrongStatus(doc.number, doc.state, DocState.OPEN)
    for one in scans:
        sku = "" if one.new else floor.sku_of(desk, one.text)
        doc = (
            _units(desk, doc, sku, one)
            if sku
            else _at_bin(desk, actor, doc, known_bin(desk, doc, one.text, new=one.new))
        )
    return keep(desk, second_look.with_hand(doc, actor))


def _at_bin(desk: Desk, actor: Actor, doc: StockDoc, name: str) -> StockDoc:
    """They stand at another bin. When goods are moved, it is where what was scanned goes."""
    if doc.kind is not DocKind.MOVE or not doc.lines:
        return replace(doc, bin=name)
    moves: list[Move] = []
    for line in doc.lines:
        here = Move(doc.warehouse_id, line.sku, Bucket.GOOD, line.done, Document.MOVE, doc.id, line.bin, line.batch)
        moves += stock.relocate(here, bins.kept(desk, line.sku, name))
    desk.stock.apply(moves, actor.name)
    units = sum(line.done for line in doc.lines)
    history.note(desk, actor, "stock_doc", doc.id, "put_away", units=str(units), bin=name)
    return replace(doc, lines=())


def _units(desk: Desk, doc: StockDoc, sku: str, one: Scan) -> StockDoc:
    """Units of a product are added to their line."""
    if not 1 <= one.units <= MOST_UNITS:
        raise BadValue("units", str(one.units), "units")
    batch = batches.code_of(one.batch)
    here = bins.kept(desk, sku, doc.bin) if doc.bin else ""
    if doc.kind is DocKind.TRANSFER and doc.state is DocState.IN_TRANSIT:
        return _arrived(desk, doc, DocLine(sku, "", batch, one.expires), one.units)
    line = {
        DocKind.RECEIPT: _received,
        DocKind.MOVE: _carried,
        DocKind.TRANSFER: _sent,
        DocKind.COUNT: _counted,
        DocKind.REGRADE: _graded,
    }[doc.kind](desk, doc, DocLine(sku, here, batch, one.expires), one)
    return _put(doc, replace(line, done=line.done + one.units))


def _put(doc: StockDoc, news: DocLine) -> StockDoc:
    """The document with this line in its old one's place, or at the end."""
    others = [old for old in doc.lines if _key(old) != _key(news)]
    at = next((n for n, old in enumerate(doc.lines) if _key(old) == _key(news)), len(others))
    return replace(doc, lines=(*others[:at], news, *others[at:]))


def _key(line: DocLine) -> tuple[str, str, str]:
    return line.sku, line.bin, line.batch


def _same(doc: StockDoc, line: DocLine) -> DocLine | None:
    return next((old for old in doc.lines if _key(old) == _key(line)), None)


def _received(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> DocLine:
    """Goods come in: with a batch where the sku wants one; the cost of these units is kept when it is told."""
    if desk.catalog.skus[line.sku].batched and not line.batch:
        raise BadValue("batch", line.sku, "batch")
    line = replace(line, bin="")
    old = _same(doc, line) or line
    old = replace(old, expires=line.expires or old.expires)
    if one.cost is None:
        return old
    return replace(old, value=(old.value or 0) + one.cost * one.units, costed=old.costed + one.units)


def _carried(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> DocLine:
    """Out of the bin they came from: no more than lies there."""
    there = {p.batch: p.units for p in desk.stock.places([line.sku], doc.warehouse_id) if p.bin == line.bin}
    line = replace(line, batch=_only_batch(line, there))
    old = _same(doc, line) or line
    if old.done + one.units > there.get(line.batch, 0):
        raise BadValue("units", str(old.done + one.units), "at_most_there")
    return old


def _only_batch(line: DocLine, there: dict[str, int]) -> str:
    """The batch that was told, or the only one there. Raises BadValue when it could be several."""
    if line.batch or len(there) < 2:
        return line.batch or next(iter(there), "")
    raise BadValue("batch", line.sku, "batch")


def _sent(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> DocLine:
    """What leaves: out of the bin where they stand no more than lies there; without one, from where is found when it
    goes."""
    old = _same(doc, line := replace(line, bin=doc.bin)) or line
    return _at_most_there(desk, doc, old, one)


def _at_most_there(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> DocLine:
    """The line, when the bin it names has as many units as all its lines of the sku then want. Raises BadValue."""
    if not line.bin:
        return line
    mine = [old for old in doc.lines if (old.sku, old.bin) == (line.sku, line.bin)]
    there = [p for p in desk.stock.places([line.sku], doc.warehouse_id) if p.bin == bins.kept(desk, line.sku, line.bin)]
    codes = (line.batch, "") if doc.kind is DocKind.REGRADE else (line.batch,)
    own, all_there = sum(p.units for p in there if p.batch in codes), sum(p.units for p in there)
    wanted, whole = line.done + one.units, sum(old.done for old in mine) + one.units
    if whole > all_there or (line.batch and wanted > own):
        raise BadValue("units", str(wanted), "at_most_there")
    return line


def _graded(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> DocLine:
    """What gets another grade, in its batch; good units out of the bin where they stand."""
    line = regrading.scanned(desk, doc, line)
    return _at_most_there(desk, doc, _same(doc, line) or line, one)


def _of_a_batch(desk: Desk, line: DocLine) -> DocLine:
    """A unit the books do not expect there: of a sku with batches it must say which it is of."""
    if not batches.wants(desk, line.sku):
        return line
    lot = batches.named(desk, line.sku, line.batch, line.expires)
    return replace(line, batch=lot.code, expires=lot.expires)


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


def _counted(desk: Desk, doc: StockDoc, line: DocLine, one: Scan) -> DocLine:
    """What lies in the bin. The books' figure is taken when the first unit is counted."""
    mine = [old for old in doc.lines if old.sku == line.sku and (not doc.bin or old.bin == line.bin)]
    if not doc.bin:
        if len({old.bin for old in mine}) != 1:
            raise BadValue("bin", "", "bin")
        line = replace(line, bin=mine[0].bin)
    line = replace(line, batch=_only_batch(line, {old.batch: 1 for old in mine}))
    old = _same(doc, line) or _of_a_batch(desk, line)
    return old if old.done else as_booked(desk, doc, [old])[0]


def as_booked(desk: Desk, doc: StockDoc, lines: Sequence[DocLine]) -> list[DocLine]:
    """Lines to count, with what the books say now, nothing counted yet."""
    skus = {line.sku for line in lines}
    units = {(p.sku, p.bin, p.batch): p.units for p in desk.stock.places(skus, doc.warehouse_id)}
    last = desk.stock.last_moves(doc.warehouse_id, skus)
    return [
        replace(line, planned=units.get(_key(line), 0), mark=last.get(_key(line), 0), done=0, again=False)
        for line in lines
    ]
