"""Undo: an approval is taken back while its window is open, one or a whole batch, or the first yes of two.

Surprising: what the same tap released holds again, else the next batch would approve it unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain import history
from domain.desk import Desk
from domain.errors import UndoTooLate, WrongStatus
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor, Right, require
from domain.planning.planning import refresh
from domain.review import approval
from domain.review.holds import taken_back
from domain.review.review import announce, seen
from domain.stops import withdrawal


def undo(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """Take an approval back within its window, or one's own first yes of two while the second is not there. Raises
    UndoTooLate, Stale, WrongStatus."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    if order.status is OrderStatus.RELEASED:
        raise UndoTooLate(order.number, desk.policy.undo_seconds)
    seen(desk, order, revision)
    if order.status is OrderStatus.REVIEW and order.first_approver and order.first_approver == actor.person_id:
        return _unsaid(desk, actor, order)
    if order.status is not OrderStatus.APPROVED:
        raise WrongStatus(order.number, order.status, OrderStatus.APPROVED)
    if order.release_at is None or desk.now >= order.release_at:
        raise UndoTooLate(order.number, desk.policy.undo_seconds)
    parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
    company = {oid for p in parcels if p.state is ParcelState.READY for oid in p.order_ids} - {order_id}
    back = [_unapproved(desk, actor, order, parcels)]
    for other in desk.orders.many(company).values():
        boxes = desk.parcels.of_orders([other.id]).get(other.id, ())
        back.append(_unapproved(desk, actor, other, boxes))
    order = refresh(desk, back)[0]
    announce(desk, {order_id, *company})
    return order


def _unsaid(desk: Desk, actor: Actor, order: Order) -> Order:
    """The first of two takes their yes back, to all they said it to with this order; what the same tap released holds
    again."""
    company = approval.parties(desk, [order])[0].orders
    back = []
    for one in (one for one in company if one.first_approver == actor.person_id):
        said = next(line for line in desk.history("order", one.id) if line.verb == "approved_first")
        back.append(replace(one, first_approver=0, holds=taken_back(one.holds, actor.name, said.at)))
    desk.record([history.line(desk, actor, "order", one.id, "first_unsaid") for one in back])
    order = refresh(desk, back)[0]
    announce(desk, [one.id for one in company])
    return order


def _unapproved(desk: Desk, actor: Actor, order: Order, parcels: Sequence[Parcel]) -> Order:
    """Back in review, and held again for what the same tap released: else the next batch would approve it unseen."""
    holds = taken_back(order.holds, order.decided_by, order.decided_at)
    return withdrawal.unapprove(desk, actor, replace(order, holds=holds), parcels, reason="undo")


def undo_many(desk: Desk, actor: Actor, decided_at: datetime, subject: str = "digest") -> int:
    """Take back a whole batch approval that is still in its window: all this person approved at that moment.
    `subject` is whose history tells it.

    Returns how many orders. Raises NotAllowed, UndoTooLate.
    """
    require(actor, Right.APPROVE)
    ids = desk.orders.approved_at(decided_at, actor.name)
    if not ids:
        raise UndoTooLate("digest", desk.policy.undo_seconds)
    boxes = desk.parcels.of_orders(ids)
    alone = {order_id for order_id in ids if all(len(box.order_ids) == 1 for box in boxes.get(order_id, ()))}
    still = [order for order in desk.orders.many(alone).values() if order.status is OrderStatus.APPROVED]
    _undo_alone(desk, actor, still, boxes)
    for order_id in ids:
        order = desk.orders.get(order_id) if order_id not in alone else None
        if order is not None and order.status is OrderStatus.APPROVED:  # not undone with one it travels with
            undo(desk, actor, order.id, order.revision)
    history.note(desk, actor, subject, 0, "undone_many", orders=str(len(ids)))
    return len(ids)


def _undo_alone(desk: Desk, actor: Actor, orders: Sequence[Order], boxes: Mapping[int, Sequence[Parcel]]) -> None:
    """Those that travel with nobody, as a set: a batch of hundreds must be back while its window is open."""
    if not orders:
        return
    for order in orders:
        require(actor, Right.APPROVE, shop=order.shop_id)
    back = [_unapproved(desk, actor, order, boxes.get(order.id, ())) for order in orders]
    refresh(desk, back)
    announce(desk, [order.id for order in orders])
