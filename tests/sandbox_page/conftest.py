"""A real browser on the sandbox's chat page, against the real sandbox server; the bot is raw HTTP from the test.

Surprising: Playwright's asynchronous driver is used on purpose: its synchronous one runs on
greenlets, under which a failing test makes pytest's own source reader crash (CPython 3.11, "recursion depth mismatch").
"""

import re
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from bot.sandbox import Sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_A_BROWSER = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the sandbox page was not tested in a browser"
    ),
]
TOKEN = "123456:AAsandbox-page-test-token-0000000000"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ANNA, BORIS, MALLORY = 1001, 1002, 1003
EVIL_NAME = "<img src=x onerror=document.title='owned'>"
CAST = [(ANNA, "Anna", "cs"), (BORIS, "Boris", "warehouse"), (MALLORY, EVIL_NAME, "stranger")]


class Server:
    """The real sandbox on a free port; it can be stopped and started again, over the same data."""

    def __init__(self, data_dir: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._data_dir = data_dir
        self.group_id = 0

    async def start(self) -> None:
        self._sandbox = Sandbox(token=TOKEN, bot_name="xiaoer_bot", data_dir=self._data_dir)
        for person_id, name, role in CAST:
            self._sandbox.seed_person(name, role, id=person_id)
        self.group_id = self._sandbox.seed_group("Approvals", [ANNA, BORIS])["id"]
        await self._sandbox.start("127.0.0.1", self.port)

    async def stop(self) -> None:
        await self._sandbox.stop()


class Bot:
    """A bot of a few lines: calls a method, or waits for the next update."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url = url
        self._client = client
        self._offset = 0

    async def call(self, method: str, **fields: object) -> Any:
        async with self._client.post(f"{self._url}/bot{TOKEN}/{method}", json=fields) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def update(self, kind: str) -> Any:
        """The next update of a kind; others before it are passed over."""
        while True:
            updates = await self.call("getUpdates", offset=self._offset, timeout=10, limit=1)
            assert updates, f"no {kind} came"
            self._offset = updates[0]["update_id"] + 1
            if kind in updates[0]:
                return updates[0][kind]

    async def download(self, file_id: str) -> bytes:
        path = (await self.call("getFile", file_id=file_id))["file_path"]
        async with self._client.get(f"{self._url}/file/bot{TOKEN}/{path}") as answer:
            return await answer.read()

    async def hear(self, person_id: int, text: str) -> None:
        """Somebody writes without the page, and the bot has read it."""
        body = {"from": person_id, "text": text}
        async with self._client.post(f"{self._url}/sandbox/chats/{person_id}/messages", json=body) as answer:
            assert answer.ok, await answer.text()
        while (await self.update("message")).get("text") != text:
            pass


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield launched
        await launched.close()


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Server]:
    running = Server(tmp_path)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    """A bot that Anna and Boris have already greeted, so that it may write to them."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as client:
        talking = Bot(server.url, client)
        for person_id in (ANNA, BORIS):
            await talking.hear(person_id, "/start")
        yield talking


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened.set_default_timeout(10_000)
    yield opened
    await opened.close()


@pytest.fixture
async def page(context: BrowserContext, server: Server, bot: Bot) -> AsyncIterator[Page]:
    """The page with Anna's private chat open; any script error on it fails the test."""
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(f"{server.url}/#{ANNA}/{ANNA}")
    await expect(bubble(opened, "/start")).to_be_visible()
    yield opened
    assert errors == []


def bubble(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_test_id("messages").locator("[data-message-id]").filter(has_text=text)


def inline(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}
