"""Whether a box is with its buyer, as far as its platform tells.

Surprising: "done" is said of an order, and buyers tap 确认收货 before anything has left, or while a second box still
stands here. So it speaks only of what had left by then; of a later box nobody has said anything.
"""

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.intake.incoming import PlatformState
from domain.orders.orders import Order, OrderStatus

_LOOK_BACK = 500


def delivered(desk: Desk, order: Order, parcel: Parcel) -> bool:
    """Whether the platform called the order done once this box of it had left."""
    if order.platform_state is not PlatformState.DONE or parcel.handed_over_at is None:
        return False
    told = [e.at for e in desk.history("order", order.id, _LOOK_BACK) if e.data.get("platform_state") == "done"]
    return not told or min(told) >= parcel.handed_over_at


def all_delivered(desk: Desk, order: Order) -> bool:
    """Whether all of a shipped order is with its buyer."""
    if order.status is not OrderStatus.SHIPPED:
        return False
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    return all(delivered(desk, order, box) for box in boxes if box.state is not ParcelState.CANCELLED)
