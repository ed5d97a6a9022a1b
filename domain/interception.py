"""Interception (拦截): a refund at any moment stops the goods where they are, in the same transaction (rules.md B7).

Surprising: nothing here moves goods. A stop blocks the parcel and names a person; only the put-back scan
(`domain.fulfilment`) frees the stock, because only then is the unit back on its shelf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from domain import history, notices, refunds, stock, withdrawal
from domain.desk import Desk
from domain.errors import NotAllowed, Stale, Unknown
from domain.holds import Hold, HoldCode, Source, open_codes
from domain.incoming import IncomingRefund, RefundState
from domain.orders import Line, Order, OrderStatus
from domain.parcels import IN_HOUSE, OPEN_STOPS, Parcel, ParcelState, Refund, Stop, StopState
from domain.people import CLOCK, WAREHOUSE_ROLES, Actor, Right, Role, may, require
from domain.planning import refresh
from domain.records import NoticeKind

CHAIN: tuple[frozenset[Role], ...] = (
    frozenset(WAREHOUSE_ROLES),
    frozenset({Role.CS_LEAD}),
    frozenset({Role.OWNER}),
)


def refund_came(desk: Desk, actor: Actor, order: Order, refund: IncomingRefund) -> Order:
    """Take one refund in: returns the order changed but not saved; parcels, stops and stock are written here.

    Idempotent by refund number, state and amount.
    """
    parcels = desk.parcels.of_orders([order.id]).get(order.id, ())
    record = refunds.remember(desk, order, refund, parcels)
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
        return _withdrawn(desk, actor, order, record, parcels)
    refunds.settle_open(desk, order, refund)
    return refunds.tally(desk, _act(desk, actor, refunds.tally(desk, order), record, parcels))


def _act(desk: Desk, actor: Actor, order: Order, record: Refund, parcels: Sequence[Parcel]) -> Order:
    """Do what the stage asks for (the table of rules.md B7)."""
    about = refunds.covered(order, record, desk.refunds.of_order(order.id))
    lines = [line for line in order.lines if line.line_no in about]
    if order.status is OrderStatus.APPROVED or nothing_waved(order, parcels):
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="refund")
    if order.status in (OrderStatus.RELEASED, OrderStatus.PUT_BACK):
        return _stop_parcels(desk, actor, order, record, lines, parcels)
    if order.status is OrderStatus.SHIPPED:
        return _too_late(desk, order, record, parcels)
    if record.state == RefundState.SUCCESS and order.status in (OrderStatus.UNPAID, OrderStatus.REVIEW):
        desk.refunds.save(replace(record, stopped=True))
        order = _drop(order, lines)
        if not order.shippable:
            order = withdrawal.close(desk, actor, order, "refunded")
    return order


def nothing_waved(order: Order, parcels: Sequence[Parcel]) -> bool:
    """Released, but nothing is printed: the order can simply go back to review."""
    live = [parcel for parcel in parcels if parcel.state is not ParcelState.CANCELLED]
    ready = all(parcel.state is ParcelState.READY for parcel in live)
    return order.status is OrderStatus.RELEASED and bool(live) and ready


def _drop(order: Order, lines: Sequence[Line]) -> Order:
    gone = {line.line_no for line in lines}
    kept = tuple(replace(line, dropped=True) if line.line_no in gone else line for line in order.lines)
    return replace(order, lines=kept)


def _stop_parcels(
    desk: Desk, actor: Actor, order: Order, record: Refund, lines: Sequence[Line], parcels: Sequence[Parcel]
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
        if parcel.state is ParcelState.READY:
            withdrawal.take_out(desk, actor, parcel, order.id, affected, stock.Document.CANCEL)
            stopped = True
        elif parcel.state in IN_HOUSE:
            _open_stop(desk, actor, order, record, parcel, affected)
            stopped = True
        else:
            _say_too_late(desk, order, record, parcel)
    if not stopped:
        reblock(desk, order)
        return order
    if record.state == RefundState.SUCCESS:
        order = _drop(order, lines)
    boxes = desk.parcels.of_orders([order.id])[order.id]
    left = [p for p in boxes if p.state is not ParcelState.CANCELLED and order.id in p.live_orders]
    if not left:
        desk.refunds.save(replace(desk.refunds.get(record.id), stopped=True))
        return withdrawal.cancelled(desk, actor, order)
    if not order.shippable and order.status is OrderStatus.RELEASED:
        order = replace(order, status=OrderStatus.PUT_BACK)
    return order


def _fit_stops(
    desk: Desk, actor: Actor, order: Order, record: Refund, parcels: Sequence[Parcel], gone: set[int]
) -> None:
    """A refund asked for on the whole order may be granted for less: its open stops then want less, or nothing."""
    for parcel in parcels:
        inside = {item.line_no for item in parcel.live_items if item.order_id == order.id}
        for stop in _open_stops(desk, parcel, record):
            if not inside & gone:
                _let_go(desk, actor, stop)
            else:
                desk.stops.save(replace(stop, line_nos=() if inside <= gone else tuple(sorted(inside & gone))))
                notices.redraw(desk, NoticeKind.STOP, [stop.id])


def _open_stops(desk: Desk, parcel: Parcel, record: Refund) -> list[Stop]:
    stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    return [stop for stop in stops if stop.state in OPEN_STOPS and stop.refund_id == record.id]


def _let_go(desk: Desk, actor: Actor, stop: Stop) -> None:
    news = replace(stop, state=StopState.RELEASED, closed_by=actor.name, closed_at=desk.now, next_at=None)
    desk.stops.save(news)
    notices.redraw(desk, NoticeKind.STOP, [stop.id])


def _open_stop(desk: Desk, actor: Actor, order: Order, record: Refund, parcel: Parcel, affected: set[int]) -> None:
    """Block the parcel and name who holds it: the picker of the wave, later whoever scanned last."""
    if _open_stops(desk, parcel, record):
        return
    named_id, named = parcel.holder_id, parcel.holder
    if named_id is None and parcel.wave_id is not None:
        wave = desk.waves.get(parcel.wave_id)
        named_id, named = wave.owner_id, wave.owner
    whole = {item.line_no for item in parcel.live_items if item.order_id == order.id} == affected
    minutes = desk.policy.stop_escalation_minutes
    stop = desk.stops.add(
        Stop(
            id=0,
            parcel_id=parcel.id,
            order_id=order.id,
            state=StopState.OPEN,
            stage=parcel.state,
            opened_at=desk.now,
            reason=record.reason or "refund",
            refund_id=record.id,
            line_nos=() if whole else tuple(sorted(affected)),
            named_id=named_id,
            named=named,
            next_at=desk.now + timedelta(minutes=minutes[0]),
        )
    )
    desk.parcels.save([replace(parcel, blocked=True)])
    notices.redraw(desk, NoticeKind.WAVE, [parcel.wave_id] if parcel.wave_id else [])
    history.note(desk, actor, "parcel", parcel.id, "stopped", stop.reason, stage=parcel.state, named=named)
    notices.tell(
        desk,
        NoticeKind.STOP,
        stop.id,
        CHAIN[0],
        key=f"stop:{stop.id}:0",
        warehouse=parcel.warehouse_id,
        named=named_id,
    )


def _too_late(desk: Desk, order: Order, record: Refund, parcels: Sequence[Parcel]) -> Order:
    """Everything had left: customer service must ask the courier for it back or wait for the return."""
    desk.refunds.save(replace(record, stopped=False))
    for parcel in parcels:
        _say_too_late(desk, order, record, parcel)
    return order


def _say_too_late(desk: Desk, order: Order, record: Refund, parcel: Parcel) -> None:
    """One box that had left, told once."""
    told = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    if parcel.state is not ParcelState.HANDED_OVER or any(stop.refund_id == record.id for stop in told):
        return
    stop = desk.stops.add(
        Stop(
            id=0,
            parcel_id=parcel.id,
            order_id=order.id,
            state=StopState.TOO_LATE,
            stage=parcel.state,
            opened_at=desk.now,
            reason=record.reason or "refund",
            refund_id=record.id,
            closed_at=desk.now,
            answer="FAIL 1002",
        )
    )
    desks = {Role.CS, Role.CS_LEAD}
    notices.tell(desk, NoticeKind.STOP, stop.id, desks, key=f"stop:{stop.id}:0", shop=order.shop_id)


def _withdrawn(desk: Desk, actor: Actor, order: Order, record: Refund, parcels: Sequence[Parcel]) -> Order:
    """The buyer wants the goods after all: stops of this refund are released, the lines come back (WDT 256)."""
    records = desk.refunds.of_order(order.id)
    success = [r for r in records if r.state == RefundState.SUCCESS]
    taken = {number for other in success for number in refunds.covered(order, other, records)}
    back = set(record.line_nos) - taken
    gone = {line.line_no for line in order.lines if line.dropped and line.line_no in back}
    lines = tuple(replace(line, dropped=False) if line.line_no in back else line for line in order.lines)
    for parcel in parcels:
        for stop in _open_stops(desk, parcel, record):
            _let_go(desk, actor, stop)
    order = refunds.tally(desk, replace(order, lines=lines))
    if order.status is OrderStatus.PUT_BACK and order.shippable:
        order = replace(order, status=OrderStatus.RELEASED)
    elif order.status is OrderStatus.CANCELLED and order.reason == "refunded" and order.shippable:
        order = replace(order, status=OrderStatus.REVIEW, reason="")
    order = _missing(desk, order, gone, parcels)
    reblock(desk, order)
    return order


def _missing(desk: Desk, order: Order, wanted: set[int], parcels: Sequence[Parcel]) -> Order:
    """Goods that are back on their shelf are not in the box any more: a person must look before it leaves."""
    boxed = {item.line_no for p in parcels for item in p.live_items if item.order_id == order.id}
    missing = sorted(wanted - boxed)
    if not missing or order.status is not OrderStatus.RELEASED:
        return order
    evidence = {"at": order.status.value, "lines": ",".join(map(str, missing))}
    hold = Hold(HoldCode.GOODS_CHANGED, Source.PLATFORM, desk.now, evidence)
    return replace(order, holds=(*order.holds, hold))


def keep(desk: Desk, order: Order) -> None:
    """Save an order that a refund or the platform changed: in review it is screened and planned anew, later its boxes
    and the orders it travels with hear of it."""
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [order])
    else:
        desk.orders.save([order])
        reblock(desk, order)


def reblock(desk: Desk, order: Order) -> None:
    """Bring `blocked` of the order's parcels in line with its open stops and holds (and its neighbours'), and tell the
    orders it travels with."""
    parcels = [
        p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state in IN_HOUSE | {ParcelState.READY}
    ]
    if not parcels:
        return
    stops = desk.stops.of_parcels([parcel.id for parcel in parcels])
    others = desk.orders.many({oid for p in parcels for oid in p.order_ids} - {order.id})
    if others:
        others |= _tell_companions(desk, order, parcels, stops, others)
    changed = []
    for parcel in parcels:
        stopped = any(stop.state in OPEN_STOPS for stop in stops.get(parcel.id, ()))
        held = order.held or any(others[oid].held for oid in parcel.order_ids if oid in others)
        if parcel.blocked != (stopped or held):
            changed.append(replace(parcel, blocked=stopped or held))
    desk.parcels.save(changed)


def _tell_companions(
    desk: Desk,
    order: Order,
    parcels: Sequence[Parcel],
    stops: Mapping[int, Sequence[Stop]],
    others: Mapping[int, Order],
) -> dict[int, Order]:
    """Orders in one box in the house with a stopped or held one get a hold of their own that names it, and lose it
    when that one is well again or has left the box (rules.md B2 MERGED_MEMBER_...). Returns the changed ones."""
    ill = any(code is not HoldCode.MEMBER_CHANGED for code in open_codes(order.holds)) or any(
        stop.state in OPEN_STOPS and stop.order_id == order.id for found in stops.values() for stop in found
    )
    shared = {oid for p in parcels if p.state in IN_HOUSE and order.id in p.live_orders for oid in p.live_orders}
    news = {}
    for other in others.values():
        mine = [h for h in other.holds if h.open and h.evidence.get("member") == order.number]
        if ill and other.id in shared and not mine and other.status is OrderStatus.RELEASED:
            hold = Hold(HoldCode.MEMBER_CHANGED, Source.PLATFORM, desk.now, {"member": order.number})
            news[other.id] = replace(other, holds=(*other.holds, hold))
        elif mine and not (ill and other.id in shared):
            gone = {"resolved_at": desk.now, "resolved_by": "screening", "resolution": "auto"}
            holds = tuple(replace(h, **gone) if h in mine else h for h in other.holds)  # type: ignore[arg-type]  # its fields
            news[other.id] = replace(other, holds=holds)
    desk.orders.save(list(news.values()))
    notices.redraw(desk, NoticeKind.ORDER, news)
    return {order_id: replace(one, revision=one.revision + 1) for order_id, one in news.items()}


def acknowledge(desk: Desk, actor: Actor, stop_id: int, revision: int) -> Stop:
    """Somebody has it: the clock stops. Raises Stale, NotAllowed."""
    stop = desk.stops.get(stop_id)
    parcel = desk.parcels.get(stop.parcel_id)
    if not any(may(actor, right, warehouse=parcel.warehouse_id) for right in (Right.PUT_BACK, Right.OVERRIDE)):
        raise NotAllowed(Right.PUT_BACK)
    if stop.state is not StopState.OPEN or stop.revision != revision:
        raise Stale(parcel.waybill, stop.state, stop.acked_by or stop.closed_by, stop.acked_at or stop.closed_at)
    acked = replace(stop, state=StopState.ACKED, acked_by=actor.name, acked_at=desk.now, next_at=None)
    desk.stops.save(acked)
    history.note(desk, actor, "parcel", parcel.id, "stop_acknowledged")
    notices.redraw(desk, NoticeKind.STOP, [stop.id])
    return replace(acked, revision=acked.revision + 1)


def typed(desk: Desk, actor: Actor, order_id: int, reason: str) -> Order:
    """CS says the buyer wants the money back: the same road as a platform's refund, for the whole order.

    Raises Stale when all the money went back already.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    number = len(desk.refunds.of_order(order_id)) + 1
    left = order.paid - order.refunded
    if order.paid and not left:
        done = next((e for e in desk.history("order", order_id) if e.verb == "refund_success"), None)
        raise Stale(order.number, "refund_success", done.actor if done else "", done.at if done else None)
    refund = IncomingRefund(f"cs:{order.number}:{number}", RefundState.SUCCESS, left, (), reason, desk.now)
    order = refund_came(desk, actor, order, refund)
    keep(desk, order)
    notices.redraw(desk, NoticeKind.ORDER, [order_id], digest=True)
    return desk.orders.get(order_id)


def withdraw(desk: Desk, actor: Actor, order_id: int) -> Order:
    """CS says the buyer keeps the goods: takes back the last refund that was typed."""
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    mine = [
        r
        for r in desk.refunds.of_order(order_id)
        if r.external_id.startswith("cs:") and r.state != RefundState.CANCELLED
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


def tick(desk: Desk) -> int:
    """Escalate stops nobody answered: the next people are told, the clock is set again. Returns how many."""
    due = desk.stops.due(desk.now, 50)
    for stop in due:
        parcel = desk.parcels.get(stop.parcel_id)
        level = stop.level + 1
        minutes = desk.policy.stop_escalation_minutes
        wait = timedelta(minutes=minutes[min(level, len(minutes) - 1)])
        desk.stops.save(replace(stop, level=level, next_at=desk.now + wait))
        history.note(desk, CLOCK, "parcel", parcel.id, "stop_escalated", level=str(level))
        notices.tell(
            desk,
            NoticeKind.STOP,
            stop.id,
            CHAIN[min(level, len(CHAIN) - 1)],
            key=f"stop:{stop.id}:{level}",
            warehouse=parcel.warehouse_id if level == 0 else None,
        )
        notices.redraw(desk, NoticeKind.STOP, [stop.id])
    return len(due)
