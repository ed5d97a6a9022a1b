"""The review queue: which orders wait in which order, filtered, one after the other; and the digest's groups of it.

Surprising: one reading of the line serves everything. What a person has taken or put off is still in the line, for
deadlines and alerts; only queue and batch pass it over.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from domain import history, notices
from domain.deadlines import MISSED, dispatch_deadline
from domain.desk import Desk
from domain.errors import BadValue, InHand, LostRace, WrongStatus
from domain.holds import HoldCode
from domain.hours import moments
from domain.limits import alone
from domain.lineup import Hand, Waiting
from domain.orders import Order, OrderStatus
from domain.people import Actor, Right, require
from domain.policy import Policy
from domain.records import NoticeKind

MORNING = time(9)
NEVER = datetime.max.replace(tzinfo=UTC)
LATER = "later"
Place = tuple[datetime, datetime, int]


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the clean ones a batch button names: a shop (0 = all), and due before a moment (None = any)."""

    shop: int = 0
    due: datetime | None = None


ALL = Scope()


@dataclass(frozen=True, slots=True)
class Clean:
    """What a batch would approve (`ids`), the watermark and check sum a tap names, and the clean ones above the
    limits of one person (`over`), which it leaves alone."""

    ids: tuple[int, ...]
    watermark: int
    checksum: int
    over: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """What to walk through: `kind` is held, shop, hold, urgent, mine, snoozed or over; `what` a shop id or a code."""

    kind: str = "held"
    what: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an order stands in the filtered queue: its number (0 = no longer in it), how many wait, its neighbours."""

    number: int
    count: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Digest:
    """The line in groups. `shops`: id -> (clean, held); `paid`: (shop, currency) -> minor units; `due`: bucket ->
    orders, in the order of the buckets."""

    shops: dict[int, tuple[int, int]] = field(default_factory=dict)
    paid: dict[tuple[int, str], int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    first_due: datetime | None = None
    taken: int = 0
    snoozed: int = 0


def place(policy: Policy, row: Waiting | Order) -> Place:
    """The queue's order: the deadline, then the age."""
    return dispatch_deadline(row, policy) or NEVER, row.created_at, row.id


def holder(desk: Desk, hand: Hand | Waiting) -> int:
    """Whose hands it is in now (person id), 0 = nobody's: a take is over after the policy's minutes."""
    limit = desk.now - timedelta(minutes=desk.policy.take_minutes)
    return hand.taken_by if hand.taken_at is not None and hand.taken_at > limit else 0


def in_other_hands(desk: Desk, actor: Actor, order: Order) -> InHand | None:
    """The refusal that names who else looks at the order now; None when nobody does."""
    hand = desk.hands.of(order.id)
    who = holder(desk, hand)
    if who in (0, actor.person_id):
        return None
    return InHand(order.number, desk.people.get(who).name, hand.taken_at or desk.now)


def snoozed(desk: Desk, hand: Hand | Waiting) -> bool:
    """Whether it is put off now."""
    return hand.snoozed_until is not None and hand.snoozed_until > desk.now


def urgent_until(desk: Desk) -> datetime:
    """Deadlines before this are urgent, in whole minutes so that a button's list does not age by the second."""
    return (desk.now + timedelta(hours=desk.policy.urgent_hours)).replace(second=0, microsecond=0)


def _due(policy: Policy, row: Waiting, before: datetime) -> bool:
    at = dispatch_deadline(row, policy)
    return at is not None and at < before


def clean(
    desk: Desk,
    actor: Actor,
    scope: Scope = ALL,
    up_to: int | None = None,
    line: Sequence[Waiting] | None = None,
) -> Clean:
    """What a batch button of the scope would approve for this actor: free, clean, within one person's limits.

    The oldest come first, up to the policy's batch limit; `up_to` is the watermark of the card.
    """
    rows = [
        row
        for row in (desk.hands.line(actor.shops) if line is None else line)
        if not row.held
        and (up_to is None or row.id <= up_to)
        and scope.shop in (0, row.shop_id)
        and (scope.due is None or _due(desk.policy, row, scope.due))
        and not holder(desk, row)
        and not snoozed(desk, row)
    ]
    within = [row for row in rows if alone(desk.policy, actor, row.amount, row.currency, row.shop_id)]
    meant = within[: desk.policy.batch_limit]
    text = ",".join(f"{row.id}:{row.revision}" for row in meant)
    ids = tuple(row.id for row in meant)
    left = {row.id for row in rows} - {row.id for row in within}
    return Clean(ids, max((row.id for row in rows), default=0), crc32(text.encode()), tuple(sorted(left)))


def digest(desk: Desk, line: Sequence[Waiting]) -> Digest:
    """The line in groups: by shop, by deadline, in whose hands."""
    shops: dict[int, tuple[int, int]] = {}
    paid: Counter[tuple[int, str]] = Counter()
    due: Counter[str] = Counter()
    hours = sorted(desk.policy.alerts.near_hours)
    ends = [(MISSED, desk.now)] + [(str(hour), desk.now + timedelta(hours=hour)) for hour in hours]
    first = min((at for row in line if (at := dispatch_deadline(row, desk.policy))), default=None)
    for row in line:
        is_clean, is_held = shops.get(row.shop_id, (0, 0))
        shops[row.shop_id] = (is_clean + (not row.held), is_held + row.held)
        paid[row.shop_id, row.currency] += row.paid
        if (at := dispatch_deadline(row, desk.policy)) is not None:
            due[next((name for name, end in ends if at <= end), LATER)] += 1
    ordered = {name: due[name] for name in [*(name for name, _ in ends), LATER] if due[name]}
    taken = sum(bool(holder(desk, row)) for row in line)
    return Digest(dict(sorted(shops.items())), dict(paid), ordered, first, taken, sum(snoozed(desk, r) for r in line))


