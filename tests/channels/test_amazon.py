"""Amazon's order reports."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, Receiver, RefundState
from tests.channels.making import columns, only, read, refused, table

NEW = columns(
    "order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,buyer-phone-number,sku,product-name,"
    "quantity-purchased,currency,item-price,item-tax,shipping-price,shipping-tax,ship-service-level,recipient-name,"
    "ship-address-1,ship-address-2,ship-address-3,ship-city,ship-state,ship-postal-code,ship-country,ship-phone-number,"
    "delivery-start-date,delivery-end-date,delivery-time-zone,delivery-Instructions,sales-channel"
)
UNSHIPPED = columns(
    "order-id,order-item-id,purchase-date,payments-date,reporting-date,promise-date,days-past-promise,buyer-email,"
    "buyer-name,buyer-phone-number,sku,product-name,quantity-purchased,quantity-shipped,quantity-to-ship,"
    "ship-service-level,recipient-name,ship-address-1,ship-address-2,ship-address-3,ship-city,ship-state,"
    "ship-postal-code,ship-country,is-business-order,purchase-order-number,price-designation"
)
ALL = columns(
    "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,fulfillment-channel,sales-channel,"
    "order-channel,url,ship-service-level,product-name,sku,asin,item-status,quantity,currency,item-price,item-tax,"
    "shipping-price,shipping-tax,gift-wrap-price,gift-wrap-tax,item-promotion-discount,ship-promotion-discount,"
    "ship-city,ship-state,ship-postal-code,ship-country,promotion-ids,is-business-order"
)
NUMBER = "111-1234567-7654321"
NEW_ROW = {
    "order-id": NUMBER,
    "order-item-id": "50000000000001",
    "purchase-date": "2026-05-01T10:00:00-07:00",
    "payments-date": "2026-05-01T10:05:00-07:00",
    "buyer-email": "a1b2@marketplace.amazon.com",
    "buyer-name": "Ann Lee",
    "sku": "TEA-001",
    "product-name": 'Green tea 12" tin',
    "quantity-purchased": "2",
    "currency": "USD",
    "item-price": "20.00",
    "item-tax": "1.60",
    "shipping-price": "5.00",
    "shipping-tax": "0.40",
    "ship-service-level": "Standard",
    "recipient-name": "Ann Lee",
    "ship-address-1": "36 Main St",
    "ship-address-2": "Apt 2",
    "ship-city": "Boston",
    "ship-state": "MA",
    "ship-postal-code": "02108",
    "ship-country": "US",
    "ship-phone-number": "+1 555-0100",
}
SECOND = NEW_ROW | {"order-item-id": "50000000000002", "sku": "POT-1", "product-name": '"Teapot"', "item-price": "9.00"}
SECOND |= {"quantity-purchased": "1", "item-tax": "0.00", "shipping-price": "0.00", "shipping-tax": "0.00"}
UNSHIPPED_ROW = {name: value for name, value in NEW_ROW.items() if name in UNSHIPPED} | {
    "promise-date": "2026-05-04T23:59:59-07:00",
    "quantity-shipped": "0",
    "quantity-to-ship": "2",
}
ALL_ROW = {
    "amazon-order-id": NUMBER,
    "purchase-date": "2026-05-01T17:00:00+00:00",
    "last-updated-date": "2026-05-02T17:00:00+00:00",
    "order-status": "Shipped",
    "fulfillment-channel": "Merchant",
    "product-name": "Green tea",
    "sku": "TEA-001",
    "item-status": "Shipped",
    "quantity": "2",
    "currency": "USD",
    "item-price": "20.00",
    "item-tax": "1.60",
    "item-promotion-discount": "2.00",
    "ship-city": "Boston",
    "ship-country": "US",
}


def tsv(header: list[str], *rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    """As Amazon writes it: tabs, and a quotation mark is only a character."""
    return "\r\n".join("\t".join(map(str, line)) for line in table(header, *rows)).encode(encoding)


def test_new_order_of_two_items_that_stand_apart() -> None:
    orders, rejected = read(tsv(NEW, NEW_ROW, NEW_ROW | {"order-id": "111-1234567-0000000"}, SECOND))
    assert rejected == []
    order = orders[1]
    assert (order.number, order.state, order.currency) == (NUMBER, PlatformState.PAID, "USD")
    assert (order.goods, order.shipping, order.tax, order.total, order.paid) == (2900, 500, 200, 3600, 3600)
    assert order.lines == (
        IncomingLine(f"{NUMBER}:TEA-001", 'Green tea 12" tin', 2, "TEA-001", "", 1000, 2160),
        IncomingLine(f"{NUMBER}:POT-1", '"Teapot"', 1, "POT-1", "", 900, 900),
    )
    assert order.placed_at == datetime(2026, 5, 1, 17, tzinfo=UTC)
    assert order.receiver == Receiver("Ann Lee", "+1555-0100", "US", "MA", "Boston", "", "36 Main St, Apt 2", "02108")
    assert (order.buyer_id, order.courier_hint) == ("a1b2@marketplace.amazon.com", "Standard")


def test_a_stray_quotation_mark_swallows_nothing() -> None:
    orders, _ = read(tsv(NEW, NEW_ROW | {"product-name": '"Green tea'}, NEW_ROW | {"order-id": "111-1234567-0000000"}))
    assert [one.lines[0].title for one in orders] == ['"Green tea', 'Green tea 12" tin']


def test_european_prices_hold_their_tax() -> None:
    order = only(tsv(NEW, NEW_ROW | {"currency": "EUR"}))
    assert (order.total, order.tax, order.lines[0].amount) == (2500, 200, 2000)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1252", "Zoé Müller"), ("cp932", "山田 タロウ"), ("utf-8", "山田 タロウ"), ("utf-16", "Zoé")],
)
def test_encodings(encoding: str, name: str) -> None:
    order = only(tsv(NEW, NEW_ROW | {"recipient-name": name, "ship-address-1": f"{name} 5"}, encoding=encoding))
    assert order.receiver.name == name


def test_chinese_titles_saved_by_a_chinese_spreadsheet() -> None:
    order = only(tsv(NEW, NEW_ROW | {"product-name": "绿茶 一百克 铁罐"}, encoding="gb18030"))
    assert order.lines[0].title == "绿茶 一百克 铁罐"


def test_unshipped_orders_tell_the_promise_and_no_money() -> None:
    data = tsv(UNSHIPPED, UNSHIPPED_ROW)
    assert [(one.reason, one.facts) for one in read(data)[1]] == [("missing", {"column": "currency"})]
    order = only(data, currency="USD")
    assert (order.total, order.state, order.currency) == (0, PlatformState.PAID, "USD")
    assert order.promised_ship_at == datetime(2026, 5, 5, 6, 59, 59, tzinfo=UTC)
    assert [line.external_id for line in order.lines] == [f"{NUMBER}:TEA-001"]


@pytest.mark.parametrize(
    ("gone", "left", "state"),
    [("0", "2", PlatformState.PAID), ("1", "1", PlatformState.PART_SHIPPED), ("2", "0", PlatformState.SHIPPED)],
)
def test_how_much_has_gone(gone: str, left: str, state: PlatformState) -> None:
    row = UNSHIPPED_ROW | {"quantity-shipped": gone, "quantity-to-ship": left}
    assert only(tsv(UNSHIPPED, row), currency="USD").state is state


def test_all_orders() -> None:
    order = only(tsv(ALL, ALL_ROW))
    assert (order.state, order.total, order.discount, order.paid) == (PlatformState.SHIPPED, 1960, 200, 1960)
    assert order.lines == (IncomingLine(f"{NUMBER}:TEA-001", "Green tea", 2, "TEA-001", "", 1000, 1960),)
    assert (order.receiver.name, order.updated_at) == ("", datetime(2026, 5, 2, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("told", "state", "paid"),
    [
        ("Pending", PlatformState.UNPAID, 0),
        ("Unshipped", PlatformState.PAID, 1960),
        ("PartiallyShipped", PlatformState.PART_SHIPPED, 1960),
        ("Shipped - Delivered to Buyer", PlatformState.SHIPPED, 1960),
        ("Cancelled", PlatformState.CLOSED, 0),
    ],
)
def test_states(told: str, state: PlatformState, paid: int) -> None:
    order = only(tsv(ALL, ALL_ROW | {"order-status": told, "item-status": ""}))
    assert (order.state, order.paid) == (state, paid)


def test_what_amazon_ships_is_not_ours_to_ship() -> None:
    row = ALL_ROW | {"order-status": "Unshipped", "item-status": "Unshipped", "fulfillment-channel": "Amazon"}
    assert only(tsv(ALL, row)).state is PlatformState.SHIPPED


def test_a_cancelled_row_has_no_pieces_and_no_price() -> None:
    gone = ALL_ROW | {"sku": "POT-1", "item-status": "Cancelled", "quantity": "0", "item-price": "", "currency": ""}
    gone |= {"item-tax": "", "item-promotion-discount": ""}
    live = ALL_ROW | {"order-status": "Unshipped", "item-status": "Unshipped"}
    order = only(tsv(ALL, gone, live))
    assert (order.state, [line.merchant_code for line in order.lines]) == (PlatformState.PAID, ["TEA-001"])
    closed = only(tsv(ALL, gone | {"order-status": "Cancelled"}), currency="USD")
    assert (closed.state, closed.lines, closed.total) == (PlatformState.CLOSED, (), 0)


def test_unknown_state_is_refused() -> None:
    assert refused(tsv(ALL, ALL_ROW | {"order-status": "Lost"})) == [
        (2, "unknown_status", {"column": "order-status", "value": "Lost"})
    ]


def test_a_cancelled_item_that_kept_its_quantity_is_no_goods() -> None:
    gone = ALL_ROW | {"sku": "POT-1", "item-status": "Cancelled"}
    live = ALL_ROW | {"order-status": "Unshipped", "item-status": "Unshipped"}
    order = only(tsv(ALL, gone | {"order-status": "Unshipped"}, live))
    assert (order.state, [line.merchant_code for line in order.lines]) == (PlatformState.PAID, ["TEA-001"])
    assert order.paid == 1960


@pytest.mark.parametrize(("told", "count"), [("true", 1), ("false", 0), ("", 0)])
def test_a_buyer_who_asks_to_cancel_is_a_refund_asked_for(told: str, count: int) -> None:
    header = [*UNSHIPPED, "is-buyer-requested-cancellation", "buyer-requested-cancel-reason"]
    order = only(tsv(header, UNSHIPPED_ROW | {"is-buyer-requested-cancellation": told}), currency="USD")
    assert order.state is PlatformState.PAID
    assert order.refunds == (IncomingRefund(f"{NUMBER}:file:open", RefundState.REQUESTED, 0),) * count


def test_brazils_county_is_the_district() -> None:
    row = UNSHIPPED_ROW | {"ship-city": "São Paulo", "ship-county": "Centro", "ship-country": "BR"}
    to = only(tsv([*UNSHIPPED, "ship-county"], row, encoding="latin-1"), currency="BRL").receiver
    assert (to.city, to.district, to.country) == ("São Paulo", "Centro", "BR")


def test_a_report_says_what_it_has_no_columns_for() -> None:
    """All orders know neither the gift's message nor the delivery instructions: they are not gone."""
    assert "buyer_message" not in only(tsv(NEW, NEW_ROW)).untold
    assert {"buyer_message", "seller_note", "invoice", "cod"} <= set(only(tsv(ALL, ALL_ROW)).untold)
    assert "courier_hint" not in only(tsv(ALL, ALL_ROW)).untold
