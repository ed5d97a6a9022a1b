"""What becomes of a stock room's document: posted at once, or after an approval (rules.md B13).

Surprising: a count is held against the books of the moment each bin was counted, not frozen: what moved in a bin
between its first unit and the end is counted again, because nobody can say which side of the move was counted.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, SameApprover, WrongStatus
from domain.floor import not_there
from domain.floor.aftermath import stock_arrived
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.policy.policy import of_currency
from domain.records import NoticeKind
from domain.stock import bins, regrading, second_look, shortfall, stock
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stock.stock_docs import WORKED, DocKind, DocLine, DocState, StockDoc
from domain.stock.stock_lines import as_booked
from domain.stock.stock_room import current, keep, right_for

_APPROVERS = {Role.CS_LEAD, Role.FINANCE}
_DAY = timedelta(hours=24)


def finish(desk: Desk, actor: Actor, doc_id: int, revision: int) -> StockDoc:
    """All is scanned. Goods in and transfers are posted, differences and gradings wait for an approval.

    Raises NotAllowed, Stale, WrongStatus, BadValue when nothing was scanned, NotEnoughStock.
    """
    doc = current(desk, doc_id, revision)
    require(actor, right_for(doc.kind), warehouse=doc.place)
    if doc.state not in WORKED:
        raise WrongStatus(doc.number, doc.state, DocState.OPEN)
    if doc.kind not in (DocKind.COUNT, DocKind.MOVE) and doc.state is DocState.OPEN and not doc.lines:
        raise BadValue("units", "", "units")
    if doc.kind is DocKind.COUNT:
        if not doc.bin and not any(line.done for line in doc.lines):
            raise BadValue("bin", "", "bin")
        news = _count_done(desk, doc)
    elif doc.kind is DocKind.TRANSFER:
        news = _send(desk, actor, doc) if doc.state is DocState.OPEN else _arrive(desk, actor, doc)
    elif doc.kind is DocKind.RECEIPT:
        news = _take_in(desk, actor, doc)
    elif doc.kind is DocKind.MOVE:
        if doc.lines:
            raise BadValue("bin", "", "bin")
        news = replace(doc, state=DocState.DONE)
    else:
        news = replace(doc, state=DocState.WAITING)
    history.note(desk, actor, "stock_doc", doc.id, news.state)
    if news.state is not DocState.OPEN:
        news = second_look.with_hand(replace(news, holder_id=None, holder=""), actor)
    saved = keep(desk, news)
    if saved.state is DocState.DONE and saved.kind is DocKind.COUNT:
        not_there.over(desk, actor, saved)
    _tell(desk, saved)
    return saved


def _tell(desk: Desk, doc: StockDoc) -> None:
    """Who is next: the receivers of the other warehouse, or somebody who may approve."""
    key = f"stock_doc:{doc.id}:{doc.revision}"
    if doc.state is DocState.IN_TRANSIT:
        notices.tell(desk, NoticeKind.STOCK_DOC, doc.id, {Role.RECEIVER}, key=key, warehouse=doc.place)
    if doc.state is DocState.WAITING:
        notices.tell(desk, NoticeKind.STOCK_DOC, doc.id, _APPROVERS, key=key, warehouse=doc.place)


def _move(doc: StockDoc, line: DocLine, bucket: Bucket, units: int, **more: object) -> Move:
    base = Move(doc.place, line.sku, bucket, units, Document(doc.kind.value), doc.id, batch=line.batch)
    return replace(base, **more)  # type: ignore[arg-type]  # any field of a move


def _take_in(desk: Desk, actor: Actor, doc: StockDoc) -> StockDoc:
    """What nobody told a cost of comes in at the average from before, and first: the others would move it."""
    where = bins.arrival_bin(desk)
    desk.stock.put_batches([Batch(line.sku, line.batch, line.expires) for line in doc.lines if line.batch])
    at_average = [(line, line.done - line.costed, None) for line in doc.lines]
    as_told = [(line, line.costed, line.value) for line in doc.lines]
    desk.stock.apply(
        [
            _move(doc, line, Bucket.GOOD, units, bin=where, value=value)
            for line, units, value in [*at_average, *as_told]
            if units
        ],
        actor.name,
    )
    stock_arrived(desk)
    return replace(doc, state=DocState.DONE)


def _off_the_shelf(desk: Desk, actor: Actor, doc: StockDoc) -> list[DocLine]:
    """The scanned units leave their bins: a line per batch, with what they had cost. Those out of a certain bin go
    first, then those of a certain batch, so that the others find what is left."""
    found: dict[tuple[str, str], DocLine] = {}
    for line in sorted(doc.lines, key=lambda line: (not line.bin, not line.batch)):
        of, units = (line.batch,) if line.batch else (), {line.sku: line.done}
        spots = bins.drawn(desk, doc.warehouse_id, units, fresh=False, of=of, at=line.bin)
        out = [_move(doc, line, Bucket.GOOD, -spot.units, bin=spot.place.bin, batch=spot.place.batch) for spot in spots]
        for spot, value in zip(spots, desk.stock.apply(out, actor.name), strict=True):
            key = (line.sku, spot.place.batch)
            sent = found.get(key, DocLine(line.sku, "", spot.place.batch, spot.expires))
            found[key] = replace(sent, planned=sent.planned + spot.units, value=(sent.value or 0) - value)
    return list(found.values())


def _send(desk: Desk, actor: Actor, doc: StockDoc) -> StockDoc:
    """It leaves: good here, in transit there, at what it had cost here."""
    lines = _off_the_shelf(desk, actor, doc)
    sent = replace(doc, state=DocState.IN_TRANSIT, bin="", lines=tuple(lines))
    desk.stock.apply(
        [_move(sent, line, Bucket.IN_TRANSIT, line.planned, value=line.value) for line in sent.lines], actor.name
    )
    return sent


def _arrive(desk: Desk, actor: Actor, doc: StockDoc) -> StockDoc:
    """What came of what was sent is stock at once; what is missing or too much waits for an approval."""
    where, moves, lines = bins.arrival_bin(desk), list[Move](), list[DocLine]()
    for line in doc.lines:
        now = min(line.done, line.planned) - line.posted
        lines.append(replace(line, posted=line.posted + now))
        if now:
            value = _part(line, line.posted + now) - _part(line, line.posted)
            moves.append(_move(doc, line, Bucket.IN_TRANSIT, -now, value=-value))
            moves.append(_move(doc, line, Bucket.GOOD, now, bin=where, value=value))
    desk.stock.apply(moves, actor.name)
    stock_arrived(desk)
    state = DocState.WAITING if any(line.difference for line in lines) else DocState.DONE
    return replace(doc, state=state, lines=tuple(lines))


def _part(line: DocLine, units: int) -> int:
    return stock.share(line.value or 0, units, line.planned) if line.planned else 0


def _count_done(desk: Desk, doc: StockDoc) -> StockDoc:
    """Counted: done when the books agree. What moved meanwhile is to be counted again."""
    last = desk.stock.last_moves(doc.warehouse_id, {line.sku for line in doc.lines})
    moved = [line for line in doc.lines if last.get((line.sku, line.bin, line.batch), 0) != line.mark]
    if moved:
        marked = tuple(replace(line, done=0, again=True, serials=()) if line in moved else line for line in doc.lines)
        return replace(doc, lines=tuple(_marked(desk, doc, marked)))
    differs = any(line.difference for line in doc.lines)
    return replace(doc, state=DocState.WAITING if differs else DocState.DONE)


def _marked(desk: Desk, doc: StockDoc, lines: Sequence[DocLine]) -> list[DocLine]:
    """Lines to count again stand against the books of now."""
    again = as_booked(desk, doc, [line for line in lines if line.again])
    fresh = {(line.sku, line.bin, line.batch): replace(line, again=True) for line in again}
    return [fresh.get((line.sku, line.bin, line.batch), line) for line in lines]


def difference(desk: Desk, doc: StockDoc) -> dict[str, int]:
    """currency -> what the differences (of a grading: its units) are worth, at average cost, minor units."""
    found: dict[str, int] = {}
    for sku, value in _at_stake(desk, doc).items():
        currency = desk.catalog.skus[sku].currency
        found[currency] = found.get(currency, 0) + value
    return found


def _at_stake(desk: Desk, doc: StockDoc) -> dict[str, int]:
    """sku -> what its differences (of a grading: its units) are worth."""
    skus = {line.sku for line in doc.lines}
    levels, values = desk.stock.levels(skus), desk.stock.values(skus)
    found: dict[str, int] = {}
    for line in doc.lines:
        item, level = desk.catalog.skus[line.sku], levels.get((doc.place, line.sku))
        good = level.good if level else 0
        units = line.done if doc.kind is DocKind.REGRADE else abs(line.difference)
        worth = values.get((doc.place, line.sku, Bucket.GOOD.value), 0)
        value = stock.share(worth * units, 1, good) if good else item.cost * units
        found[line.sku] = found.get(line.sku, 0) + value
    return found


def of_the_day(desk: Desk, doc: StockDoc) -> dict[str, int]:
    """sku -> what this count's difference and those the same person's counts booked there in the last 24 hours are
    worth together, where there are any: many small counts are one big one."""
    if doc.kind is not DocKind.COUNT:
        return {}
    now = {sku: value for sku, value in _at_stake(desk, doc).items() if value}
    if not now or doc.made_by_id is None:
        return {}
    before = desk.stock_docs.counted(doc.made_by_id, doc.warehouse_id, now, desk.now - _DAY)
    return {sku: now[sku] + value for sku, value in before.items() if value}


def needs_two(desk: Desk, doc: StockDoc) -> bool:
    """Whether so much is at stake that two people approve: in this document, or with the counter's earlier ones."""
    limits = desk.policy.stock.two_people
    named = [(desk.catalog.skus[sku].currency, value) for sku, value in of_the_day(desk, doc).items()]
    sums = [*difference(desk, doc).items(), *named]
    return any(value >= of_currency(limits, currency) for currency, value in sums)


