"""Questions to matching in few words: the order's own goods, or so many units by sku."""

from collections.abc import Mapping

from domain.floor.parcels import Item
from domain.orders.orders import Order
from domain.planning import couriers, matching
from domain.planning.loads import load_of
from domain.planning.match import Match
from domain.planning.splitting import items_of
from domain.planning.tariffs import Load
from domain.review.screening import Facts


def carrying(order: Order, facts: Facts, grams: int | None = None, units: Mapping[str, int] | None = None) -> Load:
    items = items_of(order)
    if units is not None:
        items = tuple(Item(order.id, no, sku, sku, count) for no, (sku, count) in enumerate(units.items(), 1))
    return load_of([order], items, facts, grams)


def match_courier(
    order: Order, warehouse_id: int, grams: int, facts: Facts, units: Mapping[str, int] | None = None
) -> Match:
    load = carrying(order, facts, grams, units)
    return couriers.match_courier(couriers.asked(order, warehouse_id, load, facts))


def match_warehouse(order: Order, facts: Facts, units: Mapping[str, int] | None = None) -> Match:
    return matching.match_warehouse(order, carrying(order, facts, None, units), facts)
