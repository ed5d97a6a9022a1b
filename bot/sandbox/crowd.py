"""What people do in the sandbox: come, write, tap, make groups, block the bot; and what the bot hears of it.

In a group the bot hears what privacy mode lets it hear: commands for it, replies to it and service messages, or
everything once it is an administrator (telegram.md 3.4). A stranger is met only when they write first.
"""

import asyncio
from typing import cast

from bot.sandbox.context import Context
from bot.sandbox.entities import detect
from bot.sandbox.errors import ControlError
from bot.sandbox.html import utf16
from bot.sandbox.members import tell_own_change
from bot.sandbox.methods_messages import quoted
from bot.sandbox.shapes import MEDIA, BotStatus, Chat, ChatType, Entity, JsonObject, Message, Person, User, as_bot_sees
from bot.sandbox.updates import TAP_LIFE, lane_of_chat, lane_of_user

_PRESENT = {"member", "administrator"}


class Crowd:
    """The people's side of the world. Methods change the world without awaiting; the caller commits."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._world = context.world

    def add_person(self, name: str, role: str, language: str, number: int | None, *, started: bool) -> Person:
        """Add someone with a private chat of the same id, or return who already has `number`."""
        if number is not None and number in self._world.people.rows:
            return self._world.people.rows[number]
        if number is None:
            number = self._world.next("person")
            while number in self._world.people.rows:
                number = self._world.next("person")
        person: Person = {
            "id": number,
            "name": name,
            "role": role,
            "language": language,
            "blocked": False,
            "started": started,
        }
        self._world.people.put(number, person)
        self._put_chat(number, "private", name, [number])
        self._world.events.publish("people")
        return person

    def add_group(self, title: str, members: list[int], number: int | None = None, *, silent: bool = False) -> Chat:
        """Make a group with the bot in it; the first member is its creator. `silent` posts no service message."""
        chat_id = -self._world.next("group") if number is None else number
        while number is None and chat_id in self._world.chats.rows:
            chat_id = -self._world.next("group")
        chat = self._put_chat(chat_id, "group", title, members)
        creator = self._world.user(members[0])
        tell_own_change(self._world, self._context.updates, chat, members[0], "left")
        if not silent:
            self.hear(chat, self._world.post(chat, creator, {"group_chat_created": True}))
        self._world.events.publish("chats", chat_id)
        return chat

    def _put_chat(self, number: int, kind: ChatType, title: str, members: list[int]) -> Chat:
        chat: Chat = {
            "id": number,
            "type": kind,
            "title": title,
            "members": members,
            "bot": "member",
            "migrated_to": None,
        }
        return self._world.chats.put(number, chat)

    def check_writer(self, chat: Chat, person_id: int) -> None:
        """ControlError 403 or 409 when the person cannot write in the chat now."""
        if person_id not in chat["members"]:
            raise ControlError(403, f"person {person_id} is not in chat {chat['id']}")
        if chat["migrated_to"] is not None:
            moved: JsonObject = {"migrated_to": chat["migrated_to"]}
            raise ControlError(409, f"chat {chat['id']} became supergroup {chat['migrated_to']}", moved)
        if chat["type"] == "private" and self._world.people.rows[person_id]["blocked"]:
            raise ControlError(409, f"person {person_id} has blocked the bot")

    def say(self, chat: Chat, person_id: int, content: JsonObject, reply_to: int | None) -> Message:
        """Post a person's message; finds commands and links in it. ControlError when it cannot be."""
        self.check_writer(chat, person_id)
        content = dict(content)
        for name, entities in (("text", "entities"), ("caption", "caption_entities")):
            text = content.get(name)
            if isinstance(text, str) and (found := detect(text, [])):
                content[entities] = sorted(found, key=lambda e: e["offset"])
        if reply_to is not None:
            replied = self._world.message(chat["id"], reply_to)
            if replied is None:
                raise ControlError(404, f"no message {reply_to} in chat {chat['id']}")
            content["reply_to_message"] = quoted(replied)
        person = self._world.people.rows[person_id]
        if chat["type"] == "private" and not person["started"]:
            self._world.people.put(person_id, {**person, "started": True})
        message = self._world.post(chat, self._world.user(person_id), content)
        self.hear(chat, message)
        return message

    def hear(self, chat: Chat, message: Message) -> None:
        """Queue the message for the bot if it is one the bot may hear."""
        if chat["bot"] in _PRESENT and self._audible(chat, message):
            self._context.updates.add("message", as_bot_sees(message), lane_of_chat(chat["id"]))

    def _audible(self, chat: Chat, message: Message) -> bool:
        content = any(part in message for part in ("text", *MEDIA))
        if chat["type"] == "private" or chat["bot"] == "administrator" or not content:
            return True
        replied = message.get("reply_to_message")
        if replied is not None and replied.get("from") == self._world.bot:
            return True
        text = message.get("text", message.get("caption", ""))
        entities = message.get("entities", message.get("caption_entities", []))
        return any(self._is_for_bot(text, e) for e in entities if e["type"] == "bot_command")

    def _is_for_bot(self, text: str, entity: Entity) -> bool:
        units = text.encode("utf-16-le", "surrogatepass")
        start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
        _, at, addressed = units[start:end].decode("utf-16-le").partition("@")
        return not at or addressed.lower() == self._world.bot.get("username", "").lower()

    def tap(self, chat: Chat, person_id: int, message: Message, data: str) -> asyncio.Future[JsonObject]:
        """Press a callback button; the future is the bot's answer. ControlError when the bot cannot learn of it."""
        self.check_writer(chat, person_id)
        if chat["bot"] not in _PRESENT:
            raise ControlError(409, "the bot is not in this chat")
        if not self._context.updates.allows("callback_query"):
            raise ControlError(504, "the bot does not ask for callback_query updates")
        number = str(self._world.next("tap"))
        self._forget_old_taps()
        self._world.taps.put(
            number,
            {
                "id": number,
                "from": person_id,
                "chat_id": chat["id"],
                "message_id": message["message_id"],
                "expires": self._world.unix() + TAP_LIFE,
            },
        )
        query: JsonObject = {
            "id": number,
            "from": self._world.user(person_id),
            "message": as_bot_sees(message),
            "chat_instance": str(chat["id"] * 7_919),
            "data": data,
        }
        future: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._context.answers[number] = future
        self._context.updates.add("callback_query", query, lane_of_user(person_id))
        return future

    def _forget_old_taps(self) -> None:
        now = self._world.unix()
        for number in [n for n, tap in self._world.taps.rows.items() if tap["expires"] <= now]:
            self._world.taps.drop(number)
            self._context.answers.pop(number, None)

    def block(self, person_id: int, blocked: bool) -> Person:
        """Block or unblock the bot."""
        person = self._world.people.rows[person_id]
        if person["blocked"] != blocked:
            person = self._world.people.put(person_id, {**person, "blocked": blocked})
            chat = self._world.chats.rows[person_id]
            old = "member" if blocked else "kicked"
            tell_own_change(self._world, self._context.updates, chat, person_id, old)
            self._world.events.publish("people")
        return person

    def add_member(self, chat: Chat, number: int) -> Chat:
        """Bring a person or the bot into a group. ControlError 409 when they are in it."""
        if number == self._world.bot["id"]:
            if chat["bot"] in _PRESENT:
                raise ControlError(409, "the bot is in this chat already")
            return self._set_bot(chat, "member")
        if number in chat["members"]:
            raise ControlError(409, f"person {number} is in this chat already")
        return self._change_members(chat, [*chat["members"], number], "new_chat_members", number)

    def remove_member(self, chat: Chat, number: int) -> Chat:
        """Remove a person or the bot from a group. ControlError 409 when they are not in it."""
        if number == self._world.bot["id"]:
            if chat["bot"] not in _PRESENT:
                raise ControlError(409, "the bot is not in this chat")
            return self._set_bot(chat, "kicked")
        if number not in chat["members"]:
            raise ControlError(409, f"person {number} is not in this chat")
        if len(chat["members"]) == 1:
            raise ControlError(409, "the last person cannot be removed")
        rest = [member for member in chat["members"] if member != number]
        return self._change_members(chat, rest, "left_chat_member", number)

    def promote(self, chat: Chat, *, administrator: bool) -> Chat:
        """Make the bot an administrator, who hears everything, or a plain member again."""
        if chat["bot"] not in _PRESENT:
            raise ControlError(409, "the bot is not in this chat")
        wanted: BotStatus = "administrator" if administrator else "member"
        if chat["bot"] == wanted:
            raise ControlError(409, f"the bot is {wanted} already")
        changed = self._world.chats.put(chat["id"], {**chat, "bot": wanted})
        tell_own_change(self._world, self._context.updates, changed, chat["members"][0], chat["bot"])
        self._world.events.publish("chats", chat["id"])
        return changed

    def _set_bot(self, chat: Chat, status: BotStatus) -> Chat:
        changed = self._world.chats.put(chat["id"], {**chat, "bot": status})
        actor = chat["members"][0]
        tell_own_change(self._world, self._context.updates, changed, actor, chat["bot"])
        user = self._world.bot
        gone = status == "kicked"
        note: JsonObject = {"left_chat_member": user} if gone else {"new_chat_members": [user]}
        message = self._world.post(changed, self._world.user(actor), note)
        # The farewell reaches the bot although it is out by then.
        self.hear(chat if gone else changed, message)
        self._world.events.publish("chats", chat["id"])
        return changed

    def _change_members(self, chat: Chat, members: list[int], note: str, number: int) -> Chat:
        changed = self._world.chats.put(chat["id"], {**chat, "members": members})
        user: User = self._world.user(number)
        body = [user] if note == "new_chat_members" else user
        actor = number if note == "left_chat_member" else members[0]
        self.hear(changed, self._world.post(changed, self._world.user(actor), {note: body}))
        self._world.events.publish("chats", chat["id"])
        return changed

    def upgrade(self, chat: Chat) -> Chat:
        """Turn a group into a supergroup with a new id. ControlError 409 when it is one or has become one."""
        if chat["type"] != "group" or chat["migrated_to"] is not None:
            raise ControlError(409, f"chat {chat['id']} is no group that can be upgraded")
        new_id = -1_000_000_000_000 - self._world.next("supergroup")
        new = self._put_chat(new_id, "supergroup", chat["title"], list(chat["members"]))
        new = self._world.chats.put(new_id, {**new, "bot": chat["bot"]})
        creator = self._world.user(chat["members"][0])
        self.hear(chat, self._world.post(chat, creator, {"migrate_to_chat_id": new_id}))
        self._world.chats.put(chat["id"], {**chat, "migrated_to": new_id})
        self.hear(new, self._world.post(new, creator, {"migrate_from_chat_id": chat["id"]}))
        self._world.events.publish("chats", new_id)
        return new


def check_text(text: str) -> str:
    """What a person may send as one text message. ControlError 400."""
    kept = text.replace("\0", "").strip()
    if not kept:
        raise ControlError(400, "text is empty")
    if utf16(kept) > 4096:
        raise ControlError(400, "text is longer than 4096 characters")
    return kept


def find_button(message: Message, wanted: str) -> JsonObject | None:
    """The button of a message by its label, else by its callback_data."""
    buttons = buttons_of(message)
    by_label = (button for button in buttons if button["text"] == wanted)
    by_data = (button for button in buttons if button.get("callback_data") == wanted)
    return next(by_label, None) or next(by_data, None)


def buttons_of(message: Message) -> list[JsonObject]:
    """Every button under a message, inline or reply."""
    markup = message.get("reply_markup", {})
    rows = cast(list[list[object]], markup.get("inline_keyboard", markup.get("keyboard", [])))
    flat = [button for row in rows for button in row]
    return [{"text": b} if isinstance(b, str) else cast(JsonObject, b) for b in flat]
