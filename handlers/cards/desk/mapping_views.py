"""A table mapping seen from behind one of its buttons: a group of fields, the columns of a field, the status words,
and a trial on the file.

Surprising: a view is never kept. When the mapping changes meanwhile, the card falls back to its main view.
"""

from channels.learning import Trial
from channels.reasons import Reason
from domain.desk import Desk
from domain.intake.incoming import IncomingLine, IncomingOrder, Receiver, RejectedRow
from domain.intake.table_mapping import Field, Meaning, TableMapping
from handlers.card import Button, Card
from handlers.cards.desk.evidence import veiled
from handlers.cards.desk.intake import ROWS, row_text
from handlers.cards.desk.mapping import (
    GROUPS,
    MEANINGS,
    cut,
    field_name,
    head_of,
    lines_of,
    sample_of,
    save_button,
    word_label,
)
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import platform_state_name
from handlers.words import Words, mask_name, mask_phone

COLUMNS_A_PAGE = 16
_LINES = 5


def group_card(desk: Desk, mapping: TableMapping, number: int, viewer: Viewer) -> Card:
    """A group's fields, each with its column; a tap chooses another."""
    words, at = viewer.words, (mapping.id, mapping.revision)
    name, fields = GROUPS[number]
    rows: list[tuple[Button, ...]] = []
    for field in fields:
        column = mapping.columns.get(field)
        label = f"{field_name(field, words)} ← {cut(column) if column else '–'}"
        rows.append((Button(label, pack("m.f", *at, field, 0)),))
    if Field.PAID in fields and Field.PAID in mapping.columns:
        other = words.plain("Count it per order") if mapping.per_line else words.plain("Count it per row")
        rows.append((Button(other, pack("m.p", *at, 0 if mapping.per_line else 1)),))
    if Field.STATE in fields and mapping.words:
        rows.append((Button(words.plain("What the status words mean"), pack("m.w", *at)),))
    rows.append(_back(mapping, words))
    text = [head_of(desk, mapping, words), f"<b>{words(name)}</b>", "", *lines_of(mapping, viewer)]
    return Card("\n".join(text), tuple(rows))


def _back(mapping: TableMapping, words: Words) -> tuple[Button, ...]:
    return (Button(words.plain("◀ Back"), pack("m.b", mapping.id, mapping.revision)),)


def field_card(mapping: TableMapping, field: Field, page: int, viewer: Viewer) -> Card:
    """The columns a field may take, with a value each."""
    words, at = viewer.words, (mapping.id, mapping.revision)
    start = page * COLUMNS_A_PAGE
    rows: list[tuple[Button, ...]] = []
    for number, column in list(enumerate(mapping.header))[start : start + COLUMNS_A_PAGE]:
        mark = "✓ " if mapping.columns.get(field) == column else ""
        label = f"{mark}{cut(column)} · {cut(sample_of(mapping, column, viewer), 20) or '–'}"
        rows.append((Button(label, pack("m.c", *at, field, number)),))
    turns = [
        Button(label, pack("m.f", *at, field, to))
        for label, to in (("‹", page - 1), ("›", page + 1))
        if 0 <= to * COLUMNS_A_PAGE < len(mapping.header)
    ]
    if turns:
        rows.append(tuple(turns))
    if field in mapping.columns:
        rows.append((Button(words.plain("No column"), pack("m.c", *at, field, -1)),))
    rows.append(_back(mapping, words))
    return Card(words("Which column tells: <b>{field}</b>?", field=field_name(field, words)), tuple(rows))


