"""The doors for payloads: webhooks of WooCommerce and Shopify, verified over the raw bytes and read.

Surprising: WooCommerce greets a new webhook with an unsigned form body (`webhook_id=N`), so ask `is_ping` before
`signature_ok`; and a body tells the order as it is at delivery, in no promised order, so compare `updated_at`.
Rule source: formats.md 2.1, 2.2; woocommerce.md.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from channels import shopify_json, woocommerce
from channels.nodes import Node, needed, parse
from channels.reasons import Reason, Refused, Unreadable
from domain.intake.incoming import IncomingOrder, IncomingRefund, Platform

_SIGNATURE_HEADERS = {
    Platform.WOOCOMMERCE: "x-wc-webhook-signature",
    Platform.SHOPIFY: "x-shopify-hmac-sha256",
}
_TOPIC_HEADERS = {Platform.WOOCOMMERCE: "x-wc-webhook-topic", Platform.SHOPIFY: "x-shopify-topic"}
_WOO_ORDERS = frozenset({"order.created", "order.updated", "order.restored"})
_NO_SHOPIFY_ORDER = frozenset({"orders/edited"})  # tells the edit, not the order; orders/updated follows


@dataclass(frozen=True, slots=True)
class IncomingRefundNotice:
    """A refund told by itself. The order is known by the platform's inner id (`IncomingOrder.external_id`)."""

    platform: Platform
    order_external_id: str
    currency: str
    refund: IncomingRefund


@dataclass(frozen=True, slots=True)
class IncomingDeletion:
    """The platform deleted an order; nothing but its inner id (`IncomingOrder.external_id`) is told."""

    platform: Platform
    order_external_id: str


Payload = IncomingOrder | IncomingRefundNotice | IncomingDeletion


def topic(platform: Platform, headers: Mapping[str, str]) -> str:
    """The webhook's topic, "" when there is none. Header names in any case."""
    return _header(headers, _TOPIC_HEADERS.get(platform, ""))


def is_ping(platform: Platform, body: bytes) -> bool:
    """Whether this is WooCommerce's unsigned greeting: to be answered 200 and forgotten."""
    return platform == Platform.WOOCOMMERCE and body.startswith(b"webhook_id=") and body[11:].isdigit()


def signature_ok(platform: Platform, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether the body was signed with `secret`, compared in constant time. False for a platform without a
    webhook door, without a signature header or without a secret."""
    given = _header(headers, _SIGNATURE_HEADERS.get(platform, ""))
    if not given or not secret:
        return False
    wanted = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, given.encode("utf-8", "replace"))


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value.strip() for key, value in headers.items() if name and key.lower() == name), "")


def payload(platform: Platform, topic: str, body: bytes, *, zone: ZoneInfo) -> Payload | None:
    """What a verified payload tells; None when it is nothing to us (a ping, another topic). `zone` is the shop's,
    for times without offset. Raises Unreadable when the body is not what its topic promises."""
    if is_ping(platform, body):
        return None
    try:
        if platform == Platform.WOOCOMMERCE:
            return _woocommerce(topic.lower(), body, zone)
        if platform == Platform.SHOPIFY:
            return _shopify(topic.lower(), body)
    except Refused as refusal:
        raise Unreadable(refusal.reason, refusal.facts) from None
    return None


def _woocommerce(topic: str, body: bytes, zone: ZoneInfo) -> Payload | None:
    if topic == "order.deleted":
        return IncomingDeletion(Platform.WOOCOMMERCE, needed(Node(parse(body)), "id"))
    if topic not in _WOO_ORDERS:
        return None
    value = parse(body)
    if not woocommerce.is_order(Node(value)):
        raise Refused(Reason.NOT_AN_ORDER)
    return woocommerce.order(value, 0, zone)


def _shopify(topic: str, body: bytes) -> Payload | None:
    if topic == "refunds/create":
        return _shopify_refund(Node(parse(body)))
    if topic == "orders/delete":
        return IncomingDeletion(Platform.SHOPIFY, needed(Node(parse(body)), "id"))
    if not topic.startswith("orders/") or topic in _NO_SHOPIFY_ORDER:
        return None
    value = parse(body)
    if not shopify_json.is_order(Node(value)):
        raise Refused(Reason.NOT_AN_ORDER)
    return shopify_json.order(value, 0)


def _shopify_refund(node: Node) -> IncomingRefundNotice:
    code = shopify_json.refund_currency(node)
    order_id = needed(node, "order_id")
    return IncomingRefundNotice(Platform.SHOPIFY, order_id, code, shopify_json.refund(node, code))
