"""What a unit in the box bears: its serial number and its batch, told by a scan of the check (rules.md B8, step 5).

Surprising: which batches may be told is not the checker's word but the ledger's: those that were picked into this box,
each as often as it lies there. So what the check says went out is what the ledger ships.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.errors import ItemRefused
from domain.floor.check_records import Unit
from domain.floor.parcels import Parcel
from domain.stock import bins, stock
from domain.stock.stock import Bucket, Document, Move, Place

_BARCODE = re.compile(r"(\d{8}|\d{12,14})")


def serial_fits(desk: Desk, sku: str, code: str) -> bool:
    """Whether the code may be a serial number of this product: by its own pattern, else by the usual one, which no
    retail barcode (a bare number of 8, 12, 13 or 14 digits) fits."""
    rules = desk.policy.checks
    own = rules.serials.get(sku)
    if own:
        return re.fullmatch(own, code, re.IGNORECASE) is not None
    return _BARCODE.fullmatch(code) is None and re.fullmatch(rules.serial, code, re.IGNORECASE) is not None


def untold(desk: Desk, parcel: Parcel, units: Sequence[Unit], sku: str) -> dict[str, int]:
    """batch -> units of it in the box whose check has not told it yet; '' for units the ledger knows no batch of (all
    of them in a box that was picked before boxes were in the books)."""
    told = Counter(unit.batch for unit in units if unit.sku == sku)
    found: dict[str, int] = {}
    for place in bins.boxed(desk, parcel, [sku]):
        found[place.batch] = found.get(place.batch, 0) + place.units
    if not found:
        found[""] = sum(item.quantity for item in parcel.live_items if item.sku == sku)
    strange = sum(count for batch, count in told.items() if batch and batch not in found)
    left = {batch: count - (told[batch] if batch else strange) for batch, count in found.items()}
    return {batch: count for batch, count in left.items() if count > 0}


def batch_called(desk: Desk, sku: str, code: str) -> str:
    """The batch of the product that is called so, as the books spell it; '' when they know none."""
    wanted = " ".join(code.split()).casefold()
    return next((batch for _, batch in desk.stock.batches([sku]) if batch.casefold() == wanted), "")


def _known(desk: Desk, parcel: Parcel, sku: str, code: str, printed: date | None = None) -> str:
    """The batch as the books spell it, '' when they do not know it. Raises ItemRefused once it has expired, by the
    books or by what is `printed` on the unit."""
    name = batch_called(desk, sku, code)
    known = desk.stock.batches([sku]).get((sku, name))
    expires = min(filter(None, (known, printed)), default=None)
    today = desk.now.astimezone(ZoneInfo(desk.catalog.company.zone)).date()
    if expires is not None and expires < today:
        raise ItemRefused(parcel.waybill, "expired", name or code, _title(desk, sku), other=expires.isoformat())
    return name


def _title(desk: Desk, sku: str) -> str:
    return desk.catalog.skus[sku].title


def batch_told(
    desk: Desk, parcel: Parcel, units: Sequence[Unit], code: str, count: int = 1, printed: date | None = None
) -> str:
    """The batch of the last `count` of these units; `printed` is the expiry that stands on them. Raises ItemRefused
    when it has expired, does not lie in the box or not as often; where the ledger knows no batch of what lies there,
    any that could be one is taken."""
    sku = units[-1].sku
    name, left = _known(desk, parcel, sku, code, printed), untold(desk, parcel, units, sku)
    lies = name if name and name in left else ""
    if lies in left and (lies or name or (serial_like(code) and len(code) <= 40)):
        if left[lies] < count:
            raise ItemRefused(parcel.waybill, "few", name or code, _title(desk, sku), left[lies], str(count))
        return name or code
    there = ", ".join(sorted(batch for batch in left if batch))
    raise ItemRefused(parcel.waybill, "other_batch" if name else "no_batch", code, _title(desk, sku), other=there)


def serial_like(code: str) -> bool:
    """Neither a word nor a retail barcode."""
    return any(map(str.isdigit, code)) and _BARCODE.fullmatch(code) is None


def swapped(desk: Desk, actor_name: str, parcel: Parcel, units: Sequence[Unit], code: str) -> str:
    """The last unit is of a batch that was not picked, and may be: one of those in the box lies in its bin again, one
    of this batch has left its own. Returns the batch. Raises ItemRefused (expired, unknown), NotEnoughStock when no
    shelf has one."""
    sku, number = units[-1].sku, parcel.warehouse_id or 0
    name, left = _known(desk, parcel, sku, code), untold(desk, parcel, units, sku)
    if not name:
        raise ItemRefused(parcel.waybill, "no_batch", code, _title(desk, sku), other=", ".join(filter(None, left)))
    out = next((place for place in bins.boxed(desk, parcel, [sku]) if place.batch in left), None)
    if name in left or out is None:
        return name
    (spot,) = bins.drawn(desk, number, {sku: 1}, fresh=False, of=(name,))
    came_from = desk.stock.picked_from(parcel.id)
    home = next((place.bin for place in came_from if (place.sku, place.batch) == (sku, out.batch)), "")

    def one(place: Place) -> Move:
        return Move(number, sku, Bucket.GOOD, 1, Document.PICK, parcel.id, place.bin, place.batch)

    moves = [*stock.relocate(one(out), home), *stock.relocate(one(spot.place), parcel.number)]
    desk.stock.apply(moves, actor_name)
    return name
