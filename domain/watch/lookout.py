"""What the watch asks the store: heaps of late records, and how regularly shops are heard of.

Surprising: the store answers in piles. A pile is counted, dated and opened (its first ids) by one statement, however
many records lie on it, so that a worry about 20,000 orders costs what one about three does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.floor.parcels import ParcelState
from domain.intake.incoming import Receiver
from domain.people.people import Role
from domain.review.holds import HoldCode

FIRST = 8
RELEASED = "/released"


@dataclass(frozen=True, slots=True)
class Pile:
    """Late records of one place (shop, warehouse, courier; 0 = none) and part of it: how many, since when the
    oldest, and the ids of the first FIRST, oldest first."""

    place: int
    part: str
    count: int
    oldest: datetime
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """Orders not yet shipped that go one way: the courier's id (0 = none chosen), whether a suspension holds them, and
    where they go, as far down as was asked for."""

    courier_id: int
    held: bool
    to: Receiver
    pile: Pile


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is normal in a shop. `bands`: band -> minutes of silence that are usual; `arrivals` learnt from."""

    shop_id: int
    learned_at: datetime
    arrivals: int = 0
    bands: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Orders that wait for a sku: `units` they want of it. `sku` '*' = no single warehouse has everything."""

    sku: str
    orders: int
    units: int


class Piles(Protocol):
    """Late records, each kind in one statement. Piles come by place and part."""

    def approvals(self, before: datetime) -> list[Pile]:
        """By shop: clean orders in REVIEW that came before."""

    def holds(self, before: Mapping[HoldCode, datetime], owners: Mapping[HoldCode, Role]) -> list[Pile]:
        """By shop and owner (part): orders in REVIEW with an open hold from before its code's moment, each once; and
        apart from them (part: owner and RELEASED) those with the warehouse already."""

    def dispatch(self, ends: Mapping[str, datetime], *, shops: frozenset[int] | None = None) -> list[Pile]:
        """By shop and bucket (part): orders still to be shipped that are due up to its end, each in the first bucket
        that reaches it. While a refund is asked for, nobody waits for the parcel."""

    def parcels(self, states: Collection[ParcelState], before: datetime) -> list[Pile]:
        """By warehouse: parcels in one of these states since before."""

    def unlisted(self, before: datetime) -> list[Pile]:
        """By warehouse: parcels handed over before to a courier that signs lists, and on none."""

    def returns(self, before: datetime) -> list[Pile]:
        """All in one: unclaimed returns that came before."""

    def left(self, before: datetime) -> list[Pile]:
        """By shop: orders of parcels that had left when their stop came, before, and that nobody has answered for."""

    def recalls(self, before: datetime) -> list[Pile]:
        """By shop: orders of recalls registered before that no courier was asked about, nor will be by the clock."""

    def untold(self) -> list[Pile]:
        """By shop: orders whose refund has an answer the platform did not take and is not told again by the clock."""

    def not_taken_back(self, attempts: int) -> list[Pile]:
        """By e-waybill account: numbers its courier did not take back, those included that it is asked once more about
        after so many failures."""

    def stock_docs(self, before: Mapping[str, datetime]) -> list[Pile]:
        """By warehouse where it is worked and part: open stock documents that nobody has touched since their part's
        moment. Parts: `waiting` for an approval, in `transit`, a `count` in nobody's hands, and what is being scanned,
        by the role whose it is: `receiver` or `picker`."""

    def short(self) -> tuple[list[Pile], list[Shortage]]:
        """Orders in REVIEW that are out of stock, and those that are owed goods: all in one pile, and by sku, the most
        orders first."""

    def to_ship(self, *, deep: bool = False) -> list[Bound]:
        """By courier and province, when `deep` by city and district as well: orders not yet shipped."""

    def in_review(self, ages: Mapping[str, datetime], shops: frozenset[int] | None) -> dict[str, int]:
        """Age -> orders in REVIEW: each counts for the first age whose moment it came after; '' = older than all."""

    def oldest_holds(self, shops: frozenset[int] | None, limit: int) -> list[int]:
        """Held orders in REVIEW, the longest held first."""


class Pulse(Protocol):
    """How regularly shops are heard of."""

    def last_arrivals(self) -> dict[int, datetime]:
        """shop -> when its last new order came in; shops without any are missing."""

    def arrivals(self, shops: Collection[int], since: datetime) -> dict[int, Sequence[datetime]]:
        """shop -> the minutes in which new orders came in, rising, each once."""

    def heard(self, shops: Collection[int]) -> dict[int, datetime]:
        """shop -> the last sign of it: a file taken in, or news of an order of its last days."""

    def rhythms(self) -> dict[int, Rhythm]:
        """What was learnt, by shop."""

    def keep(self, rhythms: Sequence[Rhythm]) -> None:
        """Replace what was learnt of these shops."""

    def tally(
        self, start: datetime, end: datetime, *, shops: frozenset[int] | None, warehouses: frozenset[int] | None
    ) -> dict[tuple[str, str], int]:
        """(subject, verb) -> how often it was written in [start, end), of orders in these shops and parcels in these
        warehouses."""
