"""Order JSON of WooCommerce and Shopify, in every wrapping."""

import json
from datetime import UTC, datetime

import pytest

import channels
from channels.reasons import Reason
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, Receiver, RefundState
from tests.channels.making import SHANGHAI, only, read, refused

WOO: dict[str, object] = {
    "id": 258,
    "number": "W-258",
    "order_key": "wc_order_x",
    "status": "processing",
    "currency": "USD",
    "date_created": "2026-11-23T15:38:09",
    "date_created_gmt": "2026-11-23T07:38:09",
    "date_modified_gmt": "2026-11-23T07:38:27",
    "date_paid_gmt": "2026-11-23T07:38:18",
    "discount_total": "1.10",
    "shipping_total": "4.90",
    "total": "46.80",
    "total_tax": "2.00",
    "customer_id": 28,
    "customer_note": "no bell",
    "billing": {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "phone": "+15550100"},
    "shipping": {
        "first_name": "Ann",
        "last_name": "Lee",
        "address_1": "36 Main St",
        "address_2": "Apt 2",
        "city": "Boston",
        "state": "MA",
        "postcode": "02108",
        "country": "US",
        "phone": "",
    },
    "line_items": [
        {
            "id": 636,
            "name": "Green tea",
            "quantity": 3,
            "subtotal": "25.00",
            "total": "24.00",
            "total_tax": "1.00",
            "sku": "TEA-001",
            "price": 8.333333,
            "meta_data": [
                {"key": "size", "display_key": "Size", "display_value": "M"},
                {"key": "_reduced_stock", "value": "3"},
            ],
        }
    ],
    "refunds": [{"id": 259, "reason": "One bag torn", "total": "-8.50"}],
}
SHOPIFY: dict[str, object] = {
    "id": 820982911946154508,
    "name": "#9999",
    "order_number": 1234,
    "currency": "USD",
    "created_at": "2026-05-17T04:14:36-04:00",
    "updated_at": "2026-05-17T05:00:00-04:00",
    "processed_at": "2026-05-17T04:14:40-04:00",
    "financial_status": "partially_refunded",
    "fulfillment_status": None,
    "total_price": "32.00",
    "subtotal_price": "27.00",
    "total_line_items_price": "30.00",
    "total_discounts": "3.00",
    "total_tax": "0.00",
    "email": "ann@example.com",
    "note": "ring",
    "line_items": [
        {
            "id": 254721536,
            "title": "Green tea",
            "variant_title": "100 g",
            "quantity": 3,
            "price": "10.00",
            "total_discount": "0.00",
            "discount_allocations": [{"amount": "3.00"}],
            "sku": "TEA-001",
            "properties": [{"name": "Card", "value": "Hi"}],
        }
    ],
    "shipping_lines": [{"price": "5.00"}],
    "shipping_address": {
        "name": "Ann Lee",
        "address1": "1 Main St",
        "address2": None,
        "city": "Boston",
        "province": "Massachusetts",
        "province_code": "MA",
        "country_code": "US",
        "zip": "02108",
        "phone": "+15550100",
    },
    "fulfillments": [
        {"status": "success", "tracking_numbers": ["1Z1", "1Z2"]},
        {"status": "cancelled", "tracking_number": "gone"},
    ],
    "refunds": [
        {
            "id": 77,
            "note": "torn",
            "created_at": "2026-05-18T04:00:00-04:00",
            "refund_line_items": [{"line_item_id": 254721536, "subtotal": 9.0}],
            "transactions": [
                {"kind": "refund", "status": "success", "amount": "8.00", "currency": "USD"},
                {"kind": "refund", "status": "failure", "amount": "8.00", "currency": "USD"},
            ],
        }
    ],
}


def data(value: object) -> bytes:
    return json.dumps(value).encode()


def woo(**changes: object) -> bytes:
    return data(WOO | changes)


def shopify(**changes: object) -> bytes:
    return data(SHOPIFY | changes)


