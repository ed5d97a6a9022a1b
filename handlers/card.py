"""A card: what a chat shows, before any framework knows it. Text is Telegram HTML, already escaped.

Surprising: files are made only when a card is sent new, never when it is redrawn, so they come as functions.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A tap (`handlers.taps.pack`), a link, or a page inside Telegram (`web_app`, in private chats only).

    `style`: '' | success | danger | primary.
    """

    label: str
    tap: str = ""
    style: str = ""
    url: str = ""
    copy: str = ""
    web_app: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file to send; `photo` shows it as a picture."""

    name: str
    data: bytes
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What a message shows. `keyboard` replaces the reply keyboard (rows of labels); `files` follow the message."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    files: tuple[Callable[[], File], ...] = ()
    keyboard: tuple[tuple[str, ...], ...] = ()
    ask: str = ""


TEXT_LIMIT = 4096


def shorten(text: str, limit: int = TEXT_LIMIT) -> str:
    """Cut at a line end so that the text fits Telegram's limit; tags never span lines here, so none is torn."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 2]
    return cut[: cut.rfind("\n")] + "\n…"
