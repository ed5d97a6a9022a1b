"""Which warehouse sends an order, and why the others do not (rules.md B5).

Surprising: freight is a reason to take one warehouse over another, so the courier is looked for from every warehouse
that can send at all; the answers are remembered and cost the plan nothing more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.addresses.reach import Area, distance, most_specific, spot_of
from domain.orders.catalog import Warehouse
from domain.orders.orders import Order
from domain.planning.couriers import Ask, asked, match_courier, rank
from domain.planning.field_rules import FieldRule, applies
from domain.planning.match import Candidate, Fault, Loser, Match, Point, decide, favours, ruled_out
from domain.planning.tariffs import Load
from domain.planning.wishes import Wishes, warehouse_of, wishes_of
from domain.review.screening import Facts

_NEAR = ("near_city", "near", "near_region", "near_region")
_FAR = ("other_city", "other_city", "farther", "farther")
_MOST = 1_000_000
_KINDS = 5


def match_warehouse(order: Order, load: Load, facts: Facts) -> Match:
    """Who can send the whole load: the promise, then freight, nearness, stock, preference decide. Never cached: stock
    goes down with every order."""
    choices = facts.policy.matching
    ask = asked(order, 0, load, facts)
    rules = tuple(rule for rule in choices.warehouse_rules if applies(rule, order)) if choices.warehouse_rules else ()
    losers: list[Loser] = []
    able: list[Candidate] = []
    for warehouse in facts.catalog.warehouses.values():
        fault = (
            _standing(warehouse, order, facts)
            or _chosen(warehouse, ask.wishes, rules, facts)
            or _reach(warehouse, order, load.grams, facts)
            or _stock(warehouse, load.units, facts)
        )
        if fault:
            losers.append(Loser(warehouse.name, *fault))
        else:
            able.append(Candidate(warehouse.id, warehouse.code, warehouse.name))
    points = _points(ask, able) if len(able) > 1 else {one.id: () for one in able}
    found = decide(able, losers, favours(rules, able), points)
    return found.told(_inputs(ask))


def _inputs(ask: Ask) -> dict[str, str]:
    to, wishes = ask.order.receiver, ask.wishes
    found = {
        "units": _units(ask.load.units),
        "grams": ask.load.grams,
        "place": "/".join(part for part in (to.province, to.city) if part),
        "warehouse": wishes.warehouse,
        "promise": wishes.ship_by.isoformat() if wishes.ship_by else "",
    }
    return {name: str(value) for name, value in found.items() if value}


def _units(units: Mapping[str, int]) -> str:
    """The first goods, and how many other kinds there are: `CUP×1, TEA×2, +7`."""
    shown = [f"{sku}×{count}" for sku, count in sorted(units.items())]
    return ", ".join(shown[:_KINDS] + [f"+{len(shown) - _KINDS}"] * (len(shown) > _KINDS))


def not_from(warehouse: Warehouse, order: Order, grams: int, facts: Facts) -> Fault | None:
    """Why it may not send this order now, whatever it has: the platform or a rule asks for another, or it does not
    reach the place. None when it may."""
    choices = facts.policy.matching
    rules = tuple(rule for rule in choices.warehouse_rules if applies(rule, order))
    return _chosen(warehouse, wishes_of(order, choices), rules, facts) or _reach(warehouse, order, grams, facts)


def _standing(warehouse: Warehouse, order: Order, facts: Facts) -> Fault | None:
    if not warehouse.enabled:
        return "disabled", {}
    if not warehouse.serves(order.shop_id):
        return "not_serving", {"shop": facts.catalog.shops[order.shop_id].name}
    return None


def _chosen(warehouse: Warehouse, wishes: Wishes, rules: Sequence[FieldRule], facts: Facts) -> Fault | None:
    """The platform's warehouse binds, if we have it (screening holds one that is none of ours); then the company's own
    must-rules."""
    if wishes.warehouse:
        asked = warehouse_of(wishes.warehouse, facts.catalog.warehouses.values(), facts.policy.matching)
        if asked and warehouse.code != asked:
            return "elsewhere", {"asked": wishes.warehouse}
    return ruled_out(rules, warehouse.code)


def _reach(warehouse: Warehouse, order: Order, grams: int, facts: Facts) -> Fault | None:
    area = _area(warehouse, order, facts) if warehouse.areas else None
    if area is None:
        return None
    if not area.arrives:
        return "unreachable", {"province": area.name}
    if area.max_g and grams > area.max_g:
        return "too_heavy", {"grams": str(grams), "max": str(area.max_g)}
    if 0 < grams < area.min_g:
        return "too_light", {"grams": str(grams), "min": str(area.min_g)}
    return None


def _area(warehouse: Warehouse, order: Order, facts: Facts) -> Area | None:
    """The entry of the warehouse's list that decides; looked for once a place."""
    key = ("area", warehouse.id, order.receiver.country, spot_of(order.receiver))
    if key not in facts.memo:
        facts.memo[key] = most_specific(warehouse.areas, order.receiver)
    found = facts.memo[key]
    return found if isinstance(found, Area) else None


