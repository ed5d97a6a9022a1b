"""WooCommerce's orders as the common plugins write them into tables, for the shop itself has no such export.

Surprising: there are three shapes. Advanced Order Export writes titles (`Item Name`, `City (Shipping)`), the Customer/
Order Export a row per item under the API's names, and that one and WebToffee's also a row per order whose goods are
packed into cells (`name:Tea|sku:TEA-1|quantity:2|total:20.00`). A status may be in the shop's language. Where nothing
tells when it was paid, the status does; cash on delivery is paid when the order is completed. What has been refunded
is no more to ship. Rule source: docs/formats.md, "WooCommerce tables".
"""

import re
from collections.abc import Sequence

from channels import cells
from channels.after_sales import file_refund
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import own_ids
from channels.orders import is_cash
from channels.people import country, masked, phone
from channels.reasons import Reason, Refused
from channels.woocommerce import STATES
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, Receiver, RefundState

_STATES = {normal(word): state for word, state in STATES.items()} | words(
    unpaid="pending payment|draft|Zahlung ausstehend|In Wartestellung|Fehlgeschlagen|Attente paiement|En attente"
    "|Échouée|Pendiente de pago|En espera|Fallido|Pagamento pendente|Aguardando|Malsucedido|In attesa di pagamento"
    "|In sospeso|Fallito|Wacht op betaling|In de wacht|Mislukt|待付款|等待付款|保留|失败",
    paid="In Bearbeitung|En cours|Procesando|Processando|In lavorazione|In behandeling|处理中|正在处理",
    shipped="Versandt|Enviado|已发货",
    done="Abgeschlossen|Fertiggestellt|Terminée|Completado|Concluído|Completato|Voltooid|Afgerond|已完成|完成",
    closed="canceled|Storniert|Rückerstattet|Erstattet|Annulée|Remboursée|Cancelado|Reembolsado|Annullato|Rimborsato"
    "|Geannuleerd|Terugbetaald|已取消|已退款",
)
_REFUNDED = frozenset(
    words(closed="refunded|Rückerstattet|Erstattet|Remboursée|Reembolsado|Rimborsato|Terugbetaald|已退款")
)
_PREFIX = "wc-"
_NEXT_ITEM = re.compile(r"(?<!\\);(?=(?:id|name|product_id|sku):)")
_KEY = re.compile(r"[a-z_]+:")
_CELL_OF_ITEMS = re.compile(r"lineitems|lineitem\d+")


def _told(row: Row) -> str:
    return row.text("state").removeprefix(_PREFIX)


def _state(row: Row) -> PlatformState:
    return _STATES.get(normal(_told(row))) or row.word("state", _STATES)


def _number(row: Row) -> str:
    return row.identifier("shown_number") or row.identifier("number") or row.identifier("external_id")


def _was_paid(row: Row, state: PlatformState) -> bool:
    if row.has("paid_at"):
        return row.moment("paid_at") is not None
    if state is PlatformState.CLOSED:
        return normal(_told(row)) in _REFUNDED
    if is_cash(row.text("payment")):
        return state is PlatformState.DONE
    return state is not PlatformState.UNPAID


def _amounts(row: Row, state: PlatformState) -> Amounts:
    total, shipping, tax = row.needed_amount("total"), row.amount("shipping"), row.amount("tax")
    discount = abs(row.money("discount"))
    goods = row.amount("goods") if row.has("goods") else max(total - shipping - tax + discount, 0)
    return Amounts(goods, shipping, discount, tax, total, total if _was_paid(row, state) else 0)


def _receiver(row: Row) -> Receiver:
    """Where it is shipped to, or where the bill goes when no other place is told."""
    side = "ship" if any(row.text(f"ship_{part}") for part in ("address", "city", "zip")) else "bill"
    first, last = row.text(f"{side}_first_name"), row.text(f"{side}_last_name")
    name = f"{first} {last}".strip() or row.text(f"{side}_name") or row.text(f"{side}_company")
    number = phone(row.code(f"{side}_phone") or row.code("bill_phone"))
    address = ", ".join(filter(None, (row.text(f"{side}_address"), row.text(f"{side}_address2"))))
    return Receiver(
        name=name,
        phone=number,
        country=country(row.code(f"{side}_country")),
        province=row.text(f"{side}_province"),
        city=row.text(f"{side}_city"),
        address=address,
        zip=row.code(f"{side}_zip"),
        masked=masked(name, number, address),
    )


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    """Raises Refused for a row that was put to this order for want of a number and does not fit it."""
    strays = [row for row in rows[1:] if not row.text("state")]
    live = [row for row in rows if not row.is_zero("quantity")]
    if strays and sum(row.amount("unit_price") * row.quantity("quantity") for row in live) != rows[0].amount("goods"):
        raise strays[0].blame(Refused(Reason.MISSING), "number")
    return own_ids([_line(row) for row in live])


