"""Both Telegram clients behind one limiter: aiogram for answers, python-telegram-bot for notices.

Surprising: a request is repeated only where repeating is harmless. Edits and answers are repeated after any passing
error; a send only when it certainly did not happen (429, no connection). Neither client reads proxies from the
environment, and neither decides alone: aiogram's requests are repeated here, the messenger's by the outbox.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientConnectorError
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.limiter import Limiter

log = logging.getLogger(__name__)
Migrated = Callable[[int, int], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
_ATTEMPTS = 5
_LONGEST_WAIT = 60
_SPEAKING = ("send", "edit", "copy", "forward", "delete")
_FREE = frozenset({"sendChatAction", "deleteWebhook", "deleteMyCommands"})


def speaks(method: str) -> bool:
    """Whether the method spends the send budget; answers to taps and chat actions do not (telegram.md 3.1)."""
    return method.startswith(_SPEAKING) and method not in _FREE


class Throttle(BaseRequestMiddleware):
    """aiogram's request middleware: waits its turn, repeats what may be repeated, follows a migrated group."""

    def __init__(self, limiter: Limiter, migrated: Migrated, sleep: Sleep = asyncio.sleep) -> None:
        self._limiter = limiter
        self._migrated = migrated
        self._sleep = sleep

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Raises what the last attempt raised."""
        chat = _chat_of(method)
        try:
            return await self._attempts(make_request, bot, method, chat)
        except TelegramMigrateToChat as moved:
            if chat is None:
                raise
            await self._migrated(chat, moved.migrate_to_chat_id)
            again = method.model_copy(update={"chat_id": moved.migrate_to_chat_id})
            return await self._attempts(make_request, bot, again, moved.migrate_to_chat_id)

    async def _attempts(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
        chat: int | None,
    ) -> Response[TelegramType]:
        for attempt in range(1, _ATTEMPTS + 1):
            if speaks(method.__api_method__):
                await self._limiter.wait(chat)
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as flood:
                self._limiter.pause(chat, flood.retry_after)
                if attempt == _ATTEMPTS or flood.retry_after > _LONGEST_WAIT:
                    raise
                await self._sleep(flood.retry_after)
            except (TelegramNetworkError, TelegramServerError) as error:
                if attempt == _ATTEMPTS or not _harmless(method.__api_method__, error):
                    raise
                log.info("%s again after %s", method.__api_method__, error)
                await self._sleep(0.5 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _chat_of(method: TelegramMethod[Any]) -> int | None:
    chat = getattr(method, "chat_id", None)
    return chat if isinstance(chat, int) else None


def _harmless(method: str, error: Exception) -> bool:
    """Whether a second try cannot do the thing twice."""
    return not method.startswith(("send", "copy", "forward")) or isinstance(error.__cause__, ClientConnectorError)


def aiogram_bot(token: str, api_base: str, limiter: Limiter, migrated: Migrated) -> Bot:
    """The bot that answers; close its session at the end."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api_base), timeout=30)
    session.middleware(Throttle(limiter, migrated))
    return Bot(token, session=session, default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True))


class SharedLimiter(BaseRateLimiter[int]):
    """python-telegram-bot's door to the same limiter. A 429 silences the chat and goes to the outbox to wait."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Raises RetryAfter after it has silenced the chat."""
        chat = data.get("chat_id")
        chat = chat if isinstance(chat, int) else None
        if speaks(endpoint):
            await self._limiter.wait(chat)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as flood:
            self._limiter.pause(chat, seconds_of(flood))
            raise


def seconds_of(flood: RetryAfter) -> float:
    """How long to be silent; the library may hold an int or a timedelta."""
    value = flood._retry_after  # the public property warns about its type until the library's next major
    return value.total_seconds()


def ptb_bot(token: str, api_base: str, limiter: Limiter) -> ExtBot[int]:
    """The bot that delivers; `initialize` it before use and `shutdown` it at the end."""
    request = HTTPXRequest(
        connection_pool_size=32,
        connect_timeout=10,
        read_timeout=30,
        pool_timeout=30,
        media_write_timeout=60,
        httpx_kwargs={"trust_env": False},
    )
    return ExtBot(
        token,
        base_url=f"{api_base}/bot",
        base_file_url=f"{api_base}/file/bot",
        request=request,
        rate_limiter=SharedLimiter(limiter),
    )
