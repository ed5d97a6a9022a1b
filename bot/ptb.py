"""The client that delivers: python-telegram-bot's ExtBot behind the same limiter as aiogram.

Surprising: it repeats nothing itself; the outbox does. Proxies in the environment are ignored (telegram.md 4.2).
"""

import os
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.limiter import Limiter, speaks

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's way to ask for its coming types, without its warning


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
    """How long to be silent."""
    value = flood.retry_after
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


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
        get_updates_request=request,  # which it never does: a second client would only read the certificates
        rate_limiter=SharedLimiter(limiter),
    )
