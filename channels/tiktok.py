"""TikTok Shop: the order export, CSV or workbook; a row per SKU, the order's amount on each.

Surprising: below the header there may be a row that explains the columns; `03/04/2026` is April in Asia and March in
America, decided once per file; states are in the market's language, and one that nobody listed is read from the
times (cancelled, delivered, shipped). The currency is the shop's unless the amounts tell it. What TikTok ships
itself counts as shipped. Rule source: formats.md 1.13.
"""

from collections.abc import Sequence

from channels.after_sales import file_refund, whole_refund
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import own_ids, was_paid
from channels.orders import ours_or_sent
from channels.people import abroad
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_STATES = words(
    unpaid="Unpaid|ยังไม่ได้ชำระเงิน|ยังไม่ชำระ|Belum dibayar|Belum bayar|Chưa thanh toán|未付款|待付款|Não pago|No pagado"
    "|Unbezahlt|Non payé|Impayé|Non pagato|未払い",
    paid="To ship|Awaiting shipment|Awaiting collection|On hold|ที่จะจัดส่ง|รอจัดส่ง|Perlu dikirim|Untuk dihantar"
    "|Menunggu pengiriman|Menunggu pengambilan|Cần gửi|Chờ vận chuyển|Chờ lấy hàng|待发货|待出货|A enviar|A ser enviado"
    "|Aguardando envio|Por enviar|Zu versenden|Versandbereit|À expédier|Da spedire|発送待ち|出荷待ち",
    part_shipped="Partially shipped|Partially shipping",
    shipped="Shipped|In transit|จัดส่งแล้ว|Dikirim|Dihantar|Đã gửi|Đã vận chuyển|Đang vận chuyển|Đang giao"
    "|已发货|运输中|Enviado|Em trânsito|En tránsito|Versandt|Versendet|Expédié|Spedito|発送済み|配送中",
    done="Completed|Delivered|เสร็จสมบูรณ์|เสร็จสิ้นแล้ว|จัดส่งสำเร็จ|Selesai|Đã hoàn tất|Hoàn tất|Hoàn thành|Đã giao"
    "|已完成|已送达|Concluído|Entregue|Completado|Entregado|Abgeschlossen|Zugestellt|Terminé|Livré|Completato|完了|配達済み",
    closed="Canceled|Cancelled|ยกเลิกแล้ว|Dibatalkan|Đã hủy|Đã huỷ|已取消|取消|Cancelado|Storniert|Annulé|Annullato"
    "|キャンセル済み",
)
_TIMES = (
    ("cancelled_time", PlatformState.CLOSED),
    ("delivered_time", PlatformState.DONE),
    ("shipped_time", PlatformState.SHIPPED),
)
_RETURNED = ("cancel", "return", "refund", "คืน", "ยกเลิก", "batal", "pengembalian", "hoàn", "hủy", "devol", "reembolso")


def _state(row: Row) -> PlatformState:
    state = _STATES.get(normal(row.text("state")))
    if state is None:
        state = next((meant for field, meant in _TIMES if row.moment(field)), None) or row.word("state", _STATES)
    by_tiktok = "tiktok" in row.text("fulfilment").casefold()
    return ours_or_sent(state, by_tiktok)


def _hold(row: Row) -> str:
    """The first hour, in which the buyer may still call it off: TikTok lets nobody send it before."""
    told = (normal(row.text(field)) for field in ("state", "substate"))
    return "On hold" if "onhold" in told else ""


def _amounts(row: Row, state: PlatformState) -> Amounts:
    total = row.amount("total")
    return Amounts(
        goods=row.amount("line_goods") or row.amount("line_amount"),
        shipping=row.amount("shipping"),
        discount=abs(row.money("platform_discount")) + abs(row.money("seller_discount")),
        tax=row.amount("tax"),
        total=total,
        paid=total if was_paid(row, state) else 0,
    )


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    lives = {_state(row) for row in rows} != {PlatformState.CLOSED}
    return own_ids([_line(row, lives) for row in rows if not row.is_zero("quantity")])


