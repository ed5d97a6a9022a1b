"""Intake: what a platform tells becomes an order, or changes one. The same news twice changes nothing.

Surprising: lines and refunds that come before their order are put aside and picked up when it comes.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from domain import history
from domain.desk import Desk
from domain.intake import early, news
from domain.intake.incoming import Fragment, IncomingOrder, IncomingRefund, RefundState
from domain.intake.told import (
    combine,
    filled_with,
    fingerprint,
    first_status,
    head_of,
    line_refunds,
    lines_of,
    older,
    placed,
    print_of,
)
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.planning import together
from domain.planning.planning import arrange, companions, load_facts, prepared, refresh, store_plans
from domain.records import Event, NoticeKind
from domain.stops import feeds, interception, refunds, replies


class Outcome(StrEnum):
    """What became of an order. `WAITING` = put aside, because only its lines or refunds were told so far."""

    UNCHANGED = "unchanged"
    WAITING = "waiting"
    CHANGED = "changed"
    NEW = "new"


def outweighs(one: Outcome, other: Outcome | None) -> bool:
    """Whether it is what to say of an order that was told in several batches of one file."""
    ranks = tuple(Outcome)
    return other is None or ranks.index(one) > ranks.index(other)


def _new_order(desk: Desk, order_id: int, shop_id: int, incoming: IncomingOrder, mark: str) -> Order:
    status = first_status(incoming)
    back = sum(r.amount for r in incoming.refunds if r.state is RefundState.SUCCESS)
    return Order(
        id=order_id,
        shop_id=shop_id,
        status=status,
        platform_state=incoming.state,
        created_at=desk.now,
        platform_updated_at=incoming.updated_at,
        refunded=min(back, incoming.paid) if status in (OrderStatus.CANCELLED, OrderStatus.ELSEWHERE) else 0,
        lines=lines_of(incoming.lines),
        fingerprint=mark,
        reason="refunded" if status is OrderStatus.CANCELLED and back else "",
        screened=desk.policy.version,
        **head_of(incoming),
    )


def receive(
    desk: Desk, actor: Actor, shop_id: int, batch: Sequence[IncomingOrder], *, tells_refunds: bool = True
) -> dict[str, Outcome]:
    """Take a batch of one shop in: what became of each order, by number. Raises NotAllowed. Orders of the batch with
    one number are one order. What would not tell of a refund is no sign for the gate that there was none."""
    require(actor, Right.IMPORT, shop=shop_id)
    if tells_refunds:
        feeds.heard_from(desk, actor, shop_id)
    incoming = {number: placed(one) for number, one in combine(batch).items()}
    known = desk.orders.by_number(shop_id, incoming.keys())
    fresh = [one for number, one in incoming.items() if number not in known]
    kept = early.kept(desk, shop_id, fresh) if fresh else {}
    heads = [one for one in fresh if not one.fragment]
    waiting = [filled_with(one, kept.get(one.number)) for one in fresh if one.fragment]
    desk.orders.keep_fragments(shop_id, waiting)
    changed = [
        (order, incoming[number])
        for number, order in known.items()
        if fingerprint(incoming[number], order.fingerprint) != order.fingerprint and not older(incoming[number], order)
    ]
    news.take(desk, actor, changed)
    _add(desk, actor, shop_id, heads, kept)  # after the news, because it saves those they travel with
    if heads or changed:
        notices.digest(desk, {shop_id})
        notices.redraw(desk, NoticeKind.ORDER, [order.id for order, _ in changed])
    done = dict.fromkeys(known, Outcome.UNCHANGED) | {order.number: Outcome.CHANGED for order, _ in changed}
    return done | {one.number: Outcome.WAITING if one.fragment else Outcome.NEW for one in fresh}


def _add(desk: Desk, actor: Actor, shop_id: int, told: Sequence[IncomingOrder], kept: Mapping[str, Fragment]) -> None:
    """New orders with what was put aside for them, as a set: one screening, one insert per table."""
    if not told:
        return
    ids = desk.orders.next_ids(len(told))
    prints = [fingerprint(one, print_of(kept.get(one.number))) for one in told]
    heads = [filled_with(one, kept.get(one.number)) for one in told]
    orders = [
        _new_order(desk, order_id, shop_id, one, mark) for order_id, one, mark in zip(ids, heads, prints, strict=True)
    ]
    orders = [prepared(order, desk.catalog, desk.policy) for order in orders]
    everyone = [*orders, *companions(desk, orders)]
    arranged = arrange(everyone, load_facts(desk, everyone))
    ready, others = arranged.orders[: len(orders)], arranged.orders[len(orders) :]
    desk.orders.add(ready, [one.raw for one in heads])
    moved = store_plans(desk, arranged, set(ids))
    saved = desk.orders.save_changed(others, moved)
    changed = [now.id for was, now in zip(others, saved, strict=True) if was.revision != now.revision]
    notices.redraw(desk, NoticeKind.ORDER, changed)
    together.warn(desk, ready)
    desk.record([_arrival(desk, actor, order) for order in ready])
    for order, one in zip(ready, heads, strict=True):
        _early_refunds(desk, actor, order, one)


def _arrival(desk: Desk, actor: Actor, order: Order) -> Event:
    codes = ",".join(hold.code for hold in order.holds)
    return history.line(desk, actor, "order", order.id, "received", status=order.status, holds=codes)


def _early_refunds(desk: Desk, actor: Actor, order: Order, incoming: IncomingOrder) -> None:
    """Refunds that came with the order itself. A finished order only records them."""
    told = (*incoming.refunds, *line_refunds({}, incoming))
    if not told:
        return
    if order.status is OrderStatus.REVIEW:
        order = desk.orders.get(order.id)  # a refund of one that travels with it may have moved it
        for refund in told:
            order = interception.refund_came(desk, actor, order, refund)
        refresh(desk, [order])
    else:
        for refund in told:
            about = refunds.about(order, refund, desk.refunds.of_order(order.id), {})
            record = refunds.remember(desk, order, refund, (), about.lines)
            if record is not None:
                replies.judge(desk, order, record.id)


def refund_told(desk: Desk, actor: Actor, shop_id: int, number: str, refund: IncomingRefund) -> bool:
    """A refund that came without its order (Shopify's refunds/create). False when the order is not known yet: then it
    waits for it, so that it lands held or cancelled, and the platform hears that."""
    require(actor, Right.IMPORT, shop=shop_id)
    feeds.heard_from(desk, actor, shop_id)
    order = desk.orders.by_number(shop_id, [number]).get(number) or desk.orders.by_external_id(shop_id, number)
    if order is None:
        early.wait_for_order(desk, actor, shop_id, number, refund)
        return False
    news = interception.refund_came(desk, actor, order, refund)
    if news is not order:
        interception.keep(desk, news)
        notices.redraw(desk, NoticeKind.ORDER, [order.id])
    return True
