"""The tap's part of the bench: the same taps, over the same loopback server, at our desk and at a bare aiogram bot.

Surprising: the bare bot polls as aiogram does out of the box, keeps nothing and asks nobody; it is the floor, not a
rival.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.app import App
from bot.bench.file import shopify_file
from bot.imports import Importer
from bot.sandbox import Sandbox
from bot.seed import seed_sandbox, seed_store
from bot.settings import read_settings
from domain.people import OPERATOR
from storage.store import Store
from storage.unit import Unit

BELLA = 1003
_PATIENCE = 20.0
_THINKING = 0.15


async def _card(http: httpx.AsyncClient, text: str, wanted: str) -> tuple[int, str]:
    """Write a text, wait for the answer that has the wanted button: (message id, the button's data)."""
    sent = (await http.post(f"/sandbox/chats/{BELLA}/messages", json={"from": BELLA, "text": text})).json()
    until = time.perf_counter() + _PATIENCE
    while time.perf_counter() < until:
        found = (await http.get(f"/sandbox/chats/{BELLA}/messages", params={"after": sent["message_id"]})).json()
        for message in found:
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if str(button.get("callback_data", "")).startswith(wanted):
                        return int(message["message_id"]), str(button["callback_data"])
        await asyncio.sleep(0.02)
    raise TimeoutError(f"no answer to {text!r} with a button {wanted!r}")


async def _taps(base: str, texts: list[str], wanted: str) -> list[float]:
    """Seconds from each tap to its answer; the cards are all there before the first tap."""
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=_PATIENCE) as http:
        cards = [await _card(http, text, wanted) for text in texts]
        seconds = []
        for message_id, data in cards:
            body = {"from": BELLA, "message_id": message_id, "button": data}
            started = time.perf_counter()
            (await http.post(f"/sandbox/chats/{BELLA}/taps", json=body)).raise_for_status()
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(_THINKING)
        return seconds


async def bare_taps(count: int) -> list[float]:
    """A bot that answers the tap and edits its message, and nothing else."""
    sandbox = Sandbox()
    sandbox.seed_person("Bella", "cs", id=BELLA)
    await sandbox.start(port=0)
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.base_url))
    bot, dispatcher = Bot(sandbox.token, session=session), Dispatcher()

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
        return await _taps(sandbox.base_url, [f"hello {n}" for n in range(count)], "go:")
    finally:
        await dispatcher.stop_polling()
        await polling
        await session.close()
        await sandbox.stop()


async def desk_taps(count: int) -> list[float]:
    """Approvals, each on its own order's card."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({}, data=Path(folder), port=0)
        store = Store(settings.database_url)
        await store.run(seed_store)
        sandbox = Sandbox()
        seed_sandbox(sandbox)
        app = App(settings, store, sandbox=sandbox)
        await app.start()
        try:
            numbers = await _clean_orders(store, count)
            return await _taps(sandbox.base_url, numbers, "o.ok:")
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
