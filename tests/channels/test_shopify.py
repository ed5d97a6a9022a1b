"""Shopify's orders_export.csv."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, Receiver, RefundState
from tests.channels.making import SHOPIFY, SHOPIFY_ROW, csv_bytes, only, read, refused, table

SECOND = {
    "Name": "#1001",
    "Lineitem quantity": "1",
    "Lineitem name": "Glass\nteapot",
    "Lineitem price": "12.50",
    "Lineitem sku": "POT-1",
}


def shopify_file(**changes: str) -> bytes:
    row = SHOPIFY_ROW | {name.replace("_", " "): value for name, value in changes.items()}
    return csv_bytes(table(SHOPIFY, row))


def test_order_of_two_lines_with_a_line_break_in_a_cell() -> None:
    first = SHOPIFY_ROW | {"Notes": "ring\nthe bell"}
    orders, rejected = read(csv_bytes(table(SHOPIFY, first, SECOND, SHOPIFY_ROW | {"Name": "#1002"})))
    assert rejected == []
    assert [(one.number, one.row, len(one.lines)) for one in orders] == [("#1001", 2, 2), ("#1002", 6, 1)]
    order = orders[0]
    assert order.lines == (
        IncomingLine("#1001:1", "Green tea", 2, "TEA-001", "", 1000, 1900),
        IncomingLine("#1001:2", "Glass\nteapot", 1, "POT-1", "", 1250, 1250),
    )
    assert (order.external_id, order.currency, order.buyer_message) == ("5500000000001", "USD", "ring\nthe bell")
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (3000, 500, 300, 3200, 3200)
    assert order.placed_at == datetime(2026, 4, 5, 17, 6, 21, tzinfo=UTC)
    assert order.paid_at == datetime(2026, 4, 5, 17, 7, tzinfo=UTC)
    assert order.receiver == Receiver("Ann Lee", "+15550100", "US", "MA", "Boston", "", "1 Main St", "02108", False)


def test_renamed_columns_of_2026() -> None:
    renamed = {"Cancelled at": "Canceled at", "Lineitem sku": "Lineitem SKU"}
    header = [renamed.get(name, name) for name in SHOPIFY]
    row = {renamed.get(name, name): value for name, value in SHOPIFY_ROW.items()} | {
        "Canceled at": "2026-04-06 08:00:00 +0400"
    }
    order = only(csv_bytes(table(header, row)))
    assert (order.state, order.lines[0].merchant_code) == (PlatformState.CLOSED, "TEA-001")


@pytest.mark.parametrize(
    ("financial", "fulfilment", "state", "paid"),
    [
        ("paid", "unfulfilled", PlatformState.PAID, 3200),
        ("paid", "", PlatformState.PAID, 3200),
        ("paid", "partial", PlatformState.PART_SHIPPED, 3200),
        ("paid", "fulfilled", PlatformState.SHIPPED, 3200),
        ("pending", "unfulfilled", PlatformState.UNPAID, 0),
        ("pending", "fulfilled", PlatformState.SHIPPED, 0),
        ("authorized", "unfulfilled", PlatformState.UNPAID, 0),
        ("voided", "unfulfilled", PlatformState.CLOSED, 0),
        ("partially_refunded", "unfulfilled", PlatformState.PAID, 3200),
        ("paid", "restocked", PlatformState.CLOSED, 3200),
    ],
)
def test_state(financial: str, fulfilment: str, state: PlatformState, paid: int) -> None:
    order = only(shopify_file(Financial_Status=financial, Fulfillment_Status=fulfilment))
    assert (order.state, order.paid) == (state, paid)


def test_refunded_amount_is_a_refund() -> None:
    assert only(shopify_file(Refunded_Amount="8.00")).refunds == (
        IncomingRefund("#1001:file", RefundState.SUCCESS, 800),
    )


def test_refunded_without_amount_is_the_whole_order() -> None:
    order = only(shopify_file(Financial_Status="refunded", Refunded_Amount=""))
    assert order.refunds == (IncomingRefund("#1001:file", RefundState.SUCCESS, 3200),)


def test_file_of_nine_columns() -> None:
    header = ["Name", "Email", "Created at", "Total", "Refunded Amount", "Currency", "Financial Status"]
    header += ["Lineitem name", "Lineitem quantity"]
    order = only(csv_bytes(table(header, {name: SHOPIFY_ROW.get(name, "") for name in header})))
    assert (order.total, order.goods, order.receiver) == (3200, 0, Receiver(country=""))
    assert order.lines == (IncomingLine("#1001:1", "Green tea", 2),)


def test_one_bad_line_refuses_the_whole_order_and_no_other() -> None:
    bad = SECOND | {"Lineitem quantity": "x"}
    orders, rejected = read(csv_bytes(table(SHOPIFY, SHOPIFY_ROW, bad, SHOPIFY_ROW | {"Name": "#1002"})))
    assert [one.number for one in orders] == ["#1002"]
    assert [(one.row, one.reason, one.facts) for one in rejected] == [
        (2, "part_of_refused", {"value": "#1001", "other_row": "3"}),
        (3, "not_a_number", {"column": "Lineitem quantity", "value": "x"}),
    ]
    assert rejected[1].cells[0] == "#1001"


def test_order_that_comes_again_further_down_is_a_duplicate() -> None:
    orders, rejected = read(csv_bytes(table(SHOPIFY, SHOPIFY_ROW, SHOPIFY_ROW | {"Name": "#1002"}, SECOND)))
    assert [(one.number, len(one.lines)) for one in orders] == [("#1001", 1), ("#1002", 1)]
    facts = {"column": "Name", "value": "#1001", "other_row": "2"}
    assert [(one.row, one.reason, one.facts) for one in rejected] == [(4, "duplicate_in_file", facts)]


@pytest.mark.parametrize(
    ("changes", "reason", "facts"),
    [
        ({"Currency": ""}, "missing", {"column": "Currency"}),
        ({"Currency": "DOLLAR"}, "unknown_currency", {"column": "Currency", "value": "DOLLAR"}),
        ({"Total": "-1.00"}, "out_of_range", {"column": "Total", "value": "-1.00"}),
        ({"Total": "1.234"}, "too_fine", {"column": "Total", "value": "1.234"}),
        ({"Created_at": "soon"}, "not_a_date", {"column": "Created at", "value": "soon"}),
        ({"Lineitem_quantity": "-2"}, "negative_quantity", {"column": "Lineitem quantity", "value": "-2"}),
        ({"Financial_Status": "odd"}, "unknown_status", {"column": "Financial Status", "value": "odd"}),
        ({"Fulfillment_Status": "odd"}, "unknown_status", {"column": "Fulfillment Status", "value": "odd"}),
        ({"Name": ""}, "missing", {"column": "Name"}),
    ],
)
def test_bad_cell_is_refused_with_its_column(changes: dict[str, str], reason: str, facts: dict[str, str]) -> None:
    assert refused(shopify_file(**changes)) == [(2, reason, facts)]


def test_yen_has_no_minor_unit() -> None:
    order = only(
        shopify_file(
            Currency="JPY",
            Total="3200",
            Subtotal="2700",
            Shipping="500",
            Discount_Amount="300",
            Lineitem_price="1000",
            Lineitem_discount="100",
        )
    )
    assert (order.total, order.goods, order.lines[0].amount) == (3200, 3000, 1900)


def test_an_article_taken_off_the_order_is_no_line() -> None:
    off = {"Name": "#1001", "Lineitem name": "Teapot", "Lineitem quantity": "0", "Lineitem price": "9.00"}
    order = only(csv_bytes(table(SHOPIFY, SHOPIFY_ROW, off)))
    assert [line.title for line in order.lines] == ["Green tea"]


def test_an_order_on_hold_there_is_held_here() -> None:
    assert only(shopify_file(**{"Fulfillment Status": "on_hold"})).platform_hold == "on_hold"
    assert only(shopify_file()).platform_hold == ""


def test_a_discount_code_is_shared_out_among_the_lines_to_the_cent() -> None:
    head = SHOPIFY_ROW | {"Subtotal": "24.99", "Discount Amount": "5.01", "Lineitem discount": "0.00"}
    second = {"Name": "#1001", "Lineitem quantity": "1", "Lineitem name": "Mug", "Lineitem price": "10.00"}
    order = only(csv_bytes(table(SHOPIFY, head, second)))
    assert [line.amount for line in order.lines] == [1666, 833]
    assert (order.goods, order.discount) == (3000, 501)


def test_a_subtotal_that_no_discount_explains_is_left_alone() -> None:
    order = only(csv_bytes(table(SHOPIFY, SHOPIFY_ROW | {"Subtotal": "1.00", "Discount Amount": "0.00"})))
    assert [line.amount for line in order.lines] == [1900]
