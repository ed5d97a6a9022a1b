"""An alert: what did not happen, how much of it, whose it is, and who is told next.

Surprising: which records are late is worked out anew for every drawing, so the card counts what is late now.
"""

from collections.abc import Mapping

from domain import watch
from domain.desk import Desk
from domain.people import Role
from domain.records import Alert, AlertKind, NoticeKind
from handlers.card import Button, Card
from handlers.cards.orders import age, order_button
from handlers.draw import drawing
from handlers.taps import pack
from handlers.terms import N_, role_name
from handlers.viewer import Viewer
from handlers.words import Words

LISTED = 8
KINDS = {
    AlertKind.APPROVAL_LATE: N_("Clean orders wait too long for approval"),
    AlertKind.HOLD_LATE: N_("Held orders wait too long for a decision"),
    AlertKind.PARCEL_STUCK: N_("Parcels are stuck in the warehouse"),
    AlertKind.RETURN_UNLINKED: N_("Returns nobody has claimed"),
    AlertKind.DISPATCH_LATE: N_("Orders are past the dispatch deadline"),
}


@drawing(NoticeKind.ALERT)
def alert_card(desk: Desk, alert_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """An open worry, or how it ended. `data['view']` = 'list' shows the first records as buttons."""
    if viewer.actor is None:
        return None
    alert, words = desk.alerts.get(alert_id), viewer.words
    facts = {"what": words(KINDS[alert.kind]), "count": alert.count, "place": _place(desk, alert) or "-"}
    if alert.closed_at:
        return Card(words("<b>✅ Settled: {what}</b> · {place}", **facts))
    lines = [words("<b>⏰ {what}: {count}</b> · {place}", **facts), _since(desk, alert, words), *_chain(alert, words)]
    rows = _rows(alert, words)
    if data.get("view") == "list":
        rows = (*_records(desk, alert, words), *rows)
    return Card("\n".join(lines), rows)


def _place(desk: Desk, alert: Alert) -> str:
    if alert.kind is AlertKind.RETURN_UNLINKED:
        return ""
    if alert.kind is AlertKind.PARCEL_STUCK:
        warehouse = desk.catalog.warehouses.get(alert.subject_id)
        return warehouse.name if warehouse else ""
    return desk.catalog.shops[alert.subject_id].name


def _since(desk: Desk, alert: Alert, words: Words) -> str:
    minutes = int((desk.now - alert.opened_at).total_seconds()) // 60
    oldest = _oldest(desk, alert, words)
    return words("Open for {age} · oldest: {oldest}", age=age(minutes, words), oldest=oldest or "-")


def _oldest(desk: Desk, alert: Alert, words: Words) -> str:
    """The record that waits longest and since when."""
    first = _ids(desk, alert)[:500]
    if alert.kind is AlertKind.PARCEL_STUCK:
        parcels = [p for p in desk.parcels.many(first).values() if p.state_at]
        found = min(((p.state_at, p.number) for p in parcels if p.state_at), default=None)
    elif alert.kind is AlertKind.RETURN_UNLINKED:
        returns = [desk.returns.get(return_id) for return_id in first[:1]]
        found = min(((r.arrived_at or r.created_at, r.waybill) for r in returns), default=None)
    else:
        orders = desk.orders.many(first).values()
        found = min(((o.paid_at or o.created_at, o.number) for o in orders), default=None)
    return words("{name} since {at}", name=found[1], at=words.when(found[0])) if found else ""


def _ids(desk: Desk, alert: Alert) -> tuple[int, ...]:
    for worry in watch.worries(desk):
        if (worry.kind, worry.subject_id) == (alert.kind, alert.subject_id):
            return worry.ids
    return ()


def _roles(roles: frozenset[Role], words: Words) -> str:
    return ", ".join(role_name(role, words) for role in sorted(roles))


def _chain(alert: Alert, words: Words) -> list[str]:
    """Who has it, and who is next and when."""
    chain = watch.CHAIN[alert.kind]
    level = min(alert.level, len(chain) - 1)
    at = words.when(alert.next_at)
    if alert.snoozed_until:
        return [words("💤 Snoozed: the same people are asked again at {at}.", at=at)]
    next_roles = _roles(chain[min(level + 1, len(chain) - 1)], words)
    if alert.taken_by:
        return [words("🙋 {who} is on it. Not settled by {at}: {next}.", who=alert.taken_by, at=at, next=next_roles)]
    told = words("Level {level}: told {owner}.", level=level + 1, owner=_roles(chain[level], words))
    return [told, words("Nobody on it by {at}: {next}.", at=at, next=next_roles)]


def _rows(alert: Alert, words: Words) -> tuple[tuple[Button, ...], ...]:
    key = (alert.id, alert.revision)
    return (
        (Button(words("🙋 Taking it"), pack("w.t", *key), "primary"), Button(words("📋 List"), pack("w.l", alert.id))),
        (
            Button(words("💤 15 min"), pack("w.s", *key, 15)),
            Button(words("💤 1 h"), pack("w.s", *key, 60)),
        ),
    )


def _records(desk: Desk, alert: Alert, words: Words) -> tuple[tuple[Button, ...], ...]:
    """The first records, each a button to its order or return."""
    first = _ids(desk, alert)[:LISTED]
    if alert.kind is AlertKind.RETURN_UNLINKED:
        parcels = [desk.returns.get(return_id) for return_id in first]
        return tuple((Button(parcel.waybill, pack("w.r", parcel.id)),) for parcel in parcels)
    if alert.kind is AlertKind.PARCEL_STUCK:
        first = tuple(p.order_ids[0] for p in desk.parcels.many(first).values() if p.order_ids)
    return tuple((order_button(desk, order, words),) for order in desk.orders.many(first).values())
