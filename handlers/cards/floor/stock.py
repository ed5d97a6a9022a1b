"""Stock of a product: what is where, what is promised to whom, and where the last units went, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.errors import Unknown
from domain.floor import floor, learning
from domain.floor.parcels import Parcel
from domain.orders.catalog import Sku
from domain.stock import bins
from domain.stock.stock import RELOCATING, Bucket, Document
from domain.stock.stock_docs import DocKind, number_of
from handlers.card import Button, Card
from handlers.cards.floor.stock_where import where_lines
from handlers.taps import LIMIT, pack
from handlers.typed.days import like_a_day, read_day
from handlers.wording.goods import name_of, title_of
from handlers.wording.terms import N_, actor_name
from handlers.words import Words

MOVES = 10
WEIGHTS = 3
CHOICES = 8
_LAST_DAY = date.max - timedelta(days=1)
BUCKETS = {
    Bucket.GOOD: N_("on the shelf"),
    Bucket.RESERVED: N_("promised"),
    Bucket.DEFECTIVE: N_("defective"),
    Bucket.IN_TRANSIT: N_("on its way here"),
}
DOCUMENTS = {
    Document.OPENING: N_("opening stock"),
    Document.APPROVAL: N_("order approved"),
    Document.UNDO: N_("approval taken back"),
    Document.CANCEL: N_("parcel cancelled"),
    Document.SHIPMENT: N_("shipped"),
    Document.UNSHIP: N_("shipment taken back"),
    Document.PUT_BACK: N_("put back after a stop"),
    Document.RETURN: N_("came back"),
    Document.ADJUST: N_("corrected by hand"),
    Document.PICK: N_("picked"),
    Document.RECEIPT: N_("goods in"),
    Document.MOVE: N_("moved to another bin"),
    Document.TRANSFER: N_("transfer"),
    Document.COUNT: N_("stock-take"),
    Document.REGRADE: N_("graded anew"),
    Document.PACKING: N_("packed into"),
    Document.COUNTER: N_("over the counter for order"),
}
_OF_PARCEL = {
    *(Document.APPROVAL, Document.UNDO, Document.CANCEL, Document.PICK),
    *(Document.SHIPMENT, Document.UNSHIP, Document.PUT_BACK, Document.PACKING),
}
_OF_ROOM = {document.value for document in Document} & {kind.value for kind in DocKind}


def find_skus(desk: Desk, text: str) -> list[Sku]:
    """The one product of that code or barcode, else those whose title or code holds the text. Best first."""
    wanted = text.strip().casefold()
    exact = floor.sku_of(desk, wanted) if wanted else ""
    if exact:
        return [desk.catalog.skus[exact]]
    parts = wanted.split()
    found = [
        sku
        for sku in desk.catalog.skus.values()
        if parts and all(part in f"{sku.title} {sku.code}".casefold() for part in parts)
    ]
    return sorted(found, key=lambda sku: (not sku.title.casefold().startswith(wanted), sku.code))


def stock_answer(desk: Desk, text: str, words: Words) -> Card:
    """The product's card, or the choice between several; with a day behind it (`CUP-01 2026-11-20`) its moves until
    then. Raises Unknown('sku'), BadValue('date')."""
    name, _, last = text.strip().rpartition(" ")
    dated = bool(name) and like_a_day(last)
    found = find_skus(desk, name if dated else text)
    if dated and len(found) == 1:
        return _moves_until(desk, found[0], read_day(last), words)
    if not found:
        raise Unknown("sku", text[:60])
    if len(found) == 1:
        return stock_card(desk, found[0], words)
    lines = [words("{count} {count:product fits|products fit} «{text}»:", count=len(found), text=text[:60])]
    for sku in found[:CHOICES]:
        title = title_of(desk, sku.code, sku.title)
        lines.append(words("• <code>{code}</code> {title}", code=sku.code, title=title).rstrip())
    if len(found) > CHOICES:
        lines.append(words("… and more. Type a longer part of the title."))
    rows = tuple((Button(sku.code, pack("sk", sku.code)),) for sku in found[:CHOICES] if fits(sku.code))
    return Card("\n".join(lines), rows)


def fits(code: str) -> bool:
    """Whether the product's code has room in a button."""
    return ":" not in code and len(code.encode()) + 3 <= LIMIT


