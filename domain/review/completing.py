"""Orders that are done although no courier took anything: handed over at the counter, sent by somebody else, or with
nothing to send at all.

Surprising: it may be said while the goods stand packed. Then the floor puts them back like any that nobody orders any
more, and only that frees their stock. Said with the warehouse whose goods the buyer was given, they leave its stock
(`domain.stock.counter`) and nobody puts anything back.
"""

from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import ReasonNeeded, Stale, WrongStatus
from domain.floor.aftermath import wave_progress
from domain.floor.parcels import IN_HOUSE, TAKES_OUT, UNTOUCHED, Parcel, ParcelState, StopKind
from domain.intake.incoming import RefundState
from domain.orders.orders import Order, OrderStatus, check_move
from domain.people.people import Actor, Right, require
from domain.planning.planning import refresh
from domain.review.holds import WITHOUT_US, ended_with, open_codes
from domain.review.review import announce, seen
from domain.stock import bins, counter
from domain.stock.stock import Document
from domain.stops import pulls, stopping, withdrawal

COMPLETED = "completed"
"""Why goods come out of a box that nobody orders otherwise."""
_FROM = (OrderStatus.REVIEW, OrderStatus.RELEASED)


def completable(order: Order) -> bool:
    """Whether a person may say that it is done: in review or in the house, and for one of the reasons in
    `WITHOUT_US`."""
    return order.status in _FROM and not WITHOUT_US.isdisjoint(open_codes(order.holds))


def sources(desk: Desk, order: Order) -> list[int]:
    """The warehouses whose goods may have gone over the counter: where its boxes stand whole, or, with no box in the
    house, those that have all of it to give."""
    if not order.shippable or any(line.sku is None for line in order.shippable):
        return []
    boxes = _boxes(desk, order)
    if any(box.warehouse_id is not None for box in boxes):
        places = {box.warehouse_id for box in boxes if box.warehouse_id is not None}
        return list(places) if len(places) == 1 and all(counter.whole(desk, order, box) for box in boxes) else []
    need = counter.wanted(order)
    there = bins.claimable(desk, set(need))
    return [place for place in desk.catalog.warehouses if all(there.get((place, s), 0) >= n for s, n in need.items())]


def _boxes(desk: Desk, order: Order) -> list[Parcel]:
    """Those that hold goods of an order past review."""
    if order.status is not OrderStatus.RELEASED:
        return []
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    return [box for box in boxes if order.id in box.live_orders and box.state is not ParcelState.CANCELLED]


def complete(
    desk: Desk, actor: Actor, order_id: int, revision: int, reason: str, warehouse_id: int | None = None
) -> Order:
    """It is done without a parcel of ours; with `warehouse_id` the buyer was given its goods there, and they leave the
    stock. Raises NotAllowed, Stale, ReasonNeeded, WrongStatus, also when a box of it has left; NotEnoughStock."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reason.strip():
        raise ReasonNeeded("complete")
    if order.status not in _FROM:
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    if not completable(order):
        raise Stale(order.number, "hold_released")
    if warehouse_id is not None:
        counter.issue(desk, actor, order, warehouse_id, _boxes(desk, order))
        place = desk.catalog.warehouses[warehouse_id].code
        history.note(desk, actor, "order", order.id, "issued", reason.strip(), warehouse=place)
    if order.status is OrderStatus.RELEASED:
        _off_the_floor(desk, actor, order, reason.strip())
    else:
        desk.orders.save([withdrawal.complete(desk, actor, order, reason.strip())])
    announce(desk, [order_id], decided=True)
    return desk.orders.get(order_id)


def reopenable(desk: Desk, order: Order) -> bool:
    """Whether a person said that it is done and may take that back: nothing of it waits to be put back, and no refund
    came since."""
    told = order.status is OrderStatus.ELSEWHERE and bool(order.reason)
    live = (RefundState.REQUESTED, RefundState.SUCCESS)
    if not told or any(refund.state in live for refund in desk.refunds.of_order(order.id)):
        return False
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    return not any(box.state is not ParcelState.CANCELLED and order.id in box.live_orders for box in boxes)


def reopen(desk: Desk, actor: Actor, order_id: int, revision: int) -> Order:
    """It is not done after all: what went over the counter is stock again, and the order is reviewed anew, held for
    what held it. Raises NotAllowed, Stale, WrongStatus."""
    order = desk.orders.get(order_id)
    require(actor, Right.APPROVE, shop=order.shop_id)
    seen(desk, order, revision)
    if not reopenable(desk, order):
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    check_move(order, OrderStatus.REVIEW)
    history.note(desk, actor, "order", order.id, "reopened")
    if counter.take_back(desk, actor, order):
        history.note(desk, actor, "order", order.id, "issue_undone")
    holds = ended_with(order.holds, order.decided_by, order.decided_at)
    news = replace(withdrawal.undecided(order), reason="", holds=holds)
    refresh(desk, [news])
    announce(desk, [order_id])
    return desk.orders.get(order_id)


def _off_the_floor(desk: Desk, actor: Actor, order: Order, reason: str) -> None:
    """Its goods go back to their shelves: at once from boxes that nobody has touched, by a put-back scan from the
    others. Those that travel with it go on."""
    check_move(order, OrderStatus.ELSEWHERE)
    boxes = _boxes(desk, order)
    for box in boxes:
        if box.state not in IN_HOUSE | UNTOUCHED:
            raise WrongStatus(box.waybill or box.number, box.state, ParcelState.WEIGHED)
    done = withdrawal.done_elsewhere(desk, actor, order, reason)
    for box in boxes:
        _emptied(desk, actor, order, box)
    desk.orders.save([done])
    stopping.part(desk, order.id, {oid for box in boxes for oid in box.live_orders} - {order.id})
    stopping.reblock_each(desk, dict.fromkeys([order.id, *(oid for box in boxes for oid in box.live_orders)]))


def _emptied(desk: Desk, actor: Actor, order: Order, box: Parcel) -> None:
    """What of the order lies in the box comes out, but for what a refund or a repack takes out already."""
    lines = {item.line_no for item in box.live_items if item.order_id == order.id}
    for task in stopping.open_of(desk, box):
        if task.order_id == order.id and task.kind is StopKind.REPICK:
            stopping.let_go(desk, actor.name, task)
        elif task.order_id == order.id and task.kind in TAKES_OUT:
            lines -= set(task.line_nos) or lines
    if lines and (box.state in UNTOUCHED or pulls.untouched(desk, box)):
        out = withdrawal.take_out(desk, actor, box, order.id, lines, Document.CANCEL, picked=False)
        wave_progress(desk, actor, out)
    elif lines:
        stopping.open_stop(desk, actor, order.id, box, StopKind.REPACK, COMPLETED, line_nos=sorted(lines))
        stopping.fit_tasks(desk, box)
