"""What is printed on the warehouse's paper: a wave's pick list and the packing slips of its parcels.

Surprising: everything here is already text and numbers for people. Times are written out by whoever fills
these (the paper has no zone of its own), and the order of the lines is the order on the paper.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PickLine:
    """Units of one sku to take from one bin, and which slots of the cart they go to: (slot, units) each."""

    bin: str
    sku: str
    barcode: str
    title: str
    quantity: int
    slots: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PickList:
    """One wave's walk through the warehouse. `lines` come sorted by bin; `parcels`, `units` are totals."""

    wave_number: str
    warehouse: str
    made_at_text: str
    lines: tuple[PickLine, ...]
    parcels: int
    units: int


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What lies in the box: units of one sku. `order` is its order's number where the box holds several."""

    sku: str
    barcode: str
    title: str
    variant: str
    quantity: int
    order: str = ""


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """The paper that goes with one parcel. `slot` is its place in the wave's cart, 0 when it has none; `part` is
    which of how many parcels of its order it is."""

    slot: int
    parcel_number: str
    waybill: str
    courier: str
    shop: str
    order_numbers: tuple[str, ...]
    receiver_name: str
    receiver_phone: str
    receiver_address: str
    lines: tuple[SlipLine, ...]
    buyer_message: str
    seller_note: str
    warehouse: str
    part: tuple[int, int] = (1, 1)
