"""Delivery of updates to the bot's webhook: in order within a lane, side by side across lanes.

A failed update is tried again at once, then after 2, 4, 8 ... seconds up to a minute or two, and blocks its lane until
it expires (telegram.md 3.2). The answer's body may name a method to call, whose outcome nobody is told.
"""

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

import aiohttp

from bot.sandbox.context import Context
from bot.sandbox.errors import ApiError
from bot.sandbox.methods_updates import HOOK
from bot.sandbox.shapes import JsonObject, Webhook
from bot.sandbox.wire import Call, as_integer

_log = logging.getLogger(__name__)
_ANSWER_LIMIT = 1024 * 1024
_LONGEST_RETRY_AFTER = 3600
_PATIENCE = aiohttp.ClientTimeout(total=60)


class DeliveryFailed(Exception):
    """The bot did not take an update; `pause` is what it asked for in Retry-After, seconds."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


class WebhookPump:
    """Delivers while a webhook is set. `execute` runs a call that the bot put into its answer."""

    def __init__(self, context: Context, execute: Callable[[Call], Awaitable[object]]) -> None:
        self._context = context
        self._execute = execute
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._main: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch the queue; needs a running loop."""
        self._main = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop delivering; what was not confirmed stays in the queue."""
        tasks = [task for task in (self._main, *self._lanes.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            while True:
                arrived = self._context.updates.arrived
                self._fill(session)
                await arrived.wait()

    def _fill(self, session: aiohttp.ClientSession) -> None:
        hook = self._context.world.webhooks.rows.get(HOOK)
        if hook is None:
            return
        for number in self._context.updates.pending():
            lane = self._context.world.updates.rows[number]["lane"]
            if lane not in self._lanes and len(self._lanes) < hook["max_connections"]:
                task = asyncio.create_task(self._drain(lane, session))
                self._lanes[lane] = task
                task.add_done_callback(partial(self._ended, lane))

    def _ended(self, lane: str, task: asyncio.Task[None]) -> None:
        del self._lanes[lane]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("delivery to the webhook broke off", exc_info=error)
        self._context.updates.wake()

    async def _drain(self, lane: str, session: aiohttp.ClientSession) -> None:
        failures = 0
        while (hook := self._context.world.webhooks.rows.get(HOOK)) and (number := self._first(lane)):
            try:
                called = await self._deliver(session, hook, number)
            except DeliveryFailed as failure:
                self._note(hook, str(failure))
                failures += 1
                await self._pause(hook, failures, failure.pause)
                continue
            failures = 0
            self._context.updates.done(number)
            self._context.world.commit()
            if called is not None:
                await self._call_back(called)

    def _first(self, lane: str) -> int | None:
        rows = self._context.world.updates.rows
        return next((n for n in self._context.updates.pending() if rows[n]["lane"] == lane), None)

    async def _pause(self, hook: Webhook, failures: int, asked: float | None) -> None:
        """Wait before the next try; a webhook that was moved or deleted ends the wait."""
        if asked is None:
            asked = 0.0 if failures == 1 else min(2.0 ** (failures - 1), random.uniform(60, 120))  # noqa: S311
        loop = asyncio.get_running_loop()
        until = loop.time() + min(asked, _LONGEST_RETRY_AFTER)
        while self._still(hook) and (left := until - loop.time()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._context.updates.arrived.wait(), left)

    def _still(self, hook: Webhook) -> bool:
        now = self._context.world.webhooks.rows.get(HOOK)
        return now is not None and now["url"] == hook["url"]

    def _note(self, hook: Webhook, reason: str) -> None:
        world = self._context.world
        if world.webhooks.rows.get(HOOK) is hook:
            changed: Webhook = {**hook, "last_error_date": world.unix(), "last_error_message": reason}
            world.webhooks.put(HOOK, changed)
            world.commit()

    async def _deliver(self, session: aiohttp.ClientSession, hook: Webhook, number: int) -> Call | None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
        update = self._context.world.updates.rows[number]["update"]
        try:
            async with session.post(hook["url"], json=update, headers=headers, allow_redirects=False) as response:
                body = await response.content.read(_ANSWER_LIMIT)
                if not 200 <= response.status < 300:
                    asked = as_integer(response.headers.get("Retry-After", ""))
                    reason = f"Wrong response from the webhook: {response.status} {response.reason}"
                    raise DeliveryFailed(reason, asked)
        except TimeoutError as error:
            raise DeliveryFailed("Read timeout expired") from error
        except aiohttp.ClientError as error:
            raise DeliveryFailed("Connection refused") from error
        return _call_in(body)

    async def _call_back(self, call: Call) -> None:
        try:
            await self._execute(call)
        except ApiError as error:
            _log.info("the method in a webhook's answer was refused: %s", error.description)


def _call_in(body: bytes) -> Call | None:
    try:
        value = cast(object, json.loads(body))
    except ValueError:
        return None
    fields = cast(JsonObject, value) if isinstance(value, dict) else {}
    method = fields.pop("method", None)
    if not isinstance(method, str):
        return None
    params = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items() if v is not None}
    return Call(method.lower(), params)
