"""The way in: updates go from Telegram into the inbox, are committed, and only then confirmed.

Surprising: neither framework polls. Both would confirm before handling and lose what is in flight when the process
dies (telegram.md 4.1). Here the next `offset` confirms, and it is sent only after the commit.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import httpx

from bot.inbox import Received, keep
from storage.store import Store

log = logging.getLogger(__name__)
WANTED = ("message", "callback_query", "my_chat_member")
_HOLD_SECONDS = 50
_LONGEST_BACK_OFF = 30.0


class TokenRefused(Exception):
    """Telegram does not know the token: nothing can work, so the process ends and says so."""


class Workers(Protocol):
    """Who works on what came in."""

    def offer(self, batch: list[Received]) -> None:
        """Take these; they are stored."""
        ...


async def accept(store: Store, inbox: Workers, updates: list[dict[str, object]]) -> None:
    """Commit a batch, then hand it to the workers. What was there before is not handed over twice."""
    inbox.offer(await store.run(keep, updates))


class Poller:
    """Long poll over plain HTTP. One process per token polls; a second one makes Telegram answer 409 here."""

    def __init__(
        self,
        store: Store,
        inbox: Workers,
        client: httpx.AsyncClient,
        *,
        hold_seconds: int = _HOLD_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._client = client
        self._hold = hold_seconds
        self._sleep = sleep
        self._offset = 0
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled. Raises TokenRefused; everything passing is waited out."""
        while True:
            updates = await self._poll()
            if updates:
                await accept(self._store, self._inbox, updates)
                self._offset = max(_number(update) for update in updates) + 1

    async def confirm(self) -> None:
        """Confirm the last batch on a graceful stop, so that nobody has to send it again."""
        if self._offset:
            await self._client.post("getUpdates", json={"offset": self._offset, "timeout": 0, "limit": 1}, timeout=5)

    async def _poll(self) -> list[dict[str, object]]:
        """The next batch, empty after a failure that was waited out."""
        wanted = {"offset": self._offset, "timeout": self._hold, "limit": 100, "allowed_updates": list(WANTED)}
        try:
            response = await self._client.post("getUpdates", json=wanted, timeout=self._hold + 20)
            body = response.json()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            await self._back_off(f"{type(error).__name__}: {error}")
            return []
        if body.get("ok") is True:
            self._failures = 0
            return list(body["result"])
        if response.status_code in (401, 404):
            raise TokenRefused(f"Telegram refuses the token: {body.get('description')}")
        asked = body.get("parameters", {}).get("retry_after")
        await self._back_off(str(body.get("description")), asked)
        return []

    async def _back_off(self, why: str, asked: float | None = None) -> None:
        """As long as Telegram asks, else 1, 2, 4 ... 30 seconds."""
        seconds = asked or min(2.0**self._failures, _LONGEST_BACK_OFF)
        self._failures = min(self._failures + 1, 10)
        log.warning("getUpdates: %s; again in %.0f s", why, seconds)
        await self._sleep(seconds)


def _number(update: dict[str, object]) -> int:
    number = update["update_id"]
    assert isinstance(number, int)
    return number


def api_client(api_base: str, token: str) -> httpx.AsyncClient:
    """A client whose relative paths are Bot API methods. Close it at the end."""
    return httpx.AsyncClient(base_url=f"{api_base}/bot{token}/", trust_env=False)


async def use_polling(client: httpx.AsyncClient) -> None:
    """Take back a webhook an earlier run may have set; what waits at Telegram stays there for us."""
    response = await client.post("deleteWebhook", json={"drop_pending_updates": False})
    if response.status_code in (401, 404):
        raise TokenRefused("Telegram refuses the token")
    response.raise_for_status()


async def use_webhook(client: httpx.AsyncClient, url: str, secret: str) -> None:
    """Ask Telegram to call us."""
    wanted = {"url": url, "secret_token": secret, "allowed_updates": list(WANTED), "max_connections": 40}
    response = await client.post("setWebhook", json=wanted)
    if response.status_code in (401, 404):
        raise TokenRefused("Telegram refuses the token")
    response.raise_for_status()