def test_woocommerce_order() -> None:
    order = only(woo())
    assert (order.platform, order.number, order.external_id) == (Platform.WOOCOMMERCE, "W-258", "258")
    assert (order.state, order.currency, order.row) == (PlatformState.PAID, "USD", 1)
    assert order.placed_at == datetime(2026, 11, 23, 7, 38, 9, tzinfo=UTC)
    assert order.paid_at == datetime(2026, 11, 23, 7, 38, 18, tzinfo=UTC)
    assert order.updated_at == datetime(2026, 11, 23, 7, 38, 27, tzinfo=UTC)
    assert (order.goods, order.shipping, order.discount, order.tax) == (2500, 490, 110, 200)
    assert (order.total, order.paid, order.buyer_id, order.buyer_message) == (4680, 4680, "28", "no bell")
    assert order.receiver == Receiver(
        "Ann Lee", "+15550100", "US", "MA", "Boston", "", "36 Main St, Apt 2", "02108", False
    )
    assert order.lines == (IncomingLine("636", "Green tea", 3, "TEA-001", "Size: M", 833, 2500),)
    assert order.refunds == (IncomingRefund("259", RefundState.SUCCESS, 850, (), "One bag torn"),)
    assert json.loads(order.raw)["id"] == 258


def test_woocommerce_paid_is_a_date_not_a_status() -> None:
    unpaid = only(woo(status="pending", date_paid_gmt=None))
    assert (unpaid.state, unpaid.paid, unpaid.paid_at) == (PlatformState.UNPAID, 0, None)
    cancelled = only(woo(status="cancelled"))
    assert (cancelled.state, cancelled.paid) == (PlatformState.CLOSED, 4680)
    assert only(woo(status="on-hold")).state is PlatformState.PAID
    assert only(woo(status="wc-completed")).state is PlatformState.DONE


def test_woocommerce_local_time_is_the_shops() -> None:
    assert only(woo(date_created_gmt=None)).placed_at == datetime(2026, 11, 23, 7, 38, 9, tzinfo=UTC)


def test_woocommerce_without_shipping_goes_to_the_billing_address() -> None:
    billing = {"first_name": "Bo", "address_1": "2 Elm St", "city": "Rome", "country": "IT"}
    receiver = only(woo(shipping={"address_1": ""}, billing=billing)).receiver
    assert (receiver.name, receiver.address, receiver.country) == ("Bo", "2 Elm St", "IT")


def test_woocommerce_guest_is_known_by_mail() -> None:
    assert only(woo(customer_id=0)).buyer_id == "ann@example.com"


def test_shopify_order() -> None:
    order = only(shopify())
    assert (order.platform, order.number, order.external_id) == (Platform.SHOPIFY, "#9999", "820982911946154508")
    assert (order.state, order.currency, order.waybill) == (PlatformState.PAID, "USD", "1Z1 1Z2")
    assert order.placed_at == datetime(2026, 5, 17, 8, 14, 36, tzinfo=UTC)
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (3000, 500, 300, 3200, 3200)
    assert order.receiver == Receiver("Ann Lee", "+15550100", "US", "MA", "Boston", "", "1 Main St", "02108", False)
    assert order.lines == (IncomingLine("254721536", "Green tea - 100 g", 3, "TEA-001", "Card: Hi", 1000, 2700),)
    at = datetime(2026, 5, 18, 8, 0, tzinfo=UTC)
    assert order.refunds == (IncomingRefund("77", RefundState.SUCCESS, 800, ("254721536",), "torn", at),)


@pytest.mark.parametrize("properties", [{}, {"name": 2}, [{"name": 2}], {"name": "a", "value": 3}, None, "x", [1]])
def test_shopify_odd_properties_are_shown_or_left_out(properties: object) -> None:
    lines = SHOPIFY["line_items"]
    assert isinstance(lines, list)
    order = only(shopify(line_items=[lines[0] | {"properties": properties}]))
    assert order.lines[0].variant == ("2" if properties == [{"name": 2}] else "")


def test_shopify_variants_without_codes_are_titled_as_in_its_file() -> None:
    """The title is all that tells them apart: without the variant both were one product."""
    bare: dict[str, object] = {"title": "Mug", "quantity": 1, "price": "9.00", "sku": ""}
    red = bare | {"id": 1, "name": "Mug - red", "variant_title": "red"}
    blue = bare | {"id": 2, "variant_title": "blue"}
    alone = bare | {"id": 3, "name": "Mug", "variant_title": None}
    order = only(shopify(line_items=[red, blue, alone]))
    assert [(line.title, line.variant) for line in order.lines] == [("Mug - red", ""), ("Mug - blue", ""), ("Mug", "")]


def test_shopify_cancelled_is_closed() -> None:
    assert only(shopify(cancelled_at="2026-05-17T04:14:36-04:00")).state is PlatformState.CLOSED