def _line(row: Row, lives: bool) -> IncomingLine:
    """A cancelled article of an order that lives on is paid back."""
    code, amount = row.code("merchant_code"), row.amount("line_amount")
    gone = lives and _state(row) is PlatformState.CLOSED
    return IncomingLine(
        external_id=f"{row.number}:{row.identifier('sku') or code}",
        title=row.text("title"),
        quantity=row.quantity("quantity"),
        merchant_code=code,
        variant=row.text("variant"),
        unit_price=row.amount("unit_price"),
        amount=amount,
        refund=RefundState.SUCCESS if gone else RefundState.NONE,
        refunded=amount if gone else 0,
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    """The amount refunded, once per order; a return or cancellation without an amount yet is asked for. What was
    cancelled of an order that lives on is named."""
    row = rows[0]
    amount = max(one.amount("refunded") for one in rows)
    if gone := [line for line in _lines(rows) if line.refund is RefundState.SUCCESS]:
        back = amount or sum(line.refunded for line in gone)
        return (file_refund(row.number, RefundState.SUCCESS, back, tuple(line.external_id for line in gone)),)
    returned = any(word in row.text("return_kind").casefold() for word in _RETURNED)
    asked = RefundState.REQUESTED if returned and _state(row) is not PlatformState.CLOSED else RefundState.NONE
    return whole_refund(row.number, RefundState.SUCCESS if amount else asked, amount)


ORDERS = Format(
    name="tiktok-orders",
    platform=Platform.TIKTOK,
    must=frozenset({"number", "state", "title", "quantity", "total", "mark"}),
    columns={
        "mark": "SKU ID|Seller SKU|Order Substatus|SKU Unit Original Price|SKU Subtotal After Discount|RTS Time|Phone #"
        "|Cancelation/Return Type|Buyer Username|Shipping Provider Name|Regency and City|Detail Address",
        "number": "Order ID",
        "state": "Order Status",
        "substate": "Order Substatus",
        "return_kind": "Cancelation/Return Type|Cancellation/Return Type",
        "presale": "Normal or Pre-order",
        "sku": "SKU ID",
        "merchant_code": "Seller SKU",
        "title": "Product Name",
        "variant": "Variation",
        "quantity": "Quantity",
        "unit_price": "SKU Unit Original Price",
        "line_goods": "SKU Subtotal Before Discount",
        "platform_discount": "SKU Platform Discount",
        "seller_discount": "SKU Seller Discount",
        "line_amount": "SKU Subtotal After Discount",
        "shipping": "Shipping Fee After Discount",
        "tax": "Taxes",
        "total": "Order Amount",
        "refunded": "Order Refund Amount",
        "currency": "Currency",
        "placed_at": "Created Time",
        "paid_at": "Paid Time",
        "shipped_time": "Shipped Time",
        "delivered_time": "Delivered Time",
        "cancelled_time": "Cancelled Time|Canceled Time",
        "promised_ship_at": "Ship By Date|Latest Ship Time|Shipping Due Time",
        "fulfilment": "Fulfillment Type|Fulfilment Type",
        "warehouse_hint": "Warehouse Name",
        "waybill": "Tracking ID",
        "courier_hint": "Shipping Provider Name|Delivery Option",
        "payment": "Payment Method",
        "buyer_message": "Buyer Message",
        "delivery_note": "Delivery Instruction|Delivery Instructions",
        "buyer_id": "Buyer Username",
        "receiver_name": "Recipient",
        "phone": "Phone #",
        "zip": "Zipcode|Postal Code",
        "country": "Country|Country / Region",
        "province": "Province|State|Region",
        "city": "City|Regency and City|Municipality",
        "district": "District|Districts|Barangay",
        "street": "Street Name",
        "address": "Detail Address|Address Line 1",
        "address2": "Additional address information|Address Line 2",
        "address3": "Villages",
        "seller_note": "Seller Note",
    },
    many_rows=True,
    scattered=True,
    each_row=True,
    repeated=("shipping", "tax", "total", "paid"),
    state=_state,
    amounts=_amounts,
    receiver=abroad,
    hold=_hold,
    lines=_lines,
    refunds=_refunds,
)
