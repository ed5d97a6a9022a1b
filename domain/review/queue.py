"""The review queue: which orders of a scope wait in which order, one after the other; and the digest's groups of it.

Surprising: what a person has taken or put off is still in the line, for deadlines and alerts; only queue and batch
pass it over.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, InHand, LostRace, WrongStatus
from domain.hours import moments
from domain.orders.deadlines import ends
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.review.limits import ceilings
from domain.review.lineup import Hand, Sieve
from domain.review.scope import ALL, Amount, Scope, sieve_of, taken_since

MORNING = time(9)
LATER = "later"
NOBODY = frozenset({0})


@dataclass(frozen=True, slots=True)
class Clean:
    """What a batch would approve (`ids`), and the watermark and check sum a tap names."""

    ids: tuple[int, ...]
    watermark: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an order stands in the scope's queue: its number (0 = no longer in it), how many wait, its neighbours."""

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

    @property
    def held(self) -> int:
        """Held orders of all shops."""
        return sum(held for _, held in self.shops.values())

    @property
    def count(self) -> int:
        """All orders."""
        return sum(map(sum, self.shops.values()))


def holder(desk: Desk, hand: Hand) -> int:
    """Whose hands it is in now (person id), 0 = nobody's."""
    return hand.taken_by if hand.taken_at is not None and hand.taken_at > taken_since(desk) else 0


def in_other_hands(desk: Desk, actor: Actor, order: Order, hand: Hand | None = None) -> InHand | None:
    """The refusal that names who else looks at the order now; None when nobody does."""
    hand = desk.hands.of(order.id) if hand is None else hand
    who = holder(desk, hand)
    if who in (0, actor.person_id):
        return None
    return InHand(order.number, desk.people.get(who).name, hand.taken_at or desk.now)


def spoken_for(desk: Desk, actor: Actor, orders: Collection[Order]) -> dict[int, InHand]:
    """Of these the ones a batch leaves alone, by id: somebody else looks at them now, or they are put off."""
    known = {order.id: order for order in orders}
    found: dict[int, InHand] = {}
    for order_id, hand in (desk.hands.many(known) if known else {}).items():
        order = known[order_id]
        if taken := in_other_hands(desk, actor, order, hand):
            found[order_id] = taken
        elif hand.snoozed_until is not None and snoozed(desk, hand):
            found[order_id] = InHand(order.number, "", hand.snoozed_until)
    return found


def snoozed(desk: Desk, hand: Hand) -> bool:
    """Whether it is put off now."""
    return hand.snoozed_until is not None and hand.snoozed_until > desk.now


def _clean(desk: Desk, actor: Actor, scope: Scope, up_to: int | None) -> Sieve:
    """The clean ones of the scope; unless it asks for them, without those somebody has in hand or has put off."""
    line = meant(desk, actor, scope)
    return replace(line, held=False, up_to=up_to, hands=NOBODY if line.hands is None else line.hands)


def _batch_of(scope: Scope) -> bool:
    """Whether it can hold clean ones at all."""
    return scope.held is not True and scope.code is None


def clean(desk: Desk, actor: Actor, scope: Scope = ALL, up_to: int | None = None) -> Clean:
    """What a batch button of the scope would approve for this actor: free, clean, within one person's limits.

    The first to be due come first, up to the policy's batch limit; `up_to` is the watermark of the card.
    """
    if not _batch_of(scope):
        return Clean((), 0, 0)
    sieve = _clean(desk, actor, scope, up_to)
    meant = desk.hands.head(replace(sieve, ceilings=ceilings(desk.policy, actor)), desk.policy.batch_limit)
    text = ",".join(f"{order_id}:{revision}" for order_id, revision in meant)
    ids = tuple(order_id for order_id, _ in meant)
    return Clean(ids, desk.hands.last_id(sieve), crc32(text.encode()))


def over(desk: Desk, actor: Actor, scope: Scope = ALL, up_to: int | None = None) -> list[int]:
    """The clean ones a batch of the scope leaves alone because they are above this actor's limits, as many as a
    batch has."""
    if not _batch_of(scope):
        return []
    above = _clean(desk, actor, replace(scope, amount=scope.amount or Amount.OVER), up_to)
    return [order_id for order_id, _ in desk.hands.head(above, desk.policy.batch_limit)]


def digest(desk: Desk, actor: Actor, scope: Scope = ALL) -> Digest:
    """The scope in groups: by shop, by deadline, in whose hands. What is put off counts, too."""
    buckets = ends(desk.now, desk.policy.alerts.near_hours)
    heaps = desk.hands.heaps(sieve_of(desk, actor, scope), buckets)
    shops: dict[int, tuple[int, int]] = {}
    paid: Counter[tuple[int, str]] = Counter()
    due: Counter[str] = Counter()
    for heap in heaps:
        is_clean, is_held = shops.get(heap.shop_id, (0, 0))
        shops[heap.shop_id] = (is_clean + (not heap.held) * heap.orders, is_held + heap.held * heap.orders)
        paid[heap.shop_id, heap.currency] += heap.paid
        due.update({name or LATER: count for name, count in heap.due.items()})
    ordered = {name: due[name] for name in (*buckets, LATER) if due[name]}
    first = min((heap.first_due for heap in heaps if heap.first_due), default=None)
    taken, put_off = sum(heap.taken for heap in heaps), sum(heap.snoozed for heap in heaps)
    return Digest(dict(sorted(shops.items())), dict(paid), ordered, first, taken, put_off)


def meant(desk: Desk, actor: Actor, scope: Scope) -> Sieve:
    """What is walked through: the scope, without what is put off unless it asks for that."""
    line = sieve_of(desk, actor, scope)
    return replace(line, awake=True) if line.awake is None else line


def count(desk: Desk, actor: Actor, scope: Scope) -> int:
    """How many are walked through."""
    return desk.hands.count(meant(desk, actor, scope))


def _free(desk: Desk, actor: Actor, scope: Scope) -> Sieve:
    """Those of them that are in nobody else's hands."""
    line = meant(desk, actor, scope)
    return line if line.hands is not None else replace(line, hands=NOBODY | {actor.person_id or 0})


def first(desk: Desk, actor: Actor, scope: Scope) -> int | None:
    """Where to begin: the first that is in nobody else's hands, else the first."""
    for sieve in (_free(desk, actor, scope), meant(desk, actor, scope)):
        for order_id, _ in desk.hands.head(sieve, 1):
            return order_id
    return None


def spot(desk: Desk, actor: Actor, scope: Scope, order: Order) -> Spot:
    """Where the order stands, also when it has just left the queue: then between those around its place."""
    sieve, hands = meant(desk, actor, scope), desk.hands
    ahead, all_, there = hands.standing(sieve, order)
    return Spot(ahead + 1 if there else 0, all_, hands.before(sieve, order), hands.after(sieve, order))


def following(desk: Desk, actor: Actor, scope: Scope, order: Order) -> int | None:
    """The order to go on with after this one: the next that is in nobody else's hands, else from the start again."""
    sieve = _free(desk, actor, scope)
    later = desk.hands.after(sieve, order)
    return later or next((one for one, _ in desk.hands.head(sieve, 1) if one != order.id), None)


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
    if not desk.hands.take(order_id, actor.person_id or 0, taken_since(desk)):
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
