"""Orders that are done although no courier took anything: handed over at the counter, sent by somebody else, or with
nothing to send at all.

Surprising: stock does not move. What was handed over here is written off as any goods that leave without a parcel.
"""

from dataclasses import replace

from domain.desk import Desk
from domain.errors import ReasonNeeded, Stale, WrongStatus
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor, Right, require
from domain.review.holds import WITHOUT_US, open_codes
from domain.review.review import announce, seen
from domain.stops import withdrawal


def completable(order: Order) -> bool:
    """Whether a person may say that it is done: in review, and for one of the reasons in `WITHOUT_US`."""
    return order.status is OrderStatus.REVIEW and not WITHOUT_US.isdisjoint(open_codes(order.holds))


def complete(desk: Desk, actor: Actor, order_id: int, revision: int, reason: str) -> Order:
    """It is done without a parcel of ours. Raises NotAllowed, Stale, ReasonNeeded, WrongStatus."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("complete")
    if order.status is not OrderStatus.REVIEW:
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if not completable(order):
        raise Stale(order.number, "hold_released")
    order = withdrawal.complete(desk, actor, replace(order, first_approver=0), reason.strip())
    desk.orders.save([order])
    announce(desk, [order_id], decided=True)
    return desk.orders.get(order_id)