def stock_card(desk: Desk, sku: Sku, words: Words) -> Card:
    """Levels per warehouse, where the units lie and whom they are promised to, then the last moves."""
    levels = desk.stock.levels([sku.code])
    moves = desk.stock.history(sku.code, MOVES * 2)
    head = words("📦 {goods}", goods=name_of(desk, sku.code, sku.title, 120))
    facts = words(
        "Shelf {bin} · {weight} · barcode {barcode}",
        barcode=sku.barcode or "-",
        weight=words.grams(sku.weight_g) if sku.weight_g else "-",
        bin=sku.bin or "-",
    )
    lines = [head, facts, *_weight_lines(desk, sku, words), ""]
    for level in levels.values():
        text = words(
            "<b>{warehouse}</b>: {free} free = {good} on the shelf − {reserved} promised",
            warehouse=desk.catalog.warehouses[level.warehouse_id].name,
            free=level.free,
            good=level.good,
            reserved=level.reserved,
        )
        lines.append(text + (words("; {count} defective", count=level.defective) if level.defective else ""))
    if not levels:
        lines.append(words("Never seen in any warehouse."))
    lines += where_lines(desk, sku, words)
    told = _told_moves(desk, sku, moves, words)[:MOVES]
    if told:
        lines += ["", words("Last moves:"), *(one.line for one in told)]
    return Card("\n".join(lines), _pages(desk, sku, told, words))


def moves_page(desk: Desk, way: str, row_id: int, words: Words) -> Card:
    """The moves before (`o`, older) or after (`n`) a row of the ledger; the newest page is the product's whole card.
    Raises Unknown('sku')."""
    sku = desk.catalog.skus[desk.stock.moved_product(row_id)]
    if way == "o":
        moves = desk.stock.history(sku.code, MOVES * 2, before=row_id)
        return _page(desk, sku, _told_moves(desk, sku, moves, words)[:MOVES], words)
    moves = desk.stock.history(sku.code, MOVES * 2, after=row_id)
    told = _told_moves(desk, sku, moves, words)[-MOVES:]
    if not told or not desk.stock.history(sku.code, 1, after=told[0].newest):
        return stock_card(desk, sku, words)
    return _page(desk, sku, told, words)


def _moves_until(desk: Desk, sku: Sku, day: date, words: Words) -> Card:
    midnight = datetime.combine(min(day, _LAST_DAY) + timedelta(days=1), time(), ZoneInfo(words.zone))
    moves = desk.stock.history(sku.code, MOVES * 2, before=desk.stock.row_until(sku.code, midnight))
    return _page(desk, sku, _told_moves(desk, sku, moves, words)[:MOVES], words)


def _page(desk: Desk, sku: Sku, told: Sequence["Told"], words: Words) -> Card:
    """Moves alone, with the days they are of."""
    head = words("📦 {goods}", goods=name_of(desk, sku.code, sku.title, 120))
    if not told:
        return Card("\n".join([head, words("No stock moves that long ago.")]), _first_page(sku, words))
    days = {"first": _date(told[-1].at, words), "last": _date(told[0].at, words)}
    lines = [head, words("Stock moves {first} to {last}, newest first:", **days), *(one.line for one in told)]
    return Card("\n".join(lines), _pages(desk, sku, told, words))


def _date(at: datetime, words: Words) -> str:
    return at.astimezone(ZoneInfo(words.zone)).date().isoformat()


def _first_page(sku: Sku, words: Words) -> tuple[tuple[Button, ...], ...]:
    return ((Button(words.plain("⏮ Newest"), pack("sk", sku.code)),),) if fits(sku.code) else ()


def _pages(desk: Desk, sku: Sku, told: Sequence["Told"], words: Words) -> tuple[tuple[Button, ...], ...]:
    """Buttons to the pages beside this one, where there are moves."""
    if not told:
        return ()
    row = []
    if desk.stock.history(sku.code, 1, after=told[0].newest):
        row.append(Button(words.plain("◀ Newer"), pack("sm", "n", told[0].newest)))
    if desk.stock.history(sku.code, 1, before=told[-1].oldest):
        row.append(Button(words.plain("Older ▶"), pack("sm", "o", told[-1].oldest)))
    return (tuple(row),) if row else ()


