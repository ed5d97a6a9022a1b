"""Watch: what did NOT happen. Each worry has an owner, a clock and a next person, and goes away with its cause.

Surprising: an alert is about a kind of worry in one place (a shop, a warehouse), not about one record: forty late
orders are one card with a number on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from domain import history, notices
from domain.desk import Desk
from domain.errors import NotAllowed, Stale
from domain.orders import OrderStatus
from domain.parcels import IN_HOUSE
from domain.people import CLOCK, Actor, Right, Role
from domain.records import Alert, AlertKind, NoticeKind
from domain.returns import late_unclaimed

CHAIN: Mapping[AlertKind, tuple[frozenset[Role], ...]] = {
    AlertKind.APPROVAL_LATE: (frozenset({Role.CS}), frozenset({Role.CS_LEAD}), frozenset({Role.OWNER})),
    AlertKind.HOLD_LATE: (frozenset({Role.CS, Role.BUYER}), frozenset({Role.CS_LEAD}), frozenset({Role.OWNER})),
    AlertKind.DISPATCH_LATE: (frozenset({Role.CS_LEAD}), frozenset({Role.OWNER})),
    AlertKind.PARCEL_STUCK: (frozenset({Role.DISPATCHER}), frozenset({Role.CS_LEAD}), frozenset({Role.OWNER})),
    AlertKind.RETURN_UNLINKED: (frozenset({Role.CS}), frozenset({Role.CS_LEAD})),
}
STEP_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Worry:
    """What is late: the records' ids, and where (shop or warehouse) it belongs."""

    kind: AlertKind
    subject_id: int
    ids: tuple[int, ...]
    shop: int | None = None
    warehouse: int | None = None


def worries(desk: Desk) -> list[Worry]:
    """Everything late right now, grouped by place."""
    found = _late_orders(desk) + _late_parcels(desk)
    unclaimed = tuple(parcel.id for parcel in late_unclaimed(desk))
    if unclaimed:
        found.append(Worry(AlertKind.RETURN_UNLINKED, 0, unclaimed))
    return found


def _late_orders(desk: Desk) -> list[Worry]:
    now, policy = desk.now, desk.policy
    ids = desk.orders.waiting_since(OrderStatus.REVIEW, now - timedelta(minutes=policy.approval_late_minutes), 500)
    groups: dict[tuple[AlertKind, int], list[int]] = {}
    for order in desk.orders.many(ids).values():
        kind = AlertKind.HOLD_LATE if order.held else AlertKind.APPROVAL_LATE
        groups.setdefault((kind, order.shop_id), []).append(order.id)
    horizon = now - timedelta(hours=policy.dispatch_hours)
    for status in (OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED):
        late = desk.orders.waiting_since(status, horizon, 500)
        for order in desk.orders.many(late).values():
            if order.paid_at and order.paid_at <= horizon:
                groups.setdefault((AlertKind.DISPATCH_LATE, order.shop_id), []).append(order.id)
    return [Worry(kind, shop, tuple(sorted(found)), shop=shop) for (kind, shop), found in groups.items()]


def _late_parcels(desk: Desk) -> list[Worry]:
    before = desk.now - timedelta(minutes=desk.policy.parcel_stuck_minutes)
    groups: dict[int, list[int]] = {}
    for parcel in desk.parcels.many(desk.parcels.stuck(IN_HOUSE, before, 500)).values():
        groups.setdefault(parcel.warehouse_id or 0, []).append(parcel.id)
    return [Worry(AlertKind.PARCEL_STUCK, place, tuple(sorted(ids)), warehouse=place) for place, ids in groups.items()]


def tick(desk: Desk) -> int:
    """Open, escalate and close alerts. Returns how many changed."""
    now = {(worry.kind, worry.subject_id): worry for worry in worries(desk)}
    open_now = {(alert.kind, alert.subject_id): alert for alert in desk.alerts.open()}
    changed = 0
    for key, alert in open_now.items():
        if key not in now:
            desk.alerts.save(replace(alert, closed_at=desk.now))
            notices.redraw(desk, NoticeKind.ALERT, [alert.id])
            changed += 1
        elif alert.next_at <= desk.now:
            _escalate(desk, alert, now[key])
            changed += 1
        elif alert.count != len(now[key].ids):
            desk.alerts.save(replace(alert, count=len(now[key].ids)))
            notices.redraw(desk, NoticeKind.ALERT, [alert.id])
            changed += 1
    for key, worry in now.items():
        if key not in open_now:
            step = timedelta(minutes=STEP_MINUTES)
            new = Alert(0, worry.kind, worry.subject_id, desk.now, desk.now + step, len(worry.ids))
            alert = desk.alerts.add(new)
            _tell(desk, alert, worry)
            changed += 1
    return changed


def _escalate(desk: Desk, alert: Alert, worry: Worry) -> None:
    """Nobody took it (or the snooze is over): the next people in the chain."""
    last = len(CHAIN[alert.kind]) - 1
    snoozed = alert.snoozed_until is not None
    level = alert.level if snoozed else min(alert.level + 1, last)
    step = timedelta(minutes=STEP_MINUTES)
    news = replace(alert, level=level, next_at=desk.now + step, snoozed_until=None, taken_by="", count=len(worry.ids))
    desk.alerts.save(news)
    _tell(desk, news, worry)


def _tell(desk: Desk, alert: Alert, worry: Worry) -> None:
    history.note(desk, CLOCK, "alert", alert.id, "told", alert.kind, level=str(alert.level))
    notices.tell(
        desk,
        NoticeKind.ALERT,
        alert.id,
        CHAIN[alert.kind][alert.level],
        key=f"alert:{alert.id}:{alert.next_at:%Y%m%d%H%M}",
        shop=worry.shop,
        warehouse=worry.warehouse,
    )


def _mine(desk: Desk, actor: Actor, alert_id: int, revision: int) -> Alert:
    alert = desk.alerts.get(alert_id)
    allowed = frozenset().union(*CHAIN[alert.kind]) | {Role.OWNER}
    if not allowed & actor.roles:
        raise NotAllowed(Right.OVERRIDE)
    if alert.revision != revision or alert.closed_at:
        raise Stale("alert", "closed" if alert.closed_at else "taken", alert.taken_by)
    return alert


def take(desk: Desk, actor: Actor, alert_id: int, revision: int) -> Alert:
    """'On it': the clock waits twice as long. Raises NotAllowed, Stale."""
    alert = _mine(desk, actor, alert_id, revision)
    step = timedelta(minutes=2 * STEP_MINUTES)
    desk.alerts.save(replace(alert, taken_by=actor.name, next_at=desk.now + step))
    history.note(desk, actor, "alert", alert_id, "taken")
    notices.redraw(desk, NoticeKind.ALERT, [alert_id])
    return desk.alerts.get(alert_id)


def snooze(desk: Desk, actor: Actor, alert_id: int, revision: int, minutes: int) -> Alert:
    """Not now: the same people are asked again later. Raises NotAllowed, Stale."""
    alert = _mine(desk, actor, alert_id, revision)
    until = desk.now + timedelta(minutes=minutes)
    desk.alerts.save(replace(alert, snoozed_until=until, next_at=until))
    history.note(desk, actor, "alert", alert_id, "snoozed", str(minutes))
    notices.redraw(desk, NoticeKind.ALERT, [alert_id])
    return desk.alerts.get(alert_id)
