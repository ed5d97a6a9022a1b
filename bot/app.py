"""Everything put together: which parts a process has, in which order they start, and how they stop.

Surprising: a part that breaks ends the process, loudly. A bot that is half alive looks alive and is worse than one
that its supervisor starts again. `import aiogram` takes two seconds, so it is imported only where updates are handled.
"""

import asyncio
import logging
import secrets
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from telegram.ext import ExtBot

from bot import membership
from bot.api import Api
from bot.clock import Clock, Ports
from bot.imports import Importer
from bot.inbox import Inbox, chat_key
from bot.incidents import Incidents
from bot.ingress import Poller, use_polling, use_webhook
from bot.limiter import Limiter
from bot.messenger import Messenger
from bot.played import played_ports
from bot.ptb import ptb_bot
from bot.reports import DayCloser
from bot.scan_door import PATH, ScanDoor
from bot.settings import Settings
from bot.traffic import Traffic
from bot.web import Web, webhook_path
from domain.desk import Desk
from domain.people import staff
from domain.people.people import OPERATOR, Role
from domain.records import Notice, NoticeKind
from handlers.draw import draw
from storage.store import Store

if TYPE_CHECKING:
    from aiogram import Bot, Dispatcher

    from bot.sandbox import Sandbox

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)
_STOP_SECONDS = 10.0
_SWITCH_SECONDS = 0.001  # the loop answers people; a busy store thread must not keep it waiting for 5 ms
_REDRAWN_AT_START = 200


