"""The control API about people and chats: who there is, who joins, who blocks, what the menu shows.

Answers and refusals are JSON; a refusal is `{"error": ...}` and names what is wrong.
"""

import json
from typing import cast

from aiohttp import web

from bot.sandbox.commands import commands_for
from bot.sandbox.context import Context
from bot.sandbox.crowd import Crowd
from bot.sandbox.errors import ControlError
from bot.sandbox.shapes import Chat, JsonObject, Person
from bot.sandbox.wire import as_integer
from bot.sandbox.world import World

_NAME_LIMIT = 128


class PeopleControl:
    """Routes under /sandbox/people, /sandbox/commands and /sandbox/chats, without the messages."""

    def __init__(self, context: Context, crowd: Crowd) -> None:
        self._world = context.world
        self._crowd = crowd

    def routes(self) -> list[web.RouteDef]:
        """The routes to add to the application."""
        return [
            web.get("/sandbox/people", self._people),
            web.post("/sandbox/people", self._add_person),
            web.post("/sandbox/people/{person}/block", self._block),
            web.get("/sandbox/commands", self._commands),
            web.get("/sandbox/chats", self._chats),
            web.post("/sandbox/chats", self._add_chat),
            web.post("/sandbox/chats/{chat}/members", self._members),
            web.post("/sandbox/chats/{chat}/upgrade", self._upgrade),
        ]

    async def _people(self, request: web.Request) -> web.Response:
        return web.json_response([person_view(person) for person in self._world.people.rows.values()])

    async def _add_person(self, request: web.Request) -> web.Response:
        fields = await read_fields(request)
        language = text_field(fields, "language") if "language" in fields else "zh"
        person = self._crowd.add_person(text_field(fields, "name"), "stranger", language, None, started=False)
        return web.json_response(person_view(person), status=201)

    async def _block(self, request: web.Request) -> web.Response:
        person = find_person(self._world, as_integer(request.match_info["person"]))
        blocked = (await read_fields(request)).get("blocked")
        if not isinstance(blocked, bool):
            raise ControlError(400, "blocked must be true or false")
        return web.json_response(person_view(self._crowd.block(person["id"], blocked)))

    async def _commands(self, request: web.Request) -> web.Response:
        person = find_person(self._world, as_integer(request.query.get("person", "")))
        return web.json_response(commands_for(self._world, person["id"]))

    async def _chats(self, request: web.Request) -> web.Response:
        return web.json_response([chat_answer(chat) for chat in self._world.chats.rows.values()])

    async def _add_chat(self, request: web.Request) -> web.Response:
        fields = await read_fields(request)
        members = fields.get("members")
        if not isinstance(members, list) or not members:
            raise ControlError(400, "members must be a list of at least one person's id")
        ids = list(dict.fromkeys(find_person(self._world, member)["id"] for member in members))
        return web.json_response(chat_answer(self._crowd.add_group(text_field(fields, "title"), ids)), status=201)

    async def _members(self, request: web.Request) -> web.Response:
        chat = self._group(request)
        fields = await read_fields(request)
        number, action = fields.get("id", self._world.bot["id"]), fields.get("action")
        if action in {"promote", "demote"} and number == self._world.bot["id"]:
            return web.json_response(chat_answer(self._crowd.promote(chat, administrator=action == "promote")))
        if number != self._world.bot["id"]:
            number = find_person(self._world, number)["id"]
        if action == "add":
            return web.json_response(chat_answer(self._crowd.add_member(chat, number)))
        if action == "remove":
            return web.json_response(chat_answer(self._crowd.remove_member(chat, number)))
        raise ControlError(400, "action must be add or remove; for the bot also promote or demote")

    async def _upgrade(self, request: web.Request) -> web.Response:
        return web.json_response(chat_answer(self._crowd.upgrade(self._group(request))))

    def _group(self, request: web.Request) -> Chat:
        chat = find_chat(self._world, request)
        if chat["type"] == "private":
            raise ControlError(409, f"chat {chat['id']} is a private chat")
        if chat["migrated_to"] is not None:
            moved: JsonObject = {"migrated_to": chat["migrated_to"]}
            raise ControlError(409, f"chat {chat['id']} became supergroup {chat['migrated_to']}", moved)
        return chat


def person_view(person: Person) -> JsonObject:
    """A person as the control API gives them; the private chat has the person's id."""
    return {
        "id": person["id"],
        "name": person["name"],
        "role": person["role"],
        "chat_id": person["id"],
        "language": person["language"],
        "blocked": person["blocked"],
    }


def chat_answer(chat: Chat) -> JsonObject:
    """A chat as the control API gives it."""
    view: JsonObject = {"id": chat["id"], "type": chat["type"], "title": chat["title"]}
    if chat["type"] == "private":
        view["person_id"] = chat["id"]
    return view | {"members": chat["members"], "bot": chat["bot"], "migrated_to": chat["migrated_to"]}


def find_person(world: World, number: object) -> Person:
    """The person with this id. ControlError 404."""
    person = world.people.rows.get(number) if isinstance(number, int) else None
    if person is None:
        raise ControlError(404, f"no person with the id {number}")
    return person


def find_chat(world: World, request: web.Request) -> Chat:
    """The chat named in the request's path. ControlError 404."""
    number = as_integer(request.match_info["chat"])
    chat = None if number is None else world.chats.rows.get(number)
    if chat is None:
        raise ControlError(404, f"no chat with the id {request.match_info['chat']}")
    return chat


async def read_fields(request: web.Request) -> JsonObject:
    """The request's JSON object. ControlError 400."""
    try:
        value = cast(object, json.loads(await request.read()))
    except ValueError as error:
        raise ControlError(400, "the body must be JSON") from error
    if not isinstance(value, dict):
        raise ControlError(400, "the body must be a JSON object")
    return cast(JsonObject, value)


def text_field(fields: JsonObject, name: str) -> str:
    """A short text that must be there. ControlError 400."""
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ControlError(400, f"{name} must be a text that is not empty")
    if len(value) > _NAME_LIMIT:
        raise ControlError(400, f"{name} is longer than {_NAME_LIMIT} characters")
    return value.strip()
