"""Rows of one order to an `IncomingOrder`, the same way for every table format.

Surprising: `raw` holds the order's rows joined by tabs and newlines; it is for the record and for people, nothing
is ever parsed from it again. And one row may be several: a merged export joins an order's cells by `;`.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache, reduce
from operator import add

from channels import cells
from channels.delivery import is_yes, not_by_courier
from channels.formats import Amounts, Format, Row, normal
from channels.reasons import Reason, Refused, shown
from domain.intake.incoming import IncomingLine, IncomingOrder, PlatformState

_CASH = (
    "货到付款",
    "貨到付款",
    "取貨付款",
    "代金引換",
    "代引",
    "cash on delivery",
    "cashondelivery",
    "cash_on_delivery",
    "nachnahme",
    "contra reembolso",
    "contrareembolso",
    "bayar di tempat",
    "เก็บเงินปลายทาง",
    "ชำระเงินปลายทาง",
    "thanh toán khi nhận hàng",
)
_COD = re.compile(r"(?<![a-z])cod(?![a-z])")
_PRESALE = ("预售", "预定", "定金", "pre-order", "preorder")
_NO = ("", "否", "无", "no", "n", "false", "0", "非预售", "normal")
_GONE = frozenset({PlatformState.SHIPPED, PlatformState.DONE})
_NO_GOODS = re.compile(
    r"(?<!非)虚拟|电子[券票]|电子凭证|卡[券密]|核销|(?<![a-z])loc(?![a-z])|(?<!non-)(?<!non)digital|virtual"
)
"""Order types of what no parcel holds; JD calls vouchers for local shops LOC."""
_OUR_OWN = frozenset({"dropshipping", "dropship"})
"""How Lazada calls the warehouse of every seller who sends himself."""
_NUMERALS = frozenset("0123456789.,-¥￥")


def build(format_: Format, read: Sequence[Row]) -> IncomingOrder:
    """Raises Refused, with the row to blame."""
    rows = [part for row in read for part in parts(row, format_.joined)]
    head = rows[0]
    if not format_.currency:
        code = currency(rows)
        for row in rows:
            row.currency = code
    state, amounts = _told(format_, rows)
    return IncomingOrder(
        platform=format_.platform,
        number=head.number,
        state=state,
        currency=head.currency,
        row=read[0].line,
        raw="\n".join(["\t".join(row.cells) for row in read]),
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
        buyer_message=_joined(head.text("buyer_message"), head.text("delivery_note"), *_notes(rows)),
        seller_note=_joined(head.text("seller_note"), _gift(head)),
        receiver=format_.receiver(head),
        waybill=_waybills(rows),
        lines=_goods(head, format_.lines(rows)),
        refunds=format_.refunds(rows),
        fragment=format_.fragment,
        external_id=head.identifier("external_id"),
        cod=at_the_door(head),
        presale=is_presale(head.text("presale")) or is_presale(head.text("order_type"), named=True),
        promised_ship_at=head.deadline("promised_ship_at"),
        seller_flag=head.text("seller_flag"),
        invoice=head.text("invoice_title") or head.text("invoice_kind"),
        warehouse_hint=_warehouse(head),
        courier_hint=head.text("courier_hint"),
        merge_code=head.text("merge_code"),
        order_type=head.text("order_type"),
        risk=head.text("risk"),
        platform_hold=format_.hold(head),
        pickup=_pickup(head),
        ship_from=head.begins("ship_from"),
        untold=_untold(frozenset(head.layout.at)),
    )


_TOLD_BY = {
    "buyer_message": ("buyer_message", "delivery_note", "gift_wrap", "gift_note", "attributes"),
    "seller_note": ("seller_note", "gift"),
    "seller_flag": ("seller_flag",),
    "invoice": ("invoice_title", "invoice_kind"),
    "courier_hint": ("courier_hint",),
    "warehouse_hint": ("warehouse_hint",),
    "merge_code": ("merge_code",),
    "pickup": ("delivery", "collected", "courier_hint"),
    "presale": ("presale", "order_type"),
    "cod": ("payment", "at_door"),
}
"""Fields of an order that a file may have no column for, with the columns that tell them."""


@lru_cache(maxsize=64)
def _untold(columns: frozenset[str]) -> tuple[str, ...]:
    """The fields that a file of these columns says nothing about: the same for all of its orders."""
    return tuple(name for name, fields in _TOLD_BY.items() if columns.isdisjoint(fields))


_GIFTS = ("gift_wrap", "gift_note")
"""Fields that the packer must see, on whichever row of the order they stand."""


def _notes(rows: Sequence[Row]) -> list[str]:
    """What the packer must read: gift columns as `gift-wrap-type: red`, and what the shop asked beside the order, a
    line each (names that begin with `_` are for machines)."""
    told = ((row, field) for field in _GIFTS for row in rows if row.text(field).casefold() not in _NO)
    asked = (line.strip() for line in rows[0].text("attributes").splitlines())
    gifts = (f"{row.layout.column(field)}: {row.text(field)}" for row, field in told)
    return [*gifts, *(line for line in asked if not line.startswith("_"))]


def _pickup(row: Row) -> str:
    """Its word for a delivery that is no courier's; a courier's name may be one (Local pickup)."""
    asked = row.layout.column("collected") if row.has("collected") and is_yes(row.text("collected")) else ""
    return not_by_courier(row.text("delivery"), row.text("courier_hint")) or asked


def _goods(row: Row, lines: tuple[IncomingLine, ...]) -> tuple[IncomingLine, ...]:
    """The lines, of which none needs shipping where the order's type says that it sells no goods."""
    if _NO_GOODS.search(row.text("order_type").casefold()) is None:
        return lines
    return tuple(replace(line, virtual=True) for line in lines)