def _weight_lines(desk: Desk, sku: Sku, words: Words) -> list[str]:
    """Who took which weight from the scales, the last few times."""
    return [
        words(
            "⚖️ {time} {before} → {after}, as the scales say · {who}",
            time=words.when(event.at),
            before=words.grams(int(event.data["before"])) if event.data["before"] != "0" else "-",
            after=words.grams(int(event.data["after"])),
            who=actor_name(event.actor, words),
        )
        for event in learning.changes(desk, sku.code, WEIGHTS)
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of moves and the rows of the ledger it stands for."""

    line: str
    at: datetime
    newest: int
    oldest: int


def _told_moves(desk: Desk, sku: Sku, moves: Sequence[Mapping[str, object]], words: Words) -> list[Told]:
    """Newest first; units that only changed their place (two rows of the ledger) are one line."""
    boxes = desk.parcels.many([_number(m["document_id"]) for m in moves if m["document"] in _OF_PARCEL])
    found: list[Told] = []
    into, newest = "", 0
    for move in moves:
        row, at = _number(move["id"]), move["at"]
        assert isinstance(at, datetime)
        about, where = _about(desk, move, boxes, words), _place_of(desk, sku, move)
        relocates = Document(str(move["document"])) in RELOCATING
        if relocates and _number(move["delta"]) > 0:
            into, newest = where, row
        elif relocates:
            line = _moved_line(desk, move, f"{where or '-'} → {into or '-'}", about, words)
            found.append(Told(line, at, max(newest, row), row))
        else:
            found.append(Told(_move_line(desk, move, f"{about} · {where}" if where else about, words), at, row, row))
    return found


def _about(desk: Desk, move: Mapping[str, object], boxes: Mapping[int, Parcel], words: Words) -> str:
    """Which document moved the units."""
    document, number = Document(str(move["document"])), _number(move["document_id"])
    out = document is Document.PICK and bins.in_box(str(move["bin"])) and _number(move["delta"]) < 0
    about = words.plain(N_("put back") if out else DOCUMENTS[document])
    if document in _OF_PARCEL and (box := boxes.get(number)):
        return f"{about} {box.waybill or box.number}"
    if document is Document.COUNTER:
        about = words.plain(N_("back in stock from the counter")) if _number(move["delta"]) > 0 else about
        return f"{about} {desk.orders.get(number).number}"
    if document is Document.RETURN:
        return f"{about} {desk.returns.get(number).waybill}"
    return f"{about} {number_of(DocKind(document.value), number)}" if document in _OF_ROOM else about


def _place_of(desk: Desk, sku: Sku, move: Mapping[str, object]) -> str:
    """The bin and batch of a move, where it has one; a box is told by its parcel."""
    name = bins.shown(desk, sku.code, str(move["bin"])) if move["bucket"] == Bucket.GOOD else ""
    if bins.in_box(name) and move["document"] not in RELOCATING:
        name = ""
    return name + (f"@{move['batch']}" if move["batch"] else "")


def _moved_line(desk: Desk, move: Mapping[str, object], way: str, what: str, words: Words) -> str:
    at = move["at"]
    assert isinstance(at, datetime)
    return words(
        "{time} {warehouse}: {units} × {way} · {what} · {who}",
        time=words.when(at),
        warehouse=desk.catalog.warehouses[_number(move["warehouse_id"])].name,
        units=-_number(move["delta"]),
        way=way,
        what=what,
        who=move["actor"],
    )


def _move_line(desk: Desk, move: Mapping[str, object], what: str, words: Words) -> str:
    at = move["at"]
    assert isinstance(at, datetime)
    return words(
        "{time} {warehouse}: {delta} {bucket}, {before} → {after} · {what} · {who}",
        time=words.when(at),
        warehouse=desk.catalog.warehouses[_number(move["warehouse_id"])].name,
        delta=f"{_number(move['delta']):+d}",
        bucket=words.plain(BUCKETS[Bucket(str(move["bucket"]))]),
        before=_number(move["before"]),
        after=_number(move["after"]),
        what=what,
        who=actor_name(str(move["actor"]), words),
    )


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
