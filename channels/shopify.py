"""Shopify's orders_export.csv: the 79 columns, the renamed ones of 2026, and files cut down to a few of them.

Surprising: an order's second and further rows have only their Lineitem cells, one that was taken off the order has
quantity 0, and a refund is one amount without date or lines. Lines have no id here; the JSON of the same order has
(channels/shopify_json.py). Rule source: formats.md 1.7.
"""

from collections.abc import Sequence
from dataclasses import replace

from channels.formats import Amounts, Format, Row, normal
from channels.orders import is_cash
from channels.people import abroad
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState
from domain.money import apportion

FINANCIAL = {
    normal(word): state
    for word, state in {
        "pending": PlatformState.UNPAID,
        "authorized": PlatformState.UNPAID,
        "partially_paid": PlatformState.UNPAID,
        "unpaid": PlatformState.UNPAID,
        "expired": PlatformState.CLOSED,
        "voided": PlatformState.CLOSED,
        "paid": PlatformState.PAID,
        "partially_refunded": PlatformState.PAID,
        "refunded": PlatformState.PAID,
    }.items()
}
ON_HOLD = "on_hold"
TEST = "test order"
FULFILMENT = {
    normal(word): state
    for word, state in {
        "": PlatformState.PAID,
        "unfulfilled": PlatformState.PAID,
        "pending": PlatformState.PAID,
        "open": PlatformState.PAID,
        "scheduled": PlatformState.PAID,
        ON_HOLD: PlatformState.PAID,
        "in_progress": PlatformState.PAID,
        "partial": PlatformState.PART_SHIPPED,
        "fulfilled": PlatformState.SHIPPED,
        "restocked": PlatformState.CLOSED,
    }.items()
}


def combined(financial: PlatformState, fulfilment: PlatformState, cancelled: bool) -> PlatformState:
    """One state from Shopify's two axes: what has left counts even when unpaid; cancelled counts before all."""
    if cancelled or fulfilment is PlatformState.CLOSED:
        return PlatformState.CLOSED
    return fulfilment if fulfilment is not PlatformState.PAID else financial


def due_in_cash(financial: PlatformState, cash: bool) -> PlatformState:
    """Cash on delivery stays `pending` until the courier brings the money: it is to be sent all the same."""
    return PlatformState.PAID if cash and financial is PlatformState.UNPAID else financial


def _hold(row: Row) -> str:
    """The file says that Shopify holds it, not why; that it is a test only files say that an app wrote."""
    if row.says_yes("test"):
        return TEST
    return ON_HOLD if normal(row.text("fulfilment")) == normal(ON_HOLD) else ""


def _state(row: Row) -> PlatformState:
    financial = due_in_cash(row.word("state", FINANCIAL), is_cash(row.text("payment")))
    fulfilment = row.word("fulfilment", FULFILMENT)
    return combined(financial, fulfilment, row.moment("cancelled_at") is not None)


def _amounts(row: Row, _state: PlatformState) -> Amounts:
    total, discount = row.needed_amount("total"), row.amount("discount")
    financial = normal(row.text("state"))
    if financial == "partiallypaid":
        paid = max(total - row.amount("outstanding"), 0) if row.has("outstanding") else 0
    else:
        paid = total if row.word("state", FINANCIAL) is PlatformState.PAID else 0
    return Amounts(
        goods=row.amount("goods") + discount if row.has("goods") else 0,  # Subtotal is after the discount
        shipping=row.amount("shipping"),
        discount=discount,
        tax=row.amount("tax"),
        total=total,
        paid=paid,
    )


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    """A discount code is told for the order alone: what it takes off the goods is shared out among the lines."""
    lines, head = _told_lines(rows), rows[0]
    off = sum(line.amount for line in lines) - head.amount("goods") if head.text("goods") else 0
    if not 0 < off <= head.amount("discount"):
        return lines
    shares = apportion(head.amount("goods"), [line.amount for line in lines])
    return tuple(replace(line, amount=share) for line, share in zip(lines, shares, strict=True))


def _told_lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    return tuple(
        _line(row, place)
        for place, row in enumerate(rows, start=1)
        if (place == 1 or row.text("title") or row.text("quantity")) and not row.is_zero("quantity")
    )


def _line(row: Row, place: int) -> IncomingLine:
    quantity, price = row.quantity("quantity"), row.amount("unit_price")
    return IncomingLine(
        external_id=f"{row.text('number')}:{place}",
        title=row.text("title"),
        quantity=quantity,
        merchant_code=row.code("merchant_code"),
        unit_price=price,
        amount=max(price * quantity - abs(row.money("line_discount")), 0),
        virtual=row.says_no("ships"),
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    row = rows[0]
    amount = abs(row.money("refunded"))
    if not amount and normal(row.text("state")) == "refunded":
        amount = row.amount("total")
    if not amount:
        return ()
    return (IncomingRefund(f"{row.text('number')}:file", RefundState.SUCCESS, amount),)


ORDERS = Format(
    name="shopify-orders",
    platform=Platform.SHOPIFY,
    must=frozenset({"number", "state", "total", "title", "quantity", "currency"}),
    columns={
        "number": "Name",
        "external_id": "Id",
        "state": "Financial Status",
        "fulfilment": "Fulfillment Status",
        "test": "Test|Test Order",
        "cancelled_at": "Cancelled at|Canceled at",
        "placed_at": "Created at",
        "paid_at": "Paid at",
        "currency": "Currency",
        "goods": "Subtotal",
        "shipping": "Shipping",
        "tax": "Taxes",
        "total": "Total",
        "discount": "Discount Amount",
        "outstanding": "Outstanding Balance",
        "refunded": "Refunded Amount",
        "buyer_id": "Email",
        "buyer_phone": "Phone",
        "buyer_message": "Notes",
        "payment": "Payment Method",
        "risk": "Risk Level",
        "courier_hint": "Shipping Method",
        "attributes": "Note Attributes",
        "ships": "Lineitem requires shipping",
        "title": "Lineitem name",
        "quantity": "Lineitem quantity",
        "unit_price": "Lineitem price",
        "merchant_code": "Lineitem sku",
        "line_discount": "Lineitem discount",
        "receiver_name": "Shipping Name",
        "phone": "Shipping Phone",
        "street": "Shipping Street",
        "address": "Shipping Address1",
        "address2": "Shipping Address2",
        "city": "Shipping City",
        "zip": "Shipping Zip",
        "province": "Shipping Province",
        "country": "Shipping Country",
    },
    many_rows=True,
    state=_state,
    amounts=_amounts,
    receiver=abroad,
    hold=_hold,
    lines=_lines,
    refunds=_refunds,
)
