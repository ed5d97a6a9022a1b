"""The queue's card: one order of those a filter lets through, with the way to the others, in one message.

Surprising: the filter lives in the card's taps and, for redraws nobody tapped, with the message in the store.
"""

from collections.abc import Mapping
from dataclasses import replace

from domain import queue
from domain.desk import Desk
from domain.holds import HoldCode
from domain.orders import Order, OrderStatus
from domain.people import Right
from domain.queue import Filter
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.cards.evidence import shop_name
from handlers.cards.order_buttons import Row, in_twos
from handlers.cards.orders import order_card, state_text
from handlers.draw import drawing
from handlers.taps import pack
from handlers.terms import hold_name
from handlers.viewer import Viewer
from handlers.words import Words

KINDS = ("held", "shop", "hold", "urgent", "mine", "snoozed", "over")
CODES = 16
SNOOZES = (15, 60, 0)


def code_of(chosen: Filter) -> str:
    """The filter as it stands in a tap: `held`, `shop.3`, `hold.OUT_OF_STOCK`."""
    return f"{chosen.kind}.{chosen.what}" if chosen.what else chosen.kind


def filter_of(code: str) -> Filter:
    """Back; whatever makes no sense (an old card's, a shop's that is gone) is the whole queue."""
    kind, _, what = code.partition(".")
    fits = {"hold": what in list(HoldCode), "shop": what.isascii() and what.isdecimal()}.get(kind, not what)
    return Filter(kind, what) if kind in KINDS and fits else Filter()


def filter_name(desk: Desk, chosen: Filter, words: Words) -> str:
    """What the filter lets through, in words."""
    if chosen.kind == "hold":
        return hold_name(chosen.what, words)
    if chosen.kind == "shop":
        return shop_name(desk.catalog, int(chosen.what)) if int(chosen.what) in desk.catalog.shops else chosen.what
    return {
        "held": words.plain("all held"),
        "urgent": words.plain("urgent"),
        "mine": words.plain("mine"),
        "snoozed": words.plain("put off"),
        "over": words.plain("above the limit"),
    }[chosen.kind]


@drawing(NoticeKind.QUEUE)
def queue_card(desk: Desk, order_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """One order of the queue. `data`: `filter`, `done` = the order that was decided just before."""
    card = order_card(desk, order_id, viewer, data)
    if card is None or viewer.actor is None or data.get("view", "") not in ("", "filters", "snooze"):
        return card
    chosen, order, words = filter_of(data.get("filter", "")), desk.orders.get(order_id), viewer.words
    if data.get("view") == "filters":
        return replace(card, rows=(*_filters(desk, order, chosen, viewer), _back(order, chosen, words)))
    if data.get("view") == "snooze":
        return replace(card, rows=(*_snoozes(order, words), _back(order, chosen, words)))
    spot = queue.spot(desk, viewer.actor, chosen, order)
    rows = [*card.rows, *_hands(desk, order, viewer), _walk(order, chosen, spot)]
    if done := data.get("done"):
        rows.append(_decided(desk, desk.orders.get(int(done)), chosen, words))
    return Card(f"{card.text}\n\n{_foot(desk, order, chosen, spot, words)}", tuple(rows))


def _back(order: Order, chosen: Filter, words: Words) -> Row:
    return (Button(words("◀ Back"), pack("o.q", order.id, code_of(chosen))),)


def _foot(desk: Desk, order: Order, chosen: Filter, spot: queue.Spot, words: Words) -> str:
    """Where the order stands in the queue, and until when it must leave."""
    name = filter_name(desk, chosen, words)
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


def _walk(order: Order, chosen: Filter, spot: queue.Spot) -> Row:
    row = [Button("◀", pack("o.q", spot.before, code_of(chosen)))] if spot.before else []
    row.append(Button(f"🔎 {spot.number or '–'}/{spot.count}", pack("q.f", order.id, code_of(chosen))))
    row += [Button("▶", pack("o.q", spot.after, code_of(chosen)))] if spot.after else []
    return tuple(row)


def _decided(desk: Desk, order: Order, chosen: Filter, words: Words) -> Row:
    label = words.label("↩ {number}: {state}", number=order.number, state=state_text(order, words))
    return (Button(label[:60], pack("o.q", order.id, code_of(chosen))),)


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


def _filters(desk: Desk, order: Order, chosen: Filter, viewer: Viewer) -> tuple[Row, ...]:
    """Every filter there is something behind, the one in use marked."""
    assert viewer.actor is not None
    words, shops = viewer.words, viewer.actor.shops
    held = {shop: count for shop, (_, count) in desk.orders.review_counts(shops).items() if count}
    codes = sorted(desk.orders.open_hold_counts(shops).items(), key=lambda item: -item[1])[:CODES]
    counts = {Filter(): sum(held.values())}
    counts |= {Filter(kind): queue.count(desk, viewer.actor, Filter(kind)) for kind in KINDS[3:]}
    counts |= {Filter("shop", str(shop)): count for shop, count in held.items() if len(held) > 1}
    counts |= {Filter("hold", code): count for code, count in codes}
    return in_twos(
        [
            Button(
                ("● " if one == chosen else "") + f"{filter_name(desk, one, words)} {count}",
                pack("d.qf", code_of(one)),
            )
            for one, count in counts.items()
            if count or one == chosen
        ]
    )
