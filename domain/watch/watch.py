"""Watch: what did NOT happen. Each worry has an owner, a clock and a next person, and goes away with its cause.

Surprising: an alert is about a kind of worry in one place (a shop, a warehouse), not about one record: forty late
orders are one card with a number on it. Its clock stands still while nobody may be disturbed.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from domain import history
from domain.desk import Desk
from domain.errors import NotAllowed, ReasonNeeded, Stale, WrongStatus
from domain.people import notices
from domain.people.people import CLOCK, Actor, Right, Role
from domain.records import Alert, AlertKind, NoticeKind
from domain.watch import urgency, worries
from domain.watch.urgency import SOON
from domain.watch.worries import Worry, chain, place

MUTABLE = frozenset({AlertKind.ORDER_GAP, AlertKind.SHORTAGE, AlertKind.SUSPENDED, AlertKind.NUMBERS_LOW})
_MOST_DOUBLINGS = 5


def tick(desk: Desk, found: Collection[Worry] | None = None) -> int:
    """Open, escalate, renew and close alerts. Returns how many changed. `found` was read just before, so that counting
    a hundred thousand orders keeps no writer waiting; what changed since is the next round's."""
    late = {worry.key: worry for worry in (worries.found(desk) if found is None else found)}
    standing = {(alert.kind, alert.subject_id, alert.part): alert for alert in desk.alerts.open()}
    changed = sum(_renew(desk, alert, late.get(key)) for key, alert in standing.items())
    fresh = [worry for key, worry in late.items() if key not in standing]
    for worry in fresh:
        _tell(desk, _seen(Alert(0, worry.kind, worry.subject_id, desk.now, desk.now, part=worry.part), worry))
    return changed + len(fresh)


def _redraw(desk: Desk, alert: Alert) -> None:
    """Its own cards, and the lists it stands in."""
    notices.redraw(desk, NoticeKind.ALERT, [alert.id])
    notices.redraw(desk, NoticeKind.ALERTS, [0])


def _seen(alert: Alert, worry: Worry) -> Alert:
    """The alert with the numbers of now. What was pressing once stays so until it is settled."""
    pressing = {SOON: alert.facts[SOON]} if SOON in alert.facts else {}
    facts = dict(sorted({**worry.facts, **pressing}.items()))
    return replace(alert, count=worry.count, oldest_at=worry.oldest, first=worry.first, facts=facts)


def _renew(desk: Desk, alert: Alert, worry: Worry | None) -> bool:
    """Whether anything changed."""
    if worry is None:
        desk.alerts.save(replace(alert, closed_at=desk.now))
        _redraw(desk, alert)
        return True
    news = _seen(alert, worry)
    sooner = SOON in news.facts and SOON not in alert.facts
    if alert.next_at <= desk.now or sooner:
        woken = sooner or alert.snoozed_until is not None
        level = alert.level if woken else alert.level + 1
        _tell(desk, replace(news, level=level, snoozed_until=None, taken_by="", reason="", turn=alert.turn + 1))
        return True
    if news == alert:
        return False
    desk.alerts.save(news)
    if (news.count, news.facts) != (alert.count, alert.facts):
        notices.redraw(desk, NoticeKind.ALERT, [alert.id])
    return True


def owners(alert: Alert) -> frozenset[Role]:
    """Who is told at the alert's level; past the end of the chain it stays with the last."""
    steps = chain(alert.kind, alert.part)
    return steps[min(alert.level, len(steps) - 1)]


def next_owners(alert: Alert) -> frozenset[Role]:
    """Who is told when its clock runs out."""
    return owners(replace(alert, level=alert.level + 1))


def pause(desk: Desk, alert: Alert) -> timedelta:
    """How long it is left with whom it was told. At the end of the chain each reminder waits twice as long."""
    minutes = desk.policy.alerts.step_minutes
    over = max(0, alert.level - len(chain(alert.kind, alert.part)) + 1)
    step = minutes.get(alert.kind, minutes.get("*", 30))
    return timedelta(minutes=step << min(over, _MOST_DOUBLINGS))


