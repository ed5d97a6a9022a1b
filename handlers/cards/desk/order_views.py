"""The order's card seen from behind one of its buttons: reasons to choose from, why, history, matching a product.

Surprising: a view is never kept. When the record changes meanwhile, the card simply falls back to its main view.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState, StopKind
from domain.intake.changes import MOVES
from domain.orders import parts
from domain.orders.catalog import Sku
from domain.orders.orders import Line, Order, OrderStatus
from domain.planning.match import losers_in
from domain.records import Event
from domain.review import completing
from domain.review.holds import BY_HAND, Hold, HoldCode, open_codes
from domain.review.screening import QUOTED
from domain.review.waiting import rush_from
from domain.stops import unclear
from domain.stops.delivery import all_delivered
from handlers.card import Button, Card
from handlers.cards.desk.bundles import why_sets
from handlers.cards.desk.choices import choice_lines, loser_line
from handlers.cards.desk.evidence import cure, from_to, hold_line, veiled
from handlers.cards.desk.late import as_it_is
from handlers.cards.desk.owed import not_parted
from handlers.cards.desk.refund_parts import part_name, part_rows, read_lines
from handlers.cards.desk.together import why_lines
from handlers.cards.floor.stops import proof_rows, why
from handlers.cards.rows import Row, in_twos
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.back_terms import back_name
from handlers.wording.goods import beside
from handlers.wording.terms import N_, actor_name, hold_name, verb_name
from handlers.words import Words

PAGE = 10
WHOLE = 1200
CANDIDATES = 5
PLACES = 6
REJECT_REASONS = {
    "buyer": N_("Buyer does not want it any more"),
    "stock": N_("Cannot be delivered"),
    "address": N_("Address cannot be reached"),
    "fraud": N_("Suspicious order"),
}
HOLD_REASONS = {
    "buyer": N_("Waiting for the buyer"),
    "check": N_("To be checked"),
    "later": N_("Ship later"),
    "lead": N_("The lead decides"),
}
COMPLETE_REASONS = {
    "fetched": N_("The buyer has it"),
    "nothing": N_("Nothing is to be sent"),
    "others": N_("Somebody else sent it"),
}
REFUND_REASONS = {
    "mind": N_("Changed their mind"),
    "late": N_("Too slow"),
    "wrong": N_("Ordered the wrong thing"),
}
_STOCK = (HoldCode.OUT_OF_STOCK, HoldCode.EXPIRY)
ENDING_STATES = (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED)
View = Callable[[Desk, Order, Viewer, Mapping[str, str], str], Card]


def _back(order: Order, words: Words) -> Row:
    return (Button(words("◀ Back"), pack("o.o", order.id)),)


def _reasons(order: Order, words: Words, verb: str, reasons: Mapping[str, str]) -> tuple[Row, ...]:
    buttons = [Button(words(text), pack(verb, order.id, order.revision, key)) for key, text in reasons.items()]
    buttons.append(Button(words("Other…"), pack(verb, order.id, order.revision, "other")))
    return (*in_twos(buttons), _back(order, words))


def _reject(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    words = viewer.words
    return Card(f"{head}\n\n{words('Reject it. Why?')}", _reasons(order, words, "o.rjr", REJECT_REASONS))


def _complete(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """Why, and from which warehouse the buyer was given the goods: only then do they leave the stock."""
    words, places = viewer.words, completing.sources(desk, order)[:PLACES]
    boxed = order.status is OrderStatus.RELEASED
    if places and boxed:
        text = words("It is done without a parcel of ours. With 🏬 the buyer has its box; else that is emptied. Why?")
    elif places:
        text = words("It is done without a parcel of ours. Only with 🏬 its goods leave the stock. Why?")
    elif boxed:
        text = words("It is done without a parcel of ours; its goods are put back from the box. Why?")
    else:
        text = words("It is done without a parcel of ours, and no stock is taken off. Why?")
    names = desk.catalog.warehouses
    given = [
        (
            Button(
                words.label("🏬 The buyer has it, from {warehouse}", warehouse=names[place].name),
                pack("o.dnr", *_key(order), "fetched", place),
            ),
        )
        for place in places
    ]
    more = {"fetched": N_("The buyer has it, not from our stock")} if places else {}
    return Card(f"{head}\n\n{text}", (*given, *_reasons(order, words, "o.dnr", {**COMPLETE_REASONS, **more})))


def _hold(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    words = viewer.words
    return Card(f"{head}\n\n{words('Hold it. Why?')}", _reasons(order, words, "o.hdr", HOLD_REASONS))


def _ending(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """Until when to hold it; `data['reason']` is the key of why."""
    words, reason = viewer.words, data["reason"]
    labels = {
        "none": words("Until somebody releases it"),
        "hours": words("In 2 h"),
        "morning": words("Tomorrow 09:00"),
        "stock": words("Until the goods are there"),
        "told": words("Another time…"),
    }
    if not _short(order):
        del labels["stock"]
    if order.status is not OrderStatus.RELEASED and (soon := rush_from(order, desk.policy)) and desk.now < soon:
        labels["ship"] = words("Until {hours} h before its ship time", hours=desk.policy.urgent_hours)
    buttons = [Button(label, pack("o.hde", *_key(order), reason, ending)) for ending, label in labels.items()]
    text = words("Hold it: {reason}. Until when?", reason=words.plain(HOLD_REASONS[reason]))
    return Card(f"{head}\n\n{text}", (*in_twos(buttons), _back(order, words)))


def _short(order: Order) -> bool:
    """Whether there are goods to wait for: else a hold until they are there would be over at once."""
    missing = not {*open_codes(order.holds)}.isdisjoint(_STOCK)
    return order.status is OrderStatus.UNPAID or (missing and order.status is not OrderStatus.RELEASED)


def _sure(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """Somebody else has it in hand, or an order it travels with: the approval is asked once more. `data['verb']` is
    which; `order`, `by` and `at` are the refusal's."""
    words = viewer.words
    at = words.when(datetime.fromisoformat(data["at"]))
    facts = {"order": data["order"], "who": data["by"], "at": at}
    if not data["by"]:
        told = words("💤 It travels with {order}, which is put off until {at}.", **facts)
    elif data["order"] == order.number:
        told = words("👀 {who} has had this order in hand since {at}.", **facts)
    else:
        told = words("👀 It travels with {order}, which {who} has had in hand since {at}.", **facts)
    yes = Button(words("✅ Approve all the same"), pack(data["verb"], *_key(order), "sure"), "success")
    return Card(f"{head}\n\n{told}\n{words('Approve it all the same?')}", ((yes,), _back(order, words)))


