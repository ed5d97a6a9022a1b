"""Which batch a unit is of that comes back or is graded anew (rules.md B8, B12, B13).

Surprising: what left in a box is known by batch, so nobody is asked where only one batch can have come back. Where
several can, or nobody ever told one, whoever holds the unit reads it off; another batch than any that left is taken
as told, because the shelf must say what lies on it, and the card says that it is another.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from domain.desk import Desk
from domain.errors import BadValue, BatchExpired, BatchNeeded
from domain.records import Grade, Return, ReturnItem
from domain.stock import bins
from domain.stock.stock import Batch, Document

CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,29}", re.ASCII)
_DAY = re.compile(r"(?:19|[2-9]\d)\d\d[-/.]\d{1,2}[-/.]\d{1,2}", re.ASCII)


def code_of(text: str) -> str:
    """A batch's code as we keep it, '' for none told. Raises BadValue for a text that is no code."""
    code = text.strip().upper()
    if code and not CODE.fullmatch(code):
        raise BadValue("batch", text[:40], "batch")
    return code


def of_scan(desk: Desk, sku: str, text: str, expires: date | None, *, label: bool) -> str:
    """The code of the batch that a scan of goods names, '' for none; a `label` says itself which of its parts that is.

    Raises BadValue for no code, and for a day alone that is no batch yet: it may as well be the expiry, and goods of no
    expiry would be sent last.
    """
    code = code_of(text)
    doubtful = not label and expires is None and _DAY.fullmatch(code) is not None
    if doubtful and (sku, code) not in desk.stock.batches([sku]):
        raise BadValue("batch", text[:40], "batch_or_day")
    return code


def wants(desk: Desk, sku: str) -> bool:
    """Whether units of it are kept by batch."""
    return sku in desk.catalog.skus and desk.catalog.skus[sku].batched


def named(desk: Desk, sku: str, text: str, expires: date | None) -> Batch:
    """The batch somebody named. One that is known brings its expiry with it; a new one needs one.

    Raises BadValue without a code, without the expiry of a new batch, and for an expiry unlike the known one.
    """
    code = code_of(text)
    if not code:
        raise BadValue("batch", "", "batch_expiry")
    known = desk.stock.batches([sku])
    before = known.get((sku, code))
    if expires is None and (sku, code) not in known:
        raise BadValue("expiry", "", "batch_expiry")
    if expires and before and expires != before:
        raise BadValue("expiry", expires.isoformat(), "expiry_known")
    return Batch(sku, code, expires or before)


def require_fresh(desk: Desk, batch: Batch) -> None:
    """Raises BatchExpired: what has expired is never good again. Its last day still is."""
    if batch.expires is not None and batch.expires < bins.today(desk):
        raise BatchExpired(batch.sku, batch.code, batch.expires)


def of_return(
    desk: Desk, parcel: Return, item: ReturnItem, verdict: Grade, units: int, told: Batch | None
) -> list[tuple[Batch, int]]:
    """What units of a return are, and how many of each: as told, else as they left when only that is possible; of no
    batch for a sku without. Raises BatchNeeded, BatchExpired, BadValue."""
    sku = item.sku
    if not wants(desk, sku):
        return [(Batch(sku, ""), units)]
    if told is not None:
        lots = {named(desk, sku, told.code, told.expires): units}
    else:
        lots = _derived(desk, parcel, item, verdict, units)
    for lot in lots if verdict is Grade.GOOD else ():
        require_fresh(desk, lot)
    return list(lots.items())


def _derived(desk: Desk, parcel: Return, item: ReturnItem, verdict: Grade, units: int) -> dict[Batch, int]:
    left = out_there(desk, parcel, item.order_id).get(item.sku, {})
    whole = sum(left.values()) == units
    if "" in left or sum(left.values()) < units or (len(left) > 1 and not whole):
        known = tuple(code for code in left if code)
        raise BatchNeeded(parcel.id, item.line_no, item.sku, item.title, verdict, units, known)
    until = desk.stock.batches([item.sku])
    return {Batch(item.sku, code, until.get((item.sku, code))): units if not whole else n for code, n in left.items()}


def out_there(desk: Desk, parcel: Return, order_id: int) -> dict[str, Mapping[str, int]]:
    """sku -> batch -> units that left with this order (in our own parcel, when that is what comes back) and are not
    back yet; '' = of no batch anybody told, or the check scanned another than was picked."""
    left: dict[str, Counter[str]] = {}
    boxes = sent_with(desk, parcel, order_id)
    for (_, sku, code), units in desk.stock.moved(Document.SHIPMENT, boxes).items():
        left.setdefault(sku, Counter())[code] -= units
    for box in boxes:
        check = desk.checks.get(box)
        for unit in check.units if check else ():
            if unit.batch and unit.sku in left and unit.batch.upper() not in left[unit.sku]:
                left[unit.sku][""] += 1
    parcels = desk.parcels.many(boxes).values()
    backs = {back.id for one in parcels for order in one.order_ids for back in desk.returns.of_order(order)}
    for (_, sku, code), units in desk.stock.moved(Document.RETURN, backs | {parcel.id}).items():
        if sku in left:
            left[sku][code] -= units
    return {sku: +codes for sku, codes in left.items()}


def sent_with(desk: Desk, parcel: Return, order_id: int) -> list[int]:
    """The boxes a returned unit of this order may have left in."""
    if parcel.parcel_id is not None:
        return [parcel.parcel_id]
    return [box.id for box in desk.parcels.of_orders([order_id]).get(order_id, ())]
