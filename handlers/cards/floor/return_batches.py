"""Batches of what comes back: what left against what came, in words."""

from collections.abc import Sequence

from domain.desk import Desk
from domain.records import Return, ReturnItem, ReturnState
from domain.stock import batches
from domain.stock.stock import Document
from handlers.words import Words


def batch_lines(desk: Desk, parcel: Return, words: Words) -> list[str]:
    """Of products with batches: what left and is still to be looked at, and what came back of which batch; with a
    warning where that is another than any that left."""
    mine = [item for item in parcel.items if batches.wants(desk, item.sku)]
    if not mine:
        return []
    return [
        *(_sent(desk, parcel, mine, words) if parcel.state is ReturnState.ARRIVED else ()),
        *_came(desk, parcel, mine, words),
    ]


def _sent(desk: Desk, parcel: Return, items: Sequence[ReturnItem], words: Words) -> list[str]:
    left = {order_id: batches.out_there(desk, parcel, order_id) for order_id in {item.order_id for item in items}}
    lines = []
    for item in items:
        if item.graded < item.expected:
            codes = left[item.order_id].get(item.sku, {})
            told = words.listed(f"{code or '?'} × {units}" for code, units in codes.items())
            lines.append(words("🏷 {sku} left in batch {batches}", sku=item.sku, batches=told or "?"))
    return list(dict.fromkeys(lines))


def _came(desk: Desk, parcel: Return, items: Sequence[ReturnItem], words: Words) -> list[str]:
    skus = {item.sku for item in items}
    came = {key: units for key, units in desk.stock.moved(Document.RETURN, [parcel.id]).items() if key[1] in skus}
    if not came:
        return []
    orders = {item.order_id for item in items}
    boxes = {box for order_id in orders for box in batches.sent_with(desk, parcel, order_id)}
    sent = {(sku, code) for _, sku, code in desk.stock.moved(Document.SHIPMENT, boxes)}
    until = desk.stock.batches(skus)
    lines = []
    for (_, sku, code), units in sorted(came.items()):
        expires = until.get((sku, code))
        text = words("🏷 {units} × {sku} of batch {batch} came back", units=units, sku=sku, batch=code or "?")
        text += f" · {words('expires {date}', date=expires.isoformat())}" if expires else ""
        lines.append(text if (sku, code) in sent else f"{text} · {words('⚠ no such batch was sent')}")
    return lines