def words_card(mapping: TableMapping, viewer: Viewer) -> Card:
    """Every status word with its meaning; a tap takes the next meaning."""
    words, at = viewer.words, (mapping.id, mapping.revision)
    order = list(Meaning)
    rows: list[tuple[Button, ...]] = []
    for number, (word, meaning) in enumerate(mapping.words.items()):
        following = order[(order.index(Meaning(meaning)) + 1) % len(order)]
        label = f"{word_label(word, viewer)} = {words.plain(MEANINGS[Meaning(meaning)])}"
        rows.append((Button(label, pack("m.v", *at, number, following)),))
    rows.append(_back(mapping, words))
    text = words(
        "<b>What the status words mean.</b> Tap a word to change it. ❓ marks words I don't know: say what they mean, "
        "rows with one that nobody said are rejected."
        "\nA word that comes later and is not in this list is read when I know it; else its order is rejected."
    )
    return Card(text, tuple(rows))


def trial_card(desk: Desk, mapping: TableMapping, found: Trial, viewer: Viewer) -> Card:
    """What the file would give: the first orders as read, and what would be rejected. Nothing was taken in."""
    words = viewer.words
    lines = [
        head_of(desk, mapping, words),
        words(
            "Read so: <b>{orders} {orders:order|orders}</b>, {rejected} {rejected:row|rows} rejected. "
            "Nothing has been taken in yet.",
            orders=found.orders,
            rejected=found.rejected,
        ),
    ]
    for order in found.first:
        lines += ["", *_order_lines(order, viewer)]
    if found.rejected:
        lines += ["", words("<b>Rejected rows: {count}</b>", count=found.rejected)]
        lines += [_reason(reason, count, words) for reason, count in found.reasons[:_LINES]]
        lines += [words("• row {row}: ", row=one.row) + _why(one, viewer) for one in found.rejects]
    rows: list[tuple[Button, ...]] = [_back(mapping, words)]
    if found.orders:
        rows.insert(0, (save_button(mapping, words),))
    return Card("\n".join(lines), tuple(rows))


def _why(reject: RejectedRow, viewer: Viewer) -> str:
    """Why a row is refused; in a group a word that nobody knows is cut as on the card, for it may be a name."""
    hidden = reject.reason == Reason.UNKNOWN_STATUS and not viewer.private
    facts = {**reject.facts, "value": mask_name(reject.facts.get("value", ""))} if hidden else reject.facts
    return row_text(reject.reason, facts, viewer.words, viewer.private)


def _reason(reason: str, count: int, words: Words) -> str:
    told = words.plain(ROWS[Reason(reason)]) if reason in ROWS else reason
    return words("{count} × {reason}", count=count, reason=told)


def _order_lines(order: IncomingOrder, viewer: Viewer) -> list[str]:
    words = viewer.words
    facts = {
        "number": veiled(order.number, viewer.private, 40),
        "state": platform_state_name(order.state, words),
        "paid": words.money(order.paid, order.currency),
    }
    head = words("<b>{number}</b> · {state} · paid {paid}", **facts)
    if order.placed_at:
        head = words("<b>{number}</b> · {state} · {when} · paid {paid}", when=words.when(order.placed_at), **facts)
    lines = [head, *(_goods_line(line, order.currency, words) for line in order.lines[:_LINES])]
    if len(order.lines) > _LINES:
        lines.append(words("… and {count} more", count=len(order.lines) - _LINES))
    if receiver := _receiver_text(order.receiver, viewer.private):
        lines.append(words("→ {receiver}", receiver=receiver))
    return lines


def _goods_line(line: IncomingLine, currency: str, words: Words) -> str:
    code = f" [{line.merchant_code}]" if line.merchant_code else ""
    goods = cut(f"{line.title} {line.variant}".strip(), 60) + code
    return words(
        "{quantity} × {goods} · {amount}",
        quantity=line.quantity,
        goods=goods,
        amount=words.money(line.amount, currency),
    )


def _receiver_text(receiver: Receiver, private: bool) -> str:
    if private:
        parts = [receiver.name, receiver.phone, receiver.province, receiver.city, receiver.district]
        parts += [receiver.address, receiver.zip, receiver.country]
    else:
        parts = [mask_name(receiver.name), mask_phone(receiver.phone), receiver.province, receiver.city]
    return cut(" ".join(filter(None, parts)), 160)
