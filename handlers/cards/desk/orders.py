"""The order's card: where it stands, for whom, what, how much, and why it waits.

Surprising: the same card serves the queue (queue.py), where it has rows to walk on; a group sees it with masked people.
"""

from collections import Counter
from collections.abc import Mapping

from domain.addresses import areas
from domain.desk import Desk
from domain.floor import repacking, tracing
from domain.floor.parcels import IN_HOUSE, OPEN_STOPS, Parcel, ParcelState, Stage, Stop, StopKind, StopState
from domain.orders import kits, parts
from domain.orders.orders import Line, Order, OrderStatus
from domain.records import NoticeKind
from domain.review.holds import CATALOGUE, Hold, open_codes
from domain.stops import replies
from domain.stops.delivery import all_delivered, delivered
from domain.stops.stop_desk import Recall
from handlers.card import Button, Card
from handlers.cards.desk.bundles import parts_text
from handlers.cards.desk.choices import charge_parts
from handlers.cards.desk.entries import order_lines
from handlers.cards.desk.evidence import hold_line, shop_name, veiled
from handlers.cards.desk.hands import hand_lines
from handlers.cards.desk.late import unshipped, unshipped_line
from handlers.cards.desk.order_buttons import main_rows
from handlers.cards.desk.order_views import VIEWS
from handlers.cards.desk.together import live_boxes, together_lines
from handlers.cards.floor.marks import marks_lines
from handlers.cards.floor.stops import answer_line
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.back_terms import back_name
from handlers.wording.goods import beside, title_of
from handlers.wording.stop_terms import KINDS, STATES
from handlers.wording.terms import (
    N_,
    actor_name,
    ended_stop_name,
    hold_name,
    refund_state_name,
    role_name,
    step_name,
)
from handlers.words import Html, Words, mask_name, mask_phone

SHOWN_LINES = 12
_HEADED = 3
"""Reasons in the heading; the others stand below, and the number must be seen in a notification."""
_OPEN = {
    StopKind.REFUND: N_("⛔ Stop since {at}, {state}"),
    StopKind.HOLD: N_("✋ Must wait since {at}, {state}"),
    StopKind.REPICK: N_("🔁 To be picked again since {at}, {state}"),
    StopKind.REPACK: N_("🔁 To be repacked since {at}, {state}"),
}
_NEW_GOODS = N_("🔁 To be put in since {at}, {state}")
_GONE = frozenset({ParcelState.CANCELLED})


