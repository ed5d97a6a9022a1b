"""Review (审单): approve, reject, hold, release, edit, undo. One winner: every tap names the revision it saw.

Surprising: an approval takes effect after the undo window (`release_at`), but it claims its stock at once, so two
approvals never promise the same unit.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zlib import crc32

from domain import history, interception, notices, stock, withdrawal
from domain.addresses import filled
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
    UndoTooLate,
    WrongStatus,
)
from domain.holds import CATALOGUE, UNTOUCHABLE, Hold, HoldCode, Source, open_codes
from domain.incoming import Receiver
from domain.orders import Order, OrderStatus, check_move
from domain.parcels import IN_HOUSE, Parcel, ParcelState
from domain.people import Actor, ActorKind, Right, may, require
from domain.planning import refresh
from domain.policy import Policy
from domain.records import NoticeKind
from domain.screening import free_units, wanted


@dataclass(frozen=True, slots=True)
class Approvals:
    """What became of a set of approvals: the approved orders, and why each other one was not."""

    approved: tuple[Order, ...] = ()
    refused: dict[str, Refusal] = field(default_factory=dict)


def seen(desk: Desk, order: Order, revision: int) -> None:
    """Raises Stale, with who did what when, unless the order is as the card showed it."""
    if order.revision == revision:
        return
    last = next(iter(desk.history("order", order.id, 1)), None)
    if last is None:
        raise Stale(order.number, "changed")
    raise Stale(order.number, last.verb, last.actor, last.at)


def _fault(actor: Actor, order: Order, boxes: Sequence[Parcel]) -> Refusal | None:
    if not may(actor, Right.APPROVE, shop=order.shop_id):
        return NotAllowed(Right.APPROVE, "shop")
    if order.status is not OrderStatus.REVIEW:
        return WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if order.held or not boxes:
        return HeldOrder(order.number, open_codes(order.holds))
    return None


@dataclass(frozen=True, slots=True)
class _Party:
    """Orders that travel together, with their planned boxes: approved as one or not at all (rules.md B3)."""

    orders: tuple[Order, ...]
    boxes: tuple[Parcel, ...]


def _parties(desk: Desk, orders: Sequence[Order]) -> list[_Party]:
    """The orders with everybody they travel with, each party once, in the order given."""
    found = desk.parcels.of_orders([order.id for order in orders])
    planned = {p.id: p for boxes in found.values() for p in boxes if p.state is ParcelState.PLANNED}
    known = {order.id: order for order in orders}
    known |= desk.orders.many({oid for p in planned.values() for oid in p.order_ids} - known.keys())
    boxes_of: dict[int, list[Parcel]] = {order_id: [] for order_id in known}
    for box in planned.values():
        for order_id in box.order_ids:
            boxes_of[order_id].append(box)
    parties, seen_ids = [], set[int]()
    for order in orders:
        if order.id not in seen_ids:
            mine = boxes_of[order.id]
            ids = list(dict.fromkeys([order.id, *(oid for box in mine for oid in box.order_ids)]))
            seen_ids.update(ids)
            parties.append(_Party(tuple(known[order_id] for order_id in ids), tuple(mine)))
    return parties


def _approve(desk: Desk, actor: Actor, orders: Sequence[Order]) -> Approvals:
    """Approve what can be approved: claim the stock, start the undo window, write it down, as one set."""
    parties = _parties(desk, orders)
    skus = {sku for party in parties for order in party.orders for sku in wanted(order)}
    free = free_units(desk.stock.levels(skus, lock=True))
    approved: list[Order] = []
    boxes: list[Parcel] = []
    moves: list[stock.Move] = []
    refused: dict[str, Refusal] = {}
    short: list[Order] = []
    for party in parties:
        faults = {order.number: _fault(actor, order, party.boxes) for order in party.orders}
        first = next((fault for fault in faults.values() if fault), None)
        if first:
            refused |= {number: fault or first for number, fault in faults.items()}
            continue
        claim = [move for box in party.boxes for move in _claim(box)]
        if not _take(free, claim):
            short += party.orders
            continue
        moves += claim
        approved += [_approved(desk, actor, order) for order in party.orders]
        boxes += [replace(box, state=ParcelState.READY, state_at=desk.now) for box in party.boxes]
    _of_one_moment(desk, [order for party in parties for order in party.orders if order.number in refused])
    desk.stock.apply(moves, actor.name)
    desk.orders.save(approved)
    desk.parcels.save(boxes)
    desk.record([history.line(desk, actor, "order", order.id, "approved") for order in approved])
    for order in refresh(desk, short) if short else ():
        refused[order.number] = HeldOrder(order.number, open_codes(order.holds))
    return Approvals(tuple(replace(order, revision=order.revision + 1) for order in approved), refused)


def _claim(box: Parcel) -> list[stock.Move]:
    assert box.warehouse_id is not None
    return stock.reserve(box.id, box.warehouse_id, [(item.sku, item.quantity) for item in box.live_items])


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


def _announce(desk: Desk, order_ids: Collection[int]) -> None:
    notices.redraw(desk, NoticeKind.ORDER, order_ids, digest=True)


def approve(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """Approve one order as the card showed it. Raises NotAllowed, Stale, WrongStatus, HeldOrder."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    outcome = _approve(desk, actor, [order])
    if outcome.refused:
        raise outcome.refused[order.number]
    _announce(desk, [one.id for one in outcome.approved])
    return next(one for one in outcome.approved if one.id == order_id)


