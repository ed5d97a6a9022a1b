"""What happens, told to whoever looks on: a ring of recent events and the waiting readers.

Event ids go on rising over restarts because they start at the clock, so a page that comes back with an id
from before is told to fetch everything again (`reset`) instead of being told nothing.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator

_RECENT = 1000


class Events:
    """A publisher of server-sent events. A slow reader loses nothing but gets `reset` when it is too far behind."""

    def __init__(self) -> None:
        self._last = time.time_ns() // 1000
        self._oldest = self._last
        self._ring: deque[tuple[int, str]] = deque(maxlen=_RECENT)
        self._news = asyncio.Event()
        self.closed = False

    def publish(self, kind: str, chat_id: int | None = None, message: object = None) -> None:
        """Tell that something of `kind` happened; `message` is what the reader needs to show it."""
        body: dict[str, object] = {"type": kind}
        if chat_id is not None:
            body["chat_id"] = chat_id
        if message is not None:
            body["message"] = message
        if len(self._ring) == _RECENT:
            self._oldest = self._ring[0][0]
        self._last += 1
        self._ring.append((self._last, json.dumps(body, ensure_ascii=False)))
        self._wake()

    def close(self) -> None:
        """End every reader."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def read(self, after: int | None, pause: float) -> AsyncIterator[str]:
        """The text of the stream from `after` (None: from now on), with a comment each `pause` seconds of quiet."""
        yield "retry: 1000\n: open\n\n"
        seen = self._last if after is None else after
        while not self.closed:
            news = self._news
            if seen < self._oldest or seen > self._last:
                seen = self._last
                yield f'id: {seen}\ndata: {{"type": "reset"}}\n\n'
            for number, body in [item for item in self._ring if item[0] > seen]:
                seen = number
                yield f"id: {number}\ndata: {body}\n\n"
            if news.is_set():
                continue
            try:
                await asyncio.wait_for(news.wait(), pause)
            except TimeoutError:
                yield ": still here\n\n"
