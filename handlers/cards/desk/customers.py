"""The customer's card: who it is, what they did, what was decided about them, and their last orders.

Surprising: it counts only the orders of shops the viewer may see, so two people may read two figures.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.customers import blacklist, customers
from domain.customers.customer_records import Customer, EntryState, Figures, KeyKind, ListLevel, Reason
from domain.desk import Desk
from domain.people.people import Right
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.cards.desk.entries import buyer_name, entry_line, marks
from handlers.cards.desk.evidence import veiled
from handlers.cards.desk.order_views import PAGE, event_line
from handlers.cards.desk.orders import order_button
from handlers.cards.rows import Row, in_twos
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.customer_terms import MARKS, day, level_name, platform_name, reason_name, term
from handlers.wording.terms import N_
from handlers.words import Words

LAST = 5
LETTERS = {KeyKind.PHONE: "p", KeyKind.ADDRESS: "a"}
View = Callable[[Desk, Customer, Viewer, Mapping[str, str], str], Card]


@drawing(NoticeKind.CUSTOMER)
def customer_card(desk: Desk, customer_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """A customer. `data['view']` asks for one of the views behind the buttons."""
    if viewer.actor is None:
        return None
    customer = desk.customers.get(customer_id)
    view = VIEWS.get(data.get("view", ""))
    if view:
        return view(desk, customer, viewer, data, _head(customer, viewer))
    return _main(desk, customer, viewer)


def _head(customer: Customer, viewer: Viewer) -> str:
    words = viewer.words
    facts = {"buyer": buyer_name(customer, viewer), "platform": platform_name(customer.platform, words)}
    return words("<b>👤 {buyer}</b> · {platform}", **facts)


def _main(desk: Desk, customer: Customer, viewer: Viewer) -> Card:
    words, scope = viewer.words, viewer.actor.shops if viewer.actor else frozenset()
    entries = desk.customers.entries([customer.id]).get(customer.id, ())
    live = [entry for entry in entries if entry.state in (EntryState.PROPOSED, EntryState.ACTIVE)]
    about = [_head(customer, viewer), marks(customer, viewer)]
    if customer.note:
        about.append(words("📝 {note}", note=veiled(customer.note, viewer.private, 500)))
    blocks = [
        [line for line in about if line],
        _history_lines(customers.figures(desk, customer, scope), words),
        [entry_line(entry, viewer) for entry in live],
        _ended(len(entries) - len(live), words),
    ]
    rows: list[Row] = [(Button(f"▸ {entry_line(entry, viewer)}"[:60], pack("cu.e", entry.id)),) for entry in live]
    proposed = any(entry.state is EntryState.PROPOSED for entry in live)
    rows += in_twos(_actions(customer, viewer, proposed))
    rows += [(order_button(desk, o, words),) for o in customers.last_orders(desk, customer, scope, LAST)]
    rows.append((Button(words("🕘 History"), pack("cu.h", customer.id, 0)),))
    return Card("\n\n".join("\n".join(block) for block in blocks if block), tuple(rows))


def _ended(count: int, words: Words) -> list[str]:
    return [words("Earlier entries of the blacklist: {count} (see the history)", count=count)] if count else []


def _history_lines(figures: Figures, words: Words) -> list[str]:
    if not figures.orders:
        return [words("No orders in your shops.")]
    span = {"first": day(figures.first_at, words), "last": day(figures.last_at, words)}
    text = N_("Orders: {count}, the first {first}, the last {last}")
    if span["first"] == span["last"]:
        text = N_("Orders: {count}, on {first}")
    lines = [words(text, count=figures.orders, **span)]
    share = {"refunded": figures.refunded, "paid": figures.paid, "percent": figures.refund_percent}
    lines.append(words("Refunded: {refunded} of {paid} paid {paid:order|orders} ({percent} %)", **share))
    for currency, (paid, refunded) in sorted(figures.money.items()):
        money = {"paid": words.money(paid, currency), "refunded": words.money(refunded, currency)}
        lines.append(words("Paid {paid}, went back {refunded}", **money))
    if figures.returns:
        counts = {"returns": figures.returns, "missing": figures.missing, "defective": figures.defective}
        lines.append(
            words("Returns: {returns} · with units missing: {missing} · units defective: {defective}", **counts)
        )
    if figures.refusals:
        lines.append(words("Parcels refused: {count}", count=figures.refusals))
    return lines


def _actions(customer: Customer, viewer: Viewer, proposed: bool) -> list[Button]:
    """What may be done with the customer; while a proposal waits, nobody proposes another."""
    words, key = viewer.words, (customer.id, customer.revision)
    vip = (
        Button(words("End VIP"), pack("cu.vo", *key)) if customer.vip else Button(words("⭐ VIP"), pack("cu.vi", *key))
    )
    lists = viewer.offers(Right.CUSTOMER_LISTS)
    ban = words("⛔ Blacklist") if lists else words("⛔ Propose for the blacklist")
    buttons = [
        (Right.CUSTOMERS, Button(words("🏷 Tags"), pack("cu.tv", *key))),
        (Right.CUSTOMER_LISTS, vip),
        (Right.CUSTOMERS, Button(words("📝 Note"), pack("cu.n", *key))),
    ]
    if lists or not proposed:
        buttons.append((Right.CUSTOMERS, Button(ban, pack("cu.b", *key), "danger")))
    return [button for right, button in buttons if viewer.offers(right)]


def _back(customer: Customer, words: Words) -> Row:
    return (Button(words("◀ Back"), pack("cu.c", customer.id)),)


def _tags(desk: Desk, customer: Customer, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """The house's tags and the customer's own, each a switch."""
    words, key = viewer.words, (customer.id, customer.revision)
    offered = dict.fromkeys([*customer.tags, *desk.policy.customers.tags])
    buttons = [
        Button(f"✓ {veiled(tag, viewer.private)}", pack("cu.tr", *key, tag))
        if tag in customer.tags
        else Button(tag, pack("cu.ta", *key, tag))
        for tag in offered
        if ":" not in tag and len(tag.encode()) <= 3 * customers.LONGEST_TAG
    ]
    other = Button(words("Other…"), pack("cu.tq", *key))
    text = f"{head}\n\n{words('Tap a tag to put it on or take it off.')}"
    return Card(text, (*in_twos([*buttons, other]), _back(customer, words)))


def _reasons(desk: Desk, customer: Customer, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    words, key = viewer.words, (customer.id, customer.revision)
    buttons = [Button(reason_name(reason, words), pack("cu.br", *key, reason)) for reason in Reason]
    text = f"{head}\n\n{words('Blacklist. Why?')}"
    return Card(text, (*in_twos(buttons), _back(customer, words)))


def _levels(desk: Desk, customer: Customer, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    words, reason = viewer.words, data["reason"]
    buttons = [
        Button(
            f"{MARKS[level]} {level_name(level, words)}",
            pack("cu.bl", customer.id, customer.revision, reason, level, "-"),
        )
        for level in ListLevel
    ]
    lines = [
        words("Blacklist for {reason}. How strictly?", reason=reason_name(reason, words)),
        words("Warn: it shows on every order. Hold: a lead looks at every order. Refuse: hold, and the answer is no."),
    ]
    return Card("\n\n".join([head, *lines]), (*((button,) for button in buttons), _back(customer, words)))


def _terms(desk: Desk, customer: Customer, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """How long; and, where orders tell them, whether other accounts of the same phone or address are meant too."""
    words, chosen = viewer.words, data["keys"]
    key = (customer.id, customer.revision, data["reason"], data["level"])
    possible = blacklist.possible_keys(desk, customer)
    rows = list(
        in_twos([Button(term(d, words), pack("cu.bd", *key, chosen, d)) for d in desk.policy.customers.entry_days])
    )
    labels = {KeyKind.PHONE: words("also by phone"), KeyKind.ADDRESS: words("also by address")}
    switches = []
    for kind, letter in LETTERS.items():
        turned = "".join(one for one in LETTERS.values() if (one in chosen) is not (one == letter)) or "-"
        label = f"{'☑' if letter in chosen else '☐'} {labels[kind]}"
        switches += [Button(label, pack("cu.bl", *key, turned))] if kind in possible else []
    facts = {"reason": reason_name(data["reason"], words), "level": level_name(data["level"], words)}
    text = words("Blacklist for {reason}: {level}. How long?", **facts)
    if switches:
        text += "\n" + words("By phone or address it also meets other accounts, in every shop, and who shares them.")
    return Card(f"{head}\n\n{text}", (*rows, *in_twos(switches), _back(customer, words)))


def _history(desk: Desk, customer: Customer, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """What people and the clock did with the customer, newest first, a page at a time."""
    words, page = viewer.words, int(data.get("page", "0"))
    events = desk.history("customer", customer.id, 500)
    shown = events[page * PAGE : (page + 1) * PAGE]
    lines = [head, "", *(event_line(event, viewer) for event in shown)]
    if not events:
        lines.append(words("Nothing was noted yet."))
    row: list[Any] = [Button(words("◀ Newer"), pack("cu.h", customer.id, page - 1))] if page else []
    row += [Button(words("Older ▶"), pack("cu.h", customer.id, page + 1))] if len(events) > (page + 1) * PAGE else []
    return Card("\n".join(lines), (tuple(row), _back(customer, words)) if row else (_back(customer, words),))


VIEWS: Mapping[str, View] = {
    "tags": _tags,
    "reasons": _reasons,
    "levels": _levels,
    "terms": _terms,
    "history": _history,
}
