"""Lazada's order workbook: a row is a piece."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, RefundState
from tests.channels.making import columns, only, read, table, xlsx_bytes

HEADER = columns(
    "orderItemId,orderType,guarantee,deliveryType,lazadaId,sellerSku,lazadaSku,wareHouse,createTime,updateTime,ttsSla,"
    "orderNumber,customerName,customerEmail,shippingName,shippingAddress,shippingPhone,shippingCity,shippingPostCode,"
    "shippingCountry,payMethod,paidPrice,unitPrice,sellerDiscountTotal,shippingFee,itemName,variation,"
    "shippingProvider,trackingCode,status,buyerFailedDeliveryReturnInitiator,buyerFailedDeliveryReason"
)
ROW = {
    "orderItemId": "900000000001",
    "sellerSku": "TEA-001",
    "lazadaSku": "L-1",
    "wareHouse": "dropshipping",
    "createTime": "05 Sep 2026 10:11",
    "ttsSla": "08 Sep 2026 23:59",
    "orderNumber": "400000000000001",
    "customerName": "A***e",
    "shippingName": "Ann Lee",
    "shippingAddress": "36 Main St",
    "shippingPhone": "60123456789",
    "shippingCity": "Kuala Lumpur",
    "shippingPostCode": "50000",
    "shippingCountry": "Malaysia",
    "payMethod": "COD",
    "paidPrice": "9.00",
    "unitPrice": "10.00",
    "shippingFee": "1.00",
    "itemName": "Green tea",
    "variation": "100 g",
    "status": "pending",
}
SECOND = ROW | {"orderItemId": "900000000002"}
POT = ROW | {"orderItemId": "900000000003", "sellerSku": "POT-1", "itemName": "Teapot", "paidPrice": "20.00"}
POT |= {"unitPrice": "20.00", "shippingFee": "0.00"}


def workbook(*rows: dict[str, str]) -> bytes:
    return xlsx_bytes({"sheet1": table(HEADER, *rows)})


def test_pieces_of_one_sku_are_a_line_wherever_they_stand() -> None:
    other = ROW | {"orderNumber": "400000000000002", "orderItemId": "900000000009"}
    orders, rejected = read(workbook(ROW, POT, other, SECOND), currency="MYR")
    assert rejected == []
    assert [one.number for one in orders] == ["400000000000002", "400000000000001"]
    order = orders[1]
    assert order.lines == (
        IncomingLine("400000000000001:TEA-001", "Green tea", 2, "TEA-001", "100 g", 1000, 1800),
        IncomingLine("400000000000001:POT-1", "Teapot", 1, "POT-1", "100 g", 2000, 2000),
    )
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (4000, 200, 200, 4000, 0)
    assert order.placed_at == datetime(2026, 9, 5, 2, 11, tzinfo=UTC)
    assert order.promised_ship_at == datetime(2026, 9, 8, 15, 59, tzinfo=UTC)
    assert (order.cod, order.receiver.country, order.receiver.name) == (True, "MY", "Ann Lee")


def test_a_cancelled_piece_is_no_goods_of_an_order_that_lives_on() -> None:
    orders, _ = read(workbook(ROW, SECOND | {"status": "canceled"}), currency="MYR")
    assert [(one.state, one.lines[0].quantity, one.total) for one in orders] == [(PlatformState.PAID, 1, 1000)]
    orders, _ = read(workbook(ROW | {"status": "canceled"}), currency="MYR")
    assert [(one.state, one.lines[0].quantity) for one in orders] == [(PlatformState.CLOSED, 1)]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("unpaid", PlatformState.UNPAID),
        ("ready_to_ship", PlatformState.PAID),
        ("shipped", PlatformState.SHIPPED),
        ("delivered", PlatformState.DONE),
        ("confirmed", PlatformState.DONE),
    ],
)
def test_states(told: str, state: PlatformState) -> None:
    orders, _ = read(workbook(ROW | {"status": told}), currency="MYR")
    assert [one.state for one in orders] == [state]


def test_a_returned_piece_is_refunded() -> None:
    orders, _ = read(workbook(ROW | {"status": "returned"}, SECOND | {"status": "delivered"}), currency="MYR")
    assert orders[0].refunds == (
        IncomingRefund("400000000000001:file", RefundState.SUCCESS, 900, ("400000000000001:TEA-001",)),
    )


def test_a_piece_that_cannot_be_read_refuses_its_order_only() -> None:
    other = ROW | {"orderNumber": "400000000000002", "orderItemId": "900000000009"}
    orders, rejected = read(workbook(ROW, other, SECOND | {"status": "vanished"}), currency="MYR")
    assert [one.number for one in orders] == ["400000000000002"]
    assert [(one.row, one.reason) for one in rejected] == [(2, "part_of_refused"), (4, "unknown_status")]


def test_money_paid_back_for_goods_that_stay_is_a_refund() -> None:
    header = [*HEADER, "refundAmount"]
    row = ROW | {"status": "delivered", "refundAmount": "4.00", "buyerFailedDeliveryReturnInitiator": "only_refund"}
    order = only(xlsx_bytes({"sheet1": table(header, row, SECOND | {"status": "delivered"})}), currency="MYR")
    assert [(line.quantity, line.refund, line.refunded) for line in order.lines] == [(2, RefundState.SUCCESS, 400)]
    assert [(one.state, one.amount) for one in order.refunds] == [(RefundState.SUCCESS, 400)]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("Package scrapped", PlatformState.SHIPPED),
        ("INFO_ST_DOMESTIC_RETURN_WITH_LAST_MILE_3PL", PlatformState.SHIPPED),
        ("ready_to_ship_pending", PlatformState.PAID),
    ],
)
def test_rarer_states(told: str, state: PlatformState) -> None:
    assert only(workbook(ROW | {"status": told}), currency="MYR").state is state


@pytest.mark.parametrize(("told", "district"), [("50000", ""), ("Bukit Bintang", "Bukit Bintang")])
def test_the_fifth_part_of_an_address_may_be_the_postcode(told: str, district: str) -> None:
    data = xlsx_bytes({"sheet1": table([*HEADER, "shippingAddress5"], ROW | {"shippingAddress5": told})})
    receiver = only(data, currency="MYR").receiver
    assert (receiver.district, receiver.zip) == (district, "50000")
