"""The stock room in chat: goods in, put away, transfer, stock-take, grading; and the scans for them.

Surprising: a right scan is answered by an edit of the document's card alone. Scans mean the document only while its
sender holds one, and a parcel's label never does: that is left to the floor.
"""

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.floor import floor, not_there
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import DocKind
from domain.stops import pulls
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.floor.stock_room import room_card
from handlers.filters import Cmd, Tap
from handlers.floor.stock_scans import in_picture, meant, read_scans
from handlers.questions import MARK
from handlers.wording.terms import N_
from handlers.words import Words

router = Router(name="stock_room")
USAGE = {
    DocKind.COUNT: N_("Send /count with a bin or a product, or how they begin: /count A-01"),
    DocKind.REGRADE: N_("Send /regrade defective or /regrade good, and why: /regrade defective scratched"),
    DocKind.TRANSFER: N_("Send /transfer and both warehouses: /transfer HZ WH"),
}

COMMANDS = {
    DocKind.RECEIPT: "receipt",
    DocKind.MOVE: "putaway",
    DocKind.COUNT: "count",
    DocKind.REGRADE: "regrade",
    DocKind.TRANSFER: "transfer",
}
WAITS = N_(
    "✋ {waybill} must wait for the stock-take {number} of {bin}. Put what you have of it and its sheet on the stop "
    "shelf: scan {waybill}, then {shelf}. Then go on with the next one."
)
MOVED = N_("{sku} was moved since the list was printed and lies in {bins} now. Take it from there; nothing is held.")
NOT_THERE = N_("Send /notthere, the parcel's label and, where it holds several, the product: /notthere WAYBILL CUP-01")


@router.message(Cmd("stockroom"))
async def room(message: Message, ask: Ask) -> None:
    """Open documents, and what waits to be put away."""
    require(ask.actor, Right.STOCK)
    await ask.reply(await ask.read(room_card, ask.actor, ask.words))


@router.message(Cmd("receipt"))
async def receipt(message: Message, ask: Ask, args: str) -> None:
    """`/receipt [WAREHOUSE]`: goods come in."""
    await _begin(ask, DocKind.RECEIPT, args)


@router.message(Cmd("putaway"))
async def put_away(message: Message, ask: Ask, args: str) -> None:
    """`/putaway [WAREHOUSE] [BIN]`: out of the receiving area, or out of that bin, into others."""
    await _begin(ask, DocKind.MOVE, args)


@router.message(Cmd("transfer"))
async def transfer(message: Message, ask: Ask, args: str) -> None:
    """`/transfer FROM TO`"""
    await _begin(ask, DocKind.TRANSFER, args)


@router.message(Cmd("count"))
async def count(message: Message, ask: Ask, args: str) -> None:
    """`/count BIN [WAREHOUSE]`: a stock-take of bins or products that begin so."""
    await _begin(ask, DocKind.COUNT, args)


@router.message(Cmd("notthere"))
async def missing(message: Message, ask: Ask, args: str) -> None:
    """`/notthere WAYBILL [PRODUCT]`: its bin is counted, the parcel waits until it is."""
    require(ask.actor, Right.PICK)
    told = args.split()
    if not told or len(told) > 2:
        await ask.say(NOT_THERE)
        return
    reason = ask.words.plain("not there, the bin is counted")
    found = await ask.run(not_there.report, ask.actor, told[0], told[1] if len(told) > 1 else "", reason)
    if found.lies_in:
        await ask.say(MOVED, sku=found.sku, bins=ask.words.listed(found.lies_in))
        return
    box = found.parcel
    places = {
        "bin": ask.words.listed(doc.scope for doc in found.counts),
        "number": ask.words.listed(doc.number for doc in found.counts),
    }
    await ask.reply(
        Card(ask.words(WAITS, shelf=pulls.shelf_code(box.warehouse_id or 0), waybill=box.waybill, **places))
    )
    for doc in found.counts:
        await ask.show(NoticeKind.STOCK_DOC, doc.id)


@router.message(Cmd("regrade"))
async def regrade(message: Message, ask: Ask, args: str) -> None:
    """`/regrade defective REASON [WAREHOUSE]`"""
    await _begin(ask, DocKind.REGRADE, args)


