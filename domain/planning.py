"""From orders to parcels: screen, match and plan a whole set, and bring what is stored in line with it.

Surprising: `refresh` is the only place that opens or closes screening holds and draws plans. Intake, a released
hold, a matched product and arrived stock all call it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.catalog import Catalog
from domain.customer_records import keys_of
from domain.desk import Desk
from domain.holds import Finding, HoldCode, reconcile
from domain.matching import match_courier, match_warehouse
from domain.orders import Order, OrderStatus
from domain.parcels import Item, Parcel, ParcelState
from domain.policy import Policy
from domain.screening import Facts, free_units, screen, wanted


def load_facts(desk: Desk, orders: Collection[Order]) -> Facts:
    """Everything screening and matching ask about these orders, in a handful of queries."""
    skus = {sku for order in orders for sku in wanted(order)}
    since = desk.now - timedelta(hours=desk.policy.duplicate_hours * 2)
    recent: dict[str, tuple[Order, ...]] = {}
    for shop_id in {order.shop_id for order in orders}:
        buyers = {order.buyer_id for order in orders if order.shop_id == shop_id and order.buyer_id}
        for buyer, others in desk.orders.recent_of_buyers(shop_id, buyers, since).items():
            recent[buyer] = recent.get(buyer, ()) + others
    for order in orders:
        if order.buyer_id:
            known = {other.id for other in recent.get(order.buyer_id, ())}
            if order.id not in known:
                recent[order.buyer_id] = (*recent.get(order.buyer_id, ()), order)
    listed = desk.customers.listed({key for order in orders for key in keys_of(order)})
    return Facts(desk.catalog, desk.policy, free_units(desk.stock.levels(skus)), recent, desk.now, listed)


def match_lines(order: Order, catalog: Catalog) -> Order:
    """Give each unmatched line the sku that its merchant code, or else its title, means in that shop."""
    sku_of = catalog.sku_of
    if all(line.sku for line in order.lines):
        return order
    lines = tuple(line if line.sku else replace(line, sku=sku_of(order.shop_id, line.known_as)) for line in order.lines)
    return replace(order, lines=lines)


def grams_of(units: Mapping[str, int], catalog: Catalog, policy: Policy) -> int:
    """Goods plus packaging, or 0 when a weight is not known yet (rules.md B9: no check, learn instead)."""
    weights = [(catalog.skus[sku].weight_g, count) for sku, count in units.items()]
    if not weights or any(grams == 0 for grams, _ in weights):
        return 0
    return sum(grams * count for grams, count in weights) + policy.packaging_g


def plan(order: Order, facts: Facts, parcel_id: int) -> tuple[Parcel | None, tuple[Finding, ...]]:
    """One parcel for the order, or None with the finding that says why matching gave nothing.

    Merge and split will return more parcels with other items through this same shape (rules.md B3, B4).
    """
    lines = order.shippable
    if not lines or any(line.sku is None for line in lines):
        return None, ()
    warehouse = match_warehouse(order, facts)
    if warehouse.winner is None:
        return None, ()
    grams = grams_of(wanted(order), facts.catalog, facts.policy)
    courier = match_courier(order, warehouse.winner, grams, facts)
    if courier.winner is None:
        return None, (Finding(HoldCode.NO_COURIER, {"tried": str(len(courier.losers))}),)
    contract = facts.catalog.couriers[courier.winner]
    why = {"policy": facts.policy.version, "warehouse": warehouse.as_data(), "courier": courier.as_data()}
    items = tuple(Item(order.id, line.line_no, line.sku or "", line.title, line.quantity) for line in lines)
    parcel = Parcel(
        id=parcel_id,
        state=ParcelState.PLANNED,
        shop_id=order.shop_id,
        warehouse_id=warehouse.winner,
        courier_id=courier.winner,
        expected_g=grams,
        freight=contract.freight(grams),
        freight_currency=contract.currency,
        items=items,
        why=why,
    )
    return parcel, ()


def screen_and_plan(
    order: Order, facts: Facts, parcel_id: int, desk: Desk
) -> tuple[Order, Parcel | None, datetime | None]:
    """The order in review with its holds as they are now, its plan, and when time alone may change them."""
    if order.status is not OrderStatus.REVIEW:
        return order, None, None
    parcel, faults = plan(order, facts, parcel_id)
    findings = (*screen(order, facts), *faults)
    holds = reconcile(order.holds, findings, desk.now)
    look_at = min((finding.until for finding in findings if finding.until), default=None)
    return (order if holds == order.holds else replace(order, holds=holds)), parcel, look_at


def _same_plan(old: Parcel, new: Parcel) -> bool:
    """Whether it says the same; a plan that another policy version would draw alike stays as it was decided."""
    return (old.items, old.warehouse_id, old.courier_id, old.expected_g, {**old.why, "policy": 0}) == (
        new.items,
        new.warehouse_id,
        new.courier_id,
        new.expected_g,
        {**new.why, "policy": 0},
    )


def refresh(desk: Desk, orders: Sequence[Order]) -> list[Order]:
    """Screen and plan orders that are stored already; save what changed. Returns them as they now stand.

    `orders` may carry changes not saved yet: they are saved here, once. One of which nothing changed, neither holds
    nor plan, keeps its revision, so that open cards stay good.
    """
    orders = [match_lines(order, desk.catalog) for order in orders]
    facts = load_facts(desk, orders)
    planned = {
        order_id: [p for p in parcels if p.state is ParcelState.PLANNED]
        for order_id, parcels in desk.parcels.of_orders([order.id for order in orders]).items()
    }
    result, added, changed = [], [], []
    moved: set[int] = set()
    looks: dict[int, datetime | None] = {}
    for order in orders:
        new_order, parcel, looks[order.id] = screen_and_plan(order, facts, 0, desk)
        result.append(new_order)
        old = planned.get(order.id, [])
        if bool(parcel) != bool(old) or (parcel and old and not _same_plan(old[0], parcel)):
            moved.add(order.id)
        if parcel and old:
            if not _same_plan(old[0], parcel):
                changed.append(replace(parcel, id=old[0].id, revision=old[0].revision))
        elif parcel:
            added.append(parcel)
        elif old:
            changed += [replace(p, state=ParcelState.CANCELLED) for p in old]
    ids = desk.parcels.next_ids(len(added))
    desk.parcels.add([replace(parcel, id=new_id) for parcel, new_id in zip(added, ids, strict=True)])
    desk.parcels.save(changed)
    desk.orders.look_at(looks)
    return desk.orders.save_changed(result, moved)
