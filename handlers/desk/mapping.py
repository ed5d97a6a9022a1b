"""Teaching the bot a table: whose it is, which column is what, a trial, and remembering it. /mapping lists them.

Surprising: nothing of the conversation is in memory. The draft is a record, the file is in the store, and a tap names
both its field and the revision it saw, so the card goes on after a restart and an old one does no harm.
"""

import asyncio
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from channels import learning
from channels.learning import Glance, Trial
from channels.mapping import format_of
from channels.proposal import meanings, propose
from channels.reasons import Unreadable
from domain.desk import Desk
from domain.errors import BadValue
from domain.intake import mappings
from domain.intake.table_mapping import Field, Meaning, TableMapping
from domain.orders.catalog import Shop
from domain.people.people import Actor
from domain.records import NoticeKind, StoredFile
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.desk.intake import unreadable_text
from handlers.cards.desk.mapping import GROUPS, list_card, main_card
from handlers.cards.desk.mapping_views import field_card, group_card, trial_card, words_card
from handlers.desk.intake import read_file
from handlers.filters import Cmd, Tap
from handlers.viewer import Viewer, viewer_of

router = Router(name="mapping")
Args = tuple[str, ...]


@router.message(Cmd("mapping"))
async def learned(message: Message, ask: Ask, args: str) -> None:
    """/mapping"""
    await ask.reply(await ask.read(_list, ask))


def _list(desk: Desk, ask: Ask) -> Card:
    return list_card(desk, mappings.in_force(desk, ask.actor), ask.words)


