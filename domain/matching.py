"""Which warehouse and which courier, and why the others lost (rules.md B5, B6).

Surprising: the losers are part of the answer. They are stored with the parcel, so `/why` quotes the decision as it
was made, not as it would be made now.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.catalog import Courier, Warehouse
from domain.orders import Order
from domain.screening import Facts, wanted


@dataclass(frozen=True, slots=True)
class Loser:
    """A candidate that lost: the reason is a code, `facts` fill its text."""

    name: str
    reason: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """The winner's id (None: nobody could) and everybody else."""

    winner: int | None
    name: str
    because: str
    losers: tuple[Loser, ...]

    def as_data(self) -> dict[str, object]:
        """For the parcel's `why`."""
        lost = [{"name": loser.name, "reason": loser.reason, "facts": dict(loser.facts)} for loser in self.losers]
        return {"won": self.name, "because": self.because, "lost": lost}


def _warehouse_fault(warehouse: Warehouse, order: Order, units: Mapping[str, int], facts: Facts) -> Loser | None:
    if warehouse.shops is not None and order.shop_id not in warehouse.shops:
        return Loser(warehouse.name, "not_serving", {"shop": facts.catalog.shops[order.shop_id].name})
    for sku, need in sorted(units.items()):
        free = facts.free.get((warehouse.id, sku), 0)
        if free < need:
            return Loser(warehouse.name, "short", {"sku": sku, "free": str(free), "need": str(need)})
    return None


def match_warehouse(order: Order, facts: Facts) -> Match:
    """Serves the shop and has every unit; then the receiver's province, then priority."""
    units = wanted(order)
    losers: list[Loser] = []
    able: list[Warehouse] = []
    for warehouse in facts.catalog.warehouses.values():
        fault = _warehouse_fault(warehouse, order, units, facts)
        if fault:
            losers.append(fault)
        else:
            able.append(warehouse)
    if not able:
        return Match(None, "", "", tuple(losers))
    province = order.receiver.province

    def near(warehouse: Warehouse) -> bool:
        return bool(province) and province.startswith(warehouse.province)

    able.sort(key=lambda warehouse: (not near(warehouse), warehouse.priority, warehouse.id))
    best = able[0]
    because = "only" if len(able) == 1 else "near" if near(best) else "priority"
    reason = "farther" if near(best) else "lower_priority"
    losers += [Loser(other.name, reason, {"priority": str(other.priority)}) for other in able[1:]]
    return Match(best.id, best.name, because, tuple(losers))


def _courier_fault(courier: Courier, order: Order, warehouse_id: int, grams: int) -> Loser | None:
    country, province = order.receiver.country, order.receiver.province
    if country and country not in courier.countries:
        return Loser(courier.name, "country", {"country": country})
    if courier.warehouses is not None and warehouse_id not in courier.warehouses:
        return Loser(courier.name, "no_pickup", {})
    if any(province.startswith(place) for place in courier.excluded):
        return Loser(courier.name, "unreachable", {"province": province})
    if grams > courier.max_g:
        return Loser(courier.name, "too_heavy", {"grams": str(grams), "max": str(courier.max_g)})
    return None


def match_courier(order: Order, warehouse_id: int, grams: int, facts: Facts) -> Match:
    """Reaches the receiver, carries the weight; then the cheapest freight, then priority. `grams` 0 = not known."""
    losers: list[Loser] = []
    able: list[Courier] = []
    for courier in facts.catalog.couriers.values():
        fault = _courier_fault(courier, order, warehouse_id, grams)
        if fault:
            losers.append(fault)
        else:
            able.append(courier)
    if not able:
        return Match(None, "", "", tuple(losers))
    able.sort(key=lambda courier: (courier.freight(grams), courier.priority, courier.id))
    best = able[0]
    losers += [
        Loser(other.name, "dearer", {"freight": str(other.freight(grams)), "currency": other.currency})
        for other in able[1:]
    ]
    return Match(best.id, best.name, "only" if len(able) == 1 else "cheapest", tuple(losers))
