"""A table mapping in chat: what each column is taken for, and the buttons to say otherwise.

Surprising: the card is drawn from the record alone, never from the file, so a tap is answered at once however large
the file is. In a group no value is shown that could name a person.
"""

from collections.abc import Mapping, Sequence

from channels.mapping import read_unasked
from channels.statuses import meaning_of
from domain.desk import Desk
from domain.intake.table_mapping import PLAIN, Field, Meaning, TableMapping
from domain.people.people import Right
from domain.records import NoticeKind, StoredFile
from handlers.card import Button, Card
from handlers.cards.desk.evidence import veiled
from handlers.cards.rows import in_twos
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, actor_name
from handlers.words import Words, mask_name, mask_phone

FIELDS = {
    Field.NUMBER: N_("order number"),
    Field.LINE_ID: N_("sub-order number"),
    Field.TITLE: N_("goods"),
    Field.VARIANT: N_("variant"),
    Field.SKU_CODE: N_("SKU code"),
    Field.QUANTITY: N_("quantity"),
    Field.PAID: N_("amount paid"),
    Field.UNIT_PRICE: N_("unit price"),
    Field.SHIPPING: N_("shipping"),
    Field.DISCOUNT: N_("discount"),
    Field.CURRENCY: N_("currency"),
    Field.STATE: N_("order status"),
    Field.REFUND_STATE: N_("refund status"),
    Field.REFUNDED: N_("amount refunded"),
    Field.PLACED_AT: N_("time of the order"),
    Field.PAID_AT: N_("time of payment"),
    Field.WAYBILL: N_("waybill"),
    Field.COURIER_HINT: N_("courier wanted"),
    Field.WAREHOUSE_HINT: N_("warehouse wanted"),
    Field.SHOP_NAME: N_("shop"),
    Field.BUYER_ID: N_("buyer"),
    Field.BUYER_MESSAGE: N_("buyer's message"),
    Field.SELLER_NOTE: N_("seller's note"),
    Field.RECEIVER_NAME: N_("receiver's name"),
    Field.PHONE: N_("phone"),
    Field.WHOLE_ADDRESS: N_("address in one"),
    Field.PROVINCE: N_("province"),
    Field.CITY: N_("city"),
    Field.DISTRICT: N_("district"),
    Field.ADDRESS: N_("street"),
    Field.ZIP: N_("postcode"),
    Field.COUNTRY: N_("country"),
}
MEANINGS = {
    Meaning.UNKNOWN: N_("not said, rejected"),
    Meaning.UNPAID: N_("unpaid"),
    Meaning.PAID: N_("paid"),
    Meaning.PART_SHIPPED: N_("shipped in part"),
    Meaning.SHIPPED: N_("shipped"),
    Meaning.DONE: N_("done"),
    Meaning.CLOSED: N_("closed"),
    Meaning.REFUNDING: N_("paid, refund asked"),
}
GROUPS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        N_("🛒 Order, goods"),
        (
            Field.NUMBER,
            Field.QUANTITY,
            Field.TITLE,
            Field.SKU_CODE,
            Field.VARIANT,
            Field.LINE_ID,
            Field.SHOP_NAME,
            Field.COURIER_HINT,
            Field.WAREHOUSE_HINT,
        ),
    ),
    (N_("💰 Money"), (Field.PAID, Field.UNIT_PRICE, Field.SHIPPING, Field.DISCOUNT, Field.CURRENCY)),
    (
        N_("🕑 Status, times"),
        (Field.STATE, Field.PLACED_AT, Field.PAID_AT, Field.WAYBILL, Field.REFUND_STATE, Field.REFUNDED),
    ),
    (
        N_("📮 Receiver"),
        (
            Field.RECEIVER_NAME,
            Field.PHONE,
            Field.WHOLE_ADDRESS,
            Field.PROVINCE,
            Field.CITY,
            Field.DISTRICT,
            Field.ADDRESS,
            Field.ZIP,
            Field.COUNTRY,
        ),
    ),
    (N_("💬 Buyer and notes"), (Field.BUYER_ID, Field.BUYER_MESSAGE, Field.SELLER_NOTE)),
)
_UNUSED = 40
UNUSED = N_("{column} «{sample}»")
_WORD = N_("«{word}»")
_LABEL = 28
_SAMPLE = 28
_PHONE_DIGITS = 7


