"""What a search found, a page at a time in one card.

Surprising: turning pages searches again, but only among the orders that were there at first: what comes in meanwhile
moves nothing from one page to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.addresses.phones import ends_in
from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import Actor, Right, require
from handlers.card import Button, Card
from handlers.cards.desk.orders import order_button
from handlers.taps import pack
from handlers.words import Words

PAGE = 8
MOST = 500
_CALLED = 50


@dataclass(frozen=True, slots=True)
class Hits:
    """Ids of the orders, best first, MOST at most; `meant` that none is an exact hit; `newest` of them bounds every
    later page."""

    text: str
    ids: tuple[int, ...] = ()
    meant: bool = False
    more: bool = False

    @property
    def newest(self) -> int:
        """The highest id among them."""
        return max(self.ids, default=0)


def search(desk: Desk, actor: Actor, text: str, upto: int | None = None) -> Hits:
    """Hits in the actor's shops; where the text is an order's number only those, and whose phone ends in it: four
    digits may be either, with a # they are a number. A return's waybill finds its order. Where there are none: what
    may have been meant. Raises NotAllowed."""
    require(actor, Right.VIEW_ORDERS)
    ids = _of_return(desk, actor, text) or _called(desk, text, desk.orders.hits(text, actor.shops, MOST + 1, upto))
    if ids:
        return Hits(text, tuple(ids[:MOST]), more=len(ids) > MOST)
    return Hits(text, tuple(desk.orders.alike(text, actor.shops, MOST, upto)), meant=True)


def _of_return(desk: Desk, actor: Actor, text: str) -> list[int]:
    back = desk.returns.by_waybill(text.upper())
    if back is None or back.order_id is None:
        return []
    shop = desk.orders.get(back.order_id).shop_id
    return [back.order_id] if actor.shops is None or shop in actor.shops else []


def _called(desk: Desk, text: str, ids: list[int]) -> list[int]:
    """Those with the text as their number, and whose phone ends in it; all where none is called so."""
    first = desk.orders.many(ids[:_CALLED])
    exact = [number for number in ids[:_CALLED] if is_called(first[number], text)]
    if not exact:
        return ids
    loaded = desk.orders.many(ids) if text.isdigit() else {}
    phones = [number for number, order in loaded.items() if ends_in(order.receiver.phone, text)]
    return [*exact, *(number for number in ids if number in phones and number not in exact)]


def is_called(order: Order, text: str) -> bool:
    """Whether the text is its number, with or without a #."""
    return order.number.removeprefix("#") == text.removeprefix("#")


def orders_on(desk: Desk, hits: Hits, page: int = 0) -> list[Order]:
    """The orders of a page, in their order."""
    ids = hits.ids[page * PAGE : (page + 1) * PAGE]
    orders = desk.orders.many(ids)
    return [orders[order_id] for order_id in ids]


def order_rows(desk: Desk, orders: Sequence[Order], words: Words) -> tuple[tuple[Button, ...], ...]:
    """A button for each."""
    known = desk.customers.known({(order.platform, order.buyer_id) for order in orders})
    vips = {who for who, customer in known.items() if customer.vip}
    return tuple((order_button(desk, order, words, vip=(order.platform, order.buyer_id) in vips),) for order in orders)


def found_card(desk: Desk, hits: Hits, page: int, words: Words) -> Card:
    """The page, or the last there is, with the ways to its neighbours."""
    page = max(0, min(page, (len(hits.ids) - 1) // PAGE))
    rows = order_rows(desk, orders_on(desk, hits, page), words)
    turn = [Button(f"‹ {_span(hits, page - 1)}", pack("fd.p", page - 1))] if page else []
    turn += [Button(f"{_span(hits, page + 1)} ›", pack("fd.p", page + 1))] if (page + 1) * PAGE < len(hits.ids) else []
    return Card(_head(hits, page, words), (*rows, tuple(turn)) if turn else rows)


def _span(hits: Hits, page: int) -> str:
    """`9–16`."""
    first, last = page * PAGE + 1, min((page + 1) * PAGE, len(hits.ids))
    return f"{first}–{last}" if first < last else f"{first}"


def _head(hits: Hits, page: int, words: Words) -> str:
    count = len(hits.ids)
    facts = {"text": hits.text, "count": count, "span": _span(hits, page)}
    if hits.meant:
        head = words("No exact hit for «{text}». Did you mean:", text=hits.text)
        return head + (words(" ({span} of {count})", **facts) if count > PAGE else "")
    if hits.more:
        return words(
            "«{text}»: {span} of more than {count} {count:order|orders}. Type more to narrow it down.", **facts
        )
    if count > PAGE:
        return words("«{text}»: {span} of {count} {count:order|orders}", **facts)
    return words("«{text}»: {count} {count:order|orders}", **facts)
