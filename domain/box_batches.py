"""Which batches lie in a box, against what its check scans (rules.md B8, 5: batch, first expired first out).

Surprising: the books follow the box. A picker who took a unit of another batch has done no harm while that batch may be
sent, so the two change places in the books; what may not be sent, or lies on no shelf, is refused.
"""

from collections import Counter
from collections.abc import Iterable

from domain import bins, history, stock
from domain.check_records import Unit
from domain.desk import Desk
from domain.errors import ItemRefused, NotEnoughStock
from domain.parcels import Parcel
from domain.people import Actor
from domain.stock import Bucket, Document, Move, Place


def inherited(desk: Desk, parcel: Parcel, sku: str, units: Iterable[Unit]) -> str:
    """The batch the next unit of it is taken to be of: that of the one before while the box can hold another, '' where
    it must be scanned."""
    mine = [unit.batch.upper() for unit in units if unit.sku == sku]
    last = mine[-1] if mine else ""
    box = _box(desk, parcel, sku)
    known = last and box and "" not in box
    return "" if known and Counter(mine)[last] >= sum(p.units for p in box.get(last, ())) else last


def follow(desk: Desk, actor: Actor, parcel: Parcel, units: Iterable[Unit], code: str) -> None:
    """The last of these units is of this batch: where the books have others in the box, one of them goes home and this
    one in. Raises ItemRefused for a batch that is on no shelf or must not be sent."""
    *before, last = units
    box = _box(desk, parcel, last.sku)
    scanned = Counter(unit.batch.upper() for unit in before if unit.sku == last.sku)
    there = {batch: sum(place.units for place in places) for batch, places in box.items()}
    if not box or "" in box or scanned[code.upper()] < there.get(code.upper(), 0):
        return
    spare = next((batch for batch, units_ in sorted(there.items()) if units_ > scanned[batch]), None)
    if spare is None:
        return
    assert parcel.warehouse_id is not None
    try:
        (spot,) = bins.drawn(desk, parcel.warehouse_id, {last.sku: 1}, of=(code.upper(),))
    except NotEnoughStock:
        title = desk.catalog.skus[last.sku].title
        raise ItemRefused(parcel.waybill, "batch_other", code, title, other=spare) from None
    home = next((p.bin for p in desk.stock.picked_from(parcel.id) if (p.sku, p.batch) == (last.sku, spare)), "")
    moves = [
        *stock.relocate(_one(box[spare][0], parcel), home),
        *stock.relocate(_one(spot.place, parcel), parcel.number),
    ]
    desk.stock.apply(moves, actor.name)
    history.note(desk, actor, "parcel", parcel.id, "batch_swapped", sku=last.sku, was=spare, batch=code.upper())


def _box(desk: Desk, parcel: Parcel, sku: str) -> dict[str, list[Place]]:
    """batch -> what of it lies in the box by the books; nothing where boxes were not known yet."""
    found: dict[str, list[Place]] = {}
    for place in desk.stock.places([sku], parcel.warehouse_id, parcel.number):
        found.setdefault(place.batch, []).append(place)
    return found


def _one(place: Place, parcel: Parcel) -> Move:
    return Move(
        place.warehouse_id, place.sku, Bucket.GOOD, 1, Document.PICK, parcel.id, bin=place.bin, batch=place.batch
    )
