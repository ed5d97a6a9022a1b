"""Orders in review that must be screened again: a hold may have ended by itself, or the policy has changed.

Surprising: nothing marks them. An order says under which policy it was screened, so one that came in while a new
policy was put in force is found like all others. One batch is one short transaction, so that a hundred thousand due
orders never keep a person waiting; an order of which nothing changed keeps its revision, and its open cards stay good.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain import notices, planning
from domain.desk import Desk
from domain.orders import Order, OrderStatus
from domain.policy_versions import Look
from domain.records import NoticeKind

BATCH = 100
TELL_SECONDS = 3


def look_again(desk: Desk) -> int:
    """Screen and plan the orders that are due, at most `BATCH`, longest due first. Returns how many were due."""
    version = desk.policy.version
    look = desk.policies.look(version, lock=True)
    due = desk.orders.to_look_at(desk.now, version, BATCH)
    pairs = _screened_anew(desk, due) if due else []
    if look:
        _keep(desk, look, [(was, now) for was, now in pairs if was.screened < version], ended=not due)
    return len(due)


def _screened_anew(desk: Desk, due: Sequence[int]) -> list[tuple[Order, Order]]:
    """Those in review and those they may travel with, as they were and as they now stand; the others are let go."""
    found = list(desk.orders.many(due).values())
    gone = [replace(order, look_at=None) for order in found if order.status is not OrderStatus.REVIEW]
    desk.orders.save_changed(gone, ())
    pairs = planning.refreshed(desk, [order for order in found if order.status is OrderStatus.REVIEW])
    changed = [now.id for was, now in pairs if now.revision != was.revision]
    if changed:
        notices.redraw(desk, NoticeKind.ORDER, changed, digest=True)
    return pairs


def _keep(desk: Desk, look: Look, pairs: Sequence[tuple[Order, Order]], *, ended: bool) -> None:
    """Count these in; the card that tells of it is drawn again every few seconds and at the end."""
    held = sum(now.held and not was.held for was, now in pairs)
    freed = sum(was.held and not now.held for was, now in pairs)
    new = replace(look, looked=look.looked + len(pairs), held=look.held + held, freed=look.freed + freed)
    if ended and new.ended_at is None:
        new = replace(new, ended_at=desk.now)
    if new == look:
        return
    if new.ended_at != look.ended_at or desk.now - look.told_at >= timedelta(seconds=TELL_SECONDS):
        new = replace(new, told_at=desk.now)
        notices.redraw(desk, NoticeKind.POLICY, [look.version])
    desk.policies.save_look(new)
