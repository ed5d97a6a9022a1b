"""A new address for goods in the house: what must be so before the hold on it may go (rules.md B3, B7).

Surprising: nothing is asked when the address changes, because a person still has to believe it. The hold's release is
the moment it counts.
"""

from dataclasses import replace

from domain import dock, history, numbering, printing, recheck
from domain.couriers import asked, match_courier
from domain.desk import Desk
from domain.errors import NoCourierThere, TwoPlaces
from domain.holds import Hold, HoldCode, Source
from domain.merging import one_place
from domain.orders import Order
from domain.parcels import IN_HOUSE, Parcel, ParcelState
from domain.people import Actor
from domain.planning import courier_facts, reprice, units_of
from domain.screening import Facts

_HERE = IN_HOUSE | {ParcelState.READY}


def take(desk: Desk, actor: Actor, order: Order) -> Order:
    """A person believes the new address of an order with boxes here: they get a courier that goes there, its price and
    a new number, so that what was printed for the old one is out of date. Writes boxes; the order comes back not
    saved, held where the courier must be asked for the number first.

    Raises TwoPlaces, NoCourierThere where nobody carries a box to the new place, and NotSeen for one that was
    called back from the dock and that nobody has seen there; then nothing was changed.
    """
    boxes, facts = boxes_here(desk, order), courier_facts(desk)
    for box in boxes:
        dock.require_seen(desk, box)
    require_one_place(desk, order, boxes)
    news = [_carried(desk, order, box, facts) for box in boxes]
    numbering.retire(desk, boxes)
    inside = [replace(box, waybill="") for box in news if box.state in IN_HOUSE]
    numbers = numbering.numbered(desk, inside)
    desk.parcels.save([replace(box, waybill=numbers.get(box.id, box.waybill)) for box in news])
    desk.record(
        [
            history.line(desk, actor, "parcel", box.id, "readdressed", was=box.waybill, waybill=numbers.get(box.id, ""))
            for box in boxes
        ]
    )
    printing.changed(desk, [order.id])
    waiting = [box for box in inside if box.id not in numbers]
    if not waiting:
        return order
    courier = desk.catalog.couriers[waiting[0].courier_id or 0]
    hold = Hold(HoldCode.WAYBILL_ERROR, Source.SCREENING, desk.now, {"asking": courier.name})
    return replace(order, holds=(*order.holds, hold))


def _carried(desk: Desk, order: Order, box: Parcel, facts: Facts) -> Parcel:
    """The box with who carries it there, and for how much; not saved."""
    assert box.warehouse_id is not None
    grams = box.weight_g or box.expected_g
    ask = asked(order, box.warehouse_id, grams, facts, units_of(box))
    fault = recheck.fault_of(desk, box, ask)
    if fault is None:
        return reprice(desk, box, grams)
    match = match_courier(order, box.warehouse_id, grams, facts, units_of(box))
    if match.winner is None:
        courier = desk.catalog.couriers.get(box.courier_id or 0)
        raise NoCourierThere(order.number, courier.name if courier else "-", *fault)
    return reprice(desk, recheck.moved(desk, box, fault, match), grams)


def boxes_here(desk: Desk, order: Order) -> list[Parcel]:
    """Its boxes with a warehouse that have not left."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    return [box for box in boxes if box.state in _HERE and order.id in box.live_orders]


def require_one_place(desk: Desk, order: Order, boxes: list[Parcel]) -> None:
    """Raises TwoPlaces when a box also holds goods that go elsewhere: they are shipped alone first."""
    for box in boxes:
        others = [other for other_id, other in desk.orders.many(box.live_orders).items() if other_id != order.id]
        elsewhere = tuple(other.number for other in others if not one_place([order, other]))
        if elsewhere:
            raise TwoPlaces(order.number, box.waybill or box.number, elsewhere)
