"""What a policy would change, before it counts: every order in review screened and planned under it, nothing written.

Surprising: "before" is what is stored, holds and boxes as people see them now; so the verdict also names what the
present policy would change by itself at the next look.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from domain.desk import Desk
from domain.holds import HoldCode, open_codes
from domain.orders import Order
from domain.parcels import Parcel, ParcelState
from domain.planning import arrange, companions, load_facts, prepared
from domain.policy import Policy

SHOWN = 5


@dataclass(slots=True)
class Verdict:
    """Counts of orders, and the first few of each kind by number. `holds` and `frees` by code: the orders that would
    be held by it, or no longer be. `moved`: another warehouse, courier or company in the box."""

    looked: int = 0
    held: int = 0
    freed: int = 0
    moved: int = 0
    holds: Counter[HoldCode] = field(default_factory=Counter)
    frees: Counter[HoldCode] = field(default_factory=Counter)
    first_held: list[str] = field(default_factory=list)
    first_freed: list[str] = field(default_factory=list)
    first_moved: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """One more part of the orders."""
        for name in ("looked", "held", "freed", "moved"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.holds += other.holds
        self.frees += other.frees
        for name in ("first_held", "first_freed", "first_moved"):
            setattr(self, name, [*getattr(self, name), *getattr(other, name)][:SHOWN])

    @property
    def changes(self) -> bool:
        """Whether any order would stand otherwise."""
        return bool(self.held or self.freed or self.moved or self.holds or self.frees)


def compare(desk: Desk, policy: Policy, order_ids: Collection[int]) -> Verdict:
    """The verdict over these orders in review (others are passed over). Reads only."""
    found = [prepared(order, desk.catalog, policy) for order in desk.orders.many(order_ids).values()]
    everyone = [*found, *companions(desk, found)]
    arranged = arrange(everyone, load_facts(desk, everyone, policy))
    stored = desk.parcels.of_orders([order.id for order in found])
    before = {oid: {_box(p) for p in boxes if p.state is ParcelState.PLANNED} for oid, boxes in stored.items()}
    after: dict[int, set[object]] = {}
    for parcel in arranged.parcels:
        for order_id in parcel.order_ids:
            after.setdefault(order_id, set()).add(_box(parcel))
    verdict = Verdict()
    for was, now in zip(found, arranged.orders, strict=False):
        _judge(verdict, was, now)
        if before.get(was.id, set()) != after.get(was.id, set()) and not now.held and not was.held:
            verdict.moved += 1
            verdict.first_moved.append(was.number)
    return verdict


def _box(parcel: Parcel) -> object:
    return parcel.warehouse_id, parcel.courier_id, tuple(sorted(parcel.order_ids)), len(parcel.items)


def _judge(verdict: Verdict, was: Order, now: Order) -> None:
    """One order's holds."""
    verdict.looked += 1
    old, new = set(open_codes(was.holds)), set(open_codes(now.holds))
    verdict.holds.update(new - old)
    verdict.frees.update(old - new)
    if now.held and not was.held:
        verdict.held += 1
        verdict.first_held.append(was.number)
    elif was.held and not now.held:
        verdict.freed += 1
        verdict.first_freed.append(was.number)
