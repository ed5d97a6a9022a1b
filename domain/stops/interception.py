"""Interception (拦截): a refund at any moment stops the goods where they are, in the same transaction (rules.md B7).

Surprising: nothing here moves goods. A stop blocks the parcel and names a person; only the put-back scan
(`domain.floor.fulfilment`) frees the stock, because only then is the unit back on its shelf.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import NotEnoughStock, Stale, Unknown
from domain.floor import dock
from domain.floor.parcels import IN_HOUSE, UNTOUCHED, Parcel, ParcelState, Refund, Stop, StopKind, StopState
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders import boxed, owed, parts
from domain.orders.orders import Line, Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, ActorKind, Right, Role, require
from domain.planning.planning import refresh
from domain.records import NoticeKind
from domain.review.holds import ABOUT_BOXES, Hold, HoldCode, Source, asked_again, open_codes
from domain.stock import stock
from domain.stops import away, recalls, refunds, replies, stopping, unclear, withdrawal
from domain.stops.stopping import reblock as reblock  # who changes an order asks here, whatever it was that changed

_OUTSIDE = (OrderStatus.RELEASED, OrderStatus.PUT_BACK, OrderStatus.SHIPPED)
"""Boxes of these may stand on the dock."""


def refund_came(desk: Desk, actor: Actor, order: Order, refund: IncomingRefund) -> Order:
    """Take one refund in: returns the order changed but not saved; parcels, stops and stock are written here.

    Idempotent by refund number, state, amount and goods.
    """
    before = refunds.known(desk, order, refund)
    order, about = refunds.told(desk, order, refund, _standing(desk, order, refund))
    parcels = desk.parcels.of_orders([order.id]).get(order.id, ())
    asks = unclear.is_news(order, refund, about.unclear)
    record = refunds.remember(desk, order, refund, parcels, about.lines, asks=asks)
    if record is None:
        return order
    history.note(
        desk,
        actor,
        "order",
        order.id,
        f"refund_{refund.state}",
        refund.reason,
        refund=refund.external_id,
        amount=str(refund.amount),
        stage=record.stage,
    )
    if refund.state is RefundState.CANCELLED or refund.state is RefundState.NONE:
        order = _withdrawn(desk, actor, unclear.settled(desk, order, record), record, parcels)
    else:
        refunds.settle_open(desk, order, refund)
        order = _narrowed(desk, actor, refunds.tally(desk, order), record, before)
        order = _act(desk, actor, order, record, desk.parcels.of_orders([order.id]).get(order.id, ()), about.unclear)
        order = refunds.tally(desk, order)
    replies.judge(desk, order, record.id, asked=actor.kind is ActorKind.SHOP)
    return order


def _standing(desk: Desk, order: Order, refund: IncomingRefund) -> set[int]:
    """The order's parcels on the dock, by id; looked for only where units are told, which may be taken back from it."""
    asked = any(refund.units) and order.status in _OUTSIDE
    return {box.id for box in dock.standing(desk, order)} if asked else set()


def _act(
    desk: Desk,
    actor: Actor,
    order: Order,
    record: Refund,
    parcels: Sequence[Parcel],
    open_ids: Collection[str],
) -> Order:
    """Do what the stage asks for (the table of rules.md B7); `open_ids` are told ids a person must decide about."""
    about = refunds.covered(order, record, desk.refunds.of_order(order.id))
    lines = [line for line in order.lines if line.line_no in about]
    if order.status is OrderStatus.APPROVED or nothing_waved(order, parcels):
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="refund")
        key = f"refund:{record.id}:{record.revision}"
        notices.tell(desk, NoticeKind.ORDER, order.id, {Role.CS}, key=key, shop=order.shop_id, quiet=True, doer=actor)
    order = unclear.asked(desk, order, record, open_ids)
    if order.status in _OUTSIDE:
        back = dock.call_back(desk, actor, order, about)
        if back is not order:  # boxes of it stand in the house again
            order, parcels = back, desk.parcels.of_orders([order.id]).get(order.id, ())
    if order.status in (OrderStatus.RELEASED, OrderStatus.PUT_BACK):
        return _stop_parcels(desk, actor, order, record, lines, parcels)
    if order.status is OrderStatus.SHIPPED:
        return _too_late(desk, order, record, parcels)
    if record.state == RefundState.SUCCESS and order.status in (OrderStatus.UNPAID, OrderStatus.REVIEW):
        desk.refunds.save(replace(record, stopped=True))
        order = _drop(order, lines)
        if not order.bought:
            order = withdrawal.close(desk, actor, order, "refunded")
    return order


