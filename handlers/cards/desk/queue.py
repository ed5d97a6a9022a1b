"""The queue's card: one order of those a scope means, with the way to the others, in one message.

Surprising: the scope lives in the card's taps and, for redraws nobody tapped, with the message in the store.
"""

from collections.abc import Mapping
from dataclasses import replace

from domain.desk import Desk
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Right
from domain.records import NoticeKind
from domain.review import bulk, queue
from domain.review.scope import ALL, HELD, Scope
from handlers.card import Button, Card
from handlers.cards.desk.bulk import tap
from handlers.cards.desk.filters import chips, choices
from handlers.cards.desk.orders import order_card, state_text
from handlers.cards.desk.scopes import code_of, scope_name, walked
from handlers.cards.rows import Row
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.words import Words

SET = "d.qf"
SNOOZES = (15, 60, 0)


@drawing(NoticeKind.QUEUE)
def queue_card(desk: Desk, order_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """One order of the queue. `data`: `filter`, `done` = the order that was decided just before."""
    card = order_card(desk, order_id, viewer, data)
    if card is None or viewer.actor is None or data.get("view", "") not in ("", "filters", "snooze"):
        return card
    scope, order, words = walked(data.get("filter", "")), desk.orders.get(order_id), viewer.words
    if data.get("view") == "filters":
        return replace(card, rows=(*_filters(desk, scope, viewer), _back(order, scope, words)))
    if data.get("view") == "snooze":
        return replace(card, rows=(*_snoozes(order, words), _back(order, scope, words)))
    spot = queue.spot(desk, viewer.actor, scope, order)
    on = chips(desk, scope, words, SET) if scope != HELD else ()
    rows = [*card.rows, *_hands(desk, order, viewer), _walk(order, scope, spot, words), *_together(desk, scope, viewer)]
    rows += on
    if done := data.get("done"):
        rows.append(_decided(desk, desk.orders.get(int(done)), scope, words))
    return Card(f"{card.text}\n\n{_foot(desk, order, scope, spot, words)}", tuple(rows))


def _back(order: Order, scope: Scope, words: Words) -> Row:
    return (Button(words("◀ Back"), pack("o.q", order.id, code_of(scope))),)


def _foot(desk: Desk, order: Order, scope: Scope, spot: queue.Spot, words: Words) -> str:
    """Where the order stands in the queue, and until when it must leave."""
    name = scope_name(desk, scope, words)
    if not spot.count:
        return words("🏁 That was the last one: {name}", name=name)
    facts = {"number": spot.number or "–", "count": spot.count, "name": name}
    text = words("{number} of {count} · {name}", **facts)
    due = order.due_at
    if due is None or order.status is not OrderStatus.REVIEW:
        return text
    if due <= desk.now:
        return text + words(" · ⏰ should have left at {at}", at=words.when(due))
    return text + words(" · ⏳ leaves by {at}", at=words.when(due))


def _walk(order: Order, scope: Scope, spot: queue.Spot, words: Words) -> Row:
    if not spot.count:
        return (
            Button(words("🔎 Filter"), pack("q.f", order.id, code_of(scope))),
            Button(words("📥 New orders"), pack("d.o", code_of(ALL))),
        )
    row = [Button("◀", pack("o.q", spot.before, code_of(scope)))] if spot.before else []
    row.append(Button(f"🔎 {spot.number or '–'}/{spot.count}", pack("q.f", order.id, code_of(scope))))
    row += [Button("▶", pack("o.q", spot.after, code_of(scope)))] if spot.after else []
    return tuple(row)


def _together(desk: Desk, scope: Scope, viewer: Viewer) -> list[Row]:
    """Where the queue is of one reason: all of it that can be released together."""
    narrow = bulk.narrowed(scope)
    if narrow is None or viewer.actor is None or not bulk.in_bulk(desk.policy, viewer.actor, narrow.code):
        return []
    count = bulk.count(desk, viewer.actor, narrow)
    return [(Button(viewer.words("📑 Release together: {count}", count=count), tap(narrow)),)] if count > 1 else []


def _decided(desk: Desk, order: Order, scope: Scope, words: Words) -> Row:
    hand, state = desk.hands.of(order.id), state_text(order, words)
    if queue.snoozed(desk, hand):
        state = words("💤 Put off until {at}", at=words.when(hand.snoozed_until))
    label = words.label("↩ {number}: {state}", number=order.number, state=state)
    return (Button(label[:60], pack("o.q", order.id, code_of(scope))),)


def _hands(desk: Desk, order: Order, viewer: Viewer) -> list[Row]:
    """Take it, put it off; or have it back."""
    words, hand = viewer.words, desk.hands.of(order.id)
    if order.status is not OrderStatus.REVIEW or not viewer.offers(Right.APPROVE, shop=order.shop_id):
        return []
    if queue.snoozed(desk, hand):
        return [(Button(words("⏰ Back into the queue"), pack("q.w", order.id)),)]
    row = [] if queue.holder(desk, hand) else [Button(words("🙋 I take it"), pack("q.t", order.id))]
    return [(*row, Button(words("💤 Later"), pack("q.l", order.id)))]


def _snoozes(order: Order, words: Words) -> tuple[Row, ...]:
    names = {15: words("💤 15 min"), 60: words("💤 1 h"), 0: words("🌅 Until 09:00")}
    return (tuple(Button(names[minutes], pack("q.z", order.id, minutes)) for minutes in SNOOZES),)


def _filters(desk: Desk, scope: Scope, viewer: Viewer) -> tuple[Row, ...]:
    """What is on, what more there is to choose, and the same orders as a digest."""
    digest = Button(viewer.words("📥 As a digest"), pack("d.o", code_of(scope)))
    return (*chips(desk, scope, viewer.words, SET), *choices(desk, scope, viewer, SET), (digest,))
