"""WooCommerce's orders as plugins write them into tables."""

from datetime import UTC, datetime

import pytest

import channels
from channels.reasons import Unreadable
from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, Receiver, RefundState
from tests.channels.making import SHANGHAI, columns, csv_bytes, only, read, refused, table, xlsx_bytes

REPORT = columns(
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Company (Billing),"
    "Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),Country Code (Billing),"
    "Email (Billing),Phone (Billing),First Name (Shipping),Last Name (Shipping),Address 1&2 (Shipping),"
    "City (Shipping),State Code (Shipping),Postcode (Shipping),Country Code (Shipping),Payment Method Title,"
    "Cart Discount Amount,Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,Order Refund Amount,"
    "Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Coupon Code"
)
CUPS = {
    "Order Number": "1501",
    "Order Status": "Processing",
    "Order Date": "2026-11-25 07:30",
    "Customer Note": "ring twice",
    "First Name (Billing)": "Ann",
    "Last Name (Billing)": "Lee",
    "Address 1&2 (Billing)": "1 Main St, Apt 2",
    "City (Billing)": "Boston",
    "State Code (Billing)": "MA",
    "Postcode (Billing)": "02108",
    "Country Code (Billing)": "US",
    "Email (Billing)": "ann@example.com",
    "Phone (Billing)": "+1 555 0100",
    "Payment Method Title": "Credit card",
    "Cart Discount Amount": "5",
    "Order Subtotal Amount": "50",
    "Shipping Method Title": "Flat rate",
    "Order Shipping Amount": "4",
    "Order Refund Amount": "0",
    "Order Total Amount": "49",
    "Order Total Tax Amount": "0",
    "SKU": "CUP-W",
    "Item #": "1",
    "Item Name": "Mug",
    "Quantity (- Refund)": "2",
    "Item Cost": "15",
}
BOWL = {"SKU": "BOWL-L", "Item #": "2", "Item Name": "Bowl", "Quantity (- Refund)": "1", "Item Cost": "20"}
LINES = (
    IncomingLine("1501:CUP-W", "Mug", 2, "CUP-W", "", 1500, 3000),
    IncomingLine("1501:BOWL-L", "Bowl", 1, "BOWL-L", "", 2000, 2000),
)
ITEMS = columns(
    "order_id,order_number_formatted,order_number,order_date,status,shipping_total,shipping_tax_total,fee_total,"
    "tax_total,discount_total,order_total,refunded_total,order_currency,payment_method,shipping_method,customer_id,"
    "billing_first_name,billing_last_name,billing_email,billing_phone,billing_address_1,billing_postcode,billing_city,"
    "billing_country,shipping_first_name,shipping_last_name,shipping_address_1,shipping_postcode,shipping_city,"
    "shipping_country,customer_note,item_id,item_product_id,item_name,item_sku,item_quantity,item_subtotal,item_total,"
    "item_total_tax,item_refunded,item_refunded_qty,item_meta"
)
MUGS = {
    "order_id": "4415",
    "order_date": "2026-11-25 07:30:00",
    "status": "processing",
    "shipping_total": "4.00",
    "tax_total": "2.00",
    "discount_total": "0.00",
    "order_total": "56.00",
    "refunded_total": "11.00",
    "order_currency": "GBP",
    "payment_method": "paypal",
    "billing_first_name": "Tom",
    "billing_email": "tom@example.com",
    "billing_phone": "07700 900222",
    "shipping_first_name": "Jane",
    "shipping_last_name": "M",
    "shipping_address_1": "9 King St",
    "shipping_city": "Leeds",
    "shipping_postcode": "LS1 1BA",
    "shipping_country": "GB",
    "item_id": "71",
    "item_name": "Mug",
    "item_sku": "CUP-W",
    "item_quantity": "3",
    "item_subtotal": "30.00",
    "item_total": "30.00",
    "item_total_tax": "1.20",
    "item_refunded": "10.00",
    "item_refunded_qty": "-1",
    "item_meta": "Colour=White",
}
PLATE = MUGS | {"item_id": "72", "item_name": "Plate", "item_sku": "PLATE", "item_quantity": "1", "item_refunded": "0"}
PLATE |= {"item_subtotal": "20.00", "item_total": "20.00", "item_total_tax": "0.80", "item_meta": ""}
PACKED = columns(
    "order_id,order_number,order_date,paid_date,status,shipping_total,tax_total,discount_total,order_total,"
    "order_subtotal,order_key,order_currency,payment_method,billing_first_name,billing_last_name,billing_email,billing_phone,"
    "billing_address_1,billing_postcode,billing_city,billing_country,shipping_first_name,shipping_address_1,customer_note"
)
BOOK = {
    "order_id": "4416",
    "order_number": "4416",
    "order_date": "2026-11-25 07:30:00",
    "paid_date": "2026-11-25 07:31:00",
    "status": "wc-completed",
    "shipping_total": "3.00",
    "tax_total": "0.00",
    "discount_total": "0.00",
    "order_total": "43.00",
    "order_subtotal": "40.00",
    "order_currency": "EUR",
    "payment_method": "stripe",
    "billing_first_name": "Gia",
    "billing_address_1": "Via A 1",
    "billing_city": "Milano",
    "billing_country": "IT",
}


