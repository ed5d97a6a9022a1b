"""What is printed on the warehouse's paper: pick lists, packing slips, shipping labels, couriers' manifests.

Surprising: everything here is already text and numbers for people. Times are written out by whoever fills
these (the paper has no zone of its own), and the order of the lines is the order on the paper.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PickLine:
    """Units of one sku and batch to take from one bin, and which slots of the cart they go to: (slot, units) each."""

    bin: str
    sku: str
    barcode: str
    title: str
    quantity: int
    slots: tuple[tuple[int, int], ...]
    batch: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class SortSlot:
    """What must lie in one slot of the sorting wall in the end: (sku, units) each; `marks` are codes: rush, gift,
    note. `sets` are what its goods make up, by name."""

    slot: int
    waybill: str
    courier: str
    goods: tuple[tuple[str, int], ...]
    marks: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PickList:
    """One wave's walk through the warehouse. `lines` come sorted by bin; `parcels`, `units` are totals.

    `single`: every parcel holds one product, so nothing is sorted. `sorting` is the wall, slot by slot; `note` says
    why the wave was made.
    """

    wave_number: str
    warehouse: str
    made_at_text: str
    lines: tuple[PickLine, ...]
    parcels: int
    units: int
    single: bool = False
    sorting: tuple[SortSlot, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What lies in the box: units of one sku. `order` is its order's number where the box holds several, `set_name` the
    set it is a part of, with how many of them: lines of one set stand together."""

    sku: str
    barcode: str
    title: str
    variant: str
    quantity: int
    order: str = ""
    set_name: str = ""


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """The paper that goes with one parcel. `slot` is its place in the wave's cart, 0 when it has none; `part` is
    which of how many parcels of its order it is. `copy` counts from 1; `replaces` says when the copy before it was
    printed, which is to be torn up."""

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
    copy: int = 1
    replaces: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippingLabel:
    """What is stuck on the box. `sort_code` and `hub` are the courier's own; without them `destination` stands large.

    `goods` are short lines; `cod` the amount to collect as text; `copy`, `replaces` and `marks` as on the slip.
    """

    waybill: str
    parcel_number: str
    courier: str
    destination: str
    receiver_name: str
    receiver_phone: str
    receiver_address: str
    sender_name: str
    sender_phone: str
    sender_address: str
    shop: str
    order_numbers: tuple[str, ...]
    goods: tuple[str, ...]
    printed: str
    sort_code: str = ""
    hub: str = ""
    wave_number: str = ""
    slot: int = 0
    part: tuple[int, int] = (1, 1)
    cod: str = ""
    buyer_message: str = ""
    seller_note: str = ""
    copy: int = 1
    replaces: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One parcel the courier took; `collect` is what is due at its door, '' = nothing."""

    waybill: str
    parcel_number: str
    destination: str
    weight: str
    time: str
    collect: str = ""


@dataclass(frozen=True, slots=True)
class ManifestPaper:
    """A courier's manifest. `collect` says what is due at the doors altogether, a line per currency; `taken_by` and
    `signed_by` are empty until both sides have signed at `signed_at`."""

    number: str
    courier: str
    warehouse: str
    company: str
    made_at: str
    made_by: str
    lines: tuple[ManifestLine, ...]
    weight: str
    collect: tuple[str, ...] = ()
    taken_by: str = ""
    signed_by: str = ""
    signed_at: str = ""


@dataclass(frozen=True, slots=True)
class StockPaperLine:
    """One product of one batch in one bin. `planned`, `done` and `difference` as they are printed, '' = to be written
    by hand; of goods in and gradings `planned` are the units and `difference` what they have cost, of a put-away
    `done` is where they go and `difference` where they were put. `serials`: numbers that were read of the units."""

    bin: str
    sku: str
    title: str
    batch: str
    planned: str = ""
    done: str = ""
    difference: str = ""
    serials: str = ""


@dataclass(frozen=True, slots=True)
class StockPaper:
    """A stock document on paper: of a transfer `to` is where it goes, of a count `scope` what is counted. `open_count`:
    still being counted, so that nothing on it says what the books have. `totals` and `note` are one line of text."""

    number: str
    company: str
    warehouse: str
    made_at: str
    made_by: str
    state: str
    lines: tuple[StockPaperLine, ...]
    totals: str
    to: str = ""
    scope: str = ""
    open_count: bool = False
    decided: str = ""
    note: str = ""
