"""Amazon: the order reports (new and unshipped orders; all orders), tab-separated without quoting, a row per item.

Surprising: a cancelled row has quantity 0 and no price; what Amazon ships itself counts as shipped, so that nobody
here ships it again; and lines are known by SKU in all reports alike, because only some tell the item's number.
Unshipped orders tell no money and all orders tell no receiver, so neither takes away what another report told. A buyer
who asks to cancel is told in a column, while the order stays unshipped: that is a refund asked for.
Rule source: formats.md 1.9.
"""

from collections.abc import Sequence

from channels.after_sales import whole_refund
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import nothing_paid, own_ids, told_once
from channels.orders import ours_or_sent
from channels.people import abroad
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_TAX_ON_TOP = frozenset({"USD", "CAD", "MXN"})
_STATES = words(
    unpaid="Pending|Pending Availability|Payment Pending",
    paid="Unshipped|Invoice Unconfirmed|Pending - Waiting for Pick Up",
    part_shipped="PartiallyShipped|Partially Shipped",
    shipped="Shipped|Shipping|Complete",
    closed="Cancelled|Canceled|Unfulfillable",
)
_SHIPPED = "shipped"
_PARTS = {
    "goods": ("item_price", "gift_price"),
    "shipping": ("shipping",),
    "tax": ("item_tax", "shipping_tax", "gift_tax"),
    "discount": ("item_discount", "shipping_discount"),
}


def _to_ship(row: Row) -> PlatformState:
    """New orders are paid; the unshipped report also says how much of it has gone."""
    if row.is_zero("quantity"):
        return PlatformState.CLOSED
    if row.is_zero("to_ship"):
        return PlatformState.SHIPPED
    gone = row.text("gone") and not row.is_zero("gone")
    return PlatformState.PART_SHIPPED if gone else PlatformState.PAID


def _state(row: Row) -> PlatformState:
    told = normal(row.text("state"))
    if row.is_zero("quantity") or normal(row.text("item_state")) in ("cancelled", "canceled"):
        return PlatformState.CLOSED
    state = PlatformState.SHIPPED if told.startswith(_SHIPPED) else row.word("state", _STATES)
    by_amazon = normal(row.text("fulfilment")).startswith(("amazon", "afn"))
    return ours_or_sent(state, by_amazon)


def _amounts(row: Row, state: PlatformState) -> Amounts:
    goods, shipping, tax, discount = (sum(abs(row.money(one)) for one in part) for part in _PARTS.values())
    on_top = tax if row.currency in _TAX_ON_TOP else 0
    total = max(goods + shipping + on_top - discount, 0)
    return Amounts(goods, shipping, discount, tax, total, 0 if nothing_paid(row, state) else total)


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    told_once(rows, [row.identifier("line_id") for row in rows], "line_id")
    return own_ids([_line(row) for row in rows if not row.is_zero("quantity")])


def _live_lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    """A cancelled item is no goods of an order that lives on, even where it still has a quantity."""
    return _lines([row for row in rows if _state(row) is not PlatformState.CLOSED] or rows)


def _line(row: Row) -> IncomingLine:
    quantity, goods, sku = row.quantity("quantity"), row.amount("item_price"), row.code("sku")
    tax = row.amount("item_tax") if row.currency in _TAX_ON_TOP else 0
    return IncomingLine(
        external_id=f"{row.number}:{sku}",
        title=row.text("title"),
        quantity=quantity,
        merchant_code=sku,
        unit_price=goods // quantity,
        amount=max(goods + tax - abs(row.money("item_discount")), 0),
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    asked = any(row.text("cancel_asked").casefold() in ("true", "yes", "1") for row in rows)
    return whole_refund(rows[0].number, RefundState.REQUESTED if asked else RefundState.NONE, 0)


_COLUMNS = {
    "sku": "sku",
    "title": "product-name",
    "currency": "currency",
    "item_price": "item-price",
    "item_tax": "item-tax",
    "shipping": "shipping-price",
    "shipping_tax": "shipping-tax",
    "gift_price": "gift-wrap-price",
    "gift_tax": "gift-wrap-tax",
    "item_discount": "item-promotion-discount",
    "shipping_discount": "ship-promotion-discount",
    "placed_at": "purchase-date",
    "city": "ship-city",
    "district": "ship-county",
    "province": "ship-state",
    "zip": "ship-postal-code",
    "country": "ship-country",
    "courier_hint": "ship-service-level",
    "payment": "payment-method",
    "cancel_asked": "is-buyer-requested-cancellation",
}

ORDERS = Format(
    name="amazon-orders",
    platform=Platform.AMAZON,
    must=frozenset({"number", "line_id", "sku", "title", "quantity", "placed_at"}),
    columns={
        **_COLUMNS,
        "number": "order-id",
        "line_id": "order-item-id",
        "quantity": "quantity-purchased",
        "gone": "quantity-shipped",
        "to_ship": "quantity-to-ship",
        "paid_at": "payments-date",
        "promised_ship_at": "promise-date|latest-ship-date",
        "buyer_id": "buyer-email",
        "receiver_name": "recipient-name",
        "phone": "ship-phone-number",
        "buyer_phone": "buyer-phone-number",
        "address": "ship-address-1",
        "address2": "ship-address-2",
        "address3": "ship-address-3",
        "buyer_message": "delivery-Instructions",
    },
    many_rows=True,
    scattered=True,
    each_row=True,
    quoted=False,
    state=_to_ship,
    amounts=_amounts,
    receiver=abroad,
    lines=_lines,
    refunds=_refunds,
)

ALL = Format(
    name="amazon-all-orders",
    platform=Platform.AMAZON,
    must=frozenset({"number", "state", "sku", "title", "quantity"}),
    columns={
        **_COLUMNS,
        "number": "amazon-order-id",
        "state": "order-status",
        "item_state": "item-status",
        "quantity": "quantity|quantity-purchased",
        "fulfilment": "fulfillment-channel",
        "updated_at": "last-updated-date",
    },
    many_rows=True,
    scattered=True,
    each_row=True,
    closed_rows_go=True,
    quoted=False,
    state=_state,
    amounts=_amounts,
    receiver=abroad,
    lines=_live_lines,
    refunds=_refunds,
)
