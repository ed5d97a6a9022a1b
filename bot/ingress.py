"""The way in: updates go from Telegram into the inbox, are committed, and only then confirmed.

Surprising: neither framework polls. Both would confirm before handling and lose what is in flight when the process
dies (telegram.md 4.1). Here the next `offset` confirms, and it is sent only after the commit; handling need not wait
for that commit, since what dies before it is sent again and carried out once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol

from bot.api import Reply, Unanswered
from bot.inbox import Received, keep, received
from storage.store import Store

log = logging.getLogger(__name__)
WANTED = ("message", "callback_query", "my_chat_member")
_HOLD_SECONDS = 50
_LONGEST_BACK_OFF = 30.0
_BREATH = 0.02


class TokenRefused(Exception):
    """Telegram does not know the token: nothing can work, so the process ends and says so."""


class Calls(Protocol):
    """How Telegram is asked (bot.api.Api)."""

    async def call(self, method: str, fields: Mapping[str, object], *, seconds: float = 10) -> Reply:
        """Raises bot.api.Unanswered."""
        ...


class Workers(Protocol):
    """Who works on what came in."""

    def offer(self, batch: list[Received]) -> None:
        """Take these; they are stored."""
        ...


async def accept(store: Store, inbox: Workers, updates: list[dict[str, object]]) -> None:
    """Commit a batch, then hand it to the workers. What was there before is not handed over twice."""
    inbox.offer(await store.run(keep, [received(update) for update in updates]))


class Poller:
    """Long poll. One process per token polls; a second one makes Telegram answer 409 here."""

    def __init__(
        self,
        store: Store,
        inbox: Workers,
        api: Calls,
        *,
        hold_seconds: int = _HOLD_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._api = api
        self._hold = hold_seconds
        self._sleep = sleep
        self._offset = 0
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled. Raises TokenRefused; everything passing is waited out."""
        while True:
            updates = await self._poll()
            if not updates:
                continue
            numbers = [_number(update) for update in updates]
            if 0 < self._offset <= min(numbers):
                await self._accept_new(updates)
            else:
                await accept(self._store, self._inbox, updates)
            self._offset = max(numbers) + 1

    async def _accept_new(self, updates: list[dict[str, object]]) -> None:
        """Updates nobody can have stored before: a tap is answered while it is being kept."""
        batch = [received(update) for update in updates]
        keeping = asyncio.ensure_future(self._keep(batch))
        self._inbox.offer([replace(one, kept=keeping) for one in batch])
        await asyncio.shield(keeping)

    async def _keep(self, batch: list[Received]) -> None:
        """A moment later, so that a command that is quick goes first and nobody waits for our book-keeping."""
        await asyncio.sleep(_BREATH)
        await self._store.run(keep, batch)

    async def confirm(self) -> None:
        """Confirm the last batch on a graceful stop, so that nobody has to send it again."""
        if self._offset:
            await self._api.call("getUpdates", {"offset": self._offset, "timeout": 0, "limit": 1}, seconds=5)

    async def _poll(self) -> list[dict[str, object]]:
        """The next batch, empty after a failure that was waited out."""
        wanted = {"offset": self._offset, "timeout": self._hold, "limit": 100, "allowed_updates": list(WANTED)}
        try:
            reply = await self._api.call("getUpdates", wanted, seconds=self._hold + 20)
        except Unanswered as error:
            await self._back_off(str(error))
            return []
        updates = reply.body.get("result")
        if reply.ok and isinstance(updates, list):
            self._failures = 0
            return updates
        if reply.status in (401, 404):
            raise TokenRefused(f"Telegram refuses the token: {reply.why}")
        asked = reply.body.get("parameters")
        await self._back_off(reply.why, asked.get("retry_after") if isinstance(asked, dict) else None)
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


async def use_polling(api: Calls) -> None:
    """Take back a webhook an earlier run may have set; what waits at Telegram stays there for us."""
    await _must(api, "deleteWebhook", {"drop_pending_updates": False})


async def use_webhook(api: Calls, url: str, secret: str) -> None:
    """Ask Telegram to call us."""
    wanted = {"url": url, "secret_token": secret, "allowed_updates": list(WANTED), "max_connections": 40}
    await _must(api, "setWebhook", wanted)


async def _must(api: Calls, method: str, fields: Mapping[str, object]) -> None:
    reply = await api.call(method, fields)
    if reply.status in (401, 404):
        raise TokenRefused("Telegram refuses the token")
    if not reply.ok:
        raise Unanswered(f"{method}: {reply.why}")
