"""News about orders we have: what their stage allows is taken over, and where a person must look they are held.

Surprising: a report without money or without a receiver (Amazon has both kinds) takes neither away from what another
one told, nor does one that hides the receiver (Pinduoduo's, once it has shipped). What somebody decided on is taken
one by one, everything else as a set.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.floor import dock
from domain.floor.parcels import Parcel, ParcelState
from domain.intake.changes import DECIDED, EARLY, SAID, TOLD_MOVE, differences, hold_change, hold_told, moved_to
from domain.intake.hidden import kept
from domain.intake.incoming import IncomingOrder, IncomingRefund, PlatformState, RefundState
from domain.intake.told import KEPT, MONEY, fingerprint, first_status, head_of, line_refunds, lines_of, tells_receiver
from domain.orders import boxed, kits, parts
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import Line, Order, OrderStatus, Virtual
from domain.paper import printing
from domain.people.people import Actor
from domain.planning.planning import refresh
from domain.review.holds import HoldCode, open_codes
from domain.stops import away, interception, refunds, withdrawal


def _merge_lines(desk: Desk, order: Order, incoming: IncomingOrder) -> tuple[Line, ...]:
    """The new lines, keeping what we know of lines that stayed (number, sku, refund, dropped): boxes and refunds
    name lines by number."""
    if not incoming.lines:
        return order.lines
    lines = lines_of(incoming.lines)
    ids = _ids_before(order, lines)
    result: list[Line] = []
    strange: list[Line] = []
    for line in lines:
        was = ids.get(line.external_id, line.external_id)
        before = {one.line_no: one for one in order.lines if one.external_id == was}
        if before:
            told = parts.told_again(line, list(before.values()))
            result += [_known(one, before[one.line_no]) for one in told]
        else:
            strange.append(line)
    return tuple(sorted([*result, *_numbered(desk, order, strange)], key=lambda line: line.line_no))


def _ids_before(order: Order, told: Sequence[Line]) -> dict[str, str]:
    """The ids of lines told under another one now -> what they were before: a file counts the lines, the platform's
    door names them. The same code (or title) and units make it the same line, the same price first. What a refund was
    about is only that where the teller knows none of our ids: else the buyer may have bought it once more."""
    ids, known = {line.external_id for line in told}, {one.external_id for one in order.lines}
    left = {one: [line for line in order.lines if line.external_id == one] for one in known - ids}
    if not ids.isdisjoint(known):
        left = {one: lines for one, lines in left.items() if not any(map(_refunded, lines))}
    found: dict[str, str] = {}
    for told_as in (_goods_and_price, _goods_alone):
        free = sorted(left.keys() - set(found.values()), key=lambda one: left[one][0].line_no)
        for line in told:
            same = (one for one in free if told_as(left[one]) == told_as([line]))
            before = None if line.external_id in known | found.keys() else next(same, None)
            if before is not None:
                free.remove(before)
                found[line.external_id] = before
    return found


def _goods_alone(lines: Sequence[Line]) -> tuple[str, int]:
    """What one line was bought as: the name of the goods and how many, whatever was divided or made up since."""
    return lines[0].known_as, sum(map(kits.sets, kits.groups(lines)))


def _goods_and_price(lines: Sequence[Line]) -> tuple[str, int, int]:
    return (*_goods_alone(lines), kits.whole(kits.groups(lines)[0]).unit_price)


def _refunded(line: Line) -> bool:
    return line.dropped or line.refund is not RefundState.NONE


def _numbered(desk: Desk, order: Order, strange: Sequence[Line]) -> list[Line]:
    """Lines that come for the first time, or once more: what still lies in a box under a number nobody told lately is
    that line again (one file may leave out what the next one tells); every other is new."""
    if not strange:
        return []
    told = {line.line_no for line in order.lines}
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    inside = [item for box in boxes if box.state is not ParcelState.CANCELLED for item in box.live_items]
    inside = [item for item in inside if item.order_id == order.id and item.line_no not in told]
    lying = {item.title: item.line_no for item in inside if item.line_no == kits.host(item.line_no)}
    shapes = kits.shapes(inside)
    free, found = parts.next_number(order, boxes, desk.refunds.of_order(order.id)), list[Line]()
    for line in strange:
        again = _set_again(desk, order, line, shapes)
        number = 0 if again else lying.pop(line.title, 0)
        found += again or [replace(line, line_no=number or free)]
        free += 0 if again or number else 1
    return found


def _set_again(desk: Desk, order: Order, line: Line, shapes: dict[int, kits.Shape]) -> list[Line]:
    """The set that lies in the boxes as one of its recipes makes it up, as many as told if there are; nothing when none
    does. In a box its parts have their own names."""
    bundle = desk.catalog.bundle_of(order.shop_id, line.known_as) if shapes else None
    recipes = desk.bundle_versions(bundle.code) if bundle else []
    found = [(kits.sets_by(recipe, inside), recipe, no) for recipe in recipes for no, inside in shapes.items()]
    fits = [one for one in found if one[0]]
    if not fits:
        return []
    _, recipe, number = max(fits, key=lambda one: (one[0] == line.quantity, one[1].version))
    del shapes[number]
    return kits.exploded(replace(line, line_no=number), recipe, desk.catalog)


def _known(line: Line, before: Line) -> Line:
    """The line with what we know of it."""
    sku = before.sku if before.merchant_code == line.merchant_code else None
    ours = Virtual.PRODUCT if sku and before.virtual is Virtual.PRODUCT else Virtual.NO
    kept = replace(line, refunded=before.refunded, dropped=before.dropped, refund=before.refund)
    return replace(kept, sku=sku, virtual=line.virtual or ours)


def _refunded_first(line: Line) -> bool:
    """Of the parts of one line those that no refund is about speak last, so that a refund of all of it is news."""
    return line.refund is RefundState.NONE


def take(desk: Desk, actor: Actor, changed: Sequence[tuple[Order, IncomingOrder]]) -> None:
    """News about orders we have. What somebody decided on already comes first and one by one: it may change the
    orders it travels with. The others are screened as a set."""
    desk.orders.keep_raws([(order.id, news.raw) for order, news in changed])
    told = (history.line(desk, actor, "order", o.id, "changed", platform_state=news.state) for o, news in changed)
    desk.record(list(told))
    decided = [(order.id, news) for order, news in changed if order.status is not OrderStatus.REVIEW]
    for order_id, news in decided:
        interception.keep(desk, _news(desk, actor, desk.orders.get(order_id), news))
    printing.changed(desk, [order_id for order_id, _ in decided])
    waiting = {order.id: news for order, news in changed if order.status is OrderStatus.REVIEW}
    found = desk.orders.many(waiting) if decided else {order.id: order for order, _ in changed if order.id in waiting}
    after = [_news(desk, actor, order, waiting[order.id]) for order in found.values()]
    for order in after:
        if order.status is not OrderStatus.REVIEW:
            interception.keep(desk, order)
    refresh(desk, [order for order in after if order.status is OrderStatus.REVIEW])


def _news(desk: Desk, actor: Actor, order: Order, incoming: IncomingOrder) -> Order:
    """The order as the platform tells it now: what its stage allows taken over, held where a person must look. Not
    saved; refunds it tells are."""
    lines = _merge_lines(desk, order, incoming)
    news = order if incoming.fragment else _take_head(order, incoming)
    due = dispatch_deadline(news, desk.policy)
    news = replace(news, lines=lines, fingerprint=fingerprint(incoming, order.fingerprint), due_at=due)
    to = incoming.receiver if not incoming.fragment and tells_receiver(incoming) else news.receiver
    changed = differences(order, news, to)
    if HoldCode.ADDR_CHANGED in changed:
        seen = moved_to(desk, actor, order.receiver, to)
        changed[HoldCode.ADDR_CHANGED] = {**changed[HoldCode.ADDR_CHANGED], **seen}
        history.note(desk, actor, "order", order.id, TOLD_MOVE, was=seen["was"], now=seen["now"])
    before = {line.external_id: line.refund for line in sorted(order.lines, key=_refunded_first)}
    back = (*incoming.refunds, *line_refunds(before, incoming))
    if back:
        changed.pop(HoldCode.PART_PAID, None)
    moved = any(getattr(news, name) != getattr(order, name) for name in SAID)
    parcels = desk.parcels.of_orders([order.id]).get(order.id, ()) if changed or moved else ()
    asked = HoldCode.GOODS_CHANGED in changed and desk.policy.screens(HoldCode.GOODS_CHANGED)
    others = asked and boxed.differ(order, news, parcels, desk.catalog)
    gone = order.status in (OrderStatus.RELEASED, OrderStatus.SHIPPED)  # part of it may be on its way
    if gone and (others or HoldCode.ADDR_CHANGED in changed):
        news, parcels = _called_back(desk, actor, news, parcels)
    if HoldCode.GOODS_CHANGED in changed:
        changed[HoldCode.GOODS_CHANGED] = {"goods": boxed.told(boxed.gaps(news, parcels, desk.catalog))}
    if changed and news.status in DECIDED:
        news = hold_change(desk, news, changed)
    elif HoldCode.ADDR_CHANGED in changed and to != news.receiver and order.status in EARLY:  # the old one was kept
        news = hold_change(desk, news, {HoldCode.ADDR_CHANGED: changed[HoldCode.ADDR_CHANGED]})
    if moved and news.status in DECIDED:
        news = _held_as_told(desk, news, parcels, back)
    if changed or set(open_codes(news.holds)) - set(open_codes(order.holds)):
        if order.status is OrderStatus.APPROVED or interception.nothing_waved(order, parcels):
            news = withdrawal.unapprove(desk, actor, news, parcels, reason="changed on the platform")
        news = replace(news, first_approver=0)
    elsewhere = HoldCode.ADDR_CHANGED in changed and news.receiver != order.receiver
    if gone and (others or (elsewhere and not news.receiver.masked)):
        away.changed_too_late(desk, news, parcels, moved=elsewhere and not news.receiver.masked, others=others)
    for refund in back:
        news = interception.refund_came(desk, actor, news, refund)
    if HoldCode.GOODS_CHANGED in changed:
        news = refunds.tally(desk, news)
    return _closed_there(desk, actor, _done_there(desk, actor, news), incoming)


def _done_there(desk: Desk, actor: Actor, order: Order) -> Order:
    """What has nothing to send is done when its platform says so (Shopify delivers gift cards itself)."""
    nothing = order.status is OrderStatus.REVIEW and bool(order.bought) and not order.shippable
    done = nothing and order.platform_state in (PlatformState.SHIPPED, PlatformState.DONE)
    return withdrawal.complete(desk, actor, order, "") if done else order


def _held_as_told(desk: Desk, order: Order, parcels: tuple[Parcel, ...], back: Sequence[IncomingRefund]) -> Order:
    """`hold_told`, where what goes back in the same breath is not owed."""
    gone = sum(refund.amount for refund in back if refund.state is RefundState.SUCCESS)
    held = hold_told(desk, replace(order, refunded=max(order.refunded, gone)), parcels)
    return replace(held, refunded=order.refunded)


def _called_back(
    desk: Desk, actor: Actor, order: Order, parcels: tuple[Parcel, ...]
) -> tuple[Order, tuple[Parcel, ...]]:
    """The order and its boxes once those on the dock are in the house again."""
    back = dock.call_back(desk, actor, order)
    return (order, parcels) if back is order else (back, desk.parcels.of_orders([order.id])[order.id])


def _take_head(order: Order, incoming: IncomingOrder) -> Order:
    status = order.status
    if status is OrderStatus.UNPAID and incoming.state is not PlatformState.UNPAID:
        status = first_status(replace(incoming, refunds=()))
    stays = {*incoming.untold, "paid"} if order.cod and "cod" in incoming.untold else {*incoming.untold}
    head = head_of(incoming).items()
    told = {name: value for name, value in head if (value or name not in KEPT) and name not in stays}
    if not (incoming.goods or incoming.total or incoming.paid):
        told = {name: value for name, value in told.items() if name not in MONEY}
    if tells_receiver(incoming):
        told["receiver"] = kept(order.receiver, incoming.receiver)
    else:
        del told["receiver"]
    if "paid" in told:
        told["paid"] = max(incoming.paid, order.refunded)
    updated = incoming.updated_at or order.platform_updated_at
    return replace(order, status=status, platform_state=incoming.state, platform_updated_at=updated, **told)


def _closed_there(desk: Desk, actor: Actor, order: Order, incoming: IncomingOrder) -> Order:
    """The platform closed the order and told no refund: it is one, for all that was paid."""
    live = order.status in (OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED)
    settled = 0 < order.paid <= order.refunded
    if incoming.fragment or incoming.state is not PlatformState.CLOSED or not live or settled:
        return order
    refund = IncomingRefund(f"{order.number}:closed", RefundState.SUCCESS, order.paid - order.refunded)
    return interception.refund_came(desk, actor, order, refund)
