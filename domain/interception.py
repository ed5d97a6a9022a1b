"""Interception (拦截): a refund at any moment stops the goods where they are, in the same transaction (rules.md B7).

Surprising: nothing here moves goods. A stop blocks the parcel and names a person; only the put-back scan
(`domain.fulfilment`) frees the stock, because only then is the unit back on its shelf.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain import history, notices, refunds, stock
from domain.desk import Desk
from domain.errors import NotAllowed, Stale, Unknown
from domain.holds import Hold, HoldCode, Source
from domain.incoming import IncomingRefund, RefundState
from domain.orders import Line, Order, OrderStatus, check_move
from domain.parcels import IN_HOUSE, OPEN_STOPS, Parcel, ParcelState, Refund, Stop, StopState
from domain.people import CLOCK, WAREHOUSE_ROLES, Actor, Right, Role, may, require
from domain.planning import grams_of, refresh
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
        order = unapprove(desk, actor, order, parcels, reason="refund")
    if order.status in (OrderStatus.RELEASED, OrderStatus.PUT_BACK):
        return _stop_parcels(desk, actor, order, record, lines, parcels)
    if order.status is OrderStatus.SHIPPED:
        return _too_late(desk, order, record, parcels)
    if record.state == RefundState.SUCCESS and order.status in (OrderStatus.UNPAID, OrderStatus.REVIEW):
        desk.refunds.save(replace(record, stopped=True))
        order = _drop(order, lines)
        if not order.shippable:
            order = close(desk, actor, order, "refunded")
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


def close(desk: Desk, actor: Actor, order: Order, reason: str) -> Order:
    """Cancel an order that has not left review: its plan goes with it."""
    check_move(order, OrderStatus.CANCELLED)
    planned = [p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state is ParcelState.PLANNED]
    desk.parcels.save([replace(parcel, state=ParcelState.CANCELLED) for parcel in planned])
    history.note(desk, actor, "order", order.id, "cancelled", reason)
    return cancelled(desk, actor, order, reason)


def cancelled(desk: Desk, actor: Actor, order: Order, reason: str = "refunded") -> Order:
    """The order cancelled, with who did it and when; not saved."""
    return replace(order, status=OrderStatus.CANCELLED, reason=reason, decided_by=actor.name, decided_at=desk.now)


def unapprove(desk: Desk, actor: Actor, order: Order, parcels: Sequence[Parcel], *, reason: str) -> Order:
    """Back to review from approved: the claim on stock is given up, the plan stays (log 'un-audit')."""
    check_move(order, OrderStatus.REVIEW)
    ready = [parcel for parcel in parcels if parcel.state is ParcelState.READY]
    for parcel in ready:
        free_stock(desk, actor, parcel, stock.Document.UNDO)
    planned = [replace(parcel, state=ParcelState.PLANNED, blocked=False, ready_at=None) for parcel in ready]
    desk.parcels.save(planned)
    history.note(desk, actor, "order", order.id, "unapproved", reason)
    return replace(order, status=OrderStatus.REVIEW, release_at=None, decided_by="", decided_at=None, first_approver=0)


def free_stock(desk: Desk, actor: Actor, parcel: Parcel, document: stock.Document) -> None:
    """Give up what the parcel's live items claim."""
    assert parcel.warehouse_id is not None
    units = [(item.sku, item.quantity) for item in parcel.live_items]
    desk.stock.apply(stock.unreserve(parcel.id, parcel.warehouse_id, units, document), actor.name)


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
            take_out(desk, actor, parcel, order.id, affected, stock.Document.CANCEL)
            stopped = True
        elif parcel.state in IN_HOUSE:
            _open_stop(desk, actor, order, record, parcel, affected)
            stopped = True
    if not stopped:
        reblock(desk, order)
        return order
    if record.state == RefundState.SUCCESS:
        order = _drop(order, lines)
    left = [p for p in desk.parcels.of_orders([order.id])[order.id] if p.state is not ParcelState.CANCELLED]
    if not left:
        desk.refunds.save(replace(desk.refunds.get(record.id), stopped=True))
        return cancelled(desk, actor, order)
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


def take_out(
    desk: Desk, actor: Actor, parcel: Parcel, order_id: int, line_nos: set[int], document: stock.Document
) -> Parcel:
    """Take lines out of a parcel and free their stock; a parcel left empty is cancelled, one that was weighed is
    weighed again. Saves it, still blocked or not as it was; returns it as saved."""
    assert parcel.warehouse_id is not None
    gone = [i for i in parcel.live_items if i.order_id == order_id and i.line_no in line_nos]
    units = [(item.sku, item.quantity) for item in gone]
    desk.stock.apply(stock.unreserve(parcel.id, parcel.warehouse_id, units, document), actor.name)
    items = tuple(replace(item, dropped=True) if item in gone else item for item in parcel.items)
    news = replace(parcel, items=items)
    left = Counter[str]()
    for item in news.live_items:
        left[item.sku] += item.quantity
    news = replace(news, expected_g=grams_of(left, desk.catalog, desk.policy))
    if news.state is ParcelState.WEIGHED:
        news = replace(news, state=ParcelState.PACKED, state_at=desk.now, weight_g=0)
    if not news.live_items:
        news = replace(news, state=ParcelState.CANCELLED, state_at=desk.now, blocked=False)
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, document, lines=",".join(str(i.line_no) for i in gone))
    return replace(news, revision=news.revision + 1)


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
    """The parcel had left: customer service must ask the courier for it back or wait for the return."""
    desk.refunds.save(replace(record, stopped=False))
    told = desk.stops.of_parcels([parcel.id for parcel in parcels])
    for parcel in parcels:
        known = any(stop.refund_id == record.id for stop in told.get(parcel.id, ()))
        if parcel.state is ParcelState.HANDED_OVER and not known:
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
            notices.tell(
                desk,
                NoticeKind.STOP,
                stop.id,
                {Role.CS, Role.CS_LEAD},
                key=f"stop:{stop.id}:0",
                shop=order.shop_id,
            )
    return order


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


def reblock(desk: Desk, order: Order) -> None:
    """Bring `blocked` of the order's parcels in line with its open stops and holds (and its neighbours')."""
    parcels = [
        p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state in IN_HOUSE | {ParcelState.READY}
    ]
    if not parcels:
        return
    stops = desk.stops.of_parcels([parcel.id for parcel in parcels])
    others = desk.orders.many({oid for p in parcels for oid in p.order_ids} - {order.id})
    changed = []
    for parcel in parcels:
        stopped = any(stop.state in OPEN_STOPS for stop in stops.get(parcel.id, ()))
        held = order.held or any(others[oid].held for oid in parcel.order_ids if oid in others)
        if parcel.blocked != (stopped or held):
            changed.append(replace(parcel, blocked=stopped or held))
    desk.parcels.save(changed)


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
    desk.orders.save([order])
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
    if order.status is OrderStatus.REVIEW:
        refresh(desk, [order])
    else:
        desk.orders.save([order])
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
