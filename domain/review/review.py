"""Review (审单): approve, reject, hold, release. One winner: every tap names the revision it saw.

Surprising: an approval takes effect after the undo window (`release_at`), but it claims its stock at once, so two
approvals never promise the same unit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.errors import (
    BadValue,
    HoldNotReleasable,
    LostRace,
    ReasonNeeded,
    ShipsAsItIs,
    Stale,
    TwoPeople,
    WrongStatus,
)
from domain.floor import repacking
from domain.floor.parcels import ParcelState
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, ActorKind, Right, Role, may, require
from domain.planning.planning import refresh
from domain.policy.policy import Policy
from domain.records import NoticeKind
from domain.review import approval, limits, looking, queue
from domain.review.holds import CATALOGUE, RELEASED, UNTOUCHABLE, Hold, HoldCode, Source, open_codes
from domain.review.scope import ALL, Scope
from domain.review.waiting import rush_from
from domain.stops import interception, readdress, withdrawal

LONGEST_FREEZE = timedelta(days=366)


def seen(desk: Desk, order: Order, revision: int) -> None:
    """Raises Stale, with who did what when, unless the order is as the card showed it."""
    if order.revision == revision:
        return
    last = next(iter(desk.history("order", order.id, 1)), None)
    if last is None:
        raise Stale(order.number, "changed")
    raise Stale(order.number, last.verb, last.actor, last.at)


def announce(desk: Desk, order_ids: Collection[int], *, decided: bool = False) -> None:
    """Every card of these is drawn again; a decision also takes them out of whoever's hands they were in."""
    if decided:
        desk.hands.forget(order_ids)
    notices.redraw(desk, NoticeKind.ORDER, order_ids, digest=True)


