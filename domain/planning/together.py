"""Merging and unmerging by hand: what a person decides about who travels with whom (rules.md B3).

Surprising: unmerging is possible until the box has left. On the floor the order's goods are already picked or on their
way, so its new box starts where the old one stands, with a waybill and a slot of its own; a box that was checked,
packed or weighed is opened for it, and both go on from the picked goods.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Unknown, WrongStatus
from domain.floor import checking, dock, materials
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState, StopKind
from domain.orders.orders import Order, OrderStatus
from domain.paper import printing
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.planning import splitting
from domain.planning.merging import Risk, Verdict, verdict
from domain.planning.planning import grams_of, refresh, reprice, units_of
from domain.records import NoticeKind
from domain.review.review import seen
from domain.stock import bins
from domain.stops import stop_calls, stopping
from domain.stops.withdrawal import unapprove, without
from domain.waybills import numbering

_NEWEST = 20
APART = IN_HOUSE | {ParcelState.PLANNED, ParcelState.READY}
"""Where a merged box can still be taken apart."""
_OPENED = (ParcelState.CHECKED, ParcelState.PACKED, ParcelState.WEIGHED)
_CARDS = 3
_UNDER_WAY = (ParcelState.READY, ParcelState.IN_WAVE, ParcelState.PICKED)
_IN_REVIEW = frozenset({OrderStatus.REVIEW})
_DECIDED = frozenset({OrderStatus.APPROVED, OrderStatus.RELEASED})


def candidates(desk: Desk, order: Order) -> list[tuple[Order, Verdict]]:
    """Orders in review to the same place that do not travel with it, and how they would go together."""
    if not order.merge_key or order.status is not OrderStatus.REVIEW:
        return []
    planned = [p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state is ParcelState.PLANNED]
    company = {order.id, *(order_id for parcel in planned for order_id in parcel.order_ids)}
    others = desk.orders.many(set(desk.orders.at_one_place(order.merge_key, _IN_REVIEW, _NEWEST)) - company)
    return [(other, verdict(order, other, desk.policy.merge)) for other in others.values()]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An approved order to the same place and the box of its goods that is furthest; `back` says whether it may still
    go back to review and travel with the new one: no list of the floor names any of its boxes."""

    order: Order
    parcel: Parcel
    verdict: Verdict
    back: bool


def under_way(desk: Desk, order: Order) -> list[UnderWay]:
    """Orders to the same place as this one in review that were approved before it came and are not packed (rules.md B3:
    "a mergeable order exists"), oldest first."""
    if not order.merge_key or order.status is not OrderStatus.REVIEW:
        return []
    others = desk.orders.many(desk.orders.at_one_place(order.merge_key, _DECIDED, _NEWEST))
    boxes = desk.parcels.of_orders(others) if others else {}
    result = []
    for other in others.values():
        live = [
            p for p in boxes.get(other.id, ()) if p.state is not ParcelState.CANCELLED and other.id in p.live_orders
        ]
        found = verdict(order, other, desk.policy.merge)
        near = [parcel for parcel in live if parcel.state in _UNDER_WAY]
        if near and len(near) == len(live) and not other.apart and found.risk is not Risk.HIGH:
            last = max(near, key=lambda parcel: _UNDER_WAY.index(parcel.state))
            result.append(UnderWay(other, last, found, last.state is ParcelState.READY))
    return result


def warn(desk: Desk, orders: Sequence[Order]) -> None:
    """New orders are there: the desk gets the card of each that could still travel with one under way, of the first few
    of a batch only (the others' cards say it as well)."""
    buyers: dict[str, set[str]] = {}
    for order in orders:
        if order.merge_key and order.buyer_id and order.status is OrderStatus.REVIEW:
            buyers.setdefault(order.merge_key, set()).add(order.buyer_id)
    ids = desk.orders.company(buyers, (), later=True) if buyers else []
    if not ids:
        return
    alike = {(other.merge_key, other.buyer_id) for other in desk.orders.many(ids[-_NEWEST:]).values()}
    likely = [order for order in orders if (order.merge_key, order.buyer_id) in alike][:_CARDS]
    for order in (one for one in likely if under_way(desk, one)):
        key = f"under_way:{order.id}"
        notices.tell(desk, NoticeKind.ORDER, order.id, {Role.CS}, key=key, shop=order.shop_id, quiet=True)


