"""From orders to parcels: screen, match and plan a whole set, and bring what is stored in line with it.

Surprising: `refresh` is the only place that opens or closes screening holds and draws plans. Intake, a released
hold, a matched product and arrived stock all call it.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.customers.customer_records import keys_of
from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import exchanges
from domain.orders import kits
from domain.orders.catalog import Catalog
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.planning import splitting
from domain.planning.couriers import asked, price_of
from domain.planning.joining import joined
from domain.planning.loads import grams_of as grams_of  # everybody who plans a box asks here
from domain.planning.loads import load_of
from domain.planning.merging import groups, key_of, waits_for
from domain.planning.plans import priced
from domain.policy.policy import Policy
from domain.records import NoticeKind
from domain.review.holds import Finding, Hold, HoldCode, reconcile
from domain.review.screening import Facts, screen, wanted
from domain.review.waiting import next_closing
from domain.stock import bins
from domain.stock.unit_costs import unit_costs
from domain.waybills import number_pools


def load_facts(desk: Desk, orders: Collection[Order], policy: Policy | None = None) -> Facts:
    """Everything screening and matching ask about these orders, in a handful of queries; under a policy that is not
    in force when one is given."""
    policy = policy or desk.policy
    skus = {sku for order in orders for sku in wanted(order)}
    since = desk.now - timedelta(hours=policy.duplicate_hours * 2)
    recent: dict[str, tuple[Order, ...]] = {}
    for shop_id in {order.shop_id for order in orders}:
        buyers = {order.buyer_id for order in orders if order.shop_id == shop_id and order.buyer_id}
        for buyer, others in desk.orders.recent_of_buyers(shop_id, buyers, since).items():
            recent[buyer] = recent.get(buyer, ()) + others
    places = {order.merge_key for order in orders if not order.buyer_id and order.merge_key}
    recent |= desk.orders.recent_at_places(places, since) if places else {}
    for order in orders:
        for who in {order.buyer_id, order.merge_key if order.merge_key in places else ""} - {""}:
            if order.id not in {other.id for other in recent.get(who, ())}:
                recent[who] = (*recent.get(who, ()), order)
    listed = desk.customers.listed({key for order in orders for key in keys_of(order)})
    too_old, withheld = bins.stale(desk, skus, policy), bins.withheld(desk, skus, policy)
    free = bins.to_ship(desk.stock.levels(skus), too_old, withheld)
    too_old = {key: units for key, units in too_old.items() if key[1] not in withheld}
    told = replace(courier_facts(desk, policy), free=free, too_old=too_old, recent=recent, listed=listed)
    if policy.screening.margin_percent >= 0:
        told = replace(told, costs=unit_costs(desk, skus))
    return replace(told, returned=exchanges.come_back(desk, orders))


def courier_facts(desk: Desk, policy: Policy | None = None) -> Facts:
    """What the couriers' side of matching asks: no stock, no other orders; under a policy that is not in force when
    one is given."""
    policy = policy or desk.policy
    left = {account: pool.left for account, pool in number_pools.pools(desk).items() if pool.left is not None}
    failed = desk.waybills.failures(policy.waybills.attempts)
    return Facts(desk.catalog, policy, {}, {}, desk.now, left=left, failed=failed)


def reprice(desk: Desk, parcel: Parcel, grams: int) -> Parcel:
    """The parcel with the freight of what it really weighs, and of the size it really has where it was measured; as it
    was where its contract has no price for that."""
    if parcel.courier_id is None or parcel.warehouse_id is None:
        return parcel
    orders = [*desk.orders.many(parcel.order_ids).values()]
    facts = Facts(desk.catalog, desk.policy, {}, {}, desk.now)
    load = load_of(orders, parcel.live_items, facts, grams)
    if parcel.size:
        load = replace(load, mm3=math.prod(parcel.size), longest_mm=max(parcel.size))
    price = price_of(desk.catalog.couriers[parcel.courier_id], asked(orders[0], parcel.warehouse_id, load, facts))
    return parcel if price is None else priced(parcel, price)


def units_of(parcel: Parcel) -> dict[str, int]:
    """What the box should hold, by sku."""
    return splitting.units_of(parcel.live_items)


@dataclass(frozen=True, slots=True)
class Arranged:
    """Orders with their holds as they are now, and the boxes of those in review (ids 0)."""

    orders: tuple[Order, ...]
    parcels: tuple[Parcel, ...]


def prepared(order: Order, catalog: Catalog, policy: Policy) -> Order:
    """The order with its lines matched, what it may share a parcel by, and until when it must have left."""
    order = kits.matched(order, catalog)
    key, due = key_of(order, catalog, policy.merge), dispatch_deadline(order, policy)
    return order if (key, due) == (order.merge_key, order.due_at) else replace(order, merge_key=key, due_at=due)


def arrange(orders: Sequence[Order], facts: Facts) -> Arranged:
    """Screen every order in review, let travel together what may, and plan the boxes. The set must hold
    everybody's `companions`."""
    review = [order for order in orders if order.status is OrderStatus.REVIEW]
    found = {order.id: [*screen(order, facts)] for order in review}
    screened = {o.id: _held(o, reconcile(o.holds, found[o.id], facts.now)) for o in review}
    _wait(screened, facts, found)
    parcels: list[Parcel] = []
    for group in groups(screened.values(), facts.policy.merge):
        for company, made in joined(group, facts):
            for order in company:
                found[order.id] += [fault for fault in made.faults if facts.policy.screens(fault.code)]
            parcels += made.parcels
    hours, zone = facts.policy.screening.hours, facts.catalog.company.zone
    closing = next_closing(hours, zone, facts.now) if facts.policy.screens(HoldCode.TIME_WINDOW) else None
    done = {o.id: _screened(o, found[o.id], facts, closing) for o in review}
    return Arranged(tuple(done.get(order.id, order) for order in orders), tuple(parcels))


