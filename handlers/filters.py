"""Filters: a command typed with a slash or pressed on the desk's keyboard, and a tap's verb.

Surprising: both give the handler `args`: the text after the command, or the tap's arguments.
"""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.keyboards import command_of
from handlers.taps import unpack


class Cmd(Filter):
    """`/name rest`, `/name@bot rest`, or the keyboard label of the command. The rest may begin on the next line: who
    pastes a list of codes does so."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        text = (message.text or "").strip()
        if text.startswith("/"):
            word, *rest = text[1:].split(maxsplit=1) or [""]
            return {"args": "".join(rest)} if word.split("@")[0].casefold() == self.name else False
        return {"args": ""} if command_of(text) == self.name else False


class Tap(Filter):
    """A tap whose data begins with one of the verbs."""

    def __init__(self, *verbs: str) -> None:
        self.verbs = verbs

    async def __call__(self, tap: CallbackQuery) -> bool | dict[str, Any]:
        verb, args = unpack(tap.data or "")
        return {"verb": verb, "args": args} if verb in self.verbs else False