def take_back(desk: Desk, actor: Actor, order_id: int, revision: int, other_id: int) -> Order:
    """Take an approved order that is on no list yet back to review, with all it shares a box with, and let it travel
    with this one, which came after it. All of it is approved again, as one.

    Raises NotAllowed, Stale, WrongStatus when the other has gone on, and what `merge` does; then nothing has changed.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    found = {one.order.id: one for one in under_way(desk, order)}.get(other_id)
    other = desk.orders.get(other_id)
    if found is None or not found.back:
        parcel = found.parcel if found else None
        raise WrongStatus(other.number, parcel.state if parcel else other.status, ParcelState.READY)
    if order.held or other.held:
        raise BadValue("merge", other.number, "merge_held")
    refresh(desk, [order, *_unapproved(desk, actor, other)], by=actor.person_id)
    order = desk.orders.get(order_id)
    if other_id not in _company(desk, order_id):
        order = merge(desk, actor, order_id, order.revision, other_id)
    return order


def _unapproved(desk: Desk, actor: Actor, order: Order) -> list[Order]:
    """The order and everybody in its boxes as they are back in review; not saved."""
    boxes = desk.parcels.of_orders([order.id])[order.id]
    company = {oid for parcel in boxes if parcel.state is ParcelState.READY for oid in parcel.live_orders}
    back, approved = [], {}
    people = {person.name: person.id for person in desk.people.staff().people}
    for one in desk.orders.many(company).values():  # boxes are read again: each gives its goods up once
        own = desk.parcels.of_orders([one.id])[one.id]
        back.append(unapprove(desk, actor, one, own, reason="merge"))
        approved[people.get(one.decided_by, 0)] = one.id
    approved.pop(actor.person_id or 0, None)
    notices.tell_people(desk, NoticeKind.ORDER, approved, key=f"taken_back:{order.id}:{order.revision}")
    notices.redraw(desk, NoticeKind.ORDER, company, digest=True)
    return back


def _company(desk: Desk, order_id: int) -> set[int]:
    """Whoever lies in a box with it, itself too."""
    boxes = desk.parcels.of_orders([order_id]).get(order_id, ())
    return {one for box in boxes if order_id in box.live_orders for one in box.live_orders}


def merge(desk: Desk, actor: Actor, order_id: int, revision: int, other_id: int) -> Order:
    """Let two orders to one place travel together although no rule says so; risk HIGH is refused, and so are goods that
    no warehouse and courier send in one parcel, with those a person put together with them before.

    Raises NotAllowed, Stale, WrongStatus, BadValue('merge', …, the verdict's code), Unknown.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    other = desk.orders.get(other_id)
    for one in (order, other):
        if one.status is not OrderStatus.REVIEW:
            raise WrongStatus(one.number, one.status, OrderStatus.REVIEW)
    if not order.merge_key or order.merge_key != other.merge_key:
        raise BadValue("merge", other.number, "same_place")
    found = verdict(order, other, desk.policy.merge)
    if found.risk is Risk.HIGH or order.held or other.held:
        raise BadValue("merge", other.number, f"merge_{found.why if found.risk is Risk.HIGH else 'held'}")
    group = min(one.together or one.id for one in (order, other))
    groups = {one.together for one in (order, other)} - {0}
    joined = desk.orders.many({order.id, other.id, *(desk.orders.company({}, groups) if groups else [])})
    with_them = joined.keys() & (_company(desk, order.id) | _company(desk, other.id))
    news = [replace(one, together=group, apart=False) for one in joined.values()]
    lines = [history.line(desk, actor, "order", one.id, "merged", ",".join(o.number for o in news)) for one in news]
    desk.record(lines)
    refresh(desk, news, by=actor.person_id)
    if not {other.id, *with_them} <= _company(desk, order.id):
        raise BadValue("merge", other.number, "merge_no_box")
    notices.redraw(desk, NoticeKind.ORDER, joined, digest=True)
    return desk.orders.get(order_id)


def unmerge(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """This order travels alone, now and later. It gets a box of its own where the old one stands, from the check on
    both stand at the picked goods again.

    On the floor the new box needs a number: where its courier must be asked for one, the order is held until it comes.
    Raises NotAllowed, Stale, Unknown('merged_box') when it travels with nobody, Unknown('waybill') when the account has
    no number left for it, WrongStatus when it has left, NotSeen when it may have.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    boxes = desk.parcels.of_orders([order_id]).get(order_id, ())
    shared = [p for p in boxes if p.state is not ParcelState.CANCELLED and order_id in p.live_orders]
    shared = [p for p in shared if len(p.live_orders) > 1]
    if not shared:
        raise Unknown("merged_box", order.number)
    for parcel in shared:
        if parcel.state not in APART:
            raise WrongStatus(parcel.waybill or parcel.number, parcel.state, ParcelState.WEIGHED)
        dock.require_seen(desk, parcel)
    company = {oid for parcel in shared for oid in parcel.live_orders} - {order_id}
    news = replace(order, apart=True, together=0)
    history.note(desk, actor, "order", order_id, "unmerged")
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [news])
    else:
        own = [_own_box(desk, actor, parcel, order) for parcel in shared]
        asked = [box for box in own if box.state is not ParcelState.READY and not box.waybill]
        holds = [numbering.asking(desk, box) for box in asked[:1]]
        desk.orders.save([replace(news, holds=(*news.holds, *holds))])
        stopping.part(desk, order_id, company)
        stopping.reblock_each(desk, (order_id, *sorted(company)))
        printing.changed(desk, (order_id, *sorted(company)))
    notices.redraw(desk, NoticeKind.ORDER, {order_id, *company}, digest=True)
    return desk.orders.get(order_id)


def _own_box(desk: Desk, actor: Actor, parcel: Parcel, order: Order) -> Parcel:
    """The order's items in a box of their own, in the same state; their claim on stock, what was picked of them and
    what stops them move with them. The box, with its number where the courier need not be asked."""
    (new_id,) = desk.parcels.next_ids(1)
    mine = tuple(item for item in parcel.items if item.order_id == order.id)
    why = {**parcel.why, "merge": {"orders": [], "why": "unmerged"}}
    own = replace(_opened(desk, parcel), id=new_id, revision=1, items=mine, waybill="", blocked=False, why=why)
    own = replace(own, material="")
    grams = grams_of(units_of(own), desk.catalog, desk.policy)
    own = reprice(desk, replace(own, expected_g=grams), grams)
    if parcel.wave_id is not None:
        slots = [one.slot for one in desk.parcels.of_wave(parcel.wave_id)]
        own = replace(own, slot=max(slots, default=0) + 1)
    left = _opened(desk, without(desk, parcel, order.id))
    desk.parcels.save([left])
    checking.trim(desk, left)
    desk.parcels.add([own])
    if parcel.state is not ParcelState.READY:
        own = _numbered(desk, own, order)
        roles = {Role.PICKER, Role.PACKER}
        key = f"apart:{own.id}"
        notices.tell(desk, NoticeKind.WAVE, parcel.wave_id or 0, roles, key=key, warehouse=parcel.warehouse_id)
    stops = [stop for stop in stopping.open_of(desk, parcel) if stop.order_id == order.id]
    missing = {line for stop in stops if stop.kind is StopKind.REPICK for line in stop.line_nos}
    if own.state is ParcelState.PICKED:
        there = [item for item in own.live_items if item.line_no not in missing]
        bins.rebox(desk, actor, parcel, own, splitting.units_of(there))
    for stop in stops:
        desk.stops.save(replace(stop, parcel_id=own.id))
    stop_calls.redraw(desk, *stops)
    history.note(desk, actor, "parcel", own.id, "split_off", parcel.number)
    history.note(desk, actor, "parcel", parcel.id, "member_left", own.number)
    return own


def _numbered(desk: Desk, own: Parcel, order: Order) -> Parcel:
    """The new box with a number, or with one on its way; as saved."""
    number = numbering.numbered(desk, [own]).get(own.id)
    if number is None and not numbering.is_asked(desk, own):
        raise Unknown("waybill", order.number)
    if number is None:
        return own
    desk.parcels.save([replace(own, waybill=number)])
    return replace(own, waybill=number, revision=own.revision + 1)


def _opened(desk: Desk, parcel: Parcel) -> Parcel:
    """A box somebody closed, with its goods to be checked and packed once more; it may be used again."""
    if parcel.state not in _OPENED:
        return parcel
    news = replace(parcel.unmeasured(), state=ParcelState.PICKED, state_at=desk.now, weight_g=0)
    return replace(news, expected_g=materials.expected(desk, news))