def nothing_waved(order: Order, parcels: Sequence[Parcel]) -> bool:
    """Released, but nothing is printed: the order can simply go back to review."""
    live = [parcel for parcel in parcels if parcel.state is not ParcelState.CANCELLED]
    untouched = all(parcel.state in UNTOUCHED for parcel in live)
    return order.status is OrderStatus.RELEASED and bool(live) and untouched


def _drop(order: Order, lines: Sequence[Line]) -> Order:
    gone = {line.line_no for line in lines}
    kept = tuple(replace(line, dropped=True) if line.line_no in gone else line for line in order.lines)
    return replace(order, lines=kept)


def _stop_parcels(
    desk: Desk,
    actor: Actor,
    order: Order,
    record: Refund,
    lines: Sequence[Line],
    parcels: Sequence[Parcel],
) -> Order:
    gone = {line.line_no for line in lines}
    known = {line.line_no for line in order.lines}
    if gone >= {line.line_no for line in order.shippable}:  # then lines that have vanished from the order go as well
        gone |= {i.line_no for p in parcels for i in p.live_items if i.order_id == order.id and i.line_no not in known}
    _fit_stops(desk, actor, order, record, parcels, gone)
    stopped = False
    for parcel in parcels:
        affected = {i.line_no for i in parcel.live_items if i.order_id == order.id and i.line_no in gone}
        if not affected:
            continue
        if parcel.state in UNTOUCHED:
            withdrawal.take_out(desk, actor, parcel, order.id, affected, stock.Document.CANCEL)
            stopped = True
        elif parcel.state in IN_HOUSE:
            _open_stop(desk, actor, order, record, parcel, affected)
            stopped = True
        else:
            _say_too_late(desk, order, record, parcel)
    boxes = desk.parcels.of_orders([order.id])[order.id]
    left = [p for p in boxes if p.state is not ParcelState.CANCELLED and order.id in p.live_orders]
    inside = {item.line_no for p in left for item in p.live_items if item.order_id == order.id}
    out = [line for line in lines if stopped or line.line_no not in inside]
    if not out and not stopped:
        reblock(desk, order)
        return order
    if record.state == RefundState.SUCCESS:
        order = _drop(order, out)
    if not left or (record.state == RefundState.SUCCESS and not inside & gone):
        desk.refunds.save(replace(desk.refunds.get(record.id), stopped=True))
    if not left:
        return withdrawal.nothing_left(desk, actor, order)
    if record.state == RefundState.SUCCESS:
        order = withdrawal.settled(desk, actor, order)
    if not order.shippable and order.status is OrderStatus.RELEASED:
        order = replace(order, status=OrderStatus.PUT_BACK)
    return order


def _fit_stops(
    desk: Desk, actor: Actor, order: Order, record: Refund, parcels: Sequence[Parcel], gone: set[int]
) -> None:
    """A refund may come to be about less than its open stops want, or about more: whoever answered is told anew."""
    for parcel in parcels:
        inside = {item.line_no for item in parcel.live_items if item.order_id == order.id}
        for stop in _open_stops(desk, parcel, record):
            if not inside & gone:
                stopping.let_go(desk, actor.name, stop)
            else:
                stopping.fit(desk, stop, parcel, () if inside <= gone else tuple(sorted(inside & gone)), inside)


def _open_stops(desk: Desk, parcel: Parcel, record: Refund) -> list[Stop]:
    stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    return [stop for stop in stops if stop.open and stop.refund_id == record.id]


def _open_stop(desk: Desk, actor: Actor, order: Order, record: Refund, parcel: Parcel, affected: set[int]) -> None:
    """Block the parcel for the refund. A task to put its lines into the box stays: should this refund be withdrawn as
    well, they are still not in it."""
    if _open_stops(desk, parcel, record):
        return
    whole = {item.line_no for item in parcel.live_items if item.order_id == order.id} == affected
    stopping.open_stop(
        desk,
        actor,
        order.id,
        parcel,
        StopKind.REFUND,
        record.reason or "refund",
        line_nos=() if whole else tuple(affected),
        refund_id=record.id,
        told_at=record.at,
    )
    desk.parcels.save([replace(parcel, blocked=True)])
    stopping.fit_tasks(desk, parcel)
    notices.redraw(desk, NoticeKind.WAVE, [parcel.wave_id] if parcel.wave_id else [])


