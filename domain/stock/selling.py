"""Available to sell (可售): what shops may still offer of a product, over all warehouses (rules.md B13).

Surprising: it is not what may be shipped. Goods that are not on sale yet count, because presale is sold before it may
leave; held and unpaid orders take away, though they have claimed nothing; and it may be below zero: more is promised
than there is. The house keeps no purchase orders, so what is bought counts from the moment it is scanned in.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from domain.desk import Desk
from domain.stock import bins
from domain.stock.stock_book import Wanted
from domain.stock.stock_docs import DocKind

_NOT_FOR_SALE = frozenset({"material", "virtual"})


@dataclass(frozen=True, slots=True)
class Sellable:
    """Units of one product. `ship`: available to ship; `shelf`: free and fresh, on sale or not; `coming` is on its way
    or being received, `leaving` is scanned to go to another warehouse; `counts_coming` says whether what comes is to
    sell, `locks_unpaid` whether unpaid orders keep their goods."""

    sku: str
    ship: int = 0
    shelf: int = 0
    wanted: Wanted = field(default_factory=Wanted)
    safety: int = 0
    coming: int = 0
    leaving: int = 0
    counts_coming: bool = False
    locks_unpaid: bool = False
    off: bool = False

    @property
    def sell(self) -> int:
        """Available to sell. What goes to another warehouse is sold from there once it counts as coming. Of what is
        `off`, no longer sold, nothing; but what is promised beyond what there is stays visible."""
        promised = self.wanted.review + self.wanted.owed + (self.wanted.unpaid if self.locks_unpaid else 0)
        moved = self.coming if self.counts_coming else -self.leaving
        left = self.shelf - promised - self.safety + moved
        return min(0, left) if self.off else left


def sellable(desk: Desk, skus: Collection[str] | None) -> dict[str, Sellable]:
    """sku -> what is to ship and to sell of it, of these or (None) of all there is or anybody wants: a fixed number of
    queries, however many. Packing material is not for sale, and what needs no shipping never
    runs out."""
    levels = desk.stock.levels(skus)
    wanted, doors = desk.orders.wanted(skus), desk.stock_docs.at_the_door(skus)
    known = set(skus) if skus is not None else {sku for _, sku in levels} | set(wanted)
    known = {
        sku for sku in known if sku in desk.catalog.skus and _NOT_FOR_SALE.isdisjoint(desk.catalog.skus[sku].traits)
    }
    old, rules = bins.stale(desk, known), desk.policy.stock
    off = bins.withheld(desk, known)
    open_now = {place.id for place in desk.catalog.warehouses.values() if place.enabled}
    shelf, coming = dict.fromkeys(known, 0), dict.fromkeys(known, 0)
    for (place, sku), level in levels.items():
        if sku in known and place in open_now:
            shelf[sku] += level.free - old.get((place, sku), 0)
            coming[sku] += level.in_transit
    return {
        sku: Sellable(
            sku,
            0 if sku in off else shelf[sku],
            shelf[sku],
            wanted.get(sku, Wanted()),
            rules.safety_of.get(sku, rules.safety),
            coming[sku] + doors.get((DocKind.RECEIPT, sku), 0),
            doors.get((DocKind.TRANSFER, sku), 0),
            rules.sell_coming,
            rules.lock_unpaid,
            not desk.catalog.skus[sku].enabled,
        )
        for sku in sorted(known)
    }
