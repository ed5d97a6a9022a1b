"""Telegram's send limits, when they are asked for."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Sandbox
from tests.sandbox.harness import ANNA, BORIS, GROUP, TOKEN, Client, Clock, seed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def strict(clock: Clock) -> AsyncIterator[Client]:
    sandbox = seed(Sandbox(token=TOKEN, now=clock, strict_limits=True))
    await sandbox.start(port=0)
    async with aiohttp.ClientSession() as http:
        yield Client(sandbox, http)
    await sandbox.stop()


async def test_a_private_chat_takes_a_burst_and_then_one_a_second(strict: Client, clock: Clock) -> None:
    for _ in range(5):
        sent = await strict.ok("sendMessage", chat_id=ANNA, text="x")
    refused = {"chat_id": ANNA, "message_id": sent["message_id"], "text": "y"}
    assert await strict.refused("editMessageText", **refused) == "Too Many Requests: retry after 1"
    await strict.ok("sendMessage", chat_id=BORIS, text="x")
    await strict.ok("sendChatAction", chat_id=ANNA, action="typing")
    clock.advance(1)
    await strict.ok("editMessageText", **refused)
    assert len(await strict.history()) == 5


async def test_a_group_takes_twenty_a_minute(strict: Client, clock: Clock) -> None:
    for _ in range(20):
        await strict.ok("sendMessage", chat_id=GROUP, text="x")
    body = await strict.call("sendMessage", chat_id=GROUP, text="x")
    assert body["parameters"] == {"retry_after": 3}
    clock.advance(3)
    await strict.ok("sendMessage", chat_id=GROUP, text="x")


async def test_all_chats_together_take_thirty_a_second(strict: Client) -> None:
    for number in range(30):
        chat = strict.sandbox.seed_person(f"P{number}", "cs")["id"]
        await strict.ok("sendMessage", chat_id=chat, text="x")
    assert await strict.refused("sendMessage", chat_id=ANNA, text="x") == "Too Many Requests: retry after 1"


async def test_without_the_switch_nothing_is_limited(client: Client) -> None:
    for _ in range(40):
        await client.ok("sendMessage", chat_id=GROUP, text="x")
