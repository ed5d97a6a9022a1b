"""Who may talk to the sandbox: this machine, and no other web site that a browser here has open.

A page elsewhere could point its own name at 127.0.0.1, or post blindly to this port; the Host, Origin and
Sec-Fetch-Site headers tell such requests apart. Refusals of the control API become JSON here.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.sandbox.errors import ControlError
from bot.sandbox.shapes import JsonObject
from bot.sandbox.world import World

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FOREIGN = {"cross-site", "same-site"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refuse(status: int, reason: str, details: JsonObject | None = None) -> web.Response:
    """`{"error": reason}` and what else is known."""
    return web.json_response({"error": reason} | (details or {}), status=status)


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for a Host that is not loopback and for requests another site has made."""
    if _host_of(f"//{request.host}") not in LOOPBACK:
        return refuse(403, "the sandbox answers to loopback names only")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return refuse(403, "requests from another site are refused")
    opens_page = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if request.headers.get("Sec-Fetch-Site") in _FOREIGN and not (opens_page and request.path == "/"):
        return refuse(403, "requests from another site are refused")
    return await handler(request)


def settle(world: World) -> Middleware:
    """A middleware that journals what a request changed before its answer leaves, and words its refusal."""

    @web.middleware
    async def settled(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ControlError as error:
            return refuse(error.status, str(error), error.details)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return refuse(error.status, error.reason)
        finally:
            world.commit()

    return settled


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
