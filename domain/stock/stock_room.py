"""The stock room's work: open a document, scan for it, and hand it on (rules.md B13).

Surprising: nobody chooses a station. A document belongs to the one person who holds it; what that person scans while
holding one means bins and products of it. Taking up another lays the first aside.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, ReasonNeeded, ScanStays, Stale, Unknown, WrongStatus
from domain.floor import floor
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.records import NoticeKind
from domain.stock import bins, second_look, stock_lines, stock_numbers, stock_trail
from domain.stock.stock import Bucket
from domain.stock.stock_docs import WORKED, DocKind, DocLine, DocState, StockDoc
from domain.stock.stock_scan import Scan
from domain.stock.stock_trail import Put

_BIN = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)
MOST_LINES = 500


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
    history.note(desk, actor, "stock_doc", doc.id, stock_trail.TAKEN)
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
    doc = before = in_hands(desk, actor, doc_id)
    put, passed = list[Put](), list[str]()
    for one in scans:
        sku = "" if one.new else floor.sku_of(desk, one.text)
        if sku:
            passed += [sku] if one.serial and not stock_numbers.kept(desk, doc, sku, one) else []
            doc = stock_lines.scanned(desk, doc, sku, one)
            continue
        if one.of_goods:
            raise Unknown("sku", one.text[:60])
        name = known_bin(desk, doc, one.text, new=one.new)
        now, doc = _put_into(desk, doc, name)
        stock_trail.carry(desk, actor, doc, now, name)
        put += now
    stock_trail.write(desk, actor, before, doc, put, scans[-1].text, passed)
    return keep(desk, second_look.with_hand(doc, actor))


def undo(desk: Desk, actor: Actor, doc_id: int, code: str = "") -> StockDoc:
    """Take back what this person scanned or typed last for the document they hold, which must be of `code` ('' =
    whichever it was); again, what was before that. Raises ScanStays, WrongStatus, NotEnoughStock when goods that were
    put away have gone on."""
    doc = in_hands(desk, actor, doc_id)
    step = stock_trail.last(desk, doc.id)
    code = stock_trail.code_of(code)
    if step is None or code not in ("", step.data["code"]):
        raise ScanStays(code, "not_last" if step else "none")
    if step.actor_id != actor.person_id:
        raise ScanStays(step.data["code"], "others")
    return keep(desk, stock_trail.take_back(desk, actor, doc, step))


def in_hands(desk: Desk, actor: Actor, doc_id: int) -> StockDoc:
    """The document, when this person scans for it now. Raises NotAllowed, WrongStatus."""
    doc = desk.stock_docs.get(doc_id)
    require(actor, right_for(doc.kind), warehouse=doc.place)
    if doc.state not in WORKED or doc.holder_id != actor.person_id:
        raise WrongStatus(doc.number, doc.state, DocState.OPEN)
    return doc


def _put_into(desk: Desk, doc: StockDoc, name: str) -> tuple[list[Put], StockDoc]:
    """They stand at another bin. When goods are moved, it is where what was scanned goes."""
    if doc.kind is not DocKind.MOVE or not doc.lines:
        return [], replace(doc, bin=name)
    put = [Put(line.sku, line.batch, line.done, line.bin, bins.kept(desk, line.sku, name), name) for line in doc.lines]
    return put, replace(doc, lines=())
