"""The bot's commands by scope and language: setMyCommands, getMyCommands, deleteMyCommands, and what a person sees.

Telegram looks from the narrow scope to the wide one, and in each for the person's language before no language.
"""

import re

from bot.sandbox.context import Context, known_chat
from bot.sandbox.errors import bad
from bot.sandbox.html import utf16
from bot.sandbox.shapes import JsonObject
from bot.sandbox.wire import Call, json_object
from bot.sandbox.world import World

_NAME = re.compile(r"/?([a-z0-9_]{1,32})", re.A)
_PLAIN = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
_WITH_CHAT = {"chat", "chat_administrators", "chat_member"}


async def set_commands(context: Context, call: Call) -> bool:
    """setMyCommands. ApiError 400 over a limit."""
    value = call.parsed("commands", "list of bot commands")
    if not isinstance(value, list):
        raise bad("can't parse commands: expected an Array of BotCommand")
    if len(value) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(json_object(item, "BotCommand")) for item in value]
    context.world.commands.put(_scope(context, call), commands)
    return True


async def get_commands(context: Context, call: Call) -> list[JsonObject]:
    """getMyCommands of exactly this scope and language."""
    return context.world.commands.rows.get(_scope(context, call), [])


async def delete_commands(context: Context, call: Call) -> bool:
    """deleteMyCommands of exactly this scope and language."""
    key = _scope(context, call)
    if key in context.world.commands.rows:
        context.world.commands.drop(key)
    return True


def commands_for(world: World, person_id: int) -> list[JsonObject]:
    """What the person's menu shows in the private chat with the bot."""
    language = world.people.rows[person_id]["language"]
    for scope in (f"chat {person_id}", "all_private_chats", "default"):
        for spoken in (language, ""):
            found = world.commands.rows.get(f"{scope}|{spoken}")
            if found:
                return found
    return []


def _command(item: JsonObject) -> JsonObject:
    name, description = item.get("command"), item.get("description")
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise bad("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16(description.strip()) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": match[1], "description": description.strip()}


def _scope(context: Context, call: Call) -> str:
    value = call.parsed("scope", "BotCommandScope")
    fields = {"type": "default"} if value is None else json_object(value, "BotCommandScope")
    kind = fields.get("type")
    language = call.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("invalid language code specified")
    if kind in _PLAIN:
        return f"{kind}|{language}"
    if kind not in _WITH_CHAT:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    chat = known_chat(context.world, Call(call.method, {"chat_id": str(fields.get("chat_id", ""))}))
    member = f" {fields.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind} {chat['id']}{member}|{language}"
