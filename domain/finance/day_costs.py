"""What the goods of orders cost, for the day's workbook (rules.md B13).

Surprising: goods that have left, in a parcel or over the counter, cost what they cost as they left their warehouse,
whatever the product's card says now; units that have not left are taken at the average of the warehouse they wait in,
and the row says so. A dropped line never leaves and costs nothing, nor does one that needs no shipping.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.desk import Desk
from domain.finance.day_report import CostBasis
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.orders import Order
from domain.stock import stock
from domain.stock.unit_costs import UnitCosts, unit_costs


@dataclass(frozen=True, slots=True)
class GoodsCost:
    """Minor units of `currency` and what they are made of; `basis` None when no unit has a cost."""

    amount: int
    currency: str
    basis: CostBasis | None


Left = Mapping[tuple[int, int], tuple[int, int]]


def goods_costs(desk: Desk, orders: Sequence[Order]) -> dict[int, GoodsCost]:
    """order id -> what its goods cost: a few reads for all of them."""
    owned = desk.parcels.of_orders({order.id for order in orders})
    boxes = {parcel.id: parcel for parcels in owned.values() for parcel in parcels}
    left = left_by_line(boxes.values(), desk.stock.sent_at(list(boxes)))
    left |= _over_the_counter(orders, desk.stock.issued([order.id for order in orders]))
    costs = unit_costs(desk, {line.sku for order in orders for line in order.lines if line.sku})
    waits = {
        (item.order_id, item.line_no): box.warehouse_id
        for box in boxes.values()
        for item in box.live_items
        if box.state not in (ParcelState.HANDED_OVER, ParcelState.CANCELLED)
    }
    return {order.id: _cost(desk, order, left, costs, waits) for order in orders}


def left_by_line(
    parcels: Collection[Parcel], sent: Mapping[tuple[int, str], tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """(order id, line no) -> (units, what they had cost). The lines that share a parcel's sku share its cost to the
    cent: together they get all of it."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    goods = _by_owner(sent)
    for parcel in parcels:
        wanted = [((item.order_id, item.line_no), item.sku, item.quantity) for item in parcel.live_items]
        for key, (now, worth) in _shared(wanted, goods.get(parcel.id, {})).items():
            units, value = found.get(key, (0, 0))
            found[key] = (units + now, value + worth)
    return found


def _over_the_counter(
    orders: Sequence[Order], issued: Mapping[tuple[int, str], tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """The same of goods that left without a parcel."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    goods = _by_owner(issued)
    for order in orders:
        wanted = [((order.id, line.line_no), line.sku, line.quantity) for line in order.lines if line.ships]
        found |= _shared(wanted, goods.get(order.id, {}))
    return found


def _by_owner(left: Mapping[tuple[int, str], tuple[int, int]]) -> dict[int, dict[str, tuple[int, int]]]:
    """Parcel or order -> sku -> (units, their cost)."""
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for (owner, sku), all_ in left.items():
        found.setdefault(owner, {})[sku] = all_
    return found


def _shared(
    wanted: Iterable[tuple[tuple[int, int], str | None, int]], sent: Mapping[str, tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Line -> (units, their cost): those of one sku share what left of it, in their order, to the cent."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    told = Counter[str]()
    for key, sku, quantity in wanted:
        all_units, all_value = sent.get(sku or "", (0, 0))
        before = told[sku or ""]
        now = min(before + quantity, all_units)
        if now > before:
            told[sku or ""] = now
            value = stock.share(all_value, now, all_units) - stock.share(all_value, before, all_units)
            found[key] = (now - before, value)
    return found


def _cost(
    desk: Desk, order: Order, left: Left, costs: UnitCosts, waits: Mapping[tuple[int, int], int | None]
) -> GoodsCost:
    known = [(line, desk.catalog.skus[line.sku]) for line in order.lines if line.sku]
    currency = known[0][1].currency if known else desk.catalog.company.currency
    amount = booked = waiting = 0
    for line, sku in known:
        units, value = left.get((order.id, line.line_no), (0, 0))
        rest = max(0, line.quantity - units) if line.ships else 0
        rest_costs = costs.of(sku, rest, waits.get((order.id, line.line_no)))
        amount, booked, waiting = amount + value + rest_costs, booked + units, waiting + rest
    return GoodsCost(amount, currency, _basis(booked, waiting))


def _basis(booked: int, waiting: int) -> CostBasis | None:
    if booked and waiting:
        return CostBasis.PARTLY
    if booked:
        return CostBasis.LEFT
    return CostBasis.EXPECTED if waiting else None
