"""Interception (拦截): a refund at any moment stops the goods where they are, in the same transaction (rules.md B7).

Surprising: nothing here moves goods. A stop blocks the parcel and names a person; only the put-back scan
(`domain.fulfilment`) frees the stock, because only then is the unit back on its shelf.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain import history, notices, stock
from domain.desk import Desk
from domain.errors import NotAllowed, Stale, Unknown
from domain.incoming import IncomingRefund, RefundState
from domain.money import apportion
from domain.orders import Line, Order, OrderStatus, check_move
from domain.parcels import IN_HOUSE, OPEN_STOPS, Parcel, ParcelState, Refund, Stop, StopState
from domain.people import CLOCK, WAREHOUSE_ROLES, Actor, Right, Role, may, require
from domain.planning import refresh
from domain.records import NoticeKind

CHAIN: tuple[frozenset[Role], ...] = (
    frozenset(WAREHOUSE_ROLES),
    frozenset({Role.CS_LEAD}),
    frozenset({Role.OWNER}),
)


def _lines_of(order: Order, refund: IncomingRefund) -> tuple[Line, ...]:
    """The lines the refund is about; the whole order's when it names none and covers what is left of the money."""
    if refund.line_ids:
        return tuple(line for line in order.lines if line.external_id in refund.line_ids)
    left = order.paid - sum(line.refunded for line in order.lines if line.dropped)
    if refund.state is RefundState.REQUESTED or refund.amount >= left:
        return order.lines
    return ()


def _share(lines: Sequence[Line], amount: int) -> dict[int, int]:
    if not lines:
        return {}
    shares = apportion(amount, [max(line.amount, 0) for line in lines])
    return {line.line_no: share for line, share in zip(lines, shares, strict=True)}


def _furthest(parcels: Sequence[Parcel]) -> str:
    live = [parcel.state for parcel in parcels if parcel.state is not ParcelState.CANCELLED]
    steps = list(ParcelState)
    return max(live, key=steps.index) if live else ""


def _remember(
    desk: Desk, order: Order, refund: IncomingRefund, lines: Sequence[Line], parcels: Sequence[Parcel]
) -> Refund | None:
    """Write the refund down; None when this is what we knew already."""
    known = {r.external_id: r for r in desk.refunds.of_order(order.id)}.get(refund.external_id)
    if known and (known.state, known.amount) == (refund.state, refund.amount):
        return None
    if known:
        news = replace(known, state=refund.state, amount=refund.amount)
        desk.refunds.save(news)
        return replace(news, revision=news.revision + 1)
    return desk.refunds.add(
        Refund(
            id=0,
            order_id=order.id,
            external_id=refund.external_id,
            state=refund.state,
            amount=refund.amount,
            currency=order.currency,
            at=refund.at or desk.now,
            line_nos=tuple(line.line_no for line in lines),
            reason=refund.reason,
            stage=_furthest(parcels),
        )
    )


def refund_came(desk: Desk, actor: Actor, order: Order, refund: IncomingRefund) -> Order:
    """Take one refund in: returns the order changed but not saved; parcels, stops and stock are written here.

    Idempotent by refund number, state and amount.
    """
    parcels = desk.parcels.of_orders([order.id]).get(order.id, ())
    lines = _lines_of(order, refund)
    record = _remember(desk, order, refund, lines, parcels)
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
    order = _mark(order, lines, refund)
    _settle_open(desk, order, refund)
    if order.status is OrderStatus.APPROVED or _nothing_waved(order, parcels):
        order = unapprove(desk, actor, order, parcels, reason="refund")
    if order.status in (OrderStatus.RELEASED, OrderStatus.PUT_BACK):
        return _stop_parcels(desk, actor, order, record, lines, parcels)
    if order.status is OrderStatus.SHIPPED:
        return _too_late(desk, order, record, parcels)
    if refund.state is RefundState.SUCCESS and order.status in (OrderStatus.UNPAID, OrderStatus.REVIEW):
        desk.refunds.save(replace(record, stopped=True))
        order = _drop(order, lines)
        if not order.shippable:
            order = close(desk, actor, order, "refunded")
    return order


def _settle_open(desk: Desk, order: Order, refund: IncomingRefund) -> None:
    """A file numbers a refund that is only asked for `N:open`; once N is there, the question is answered."""
    for other in desk.refunds.of_order(order.id):
        asked = other.external_id == f"{refund.external_id}:open" and other.state == RefundState.REQUESTED
        if asked and refund.state is RefundState.SUCCESS:
            desk.refunds.save(replace(other, state=RefundState.CANCELLED))


def _nothing_waved(order: Order, parcels: Sequence[Parcel]) -> bool:
    """Released, but nothing is printed: the order can simply go back to review."""
    live = [parcel for parcel in parcels if parcel.state is not ParcelState.CANCELLED]
    ready = all(parcel.state is ParcelState.READY for parcel in live)
    return order.status is OrderStatus.RELEASED and bool(live) and ready


def record_only(desk: Desk, order: Order, refund: IncomingRefund) -> None:
    """Write a refund of an order that was finished before we knew it: nothing to stop."""
    _remember(desk, order, refund, _lines_of(order, refund), ())