def _look_at(found: Sequence[Finding], closing: datetime | None) -> datetime | None:
    """When what was found may be otherwise: something ends, or the hours of approval do."""
    return min((at for at in (*(finding.until for finding in found), closing) if at), default=None)


def _held(order: Order, holds: tuple[Hold, ...]) -> Order:
    return order if holds == order.holds else replace(order, holds=holds)


def _screened(order: Order, found: Sequence[Finding], facts: Facts, closing: datetime | None) -> Order:
    """The order with the holds of these findings, when they must be looked at again, and under which policy they
    were found."""
    holds = reconcile(order.holds, found, facts.now)
    look_at = _look_at(found, closing)
    version = facts.policy.version
    if (holds, look_at, version) == (order.holds, order.look_at, order.screened):
        return order
    return replace(order, holds=holds, look_at=look_at, screened=version)


def _wait(screened: dict[int, Order], facts: Facts, found: Mapping[int, list[Finding]]) -> None:
    """Clean orders that wait for a held one they could travel with are held themselves for that long."""
    choices = facts.policy.merge
    if not choices.wait_minutes or not facts.policy.screens(HoldCode.MERGE_WAIT):
        return
    alike: dict[str, list[Order]] = {}
    for order in screened.values():
        if order.merge_key:
            alike.setdefault(order.merge_key, []).append(order)
    for order in list(screened.values()):
        waits = None if order.held else waits_for(order, alike.get(order.merge_key, ()), choices, facts.now)
        if waits:
            other, until = waits
            evidence = {"order": other.number, "until": until.isoformat(timespec="minutes")}
            found[order.id].append(Finding(HoldCode.MERGE_WAIT, evidence, until))
            screened[order.id] = _held(order, reconcile(order.holds, found[order.id], facts.now))


def companions(desk: Desk, orders: Collection[Order]) -> list[Order]:
    """The other orders in review of the same buyer to the same place, or in a person's group with one of these."""
    buyers: dict[str, set[str]] = {}
    for order in orders:
        if order.merge_key and order.buyer_id:
            buyers.setdefault(order.merge_key, set()).add(order.buyer_id)
    chosen = {order.together for order in orders if order.together}
    ids = desk.orders.company(buyers, chosen) if buyers or chosen else []
    others = desk.orders.many(set(ids) - {order.id for order in orders})
    return [prepared(order, desk.catalog, desk.policy) for order in others.values()]


def refresh(desk: Desk, orders: Sequence[Order], *, by: int | None = None) -> list[Order]:
    """Screen and plan orders that are stored already, and those they may travel with; save what changed. Returns the
    given ones as they now stand.

    `orders` may carry changes not saved yet: they are saved here, once. One of which nothing changed, neither holds
    nor plan, keeps its revision, so that open cards stay good. The person it is done `by` is not told of a merge.
    """
    return [now for _, now in refreshed(desk, orders, by=by)[: len(orders)]]


