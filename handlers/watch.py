"""Alerts in chat: take it, put it off, look at the records.

Surprising: looking changes nothing, so the list needs no right beyond seeing the card; what it opens asks anew.
"""

from aiogram import Router
from aiogram.types import CallbackQuery

from domain import watch
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.draw import draw
from handlers.filters import Tap

router = Router(name="watch")
Args = tuple[str, ...]


@router.callback_query(Tap("w.t"))
async def take(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """On it."""
    await ask.run(watch.take, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("It is yours."))
    await ask.show(NoticeKind.ALERT, int(args[0]))


@router.callback_query(Tap("w.s"))
async def snooze(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Not now."""
    await ask.run(watch.snooze, ask.actor, int(args[0]), int(args[1]), int(args[2]))
    await ask.toast(ask.words.label("You are asked again in {minutes} min.", minutes=args[2]))
    await ask.show(NoticeKind.ALERT, int(args[0]))


@router.callback_query(Tap("w.l"))
async def records(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The first records as buttons."""
    await ask.show(NoticeKind.ALERT, int(args[0]), view="list")


@router.callback_query(Tap("w.r"))
async def show_return(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A return's card, beside the alert."""
    card = await ask.read(draw, NoticeKind.RETURN, int(args[0]), ask.chat, {})
    if card is not None:
        await ask.reply(card, NoticeKind.RETURN, int(args[0]))
