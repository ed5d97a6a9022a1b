"""A mapping that a person made becomes a `Format` like any other.

Surprising: rows of one order are its lines, so what stands once per order (receiver, shipping, discount, times,
status) is read from its first row. The amount paid is read as the mapping says: `per_line` adds the rows up, else
the first row tells it and a later row that tells another amount refuses the order rather than guess. Without a
status column a waybill means shipped, and an empty time of payment means unpaid.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from channels import cells
from channels.formats import EVERYWHERE, Amounts, Format, Row, find, no_refunds, normal
from channels.goods import NEVER_PAID, to_collect
from channels.orders import at_the_door
from channels.people import by_columns, by_one_string, country
from channels.reasons import Reason, Refused, shown
from channels.statuses import meaning_of, refund_of, state_of
from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, Receiver, RefundState
from domain.intake.table_mapping import REQUIRED, Meaning, Reading, TableMapping
from domain.orders.catalog import Shop

NAME = "mapped"
_BESIDE = {
    "payment": "发货条件|支付方式|付款方式|结算方式|payment method|payment type|pay method",
    "order_type": "订单类型|订单种类|order type",
    "promised_ship_at": "承诺发货时间|最晚发货时间|最迟发货时间|ship by date|latest ship date|latest ship time|ship by",
    "seller_flag": "旗帜|旗帜颜色|备注旗帜|卖家旗帜|商家旗帜|包裹备注标记",
    "presale": "是否预售|预售订单",
    "street": "街道|收货街道|收货地址-街道|乡镇",
    "address2": "address 2|address2|address line 2|ship address 2|ship address2|ship to address 2|shipping address 2",
    "invoice_title": "发票抬头|发票名称|invoice title",
}
"""What holds an order or sets its clock, read by these names without anybody choosing them."""
_HOME = {"CNY": "CN"}
_PARTS = ("province", "city", "district", "address", "zip")


def names(header: Iterable[str]) -> tuple[str, ...]:
    """The columns a person can choose: cleaned, each name once (of two alike the first), none without a letter or
    digit in it."""
    found: dict[str, str] = {}
    for cell in header:
        name = cells.clean(cell)[:200]
        found.setdefault(normal(name), name)
    found.pop("", None)
    return tuple(found.values())


def signature(header: Iterable[str]) -> str:
    """The same for every header with this set of column names, whatever their order, case and punctuation; ""
    when there are none."""
    known = sorted(map(normal, names(header)))
    return hashlib.blake2b("\n".join(known).encode(), digest_size=12).hexdigest() if known else ""


def format_of(reading: Reading, shop: Shop) -> Format:
    """The format that reads the shop's files so; amounts are in the shop's currency unless a column tells it."""
    told = bool(reading.columns.keys() & {"refund_state", "state"})
    return Format(
        name=NAME,
        platform=shop.platform,
        columns=_BESIDE | {field: normal(column) for field, column in reading.columns.items()},
        must=frozenset(REQUIRED),
        state=_state(_meaning(reading.words)),
        currency="" if "currency" in reading.columns else shop.currency,
        many_rows=True,
        scattered=True,
        amounts_of_rows=_paid_per_line if reading.per_line else _paid_once,
        receiver=_receiver(_HOME.get(shop.currency, "")),
        lines=_lines(reading.per_line),
        refunds=_refunds(_meaning(reading.words), _lines(reading.per_line)) if told else no_refunds,
        refund_columns=frozenset({"refund_state", "state"}),
    )


def read_unasked(mapping: TableMapping) -> tuple[str, ...]:
    """Columns of the table that are read by their names, without anybody choosing them."""
    places = find({**EVERYWHERE, **_BESIDE}, mapping.header).values()
    names = [mapping.header[place] for place in sorted(set(places))]
    return tuple(name for name in names if name not in mapping.columns.values())


def _meaning(words: Mapping[str, str]) -> Callable[[Row], Meaning]:
    """What the row's status means: as the person said, else as the word itself says."""
    said = {normal(word): Meaning(meaning) for word, meaning in words.items() if meaning != Meaning.UNKNOWN}

    def meaning(row: Row) -> Meaning:
        told = row.text("state")
        found = said.get(normal(told)) or meaning_of(told)
        if found is None:
            raise row.blame(Refused(Reason.UNKNOWN_STATUS, value=shown(told)), "state")
        return found

    return meaning


def _state(meaning: Callable[[Row], Meaning]) -> Callable[[Row], PlatformState]:
    def state(row: Row) -> PlatformState:
        if row.has("state"):
            return state_of(meaning(row))
        if row.waybill("waybill"):
            return PlatformState.SHIPPED
        if row.has("paid_at") and row.moment("paid_at") is None and not at_the_door(row):
            return PlatformState.UNPAID
        return PlatformState.PAID

    return state


def _goods(rows: Sequence[Row]) -> int:
    return sum(row.amount("unit_price") * row.quantity("quantity") for row in rows)


