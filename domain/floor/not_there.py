"""A picker finds no goods where the books have them: the box is blocked and the bin is counted (rules.md B13, E2).

Surprising: nobody is alarmed, for the goods are on no cart and the gate keeps the box; and nothing is written off. Who
picks says what is missing, the count says how much, and somebody else approves it; when the count is over the box goes
on by itself, or has given up its promise (`shortfall`).
"""

from dataclasses import dataclass, replace

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Unknown, WrongStatus
from domain.floor import floor, walking
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Actor, Right, require
from domain.review.holds import Hold, HoldCode, Source, lapse
from domain.stock import stock_room
from domain.stock.stock_docs import ASKED_AGAIN, DocKind, DocState, StockDoc
from domain.stops import stopping

VERB = ASKED_AGAIN
_MOST_OPEN = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """What came of it: the counts that are to be done, or the bins the units lie in by the books, which know that they
    were moved since the list was printed."""

    parcel: Parcel
    counts: tuple[StockDoc, ...] = ()
    sku: str = ""
    lies_in: tuple[str, ...] = ()


def report(desk: Desk, actor: Actor, code: str, product: str, reason: str) -> Missing:
    """Units of this product that this parcel wants are not in the bin its paper named ('' = its only product). Its
    orders are held with the reason, the product, the bin and the count, until that count is over; who says so has the
    stopped parcel. A count that is open already is the one; there is one for each bin where the paper named several.
    Of units that were moved nothing is held: the parcel is sent to where they lie, and that is counted the next time.

    Raises Unknown, BadValue, NotAllowed, WrongStatus when the parcel is not being picked.
    """
    box = desk.parcels.by_waybill(code)
    if box is None:
        raise Unknown("waybill", code[:60])
    require(actor, Right.PICK, warehouse=box.warehouse_id)
    if box.state is not ParcelState.IN_WAVE or box.warehouse_id is None:
        raise WrongStatus(box.waybill or box.number, box.state, ParcelState.IN_WAVE)
    sku = _product(desk, box, product)
    paper = walking.named(desk, box, sku)
    if not paper:
        return Missing(box, sku=sku, lies_in=tuple(walking.send_on(desk, box, sku)))
    return Missing(box, tuple(_missing(desk, actor, box, sku, where, reason) for where in paper), sku)


def _missing(desk: Desk, actor: Actor, box: Parcel, sku: str, where: str, reason: str) -> StockDoc:
    doc = _count(desk, actor, box.warehouse_id or 0, where or sku)
    history.note(desk, actor, "stock_doc", doc.id, VERB, sku, parcel=box.number, box=str(box.id))
    told = " · ".join(part for part in (reason, sku, where, doc.number) if part)
    for order_id in sorted({item.order_id for item in box.live_items if item.sku == sku}):
        order = desk.orders.get(order_id)
        evidence = {"reason": told, "by": actor.name, stopping.COUNT: doc.number}
        if any(hold.open and hold.evidence.get(stopping.COUNT) == doc.number for hold in order.holds):
            continue
        hold = Hold(HoldCode.FREEZE, Source.PERSON, desk.now, evidence)
        desk.orders.save([replace(order, holds=(*order.holds, hold))])
        history.note(desk, actor, "order", order_id, "held", told)
        stopping.reblock(desk, desk.orders.get(order_id))
    return doc


def _product(desk: Desk, box: Parcel, text: str) -> str:
    """Which of the box's products is meant."""
    inside = list(dict.fromkeys(item.sku for item in box.live_items))
    sku = floor.sku_of(desk, text) if text else (inside[0] if len(inside) == 1 else "")
    if sku and sku not in inside:
        raise BadValue("sku", text[:60], "in_parcel")
    if not sku:
        raise Unknown("sku", text[:60])
    return sku


def _count(desk: Desk, actor: Actor, warehouse_id: int, scope: str) -> StockDoc:
    """The open count of that bin, else a new one that lies ready for whoever takes it up."""
    for doc in desk.stock_docs.open_of([warehouse_id], _MOST_OPEN):
        if doc.kind is DocKind.COUNT and doc.state is DocState.OPEN and doc.scope == scope:
            return doc
    return stock_room.ask_count(desk, actor, warehouse_id, scope)


def over(desk: Desk, actor: Actor, doc: StockDoc) -> None:
    """The count is done, or nobody wants it any more: the boxes that waited for it go on."""
    told = [event for event in desk.history("stock_doc", doc.id, 1000) if event.verb == VERB]
    boxes = desk.parcels.many([int(event.data["box"]) for event in told])
    for order_id in sorted({order_id for box in boxes.values() for order_id in box.order_ids}):
        order = desk.orders.get(order_id)
        holds = lapse(order.holds, lambda hold: hold.evidence.get(stopping.COUNT) == doc.number, desk.now, actor.name)
        if holds != order.holds:
            desk.orders.save([replace(order, holds=holds)])
            stopping.reblock(desk, desk.orders.get(order_id))
