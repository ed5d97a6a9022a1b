"""Telegram's send limits as token buckets, for those who want to be refused (`strict_limits`).

About 30 calls a second in all, one a second per private chat with a small burst, 20 a minute per group; edits spend
the same budget as sends, answers to taps spend none (telegram.md 3.1). A refused call spends nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.errors import retry_after
from bot.sandbox.wire import Call, as_integer

_COSTLY = ("send", "edit")
_FREE = {"sendchataction"}


@dataclass(slots=True)
class _Bucket:
    per_second: float
    most: float
    level: float
    at: float

    def refill(self, now: float) -> None:
        self.level = min(self.most, self.level + (now - self.at) * self.per_second)
        self.at = now

    def wait(self, amount: float) -> float:
        return max(0.0, (min(amount, self.most) - self.level) / self.per_second)


class Limits:
    """Refuses with 429 what goes too fast; `now` gives aware datetimes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def check(self, call: Call, amount: int) -> None:
        """Spend `amount` messages for the call. ApiError 429 with retry_after in whole seconds."""
        if not call.method.startswith(_COSTLY) or call.method in _FREE:
            return
        now = self._now().timestamp()
        chat_id = as_integer(call.text("chat_id")) or 0
        chat = self._bucket(f"chat {chat_id}", now, *((20 / 60, 20) if chat_id < 0 else (1, 5)))
        buckets = [self._bucket("all", now, 30, 30), chat]
        wait = max(bucket.wait(amount) for bucket in buckets)
        if wait > 0:
            raise retry_after(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.level -= amount

    def _bucket(self, name: str, now: float, per_second: float, most: float) -> _Bucket:
        bucket = self._buckets.setdefault(name, _Bucket(per_second, most, most, now))
        bucket.refill(now)
        return bucket
