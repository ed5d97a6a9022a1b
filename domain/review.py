"""Review (审单): approve, reject, hold, release, undo. One winner: every tap names the revision it saw.

Surprising: an approval takes effect after the undo window (`release_at`), but it claims its stock at once, so two
approvals never promise the same unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain import history, interception, limits, notices, queue, stock
from domain.desk import Desk
from domain.errors import (
    BadValue,
    HeldOrder,
    HoldNotReleasable,
    LostRace,
    NotAllowed,
    ReasonNeeded,
    Refusal,
    Stale,
    TwoPeople,
    UndoTooLate,
    WrongStatus,
)
from domain.holds import CATALOGUE, UNTOUCHABLE, Hold, HoldCode, Source, open_codes
from domain.orders import Order, OrderStatus
from domain.parcels import Parcel, ParcelState
from domain.people import Actor, ActorKind, Right, may, require
from domain.planning import refresh
from domain.policy import Policy
from domain.records import NoticeKind
from domain.screening import free_units, wanted

LONGEST_FREEZE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Approvals:
    """What became of a set of approvals: the approved orders, why each other one was not, and (`left`) which."""

    approved: tuple[Order, ...] = ()
    refused: dict[str, Refusal] = field(default_factory=dict)
    left: tuple[Order, ...] = ()


def seen(desk: Desk, order: Order, revision: int) -> None:
    """Raises Stale, with who did what when, unless the order is as the card showed it."""
    if order.revision == revision:
        return
    last = next(iter(desk.history("order", order.id, 1)), None)
    if last is None:
        raise Stale(order.number, "changed")
    raise Stale(order.number, last.verb, last.actor, last.at)


def _fault(policy: Policy, actor: Actor, order: Order, parcel: Parcel | None) -> Refusal | None:
    if not may(actor, Right.APPROVE, shop=order.shop_id):
        return NotAllowed(Right.APPROVE, "shop")
    if order.status is not OrderStatus.REVIEW:
        return WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if order.held or parcel is None:
        return HeldOrder(order.number, open_codes(order.holds))
    return limits.fault(policy, actor, order)


def _approve(desk: Desk, actor: Actor, orders: Sequence[Order]) -> Approvals:
    """Approve what can be approved: claim the stock, start the undo window, write it down, as one set."""
    parcels = {
        order_id: next((p for p in found if p.state is ParcelState.PLANNED), None)
        for order_id, found in desk.parcels.of_orders([order.id for order in orders]).items()
    }
    skus = {sku for order in orders for sku in wanted(order)}
    free = free_units(desk.stock.levels(skus, lock=True))
    approved: list[Order] = []
    boxes: list[Parcel] = []
    moves: list[stock.Move] = []
    refused: dict[str, Refusal] = {}
    short: list[Order] = []
    for order in orders:
        parcel = parcels.get(order.id)
        fault = _fault(desk.policy, actor, order, parcel)
        if fault or parcel is None or parcel.warehouse_id is None:
            refused[order.number] = fault or HeldOrder(order.number, ())
            continue
        units = [(item.sku, item.quantity) for item in parcel.live_items]
        claim = stock.reserve(parcel.id, parcel.warehouse_id, units)
        if not _take(free, claim):
            short.append(order)
            continue
        moves += claim
        approved.append(_approved(desk, actor, order))
        boxes.append(replace(parcel, state=ParcelState.READY, state_at=desk.now))
    _of_one_moment(desk, [order for order in orders if order.number in refused])
    desk.stock.apply(moves, actor.name)
    desk.orders.save(approved)
    desk.parcels.save(boxes)
    desk.record([history.line(desk, actor, "order", order.id, "approved") for order in approved])
    for order in refresh(desk, short) if short else ():
        refused[order.number] = HeldOrder(order.number, open_codes(order.holds))
    return Approvals(tuple(replace(order, revision=order.revision + 1) for order in approved), refused)


def _of_one_moment(desk: Desk, orders: Sequence[Order]) -> None:
    """Raises LostRace when somebody committed between our reads (PostgreSQL shows that): we would refuse with a
    reason that was never true, where the command run again can name the winner."""
    now = desk.orders.many([order.id for order in orders]) if orders else {}
    if any(now[order.id].revision != order.revision for order in orders):
        raise LostRace


def _take(free: dict[tuple[int, str], int], claim: Sequence[stock.Move]) -> bool:
    need: dict[tuple[int, str], int] = {}
    for move in claim:
        key = (move.warehouse_id, move.sku)
        need[key] = need.get(key, 0) + move.delta
    if any(free.get(key, 0) < units for key, units in need.items()):
        return False
    for key, units in need.items():
        free[key] -= units
    return True


def _approved(desk: Desk, actor: Actor, order: Order) -> Order:
    window = timedelta(seconds=desk.policy.undo_seconds)
    return replace(
        order,
        status=OrderStatus.APPROVED,
        decided_by=actor.name,
        decided_at=desk.now,
        release_at=desk.now + window,
        reason="",
    )


def announce(desk: Desk, order_ids: Sequence[int], *, decided: bool = False) -> None:
    """Every card of these is drawn again; a decision also takes them out of whoever's hands they were in."""
    if decided:
        desk.hands.forget(order_ids)
    notices.redraw(desk, NoticeKind.ORDER, order_ids, digest=True)


