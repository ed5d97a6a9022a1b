"""The check of one parcel: who checks it, what has been scanned into it, which notes were read.

Surprising: a serial number belongs to its unit while that is `live`. A unit that came back may go out again, so its
old record steps aside; two live ones with one number cannot be stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit that was scanned into a parcel, with its serial number and batch where it has them."""

    id: int
    parcel_id: int
    sku: str
    at: datetime
    serial: str = ""
    batch: str = ""
    live: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """Who opened the check and when. `notes_read` are the notes as they stood when somebody said they were read."""

    parcel_id: int
    at: datetime
    person_id: int | None
    person: str
    notes_read: str = ""
    units: tuple[Unit, ...] = ()


class Checks(Protocol):
    """Checks by parcel, units in the order of their scans."""

    def get(self, parcel_id: int) -> Check | None: ...
    def put(self, check: Check) -> None:
        """Insert or replace; its units stay as they are."""

    def add_unit(self, unit: Unit) -> None:
        """Insert (the id given is ignored)."""

    def save_unit(self, unit: Unit) -> None:
        """Replace by id. Raises LostRace when another live unit got its serial number meanwhile."""

    def drop_units(self, unit_ids: Sequence[int]) -> None: ...
    def drop(self, parcel_id: int) -> None:
        """The check and its units."""

    def of_serial(self, sku: str, serial: str) -> Unit | None:
        """The live unit with this number."""

    def of_number(self, serial: str) -> list[Unit]:
        """Every unit that ever bore this number, of whatever product."""

    def marks(self, parcel_id: int) -> list[Unit]:
        """The parcel's units that bear a number or a batch, also those whose number went out again since."""

    def of_batch(self, batch: str, limit: int) -> dict[str, dict[int, int]]:
        """sku -> parcel id -> units of which the check was told this batch, of the newest parcels."""