@pytest.mark.parametrize(
    ("wrap"), [lambda one: one, lambda one: [one], lambda one: {"order": one}, lambda one: {"orders": [one]}]
)
def test_wrappings(wrap: object) -> None:
    assert callable(wrap)
    assert only(data(wrap(WOO))).number == "W-258"
    assert only(b"\xef\xbb\xbf \n" + data(wrap(SHOPIFY))).number == "#9999"


def test_bad_elements_are_refused_and_the_others_read() -> None:
    values = [
        WOO,
        {"id": 1},
        WOO | {"number": "2", "total": "x"},
        WOO,
        WOO | {"number": "3", "line_items": [{"id": 1}]},
    ]
    orders, rejected = read(data(values))
    assert [(one.number, one.row) for one in orders] == [("W-258", 1)]
    assert [(one.row, one.reason, one.facts) for one in rejected] == [
        (2, "not_an_order", {"order": "1"}),
        (3, "not_a_number", {"order": "2", "column": "total", "value": "x"}),
        (4, "duplicate_in_file", {"order": "W-258", "column": "number", "value": "W-258", "other_row": "1"}),
        (5, "missing", {"order": "3", "column": "quantity"}),
    ]
    assert rejected[0].cells == ('{"id":1}',)


@pytest.mark.parametrize(
    ("changes", "reason", "facts"),
    [
        ({"status": "teleported"}, "unknown_status", {"column": "status", "value": "teleported"}),
        ({"currency": None}, "missing", {"column": "currency"}),
        ({"total": ""}, "missing", {"column": "total"}),
        ({"total": " "}, "missing", {"column": "total"}),
        ({"total": None}, "missing", {"column": "total"}),
        ({"line_items": None}, "missing", {"column": "line_items"}),
        ({"line_items": "none"}, "missing", {"column": "line_items"}),
        ({"total": [1]}, "not_a_number", {"column": "total", "value": "[1]"}),
        ({"total": "-5"}, "out_of_range", {"column": "total", "value": "-5"}),
        ({"date_paid_gmt": "soon"}, "not_a_date", {"column": "date_paid_gmt", "value": "soon"}),
    ],
)
def test_woocommerce_bad_value(changes: dict[str, object], reason: str, facts: dict[str, str]) -> None:
    assert refused(woo(**changes)) == [(1, reason, {"order": "W-258", **facts})]


@pytest.mark.parametrize(
    ("changes", "reason", "facts"),
    [
        ({"total_price": ""}, "missing", {"column": "total_price"}),
        ({"line_items": None}, "missing", {"column": "line_items"}),
    ],
)
def test_shopify_bad_value(changes: dict[str, object], reason: str, facts: dict[str, str]) -> None:
    told = (1, reason, {"order": "#9999", **facts})
    for one in (shopify(**changes), data({"order": json.loads(shopify(**changes))}), data([SHOPIFY | changes])):
        assert refused(one) == [told]


def test_an_order_without_the_key_of_its_lines_is_named() -> None:
    bare = {key: value for key, value in SHOPIFY.items() if key != "line_items"}
    orders, rejected = read(data({"orders": [bare, SHOPIFY | {"name": "#2", "test": False}]}))
    assert [one.number for one in orders] == ["#2"]
    facts = {"order": "#9999", "column": "line_items"}
    assert [(one.row, one.reason, one.facts) for one in rejected] == [(1, "missing", facts)]


def test_text_no_database_takes_is_mended() -> None:
    order = only(b'{"orders":[' + woo(customer_note="a\0b\ud800c") + b"]}")
    assert order.buyer_message == "ab?c"
    order.raw.encode()


@pytest.mark.parametrize(
    "body", [b"{", b'{"a":NaN}', b"[" * 100_000, b'{"a":1e' + b"9" * 30 + b"}", b'{"a":' + b"9" * 5000 + b"}"]
)
def test_bad_json(body: bytes) -> None:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read("f", body, zone=SHANGHAI)
    assert refusal.value.code == Reason.BAD_JSON


def test_json_of_something_else() -> None:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read("f", b'[{"name":"x","price":1}]', zone=SHANGHAI)
    assert (refusal.value.code, refusal.value.facts["columns"]) == (Reason.UNKNOWN_HEADER, "name, price")


@pytest.mark.parametrize(
    "wrapped",
    [
        {"data": WOO},
        {"data": [WOO]},
        {"request": {}, "response": {"status": 200, "body": [WOO]}},
        {"body_json": WOO},
        {"webhook_topic": "order.created", "payload": WOO},
        {"detail-type": "shop", "detail": {"metadata": {}, "payload": WOO}},
    ],
)
def test_answers_wrapped_by_others(wrapped: object) -> None:
    assert only(data(wrapped)).number == "W-258"


