"""Questions that a person answers by replying: the question itself carries what it is about.

Surprising: nothing is kept in memory or in the store. The last line of our own message names the verb and its
arguments (`#o.rj:12:3`), so an answer is understood after a restart, too. Only our own messages are believed, and
only what we set as code, so that a buyer's text at the end of a card is no question.
"""

from typing import Any

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message

from handlers.card import Card
from handlers.keyboards import command_of
from handlers.taps import pack, unpack

MARK = "#"


def question(text: str, placeholder: str, verb: str, *args: object) -> Card:
    """A card that asks for a reply. `text` is HTML; `placeholder` stands in the empty input field."""
    return Card(f"{text}\n\n<code>{MARK}{pack(verb, *args)}</code>", ask=placeholder)


class Answer(Filter):
    """A reply to one of our questions with one of the verbs; gives `verb`, `args` and the `answer`."""

    def __init__(self, *verbs: str) -> None:
        self.verbs = verbs

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        asked = message.reply_to_message
        if asked is None or asked.from_user is None or asked.from_user.id != bot.id or not message.text:
            return False
        if message.text.startswith("/") or command_of(message.text):  # the person goes on to something else
            return False
        last = (asked.text or "").rsplit("\n", 1)[-1]
        ours = any(
            entity.type == "code" and entity.extract_from(asked.text or "") == last for entity in asked.entities or ()
        )
        if not ours or not last.startswith(MARK):
            return False
        verb, args = unpack(last[len(MARK) :])
        return {"verb": verb, "args": args, "answer": message.text.strip()} if verb in self.verbs else False
