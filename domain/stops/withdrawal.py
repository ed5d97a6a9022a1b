"""Taking an order, or lines of it, out of its boxes: before the wave, or after the goods are back on their shelf.

Surprising: an order that leaves a merged box before the wave is gone from it without a trace in its items; later its
items stay there, marked as dropped, because somebody has had them in their hands.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.floor import checking, materials
from domain.floor.parcels import UNTOUCHED, Item, Parcel, ParcelState
from domain.orders.orders import Order, OrderStatus, check_move
from domain.paper import printing
from domain.people import notices
from domain.people.people import Actor, Role
from domain.planning.planning import grams_of, reprice, units_of
from domain.policy.policy_checks import CheckMode
from domain.records import NoticeKind
from domain.review.holds import FOR_OTHERS, FOR_STOCK, Hold, Source, lapse
from domain.review.screening import nothing_ships
from domain.stock import bins, stock
from domain.stops import stopping

_CHECKED = (ParcelState.CHECKED, ParcelState.PACKED)


def close(desk: Desk, actor: Actor, order: Order, reason: str) -> Order:
    """Cancel an order that has not left review: its plan goes with it. Orders it was to travel with keep theirs."""
    _unplanned(desk, order, OrderStatus.CANCELLED)
    history.note(desk, actor, "order", order.id, "cancelled", reason)
    return cancelled(desk, actor, order, reason)


def complete(desk: Desk, actor: Actor, order: Order, reason: str) -> Order:
    """An order in review is done without a parcel of ours: its plan and its holds are gone; not saved."""
    _unplanned(desk, order, OrderStatus.ELSEWHERE)
    return done_elsewhere(desk, actor, order, reason)


def done_elsewhere(desk: Desk, actor: Actor, order: Order, reason: str) -> Order:
    """The order done without us, with who said so and why; nothing holds it any more. Not saved."""
    history.note(desk, actor, "order", order.id, "completed", reason)
    holds = lapse(order.holds, lambda _: True, desk.now, actor.name)
    done = cancelled(desk, actor, order, reason)
    return replace(done, status=OrderStatus.ELSEWHERE, holds=holds, first_approver=0)


def _unplanned(desk: Desk, order: Order, to: OrderStatus) -> None:
    check_move(order, to)
    planned = [p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state is ParcelState.PLANNED]
    shared = [parcel for parcel in planned if len(parcel.order_ids) > 1]
    alone = [replace(parcel, state=ParcelState.CANCELLED) for parcel in planned if len(parcel.order_ids) == 1]
    desk.parcels.save([*alone, *(without(desk, parcel, order.id) for parcel in shared)])
    notices.redraw(desk, NoticeKind.ORDER, {oid for parcel in shared for oid in parcel.order_ids} - {order.id})
    desk.orders.look_again(desk.now, FOR_OTHERS, like=order)


def cancelled(desk: Desk, actor: Actor, order: Order, reason: str = "refunded") -> Order:
    """The order cancelled, with who did it and when; not saved."""
    return replace(order, status=OrderStatus.CANCELLED, reason=reason, decided_by=actor.name, decided_at=desk.now)


def settled(desk: Desk, actor: Actor, order: Order) -> Order:
    """Where an order stands when goods of it came out of its boxes: cancelled when nothing of it is left anywhere,
    in review again when what is left needs no shipping, shipped when all that is left has gone out; not saved."""
    if order.status is OrderStatus.ELSEWHERE:  # somebody said that it is done
        return order
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    left = [p.state for p in boxes if p.state is not ParcelState.CANCELLED and order.id in p.live_orders]
    if not left:
        if order.shippable:
            return order
        desk.orders.look_again(desk.now, FOR_OTHERS, like=order)
        return nothing_left(desk, actor, order)
    if all(state is ParcelState.HANDED_OVER for state in left):
        return replace(order, status=OrderStatus.SHIPPED)
    return order


def nothing_left(desk: Desk, actor: Actor, order: Order) -> Order:
    """An order no goods of which are left to send: cancelled, or in review again, where the buyer keeps what needs no
    shipping (a gift card): a person ends it. Not saved."""
    if order.shippable or not order.bought:
        return cancelled(desk, actor, order)
    check_move(order, OrderStatus.REVIEW)
    found = [one for one in [nothing_ships(order)] if desk.policy.screens(one.code)]
    held = [Hold(one.code, Source.SCREENING, desk.now, one.evidence) for one in found]
    history.note(desk, actor, "order", order.id, "unapproved", "refund")
    key = f"nothing_left:{order.id}:{order.revision}"
    notices.tell(desk, NoticeKind.ORDER, order.id, {Role.CS}, key=key, shop=order.shop_id, quiet=True, doer=actor)
    return replace(undecided(order), holds=(*order.holds, *held), look_at=desk.now)


def unapprove(desk: Desk, actor: Actor, order: Order, parcels: Sequence[Parcel], *, reason: str) -> Order:
    """Back to review from approved: the claim on stock is given up, the plan stays (log 'un-audit'). Orders it was to
    travel with go on without it."""
    check_move(order, OrderStatus.REVIEW)
    planned = []
    for parcel in parcels:
        if parcel.state not in UNTOUCHED:
            continue
        if len(parcel.order_ids) > 1:
            leave(desk, actor, parcel, order.id, stock.Document.UNDO)
            continue
        _give_up(desk, actor, parcel, parcel.live_items, stock.Document.UNDO)
        planned.append(replace(parcel, state=ParcelState.PLANNED, blocked=False, ready_at=None))
    desk.parcels.save(planned)
    history.note(desk, actor, "order", order.id, "unapproved", reason)
    return undecided(order)


def undecided(order: Order) -> Order:
    """In review as if nobody had decided on it."""
    return replace(order, status=OrderStatus.REVIEW, release_at=None, decided_by="", decided_at=None, first_approver=0)


def leave(desk: Desk, actor: Actor, parcel: Parcel, order_id: int, document: stock.Document) -> Parcel:
    """An order leaves a merged box that nobody has touched: its goods go out of it and their stock is free; the
    others stay. Saves it; returns it as saved."""
    gone = [item for item in parcel.live_items if item.order_id == order_id]
    _give_up(desk, actor, parcel, gone, document)
    news = without(desk, parcel, order_id)
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, "member_left", order=str(order_id))
    return replace(news, revision=news.revision + 1)


def without(desk: Desk, parcel: Parcel, order_id: int) -> Parcel:
    """The box without an order's items, with the weight and freight of the rest; not saved."""
    kept = tuple(item for item in parcel.items if item.order_id != order_id)
    news = replace(parcel, items=kept)
    if len(news.order_ids) == 1:
        news = replace(news, why={part: reason for part, reason in parcel.why.items() if part != "merge"})
    grams = grams_of(units_of(news), desk.catalog, desk.policy)
    return reprice(desk, replace(news, expected_g=grams), grams)


