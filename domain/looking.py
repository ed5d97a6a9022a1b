"""Orders in review that must be screened again: a hold may have ended by itself, or the policy has changed.

Surprising: one batch is one short transaction, so that a hundred thousand due orders never keep a person waiting. An
order of which nothing changed keeps its revision, and its open cards stay good.
"""

from domain import notices, planning
from domain.desk import Desk
from domain.orders import OrderStatus
from domain.records import NoticeKind

BATCH = 100


def look_again(desk: Desk) -> int:
    """Screen and plan the orders that are due, at most `BATCH`, longest due first. Returns how many were due."""
    due = desk.orders.to_look_at(desk.now, BATCH)
    if not due:
        return 0
    found = desk.orders.many(due).values()
    desk.orders.look_at({order.id: None for order in found if order.status is not OrderStatus.REVIEW})
    before = {order.id: order.revision for order in found if order.status is OrderStatus.REVIEW}
    after = planning.refresh(desk, [order for order in found if order.id in before])
    changed = [order.id for order in after if order.revision != before[order.id]]
    if changed:
        notices.redraw(desk, NoticeKind.ORDER, changed, digest=True)
    return len(due)
