"""The design's promises as checks over everything in a store: stock, boxes, money, one winner."""

from domain.bins import in_box
from domain.desk import Desk
from domain.orders import Order, OrderStatus
from domain.parcels import IN_HOUSE, OPEN_STOPS, RESERVING, Parcel, ParcelState
from domain.stock import Bucket

ALL = [f"T{n}" for n in range(4)]


def stopped(desk: Desk, code: str) -> bool:
    """Whether the gate must refuse this waybill."""
    parcel = desk.parcels.by_waybill(code)
    assert parcel is not None
    stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    held = any(order.held for order in desk.orders.many(parcel.order_ids).values())
    return parcel.state in IN_HOUSE and (held or any(stop.state in OPEN_STOPS for stop in stops))


def all_orders(desk: Desk) -> list[int]:
    return [order.id for order in desk.orders.by_number(1, ALL).values()]


def snapshot(desk: Desk) -> object:
    """Everything that must not change when nothing was done."""
    ids = all_orders(desk)
    history = [desk.history("order", order_id) for order_id in ids]
    return desk.orders.many(ids), desk.parcels.of_orders(ids), desk.stock.levels(), desk.stock.ledger_sums(), history


def check_stock(desk: Desk) -> None:
    """Promise 2."""
    sums = desk.stock.ledger_sums()
    levels = desk.stock.levels()
    for (warehouse_id, sku), level in levels.items():
        for bucket in Bucket:
            assert getattr(level, bucket.value) == sums.get((warehouse_id, sku, bucket), 0)
        assert 0 <= level.reserved <= level.good
    check_places(desk)
    claimed: dict[str, int] = {}
    found = desk.parcels.of_orders(all_orders(desk)).values()
    for parcel in {box.id: box for boxes in found for box in boxes}.values():
        if parcel.state in RESERVING:
            for item in parcel.live_items:
                claimed[item.sku] = claimed.get(item.sku, 0) + item.quantity
    assert {level.sku: level.reserved for level in levels.values()} == {
        level.sku: claimed.get(level.sku, 0) for level in levels.values()
    }


def check_places(desk: Desk) -> None:
    """Where the units lie and what they cost adds up to the levels and the ledger; boxes hold what was picked."""
    lying: dict[tuple[int, str], int] = {}
    boxed: dict[tuple[str, str], int] = {}
    for place in desk.stock.places():
        assert place.units > 0
        lying[place.warehouse_id, place.sku] = lying.get((place.warehouse_id, place.sku), 0) + place.units
        if in_box(place.bin):
            boxed[place.bin, place.sku] = boxed.get((place.bin, place.sku), 0) + place.units
    assert lying == {key: level.good for key, level in desk.stock.levels().items() if level.good}
    values, costs = desk.stock.values(), desk.stock.ledger_values()
    assert {key: value for key, value in values.items() if value} == {k: v for k, v in costs.items() if v}
    assert all(value >= 0 for value in values.values())
    picked: dict[tuple[str, str], int] = {}
    found = desk.parcels.of_orders(all_orders(desk)).values()
    for box in {box.id: box for boxes in found for box in boxes}.values():
        if box.state in (ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED):
            for item in box.live_items:
                picked[box.number, item.sku] = picked.get((box.number, item.sku), 0) + item.quantity
    assert boxed == picked


def check_orders(desk: Desk) -> None:
    """Promises 1, 3 and 5."""
    boxes = desk.parcels.of_orders(all_orders(desk))
    for order in desk.orders.many(all_orders(desk)).values():
        assert 0 <= order.refunded <= order.paid
        live = [
            p for p in boxes.get(order.id, ()) if p.state is not ParcelState.CANCELLED and order.id in p.live_orders
        ]
        check_boxes(desk, order, live)
        states = {p.state for p in live}
        if order.status is OrderStatus.SHIPPED:
            assert states == {ParcelState.HANDED_OVER}
        if order.status is OrderStatus.APPROVED:
            assert states == {ParcelState.READY}
        if order.status in (OrderStatus.CANCELLED, OrderStatus.UNPAID):
            assert states == set()
        for parcel in live:
            stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
            open_stop = any(stop.state in OPEN_STOPS for stop in stops)
            if parcel.state is ParcelState.HANDED_OVER:
                assert not open_stop
            if parcel.state in IN_HOUSE:
                held = any(one.held for one in desk.orders.many(parcel.order_ids).values())
                assert parcel.blocked == (open_stop or held)
        verbs = [event.verb for event in desk.history("order", order.id, 1000)]
        reopened = verbs.count("refund_cancelled")
        assert 0 <= verbs.count("approved") - verbs.count("unapproved") <= 1 + reopened


def check_boxes(desk: Desk, order: Order, live: list[Parcel]) -> None:
    """No unit of an order is in two boxes, and money goes with its units."""
    known = {line.line_no: line for line in order.lines}
    for line_no in {item.line_no for box in live for item in box.live_items if item.order_id == order.id} & set(known):
        mine = [i for box in live for i in box.live_items if (i.order_id, i.line_no) == (order.id, line_no)]
        if order.status is OrderStatus.REVIEW:
            assert sum(item.quantity for item in mine) == known[line_no].quantity
    if order.status is OrderStatus.REVIEW and live and not any(line.dropped for line in order.lines):
        assert sum(i.paid for box in live for i in box.items if i.order_id == order.id) == order.paid
