"""What the store keeps about paper: every copy that names a receiver, and the couriers' manifests.

Surprising: what a paper *says* is in `documents.py`; here is only that it was made, by whom, and which copy it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.floor.parcels import Parcel


class Paper(StrEnum):
    """The label is stuck on the box and leaves; the slip lies in it."""

    LABEL = "label"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Printed:
    """One copy of one paper, its `number` counted from 1. `mark` is a fingerprint of what it says."""

    id: int
    parcel_id: int
    paper: Paper
    number: int
    at: datetime
    by: str
    mark: str
    by_id: int | None = None


class Prints(Protocol):
    """Copies as the store keeps them."""

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Printed, ...]]:
        """parcel id -> its copies, oldest first; parcels without any are missing."""

    def add(self, copies: Sequence[Printed]) -> None:
        """Insert (ids given are ignored)."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One list for one courier. `grams` of all parcels together; `taken_by` is the courier's person, `signed_by` ours;
    `file_id` the signed document."""

    id: int
    warehouse_id: int
    courier_id: int
    made_at: datetime
    made_by: str
    parcels: int
    grams: int
    revision: int = 1
    taken_by: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None
    file_id: int | None = None

    @property
    def number(self) -> str:
        """What people call it."""
        return f"M{self.id:04d}"


class Manifests(Protocol):
    """Manifests as the store keeps them."""

    def get(self, manifest_id: int) -> Manifest:
        """Raises Unknown('manifest')."""

    def add(self, manifest: Manifest, parcel_ids: Sequence[int]) -> Manifest:
        """Insert (the id given is ignored) with its parcels. Raises LostRace when one stands on another list."""

    def save(self, manifest: Manifest) -> None:
        """By revision. Raises LostRace."""

    def recent(self, warehouse_ids: Sequence[int], limit: int) -> list[Manifest]:
        """The newest first."""

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, Manifest]:
        """parcel id -> the list it stands on; parcels on none are missing."""

    def last(self, warehouse_id: int, courier_id: int) -> Manifest | None:
        """The newest list of this courier there."""

    def strike(self, parcel_id: int) -> None:
        """The parcel stands on no list any more."""

    def parcels(self, manifest_id: int) -> list[Parcel]:
        """What stands on it, as it was handed over."""

    def to_collect(self, manifest_id: int) -> dict[str, tuple[int, int]]:
        """currency -> (parcels, minor units) that the courier collects at the doors of those that stand on it."""

    def unlisted(self, warehouse_id: int, courier_id: int, since: datetime, limit: int) -> list[Parcel]:
        """Handed over since, or since the courier's first list, and on no manifest; oldest first."""

    def unlisted_counts(self, warehouse_ids: Sequence[int], since: datetime) -> dict[tuple[int, int], int]:
        """(warehouse, courier) -> how many of those."""
