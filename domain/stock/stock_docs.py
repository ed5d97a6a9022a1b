"""The stock room's documents: goods in, put away, sent to another warehouse, counted, graded anew (rules.md B13).

Surprising: the five are one record with lines, because they are worked the same way: one person holds the document
and scans; at the end it is posted, or waits for somebody who may approve it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class DocKind(StrEnum):
    """What it does."""

    RECEIPT = "receipt"
    MOVE = "move"
    TRANSFER = "transfer"
    COUNT = "count"
    REGRADE = "regrade"


def number_of(kind: DocKind, doc_id: int) -> str:
    """What people call a document: R goods in, M put away, T transfer, C stock-take, G grading."""
    return f"{'G' if kind is DocKind.REGRADE else kind[0].upper()}{doc_id:05d}"


class DocState(StrEnum):
    """OPEN is being scanned; IN_TRANSIT has left and is scanned again where it arrives; WAITING wants an approval."""

    OPEN = "open"
    IN_TRANSIT = "in_transit"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


ASKED_AGAIN = "not_there"
"""A verb of a count's history that is no work on it: somebody else misses goods there, too."""
WORKED = frozenset({DocState.OPEN, DocState.IN_TRANSIT})


@dataclass(frozen=True, slots=True)
class DocLine:
    """One sku of one batch in one bin; of what leaves or is graded down, the bin as people call it, '' = any.
    `planned`: what was sent, or what the books said when it was counted; `done`: what was scanned; `posted`: what of
    it is in the books.

    `serials` are the numbers that labels told of units, in the order of their scans.

    `value` is what `costed` of the units have cost (of a transfer: all), None = not told of any. `mark` is the ledger
    row the books' figure is as of; `again`: it moved while it was counted and must be counted again.
    """

    sku: str
    bin: str = ""
    batch: str = ""
    expires: date | None = None
    planned: int = 0
    done: int = 0
    posted: int = 0
    value: int | None = None
    costed: int = 0
    mark: int = 0
    again: bool = False
    serials: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """Scanned more (positive) or less than planned."""
        return self.done - self.planned


@dataclass(frozen=True, slots=True)
class StockDoc:
    """`made_by` began it, `made_by_id` None = nobody knows who that was; `holder` scans for it now; `bin` is where they
    stand; `scope` what is counted, or the bucket units are graded to; `first` gave the first yes of two. `hands` are
    the ids of those who scanned for it or said that all was scanned: none of them approves it."""

    id: int
    kind: DocKind
    state: DocState
    warehouse_id: int
    made_at: datetime
    made_by: str
    to_warehouse_id: int | None = None
    made_by_id: int | None = None
    holder_id: int | None = None
    holder: str = ""
    bin: str = ""
    scope: str = ""
    reason: str = ""
    first_id: int | None = None
    first: str = ""
    hands: tuple[int, ...] = ()
    decided_by: str = ""
    decided_at: datetime | None = None
    revision: int = 1
    lines: tuple[DocLine, ...] = ()

    @property
    def number(self) -> str:
        """What people call it."""
        return number_of(self.kind, self.id)

    @property
    def place(self) -> int:
        """The warehouse in which it is worked now."""
        if self.to_warehouse_id is not None and self.state is not DocState.OPEN:
            return self.to_warehouse_id
        return self.warehouse_id


class StockDocs(Protocol):
    """The documents with their lines."""

    def get(self, doc_id: int) -> StockDoc:
        """Raises Unknown('stock_doc')."""

    def held_by(self, person_id: int) -> StockDoc | None:
        """The one this person scans for, if any."""

    def open_of(self, warehouses: Collection[int] | None, limit: int) -> list[StockDoc]:
        """Not done and not cancelled, in these warehouses (either end), oldest first."""

    def in_transit(self, sku: str) -> list[StockDoc]:
        """Transfers on their way with units of it."""

    def at_the_door(self, skus: Collection[str] | None) -> dict[tuple[DocKind, str], int]:
        """(RECEIPT or TRANSFER, sku) -> units scanned into open documents of the kind that are in no books yet."""

    def counted(self, by: int, warehouse_id: int, skus: Collection[str], since: datetime) -> dict[str, int]:
        """sku -> what the differences of this person's counts (by id, whatever the name) that were booked there since
        then are worth, surplus and loss added by size, minor units of the sku's currency."""

    def of_number(self, serial: str) -> list[tuple[StockDoc, str]]:
        """The documents a unit with this serial number was scanned for, oldest first, each with the unit's sku."""

    def add(self, doc: StockDoc) -> StockDoc:
        """Insert (the id given is ignored) and return it with its id."""

    def save(self, docs: Sequence[StockDoc]) -> None:
        """By revision, lines with it. Raises LostRace."""
