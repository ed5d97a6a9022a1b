"""Serial numbers and batches in words: which parcels took them.

Surprising: the floor reads the same lines as customer service; only the buttons to the orders are for who may see them.
"""

from collections.abc import Sequence

from domain.desk import Desk
from domain.floor import tracing
from domain.floor.parcels import Parcel, ParcelState
from domain.floor.tracing import Trace
from domain.orders.orders import Order
from domain.people.people import Actor, Right
from domain.stock import bins
from domain.stock.stock_docs import StockDoc
from handlers.card import Button, Card
from handlers.cards.desk.orders import order_button
from handlers.cards.floor.stock_room import KINDS, STATES
from handlers.wording.terms import step_name
from handlers.words import Html, Words

BUTTONS = 8


def trace_lines(desk: Desk, actor: Actor, trace: Trace, words: Words) -> list[str]:
    """One product's number or batch, then the parcels with units of it."""
    title = desk.catalog.skus[trace.sku].title[:60] if trace.sku in desk.catalog.skus else ""
    if trace.serial:
        facts = {"serial": trace.serial, "sku": trace.sku, "title": title}
        lines = [words("🔢 Serial number {serial} of {sku} {title}", **facts)]
        lines += [_paper(desk, doc, words) for doc in trace.papers]
    else:
        lines = [words("🏷 Batch {batch} of {sku} {title}", batch=trace.batch, sku=trace.sku, title=title)]
        lines += _lying(desk, actor, trace, words)
    orders = desk.orders.many({number for box, _ in trace.boxes for number in box.order_ids})
    lines += [_box(desk, trace, box, units, orders, words) for box, units in trace.boxes]
    if not trace.boxes and not trace.papers:
        lines.append(words("In no parcel you may see."))
    return [*lines, *([words("… and more")] if trace.more else [])]


def _paper(desk: Desk, doc: StockDoc, words: Words) -> str:
    """A stock document it was read for."""
    places = [desk.catalog.warehouses[place].name for place in (doc.warehouse_id, doc.to_warehouse_id) if place]
    facts = {"where": " → ".join(places), "name": doc.made_by, "at": words.when(doc.made_at)}
    kind = words(KINDS[doc.kind], number=doc.number)
    return words("• {doc} · {where} · {name} · {at}", doc=Html(kind), **facts) + f" · {words(STATES[doc.state])}"


def _lying(desk: Desk, actor: Actor, trace: Trace, words: Words) -> list[str]:
    """When it expires, and what of it is on the shelves."""
    expires = desk.stock.batches([trace.sku]).get((trace.sku, trace.batch))
    lines = [words("expires {date}", date=expires.isoformat())] if expires else []
    there = [
        f"{desk.catalog.warehouses[place.warehouse_id].name} "
        f"{bins.shown(desk, trace.sku, place.bin) or '-'} × {place.units}"
        for place in desk.stock.places([trace.sku])
        if place.batch == trace.batch
        and not bins.in_box(place.bin)
        and (actor.warehouses is None or place.warehouse_id in actor.warehouses)
    ]
    return [*lines, *([words("On the shelf: {places}", places=", ".join(there[:BUTTONS]))] if there else [])]


def _box(desk: Desk, trace: Trace, box: Parcel, units: int, orders: dict[int, Order], words: Words) -> str:
    numbers = ", ".join(orders[number].number for number in _orders_of(trace, box) if number in orders)
    left = box.handed_over_at if box.state is ParcelState.HANDED_OVER else None
    facts = {"units": units, "parcel": box.waybill or box.number, "orders": numbers or "-"}
    line = words(
        "• {units} in {parcel}, order {orders}: {state}, {at}",
        state=step_name(box.state, words),
        at=words.when(left or box.state_at),
        **facts,
    )
    back = [one for number in _orders_of(trace, box) for one in desk.returns.of_order(number)]
    told = {one.waybill: step_name(one.state, words) for one in back if any(i.sku == trace.sku for i in one.items)}
    return line + "".join(
        f"\n   {words('📬 Return {waybill}: {state}', waybill=waybill, state=state)}" for waybill, state in told.items()
    )


def _orders_of(trace: Trace, box: Parcel) -> list[int]:
    """The orders whose goods of this product are in the parcel; of a merged one not the others."""
    return list(dict.fromkeys(item.order_id for item in box.items if item.sku == trace.sku))


def orders_of(desk: Desk, actor: Actor, traces: Sequence[Trace]) -> list[Order]:
    """The orders these parcels are for, in this person's shops, as the parcels come. None for who may see no orders."""
    if Right.VIEW_ORDERS not in actor.rights:
        return []
    numbers = [number for trace in traces for box, _ in trace.boxes for number in _orders_of(trace, box)]
    orders = desk.orders.many(set(numbers))
    found = [orders[number] for number in dict.fromkeys(numbers) if number in orders]
    return [order for order in found if actor.shops is None or order.shop_id in actor.shops]


def trace_card(desk: Desk, actor: Actor, text: str, words: Words) -> Card | None:
    """What is known of a serial number or batch, with its orders to open; None when nothing is called so."""
    traces = tracing.of(desk, actor, text)
    if not traces:
        return None
    blocks = ["\n".join(trace_lines(desk, actor, trace, words)) for trace in traces[:BUTTONS]]
    rows: list[tuple[Button, ...]] = [
        (order_button(desk, order, words),) for order in orders_of(desk, actor, traces)[:BUTTONS]
    ]
    return Card("\n\n".join(blocks), tuple(rows))
