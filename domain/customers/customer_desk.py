"""What a command may read and write about customers, as a protocol of the desk.

Surprising: history is never stored. `figures` counts it from the orders every time, for one buyer or for hundreds.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from domain.customers.customer_records import Customer, Entry, Figures
from domain.intake.incoming import Platform


class Customers(Protocol):
    """Customers, what people decided about them, and their history counted from orders (rules.md B14)."""

    def get(self, customer_id: int) -> Customer:
        """Raises Unknown('customer')."""

    def many(self, customer_ids: Collection[int]) -> dict[int, Customer]: ...
    def known(self, buyers: Collection[tuple[Platform, str]]) -> dict[tuple[Platform, str], Customer]:
        """Those of them that have a row."""

    def make(self, buyers: Collection[tuple[Platform, str]]) -> None:
        """Give each a row, unless it has one."""

    def save(self, customers: Sequence[Customer]) -> None: ...
    def entry(self, entry_id: int) -> Entry:
        """Raises Unknown('entry')."""

    def entries(self, customer_ids: Collection[int]) -> dict[int, tuple[Entry, ...]]:
        """customer id -> their entries, newest first, ended ones too."""

    def add_entries(self, entries: Sequence[Entry]) -> list[Entry]:
        """Insert (the ids given are ignored) and return them with theirs."""

    def save_entries(self, entries: Sequence[Entry]) -> None: ...
    def listed(self, keys: Collection[str]) -> dict[str, tuple[Entry, ...]]:
        """key -> the entries in force now that recognise by it."""

    def waiting(self) -> int:
        """How many proposals wait for a decision."""

    def expired(self, limit: int) -> list[Entry]:
        """ACTIVE entries whose time is over."""

    def figures(self, shops: Collection[int], buyers: Collection[str]) -> dict[str, Figures]:
        """buyer id -> history in these shops (of one platform); those without orders are missing."""

    def proofs(self, shops: Collection[int], buyers: Collection[str]) -> dict[str, tuple[str, ...]]:
        """buyer id -> numbers of the orders with money back, a refused parcel or missing units, newest first."""

    def suspects(self, refunded: int, missing: int, refusals: int) -> set[tuple[Platform, str]]:
        """Buyers with at least so many refunded orders, returns with missing units, or refused parcels."""

    def order_ids(self, shops: Collection[int], buyer_id: str, limit: int, *, review: bool = False) -> list[int]:
        """The buyer's orders, newest first; `review` = only those in REVIEW."""

    def newest_orders(self, shops: Collection[int], buyer_ids: Collection[str]) -> list[int]:
        """The newest order of each platform's buyer of exactly such an id."""
