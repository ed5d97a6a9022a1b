"""eBay: the orders report of the Seller Hub, in English or German, with its blank and padding lines and its footer.

Surprising: an order of several items begins with a row that sums it up and names no item; that row is the order, the
rows below are its lines. The report knows no refunds and no cancellations. Amounts carry their currency's sign.
`Sold For` may be one piece's price or the row's: what adds up to the total counts. Rule source: formats.md 1.10.
"""

from collections.abc import Sequence

from channels.formats import Amounts, Format, Row, normal
from channels.goods import own_ids
from channels.people import abroad
from domain.intake.incoming import IncomingLine, Platform, PlatformState


def _state(row: Row) -> PlatformState:
    if row.moment("shipped_at"):
        return PlatformState.SHIPPED
    return PlatformState.PAID if row.moment("paid_at") else PlatformState.UNPAID


def _tax(row: Row) -> int:
    """The tax within the total: the seller's, and eBay's unless the report says that it stands outside."""
    outside = normal(row.text("tax_within")) == "no"
    return row.amount("tax") + (0 if outside else row.amount("ebay_tax"))


def _total(row: Row) -> int:
    if row.text("total"):
        return row.amount("total")
    return row.amount("sold") * row.quantity("quantity") + row.amount("shipping") + _tax(row)


def _goods(row: Row) -> int:
    return max(_total(row) - row.amount("shipping") - _tax(row), 0)


def _amounts(row: Row, state: PlatformState) -> Amounts:
    total = _total(row)
    return Amounts(
        goods=_goods(row),
        shipping=row.amount("shipping"),
        tax=_tax(row),
        total=total,
        paid=0 if state is PlatformState.UNPAID else total,
    )


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    items = [row for row in rows if row.text("title") or row.text("item")] or rows
    whole = sum(row.amount("sold") for row in items) == _goods(rows[0])
    return own_ids([_line(row, whole) for row in items])


def _line(row: Row, whole: bool) -> IncomingLine:
    quantity, sold = row.quantity("quantity"), row.amount("sold")
    item, transaction = row.identifier("item"), row.identifier("transaction")
    parts = [row.number, item or row.code("merchant_code"), "" if transaction == "0" else transaction]
    return IncomingLine(
        external_id=":".join(filter(None, parts)),
        title=row.text("title"),
        quantity=quantity,
        merchant_code=row.code("merchant_code"),
        variant=row.text("variant"),
        unit_price=sold // quantity if whole else sold,
        amount=sold if whole else sold * quantity,
    )


ORDERS = Format(
    name="ebay-orders",
    platform=Platform.EBAY,
    must=frozenset({"number", "title", "quantity", "sold"}),
    columns={
        "number": "Order Number|Order ID|Order No.|Bestellnummer",
        "buyer_id": "Buyer Username|Buyer User ID|User Id|Nutzername des Käufers",
        "buyer_message": "Buyer Note|Notiz des Käufers|Nachricht des Käufers",
        "receiver_name": "Ship To Name|Post To Name|Name des Empfängers|Buyer Name|Buyer Fullname|Name des Käufers",
        "phone": "Ship To Phone|Post To Phone|Telefonnummer des Empfängers|Buyer Phone Number",
        "address": "Ship To Address 1|Post To Address 1|Adresse 1 des Empfängers|Buyer Address 1|Adresse 1 des Käufers",
        "address2": "Ship To Address 2|Post To Address 2|Adresse 2 des Empfängers|Buyer Address 2"
        "|Adresse 2 des Käufers",
        "city": "Ship To City|Post To City|Versand nach - Ort|Buyer City|Buyer Town/City|Wohnort des Käufers",
        "province": "Ship To State|Post To State|Ship To County|Post To County|Versand nach - Bundesland|Buyer State"
        "|Buyer County|Bundesland des Käufers",
        "zip": "Ship To Zip|Post To Zip|Post To Postcode|Post To Postal Code|Ship To Postcode|Ship To Postal Code"
        "|Versand nach - PLZ|Buyer Zip|Buyer Postcode|Buyer Postal Code|PLZ des Käufers",
        "country": "Ship To Country|Post To Country|Versand nach - Land|Buyer Country|Land des Käufers",
        "item": "Item Number|Item ID|Artikelnummer|Artikelnr.",
        "title": "Item Title|Angebotstitel",
        "merchant_code": "Custom Label|Custom Label (SKU)|Bestandseinheit",
        "variant": "Variation Details|Variantendetails",
        "quantity": "Quantity|Anzahl|Stückzahl",
        "sold": "Sold For|Sale Price|Item Price|Verkauft für",
        "shipping": "Shipping And Handling|Postage And Handling|Postage And Packaging|Verpackung und Versand",
        "tax": "Seller Collected Tax|Sales Tax|US Tax",
        "ebay_tax": "eBay Collected Tax|Von eBay eingezogene Steuer",
        "tax_within": "eBay Collected Tax and Fees Included in Total|eBay Collected Tax Included in Total"
        "|Total Includes eBay Collected Tax",
        "total": "Total Price|Gesamtbetrag",
        "payment": "Payment Method|Zahlungsmethode",
        "placed_at": "Sale Date|Order Date|Verkauft am",
        "paid_at": "Paid On Date|Zahlungsdatum",
        "shipped_at": "Shipped On Date|Posted On Date|Dispatched On Date|Versanddatum",
        "promised_ship_at": "Ship By Date|Post By Date|Dispatch By Date|Versand bis",
        "seller_note": "My Item Note|Notes to yourself|Meine Notiz",
        "courier_hint": "Shipping Service|Postage Service|Delivery Service|Versandservice",
        "waybill": "Tracking Number|Sendungsnummer",
        "transaction": "Transaction ID|Transaktionsnummer",
        "external_id": "Sales Record Number|Verkaufsprotokollnummer",
    },
    many_rows=True,
    state=_state,
    amounts=_amounts,
    receiver=abroad,
    lines=_lines,
)
