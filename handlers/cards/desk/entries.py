"""An entry of the blacklist: what it says, on what figures, who decides next; and how it shows on an order.

Surprising: a proposal and the entry it becomes are one card, so everybody's copy follows the decision.
"""

from collections.abc import Mapping, Sequence

from domain.customers import customers
from domain.customers.customer_records import Appeal, Customer, Entry, EntryState, ListLevel, keys_of, on_list
from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import Right
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.cards.desk.evidence import veiled
from handlers.cards.rows import Row, in_twos
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.customer_terms import MARKS, STATES, day, key_name, level_name, platform_name, reason_name, term
from handlers.wording.terms import actor_name
from handlers.words import Html, Words, mask_name


def buyer_name(customer: Customer, viewer: Viewer) -> str:
    """What the customer is called; masked in a group."""
    return customer.buyer_id if viewer.private else mask_name(customer.buyer_id)


@drawing(NoticeKind.ENTRY)
def entry_card(desk: Desk, entry_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The entry as it is now."""
    if viewer.actor is None:
        return None
    entry, words = desk.customers.entry(entry_id), viewer.words
    customer = desk.customers.get(entry.customer_id)
    head = words(
        "<b>{state}: {reason}</b> · {buyer} · {platform}",
        state=words.plain(STATES[entry.state]),
        reason=reason_name(entry.reason, words),
        buyer=buyer_name(customer, viewer),
        platform=platform_name(customer.platform, words),
    )
    blocks = [[head, *_story(entry, words)], _evidence(desk, entry, customer, viewer), _appeal(entry, viewer)]
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return Card(text, (*_rows(desk, entry, viewer), _customer_row(customer, words)))


def _customer_row(customer: Customer, words: Words) -> Row:
    return (Button(words("👤 Customer"), pack("cu.c", customer.id)),)


def _story(entry: Entry, words: Words) -> list[str]:
    """From the proposal to the end, a line each."""
    by, at = actor_name(entry.added_by, words), words.when(entry.added_at)
    lines = [words("Noted by {by} at {at}.", by=by, at=at)]
    if entry.state is EntryState.PROPOSED:
        lines.append(words("It works only once a service lead confirms it."))
    if entry.decided_at:
        facts = {"by": actor_name(entry.decided_by, words), "at": words.when(entry.decided_at)}
        until = day(entry.expires_at, words) if entry.expires_at else term(0, words)
        lines.append(
            words("{level}, until: {until} · decided by {by} at {at}", level=_level(entry, words), until=until, **facts)
        )
        by_what = words.listed(key_name(kind, words) for kind in sorted(entry.kinds))
        lines.append(words("Recognised by: {keys}", keys=by_what))
    if entry.ended_at:
        facts = {"by": actor_name(entry.ended_by, words), "at": words.when(entry.ended_at)}
        lines.append(words("Ended by {by} at {at}: {reason}", reason=entry.end_reason or "-", **facts))
    return lines


def _level(entry: Entry, words: Words) -> str:
    return f"{MARKS[entry.level]} {level_name(entry.level, words)}"


def _evidence(desk: Desk, entry: Entry, customer: Customer, viewer: Viewer) -> list[str]:
    words, lines = viewer.words, []
    if entry.evidence:
        lines.append(words("“{text}”", text=veiled(entry.evidence, viewer.private, 600)))
    if entry.orders:
        lines.append(words("Orders: {numbers}", numbers=words.listed(entry.orders)))
    if entry.facts:
        lines.append(words("Then: {figures}", figures=_figures(entry.facts, words)))
    now = customers.figures(desk, customer).facts()
    if entry.state in (EntryState.PROPOSED, EntryState.ACTIVE) and now != dict(entry.facts):
        lines.append(words("Now: {figures}", figures=_figures(now, words)))
    return lines


def _figures(facts: Mapping[str, int], words: Words) -> str:
    text = words.label("{refunded} of {paid} paid {paid:order|orders} refunded ({percent} %)", **facts)
    if facts.get("missing"):
        text += words.label(", returns with units missing: {missing}", **facts)
    if facts.get("refusals"):
        text += words.label(", parcels refused: {refusals}", **facts)
    return text


def _appeal(entry: Entry, viewer: Viewer) -> list[str]:
    words = viewer.words
    if entry.appeal is Appeal.NONE:
        return []
    facts = {"by": actor_name(entry.appeal_by, words), "at": words.when(entry.appeal_at)}
    lines = [words("🗣 Appeal, told by {by} at {at}:", **facts)]
    lines.append(words("“{text}”", text=veiled(entry.appeal_text, viewer.private, 600)))
    if entry.appeal is Appeal.UPHELD:
        lines.append(words("The entry was upheld."))
    elif entry.appeal is Appeal.ASKED:
        lines.append(words("A service lead decides."))
    return lines


def _rows(desk: Desk, entry: Entry, viewer: Viewer) -> Sequence[Row]:
    words, key = viewer.words, (entry.id, entry.revision)
    decides = viewer.offers(Right.CUSTOMER_LISTS)
    if entry.state is EntryState.PROPOSED and decides:
        levels = [
            Button(f"{MARKS[level]} {level_name(level, words)}", pack("cu.ec", *key, level), _style(level))
            for level in ListLevel
        ]
        return (*in_twos(levels), (Button(words("Dismiss"), pack("cu.ed", *key)),))
    if entry.state is not EntryState.ACTIVE:
        return ()
    row = [Button(words("✅ Take off the list"), pack("cu.el", *key))] if decides else []
    if entry.appeal is Appeal.ASKED and decides:
        row.insert(0, Button(words("Keep on the list"), pack("cu.eu", *key), "danger"))
    elif entry.appeal is not Appeal.ASKED and viewer.offers(Right.CUSTOMERS):
        row.append(Button(words("🗣 Appeal"), pack("cu.ea", *key)))
    return in_twos(row)


def _style(level: ListLevel) -> str:
    return "danger" if level is ListLevel.REFUSE else ""


def entry_line(entry: Entry, viewer: Viewer) -> str:
    """One line for the customer's and the order's card."""
    words = viewer.words
    reason = reason_name(entry.reason, words)
    if entry.state is EntryState.PROPOSED:
        return words("❔ Proposed for the blacklist: {reason}", reason=reason)
    until = day(entry.expires_at, words) if entry.expires_at else term(0, words)
    text = words("{level}: {reason}, until: {until}", level=_level(entry, words), reason=reason, until=until)
    return text + (words(" · appeal waits") if entry.appeal is Appeal.ASKED else "")


def order_lines(desk: Desk, order: Order, viewer: Viewer) -> list[str]:
    """What the order's card says of its customer: VIP, tags, and warnings (what holds it stands among the holds)."""
    words, lines = viewer.words, []
    who = (order.platform, order.buyer_id)
    customer = desk.customers.known([who]).get(who)
    if customer and (customer.vip or customer.tags):
        lines.append(marks(customer, viewer))
    for entry in on_list(order, desk.customers.listed(keys_of(order))):
        if entry.level is ListLevel.WARN:
            line, text = Html(entry_line(entry, viewer)), veiled(entry.evidence, viewer.private, 120)
            lines.append(words("{entry} “{text}”", entry=line, text=text) if text else line)
    return lines


def marks(customer: Customer, viewer: Viewer) -> str:
    """VIP and tags in a line; '' for neither."""
    words = viewer.words
    vip = [words("⭐ VIP")] if customer.vip else []
    return " · ".join([*vip, *(words("#{tag}", tag=veiled(tag, viewer.private)) for tag in customer.tags)])
