"""Words in a person's language: gettext catalogues, and how money, weights and times are written.

Surprising: every fact put into a text is made harmless here (handlers.quoted), so a buyer called <b> stays a buyer
called <b>, and one called /refund is nothing to tap.
The catalogues are .po files (handlers/locale/zh/*.po, one for each room), compiled in memory at start. How a noun
follows its count stands in the text (exports/counts).
"""

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from re import sub
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from domain.addresses import phones
from domain.money import decimals, from_minor
from exports.counts import told
from handlers.quoted import escaped, in_code, quoted

LANGUAGES = ("zh", "en")
_LOCALE = Path(__file__).parent / "locale"
_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥"}


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for a marker)
    """Marks a text for extraction."""
    return text


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


class Ours(str):
    """Text of a catalogue alone: nobody else wrote in it, and the commands it names may be tapped."""

    __slots__ = ()


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """All .po files of a language as one; English is the msgids themselves."""
    if language == "en":
        return gettext.NullTranslations()
    merged = Catalog(locale=language)
    for path in sorted((_LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    buffer = BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def _fact(fact: object, *, coded: bool) -> str:
    if isinstance(fact, Html):
        return fact
    return escaped(str(fact)) if coded or isinstance(fact, Ours) else quoted(str(fact))


@dataclass(frozen=True, slots=True)
class Words:
    """One reader's language and zone. Call it with an English text and its facts: `tr("Order {number}", number=n)`."""

    language: str
    zone: str

    def __call__(self, text: str, /, **facts: object) -> str:
        """The text in the reader's language with the facts put in, escaped."""
        there = catalogue(self.language).gettext(text)
        if not facts:
            return Html(there)
        coded = in_code(there)
        return Html(told(there, **{name: _fact(fact, coded=name in coded) for name, fact in facts.items()}))

    def label(self, text: str, /, **facts: object) -> str:
        """The text with the facts put in as they are: for buttons and toasts, which know no HTML."""
        return told(catalogue(self.language).gettext(text), **facts)

    def plain(self, text: str) -> str:
        """The text alone, for files (`exports` takes this)."""
        return Ours(catalogue(self.language).gettext(text))

    def listed(self, parts: Iterable[str], more: int = 0) -> str:
        """Things in a row, as the language parts them: `a, b` and `a、b`; `more` that are not shown are counted behind
        them. With HTML among them it is HTML."""
        told, comma = [*parts], self.plain(", ")
        rest = self.label(" and {count} more", count=more) if more > 0 else ""
        if any(isinstance(part, Html) for part in told):
            return Html(comma.join(_fact(part, coded=False) for part in told) + rest)
        row = comma.join(told) + rest
        return Ours(row) if all(isinstance(part, Ours) for part in told) else row

    def money(self, amount: int, currency: str) -> str:
        """1234 CNY -> ¥12.34; an unknown sign is written as the code."""
        number = f"{from_minor(abs(amount), currency):,.{decimals(currency)}f}"
        sign = _SIGNS.get(currency, f"{currency} ")
        return f"{'-' if amount < 0 else ''}{sign}{number}"

    def grams(self, grams: int) -> str:
        """1250 -> 1.25 kg, 800 -> 800 g."""
        return f"{grams / 1000:.3f}".rstrip("0").rstrip(".") + " kg" if grams >= 1000 else f"{grams} g"

    def size(self, size: tuple[int, int, int]) -> str:
        """(300, 200, 155) -> 30×20×15.5 cm."""
        return "×".join(f"{side / 10:g}" for side in size) + " cm"

    def clock(self, moment: datetime) -> str:
        """14:02, in the reader's zone."""
        return moment.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")

    def when(self, moment: datetime | None) -> str:
        """11-23 14:02, in the reader's zone; a dash for never."""
        return moment.astimezone(ZoneInfo(self.zone)).strftime("%m-%d %H:%M") if moment else "-"


def unmarked(html: str) -> str:
    """HTML of ours as the plain text of a toast or a page."""
    return unescape(sub(r"<[^>]+>", "", html))


def mask_name(name: str) -> str:
    """王小明 -> 王**: how a group sees a person."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 -> *******5678."""
    return phones.masked(phone)
