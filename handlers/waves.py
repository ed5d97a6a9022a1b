"""Waves in chat: the list, taking one, making one now of whatever a person chooses."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain import release
from domain.errors import Unknown
from domain.people import Right, require
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.cards.waves import waves_list
from handlers.filters import Cmd, Tap

router = Router(name="waves")


@router.message(Cmd("wave"))
async def waves(message: Message, ask: Ask) -> None:
    """Open waves; make one now."""
    require(ask.actor, Right.WAVE)
    await ask.reply(await ask.read(waves_list, ask.actor, ask.words))


@router.callback_query(Tap("wv"))
async def show_wave(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One wave out of the list."""
    await ask.show(NoticeKind.WAVE, int(args[0]))


@router.callback_query(Tap("wn"))
async def wave_now(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Do not wait: bundle what is ready, or the kind of it that the button names."""
    try:
        wave = await ask.run(release.wave_now, ask.actor, int(args[0]), args[1] if len(args) > 1 else "all")
    except Unknown:
        await ask.toast(ask.words.plain("Nothing waits any more: it is in a wave already."), alert=True)
    else:
        await ask.toast(ask.words.plain("Wave {wave} is made. Its card goes to the floor.").format(wave=wave.number))
    await ask.edit(await ask.read(waves_list, ask.actor, ask.words))


@router.callback_query(Tap("wt"))
async def take_wave(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """This picker walks it; stop notices of it go to them."""
    wave = await ask.run(release.take_wave, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Wave {wave} is yours.").format(wave=wave.number))
    await ask.show(NoticeKind.WAVE, wave.id)
