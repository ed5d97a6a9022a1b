"""Goods that go over the counter: they leave the stock without a parcel, under the number of their order, and come in
again when the order turns out not to be done (rules.md B13).

Surprising: a box that stands packed for the order goes as it is: its units leave out of the box, in the batches that
were picked, and nobody has to put anything back first.
"""

from collections import Counter
from dataclasses import replace

from domain.desk import Desk
from domain.errors import Unknown, WrongStatus
from domain.floor.aftermath import stock_arrived, wave_progress
from domain.floor.parcels import IN_HOUSE, TAKES_OUT, UNTOUCHED, Parcel, ParcelState
from domain.orders.orders import Order
from domain.people.people import Actor
from domain.stock import bins
from domain.stock.stock import Bucket, Document, Move, Place
from domain.stops import pulls, stopping, withdrawal


def whole(desk: Desk, order: Order, box: Parcel) -> bool:
    """Whether the box can go over the counter as it stands: nothing but this order is in it, all of it lies there, and
    nothing that stops it is to come out first. What nobody has picked yet comes off the shelf as any."""
    if box.live_orders != (order.id,):
        return False
    if box.state in UNTOUCHED or pulls.untouched(desk, box):
        return True
    clear = not any(stop.line_nos or stop.kind in TAKES_OUT for stop in stopping.open_of(desk, box))
    return box.state in IN_HOUSE - {ParcelState.IN_WAVE} and clear


def wanted(order: Order) -> Counter[str]:
    """sku -> units the order still wants. Raises Unknown('sku') for a line without a product."""
    need = Counter[str]()
    for line in order.shippable:
        if line.sku is None:
            raise Unknown("sku", line.merchant_code or line.title)
        need[line.sku] += line.quantity
    return need


def issue(desk: Desk, actor: Actor, order: Order, warehouse_id: int, boxes: list[Parcel]) -> None:
    """The order's goods leave this warehouse: out of its boxes, the rest off the shelves, what expires first.

    Raises Unknown('sku') for a line without a product, WrongStatus for a box that cannot go as it stands or stands
    elsewhere, NotEnoughStock."""
    need = wanted(order)
    for box in boxes:
        if not whole(desk, order, box) or box.warehouse_id not in (warehouse_id, None):
            raise WrongStatus(box.waybill or box.number, box.state, ParcelState.PACKED)
        need -= _out_of(desk, actor, order, box)
    spots = bins.drawn(desk, warehouse_id, need)
    desk.stock.apply([_out(order, spot.place, spot.units) for spot in spots], actor.name)


def _out_of(desk: Desk, actor: Actor, order: Order, box: Parcel) -> Counter[str]:
    """The box is empty and its claim given up. Returns what lay in it and is gone now."""
    inside = bins.boxed(desk, box, {item.sku for item in box.live_items})
    lines = {item.line_no for item in box.live_items}
    wave_progress(desk, actor, withdrawal.take_out(desk, actor, box, order.id, lines, Document.CANCEL, picked=False))
    desk.stock.apply([_out(order, place, place.units) for place in inside], actor.name)
    gone = Counter[str]()
    for place in inside:
        gone[place.sku] += place.units
    return gone


def _out(order: Order, place: Place, units: int) -> Move:
    return Move(place.warehouse_id, place.sku, Bucket.GOOD, -units, Document.COUNTER, order.id, place.bin, place.batch)


def take_back(desk: Desk, actor: Actor, order: Order) -> bool:
    """What went over the counter lies where it was taken from, or was picked from, at what it had cost. Whether
    anything had gone."""
    gone = desk.stock.issued_from(order.id)
    desk.stock.apply([replace(move, delta=-move.delta, value=-(move.value or 0)) for move in gone], actor.name)
    for box in desk.parcels.of_orders([order.id]).get(order.id, ()):
        bins.put_home(desk, actor, box, [(move.sku, -move.delta) for move in gone if move.bin == box.number])
    if gone:
        stock_arrived(desk)
    return bool(gone)
