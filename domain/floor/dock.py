"""The dock: a parcel was scanned out and its courier has not signed for it yet. Until then the shipment can be taken
back (撤销发货, rules.md A2), and a refund, a new address or other goods stop the box as one in the house (rules.md B7).

Surprising: nobody here can see the dock. So each of them takes the box back on paper at once, and where it has left
after all a person says so (`left_already`): the one way out of the door past an open stop, of a box that is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.errors import NotSeen, ShipmentStays, Stale, Unknown, WrongStatus
from domain.floor.parcels import Parcel, ParcelState, Stage, Stop, StopKind, StopState
from domain.intake.changes import hold_change, hold_told, last_move
from domain.orders import boxed
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.records import NoticeKind
from domain.review.holds import Hold, HoldCode, lapse
from domain.stock.bins import ship
from domain.stock.stock import Document
from domain.stops import refunds, replies, stop_calls, stopping, withdrawal
from domain.stops.delivery import delivered
from domain.stops.stop_desk import RecallState
from domain.waybills.ewaybills import WaybillState

LISTS_DAYS = 7
"""A courier whose last hand-over list is no older signs for its parcels: what no list names has not left."""
LEFT = "left_already"
_CHANGES = (HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED)


def why_gone(desk: Desk, parcel: Parcel) -> str:
    """Why the shipment cannot be taken back, '' while the parcel stands on the dock: not_left, delivered, recalled,
    returned, said (somebody said that it had left), signed, or late where the courier signs no lists."""
    if parcel.state is not ParcelState.HANDED_OVER or parcel.handed_over_at is None:
        return "not_left"
    orders = desk.orders.many(parcel.live_orders).values()
    if any(delivered(desk, order, parcel) for order in orders):
        return "delivered"
    asked = desk.recalls.of_parcels([parcel.id]).get(parcel.id, ())
    if any(recall.state is not RecallState.DROPPED for recall in asked):
        return "recalled"
    if any(desk.returns.of_order(order.id) for order in orders):
        return "returned"
    if any(event.verb == LEFT for event in desk.history("parcel", parcel.id)):
        return "said"
    listed = desk.manifests.of_parcels([parcel.id]).get(parcel.id)
    if listed is not None:
        return "signed" if listed.signed_at else ""
    return "" if _signs_lists(desk, parcel) or _just_now(desk, parcel.handed_over_at) else "late"


def _signs_lists(desk: Desk, parcel: Parcel) -> bool:
    last = desk.manifests.last(parcel.warehouse_id or 0, parcel.courier_id or 0)
    return last is not None and last.made_at >= desk.now - timedelta(days=LISTS_DAYS)


def _just_now(desk: Desk, at: datetime) -> bool:
    return desk.now - at <= timedelta(minutes=desk.policy.stops.dock_minutes)


def take_back(desk: Desk, actor: Actor, code: str) -> Parcel:
    """Somebody takes a shipment back: the parcel is weighed again, not handed over. Raises Unknown, NotAllowed,
    WrongStatus, ShipmentStays; then nothing was changed."""
    parcel = desk.parcels.by_waybill(code.strip().upper())
    if parcel is None:
        raise Unknown("waybill", code)
    require(actor, Right.HAND_OVER, warehouse=parcel.warehouse_id)
    if parcel.state is not ParcelState.HANDED_OVER:
        raise WrongStatus(parcel.waybill or parcel.number, parcel.state, ParcelState.HANDED_OVER)
    return unship(desk, actor, parcel)


def unship(desk: Desk, actor: Actor, parcel: Parcel, *, called: bool = False) -> Parcel:
    """Undo the hand-over: goods and claim are in the stock again, where they were and at the value they left with; the
    list loses the parcel, its orders are with the warehouse again. `called`: on paper, nobody has it in hand. Returns
    it as saved. Raises ShipmentStays."""
    why = why_gone(desk, parcel)
    if why:
        raise ShipmentStays(parcel.waybill or parcel.number, why)
    gone = desk.stock.shipped_from(parcel.id)
    desk.stock.levels({move.sku for move in gone}, lock=True)
    back = [replace(m, delta=-m.delta, value=-(m.value or 0), document=Document.UNSHIP) for m in gone]
    desk.stock.apply(back, actor.name)
    news = replace(parcel, state=ParcelState.WEIGHED, state_at=desk.now, handed_over_at=None)
    desk.parcels.save([news])
    struck = _strike(desk, actor, parcel)
    notices.redraw(desk, NoticeKind.MANIFEST, [0])
    numbers = desk.waybills.of_parcels([parcel.id]).get(parcel.id, ())
    worn = [row for row in numbers if row.state is WaybillState.DONE]
    desk.waybills.save([replace(row, state=WaybillState.ASSIGNED, changed_at=desk.now) for row in worn])
    how = {"was": str(parcel.state), "list": struck} | ({stopping.CALLED: "yes"} if called else {})
    history.note(desk, actor, "parcel", parcel.id, stopping.UNSHIPPED, **how)
    _reopen(desk, actor, news)
    return desk.parcels.get(parcel.id)


def _strike(desk: Desk, actor: Actor, parcel: Parcel) -> str:
    """Off the list that nobody has signed; whoever is about to sign it must look at it anew."""
    listed = desk.manifests.of_parcels([parcel.id]).get(parcel.id)
    if listed is None:
        return ""
    desk.manifests.strike(parcel.id)
    desk.manifests.save(replace(listed, parcels=listed.parcels - 1, grams=listed.grams - parcel.weight_g))
    history.note(desk, actor, "manifest", listed.id, "struck", waybill=parcel.waybill)
    notices.redraw(desk, NoticeKind.MANIFEST, [listed.id])
    return listed.number


def _reopen(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """Its orders are with the warehouse again; one that its platform calls shipped, or changed since it had left, is
    held for a person to see."""
    boxes = desk.parcels.of_orders(parcel.live_orders)
    news = []
    for order in desk.orders.many(parcel.live_orders).values():
        shipped = order.status is OrderStatus.SHIPPED
        again = replace(order, status=OrderStatus.RELEASED) if shipped else order
        again = hold_change(desk, again, _changed(desk, again, boxes[order.id], parcel))
        news.append(hold_told(desk, again, boxes[order.id]))
        history.note(desk, actor, "order", order.id, stopping.UNSHIPPED, waybill=parcel.waybill)
    desk.orders.save(news)
    stopping.reblock_each(desk, parcel.live_orders)
    notices.redraw(desk, NoticeKind.ORDER, parcel.live_orders)


def _changed(desk: Desk, order: Order, boxes: Sequence[Parcel], parcel: Parcel) -> dict[HoldCode, Mapping[str, str]]:
    """What the platform changed while the parcel was gone, and nobody was asked about: its goods, where it goes."""
    found: dict[HoldCode, Mapping[str, str]] = {}
    apart = boxed.gaps(order, boxes, desk.catalog)
    if apart:
        found[HoldCode.GOODS_CHANGED] = {"goods": boxed.told(apart)}
    stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    late = (stop for stop in stops if stop.state is StopState.TOO_LATE and stop.order_id == order.id)
    if any(HoldCode.ADDR_CHANGED in _of_changes(stop) for stop in late):
        found[HoldCode.ADDR_CHANGED] = last_move(desk, order)
    return found


def standing(desk: Desk, order: Order, lines: set[int] | None = None) -> list[Parcel]:
    """Boxes with goods of the order (of these lines, when named) that still stand on the dock."""
    found = []
    for box in desk.parcels.of_orders([order.id]).get(order.id, ()):
        inside = {item.line_no for item in box.live_items if item.order_id == order.id}
        about = inside if lines is None else inside & lines
        if about and not delivered(desk, order, box) and not why_gone(desk, box):
            found.append(box)
    return found


def call_back(desk: Desk, actor: Actor, order: Order, lines: set[int] | None = None) -> Order:
    """Take back the shipments of an order that is refunded (these lines of it), goes elsewhere or wants other goods,
    where they still stand on the dock, so that they can be stopped. Returns the order: the same object when none stood
    there, else as it was saved."""
    found = standing(desk, order, lines)
    if not found:
        return order
    desk.orders.save([order])
    for box in found:
        unship(desk, actor, desk.parcels.get(box.id), called=True)
    return desk.orders.get(order.id)


def may_have_left(desk: Desk, parcel: Parcel) -> bool:
    """Whether a refund or a change took this box back from the dock and nobody has had it in hand since."""
    stops = stopping.open_of(desk, parcel)
    pulled = any(stop.state is StopState.PULLED for stop in stops)
    return parcel.state is ParcelState.WEIGHED and any(stop.stage is Stage.DOCK for stop in stops) and not pulled


def require_seen(desk: Desk, parcel: Parcel) -> None:
    """Before a change of it is decided: the dispatcher has pulled it, or answered where nobody pulls by a second scan.
    Raises NotSeen; that it has left is an answer too (`left_already`)."""
    answer = StopState.PULLED if desk.policy.stops.second_scan else StopState.ACKED
    answered = any(stop.state is answer for stop in stopping.open_of(desk, parcel))
    if may_have_left(desk, parcel) and not answered:
        raise NotSeen(parcel.waybill)


def left_already(desk: Desk, actor: Actor, stop_id: int, revision: int) -> Stop:
    """The courier had taken it before anybody could: it is handed over as it was, and customer service hears that the
    refund or the change came too late. Raises NotAllowed, Stale, WrongStatus for a box that was in somebody's
    hand."""
    stop = desk.stops.get(stop_id)
    parcel = desk.parcels.get(stop.parcel_id)
    require(actor, Right.HAND_OVER, warehouse=parcel.warehouse_id)
    if not stop.open or stop.revision != revision:
        raise Stale(parcel.waybill, stop.state, stop.acked_by or stop.closed_by, stop.acked_at or stop.closed_at)
    if not may_have_left(desk, parcel):
        raise WrongStatus(parcel.waybill, parcel.state, ParcelState.HANDED_OVER)
    scanned = (e.at for e in desk.history("parcel", parcel.id) if e.verb == ParcelState.HANDED_OVER)
    ship(desk, actor, parcel)
    gone = replace(parcel, state=ParcelState.HANDED_OVER, state_at=desk.now, blocked=False)
    desk.parcels.save([replace(gone, handed_over_at=next(scanned))])
    history.note(desk, actor, "parcel", parcel.id, LEFT)
    notices.redraw(desk, NoticeKind.MANIFEST, [0])
    stops = stopping.open_of(desk, parcel)
    for one in stops:
        _too_late(desk, actor, one)
    _shipped_after_all(desk, actor, parcel)
    for one in stops:
        replies.of_stop(desk, one)
    return desk.stops.get(stop_id)


def _too_late(desk: Desk, actor: Actor, stop: Stop) -> None:
    """What the floor answered was about a box it never had: customer service has to answer anew."""
    changes = _of_changes(stop)
    if stop.kind is not StopKind.REFUND and not changes:
        stopping.let_go(desk, actor.name, stop)
        return
    gone = replace(stop, state=StopState.TOO_LATE, closed_by=actor.name, closed_at=desk.now, next_at=None)
    reason = ",".join(changes) or stop.reason
    desk.stops.save(replace(gone, reason=reason, acked_by="", acked_at=None))
    if stop.refund_id is not None:
        desk.refunds.save(replace(desk.refunds.get(stop.refund_id), stopped=False))
    order = desk.orders.get(stop.order_id)
    notices.tell(
        desk, NoticeKind.STOP, stop.id, {Role.CS, Role.CS_LEAD}, key=f"stop:{stop.id}:left", shop=order.shop_id
    )
    stop_calls.redraw(desk, stop)


def _shipped_after_all(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """Nothing of the box was taken out: its lines are sold, its orders shipped, and nobody holds them for it. That one
    wants it elsewhere, or other goods, is a stop that came too late now."""
    boxes = desk.parcels.of_orders(parcel.live_orders)
    orders = desk.orders.many(parcel.live_orders)
    numbers = {order.number for order in orders.values()}
    news = []
    for order in orders.values():
        inside = {item.line_no for item in parcel.live_items if item.order_id == order.id}
        lines = tuple(replace(line, dropped=False) if line.line_no in inside else line for line in order.lines)
        order = stopping.without_members(desk, order, numbers)
        order = replace(order, lines=lines, status=OrderStatus.RELEASED)
        order = hold_told(desk, refunds.tally(desk, order), boxes[order.id])
        order = withdrawal.settled(desk, actor, order)
        if order.status is OrderStatus.SHIPPED:
            order = replace(order, holds=lapse(order.holds, _of_change, desk.now, actor.name))
        news.append(order)
        history.note(desk, actor, "order", order.id, LEFT, waybill=parcel.waybill)
    desk.orders.save(news)
    stopping.reblock_each(desk, orders)
    notices.redraw(desk, NoticeKind.ORDER, orders)


def _of_change(hold: Hold) -> bool:
    return hold.code in _CHANGES


def _of_changes(stop: Stop) -> list[HoldCode]:
    """The changes that stop a box as a refund does, among the reasons it is held for."""
    told = stop.reason.split(",") if stop.kind is StopKind.HOLD else []
    return [code for code in _CHANGES if code in told]
