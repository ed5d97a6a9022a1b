"""Approving as a set: orders with everybody they travel with, all or none of each party, and their claim on stock.

Surprising: an approval takes effect after the undo window (`release_at`), but it claims its stock at once, so two
approvals never promise the same unit. What the clock should have looked at already is looked at first: nobody is
faster than the end of the approval hours, nor kept waiting by a hold whose time is over. And who travels along is not
decided through another's card while somebody has it in hand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.errors import (
    HeldOrder,
    InHand,
    LostRace,
    NotAllowed,
    OutsideHours,
    Refusal,
    Stale,
    TwoPeople,
    WrongStatus,
)
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor, Right, may
from domain.planning.planning import refresh
from domain.policy.policy import Policy
from domain.review import limits, queue
from domain.review.holds import HoldCode, open_codes
from domain.review.screening import wanted
from domain.stock import bins, stock


@dataclass(frozen=True, slots=True)
class Approvals:
    """What became of a set of approvals: the approved orders, why each other one was not, and (`left`) which."""

    approved: tuple[Order, ...] = ()
    refused: dict[str, Refusal] = field(default_factory=dict)
    left: tuple[Order, ...] = ()


def fault(policy: Policy, actor: Actor, order: Order, boxes: Sequence[Parcel]) -> Refusal | None:
    """Why this order, planned into these boxes, cannot be approved by this actor; None when it can."""
    if not may(actor, Right.APPROVE, shop=order.shop_id):
        return NotAllowed(Right.APPROVE, "shop")
    if order.status is not OrderStatus.REVIEW:
        return WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if order.held or not boxes:
        return _held(order)
    return limits.fault(policy, actor, order)


def _held(order: Order) -> Refusal:
    """Why its holds forbid it; by itself, that approvals are closed is told with when they open."""
    open_ = [hold for hold in order.holds if hold.open]
    if {hold.code for hold in open_} == {HoldCode.TIME_WINDOW} and "hours" in open_[0].evidence:
        seen = open_[0].evidence
        return OutsideHours(order.number, seen["hours"], datetime.fromisoformat(seen["until"]))
    return HeldOrder(order.number, open_codes(order.holds))


@dataclass(frozen=True, slots=True)
class Party:
    """Orders that travel together, with their planned boxes: approved as one or not at all (rules.md B3)."""

    orders: tuple[Order, ...]
    boxes: tuple[Parcel, ...]


def parties(desk: Desk, orders: Sequence[Order]) -> list[Party]:
    """The orders with everybody they travel with, each party once, in the order given."""
    boxed = desk.parcels.of_orders([order.id for order in orders])
    planned = {p.id: p for boxes in boxed.values() for p in boxes if p.state is ParcelState.PLANNED}
    known = {order.id: order for order in orders}
    known |= desk.orders.many({oid for p in planned.values() for oid in p.order_ids} - known.keys())
    return together(orders, planned.values(), known)


def together(orders: Sequence[Order], planned: Iterable[Parcel], known: Mapping[int, Order]) -> list[Party]:
    """`parties`, of these boxes and these orders by id."""
    boxes_of: dict[int, list[Parcel]] = {order_id: [] for order_id in known}
    for box in planned:
        for order_id in box.order_ids:
            boxes_of[order_id].append(box)
    result, seen_ids = [], set[int]()
    for order in orders:
        if order.id not in seen_ids:
            mine = boxes_of[order.id]
            ids = list(dict.fromkeys([order.id, *(oid for box in mine for oid in box.order_ids)]))
            seen_ids.update(ids)
            result.append(Party(tuple(known[order_id] for order_id in ids), tuple(mine)))
    return result


def along_spoken_for(desk: Desk, actor: Actor, found: Sequence[Party], asked: Collection[int]) -> dict[int, InHand]:
    """Of those that would only travel along with what was `asked` for, the ones somebody else has in hand or that are
    put off: a card in hand is not decided through another one."""
    along = [order for party in found for order in party.orders if order.id not in asked]
    return queue.spoken_for(desk, actor, [order for order in along if order.status is OrderStatus.REVIEW])


def refusals(faults: Mapping[int, Refusal | None]) -> dict[int, Refusal]:
    """Why each of a party is not approved: by its own fault, else by one of its company; none when nothing is wrong.
    That a second person must say yes counts when nothing else does: no first yes for what cannot go."""
    told = [why for why in faults.values() if why]
    if not told:
        return {}
    first = next((why for why in told if not isinstance(why, TwoPeople)), told[0])
    return {one: first if why is None or isinstance(why, TwoPeople) else why for one, why in faults.items()}


def _looked_at(desk: Desk, orders: Sequence[Order]) -> list[Party]:
    """The parties of these orders once those the clock owes a look had it. Saves."""
    found = parties(desk, orders)
    company = [order for party in found for order in party.orders if order.status is OrderStatus.REVIEW]
    due = [order for order in company if order.look_at is not None and order.look_at <= desk.now]
    if not due:
        return found
    refresh(desk, due)
    fresh = desk.orders.many([order.id for order in orders])
    return parties(desk, [fresh[order.id] for order in orders])


def approve_all(desk: Desk, actor: Actor, orders: Sequence[Order], *, sure: bool = False) -> Approvals:
    """Approve what can be approved: claim the stock, start the undo window, write it down, as one set. `sure`: also
    where somebody else has an order in hand that travels along."""
    found = _looked_at(desk, orders)
    kept = {} if sure else along_spoken_for(desk, actor, found, {order.id for order in orders})
    skus = {sku for party in found for order in party.orders for sku in wanted(order)}
    free = bins.claimable(desk, skus, lock=True)
    approved: list[Order] = []
    boxes: list[Parcel] = []
    moves: list[stock.Move] = []
    refused: dict[str, Refusal] = {}
    short: list[Order] = []
    for party in found:
        faults = {one.id: kept.get(one.id) or fault(desk.policy, actor, one, party.boxes) for one in party.orders}
        if why := refusals(faults):
            refused |= {order.number: why[order.id] for order in party.orders}
            continue
        claim = [move for box in party.boxes for move in claims(box)]
        if not take(free, claim):
            short += party.orders
            continue
        moves += claim
        approved += [_approved(desk, actor, order) for order in party.orders]
        boxes += [_decided(desk, box) for box in party.boxes]
    _of_one_moment(desk, [order for party in found for order in party.orders if order.number in refused])
    desk.stock.apply(moves, actor.name)
    desk.orders.save(approved)
    desk.parcels.save(boxes)
    desk.record([history.line(desk, actor, "order", order.id, "approved") for order in approved])
    _sold_out(desk, {(move.warehouse_id, move.sku) for move in moves}, free)
    for order in refresh(desk, short) if short else ():
        refused[order.number] = _gone(order)
    return Approvals(tuple(replace(order, revision=order.revision + 1) for order in approved), refused)


def _sold_out(desk: Desk, claimed: set[tuple[int, str]], free: Mapping[tuple[int, str], int]) -> None:
    """Of what these claims left nothing anywhere: the orders in review that want it are not clean any more, and the
    clock says so before anybody taps in vain."""
    left = {sku for (_, sku), units in free.items() if units > 0}
    if gone := {sku for _, sku in claimed} - left:
        desk.orders.look_again(desk.now, skus=gone)


def _gone(order: Order) -> Refusal:
    """Its goods went to another: it is held now, or travels otherwise than its card said."""
    return HeldOrder(order.number, open_codes(order.holds)) if order.held else Stale(order.number, "changed")


def claims(box: Parcel) -> list[stock.Move]:
    """The moves that claim its goods; none for what is owed."""
    if box.warehouse_id is None:
        return []
    return stock.reserve(box.id, box.warehouse_id, [(item.sku, item.quantity) for item in box.live_items])


def _decided(desk: Desk, box: Parcel) -> Parcel:
    state = ParcelState.OWED if box.warehouse_id is None else ParcelState.READY
    return replace(box, state=state, state_at=desk.now)


def _of_one_moment(desk: Desk, orders: Sequence[Order]) -> None:
    """Raises LostRace when somebody committed between our reads (PostgreSQL shows that): we would refuse with a
    reason that was never true, where the command run again can name the winner."""
    now = desk.orders.many([order.id for order in orders]) if orders else {}
    if any(now[order.id].revision != order.revision for order in orders):
        raise LostRace


def take(free: dict[tuple[int, str], int], claim: Sequence[stock.Move]) -> bool:
    """Take the claim from what is free, all of it or, when something is short, nothing."""
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
