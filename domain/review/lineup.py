"""The line of orders in review as the store answers about it, and in whose hands they are.

Surprising: nothing here hands out the line itself. A question names which orders it means (`Sieve`) and the store
counts, groups or steps through them by an index, so that a hundred thousand waiting orders cost what a hundred do.
Taking an order and putting it off are notes beside the order: they never touch its revision, so nobody's card goes
stale because a colleague picked one up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.orders.orders import Order
from domain.review.holds import HoldCode


@dataclass(frozen=True, slots=True)
class Hand:
    """Who looks at an order since when (`taken_by` 0 = nobody), and until when it is put off."""

    taken_by: int = 0
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which orders in REVIEW are meant: all it says must fit; None (and shop 0) says nothing.

    `alone`: held for one reason only; `within`: for none but these; `due`: the deadline comes before; `up_to`: no
    higher id; `awake`: not put off now (False: put off); `hands`: those it may be in, 0 = nobody's, a take from before
    `taken_since` being over; `taken_at`: taken at that very moment, and not over. `ceilings` and `floors` are
    currency -> minor units ('*' the others): not more than the one, and more than the other, was paid or is to be paid
    at the door.
    """

    shops: frozenset[int] | None
    taken_since: datetime
    held: bool | None = None
    shop: int = 0
    code: HoldCode | None = None
    alone: bool = False
    within: frozenset[HoldCode] | None = None
    due: datetime | None = None
    up_to: int | None = None
    awake: bool | None = None
    hands: frozenset[int] | None = None
    taken_at: datetime | None = None
    ceilings: Mapping[str, int] | None = None
    floors: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Heap:
    """The orders of one shop and currency that are all held or all clean. `paid` in minor units; `due`: bucket ->
    orders in it, '' for later ones, those without a deadline nowhere; `taken` and `snoozed` as it is now."""

    shop_id: int
    held: bool
    currency: str
    orders: int
    paid: int
    first_due: datetime | None
    due: Mapping[str, int]
    taken: int
    snoozed: int


class Hands(Protocol):
    """Questions about the line, each one statement, and the notes beside its orders. The queue's order is deadline,
    age, id; what has no deadline comes last."""

    def heaps(self, sieve: Sieve, ends: Mapping[str, datetime]) -> list[Heap]:
        """By shop, currency and held; a bucket holds what is due up to its end and not in one before."""

    def codes(self, sieve: Sieve) -> dict[HoldCode, int]:
        """How many by open hold code, in catalogue order; an order with several counts for each."""

    def count(self, sieve: Sieve) -> int:
        """How many."""

    def last_id(self, sieve: Sieve) -> int:
        """The highest id, 0 for none."""

    def head(self, sieve: Sieve, limit: int, start: Order | None = None) -> list[tuple[int, int]]:
        """(id, revision) of the first in the queue's order; from this order's place on, whether it is there or not."""

    def after(self, sieve: Sieve, order: Order) -> int | None:
        """The id of the first behind the order's place, whether the order itself is in the line or not."""

    def before(self, sieve: Sieve, order: Order) -> int | None:
        """The id of the last ahead of the order's place."""

    def standing(self, sieve: Sieve, order: Order) -> tuple[int, int, bool]:
        """(how many are ahead of the order's place, how many there are, whether the order is one of them)."""

    def of(self, order_id: int) -> Hand:
        """The order's notes."""

    def take(self, order_id: int, person_id: int, free_before: datetime) -> bool:
        """The person has it from now on, unless somebody else took it after `free_before`: then False."""

    def take_all(self, order_ids: Collection[int], person_id: int, free_before: datetime) -> None:
        """`take` of a set, by one statement: the person has those of them that nobody else took after that."""

    def snooze(self, order_id: int, until: datetime) -> None:
        """Put it off, out of whoever's hands it is in."""

    def many(self, order_ids: Collection[int]) -> dict[int, Hand]:
        """The notes of a set; those that have none are missing."""

    def forget(self, order_ids: Collection[int]) -> None:
        """It was decided: both notes go."""
