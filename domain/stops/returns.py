"""Returns: a parcel comes back, what should be in it, and where each unit goes (rules.md B12).

Surprising: a return is found by its own waybill or by ours, because refused parcels come back under the number
they left with. What nobody knows is received all the same, as unclaimed, and given to an order later. A merged parcel
that comes back holds goods of several orders: each unit is the business of the order it was sold in.
"""

from collections.abc import Iterable
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import AlreadyScanned, BadValue, Stale, Unknown, WrongStatus
from domain.floor.aftermath import goods_returned, stock_arrived
from domain.floor.parcels import Item, Parcel, ParcelState
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.records import Grade, NoticeKind, Return, ReturnItem, ReturnState
from domain.stock import batches, bins, stock
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stops import recalls


def _expected(order: Order, parcels: tuple[Parcel, ...]) -> tuple[ReturnItem, ...]:
    """What left the house for this order and can come back."""
    sent = [p for p in parcels if p.state is ParcelState.HANDED_OVER]
    return _numbered(i for p in sent for i in p.live_items if i.order_id == order.id)


def _numbered(items: Iterable[Item]) -> tuple[ReturnItem, ...]:
    return tuple(
        ReturnItem(number, item.sku, item.title, item.quantity, item.order_id, item.line_no)
        for number, item in enumerate(items, 1)
    )


def _whole(desk: Desk, parcel: Parcel, order_id: int, reason: str) -> Return:
    """A parcel of ours on its way back, with all that is in it."""
    items = _numbered(parcel.live_items)
    new = Return(0, parcel.waybill, ReturnState.EXPECTED, desk.now, order_id=order_id, parcel_id=parcel.id)
    return desk.returns.add(replace(new, reason=reason, items=items))


def _left_for_good(desk: Desk, parcels: Iterable[Parcel]) -> None:
    """A return says that they have left: whoever takes such a shipment back at this moment must lose the race."""
    desk.parcels.save([parcel for parcel in parcels if parcel.state is ParcelState.HANDED_OVER])


def _tell_orders(desk: Desk, actor: Actor, parcel: Return, verb: str, reason: str = "") -> None:
    """In the history and on the cards of every order whose goods are in it."""
    ids = parcel.order_ids
    desk.record([history.line(desk, actor, "order", one, verb, reason, waybill=parcel.waybill) for one in ids])
    notices.redraw(desk, NoticeKind.ORDER, ids)


def check_waybill(waybill: str) -> str:
    """The waybill as we keep it. Raises BadValue for a text that is none."""
    code = waybill.strip().upper()
    if not 6 <= len(code) <= 40 or not code.isascii() or not code.replace("-", "").isalnum():
        raise BadValue("waybill", waybill[:60], "waybill")
    return code