def _mark(order: Order, lines: Sequence[Line], refund: IncomingRefund) -> Order:
    """Say on the lines how far the refund is; money back counts once it is success."""
    shares = _share(lines, refund.amount)
    success = refund.state is RefundState.SUCCESS

    def marked(line: Line) -> Line:
        if line.line_no not in shares:
            return line
        return replace(line, refund=refund.state, refunded=shares[line.line_no] if success else line.refunded)

    refunded = order.refunded + refund.amount if success else order.refunded
    return replace(order, lines=tuple(marked(line) for line in order.lines), refunded=min(refunded, order.paid))


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
    return replace(order, status=OrderStatus.CANCELLED, reason=reason, decided_by=actor.name, decided_at=desk.now)


def unapprove(desk: Desk, actor: Actor, order: Order, parcels: Sequence[Parcel], *, reason: str) -> Order:
    """Back to review from approved: the claim on stock is given up, the plan stays (log 'un-audit')."""
    check_move(order, OrderStatus.REVIEW)
    ready = [parcel for parcel in parcels if parcel.state is ParcelState.READY]
    for parcel in ready:
        free_stock(desk, actor, parcel, stock.Document.UNDO)
    desk.parcels.save([replace(parcel, state=ParcelState.PLANNED) for parcel in ready])
    history.note(desk, actor, "order", order.id, "unapproved", reason)
    return replace(order, status=OrderStatus.REVIEW, release_at=None, decided_by="", decided_at=None)


def free_stock(desk: Desk, actor: Actor, parcel: Parcel, document: stock.Document) -> None:
    """Give up what the parcel's live items claim."""
    assert parcel.warehouse_id is not None
    units = [(item.sku, item.quantity) for item in parcel.live_items]
    desk.stock.apply(stock.unreserve(parcel.id, parcel.warehouse_id, units, document), actor.name)


def _stop_parcels(
    desk: Desk, actor: Actor, order: Order, record: Refund, lines: Sequence[Line], parcels: Sequence[Parcel]
) -> Order:
    gone = {line.line_no for line in lines}
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
        return order
    if record.state == RefundState.SUCCESS:
        order = _drop(order, lines)
    left = [p for p in desk.parcels.of_orders([order.id])[order.id] if p.state is not ParcelState.CANCELLED]
    if not left:
        desk.refunds.save(replace(desk.refunds.get(record.id), stopped=True))
        return replace(order, status=OrderStatus.CANCELLED, reason="refunded")
    if not order.shippable and order.status is OrderStatus.RELEASED:
        order = replace(order, status=OrderStatus.PUT_BACK)
    return order


def take_out(
    desk: Desk, actor: Actor, parcel: Parcel, order_id: int, line_nos: set[int], document: stock.Document
) -> Parcel:
    """Take lines out of a parcel and free their stock; a parcel left empty is cancelled. Saves it, still blocked
    or not as it was; returns it as saved."""
    assert parcel.warehouse_id is not None
    gone = [i for i in parcel.live_items if i.order_id == order_id and i.line_no in line_nos]
    units = [(item.sku, item.quantity) for item in gone]
    desk.stock.apply(stock.unreserve(parcel.id, parcel.warehouse_id, units, document), actor.name)
    items = tuple(replace(item, dropped=True) if item in gone else item for item in parcel.items)
    news = replace(parcel, items=items)
    if not news.live_items:
        news = replace(news, state=ParcelState.CANCELLED, state_at=desk.now, blocked=False)
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, document, lines=",".join(str(i.line_no) for i in gone))
    return replace(news, revision=news.revision + 1)


def _open_stop(desk: Desk, actor: Actor, order: Order, record: Refund, parcel: Parcel, affected: set[int]) -> None:
    """Block the parcel and name who holds it: the picker of the wave, later whoever scanned last."""
    existing = [s for s in desk.stops.of_parcels([parcel.id]).get(parcel.id, ()) if s.state in OPEN_STOPS]
    if any(stop.refund_id == record.id for stop in existing):
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
    for parcel in parcels:
        if parcel.state is ParcelState.HANDED_OVER:
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
    back = {line.line_no for line in order.lines} if not record.line_nos else set(record.line_nos)
    lines = tuple(
        replace(line, refund=RefundState.NONE, refunded=0, dropped=False) if line.line_no in back else line
        for line in order.lines
    )
    for parcel in parcels:
        for stop in desk.stops.of_parcels([parcel.id]).get(parcel.id, ()):
            if stop.state in OPEN_STOPS and stop.refund_id == record.id:
                released = replace(
                    stop, state=StopState.RELEASED, closed_by=actor.name, closed_at=desk.now, next_at=None
                )
                desk.stops.save(released)
                notices.redraw(desk, NoticeKind.STOP, [stop.id])
    refunded = sum(line.refunded for line in lines)
    order = replace(order, lines=lines, refunded=min(order.refunded, refunded))
    if order.status is OrderStatus.PUT_BACK:
        order = replace(order, status=OrderStatus.RELEASED)
    elif order.status is OrderStatus.CANCELLED and order.reason == "refunded":
        order = replace(order, status=OrderStatus.REVIEW, reason="")
    reblock(desk, order)
    return order


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
    """CS says the buyer wants the money back: the same road as a platform's refund, for the whole order."""
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    number = len(desk.refunds.of_order(order_id)) + 1
    left = order.paid - order.refunded
    refund = IncomingRefund(f"cs:{order.number}:{number}", RefundState.SUCCESS, left, (), reason, desk.now)
    order = refund_came(desk, actor, order, refund)
    desk.orders.save([order])
    notices.redraw(desk, NoticeKind.ORDER, [order_id])
    notices.redraw(desk, NoticeKind.DIGEST, [0])
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
