"""Worries: everything that did not happen and should have, as the store sees it now, grouped by place.

Surprising: orders that wait for stock are not late holds. They are the buyer's shortage, one worry for the company
with its own, slower clock; so each record worries one owner only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.desk import Desk
from domain.floor.parcels import IN_HOUSE
from domain.orders.deadlines import MISSED, ends
from domain.people.people import Role
from domain.planning import suspensions
from domain.policy.policy_sections import Suspension
from domain.records import Alert, AlertKind
from domain.review.holds import CATALOGUE, HoldCode
from domain.stops import feeds
from domain.watch import gaps
from domain.watch.lookout import FIRST, RELEASED, Bound, Pile
from domain.waybills import number_watch

TOP_SKUS = 5
OF_SHOP = frozenset(
    {
        AlertKind.APPROVAL_LATE,
        AlertKind.HOLD_LATE,
        AlertKind.DISPATCH_LATE,
        AlertKind.DISPATCH_NEAR,
        AlertKind.ORDER_GAP,
        AlertKind.FEED_STALE,
        AlertKind.LEFT_STOPPED,
        AlertKind.RECALL_LATE,
        AlertKind.ANSWER_STUCK,
    }
)
OF_STOCK_DOC = frozenset(
    {AlertKind.STOCK_UNDECIDED, AlertKind.TRANSFER_LATE, AlertKind.COUNT_LATE, AlertKind.STOCK_LEFT}
)
OF_ACCOUNT = frozenset({AlertKind.NUMBERS_LOW, AlertKind.VOID_FAILED})
OF_WAREHOUSE = frozenset({AlertKind.PARCEL_STUCK, AlertKind.UNLISTED})
_LEAD, _OWNER = frozenset({Role.CS_LEAD}), frozenset({Role.OWNER})
CHAIN: Mapping[AlertKind, tuple[frozenset[Role], ...]] = {
    AlertKind.APPROVAL_LATE: (frozenset({Role.CS}), _LEAD, _OWNER),
    AlertKind.DISPATCH_LATE: (frozenset({Role.CS_LEAD, Role.DISPATCHER}), _OWNER),
    AlertKind.DISPATCH_NEAR: (frozenset({Role.CS_LEAD, Role.DISPATCHER}), _OWNER),
    AlertKind.PARCEL_STUCK: (frozenset({Role.DISPATCHER}), _LEAD, _OWNER),
    AlertKind.UNLISTED: (frozenset({Role.DISPATCHER}), _LEAD, _OWNER),
    AlertKind.RETURN_UNLINKED: (frozenset({Role.CS}), _LEAD),
    AlertKind.ORDER_GAP: (_LEAD, _OWNER),
    AlertKind.FEED_STALE: (frozenset({Role.CS_LEAD, Role.DISPATCHER}), _OWNER),
    AlertKind.LEFT_STOPPED: (frozenset({Role.CS, Role.FINANCE}), _LEAD, _OWNER),
    AlertKind.RECALL_LATE: (frozenset({Role.CS}), _LEAD, _OWNER),
    AlertKind.ANSWER_STUCK: (frozenset({Role.CS}), _LEAD, _OWNER),
    AlertKind.SHORTAGE: (frozenset({Role.BUYER}), _LEAD, _OWNER),
    AlertKind.SUSPENDED: (frozenset({Role.DISPATCHER, Role.CS}), _LEAD, _OWNER),
    AlertKind.STOCK_UNDECIDED: (frozenset({Role.CS_LEAD, Role.FINANCE}), _OWNER),
    AlertKind.TRANSFER_LATE: (frozenset({Role.RECEIVER}), _LEAD, _OWNER),
    AlertKind.COUNT_LATE: (frozenset({Role.PICKER, Role.RECEIVER}), _LEAD, _OWNER),
    AlertKind.NUMBERS_LOW: (frozenset({Role.FINANCE}), _OWNER),
    AlertKind.VOID_FAILED: (frozenset({Role.DISPATCHER}), _OWNER),
}


def chain(kind: AlertKind, part: str) -> tuple[frozenset[Role], ...]:
    """Whom to tell, step after step. A late hold begins with the role that owns its code (rules.md B2), a stock
    document that is left lying with the role whose work it is."""
    if kind not in (AlertKind.HOLD_LATE, AlertKind.STOCK_LEFT):
        return CHAIN[kind]
    owner = frozenset({Role(part)}) if part else frozenset({Role.CS})
    return tuple(dict.fromkeys((owner, _LEAD, _OWNER)))


def place(alert: Alert) -> tuple[int | None, int | None]:
    """The (shop, warehouse) an alert belongs to; (None, None) = the whole company."""
    if alert.kind in OF_SHOP:
        return alert.subject_id, None
    return None, alert.subject_id or None if alert.kind in OF_WAREHOUSE | OF_STOCK_DOC else None


@dataclass(frozen=True, slots=True)
class Worry:
    """One kind of lateness in one place: the fields of domain.records.Alert of the same names."""

    kind: AlertKind
    subject_id: int
    count: int
    part: str = ""
    oldest: datetime | None = None
    first: tuple[int, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[AlertKind, int, str]:
        """What makes it the same worry tomorrow."""
        return self.kind, self.subject_id, self.part


def _of(kind: AlertKind, pile: Pile, part: str = "", facts: Mapping[str, str] | None = None) -> Worry:
    return Worry(kind, pile.place, pile.count, part, pile.oldest, pile.first, facts or {})


def joined(piles: Sequence[Pile]) -> Pile:
    """Several piles as one, the first records of the earlier ones before those of the later."""
    first = tuple(one for pile in piles for one in pile.first)[:FIRST]
    oldest = min(pile.oldest for pile in piles)
    return Pile(piles[0].place, piles[0].part, sum(pile.count for pile in piles), oldest, first)


def found(desk: Desk) -> list[Worry]:
    """Everything late right now."""
    return [
        *_waiting(desk),
        *_dispatch(desk),
        *_floor(desk),
        *_stock_room(desk),
        *_stopped(desk),
        *_shortage(desk),
        *_suspended(desk),
        *_numbers(desk),
        *(_gap(gap) for gap in gaps.found(desk)),
        *(_silent(one) for one in feeds.stale(desk) if not one.guess),  # an unusual gap is a worry of its own
    ]


def _waiting(desk: Desk) -> Iterable[Worry]:
    """Orders that wait for a decision: the clean ones by policy, the held ones by the SLA of their codes."""
    now = desk.now
    for pile in desk.piles.approvals(now - timedelta(minutes=desk.policy.approval_late_minutes)):
        yield _of(AlertKind.APPROVAL_LATE, pile)
    codes: list[HoldCode] = [code for code in CATALOGUE if code != HoldCode.OUT_OF_STOCK]
    before = {code: now - timedelta(minutes=desk.policy.sla_minutes(code)) for code in codes}
    heaps: dict[tuple[int, str], list[Pile]] = defaultdict(list)
    for pile in desk.piles.holds(before, {code: CATALOGUE[code].owner for code in codes}):
        heaps[pile.place, pile.part.removesuffix(RELEASED)].append(pile)
    for (_, owner), heap in heaps.items():
        released = sum(pile.count for pile in heap if pile.part.endswith(RELEASED))
        facts = {"released": str(released)} if released else {}
        yield _of(AlertKind.HOLD_LATE, joined(sorted(heap, key=lambda pile: pile.oldest)), owner, facts)


def _dispatch(desk: Desk) -> Iterable[Worry]:
    """Orders whose dispatch deadline is missed, or close: by bucket."""
    names = ends(desk.now, desk.policy.alerts.near_hours)
    by_shop: dict[int, dict[str, Pile]] = defaultdict(dict)
    for pile in desk.piles.dispatch(names):
        by_shop[pile.place][pile.part] = pile
    for piles in by_shop.values():
        if MISSED in piles:
            yield _of(AlertKind.DISPATCH_LATE, piles[MISSED])
        near = [piles[name] for name in names if name != MISSED and name in piles]
        if near:
            yield _of(AlertKind.DISPATCH_NEAR, joined(near), facts={pile.part: str(pile.count) for pile in near})


def _floor(desk: Desk) -> Iterable[Worry]:
    stuck = desk.now - timedelta(minutes=desk.policy.parcel_stuck_minutes)
    for pile in desk.piles.parcels(IN_HOUSE, stuck):
        yield _of(AlertKind.PARCEL_STUCK, pile)
    for pile in desk.piles.unlisted(desk.now - timedelta(minutes=desk.policy.unlisted_minutes)):
        yield _of(AlertKind.UNLISTED, pile)
    for pile in desk.piles.returns(desk.now - timedelta(minutes=desk.policy.return_unlinked_minutes)):
        yield _of(AlertKind.RETURN_UNLINKED, pile)


def _stock_room(desk: Desk) -> Iterable[Worry]:
    """Stock documents that wait for somebody. First records: documents."""
    rules = desk.policy.stock
    kinds = {
        "waiting": (AlertKind.STOCK_UNDECIDED, rules.decide_minutes),
        "transit": (AlertKind.TRANSFER_LATE, rules.transit_minutes),
        "count": (AlertKind.COUNT_LATE, rules.count_minutes),
        Role.RECEIVER.value: (AlertKind.STOCK_LEFT, rules.open_minutes),
        Role.PICKER.value: (AlertKind.STOCK_LEFT, rules.open_minutes),
    }
    before = {part: desk.now - timedelta(minutes=minutes) for part, (_, minutes) in kinds.items()}
    for pile in desk.piles.stock_docs(before):
        kind = kinds[pile.part][0]
        yield _of(kind, pile, pile.part if kind is AlertKind.STOCK_LEFT else "")


def _stopped(desk: Desk) -> Iterable[Worry]:
    """Of stops what the desk owes an answer: parcels that had left, recalls nobody carries on, answers no platform
    took. First records: orders."""
    rules = desk.policy.stops
    for pile in desk.piles.left(desk.now - timedelta(minutes=rules.left_minutes)):
        yield _of(AlertKind.LEFT_STOPPED, pile)
    for pile in desk.piles.recalls(desk.now - timedelta(minutes=rules.recall_minutes)):
        yield _of(AlertKind.RECALL_LATE, pile)
    for pile in desk.piles.untold() if rules.hand_answers else ():
        yield _of(AlertKind.ANSWER_STUCK, pile)


def _shortage(desk: Desk) -> Iterable[Worry]:
    """Facts: sku -> `orders units`, the skus that hold up most orders first."""
    piles, skus = desk.piles.short()
    facts = {one.sku: f"{one.orders} {one.units}" for one in skus[:TOP_SKUS]}
    if len(skus) > TOP_SKUS:
        facts["+"] = str(len(skus) - TOP_SKUS)
    for pile in piles:
        yield _of(AlertKind.SHORTAGE, pile, facts=facts)


def _suspended(desk: Desk) -> Iterable[Worry]:
    """A suspension that orders not yet shipped run into, those it holds included. It ends by itself at its `until`."""
    zone = desk.catalog.company.zone
    running = [one for one in desk.policy.suspensions if suspensions.runs(one, desk.now, zone)]
    ways = desk.piles.to_ship(deep=any(map(suspensions.below_province, running))) if running else []
    for suspension in running:
        hit = [way.pile for way in ways if _meets(desk, suspension, way)]
        if hit:
            whole = joined(sorted(hit, key=lambda pile: pile.oldest))
            place = f"{suspension.province}{suspension.city}"
            part = "/".join((suspension.courier, place, suspension.start))
            yield Worry(AlertKind.SUSPENDED, 0, whole.count, part, whole.oldest, whole.first, _told(suspension, place))


def _numbers(desk: Desk) -> Iterable[Worry]:
    """Accounts whose numbers run low, and numbers that no courier took back: an account each. Facts of the former:
    the `pace`, and `soon` when they are used up within the day."""
    for one in number_watch.low(desk):
        yield Worry(AlertKind.NUMBERS_LOW, one.account_id, max(one.left, 0), facts=number_watch.facts_of(one))
    for pile in desk.piles.not_taken_back(desk.policy.waybills.attempts):
        yield _of(AlertKind.VOID_FAILED, pile)


def _meets(desk: Desk, suspension: Suspension, way: Bound) -> bool:
    """Whether these orders are meant. One that is held has no courier: it could go with any that serves its country."""
    couriers = desk.catalog.couriers
    if not (way.held and suspension.courier):
        courier = couriers.get(way.courier_id)
        return suspensions.covers(suspension, courier.code if courier else "", way.to)
    code = suspension.courier.casefold()
    serves = any(one.code.casefold() == code and way.to.country in one.countries for one in couriers.values())
    return serves and suspensions.covers(suspension, suspension.courier, way.to)


def _told(suspension: Suspension, place: str) -> Mapping[str, str]:
    return {
        "courier": suspension.courier,
        "province": place,
        "until": suspension.until,
        "reason": suspension.reason,
    }


def _gap(gap: gaps.Gap) -> Worry:
    """Facts: `normal` minutes, and when the shop was `heard` of if its intake is alive. The silence itself grows
    and is worked out for each drawing."""
    heard = gap.heard.isoformat() if gap.heard and not gap.stale else ""
    facts = {"normal": str(gap.normal_minutes), "heard": heard}
    return Worry(AlertKind.ORDER_GAP, gap.shop_id, 1, oldest=gap.last, facts=facts)


def _silent(one: feeds.Silence) -> Worry:
    """Facts: the `limit` it is over, minutes."""
    facts = {"limit": str(one.limit_minutes)}
    return Worry(AlertKind.FEED_STALE, one.shop.id, 1, oldest=one.heard_at, facts=facts)
