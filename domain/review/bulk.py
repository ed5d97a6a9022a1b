"""Bulk release (批量解除): held orders of one reason, released and approved as a set, as far as a person saw them.

Surprising: what people wrote is released a page at a time, and a page is in the hands of who reads it: two people read
two pages, and a page never gains an order. Only measures and clocks are released all at once. What the set would
become is worked out before anything is written, so that an order which does not fit is never touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zlib import crc32

from domain import history
from domain.desk import Desk
from domain.errors import HeldOrder, HoldNotReleasable, Refusal, Stale
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.planning.planning import foreseen, refresh
from domain.policy.policy import Policy
from domain.records import NoticeKind
from domain.review import approval, queue, review
from domain.review.holds import CATALOGUE, CURED, UNTOUCHABLE, HoldCode, let_go, open_codes
from domain.review.limits import ceilings
from domain.review.lineup import Sieve
from domain.review.scope import Scope, taken_since
from domain.review.screening import wanted
from domain.stock import bins

PAGE = 10
SUBJECT = "bulk"
"""Whose history tells who released what in one go."""
LOOK = 500
"""How far a page looks for one that fits: on a bad day hundreds wait for the same companion or the same goods. Fits
none of them, the next look begins behind them."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Which look at a whole: the highest id it meant, and at which order's place it began (0: at the front)."""

    up_to: int
    start: int = 0


Mark = datetime | Whole
"""Which look: a page by the moment it was taken."""

