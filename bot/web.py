"""The doors for others: Telegram's webhook, the shops' webhooks, the scan page, a health check. On loopback only.

Surprising: 200 means "committed". Whoever calls keeps the payload until then and calls again after anything else.
Put a TLS proxy in front; nothing here trusts the caller without a signature or secret.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from aiohttp import web

import channels
from bot.ingress import Workers, accept
from bot.scan_door import ScanDoor
from domain.desk import Desk
from domain.intake import intake
from domain.intake.incoming import IncomingOrder, IncomingRefund, RefundState
from domain.orders.catalog import Shop
from domain.people.people import SHOP
from domain.stops import feeds
from storage.store import Store

log = logging.getLogger(__name__)
_LARGEST = 8 * 1024 * 1024
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105


def webhook_path(secret: str) -> str:
    """Where Telegram calls: a path nobody guesses, without telling the secret itself."""
    return f"/telegram/{hashlib.sha256(secret.encode()).hexdigest()[:32]}"


def take_payload(desk: Desk, shop: Shop, payload: channels.Payload | None) -> None:
    """Carry out what a shop told; None is a call about nothing of ours, a sign of life all the same. A refund of an
    order we do not know yet waits for it."""
    actor = replace(SHOP, name=shop.name)
    if payload is None:
        feeds.heard_from(desk, actor, shop.id)
    elif isinstance(payload, IncomingOrder):
        intake.receive(desk, actor, shop.id, [payload])
    elif isinstance(payload, channels.IncomingRefundNotice):
        intake.refund_told(desk, actor, shop.id, payload.order_external_id, payload.refund)
    elif (order := desk.orders.by_external_id(shop.id, payload.order_external_id)) is not None:
        gone = IncomingRefund(f"{order.number}:deleted", RefundState.REQUESTED, order.paid - order.refunded)
        intake.refund_told(desk, actor, shop.id, order.number, gone)


class Web:
    """`woke` is called after work that may have left notices. Without `inbox` there is no Telegram door, without `scan`
    no scan page."""

    def __init__(
        self,
        store: Store,
        woke: Callable[[], None],
        *,
        inbox: Workers | None = None,
        webhook_secret: str = "",
        scan: ScanDoor | None = None,
    ) -> None:
        self._store = store
        self._woke = woke
        self._inbox = inbox
        self._secret = webhook_secret
        self._scan = scan
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    def app(self) -> web.Application:
        """The web application."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_get("/healthz", self._health)
        app.router.add_post(r"/hooks/{shop:\d{1,9}}", self._hook)
        if self._inbox is not None and self._secret:
            app.router.add_post(webhook_path(self._secret), self._telegram)
        if self._scan is not None:
            app.add_routes(self._scan.routes())
        return app

    async def start(self, port: int) -> None:
        """Listen on loopback; port 0 takes a free one, see `base_url`. Raises OSError when it is taken."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=5)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Finish running requests, close."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _health(self, request: web.Request) -> web.Response:
        """Reads the store, so it is not healthy when the store is not."""
        counts = await self._store.read(lambda unit: dict(unit.deliveries.counts()))
        return web.json_response({"ok": True, "notices": counts})

    async def _telegram(self, request: web.Request) -> web.Response:
        assert self._inbox is not None
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return web.Response(status=401)
        try:
            update = json.loads(await request.read())
        except (json.JSONDecodeError, UnicodeDecodeError):
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        await accept(self._store, self._inbox, [update])
        return web.Response()

    async def _hook(self, request: web.Request) -> web.Response:
        """401 unsigned, 404 no such shop, 400 unreadable, else 200."""
        shop = await self._store.read(_shop, int(request.match_info["shop"]))
        if shop is None:
            return web.Response(status=404)
        body = await request.read()
        if channels.is_ping(shop.platform, body):
            return web.Response()
        if not channels.signature_ok(shop.platform, request.headers, body, shop.secret):
            log.warning("shop %d: a call without a good signature", shop.id)
            return web.Response(status=401)
        topic = channels.topic(shop.platform, request.headers)
        try:
            payload = channels.payload(shop.platform, topic, body, zone=ZoneInfo(shop.zone))
        except channels.Unreadable as refusal:
            log.warning("shop %d: %s is unreadable: %s", shop.id, topic, refusal.code)
            return web.json_response({"error": refusal.code}, status=400)
        await self._store.run(take_payload, shop, payload)
        self._woke()
        return web.Response()


def _shop(desk: Desk, shop_id: int) -> Shop | None:
    return desk.catalog.shops.get(shop_id)