def _line(row: Row) -> IncomingLine:
    quantity, code = row.quantity("quantity"), row.code("merchant_code")
    price = row.amount("unit_price")
    amount = row.amount("line_amount") + row.amount("line_tax") or price * quantity
    back = abs(row.money("line_refunded"))
    return IncomingLine(
        external_id=row.identifier("line_id") or f"{row.number}:{code or normal(row.text('title'))}",
        title=row.text("title"),
        quantity=quantity,
        merchant_code=code,
        variant=row.text("variant"),
        unit_price=price or row.amount("line_goods") // quantity or amount // quantity,
        amount=amount,
        refund=RefundState.SUCCESS if back else RefundState.NONE,
        refunded=back,
        virtual=row.says_yes("virtual"),
    )


def _packed(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    """The goods of an order's one row, from all its cells of goods. Raises Refused MISSING when there are none."""
    row = rows[0]
    names = [normal(cells.clean(name)) for name in row.layout.header]
    told = [cells.clean(cell) for name, cell in zip(names, row.cells, strict=False) if _CELL_OF_ITEMS.fullmatch(name)]
    items = [item for cell in filter(None, told) for item in _NEXT_ITEM.split(cell)]
    if not items:
        raise row.blame(Refused(Reason.MISSING), "items")
    try:
        return own_ids([_item(row, _fields(item)) for item in items])
    except Refused as refusal:
        raise row.blame(refusal, "items") from None


def _fields(item: str) -> dict[str, str]:
    """`name:Mug | white|sku:CUP-W`: what does not begin with a key belongs to the value before it."""
    told: dict[str, str] = {}
    key = ""
    for part in item.split("|"):
        if _KEY.match(part):
            key, _, value = part.partition(":")
            told[key] = value
        elif key:
            told[key] = f"{told[key].removesuffix(chr(92))}|{part}"
    return {name: cells.clean(value) for name, value in told.items()}


def _item(row: Row, told: dict[str, str]) -> IncomingLine:
    quantity, code = cells.quantity(told.get("quantity", "")), cells.code(told.get("sku", ""))
    subtotal = told.get("subtotal") or told.get("sub_total") or told.get("total", "")
    amount, tax = (cells.money(told.get(name, ""), row.currency) for name in ("total", "total_tax"))
    back = abs(cells.money(told.get("refunded", ""), row.currency))
    return IncomingLine(
        external_id=told.get("id") or f"{row.number}:{code or normal(told.get('name', ''))}",
        title=told.get("name", ""),
        quantity=quantity,
        merchant_code=code,
        variant=told.get("meta", ""),
        unit_price=cells.money(subtotal, row.currency) // quantity,
        amount=amount + tax,
        refund=RefundState.SUCCESS if back else RefundState.NONE,
        refunded=back,
        virtual=told.get("virtual", "").casefold() in ("1", "yes", "true"),
    )


def _refund(row: Row, lines: Sequence[IncomingLine]) -> tuple[IncomingRefund, ...]:
    """The sum paid back; all of it where only the status says so."""
    amount = abs(row.money("refunded"))
    if not amount and normal(_told(row)) in _REFUNDED:
        amount = row.amount("total")
    of = tuple(line.external_id for line in lines if line.refund is RefundState.SUCCESS)
    return (file_refund(row.number, RefundState.SUCCESS, amount, of),) if amount else ()


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    return _refund(rows[0], _lines(rows))


def _packed_refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    return _refund(rows[0], _packed(rows))


def _place(field: str, name: str) -> dict[str, str]:
    """The columns of one side of an order, under the API's names and as titles."""
    title = name.title()
    return {
        f"{field}_first_name": f"{name}_first_name|First Name ({title})",
        f"{field}_last_name": f"{name}_last_name|Last Name ({title})",
        f"{field}_name": f"{name}_full_name|{name}_name|Full Name ({title})",
        f"{field}_company": f"{name}_company|Company ({title})",
        f"{field}_phone": f"{name}_phone|Phone ({title})",
        f"{field}_address": f"{name}_address_1|Address 1&2 ({title})|Address 1 ({title})",
        f"{field}_address2": f"{name}_address_2|Address 2 ({title})",
        f"{field}_city": f"{name}_city|City ({title})",
        f"{field}_province": f"{name}_state|State Code ({title})|State Name ({title})|State ({title})",
        f"{field}_zip": f"{name}_postcode|Postcode ({title})",
        f"{field}_country": f"{name}_country|Country Code ({title})|Country Name ({title})|Country ({title})",
    }


_COLUMNS = {
    **_place("ship", "shipping"),
    **_place("bill", "billing"),
    "buyer_id": "billing_email|customer_email|Email (Billing)",
    "buyer_message": "customer_note|Customer Note",
    "virtual": "item_virtual|Virtual|Is Virtual",
    "payment": "payment_method|payment_method_title|Payment Method|Payment Method Title",
    "courier_hint": "shipping_method|Shipping Method Title",
    "currency": "order_currency|Currency",
    "placed_at": "order_date|date",
    "paid_at": "paid_date|date_paid|Date Paid",
    "waybill": "tracking_number|Tracking Number",
}
_API = {
    **_COLUMNS,
    "shown_number": "order_number_formatted",
    "number": "order_number|order_id",
    "external_id": "order_id",
    "state": "status|order_status",
    "goods": "order_subtotal|subtotal",
    "shipping": "shipping_total|order_shipping",
    "discount": "discount_total|cart_discount",
    "tax": "tax_total|order_tax",
    "total": "order_total",
    "refunded": "refunded_total",
}

REPORT = Format(
    name="woocommerce-report",
    platform=Platform.WOOCOMMERCE,
    must=frozenset({"number", "state", "title", "quantity", "total"}),
    columns={
        **_COLUMNS,
        "number": "Order Number|Order ID",
        "state": "Order Status",
        "goods": "Order Subtotal Amount",
        "shipping": "Order Shipping Amount",
        "discount": "Cart Discount Amount",
        "tax": "Order Total Tax Amount|Order Tax Amount",
        "total": "Order Total Amount",
        "refunded": "Order Refund Amount",
        "title": "Item Name|Product Name|Name",
        "variant": "Product Variation",
        "quantity": "Quantity (- Refund)|Quantity",
        "merchant_code": "SKU",
        "unit_price": "Item Cost",
        "line_amount": "Order Line Total",
    },
    many_rows=True,
    unmerged=("number", "state", "placed_at", "total", "buyer_id", "ship_address", "bill_address"),
    state=_state,
    amounts=_amounts,
    receiver=_receiver,
    lines=_lines,
    refunds=_refunds,
)

ITEMS = Format(
    name="woocommerce-items",
    platform=Platform.WOOCOMMERCE,
    must=frozenset({"number", "state", "total", "title", "quantity", "bill_first_name"}),
    columns={
        **_API,
        "line_id": "item_id",
        "title": "item_name",
        "variant": "item_meta",
        "quantity": "item_quantity",
        "merchant_code": "item_sku",
        "unit_price": "item_price",
        "line_goods": "item_subtotal",
        "line_amount": "item_total",
        "line_tax": "item_total_tax|item_tax",
        "line_refunded": "item_refunded",
    },
    many_rows=True,
    scattered=True,
    number=_number,
    state=_state,
    amounts=_amounts,
    receiver=_receiver,
    lines=_lines,
    refunds=_refunds,
)

ORDERS = Format(
    name="woocommerce-orders",
    platform=Platform.WOOCOMMERCE,
    must=frozenset({"number", "state", "total", "items", "bill_first_name"}),
    columns={**_API, "items": "line_items|line_item_1"},
    number=_number,
    state=_state,
    amounts=_amounts,
    receiver=_receiver,
    lines=_packed,
    refunds=_packed_refunds,
)
