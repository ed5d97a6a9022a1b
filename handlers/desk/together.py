"""Merge with another order, also with one that is approved already, or ship alone: taps on an order's card."""

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.planning import together
from handlers.ask import Ask
from handlers.desk.queue import show_order
from handlers.filters import Tap

router = Router(name="together")
Args = tuple[str, ...]


@router.callback_query(Tap("o.mg"))
async def merge(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """These two in one parcel."""
    await ask.run(together.merge, ask.actor, int(args[0]), int(args[1]), int(args[2]))
    await ask.toast(ask.words.plain("Merged: they travel in one parcel."))
    await show_order(ask, int(args[0]))


@router.callback_query(Tap("o.tb"))
async def take_back(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The approved one comes back to review and travels with this one."""
    await ask.run(together.take_back, ask.actor, int(args[0]), int(args[1]), int(args[2]))
    await ask.toast(ask.words.plain("Back in review, in one parcel with this one. Approve them again."))
    await show_order(ask, int(args[0]))


@router.callback_query(Tap("o.ap"))
async def ship_alone(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Out of the merged parcel."""
    await ask.run(together.unmerge, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("It travels alone."))
    await show_order(ask, int(args[0]))
