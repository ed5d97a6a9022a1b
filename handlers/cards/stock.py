"""Stock of a product: what is where, what is promised to whom, and where the last units went, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain import bins, floor, learning
from domain.catalog import Sku
from domain.desk import Desk
from domain.errors import Unknown
from domain.stock import RELOCATING, Bucket, Document
from domain.stock_docs import DocKind, number_of
from handlers.card import Button, Card
from handlers.cards.stock_where import where_lines
from handlers.goods import name_of, title_of
from handlers.taps import LIMIT, pack
from handlers.terms import N_, actor_name
from handlers.words import Words

MOVES = 10
WEIGHTS = 3
CHOICES = 8
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
    """The product's card, or the choice between several. Raises Unknown('sku')."""
    found = find_skus(desk, text)
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
    rows = tuple((Button(sku.code, pack("sk", sku.code)),) for sku in found[:CHOICES] if _fits(sku.code))
    return Card("\n".join(lines), rows)


def _fits(code: str) -> bool:
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
    if moves:
        lines += ["", words("Last moves:"), *_move_lines(desk, sku, moves, words)]
    return Card("\n".join(lines))


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


def _move_lines(desk: Desk, sku: Sku, moves: Sequence[Mapping[str, object]], words: Words) -> list[str]:
    """Newest first; units that only changed their place (two rows of the ledger) are one line."""
    boxes = desk.parcels.many([_number(m["document_id"]) for m in moves if m["document"] in _OF_PARCEL])
    lines: list[str] = []
    into = ""
    for move in moves:
        document = Document(str(move["document"]))
        about = words.plain(DOCUMENTS[document])
        if document in _OF_PARCEL and (box := boxes.get(_number(move["document_id"]))):
            about += f" {box.waybill or box.number}"
        elif document is Document.RETURN:
            about += f" {desk.returns.get(_number(move['document_id'])).waybill}"
        elif document in _OF_ROOM:
            about += f" {number_of(DocKind(document.value), _number(move['document_id']))}"
        if document in RELOCATING and _number(move["delta"]) > 0:
            into = _place_of(desk, sku, move)
        elif document in RELOCATING:
            lines.append(_moved_line(desk, move, f"{_place_of(desk, sku, move) or '-'} → {into or '-'}", about, words))
        else:
            where = _place_of(desk, sku, move)
            lines.append(_move_line(desk, move, f"{about} · {where}" if where else about, words))
    return lines[:MOVES]


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
        "{time} {warehouse}: {delta} {bucket} → {after} · {what} · {who}",
        time=words.when(at),
        warehouse=desk.catalog.warehouses[_number(move["warehouse_id"])].name,
        delta=f"{_number(move['delta']):+d}",
        bucket=words.plain(BUCKETS[Bucket(str(move["bucket"]))]),
        after=_number(move["after"]),
        what=what,
        who=actor_name(str(move["actor"]), words),
    )


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
