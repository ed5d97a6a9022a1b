"""What of an order can go when not all of its goods are there (rules.md B4, 4 and 5). Pure.

Surprising: goods of a presale trait are not there while the trait stands, whatever the shelves hold (`bins.to_ship`).
So presale and shortage are one question; only the least value is not asked where nothing but presale goods are missing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.floor.parcels import Item
from domain.money import apportion
from domain.orders.catalog import Catalog, Sku
from domain.orders.kits import folded
from domain.orders.orders import Order
from domain.planning.splitting import SHIPS_PARTS, from_places, sealed
from domain.planning.splitting import gifts as gifts_of
from domain.policy.policy import of_currency
from domain.policy.policy_sections import Split

PRESALE, SHORTAGE = "presale", "shortage"
Free = Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Parting:
    """What goes now and what is owed, by which rule; `why_not` is a code of why all of it waits, '' where the policy
    does not ask. `facts` are what was looked at: value of the part and of the whole (minor units), the least amount
    and percent, the platform, the missing goods."""

    now: tuple[Item, ...] = ()
    owed: tuple[Item, ...] = ()
    rule: str = ""
    why_not: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, str]:
        """Why it is not parted, as evidence of a hold; empty where nobody asked."""
        return {"part": self.why_not, **self.facts} if self.why_not else {}


def presale(sku: Sku, choices: Split) -> bool:
    """Whether the goods are not on sale yet."""
    return not sku.traits.isdisjoint(choices.presale)


def parting(
    order: Order, items: Sequence[Item], places: Sequence[int], free: Free, catalog: Catalog, choices: Split
) -> Parting:
    """What of these goods, which nobody has all of, can go from these warehouses now."""
    if not choices.shortage and not choices.presale:
        return Parting()
    gifts, skus = gifts_of(order), catalog.skus
    fold = folded(order, items, skus, free)
    now, owed = _divided(fold.items if fold else items, gifts, places, free, fold.parts if fold else {})
    if fold:
        now, owed = fold.unfolded(now), fold.unfolded(owed)
    rule = PRESALE if all(presale(skus[item.sku], choices) for item in owed) else SHORTAGE
    if rule == SHORTAGE and not choices.shortage:
        return Parting()
    facts = _facts(order, items, now, owed, choices, rule)
    why_not = (
        _only_gifts(now, gifts, "nothing")
        or _sealed(order, choices)
        or _only_gifts(owed, gifts, "gifts")
        or _small(facts)
        or ("" if from_places(order, now, places, free, catalog) else "pieces")
    )
    return Parting((), (), rule, why_not, facts) if why_not else Parting(now, owed, rule, "", facts)


def _divided(
    items: Sequence[Item], gifts: Collection[int], places: Sequence[int], free: Free, kits: Mapping[str, Sequence[Item]]
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Of each line as many units as one warehouse has, goods before gifts; the money of a divided line goes with its
    units. `kits` are what an imagined product is made of."""
    left = dict(free)
    now: dict[int, Item] = {}
    owed: dict[int, Item] = {}
    for at in sorted(range(len(items)), key=lambda at: items[at].line_no in gifts):
        item = items[at]
        needs = [(part.sku, part.quantity) for part in kits.get(item.sku, ())] or [(item.sku, 1)]
        rooms = {
            place: min(item.quantity, *(max(0, left.get((place, sku), 0)) // each for sku, each in needs))
            for place in places
        }
        place = max(places, key=lambda place: rooms[place])
        units = rooms[place]
        for sku, each in needs:
            left[place, sku] = left.get((place, sku), 0) - units * each
        paid = sum(apportion(item.paid, [1] * item.quantity)[:units])
        if units:
            now[at] = replace(item, quantity=units, paid=paid)
        if units < item.quantity:
            owed[at] = replace(item, quantity=item.quantity - units, paid=item.paid - paid)
    return tuple(now[at] for at in sorted(now)), tuple(owed[at] for at in sorted(owed))


def _facts(
    order: Order, items: Sequence[Item], now: Sequence[Item], owed: Sequence[Item], choices: Split, rule: str
) -> dict[str, str]:
    """What the decision looks at. Presale goods ask for no least value, only for some."""
    least = of_currency(choices.shortage_least, order.currency) if rule == SHORTAGE else 1
    percent = choices.shortage_percent if rule == SHORTAGE else 0
    return {
        "value": str(sum(item.paid for item in now)),
        "total": str(sum(item.paid for item in items)),
        "least": str(least),
        "percent": str(percent),
        "platform": order.platform,
        "missing": ", ".join(f"{item.sku}×{item.quantity}" for item in owed[:5]),
    }


def _sealed(order: Order, choices: Split) -> str:
    """Why this order is never parted, whatever is missing."""
    return sealed(order, choices) or ("" if order.platform in SHIPS_PARTS else "platform")


def _only_gifts(items: Sequence[Item], gifts: Collection[int], why_not: str) -> str:
    """Gifts never travel by themselves, neither first nor later."""
    return why_not if all(item.line_no in gifts for item in items) else ""


def _small(facts: Mapping[str, str]) -> str:
    value, total = int(facts["value"]), int(facts["total"])
    if value <= 0 or value < int(facts["least"]):
        return "little"
    return "share" if value * 100 < int(facts["percent"]) * total else ""
