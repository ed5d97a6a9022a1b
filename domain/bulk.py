"""Bulk release (批量解除): held orders of one reason, released and approved as a set, as far as a person saw them.

Surprising: what people wrote is released a page at a time, and a page is what stands whole on one card; only measures
and clocks are released all at once. What the set would become is worked out before anything is written, so that an
order which does not fit is never touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

from domain import approval, bins, history, queue, review
from domain.desk import Desk
from domain.errors import HeldOrder, HoldNotReleasable, Refusal, Stale
from domain.holds import CATALOGUE, CURED, UNTOUCHABLE, HoldCode, let_go
from domain.limits import ceilings
from domain.lineup import Sieve
from domain.orders import Order
from domain.people import Actor, Right, require
from domain.planning import foreseen, refresh
from domain.policy import Policy
from domain.scope import Scope
from domain.screening import wanted

PAGE = 10
SUBJECT = "bulk"
"""Whose history tells who released what in one go."""
_PAGES_AHEAD = 5

ONE_BY_ONE = UNTOUCHABLE | CURED | {HoldCode.BLACKLIST, HoldCode.FRAUD, HoldCode.PLATFORM_LOCK}
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
    with them, and are approved too; `refused` why others of the same look cannot be (`left`). `waiting` orders of the
    reason are there in all, `others` of those for more reasons, `over` above the limits, `aside` in somebody's hands
    or put off."""

    orders: tuple[Order, ...] = ()
    along: tuple[Order, ...] = ()
    refused: dict[str, Refusal] = field(default_factory=dict)
    left: tuple[Order, ...] = ()
    watermark: int = 0
    waiting: int = 0
    others: int = 0
    over: int = 0
    aside: int = 0

    @property
    def checksum(self) -> int:
        """Of everything the button would approve, as it stands."""
        parts = (",".join(f"{one.id}:{one.revision}" for one in some) for some in (self.orders, self.along))
        return crc32("|".join(parts).encode())


@dataclass(frozen=True, slots=True)
class Seen:
    """What a button names: the part of the line, how many it showed at most, its watermark and check sum."""

    scope: Scope
    size: int
    watermark: int
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


def size_of(policy: Policy, code: HoldCode) -> int:
    """How many orders a card of this reason shows and releases at most."""
    return policy.batch_limit if at_once(code) else min(PAGE, policy.batch_limit)


def _line(desk: Desk, actor: Actor, scope: Scope, up_to: int | None = None) -> Sieve:
    """The orders of the scope held for one reason alone, with whoever has them and whatever they are worth."""
    return replace(queue.meant(desk, actor, scope), held=True, alone=True, awake=None, up_to=up_to)


def _free(desk: Desk, actor: Actor, line: Sieve) -> Sieve:
    """Those of them a batch may take: nobody's, not put off, within one person's limits."""
    return replace(line, awake=True, hands=queue.NOBODY, ceilings=ceilings(desk.policy, actor))


def offered(desk: Desk, actor: Actor, scope: Scope) -> dict[HoldCode, int]:
    """How many orders wait for one reason alone that this actor may release together, by reason."""
    codes = desk.hands.codes(_line(desk, actor, replace(scope, code=None)))
    return {code: count for code, count in codes.items() if in_bulk(desk.policy, actor, code)}


def count(desk: Desk, actor: Actor, scope: Scope) -> int:
    """How many orders of the scope could be released together, as far as one can say without trying."""
    return desk.hands.count(_free(desk, actor, _line(desk, actor, scope)))


def look(desk: Desk, actor: Actor, scope: Scope, size: int, up_to: int | None = None, *, lock: bool = False) -> Batch:
    """What a card of `size` orders shows of the scope: the first that fit, first due first. `up_to` is the watermark
    of an earlier card. Raises NotAllowed, HoldNotReleasable."""
    require(actor, Right.APPROVE)
    code = scope.code
    if code is None or not in_bulk(desk.policy, actor, code):
        raise HoldNotReleasable(code or "", CATALOGUE[code].owner if code else "")
    line = _line(desk, actor, scope, up_to)
    free = _free(desk, actor, line)
    ids = [order_id for order_id, _ in desk.hands.head(free, size if at_once(code) else size * _PAGES_AHEAD)]
    judged, left, refused = _Judged((), (), {}), list[Order](), dict[str, Refusal]()
    for start in range(0, len(ids), size):
        found = desk.orders.many(ids[start : start + size])
        judged = _judged(desk, actor, tuple(found.values()), lock=lock)
        left += [found[order_id] for order_id in judged.refused]
        refused |= {found[order_id].number: why for order_id, why in judged.refused.items()}
        if judged.fit:
            break
    batch = Batch(judged.fit, judged.along, refused, tuple(left), desk.hands.last_id(free))
    return _counted(desk, actor, scope, line, batch)


def _counted(desk: Desk, actor: Actor, scope: Scope, line: Sieve, batch: Batch) -> Batch:
    """With how many there are beside, by why they are not in it."""
    most, hands = ceilings(desk.policy, actor), desk.hands
    alone, within = hands.count(line), hands.count(replace(line, ceilings=most))
    all_ = hands.count(replace(line, alone=None))
    aside = within - hands.count(_free(desk, actor, line))
    return replace(batch, waiting=all_, others=all_ - alone, over=alone - within, aside=aside)


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
    for party in approval.together([known[order.id] for order in orders], arranged.parcels, known):
        members = [order.id for order in party.orders if order.id in mine]
        faults = {one.id: _fault(desk, actor, mine.get(one.id, one), one, party) for one in party.orders}
        first = next((why for why in faults.values() if why), None)
        claim = [move for box in party.boxes for move in approval.claims(box)]
        if first is None and not approval.take(free, claim):
            first = HeldOrder(party.orders[0].number, (HoldCode.OUT_OF_STOCK,))
        if first is None:
            fit.update(members)
            along |= {order.id: order for order in party.orders if order.id not in mine}
        else:
            refused |= {order_id: faults[order_id] or first for order_id in members}
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
    batch = look(desk, shown_to or actor, seen.scope, seen.size, seen.watermark, lock=True)
    if batch.checksum != seen.checksum or not batch.orders:
        raise Stale("page", "changed")
    if shown_to is not None:
        batch = _of_actor(desk, actor, batch)
    released = [_let_go(desk, actor, order) for order in batch.orders]
    told = {"many": str(len(released))}
    desk.record(
        [history.line(desk, actor, "order", o.id, "hold_released", seen.scope.code or "", **told) for o in released]
    )
    outcome = approval.approve_all(desk, actor, refresh(desk, released, by=actor.person_id))
    if outcome.refused:
        raise Stale("page", "changed")
    done = {order.id: order for order in outcome.approved}
    history.note(desk, actor, SUBJECT, 0, "released_many", seen.scope.code or "", orders=str(len(done)))
    review.announce(desk, done.keys(), decided=True)
    mine = tuple(done.pop(order.id) for order in batch.orders)
    return replace(batch, orders=mine, along=tuple(done.values()))


def _of_actor(desk: Desk, actor: Actor, batch: Batch) -> Batch:
    """What is left of a group's card for whoever taps it."""
    judged = _judged(desk, actor, batch.orders, lock=True)
    if not judged.fit:
        raise next(iter(judged.refused.values()))
    found = {order.id: order for order in batch.orders}
    left = (*batch.left, *(found[order_id] for order_id in judged.refused))
    refused = batch.refused | {found[order_id].number: why for order_id, why in judged.refused.items()}
    return replace(batch, orders=judged.fit, along=judged.along, refused=refused, left=left)
