"""Printing in chat: a wave's labels and slips, one parcel's once more. Every copy is counted, the second says so.

Surprising: papers that name receivers never come by themselves. Somebody asks for them, gets them in private, and is
written down; a card that anybody opens would be a copy nobody knows of.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from aiogram import Router
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import AlreadyApplied, Unknown
from domain.floor import walking
from domain.floor.parcels import Parcel
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.paper.printing import Job
from domain.people.people import Chat, Right, require
from domain.records import NoticeKind
from domain.waybills import numbering
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.floor.prints import NOT_PRINTED
from handlers.filters import Cmd, Tap
from handlers.floor.papers import Papers, pick_paper, sheets
from handlers.words import Words

router = Router(name="printing")
PAPER = {"l": Paper.LABEL, "s": Paper.SLIP}


@router.callback_query(Tap("wp"))
async def print_wave(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """`k` the pick list; `l`, `s` the labels or slips that are wanted; `l?`, `s?` asks whether all are meant once
    more, and `l!`, `s!` with the number of copies seen says yes."""
    wave_id, what = int(args[0]), args[1] if len(args) > 1 else "l"
    if what == "k":
        await ask.services.store.run(walking.renew, ask.actor, wave_id)  # unclaimed: done twice it says the same
        await _send(ask, await ask.read(_pick, ask, wave_id))
        return
    paper = PAPER[what[0]]
    if what.endswith("?"):
        await ask.show(NoticeKind.WAVE, wave_id, again=what[0])
        return
    seen = int(args[2]) if what.endswith("!") else None
    try:
        job = await ask.run(printing.print_wave, ask.actor, wave_id, paper, again=seen)
    except AlreadyApplied:
        await ask.show(NoticeKind.WAVE, wave_id)
        return
    except Unknown as refusal:
        if refusal.kind != "papers":
            raise
        await ask.toast(ask.words.plain("Nothing new to print. Print again if a copy is lost."), alert=True)
        return
    number = await ask.read(_number, wave_id)
    if await _send(ask, await ask.read(sheets, job, ask.words, number), job):
        await ask.show(NoticeKind.WAVE, wave_id)


@router.message(Cmd("void"))
async def void(message: Message, ask: Ask, args: str) -> None:
    """`/void WAYBILL reason`: the number is dead and never used again."""
    require(ask.actor, Right.HAND_OVER)
    number, _, reason = args.strip().partition(" ")
    if not reason.strip():
        await ask.say("Write the waybill, then the reason: /void {number} label torn", number=number or "SF1234567890")
        return
    row = await ask.run(numbering.void_by_hand, ask.actor, number.upper(), reason)
    facts = {"number": row.number, "reason": row.error}
    await ask.say("You voided {number}; it is never used again. Reason: {reason}", **facts)


@router.message(Cmd("print"))
async def print_parcel(message: Message, ask: Ask, args: str) -> None:
    """`/print CODE`: the label as PDF and as a picture, and the slip, once more."""
    if not args:
        await ask.say("Send /print with a waybill or a parcel number, e.g. /print P000123")
        return
    await _print_parcel(ask, args.split()[0].upper())


@router.callback_query(Tap("pp"))
async def print_this(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The button of a label or slip that is out of date: prints that one alone, and nothing once it is right again."""
    parcel_id = int(args[0])
    parcel, papers = await ask.read(_outdated, parcel_id)
    if not papers or await _print_parcel(ask, parcel.number, papers):
        await ask.show(NoticeKind.LABEL_OLD, parcel_id)


async def _print_parcel(ask: Ask, code: str, papers: Sequence[Paper] = tuple(Paper)) -> bool:
    try:
        parcel, job = await ask.run(printing.print_parcel, ask.actor, code, papers)
    except Unknown as refusal:
        if refusal.kind != "papers":
            raise
        if ask.tap:
            await ask.toast(ask.words.label(NOT_PRINTED, code=code), alert=True)
        else:
            await ask.say(NOT_PRINTED, code=code)
        return False
    making = await ask.read(sheets, job, ask.words, parcel.number, picture=True)
    return await _send(ask, making, job)


async def _send(ask: Ask, making: Papers, job: Job | None = None) -> bool:
    """The files to the person in private, with how many there are and what was left out."""
    if not making:
        await ask.toast(ask.words.plain("Nothing of this wave is left to ship."), alert=True)
        return False
    files = [await asyncio.to_thread(make) for make in making]
    private = replace(ask, chat=await ask.read(_private_chat, ask.person.chat_id))
    try:
        await private.send_files(files)
    except TelegramForbiddenError:
        await ask.toast(
            ask.words.plain("Open a private chat with me first: addresses do not go to groups."), alert=True
        )
        return False
    told = _told(job, ask.words)
    if ask.answered and job and job.left_out:  # the tap was answered while the papers were made: it must be read
        await private.reply(Card(told))
    await ask.toast(told)
    return True


def _told(job: Job | None, words: Words) -> str:
    if job is None:
        return words.plain("Sent to you in private.")
    told = words.label("Sent to you in private: {count}.", count=len(job.sheets))
    copies = sum(1 for sheet in job.sheets if sheet.copy > 1)
    if copies:
        told += " " + words.label("{count} of them are further copies: tear the old ones up.", count=copies)
    if job.left_out:
        told += " " + words.label("Stopped and left out: {count}.", count=len(job.left_out))
    return told


def _pick(desk: Desk, ask: Ask, wave_id: int) -> Papers:
    wave = desk.waves.get(wave_id)
    require(ask.actor, Right.PRINT, warehouse=wave.warehouse_id)
    return pick_paper(desk, wave, ask.words)


def _number(desk: Desk, wave_id: int) -> str:
    return desk.waves.get(wave_id).number


def _outdated(desk: Desk, parcel_id: int) -> tuple[Parcel, tuple[Paper, ...]]:
    parcel = desk.parcels.get(parcel_id)
    return parcel, printing.outdated(desk, parcel)


def _private_chat(desk: Desk, chat_id: int) -> Chat:
    return desk.people.chat(chat_id)