def _refund(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """The confirm row: what goes back is named, and so is the reason. `data['lines']` (`2x1`) is a part of it; no money
    goes back with that when the part answers which goods a refund was for."""
    words, part = viewer.words, data.get("lines", "")
    refund = parts.of_units(order, read_lines(part)) if part else None
    left = order.paid - order.refunded
    amount = words.money(left if refund is None else min(refund.amount, left), order.currency)
    gone = N_("Refund {amount}; the buyer has the goods. Why?")
    stop = N_("Refund {amount} and stop the goods wherever they are. Why?")
    text = words(gone if all_delivered(desk, order) else stop, amount=amount)
    if refund is not None:
        what = part_name(order, read_lines(part), words)
        text = words("Refund {what}, {amount}, and take it out wherever it is. Why?", what=what, amount=amount)
        if unclear.waits(order):
            amount = words.plain("goods only")
            text = words("Take out {what} wherever it is, for the money that went back already. Why?", what=what)
    key = (*_key(order), part) if part else _key(order)
    buttons = [
        Button(
            words.label("💸 {amount}: {reason}", amount=amount, reason=words(reason)),
            pack("o.rfy", *key[:2], name, *key[2:]),
            "danger",
        )
        for name, reason in REFUND_REASONS.items()
    ]
    other = Button(words("Other…"), pack("o.rfy", *key[:2], "other", *key[2:]))
    rows = (*((button,) for button in buttons), (other,), *part_rows(order, part, words), _back(order, words))
    return Card(f"{head}\n\n{text}", rows)


def _key(order: Order) -> tuple[int, int]:
    return order.id, order.revision


def _whole(order: Order, viewer: Viewer) -> list[str]:
    """What buyer and seller wrote, where the evidence had to cut it."""
    told = (
        (N_("Buyer's whole message: “{text}”"), order.buyer_message),
        (N_("Seller's whole note: “{text}”"), order.seller_note),
    )
    return [
        viewer.words(label, text=veiled(text.strip(), viewer.private, WHOLE))
        for label, text in told
        if len(text.strip()) > QUOTED
    ]


def _why(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """The holds with rule and evidence, then how warehouse and courier were chosen."""
    words = viewer.words
    lines = [head, ""]
    for code in open_codes(order.holds):
        hold = next(hold for hold in order.holds if hold.open and hold.code is code)
        lines += [hold_line(hold, words, viewer.private), f"   {cure(hold, words)}"]
        lines += [*not_parted(desk, order, hold, words), *(loser_line(one, words) for one in losers_in(hold.evidence))]
    lines += _whole(order, viewer)
    lines += _gone_lines(desk, order, words)
    if not order.holds:
        lines.append(words("No rule holds it."))
    lines += why_sets(desk, order, words)
    for parcel in desk.parcels.of_orders([order.id]).get(order.id, ()):
        if parcel.state is not ParcelState.CANCELLED and parcel.why:
            lines += ["", *_choice(desk, parcel, words)]
    return Card("\n".join(lines), (_back(order, words),))


def _gone_lines(desk: Desk, order: Order, words: Words) -> list[str]:
    """The holds that hold no more: whose release it was, and with how many others, or that it went by itself."""
    gone = [hold for hold in order.holds if not hold.open]
    by_hand = any(hold.resolution in BY_HAND for hold in gone)
    events = desk.history("order", order.id, 500) if by_hand else []
    many = {event.at: event.data["many"] for event in events if "many" in event.data}
    return [_gone_line(hold, many.get(hold.resolved_at or desk.now, ""), words) for hold in gone]


def _gone_line(hold: Hold, many: str, words: Words) -> str:
    facts = {"hold": hold_name(hold.code, words), "at": words.when(hold.resolved_at)}
    if hold.resolution not in BY_HAND:
        return words("✓ {hold}: gone by itself at {at}", **facts)
    text = words("✓ {hold}: released by {by} at {at}", by=actor_name(hold.resolved_by, words), **facts)
    return text + (words(", {count} {count:order|orders} in one go", count=many) if many else "")


def _choice(desk: Desk, parcel: Parcel, words: Words) -> list[str]:
    return [
        words("📦 {parcel}, rules version {policy}", parcel=parcel.number, policy=str(parcel.why.get("policy", "-"))),
        *why_lines(parcel, words),
        *choice_lines(words("Warehouse"), parcel.why.get("warehouse"), words),
        *choice_lines(words("Courier"), parcel.why.get("courier"), words, after=parcel.why.get("warehouse")),
    ]


def _history(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """What happened to the order and its parcels, newest first, a page at a time."""
    words, page = viewer.words, int(data.get("page", "0"))
    events = desk.history("order", order.id, 500)
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    for parcel in boxes:
        events += desk.history("parcel", parcel.id, 500)
    events.sort(key=lambda event: (event.at, event.id), reverse=True)
    shown = events[page * PAGE : (page + 1) * PAGE]
    lines = [head, "", *(event_line(event, viewer) for event in shown)]
    row = [Button(words("◀ Newer"), pack("o.hi", order.id, page - 1))] if page else []
    row += [Button(words("Older ▶"), pack("o.hi", order.id, page + 1))] if len(events) > (page + 1) * PAGE else []
    kept = [photos for parcel in boxes for photos in proof_rows(desk, parcel, viewer)]
    return Card("\n".join(lines), (*kept, *((tuple(row),) if row else ()), _back(order, words)))


def event_line(event: Event, viewer: Viewer) -> str:
    """One line of a history."""
    words = viewer.words
    who = actor_name(event.actor, words)
    text = words("{at} · {verb} · {who}", at=words.when(event.at), verb=verb_name(event.verb, words), who=who)
    if copy := event.data.get("copy"):
        text += words(" · copy {copy}", copy=copy)
    if many := event.data.get("many"):
        text += words(", {count} {count:order|orders} in one go", count=many)
    if event.verb in MOVES and "was" in event.data:
        text += from_to(event.data, words, viewer.private)
    if not event.reason:
        return text
    named = {"hold_released": hold_name, "unapproved": back_name}.get(event.verb)
    reason = named(event.reason, words) if named else event.reason
    if event.verb == "stopped" and event.data.get("why") not in (None, StopKind.REFUND):
        reason = why(event.reason, words)
    return text + words(" · {reason}", reason=veiled(reason, viewer.private, 80))


def _match(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """The first line without a product, and the products most like it."""
    words = viewer.words
    line = next((one for one in order.shippable if one.sku is None), None)
    if line is None:
        return Card(head, (_back(order, words),))
    what = veiled(beside(line.merchant_code, f"{line.title} {line.variant}"), True, 120)
    text = words(
        "Line {line}: «{code}» {title}\nWhich product is it?",
        line=line.line_no,
        code=line.merchant_code or "-",
        title=what,
    )
    buttons = []
    for sku in candidates([*_sold(desk), *_sets(desk)], line):
        tap = f"o.mk:{order.id}:{order.revision}:{line.line_no}:{sku.code}"
        if len(tap.encode()) <= 64 and ":" not in sku.code:
            buttons.append((Button(f"{sku.code} {beside(sku.code, sku.title[:30])}".rstrip(), tap),))
    typed = Button(words("Type a SKU or barcode…"), pack("o.mq", *_key(order), line.line_no))
    return Card(f"{head}\n\n{text}", (*buttons, (typed,), _back(order, words)))


def _sold(desk: Desk) -> list[Sku]:
    """Products that are switched off are not proposed."""
    return [sku for sku in desk.catalog.skus.values() if sku.enabled]


def _sets(desk: Desk) -> list[Sku]:
    """Sets stand among products where a line is matched: each by its code and name."""
    return [Sku(one.code, "", one.title, 0, 0, 0) for one in desk.catalog.bundles.values()]


def candidates(skus: Sequence[Sku], line: Line) -> list[Sku]:
    """The products most like the line, by code and title, best first."""
    code = line.merchant_code.casefold()
    title = f"{line.title} {line.variant}".casefold()

    def likeness(sku: Sku) -> float:
        by_code = SequenceMatcher(None, code, sku.code.casefold()).ratio() if code else 0.0
        return max(by_code, SequenceMatcher(None, title, sku.title.casefold()).ratio())

    return sorted(skus, key=lambda sku: (-likeness(sku), sku.code))[:CANDIDATES]


VIEWS: Mapping[str, View] = {
    "reject": _reject,
    "complete": _complete,
    "hold": _hold,
    "ending": _ending,
    "sure": _sure,
    "as_it_is": as_it_is,
    "refund": _refund,
    "why": _why,
    "history": _history,
    "match": _match,
}
