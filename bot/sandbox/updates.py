"""The queue of updates for the bot: what is allowed in, what is confirmed, what expires, and who is waiting.

A tap lives 150 seconds and a message a day (telegram.md 3.1); whether a kind is wanted is decided when the update
is made, not when it is fetched. Pacing and the held poll use the event loop's clock, expiry the world's.
"""

import asyncio

from bot.sandbox.errors import api_error, retry_after
from bot.sandbox.shapes import JsonObject
from bot.sandbox.world import World

TAP_LIFE = 150
MESSAGE_LIFE = 24 * 3600
_UNASKED = ("chat_member", "message_reaction", "message_reaction_count")
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_TAKES_OVER = "terminated by setWebhook request"
_REPEAT_PAUSE = 3.0


class Updates:
    """The bot's queue over the world's `updates` table."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.arrived = asyncio.Event()
        self._poll: asyncio.Future[str] | None = None
        self._last_poll: tuple[int, float] = (0, float("-inf"))
        self._next_conflict = float("-inf")
        self._webhook_set = float("-inf")

    def allows(self, kind: str) -> bool:
        """Whether the bot asked for this kind of update."""
        allowed = self._world.allowed.rows.get("bot", [])
        return kind in allowed if allowed else kind not in _UNASKED

    def allow(self, kinds: list[str]) -> None:
        """Set the kinds; stays until set again, empty means the default."""
        if self._world.allowed.rows.get("bot", []) != kinds:
            self._world.allowed.put("bot", kinds)

    def add(self, kind: str, body: object, lane: str) -> None:
        """Queue an update of `kind` unless the bot does not want it."""
        if not self.allows(kind):
            return
        number = self._world.next("update")
        life = TAP_LIFE if kind == "callback_query" else MESSAGE_LIFE
        update: JsonObject = {"update_id": number, kind: body}
        self._world.updates.put(number, {"update": update, "lane": lane, "expires": self._world.unix() + life})
        self.wake()

    def wake(self) -> None:
        """Let those who wait for updates look again."""
        self.arrived.set()
        self.arrived = asyncio.Event()

    def pace_webhook(self) -> None:
        """ApiError 429 when the webhook was set less than a second ago."""
        now = asyncio.get_running_loop().time()
        if now < self._webhook_set + 1.0:
            raise retry_after(1)
        self._webhook_set = now

    def pending(self) -> list[int]:
        """The ids that wait and have not expired, oldest first; forgets the expired."""
        now = self._world.unix()
        rows = self._world.updates.rows
        for number in [number for number, row in rows.items() if row["expires"] <= now]:
            self._world.updates.drop(number)
        return list(rows)

    def done(self, number: int) -> None:
        """Forget an update, if it is still there."""
        if number in self._world.updates.rows:
            self._world.updates.drop(number)

    def forget_all(self) -> None:
        """Drop everything that waits."""
        for number in self.pending():
            self.done(number)

    def end_poll(self, reason: str = _WEBHOOK_TAKES_OVER) -> None:
        """Let a held poll fail with `reason`."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)

    async def fetch(self, offset: int, limit: int, wait: float) -> list[JsonObject]:
        """What getUpdates answers. `wait` in seconds. ApiError 409 when a later poll takes over."""
        self._confirm(offset)
        limit, wait = self._pace(offset, limit, wait)
        self.end_poll(_OTHER_POLL)
        if wait > 0 and not self._since(offset):
            await self._hold(offset, wait)
        return [self._world.updates.rows[number]["update"] for number in self._since(offset)[:limit]]

    def _since(self, offset: int) -> list[int]:
        return [number for number in self.pending() if offset <= 0 or number >= offset]

    def _confirm(self, offset: int) -> None:
        waiting = self.pending()
        gone = waiting[:offset] if offset < 0 else [number for number in waiting if number < offset]
        for number in gone:
            self.done(number)

    def _pace(self, offset: int, limit: int, wait: float) -> tuple[int, float]:
        now = asyncio.get_running_loop().time()
        last_offset, last_time = self._last_poll
        self._last_poll = (offset, now)
        if offset != last_offset:
            return limit, wait
        if wait < _REPEAT_PAUSE and now < last_time + _REPEAT_PAUSE:
            wait = _REPEAT_PAUSE
        return (1 if now < last_time + 0.5 else limit), wait

    async def _hold(self, offset: int, wait: float) -> None:
        loop = asyncio.get_running_loop()
        poll = self._poll = loop.create_future()
        until = loop.time() + wait
        while not self._since(offset) and (left := until - loop.time()) > 0:
            arrived = asyncio.ensure_future(self.arrived.wait())
            try:
                await asyncio.wait([poll, arrived], timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                arrived.cancel()
            if poll.done():
                await self._conflict(poll.result())
        if self._poll is poll:
            self._poll = None

    async def _conflict(self, reason: str) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_conflict:
            await asyncio.sleep(_REPEAT_PAUSE)
        else:
            self._next_conflict = now + _REPEAT_PAUSE
        raise api_error(409, reason)


def lane_of_chat(chat_id: int) -> str:
    """Messages and membership of one chat are delivered one after the other."""
    return f"chat {chat_id}"


def lane_of_user(user_id: int) -> str:
    """Taps of one person are delivered one after the other."""
    return f"user {user_id}"
