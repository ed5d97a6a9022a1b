"""The line of orders in review, as rows light enough to read it whole, and in whose hands they are.

Surprising: taking an order and putting it off are notes beside the order. They never touch its revision, so nobody's
card goes stale because a colleague picked one up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.holds import HoldCode
from domain.incoming import Platform


@dataclass(frozen=True, slots=True)
class Hand:
    """Who looks at an order since when (`taken_by` 0 = nobody), and until when it is put off."""

    taken_by: int = 0
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order in REVIEW, as much of it as the queue and the digest need. `amount` is what limits look at: what was
    paid, or the total of cash on delivery, minor units."""

    id: int
    revision: int
    shop_id: int
    platform: Platform
    held: bool
    currency: str
    paid: int
    amount: int
    created_at: datetime
    paid_at: datetime | None
    promised_ship_at: datetime | None
    taken_by: int = 0
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None


class Hands(Protocol):
    """The line, and the notes beside its orders."""

    def line(self, shops: frozenset[int] | None, *, code: HoldCode | None = None) -> list[Waiting]:
        """All orders in REVIEW by id, in one statement; with a code those it holds."""

    def of(self, order_id: int) -> Hand:
        """The order's notes."""

    def take(self, order_id: int, person_id: int, free_before: datetime) -> bool:
        """The person has it from now on, unless somebody else took it after `free_before`: then False."""

    def snooze(self, order_id: int, until: datetime) -> None:
        """Put it off, out of whoever's hands it is in."""

    def forget(self, order_ids: Collection[int]) -> None:
        """It was decided: both notes go."""
