"""Rows of one order to an `IncomingOrder`, the same way for every table format.

Surprising: `raw` holds the order's rows joined by tabs and newlines; it is for the record and for people, nothing
is ever parsed from it again.
"""

from collections.abc import Sequence

from channels.formats import Format, Row
from channels.reasons import Reason, Refused, shown
from domain.incoming import IncomingOrder


def build(format_: Format, rows: Sequence[Row]) -> IncomingOrder:
    """Raises Refused, with the row to blame."""
    head = rows[0]
    if not format_.currency:
        code = currency(head)
        for row in rows:
            row.currency = code
    state = format_.state(head)
    amounts = format_.amounts_of_rows(rows, state) if format_.amounts_of_rows else format_.amounts(head, state)
    return IncomingOrder(
        platform=format_.platform,
        number=head.number,
        state=state,
        currency=head.currency,
        row=head.line,
        raw="\n".join(["\t".join(row.cells) for row in rows]),
        shop_name=head.text("shop_name"),
        placed_at=format_.placed_at(head),
        paid_at=head.moment("paid_at"),
        updated_at=head.moment("updated_at"),
        goods=amounts.goods,
        shipping=amounts.shipping,
        discount=amounts.discount,
        tax=amounts.tax,
        total=amounts.total,
        paid=amounts.paid,
        buyer_id=head.text("buyer_id"),
        buyer_message=head.text("buyer_message"),
        seller_note=head.text("seller_note"),
        receiver=format_.receiver(head),
        waybill=head.waybill("waybill"),
        lines=format_.lines(rows),
        refunds=format_.refunds(rows),
        fragment=format_.fragment,
        external_id=head.identifier("external_id"),
    )


def currency(row: Row) -> str:
    """The row's three-letter currency. Raises Refused MISSING or UNKNOWN_CURRENCY."""
    code = row.needed("currency").upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise row.blame(Refused(Reason.UNKNOWN_CURRENCY, value=shown(code)), "currency")
    return code
