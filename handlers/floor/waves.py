"""Waves in chat: the list, making one now of whatever a person chooses, and whose one is: taken, given back, handed on,
dissolved."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.errors import Unknown
from domain.floor import release, wave_hands
from domain.people.people import Right, require
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.cards.floor.waves import waves_list
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


@router.callback_query(Tap("wb"))
async def give_back(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Its picker, or whoever leads, frees it for others."""
    wave = await ask.run(wave_hands.give_back, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Wave {wave} is nobody's: who wants to takes it.").format(wave=wave.number))
    await ask.show(NoticeKind.WAVE, wave.id)


@router.callback_query(Tap("wh"))
async def hand_to(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Asks to whom; with a person, it is theirs."""
    if len(args) < 3:
        await ask.show(NoticeKind.WAVE, int(args[0]), ask="hand")
        return
    wave = await ask.run(wave_hands.hand_to, ask.actor, *(int(arg) for arg in args[:3]))
    await ask.toast(ask.words.plain("Wave {wave} is {name}'s now.").format(wave=wave.number, name=wave.owner))
    await ask.show(NoticeKind.WAVE, wave.id)


@router.callback_query(Tap("wx"))
async def dissolve(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Asks whether it is meant; with the revision the question showed, does it."""
    if len(args) < 2:
        await ask.show(NoticeKind.WAVE, int(args[0]), ask="dissolve")
        return
    back = await ask.run(wave_hands.dissolve, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.label("Dissolved: {count} {count:parcel waits|parcels wait} again.", count=len(back)))
    await ask.show(NoticeKind.WAVE, int(args[0]))
