"""The traffic maker plays the shops: orders, edits, cancellations and refunds at the worst moments, as signed
webhooks through the same door real shops use.

Surprising: it knows nothing of our store. Like a platform, it only remembers what it sold, so a refund may well
come while the parcel is on the scale.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from domain.catalog import Shop, Sku
from domain.incoming import Platform
from domain.money import from_minor

log = logging.getLogger(__name__)
_REMEMBERED = 200
PEOPLE = (
    ("Emma", "Schmidt", "DE", "Berlin", "Torstr. 12", "10119", "+49 30 5550101"),
    ("Léa", "Martin", "FR", "Lyon", "8 rue Mercière", "69002", "+33 4 55501020"),
    ("Olivia", "Brown", "GB", "Leeds", "4 Park Row", "LS1 5HN", "+44 113 4960123"),
    ("Liam", "Johnson", "US", "Austin", "601 Congress Ave", "78701", "+1 512 555 0142"),
    ("Mia", "Tan", "SG", "Singapore", "1 Raffles Place", "048616", "+65 5550 0199"),
)
MESSAGES = ("", "", "", "", "Please pack as a gift", "Leave at the door")


@dataclass(slots=True)
class Sold:
    """An order as its platform has it: the payload itself, changed and told again."""

    shop: Shop
    body: dict[str, Any]
    refunded: bool = False


@dataclass(slots=True)
class Traffic:
    """`hooks` gives the base address of the doors; `pace` is seconds between two events on the average."""

    shops: Sequence[Shop]
    skus: Sequence[Sku]
    hooks: Callable[[], str]
    dice: random.Random = field(default_factory=random.Random)
    pace: float = 4.0
    sold: list[Sold] = field(default_factory=list)
    told: int = 0
    failed: int = 0
    _task: asyncio.Task[None] | None = None

    async def __call__(self, wanted: bool | None) -> bool:
        """Switch on or off, or only ask; answers whether it runs."""
        running = self._task is not None and not self._task.done()
        if wanted is True and not running:
            self._task = asyncio.create_task(self.run(), name="traffic")
            return True
        if wanted is False and running and self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            return False
        return running

    async def run(self, events: int | None = None) -> None:
        """Tell `events` of them (None: until cancelled)."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            while events is None or self.told + self.failed < events:
                await self.tell(client, *self.next_event())
                await asyncio.sleep(self.dice.expovariate(1 / self.pace) if self.pace else 0)

    def next_event(self) -> tuple[Shop, str, dict[str, Any]]:
        """What happens next: (shop, topic, payload)."""
        live = [sold for sold in self.sold if not sold.refunded]
        roll = self.dice.random()
        if not live or roll < 0.65:
            return self._new_order(self.dice.choice([s for s in self.shops if s.platform in MAKERS]))
        sold = self.dice.choice(live)
        if roll < 0.75:
            return self._edited(sold)
        return self._refunded(sold) if roll < 0.95 else self._cancelled(sold)

    def _new_order(self, shop: Shop) -> tuple[Shop, str, dict[str, Any]]:
        goods = [
            (sku, self.dice.choice((1, 1, 1, 2, 3)))
            for sku in self.dice.sample(list(self.skus), k=self.dice.choice((1, 1, 2)))
        ]
        body = MAKERS[shop.platform](self.dice, shop, goods)
        self.sold = [*self.sold[-_REMEMBERED:], Sold(shop, body)]
        return shop, "order.created" if shop.platform is Platform.WOOCOMMERCE else "orders/create", body

    def _again(self, sold: Sold) -> tuple[Shop, str, dict[str, Any]]:
        woo = sold.shop.platform is Platform.WOOCOMMERCE
        now = datetime.now(UTC)
        sold.body |= {"date_modified_gmt": f"{now:%Y-%m-%dT%H:%M:%S}"} if woo else {"updated_at": now.isoformat()}
        return sold.shop, "order.updated" if woo else "orders/updated", sold.body

    def _edited(self, sold: Sold) -> tuple[Shop, str, dict[str, Any]]:
        """The buyer moves house, or has something to say."""
        woo = sold.shop.platform is Platform.WOOCOMMERCE
        address = sold.body["shipping" if woo else "shipping_address"]
        address["address_1" if woo else "address1"] = f"{self.dice.randint(1, 99)} New Street"
        return self._again(sold)

    def _refunded(self, sold: Sold) -> tuple[Shop, str, dict[str, Any]]:
        sold.refunded = True
        number = self.dice.randrange(10**8, 10**9)
        if sold.shop.platform is Platform.WOOCOMMERCE:
            sold.body["refunds"] = [{"id": number, "reason": "changed my mind", "total": f"-{sold.body['total']}"}]
            sold.body["status"] = "refunded"
            return self._again(sold)
        total = sold.body["total_price"]
        paid_back = {"id": number + 1, "kind": "refund", "status": "success", "amount": total}
        refund = {
            "id": number,
            "order_id": sold.body["id"],
            "created_at": datetime.now(UTC).isoformat(),
            "note": "changed my mind",
            "refund_line_items": [],
            "transactions": [{**paid_back, "currency": sold.body["currency"]}],
        }
        return sold.shop, "refunds/create", refund

    def _cancelled(self, sold: Sold) -> tuple[Shop, str, dict[str, Any]]:
        sold.refunded = True
        if sold.shop.platform is Platform.WOOCOMMERCE:
            sold.body["status"] = "cancelled"
            return self._again(sold)
        sold.body |= {"cancelled_at": datetime.now(UTC).isoformat(), "cancel_reason": "customer"}
        shop, _, body = self._again(sold)
        return shop, "orders/cancelled", body

    async def tell(self, client: httpx.AsyncClient, shop: Shop, topic: str, body: Mapping[str, Any]) -> None:
        """POST one event, signed as the platform signs. A refused or unreachable door is counted and logged."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        signature = base64.b64encode(hmac.new(shop.secret.encode(), raw, hashlib.sha256).digest()).decode()
        names = ("X-WC-Webhook-Topic", "X-WC-Webhook-Signature")
        if shop.platform is Platform.SHOPIFY:
            names = ("X-Shopify-Topic", "X-Shopify-Hmac-Sha256")
        headers = {names[0]: topic, names[1]: signature, "Content-Type": "application/json"}
        try:
            answer = await client.post(f"{self.hooks()}/hooks/{shop.id}", content=raw, headers=headers)
            answer.raise_for_status()
            self.told += 1
        except httpx.HTTPError as error:
            self.failed += 1
            log.warning("traffic: %s to shop %d: %s", topic, shop.id, type(error).__name__)


def woo_order(dice: random.Random, shop: Shop, goods: Sequence[tuple[Sku, int]]) -> dict[str, Any]:
    """A paid WooCommerce order, as its REST API tells it."""
    first, last, country, city, street, zip_code, phone = dice.choice(PEOPLE)
    number = dice.randrange(10**6, 10**7)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    address = {"first_name": first, "last_name": last, "company": "", "address_1": street, "address_2": ""}
    address |= {"city": city, "state": "", "postcode": zip_code, "country": country, "phone": phone}
    prices = [(sku, units, from_minor(sku.price // 8 * units, shop.currency)) for sku, units in goods]
    lines = [
        {"id": number * 10 + n, "name": sku.title, "sku": sku.code, "quantity": units, "total": str(total)}
        | {"subtotal": str(total), "total_tax": "0.00", "price": float(total / units), "meta_data": []}
        for n, (sku, units, total) in enumerate(prices)
    ]
    total = sum((price for _, _, price in prices), start=from_minor(0, shop.currency))
    return {
        "id": number,
        "number": str(number),
        "status": "processing",
        "currency": shop.currency,
        "date_created_gmt": now,
        "date_modified_gmt": now,
        "date_paid_gmt": now,
        "discount_total": "0.00",
        "shipping_total": "0.00",
        "total_tax": "0.00",
        "total": str(total),
        "customer_id": dice.randrange(1, 5000),
        "customer_note": dice.choice(MESSAGES),
        "billing": {**address, "email": f"{first.lower()}@example.com"},
        "shipping": address,
        "line_items": lines,
        "shipping_lines": [],
        "fee_lines": [],
        "refunds": [],
        "meta_data": [],
    }


def shopify_order(dice: random.Random, shop: Shop, goods: Sequence[tuple[Sku, int]]) -> dict[str, Any]:
    """A paid Shopify order, as its webhook tells it."""
    first, last, country, city, street, zip_code, phone = dice.choice(PEOPLE)
    number = dice.randrange(10**12, 10**13)
    now = datetime.now(UTC).isoformat()
    prices = [(sku, units, from_minor(sku.price // 7, shop.currency)) for sku, units in goods]
    lines = [
        {"id": number * 10 + n, "title": sku.title, "name": sku.title, "sku": sku.code, "quantity": units}
        | {"price": str(price), "total_discount": "0.00", "grams": sku.weight_g, "properties": []}
        for n, (sku, units, price) in enumerate(prices)
    ]
    total = str(sum((price * units for _, units, price in prices), start=from_minor(0, shop.currency)))
    address = {"first_name": first, "last_name": last, "name": f"{first} {last}", "address1": street, "address2": None}
    address |= {"city": city, "province": None, "zip": zip_code, "country_code": country, "phone": phone}
    return {
        "id": number,
        "name": f"#{number % 10**7}",
        "created_at": now,
        "updated_at": now,
        "processed_at": now,
        "cancelled_at": None,
        "currency": shop.currency,
        "financial_status": "paid",
        "fulfillment_status": None,
        "total_price": total,
        "subtotal_price": total,
        "total_tax": "0.00",
        "total_discounts": "0.00",
        "note": dice.choice(MESSAGES) or None,
        "customer": {"id": dice.randrange(10**9, 10**10)},
        "line_items": lines,
        "shipping_address": address,
        "billing_address": address,
        "refunds": [],
    }


MAKERS: Mapping[Platform, Callable[[random.Random, Shop, Sequence[tuple[Sku, int]]], dict[str, Any]]] = {
    Platform.WOOCOMMERCE: woo_order,
    Platform.SHOPIFY: shopify_order,
}
