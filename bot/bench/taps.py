"""The tap's part of the bench: the same taps, over the same loopback server, at our desk and at a bare aiogram bot.

Surprising: the bare bot polls as aiogram does out of the box, keeps nothing and asks nobody; it is the floor, not a
rival.
"""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.app import App
from bot.bench.file import shopify_file
from bot.imports import Importer
from bot.seed import seed_store
from bot.settings import read_settings
from domain.people.people import OPERATOR
from storage.store import Store
from storage.unit import Unit

_HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class _Telegram:
    """The other process: where its Bot API is, and the pipes to the person."""

    url: str
    token: str
    tell: asyncio.StreamWriter
    hear: asyncio.StreamReader

    async def taps(self, texts: list[str], wanted: str) -> list[float]:
        """Seconds from each tap to its answer."""
        self.tell.write(json.dumps({"texts": texts, "wanted": wanted}).encode() + b"\n")
        await self.tell.drain()
        return [float(seconds) for seconds in json.loads(await self.hear.readline())]


@asynccontextmanager
async def telegram_beside(*, strict_limits: bool = False) -> AsyncIterator[_Telegram]:
    """The other process, running; with `strict_limits` it refuses what the real one would."""
    command = [sys.executable, "-m", "bot.bench.person", *(["--strict-limits"] if strict_limits else [])]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=_HERE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        where = json.loads(await process.stdout.readline())
        yield _Telegram(where["url"], where["token"], process.stdin, process.stdout)
    finally:
        process.stdin.close()
        await process.wait()


async def bare_taps(count: int) -> list[float]:
    """A bot that answers the tap and edits its message, and nothing else."""
    async with telegram_beside() as telegram:
        session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
        bot, dispatcher = Bot(telegram.token, session=session), Dispatcher()

        @dispatcher.message()
        async def offer(message: Message) -> None:
            button = InlineKeyboardButton(text="go", callback_data=f"go:{message.message_id}")
            await message.answer("tap me", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))

        @dispatcher.callback_query()
        async def answer(tap: CallbackQuery) -> None:
            await tap.answer("done")
            assert isinstance(tap.message, Message)
            await tap.message.edit_text("done")

        polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
        try:
            return await telegram.taps([f"hello {n}" for n in range(count)], "go:")
        finally:
            await dispatcher.stop_polling()
            await polling
            await session.close()


async def desk_taps(count: int) -> list[float]:
    """Approvals, each on its own order's card."""
    async with telegram_beside() as telegram:
        with tempfile.TemporaryDirectory() as folder:
            settings = read_settings({}, data=Path(folder), port=0)
            settings = replace(settings, token=telegram.token, api_base=telegram.url)
            store = Store(settings.database_url)
            await store.run(seed_store)
            app = App(settings, store)
            await app.start()
            try:
                return await telegram.taps(await _clean_orders(store, count), "o.ok:")
            finally:
                await app.stop()
                store.close()


async def _clean_orders(store: Store, count: int) -> list[str]:
    """Take a small file in; the numbers of orders that can be approved with one tap."""

    def keep(unit: Unit) -> int:
        return unit.files.put("bench.csv", shopify_file(count * 2), unit.now).id

    file_id = await store.run(keep)
    await Importer(store)(file_id, None, OPERATOR)

    def clean(unit: Unit) -> list[str]:
        ids = [order_id for order_id, _ in unit.orders.in_review(shops=None, held=False, limit=count)]
        return [order.number for order in unit.orders.many(ids).values()]

    found: list[Any] = await store.read(clean)
    assert len(found) == count, f"only {len(found)} clean orders"
    return found
