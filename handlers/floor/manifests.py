"""Couriers' manifests in chat: make one, get the document, sign it off.

Surprising: who took the parcels is asked for by name and not ticked; a signature nobody can name is none.
"""

import asyncio
from collections.abc import Sequence

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import AlreadyApplied, Unknown
from domain.floor import dock, manifests
from domain.floor.parcels import Parcel
from domain.floor.release import orders_of
from domain.orders.orders import Order
from domain.paper.documents import ManifestLine, ManifestPaper
from domain.paper.paper_records import Manifest
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from exports.manifests import manifest_pdf
from handlers.ask import Ask
from handlers.card import File
from handlers.cards.floor.prints import manifests_list
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.words import Words

router = Router(name="manifests")
Args = tuple[str, ...]


@router.message(Cmd("manifest"))
async def show_list(message: Message, ask: Ask) -> None:
    """What stands on no list yet, and the last lists."""
    require(ask.actor, Right.HAND_OVER)
    await _show_list(ask)


async def _show_list(ask: Ask) -> None:
    """A chat of ours keeps it as a card, drawn again with every change; a group that is nobody's desk reads it once."""
    if ask.chat.private or ask.chat.role is not None:
        await ask.show(NoticeKind.MANIFEST, 0)
        return
    card = await ask.read(manifests_list, ask.actor, ask.words)
    if ask.tap:
        await ask.edit(card)
    else:
        await ask.reply(card)


@router.message(Cmd("unship"))
async def take_back(message: Message, ask: Ask, args: str) -> None:
    """A parcel that was scanned out and stays here after all; it leaves its list."""
    require(ask.actor, Right.HAND_OVER)
    if not args.strip():
        await ask.say("Which parcel stays here? Write its waybill after the command: /unship SF1234567890123")
        return
    try:
        box = await ask.run(dock.take_back, ask.actor, args)
    except AlreadyApplied:
        return
    await ask.say(
        "{waybill} is back in the warehouse: weighed, not handed over. Scan it out again when it leaves.",
        waybill=box.waybill,
    )


@router.callback_query(Tap("mf"))
async def make(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The list of one courier, with its document."""
    try:
        made = await ask.run(manifests.make, ask.actor, int(args[0]), int(args[1]))
    except (AlreadyApplied, Unknown) as refusal:
        if isinstance(refusal, Unknown) and refusal.kind != "handed_over":
            raise
        await ask.toast(ask.words.plain("These parcels are on a list already."), alert=True)
        await _show_list(ask)
        return
    await ask.toast(ask.words.label("List {number} is made.", number=made.number))
    await ask.show(NoticeKind.MANIFEST, made.id)
    await ask.send_files([await _document(ask, made)])


@router.callback_query(Tap("ms"))
async def show(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """One of the last lists."""
    await ask.read(_mine, ask.actor, int(args[0]))
    await ask.show(NoticeKind.MANIFEST, int(args[0]))


@router.callback_query(Tap("md"))
async def document(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The document: as it was signed, byte for byte, or as it stands."""
    found = await ask.read(_mine, ask.actor, int(args[0]))
    await ask.toast("")
    await ask.send_files([await ask.read(_kept, found) if found.file_id else await _document(ask, found)])


@router.callback_query(Tap("mg"))
async def ask_name(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Who of the courier took them?"""
    found = await ask.read(manifests.check_sign, ask.actor, int(args[0]), int(args[1]))
    text = ask.words(
        "{number}: {count} {count:parcel|parcels}. Answer with the name of the courier's driver who signed.",
        number=found.number,
        count=found.parcels,
    )
    await ask.reply(question(text, ask.words.plain("Name"), "mg", found.id, found.revision))


@router.message(Answer("mg"))
async def sign(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """Both have signed: the document with both names is kept."""
    found = await ask.read(manifests.check_sign, ask.actor, int(args[0]), int(args[1]))
    signed = manifests.signed(found, ask.actor, answer, ask.services.now())
    file = await _document(ask, signed)
    try:
        await ask.run(manifests.sign, ask.actor, signed, file.data)
    except AlreadyApplied:
        await ask.show(NoticeKind.MANIFEST, found.id)
        return
    await ask.show(NoticeKind.MANIFEST, found.id)
    await ask.send_files([file])


async def _document(ask: Ask, manifest: Manifest) -> File:
    paper = await ask.read(paper_of, manifest, ask.words)
    return File(f"{manifest.number}.pdf", await asyncio.to_thread(manifest_pdf, paper, ask.words.plain))


def _mine(desk: Desk, actor: Actor, manifest_id: int) -> Manifest:
    found = desk.manifests.get(manifest_id)
    require(actor, Right.HAND_OVER, warehouse=found.warehouse_id)
    return found


def _kept(desk: Desk, manifest: Manifest) -> File:
    assert manifest.file_id is not None
    stored, data = desk.files.get(manifest.file_id)
    return File(stored.name, data)


def paper_of(desk: Desk, manifest: Manifest, words: Words) -> ManifestPaper:
    """What the document says."""
    boxes = desk.manifests.parcels(manifest.id)
    return ManifestPaper(
        number=manifest.number,
        courier=desk.catalog.couriers[manifest.courier_id].name,
        warehouse=desk.catalog.warehouses[manifest.warehouse_id].name,
        company=desk.catalog.company.name,
        made_at=words.when(manifest.made_at),
        made_by=manifest.made_by,
        lines=_lines(boxes, orders_of(desk, boxes), words),
        weight=words.grams(manifest.grams),
        taken_by=manifest.taken_by,
        signed_by=manifest.signed_by,
        signed_at=words.when(manifest.signed_at) if manifest.signed_at else "",
    )


def _lines(boxes: Sequence[Parcel], orders: dict[int, Order], words: Words) -> tuple[ManifestLine, ...]:
    """Places only: a courier's copy of the list lies about, and names nobody."""
    made = []
    for box in boxes:
        to = orders[box.order_ids[0]].receiver
        where = " ".join(dict.fromkeys(part for part in (to.province, to.city) if part)) or to.country
        weight = f"{box.weight_g / 1000:.3f} kg"
        made.append(ManifestLine(box.waybill, box.number, where, weight, words.when(box.handed_over_at)))
    return tuple(made)