def field_name(field: str, words: Words) -> str:
    """What a field is called."""
    return words.plain(FIELDS[Field(field)])


def cut(text: str, limit: int = _LABEL) -> str:
    """A name short enough for a button."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def sample_of(mapping: TableMapping, column: str, viewer: Viewer) -> str:
    """A value of the column as this chat may see it: in a group only the first letter of a text that might name a
    person, and of a number that might be a phone its end."""
    sample = mapping.samples[mapping.header.index(column)] if column in mapping.header else ""
    told = {known for known, name in mapping.columns.items() if name == column}
    harmless = bool(told) and told <= PLAIN
    if viewer.private or harmless:
        return veiled(sample, viewer.private, _SAMPLE)
    if any(char.isalpha() for char in sample):
        return mask_name(sample)
    return mask_phone(sample) if sum(map(str.isdigit, sample)) >= _PHONE_DIGITS else sample


def offer_card(stored: StoredFile, shops: Sequence[tuple[int, str]], count: int, why: str, words: Words) -> Card:
    """No format fits: shall I learn this table, and whose is it? `why` is HTML."""
    text = words("<b>❌ Not taken in.</b> Nothing was changed.") + f"\n{why}\n\n"
    text += words(
        "🧩 I can learn this table once ({count} {count:column|columns}): I show what I take each column for, you "
        "correct me, and from then on I read such files by myself. Which shop is it from?",
        count=count,
    )
    return Card(text, tuple((Button(name, pack("m.s", stored.id, shop_id)),) for shop_id, name in shops))


@drawing(NoticeKind.MAPPING)
def mapping_card(desk: Desk, mapping_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The mapping as it stands, for those who may import in its shop."""
    mapping = desk.mappings.get(mapping_id)
    return main_card(desk, mapping, viewer) if viewer.offers(Right.IMPORT, shop=mapping.shop_id) else None


def main_card(desk: Desk, mapping: TableMapping, viewer: Viewer) -> Card:
    """The mapping as a whole: a draft to correct, or what is remembered."""
    words = viewer.words
    head = head_of(desk, mapping, words)
    if mapping.saved_at is not None:
        told = words(
            "Remembered by {who} at {at}: files of this shop with these columns are read so, without a question.",
            who=actor_name(mapping.made_by, words),
            at=words.when(mapping.saved_at),
        )
        return Card("\n".join([head, told, "", *lines_of(mapping, viewer)]), _saved_buttons(mapping, words))
    told = words("I don't know this table. This is what I take its columns for; tap to correct me.")
    return Card("\n".join([head, told, "", *lines_of(mapping, viewer)]), _draft_buttons(mapping, words))


def head_of(desk: Desk, mapping: TableMapping, words: Words) -> str:
    """The file and the shop."""
    shop = desk.catalog.shops[mapping.shop_id].name
    return words("<b>🧩 {file}</b> · {shop}", file=mapping.file_name[:60], shop=shop)