def approve(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """Approve one order as the card showed it; where two people must, the first yes leaves it in review.

    Raises NotAllowed, Stale, WrongStatus, HeldOrder, OverLimit, TwoPeople (a machine's yes), SameApprover.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    outcome = _approve(desk, actor, [order])
    fault = outcome.refused.get(order.number)
    if isinstance(fault, TwoPeople) and actor.person_id is not None:
        order = limits.first_yes(desk, actor, order)
        announce(desk, [order_id], decided=True)
        return order
    if fault is not None:
        raise fault
    announce(desk, [order_id], decided=True)
    return outcome.approved[0]


def approve_clean(
    desk: Desk,
    actor: Actor,
    watermark: int,
    checksum: int,
    shown_to: Actor | None = None,
    scope: queue.Scope = queue.ALL,
) -> Approvals:
    """Approve exactly the clean orders the digest showed. Raises Stale when one of them changed meanwhile.

    `shown_to` is whose scope the card was drawn for, where that is not the actor (a group's card); `scope` the part
    of the list the button named. Clean orders above the limits of one person are told among the refused.
    """
    require(actor, Right.APPROVE)
    shown = queue.clean(desk, shown_to or actor, scope, watermark)
    if shown.checksum != checksum or not shown.ids:
        raise Stale("digest", "changed")
    over = shown.over[: desk.policy.batch_limit]
    found = desk.orders.many([*shown.ids, *over])
    if any(order.status is not OrderStatus.REVIEW or order.held for order in found.values()):
        raise LostRace
    outcome = _approve(desk, actor, [found[order_id] for order_id in shown.ids])
    refused = outcome.refused | {
        order.number: why
        for order in (found[order_id] for order_id in over)
        if (why := limits.fault(desk.policy, actor, order) or limits.alone_fault(desk.policy, order))
    }
    if outcome.approved:
        history.note(desk, actor, "digest", 0, "approved_many", orders=str(len(outcome.approved)))
    announce(desk, shown.ids, decided=True)
    return Approvals(outcome.approved, refused, tuple(order for order in found.values() if order.number in refused))


def undo(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """Take an approval back within its window. Raises UndoTooLate, Stale, WrongStatus."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    if order.status is OrderStatus.RELEASED:
        raise UndoTooLate(order.number, desk.policy.undo_seconds)
    seen(desk, order, revision)
    if order.status is not OrderStatus.APPROVED:
        raise WrongStatus(order.number, order.status, OrderStatus.APPROVED)
    if order.release_at is None or desk.now >= order.release_at:
        raise UndoTooLate(order.number, desk.policy.undo_seconds)
    parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
    order = interception.unapprove(desk, actor, order, parcels, reason="undo")
    order = refresh(desk, [order])[0]
    announce(desk, [order_id])
    return order


def undo_many(desk: Desk, actor: Actor, decided_at: datetime) -> int:
    """Take back a whole batch approval that is still in its window: all this person approved at that moment.

    Returns how many orders. Raises NotAllowed, UndoTooLate.
    """
    require(actor, Right.APPROVE)
    window = timedelta(seconds=desk.policy.undo_seconds)
    count = 0
    orders = desk.orders.many(desk.orders.due_for_release(desk.now + window, desk.policy.batch_limit * 2))
    for order in orders.values():
        mine = order.decided_by == actor.name and order.decided_at == decided_at
        if mine and order.release_at and desk.now < order.release_at:
            undo(desk, actor, order.id, order.revision)
            count += 1
    if count == 0:
        raise UndoTooLate("digest", desk.policy.undo_seconds)
    history.note(desk, actor, "digest", 0, "undone_many", orders=str(count))
    return count


def reject(desk: Desk, actor: Actor, order_id: int, revision: int, reason: str) -> Order:
    """Cancel an order in review. Raises ReasonNeeded, Stale, WrongStatus."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("reject")
    if order.status not in (OrderStatus.REVIEW, OrderStatus.UNPAID):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    desk.orders.save([interception.close(desk, actor, replace(order, first_approver=0), reason.strip())])
    announce(desk, [order_id], decided=True)
    return desk.orders.get(order_id)


def hold(
    desk: Desk,
    actor: Actor,
    order_id: int,
    revision: int,
    reason: str,
    *,
    until: datetime | None = None,
    for_stock: bool = False,
) -> Order:
    """Freeze an order by hand, also one whose parcel is already in the house: the gate stops it there.

    In review it may end by itself: at `until`, or `for_stock` when a warehouse has all its goods. Raises NotAllowed,
    Stale, ReasonNeeded, WrongStatus, BadValue for a moment that is over or a year away.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("hold")
    if until is not None and not desk.now < until <= desk.now + LONGEST_FREEZE:
        raise BadValue("until", until.isoformat(timespec="minutes"), "until")
    if order.status not in (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if order.status is OrderStatus.APPROVED:
        parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
        order = interception.unapprove(desk, actor, order, parcels, reason="hold")
    seen_as = {"reason": reason.strip(), "by": actor.name}
    seen_as |= {"until": until.isoformat(timespec="minutes")} if until else {}
    seen_as |= {"stock": "1"} if for_stock else {}
    holds = (*order.holds, Hold(HoldCode.FREEZE, Source.PERSON, desk.now, seen_as))
    order = replace(order, holds=holds, first_approver=0)
    history.note(desk, actor, "order", order_id, "held", reason.strip())
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [order])
    else:
        desk.orders.save([order])
        interception.reblock(desk, order)
    announce(desk, [order_id], decided=True)
    return desk.orders.get(order_id)


def releasable(policy: Policy, actor: Actor, order: Order, code: HoldCode) -> bool:
    """Whether this actor may release this hold by hand; some codes no machine ever does."""
    if code in UNTOUCHABLE and actor.kind is not ActorKind.PERSON:
        return False
    right = policy.release_right(code)
    return right is not None and may(actor, right, shop=order.shop_id)


def release_hold(desk: Desk, actor: Actor, order_id: int, revision: int, code: HoldCode) -> Order:
    """Release one hold by hand; it is remembered with its evidence. Raises HoldNotReleasable, Stale."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if code not in open_codes(order.holds):
        raise Stale(order.number, "hold_released")
    if not releasable(desk.policy, actor, order, code):
        raise HoldNotReleasable(code, CATALOGUE[code].owner)
    order = _released(desk, actor, order, (code,))
    announce(desk, [order_id])
    return order


def _released(desk: Desk, actor: Actor, order: Order, codes: Sequence[HoldCode]) -> Order:
    holds = tuple(
        replace(h, resolved_at=desk.now, resolved_by=actor.name, resolution="released")
        if h.open and h.code in codes
        else h
        for h in order.holds
    )
    order = replace(order, holds=holds)
    desk.record([history.line(desk, actor, "order", order.id, "hold_released", code) for code in codes])
    if order.status is OrderStatus.REVIEW:
        return refresh(desk, [order])[0]
    desk.orders.save([order])
    interception.reblock(desk, order)
    return replace(order, revision=order.revision + 1)


def release_and_approve(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """Release every open hold this person may release, then approve. Raises HoldNotReleasable for the first other."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    codes = open_codes(order.holds)
    for code in codes:
        if not releasable(desk.policy, actor, order, code):
            raise HoldNotReleasable(code, CATALOGUE[code].owner)
    order = _released(desk, actor, order, codes)
    return approve(desk, actor, order_id, order.revision)


def refund(desk: Desk, actor: Actor, order_id: int, revision: int, reason: str) -> Order:
    """The buyer wants the money back, said on the order's card. Raises Stale, ReasonNeeded, NotAllowed."""
    seen(desk, desk.orders.get(order_id), revision)
    if not reason.strip():
        raise ReasonNeeded("refund")
    return interception.typed(desk, actor, order_id, reason.strip())


def withdraw_refund(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """The buyer keeps the goods after all, said on the order's card. Raises Stale, NotAllowed, Unknown."""
    seen(desk, desk.orders.get(order_id), revision)
    return interception.withdraw(desk, actor, order_id)
