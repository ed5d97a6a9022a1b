"""The control API's tools: faults, the log of calls, the stream of events, the traffic switch, and the page itself."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from aiohttp import web

from bot.sandbox.api import BotApi
from bot.sandbox.control import read_fields
from bot.sandbox.errors import ControlError
from bot.sandbox.events import Events
from bot.sandbox.wire import as_integer
from bot.sandbox.world import World

PAGE = Path(__file__).parent / "page"
_QUIET_SECONDS = 15.0
_PAGE_HEADERS = {
    "Content-Security-Policy": ("default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; frame-src 'self'"),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Traffic(Protocol):
    """The host's traffic maker: told whether to run, it answers whether it runs; None only asks."""

    async def __call__(self, wanted: bool | None) -> bool: ...


class ToolControl:
    """Routes for tests and the page that are about no chat."""

    def __init__(self, world: World, api: BotApi, traffic: Traffic | None) -> None:
        self._world = world
        self._events: Events = world.events
        self._api = api
        self._traffic = traffic

    def routes(self) -> list[web.AbstractRouteDef]:
        """The routes to add to the application."""
        return [
            web.get("/sandbox/faults", self._faults),
            web.post("/sandbox/faults", self._add_fault),
            web.delete("/sandbox/faults", self._clear_faults),
            web.get("/sandbox/calls", self._calls),
            web.get("/sandbox/events", self._stream),
            web.get("/sandbox/traffic", self._get_traffic),
            web.post("/sandbox/traffic", self._set_traffic),
            web.get("/", self._index),
            web.get("/page/{name}", self._page_file),
        ]

    async def _faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._api.faults.list())

    async def _add_fault(self, request: web.Request) -> web.Response:
        fault = self._api.faults.add(await read_fields(request))
        self._events.publish("faults")
        return web.json_response(fault, status=201)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._api.faults.clear()
        self._events.publish("faults")
        return web.json_response([])

    async def _calls(self, request: web.Request) -> web.Response:
        after = as_integer(request.query.get("after", "0"))
        if after is None:
            raise ControlError(400, "after must be a number")
        return web.json_response([call for call in self._api.calls if _number(call["n"]) > after])

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        after = as_integer(request.headers.get("Last-Event-ID", request.query.get("after", "")))
        try:
            async for text in self._events.read(after, _QUIET_SECONDS):
                await response.write(text.encode("utf-8", "replace"))
        except ConnectionResetError:
            # The reader has gone; there is nobody to tell.
            return response
        return response

    async def _get_traffic(self, request: web.Request) -> web.Response:
        return web.json_response({"on": await self._ask_traffic(None)})

    async def _set_traffic(self, request: web.Request) -> web.Response:
        wanted = (await read_fields(request)).get("on")
        if not isinstance(wanted, bool):
            raise ControlError(400, "on must be true or false")
        running = await self._ask_traffic(wanted)
        self._events.publish("traffic", message={"on": running})
        return web.json_response({"on": running})

    async def _ask_traffic(self, wanted: bool | None) -> bool:
        if self._traffic is None:
            raise ControlError(409, "no traffic maker runs beside this sandbox")
        return await self._traffic(wanted)

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return _page("index.html")

    async def _page_file(self, request: web.Request) -> web.StreamResponse:
        return _page(request.match_info["name"])


def _page(name: str) -> web.StreamResponse:
    """A file of the page by name; names are looked up in a listing, so none can lead elsewhere."""
    files = {path.name: path for path in PAGE.iterdir() if path.is_file()}
    if name not in files:
        raise ControlError(404, "no such page")
    return web.FileResponse(files[name], headers=_PAGE_HEADERS)


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