def rows(desk: Desk, actor: Actor, chosen: Filter) -> list[Waiting]:
    """What the filter lets through in the actor's shops, in the queue's order."""
    code = HoldCode(chosen.what) if chosen.kind == "hold" else None
    line = desk.hands.line(actor.shops, code=code)
    if chosen.kind == "snoozed":
        found: Iterable[Waiting] = (row for row in line if snoozed(desk, row))
    else:
        found = _awake(desk, actor, chosen, [row for row in line if not snoozed(desk, row)])
    return sorted(found, key=lambda row: place(desk.policy, row))


def _awake(desk: Desk, actor: Actor, chosen: Filter, line: Sequence[Waiting]) -> Iterable[Waiting]:
    if chosen.kind == "shop":
        return (row for row in line if row.held and str(row.shop_id) == chosen.what)
    if chosen.kind == "urgent":
        return (row for row in line if _due(desk.policy, row, urgent_until(desk)))
    if chosen.kind == "mine":
        return (row for row in line if actor.person_id and holder(desk, row) == actor.person_id)
    if chosen.kind == "over":
        over = set(clean(desk, actor, line=line).over)
        return (row for row in line if row.id in over)
    return (row for row in line if row.held)


def first(desk: Desk, actor: Actor, chosen: Filter) -> int | None:
    """Where to begin: the first that is in nobody else's hands, else the first."""
    found = rows(desk, actor, chosen)
    mine = (0, actor.person_id)
    return next((row.id for row in [*(r for r in found if holder(desk, r) in mine), *found]), None)


def spot(desk: Desk, actor: Actor, chosen: Filter, order: Order) -> Spot:
    """Where the order stands, also when it has just left the queue: then between those around its place."""
    found, here = rows(desk, actor, chosen), place(desk.policy, order)
    before = [row for row in found if place(desk.policy, row) < here]
    after = [row for row in found if place(desk.policy, row) > here]
    number = len(before) + 1 if len(before) + len(after) < len(found) else 0
    return Spot(number, len(found), before[-1].id if before else None, after[0].id if after else None)


def following(desk: Desk, actor: Actor, chosen: Filter, order: Order) -> int | None:
    """The order to go on with after this one: the next that is in nobody else's hands, else from the start again."""
    here, mine = place(desk.policy, order), (0, actor.person_id)
    free = [row for row in rows(desk, actor, chosen) if holder(desk, row) in mine and row.id != order.id]
    later = [row for row in free if place(desk.policy, row) > here]
    return next((row.id for row in [*later, *free]), None)


def _in_review(desk: Desk, actor: Actor, order_id: int) -> Order:
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    if order.status is not OrderStatus.REVIEW:
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    return order


def _tell(desk: Desk, order: Order) -> None:
    notices.redraw(desk, NoticeKind.ORDER, [order.id], digest=True)


def take(desk: Desk, actor: Actor, order_id: int) -> Order:
    """ "I look at it": everybody sees it until it is decided or the policy's minutes are over.

    Raises NotAllowed, WrongStatus, InHand when somebody else has it.
    """
    order = _in_review(desk, actor, order_id)
    limit = desk.now - timedelta(minutes=desk.policy.take_minutes)
    if not desk.hands.take(order_id, actor.person_id or 0, limit):
        raise in_other_hands(desk, actor, order) or LostRace()
    history.note(desk, actor, "order", order_id, "taken")
    _tell(desk, order)
    return order


def morning(desk: Desk) -> datetime:
    """The next nine o'clock of the company's zone."""
    place_ = ZoneInfo(desk.catalog.company.zone)
    today = desk.now.astimezone(place_).date()
    days = (moments(today + timedelta(days=step), MORNING, place_)[0] for step in (0, 1))
    return next(at for at in days if at > desk.now)


def snooze(desk: Desk, actor: Actor, order_id: int, minutes: int) -> datetime:
    """Not now: the order leaves every queue for so many minutes, 0 = until morning; deadlines and alerts go on.

    Returns until when. Raises NotAllowed, WrongStatus, BadValue.
    """
    order = _in_review(desk, actor, order_id)
    if not 0 <= minutes <= 24 * 60:
        raise BadValue("count", str(minutes), "snooze")
    until = desk.now + timedelta(minutes=minutes) if minutes else morning(desk)
    desk.hands.snooze(order_id, until)
    history.note(desk, actor, "order", order_id, "snoozed")
    _tell(desk, order)
    return until


def wake(desk: Desk, actor: Actor, order_id: int) -> Order:
    """Back into the queue at once. Raises NotAllowed, WrongStatus."""
    order = _in_review(desk, actor, order_id)
    desk.hands.forget([order_id])
    history.note(desk, actor, "order", order_id, "resumed")
    _tell(desk, order)
    return order
