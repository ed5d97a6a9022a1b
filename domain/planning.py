"""From orders to parcels: screen, match and plan a whole set, and bring what is stored in line with it.

Surprising: `refresh` is the only place that opens or closes screening holds and draws plans. Intake, a released
hold, a matched product and arrived stock all call it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from domain.catalog import Catalog
from domain.couriers import asked, match_courier, price_of
from domain.couriers import grams_of as grams_of  # everybody who plans a box asks here
from domain.customer_records import keys_of
from domain.desk import Desk
from domain.holds import Finding, HoldCode, reconcile
from domain.match import Match
from domain.matching import match_warehouse
from domain.orders import Order, OrderStatus
from domain.parcels import Item, Parcel, ParcelState
from domain.screening import Facts, covering, free_units, screen, wanted


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
    return replace(courier_facts(desk), free=free_units(desk.stock.levels(skus)), recent=recent, listed=listed)


def courier_facts(desk: Desk) -> Facts:
    """What the couriers' side of matching asks: no stock, no other orders."""
    left = {account: pool.left for account, pool in desk.waybills.pools().items() if pool.left is not None}
    failed = desk.waybills.failures(desk.policy.waybills.attempts)
    return Facts(desk.catalog, desk.policy, {}, {}, desk.now, left=left, failed=failed)


def match_lines(order: Order, catalog: Catalog) -> Order:
    """Give each unmatched line the sku that its merchant code, or else its title, means in that shop."""
    sku_of = catalog.sku_of
    if all(line.sku for line in order.lines):
        return order
    lines = tuple(line if line.sku else replace(line, sku=sku_of(order.shop_id, line.known_as)) for line in order.lines)
    return replace(order, lines=lines)


def plan(order: Order, facts: Facts, parcel_id: int) -> tuple[Parcel | None, tuple[Finding, ...]]:
    """One parcel for the order, or None with the finding that says why matching gave nothing.

    Merge and split will return more parcels with other items through this same shape (rules.md B3, B4).
    """
    lines = order.shippable
    if not lines or any(line.sku is None for line in lines):
        return None, ()
    warehouse = match_warehouse(order, facts)
    if warehouse.winner is None:
        return None, _nowhere(warehouse, order, facts)
    grams = grams_of(wanted(order), facts.catalog, facts.policy)
    courier = match_courier(order, warehouse.winner, grams, facts)
    if courier.winner is None:
        return None, (nobody_carries(courier),)
    freight, currency, tariff = priced(courier)
    why = {"policy": facts.policy.version, "warehouse": warehouse.as_data(), "courier": courier.as_data()}
    items = tuple(Item(order.id, line.line_no, line.sku or "", line.title, line.quantity) for line in lines)
    parcel = Parcel(
        id=parcel_id,
        state=ParcelState.PLANNED,
        shop_id=order.shop_id,
        warehouse_id=warehouse.winner,
        courier_id=courier.winner,
        expected_g=grams,
        freight=freight,
        freight_currency=currency,
        tariff_id=tariff,
        items=items,
        why=why,
    )
    return parcel, ()


def _nowhere(match: Match, order: Order, facts: Facts) -> tuple[Finding, ...]:
    """No warehouse, for another reason than stock or the shop: of those two screening tells already."""
    reasons = [loser.reason for loser in match.losers if loser.reason not in ("short", "not_serving", "disabled")]
    if not reasons or not covering(order, facts):
        return ()
    evidence = {"shop": facts.catalog.shops[order.shop_id].name, "tried": str(len(match.losers)), "why": reasons[0]}
    return (Finding(HoldCode.NO_WAREHOUSE, evidence),)


def reprice(desk: Desk, parcel: Parcel, grams: int) -> Parcel:
    """The parcel with the freight of what it really weighs; as it was where its contract has no price for that."""
    if parcel.courier_id is None or parcel.warehouse_id is None:
        return parcel
    order = desk.orders.get(parcel.order_ids[0])
    facts = Facts(desk.catalog, desk.policy, {}, {}, desk.now)
    ask = asked(order, parcel.warehouse_id, grams, facts, units_of(parcel))
    price = price_of(desk.catalog.couriers[parcel.courier_id], ask)
    if price is None:
        return parcel
    return replace(parcel, freight=price.total, freight_currency=price.currency, tariff_id=price.tariff_id or None)


def units_of(parcel: Parcel) -> dict[str, int]:
    """What the box should hold, by sku."""
    units = Counter[str]()
    for item in parcel.live_items:
        units[item.sku] += item.quantity
    return dict(units)


def nobody_carries(match: Match) -> Finding:
    """Why no courier takes a box: their e-waybill services failed, or nobody goes there with that."""
    errors = [loser.facts["error"] for loser in match.losers if loser.reason == "waybill_error"]
    if errors:
        return Finding(HoldCode.WAYBILL_ERROR, {"tried": str(len(match.losers)), "error": errors[0]})
    return Finding(HoldCode.NO_COURIER, {"tried": str(len(match.losers))})


def priced(courier: Match) -> tuple[int, str, int | None]:
    """(freight, currency, tariff id or None for the courier's simple terms) of a match that has a winner."""
    total, tariff = courier.quote["total"], courier.quote["tariff"]
    assert isinstance(total, int)
    assert isinstance(tariff, int)
    return total, str(courier.quote["currency"]), tariff or None


def screen_and_plan(order: Order, facts: Facts, parcel_id: int, desk: Desk) -> tuple[Order, Parcel | None]:
    """The order in review with its holds as they are now, and its plan."""
    if order.status is not OrderStatus.REVIEW:
        return order, None
    parcel, faults = plan(order, facts, parcel_id)
    holds = reconcile(order.holds, (*screen(order, facts), *faults), desk.now)
    return (order if holds == order.holds else replace(order, holds=holds)), parcel


def _same_plan(old: Parcel, new: Parcel) -> bool:
    return (old.items, old.warehouse_id, old.courier_id, old.expected_g, dict(old.why)) == (
        new.items,
        new.warehouse_id,
        new.courier_id,
        new.expected_g,
        dict(new.why),
    )


def refresh(desk: Desk, orders: Sequence[Order]) -> list[Order]:
    """Screen and plan orders that are stored already; save what changed. Returns them as they now stand.

    `orders` may carry changes not saved yet: they are saved here, once, whether or not screening changes more.
    """
    orders = [match_lines(order, desk.catalog) for order in orders]
    facts = load_facts(desk, orders)
    planned = {
        order_id: [p for p in parcels if p.state is ParcelState.PLANNED]
        for order_id, parcels in desk.parcels.of_orders([order.id for order in orders]).items()
    }
    result, added, changed = [], [], []
    for order in orders:
        new_order, parcel = screen_and_plan(order, facts, 0, desk)
        result.append(new_order)
        old = planned.get(order.id, [])
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
    desk.orders.save(result)
    return [replace(order, revision=order.revision + 1) for order in result]
