"""One limiter in front of both Telegram clients: token buckets for the bot, each private chat and each group.

Surprising: waiting is done per chat first and for the whole bot last, so a slow group keeps nobody else waiting.
Requests of one chat leave in the order they came; edits cost as much as sends (telegram.md 3.1).
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.settings import Limits

_SPEAKING = ("send", "edit", "copy", "forward", "delete")
_FREE = frozenset({"sendChatAction", "deleteWebhook", "deleteMyCommands"})
_REMEMBERED_CHATS = 10_000
_ALMOST = 1e-9  # what rounding may leave of a token; without it the last wait would be too short to pass


def speaks(method: str) -> bool:
    """Whether the method spends the send budget; answers to taps and chat actions do not (telegram.md 3.1)."""
    return method.startswith(_SPEAKING) and method not in _FREE


class Bucket:
    """`burst` tokens at most, refilled at `rate` per second; seconds are those of the clock handed in."""

    def __init__(self, burst: int, rate: float, now: float) -> None:
        self._burst = burst
        self._rate = rate
        self._tokens = float(burst)
        self._at = now
        self._paused_until = now

    def delay(self, now: float) -> float:
        """Seconds until a token is there, 0 when it is."""
        self._refill(now)
        missing = 1.0 - self._tokens
        wait = missing / self._rate if missing > _ALMOST else 0.0
        return max(wait, self._paused_until - now, 0.0)

    def take(self, now: float) -> None:
        """Use one token; ask `delay` first."""
        self._refill(now)
        self._tokens -= 1.0

    def pause(self, now: float, seconds: float) -> None:
        """Nothing leaves for that long, and no burst has gathered after it."""
        self._paused_until = max(self._paused_until, now + seconds)
        self._refill(now)
        self._tokens = min(self._tokens, 0.0)

    def idle(self, now: float) -> bool:
        """Whether forgetting the bucket would change nothing."""
        self._refill(now)
        return self._tokens >= self._burst and self._paused_until <= now

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self._at) * self._rate
        self._tokens = min(float(self._burst), self._tokens + gained)
        self._at = max(self._at, now)


class _Line:
    """A chat's bucket and the line in front of it (asyncio locks are first come, first served)."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.lock = asyncio.Lock()
        self.waiting = 0


class Limiter:
    """Shared by aiogram and python-telegram-bot. `now` counts seconds, `sleep` waits for some."""

    def __init__(
        self,
        limits: Limits,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._now = now
        self._sleep = sleep
        self._bot = _Line(Bucket(*limits.bot, now()))
        self._chats: OrderedDict[int, _Line] = OrderedDict()

    async def wait(self, chat: int | None) -> None:
        """Return when one request for this Telegram chat (None = no chat) may leave."""
        if chat is not None:
            await self._pass(self._line(chat))
        await self._pass(self._bot)

    def delay(self, chat: int) -> float:
        """Seconds a request for this chat would wait now, the line in front of it not counted."""
        now = self._now()
        return max(self._line(chat).bucket.delay(now), self._bot.bucket.delay(now))

    def pause(self, chat: int | None, seconds: float) -> None:
        """Telegram said 429: this chat (None = the whole bot) is silent for `seconds`."""
        line = self._bot if chat is None else self._line(chat)
        line.bucket.pause(self._now(), seconds)

    async def _pass(self, line: _Line) -> None:
        line.waiting += 1
        try:
            async with line.lock:
                while (delay := line.bucket.delay(self._now())) > 0:
                    await self._sleep(delay)
                line.bucket.take(self._now())
        finally:
            line.waiting -= 1

    def _line(self, chat: int) -> _Line:
        line = self._chats.get(chat)
        if line is None:
            burst, rate = self._limits.group if chat < 0 else self._limits.private
            line = self._chats[chat] = _Line(Bucket(burst, rate, self._now()))
            self._forget_idle()
        self._chats.move_to_end(chat)
        return line

    def _forget_idle(self) -> None:
        """Drop the chats longest unused, as long as that changes nothing for them."""
        while len(self._chats) > _REMEMBERED_CHATS:
            oldest = next(iter(self._chats.values()))
            if oldest.waiting or not oldest.bucket.idle(self._now()):
                return
            self._chats.popitem(last=False)
