"""What an invented buyer's doings look like as Shopify and WooCommerce tell them: payloads, and their signatures.

Surprising: these are the platforms' own JSON, so they go through the same door, reader and checks as real ones.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.intake.incoming import Platform
from domain.orders.catalog import Shop, Sku

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Buyer:
    """An invented person and address."""

    first: str
    last: str
    street: str
    city: str
    province: str
    country: str
    zip: str
    phone: str


BUYERS = (
    Buyer("Grace", "Miller", "12 Oak Street", "Portland", "OR", "US", "97201", "+15035550142"),
    Buyer("Omar", "Haddad", "5 Marina Walk", "Dubai", "DU", "AE", "00000", "+971505550117"),
    Buyer("Lena", "Schulz", "Lindenweg 8", "Hamburg", "HH", "DE", "20095", "+4915155501423"),
    Buyer("Oliver", "Wright", "3 Mill Lane", "Leeds", "LDS", "GB", "LS1 4AP", "+447700900142"),
    Buyer("Chloe", "Martin", "9 rue des Lilas", "Lyon", "ARA", "FR", "69003", "+33655501423"),
    Buyer("Noah", "Tremblay", "44 Maple Avenue", "Toronto", "ON", "CA", "M5V 2T6", "+14165550142"),
)


@dataclass(frozen=True, slots=True)
class Sale:
    """One invented order as it stands: `items` are (sku, units), prices in cents."""

    number: int
    buyer: Buyer
    items: tuple[tuple[Sku, int], ...]
    at: datetime
    message: str = ""
    cancelled: bool = False

    @property
    def cents(self) -> int:
        """What the buyer pays."""
        return sum(price(sku) * units for sku, units in self.items)

    def moved(self, street: str, at: datetime) -> "Sale":
        """The buyer wants it elsewhere."""
        return replace(self, buyer=replace(self.buyer, street=street), at=at)


def price(sku: Sku) -> int:
    """Cents abroad for a price in fen at home."""
    return max(199, sku.price // 6)


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def shopify_order(shop: Shop, sale: Sale) -> Json:
    """orders/create, orders/updated, orders/cancelled."""
    buyer, when = sale.buyer, sale.at.isoformat()
    lines = [
        {
            "id": sale.number * 10 + n,
            "title": sku.title,
            "quantity": units,
            "price": _money(price(sku)),
            "sku": sku.code,
        }
        for n, (sku, units) in enumerate(sale.items)
    ]
    address = {
        "name": f"{buyer.first} {buyer.last}",
        "address1": buyer.street,
        "city": buyer.city,
        "province_code": buyer.province,
        "country_code": buyer.country,
        "zip": buyer.zip,
        "phone": buyer.phone,
    }
    return {
        "id": sale.number,
        "name": f"#{sale.number}",
        "email": f"{buyer.first}.{sale.number}@example.com".lower(),
        "currency": shop.currency,
        "financial_status": "paid",
        "created_at": when,
        "processed_at": when,
        "updated_at": when,
        "cancelled_at": when if sale.cancelled else None,
        "note": sale.message,
        "total_line_items_price": _money(sale.cents),
        "total_price": _money(sale.cents),
        "total_tax": "0.00",
        "total_discounts": "0.00",
        "shipping_address": address,
        "line_items": lines,
    }


def shopify_refund(shop: Shop, order_id: str, cents: int, number: int, at: datetime) -> Json:
    """refunds/create of a whole order."""
    money = {
        "id": number,
        "kind": "refund",
        "status": "success",
        "amount": _money(cents),
        "currency": shop.currency,
    }
    return {
        "id": number,
        "order_id": int(order_id),
        "created_at": at.isoformat(),
        "note": "changed their mind",
        "refund_line_items": [],
        "transactions": [money],
    }


def woo_order(shop: Shop, sale: Sale) -> Json:
    """order.created, order.updated."""
    buyer, when = sale.buyer, sale.at.strftime("%Y-%m-%dT%H:%M:%S")
    lines = [
        {
            "id": sale.number * 10 + n,
            "name": sku.title,
            "quantity": units,
            "sku": sku.code,
            "price": price(sku) / 100,
            "subtotal": _money(price(sku) * units),
            "total": _money(price(sku) * units),
            "total_tax": "0.00",
        }
        for n, (sku, units) in enumerate(sale.items)
    ]
    address = {
        "first_name": buyer.first,
        "last_name": buyer.last,
        "address_1": buyer.street,
        "city": buyer.city,
        "state": buyer.province,
        "country": buyer.country,
        "postcode": buyer.zip,
        "phone": buyer.phone,
    }
    return {
        "id": sale.number,
        "number": str(sale.number),
        "order_key": f"wc_order_{sale.number}",
        "status": "cancelled" if sale.cancelled else "processing",
        "currency": shop.currency,
        "date_created_gmt": when,
        "date_modified_gmt": when,
        "date_paid_gmt": when,
        "customer_id": 0,
        "customer_note": sale.message,
        "shipping_total": "0.00",
        "discount_total": "0.00",
        "total_tax": "0.00",
        "total": _money(sale.cents),
        "billing": {**address, "email": f"{buyer.first}.{sale.number}@example.com".lower()},
        "shipping": address,
        "line_items": lines,
        "refunds": [],
    }


def order_call(shop: Shop, sale: Sale, news: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers; `news` is created, updated or cancelled."""
    if shop.platform is Platform.SHOPIFY:
        topic = {"created": "orders/create", "updated": "orders/updated", "cancelled": "orders/cancelled"}[news]
        return signed(shop, topic, shopify_order(shop, sale))
    return signed(shop, "order.created" if news == "created" else "order.updated", woo_order(shop, sale))


def signed(shop: Shop, topic: str, payload: Json) -> tuple[bytes, dict[str, str]]:
    """Body and headers as the platform sends them."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.new(shop.secret.encode(), body, hashlib.sha256).digest()).decode()
    shopify = shop.platform is Platform.SHOPIFY
    names = (
        ("X-Shopify-Topic", "X-Shopify-Hmac-Sha256") if shopify else ("X-WC-Webhook-Topic", "X-WC-Webhook-Signature")
    )
    return body, {names[0]: topic, names[1]: signature, "Content-Type": "application/json"}


def usable(shops: Sequence[Shop]) -> list[Shop]:
    """The shops that have a door of their own."""
    return [shop for shop in shops if shop.platform in (Platform.SHOPIFY, Platform.WOOCOMMERCE) and shop.secret]