def approve(desk: Desk, actor: Actor, order_id: int, revision: int, *, sure: bool = False) -> Order:
    """Approve one order as the card showed it; where two people must, the first yes leaves it in review.

    `sure` approves what somebody else has in hand, the order itself or one that travels along. Raises NotAllowed,
    Stale, InHand, WrongStatus, HeldOrder, OutsideHours, OverLimit, TwoPeople (a machine's yes), SameApprover.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not sure and (taken := queue.in_other_hands(desk, actor, order)):
        raise taken
    outcome = approval.approve_all(desk, actor, [order], sure=sure)
    fault = outcome.refused.get(order.number)
    if isinstance(fault, TwoPeople) and actor.person_id is not None:
        return _first_yes(desk, actor, desk.orders.get(order_id))
    if fault is not None:
        raise fault
    announce(desk, [one.id for one in outcome.approved], decided=True)
    return next(one for one in outcome.approved if one.id == order_id)


def look_anew(desk: Desk, order_id: int) -> None:
    """An approval was refused: the goods of its plan may have gone to others. In review it is screened and planned
    anew, so that its card says what can be approved now."""
    order = desk.orders.get(order_id)
    if order.status is OrderStatus.REVIEW:
        (news,) = refresh(desk, [order])
        announce(desk, [order_id] if news.revision != order.revision else [])


def _first_yes(desk: Desk, actor: Actor, order: Order) -> Order:
    """The first of two people said yes: to this order and to those in its parcel that need two as well."""
    company = approval.parties(desk, [order])[0].orders
    yes = [one for one in company if isinstance(limits.fault(desk.policy, actor, one), TwoPeople)]
    for one in yes:
        limits.first_yes(desk, actor, one)
    announce(desk, [one.id for one in company], decided=True)
    _ask_second(desk, actor, order)
    return desk.orders.get(order.id)


def _ask_second(desk: Desk, actor: Actor, order: Order) -> None:
    """Somebody else hears that their yes is wanted: service, or a lead where it takes one; no other lead, the owner."""
    lead = limits.over(desk.policy, order.stake, order.currency)
    roles = {Role.CS_LEAD} if lead else {Role.CS, Role.CS_LEAD}
    found = desk.people.staff().with_role(frozenset(roles), shop=order.shop_id)
    if all(person.id == actor.person_id for person in found):
        roles = {Role.OWNER}
    key = f"second_yes:{order.id}:{order.revision}"
    notices.tell(desk, NoticeKind.ORDER, order.id, roles, key=key, shop=order.shop_id, doer=actor)


def approve_clean(
    desk: Desk,
    actor: Actor,
    watermark: int,
    checksum: int,
    shown_to: Actor | None = None,
    scope: Scope = ALL,
) -> approval.Approvals:
    """Approve exactly the clean orders the digest showed. Raises Stale when one of them changed meanwhile.

    `shown_to` is whose scope the card was drawn for, where that is not the actor (a group's card); `scope` the part
    of the line the card showed. Clean orders above the limits of one person are told among the refused.
    """
    require(actor, Right.APPROVE)
    shown = queue.clean(desk, shown_to or actor, scope, watermark)
    if shown.checksum != checksum or not shown.ids:
        raise Stale("digest", "changed")
    over = queue.over(desk, shown_to or actor, scope, watermark)
    found = desk.orders.many([*shown.ids, *over])
    if any(order.status is not OrderStatus.REVIEW or order.held for order in found.values()):
        raise LostRace
    outcome = approval.approve_all(desk, actor, [found[order_id] for order_id in shown.ids])
    refused = outcome.refused | {
        order.number: why
        for order in (found[order_id] for order_id in over)
        if (why := limits.fault(desk.policy, actor, order) or limits.alone_fault(desk.policy, order))
    }
    if outcome.approved:
        history.note(desk, actor, "digest", 0, "approved_many", orders=str(len(outcome.approved)))
    announce(desk, {*shown.ids, *(order.id for order in outcome.approved)}, decided=True)
    return approval.Approvals(
        outcome.approved, refused, tuple(order for order in found.values() if order.number in refused)
    )


def reject(desk: Desk, actor: Actor, order_id: int, revision: int, reason: str) -> Order:
    """Cancel an order in review. Raises ReasonNeeded, Stale, WrongStatus."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("reject")
    if order.status not in (OrderStatus.REVIEW, OrderStatus.UNPAID):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    desk.orders.save([withdrawal.close(desk, actor, replace(order, first_approver=0), reason.strip())])
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
    for_ship: bool = False,
) -> Order:
    """Freeze an order by hand, also one whose parcel is already in the house: the gate stops it there.

    It may end by itself: at `until`, or in review `for_stock` when a warehouse has all its goods and `for_ship` when
    its promised ship time, wherever that moves, makes it a rush one (rules.md B2 FREEZE). Raises NotAllowed, Stale,
    ReasonNeeded, WrongStatus, BadValue for a moment that is over, a year away, or not promised.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("hold")
    if until is not None and not desk.now < until <= desk.now + LONGEST_FREEZE:
        raise BadValue("until", until.isoformat(timespec="minutes"), "until")
    if for_ship and not desk.now < (rush_from(order, desk.policy) or desk.now):
        raise BadValue("until", f"{order.promised_ship_at or '-'}", "until")
    if order.status not in (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if order.status is OrderStatus.APPROVED:
        parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="hold")
    seen_as = {"reason": reason.strip(), "by": actor.name}
    seen_as |= {"until": until.isoformat(timespec="minutes")} if until else {}
    seen_as |= ({"stock": "1"} if for_stock else {}) | ({"ship": "1"} if for_ship else {})
    holds = (*order.holds, Hold(HoldCode.FREEZE, Source.PERSON, desk.now, seen_as, until=until))
    order = replace(order, holds=holds, first_approver=0)
    history.note(desk, actor, "order", order_id, "held", reason.strip())
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [order])
    else:
        desk.orders.save([replace(order, look_at=looking.frozen_until(order, desk.now))])
        interception.reblock(desk, order)
    announce(desk, [order_id], decided=True)
    return desk.orders.get(order_id)


def releasable(policy: Policy, actor: Actor, order: Order, code: HoldCode) -> bool:
    """Whether this actor may release this hold by hand: with the right it takes, or because it is theirs (a hold whose
    owner is called first must be one they can end). Some codes no machine ever releases."""
    if code in UNTOUCHABLE and actor.kind is not ActorKind.PERSON:
        return False
    return _releases(policy, actor, code, right_for(policy, order, code), order.shop_id)


def right_for(policy: Policy, order: Order, code: HoldCode) -> Right | None:
    """The right that releases this hold by hand. Where NO_WAREHOUSE is the platform's word against ours, a lead's."""
    right = policy.release_right(code)
    named = any(hold.open and hold.code is HoldCode.NO_WAREHOUSE and "named" in hold.evidence for hold in order.holds)
    return right or (Right.OVERRIDE if code is HoldCode.NO_WAREHOUSE and named else None)


def releases(policy: Policy, actor: Actor, code: HoldCode, *, shop: int | None = None) -> bool:
    """Whether a hold of this code is this person's to release, in a shop or in any of theirs."""
    return _releases(policy, actor, code, policy.release_right(code), shop)


def _releases(policy: Policy, actor: Actor, code: HoldCode, right: Right | None, shop: int | None) -> bool:
    if right is None:
        return False
    owns = CATALOGUE[code].owner in actor.roles and policy.owner_releases(code)
    return may(actor, Right.VIEW_ORDERS if owns else right, shop=shop)


