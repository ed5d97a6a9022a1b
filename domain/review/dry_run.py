"""What a policy would change, before it counts: every order in review screened and planned under it, and what it means
for those that are approved (`decided`). Nothing is written.

Surprising: "before" is not what is stored but what the policy in force makes of the same facts now. So the verdict says
what the new policy does and nothing else: an order whose stock came meanwhile is freed under both.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from domain.desk import Desk
from domain.floor.parcels import Parcel
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import Order, OrderStatus
from domain.planning.planning import arrange, companions, load_facts, prepared
from domain.policy.policy import Policy
from domain.review import decided
from domain.review.decided import Decided
from domain.review.holds import HoldCode, open_codes
from domain.review.limits import over, two_needed

SHOWN = 5
PIECE = 200
"""Orders in one look. Those of one buyer are looked at together: they may travel together under one policy and not
under the other."""


Kind = TypeVar("Kind", bound=Hashable)
Routes = tuple[str, str]
Box = tuple[int | None, int | None, tuple[int, ...], int]


@dataclass(slots=True)
class Verdict:
    """Counts of orders, and the first few of each kind by number. `holds` and `frees` by code: the orders that would
    be held by it, or no longer be. `moved`: another warehouse, courier or company in the box; `moves` of them by
    route, as (now, then), the same twice where only the company differs. `lead` and `two`: orders that need a lead, or
    two people, as (now, then). `due`: orders, approved ones too, that must leave at another time."""

    looked: int = 0
    held: int = 0
    freed: int = 0
    moved: int = 0
    holds: Counter[HoldCode] = field(default_factory=Counter)
    frees: Counter[HoldCode] = field(default_factory=Counter)
    lead: tuple[int, int] = (0, 0)
    two: tuple[int, int] = (0, 0)
    moves: Counter[Routes] = field(default_factory=Counter)
    first_held: dict[HoldCode, list[str]] = field(default_factory=dict)
    first_freed: dict[HoldCode, list[str]] = field(default_factory=dict)
    first_moved: dict[Routes, list[str]] = field(default_factory=dict)
    due: int = 0
    decided: Decided = field(default_factory=Decided)

    def add(self, other: "Verdict") -> None:
        """One more part of the orders."""
        for name in ("looked", "held", "freed", "moved", "due"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("lead", "two"):
            (now, then), (more_now, more_then) = getattr(self, name), getattr(other, name)
            setattr(self, name, (now + more_now, then + more_then))
        self.holds += other.holds
        self.frees += other.frees
        self.moves += other.moves
        self.decided.add(other.decided)
        _more(self.first_held, other.first_held)
        _more(self.first_freed, other.first_freed)
        _more(self.first_moved, other.first_moved)

    @property
    def changes(self) -> bool:
        """Whether any order would stand otherwise, or be for others to decide."""
        limits = any(now != then for now, then in (self.lead, self.two))
        review = self.held or self.freed or self.moved or self.holds or self.frees
        return bool(review or limits or self.due or self.decided.changes)


def _more(first: dict[Kind, list[str]], others: Mapping[Kind, Sequence[str]]) -> None:
    """Numbers behind those that are there, as long as they are few."""
    for kind, numbers in others.items():
        first[kind] = [*first.get(kind, ()), *numbers][:SHOWN]


def pieces(desk: Desk) -> list[list[int]]:
    """Ids of all orders a policy is tried on, piece by piece: those in review, then those decided on and not gone."""
    found: list[list[int]] = []
    for statuses in ((OrderStatus.REVIEW,), decided.STATUSES):
        found.append([])
        for ids in _buyers(desk.orders.by_buyer(statuses)):
            if found[-1] and len(found[-1]) + len(ids) > PIECE:
                found.append([])
            found[-1] += ids
    return [piece for piece in found if piece]


def _buyers(rows: Sequence[tuple[int, tuple[int, str]]]) -> Iterator[list[int]]:
    """The orders of each buyer; one whose buyer is not told stands alone."""
    for (_, buyer), same in groupby(rows, key=lambda row: row[1]):
        ids = [order_id for order_id, _ in same]
        yield from [ids] if buyer else ([order_id] for order_id in ids)


def compare(desk: Desk, policy: Policy, order_ids: Collection[int]) -> Verdict:
    """The verdict over these orders in review, and over those of them that are approved. Reads only."""
    loaded = list(desk.orders.many(order_ids).values())
    found = [order for order in loaded if order.status is OrderStatus.REVIEW]
    everyone = [*found, *companions(desk, [prepared(order, desk.catalog, desk.policy) for order in found])]
    (old, before), (new, after) = (_under(desk, one, everyone) for one in (desk.policy, policy))
    verdict = Verdict(lead=_both(over, desk.policy, policy, found), two=_both(two_needed, desk.policy, policy, found))
    for was, now in zip(old[: len(found)], new, strict=False):
        _judge(verdict, was, now)
        lay, lies = before.get(was.id, set()), after.get(was.id, set())
        if lay != lies and not now.held and not was.held:
            verdict.moved += 1
            _count(verdict.moves, verdict.first_moved, [(_route(desk, lay), _route(desk, lies))], was.number)
    approved = [order for order in loaded if order.status in decided.STATUSES]
    verdict.decided = decided.compare(desk, policy, approved)
    due = (dispatch_deadline(one, desk.policy) != dispatch_deadline(one, policy) for one in [*found, *approved])
    verdict.due = sum(due)
    return verdict


def _under(desk: Desk, policy: Policy, everyone: Sequence[Order]) -> tuple[Sequence[Order], dict[int, set[Box]]]:
    """The orders as this policy holds them, and the boxes it plans for each."""
    orders = [prepared(order, desk.catalog, policy) for order in everyone]
    arranged = arrange(orders, load_facts(desk, orders, policy))
    boxes: dict[int, set[Box]] = {}
    for parcel in arranged.parcels:
        for order_id in parcel.order_ids:
            boxes.setdefault(order_id, set()).add(_box(parcel))
    return arranged.orders, boxes


def _both(
    needs: Callable[[Policy, int, str], bool], now: Policy, then: Policy, orders: Sequence[Order]
) -> tuple[int, int]:
    """How many orders need it under each."""
    old, new = (sum(needs(policy, order.stake, order.currency) for order in orders) for policy in (now, then))
    return old, new


def _box(parcel: Parcel) -> Box:
    return parcel.warehouse_id, parcel.courier_id, tuple(sorted(parcel.order_ids)), len(parcel.items)


def _route(desk: Desk, boxes: Iterable[Box]) -> str:
    """Where an order's boxes leave and who carries them, each way named once. An order that nothing holds has both."""
    places, couriers = desk.catalog.warehouses, desk.catalog.couriers
    ways = {f"{places[place].name} {couriers[who].name}" for place, who, _, _ in boxes if place and who}
    return " + ".join(sorted(ways))


def _judge(verdict: Verdict, was: Order, now: Order) -> None:
    """One order's holds."""
    verdict.looked += 1
    old, new = set(open_codes(was.holds)), set(open_codes(now.holds))
    verdict.held += now.held and not was.held
    verdict.freed += was.held and not now.held
    _count(verdict.holds, verdict.first_held, new - old, was.number)
    _count(verdict.frees, verdict.first_freed, old - new, was.number)


def _count(counts: Counter[Kind], first: dict[Kind, list[str]], kinds: Iterable[Kind], number: str) -> None:
    """One more order of these kinds."""
    counts.update(kinds)
    _more(first, {kind: [number] for kind in kinds})