ONE_BY_ONE = UNTOUCHABLE | CURED | {HoldCode.BLACKLIST, HoldCode.FRAUD, HoldCode.PLATFORM_LOCK, HoldCode.PICKUP}
"""Never in bulk: their cause ends them, the platform does, or each is a judgement of its own."""
AT_ONCE = frozenset(
    {
        *(HoldCode.AMOUNT_RANGE, HoldCode.QTY_RANGE, HoldCode.KIND_RANGE, HoldCode.PRICE_LOW, HoldCode.MARGIN_LOW),
        *(HoldCode.PAYMENT, HoldCode.PART_PAID, HoldCode.PAY_DELAY, HoldCode.TIME_WINDOW, HoldCode.PRESALE_WAIT),
        HoldCode.MERGE_WAIT,
    }
)
"""Measures and clocks of the house: the rule says all there is to read. Any other reason is read order by order."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one card shows of a scope: `orders` its button releases and approves; `along` clean ones which then travel
    with them, and are approved too; `refused` why others of the same look cannot be (`left`). `mark`: which look.

    Beside them of the same reason: `rest` are free behind this look, `ahead` before it (none of them fitted, or they
    are new); `others` held for reasons that do not go with it, `over` above the limits, `aside` in somebody's hands or
    put off. `first` is the first it looked at, `onward` where the next look begins (0: at the front).
    """

    orders: tuple[Order, ...] = ()
    along: tuple[Order, ...] = ()
    refused: dict[str, Refusal] = field(default_factory=dict)
    left: tuple[Order, ...] = ()
    mark: Mark = Whole(0)
    first: int = 0
    onward: int = 0
    rest: int = 0
    ahead: int = 0
    others: int = 0
    over: int = 0
    aside: int = 0

    @property
    def checksum(self) -> int:
        """Of everything the button would approve, as it stands."""
        parts = (",".join(f"{one.id}:{one.revision}" for one in some) for some in (self.orders, self.along))
        return crc32("|".join(parts).encode())

    @property
    def held(self) -> int:
        """How many of the reason stay held when these are released."""
        return self.rest + self.ahead + self.others + self.over + self.aside + len(self.left)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a button names: the part of the line, which look at it, and the check sum of what that showed."""

    scope: Scope
    mark: Mark
    checksum: int


@dataclass(frozen=True, slots=True)
class _Judged:
    fit: tuple[Order, ...]
    along: tuple[Order, ...]
    refused: dict[int, Refusal]


def narrowed(scope: Scope) -> Scope | None:
    """The part of the line a bulk release of this scope means; None where it says more than shop, reason and
    deadline, or that the orders are clean."""
    if scope.held is False or scope.amount or scope.above or scope.hand:
        return None
    return replace(scope, held=None)


def in_bulk(policy: Policy, actor: Actor, code: HoldCode | None) -> bool:
    """Whether this actor may release orders of this reason together."""
    if code is None or code in ONE_BY_ONE or Right.APPROVE not in actor.rights:
        return False
    return review.releases(policy, actor, code)


def at_once(code: HoldCode) -> bool:
    """Whether all of its orders go by one tap, rather than by the page."""
    return code in AT_ONCE


def _held(desk: Desk, actor: Actor, scope: Scope) -> Sieve:
    """The held orders of the scope, with whoever has them and whatever they are worth."""
    return replace(queue.meant(desk, actor, scope), held=True, awake=None)


def _alone(line: Sieve) -> Sieve:
    return replace(line, alone=True)


def _readable(desk: Desk, actor: Actor, line: Sieve) -> Sieve:
    return replace(line, within=frozenset(code for code in HoldCode if in_bulk(desk.policy, actor, code)))


def _line(desk: Desk, actor: Actor, scope: Scope) -> Sieve:
    """The orders of the scope that go together: a measure's when nothing else holds them; a page's also for other
    reasons that this actor may release together, as the page shows all there is to read of an order."""
    line = _held(desk, actor, scope)
    return _alone(line) if scope.code and at_once(scope.code) else _readable(desk, actor, line)


def _free(desk: Desk, actor: Actor, line: Sieve, *mine: int) -> Sieve:
    """Those of them a batch may take: nobody's, or `mine`, not put off, within one person's limits."""
    return replace(line, awake=True, hands=queue.NOBODY.union(mine), ceilings=ceilings(desk.policy, actor))


def offered(desk: Desk, actor: Actor, scope: Scope) -> dict[HoldCode, int]:
    """How many orders wait that this actor may release together, by reason; an order with two is counted at both."""
    line = _held(desk, actor, replace(scope, code=None))
    alone, pages = desk.hands.codes(_alone(line)), desk.hands.codes(_readable(desk, actor, line))
    found = {code: (alone if at_once(code) else pages).get(code, 0) for code in HoldCode}
    return {code: count for code, count in found.items() if count and in_bulk(desk.policy, actor, code)}


def count(desk: Desk, actor: Actor, scope: Scope) -> int:
    """How many orders of the scope could be released together, as far as one can say without trying."""
    return desk.hands.count(_free(desk, actor, _line(desk, actor, scope), actor.person_id or 0))


def _required(desk: Desk, actor: Actor, scope: Scope) -> HoldCode:
    require(actor, Right.APPROVE)
    if scope.code is None or not in_bulk(desk.policy, actor, scope.code):
        raise HoldNotReleasable(scope.code or "", CATALOGUE[scope.code].owner if scope.code else "")
    return scope.code


def whole(desk: Desk, actor: Actor, scope: Scope, look: Whole | None = None, *, lock: bool = False) -> Batch:
    """All of a measure's or clock's orders, first due first, up to the policy's batch limit. `look` is that of an
    earlier card; up to 0 where it is new. Raises NotAllowed, HoldNotReleasable."""
    if not at_once(_required(desk, actor, scope)):
        raise Stale("page", "changed")
    look = look or Whole(0)
    line = replace(_line(desk, actor, scope), up_to=look.up_to or None)
    free = _free(desk, actor, line)
    found, behind = _from(desk, free, look.start, desk.policy.batch_limit)
    batch = _batch(desk, actor, found, replace(look, up_to=desk.hands.last_id(free)), lock=lock)
    batch = replace(batch, onward=look.start if batch.orders else behind)
    return _counted(desk, line, free, batch, inside=True)


def to_read(desk: Desk, actor: Actor, scope: Scope, reader: Actor, size: int = PAGE, start: int = 0) -> Batch:
    """The next page for this reader, not in their hands yet: the first that fit of what is nobody's or theirs, first
    due first, from the place of the order `start` on. Raises NotAllowed, HoldNotReleasable."""
    _required(desk, actor, scope)
    line = _line(desk, actor, scope)
    free = _free(desk, actor, line, reader.person_id or 0)
    found, behind = _from(desk, free, start, LOOK)
    passed = Batch(mark=desk.now, first=found[0][0] if found else 0, onward=behind)
    for at in range(0, len(found), size):
        batch = _batch(desk, actor, found[at : at + size], desk.now)
        if batch.orders:
            return _paged(_counted(desk, line, free, batch, inside=True))
        passed = replace(passed, refused=passed.refused | batch.refused, left=passed.left + batch.left)
    return _counted(desk, line, free, passed, inside=True)


def _from(desk: Desk, free: Sieve, start: int, most: int) -> tuple[list[tuple[int, int]], int]:
    """The first of them from that order's place on, at most so many, and the one behind those (0: none)."""
    found = desk.hands.head(free, most + 1, desk.orders.get(start) if start else None)
    return found[:most], found[most][0] if len(found) > most else 0