def release_hold(
    desk: Desk,
    actor: Actor,
    order_id: int,
    revision: int,
    code: HoldCode,
    *,
    sure: bool = False,
    repack: bool = False,
) -> Order:
    """Release one hold by hand; it is remembered with its evidence. `repack`: the boxes here become what is ordered now
    (`domain.floor.repacking`, with what it raises). Raises NotAllowed, HoldNotReleasable, Stale; for
    goods in the house ShipsAsItIs unless the person is `sure`, NotSeen while nobody has seen what was called back, and
    for their new address TwoPlaces, NoCourierThere."""
    order = desk.orders.get(order_id)
    require(actor, Right.VIEW_ORDERS, shop=order.shop_id)
    seen(desk, order, revision)
    if code not in open_codes(order.holds):
        raise Stale(order.number, "hold_released")
    if not releasable(desk.policy, actor, order, code):
        raise HoldNotReleasable(code, CATALOGUE[code].owner)
    late = () if repack else readdress.foreseen(desk, order, (code,))
    if late and not sure:
        raise ShipsAsItIs(order.number)
    told = (f"{one.asked or '-'} / {one.parcel} {one.ships} / {one.why}" for one in late)
    desk.record([history.line(desk, actor, "order", order_id, "ships_as_it_is", text) for text in told])
    order = _released(desk, actor, order, (code,), repack=repack)
    announce(desk, [order_id])
    return order


def _released(desk: Desk, actor: Actor, order: Order, codes: Sequence[HoldCode], *, repack: bool = False) -> Order:
    if order.status is OrderStatus.RELEASED:
        order = readdress.take(desk, actor, order, codes)
    if repack:
        order = repacking.start(desk, actor, order)
    mine = [hold for hold in order.holds if hold.open and hold.code in codes]
    others = _sharing(desk, order, mine)
    desk.record([history.line(desk, actor, "order", order.id, "hold_released", code) for code in codes])
    shared = [history.line(desk, actor, "order", one.id, "hold_released", HoldCode.MARGIN_LOW) for one in others]
    desk.record(shared)
    order, *others = (_without(one, mine, actor, desk.now) for one in (order, *others))
    if order.status is OrderStatus.REVIEW:
        notices.redraw(desk, NoticeKind.ORDER, [one.id for one in others])
        return refresh(desk, [order, *others])[0]
    desk.orders.save([order])
    interception.reblock(desk, order)
    return replace(order, revision=order.revision + 1)


def _sharing(desk: Desk, order: Order, holds: Sequence[Hold]) -> list[Order]:
    """Those in review whose margin was judged together with this one's: who lets one go lets all go."""
    if order.status is not OrderStatus.REVIEW or not any("orders" in hold.evidence for hold in holds):
        return []
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    company = {oid for box in boxes if box.state is ParcelState.PLANNED for oid in box.order_ids} - {order.id}
    return [one for one in desk.orders.many(company).values() if any(_same(h, holds) for h in one.holds)]


def _same(hold: Hold, holds: Sequence[Hold]) -> bool:
    """Whether it says, open, what one of these says of several orders."""
    return hold.open and any(
        hold.code is h.code and "orders" in h.evidence and hold.evidence == h.evidence for h in holds
    )


def _without(order: Order, holds: Sequence[Hold], actor: Actor, now: datetime) -> Order:
    gone = {"resolved_at": now, "resolved_by": actor.name, "resolution": RELEASED}
    kept = (replace(h, **gone) if h in holds or _same(h, holds) else h for h in order.holds)  # type: ignore[arg-type]  # its fields
    return replace(order, holds=tuple(kept))


def release_and_approve(desk: Desk, actor: Actor, order_id: int, revision: int, *, sure: bool = False) -> Order:
    """Release every open hold this person may release, then approve. Raises HoldNotReleasable for the first other."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    codes = open_codes(order.holds)
    for code in codes:
        if not releasable(desk.policy, actor, order, code):
            raise HoldNotReleasable(code, CATALOGUE[code].owner)
    order = _released(desk, actor, order, codes)
    return approve(desk, actor, order_id, order.revision, sure=sure)


def refund(
    desk: Desk, actor: Actor, order_id: int, revision: int, reason: str, units: Mapping[int, int] | None = None
) -> Order:
    """The buyer wants the money back, said on the order's card: all of it, or for `units` by line number (0 = all of
    the line). Raises Stale, ReasonNeeded, NotAllowed, NoSuchLine, TooManyUnits."""
    seen(desk, desk.orders.get(order_id), revision)
    if not reason.strip():
        raise ReasonNeeded("refund")
    return interception.typed(desk, actor, order_id, reason.strip(), units)


def withdraw_refund(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """The buyer keeps the goods after all, said on the order's card. Raises Stale, NotAllowed, Unknown."""
    seen(desk, desk.orders.get(order_id), revision)
    return interception.withdraw(desk, actor, order_id)
