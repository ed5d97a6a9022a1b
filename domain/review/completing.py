"""Orders that are done although no courier took anything: handed over at the counter, sent by somebody else, or with
nothing to send at all.

Surprising: it may be said while the goods stand packed. Then the floor puts them back like any that nobody orders any
more, and only that frees their stock; what was handed over here is written off as any that leave without a parcel.
"""

from domain.desk import Desk
from domain.errors import ReasonNeeded, Stale, WrongStatus
from domain.floor.parcels import IN_HOUSE, TAKES_OUT, UNTOUCHED, Parcel, ParcelState, StopKind
from domain.orders.orders import Order, OrderStatus, check_move
from domain.people.people import Actor, Right, require
from domain.review.holds import WITHOUT_US, open_codes
from domain.review.review import announce, seen
from domain.stock.stock import Document
from domain.stops import pulls, stopping, withdrawal

COMPLETED = "completed"
"""Why goods come out of a box that nobody orders otherwise."""
_FROM = (OrderStatus.REVIEW, OrderStatus.RELEASED)


def completable(order: Order) -> bool:
    """Whether a person may say that it is done: in review or in the house, and for one of the reasons in
    `WITHOUT_US`."""
    return order.status in _FROM and not WITHOUT_US.isdisjoint(open_codes(order.holds))


def complete(desk: Desk, actor: Actor, order_id: int, revision: int, reason: str) -> Order:
    """It is done without a parcel of ours. Raises NotAllowed, Stale, ReasonNeeded, WrongStatus, also when a box of it
    has left."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("complete")
    if order.status not in _FROM:
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if not completable(order):
        raise Stale(order.number, "hold_released")
    if order.status is OrderStatus.RELEASED:
        _off_the_floor(desk, actor, order, reason.strip())
    else:
        desk.orders.save([withdrawal.complete(desk, actor, order, reason.strip())])
    announce(desk, [order_id], decided=True)
    return desk.orders.get(order_id)


def _off_the_floor(desk: Desk, actor: Actor, order: Order, reason: str) -> None:
    """Its goods go back to their shelves: at once from boxes that nobody has touched, by a put-back scan from the
    others. Those that travel with it go on."""
    check_move(order, OrderStatus.ELSEWHERE)
    boxes = [box for box in desk.parcels.of_orders([order.id]).get(order.id, ()) if order.id in box.live_orders]
    boxes = [box for box in boxes if box.state is not ParcelState.CANCELLED]
    for box in boxes:
        if box.state not in IN_HOUSE | UNTOUCHED:
            raise WrongStatus(box.waybill or box.number, box.state, ParcelState.WEIGHED)
    done = withdrawal.done_elsewhere(desk, actor, order, reason)
    for box in boxes:
        _emptied(desk, actor, order, box)
    desk.orders.save([done])
    stopping.part(desk, order.id, {oid for box in boxes for oid in box.live_orders} - {order.id})
    stopping.reblock_each(desk, dict.fromkeys([order.id, *(oid for box in boxes for oid in box.live_orders)]))


def _emptied(desk: Desk, actor: Actor, order: Order, box: Parcel) -> None:
    """What of the order lies in the box comes out, but for what a refund or a repack takes out already."""
    lines = {item.line_no for item in box.live_items if item.order_id == order.id}
    for task in stopping.open_of(desk, box):
        if task.order_id == order.id and task.kind is StopKind.REPICK:
            stopping.let_go(desk, actor.name, task)
        elif task.order_id == order.id and task.kind in TAKES_OUT:
            lines -= set(task.line_nos) or lines
    if lines and (box.state in UNTOUCHED or pulls.untouched(desk, box)):
        withdrawal.take_out(desk, actor, box, order.id, lines, Document.CANCEL, picked=False)
    elif lines:
        stopping.open_stop(desk, actor, order.id, box, StopKind.REPACK, COMPLETED, line_nos=sorted(lines))
        stopping.fit_tasks(desk, box)
