"""An order as rows and back, and what search looks through.

Surprising: the receiver lies flat in the order's row; `needle` is one folded text of everything people search by.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from domain.addresses import phones
from domain.intake.incoming import Receiver
from domain.orders.orders import Line, Order
from domain.review.holds import Hold
from storage.sql import Shape, Sql, among
from storage.tables.orders import hold, order_line, orders

ORDER = Shape(Order, orders)
RECEIVER = Shape(Receiver, orders, "receiver_")
LINE = Shape(Line, order_line)
HOLD = Shape(Hold, hold)

_NAMES = frozenset({"number", "external_id", "buyer_id"})
_WIDTH = len(ORDER.columns)
_HEADS = select(*ORDER.columns, *RECEIVER.columns).where(among(orders.c.id)).order_by(orders.c.id)
_LINES = select(order_line.c.order_id, *LINE.columns).where(among(order_line.c.order_id))
_LINES = _LINES.order_by(order_line.c.order_id, order_line.c.line_no)
_HOLDS = select(hold.c.order_id, *HOLD.columns).where(among(hold.c.order_id))
_HOLDS = _HOLDS.order_by(hold.c.order_id, hold.c.position)


def folded(text: str) -> str:
    """Text as search compares it: full width made narrow, case and outer blanks gone."""
    return (text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()).strip()


def digits_of(phone: str) -> str:
    """The digits of a phone number."""
    return re.sub(r"\D", "", folded(phone))


def _phone_tails(order: Order) -> dict[str, str]:
    """The last four digits of the phone, and of every further one ` 2222 3333 `."""
    first, *more = [digits[-4:] for digits in phones.digits(order.receiver.phone)] or [""]
    return {"phone_tail": first, "more_tails": f" {' '.join(more)} " if more else ""}


def _needle(order: Order) -> str:
    texts = [order.number, order.external_id, order.buyer_id, order.receiver.name]
    for line in order.lines:
        texts += [line.sku or line.merchant_code, line.title]
        if line.kit:
            texts += [line.kit.code, line.kit.title]
    return folded("\n".join(dict.fromkeys(text for text in texts if text)))


def order_row(order: Order) -> dict[str, Any]:
    """The row of an order, copies included."""
    row = ORDER.row(order)
    row.update(RECEIVER.row(order.receiver))
    row["held"] = order.held
    row |= _phone_tails(order)
    row["needle"] = _needle(order)
    return row


def row_to_save(order: Order, read: Order | None) -> dict[str, Any]:
    """What `Sql.save` needs: the columns that say something else than the order as it was read, copies included."""
    if read is None or read.revision != order.revision:
        return order_row(order)
    row = ORDER.to_save(order, read)
    moved = order.receiver != read.receiver
    if moved:
        row |= RECEIVER.changes(order.receiver, read.receiver)
        row |= _phone_tails(order)
    if moved or order.lines != read.lines or not _NAMES.isdisjoint(row):
        row["needle"] = _needle(order)
    if order.holds != read.holds:
        row["held"] = order.held
    return row


def line_rows(order: Order) -> list[dict[str, Any]]:
    """Its lines."""
    return [{"order_id": order.id, **LINE.row(line)} for line in order.lines]


def hold_rows(order: Order) -> list[dict[str, Any]]:
    """Its holds."""
    return [{"order_id": order.id, "position": position, **HOLD.row(item)} for position, item in enumerate(order.holds)]


def load(sql: Sql, order_ids: Collection[int]) -> dict[int, Order]:
    """Orders by id, in the order of their ids; unknown ids are missing."""
    heads = list(sql.rows_in(_HEADS, order_ids))
    found = [head[0] for head in heads]
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in sql.rows_in(_LINES, found):
        lines[row[0]].append(LINE.thing(row[1:]))
    holds: dict[int, list[Hold]] = defaultdict(list)
    for row in sql.rows_in(_HOLDS, found):
        holds[row[0]].append(HOLD.thing(row[1:]))
    return {
        head[0]: ORDER.thing(
            head[:_WIDTH],
            receiver=RECEIVER.thing(head[_WIDTH:]),
            lines=tuple(lines[head[0]]),
            holds=tuple(holds[head[0]]),
        )
        for head in heads
    }
