"""Webhook delivery to a real server on loopback: order, secret, retries, and a method in the answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.sandbox.harness import ANNA, BORIS, Client

pytestmark = pytest.mark.anyio


@dataclass
class Hook:
    """A bot's web server. Answers come from `replies` first, then 200."""

    url: str = ""
    got: list[Any] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    replies: list[web.Response] = field(default_factory=list)
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.news.set()
        text = update.get("message", {}).get("text")
        if text in self.hold:
            await self.hold[text].wait()
        return self.replies.pop(0) if self.replies else web.Response()

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got if "message" in update]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.texts()) < count:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    bot = Hook()
    app = web.Application()
    app.router.add_post("/hook", bot.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield bot
    await runner.cleanup()


async def settled(client: Client) -> None:
    async with asyncio.timeout(5):
        while (await client.ok("getWebhookInfo"))["pending_update_count"]:
            await asyncio.sleep(0)


async def test_updates_come_in_order_with_the_secret_and_are_confirmed(client: Client, hook: Hook) -> None:
    body = await client.call("setWebhook", url=hook.url, secret_token="s3cret_-", drop_pending_updates=True)
    assert body == {"ok": True, "result": True, "description": "Webhook was set"}
    for text in ("a", "b", "c"):
        await client.say(text)
    await hook.until(3)
    assert (hook.texts(), set(hook.secrets)) == (["a", "b", "c"], {"s3cret_-"})
    await settled(client)
    conflict = await client.refused("getUpdates")
    assert conflict == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    assert (await client.call("deleteWebhook"))["description"] == "Webhook was deleted"
    assert (await client.call("deleteWebhook"))["description"] == "Webhook is already deleted"


async def test_one_chat_waits_for_itself_and_not_for_others(client: Client, hook: Hook) -> None:
    hook.hold["slow"] = asyncio.Event()
    await client.ok("setWebhook", url=hook.url, drop_pending_updates=True)
    await client.say("slow")
    await hook.until(1)
    await client.say("behind")
    await client.say("beside", BORIS)
    await hook.until(2)
    assert hook.texts() == ["slow", "beside"]
    hook.hold["slow"].set()
    await hook.until(3)
    assert hook.texts() == ["slow", "beside", "behind"]


async def test_a_refused_update_comes_again_and_the_error_is_told(client: Client, hook: Hook) -> None:
    hook.replies.append(web.Response(status=500))
    await client.ok("setWebhook", url=hook.url, drop_pending_updates=True)
    await client.say("again")
    await client.say("after")
    await hook.until(3)
    assert hook.texts() == ["again", "again", "after"]
    info = await client.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert (info["url"], info["max_connections"]) == (hook.url, 40)


async def test_a_redirect_is_no_success(client: Client, hook: Hook) -> None:
    hook.replies.append(web.Response(status=302, headers={"Location": hook.url}))
    await client.ok("setWebhook", url=hook.url, drop_pending_updates=True)
    await client.say("x")
    await hook.until(2)
    info = await client.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"


async def test_the_answer_may_name_a_method(client: Client, hook: Hook) -> None:
    method = {"method": "sendMessage", "chat_id": ANNA, "text": "<b>heard</b>", "parse_mode": "HTML"}
    hook.replies.append(web.json_response(method))
    await client.ok("setWebhook", url=hook.url, drop_pending_updates=True)
    await client.say("hello")
    async with asyncio.timeout(5):
        while len(await client.history()) < 2:
            await asyncio.sleep(0)
    assert [message["text"] for message in await client.history()] == ["hello", "heard"]


async def test_setting_a_webhook_ends_a_held_poll_and_is_paced(client: Client, hook: Hook) -> None:
    poll = asyncio.create_task(client.refused("getUpdates", offset=client.offset, timeout=20))
    while client.sandbox._context.updates._poll is None:
        await asyncio.sleep(0)
    await client.ok("setWebhook", url=hook.url)
    assert await poll == "Conflict: terminated by setWebhook request"
    assert await client.refused("setWebhook", url=hook.url) == "Too Many Requests: retry after 1"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "https://example.com/hook"}, "bad webhook: the sandbox delivers to loopback only"),
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: Invalid webhook URL specified"),
        ({"url": "http://127.0.0.1/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_bad_webhook_is_refused(client: Client, fields: dict[str, object], reason: str) -> None:
    assert await client.refused("setWebhook", **fields) == f"Bad Request: {reason}"
    assert (await client.ok("getWebhookInfo"))["url"] == ""
