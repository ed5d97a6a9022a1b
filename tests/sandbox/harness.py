"""A sandbox on a free port with a clock that stands still, and small clients for both of its APIs."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.sandbox import Sandbox

TOKEN = "123456:AAsandbox-test-token-000000000000000"
BOT_ID = 123456
ANNA, BORIS = 11, 12
GROUP = -500


class Clock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Client:
    """Raw HTTP to a running sandbox: the Bot API as the bot, the control API as the people."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.http = http
        self.offset = 0

    @property
    def bot_url(self) -> str:
        return f"{self.sandbox.base_url}/bot{TOKEN}"

    async def call(self, method: str, **fields: object) -> Any:
        """The whole envelope of a Bot API answer."""
        async with self.http.post(f"{self.bot_url}/{method}", json=fields) as answer:
            body = await answer.json()
            assert answer.status == body.get("error_code", 200)
            return body

    async def ok(self, method: str, **fields: object) -> Any:
        """The result of a call that must succeed."""
        body = await self.call(method, **fields)
        assert body["ok"] is True, body
        return body["result"]

    async def refused(self, method: str, **fields: object) -> str:
        """The description of a call that must be refused."""
        body = await self.call(method, **fields)
        assert body["ok"] is False, body
        return str(body["description"])

    async def updates(self) -> list[Any]:
        """The updates that wait now, confirming those of the call before."""
        got = await self.ok("getUpdates", offset=self.offset)
        if got:
            self.offset = got[-1]["update_id"] + 1
        return list(got)

    async def control(self, verb: str, path: str, body: object = None, status: int | None = None) -> Any:
        """A control API call that must answer with `status`, or with any success."""
        async with self.http.request(verb, f"{self.sandbox.base_url}/sandbox{path}", json=body) as answer:
            found = await answer.json()
            assert answer.status == status or (status is None and answer.ok), (answer.status, found)
            return found

    async def say(self, text: str, person: int = ANNA, chat: int | None = None, **more: object) -> Any:
        """A person writes; the Message."""
        body = {"from": person, "text": text, **more}
        return await self.control("POST", f"/chats/{chat or person}/messages", body)

    async def history(self, chat: int = ANNA) -> list[Any]:
        """The chat as it stands."""
        return list(await self.control("GET", f"/chats/{chat}/messages"))

    async def upload(self, data: bytes, name: str, chat: int = ANNA, **fields: str) -> Any:
        """A person sends a file; (status, body)."""
        form = aiohttp.FormData({"from": str(ANNA), **fields}, quote_fields=False)
        form.add_field("file", io.BytesIO(data), filename=name)
        url = f"{self.sandbox.base_url}/sandbox/chats/{chat}/messages"
        async with self.http.post(url, data=form) as answer:
            return answer.status, await answer.json()

    async def download(self, path: str) -> tuple[int, bytes, Mapping[str, str]]:
        """Any GET from the server: status, body, headers."""
        async with self.http.get(f"{self.sandbox.base_url}{path}") as answer:
            return answer.status, await answer.read(), answer.headers


def seed(sandbox: Sandbox) -> Sandbox:
    """Anna and Boris, and a group of both with the bot; the bot has been told nothing but the group."""
    sandbox.seed_person("Anna", "cs", id=ANNA)
    sandbox.seed_person("Boris", "warehouse", language="en", id=BORIS)
    sandbox.seed_group("Desk", [ANNA, BORIS], id=GROUP)
    return sandbox


def inline(*labels: str, **more: object) -> dict[str, object]:
    """An inline keyboard of one row; each button's data is its label in lower case."""
    return {"inline_keyboard": [[{"text": label, "callback_data": label.lower(), **more} for label in labels]]}