class HandlerStore:
    """The store as handlers know it (handlers.services.Store)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write."""
        return await self._store.run(fn, *args, **kwargs)

    async def claimed(self, claim: int, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write, once per `claim`."""
        return await self._store.run(fn, *args, claim=claim, **kwargs)

    async def read(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read."""
        return await self._store.read(fn, *args, **kwargs)

    async def glance(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read a handful of rows by key."""
        return await self._store.glance(fn, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a person may want to know once everything runs. `owner_link` only while there is no owner."""

    page: str
    hooks: str
    bot_name: str
    owner_link: str = ""


@dataclass(slots=True)
class _Parts:
    """What runs, in the order it was started."""

    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    stops: list[Callable[[], Awaitable[None]]] = field(default_factory=list)


def new_code() -> str:
    """An invitation's code: 128 random bits in the letters a deep link allows."""
    return secrets.token_urlsafe(16)


class App:
    """One process. `answers`: takes updates and handles them; `delivers`: sends notices and runs the clock."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        sandbox: "Sandbox | None" = None,
        traffic: Traffic | None = None,
        answers: bool = True,
        delivers: bool = True,
    ) -> None:
        self._settings = settings
        self._store = store
        self._sandbox = sandbox
        self._traffic = traffic
        self._answers = answers
        self._delivers = delivers
        self._token = sandbox.token if sandbox else settings.token
        self._limiter = Limiter(settings.limits)
        self._closer = DayCloser(store)
        self._ports = played_ports(store) if sandbox else Ports()
        self._parts = _Parts()
        self._public = ""
        self._inbox: Inbox | None = None
        self._messenger: Messenger | None = None

    @property
    def _api_base(self) -> str:
        return self._sandbox.base_url if self._sandbox else self._settings.api_base

    async def start(self) -> Opened:
        """Start every part of this process. On an error what was started is stopped again."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        try:
            return await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> Opened:
        if self._sandbox:
            await self._sandbox.start("127.0.0.1", self._settings.port)
            self._parts.stops.append(self._sandbox.stop)
        delivery = ptb_bot(self._token, self._api_base, self._limiter)
        await delivery.initialize()
        self._parts.stops.append(delivery.shutdown)
        name = delivery.username
        incidents = Incidents(self._store, delivery)
        if self._delivers:
            await self._start_delivery(delivery, incidents)
        web = await self._start_answering(incidents, name) if self._answers else None
        await self._store.run(_redraw_recent)
        return Opened(
            page=self._sandbox.base_url if self._sandbox else "",
            hooks=web.base_url if web else "",
            bot_name=name,
            owner_link=await self._owner_link(name) if self._answers else "",
        )

    async def _start_delivery(self, delivery: ExtBot[int], incidents: Incidents) -> None:
        messenger = Messenger(
            self._store, delivery, self._limiter, incidents, draw, card_seconds=self._settings.limits.card_seconds
        )
        self._messenger = messenger
        self._spawn(messenger.run(), "messenger", lambda: messenger.stop(_STOP_SECONDS))

        async def failed(job: str, error: Exception) -> None:
            if job == "report":
                await incidents.tell_owners(int(datetime.now(UTC).timestamp()), "report", job)

        clock = Clock(self._store, self._closer, self._woke, failed, self._ports)
        clock.start()

        async def stop_clock() -> None:
            clock.stop()

        self._parts.stops.append(stop_clock)

    async def _start_answering(self, incidents: Incidents, name: str) -> Web:
        bot, dispatcher = self._dispatcher(name)
        self._parts.stops.append(bot.session.close)

        async def feed(update: dict[str, object]) -> None:
            if membership.tells_of_chats(update):
                await self._store.run(membership.note, update)
            await dispatcher.feed_raw_update(bot, update)
            self._woke()

        async def give_up(number: int, update: Mapping[str, object]) -> None:
            if chat := chat_key(update):
                await incidents.tell_person(number, chat)
            await incidents.tell_owners(number, "update")

        inbox = Inbox(self._store, feed, give_up)
        self._inbox = inbox
        await inbox.start()
        self._parts.stops.append(lambda: inbox.stop(_STOP_SECONDS))
        return await self._open_doors(inbox)

    def _dispatcher(self, name: str) -> "tuple[Bot, Dispatcher]":
        from aiogram import Dispatcher

        from bot.clients import aiogram_bot
        from handlers.routers import routers
        from handlers.services import Services

        async def migrated(old: int, new: int) -> None:
            await self._store.run(membership.readdress, old, new)

        bot = aiogram_bot(self._token, self._api_base, self._limiter, migrated)
        services = Services(
            store=HandlerStore(self._store),
            import_file=Importer(self._store),
            close_day=self._closer,
            invite_link=lambda code: self._link(name, code),
            new_code=new_code,
            now=lambda: datetime.now(UTC),
            scan_page=self._scan_page,
        )
        dispatcher = Dispatcher()
        for router in routers(services):
            dispatcher.include_router(router)
        return bot, dispatcher

    async def _open_doors(self, inbox: Inbox) -> Web:
        """The web first, so that a webhook finds somebody; then Telegram."""
        settings = self._settings
        scan = ScanDoor(self._store, self._token, self._woke)
        web = Web(self._store, self._woke, inbox=inbox, webhook_secret=settings.webhook_secret, scan=scan)
        await web.start(settings.port if self._sandbox is None else settings.port and settings.port + 1)
        self._public = web.base_url if self._sandbox else settings.public_url
        self._parts.stops.append(web.stop)
        if self._traffic is not None:
            self._traffic.hooks = web.base_url
            self._parts.stops.append(self._traffic.stop)
        api = Api(self._api_base, self._token)
        self._parts.stops.append(api.close)
        if settings.webhook_url:
            await use_webhook(
                api, settings.webhook_url + webhook_path(settings.webhook_secret), settings.webhook_secret
            )
            return web
        await use_polling(api)
        poller = Poller(self._store, inbox, api)
        self._spawn(poller.run(), "poller", poller.confirm)
        return web

    def _spawn(self, work: Coroutine[None, None, None], name: str, stop: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(work, name=name)
        self._parts.tasks.append(task)

        async def end() -> None:
            task.cancel()
            await asyncio.wait({task})
            await stop()

        self._parts.stops.append(end)

    def _woke(self) -> None:
        if self._messenger is not None:
            self._messenger.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set or a part breaks; raises what broke it."""
        waiting = asyncio.create_task(stop.wait())
        watched: set[asyncio.Future[Any]] = {waiting, *self._parts.tasks}
        if self._inbox is not None:
            watched.add(self._inbox.broken)
        done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for part in done - {waiting}:
            part.result()

    async def stop(self) -> None:
        """In reverse order: intake first, then what handles, then what delivers, then the connections."""
        while self._parts.stops:
            try:
                await self._parts.stops.pop()()
            except Exception:
                log.exception("a part did not stop well")

    def _link(self, name: str, code: str) -> str:
        return f"/start {code}" if self._sandbox else f"https://t.me/{name}?start={code}"

    def _scan_page(self) -> str:
        return self._public + PATH if self._public else ""

    async def _owner_link(self, name: str) -> str:
        """A one-time link for the first owner, '' when there is one."""
        code = await self._store.run(_first_invitation)
        return self._link(name, code) if code else ""


def _first_invitation(desk: Desk) -> str:
    if desk.people.staff().with_role(frozenset({Role.OWNER})):
        return ""
    return staff.invite(desk, OPERATOR, (Role.OWNER,), "", new_code)[0]


def _redraw_recent(desk: Desk) -> None:
    """Taps made while we were down have expired: the newest cards are drawn again as their records are now. A list of
    what was found stays at the page its reader turned to."""
    desk.outbox.add(
        [
            Notice(row.kind, row.subject_id, row.chat_id, f"redraw:{row.kind}:{row.subject_id}", desk.now, redraw=True)
            for row in desk.cards.recent(_REDRAWN_AT_START)
            if row.kind is not NoticeKind.FOUND
        ]
    )
