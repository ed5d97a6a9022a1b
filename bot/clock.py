"""The clock: what happens because time passes. Each job asks the store what is due, so running twice does no harm.

Surprising: nothing is scheduled for a moment. APScheduler only wakes us every few seconds, and the store says what
is due; so a busy loop, a restart or a second worker can neither miss 08:00 nor do it twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.outside import RecallRound, ReplyRound
from bot.reports import DayCloser
from bot.waybills import WaybillRound
from domain.customers import proposals
from domain.desk import Desk
from domain.floor import release
from domain.intake.incoming import Platform
from domain.review import looking
from domain.stops import pulls
from domain.stops.recalls import RecallPort
from domain.stops.replies import ReplyPort
from domain.watch import gaps, shift, watch, worries
from domain.waybills.ewaybills import WaybillPort
from storage.store import Store

log = logging.getLogger(__name__)
_ROUNDS = 50
_GRACE_SECONDS = 300
_REST_SECONDS = 0.05
Failed = Callable[[str, Exception], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ports:
    """Other companies' services: e-waybills by an account's source, platforms that hear what became of refunds,
    couriers (by code) that are asked for parcels back."""

    waybills: Mapping[str, WaybillPort] = field(default_factory=dict)
    replies: Mapping[Platform, ReplyPort] = field(default_factory=dict)
    recalls: Mapping[str, RecallPort] = field(default_factory=dict)


class Clock:
    """`woke` is called after work that may have left notices; `failed` is told of a job that broke; `ports` are
    the services outside."""

    def __init__(
        self,
        store: Store,
        close_day: DayCloser,
        woke: Callable[[], None],
        failed: Failed,
        ports: Ports | None = None,
    ) -> None:
        self._store = store
        self._close_day = close_day
        self._woke = woke
        self._failed = failed
        ports = ports or Ports()
        self._waybills = WaybillRound(store, ports.waybills)
        self._replies = ReplyRound(store, ports.replies)
        self._recalls = RecallRound(store, ports.recalls)
        self.scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin; the first round comes after one interval."""
        jobs: dict[str, tuple[float, Callable[[], Awaitable[None]]]] = {
            "release": (2, lambda: self._tick(release.tick)),
            "interception": (2, lambda: self._tick(pulls.tick)),
            "waybills": (5, lambda: self._round(self._waybills)),
            "replies": (2, lambda: self._round(self._replies)),
            "recalls": (10, lambda: self._round(self._recalls)),
            "watch": (30, self._watch),
            "shift": (30, lambda: self._tick(shift.tick)),
            "rhythm": (300, lambda: self._tick(gaps.learn_due)),
            "looking": (2, self._look),
            "report": (20, self._report),
            "customers": (180, lambda: self._tick(proposals.tick)),
        }
        for name, (seconds, job) in jobs.items():
            self.scheduler.add_job(
                self._guarded,
                "interval",
                args=(name, job),
                seconds=seconds,
                id=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=_GRACE_SECONDS,
            )
        self.scheduler.start()

    def stop(self) -> None:
        """No more rounds."""
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    async def _guarded(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """A job that breaks is told and comes again at its next round; the others go on."""
        try:
            await job()
        except Exception as error:
            log.exception("job %s failed", name)
            await self._failed(name, error)

    async def _tick(self, tick: Callable[[Desk], int]) -> None:
        """Until nothing is due, within reason."""
        for _ in range(_ROUNDS):
            if not await self._store.run(tick):
                return
            self._woke()

    async def _watch(self) -> None:
        """As `_tick`, but what is late is counted beside the writer, not on it."""
        for _ in range(_ROUNDS):
            if not await self._store.run(watch.tick, await self._store.read(worries.found)):
                return
            self._woke()

    async def _round(self, talk: Callable[[], Awaitable[int]]) -> None:
        """A talk with services outside."""
        if await talk():
            self._woke()

    async def _look(self) -> None:
        """Until no order is due, with a rest after each batch: the writer is for people first."""
        while await self._store.run(looking.look_again):
            self._woke()
            await asyncio.sleep(_REST_SECONDS)

    async def _report(self) -> None:
        if await self._close_day.when_due() is not None:
            self._woke()