def _amounts(rows: Sequence[Row], state: PlatformState, told: int | None) -> Amounts:
    """`told` is what the amount column says, None without one: then prices, shipping and discount tell."""
    head = rows[0]
    goods, shipping, discount = _goods(rows), head.amount("shipping"), abs(head.money("discount"))
    total = max(goods + shipping - discount, 0) if told is None else told
    never = state is PlatformState.CLOSED and head.has("paid_at") and head.moment("paid_at") is None
    paid = 0 if never or state is PlatformState.UNPAID or to_collect(head, state) else total
    goods = goods if head.has("unit_price") else max(total - shipping + discount, 0)
    return Amounts(goods=goods, shipping=shipping, discount=discount, total=total, paid=paid)


def _untold(rows: Sequence[Row], state: PlatformState) -> bool:
    """Whether no row says what was paid, so that prices tell it. Raises Refused MISSING where there are none either:
    no amount is not an amount of nothing."""
    if any(row.text("paid") for row in rows):
        return False
    if rows[0].has("paid") and not rows[0].has("unit_price") and state not in NEVER_PAID:
        rows[0].needed("paid")
    return True


def _paid_per_line(rows: Sequence[Row], state: PlatformState) -> Amounts:
    return _amounts(rows, state, None if _untold(rows, state) else sum(row.amount("paid") for row in rows))


def _paid_once(rows: Sequence[Row], state: PlatformState) -> Amounts:
    if _untold(rows, state):
        return _amounts(rows, state, None)
    told = rows[0].amount("paid")
    for row in rows[1:]:
        if row.text("paid") and row.amount("paid") != told:
            facts = {"value": shown(row.text("paid")), "other_row": str(rows[0].line)}
            raise row.blame(Refused(Reason.AMOUNTS_DIFFER, **facts), "paid")
    return _amounts(rows, state, told)


def _receiver(home: str) -> Callable[[Row], Receiver]:
    """From parts, or from one string with the parts that have columns of their own put over it."""

    def receiver(row: Row) -> Receiver:
        parts = by_columns(row)
        parts = replace(parts, address=", ".join(filter(None, (parts.address, row.text("address2")))))
        land = country(row.code("country")) or home
        if not row.text("whole_address"):
            return replace(parts, country=land)
        told = {part: getattr(parts, part) for part in _PARTS if row.text(part)}
        one, street = by_one_string(row), row.text("street")
        if street not in row.text("whole_address"):
            one = replace(one, address=f"{street} {one.address}")
        return replace(one, **told, country=land, masked=one.masked or parts.masked)

    return receiver


def _lines(per_line: bool) -> Callable[[Sequence[Row]], tuple[IncomingLine, ...]]:
    def lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
        made: dict[str, IncomingLine] = {}
        for place, row in enumerate(rows, start=1):
            line = _line(row, place, per_line or len(rows) == 1)
            if line.external_id in made:
                twice = Refused(Reason.DUPLICATE_IN_FILE, value=shown(line.external_id), other_row=str(rows[0].line))
                raise row.blame(twice, "line_id")
            made[line.external_id] = line
        return tuple(made.values())

    return lines


def _line(row: Row, place: int, own_amount: bool) -> IncomingLine:
    """`own_amount`: what was paid is this line's, with the shipping on the first; else its price tells."""
    quantity, price = row.quantity("quantity"), row.amount("unit_price")
    own = row.amount("paid") - (row.amount("shipping") if place == 1 else 0) if own_amount else 0
    amount = max(own, 0) or price * quantity
    refund = refund_of(row.text("refund_state"))
    return IncomingLine(
        external_id=row.identifier("line_id") or f"{row.number}:{place}",
        title=row.needed("title"),
        quantity=quantity,
        merchant_code=row.code("sku_code"),
        variant=row.text("variant"),
        unit_price=price or amount // quantity,
        amount=amount,
        refund=refund,
        refunded=(row.amount("refunded") or amount) if refund is RefundState.SUCCESS else 0,
    )


def _refunds(
    meaning: Callable[[Row], Meaning], lines: Callable[[Sequence[Row]], tuple[IncomingLine, ...]]
) -> Callable[[Sequence[Row]], tuple[IncomingRefund, ...]]:
    """One refund per state that the lines tell, and one for all of it where the status itself asks for it."""

    def refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
        number = rows[0].number
        made = lines(rows) if rows[0].has("refund_state") else ()
        found = []
        for state, suffix in ((RefundState.SUCCESS, ""), (RefundState.REQUESTED, ":open")):
            hit = [line for line in made if line.refund is state]
            if hit:
                amount, ids = sum(line.refunded for line in hit), tuple(line.external_id for line in hit)
                found.append(IncomingRefund(f"{number}:file{suffix}", state, amount, ids))
        if not found and rows[0].has("state") and meaning(rows[0]) is Meaning.REFUNDING:
            found.append(IncomingRefund(f"{number}:file:open", RefundState.REQUESTED, 0))
        return tuple(found)

    return refunds
