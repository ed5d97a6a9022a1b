"""The client that answers: aiogram behind the limiter, with what may be repeated repeated.

Surprising: a request is repeated only where repeating is harmless. Edits and answers are repeated after any passing
error; a send only when it certainly did not happen (429, no connection).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
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

from bot.limiter import Limiter, speaks

log = logging.getLogger(__name__)
Migrated = Callable[[int, int], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
_ATTEMPTS = 5
_LONGEST_WAIT = 60


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
