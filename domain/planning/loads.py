"""What a box carries, for matching and for its price: built in this one place, from its goods (rules.md B5, B6, B10).

Surprising: what the goods are worth is asked only where a contract takes a fee for it. Orders that ask the same of
matching share one answer, and hardly two orders are worth the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from domain.floor.parcels import Item
from domain.money import Sums, sums
from domain.orders.catalog import Catalog
from domain.orders.orders import Order
from domain.planning.splitting import units_of, value_of
from domain.planning.tariffs import Load, SurchargeKind
from domain.policy.policy import Policy
from domain.review.screening import Facts


def grams_of(units: Mapping[str, int], catalog: Catalog, policy: Policy) -> int:
    """Goods plus packaging, or 0 when a weight is not known yet (rules.md B9: no check, learn instead)."""
    weights = [(catalog.skus[sku].weight_g, count) for sku, count in units.items()]
    if not weights or any(grams == 0 for grams, _ in weights):
        return 0
    return sum(grams * count for grams, count in weights) + policy.packaging_g


def load_of(orders: Collection[Order], items: Sequence[Item], facts: Facts, grams: int | None = None) -> Load:
    """The load of a box with these goods of these orders. `grams` is what it weighs, where that is known better than
    from its goods (0 = nobody knows)."""
    units = units_of(items)
    key = ("load", grams, *units.items())
    load = facts.memo.get(key)
    if not isinstance(load, Load):
        load = facts.memo[key] = _goods(units, grams, facts)
    collected = sums((order.currency, order.at_door) for order in orders)
    value = worth(orders, items) if _insured(facts) else ()
    return replace(load, value=value, collected=collected) if value or collected else load


def worth(orders: Collection[Order], items: Sequence[Item]) -> Sums:
    """What the goods of these orders are worth."""
    mine = ((order, [item for item in items if item.order_id == order.id]) for order in orders)
    return sums((order.currency, value_of(order, inside)) for order, inside in mine)


def _goods(units: Mapping[str, int], grams: int | None, facts: Facts) -> Load:
    skus = [(facts.catalog.skus[sku], count) for sku, count in units.items()]
    sizes = [(sku.length_mm * sku.width_mm * sku.height_mm, count) for sku, count in skus]
    mm3 = sum(size * count for size, count in sizes) if all(size for size, _ in sizes) else 0
    longest = max((max(sku.length_mm, sku.width_mm, sku.height_mm) for sku, _ in skus), default=0)
    traits = frozenset(trait for sku, _ in skus for trait in sku.traits)
    weight = grams_of(units, facts.catalog, facts.policy) if grams is None else grams
    return Load(weight, mm3, longest, traits, units=units)


def _insured(facts: Facts) -> bool:
    """Whether any contract takes a fee for what goods are worth."""
    key = "insured"
    if key not in facts.memo:
        every = (tariff for versions in facts.catalog.tariffs.values() for tariff in versions)
        kinds = (extra.kind for tariff in every for extra in tariff.surcharges)
        facts.memo[key] = SurchargeKind.INSURED in kinds
    return bool(facts.memo[key])
