"""Fixtures: a running sandbox on a clock of ours, and a client that has taken the first updates away."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Sandbox
from tests.sandbox.harness import TOKEN, Client, Clock, seed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    running = seed(Sandbox(token=TOKEN, bot_name="xiaoer_bot", now=clock))
    await running.start(port=0)
    yield running
    await running.stop()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        ready = Client(sandbox, http)
        await ready.updates()
        yield ready
