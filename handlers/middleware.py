"""Before a handler runs: who is it, in which chat, in which language. After it: refusals become words.

Surprising: every tap is answered within a second even when its command is slow; the outcome then stands in the
card. Strangers never reach a handler.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from domain.desk import Desk
from domain.errors import AlreadyApplied, BadValue, NoSuchLine, NotAllowed, ReasonNeeded, Refusal, Stale, Unknown
from domain.people import staff
from domain.people.people import Chat, Person
from handlers.ask import Ask
from handlers.card import Card
from handlers.questions import asked, question
from handlers.services import Services
from handlers.wording.refusals import refusal_text, refusal_toast
from handlers.words import LANGUAGES, Words

log = logging.getLogger(__name__)
SLOW_SECONDS = 0.8
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


def _look_up(desk: Desk, telegram_id: int, chat_id: int) -> tuple[Person | None, Chat | None, str]:
    zone = desk.catalog.company.zone
    chat = desk.people.chat_by_telegram(chat_id)
    try:
        return staff.who(desk, telegram_id), chat, zone
    except NotAllowed:
        return None, chat, zone


def _group(desk: Desk, telegram_id: int, kind: str, title: str, language: str) -> Chat:
    found = desk.people.chat_by_telegram(telegram_id)
    return found or desk.people.add_chat(Chat(0, telegram_id, kind, title, language))


def plain_words(language_code: str | None, zone: str) -> Words:
    """Words for somebody we do not know: the client's language where we speak it."""
    code = (language_code or "zh")[:2]
    return Words(code if code in LANGUAGES else "en", zone)


def _answers(event: Message | CallbackQuery, chat: Chat, bot: Bot) -> bool:
    return chat.private and isinstance(event, Message) and asked(event, bot.id) is not None


class People(BaseMiddleware):
    """Puts `ask` before the handlers of messages and taps."""

    def __init__(self, services: Services) -> None:
        self.services = services

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, (Message, CallbackQuery))
        update: Update = data["event_update"]
        message = event if isinstance(event, Message) else event.message
        user = event.from_user
        if user is None or user.is_bot or message is None or (isinstance(event, Message) and event.sender_chat):
            return None
        where = message.chat
        person, chat, zone = await self.services.store.glance(_look_up, user.id, where.id)
        if person is None:
            if isinstance(event, Message) and (event.text or "").startswith("/start ") and where.type == "private":
                data["services"], data["zone"] = self.services, zone
                return await handler(event, data)
            return await self._stranger(event, data["bot"], where.type, zone)
        if chat is None:
            chat = await self.services.store.run(_group, where.id, where.type, where.title or "", person.language)
        whole = message if isinstance(message, Message) else None
        data["ask"] = Ask(
            bot=data["bot"],
            services=self.services,
            person=person,
            actor=person.acting(update.update_id, chat.id),
            chat=chat,
            words=Words(person.language if chat.private else chat.language, zone),
            update_id=update.update_id,
            message=whole,
            tap=event if isinstance(event, CallbackQuery) else None,
            answering=_answers(event, chat, data["bot"]),
        )
        data["services"], data["zone"] = self.services, zone
        return await handler(event, data)

    async def _stranger(self, event: Message | CallbackQuery, bot: Bot, chat_type: str, zone: str) -> None:
        """One polite no, rate-limited; the owner is told. Groups stay quiet."""
        user = event.from_user
        assert user is not None
        words = plain_words(user.language_code, zone)
        answer = words("Sorry, this is a company's working chat. Ask the owner for an invitation.")
        may_answer = await self.services.store.run(staff.stranger, user.id, user.full_name)
        if isinstance(event, CallbackQuery):
            await bot.answer_callback_query(event.id, answer, show_alert=True)
        elif may_answer and chat_type == "private":
            await bot.send_message(user.id, answer)


class Given(BaseMiddleware):
    """Puts `services` before handlers of updates that nobody asked."""

    def __init__(self, services: Services) -> None:
        self.services = services

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        data["services"] = self.services
        return await handler(event, data)


class Refusals(BaseMiddleware):
    """Domain refusals become an alert on the tap or a reply; a stale card is drawn again by its handler's `stale`."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        ask: Ask | None = data.get("ask")
        if ask is None:
            return await handler(event, data)
        task = asyncio.ensure_future(handler(event, data))
        try:
            if ask.tap is not None:
                done, _ = await asyncio.wait({task}, timeout=SLOW_SECONDS)
                if not done:
                    await ask.toast(ask.words.plain("Working on it…"))
            result = await task
            await ask.give_keyboard()
        except Refusal as refusal:
            await self._refused(ask, refusal)
            result = None
        except AlreadyApplied:
            await self._refused(ask, Stale(ask.words.plain("This"), "done"))
            result = None
        await ask.toast("")
        return result

    async def _refused(self, ask: Ask, refusal: Refusal) -> None:
        if ask.tap is None:
            await ask.reply(_once_more(ask, refusal) or Card(refusal_text(refusal, ask.words)))
            return
        if ask.answered:  # a slow command's tap was answered long ago, and a card does not say what was refused
            await ask.reply(Card(refusal_text(refusal, ask.words)))
        await ask.toast(refusal_toast(refusal, ask.words), alert=True)
        card = await ask.read(_card_here, ask)
        if card is not None:
            await ask.edit(card)


def _once_more(ask: Ask, refusal: Refusal) -> Card | None:
    """The question again, where its answer was no good: what is typed next would else be looked for as an order."""
    found = asked(ask.message, ask.bot.id) if ask.message else None
    if found is None or not isinstance(refusal, (BadValue, Unknown, ReasonNeeded, NoSuchLine)):
        return None
    text = refusal_text(refusal, ask.words) + "\n" + ask.words("Answer this message once more, or with “cancel”.")
    return question(text, ask.words.plain("Once more"), found[0], *found[1])


def _card_here(desk: Desk, ask: Ask) -> Card | None:
    """The tapped message's card as its record is now."""
    from handlers.draw import draw

    if ask.message is None:
        return None
    row = desk.cards.at(ask.chat.id, ask.message.message_id)
    return draw(desk, row.kind, row.subject_id, ask.chat, {"filter": row.shown}) if row else None