def clean_list(desk: Desk, actor: Actor, up_to: int | None = None) -> tuple[list[int], int, int]:
    """(order ids a tap would approve, the watermark, the list's check sum). The card shows it, the tap names it."""
    found = desk.orders.in_review(shops=actor.shops, held=False, up_to=up_to, limit=desk.policy.batch_limit)
    text = ",".join(f"{order_id}:{revision}" for order_id, revision in found)
    return [order_id for order_id, _ in found], max((i for i, _ in found), default=0), crc32(text.encode())


def approve_clean(desk: Desk, actor: Actor, watermark: int, checksum: int, shown_to: Actor | None = None) -> Approvals:
    """Approve exactly the clean orders the digest showed. Raises Stale when one of them changed meanwhile.

    `shown_to` is whose scope the card was drawn for, where that is not the actor (a group's card).
    """
    require(actor, Right.APPROVE)
    ids, _, now = clean_list(desk, shown_to or actor, watermark)
    if now != checksum or not ids:
        raise Stale("digest", "changed")
    found = desk.orders.many(ids)
    if any(order.status is not OrderStatus.REVIEW or order.held for order in found.values()):
        raise LostRace
    outcome = _approve(desk, actor, [found[order_id] for order_id in ids])
    if outcome.approved:
        history.note(desk, actor, "digest", 0, "approved_many", orders=str(len(outcome.approved)))
    _announce(desk, {*ids, *(order.id for order in outcome.approved)})
    return outcome


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
    company = {oid for p in parcels if p.state is ParcelState.READY for oid in p.order_ids} - {order_id}
    back = [withdrawal.unapprove(desk, actor, order, parcels, reason="undo")]
    for other in desk.orders.many(company).values():
        boxes = desk.parcels.of_orders([other.id]).get(other.id, ())
        back.append(withdrawal.unapprove(desk, actor, other, boxes, reason="undo"))
    order = refresh(desk, back)[0]
    _announce(desk, {order_id, *company})
    return order


