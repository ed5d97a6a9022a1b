"""Photos and films of what is packed or put back: kept with the parcel, and sent again to who may see them.

Surprising: a picture that answers a card is evidence and no scan, whatever codes are on it. Without an answer it is one
when nothing on it is to be scanned and its sender has just packed or put something back.
"""

from collections.abc import Mapping
from hashlib import sha256

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import CallbackQuery, Document, Message, PhotoSize, Video

from domain.desk import Desk
from domain.errors import AlreadyApplied
from domain.floor import floor, proofs
from domain.floor.parcels import Parcel
from domain.floor.proofs import Kind, Shot, Task
from domain.people.people import Chat, Station
from domain.records import Event
from handlers.ask import Ask
from handlers.cards.floor.scans import station_label
from handlers.filters import Tap
from handlers.typed.codes import Codes
from handlers.words import N_, Words

router = Router(name="proofs")
MOST_BYTES = 20_000_000
"""What Telegram lets a bot fetch."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_STILLS = (b"heic", b"heix", b"mif1", b"avif")
_FILMS = (b"\x1a\x45\xdf\xa3",)


def _looks(data: bytes) -> set[Kind]:
    """How bytes like these may come, by how they begin and not by what they are called; none for anything else."""
    boxed = data[4:8] == b"ftyp"
    riff = data[:4] == b"RIFF"
    if data.startswith(_PICTURES) or (riff and data[8:12] == b"WEBP") or (boxed and data[8:12] in _STILLS):
        return {Kind.PHOTO, Kind.DOCUMENT}
    if data.startswith(_FILMS) or boxed or (riff and data[8:12] == b"AVI "):
        return {Kind.VIDEO, Kind.DOCUMENT}
    return set()


@router.message(F.reply_to_message, F.photo | F.video | F.document)
async def answered(message: Message, ask: Ask) -> None:
    """The answer to a stop's card, or to the list of one's own scans."""
    asked = message.reply_to_message
    assert asked is not None
    task = await ask.read(proofs.of_card, ask.person.id, ask.chat.id, asked.message_id)
    if task is None:
        raise SkipHandler
    await _keep(message, ask, task)


@router.message(F.video | F.document.mime_type.startswith("video/"))
async def film(message: Message, ask: Ask) -> None:
    """A film holds no code: it is of what was packed or put back just now."""
    if not floor.on_floor(ask.actor):
        raise SkipHandler
    task = await ask.read(proofs.current, ask.person.id)
    if task is None:
        await ask.say(
            "Which parcel is this video of? Scan the parcel at 📦 Pack or ↩️ Put back first, or send "
            "the video as an answer to its stop card."
        )
        return
    await _keep(message, ask, task)


async def photo(message: Message, ask: Ask, data: bytes, codes: Codes) -> bool:
    """Whether a photo was evidence: nothing on it is to be scanned, and its sender has a parcel before them."""
    task = await ask.read(proofs.current, ask.person.id)
    if task is None or not proofs.is_label_of(task, [code.text for code in codes]):
        return False
    await _keep(message, ask, task, data)
    return True


async def _keep(message: Message, ask: Ask, task: Task, data: bytes | None = None) -> None:
    kind, sent = _sent(message)
    if (sent.file_size or 0) > MOST_BYTES:
        await ask.say("The file is too large: at most 20 MB. Send a shorter video, or a photo.")
        return
    if data is None:
        loaded = await ask.bot.download(sent)
        assert loaded is not None
        data = loaded.read()
    if kind not in _looks(data):
        await _no_proof(ask, sent)
        return
    shot = Shot(kind, sent.file_id, sha256(data).hexdigest(), len(data))
    try:
        count = await ask.run(proofs.keep, ask.actor, task, shot)
    except AlreadyApplied:
        return
    step = station_label(task.step, ask.words)
    name = task.parcel.waybill or task.parcel.number
    await ask.say("📷 Kept with {waybill} · {step} · {count} in all", waybill=name, step=step, count=count)


async def _no_proof(ask: Ask, sent: PhotoSize | Video | Document) -> None:
    """Only documents come with a name, and not all of them."""
    if isinstance(sent, Document) and sent.file_name:
        text = N_("«{name}» is neither a photo nor a video. Only those are kept with a parcel.")
        await ask.say(text, name=sent.file_name[-60:])
    else:
        await ask.say("This file is neither a photo nor a video. Only those are kept with a parcel.")


def _sent(message: Message) -> tuple[Kind, PhotoSize | Video | Document]:
    if message.photo:
        return Kind.PHOTO, message.photo[-1]
    if message.video is not None:
        return Kind.VIDEO, message.video
    assert message.document is not None
    return Kind.DOCUMENT, message.document


@router.callback_query(Tap("pf"))
async def again(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """All that is kept with a parcel, to who asks, in private: a label names its receiver."""
    kept = await ask.read(proofs.of, ask.actor, int(args[0]))
    box, chat = await ask.read(_addressed, int(args[0]), ask.person.chat_id)
    try:
        for event in kept:
            await _send(ask, chat, event.data, _caption(box, event, ask.words))
    except TelegramForbiddenError:
        text = ask.words.plain("Open a private chat with me first: addresses do not go to groups.")
        await ask.toast(text, alert=True)
        return
    await ask.toast(ask.words.plain("Sent to you in private."))


def _addressed(desk: Desk, parcel_id: int, chat_id: int) -> tuple[Parcel, Chat]:
    return desk.parcels.get(parcel_id), desk.people.chat(chat_id)


def _caption(box: Parcel, event: Event, words: Words) -> str:
    return words(
        "📷 {waybill} · {step} · {name} · {time}\nSHA-256 <code>{hash}</code>",
        waybill=box.waybill or box.number,
        step=station_label(Station(event.data["step"]), words),
        name=event.actor,
        time=words.when(event.at),
        hash=event.data["sha256"],
    )


async def _send(ask: Ask, chat: Chat, facts: Mapping[str, str], caption: str) -> None:
    """By Telegram's own name for it. Where Telegram has lost it, that is said: the hash still stands."""
    to, name = chat.telegram_id, facts["file"]
    try:
        if facts["kind"] == Kind.PHOTO:
            await ask.bot.send_photo(to, name, caption=caption)
        elif facts["kind"] == Kind.VIDEO:
            await ask.bot.send_video(to, name, caption=caption)
        else:
            await ask.bot.send_document(to, name, caption=caption)
    except TelegramBadRequest:
        await ask.bot.send_message(to, caption + "\n" + ask.words("Telegram no longer has this file."))