async def _begin(ask: Ask, kind: DocKind, args: str) -> None:
    require(ask.actor, stock_room.right_for(kind))
    places, words = await ask.read(_places, ask.actor, args.split())
    first = words[0] if words else ""
    if (kind is DocKind.TRANSFER and len(places) < 2) or (kind in (DocKind.COUNT, DocKind.REGRADE) and not first):
        await ask.say(USAGE[kind])
        return
    if not places:
        await ask.reply(Card(await ask.read(_which_place, ask.actor, COMMANDS[kind], words, ask.words)))
        return
    scope = first.casefold() if kind is DocKind.REGRADE else first
    doc = await ask.run(
        stock_room.begin,
        ask.actor,
        kind,
        places[0],
        to=places[1] if kind is DocKind.TRANSFER else None,
        scope="" if kind in (DocKind.RECEIPT, DocKind.TRANSFER) else scope,
        reason=" ".join(words[1:])[:300],
    )
    await ask.show(NoticeKind.STOCK_DOC, doc.id)


def _places(desk: Desk, actor: Actor, words: list[str]) -> tuple[list[int], list[str]]:
    """The warehouses named by their codes (else the one this person works in), and the other words."""
    codes = {place.code.casefold(): place.id for place in desk.catalog.warehouses.values()}
    named = [codes[word.casefold()] for word in words if word.casefold() in codes]
    rest = [word for word in words if word.casefold() not in codes]
    mine = floor.place_of(desk, actor)
    return named or ([mine] if mine is not None else []), rest


def _which_place(desk: Desk, actor: Actor, command: str, told: list[str], words: Words) -> str:
    """The command once more for each warehouse of this person, to be copied."""
    places = [p for p in desk.catalog.warehouses.values() if actor.warehouses is None or p.id in actor.warehouses]
    lines = [words("Which warehouse? Write its code behind the command:")]
    for place in places[:20]:
        again = " ".join((f"/{command}", *told, place.code))
        lines.append(words("• <code>{command}</code> {warehouse}", command=again, warehouse=place.name))
    return "\n".join(lines)


@router.message(F.text & ~F.text.startswith("/"))
async def text(message: Message, ask: Ask) -> None:
    """Scans for the document this person holds; everything else is left to the floor and the search."""
    asked = message.reply_to_message
    if asked is not None and (asked.text or "").rsplit("\n", 1)[-1].startswith(MARK):
        raise SkipHandler
    held = await ask.read(meant, ask.person.id, message.text or "")
    if held is None:
        raise SkipHandler
    doc, currency = held
    scans = read_scans(message.text or "", currency)
    await ask.run(stock_room.scan, ask.actor, doc.id, scans)


async def photo(ask: Ask, texts: Sequence[str], caption: str) -> bool:
    """A photo's codes count like typed ones; whether they were for a document."""
    words = await ask.read(in_picture, ask.person.id, texts, caption)
    held = await ask.read(meant, ask.person.id, words)
    if held is None:
        return False
    doc, currency = held
    await ask.run(stock_room.scan, ask.actor, doc.id, read_scans(words, currency))
    return True


@router.callback_query(Tap("k.o"))
async def show(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One document out of the list."""
    require(ask.actor, Right.STOCK)
    await ask.show(NoticeKind.STOCK_DOC, int(args[0]))


_TAPS = {
    "k.u": stock_room.take_up,
    "k.f": stock_posting.finish,
    "k.y": stock_posting.approve,
    "k.n": stock_posting.refuse,
    "k.x": stock_posting.cancel,
}


@router.callback_query(Tap("k.z"))
async def back(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The last scan back; the button names the code it showed."""
    doc = await ask.run(stock_room.undo, ask.actor, int(args[0]), args[1])
    await ask.toast(ask.words.label("{code}: taken back", code=args[1]))
    await ask.show(NoticeKind.STOCK_DOC, doc.id)


@router.callback_query(Tap(*_TAPS))
async def decide(tap: CallbackQuery, ask: Ask, verb: str, args: tuple[str, ...]) -> None:
    """Take it up, finish it, approve it, send it back, drop it."""
    doc = await ask.run(_TAPS[verb], ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Noted."))
    await ask.show(NoticeKind.STOCK_DOC, doc.id)
