"""The doors for other servers: signed or nothing, and 200 only when it is in the store."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.inbox import Received
from bot.seed import seed_store
from bot.web import Web, webhook_path
from domain.intake.incoming import Platform
from domain.orders.catalog import Shop
from domain.stops.stop_desk import Verdict
from storage.store import Store
from tests.bot.test_inbox import message, pending

pytestmark = pytest.mark.anyio
SECRET = "s" * 24
ORDER = {
    "id": 450789469,
    "name": "#1001",
    "currency": "USD",
    "financial_status": "paid",
    "created_at": "2026-11-20T10:00:00-05:00",
    "processed_at": "2026-11-20T10:00:00-05:00",
    "updated_at": "2026-11-20T10:00:00-05:00",
    "subtotal_price": "10.00",
    "total_price": "10.00",
    "total_tax": "0.00",
    "total_discounts": "0.00",
    "line_items": [{"id": 1, "title": "Mug", "quantity": 1, "price": "10.00", "sku": "MUG-WHITE"}],
}


class Workers:
    """Remembers what it was offered."""

    def __init__(self) -> None:
        self.offered: list[int] = []

    def offer(self, batch: list[Received]) -> None:
        self.offered += [received.id for received in batch]


class Door:
    """A running web, a caller, and what it woke."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.workers = Workers()
        self.woken = 0
        self.web = Web(store, self._wake, inbox=self.workers, webhook_secret=SECRET)
        self.shop = next(
            shop
            for shop in store.read_now(lambda unit: unit.catalog).shops.values()
            if shop.platform is Platform.SHOPIFY
        )

    def _wake(self) -> None:
        self.woken += 1

    async def call(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> int:
        async with httpx.AsyncClient(base_url=self.web.base_url, trust_env=False, verify=False) as http:
            return (await http.post(path, content=body, headers=headers)).status_code

    async def told(self, topic: str, body: object, secret: str | None = None) -> int:
        """A Shopify webhook, signed."""
        raw = json.dumps(body).encode()
        key = (secret or self.shop.secret).encode()
        signature = base64.b64encode(hmac.new(key, raw, hashlib.sha256).digest()).decode()
        headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature}
        return await self.call(f"/hooks/{self.shop.id}", raw, headers)

    def orders(self) -> list[str]:
        return sorted(self.store.read_now(lambda unit: unit.orders.by_number(self.shop.id, ["#1001"])))


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    store = Store(f"sqlite:///{tmp_path / 'xiaoer.db'}")
    store.run_now(seed_store)
    made = Door(store)
    await made.web.start(0)
    yield made
    await made.web.stop()
    store.close()


async def test_a_signed_order_goes_in_once(door: Door) -> None:
    assert await door.told("orders/create", ORDER) == 200
    assert await door.told("orders/create", ORDER) == 200
    assert door.orders() == ["#1001"]
    assert door.woken == 2


async def test_an_unsigned_order_is_refused(door: Door) -> None:
    assert await door.told("orders/create", ORDER, "guessed") == 401
    assert door.orders() == []


async def test_an_unknown_shop_and_an_unreadable_body(door: Door) -> None:
    assert await door.call("/hooks/99", b"{}") == 404
    assert await door.told("orders/create", [1]) == 400
    assert door.orders() == []


async def test_a_refund_before_its_order_waits_for_it_and_is_answered(door: Door) -> None:
    refund = {
        "id": 9,
        "order_id": ORDER["id"],
        "created_at": "2026-11-20T11:00:00-05:00",
        "refund_line_items": [],
        "transactions": [{"id": 3, "kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}],
    }
    assert await door.told("refunds/create", refund) == 200
    asked = door.store.read_now(lambda unit: unit.replies.of(door.shop.id, ["9"]))["9"]
    assert (asked.verdict, asked.order_id, asked.next_at) == (Verdict.NOT_SYNCED, None, asked.decided_at)
    assert await door.told("orders/create", ORDER) == 200
    assert await door.told("refunds/create", refund) == 200
    order = door.store.read_now(lambda unit: unit.orders.by_number(door.shop.id, ["#1001"]))["#1001"]
    refunds = door.store.read_now(lambda unit: unit.refunds.of_order(order.id))
    assert [found.amount for found in refunds] == [1000]
    reply = door.store.read_now(lambda unit: unit.replies.of(door.shop.id, ["9"]))["9"]
    assert (reply.verdict, reply.order_id) == (Verdict.SUCCESS, order.id)


async def test_a_deleted_order_is_held(door: Door) -> None:
    await door.told("orders/create", ORDER)
    assert await door.told("orders/delete", {"id": ORDER["id"]}) == 200
    order = door.store.read_now(lambda unit: unit.orders.by_number(door.shop.id, ["#1001"]))["#1001"]
    assert "REFUND_REQ" in {hold.code for hold in order.holds if hold.open}


async def test_the_woocommerce_greeting_is_answered(door: Door) -> None:
    shops = door.store.read_now(lambda unit: unit.catalog).shops.values()
    woo: Shop = next(shop for shop in shops if shop.platform is Platform.WOOCOMMERCE)
    assert await door.call(f"/hooks/{woo.id}", b"webhook_id=12") == 200


async def test_telegrams_updates_need_the_secret_and_are_kept_before_the_answer(door: Door) -> None:
    path, body = webhook_path(SECRET), json.dumps(message(5, 7)).encode()
    header = "X-Telegram-Bot-Api-Secret-Token"
    assert await door.call(path, body) == 401
    assert await door.call(path, body, {header: "x" * 24}) == 401
    assert await pending(door.store) == []
    assert await door.call(path, body, {header: SECRET}) == 200
    assert await door.call(path, body, {header: SECRET}) == 200
    assert await door.call(path, b"not json", {header: SECRET}) == 400
    assert await pending(door.store) == [5]
    assert door.workers.offered == [5]


async def test_health_reads_the_store(door: Door) -> None:
    async with httpx.AsyncClient(base_url=door.web.base_url, trust_env=False, verify=False) as http:
        answer = await http.get("/healthz")
    assert answer.json() == {"ok": True, "notices": {"waiting": 0, "sent": 0, "dropped": 0, "parked": 0}}
