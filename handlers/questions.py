"""Questions that a person answers by replying: the question itself carries what it is about.

A question puts Telegram's reply field in the place of the desk's keyboard, and a message carries one of the two; so the
keyboard comes back with what we say next (`Ask.reply`), or on "cancel".

Surprising: nothing is kept in memory or in the store. The last line of our own message names the verb and its
arguments (`#o.rj:12:3`, never the verb alone), so an answer is understood after a restart, too. Only our own messages
are believed, and only a last line that is code from end to end, so that a buyer's text at the end of a card is no
question: of that only tags and links stand in code (handlers.quoted), and no tag has a colon.
"""

from typing import Any

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message

from handlers.card import Card
from handlers.keyboards import command_of
from handlers.taps import pack, unpack

MARK = "#"
CANCELS = frozenset({"cancel", "取消", "算了"})


def question(text: str, placeholder: str, verb: str, about: object, *args: object) -> Card:
    """A card that asks for a reply. `text` is HTML; `placeholder` stands in the empty input field."""
    return Card(f"{text}\n\n<code>{MARK}{pack(verb, about, *args)}</code>", ask=placeholder)


def asked(message: Message, bot_id: int) -> tuple[str, tuple[str, ...]] | None:
    """The verb and arguments of the question of ours that this replies to; None where it replies to none."""
    question_ = message.reply_to_message
    if question_ is None or question_.from_user is None or question_.from_user.id != bot_id:
        return None
    text = question_.text or ""
    last = text.rsplit("\n", 1)[-1]
    ours = any(entity.type == "code" and entity.extract_from(text) == last for entity in question_.entities or ())
    return unpack(last[len(MARK) :]) if ours and last.startswith(MARK) and ":" in last else None


def cancels(message: Message) -> bool:
    """Whether the reply takes the question back."""
    return (message.text or "").strip().casefold() in CANCELS


class Answer(Filter):
    """A reply to one of our questions with one of the verbs; gives `verb`, `args` and the `answer`."""

    def __init__(self, *verbs: str) -> None:
        self.verbs = verbs

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        if not message.text or message.text.startswith("/") or command_of(message.text):  # goes on to something else
            return False
        found = None if cancels(message) else asked(message, bot.id)
        if found is None or found[0] not in self.verbs:
            return False
        return {"verb": found[0], "args": found[1], "answer": message.text.strip()}


class Cancel(Filter):
    """A reply to one of our questions that takes it back."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        return cancels(message) and asked(message, bot.id) is not None
