"""Who travels with whom: what an order's card and /why say of merged and divided parcels, and the buttons.

Surprising: only companions of the same shop are ever named, so nobody reads of an order outside their scope.
"""

from collections.abc import Iterable, Mapping

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Right
from domain.planning import together
from domain.planning.merging import Risk
from domain.planning.splitting import SHIPS_PARTS
from handlers.card import Button
from handlers.cards.desk.choices import loser_line
from handlers.cards.desk.owed import owed_lines, part_lines
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, step_name
from handlers.words import Words

SHOWN = 5
VERDICTS = {
    "same_buyer": N_("same buyer, same address"),
    "unknown_buyer": N_("same receiver and address, buyer not told"),
    "other_buyer": N_("same address, other buyer"),
    "far_apart": N_("same buyer and address, ordered long apart"),
    "other_promise": N_("same buyer and address, to leave at other times"),
    "unpaid": N_("same address, not paid yet"),
    "held": N_("same address, one of the two is held"),
    "person": N_("a person said so"),
}
RULES = {
    "alone": N_("goods that travel alone"),
    "apart": N_("goods that must not touch"),
    "too_heavy": N_("too heavy for one parcel"),
    "too_large": N_("too large for one parcel"),
    "too_many": N_("too many pieces for one parcel"),
    "too_valuable": N_("too valuable for one parcel"),
    "too_much": N_("too heavy, too large, too many or too valuable for one parcel"),
    "warehouse": N_("no one warehouse has everything"),
    "shortage": N_("goods are missing"),
    "presale": N_("goods are not on sale yet"),
    "no_warehouse": N_("no warehouse sends all of it in one parcel"),
    "no_courier": N_("no courier carries all of it in one parcel"),
}
"""Parcels of before tell no limit apart: `too_much`."""


_TO_GO = (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED)
"""Orders of which a number is still to be told to their platform."""


def live_boxes(desk: Desk, order: Order) -> list[Parcel]:
    """The parcels that hold goods of the order."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    return [box for box in boxes if box.state is not ParcelState.CANCELLED and order.id in box.live_orders]


def together_lines(desk: Desk, order: Order, words: Words) -> list[str]:
    """With whom it travels, in how many boxes, and with whom it could."""
    boxes = live_boxes(desk, order)
    company = {oid for box in boxes for oid in box.live_orders} - {order.id}
    lines = []
    if company:
        lines.append(
            words("🔗 In one parcel with {orders}", orders=_numbers(desk.orders.many(company).values(), words))
        )
    if len(boxes) > 1:
        lines.append(words("✂️ In {count} {count:parcel|parcels}", count=len(boxes)))
        if order.platform not in SHIPS_PARTS and order.status in _TO_GO:
            lines.append(
                words(
                    "☝️ Tell the platform only with the last parcel: the first number may mark the whole order shipped"
                )
            )
    lines += owed_lines(boxes, words)
    if order.apart:
        lines.append(words("✂️ Travels alone: a person said so"))
    alike: dict[str, list[Order]] = {}
    for other, found in together.candidates(desk, order) if order.merge_key else ():
        alike.setdefault(found.why, []).append(other)
    for why, others in alike.items():
        facts = {"orders": _numbers(others, words), "why": words.plain(VERDICTS[why])}
        lines.append(words("🔗 Also waiting: {orders} ({why})", **facts))
    for one in together.under_way(desk, order)[:SHOWN] if order.merge_key else ():
        lines.append(
            words(
                "🔗 Approved already, same address: {order} ({why}) · 📦 {parcel}: {state}",
                order=one.order.number,
                why=words.plain(VERDICTS[one.verdict.why]),
                parcel=one.parcel.number,
                state=step_name(one.parcel.state, words),
            )
        )
    return lines


def _numbers(orders: Iterable[Order], words: Words) -> str:
    numbers = sorted(order.number for order in orders)
    return words.listed(numbers[:SHOWN], len(numbers) - SHOWN)


def together_rows(desk: Desk, order: Order, viewer: Viewer) -> list[tuple[Button, ...]]:
    """Merge with one, or ship alone."""
    words = viewer.words
    if not viewer.offers(Right.APPROVE, shop=order.shop_id):
        return []
    rows: list[tuple[Button, ...]] = []
    if order.status is OrderStatus.REVIEW and not order.held:
        for other, found in together.candidates(desk, order)[:2]:
            if found.risk is not Risk.HIGH and not other.held:
                label = words("🔗 Merge with {order}", order=other.number)
                rows.append((Button(label, pack("o.mg", order.id, order.revision, other.id)),))
        for one in [one for one in together.under_way(desk, order) if one.back and not one.order.held][:2]:
            label = words("↩️ Take {order} back and merge", order=one.order.number)
            rows.append((Button(label, pack("o.tb", order.id, order.revision, one.order.id)),))
    shared = [box for box in live_boxes(desk, order) if len(box.live_orders) > 1]
    if shared and all(box.state in together.APART for box in shared):
        rows.append((Button(words("✂️ Ship alone"), pack("o.ap", order.id, order.revision)),))
    return rows


def _margin(told: object, words: Words) -> list[str]:
    """What is left over of all orders in the parcel, where the policy asks for it."""
    if not isinstance(told, Mapping):
        return []
    money = {name: words.money(int(told[name]), str(told["currency"])) for name in ("left", "paid", "freight")}
    text = N_("🔗 Margin of the parcel: {left} of {paid} left, freight {freight} counted once, {least}% wanted")
    return [words(text, least=told["least"], **money)]


def _not_with(told: object, words: Words) -> list[str]:
    """Orders it could have travelled with but for the room, and whoever could not take all of it."""
    if not isinstance(told, Mapping):
        return []
    why = words.plain(RULES.get(str(told.get("why")), str(told.get("why"))))
    lines = [words("🔗 Not together with {orders}: {why}", orders=words.listed(map(str, told["orders"])), why=why)]
    return [*lines, *(loser_line(one, words) for one in told.get("lost", ()))]


def why_lines(parcel: Parcel, words: Words) -> list[str]:
    """Why the parcel is merged or one of several."""
    lines = []
    merged, split = parcel.why.get("merge"), parcel.why.get("split")
    if isinstance(merged, Mapping) and merged.get("orders"):
        why = words.plain(VERDICTS.get(str(merged.get("why")), str(merged.get("why"))))
        lines.append(words("🔗 Merged: {orders}, {why}", orders=words.listed(map(str, merged["orders"])), why=why))
        lines += _margin(merged.get("margin"), words)
    left = parcel.why.get("not_with")
    lines += [line for told in (left if isinstance(left, (list, tuple)) else ()) for line in _not_with(told, words)]
    if isinstance(split, Mapping):
        rules = words.listed(words.plain(RULES.get(str(rule), str(rule))) for rule in split.get("rules", ()))
        text = words("✂️ Part {part} of {of}: {rules}", part=split.get("part"), of=split.get("of"), rules=rules)
        lines.append(text if rules else words("✂️ Part {part} of {of}", part=split.get("part"), of=split.get("of")))
    return [*lines, *part_lines(parcel, words)]