def undo_many(desk: Desk, actor: Actor, decided_at: datetime) -> int:
    """Take back a whole batch approval that is still in its window: all this person approved at that moment.

    Returns how many orders. Raises NotAllowed, UndoTooLate.
    """
    require(actor, Right.APPROVE)
    window = timedelta(seconds=desk.policy.undo_seconds)
    count = 0
    orders = desk.orders.many(desk.orders.due_for_release(desk.now + window, desk.policy.batch_limit * 2))
    for order_id in orders:
        order = desk.orders.get(order_id)  # undone already when it travels with one before it
        mine = orders[order_id].decided_by == actor.name and orders[order_id].decided_at == decided_at
        if mine and order.status is OrderStatus.APPROVED and order.release_at and desk.now < order.release_at:
            undo(desk, actor, order.id, order.revision)
        count += mine and desk.orders.get(order_id).status is OrderStatus.REVIEW
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
    desk.orders.save([withdrawal.close(desk, actor, order, reason.strip())])
    _announce(desk, [order_id])
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

    In review it may end by itself: at `until`, or `for_stock` when a warehouse has all its goods.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("hold")
    if order.status not in (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if order.status is OrderStatus.APPROVED:
        parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="hold")
    seen_as = {"reason": reason.strip(), "by": actor.name}
    seen_as |= {"until": until.isoformat(timespec="minutes")} if until else {}
    seen_as |= {"stock": "1"} if for_stock else {}
    order = replace(order, holds=(*order.holds, Hold(HoldCode.FREEZE, Source.PERSON, desk.now, seen_as)))
    history.note(desk, actor, "order", order_id, "held", reason.strip())
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [order])
    else:
        desk.orders.save([order])
        interception.reblock(desk, order)
    _announce(desk, [order_id])
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
    _announce(desk, [order_id])
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


def edit_address(desk: Desk, actor: Actor, order_id: int, revision: int, receiver: Receiver) -> Order:
    """Change where it goes. In review: screened and matched anew. Later, before the wave: back to review first.

    Province, city and district that stand in the street alone are put in their fields.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.EDIT, shop=order.shop_id)
    seen(desk, order, revision)
    if not receiver.name.strip() or not receiver.address.strip():
        raise BadValue("address", receiver.address, "name_and_street")
    parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
    if order.status in (OrderStatus.APPROVED, OrderStatus.RELEASED) and not any(
        p.state in IN_HOUSE or p.state is ParcelState.HANDED_OVER for p in parcels
    ):
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="address edited")
    if order.status not in (OrderStatus.UNPAID, OrderStatus.REVIEW):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    history.note(desk, actor, "order", order_id, "address_edited")
    order = refresh(desk, [replace(order, receiver=filled(receiver))])[0]
    _announce(desk, [order_id])
    return order


def match_sku(desk: Desk, actor: Actor, order_id: int, revision: int, line_no: int, sku: str) -> Order:
    """Say which product a line means: from now on in this shop, and for every order that waits for it.

    Raises BadValue for an unknown sku.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.EDIT, shop=order.shop_id)
    seen(desk, order, revision)
    check_move(order, OrderStatus.APPROVED)
    known = {s.code.casefold(): s.code for s in desk.catalog.skus.values()}
    known |= {s.barcode: s.code for s in desk.catalog.skus.values() if s.barcode}
    code = known.get(sku.strip().casefold())
    if code is None or line_no not in {line.line_no for line in order.lines}:
        raise BadValue("sku", sku, "known_sku")
    name = next(line.known_as for line in order.lines if line.line_no == line_no)
    desk.learn_sku(order.shop_id, name, code)
    history.note(desk, actor, "order", order_id, "sku_matched", code, line=str(line_no))
    lines = tuple(replace(line, sku=code) if line.line_no == line_no else line for line in order.lines)
    waiting = desk.orders.many(
        set(desk.orders.held_with([HoldCode.SKU_UNMATCHED], desk.policy.batch_limit)) - {order_id}
    )
    others = [o for o in waiting.values() if any(not x.sku and x.known_as == name for x in o.lines)]
    order = refresh(desk, [replace(order, lines=lines), *(o for o in others if o.shop_id == order.shop_id)])[0]
    _announce(desk, [order_id, *(o.id for o in others)])
    return order


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