@drawing(NoticeKind.ORDER)
def order_card(desk: Desk, order_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """An order. `data['view']` asks for one of the views behind its buttons."""
    if viewer.actor is None:
        return None
    order = desk.orders.get(order_id)
    view = VIEWS.get(data.get("view", ""))
    if view:
        top = "\n".join([head(desk, order, viewer.words), *hand_lines(desk, order, viewer)])
        return view(desk, order, viewer, data, top)
    return Card(body(desk, order, viewer), main_rows(desk, order, viewer))


def state_text(order: Order, words: Words) -> str:
    """Symbol and state, in words."""
    if order.status is OrderStatus.REVIEW:
        if not order.held:
            return words("🟢 Clean, waits for approval")
        codes = open_codes(order.holds)
        names = words.listed((hold_name(code, words) for code in codes[:_HEADED]), len(codes) - _HEADED)
        return words("✋ Held: {why}", why=names)
    frozen = words("✋ Held, ") if order.held else ""
    text = {
        OrderStatus.UNPAID: words("⏳ Unpaid"),
        OrderStatus.APPROVED: words("✅ Approved"),
        OrderStatus.RELEASED: words("🏭 With the warehouse"),
        OrderStatus.SHIPPED: words("🚚 Shipped"),
        OrderStatus.PUT_BACK: words("⛔ Stopped, goods go back to the shelf"),
        OrderStatus.CANCELLED: words("❌ Cancelled"),
        OrderStatus.ELSEWHERE: words("☑️ Done, no parcel") if order.reason else words("☑️ Done on the platform"),
    }[order.status]
    return frozen + text


def head(desk: Desk, order: Order, words: Words) -> str:
    """Line 1: what a notification shows."""
    return words(
        "<b>{state}</b> · {number} · {amount} · {shop}",
        state=_state(desk, order, words),
        number=order.number,
        amount=words.money(order.amount, order.currency),
        shop=shop_name(desk.catalog, order.shop_id),
    )


def _state(desk: Desk, order: Order, words: Words) -> str:
    """The state, with how far the order's boxes are on their way."""
    if order.status is OrderStatus.SHIPPED and unshipped(desk, order):
        return words("🚚 Shipped, but not all of it")
    if all_delivered(desk, order):
        return words("🏁 Delivered")
    boxes = live_boxes(desk, order) if order.status is OrderStatus.RELEASED else []
    gone = sum(1 for box in boxes if box.state is ParcelState.HANDED_OVER)
    if not 0 < gone < len(boxes):
        return state_text(order, words)
    held = words("✋ Held, ") if order.held else ""
    return held + words("🚚 Shipped in part: {gone} of {count} {count:parcel|parcels}", gone=gone, count=len(boxes))


def body(desk: Desk, order: Order, viewer: Viewer) -> str:
    """The whole text of the card."""
    words = viewer.words
    blocks = [
        [head(desk, order, words), *_decision(desk, order, words), *hand_lines(desk, order, viewer)],
        [*_people(desk, order, viewer), *order_lines(desk, order, viewer)],
        _goods(desk, order, words),
        _holds(desk, order, viewer),
        [*_parcels(desk, order, words), *_unshipped(desk, order, words), *together_lines(desk, order, words)],
        [*_money_back(desk, order, words), *(answer_line(one, words) for one in replies.untold(desk, order))],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _decision(desk: Desk, order: Order, words: Words) -> list[str]:
    if order.status is OrderStatus.REVIEW:
        return _taken_back(desk, order, words)
    if order.status is OrderStatus.ELSEWHERE and not order.reason:  # the platform did it, as its state says
        return []
    lines = []
    if order.status is OrderStatus.APPROVED and order.release_at:
        lines.append(_approved(desk, order, words))
        if desk.now < order.release_at:
            lines.append(words("It goes to the warehouse when the time to undo is over."))
    elif order.status is OrderStatus.CANCELLED and not order.decided_by:
        lines.append(words("The platform cancelled it."))
    elif order.status in (OrderStatus.CANCELLED, OrderStatus.ELSEWHERE):
        facts = {
            "by": actor_name(order.decided_by, words),
            "at": words.when(order.decided_at),
            "reason": words.plain("refunded") if order.reason == "refunded" else order.reason or "-",
        }
        lines.append(words("By {by} at {at}: {reason}", **facts))
    elif order.decided_by:
        lines.append(_approved(desk, order, words))
    return lines


def _approved(desk: Desk, order: Order, words: Words) -> str:
    """Who said yes, both where two had to."""
    facts = {"by": actor_name(order.decided_by, words), "at": words.when(order.decided_at)}
    if not order.first_approver:
        return words("Approved by {by} at {at}.", **facts)
    return words("Approved by {first} and {by} at {at}.", first=desk.people.get(order.first_approver).name, **facts)


def _taken_back(desk: Desk, order: Order, words: Words) -> list[str]:
    """Who approved it reads "waits for approval" and would think the approval was lost: it fell, and this is why."""
    decided = (event for event in desk.history("order", order.id) if event.verb in ("approved", "unapproved"))
    last = next(decided, None)
    if last is None or last.verb == "approved":
        return []
    facts = {"at": words.when(last.at), "by": actor_name(last.actor, words), "why": back_name(last.reason, words)}
    return [words("↩ Back in review since {at} by {by}: {why}", **facts)]


def _people(desk: Desk, order: Order, viewer: Viewer) -> list[str]:
    words, to = viewer.words, order.receiver
    buyer = order.buyer_id if viewer.private else mask_name(order.buyer_id)
    when = words("Paid {at}", at=words.when(order.paid_at))
    if not order.paid_at:
        when = words("Placed {at}, when it was paid was not told", at=words.when(order.placed_at))
    if order.status is OrderStatus.UNPAID or (order.cod and not order.paid_at):
        when = words("Placed {at}", at=words.when(order.placed_at))
    lines = [f"{when} · {words('buyer {buyer}', buyer=buyer)}" if buyer else when]
    if order.at_door:
        lines.append(words("Collect {amount}", amount=words.money(order.at_door, order.currency)))
    if not (to.name or to.phone or to.address or to.masked):
        return [*lines, words("No receiver was told.")]
    region = " ".join(part for part in (to.country if to.country != "CN" else "", to.province, to.city) if part)
    if viewer.private:
        where = " ".join(part for part in (region, to.district, to.address, to.zip) if part)
        lines.append(words("To {name} {phone}", name=to.name or "-", phone=to.phone))
    else:
        where = region
        lines.append(words("To {name} {phone}", name=mask_name(to.name) or "-", phone=mask_phone(to.phone)))
    lines.append(words("{where}", where=veiled(where, viewer.private) or "-"))
    if areas.remote(to, desk.policy):
        lines.append(words("🏔 Remote area"))
    if to.masked:
        lines.append(words("The platform hides the receiver."))
    return lines


def _goods(desk: Desk, order: Order, words: Words) -> list[str]:
    """As they were bought: a set is one line, with what it is made up of."""
    if order.status is OrderStatus.RELEASED:  # what came too late is matched once it is packed
        order = kits.matched(order, desk.catalog)
    sold, lines = kits.groups(order.lines), []
    for group in sold[:SHOWN_LINES]:
        line, parts = kits.whole(group), parts_text(group, words) if group[0].kit else ""
        text = _goods_line(desk, line, order.currency, words, parts)
        lines.append(f"#{line.line_no} · {text}" if len(sold) > 1 else text)
    if len(sold) > SHOWN_LINES:
        lines.append(words("… and {count} more {count:line|lines}", count=len(sold) - SHOWN_LINES))
    return lines


def _goods_line(desk: Desk, line: Line, currency: str, words: Words, parts: str = "") -> str:
    code = line.sku or line.merchant_code or "-"
    title = beside(code, " ".join(f"{line.title} {line.variant}".split()))
    title = title_of(desk, line.sku, title) if line.sku else title
    known = line.sku or line.virtual
    text = N_("{count} × <b>{sku}</b> {title}") if known else N_("{count} × ❓ not matched «{sku}» {title}")
    text = words(text, count=line.quantity, sku=code, title=veiled(title, True, 60)).rstrip()
    text += words(" ({parts})", parts=parts) if parts else ""
    if line.amount:
        text += f" · {words.money(line.amount, currency)}"
    text += words(" · ships nothing") if line.virtual else ""
    if line.dropped:
        text = f"<s>{text}</s> · " + refund_state_name(line.refund, words)
    return text


def _holds(desk: Desk, order: Order, viewer: Viewer) -> list[str]:
    lines = []
    for code in open_codes(order.holds):
        hold = next(hold for hold in order.holds if hold.open and hold.code is code)
        lines.append(hold_line(hold, viewer.words, viewer.private) + _age(desk, hold, viewer.words))
    return lines


def _age(desk: Desk, hold: Hold, words: Words) -> str:
    rule = CATALOGUE[hold.code]
    minutes = int((desk.now - hold.opened_at).total_seconds()) // 60
    facts = {"owner": role_name(rule.owner, words), "age": age(minutes, words)}
    text = words(" · {owner}, for {age}" if minutes > 0 else " · {owner}", **facts)
    waited = int((desk.now - hold.due_from).total_seconds()) // 60
    return text + (" ⏰" if waited > desk.policy.sla_minutes(hold.code) else "")


def age(minutes: int, words: Words) -> str:
    """A span of time, in its largest unit."""
    if minutes >= 48 * 60:
        return words("{count} d", count=minutes // 1440)
    if minutes >= 120:
        return words("{count} h", count=minutes // 60)
    return words("{count} min", count=max(0, minutes))


def _parcels(desk: Desk, order: Order, words: Words) -> list[str]:
    parcels = [p for p in desk.parcels.of_orders([order.id]).get(order.id, ()) if p.state not in _GONE]
    stops = desk.stops.of_parcels([parcel.id for parcel in parcels])
    recalls = desk.recalls.of_parcels([parcel.id for parcel in parcels])
    lines = []
    for parcel in parcels:
        lines.append(_parcel_line(desk, order, parcel, words))
        lines += marks_lines(tracing.inside(desk, parcel), words)
        mine = stops.get(parcel.id, ())
        waits = any(stop.open for stop in mine)
        lines += [_stop_line(stop, words, waits=waits) for stop in mine if stop.order_id == order.id]
        asked = recalls.get(parcel.id, ())[-1:]
        lines += [_recall_line(recall, words) for recall in asked if recall.order_id == order.id]
    lines += _counter_lines(desk, order, words)
    for back in desk.returns.of_order(order.id):
        lines.append(words("📬 Return {waybill}: {state}", waybill=back.waybill, state=step_name(back.state, words)))
    return lines


def _recall_line(recall: Recall, words: Words) -> str:
    """Who reads "too late" must see that somebody has asked the courier."""
    facts = {"kind": words.plain(KINDS[recall.kind]), "state": words.plain(STATES[recall.state])}
    return words("🚚 Recall, {kind}: {state}, since {at}", at=words.when(recall.opened_at), **facts)


def _counter_lines(desk: Desk, order: Order, words: Words) -> list[str]:
    """What of it the buyer was given without a parcel, per warehouse."""
    if order.status is not OrderStatus.ELSEWHERE:
        return []
    gone: dict[int, Counter[str]] = {}
    for move in desk.stock.issued_from(order.id):
        gone.setdefault(move.warehouse_id, Counter())[move.sku] -= move.delta
    return [
        words(
            "🏬 Given to the buyer from {warehouse}: {goods}",
            warehouse=desk.catalog.warehouses[place].name,
            goods=words.listed(f"{units} × {sku}" for sku, units in found.items()),
        )
        for place, found in gone.items()
    ]


def _unshipped(desk: Desk, order: Order, words: Words) -> list[str]:
    found = unshipped(desk, order)
    return [unshipped_line(order, found, words)] if found else []


def _parcel_line(desk: Desk, order: Order, parcel: Parcel, words: Words) -> str:
    warehouse = desk.catalog.warehouses.get(parcel.warehouse_id or 0)
    courier = desk.catalog.couriers.get(parcel.courier_id or 0)
    state = Stage.DELIVERED if delivered(desk, order, parcel) else parcel.state
    parts = [words("📦 {number}: {state}", number=parcel.number, state=step_name(state, words))]
    parts += [words("{name}", name=one.name) for one in (warehouse, courier) if one]
    if parcel.waybill:
        parts.append(f"<code>{words('{name}', name=parcel.waybill)}</code>")
    if parcel.wave_id:
        parts.append(words("wave {wave}, slot {slot}", wave=desk.waves.get(parcel.wave_id).number, slot=parcel.slot))
    if parcel.holder and parcel.state in IN_HOUSE:  # what has left is in nobody's hands
        parts.append(words("held by {name}", name=parcel.holder))
    if parcel.size:
        parts.append(words("{name}", name=words.size(parcel.size)))
    if parcel.freight:
        text = N_("freight {amount}") if parcel.warehouse_id else N_("freight about {amount}")
        parts.append(words(text, amount=words.money(parcel.freight, parcel.freight_currency)) + _of_it(parcel, words))
    return " · ".join(parts)


def _of_it(parcel: Parcel, words: Words) -> str:
    """What of the freight is no freight: fuel, insurance, the fee for collecting money."""
    courier = parcel.why.get("courier")
    quote = courier.get("quote") if isinstance(courier, Mapping) else None
    charges = charge_parts(quote, words) if isinstance(quote, Mapping) else []
    return words(" ({charges} of it)", charges=Html(words.listed(charges))) if charges else ""


def _stop_line(stop: Stop, words: Words, *, waits: bool = False) -> str:
    """A stop; or a box that waits for a decision, or for goods that belong into it again: neither is sent back.
    `waits`: something still stops it."""
    if stop.state in OPEN_STOPS:
        new = stop.kind is StopKind.REPICK and stop.reason == repacking.REASON
        text = words(
            _NEW_GOODS if new else _OPEN[stop.kind], at=words.clock(stop.opened_at), state=step_name(stop.state, words)
        )
        named = stop.acked_by or stop.named
        return text + words(": {name}", name=named) if named else text
    if stop.kind is StopKind.HOLD and stop.state is StopState.RELEASED:
        text = N_("▫️ Released, {at}") if waits else N_("▶️ May go on, {at}")
        return words(text, at=words.when(stop.closed_at))
    if stop.kind is StopKind.REPICK:
        text = N_("🔁 Picked again, {at}") if stop.state is StopState.DONE else N_("Nothing to pick again, {at}")
        return words(text, at=words.when(stop.closed_at))
    if stop.kind is StopKind.REPACK:
        text = N_("🔁 Taken out, {at}") if stop.state is StopState.DONE else N_("Nothing to take out, {at}")
        return words(text, at=words.when(stop.closed_at))
    return words("Stop: {state}, {at}", state=ended_stop_name(stop.state, words), at=words.when(stop.closed_at))


def _money_back(desk: Desk, order: Order, words: Words) -> list[str]:
    lines = []
    for refund in desk.refunds.of_order(order.id)[-3:]:
        state = refund_state_name(refund.state, words)
        none = N_("goods only") if refund.external_id.startswith(parts.BY_PEOPLE) else N_("amount not told")
        amount = words.money(refund.amount, refund.currency) if refund.amount else words.plain(none)
        told = {"state": state, "amount": amount, "at": words.when(refund.at), "reason": refund.reason[:80]}
        lines.append(words("💸 {state}: {amount}, {at} {reason}", **told).rstrip())
    return lines


def order_button(desk: Desk, order: Order, words: Words, *, vip: bool = False, shops: bool = True) -> Button:
    """A button that opens the order, for lists; a VIP's has a star. Without `shops` the list is of one shop."""
    amount = words.money(order.amount, order.currency)
    state = step_name(order.status, words) if not order.held else words("held")
    shop = shop_name(desk.catalog, order.shop_id)
    facts = {"number": f"⭐ {order.number}" if vip else order.number, "amount": amount, "state": state, "shop": shop}
    text = N_("{number} · {amount} · {state} · {shop}") if shops else N_("{number} · {amount} · {state}")
    return Button(words.label(text, **facts), pack("o.o", order.id))