def _tell(desk: Desk, alert: Alert) -> None:
    """Write the alert, its turn's notices and when the next person's turn is: after somebody could hear of it."""
    shop, warehouse = place(alert)
    route = notices.route(desk, owners(alert), shop=shop, warehouse=warehouse)
    plan = urgency.plan(desk, alert, route)
    heard = min((one.due for one in plan), default=desk.now)
    alert = replace(alert, told_at=heard, next_at=heard + pause(desk, alert))
    if alert.id:
        desk.alerts.save(alert)
    else:
        alert = desk.alerts.add(alert)
    _redraw(desk, alert)
    history.note(desk, CLOCK, "alert", alert.id, "told", alert.kind, level=str(alert.level))
    desk.outbox.add(urgency.notices_of(alert, plan, desk.now))


def concerns(alert: Alert, roles: Collection[Role], actor: Actor) -> bool:
    """Whether it is the business of these roles within the actor's scope."""
    shop, warehouse = place(alert)
    mine = frozenset().union(*chain(alert.kind, alert.part)) | {Role.OWNER}
    in_shop = shop is None or actor.shops is None or shop in actor.shops
    in_warehouse = warehouse is None or actor.warehouses is None or warehouse in actor.warehouses
    return bool(mine & set(roles)) and in_shop and in_warehouse


def _mine(desk: Desk, actor: Actor, alert_id: int, turn: int) -> Alert:
    alert = desk.alerts.get(alert_id)
    if not concerns(alert, tuple(Role), actor):
        raise NotAllowed(Right.OVERRIDE, scope="shop" if place(alert)[0] else "warehouse")
    if not concerns(alert, actor.roles, actor):
        raise NotAllowed(Right.OVERRIDE)
    if alert.turn != turn or alert.closed_at:
        raise Stale("alert", "closed" if alert.closed_at else "taken", alert.taken_by)
    return alert


def _put(desk: Desk, actor: Actor, alert: Alert, verb: str, reason: str = "") -> Alert:
    desk.alerts.save(replace(alert, turn=alert.turn + 1))
    history.note(desk, actor, "alert", alert.id, verb, reason)
    _redraw(desk, alert)
    return desk.alerts.get(alert.id)


def take(desk: Desk, actor: Actor, alert_id: int, turn: int) -> Alert:
    """'On it': the clock waits twice as long. Raises NotAllowed, Stale."""
    alert = _mine(desk, actor, alert_id, turn)
    until = desk.now + 2 * pause(desk, alert)
    return _put(desk, actor, replace(alert, taken_by=actor.name, snoozed_until=None, reason="", next_at=until), "taken")


def snooze(desk: Desk, actor: Actor, alert_id: int, turn: int, minutes: int) -> Alert:
    """Not now: the same people are asked again after so many minutes, 0 = in the morning. Raises NotAllowed, Stale."""
    alert = _mine(desk, actor, alert_id, turn)
    until = desk.now + timedelta(minutes=minutes) if minutes > 0 else urgency.morning(desk)
    later = replace(alert, taken_by=actor.name, snoozed_until=until, next_at=until, reason="")
    return _put(desk, actor, later, "snoozed", str(minutes))


def mute(desk: Desk, actor: Actor, alert_id: int, turn: int, reason: str) -> Alert:
    """'Not a problem', and why: a long snooze that says so. Raises NotAllowed, Stale, ReasonNeeded, and WrongStatus
    for kinds that only their cause may end."""
    alert = _mine(desk, actor, alert_id, turn)
    if alert.kind not in MUTABLE:
        raise WrongStatus("alert", "open", "done")
    if not reason.strip():
        raise ReasonNeeded("mute")
    until = desk.now + timedelta(hours=desk.policy.alerts.mute_hours)
    aside = replace(alert, taken_by=actor.name, snoozed_until=until, next_at=until, reason=reason.strip()[:200])
    return _put(desk, actor, aside, "muted", aside.reason)