def _paged(batch: Batch) -> Batch:
    """With where one goes on after this page: at the front, as something more urgent may have come; where so many that
    do not fit stand there that a look would not get past them, here."""
    return replace(batch, onward=batch.first if batch.ahead + PAGE > LOOK else 0)


def take(desk: Desk, reader: Actor, batch: Batch) -> None:
    """The page is in the reader's hands, with what does not fit: others get the orders behind it. What somebody else
    was faster with is not on it."""
    ids = [order.id for order in (*batch.orders, *batch.left)]
    desk.hands.take_all(ids, reader.person_id or 0, taken_since(desk))
    notices.redraw(desk, NoticeKind.ORDER, ids, digest=True)


def page(desk: Desk, actor: Actor, scope: Scope, taken_at: datetime, *, lock: bool = False) -> Batch:
    """A page as it is now: what was taken at that moment, in these hands (a group's card: in anybody's) and held for
    nothing that is not read here. Raises NotAllowed, HoldNotReleasable."""
    _required(desk, actor, scope)
    line = _line(desk, actor, scope)
    mine = None if actor.person_id is None else frozenset({actor.person_id})
    here = replace(_free(desk, actor, line), hands=mine, taken_at=taken_at)
    batch = _batch(desk, actor, desk.hands.head(here, PAGE), taken_at, lock=lock)
    return _paged(_counted(desk, line, _free(desk, actor, line), batch, inside=False))


def _batch(desk: Desk, actor: Actor, found: Sequence[tuple[int, int]], mark: Mark, *, lock: bool = False) -> Batch:
    orders = desk.orders.many([order_id for order_id, _ in found])
    judged = _judged(desk, actor, tuple(orders.values()), lock=lock)
    refused = {orders[order_id].number: why for order_id, why in judged.refused.items()}
    left = tuple(orders[order_id] for order_id in judged.refused)
    return Batch(judged.fit, judged.along, refused, left, mark, first=found[0][0] if found else 0)


def _counted(desk: Desk, line: Sieve, free: Sieve, batch: Batch, *, inside: bool) -> Batch:
    """With how many there are beside, by why they are not in it; `inside`: what it looked at is free itself. What is
    not free stands beside it whatever its id: the look ends at the last free one."""
    count, all_free, here = desk.hands.count, replace(free, up_to=None), len(batch.orders) + len(batch.left)
    line = replace(line, up_to=None)
    all_, together = count(replace(line, alone=False, within=None)), count(line)
    within = count(replace(line, ceilings=free.ceilings))
    aside = within - count(all_free) - (0 if inside else here)
    ahead, untaken, _ = desk.hands.standing(free, desk.orders.get(batch.first)) if batch.first else (0, count(free), 0)
    untaken -= here if inside else 0
    batch = replace(batch, others=all_ - together, over=together - within, aside=aside)
    return replace(batch, rest=untaken - ahead, ahead=ahead)


def _judged(desk: Desk, actor: Actor, orders: tuple[Order, ...], *, lock: bool = False) -> _Judged:
    """Which of these can be released and approved together, worked out and not done. One that cannot stays held, and
    that may change what the others travel with: so until all of the rest can."""
    refused: dict[int, Refusal] = {}
    while True:
        rest = tuple(order for order in orders if order.id not in refused)
        once = _tried(desk, actor, rest, lock=lock) if rest else _Judged((), (), {})
        refused |= once.refused
        if not once.refused:
            return replace(once, refused=refused)