def test_a_log_with_an_order_on_every_line() -> None:
    log = data(WOO) + b"\r\n\n" + data({"payload": WOO | {"number": "W-259"}}) + b"\n"
    orders, rejected = read(log)
    assert ([(one.number, one.row) for one in orders], rejected) == ([("W-258", 1), ("W-259", 2)], [])


def test_a_log_torn_in_its_last_line_is_not_half_read() -> None:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read("f", data(WOO) + b"\n" + data(WOO)[:-9], zone=SHANGHAI)
    assert refusal.value.code == Reason.BAD_JSON


def test_an_answer_that_holds_no_order_is_refused_by_its_own_keys() -> None:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read("f", b'{"code":"no_route","message":"x","data":{"status":404}}', zone=SHANGHAI)
    assert (refusal.value.code, refusal.value.facts["columns"]) == (Reason.UNKNOWN_HEADER, "code, message, data")


@pytest.mark.parametrize("order", [WOO, SHOPIFY])
def test_an_order_without_currency_has_the_shops(order: dict[str, object]) -> None:
    assert only(data(order | {"currency": None}), currency="EUR").currency == "EUR"


@pytest.mark.parametrize(
    "changes",
    [
        {"billing": [], "shipping": []},
        {"customer_id": None, "customer_note": None, "refunds": None},
        {"refunds": {"0": 1}, "shipping_lines": "x"},
        {"discount_total": "", "shipping_total": None, "total_tax": 2, "total": 46.80},
        {"id": "258", "number": 258, "date_created": "", "date_modified_gmt": None},
    ],
)
def test_woocommerce_odd_types_are_read(changes: dict[str, object]) -> None:
    order = only(woo(**changes))
    assert (order.total, order.state, order.lines[0].quantity) == (4680, PlatformState.PAID, 3)


def test_shopify_money_as_numbers() -> None:
    lines = SHOPIFY["line_items"]
    assert isinstance(lines, list)
    order = only(shopify(total_price=32.0, total_tax=0, line_items=[lines[0] | {"price": 10.00, "quantity": "3"}]))
    assert (order.total, order.lines[0].amount) == (3200, 2700)


def test_cash_on_delivery_and_the_carrier_the_buyer_chose() -> None:
    order = only(shopify(payment_gateway_names=["Cash on Delivery (COD)"], shipping_lines=[{"title": "Express"}]))
    assert (order.cod, order.courier_hint) == (True, "Express")
    other = only(woo(payment_method="cod", shipping_lines=[{"method_title": "Flat rate", "total": "4.90"}]))
    assert (other.cod, other.courier_hint) == (True, "Flat rate")
    assert not only(woo(payment_method="stripe")).cod


@pytest.mark.parametrize(
    ("orders", "hold"),
    [
        ([{"status": "on_hold", "fulfillment_holds": [{"reason": "awaiting_return_items"}]}], "return:"),
        ([{"status": "on_hold", "fulfillment_holds": [{"reason": "high_risk_of_fraud"}]}], "high_risk_of_fraud"),
        ([{"status": "on_hold", "fulfillment_holds": []}], "on_hold"),
        ([{"status": "open", "fulfillment_holds": []}], ""),
    ],
)
def test_shopify_tells_why_it_holds(orders: list[object], hold: str) -> None:
    assert only(shopify(fulfillment_orders=orders)).platform_hold == hold


def test_shopify_line_taken_off_the_order_is_no_goods() -> None:
    lines = SHOPIFY["line_items"]
    assert isinstance(lines, list)
    order = only(shopify(line_items=[lines[0], lines[0] | {"id": 9, "quantity": 0, "current_quantity": 0}]))
    assert [line.external_id for line in order.lines] == ["254721536"]


def test_woocommerce_list_that_php_wrote_as_an_object() -> None:
    lines = WOO["line_items"]
    assert isinstance(lines, list)
    order = only(woo(line_items={"0": lines[0], "2": lines[0] | {"id": 99}}))
    assert [line.external_id for line in order.lines] == [str(lines[0]["id"]), "99"]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("awaiting-shipment", PlatformState.PAID),
        ("wc-partially-refunded", PlatformState.PAID),
        ("out-for-delivery", PlatformState.SHIPPED),
    ],
)
def test_woocommerce_statuses_of_plugins(told: str, state: PlatformState) -> None:
    assert only(woo(status=told)).state is state
