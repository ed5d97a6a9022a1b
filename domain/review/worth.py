"""What an order is worth: amounts, counts, prices and margin out of their usual range (rules.md B2).

Surprising: a cost is held against a price only in one currency; where they differ nothing is said. A margin is that of
the parcel: orders that travel together share its freight, so neither is judged alone. It counts what the goods have
cost where they lie; the floor of a price counts the card, which a purchase does not move (docs/decisions/0017).
"""

from collections.abc import Iterator, Mapping, Sequence

from domain.orders import kits
from domain.orders.catalog import Catalog
from domain.orders.orders import Line, Order
from domain.policy.policy import Policy
from domain.review.holds import Finding, HoldCode


def worth(order: Order, policy: Policy, catalog: Catalog) -> Iterator[Finding]:
    """AMOUNT_RANGE, QTY_RANGE, KIND_RANGE, PRICE_LOW of one order."""
    low, high = policy.amounts(order.currency)
    amount = order.stake
    if not low <= amount <= high:
        limits = {"low": str(low), "high": str(high)}
        yield Finding(HoldCode.AMOUNT_RANGE, {"paid": str(amount), **limits, "currency": order.currency})
    choices, lines = policy.screening, order.shippable
    units, kinds = sum(line.quantity for line in lines), len({line.sku or line.known_as for line in lines})
    if units > choices.most_units:
        yield Finding(HoldCode.QTY_RANGE, {"units": str(units), "most": str(choices.most_units)})
    if kinds > choices.most_kinds:
        yield Finding(HoldCode.KIND_RANGE, {"kinds": str(kinds), "most": str(choices.most_kinds)})
    if choices.price_floor_percent:
        yield from _cheap(order, lines, choices.price_floor_percent, catalog)


def _cheap(order: Order, lines: tuple[Line, ...], percent: int, catalog: Catalog) -> Iterator[Finding]:
    """The first line sold under the floor, a set as one. A line whose price was not told (0) or a gift says nothing."""
    for parts in kits.groups(lines):
        line = kits.whole(parts)
        skus = [(catalog.skus.get(part.sku or ""), part.quantity) for part in parts]
        costs = [sku.cost * units for sku, units in skus if sku is not None and sku.currency == order.currency]
        if len(costs) < len(skus) or not all(costs) or not line.amount:
            continue
        cost = sum(costs)
        if line.amount * 100 < cost * percent:
            price, least = line.amount // line.quantity, -(-cost * percent // (100 * line.quantity))
            facts = {"sku": line.sku or "", "price": str(price), "floor": str(least), "currency": order.currency}
            yield Finding(HoldCode.PRICE_LOW, facts)
            return


def margin(
    orders: Sequence[Order], cost: int, freight: int, freight_currency: str, policy: Policy, catalog: Catalog
) -> dict[str, str] | None:
    """What orders that travel together leave over, less what their goods cost and their one estimated freight (minor
    units), as evidence; None where it is not asked or cannot be told."""
    percent, currency = policy.screening.margin_percent, orders[0].currency
    paid = sum(order.paid for order in orders)
    if percent < 0 or paid <= 0 or {freight_currency} != {order.currency for order in orders}:
        return None
    for line in (line for order in orders for line in order.shippable):
        sku = catalog.skus.get(line.sku or "")
        if sku is None or sku.currency != currency:
            return None
    left = paid - sum(order.refunded for order in orders) - cost - freight
    facts = {"left": str(left), "paid": str(paid), "least": str(percent), "currency": currency}
    facts |= {"cost": str(cost), "freight": str(freight)}
    return facts if len(orders) == 1 else {**facts, "orders": ", ".join(order.number for order in orders)}


def thin(margin: Mapping[str, str]) -> bool:
    """Whether too little is left over."""
    return int(margin["left"]) * 100 < int(margin["least"]) * int(margin["paid"])
