"""Bare calls of Bot API methods, for what neither framework does here: polling, and choosing how updates come.

Surprising: it is aiohttp and not httpx, because the poll shares its loop with whoever is being answered at that moment
and costs a third of the time this way.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp


class Unanswered(Exception):
    """Nothing came back that can be read; says what happened."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What Telegram answered: HTTP status and the JSON body."""

    status: int
    body: Mapping[str, object]

    @property
    def ok(self) -> bool:
        """Whether the call was carried out."""
        return self.body.get("ok") is True

    @property
    def why(self) -> str:
        """Telegram's words when it was not."""
        return str(self.body.get("description"))


class Api:
    """One token's calls. Made inside a running loop; close it at the end."""

    def __init__(self, api_base: str, token: str) -> None:
        self._base = f"{api_base}/bot{token}/"
        self._session = aiohttp.ClientSession()

    async def call(self, method: str, fields: Mapping[str, object], *, seconds: float = 10) -> Reply:
        """Raises Unanswered."""
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(self._base + method, json=fields, timeout=timeout) as response:
                body = json.loads(await response.read())
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Unanswered(type(error).__name__) from error
        if not isinstance(body, dict):
            raise Unanswered("no object")
        return Reply(response.status, body)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()
