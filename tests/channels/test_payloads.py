"""Webhook doors: who signed, and what was told."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

import channels
from channels.reasons import Reason
from domain.intake.incoming import IncomingOrder, IncomingRefund, Platform, PlatformState, RefundState
from tests.channels.making import SHANGHAI
from tests.channels.test_json_orders import SHOPIFY, WOO

SECRET = "local-secret"
WOO_HEADER = "X-WC-Webhook-Signature"
SHOPIFY_HEADER = "X-Shopify-Hmac-Sha256"


def sign(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def tell(platform: Platform, topic: str, value: object) -> channels.Payload | None:
    return channels.payload(platform, topic, json.dumps(value).encode(), zone=SHANGHAI)


@pytest.mark.parametrize(
    ("platform", "header"), [(Platform.WOOCOMMERCE, WOO_HEADER), (Platform.SHOPIFY, SHOPIFY_HEADER)]
)
def test_signature_is_over_the_raw_bytes(platform: Platform, header: str) -> None:
    body = b'{"id": 1,  "a":"\xc3\xa9"}'
    assert channels.signature_ok(platform, {header: sign(body)}, body, SECRET)
    assert channels.signature_ok(platform, {header.lower(): sign(body)}, body, SECRET)
    assert not channels.signature_ok(platform, {header: sign(body)}, body + b" ", SECRET)
    assert not channels.signature_ok(platform, {header: sign(body)}, body, "other")
    assert not channels.signature_ok(platform, {header: "é\ud800"}, body, SECRET)
    assert not channels.signature_ok(platform, {}, body, SECRET)


def test_no_secret_no_door_no_trust() -> None:
    assert not channels.signature_ok(Platform.WOOCOMMERCE, {WOO_HEADER: sign(b"x", "")}, b"x", "")
    assert not channels.signature_ok(Platform.TAOBAO, {WOO_HEADER: sign(b"x")}, b"x", SECRET)
    assert not channels.signature_ok(Platform.SHOPIFY, {WOO_HEADER: sign(b"x")}, b"x", SECRET)


def test_topic_header() -> None:
    assert channels.topic(Platform.WOOCOMMERCE, {"x-wc-webhook-topic": "order.created"}) == "order.created"
    assert channels.topic(Platform.SHOPIFY, {"X-Shopify-Topic": "orders/create"}) == "orders/create"
    assert channels.topic(Platform.TAOBAO, {"X-Shopify-Topic": "orders/create"}) == ""


def test_ping_is_nothing() -> None:
    assert channels.is_ping(Platform.WOOCOMMERCE, b"webhook_id=1")
    assert not channels.is_ping(Platform.SHOPIFY, b"webhook_id=1")
    assert not channels.is_ping(Platform.WOOCOMMERCE, b"webhook_id=1&order=2")
    assert channels.payload(Platform.WOOCOMMERCE, "order.created", b"webhook_id=1", zone=SHANGHAI) is None


@pytest.mark.parametrize("topic", ["order.created", "order.updated", "order.restored"])
def test_woocommerce_order(topic: str) -> None:
    order = tell(Platform.WOOCOMMERCE, topic, WOO)
    assert isinstance(order, IncomingOrder)
    assert (order.number, order.row, order.state) == ("W-258", 0, PlatformState.PAID)


def test_woocommerce_deletion_names_the_inner_id() -> None:
    gone = tell(Platform.WOOCOMMERCE, "order.deleted", {"id": 262})
    assert gone == channels.IncomingDeletion(Platform.WOOCOMMERCE, "262")


@pytest.mark.parametrize("topic", ["action.woocommerce_order_refunded", "product.updated", ""])
def test_other_woocommerce_topics_are_nothing(topic: str) -> None:
    assert tell(Platform.WOOCOMMERCE, topic, {"arg": 258}) is None


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated", "orders/cancelled", "orders/paid"])
def test_shopify_order(topic: str) -> None:
    order = tell(Platform.SHOPIFY, topic, SHOPIFY)
    assert isinstance(order, IncomingOrder)
    assert (order.number, order.external_id) == ("#9999", "820982911946154508")


def test_shopify_deletion_and_other_topics() -> None:
    assert tell(Platform.SHOPIFY, "orders/delete", {"id": 7}) == channels.IncomingDeletion(Platform.SHOPIFY, "7")
    assert tell(Platform.SHOPIFY, "orders/edited", {"order_edit": {}}) is None
    assert tell(Platform.SHOPIFY, "products/update", {"id": 1}) is None


def refund(*transactions: tuple[str, str, str]) -> dict[str, object]:
    return {
        "id": 890088186047892319,
        "order_id": 820982911946154508,
        "created_at": "2026-05-18T04:00:00-04:00",
        "note": "torn",
        "refund_line_items": [{"line_item_id": 11, "subtotal": 99.0}, {"line_item_id": 12, "subtotal": 1.0}],
        "transactions": [
            {"kind": kind, "status": status, "amount": amount, "currency": "JPY"}
            for kind, status, amount in transactions
        ],
    }


def test_shopify_tells_how_many_units_of_which_line_go_back() -> None:
    units = [
        {"line_item_id": 11, "quantity": 2},
        {"line_item_id": 12, "quantity": 1},
        {"line_item_id": 11, "quantity": 1},
    ]
    told = {**refund(("refund", "success", "800")), "refund_line_items": units}
    notice = tell(Platform.SHOPIFY, "refunds/create", told)
    assert isinstance(notice, channels.IncomingRefundNotice)
    assert (notice.refund.line_ids, notice.refund.units) == (("11", "12"), (3, 1))


@pytest.mark.parametrize(
    ("transactions", "state", "amount"),
    [
        (
            [("refund", "success", "800"), ("refund", "success", "50"), ("sale", "success", "9")],
            RefundState.SUCCESS,
            850,
        ),
        ([("refund", "pending", "800")], RefundState.REQUESTED, 800),
        ([("refund", "failure", "800")], RefundState.CANCELLED, 0),
    ],
)
def test_shopify_refund_is_the_money_that_moved(
    transactions: list[tuple[str, str, str]], state: RefundState, amount: int
) -> None:
    notice = tell(Platform.SHOPIFY, "refunds/create", refund(*transactions))
    at = datetime(2026, 5, 18, 8, tzinfo=UTC)
    told = IncomingRefund("890088186047892319", state, amount, ("11", "12"), "torn", at)
    assert notice == channels.IncomingRefundNotice(Platform.SHOPIFY, "820982911946154508", "JPY", told)


def test_shopify_refund_without_money_takes_goods_off() -> None:
    notice = tell(Platform.SHOPIFY, "refunds/create", refund())
    assert isinstance(notice, channels.IncomingRefundNotice)
    assert (notice.refund.state, notice.refund.amount, notice.refund.line_ids) == (RefundState.SUCCESS, 0, ("11", "12"))


@pytest.mark.parametrize(
    ("platform", "topic", "body", "code"),
    [
        (Platform.WOOCOMMERCE, "order.updated", b"{", Reason.BAD_JSON),
        (Platform.WOOCOMMERCE, "order.updated", b'{"id":1}', Reason.NOT_AN_ORDER),
        (Platform.WOOCOMMERCE, "order.deleted", b"{}", Reason.MISSING),
        (Platform.SHOPIFY, "orders/create", b"[]", Reason.NOT_AN_ORDER),
        (Platform.SHOPIFY, "refunds/create", b'{"id":1}', Reason.MISSING),
    ],
)
def test_body_that_is_not_what_its_topic_says(platform: Platform, topic: str, body: bytes, code: Reason) -> None:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.payload(platform, topic, body, zone=SHANGHAI)
    assert refusal.value.code == code
