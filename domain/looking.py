"""Orders that must be looked at again: a hold may have ended by itself, or begun, or the policy has changed.

Surprising: one batch is one short transaction, so that a hundred thousand due orders never keep a person waiting. An
order of which nothing changed keeps its revision, and its open cards stay good. What a person waits for is screened
`at_once`, as far as one command goes.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from domain import interception, notices, planning
from domain.desk import Desk
from domain.holds import HoldCode, thawed, thaws_at
from domain.orders import Order, OrderStatus
from domain.records import NoticeKind

BATCH = 100


def look_again(desk: Desk) -> int:
    """Screen and plan the orders that are due, at most `BATCH`, longest due first. Returns how many were due."""
    due = desk.orders.to_look_at(desk.now, BATCH)
    if not due:
        return 0
    found = desk.orders.many(due).values()
    _thaw(desk, [order for order in found if order.status is not OrderStatus.REVIEW])
    _screen(desk, [order for order in found if order.status is OrderStatus.REVIEW])
    return len(due)


def _thaw(desk: Desk, orders: Sequence[Order]) -> None:
    """Orders that are past review, or before it, are not screened; a person's freeze ends there all the same, and
    their parcels go on."""
    desk.orders.look_at({order.id: frozen_until(order, desk.now) for order in orders})
    for order in orders:
        holds = thawed(order.holds, desk.now)
        if holds != order.holds:
            interception.keep(desk, replace(order, holds=holds))
            notices.redraw(desk, NoticeKind.ORDER, [order.id])


def frozen_until(order: Order, now: datetime) -> datetime | None:
    """When the next freeze of it ends."""
    return min((at for hold in order.holds if (at := thaws_at(hold)) is not None and at > now), default=None)


def at_once(desk: Desk, codes: Collection[HoldCode], about: Callable[[Order], bool] | None = None) -> int:
    """What these held may be over: screen the orders concerned that one command can, oldest first, and leave the rest
    to the clock. Returns how many are left."""
    limit = desk.policy.batch_limit
    ids = desk.orders.held_with(codes, limit)
    found = [order for order in desk.orders.many(ids).values() if about is None or about(order)]
    left = desk.orders.look_again(desk.now, codes) - len(found) if len(ids) == limit else 0
    _screen(desk, found)
    return left


def _screen(desk: Desk, orders: Sequence[Order]) -> None:
    """Screen and plan orders in review, and draw those anew of which something changed."""
    before = {order.id: order.revision for order in orders}
    after = planning.refresh(desk, orders) if orders else []
    changed = [order.id for order in after if order.revision != before[order.id]]
    if changed:
        notices.redraw(desk, NoticeKind.ORDER, changed, digest=True)
