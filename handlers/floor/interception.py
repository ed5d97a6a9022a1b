"""Stops in chat: /stops, "on it", sheets torn up, a new slip, the stop shelf's label, and the shops' feeds."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from aiogram import Router
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import NotAllowed
from domain.floor import dock
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import Actor, Chat, Right, may, require
from domain.records import NoticeKind
from domain.stops import feeds, pulls, replies
from exports.shelf import shelf_pdf
from handlers.ask import Ask
from handlers.card import Card, File
from handlers.cards.floor.feeds import feeds_list
from handlers.filters import Cmd, Tap
from handlers.floor.papers import Papers, sheets
from handlers.words import Words

router = Router(name="interception")


@router.message(Cmd("stops"))
async def open_stops(message: Message, ask: Ask) -> None:
    """The board: every open stop of this person's warehouses."""
    if not {Right.PUT_BACK, Right.OVERRIDE} & ask.actor.rights:
        raise NotAllowed(Right.PUT_BACK)
    await ask.show(NoticeKind.STOPS, 0)


@router.callback_query(Tap("st"))
async def show_stop(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One stop out of the list."""
    await ask.show(NoticeKind.STOP, int(args[0]))


@router.callback_query(Tap("sa"))
async def acknowledge(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Somebody is on it: the clock stops, the others see who."""
    stop = await ask.run(pulls.acknowledge, ask.actor, int(args[0]), int(args[1]))
    floor = ask.words.plain("Yours. The card says what to scan.")
    await ask.toast(floor if stop.open else ask.words.plain("Yours."))
    await ask.show(NoticeKind.STOP, stop.id)


@router.callback_query(Tap("sh"))
async def told_by_hand(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The platform's own page was used to answer what it did not take from us."""
    await ask.run(replies.told_by_hand, ask.actor, int(args[0]))
    await ask.toast(ask.words.plain("Noted."))
    await ask.show(NoticeKind.ORDER, int(args[0]))


@router.callback_query(Tap("sn"))
async def torn(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Nobody had picked it: the sheet is torn up, the goods are free."""
    stop = await ask.run(pulls.torn, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Taken out of the wave. Its stock is free."))
    await ask.show(NoticeKind.STOP, stop.id)


@router.callback_query(Tap("sl"))
async def left_already(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The courier had it before anybody could take it out: customer service goes on from there."""
    stop = await ask.run(dock.left_already, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Noted. Customer service is told that it was too late."))
    await ask.show(NoticeKind.STOP, stop.id)


@router.callback_query(Tap("sp"))
async def new_slip(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The slip of a box that goes on with less in it, to the person in private: it carries an address."""
    await _in_private(ask, await ask.run(_slip, ask.actor, int(args[0]), ask.words))


def _slip(desk: Desk, actor: Actor, parcel_id: int, words: Words) -> Papers:
    box = desk.parcels.get(parcel_id)
    _, job = printing.print_parcel(desk, actor, box.waybill, [Paper.SLIP])
    return sheets(desk, job, words, box.waybill)


@router.message(Cmd("shelf"))
async def shelf(message: Message, ask: Ask) -> None:
    """The stop shelf's label of each of this person's warehouses, to print and stick on."""
    require(ask.actor, Right.PUT_BACK)
    places = await ask.read(_places, ask.actor)
    tr = ask.words.plain
    await ask.send_files(
        [File(f"{code}.pdf", await asyncio.to_thread(shelf_pdf, code, name, tr)) for code, name in places]
    )


def _places(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    places = desk.catalog.warehouses.values()
    return [(pulls.shelf_code(p.id), p.name) for p in places if may(actor, Right.PUT_BACK, warehouse=p.id)]


async def _in_private(ask: Ask, makes: Sequence[Callable[[], File]]) -> None:
    files = [await asyncio.to_thread(make) for make in makes]
    chat = await ask.read(_private_chat, ask.person.chat_id)
    try:
        await replace(ask, chat=chat).send_files(files)
    except TelegramForbiddenError:
        text = ask.words.plain("Open a private chat with me first: addresses do not go to groups.")
        await ask.toast(text, alert=True)
        return
    await ask.toast(ask.words.plain("Sent to you in private."))


def _private_chat(desk: Desk, chat_id: int) -> Chat:
    return desk.people.chat(chat_id)


@router.message(Cmd("feeds"))
async def shop_feeds(message: Message, ask: Ask) -> None:
    """When each shop was heard, and what the gate does while it is silent."""
    require(ask.actor, Right.OVERRIDE)
    await ask.reply(await ask.read(feeds_list, ask.actor, ask.words))


@router.callback_query(Tap("fd"))
async def choose_gate(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The shop's parcels pass, or are held back, while nothing is heard of it."""
    shop = await ask.run(feeds.choose, ask.actor, int(args[0]), args[1] == "1")
    passed = ask.words.plain("While it is silent, its parcels pass with a warning.")
    shut = ask.words.plain("While it is silent, its parcels are held back.")
    await ask.toast(passed if shop.fail_open else shut, alert=True)
    card: Card = await ask.read(feeds_list, ask.actor, ask.words)
    await ask.edit(card)