def _give_up(desk: Desk, actor: Actor, parcel: Parcel, items: Sequence[Item], document: stock.Document) -> None:
    """Free what these items claim, and have the orders that wait for these goods looked at; what is owed claims
    nothing."""
    if parcel.warehouse_id is None:
        return
    units = [(item.sku, item.quantity) for item in items]
    desk.stock.apply(stock.unreserve(parcel.id, parcel.warehouse_id, units, document), actor.name)
    desk.orders.look_again(desk.now, FOR_STOCK, skus={sku for sku, _ in units})


def take_out(
    desk: Desk,
    actor: Actor,
    parcel: Parcel,
    order_id: int,
    line_nos: set[int],
    document: stock.Document,
    *,
    picked: bool = True,
) -> Parcel:
    """Take lines out of a parcel and free their stock; a parcel left empty is cancelled, one that was weighed is
    weighed again. Not `picked`, or still to be picked into it: it never lay there, and its like stays. Saves it, still
    blocked or not as it was; returns it as saved."""
    gone = [i for i in parcel.live_items if i.order_id == order_id and i.line_no in line_nos]
    _give_up(desk, actor, parcel, gone, document)
    if picked:
        bins.put_home(desk, actor, parcel, lying(desk, parcel, gone).items())
    items = tuple(replace(item, dropped=True) if item in gone else item for item in parcel.items)
    news = replace(parcel, items=items).unmeasured()
    news = replace(news, expected_g=materials.expected(desk, news))
    if news.state is ParcelState.WEIGHED:
        news = replace(news, state=ParcelState.PACKED, state_at=desk.now, weight_g=0)
    if not news.live_items:
        news = replace(news, state=ParcelState.CANCELLED, state_at=desk.now, blocked=False)
    desk.parcels.save([news])
    checking.trim(desk, news)
    printing.changed(desk, news.order_ids)
    history.note(desk, actor, "parcel", parcel.id, document, lines=",".join(str(i.line_no) for i in gone))
    return replace(news, revision=news.revision + 1)


def lying(desk: Desk, parcel: Parcel, gone: Sequence[Item]) -> Counter[str]:
    """sku -> units of these that lie in the box: of a line that is still to be picked a part may lie there already."""
    waiting = stopping.to_pick(desk, parcel)
    short = _units(parcel.live_items) - bins.inside(desk, parcel)
    never = _units([item for item in gone if (item.order_id, item.line_no) in waiting]) & short
    return _units(gone) - never


def _units(items: Sequence[Item]) -> Counter[str]:
    found = Counter[str]()
    for item in items:
        found[item.sku] += item.quantity
    return found


def put_in(desk: Desk, actor: Actor, parcel: Parcel, items: Sequence[Item]) -> Parcel:
    """Goods that were taken out belong in the box again, or goods that were never in it belong there now: claimed; a
    box that was weighed is weighed again, one that was checked item by item is checked again. Returns it as saved.
    Raises NotEnoughStock, changing nothing."""
    if parcel.warehouse_id is not None:
        units = [(item.sku, item.quantity) for item in items]
        desk.stock.apply(stock.reserve(parcel.id, parcel.warehouse_id, units), actor.name)
    kept = tuple(replace(item, dropped=False) if item in items else item for item in parcel.items)
    new = tuple(item for item in items if item not in parcel.items)
    news = replace(parcel, items=(*kept, *new)).unmeasured()
    news = replace(news, expected_g=materials.expected(desk, news))
    if news.state is ParcelState.WEIGHED:
        news = replace(news, state=ParcelState.PACKED, state_at=desk.now, weight_g=0)
    if news.state in _CHECKED and checking.wanted(desk, news) is CheckMode.ITEMS:
        news = replace(news, state=ParcelState.PICKED, state_at=desk.now)
    desk.parcels.save([news])
    printing.changed(desk, news.order_ids)
    history.note(desk, actor, "parcel", parcel.id, "repick", lines=",".join(str(i.line_no) for i in items))
    return replace(news, revision=news.revision + 1)
