"""The inbox's workers: updates of one chat in order, chats side by side, each fed to the app until it is done.

Surprising: an update leaves the inbox only when its handler has ended. One that keeps failing is parked under an
incident number after a few tries, so that it does not block its chat for ever; the person and the owner hear of it.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from domain.errors import AlreadyApplied
from storage.store import Store
from storage.unit import Unit

log = logging.getLogger(__name__)
Update = Mapping[str, object]
Feed = Callable[[dict[str, object]], Awaitable[object]]
GiveUp = Callable[[int, Update], Awaitable[None]]
TRIES = 4
_SIDE_BY_SIDE = 32


@dataclass(frozen=True, slots=True)
class Received:
    """An update as it lies in the inbox. `chat` is whose order it keeps; `kept` ends when it is committed, None =
    it is."""

    id: int
    chat: int
    raw: str
    kept: Awaitable[object] | None = None


def chat_key(update: Update) -> int:
    """The Telegram chat whose order the update keeps; the user's for what belongs to no chat, else 0."""
    for body in update.values():
        if not isinstance(body, Mapping):
            continue
        for holder in (body, body.get("message")):
            chat = holder.get("chat") if isinstance(holder, Mapping) else None
            if isinstance(chat, Mapping) and isinstance(chat.get("id"), int):
                return int(chat["id"])
        user = body.get("from")
        if isinstance(user, Mapping) and isinstance(user.get("id"), int):
            return int(user["id"])
    return 0


def keep(unit: Unit, batch: Iterable[Received]) -> list[Received]:
    """Put a batch into the inbox in this transaction; returns those that are new."""
    return [one for one in batch if unit.inbox.put(one.id, one.chat, one.raw, unit.now)]


def received(update: Update) -> Received:
    """What will lie in the inbox."""
    update_id = update["update_id"]
    assert isinstance(update_id, int)
    return Received(update_id, chat_key(update), json.dumps(update, ensure_ascii=False))


def _waiting(unit: Unit) -> list[Received]:
    return [Received(number, chat, raw) for number, chat, raw, _ in unit.inbox.pending(100_000)]


def _done(unit: Unit, update_id: int) -> None:
    unit.inbox.done(update_id, unit.now)


def _failed(unit: Unit, update_id: int, error: str) -> int:
    """How often it failed by now; at TRIES it is done with, the error stays in its row."""
    attempts = unit.inbox.failed(update_id, error, unit.now)
    if attempts >= TRIES:
        unit.inbox.done(update_id, unit.now)
    return attempts


async def _kept(received: Received) -> None:
    """It lies in the inbox; raises what the store raised if it never will."""
    if received.kept is not None:
        await received.kept


class Inbox:
    """`feed` handles one update and raises when it could not; `give_up` is told (incident number, update)."""

    def __init__(
        self,
        store: Store,
        feed: Feed,
        give_up: GiveUp,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._feed = feed
        self._give_up = give_up
        self._sleep = sleep
        self._lines: dict[int, deque[Received]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._stopping = False
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Feed what an earlier run left."""
        self.offer(await self._store.read(_waiting))

    def offer(self, batch: Iterable[Received]) -> None:
        """Work on these; they are in the store already."""
        for received in batch:
            line = self._lines.get(received.chat)
            if line is not None:
                line.append(received)
                continue
            self._lines[received.chat] = deque([received])
            worker = asyncio.create_task(self._work(received.chat), name=f"inbox {received.chat}")
            self._workers.add(worker)
            worker.add_done_callback(self._ended)

    async def stop(self, seconds: float) -> None:
        """Start nothing more; give what runs some seconds to end. The rest is fed again at the next start."""
        self._stopping = True
        if not self._workers:
            return
        _, late = await asyncio.wait(self._workers, timeout=seconds)
        for worker in late:
            worker.cancel()
        if late:
            log.warning("%d updates cut short, to be fed again at the next start", len(late))
            await asyncio.wait(late)

    def _ended(self, worker: asyncio.Task[None]) -> None:
        """A worker breaks only when the store does: then the process must not go on silently."""
        self._workers.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) and not self.broken.done():
            self.broken.set_exception(error)

    async def _work(self, chat: int) -> None:
        line = self._lines[chat]
        try:
            while line and not self._stopping:
                async with self._room:
                    if not self._stopping:
                        await self._handle(line[0])
                line.popleft()
        finally:
            del self._lines[chat]

    async def _handle(self, received: Received) -> None:
        """Until it is done, parked, or we stop (then it stays in the inbox)."""
        for attempt in range(TRIES):
            if attempt:
                await self._sleep(2.0 ** (attempt - 1))
            try:
                await self._feed(json.loads(received.raw))
            except AlreadyApplied:
                break
            except Exception as error:
                log.exception("update %d failed", received.id)
                await _kept(received)
                if await self._store.run(_failed, received.id, f"{type(error).__name__}: {error}") >= TRIES:
                    return await self._parked(received)
            else:
                break
        await _kept(received)
        return await self._store.run(_done, received.id)

    async def _parked(self, received: Received) -> None:
        log.error("incident %d: update %d parked after %d tries", received.id, received.id, TRIES)
        try:
            await self._give_up(received.id, json.loads(received.raw))
        except Exception:
            log.exception("incident %d: nobody could be told", received.id)