def _too_late(desk: Desk, order: Order, record: Refund, parcels: Sequence[Parcel]) -> Order:
    """Everything had left: customer service must ask the courier for it back or wait for the return."""
    desk.refunds.save(replace(record, stopped=False))
    for parcel in parcels:
        _say_too_late(desk, order, record, parcel)
    return order


def _say_too_late(desk: Desk, order: Order, record: Refund, parcel: Parcel) -> None:
    """One box that had left with goods of the refund (of a refund of money alone: any box), told once. That the refund
    had stopped it before, and let it go, says nothing."""
    told = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    inside = {item.line_no for item in parcel.live_items if item.order_id == order.id}
    about = refunds.covered(order, record, desk.refunds.of_order(order.id)) or inside
    if parcel.state is not ParcelState.HANDED_OVER or not inside & about:
        return
    if any(stop.refund_id == record.id and stop.state is StopState.TOO_LATE for stop in told):
        return
    away.too_late(desk, order, parcel, StopKind.REFUND, record.reason or "refund", record)


def _narrowed(desk: Desk, actor: Actor, order: Order, record: Refund, before: Refund | None) -> Order:
    """A live refund may come to be about less: what it gave up and nobody else took is wanted again."""
    if before is None or before.state not in (RefundState.REQUESTED, RefundState.SUCCESS):
        return order
    free = set(before.line_nos) - refunds.covered(order, record, desk.refunds.of_order(order.id))
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    out = {item.line_no for box in boxes for item in box.items if item.order_id == order.id and item.dropped}
    if not any(line.line_no in free and (line.dropped or line.line_no in out) for line in order.lines):
        return order
    return _given_back(desk, actor, order, record, free, boxes)


def _withdrawn(desk: Desk, actor: Actor, order: Order, record: Refund, parcels: Sequence[Parcel]) -> Order:
    """The buyer wants the goods after all: stops of this refund are released, the lines come back (WDT 256)."""
    for parcel in parcels:
        for stop in _open_stops(desk, parcel, record):
            stopping.let_go(desk, actor.name, stop)
    recalls.unwanted(desk, actor, parcels)
    away.withdrawn(desk, actor, record, parcels)
    return _given_back(desk, actor, order, record, set(record.line_nos), parcels)


def _given_back(
    desk: Desk, actor: Actor, order: Order, record: Refund, free: set[int], parcels: Sequence[Parcel]
) -> Order:
    """Lines that a refund took are wanted again, but for those another one took as well. Approved without them, an
    order is planned anew."""
    records = desk.refunds.of_order(order.id)
    success = [r for r in records if r.state == RefundState.SUCCESS]
    back = free - {number for other in success for number in refunds.covered(order, other, records)}
    gone = {line.line_no for line in order.lines if line.dropped and line.line_no in back}
    lines = tuple(replace(line, dropped=False) if line.line_no in back else line for line in order.lines)
    order = refunds.tally(desk, replace(order, lines=lines))
    resumed = order.status is OrderStatus.PUT_BACK and bool(order.shippable)
    if resumed:
        order = replace(order, status=OrderStatus.RELEASED)
    elif order.status is OrderStatus.CANCELLED and order.reason == "refunded" and order.bought:
        order = replace(order, status=OrderStatus.REVIEW, reason="")
    elif order.status is OrderStatus.APPROVED and boxed.missing(order, parcels, desk.catalog):
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="refund")
        key = f"wanted_again:{order.id}:{order.revision}"
        notices.tell(desk, NoticeKind.ORDER, order.id, {Role.CS}, key=key, shop=order.shop_id, quiet=True, doer=actor)
    gone |= {i.line_no for p in parcels for i in p.items if i.dropped and i.order_id == order.id and i.line_no in back}
    if order.status in (OrderStatus.RELEASED, OrderStatus.SHIPPED):
        order = _missing(desk, actor, order, gone, parcels)
    if resumed:
        order = _asked_again(desk, order, record, parcels)
    reblock(desk, order)
    return order


def _asked_again(desk: Desk, order: Order, record: Refund, parcels: Sequence[Parcel]) -> Order:
    """What somebody let go while the order came back concerned no box that leaves; now one does, so it is asked."""
    stops = desk.stops.of_parcels([parcel.id for parcel in parcels]).values()
    since = min((stop.opened_at for of in stops for stop in of if stop.refund_id == record.id), default=record.at)
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    right = set() if boxed.gaps(order, boxes, desk.catalog) else {HoldCode.GOODS_CHANGED}
    codes = ABOUT_BOXES - right - set(open_codes(order.holds))
    return replace(order, holds=asked_again(order.holds, codes, since))


