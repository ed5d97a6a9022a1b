"""The whole process in the sandbox: it answers, keeps what it was told over a restart, and stops when a part breaks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.app import App
from bot.ingress import TokenRefused
from bot.sandbox import Sandbox
from bot.seed import seed
from bot.settings import read_settings
from storage.store import Store
from tests.bot.house import ANNA

pytestmark = pytest.mark.anyio
Seen = Callable[[dict[str, Any]], bool]


class Running:
    """A started app and its page."""

    def __init__(self, app: App, store: Store, http: httpx.AsyncClient) -> None:
        self.app = app
        self.store = store
        self.http = http

    async def write(self, person: int, text: str) -> None:
        answer = await self.http.post(f"/sandbox/chats/{person}/messages", json={"from": person, "text": text})
        assert answer.status_code == 201, answer.text

    async def answer(self, person: int, seen: Seen) -> dict[str, Any]:
        """The bot's first message that looks so; the page's own stream tells when to look again."""
        async with asyncio.timeout(20):
            async with self.http.stream("GET", "/sandbox/events", timeout=20) as events:
                lines = events.aiter_lines()
                while True:
                    found = (await self.http.get(f"/sandbox/chats/{person}/messages")).json()
                    fitting = [message for message in found if message["from"]["is_bot"] and seen(message)]
                    if fitting:
                        return dict(fitting[0])
                    await anext(lines)


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[Running]:
    settings = read_settings({}, data=data, port=0)
    data.mkdir(exist_ok=True)
    store, sandbox = Store(settings.database_url), Sandbox(data_dir=data / "sandbox")
    seed(store, sandbox)
    app = App(settings, store, sandbox=sandbox)
    opened = await app.start()
    try:
        async with httpx.AsyncClient(base_url=opened.page, trust_env=False, verify=False) as http:
            yield Running(app, store, http)
    finally:
        await app.stop()
        store.close()


async def test_a_person_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.write(ANNA, "/help")
        message = await desk.answer(ANNA, lambda message: "/help" in message.get("text", ""))
        assert "安娜 Anna" in message["text"]


async def test_what_was_written_while_we_were_down_is_answered_after_the_start(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass
    offline = Sandbox(data_dir=tmp_path / "sandbox")
    await offline.start(port=0)
    async with httpx.AsyncClient(base_url=offline.base_url, trust_env=False, verify=False) as http:
        await http.post(f"/sandbox/chats/{ANNA}/messages", json={"from": ANNA, "text": "/help"})
    await offline.stop()
    async with running(tmp_path) as desk:
        await desk.answer(ANNA, lambda message: "/help" in message.get("text", ""))


async def test_a_broken_part_ends_the_run(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.http.post("/sandbox/faults", json={"method": "getUpdates", "error_code": 401})
        await desk.write(ANNA, "wake the poll")
        async with asyncio.timeout(20):
            with pytest.raises(TokenRefused):
                await desk.app.run(asyncio.Event())


async def test_asked_to_stop_it_ends_quietly(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        stop = asyncio.Event()
        stop.set()
        await desk.app.run(stop)