def lines_of(mapping: TableMapping, viewer: Viewer) -> list[str]:
    """Every field with its column and a value, what is lacking, and the columns not used."""
    words = viewer.words
    lines = [words("❗ {field}: no column yet", field=field_name(field, words)) for field in mapping.lacking]
    for field in (field for _, fields in GROUPS for field in fields if field in mapping.columns):
        column = mapping.columns[field]
        sample = sample_of(mapping, column, viewer)
        facts = {"field": field_name(field, words), "column": cut(column, 40), "sample": sample or "-"}
        lines.append(words("• {field} ← <b>{column}</b> «{sample}»", **facts))
    if Field.PAID in mapping.columns:
        lines.append(amounts_text(mapping, words))
    if Field.STATE in mapping.columns:
        lines.append(words("Status words: {told}", told=_words_told(mapping, viewer)))
    unasked = read_unasked(mapping)
    if unasked:
        lines.append(words("Read by their names: {columns}", columns=words.listed([cut(name, 40) for name in unasked])))
    unused = [name for name in mapping.header if name not in (*mapping.columns.values(), *unasked)]
    if unused:
        samples = {name: sample_of(mapping, name, viewer) or "-" for name in unused[:_UNUSED]}
        named = (words.label(UNUSED, column=cut(name), sample=told) for name, told in samples.items())
        lines += ["", words("Not used: {columns}", columns=words.listed(named, len(unused) - _UNUSED))]
    return lines


def amounts_text(mapping: TableMapping, words: Words) -> str:
    """How the amount paid is counted."""
    if mapping.per_line:
        return words("The amount is each row's own; the rows of an order are added up.")
    return words("The amount is the order's: it counts once, also when its rows repeat it.")


def _words_told(mapping: TableMapping, viewer: Viewer) -> str:
    told = [
        f"{word_label(word, viewer)} = {viewer.words.plain(MEANINGS[Meaning(meaning)])}"
        for word, meaning in mapping.words.items()
    ]
    return " · ".join(told) or "-"


def word_label(word: str, viewer: Viewer) -> str:
    """A status word; one nobody knows is marked, and in a group cut to its first letter: the column may have been
    mistaken for the status and hold names."""
    if not word:
        return viewer.words.plain(N_("(empty)"))
    if meaning_of(word) is not None:
        return viewer.words.label(_WORD, word=cut(word))
    return "❓" + viewer.words.label(_WORD, word=cut(word) if viewer.private else mask_name(word))


def _draft_buttons(mapping: TableMapping, words: Words) -> tuple[tuple[Button, ...], ...]:
    at = (mapping.id, mapping.revision)
    groups = [Button(words.plain(name), pack("m.g", *at, number)) for number, (name, _) in enumerate(GROUPS)]
    rows = [*in_twos(groups)]
    rows.append((Button(words.plain("🔎 Try it on this file"), pack("m.k", *at)),))
    return (*rows, (save_button(mapping, words),))


def save_button(mapping: TableMapping, words: Words) -> Button:
    """Remember it and read the file."""
    return Button(words.plain("✅ Remember and read"), pack("m.y", mapping.id, mapping.revision), style="success")


def _saved_buttons(mapping: TableMapping, words: Words) -> tuple[tuple[Button, ...], ...]:
    read = Button(words.label("📥 Read {file}", file=cut(mapping.file_name)), pack("m.r", mapping.id))
    forget = Button(words.plain("🗑 Forget"), pack("m.x", mapping.id, mapping.revision), style="danger")
    return (read,), (forget,)


def list_card(desk: Desk, found: Sequence[TableMapping], words: Words) -> Card:
    """/mapping: what is remembered, per shop."""
    if not found:
        return Card(words("I have learned no table yet. Send me an order table I don't know, and I ask about it."))
    lines = [words("<b>🧩 Tables I have learned</b>")]
    rows = []
    for one in sorted(found, key=lambda one: (desk.catalog.shops[one.shop_id].name, one.id)):
        shop = desk.catalog.shops[one.shop_id].name
        facts = {
            "shop": shop,
            "columns": words.listed(cut(name, 20) for name in one.header[:6]),
            "who": actor_name(one.made_by, words),
        }
        lines.append(words("• {shop}: {columns} … ({who}, {at})", at=words.when(one.saved_at), **facts))
        rows.append((Button(f"{cut(shop)} · {cut(one.file_name)}", pack("m.o", one.id)),))
    return Card("\n".join(lines), tuple(rows))
