"""Stock: buckets per warehouse and sku, and the ledger that every change goes through (rules.md B13).

Surprising: RESERVED lies over GOOD. A reserved unit is still on the shelf; free = good - reserved. So shipping
takes from both, and an intercepted parcel keeps its reservation until its put-back is scanned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Bucket(StrEnum):
    """What kind of unit. GOOD and DEFECTIVE are on hand; RESERVED is a claim on GOOD."""

    GOOD = "good"
    RESERVED = "reserved"
    DEFECTIVE = "defective"


class Document(StrEnum):
    """What moved it."""

    OPENING = "opening"
    APPROVAL = "approval"
    UNDO = "undo"
    CANCEL = "cancel"
    SHIPMENT = "shipment"
    PUT_BACK = "put_back"
    RETURN = "return"
    ADJUST = "adjust"
    PACKING = "packing"


@dataclass(frozen=True, slots=True)
class Move:
    """One change: `delta` units, positive in, negative out; `document` + `document_id` say what for."""

    warehouse_id: int
    sku: str
    bucket: Bucket
    delta: int
    document: Document
    document_id: int


@dataclass(frozen=True, slots=True)
class Level:
    """What is there now."""

    warehouse_id: int
    sku: str
    good: int
    reserved: int
    defective: int

    @property
    def free(self) -> int:
        """What a new order may claim."""
        return self.good - self.reserved


def reserve(parcel_id: int, warehouse_id: int, units: Iterable[tuple[str, int]]) -> list[Move]:
    """The moves that claim the parcel's units."""
    return [Move(warehouse_id, sku, Bucket.RESERVED, quantity, Document.APPROVAL, parcel_id) for sku, quantity in units]


def unreserve(parcel_id: int, warehouse_id: int, units: Iterable[tuple[str, int]], document: Document) -> list[Move]:
    """The moves that give the claim up."""
    return [Move(warehouse_id, sku, Bucket.RESERVED, -quantity, document, parcel_id) for sku, quantity in units]


def ship(parcel_id: int, warehouse_id: int, units: Iterable[tuple[str, int]]) -> list[Move]:
    """The moves of a parcel that leaves: the claim and the goods."""
    return [
        Move(warehouse_id, sku, bucket, -quantity, Document.SHIPMENT, parcel_id)
        for sku, quantity in units
        for bucket in (Bucket.RESERVED, Bucket.GOOD)
    ]