@router.callback_query(Tap("m.o"))
async def look(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """One of the list."""
    await ask.read(mappings.shown, ask.actor, int(args[0]))
    await ask.show(NoticeKind.MAPPING, int(args[0]))


@router.callback_query(Tap("m.s"))
async def begin(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The shop of an unknown table was chosen: propose a mapping, or show the draft that is there."""
    shop_id = int(args[1])
    stored, data, earlier = await ask.read(_to_begin, ask.actor, int(args[0]), shop_id)
    found = await asyncio.to_thread(learning.can_learn, data)
    if found is None:
        await ask.toast(ask.words.plain("This is not a table I can learn."), alert=True)
        return
    proposal = await asyncio.to_thread(
        propose, found.table.header, found.rows, earlier, lambda column: _words_of(data, found, column)
    )
    made = await ask.run(mappings.begin, ask.actor, shop_id, stored, found.table, proposal)
    await ask.show(NoticeKind.MAPPING, made.id)


def _to_begin(desk: Desk, actor: Actor, file_id: int, shop_id: int) -> tuple[StoredFile, bytes, list[TableMapping]]:
    earlier = mappings.earlier(desk, actor, shop_id)
    stored, data = desk.files.get(file_id)
    return stored, data, earlier


def _words_of(data: bytes, found: Glance, column: str) -> tuple[str, ...] | None:
    return learning.words(data, found.table.signature, column)


@router.callback_query(Tap("m.g", "m.f", "m.w", "m.b"))
async def turn(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Another side of the card: a group of fields, a field's columns, the status words, back."""
    await ask.edit(await ask.read(_side, ask, verb, args))


def _side(desk: Desk, ask: Ask, verb: str, args: Args) -> Card:
    mapping = mappings.draft(desk, ask.actor, int(args[0]), int(args[1]))
    viewer = _viewer(desk, ask)
    if verb == "m.g":
        return group_card(desk, mapping, int(args[2]), viewer)
    if verb == "m.f":
        return field_card(mapping, Field(args[2]), int(args[3]), viewer)
    return words_card(mapping, viewer) if verb == "m.w" else main_card(desk, mapping, viewer)


def _viewer(desk: Desk, ask: Ask) -> Viewer:
    return viewer_of(desk, ask.chat)


@router.callback_query(Tap("m.c"))
async def choose(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A field's column was chosen, or none."""
    at, field, number = (int(args[0]), int(args[1])), Field(args[2]), int(args[3])
    mapping = await ask.read(mappings.draft, ask.actor, *at)
    column = mapping.header[number] if 0 <= number < len(mapping.header) else ""
    words = await _words(ask, mapping, column) if field is Field.STATE and column else None
    changed = await ask.run(mappings.choose, ask.actor, *at, field, column, words)
    await _group(ask, changed, field)


async def _words(ask: Ask, mapping: TableMapping, column: str) -> dict[str, str]:
    """The words of a status column with what they mean. Raises BadValue for a column that is none."""
    _, data = await ask.read(_file, mapping.file_id)
    told = await asyncio.to_thread(learning.words, data, mapping.signature, column)
    if told is None:
        raise BadValue("column", column[:60], "status_column")
    return meanings(told, mapping)


def _file(desk: Desk, file_id: int) -> tuple[StoredFile, bytes]:
    return desk.files.get(file_id)


async def _group(ask: Ask, mapping: TableMapping, field: Field) -> None:
    number = next(number for number, (_, fields) in enumerate(GROUPS) if field in fields)
    await ask.edit(await ask.read(lambda desk: group_card(desk, mapping, number, _viewer(desk, ask))))


@router.callback_query(Tap("m.p"))
async def count(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The amount paid counts per order or per row."""
    changed = await ask.run(mappings.count_amounts, ask.actor, int(args[0]), int(args[1]), per_line=args[2] == "1")
    await _group(ask, changed, Field.PAID)


@router.callback_query(Tap("m.v"))
async def mean(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A status word means something else."""
    at = int(args[0]), int(args[1])
    mapping = await ask.read(mappings.draft, ask.actor, *at)
    word = list(mapping.words)[int(args[2])]
    changed = await ask.run(mappings.mean, ask.actor, *at, word, Meaning(args[3]))
    await ask.edit(await ask.read(lambda desk: words_card(changed, _viewer(desk, ask))))


@router.callback_query(Tap("m.k"))
async def check(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Read the file by the draft and show what it would give."""
    mapping, shop, data = await ask.read(_to_check, ask.actor, int(args[0]), int(args[1]))
    try:
        found = await asyncio.to_thread(_trial, mapping, shop, data)
    except Unreadable as unreadable:
        await ask.edit(Card(unreadable_text(unreadable.code, unreadable.facts, ask.words)))
        return
    await ask.edit(await ask.read(lambda desk: trial_card(desk, mapping, found, _viewer(desk, ask))))


def _to_check(desk: Desk, actor: Actor, mapping_id: int, revision: int) -> tuple[TableMapping, Shop, bytes]:
    mapping = mappings.whole(desk, actor, mapping_id, revision)
    _, data = desk.files.get(mapping.file_id)
    return mapping, desk.catalog.shops[mapping.shop_id], data


def _trial(mapping: TableMapping, shop: Shop, data: bytes) -> Trial:
    format_ = format_of(mapping.reading, shop)
    return learning.trial(mapping.file_name, data, mapping.signature, format_, ZoneInfo(shop.zone))


@router.callback_query(Tap("m.y"))
async def save(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Remember the mapping and read the file by it."""
    saved = await ask.run(mappings.save, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Remembered. Reading…"))
    await _read(ask, saved)


@router.callback_query(Tap("m.r"))
async def read_again(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Read the file a remembered mapping was made from, once more: what is there stays as it is."""
    mapping = await ask.read(mappings.shown, ask.actor, int(args[0]))
    await ask.toast(ask.words.plain("Reading…"))
    await _read(ask, mapping)


async def _read(ask: Ask, mapping: TableMapping) -> None:
    if ask.message is not None:
        await read_file(ask, mapping.file_id, mapping.shop_id, ask.message.message_id)


@router.callback_query(Tap("m.x"))
async def forget(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Ask again next time."""
    forgotten = await ask.run(mappings.forget, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Forgotten: the next such file asks again, with all this filled in."), alert=True)
    await ask.show(NoticeKind.MAPPING, forgotten.id)
