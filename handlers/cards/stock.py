"""Stock of a product: what is where, what is promised, and where the last units went, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain import floor
from domain.catalog import Sku
from domain.desk import Desk
from domain.errors import Unknown
from domain.stock import Bucket, Document
from handlers.card import Button, Card
from handlers.taps import LIMIT, pack
from handlers.terms import N_, actor_name
from handlers.words import Words

MOVES = 10
CHOICES = 8
BUCKETS = {
    Bucket.GOOD: N_("on the shelf"),
    Bucket.RESERVED: N_("promised"),
    Bucket.DEFECTIVE: N_("defective"),
}
DOCUMENTS = {
    Document.OPENING: N_("opening stock"),
    Document.APPROVAL: N_("order approved"),
    Document.UNDO: N_("approval taken back"),
    Document.CANCEL: N_("parcel cancelled"),
    Document.SHIPMENT: N_("shipped"),
    Document.PUT_BACK: N_("put back after a stop"),
    Document.RETURN: N_("came back"),
    Document.ADJUST: N_("corrected by hand"),
    Document.PACKING: N_("packed into"),
}
_OF_PARCEL = {Document.APPROVAL, Document.UNDO, Document.CANCEL, Document.SHIPMENT, Document.PUT_BACK, Document.PACKING}


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
    lines = [words("{count} products fit «{text}»:", count=len(found), text=text[:60])]
    lines += [words("• <code>{code}</code> {title}", code=sku.code, title=sku.title[:60]) for sku in found[:CHOICES]]
    if len(found) > CHOICES:
        lines.append(words("… and more. Type a longer part of the title."))
    rows = tuple((Button(sku.code, pack("sk", sku.code)),) for sku in found[:CHOICES] if _fits(sku.code))
    return Card("\n".join(lines), rows)


def _fits(code: str) -> bool:
    return ":" not in code and len(code.encode()) + 3 <= LIMIT


def stock_card(desk: Desk, sku: Sku, words: Words) -> Card:
    """Levels per warehouse, then the last moves."""
    levels = desk.stock.levels([sku.code])
    moves = desk.stock.history(sku.code, MOVES)
    head = words("📦 {title} · {code}", title=sku.title[:120], code=sku.code)
    facts = words(
        "Barcode {barcode} · {weight} · shelf {bin}",
        barcode=sku.barcode or "-",
        weight=words.grams(sku.weight_g) if sku.weight_g else "-",
        bin=sku.bin or "-",
    )
    lines = [head, facts, ""]
    for level in levels.values():
        lines.append(
            words(
                "<b>{warehouse}</b>: {free} free = {good} on the shelf − {reserved} promised; {defective} defective",
                warehouse=desk.catalog.warehouses[level.warehouse_id].name,
                free=level.free,
                good=level.good,
                reserved=level.reserved,
                defective=level.defective,
            )
        )
    if not levels:
        lines.append(words("Never seen in any warehouse."))
    if moves:
        lines += ["", words("Last moves:"), *_move_lines(desk, moves, words)]
    return Card("\n".join(lines))


def _move_lines(desk: Desk, moves: Sequence[Mapping[str, object]], words: Words) -> list[str]:
    boxes = desk.parcels.many([_number(m["document_id"]) for m in moves if m["document"] in _OF_PARCEL])
    lines = []
    for move in moves:
        document = Document(str(move["document"]))
        about = ""
        if document in _OF_PARCEL and (box := boxes.get(_number(move["document_id"]))):
            about = f" {box.waybill or box.number}"
        elif document is Document.RETURN:
            about = f" {desk.returns.get(_number(move['document_id'])).waybill}"
        lines.append(_move_line(desk, move, words.plain(DOCUMENTS[document]) + about, words))
    return lines


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
