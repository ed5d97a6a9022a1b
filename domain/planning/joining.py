"""Which of the orders that may travel together do: as many as one box, one warehouse and one courier take (B3).

Surprising: the largest set is not looked for. The oldest order opens a box, each next one goes into the first box where
it fits. Where leaving one out is enough that makes two boxes too: every box without that one has room for all others.
And a younger order never takes a box apart that stood before it came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.orders.orders import Order
from domain.planning.plans import Plan, plan
from domain.review.screening import Facts


@dataclass(slots=True)
class _Company:
    """Orders of one box, and why each of the boxes before it did not take them."""

    orders: list[Order]
    plan: Plan
    refused: list[Mapping[str, object]] = field(default_factory=list)


def joined(group: Sequence[Order], facts: Facts) -> list[tuple[list[Order], Plan]]:
    """The group, oldest first, as those who travel together, each with its plan; the boxes say who was left out of
    them and why."""
    whole = plan(group, facts)
    if len(group) == 1 or whole.parcels:
        return [(list(group), whole)]
    found: list[_Company] = []
    for order in group:
        refused = []
        for company in found:
            both = [*company.orders, order]
            tried = whole if len(both) == len(group) else plan(both, facts)
            if tried.parcels:
                company.orders, company.plan = both, tried
                break
            refused.append(tried.refused)
        else:
            found.append(_Company([order], plan([order], facts), refused))
    return [(one.orders, _told(at, found)) for at, one in enumerate(found)]


def _told(at: int, found: Sequence[_Company]) -> Plan:
    """The plan of one of them, its boxes with who is in none of them and why."""
    others = [
        {"orders": [order.number for order in other.orders], **found[max(at, number)].refused[min(at, number)]}
        for number, other in enumerate(found)
        if number != at
    ]
    mine = found[at].plan
    return replace(mine, parcels=tuple(replace(box, why={**box.why, "not_with": others}) for box in mine.parcels))
