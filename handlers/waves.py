"""Waves in chat: the list, taking one, making one now, its papers once more."""

import asyncio
from dataclasses import replace

from aiogram import Router
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import CallbackQuery, Message

from domain import release
from domain.desk import Desk
from domain.errors import Unknown
from domain.people import Chat, Right, require
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.cards.waves import waves_list
from handlers.filters import Cmd, Tap
from handlers.papers import Papers, papers
from handlers.words import Words

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
    """Do not wait: bundle what is ready."""
    try:
        wave = await ask.run(release.wave_now, ask.actor, int(args[0]))
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


@router.callback_query(Tap("wp"))
async def print_wave(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The papers once more, to the person in private: slips carry addresses."""
    wave_id = int(args[0])
    count = await ask.run(release.reprint, ask.actor, wave_id)
    making = await ask.read(_papers, wave_id, ask.words)
    if not making:
        await ask.toast(ask.words.plain("Nothing of this wave is left to ship."), alert=True)
        return
    files = [await asyncio.to_thread(make) for make in making]
    chat = await ask.read(_private_chat, ask.person.chat_id)
    try:
        await replace(ask, chat=chat).send_files(files)
    except TelegramForbiddenError:
        await ask.toast(
            ask.words.plain("Open a private chat with me first: addresses do not go to groups."), alert=True
        )
        return
    await ask.toast(ask.words.plain("Sent to you in private (time {count}).").format(count=count))


def _papers(desk: Desk, wave_id: int, words: Words) -> Papers:
    return papers(desk, desk.waves.get(wave_id), words, slips=True)


def _private_chat(desk: Desk, chat_id: int) -> Chat:
    return desk.people.chat(chat_id)
