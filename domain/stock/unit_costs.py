"""What units that have not left yet will cost: the moving average of where they lie (rules.md B13).

Surprising: the product's card is asked last. It says what somebody planned to pay; the stock says what was paid.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from domain.desk import Desk
from domain.orders.catalog import Sku
from domain.stock import stock
from domain.stock.stock import Bucket


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """(warehouse, sku) -> (good units, what they have cost in minor units of the sku's currency)."""

    lots: Mapping[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    everywhere: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, sku: Sku, units: int, warehouse_id: int | None = None) -> int:
        """Minor units: at the average of the warehouse, else of all warehouses together, else at the card."""
        here = self.lots.get((warehouse_id, sku.code)) if warehouse_id is not None else None
        there, worth = here or self.everywhere.get(sku.code, (0, 0))
        return stock.share(worth * units, 1, there) if there else sku.cost * units


def unit_costs(desk: Desk, skus: Collection[str]) -> UnitCosts:
    """The averages of these skus, two queries for all. Units that have cost nothing count as of unknown cost."""
    values, levels = desk.stock.values(skus), desk.stock.levels(skus)
    lots = {
        key: (level.good, worth)
        for key, level in levels.items()
        if level.good and (worth := values.get((*key, Bucket.GOOD.value), 0))
    }
    everywhere: dict[str, tuple[int, int]] = {}
    for (_, sku), (units, worth) in lots.items():
        before, paid = everywhere.get(sku, (0, 0))
        everywhere[sku] = (before + units, paid + worth)
    return UnitCosts(lots, everywhere)
