"""Sets in chat: /bundle, and files of recipes. Nothing counts before a person has seen what it would change.

Surprising: a recipe that is typed is kept like a file, read as one of one set and goes the same way, so there is one
road and one card; but its faults are told of what was typed, for nobody saw a row.
"""

import asyncio
import csv
import io
import re
from dataclasses import dataclass

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from channels.bundles import RecipeFile, read
from channels.reasons import Unreadable
from domain.desk import Desk
from domain.errors import BadValue, Stale
from domain.orders import bundles
from domain.orders.bundles import NO_PARTS, Proposal
from domain.people.people import Actor, Right, require
from domain.records import StoredFile
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.desk.bundles import USAGE, all_card, bundle_card, dry_run_card, kept_card
from handlers.cards.desk.intake import unreadable_text
from handlers.filters import Cmd, Tap
from handlers.wording.refusals import refusal_toast

router = Router(name="bundles")
Args = tuple[str, ...]
_WHOLE = re.compile(r"[\s,，、]+(whole|独立套件|独立)$", re.IGNORECASE)
_APART = re.compile(r"[\s,，、]+(apart|可拆)$", re.IGNORECASE)
_PART = re.compile(r"(\S+?)(?:\s*[×*]\s*|\s+x?\s*)(\d{1,9})", re.IGNORECASE)
TYPED = "/bundle "
"""How the names of texts begin that are kept as they were typed; no file is called so, its name has no slash."""
HEAD = ("组合编码", "组合名称", "组件编码", "数量", "独立套件")


@router.message(Cmd("bundle"))
async def bundle(message: Message, ask: Ask, args: str) -> None:
    """`/bundle`, `/bundle CODE`, `/bundle CODE NAME = CUP-W ×2, POT-L ×1 [whole]`."""
    text = args.replace("＝", "=")
    if not text:
        await ask.reply(await ask.read(all_card, ask.actor, ask.words))
    elif "=" not in text:
        await ask.reply(await ask.read(bundle_card, ask.actor, text, ask.words))
    else:
        require(ask.actor, Right.PRODUCTS)
        try:
            code, _, _ = as_file(text)
        except BadValue:
            await ask.say(USAGE)
            return
        await _try(ask, f"{TYPED}{code}", text.encode())


def as_file(text: str) -> tuple[str, tuple[str, ...], bytes]:
    """`TEASET Tea set = CUP-W ×2, POT-L whole`: its code, its parts as they were typed, and a file of recipes with a
    row for each. Raises BadValue."""
    left, _, right = text.partition("=")
    code, _, title = left.strip().partition(" ")
    right = right.strip()
    whole = "是" if _WHOLE.search(right) else "否" if _APART.search(right) else ""
    told = [part.strip() for part in re.split(r"[,，、;；\n]", _APART.sub("", _WHOLE.sub("", right)))]
    if not code or not all(told):
        raise BadValue("bundle", text[:60], "recipe")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for one in told:
        found = _PART.fullmatch(one)
        sku, units = (found[1], found[2]) if found else (one, "" if one == NO_PARTS else "1")
        if " " in sku:
            raise BadValue("bundle", one[:60], "recipe")
        writer.writerow([code, title.strip(), sku, units, whole])
    return code, tuple(told), out.getvalue().encode()


async def recipes_came(ask: Ask, name: str, data: bytes) -> bool:
    """Whether the file is one of recipes; then it was tried, or it was said why it cannot be."""
    try:
        found = await asyncio.to_thread(read, data)
    except Unreadable as unreadable:
        refused = ask.words("<b>❌ Not taken in.</b> Nothing was changed.")
        await ask.reply(Card(f"{refused}\n" + unreadable_text(unreadable.code, unreadable.facts, ask.words)))
        return True
    if found is not None:
        await _try(ask, name, data)
    return found is not None


def _keep(desk: Desk, actor: Actor, name: str, data: bytes) -> StoredFile:
    require(actor, Right.PRODUCTS)
    return desk.files.put(name, data, desk.now)


async def _try(ask: Ask, name: str, data: bytes) -> None:
    stored = await ask.services.store.run(_keep, ask.actor, name, data)
    await ask.reply(await _tried(ask, stored.id))


async def _tried(ask: Ask, file_id: int) -> Card:
    return await ask.read(_dry_run, ask, file_id, await _read(ask, file_id))


@dataclass(frozen=True, slots=True)
class _Told:
    """What was sent, by its name, or typed: then `typed` are its parts as they were, row by row."""

    name: str
    file: RecipeFile
    typed: tuple[str, ...] = ()


def _dry_run(desk: Desk, ask: Ask, file_id: int, told: _Told) -> Card:
    found = bundles.tried(desk, ask.actor, told.file.rows, told.file.faults)
    return dry_run_card(desk, told.name, file_id, found, ask.words, told.typed)


async def _read(ask: Ask, file_id: int) -> _Told:
    name, data = await ask.read(_kept, ask.actor, file_id)
    typed: tuple[str, ...] = ()
    if name.startswith(TYPED):
        name, typed, data = as_file(data.decode())
    file = await asyncio.to_thread(read, data)
    assert file is not None  # it was one when it was kept
    return _Told(name, file, typed)


def _kept(desk: Desk, actor: Actor, file_id: int) -> tuple[str, bytes]:
    require(actor, Right.PRODUCTS)
    stored, data = desk.files.get(file_id)
    return stored.name, data


@router.callback_query(Tap("bn.k"))
async def keep(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """In force, if the recipes are those it was tried against; else it is tried again, on the same card."""
    file_id = int(args[0])
    file = (await _read(ask, file_id)).file
    try:
        proposal, left = await ask.run(_put_in_force, ask.actor, file, args[1])
    except Stale as late:
        await ask.toast(refusal_toast(late, ask.words), alert=True)
        await ask.edit(await _tried(ask, file_id))
        return
    await ask.toast(ask.words.plain("In force."))
    await ask.edit(kept_card(proposal, left, ask.actor.name, ask.words))


def _put_in_force(desk: Desk, actor: Actor, file: RecipeFile, mark: str) -> tuple[Proposal, int]:
    return bundles.keep(desk, actor, file.rows, mark, file.faults)


@router.callback_query(Tap("bn.d"))
async def drop(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Never mind."""
    require(ask.actor, Right.PRODUCTS)
    await ask.toast(ask.words.plain("Dropped."))
    await ask.edit(Card(ask.words("🗑 Dropped. The bundles stay as they are.")))
