"""What a policy would mean for orders that are approved and in no wave yet: which courier carries them, and when they
are due.

Surprising: most of it changes nothing. An approval stands: holds are not looked for again, the warehouse has the goods
claimed, and a courier that still carries the box keeps it, be another cheaper. Only a courier that may not carry it any
more is replaced, when the wave is made (`recheck`); so it is said apart what will happen and what will not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.orders import Order, OrderStatus
from domain.planning.couriers import match_courier
from domain.planning.planning import courier_facts, load_facts, prepared
from domain.planning.plans import margin_of
from domain.policy.policy import Policy
from domain.review import recheck
from domain.review.holds import HoldCode
from domain.review.screening import Facts, screen
from domain.review.worth import thin

SHOWN = 5
STATUSES = (OrderStatus.APPROVED, OrderStatus.RELEASED)
_OF_THE_GOODS = frozenset({HoldCode.OUT_OF_STOCK, HoldCode.EXPIRY, HoldCode.NO_WAREHOUSE})
"""They have their goods: what is left for others says nothing of them."""
_OF_THE_HOUR = frozenset({HoldCode.TIME_WINDOW, HoldCode.PAY_DELAY})
"""They were about when to approve."""
Boxes = Mapping[int, Sequence[Parcel]]
"""By order."""


@dataclass(slots=True)
class Decided:
    """Counts of orders, and the first few of each kind by number. `rematched`: another courier when the wave is made;
    `stranded`: nobody carries them then, they go back to review. `keep`: another courier would be chosen, but theirs
    still may; `held`: they would be held if they came now. Of the last two nothing happens."""

    looked: int = 0
    rematched: int = 0
    stranded: int = 0
    keep: int = 0
    held: int = 0
    first: dict[str, list[str]] = field(default_factory=dict)

    def count(self, kind: str, order: Order) -> None:
        """One more order of a kind."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.first[kind] = [*self.first.get(kind, ()), order.number][:SHOWN]

    def add(self, other: "Decided") -> None:
        """One more part of the orders."""
        self.looked += other.looked
        for kind in KINDS:
            setattr(self, kind, getattr(self, kind) + getattr(other, kind))
            self.first[kind] = [*self.first.get(kind, ()), *other.first.get(kind, ())][:SHOWN]

    @property
    def changes(self) -> bool:
        """Whether any order would be otherwise, or said to be."""
        return any(getattr(self, kind) for kind in KINDS)


KINDS = ("rematched", "stranded", "keep", "held")


def compare(desk: Desk, policy: Policy, orders: Collection[Order]) -> Decided:
    """What becomes of these under it, of those in no wave. Reads only."""
    verdict = Decided()
    boxes = desk.parcels.of_orders([order.id for order in orders])
    waiting = {order.id: [box for box in boxes.get(order.id, ()) if box.state is ParcelState.READY] for order in orders}
    found = [order for order in orders if waiting[order.id]]
    if not found:
        return verdict
    shared = {oid for mine in waiting.values() for box in mine for oid in box.live_orders}
    everyone = desk.orders.many(shared)
    old, new = (courier_facts(desk, one) for one in (desk.policy, policy))
    for order in found:
        verdict.looked += 1
        pairs = [(_carried(desk, box, everyone, old), _carried(desk, box, everyone, new)) for box in waiting[order.id]]
        _count(verdict, order, pairs, [_chosen(box, everyone, old, new) for box in waiting[order.id]])
    for order in _newly_held(desk, policy, found, boxes, everyone):
        verdict.count("held", order)
    return verdict


def _carried(desk: Desk, box: Parcel, orders: Mapping[int, Order], facts: Facts) -> int | None:
    """Its courier when a wave is made with these facts; None: nobody."""
    ask = recheck.ask_of(box, orders, facts)
    if recheck.fault_of(desk, box, ask) is None:
        return box.courier_id
    return match_courier(ask).winner


def _chosen(box: Parcel, orders: Mapping[int, Order], old: Facts, new: Facts) -> bool:
    """Whether another courier would be chosen than under the old ones."""
    before, after = (match_courier(recheck.ask_of(box, orders, facts)).winner for facts in (old, new))
    return before != after and after != box.courier_id


def _count(
    verdict: Decided, order: Order, pairs: Collection[tuple[int | None, int | None]], chosen: Collection[bool]
) -> None:
    changed = [now for was, now in pairs if now != was]
    if None in changed:
        verdict.count("stranded", order)
    elif changed:
        verdict.count("rematched", order)
    elif any(chosen):
        verdict.count("keep", order)


def _newly_held(
    desk: Desk, policy: Policy, orders: Collection[Order], boxes: Boxes, everyone: Mapping[int, Order]
) -> list[Order]:
    """Those that the policy would hold for something the one in force would not."""
    old, new = (_found(desk, one, orders, boxes, everyone) for one in (desk.policy, policy))
    return [order for order in orders if new[order.id] - old[order.id]]


def _found(
    desk: Desk, policy: Policy, orders: Collection[Order], boxes: Boxes, everyone: Mapping[int, Order]
) -> dict[int, set[HoldCode]]:
    """What would hold each of them, the margin of its boxes too."""
    mine = [prepared(replace(order, holds=()), desk.catalog, policy) for order in orders]
    facts = load_facts(desk, mine, policy)
    found = {one.id: {f.code for f in screen(one, facts)} - _OF_THE_GOODS - _OF_THE_HOUR for one in mine}
    for one in mine if policy.screens(HoldCode.MARGIN_LOW) else ():
        lie = [box for box in boxes[one.id] if box.state is not ParcelState.CANCELLED]
        company = sorted({oid for box in lie for oid in box.live_orders if oid in everyone} | {one.id})
        left = margin_of([everyone.get(oid, one) for oid in company], lie, facts)
        if left and thin(left):
            found[one.id].add(HoldCode.MARGIN_LOW)
    return found