def approve(desk: Desk, actor: Actor, doc_id: int, revision: int) -> StockDoc:
    """Yes: the differences are posted; from the limit on, with the second yes. Raises NotAllowed, Stale, WrongStatus,
    OwnWork, SameApprover, NotEnoughStock when what is missing was promised and is being put back, or was picked.

    What is missing and promised to orders is promised no more: `shortfall`."""
    doc = current(desk, doc_id, revision)
    require(actor, Right.STOCK_APPROVE, warehouse=doc.place)
    if doc.state is not DocState.WAITING:
        raise WrongStatus(doc.number, doc.state, DocState.WAITING)
    two = needs_two(desk, doc)
    alone = second_look.alone(desk, actor, doc, two=two)
    if two:
        if doc.first_id is None:
            history.note(desk, actor, "stock_doc", doc.id, "approved_first")
            first = keep(desk, replace(doc, first_id=actor.person_id, first=actor.name))
            _tell(desk, first)
            return first
        if doc.first_id == actor.person_id:
            raise SameApprover(doc.number)
    lost = shortfall.give_up(desk, actor, doc, _leaving(doc))
    post = {DocKind.COUNT: _correct, DocKind.REGRADE: regrading.post}.get(doc.kind, _settle)
    post(desk, actor, doc)
    history.note(desk, actor, "stock_doc", doc.id, "approved_alone" if alone else "approved")
    shortfall.settled(desk, actor, doc, lost)
    not_there.over(desk, actor, doc)
    stock_arrived(desk)
    return keep(desk, replace(doc, state=DocState.DONE, decided_by=actor.name, decided_at=desk.now))


