"""Stock as a command may read and write it: levels, ledger, places, batches and cost (storage/ is behind it)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.stock.stock import Batch, Document, Level, Move, Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product that no warehouse has claimed yet: in orders that are reviewed, held ones too; in orders that
    wait for their payment; in boxes that are owed."""

    review: int = 0
    unpaid: int = 0
    owed: int = 0


class StockBook(Protocol):
    """Levels, the ledger, and where the units lie."""

    def levels(self, skus: Collection[str] | None = None, *, lock: bool = False) -> dict[tuple[int, str], Level]:
        """(warehouse, sku) -> level; `lock` holds the rows until the end (PostgreSQL)."""

    def apply(self, moves: Sequence[Move], actor: str) -> list[int]:
        """Write ledger rows with before and after and move levels, places and values; returns each move's value.
        Raises NotEnoughStock, changing nothing, when a bucket or a place would fall below zero or RESERVED rise
        above GOOD."""

    def ledger_sums(self) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> sum of deltas: what the level must be."""

    def ledger_values(self) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> sum of values: what the bucket's value must be."""

    def values(self, skus: Collection[str] | None = None) -> dict[tuple[int, str, str], int]:
        """(warehouse, sku, bucket) -> what its units have cost, minor units of the sku's currency."""

    def history(
        self, sku: str, limit: int, *, before: int | None = None, after: int | None = None
    ) -> list[Mapping[str, object]]:
        """The sku's last ledger rows, newest first: id, at, warehouse_id, bucket, before, delta, after, document,
        document_id, actor, bin, batch, value. Those `before` a row's id, or the next ones `after` it."""

    def moved_product(self, row_id: int) -> str:
        """The sku a ledger row is about. Raises Unknown('sku')."""

    def row_until(self, sku: str, until: datetime) -> int:
        """The id behind the sku's last row before that moment: what `history` takes as `before`."""

    def batches_called(self, name: str) -> list[tuple[str, str]]:
        """(sku, batch) of every batch called so, in capitals or not."""

    def boxes_of(self, sku: str, batch: str, limit: int) -> dict[int, int]:
        """parcel id -> units of the batch that lie picked in it or left in it for good, of the newest parcels."""

    def places(
        self, skus: Collection[str] | None = None, warehouse_id: int | None = None, bin_name: str | None = None
    ) -> list[Place]:
        """Where the good units of these skus (None = all) lie; of one warehouse, of one bin."""

    def batches(self, skus: Collection[str]) -> dict[tuple[str, str], date | None]:
        """(sku, batch) -> when it expires."""

    def put_batches(self, batches: Sequence[Batch]) -> None:
        """Keep them; a date that is told replaces the one that was."""

    def defects(self, skus: Collection[str], warehouse_id: int) -> dict[tuple[str, str], int]:
        """(sku, batch) -> defective units there; '' = of no batch anybody told."""

    def picked_from(self, parcel_id: int) -> list[Place]:
        """Out of which places this parcel's units were picked and have not gone back to, the last ones first."""

    def moved(self, document: Document, ids: Collection[int]) -> dict[tuple[int, str, str], int]:
        """(document id, sku, batch) -> units on hand that came (positive) or left by these documents."""

    def sent_at(self, parcel_ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
        """(parcel id, sku) -> (units, what they had cost) of the goods that left in these parcels and stayed away."""

    def shipped_from(self, parcel_id: int) -> list[Move]:
        """What left in this parcel and stayed away, by place, as moves out: units below zero and what they had cost."""

    def issued(self, order_ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
        """(order id, sku) -> (units, what they had cost) of the goods that went over the counter and stayed away."""

    def issued_from(self, order_id: int) -> list[Move]:
        """What of the order went over the counter and stayed away, by place, as moves out."""

    def last_moves(self, warehouse_id: int, skus: Collection[str]) -> dict[tuple[str, str, str], int]:
        """(sku, bin, batch) -> the last ledger row that moved good units there."""


class Walks(Protocol):
    """Which places the parcels of a wave are sent to, from when it is made (`domain.floor.walking`)."""

    def put(self, places: Mapping[int, Sequence[Place]]) -> None:
        """From now on these parcels are sent to these places."""

    def of(self, parcel_ids: Collection[int]) -> dict[int, tuple[Place, ...]]:
        """parcel id -> where it was sent, in the order of the walk; parcels sent nowhere are missing."""

    def open_in(self, warehouse_id: int, skus: Collection[str]) -> dict[int, tuple[Place, ...]]:
        """The same of the parcels that wait there to be picked, for these skus and no more units than each still
        wants of them."""
