"""Promises that cannot be kept: units orders were promised are not there, and the books must say so (rules.md B13).

Surprising: nothing is held. A promise is a claim on units, so what cannot be kept gives its claim up: a box that is in
no wave goes back to review with its order, one in a wave that nobody has picked leaves it and is owed. What somebody
has picked is there. The youngest promise goes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain import history
from domain.desk import Desk
from domain.floor.aftermath import wave_progress
from domain.floor.parcels import TAKES_OUT, Parcel, ParcelState
from domain.orders import owed
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Role
from domain.planning.planning import refresh
from domain.records import NoticeKind
from domain.stock.stock import Document
from domain.stock.stock_docs import StockDoc
from domain.stops import stopping, withdrawal
from domain.stops.interception import nothing_waved

_FLOOR = {Role.PICKER, Role.DISPATCHER}
_AT_ONCE = 50


@dataclass(slots=True)
class Lost:
    """Whose goods are not there: orders back in review (not saved yet), orders that are owed, the waves they left."""

    reviewed: dict[int, Order] = field(default_factory=dict)
    owed: dict[int, Order] = field(default_factory=dict)
    waves: set[int] = field(default_factory=set)


def give_up(desk: Desk, actor: Actor, doc: StockDoc, leaving: Mapping[str, int]) -> Lost:
    """Free as many claims as these units need to leave the good stock of the document's warehouse.

    Boxes that a refund stops are left to whoever puts them back: what is still promised then is refused by whoever
    posts the moves (NotEnoughStock). `settled` must follow once they are posted.
    """
    lost = Lost()
    for sku, units in sorted(leaving.items()):
        for state in (ParcelState.READY, ParcelState.IN_WAVE):
            _freed(desk, actor, doc, sku, units, state, lost)
    return lost


def _missing(desk: Desk, warehouse_id: int, sku: str, units: int) -> bool:
    level = desk.stock.levels([sku], lock=True).get((warehouse_id, sku))
    return level is not None and level.free < units


def _freed(desk: Desk, actor: Actor, doc: StockDoc, sku: str, units: int, state: ParcelState, lost: Lost) -> None:
    """Boxes of this state give the sku up, the youngest first, until enough of it is free."""
    seen: set[int] = set()
    while _missing(desk, doc.place, sku, units):
        found = desk.parcels.promised(sku, doc.place, state, _AT_ONCE + len(seen))
        boxes = [box for box in found if box.id not in seen]
        if not boxes:
            return
        for box in boxes:
            seen.add(box.id)
            for order_id in sorted({i.order_id for i in box.live_items if i.sku == sku}, reverse=True):
                now = desk.parcels.get(box.id)  # an order that went back to review took all its boxes along
                if now.state is state and order_id in now.live_orders and _missing(desk, doc.place, sku, units):
                    _without_goods(desk, actor, doc, desk.orders.get(order_id), now, lost)


def _without_goods(desk: Desk, actor: Actor, doc: StockDoc, order: Order, box: Parcel, lost: Lost) -> None:
    """One order's goods in one box that nobody has had in hand are not there."""
    if stopping.open_of(desk, box, *TAKES_OUT):
        return
    boxes = desk.parcels.of_orders([order.id])[order.id]
    if order.status is OrderStatus.APPROVED or nothing_waved(order, boxes):
        lost.reviewed[order.id] = withdrawal.unapprove(desk, actor, order, boxes, reason=doc.number)
        return
    for stop in stopping.open_of(desk, box):
        if stop.order_id == order.id:
            stopping.let_go(desk, actor.name, stop)
    items = [item for item in box.live_items if item.order_id == order.id]
    others = set(box.live_orders) - {order.id}
    if others:
        withdrawal.leave(desk, actor, box, order.id, Document.UNDO)
        stopping.part(desk, order.id, others)
    else:
        withdrawal.take_out(desk, actor, box, order.id, {item.line_no for item in items}, Document.CANCEL)
    owed.later(desk, actor, order, items)
    stopping.reblock_each(desk, [order.id, *sorted(others)])
    wave_progress(desk, actor, desk.parcels.get(box.id))
    lost.owed[order.id] = order
    lost.waves |= {box.wave_id} if box.wave_id else set()


def settled(desk: Desk, actor: Actor, doc: StockDoc, lost: Lost) -> None:
    """The books are right: orders in review are screened anew, people hear of theirs, the history names them all."""
    orders = {**lost.reviewed, **lost.owed}
    if not orders:
        return
    refresh(desk, list(lost.reviewed.values()))
    numbers = ", ".join(orders[order_id].number for order_id in sorted(orders))
    history.note(desk, actor, "stock_doc", doc.id, "promises_lost", orders=numbers)
    for order in orders.values():
        key = f"not_there:{doc.id}:{order.id}"
        notices.tell(desk, NoticeKind.ORDER, order.id, {Role.CS}, key=key, shop=order.shop_id, quiet=True)
    notices.redraw(desk, NoticeKind.ORDER, orders, digest=True)
    for wave_id in sorted(lost.waves):
        wave = desk.waves.get(wave_id)
        key, named = f"not_there:{doc.id}:{wave_id}", wave.owner_id
        notices.tell(desk, NoticeKind.WAVE, wave_id, _FLOOR, key=key, warehouse=wave.warehouse_id, named=named)


def lost_by(desk: Desk, doc: StockDoc) -> str:
    """The numbers of the orders whose goods this document found missing, '' for none."""
    told = next((e for e in desk.history("stock_doc", doc.id) if e.verb == "promises_lost"), None)
    return str(told.data["orders"]) if told else ""
