"""The buttons of a scope: what is on, each with a tap that drops it, and what more could be, with how many it leaves.

Surprising: every number is of the orders that remain when that button is tapped, whatever is on beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from domain.desk import Desk
from domain.people.people import Actor
from domain.review import queue
from domain.review.scope import Amount, Hand, Scope, without
from handlers.card import Button
from handlers.cards.desk.evidence import shop_name
from handlers.cards.desk.scopes import AMOUNTS, HANDS, STATES, code_of, hours_name, parts_of
from handlers.cards.rows import Row, in_twos
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import hold_name
from handlers.words import Words

SHOPS, CODES = 8, 16
DEADLINE = ("hours", "due")


def chips(desk: Desk, scope: Scope, words: Words, verb: str) -> tuple[Row, ...]:
    """What is on: a tap drops it."""
    on = parts_of(desk, scope, words).items()
    return in_twos([Button(f"✕ {name}", pack(verb, code_of(without(scope, field)))) for field, name in on])


def choices(desk: Desk, scope: Scope, viewer: Viewer, verb: str) -> tuple[Row, ...]:
    """What can be added, or taken in the place of what is on, where it leaves any order."""
    assert viewer.actor is not None
    options = (*_plain(desk, scope, viewer.actor, viewer.words), *_grouped(desk, scope, viewer.actor, viewer.words))
    offered = [(name, new, count) for name, new, count in options if count and new != scope]
    return in_twos([Button(f"{name} {count}", pack(verb, code_of(new))) for name, new, count in offered])


def _plain(desk: Desk, scope: Scope, actor: Actor, words: Words) -> Iterator[tuple[str, Scope, int]]:
    near = sorted({0, desk.policy.urgent_hours, *desk.policy.alerts.near_hours})
    news: Mapping[str, Scope] = {
        **{words.plain(name): replace(scope, held=held) for held, name in STATES.items()},
        **{hours_name(desk, hours, words): replace(scope, hours=hours, due=None) for hours in near},
        **{words.plain(AMOUNTS[amount]): replace(scope, amount=amount) for amount in Amount},
        **{words.plain(HANDS[hand]): replace(scope, hand=hand) for hand in Hand},
    }
    return ((name, new, queue.count(desk, actor, new)) for name, new in news.items())


def _grouped(desk: Desk, scope: Scope, actor: Actor, words: Words) -> Iterator[tuple[str, Scope, int]]:
    """Shops, where there are several, and hold codes: one question for all of each."""
    heaps = desk.hands.heaps(queue.meant(desk, actor, without(scope, "shop")), {})
    shops: dict[int, int] = {}
    for heap in heaps:
        shops[heap.shop_id] = shops.get(heap.shop_id, 0) + heap.orders
    most = sorted(shops.items(), key=lambda item: -item[1])[:SHOPS] if len(shops) > 1 else []
    yield from ((shop_name(desk.catalog, shop)[:24], replace(scope, shop=shop), n) for shop, n in most)
    codes = desk.hands.codes(queue.meant(desk, actor, without(scope, "code")))
    by_count = sorted(codes.items(), key=lambda item: -item[1])[:CODES]
    yield from ((hold_name(code, words), replace(scope, code=code), count) for code, count in by_count)
