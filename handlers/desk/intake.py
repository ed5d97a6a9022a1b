"""A document sent to us is an order export, or recipes of sets: kept first, then read, then told what became of it.

Surprising: the bytes are in the store before the person gets an answer, so the buttons that ask for the shop work
after a restart, and a file that was acknowledged is never lost. Reading the same file twice changes nothing.
"""

import asyncio

from aiogram import F, Router
from aiogram.types import CallbackQuery, Document, Message

from channels.bills import is_bill, is_of_returns
from channels.learning import Glance, can_learn
from channels.proposal import recognised
from channels.reasons import Reason, Unreadable
from channels.registry import RETURNS_OF
from domain.desk import Desk
from domain.errors import BadValue, Refusal, Unknown
from domain.people.people import Actor, Right, Role, may, require
from domain.records import NoticeKind, StoredFile
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.desk.intake import unreadable_text
from handlers.cards.desk.mapping import offer_card
from handlers.desk.bundles import recipes_came
from handlers.draw import draw
from handlers.filters import Tap
from handlers.services import Progress
from handlers.taps import pack
from handlers.wording.customer_terms import platform_name
from handlers.wording.refusals import refusal_text

router = Router(name="intake")
TELEGRAM_LIMIT = 20 * 1024 * 1024
EDIT_SECONDS = 3
DESKS = frozenset({Role.CS, Role.CS_LEAD, Role.OWNER})


def keep(desk: Desk, actor: Actor, name: str, data: bytes) -> StoredFile:
    """Keep what was sent. Raises NotAllowed."""
    require(actor, Right.IMPORT)
    return desk.files.put(name, data, desk.now)


def _may_send(desk: Desk, actor: Actor) -> None:
    """Orders, or else recipes of sets."""
    if not may(actor, Right.PRODUCTS):
        require(actor, Right.IMPORT)


def _image(document: Document) -> bool:
    return (document.mime_type or "").startswith("image/")


@router.message(F.document, ~F.document.func(_image))
async def file_came(message: Message, ask: Ask) -> None:
    """Keep it, say so, read it. In groups that are no service desk people share files among themselves."""
    document = message.document
    assert document is not None
    if not ask.chat.private and ask.chat.role not in DESKS:
        return
    await ask.read(_may_send, ask.actor)
    name = (document.file_name or "file").replace("/", "_").replace("\\", "_")[-120:]
    if (document.file_size or 0) > TELEGRAM_LIMIT:
        await ask.say(
            "Telegram lets me fetch files up to 20 MB; {name} is larger. On the server: "
            "python run.py import FILE --shop SHOP",
            name=name,
        )
        return
    content = await ask.bot.download(document)
    assert content is not None
    data = content.read()
    if await recipes_came(ask, name, data):
        return
    stored = await ask.services.store.run(keep, ask.actor, name, data)
    status = await ask.reply(Card(ask.words("📥 {name}: received, reading…", name=name)))
    await read_file(ask, stored.id, None, status)


