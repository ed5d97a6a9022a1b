"""The stock room's documents as cards: what is scanned, what differs, and who may say yes.

Surprising: while a count is going on, its card shows what was scanned and never what the books say: who counts must
not know what should be there.
"""

from collections.abc import Mapping

from domain.desk import Desk
from domain.people.people import Actor, Right
from domain.records import NoticeKind
from domain.stock import bins, stock_trail
from domain.stock.shortfall import lost_by
from domain.stock.stock import Bucket
from domain.stock.stock_docs import WORKED, DocKind, DocLine, DocState, StockDoc
from domain.stock.stock_posting import difference, needs_two, of_the_day
from domain.stock.stock_room import right_for
from handlers.card import Button, Card
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_
from handlers.words import Words

SHOWN = 25
LISTED = 12
_NUMBERS = 8
KINDS = {
    DocKind.RECEIPT: N_("📥 Goods in {number}"),
    DocKind.MOVE: N_("🗄 Put away {number}"),
    DocKind.TRANSFER: N_("🚛 Transfer {number}"),
    DocKind.COUNT: N_("🔢 Stock-take {number}"),
    DocKind.REGRADE: N_("🔧 Grading {number}"),
}
STATES = {
    DocState.OPEN: N_("being scanned"),
    DocState.IN_TRANSIT: N_("on its way"),
    DocState.WAITING: N_("waits for an approval"),
    DocState.DONE: N_("done"),
    DocState.CANCELLED: N_("cancelled"),
}
HINTS = {
    DocKind.RECEIPT: N_(
        "Scan each unit, or type CODE 12. With a batch and its expiry: CODE@B7@2027-05-31. "
        "With what one cost: CODE 12 =8.50"
    ),
    DocKind.MOVE: N_("Scan the goods, then the bin they go to. A bin nobody has used yet: +A-09."),
    DocKind.TRANSFER: N_("Scan the bin, then what leaves it, or type CODE 12. A certain batch: CODE@B7 12."),
    DocKind.COUNT: N_("Scan a bin, then every unit in it, or type CODE 12. What nobody scans counts as none."),
    DocKind.REGRADE: N_("Scan the units, or type CODE 2. A batch and its expiry, where the goods have one: CODE@B7 2."),
}
CORRECT = N_("Wrong number? CODE -2 takes units off, CODE =50 sets how many there are, /undo takes the last back.")
NOT_KEPT = N_("ℹ️ {skus}: its serial number is not kept here.")
ARRIVING = N_("Scan what comes out of the transport. What is missing or too much goes to a lead.")
PRINTED = {
    DocKind.RECEIPT: N_("📄 Goods-in note"),
    DocKind.MOVE: N_("📄 Put-away list"),
    DocKind.TRANSFER: N_("📄 Transfer note"),
    DocKind.COUNT: N_("📄 Count sheet"),
    DocKind.REGRADE: N_("📄 Grading sheet"),
}
_FINISH = {
    DocKind.RECEIPT: N_("✅ All in"),
    DocKind.MOVE: N_("✅ All put away"),
    DocKind.TRANSFER: N_("🚛 It leaves now"),
    DocKind.COUNT: N_("✅ Counted"),
    DocKind.REGRADE: N_("✅ Ask for approval"),
}