def link(desk: Desk, actor: Actor, order_id: int, waybill: str, reason: str = "") -> Return:
    """Announce a return, or give an unclaimed one to its order. Under a number of ours the whole parcel comes back.

    Raises WrongStatus while nothing of it has left, BadValue, Stale.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    code = check_waybill(waybill)
    parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
    left = any(p.state is ParcelState.HANDED_OVER and order_id in p.live_orders for p in parcels)
    if order.status is not OrderStatus.SHIPPED and not left:
        raise WrongStatus(order.number, order.status, OrderStatus.SHIPPED)
    ours = next((p for p in parcels if p.state is ParcelState.HANDED_OVER and code in (p.waybill, p.number)), None)
    code = ours.waybill if ours else code
    known = desk.returns.by_waybill(code)
    if known and order_id in known.order_ids:
        return known
    if known and known.order_id is not None:
        raise Stale(code, "linked")
    _left_for_good(desk, parcels)
    if known:
        items = _expected(order, parcels)
        news = replace(known, order_id=order_id, state=ReturnState.ARRIVED, items=items, reason=reason)
        desk.returns.save(news)
        found = desk.returns.get(known.id)
    elif ours:
        found = _whole(desk, ours, order_id, reason)
    else:
        new = Return(0, code, ReturnState.EXPECTED, desk.now, order_id=order_id, reason=reason)
        found = desk.returns.add(replace(new, items=_expected(order, parcels)))
    _tell_orders(desk, actor, found, "return_linked", reason)
    notices.redraw(desk, NoticeKind.RETURN, [found.id])
    if found.state is ReturnState.ARRIVED:
        recalls.arrived(desk, actor, found)
        _tell_receivers(desk, found)
    return found


def _tell_receivers(desk: Desk, parcel: Return) -> None:
    notices.tell(
        desk,
        NoticeKind.RETURN,
        parcel.id,
        {Role.RECEIVER},
        key=f"return:{parcel.id}:{parcel.state}",
        warehouse=parcel.warehouse_id,
    )


def arrive(desk: Desk, actor: Actor, waybill: str, warehouse_id: int) -> Return:
    """The receiver scans a parcel that came back. Known or not, it is here now; the card says what to do.

    Raises NotAllowed, AlreadyScanned (calm) when it was scanned before, BadValue for a code that is none,
    WrongStatus for a parcel of ours that has not left.
    """
    require(actor, Right.RECEIVE, warehouse=warehouse_id)
    code = check_waybill(waybill)
    found = desk.returns.by_waybill(code)
    if found is None:
        found = _by_our_waybill(desk, code) or desk.returns.add(Return(0, code, ReturnState.UNCLAIMED, desk.now))
    if found.arrived_at is not None:
        raise AlreadyScanned(code, "receive", found.received_by, found.arrived_at)
    state = ReturnState.ARRIVED if found.order_id is not None else ReturnState.UNCLAIMED
    news = replace(found, state=state, arrived_at=desk.now, received_by=actor.name, warehouse_id=warehouse_id)
    desk.returns.save(news)
    history.note(desk, actor, "return", found.id, "arrived", waybill=code)
    _tell_orders(desk, actor, found, "return_arrived")
    if recalls.arrived(desk, actor, news) and found.reason == "refused":
        desk.returns.save(replace(desk.returns.get(found.id), reason="recalled"))
    if found.order_id is None:
        notices.tell(desk, NoticeKind.RETURN, found.id, {Role.CS, Role.CS_LEAD}, key=f"return:{found.id}:unclaimed")
    notices.redraw(desk, NoticeKind.RETURN, [found.id])
    return desk.returns.get(found.id)


def _by_our_waybill(desk: Desk, code: str) -> Return | None:
    """Refused or recalled: our own number came back. Raises WrongStatus for one that never left the house."""
    parcel = desk.parcels.by_waybill(code)
    if parcel is None:
        return None
    if parcel.state is not ParcelState.HANDED_OVER:
        raise WrongStatus(code, parcel.state, ParcelState.HANDED_OVER)
    known = desk.returns.by_waybill(parcel.waybill)
    _left_for_good(desk, [parcel])
    return known or _whole(desk, parcel, parcel.live_orders[0], "refused")


def grade(
    desk: Desk,
    actor: Actor,
    return_id: int,
    revision: int,
    line_no: int,
    verdict: Grade,
    units: int = 1,
    told: Batch | None = None,
) -> Return:
    """Say how units look: good ones go back to stock now, defective ones to their bucket, missing ones nowhere. `told`
    is the batch they bear, where somebody read it off.

    Raises Stale, WrongStatus, BadValue when more are graded than expected, BatchNeeded, BatchExpired.
    """
    parcel = desk.returns.get(return_id)
    if parcel.warehouse_id is None:
        raise WrongStatus(parcel.waybill, parcel.state, ReturnState.ARRIVED)
    require(actor, Right.RECEIVE, warehouse=parcel.warehouse_id)
    if parcel.revision != revision:
        raise Stale(parcel.waybill, "graded", parcel.received_by)
    if parcel.state is not ReturnState.ARRIVED:
        raise WrongStatus(parcel.waybill, parcel.state, ReturnState.ARRIVED)
    item = next((i for i in parcel.items if i.line_no == line_no), None)
    if item is None or units < 1 or item.graded + units > item.expected:
        raise BadValue("units", str(units), "at_most_expected")
    lots = _into_stock(desk, actor, parcel, item, verdict, units, told)
    graded = replace(item, **{verdict.value: getattr(item, verdict.value) + units})
    items = tuple(graded if i.line_no == line_no else i for i in parcel.items)
    done = all(i.graded == i.expected for i in items)
    state = ReturnState.DONE if done else parcel.state
    desk.returns.save(replace(parcel, items=items, state=state, done_at=desk.now if done else None))
    facts = {"sku": item.sku, "units": str(units), "line": str(line_no), "order": str(item.order_id), **lots}
    history.note(desk, actor, "return", parcel.id, "graded", verdict, **facts)
    if verdict is Grade.GOOD:
        stock_arrived(desk)
    notices.redraw(desk, NoticeKind.RETURN, [return_id])
    if done:
        _settle(desk, actor, replace(parcel, items=items))
    return desk.returns.get(return_id)


_BUCKETS = {Grade.GOOD: Bucket.GOOD, Grade.DEFECTIVE: Bucket.DEFECTIVE}


def _into_stock(
    desk: Desk, actor: Actor, parcel: Return, item: ReturnItem, verdict: Grade, units: int, told: Batch | None
) -> dict[str, str]:
    """Graded units come into their bucket, each batch by itself, at what all of them had cost when they left; returns
    what the history is to say of batches. Raises BatchNeeded, BatchExpired, BadValue."""
    if verdict not in _BUCKETS:
        return {}
    assert parcel.warehouse_id is not None
    lots = batches.of_return(desk, parcel, item, verdict, units, told)
    desk.stock.put_batches([lot for lot, _ in lots if lot.code])
    where = bins.arrival_bin(desk) if verdict is Grade.GOOD else ""
    base = Move(parcel.warehouse_id, item.sku, _BUCKETS[verdict], 0, Document.RETURN, parcel.id, where)
    worth, before, moves = _sent_at(desk, item.order_id, item.sku, units), 0, list[Move]()
    for lot, count in lots:
        value = None if worth is None else stock.share(worth, before + count, units) - stock.share(worth, before, units)
        moves.append(replace(base, delta=count, batch=lot.code, value=value))
        before += count
    desk.stock.apply(moves, actor.name)
    named = ", ".join(f"{lot.code}×{count}" for lot, count in lots if lot.code)
    return {"batch": named} if named else {}


def _settle(desk: Desk, actor: Actor, parcel: Return) -> None:
    """Every unit was looked at: each order is told what came back of its own goods, its customer service goes on."""
    found: dict[int, dict[str, int]] = {}
    for item in parcel.items:
        counts = found.setdefault(item.order_id, {})
        for grade_ in Grade:
            counts[grade_] = counts.get(grade_, 0) + getattr(item, grade_)
    lines = [
        history.line(
            desk,
            actor,
            "order",
            one,
            "return_done",
            waybill=parcel.waybill,
            **{k: str(n) for k, n in counts.items() if n},
        )
        for one, counts in found.items()
    ]
    desk.record(lines)
    notices.redraw(desk, NoticeKind.ORDER, found)
    orders = desk.orders.many(found).values()
    goods_returned(desk, orders)
    for shop in {order.shop_id for order in orders}:
        notices.tell(desk, NoticeKind.RETURN, parcel.id, {Role.CS}, key=f"return:{parcel.id}:done", shop=shop)


def _sent_at(desk: Desk, order_id: int, sku: str, units: int) -> int | None:
    """What these units had cost when they left for that order (rules.md B13); None when nobody knows."""
    boxes = desk.parcels.of_orders([order_id]).get(order_id, ())
    gone = [*desk.stock.sent_at([box.id for box in boxes]).items(), *desk.stock.issued([order_id]).items()]
    left = [found for (_, code), found in gone if code == sku]
    sent, value = sum(units for units, _ in left), sum(value for _, value in left)
    return stock.share(value * units, 1, sent) if sent else None


def grade_rest_good(desk: Desk, actor: Actor, return_id: int, revision: int) -> Return:
    """Everything not graded yet is good: the one tap of the usual case."""
    parcel = desk.returns.get(return_id)
    open_items = [item for item in parcel.items if item.graded < item.expected]
    if not open_items:
        raise WrongStatus(parcel.waybill, parcel.state, ReturnState.ARRIVED)
    for item in open_items:
        parcel = grade(desk, actor, return_id, revision, item.line_no, Grade.GOOD, item.expected - item.graded)
        revision = parcel.revision
    return parcel


def find(desk: Desk, waybill: str) -> Return:
    """Raises Unknown('return')."""
    found = desk.returns.by_waybill(waybill.strip().upper())
    if found is None:
        raise Unknown("return", waybill)
    return found
