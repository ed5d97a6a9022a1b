"""Lazada: the order workbook; a row is one piece, there is no quantity.

Surprising: pieces of one seller SKU in an order are one line; a cancelled piece is no goods of an order that lives
on, so the line's quantity goes down when one is cancelled. Money is also paid back for goods that stay. The currency
is told nowhere: it is the shop's. Rule source: formats.md 1.12.
"""

from collections.abc import Sequence
from dataclasses import replace

from channels.after_sales import line_refunds
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import nothing_paid, told_once
from channels.orders import ours_or_sent
from channels.people import abroad
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, Receiver, RefundState

_STATES = words(
    unpaid="unpaid|pending payment",
    paid="pending|topack|packed|toship|ready_to_ship|ready to ship|rts|repacked|confirmed_to_pack"
    "|ready_to_ship_pending",
    shipped="shipped|shipping|in transit|failed|failed_delivery|failed delivery|lost_by_3pl|lost|damaged_by_3pl|damaged"
    "|shipped_back|shipped_back_failed|In Transit: Returning to seller|Package scrapped",
    done="delivered|confirmed|completed|returned|shipped_back_success|Package Returned",
    closed="canceled|cancelled",
)
_RETURNED = {normal(word) for word in ("returned", "shipped_back_success", "Package Returned")}
_COURIERS = normal("INFO_ST")
_BY_LAZADA = {normal(word) for word in ("Own Warehouse", "Fulfilled by Lazada", "Fulfillment by Lazada", "FBL")}


def _state(row: Row) -> PlatformState:
    """What begins with INFO_ST is a courier's own word for a parcel on its way, mostly back; what lies in Lazada's own
    warehouse, which it calls that, is not shipped again here."""
    if normal(row.text("state")).startswith(_COURIERS):
        return PlatformState.SHIPPED
    state = row.word("state", _STATES)
    by_lazada = normal(row.text("fulfilment")) in _BY_LAZADA
    return ours_or_sent(state, by_lazada)


def _paid(row: Row) -> int:
    return row.amount("paid") if row.has("paid") else row.amount("unit_price")


def _amounts(row: Row, state: PlatformState) -> Amounts:
    shipping = row.amount("shipping")
    total = _paid(row) + shipping
    goods = row.amount("unit_price") or _paid(row)
    return Amounts(goods, shipping, max(goods - _paid(row), 0), 0, total, 0 if nothing_paid(row, state) else total)


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    told_once(rows, [row.identifier("piece") for row in rows], "piece")
    live = [row for row in rows if _state(row) is not PlatformState.CLOSED] or rows
    pieces: dict[str, list[Row]] = {}
    for row in live:
        article = row.code("merchant_code") or row.code("sku") or normal(row.text("title") + row.text("variant"))
        pieces.setdefault(article, []).append(row)
    return tuple(_line(article, of_it) for article, of_it in pieces.items())


def _line(article: str, pieces: Sequence[Row]) -> IncomingLine:
    head = pieces[0]
    back = sum(map(_back, pieces))
    return IncomingLine(
        external_id=f"{head.number}:{article}",
        title=head.text("title"),
        quantity=len(pieces),
        merchant_code=head.code("merchant_code"),
        variant=head.text("variant"),
        unit_price=head.amount("unit_price") or _paid(head),
        amount=sum(map(_paid, pieces)),
        refund=RefundState.SUCCESS if back or any(map(_is_returned, pieces)) else RefundState.NONE,
        refunded=back,
    )


def _is_returned(row: Row) -> bool:
    return normal(row.text("state")) in _RETURNED


def _back(row: Row) -> int:
    """What was paid back for the piece: as told, or all of one that came back."""
    return row.amount("refunded") or (_paid(row) if _is_returned(row) else 0)


def _receiver(row: Row) -> Receiver:
    """As told; the fifth part of an address is the district or, in some markets, the postcode once more."""
    to = abroad(row)
    return replace(to, district="") if to.district == to.zip else to


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    return line_refunds(rows[0].number, _lines(rows))


ORDERS = Format(
    name="lazada-orders",
    platform=Platform.LAZADA,
    must=frozenset({"number", "piece", "merchant_code", "title", "state"}),
    columns={
        "number": "orderNumber|Order Number",
        "piece": "orderItemId|Order Item Id",
        "merchant_code": "sellerSku|Seller SKU",
        "sku": "lazadaSku|Lazada SKU",
        "title": "itemName|Item Name",
        "variant": "variation|Variation",
        "state": "status|Status",
        "unit_price": "unitPrice|Unit Price",
        "paid": "paidPrice|Paid Price",
        "shipping": "shippingFee|Shipping Fee",
        "refunded": "refundAmount|Refund Amount",
        "placed_at": "createTime|Created at",
        "updated_at": "updateTime|Updated at",
        "promised_ship_at": "ttsSla|promisedShippingTime",
        "fulfilment": "deliveryType|Delivery Type|shippingType|Shipping Type",
        "order_type": "orderType|Order Type",
        "payment": "payMethod|Payment Method",
        "waybill": "trackingCode|Tracking Code",
        "courier_hint": "shippingProvider|Shipping Provider",
        "warehouse_hint": "wareHouse|Warehouse",
        "buyer_id": "customerEmail|Customer Email",
        "buyer_message": "buyerRemark|deliveryRemarks",
        "seller_note": "sellerNote|Seller Note",
        "receiver_name": "shippingName|Shipping Name|customerName",
        "phone": "shippingPhone|shippingPhoneNumber|Shipping Phone Number",
        "address": "shippingAddress|Shipping Address",
        "address2": "shippingAddress2|Shipping Address2",
        "province": "shippingAddress3|shippingRegion",
        "city": "shippingCity|Shipping City|shippingAddress4",
        "district": "shippingAddress5",
        "zip": "shippingPostCode|Shipping Postcode",
        "country": "shippingCountry|Shipping Country",
    },
    many_rows=True,
    scattered=True,
    each_row=True,
    closed_rows_go=True,
    state=_state,
    amounts=_amounts,
    receiver=_receiver,
    lines=_lines,
    refunds=_refunds,
    refund_columns=frozenset({"refunded", "state"}),
)