@drawing(NoticeKind.STOCK_DOC)
def doc_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The document as it is now."""
    doc, words = desk.stock_docs.get(subject_id), viewer.words
    lines = [f"{words(KINDS[doc.kind], number=doc.number)} · {words(STATES[doc.state])}", _where(desk, doc, words)]
    if doc.kind is DocKind.REGRADE:
        lines.append(graded_to(doc, words))
    if doc.holder:
        lines.append(words("{name} is scanning", name=doc.holder))
    shown = _lines(desk, doc, words)
    lines += ["", *shown] if shown else []
    if doc.state is DocState.WAITING:
        lines += _at_stake(desk, doc, words)
    if doc.decided_by:
        lines.append(words("Decided by {name} at {time}", name=doc.decided_by, time=words.when(doc.decided_at)))
    if doc.state is DocState.DONE and (orders := lost_by(desk, doc)):
        lines.append(words("⚠ Promised and not there, so these orders wait for goods: {orders}", orders=orders))
    if doc.state in WORKED:
        lines += _step(desk, doc, words)
        lines += ["", words(ARRIVING if doc.state is DocState.IN_TRANSIT else HINTS[doc.kind])]
    return Card("\n".join(lines), _rows(desk, doc, viewer))


def graded_to(doc: StockDoc, words: Words) -> str:
    """Which grade a grading gives, and why."""
    target = words("to defective") if doc.scope == Bucket.DEFECTIVE else words("to good")
    return words("{target} · reason: {reason}", target=target, reason=doc.reason[:200])


def _step(desk: Desk, doc: StockDoc, words: Words) -> list[str]:
    """What was scanned, corrected or taken back last, and how to correct it."""
    step = stock_trail.newest(desk, doc.id)
    if step is None:
        return []
    facts = {"what": step.data["told"], "time": words.clock(step.at)}
    undone = step.verb == stock_trail.UNDONE
    told = words("↶ {time} {what} · taken back", **facts) if undone else words("✎ {time} {what}", **facts)
    passed = step.data.get(stock_trail.PASSED, "") if not undone else ""
    return ["", told, *([words(NOT_KEPT, skus=passed)] if passed else []), words(CORRECT)]


def _where(desk: Desk, doc: StockDoc, words: Words) -> str:
    places = desk.catalog.warehouses
    by = {"name": doc.made_by, "time": words.when(doc.made_at), "warehouse": places[doc.warehouse_id].name}
    if doc.to_warehouse_id is not None:
        text = words("{warehouse} → {to} · {name} · {time}", to=places[doc.to_warehouse_id].name, **by)
    else:
        text = words("{warehouse} · {name} · {time}", **by)
    if doc.kind is DocKind.COUNT:
        text += " · " + words("counted: {scope}", scope=doc.scope)
    if doc.bin == bins.RECEIVING and doc.state in WORKED and doc.kind is DocKind.MOVE:
        text += " · " + words("out of the receiving area (IN)")
    elif doc.bin and doc.state in WORKED and doc.kind is not DocKind.RECEIPT:
        text += " · " + words("bin {bin}", bin=doc.bin)
    return text


def _lines(desk: Desk, doc: StockDoc, words: Words) -> list[str]:
    """Scanned while it is open (blind), the differences when they wait, all of it afterwards."""
    shown = doc.lines
    if doc.kind is DocKind.COUNT and doc.state is DocState.OPEN:
        again = [line for line in doc.lines if line.again]
        bin_names = words.listed(dict.fromkeys(bins.shown(desk, line.sku, line.bin) or "-" for line in again))
        told = [words("⚠ Moved while it was counted. Count again: {bins}", bins=bin_names)] if again else []
        return told + _cut([_scanned(desk, line, words) for line in doc.lines if line.done], words)
    if doc.kind in (DocKind.COUNT, DocKind.TRANSFER) and doc.state in (DocState.WAITING, DocState.DONE):
        shown = tuple(line for line in doc.lines if line.difference)
        if not shown:
            units = sum(line.done for line in doc.lines)
            return [
                words(
                    "No differences: {lines} {lines:line|lines}, {units} {units:unit|units}.",
                    lines=len(doc.lines),
                    units=units,
                )
            ]
        differs = _arrived if doc.kind is DocKind.TRANSFER else _differs
        return _cut([differs(desk, line, words) for line in shown], words)
    if doc.kind is DocKind.MOVE:
        return _carried(desk, doc, words)
    if doc.state is DocState.IN_TRANSIT:
        return _cut([_comes(line, words) for line in shown], words)
    return _cut([_scanned(desk, line, words) for line in shown], words)


def _carried(desk: Desk, doc: StockDoc, words: Words) -> list[str]:
    """What lies in which bin now, the last first, and what is in hand and still wants its bin."""
    placed, total = stock_trail.lately(desk, doc.id, SHOWN)
    lines = [
        words(
            "✓ <code>{sku}</code> × {units} → {bin}",
            sku=f"{put.sku}@{put.batch}" if put.batch else put.sku,
            units=put.units,
            bin=put.name,
        )
        for put in placed
    ]
    hand = [_scanned(desk, line, words) for line in doc.lines]
    return [*hand, *([words("👉 Now scan the bin they go to.")] if hand else []), *_cut(lines, words, total)]


def _cut(lines: list[str], words: Words, total: int = 0) -> list[str]:
    """As many as a card shows, and how many more there are of `total` (of these, when none is told)."""
    more = (total or len(lines)) - SHOWN
    return lines if more <= 0 else [*lines[:SHOWN], words("… and {count} more", count=more)]


def _name(line: DocLine) -> str:
    return f"{line.sku}@{line.batch}" if line.batch else line.sku


def _scanned(desk: Desk, line: DocLine, words: Words) -> str:
    text = words("• <code>{sku}</code> × {units}", sku=_name(line), units=line.done or line.planned)
    where = bins.shown(desk, line.sku, line.bin) if line.bin else ""
    text += f" · {words('bin {bin}', bin=where)}" if where else ""
    if line.value is not None:
        money = words.money(line.value, desk.catalog.skus[line.sku].currency)
        part = 0 < line.costed < line.done
        text += " · " + (words("{money} for {costed} of them", money=money, costed=line.costed) if part else money)
    text += f" · {words('expires {date}', date=line.expires.isoformat())}" if line.expires else ""
    return text + _serials(line, words)


def _serials(line: DocLine, words: Words) -> str:
    """The numbers that were read of its units, the last first."""
    if not line.serials:
        return ""
    shown, more = line.serials[: -_NUMBERS - 1 : -1], len(line.serials) - _NUMBERS
    text = f"\n   🔢 {words.listed(shown)}"
    return text + (f" {words('… and {count} more', count=more)}" if more > 0 else "")


def _comes(line: DocLine, words: Words) -> str:
    return words("• <code>{sku}</code> {done} of {planned}", sku=_name(line), done=line.done, planned=line.planned)


def _differs(desk: Desk, line: DocLine, words: Words) -> str:
    return words(
        "• <code>{sku}</code> {bin}: {done} there, {planned} in the books, {difference}",
        sku=_name(line),
        bin=bins.shown(desk, line.sku, line.bin),
        done=line.done,
        planned=line.planned,
        difference=f"{line.difference:+d}",
    )


def _arrived(desk: Desk, line: DocLine, words: Words) -> str:
    facts = {"done": line.done, "planned": line.planned, "difference": f"{line.difference:+d}"}
    return words("• <code>{sku}</code>: {planned} sent, {done} arrived, {difference}", sku=_name(line), **facts)


def _at_stake(desk: Desk, doc: StockDoc, words: Words) -> list[str]:
    values = difference(desk, doc)
    money = words.listed(words.money(value, currency) for currency, value in sorted(values.items()))
    lines = ["", words("At stake: {money}", money=money)]
    for sku, value in sorted(of_the_day(desk, doc).items()):
        money = words.money(value, desk.catalog.skus[sku].currency)
        told = words(
            "• <code>{sku}</code>: {money} with {name}'s counts of the last 24 h",
            sku=sku,
            money=money,
            name=doc.made_by,
        )
        lines.append(told)
    if needs_two(desk, doc):
        lines.append(words("Two people approve this."))
    if doc.first:
        lines.append(words("First yes: {name}", name=doc.first))
    return lines


def _back(desk: Desk, doc: StockDoc, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    """The last scan back, for who scanned it and holds the document; in private only, as on the floor."""
    me = viewer.actor.person_id if viewer.private and viewer.actor else None
    step = stock_trail.last(desk, doc.id) if doc.state in WORKED and doc.holder_id == me is not None else None
    if step is None or step.actor_id != me:
        return ()
    code = step.data["code"]
    return ((Button(viewer.words.label("↶ Take back {code}", code=code), pack("k.z", doc.id, code)),),)


def _rows(desk: Desk, doc: StockDoc, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    words = viewer.words
    works = viewer.offers(right_for(doc.kind), warehouse=doc.place)
    args = (doc.id, doc.revision)
    row: list[Button] = []
    if doc.state is DocState.WAITING and viewer.offers(Right.STOCK_APPROVE, warehouse=doc.place):
        row.append(Button(words.plain("✅ Approve"), pack("k.y", *args), style="success"))
        row.append(Button(words.plain("↩️ Not so, again"), pack("k.n", *args), style="danger"))
    if doc.state in WORKED and works and doc.holder_id is not None:
        finish = N_("✅ All out") if doc.state is DocState.IN_TRANSIT else _FINISH[doc.kind]
        row.append(Button(words.plain(finish), pack("k.f", *args), style="success"))
    rows = [tuple(row)] if row else []
    second: list[Button] = []
    again = doc.kind is DocKind.TRANSFER and doc.state is DocState.WAITING
    if works and (doc.state in WORKED or again) and _not_mine(doc, viewer):
        second.append(Button(words.plain("🙋 I scan"), pack("k.u", *args)))
    if works and doc.state is DocState.OPEN:
        second.append(Button(words.plain("🗑 Never mind"), pack("k.x", *args)))
    if (doc.lines or doc.kind is DocKind.MOVE) and viewer.offers(Right.STOCK, warehouse=doc.place):
        second.append(Button(words.plain(PRINTED[doc.kind]), pack("k.p", doc.id)))
    below = (tuple(second),) if second else ()
    return (*rows, *_back(desk, doc, viewer), *below)


def _not_mine(doc: StockDoc, viewer: Viewer) -> bool:
    return doc.holder_id is None or viewer.actor is None or viewer.actor.person_id != doc.holder_id


def room_card(desk: Desk, actor: Actor, words: Words) -> Card:
    """Open documents of this person's warehouses, and what stands in the receiving area."""
    lines, rows = [words("🗄 Stock room")], []
    docs = desk.stock_docs.open_of(actor.warehouses, LISTED)
    for doc in docs:
        name = words(KINDS[doc.kind], number=doc.number)
        told = (
            name,
            desk.catalog.warehouses[doc.place].name,
            words(STATES[doc.state]),
            words("{name}", name=doc.holder),
        )
        lines.append(" · ".join(part for part in told if part))
        rows.append((Button(words.label(KINDS[doc.kind], number=doc.number), pack("k.o", doc.id)),))
    if not docs:
        lines.append(words("No open document."))
    lines += ["", *_to_put_away(desk, actor, words)]
    return Card("\n".join(lines), tuple(rows))


def _to_put_away(desk: Desk, actor: Actor, words: Words) -> list[str]:
    there = desk.stock.places(bin_name=bins.RECEIVING)
    mine = [p for p in there if actor.warehouses is None or p.warehouse_id in actor.warehouses]
    if not mine:
        return [words("Nothing waits to be put away.")]
    lines = [
        words(
            "• {warehouse}: <code>{sku}</code> × {units} → {bin}",
            warehouse=desk.catalog.warehouses[place.warehouse_id].name,
            sku=f"{place.sku}@{place.batch}" if place.batch else place.sku,
            units=place.units,
            bin=desk.catalog.skus[place.sku].bin or "?",
        )
        for place in mine
    ]
    return [words("To be put away (/putaway):"), *_cut(lines, words)]