def _warehouse(row: Row) -> str:
    told = row.text("warehouse_hint")
    return "" if normal(told) in _OUR_OWN else told


def _joined(*told: str) -> str:
    return "; ".join(dict.fromkeys(filter(None, told)))


def _gift(row: Row) -> str:
    """What goes into the parcel without being an article of the order; people must see it."""
    gift = row.text("gift")
    return "" if gift.casefold() in _NO else f"赠品：{gift}"


def _told(format_: Format, rows: Sequence[Row]) -> tuple[PlatformState, Amounts]:
    """State and amounts, from the first row or from every row's own."""
    if not format_.each_row:
        state = format_.state(rows[0])
        if format_.amounts_of_rows is not None:
            return state, format_.amounts_of_rows(rows, state)
        return state, format_.amounts(rows[0], state)
    states = [format_.state(row) for row in rows]
    each = [format_.amounts(row, state) for row, state in zip(rows, states, strict=True)]
    once: dict[str, int] = {name: max(getattr(one, name) for one in each) for name in format_.repeated}
    state = united(states)
    if format_.closed_rows_go and state is not PlatformState.CLOSED:
        each = [one for one, at in zip(each, states, strict=True) if at is not PlatformState.CLOSED]
    return state, replace(reduce(add, each), **once)


def ours_or_sent(state: PlatformState, by_others: bool) -> PlatformState:
    """The state, but that what the platform's own warehouse or a supplier sends counts as shipped: not here as well."""
    return PlatformState.SHIPPED if by_others and state is PlatformState.PAID else state


def united(states: Collection[PlatformState]) -> PlatformState:
    """One state of an order whose lines stand apart; lines that are closed count only when all are."""
    live = set(states) - {PlatformState.CLOSED}
    if len(live) < 2:
        return live.pop() if live else PlatformState.CLOSED
    if live <= _GONE:
        return PlatformState.SHIPPED
    return PlatformState.PART_SHIPPED if live & (_GONE | {PlatformState.PART_SHIPPED}) else PlatformState.PAID


def parts(row: Row, field: str) -> list[Row]:
    """The rows a joined row stands for: cells with as many `;` as `field` are dealt out, other texts are everyone's,
    and an amount that is not joined is the first one's alone. Raises Refused SHARED_QUANTITY where one count stands
    for goods of which nobody can say how many of each."""
    count = row.text(field).count(";") + 1 if field else 1
    if count == 1:
        return [row]
    dealt = [cell.split(";") if cell.count(";") == count - 1 else _kept(cell, count) for cell in row.cells]
    pieces = row.layout.at.get("quantity")
    if pieces is not None and row.cells[pieces].count(";") != count - 1:
        if row.text("quantity") != str(count):
            raise row.blame(Refused(Reason.SHARED_QUANTITY, value=shown(row.text("quantity"))), "quantity")
        dealt[pieces] = ["1"] * count
    return [row.with_cells([cell[place] for cell in dealt]) for place in range(count)]


def _kept(cell: str, count: int) -> list[str]:
    amount = set(cells.clean(cell)) <= _NUMERALS
    return [cell, *[""] * (count - 1)] if amount else [cell] * count


def _waybills(rows: Sequence[Row]) -> str:
    """The waybill numbers of all rows, each once, in their order."""
    return " ".join(dict.fromkeys(filter(None, (row.waybill("waybill") for row in rows))))


def at_the_door(row: Row) -> bool:
    """Whether the courier collects the money: by the way of payment, or by a column that asks just this."""
    return is_cash(row.text("payment")) or row.says_yes("at_door")


def is_cash(told: str) -> bool:
    """Whether a payment method is cash on delivery."""
    text = told.casefold()
    return _COD.search(text) is not None or any(word in text for word in _CASH)


def is_presale(told: str, *, named: bool = False) -> bool:
    """Whether the cell tells a presale: `named` in an order type that must say so, else in a column of its own,
    where any word but a no does (tickets, stages)."""
    text = told.casefold()
    if text in _NO or text.startswith(("非", "不")):
        return False
    return not named or any(word in text for word in _PRESALE)


def currency(rows: Sequence[Row]) -> str:
    """The order's three-letter currency, from the first row that tells it. Raises Refused MISSING, UNKNOWN_CURRENCY
    or, for a total that is no amount, NOT_A_NUMBER."""
    head = rows[0]
    told = (row.text("currency") or cells.told_currency(row.text("total"), row.currency) for row in rows)
    code = next(filter(None, told), head.currency).upper()
    if not code and head.text("total") and "currency" not in head.layout.format.columns:
        head.money("total")  # `free` is no amount either
        raise head.blame(Refused(Reason.UNKNOWN_CURRENCY, value=shown(head.text("total"))), "total")
    if not code:
        raise head.blame(Refused(Reason.MISSING), "currency")
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise head.blame(Refused(Reason.UNKNOWN_CURRENCY, value=shown(code)), "currency")
    return code