def _stock(warehouse: Warehouse, units: Mapping[str, int], facts: Facts) -> Fault | None:
    for sku, need in sorted(units.items()):
        free = facts.free.get((warehouse.id, sku), 0)
        if free < need:
            return "short", {"sku": sku, "free": str(free), "need": str(need)}
    return None


def departs(warehouse: Warehouse, now: datetime, zone: str) -> datetime:
    """When a parcel released now leaves: at once without a cut-off, else at the next one (company's clock)."""
    if not warehouse.cutoff:
        return now
    here = now.astimezone(ZoneInfo(zone))
    leaves = datetime.combine(here.date(), time.fromisoformat(warehouse.cutoff), here.tzinfo)
    return leaves if here <= leaves else leaves + timedelta(days=1)


def _late(warehouse: Warehouse, wishes: Wishes, facts: Facts) -> bool:
    """Whether its cut-off misses the promise. When all miss it, it decides nothing: late is better than never."""
    if wishes.ship_by is None or facts.now is None:
        return False
    return departs(warehouse, facts.now, facts.catalog.company.zone) > wishes.ship_by


def _points(ask: Ask, able: Sequence[Candidate]) -> dict[int, list[Point]]:
    """Default last, then promise, a courier at all, freight, nearness, stock cover, preference."""
    couriers = {one.id: match_courier(ask.at(one.id)) for one in able}
    compared = len({match.quote.currency for match in couriers.values() if match.quote}) <= 1
    warehouses = ask.facts.catalog.warehouses
    return {place: _warehouse_points(warehouses[place], ask, match, compared) for place, match in couriers.items()}


def _warehouse_points(warehouse: Warehouse, ask: Ask, courier: Match, compared: bool) -> list[Point]:
    facts = ask.facts
    far = distance(warehouse.province, warehouse.city, ask.order.receiver)
    covers = (facts.free.get((warehouse.id, sku), 0) * 1000 // need for sku, need in ask.load.units.items())
    cover = min(covers, default=0)
    preference = {"priority": str(warehouse.priority)}
    lacks, amount, cost = rank(courier.quote, compared=compared)
    return [
        Point("not_default", "is_default", int(warehouse.fallback)),
        Point("promise", "late", int(_late(warehouse, ask.wishes, facts)), {"cutoff": warehouse.cutoff}),
        Point("reachable", "no_courier", int(courier.winner is None)),
        Point("priced", "unpriced_from", lacks, cost),
        Point("cheapest", "dearer_from", amount, cost),
        Point(_NEAR[far], _FAR[far], far, preference),
        Point("stock", "less_stock", -min(cover, _MOST), {"cover": str(cover // 1000)}),
        Point("priority", "lower_priority", warehouse.priority, preference),
    ]