def test_advanced_order_export() -> None:
    order = only(csv_bytes(table(REPORT, CUPS, CUPS | BOWL), "utf-8-sig"), currency="USD")
    assert (order.number, order.state, order.currency) == ("1501", PlatformState.PAID, "USD")
    assert (order.goods, order.discount, order.shipping, order.total, order.paid) == (5000, 500, 400, 4900, 4900)
    assert order.lines == LINES
    assert order.receiver == Receiver("Ann Lee", "+15550100", "US", "MA", "Boston", "", "1 Main St, Apt 2", "02108")
    assert (order.buyer_message, order.courier_hint, order.buyer_id) == ("ring twice", "Flat rate", "ann@example.com")
    assert order.placed_at == datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


def test_order_cells_on_the_first_row_only() -> None:
    other = CUPS | {"Order Number": "1502", "Order Subtotal Amount": "30", "Order Total Amount": "29"}
    orders, rejected = read(xlsx_bytes({"Orders": table(REPORT, CUPS, BOWL, other)}), currency="USD")
    assert rejected == []
    assert [(one.number, len(one.lines)) for one in orders] == [("1501", 2), ("1502", 1)]
    assert orders[0].lines == LINES


def test_a_row_without_a_number_that_does_not_come_to_the_orders_goods_is_put_to_nobody() -> None:
    data = csv_bytes(table([*REPORT, "Currency"], CUPS | {"Currency": "USD"}, BOWL | {"Item Cost": "21"}))
    assert refused(data) == [
        (2, "part_of_refused", {"value": "1501", "other_row": "3"}),
        (3, "missing", {"column": "Order Number"}),
    ]


def test_what_is_refunded_is_no_more_to_ship() -> None:
    gone = BOWL | {"Quantity (- Refund)": "0"}
    order = only(csv_bytes(table(REPORT, CUPS | {"Order Refund Amount": "20"}, CUPS | gone)), currency="USD")
    assert [line.merchant_code for line in order.lines] == ["CUP-W"]
    assert order.refunds == (IncomingRefund("1501:file", RefundState.SUCCESS, 2000, ()),)


@pytest.mark.parametrize(
    ("told", "state", "paid"),
    [
        ("On hold", PlatformState.UNPAID, 0),
        ("Pending payment", PlatformState.UNPAID, 0),
        ("wc-processing", PlatformState.PAID, 4900),
        ("In Bearbeitung", PlatformState.PAID, 4900),
        ("Terminée", PlatformState.DONE, 4900),
        ("Cancelado", PlatformState.CLOSED, 0),
        ("Refunded", PlatformState.CLOSED, 4900),
        ("处理中", PlatformState.PAID, 4900),
        ("Ready to ship", PlatformState.PAID, 4900),
        ("out-for-delivery", PlatformState.SHIPPED, 4900),
    ],
)
def test_states_in_the_shops_language(told: str, state: PlatformState, paid: int) -> None:
    order = only(csv_bytes(table(REPORT, CUPS | {"Order Status": told})), currency="USD")
    assert (order.state, order.paid) == (state, paid)


def test_a_refunded_order_is_paid_back_whole() -> None:
    order = only(csv_bytes(table(REPORT, CUPS | {"Order Status": "Refunded"})), currency="USD")
    assert [(one.state, one.amount) for one in order.refunds] == [(RefundState.SUCCESS, 4900)]


def test_a_row_for_each_item() -> None:
    order = only(csv_bytes(table(ITEMS, MUGS, PLATE)))
    assert (order.number, order.external_id, order.currency) == ("4415", "4415", "GBP")
    assert (order.goods, order.shipping, order.tax, order.total, order.paid) == (5000, 400, 200, 5600, 5600)
    assert order.lines == (
        IncomingLine("71", "Mug", 3, "CUP-W", "Colour=White", 1000, 3120, RefundState.SUCCESS, 1000),
        IncomingLine("72", "Plate", 1, "PLATE", "", 2000, 2080),
    )
    assert order.refunds == (IncomingRefund("4415:file", RefundState.SUCCESS, 1100, ("71",)),)
    assert order.receiver == Receiver("Jane M", "07700900222", "GB", "", "Leeds", "", "9 King St", "LS1 1BA")


