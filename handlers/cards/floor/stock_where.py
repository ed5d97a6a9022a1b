"""Where a product's units are right now: bins and batches, boxes, on the way, and the orders they are promised to."""

from domain.desk import Desk
from domain.floor.parcels import OPEN_STOPS, Parcel
from domain.orders.catalog import Sku
from domain.stock import bins
from domain.stock.stock import Bucket, share
from handlers.cards.floor.selling import sell_lines
from handlers.wording.terms import step_name
from handlers.words import Words

SHOWN = 8


def where_lines(desk: Desk, sku: Sku, words: Words) -> list[str]:
    """All of it, as short as it is; nothing to say gives no line."""
    return [
        *_sellable(desk, sku, words),
        *_bins(desk, sku, words),
        *_defects(desk, sku, words),
        *_promised(desk, sku, words),
        *_on_the_way(desk, sku, words),
    ]


def _sellable(desk: Desk, sku: Sku, words: Words) -> list[str]:
    levels = desk.stock.levels([sku.code])
    if not levels:
        return []
    old = bins.stale(desk, [sku.code])
    lines = sell_lines(desk, sku.code, words)
    if old:
        days = desk.policy.stock.life_days
        lines.append(
            words("⏳ {units} too old to send (less than {days} {days:day|days})", units=sum(old.values()), days=days)
        )
    values = desk.stock.values([sku.code])
    costs = [
        f"{desk.catalog.warehouses[place].name} {words.money(share(worth, 1, level.good), sku.currency)}"
        for (place, _), level in levels.items()
        if level.good and (worth := values.get((place, sku.code, Bucket.GOOD.value), 0))
    ]
    return [*lines, words("Average cost: {costs}", costs=words.listed(costs))] if costs else lines


def _bins(desk: Desk, sku: Sku, words: Words) -> list[str]:
    """Every bin with its batch; boxes are told with the orders they are for."""
    until = desk.stock.batches([sku.code]) if sku.batched else {}
    lines = []
    lying = desk.stock.places([sku.code])
    lying.sort(key=lambda p: (p.warehouse_id, bins.walking_order(bins.shown(desk, p.sku, p.bin)), p.batch))
    for place in lying:
        if bins.in_box(place.bin):
            continue
        text = words(
            "• {warehouse} {bin}: {units}",
            warehouse=desk.catalog.warehouses[place.warehouse_id].name,
            bin=_bin(desk, sku, place.bin, words),
            units=place.units,
        )
        expires = until.get((sku.code, place.batch))
        text += f" · {words('batch {batch}', batch=place.batch)}" if place.batch else ""
        lines.append(text + (f" · {words('expires {date}', date=expires.isoformat())}" if expires else ""))
    return [words("Where it lies:"), *_some(lines, words)] if lines else []


def _defects(desk: Desk, sku: Sku, words: Words) -> list[str]:
    """Defective units by batch, where the product has batches: a grading must name one."""
    if not sku.batched:
        return []
    until = desk.stock.batches([sku.code])
    lines = []
    for place in desk.catalog.warehouses.values():
        for (_, code), units in sorted(desk.stock.defects([sku.code], place.id).items()):
            text = words("• {warehouse}: {units} defective", warehouse=place.name, units=units)
            expires = until.get((sku.code, code))
            text += f" · {words('batch {batch}', batch=code or '?')}"
            lines.append(text + (f" · {words('expires {date}', date=expires.isoformat())}" if expires else ""))
    return _some(lines, words)


def _bin(desk: Desk, sku: Sku, name: str, words: Words) -> str:
    if name == bins.RECEIVING:
        return words.plain("receiving area, to be put away")
    return bins.shown(desk, sku.code, name) or "-"


def _promised(desk: Desk, sku: Sku, words: Words) -> list[str]:
    """The parcels units are promised to, and those stopped whose goods must go back."""
    boxes = desk.parcels.claiming(sku.code, SHOWN + 1)
    if not boxes:
        return []
    stops = desk.stops.of_parcels([box.id for box in boxes])
    orders = desk.orders.many({order_id for box in boxes for order_id in box.live_orders})
    lines = [words("Promised to:")]
    for box in boxes[:SHOWN]:
        stopped = any(stop.state in OPEN_STOPS for stop in stops.get(box.id, ()))
        numbers = words.listed(orders[order_id].number for order_id in box.live_orders if order_id in orders)
        lines.append(_box(desk, sku, box, numbers, stopped, words))
    if len(boxes) > SHOWN:
        lines.append(words("… and more"))
    return lines


def _box(desk: Desk, sku: Sku, box: Parcel, numbers: str, stopped: bool, words: Words) -> str:
    units = sum(item.quantity for item in box.live_items if item.sku == sku.code)
    facts = {"units": units, "orders": numbers, "parcel": box.waybill or box.number}
    text = words("• {units} for {orders} in {parcel}: {state}", state=step_name(box.state, words), **facts)
    if not stopped:
        return text
    return f"{text} · {words('⛔ put back to {bin}', bin=bins.home_names(desk, box).get(sku.code) or '-')}"


def _on_the_way(desk: Desk, sku: Sku, words: Words) -> list[str]:
    recalled, announced = desk.recalls.coming_back(sku.code)
    lines = [words("↩️ {units} on the way back, recalled from couriers", units=recalled)] if recalled else []
    lines += [words("↩️ {units} on the way back, announced by buyers", units=announced)] if announced else []
    for doc in desk.stock_docs.in_transit(sku.code):
        units = sum(line.planned - line.posted for line in doc.lines if line.sku == sku.code)
        place = desk.catalog.warehouses[doc.place].name
        if units:
            lines.append(
                words("🚛 {units} on the way to {place}: {number}", units=units, place=place, number=doc.number)
            )
    return lines


def _some(lines: list[str], words: Words) -> list[str]:
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], words("… and more")]