def refreshed(desk: Desk, orders: Sequence[Order], *, by: int | None = None) -> list[tuple[Order, Order]]:
    """`refresh`, telling each as it was and as it now stands: the given ones, then those they may travel with."""
    everyone, arranged = foreseen(desk, orders)
    moved = store_plans(desk, arranged, by=by)
    pairs = list(zip(everyone, desk.orders.save_changed(arranged.orders, moved), strict=True))
    others = [now.id for was, now in pairs[len(orders) :] if now.revision != was.revision]
    notices.redraw(desk, NoticeKind.ORDER, others)
    return pairs


def foreseen(desk: Desk, orders: Sequence[Order]) -> tuple[list[Order], Arranged]:
    """What `refresh` would make of these, nothing of it saved: everybody it looks at (the given ones, then those they
    may travel with) as they stand, and arranged."""
    orders = [prepared(order, desk.catalog, desk.policy) for order in orders]
    with_them = companions(desk, orders)
    everyone = [*orders, *with_them, *_left_behind(desk, [*orders, *with_them])]
    return everyone, arrange(everyone, load_facts(desk, everyone))


def _left_behind(desk: Desk, orders: Sequence[Order]) -> list[Order]:
    """Those that lie in one planned box with these and may not travel with them any more: they want a box of their
    own."""
    ids = {order.id for order in orders}
    boxes = [box for found in desk.parcels.of_orders(list(ids)).values() for box in found]
    alone = {order_id for box in boxes if box.state is ParcelState.PLANNED for order_id in box.order_ids} - ids
    found = desk.orders.many(alone).values() if alone else ()
    return [prepared(order, desk.catalog, desk.policy) for order in found if order.status is OrderStatus.REVIEW]


def store_plans(desk: Desk, arranged: Arranged, new: Collection[int] = (), *, by: int | None = None) -> set[int]:
    """Bring the PLANNED parcels of these orders (`new` ones have none) in line with the plan, and tell whose orders
    were merged. Returns the orders that now travel otherwise: with others, in other boxes, from elsewhere."""
    known = [order.id for order in arranged.orders if order.id not in new]
    found = desk.parcels.of_orders(known) if known else {}
    old = {p.id: p for boxes in found.values() for p in boxes if p.state is ParcelState.PLANNED}
    kept, added, changed, joined = set[int](), [], [], list[Parcel]()
    for parcel in arranged.parcels:
        boxes = (box for order_id in parcel.order_ids for box in found.get(order_id, ()))
        mine = [box for box in boxes if box.id in old and box.id not in kept]
        same = next((box for box in mine if box.order_ids == parcel.order_ids), mine[0] if mine else None)
        if len(parcel.order_ids) > 1 and not (same and {*parcel.order_ids} <= {*same.order_ids}):
            joined.append(parcel)
        if same is None:
            added.append(parcel)
            continue
        kept.add(same.id)
        if not _same_plan(same, parcel):
            changed.append(replace(parcel, id=same.id, revision=same.revision))
    changed += [replace(p, state=ParcelState.CANCELLED) for p in old.values() if p.id not in kept]
    ids = desk.parcels.next_ids(len(added))
    desk.parcels.add([replace(parcel, id=new_id) for parcel, new_id in zip(added, ids, strict=True)])
    desk.parcels.save(changed)
    _tell_merged(desk, joined, [order for order in arranged.orders if order.id not in new], by)
    return {order_id for parcel in (*added, *changed) for order_id in parcel.order_ids}.intersection(known)


def _tell_merged(desk: Desk, joined: Collection[Parcel], orders: Sequence[Order], by: int | None) -> None:
    """Whoever took one of these orders, or said the first of two yes, hears that it now travels with others: each
    person once, of the first; nobody when no person has touched them (rules.md A1, "tells both")."""
    among = {order_id for parcel in joined for order_id in parcel.order_ids}
    merged = [order for order in orders if order.id in among]
    if not merged:
        return
    hands = desk.hands.many([order.id for order in merged])
    takers = {order_id: hand.taken_by for order_id, hand in hands.items()}
    told: dict[int, int] = {}
    for order in merged:
        for person in (takers.get(order.id), order.first_approver):
            if person and person != by:
                told.setdefault(person, order.id)
    notices.tell_people(desk, NoticeKind.ORDER, told, key=f"merged:{min(among)}:{max(among)}")


def _same_plan(old: Parcel, new: Parcel) -> bool:
    """Whether it says the same; a plan that another policy version would draw alike stays as it was decided."""
    return (old.items, old.warehouse_id, old.courier_id, old.expected_g, {**old.why, "policy": 0}) == (
        new.items,
        new.warehouse_id,
        new.courier_id,
        new.expected_g,
        {**new.why, "policy": 0},
    )
