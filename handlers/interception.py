"""Stops in chat: /stops, "on it", a stop's card."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain import pulls
from domain.errors import NotAllowed
from domain.people import Right
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.cards.stops import stops_list
from handlers.filters import Cmd, Tap

router = Router(name="interception")


@router.message(Cmd("stops"))
async def open_stops(message: Message, ask: Ask) -> None:
    """Every open stop of this person's warehouses."""
    if not {Right.PUT_BACK, Right.OVERRIDE} & ask.actor.rights:
        raise NotAllowed(Right.PUT_BACK)
    await ask.reply(await ask.read(stops_list, ask.actor, ask.words))


@router.callback_query(Tap("st"))
async def show_stop(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One stop out of the list."""
    await ask.show(NoticeKind.STOP, int(args[0]))


@router.callback_query(Tap("sa"))
async def acknowledge(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Somebody is on it: the clock stops, the others see who."""
    stop = await ask.run(pulls.acknowledge, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Yours. Scan it at /putback when the goods are on their shelf."))
    await ask.show(NoticeKind.STOP, stop.id)