def _leaving(doc: StockDoc) -> dict[str, int]:
    """sku -> good units that its approval takes out of the stock."""
    found: dict[str, int] = {}
    for line in doc.lines:
        if doc.kind is DocKind.COUNT:
            found[line.sku] = found.get(line.sku, 0) - line.difference
        elif doc.kind is DocKind.REGRADE and doc.scope == Bucket.DEFECTIVE:
            found[line.sku] = found.get(line.sku, 0) + line.done
    return {sku: units for sku, units in found.items() if units > 0}


def refuse(desk: Desk, actor: Actor, doc_id: int, revision: int) -> StockDoc:
    """No: nothing is posted; a count or grading is open again for whoever takes it up, a transfer is looked for."""
    doc = current(desk, doc_id, revision)
    require(actor, Right.STOCK_APPROVE, warehouse=doc.place)
    if doc.state is not DocState.WAITING:
        raise WrongStatus(doc.number, doc.state, DocState.WAITING)
    back = DocState.IN_TRANSIT if doc.kind is DocKind.TRANSFER else DocState.OPEN
    history.note(desk, actor, "stock_doc", doc.id, "sent_back")
    saved = keep(desk, replace(doc, state=back, first_id=None, first="", decided_by=actor.name, decided_at=desk.now))
    notices.tell(
        desk,
        NoticeKind.STOCK_DOC,
        doc.id,
        {Role.PICKER, Role.RECEIVER},
        key=f"stock_doc:{doc.id}:{saved.revision}",
        warehouse=doc.place,
    )
    return saved


def cancel(desk: Desk, actor: Actor, doc_id: int, revision: int) -> StockDoc:
    """Never mind: only while nothing of it is in the books."""
    doc = current(desk, doc_id, revision)
    require(actor, right_for(doc.kind), warehouse=doc.place)
    if doc.state is not DocState.OPEN:
        raise WrongStatus(doc.number, doc.state, DocState.OPEN)
    history.note(desk, actor, "stock_doc", doc.id, "cancelled")
    not_there.over(desk, actor, doc)
    return keep(desk, replace(doc, state=DocState.CANCELLED, holder_id=None, holder=""))


def _correct(desk: Desk, actor: Actor, doc: StockDoc) -> None:
    """The books follow the count."""
    desk.stock.put_batches([Batch(line.sku, line.batch, line.expires) for line in doc.lines if line.batch])
    moves = [_move(doc, line, Bucket.GOOD, line.difference, bin=line.bin) for line in doc.lines if line.difference]
    desk.stock.apply(moves, actor.name)


def _settle(desk: Desk, actor: Actor, doc: StockDoc) -> None:
    """A transfer's missing units are written off, those too many are taken in."""
    moves = []
    for line in doc.lines:
        if line.difference < 0:
            lost = (line.value or 0) - _part(line, line.posted)
            moves.append(_move(doc, line, Bucket.IN_TRANSIT, line.difference, value=-lost))
        elif line.difference > 0:
            moves.append(_move(doc, line, Bucket.GOOD, line.difference, bin=bins.arrival_bin(desk)))
    desk.stock.apply(moves, actor.name)
