"""Merging and unmerging by hand: what a person decides about who travels with whom (rules.md B3).

Surprising: unmerging is possible until the box has left. On the floor the order's goods are already picked or on their
way, so its new box starts where the old one stands, with a waybill and a slot of its own; a box that was checked,
packed or weighed is opened for it, and both go on from the picked goods.
"""

from dataclasses import replace

from domain import bins, checking, history, materials, notices, numbering, splitting, stopping
from domain.desk import Desk
from domain.errors import BadValue, Unknown, WrongStatus
from domain.merging import Risk, Verdict, verdict
from domain.orders import Order, OrderStatus
from domain.parcels import IN_HOUSE, Parcel, ParcelState, StopKind
from domain.people import Actor, Right, Role, require
from domain.planning import grams_of, refresh, reprice, units_of
from domain.records import NoticeKind
from domain.review import seen
from domain.withdrawal import without

_NEWEST = 20
APART = IN_HOUSE | {ParcelState.PLANNED, ParcelState.READY}
"""Where a merged box can still be taken apart."""
_OPENED = (ParcelState.CHECKED, ParcelState.PACKED, ParcelState.WEIGHED)


def candidates(desk: Desk, order: Order) -> list[tuple[Order, Verdict]]:
    """Orders in review to the same place that do not travel with it, and how they would go together."""
    if not order.merge_key or order.status is not OrderStatus.REVIEW:
        return []
    planned = [p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state is ParcelState.PLANNED]
    company = {order.id, *(order_id for parcel in planned for order_id in parcel.order_ids)}
    others = desk.orders.many(set(desk.orders.at_one_place(order.merge_key, _NEWEST)) - company)
    return [(other, verdict(order, other, desk.policy.merge)) for other in others.values()]


def merge(desk: Desk, actor: Actor, order_id: int, revision: int, other_id: int) -> Order:
    """Let two orders to one place travel together although no rule says so; risk HIGH is refused, and so are goods that
    no warehouse and courier send in one parcel.

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
    news = [replace(one, together=group, apart=False) for one in joined.values()]
    lines = [history.line(desk, actor, "order", one.id, "merged", ",".join(o.number for o in news)) for one in news]
    desk.record(lines)
    refresh(desk, news)
    if not any({order.id, other.id} <= {*p.order_ids} for p in desk.parcels.of_orders([order.id]).get(order.id, ())):
        raise BadValue("merge", other.number, "merge_no_box")
    notices.redraw(desk, NoticeKind.ORDER, joined, digest=True)
    return desk.orders.get(order_id)


def unmerge(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """This order travels alone, now and later. It gets a box of its own where the old one stands, from the check on
    both stand at the picked goods again.

    Raises NotAllowed, Stale, Unknown('merged_box') when it travels with nobody, Unknown('waybill') when the courier
    gives no number for a box on the floor, WrongStatus when it has left.
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
    company = {oid for parcel in shared for oid in parcel.live_orders} - {order_id}
    news = replace(order, apart=True, together=0)
    history.note(desk, actor, "order", order_id, "unmerged")
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [news])
    else:
        desk.orders.save([news])
        for parcel in shared:
            _own_box(desk, actor, parcel, order)
        stopping.part(desk, order_id, company)
        stopping.reblock_each(desk, (order_id, *sorted(company)))
    notices.redraw(desk, NoticeKind.ORDER, {order_id, *company}, digest=True)
    return desk.orders.get(order_id)


def _own_box(desk: Desk, actor: Actor, parcel: Parcel, order: Order) -> None:
    """The order's items in a box of their own, in the same state; their claim on stock, what was picked of them and
    what stops them move with them."""
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
        number = numbering.numbered(desk, [own]).get(own.id)
        if number is None:
            raise Unknown("waybill", order.number)
        desk.parcels.save([replace(own, waybill=number)])
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
        stopping.redraw(desk, stop)
    history.note(desk, actor, "parcel", own.id, "split_off", parcel.number)
    history.note(desk, actor, "parcel", parcel.id, "member_left", own.number)


def _opened(desk: Desk, parcel: Parcel) -> Parcel:
    """A box somebody closed, with its goods to be checked and packed once more; it may be used again."""
    if parcel.state not in _OPENED:
        return parcel
    news = replace(parcel.unmeasured(), state=ParcelState.PICKED, state_at=desk.now, weight_g=0)
    return replace(news, expected_g=materials.expected(desk, news))
