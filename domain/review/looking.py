"""Orders that must be looked at again: a hold may have ended by itself, or begun, or the policy has changed.

Surprising: no policy marks them. An order says under which policy it was screened, so one that came in while a new
policy was put in force is found like all others. One batch is one short transaction, so that a hundred thousand due
orders never keep a person waiting; an order of which nothing changed keeps its revision, and its open cards stay good.
What a person waits for is screened `at_once`, as far as one command goes.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.desk import Desk
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.planning import planning
from domain.policy.policy_versions import Look
from domain.records import NoticeKind
from domain.review.holds import HoldCode, thawed, thaws_at
from domain.stops import interception

BATCH = 100
TELL_SECONDS = 3


def look_again(desk: Desk) -> int:
    """Screen and plan the orders that are due, at most `BATCH`, longest due first. Returns how many were due."""
    version = desk.policy.version
    look = desk.policies.look(version, lock=True)
    due = desk.orders.to_look_at(desk.now, version, BATCH)
    found = desk.orders.many(due).values() if due else ()
    _thaw(desk, [order for order in found if order.status is not OrderStatus.REVIEW])
    pairs = _screen(desk, [order for order in found if order.status is OrderStatus.REVIEW])
    if look:
        _keep(desk, look, [(was, now) for was, now in pairs if was.screened < version], ended=not due)
    return len(due)


def _thaw(desk: Desk, orders: Sequence[Order]) -> None:
    """Orders that are past review, or before it, are not screened; a person's freeze ends there all the same, their
    parcels go on, and they are due when the policy of now says."""
    calm = []
    for order in orders:
        holds, due = thawed(order.holds, desk.now), dispatch_deadline(order, desk.policy)
        news = replace(order, look_at=frozen_until(order, desk.now), screened=desk.policy.version, due_at=due)
        if holds != order.holds:
            interception.keep(desk, replace(news, holds=holds))
            notices.redraw(desk, NoticeKind.ORDER, [order.id])
        else:
            calm.append(news)
    desk.orders.save_changed(calm, ())


def frozen_until(order: Order, now: datetime) -> datetime | None:
    """When the next freeze of it ends."""
    return min((at for hold in order.holds if (at := thaws_at(hold)) is not None and at > now), default=None)


def at_once(desk: Desk, codes: Collection[HoldCode], about: Callable[[Order], bool] | None = None) -> int:
    """What these held may be over: screen the orders concerned that one command can, oldest first, and leave the rest
    to the clock. Returns how many are left."""
    limit = desk.policy.batch_limit
    ids = desk.orders.held_with(codes, limit)
    marked = desk.orders.look_again(desk.now, codes) if len(ids) == limit else 0
    found = [order for order in desk.orders.many(ids).values() if about is None or about(order)]
    _screen(desk, found)
    return max(0, marked - len(found))


def _screen(desk: Desk, orders: Sequence[Order]) -> list[tuple[Order, Order]]:
    """Screen and plan orders in review, and draw those anew of which something changed. They and those they may
    travel with, as they were and as they now stand."""
    pairs = planning.refreshed(desk, orders) if orders else []
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