def _missing(desk: Desk, actor: Actor, order: Order, wanted: set[int], parcels: Sequence[Parcel]) -> Order:
    """Goods that are back on their shelf are not in the box any more: they are picked once more, or owed where nobody
    had them in hand; where box or goods are gone, a person must look before it leaves."""
    for parcel in parcels:
        _pick_again(desk, actor, order, wanted, parcel)
    if owed.owe(desk, actor, order, wanted):
        order = replace(order, status=OrderStatus.RELEASED)
    if order.status is not OrderStatus.RELEASED:
        return order
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    inside = [item for box in boxes for item in box.live_items if item.order_id == order.id]
    units = {number: sum(i.quantity for i in inside if i.line_no == number) for number in wanted}
    short = sorted(
        line.line_no for line in order.shippable if line.line_no in wanted and units[line.line_no] < line.quantity
    )
    if not short:
        return order
    goods = boxed.told(boxed.gaps(order, boxes, desk.catalog))
    evidence = {"at": order.status.value, "lines": ",".join(map(str, short)), "goods": goods}
    hold = Hold(HoldCode.GOODS_CHANGED, Source.PLATFORM, desk.now, evidence)
    return replace(order, holds=(*order.holds, hold))


def _pick_again(desk: Desk, actor: Actor, order: Order, wanted: set[int], parcel: Parcel) -> None:
    """What was taken out of the box and is wanted again: claimed anew, with a task for the floor. Nothing when the
    box is closed for good or the goods went to others meanwhile."""
    out = [i for i in parcel.items if i.dropped and i.order_id == order.id and i.line_no in wanted]
    if not out or parcel.state not in IN_HOUSE | UNTOUCHED:
        return
    stage = stopping.stage_of(desk, parcel)
    try:
        box = withdrawal.put_in(desk, actor, parcel, out)
    except NotEnoughStock:
        return
    if box.state not in UNTOUCHED:
        lines = [item.line_no for item in out]
        stopping.open_stop(desk, actor, order.id, box, StopKind.REPICK, "withdrawn", line_nos=lines, stage=stage)


def keep(desk: Desk, order: Order) -> None:
    """Save an order that a refund or the platform changed: in review it is screened and planned anew, later its boxes
    and the orders it travels with hear of it."""
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [order])
    else:
        desk.orders.save([order])
        reblock(desk, order)


def typed(desk: Desk, actor: Actor, order_id: int, reason: str, units: Mapping[int, int] | None = None) -> Order:
    """CS says the buyer wants the money back: the same road as a platform's refund, for the whole order or for
    `units` by line number (0 = all of the line).

    Raises Stale when all the money went back already, NoSuchLine and TooManyUnits on units the line does not have.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    number = f"{parts.BY_PEOPLE}{order.number}:{len(desk.refunds.of_order(order_id)) + 1}"
    if units:
        refund = replace(parts.of_units(order, units), external_id=number, reason=reason, at=desk.now)
        money = 0 if unclear.waits(order) else min(refund.amount, order.paid - order.refunded)
        return _typed(desk, actor, order, replace(refund, amount=money))
    left = order.paid - order.refunded
    if order.paid and not left:
        done = next((e for e in desk.history("order", order_id) if e.verb == "refund_success"), None)
        raise Stale(order.number, "refund_success", done.actor if done else "", done.at if done else None)
    return _typed(desk, actor, order, IncomingRefund(number, RefundState.SUCCESS, left, (), reason, desk.now))


def _typed(desk: Desk, actor: Actor, order: Order, refund: IncomingRefund) -> Order:
    order = refund_came(desk, actor, order, refund)
    keep(desk, order)
    notices.redraw(desk, NoticeKind.ORDER, [order.id], digest=True)
    return desk.orders.get(order.id)


def withdraw(desk: Desk, actor: Actor, order_id: int) -> Order:
    """CS says the buyer keeps the goods: takes back the last refund that was typed."""
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    mine = [
        r
        for r in desk.refunds.of_order(order_id)
        if r.external_id.startswith(parts.BY_PEOPLE) and r.state != RefundState.CANCELLED
    ]
    if not mine:
        raise Unknown("refund", order.number)
    last = mine[-1]
    order = refund_came(
        desk, actor, order, IncomingRefund(last.external_id, RefundState.CANCELLED, last.amount, at=desk.now)
    )
    keep(desk, order)
    notices.redraw(desk, NoticeKind.ORDER, [order_id])
    return desk.orders.get(order_id)