def test_the_number_that_is_shown_counts() -> None:
    order = only(csv_bytes(table(ITEMS, MUGS | {"order_number_formatted": "UK-0088", "order_number": "88"})))
    assert (order.number, order.external_id) == ("UK-0088", "4415")


@pytest.mark.parametrize(("status", "paid"), [("processing", 0), ("completed", 5600)])
def test_cash_is_paid_when_the_order_is_completed(status: str, paid: int) -> None:
    order = only(csv_bytes(table(ITEMS, MUGS | {"payment_method": "cod", "status": status})))
    assert (order.cod, order.paid) == (True, paid)


def test_goods_packed_into_cells() -> None:
    header = [*PACKED, "line_item_1", "line_item_2", "line_item_3"]
    goods = {
        "line_item_1": "name:Asini – nuova | serie: 121|product_id:3|sku:CUP-W|quantity:2|total:26.00|sub_total:26.00",
        "line_item_3": "name:Bowl|product_id:1|sku:|quantity:1|total:14.00|sub_total:14.00",
    }
    order = only(csv_bytes(table(header, BOOK | goods)))
    assert (order.state, order.total, order.paid, order.goods) == (PlatformState.DONE, 4300, 4300, 4000)
    assert order.lines == (
        IncomingLine("4416:CUP-W", "Asini – nuova | serie: 121", 2, "CUP-W", "", 1300, 2600),
        IncomingLine("4416:bowl", "Bowl", 1, "", "", 1400, 1400),
    )
    assert order.receiver.city == "Milano"


def test_goods_packed_into_one_cell() -> None:
    goods = (
        "id:5|name:Mug|product_id:1|sku:CUP-W|quantity:2|subtotal:30.00|total:26.00|total_tax:1.00|refunded:13.00"
        "|meta:Colour=White;"
        "id:6|name:Bowl; big|product_id:2|sku:BOWL-L|quantity:1|subtotal:14.00|total:14.00|total_tax:0.00"
        "|refunded:0.00|meta:"
    )
    order = only(csv_bytes(table([*PACKED, "line_items"], BOOK | {"line_items": goods})))
    assert order.lines == (
        IncomingLine("5", "Mug", 2, "CUP-W", "Colour=White", 1500, 2700, RefundState.SUCCESS, 1300),
        IncomingLine("6", "Bowl; big", 1, "BOWL-L", "", 1400, 1400),
    )


@pytest.mark.parametrize(
    ("goods", "reason", "facts"),
    [
        ("", "missing", {"column": "line_items"}),
        ("name:Mug|quantity:x|total:1", "not_a_number", {"column": "line_items", "value": "x"}),
        ("name:Mug|total:1.00", "missing", {"column": "line_items"}),
    ],
)
def test_goods_that_cannot_be_unpacked_are_named(goods: str, reason: str, facts: dict[str, str]) -> None:
    data = csv_bytes(table([*PACKED, "line_items"], BOOK | {"line_items": goods}))
    assert refused(data) == [(2, reason, facts)]


def test_paid_is_what_tells_when() -> None:
    goods = {"line_items": "name:Mug|sku:CUP-W|quantity:1|total:40.00"}
    order = only(csv_bytes(table([*PACKED, "line_items"], BOOK | goods | {"paid_date": "", "status": "processing"})))
    assert (order.state, order.paid, order.total) == (PlatformState.PAID, 0, 4300)


def test_without_a_column_for_refunds_none_is_told() -> None:
    header = [*PACKED, "line_items"]
    assert not channels.read("f", csv_bytes(table(header, BOOK)), zone=SHANGHAI).tells_refunds
    assert channels.read("f", csv_bytes(table(ITEMS, MUGS)), zone=SHANGHAI).tells_refunds


@pytest.mark.parametrize(
    "header",
    [
        "Order Number,Order Status,Item Name,Quantity,Order Total",
        "Order Number,Status,Item Name,Item Quantity,Order Total",
        "order_id,status,line_items,order_total",
    ],
)
def test_other_shops_tables_are_not_woocommerces(header: str) -> None:
    names = columns(header)
    with pytest.raises(Unreadable) as refusal:
        read(csv_bytes([names, ["1"] * len(names)]))
    assert refusal.value.code == "unknown_header"
