"""One update being handled: who asks, where, and how to answer. Handlers get it as `ask`.

Surprising: `run` claims the update inside the command's own transaction. Fed again after a crash, the command is
not done twice: `AlreadyApplied` comes instead, and the person gets the record as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Concatenate, ParamSpec, TypeVar

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, InputMediaDocument, Message

from domain.desk import Desk
from domain.people.people import Actor, Chat, Person
from domain.records import NoticeKind
from handlers.card import Card, File, shorten
from handlers.draw import draw
from handlers.keyboards import keyboard_of
from handlers.markup import inline, markup
from handlers.services import Services
from handlers.words import Words

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Ask:
    """`person` is active staff; `message` is what was written, or what the tapped button hangs on; `answering` that it
    answers a question of ours."""

    bot: Bot
    services: Services
    person: Person
    actor: Actor
    chat: Chat
    words: Words
    update_id: int
    message: Message | None = None
    tap: CallbackQuery | None = None
    answering: bool = False
    answered: bool = field(default=False)

    async def run(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The update's one command."""
        return await self.services.store.claimed(self.update_id, fn, *args, **kwargs)

    async def read(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A look into the store."""
        return await self.services.store.read(fn, *args, **kwargs)

    async def reply(self, card: Card, kind: NoticeKind | None = None, subject_id: int = 0, shown: str = "") -> int:
        """Send a new message; with a kind it is remembered as the card of that record. Returns the message id.

        Where a question took the keyboard away, it comes back with this message, or ahead of one that has buttons.
        """
        card = await self._with_keyboard(card)
        sent = await self.bot.send_message(self.chat.telegram_id, shorten(card.text), reply_markup=markup(card))
        if kind is not None:
            await self.remember(sent.message_id, kind, subject_id, shown)
        if card.files:
            await self.send_files([make() for make in card.files])
        return sent.message_id

    async def _with_keyboard(self, card: Card) -> Card:
        asked, chat = self.services.asked, self.chat.telegram_id
        if not self.chat.private:
            return card
        if card.ask:
            asked.add(chat)
            self.answering = False
            return card
        if (chat in asked or self.answering) and not card.rows and not card.keyboard:
            card = replace(card, keyboard=keyboard_of(self.person, self.words, self.services))
        elif self.answering and card.rows:
            await self.give_keyboard()
        if card.keyboard:
            asked.discard(chat)
            self.answering = False
        return card

    async def give_keyboard(self) -> None:
        """After an answer, where nothing else could carry it."""
        if not self.answering:
            return
        self.answering = False
        self.services.asked.discard(self.chat.telegram_id)
        keyboard = keyboard_of(self.person, self.words, self.services)
        if keyboard:
            text = self.words("✅ Noted.")
            await self.bot.send_message(self.chat.telegram_id, text, reply_markup=markup(Card(text, keyboard=keyboard)))

    async def send_files(self, files: Sequence[File]) -> None:
        """Documents in one group where Telegram allows it (2 to 10), else one by one."""
        chat = self.chat.telegram_id
        media = [InputMediaDocument(media=BufferedInputFile(f.data, f.name)) for f in files if not f.photo]
        for file in files:
            if file.photo:
                await self.bot.send_photo(chat, BufferedInputFile(file.data, file.name))
        if len(media) > 1:
            await self.bot.send_media_group(chat, list(media))
        elif media:
            plain = next(f for f in files if not f.photo)
            await self.bot.send_document(chat, BufferedInputFile(plain.data, plain.name))

    async def show(self, kind: NoticeKind, subject_id: int, **data: str) -> None:
        """Draw a record's card: in place when a button of that card was tapped, else as a new message."""
        card = await self.read(draw, kind, subject_id, self.chat, data)
        if card is None:
            return
        if self.tap and self.message:
            await self.edit(card)
            await self.remember(self.message.message_id, kind, subject_id, data.get("filter", ""))
        else:
            await self.reply(card, kind, subject_id, data.get("filter", ""))

    async def show_once(self, kind: NoticeKind, subject_id: int) -> None:
        """The record's card as a new message in the place of its older copies here; what Telegram keeps (48 hours are
        over) stays and is redrawn like any copy."""
        older = await self.read(_shown_here, self.chat.id, kind, subject_id)
        await self.show(kind, subject_id)
        for message_id in older:
            try:
                await self.bot.delete_message(self.chat.telegram_id, message_id)
            except TelegramBadRequest as error:
                if "message can't be deleted" in error.message:
                    continue
                if "message to delete not found" not in error.message:
                    raise
            await self.services.store.run(_drop, self.chat.id, message_id)

    async def remember(self, message_id: int, kind: NoticeKind, subject_id: int, shown: str = "") -> None:
        """This message of ours shows that record from now on; `shown` is the filter of a queue's card."""
        await self.services.store.run(_remember, self.chat.id, message_id, kind, subject_id, shown)

    async def edit(self, card: Card, message_id: int | None = None) -> None:
        """Change the tapped message (or another of ours here); unchanged is fine, gone or out of reach is sent anew."""
        if message_id is None and self.message is None:
            await self.reply(card)
            return
        message_id = message_id or (self.message.message_id if self.message else None)
        try:
            await self.bot.edit_message_text(
                shorten(card.text),
                chat_id=self.chat.telegram_id,
                message_id=message_id,
                reply_markup=inline(card),
            )
        except TelegramBadRequest as error:
            if "message is not modified" in error.message:
                return
            if "message to edit not found" not in error.message and "message can't be edited" not in error.message:
                raise
            await self.reply(card)

    async def say(self, text: str, /, **facts: object) -> None:
        """A plain sentence in the person's language."""
        await self.reply(Card(self.words(text, **facts)))

    async def toast(self, text: str, *, alert: bool = False) -> None:
        """Answer the tap, once. `text` is shown as plain text (200 characters at most)."""
        if self.tap is None or self.answered:
            return
        self.answered = True
        try:
            await self.bot.answer_callback_query(self.tap.id, text[:200] or None, show_alert=alert)
        except TelegramBadRequest as error:
            if "query is too old" not in error.message:
                raise


def _shown_here(desk: Desk, chat_id: int, kind: NoticeKind, subject_id: int) -> list[int]:
    return [row.message_id for row in desk.cards.of(kind, subject_id) if row.chat_id == chat_id]


def _drop(desk: Desk, chat_id: int, message_id: int) -> None:
    desk.cards.drop(chat_id, message_id)


def _remember(desk: Desk, chat_id: int, message_id: int, kind: NoticeKind, subject_id: int, shown: str) -> None:
    desk.cards.put(chat_id, message_id, kind, subject_id, shown)
