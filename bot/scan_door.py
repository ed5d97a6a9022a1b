"""The scan page's door: the page itself, and its calls, each of them signed by Telegram.

Surprising: a call may bring several jobs (a phone was offline), but each is a transaction of its own and they are done
in the order in which they were scanned. The scripts come from here alone, so the page works where telegram.org is slow.
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.mini_app import Unsigned, opened_by
from domain.desk import Desk
from domain.errors import NotAllowed, Refusal
from handlers.floor.scan_page import BadJob, Job, caller, carry_out, opened, read_job, refused
from storage.store import Store

log = logging.getLogger(__name__)
PATH = "/scan/"
PAGE = Path(__file__).parent / "scan_page"
MOST_JOBS = 20
_LARGEST = 64 * 1024
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "frame-ancestors 'self' https://web.telegram.org https://*.telegram.org"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def utc_now() -> datetime:
    """The clock when nobody brings one."""
    return datetime.now(UTC)


class ScanDoor:
    """Routes under /scan/. `woke` is called after work that may have left notices."""

    def __init__(
        self, store: Store, token: str, woke: Callable[[], None], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._store = store
        self._token = token
        self._woke = woke
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """The routes to add to the application."""
        return [
            web.get(PATH, self._file),
            web.get(PATH + r"{name:[a-z]+\.(?:js|css)}", self._file),
            web.post(PATH + "open", self._open),
            web.post(PATH + "jobs", self._jobs),
        ]

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = PAGE / request.match_info.get("name", "index.html")
        if not path.is_file():
            raise web.HTTPNotFound
        kind = f"{_TYPES[path.suffix]}; charset=utf-8"
        return web.FileResponse(path, headers={**_HEADERS, "Content-Type": kind})

    async def _caller(self, request: web.Request) -> int:
        """The Telegram id behind the signature. 401 with why."""
        scheme, _, told = request.headers.get("Authorization", "").partition(" ")
        hours = await self._store.glance(_page_hours)
        try:
            return opened_by(told if scheme == "tma" else "", self._token, self._now(), timedelta(hours=hours))
        except Unsigned as refusal:
            log.info("the scan page was called with %s launch data", refusal.why)
            raise web.HTTPUnauthorized(text=json.dumps({"error": refusal.why})) from refusal

    async def _open(self, request: web.Request) -> web.Response:
        telegram_id = await self._caller(request)
        told = await _body(request)
        try:
            found = await self._store.run(opened, telegram_id, str(told.get("language", "")))
        except NotAllowed:
            return web.json_response({"error": "refused"}, status=403)
        return web.json_response(found, dumps=_dumps)

    async def _jobs(self, request: web.Request) -> web.Response:
        telegram_id = await self._caller(request)
        told = await _body(request)
        language, raws = str(told.get("language", "")), told.get("jobs")
        if not isinstance(raws, list) or not 0 < len(raws) <= MOST_JOBS:
            return web.json_response({"error": "jobs"}, status=400)
        try:
            jobs = [read_job(raw) for raw in raws]
            await self._store.glance(caller, telegram_id, language)
        except BadJob as error:
            return web.json_response({"error": str(error)}, status=400)
        except NotAllowed:
            return web.json_response({"error": "refused"}, status=403)
        answers = [await self._done(telegram_id, job, language) for job in jobs]
        self._woke()
        return web.Response(text=f'{{"answers": [{", ".join(answers)}]}}', content_type="application/json")

    async def _done(self, telegram_id: int, job: Job, language: str) -> str:
        try:
            return await self._store.run(carry_out, telegram_id, job, language)
        except Refusal as refusal:
            _, words = await self._store.glance(caller, telegram_id, language)
            return refused(job, refusal, words)


def _page_hours(desk: Desk) -> int:
    return desk.policy.scanning.page_hours


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


async def _body(request: web.Request) -> dict[str, object]:
    """The call's JSON object. 400 or 413."""
    raw = await request.read()
    if len(raw) > _LARGEST:
        raise web.HTTPRequestEntityTooLarge(_LARGEST, len(raw))
    try:
        value = json.loads(raw)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise web.HTTPBadRequest(text='{"error": "json"}')
    return value
