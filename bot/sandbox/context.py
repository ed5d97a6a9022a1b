"""What every method of the Bot API works with: the world, the queue of updates, the taps that wait, the chat meant.

A tap that waits is a future in memory only: after a restart nobody is waiting for it any more, but the bot may
still answer it within its 150 seconds, because the tap itself is in the world.
"""

import asyncio
from dataclasses import dataclass, field

from bot.sandbox.errors import api_error, bad, migrated
from bot.sandbox.shapes import Chat, JsonObject
from bot.sandbox.updates import Updates
from bot.sandbox.wire import Call, as_integer
from bot.sandbox.world import World


@dataclass(slots=True)
class Context:
    """The state behind one sandbox."""

    world: World
    updates: Updates
    answers: dict[str, asyncio.Future[JsonObject]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Described:
    """A result with the `description` Telegram puts beside it."""

    result: object
    description: str


def known_chat(world: World, call: Call) -> Chat:
    """The chat in `chat_id` that the bot has met. ApiError 400 or 403 in Telegram's words."""
    text = call.text("chat_id").strip()
    if not text:
        raise bad("chat_id is empty")
    number = as_integer(text)
    chat = None if number is None else world.chats.rows.get(number)
    if chat is None:
        raise bad("chat not found")
    if chat["type"] == "private":
        _check_met(world, chat["id"])
    else:
        _check_member(chat)
    return chat


def open_chat(world: World, call: Call) -> Chat:
    """The chat in `chat_id`, where the bot may write now. ApiError 400 or 403 in Telegram's words."""
    chat = known_chat(world, call)
    if chat["type"] == "private" and world.people.rows[chat["id"]]["blocked"]:
        raise api_error(403, "bot was blocked by the user")
    return chat


def _check_met(world: World, person_id: int) -> None:
    if world.people.rows[person_id]["started"]:
        return
    shared = (c for c in world.chats.rows.values() if c["type"] != "private" and person_id in c["members"])
    if any(chat["bot"] in {"member", "administrator"} for chat in shared):
        raise api_error(403, "bot can't initiate conversation with a user")
    raise bad("chat not found")


def _check_member(chat: Chat) -> None:
    if chat["migrated_to"] is not None:
        raise migrated(chat["migrated_to"])
    if chat["bot"] == "kicked":
        raise api_error(403, f"bot was kicked from the {chat['type']} chat")
    if chat["bot"] == "left":
        raise api_error(403, f"bot is not a member of the {chat['type']} chat")
