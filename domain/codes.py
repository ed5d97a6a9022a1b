"""One code of a message or a scan, with all that was told of it.

Surprising: the text alone does not say what it is; a waybill, goods, a unit's serial number and a bin are told apart by
what is being asked (`domain.people.asked`) and by what is known (`domain.floor.floor`).
"""

from datetime import date
from typing import NamedTuple


class Code(NamedTuple):
    """`text` '' = the parcel before, `grams` its weight. Of goods `units` were told, and what one barcode said of them
    besides: batch, serial number, expiry."""

    text: str
    grams: int | None = None
    units: int = 1
    batch: str = ""
    serial: str = ""
    expires: date | None = None
