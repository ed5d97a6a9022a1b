"""Stock: buckets per warehouse and sku, and the ledger that every change goes through (rules.md B13).

Surprising: RESERVED lies over GOOD. A reserved unit is still on the shelf; free = good - reserved. So shipping
takes from both, and an intercepted parcel keeps its reservation until its put-back is scanned.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Bucket(StrEnum):
    """What kind of unit. GOOD and DEFECTIVE are on hand; RESERVED is a claim on GOOD; IN_TRANSIT is on its way here
    from another warehouse and nobody's to ship."""

    GOOD = "good"
    RESERVED = "reserved"
    DEFECTIVE = "defective"
    IN_TRANSIT = "in_transit"


class Document(StrEnum):
    """What moved it."""

    OPENING = "opening"
    APPROVAL = "approval"
    UNDO = "undo"
    CANCEL = "cancel"
    SHIPMENT = "shipment"
    UNSHIP = "unship"
    PUT_BACK = "put_back"
    RETURN = "return"
    ADJUST = "adjust"
    PICK = "pick"
    RECEIPT = "receipt"
    MOVE = "move"
    TRANSFER = "transfer"
    COUNT = "count"
    REGRADE = "regrade"
    PACKING = "packing"
    COUNTER = "counter"


RELOCATING = frozenset({Document.PICK, Document.MOVE})
"""They change where a unit lies, nothing else: no unit comes or goes."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change: `delta` units, positive in, negative out; `document` + `document_id` say what for.

    `bin` and `batch` say where good units lie ('' = the sku's own shelf, no batch). `value` in minor units of the
    sku's currency; None = out at the average cost, in at the average or, where there is none, the planned cost.
    """

    warehouse_id: int
    sku: str
    bucket: Bucket
    delta: int
    document: Document
    document_id: int
    bin: str = ""
    batch: str = ""
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What is there now."""

    warehouse_id: int
    sku: str
    good: int
    reserved: int
    defective: int
    in_transit: int = 0

    @property
    def free(self) -> int:
        """What a new order may claim: available to ship (rules.md B13)."""
        return self.good - self.reserved


@dataclass(frozen=True, slots=True)
class Place:
    """Where good units lie. Over a warehouse they sum to its level. A parcel's number as `bin`: picked, in that box."""

    warehouse_id: int
    sku: str
    bin: str
    batch: str
    units: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Units made together; `expires` None = not known, or never."""

    sku: str
    code: str
    expires: date | None = None


def share(value: int, part: int, whole: int) -> int:
    """What `part` of `whole` units is worth, rounded half up; all of it for all of them, so that nothing is lost."""
    return value if part >= whole else (2 * value * part + whole) // (2 * whole)


def reserve(parcel_id: int, warehouse_id: int, units: Iterable[tuple[str, int]]) -> list[Move]:
    """The moves that claim the parcel's units."""
    return [Move(warehouse_id, sku, Bucket.RESERVED, quantity, Document.APPROVAL, parcel_id) for sku, quantity in units]


def unreserve(parcel_id: int, warehouse_id: int, units: Iterable[tuple[str, int]], document: Document) -> list[Move]:
    """The moves that give the claim up."""
    return [Move(warehouse_id, sku, Bucket.RESERVED, -quantity, document, parcel_id) for sku, quantity in units]


def relocate(move: Move, to_bin: str) -> list[Move]:
    """Units that change their place and nothing else: out of the move's bin, into another."""
    return [replace(move, delta=-move.delta, value=0), replace(move, bin=to_bin, value=0)]