@router.callback_query(Tap("i.s"))
async def shop_chosen(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The shop a kept file belongs to."""
    await ask.toast(ask.words.plain("Reading…"))
    if ask.message is not None:
        await read_file(ask, int(args[0]), int(args[1]), ask.message.message_id)


async def read_file(ask: Ask, file_id: int, shop_id: int | None, status: int) -> None:
    """Read a kept file; `status` is the message that tells how far we are and becomes the result."""
    try:
        run = await ask.services.import_file(file_id, shop_id, ask.actor, _Teller(ask, status))
    except Unreadable as unreadable:
        await ask.edit(await _unreadable(ask, file_id, shop_id, unreadable), status)
        return
    except (BadValue, Unknown) as refusal:
        await ask.edit(await ask.read(_which_shop, ask, file_id, refusal), status)
        return
    except Refusal as refusal:
        await ask.edit(Card(refusal_text(refusal, ask.words)), status)
        return
    card = await ask.read(draw, NoticeKind.IMPORT, run.id, ask.chat, {})
    if card is not None:
        await ask.edit(card, status)
        await ask.remember(status, NoticeKind.IMPORT, run.id)
        await ask.send_files([make() for make in card.files])


async def _unreadable(ask: Ask, file_id: int, shop_id: int | None, unreadable: Unreadable) -> Card:
    """Why it was not taken; where no format fits but it is a table, the offer to learn it. In a group the columns are
    told only when they are known names: what looks like a header may be the first row of people."""
    refused, facts = ask.words("<b>❌ Not taken in.</b> Nothing was changed."), unreadable.facts
    if unreadable.code == Reason.UNKNOWN_HEADER:
        stored, data, shops = await ask.read(_to_offer, ask.actor, file_id, shop_id)
        found = await asyncio.to_thread(can_learn, data)
        if found is not None and (told := await _no_orders(ask, found)):
            return Card(f"{refused}\n{told}")
        if not ask.chat.private and (found is None or not recognised(found.table.header)):
            return Card(f"{refused}\n" + ask.words("I don't know this table. Send it to me in private to see why."))
        if found is not None and shops:
            facts = {**facts, "columns": ", ".join(found.table.header)}
            why = unreadable_text(unreadable.code, facts, ask.words)
            return offer_card(stored, shops, len(found.table.header), why, ask.words)
    return Card(f"{refused}\n" + unreadable_text(unreadable.code, facts, ask.words))


async def _no_orders(ask: Ask, found: Glance) -> str:
    """What else this table is, "" for what may be one of orders."""
    if is_bill(found.table.header):
        names = ask.words.listed(await ask.read(_finance))
        return ask.words("This is a settlement or a bill, no order export: it is for {names}.", names=names)
    if is_of_returns(found.table.header, found.rows):
        names = ask.words.listed([platform_name(one, ask.words) for one in RETURNS_OF])
        return ask.words("This is a list of refunds or returns, no order export. I read those of {names}.", names=names)
    return ""


def _finance(desk: Desk) -> list[str]:
    """Who takes the papers of money: finance, else the owners."""
    staff = desk.people.staff()
    people = staff.with_role(frozenset({Role.FINANCE})) or staff.with_role(frozenset({Role.OWNER}))
    return [person.name for person in people]


def _to_offer(
    desk: Desk, actor: Actor, file_id: int, shop_id: int | None
) -> tuple[StoredFile, bytes, list[tuple[int, str]]]:
    stored, data = desk.files.get(file_id)
    shops = [
        (shop.id, shop.name)
        for shop in desk.catalog.shops.values()
        if shop_id in (None, shop.id) and may(actor, Right.IMPORT, shop=shop.id)
    ]
    return stored, data, shops


class _Teller:
    """Edits the status message while the file is read, every three seconds at most."""

    def __init__(self, ask: Ask, status: int) -> None:
        self._ask = ask
        self._status = status
        self._last = ask.services.now()

    async def __call__(self, progress: Progress) -> None:
        now = self._ask.services.now()
        if (now - self._last).total_seconds() < EDIT_SECONDS:
            return
        self._last = now
        facts = {"rows": progress.rows, "orders": progress.orders, "rejected": progress.rejected}
        text = self._ask.words(
            "📥 Reading… {orders} {orders:order|orders} so far, {rejected} {rejected:row|rows} rejected", **facts
        )
        await self._ask.edit(Card(text), self._status)


def _which_shop(desk: Desk, ask: Ask, file_id: int, refusal: Refusal) -> Card:
    """The shops it may be, as buttons: the ones that were named, else all in the person's scope."""
    wanted = set(refusal.want.split("|")) if isinstance(refusal, BadValue) else set()
    shops = [
        shop
        for shop in desk.catalog.shops.values()
        if (ask.actor.shops is None or shop.id in ask.actor.shops) and (not wanted or shop.name in wanted)
    ]
    stored, _ = desk.files.get(file_id)
    if not shops or (isinstance(refusal, Unknown) and refusal.kind != "shop"):
        return Card(refusal_text(refusal, ask.words))
    if isinstance(refusal, Unknown):
        facts = {"company": desk.catalog.company.name, "platform": platform_name(refusal.name, ask.words)}
        return Card(
            ask.words(
                "{name} is from {platform}, where {company} has no shop. Nothing was changed. "
                "To add one, on the server: python run.py setup FILE",
                name=stored.name,
                **facts,
            )
        )
    rows = tuple((Button(shop.name, pack("i.s", file_id, shop.id)),) for shop in shops)
    told = refusal.value if isinstance(refusal, BadValue) else ""
    if told and told not in wanted and shops:
        text = ask.words(
            "<b>{name}</b> says it is from «{told}», which is not one of our shops. Nothing was "
            "changed. Which shop is it from?",
            name=stored.name,
            told=told[:60],
        )
        return Card(text, rows)
    return Card(ask.words("<b>{name}</b>: which shop is it from?", name=stored.name), rows)