def _tried(desk: Desk, actor: Actor, orders: Sequence[Order], *, lock: bool) -> _Judged:
    everyone, arranged = foreseen(desk, [_let_go(desk, actor, order) for order in orders])
    known, mine = {order.id: order for order in arranged.orders}, {order.id: order for order in orders}
    free = bins.claimable(desk, {sku for order in everyone for sku in wanted(order)}, lock=lock)
    fit, along, refused = set[int](), dict[int, Order](), dict[int, Refusal]()
    found = approval.together([known[order.id] for order in orders], arranged.parcels, known)
    kept = approval.along_spoken_for(desk, actor, found, mine)
    for party in found:
        members = [order.id for order in party.orders if order.id in mine]
        faults = {one.id: _fault(desk, actor, mine.get(one.id, one), one, party) for one in party.orders}
        why = approval.refusals({one: kept.get(one) or fault for one, fault in faults.items()})
        claim = [move for box in party.boxes for move in approval.claims(box)]
        if not why and not approval.take(free, claim):
            why = dict.fromkeys(members, HeldOrder(party.orders[0].number, (HoldCode.OUT_OF_STOCK,)))
        if not why:
            fit.update(members)
            along |= {order.id: order for order in party.orders if order.id not in mine}
        refused |= {order_id: why[order_id] for order_id in members if why}
    return _Judged(tuple(one for one in orders if one.id in fit), tuple(along.values()), refused)


def _fault(desk: Desk, actor: Actor, was: Order, order: Order, party: approval.Party) -> Refusal | None:
    """Why it cannot be released, or then not approved."""
    for held in was.holds:
        if held.open and not review.releasable(desk.policy, actor, was, held.code):
            return HoldNotReleasable(held.code, CATALOGUE[held.code].owner)
    return approval.fault(desk.policy, actor, order, party.boxes)


def _let_go(desk: Desk, actor: Actor, order: Order) -> Order:
    return replace(order, holds=let_go(order.holds, actor.name, desk.now))


def release(desk: Desk, actor: Actor, seen: Seen, shown_to: Actor | None = None) -> Batch:
    """Release and approve exactly what the card showed; whoever taps must be able to each by itself. `shown_to` is
    whose scope the card was drawn for, where that is not the actor (a group's card).

    Returns the batch as it was shown, its `orders` and `along` as they are now. Raises NotAllowed,
    HoldNotReleasable, Stale when one of them changed meanwhile, or the first refusal where none can be.
    """
    require(actor, Right.APPROVE)
    batch = _shown(desk, shown_to or actor, seen)
    if batch.checksum != seen.checksum or not batch.orders:
        raise Stale("page", "changed")
    if shown_to is not None:
        batch = _of_actor(desk, actor, batch)
    code, many = seen.scope.code or "", str(len(batch.orders))
    released = [_let_go(desk, actor, order) for order in batch.orders]
    ended = [(order.id, why) for order in batch.orders for why in open_codes(order.holds)]
    desk.record([history.line(desk, actor, "order", one, "hold_released", why, many=many) for one, why in ended])
    outcome = approval.approve_all(desk, actor, refresh(desk, released, by=actor.person_id))
    if outcome.refused:
        raise Stale("page", "changed")
    done = {order.id: order for order in outcome.approved}
    history.note(desk, actor, SUBJECT, 0, "released_many", code, orders=str(len(done)))
    review.announce(desk, done.keys(), decided=True)
    mine = tuple(done.pop(order.id) for order in batch.orders)
    return replace(batch, orders=mine, along=tuple(done.values()))


def _shown(desk: Desk, viewer: Actor, seen: Seen) -> Batch:
    if isinstance(seen.mark, datetime):
        return page(desk, viewer, seen.scope, seen.mark, lock=True)
    return whole(desk, viewer, seen.scope, seen.mark, lock=True)


def _of_actor(desk: Desk, actor: Actor, batch: Batch) -> Batch:
    """What is left of a group's card for whoever taps it."""
    judged = _judged(desk, actor, batch.orders, lock=True)
    if not judged.fit:
        raise next(iter(judged.refused.values()))
    found = {order.id: order for order in batch.orders}
    left = (*batch.left, *(found[order_id] for order_id in judged.refused))
    refused = batch.refused | {found[order_id].number: why for order_id, why in judged.refused.items()}
    return replace(batch, orders=judged.fit, along=judged.along, refused=refused, left=left)
