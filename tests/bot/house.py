"""A sandbox with the invented company, a store, and the real delivering client, on loopback and in memory.

Surprising: the store's clock is ours and only moves by `tick`, so back-offs pass without waiting.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from telegram.ext import ExtBot

from bot.incidents import Incidents
from bot.limiter import Limiter
from bot.messenger import Messenger
from bot.ptb import ptb_bot
from bot.sandbox import Sandbox
from bot.seed import seed
from bot.settings import WIDE_LIMITS
from domain.desk import Desk
from domain.people.people import Chat
from domain.records import Notice, NoticeKind
from handlers.card import Button, Card
from storage.store import Store
from storage.unit import Unit

OWNER, ANNA, PICKER = 1001, 1002, 1005
CS_GROUP = -2001


@dataclass
class Clock:
    """Now, until somebody ticks."""

    now: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class House:
    """What a test holds in its hands. `cards` is what `draw` shows, by subject."""

    store: Store
    sandbox: Sandbox
    http: httpx.AsyncClient
    clock: Clock
    limiter: Limiter
    bot: ExtBot[int]
    messenger: Messenger
    cards: dict[int, Card | None] = field(default_factory=dict)

    async def notify(
        self, telegram_id: int, subject: int, key: str, kind: NoticeKind = NoticeKind.ORDER, *, redraw: bool = False
    ) -> None:
        """Queue a notice as a command would."""
        await self.store.run(_notify, telegram_id, subject, key, kind, redraw)

    async def deliver(self) -> None:
        """Deliver what is due now, to the end."""
        await self.messenger.deliver_due()
        await self.messenger.stop(10)

    async def messages(self, chat: int) -> list[dict[str, Any]]:
        """What the bot's messages in a chat say now."""
        found = (await self.http.get(f"/sandbox/chats/{chat}/messages")).json()
        return [message for message in found if message["from"]["is_bot"]]

    async def texts(self, chat: int) -> list[str]:
        """Their texts."""
        return [message["text"] for message in await self.messages(chat) if "text" in message]

    async def fault(self, method: str, code: int, **fields: object) -> None:
        """Order a fault."""
        answer = await self.http.post("/sandbox/faults", json={"method": method, "error_code": code, **fields})
        assert answer.status_code == 201, answer.text

    async def calls(self, method: str) -> int:
        """How often the bot called a method."""
        found = (await self.http.get("/sandbox/calls")).json()
        return sum(call["method"].lower() == method.lower() for call in found)

    async def waiting(self) -> Mapping[str, int]:
        """Notices by state."""
        return await self.store.read(_counts)

    async def chat(self, telegram_id: int) -> Chat | None:
        """Our chat."""
        return await self.store.read(_chat, telegram_id)


def _notify(desk: Desk, telegram_id: int, subject: int, key: str, kind: NoticeKind, redraw: bool) -> None:
    chat = desk.people.chat_by_telegram(telegram_id)
    assert chat is not None
    desk.outbox.add([Notice(kind, subject, chat.id, key, desk.now, redraw=redraw)])


def _counts(unit: Unit) -> Mapping[str, int]:
    return unit.deliveries.counts()


def _chat(desk: Desk, telegram_id: int) -> Chat | None:
    return desk.people.chat_by_telegram(telegram_id)


def card(text: str) -> Card:
    """A card with one button."""
    return Card(text, ((Button("OK", "ok:1:1", "success"),),))


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Everything running, closed at the end."""
    clock = Clock()
    store = Store(f"sqlite:///{folder / 'xiaoer.db'}", now=clock)
    sandbox = Sandbox()
    seed(store, sandbox)
    await sandbox.start(port=0)
    limiter = Limiter(WIDE_LIMITS)
    bot = ptb_bot(sandbox.token, sandbox.base_url, limiter)
    await bot.initialize()
    cards: dict[int, Card | None] = {}

    def draw(desk: Desk, kind: NoticeKind, subject: int, chat: Chat, data: Mapping[str, str]) -> Card | None:
        found, chosen = cards[subject], data.get("filter")
        return replace(found, text=f"{found.text} [{chosen}]") if found and chosen else found

    incidents = Incidents(store, bot)
    messenger = Messenger(store, bot, limiter, incidents, draw, card_seconds=3.0, now=lambda: clock.now.timestamp())
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False, verify=False) as http:
        try:
            yield House(store, sandbox, http, clock, limiter, bot, messenger, cards)
        finally:
            await bot.shutdown()
            await sandbox.stop()
            store.close()
