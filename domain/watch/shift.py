"""Shift hand-over: what is open, what the ending shift did, and what the next one must watch.

Surprising: nothing is written down at the hour. The hand-over is a notice whose card is worked out when it arrives,
so the one that comes late because a phone was off is still true.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.desk import Desk
from domain.floor.parcels import Stop, Wave
from domain.hours import last_time
from domain.orders.deadlines import MISSED, ends
from domain.people import notices
from domain.people.people import Actor, Right, Role
from domain.records import Notice, NoticeKind
from domain.stock.stock_docs import StockDoc
from domain.watch.urgency import calm

LATE = timedelta(hours=2)
OLDEST = 5
OLDEST_DOCS = 30
AGES = (1, 4, 24)
DESKS = (frozenset({Role.CS, Role.CS_LEAD}), frozenset({Role.DISPATCHER}))
DONE: Mapping[str, str] = {
    "approved": "order",
    "held": "order",
    "hold_released": "order",
    "cancelled": "order",
    "stopped": "parcel",
    "picked": "parcel",
    "checked": "parcel",
    "packed": "parcel",
    "weighed": "parcel",
    "handed_over": "parcel",
    "put_back": "parcel",
    "arrived": "return",
}
SERVICE = ("approved", "held", "hold_released", "cancelled", "stopped")
FLOOR = ("picked", "checked", "packed", "weighed", "handed_over", "put_back", "stopped", "arrived")


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of work, [start, end)."""

    start: datetime
    end: datetime


def sees_service(actor: Actor) -> bool:
    """Whether the service half is for this person."""
    return Right.VIEW_ORDERS in actor.rights


def sees_floor(actor: Actor) -> bool:
    """Whether the warehouse half is for this person."""
    return Right.PUT_BACK in actor.rights


def sees_stops(actor: Actor) -> bool:
    """Whether stops are for this person: the floor takes them out, a lead answers for them."""
    return bool({Right.PUT_BACK, Right.OVERRIDE} & actor.rights)


def sees_documents(actor: Actor) -> bool:
    """Whether the stock room is for this person: who works there, or approves."""
    return bool({Right.STOCK_WORK, Right.STOCK_APPROVE} & actor.rights)


def running(desk: Desk) -> Shift:
    """The shift that runs, up to and with this moment; since the last hour of change, or for a day without any."""
    hours, zone = desk.policy.alerts.shift_times, desk.catalog.company.zone
    return Shift(last_time(desk.now, hours, zone) or desk.now - timedelta(days=1), desk.now + timedelta.resolution)


def ended(desk: Desk, at: datetime) -> Shift:
    """The shift that ended at that moment."""
    hours, zone = desk.policy.alerts.shift_times, desk.catalog.company.zone
    before = last_time(at - timedelta(seconds=1), hours, zone)
    return Shift(before or at - timedelta(days=1), at)


def tick(desk: Desk) -> int:
    """Queue the hand-over of the shift that has just ended, once per chat. Returns 0: repeats are dropped in the
    outbox, so there is nothing to count."""
    at = last_time(desk.now, desk.policy.alerts.shift_times, desk.catalog.company.zone)
    if at is None or desk.now >= at + LATE:
        return 0
    told = {chat_id for roles in DESKS for chat_id in notices.route(desk, roles)}
    key, data = f"shift:{at:%Y%m%d%H%M}", {"ended": at.isoformat()}
    desk.outbox.add(
        [
            Notice(NoticeKind.SHIFT, 0, chat.id, key, calm(desk, chat, at), data=data)
            for chat in desk.people.chats()
            if chat.id in told
        ]
    )
    return 0


def done(desk: Desk, actor: Actor, shift: Shift) -> dict[str, int]:
    """What was done in the shift within the actor's scope, by verb; what was not done is missing."""
    counts = desk.pulse.tally(shift.start, shift.end, shops=actor.shops, warehouses=actor.warehouses)
    return {verb: counts[subject, verb] for verb, subject in DONE.items() if (subject, verb) in counts}


def ages(desk: Desk, actor: Actor) -> dict[int | None, int]:
    """Orders in review by age: under so many hours (AGES); None = older. What is zero is missing."""
    moments = {str(hours): desk.now - timedelta(hours=hours) for hours in AGES}
    counts = desk.piles.in_review(moments, actor.shops)
    steps: list[tuple[int | None, str]] = [*((hours, str(hours)) for hours in AGES), (None, "")]
    return {hours: counts[name] for hours, name in steps if name in counts}


def deadlines(desk: Desk, actor: Actor) -> tuple[int, int, datetime | None]:
    """(missed, due in the next hours, when the first of those is due) of the actor's shops."""
    ahead = desk.policy.alerts.ahead_hours
    piles = desk.piles.dispatch(ends(desk.now, (ahead,)), shops=actor.shops)
    missed = sum(pile.count for pile in piles if pile.part == MISSED)
    near = [pile for pile in piles if pile.part != MISSED]
    first = desk.orders.many([pile.first[0] for pile in near])
    return missed, sum(pile.count for pile in near), min((o.due_at for o in first.values() if o.due_at), default=None)


def open_stops(desk: Desk, actor: Actor) -> list[Stop]:
    """Open stops in the actor's warehouses, oldest first."""
    if actor.warehouses is None:
        return desk.stops.open_of(None)
    return [stop for place in sorted(actor.warehouses) for stop in desk.stops.open_of(place)]


def documents(desk: Desk, actor: Actor) -> dict[str, int]:
    """Open stock documents in the actor's warehouses: `open` ones being scanned, `transit`, and those `waiting` for an
    approval. What is zero is missing."""
    parts = ("waiting", "transit", "count", Role.RECEIVER.value, Role.PICKER.value)
    counts: dict[str, int] = {}
    for pile in desk.piles.stock_docs(dict.fromkeys(parts, desk.now + timedelta.resolution)):
        if actor.warehouses is None or pile.place in actor.warehouses:
            part = pile.part if pile.part in ("waiting", "transit") else "open"
            counts[part] = counts.get(part, 0) + pile.count
    return counts


def held_documents(desk: Desk, actor: Actor) -> list[StockDoc]:
    """The first of them that somebody has in hand, oldest first."""
    return [doc for doc in desk.stock_docs.open_of(actor.warehouses, OLDEST_DOCS) if doc.holder]


def open_waves(desk: Desk, actor: Actor) -> list[Wave]:
    """Waves that are not done in the actor's warehouses."""
    waves = desk.waves.open_of(None)
    return [wave for wave in waves if actor.warehouses is None or wave.warehouse_id in actor.warehouses]
