"""Intake: what a platform tells becomes an order, or changes one. The same news twice changes nothing.

Surprising: a fingerprint of the order's head and one of its lines decide what is news, because Taobao tells them
in two files. Lines and refunds that come before their order are put aside and picked up when it comes. And a report
without money or without a receiver (Amazon has both kinds) takes neither away from what another one told.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain import early, feeds, history, interception, notices, refunds, replies, withdrawal
from domain.addresses import filled
from domain.changes import DECIDED, differences, hold_change
from domain.desk import Desk
from domain.holds import HoldCode
from domain.incoming import Fragment, IncomingLine, IncomingOrder, IncomingRefund, PlatformState, RefundState
from domain.orders import Line, Order, OrderStatus
from domain.people import Actor, Right, require
from domain.planning import arrange, companions, load_facts, prepared, refresh, store_plans
from domain.records import Event, NoticeKind

_GONE = (PlatformState.SHIPPED, PlatformState.DONE)


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a batch: counts of orders. `waiting` = fragments put aside for an order not known yet."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.waiting + other.waiting,
        )


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=8).hexdigest()


def _head_print(incoming: IncomingOrder) -> str:
    head = replace(incoming, row=0, raw="", lines=(), updated_at=None)
    return _digest(head)


def fingerprint(incoming: IncomingOrder, old: str = "") -> str:
    """`head:lines`, and `:refunds` where a fragment told some; what a file does not tell is kept from `old`."""
    head, lines, refunds_ = (*old.split(":"), "", "")[:3]
    if not incoming.fragment:
        head = _head_print(incoming)
    if incoming.lines:
        lines = _digest(incoming.lines)
    if incoming.fragment and incoming.refunds:
        refunds_ = _digest(incoming.refunds)
    return f"{head}:{lines}:{refunds_}".removesuffix(":")


def _combine(batch: Sequence[IncomingOrder]) -> dict[str, IncomingOrder]:
    """One incoming order per number: a detail list fills in the lines of its head, a later head wins."""
    result: dict[str, IncomingOrder] = {}
    for incoming in batch:
        before = result.get(incoming.number)
        if before is None:
            result[incoming.number] = incoming
        elif incoming.fragment:
            raw = f"{before.raw}\n{incoming.raw}"
            refunds = early.both(before.refunds, incoming.refunds)
            lines = incoming.lines or before.lines
            result[incoming.number] = replace(before, lines=lines, refunds=refunds, raw=raw)
        elif before.fragment or not incoming.lines:
            refunds = early.both(incoming.refunds, before.refunds)
            result[incoming.number] = replace(incoming, lines=incoming.lines or before.lines, refunds=refunds)
        else:
            result[incoming.number] = incoming
    return result


def _placed(incoming: IncomingOrder) -> IncomingOrder:
    """The order with a receiver whose province, city and district stand in their fields, where the address has them
    (formats.md 6)."""
    receiver = filled(incoming.receiver)
    return incoming if receiver is incoming.receiver else replace(incoming, receiver=receiver)


def _lines(lines: Sequence[IncomingLine]) -> tuple[Line, ...]:
    return tuple(
        Line(
            line_no=number,
            external_id=line.external_id,
            title=line.title,
            variant=line.variant,
            merchant_code=line.merchant_code,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            refund=line.refund,
        )
        for number, line in enumerate(lines, 1)
    )


def _first_status(incoming: IncomingOrder) -> OrderStatus:
    if incoming.state in _GONE:
        return OrderStatus.ELSEWHERE
    if incoming.state is PlatformState.CLOSED:
        return OrderStatus.CANCELLED
    if incoming.state is PlatformState.UNPAID:
        return OrderStatus.UNPAID
    whole = sum(r.amount for r in incoming.refunds if r.state is RefundState.SUCCESS) >= incoming.paid > 0
    return OrderStatus.CANCELLED if whole else OrderStatus.REVIEW


_HEAD = (
    *("number", "external_id", "platform", "currency", "placed_at", "paid_at", "goods", "shipping", "discount", "tax"),
    *("total", "paid", "buyer_id", "buyer_message", "seller_note", "receiver", "cod", "presale", "promised_ship_at"),
    *("seller_flag", "invoice", "warehouse_hint", "courier_hint", "merge_code", "risk"),
)
"""What an order takes over from the platform as it is told."""
_KEPT = ("external_id", "placed_at", "paid_at", "buyer_id", "promised_ship_at")
"""What stays when a later file does not tell it."""
_MONEY = ("goods", "shipping", "discount", "tax", "total", "paid")
"""What a report without money says nothing about."""


def _head(incoming: IncomingOrder, names: Sequence[str] = _HEAD) -> dict[str, Any]:
    return {name: getattr(incoming, name) for name in names}


def _new_order(desk: Desk, order_id: int, shop_id: int, incoming: IncomingOrder, mark: str) -> Order:
    status = _first_status(incoming)
    back = sum(r.amount for r in incoming.refunds if r.state is RefundState.SUCCESS)
    return Order(
        id=order_id,
        shop_id=shop_id,
        status=status,
        platform_state=incoming.state,
        created_at=desk.now,
        platform_updated_at=incoming.updated_at,
        refunded=min(back, incoming.paid) if status in (OrderStatus.CANCELLED, OrderStatus.ELSEWHERE) else 0,
        lines=_lines(incoming.lines),
        fingerprint=mark,
        reason="refunded" if status is OrderStatus.CANCELLED and back else "",
        **_head(incoming),
    )


def receive(desk: Desk, actor: Actor, shop_id: int, batch: Sequence[IncomingOrder]) -> Intake:
    """Take a batch of one shop in. Raises NotAllowed. Orders of the batch with one number are one order."""
    require(actor, Right.IMPORT, shop=shop_id)
    feeds.heard_from(desk, actor, shop_id)
    incoming = {number: _placed(one) for number, one in _combine(batch).items()}
    known = desk.orders.by_number(shop_id, incoming.keys())
    fresh = [one for number, one in incoming.items() if number not in known]
    kept = early.kept(desk, shop_id, fresh) if fresh else {}
    heads = [one for one in fresh if not one.fragment]
    waiting = [early.filled(one, kept.get(one.number)) for one in fresh if one.fragment]
    desk.orders.keep_fragments(shop_id, waiting)
    _add(desk, actor, shop_id, heads, kept)
    changed = [
        (order, incoming[number])
        for number, order in known.items()
        if fingerprint(incoming[number], order.fingerprint) != order.fingerprint and not _older(incoming[number], order)
    ]
    _change(desk, actor, changed)
    if heads or changed:
        notices.digest(desk, {shop_id})
        notices.redraw(desk, NoticeKind.ORDER, [order.id for order, _ in changed])
    return Intake(len(heads), len(changed), len(known) - len(changed), len(waiting))


def _older(incoming: IncomingOrder, order: Order) -> bool:
    """A late payload tells old news: platforms do not promise the order of delivery. Nor does a paid order become
    unpaid again."""
    if incoming.updated_at and order.platform_updated_at and incoming.updated_at < order.platform_updated_at:
        return True
    unpaid = PlatformState.UNPAID
    return not incoming.fragment and incoming.state is unpaid and order.platform_state is not unpaid


def _print_of(kept: Fragment | None) -> str:
    """What a fragment put aside leaves in the fingerprint of its order."""
    if kept is None:
        return ""
    return ":" + ":".join(_digest(part) if part else "" for part in (kept.lines, kept.refunds))


def _add(desk: Desk, actor: Actor, shop_id: int, told: Sequence[IncomingOrder], kept: Mapping[str, Fragment]) -> None:
    """New orders with what was put aside for them, as a set: one screening, one insert per table."""
    if not told:
        return
    ids = desk.orders.next_ids(len(told))
    prints = [fingerprint(one, _print_of(kept.get(one.number))) for one in told]
    heads = [early.filled(one, kept.get(one.number)) for one in told]
    orders = [
        _new_order(desk, order_id, shop_id, one, mark) for order_id, one, mark in zip(ids, heads, prints, strict=True)
    ]
    orders = [prepared(order, desk.catalog, desk.policy) for order in orders]
    everyone = [*orders, *companions(desk, orders)]
    arranged = arrange(everyone, load_facts(desk, everyone))
    ready, others = arranged.orders[: len(orders)], arranged.orders[len(orders) :]
    desk.orders.add(ready, [one.raw for one in heads])
    moved = store_plans(desk, arranged, set(ids))
    desk.orders.look_at({order_id: at for order_id, at in arranged.looks.items() if at})
    saved = desk.orders.save_changed(others, moved)
    changed = [now.id for was, now in zip(others, saved, strict=True) if was.revision != now.revision]
    notices.redraw(desk, NoticeKind.ORDER, changed)
    desk.record([_arrival(desk, actor, order) for order in ready])
    for order, one in zip(ready, heads, strict=True):
        _early_refunds(desk, actor, order, one)


def _arrival(desk: Desk, actor: Actor, order: Order) -> Event:
    codes = ",".join(hold.code for hold in order.holds)
    return history.line(desk, actor, "order", order.id, "received", status=order.status, holds=codes)


def _early_refunds(desk: Desk, actor: Actor, order: Order, incoming: IncomingOrder) -> None:
    """Refunds that came with the order itself. A finished order only records them."""
    told = (*incoming.refunds, *_line_refunds({}, incoming))
    if not told:
        return
    if order.status is OrderStatus.REVIEW:
        for refund in told:
            order = interception.refund_came(desk, actor, order, refund)
        refresh(desk, [order])
    else:
        for refund in told:
            record = refunds.remember(desk, order, refund, ())
            if record is not None:
                replies.judge(desk, order, record.id)


def _merge_lines(order: Order, incoming: IncomingOrder) -> tuple[Line, ...]:
    """The new lines, keeping what we know of lines that stayed (number, sku, refund, dropped): boxes and refunds
    name lines by number."""
    if not incoming.lines:
        return order.lines
    old = {line.external_id: line for line in order.lines}
    last = max((line.line_no for line in order.lines), default=0)
    result = []
    for line in _lines(incoming.lines):
        before = old.get(line.external_id)
        if before:
            line = replace(
                line,
                line_no=before.line_no,
                sku=before.sku if before.merchant_code == line.merchant_code else None,
                refunded=before.refunded,
                dropped=before.dropped,
                refund=before.refund,
            )
        else:
            last += 1
            line = replace(line, line_no=last)
        result.append(line)
    return tuple(sorted(result, key=lambda line: line.line_no))


def _line_refunds(before: Mapping[str, RefundState], incoming: IncomingOrder) -> tuple[IncomingRefund, ...]:
    """Refunds told on lines (Taobao's item list) as refunds of their own, numbered after the line; `before` is what
    the lines said last time."""
    told = {line_id for refund in incoming.refunds for line_id in refund.line_ids}
    return tuple(
        IncomingRefund(
            f"{incoming.number}:{line.external_id}", line.refund, line.refunded or line.amount, (line.external_id,)
        )
        for line in incoming.lines
        if line.external_id not in told and line.refund is not before.get(line.external_id, RefundState.NONE)
    )


def _change(desk: Desk, actor: Actor, changed: Sequence[tuple[Order, IncomingOrder]]) -> None:
    """News about orders we have. What somebody decided on already comes first and one by one: it may change the
    orders it travels with. The others are screened as a set."""
    desk.orders.keep_raws([(order.id, news.raw) for order, news in changed])
    told = (history.line(desk, actor, "order", o.id, "changed", platform_state=news.state) for o, news in changed)
    desk.record(list(told))
    decided = [(order.id, news) for order, news in changed if order.status is not OrderStatus.REVIEW]
    for order_id, news in decided:
        interception.keep(desk, _news(desk, actor, desk.orders.get(order_id), news))
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
    lines = _merge_lines(order, incoming)
    news = order if incoming.fragment else _take_head(order, incoming)
    news = replace(news, lines=lines, fingerprint=fingerprint(incoming, order.fingerprint))
    changed = differences(order, news)
    parcels = desk.parcels.of_orders([order.id]).get(order.id, ()) if changed else ()
    if changed and order.status in DECIDED:
        news = hold_change(desk, news, changed)
    if changed and (order.status is OrderStatus.APPROVED or interception.nothing_waved(order, parcels)):
        news = withdrawal.unapprove(desk, actor, news, parcels, reason="changed on the platform")
    if changed:
        news = replace(news, first_approver=0)
    if HoldCode.ADDR_CHANGED in changed and order.status is OrderStatus.SHIPPED and not news.receiver.masked:
        interception.moved_too_late(desk, news, parcels)
    before = {line.external_id: line.refund for line in order.lines}
    for refund in (*incoming.refunds, *_line_refunds(before, incoming)):
        news = interception.refund_came(desk, actor, news, refund)
    if HoldCode.GOODS_CHANGED in changed:
        news = refunds.tally(desk, news)
    return _closed_there(desk, actor, news, incoming)


def _take_head(order: Order, incoming: IncomingOrder) -> Order:
    status = order.status
    if status is OrderStatus.UNPAID and incoming.state is not PlatformState.UNPAID:
        status = _first_status(replace(incoming, refunds=()))
    told = {name: value for name, value in _head(incoming).items() if value or name not in _KEPT}
    if not (incoming.goods or incoming.total or incoming.paid):
        told = {name: value for name, value in told.items() if name not in _MONEY}
    if not _tells_receiver(incoming):
        del told["receiver"]
    if "paid" in told:
        told["paid"] = max(incoming.paid, order.refunded)
    updated = incoming.updated_at or order.platform_updated_at
    return replace(order, status=status, platform_state=incoming.state, platform_updated_at=updated, **told)


def _tells_receiver(incoming: IncomingOrder) -> bool:
    """Whether the report says who gets the parcel; a city alone does not."""
    told = incoming.receiver
    return bool(told.name or told.phone or told.address)


def _closed_there(desk: Desk, actor: Actor, order: Order, incoming: IncomingOrder) -> Order:
    """The platform closed the order and told no refund: it is one, for all that was paid."""
    live = order.status in (OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED)
    settled = 0 < order.paid <= order.refunded
    if incoming.fragment or incoming.state is not PlatformState.CLOSED or not live or settled:
        return order
    refund = IncomingRefund(f"{order.number}:closed", RefundState.SUCCESS, order.paid - order.refunded)
    return interception.refund_came(desk, actor, order, refund)


def refund_told(desk: Desk, actor: Actor, shop_id: int, number: str, refund: IncomingRefund) -> bool:
    """A refund that came without its order (Shopify's refunds/create). False when the order is not known yet: then it
    waits for it, so that it lands held or cancelled, and the platform hears that."""
    require(actor, Right.IMPORT, shop=shop_id)
    feeds.heard_from(desk, actor, shop_id)
    order = desk.orders.by_number(shop_id, [number]).get(number) or desk.orders.by_external_id(shop_id, number)
    if order is None:
        early.wait_for_order(desk, actor, shop_id, number, refund)
        return False
    order = interception.refund_came(desk, actor, order, refund)
    interception.keep(desk, order)
    notices.redraw(desk, NoticeKind.ORDER, [order.id])
    return True
