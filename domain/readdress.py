"""A new address for goods that are in the house already: what must be so before the hold on it may go (rules.md B3, B7).

Surprising: nothing is asked when the address changes, because a person still has to believe it. The hold's release is
the moment it counts.
"""

from domain.desk import Desk
from domain.errors import TwoPlaces
from domain.merging import one_place
from domain.orders import Order
from domain.parcels import IN_HOUSE, Parcel, ParcelState

_HERE = IN_HOUSE | {ParcelState.READY}


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
