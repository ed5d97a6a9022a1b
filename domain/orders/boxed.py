"""What an order wants beside what lies in its boxes.

Surprising: goods are compared, not line numbers. Platforms tell the same goods again under new lines, and a line that
kept its number may mean other goods.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.floor.parcels import Parcel, ParcelState
from domain.orders import kits
from domain.orders.catalog import Catalog
from domain.orders.orders import Order

SAME = "="
_TOLD = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """Units of one product that lie in the order's boxes, and that it wants. `name` is its sku, or what the shop calls
    it where we have none."""

    name: str
    inside: int
    wanted: int


def gaps(order: Order, boxes: Sequence[Parcel], catalog: Catalog) -> list[Gap]:
    """The goods of which the order wants more or less than lies in its boxes, what has left included."""
    inside: Counter[str] = Counter()
    for box in boxes:
        if box.state is not ParcelState.CANCELLED:
            for item in box.live_items:
                if item.order_id == order.id:
                    inside[item.sku] += item.quantity
    wanted: Counter[str] = Counter()
    for line in kits.matched(order, catalog).shippable:
        wanted[line.sku or catalog.sku_of(order.shop_id, line.known_as) or line.known_as] += line.quantity
    names = sorted({*inside, *wanted})
    return [Gap(name, inside[name], wanted[name]) for name in names if inside[name] != wanted[name]]


def differ(order: Order, news: Order, boxes: Sequence[Parcel], catalog: Catalog) -> bool:
    """Whether these boxes are right, or wrong, in another way for the order as it is told now."""
    return gaps(order, boxes, catalog) != gaps(news, boxes, catalog)


def missing(order: Order, boxes: Sequence[Parcel], catalog: Catalog) -> list[Gap]:
    """Goods of the order that lie in no box of it, or not all of them. Nothing while it has no box."""
    if all(box.state is ParcelState.CANCELLED for box in boxes):
        return []
    return [gap for gap in gaps(order, boxes, catalog) if gap.inside < gap.wanted]


def told(found: Iterable[Gap]) -> str:
    """`CUP-01 × 2 → 3; + CUP-02 × 1; − TEA-01 × 1`, the same in every language; SAME when nothing differs."""
    return "; ".join(map(_one, found))[:_TOLD] or SAME


def _one(gap: Gap) -> str:
    if not gap.inside:
        return f"+ {gap.name} × {gap.wanted}"
    return f"{gap.name} × {gap.inside} → {gap.wanted}" if gap.wanted else f"− {gap.name} × {gap.inside}"
