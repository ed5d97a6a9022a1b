"""The return card: what should be in the parcel, what was found, and what to do next, in words."""

from collections.abc import Mapping

from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import Right
from domain.records import Grade, NoticeKind, Return, ReturnItem, ReturnState
from handlers.card import Button, Card
from handlers.cards.desk.evidence import veiled
from handlers.cards.floor.return_batches import batch_lines
from handlers.draw import drawing
from handlers.quoted import quoted
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.goods import name_of
from handlers.wording.terms import N_
from handlers.words import Words, mask_name

HEADS = {
    ReturnState.EXPECTED: N_("📬 Return {waybill} is on its way"),
    ReturnState.ARRIVED: N_("📬 Return {waybill} is here: look at each unit"),
    ReturnState.UNCLAIMED: N_("❓ Return {waybill} is here, but whose is it?"),
    ReturnState.DONE: N_("✅ Return {waybill} is done"),
}
NEXT = {
    ReturnState.EXPECTED: N_("Next: when it comes, scan its label at /receive."),
    ReturnState.ARRIVED: N_(
        "Next: open it and count. Good units go back to their shelf and may be sold at once; "
        "defective ones go to the defects; missing ones go nowhere and customer service is told."
    ),
    ReturnState.UNCLAIMED: N_(
        "Next: put it aside unopened and photograph the label and the goods for customer service. "
        "Customer service: find the order by sender, last phone digits or goods, then link it."
    ),
    ReturnState.DONE: N_("Next: customer service settles the money with the buyer."),
}
REASONS = {"refused": N_("came back undelivered"), "recalled": N_("brought back by the courier")}
"""What the desk itself writes down as a reason; anything else is somebody's own words."""
_TAPS = {Grade.GOOD: N_("✅ good"), Grade.DEFECTIVE: N_("🔧 defective"), Grade.MISSING: N_("❔ missing")}
LETTER = {Grade.GOOD: "g", Grade.DEFECTIVE: "d", Grade.MISSING: "m"}
GRADE_OF = {letter: grade for grade, letter in LETTER.items()}
_ROWS = 8
_ITEMS = 20


@drawing(NoticeKind.RETURN)
def return_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The return as it is now."""
    parcel = desk.returns.get(subject_id)
    words = viewer.words
    orders = desk.orders.many(parcel.order_ids)
    heads = {order_id: _order_line(desk, order, viewer) for order_id, order in orders.items()}
    lines = [words(HEADS[parcel.state], waybill=parcel.waybill)]
    lines += heads.values() if len(heads) == 1 else []
    lines += [*_about(desk, parcel, viewer), *_goods(desk, parcel, heads, words)]
    lines += batch_lines(desk, parcel, words)
    lines += ["", words(NEXT[parcel.state])]
    return Card("\n".join(lines), _rows(parcel, viewer))


def _order_line(desk: Desk, order: Order, viewer: Viewer) -> str:
    name = order.receiver.name
    shop = desk.catalog.shops[order.shop_id].name
    facts = {"order": order.number, "shop": shop, "name": name if viewer.private else mask_name(name)}
    return viewer.words("Order {order} · {shop} · {name}", **facts)


def _goods(desk: Desk, parcel: Return, heads: Mapping[int, str], words: Words) -> list[str]:
    """What should be in it; of a merged parcel under the order each unit was sold in."""
    if heads and not parcel.items:
        return [words("Nothing that left for this order is known to be in it.")]
    shown = parcel.items[:_ITEMS]
    if len(heads) < 2:
        return [_item_line(desk, item, words) for item in shown]
    lines = [words("It holds goods of {count} {count:order|orders}: keep them apart.", count=len(heads))]
    for order_id in dict.fromkeys(item.order_id for item in shown):
        lines += [heads[order_id], *(_item_line(desk, item, words) for item in shown if item.order_id == order_id)]
    return lines


def _about(desk: Desk, parcel: Return, viewer: Viewer) -> list[str]:
    words = viewer.words
    lines = []
    if parcel.reason:
        known = REASONS.get(parcel.reason)
        reason = words.plain(known) if known else veiled(parcel.reason, viewer.private)
        lines.append(words("Reason: {reason}", reason=reason))
    if parcel.arrived_at is not None:
        place = desk.catalog.warehouses[parcel.warehouse_id].name if parcel.warehouse_id else "-"
        facts = {"time": words.when(parcel.arrived_at), "place": place, "name": parcel.received_by}
        lines.append(words("Received {time} in {place} by {name}", **facts))
    return lines


def _item_line(desk: Desk, item: ReturnItem, words: Words) -> str:
    sku = desk.catalog.skus.get(item.sku)
    text = words(
        "{number}. {units} × {goods} · shelf {bin}",
        number=item.line_no,
        units=item.expected,
        goods=name_of(desk, item.sku, item.title),
        bin=sku.bin if sku and sku.bin else "?",
    )
    if not item.graded:
        return text
    found = words(
        "good {good}, defective {defective}, missing {missing}, open {left}",
        good=item.good,
        defective=item.defective,
        missing=item.missing,
        left=item.expected - item.graded,
    )
    return f"{text}\n   → {found}"


def _rows(parcel: Return, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    words = viewer.words
    if parcel.state is ReturnState.UNCLAIMED and viewer.offers(Right.REFUND):
        return ((Button(words.plain("🔗 Link to an order"), pack("rk", parcel.id), style="primary"),),)
    if parcel.state is not ReturnState.ARRIVED or not viewer.offers(Right.RECEIVE, warehouse=parcel.warehouse_id):
        return ()
    open_items = [item for item in parcel.items if item.graded < item.expected]
    if not open_items:
        return ()
    all_good = (
        words.plain("✅ All good") if len(open_items) == len(parcel.items) else words.plain("✅ The rest is good")
    )
    rows: list[tuple[Button, ...]] = [(Button(all_good, pack("ra", parcel.id, parcel.revision), style="success"),)]
    for item in open_items[:_ROWS]:
        rows.append(
            tuple(
                Button(
                    f"{item.line_no}. {words.plain(label)}",
                    pack("rg", parcel.id, parcel.revision, item.line_no, LETTER[grade]),
                )
                for grade, label in _TAPS.items()
            )
        )
    return tuple(rows)


def choose_order(orders: list[Order], waybill: str, reason: str, words: Words) -> Card:
    """Several orders fit: which one? The reason stands in the last line and is read back from there."""
    lines = [words("Which order does return {waybill} belong to?", waybill=waybill)]
    for order in orders[:8]:
        when = words.when(order.placed_at)
        lines.append(words("• {order} · {time} · {title}", order=order.number, time=when, title=_first_title(order)))
    lines += [words("Reason:"), quoted(" ".join(reason.split()) or "-")]
    return Card("\n".join(lines), tuple((Button(o.number, pack("rl", o.id, waybill)),) for o in orders[:8]))


def _first_title(order: Order) -> str:
    return order.lines[0].title[:40] if order.lines else "-"
