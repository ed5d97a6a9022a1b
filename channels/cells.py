"""One cell's text to one value: the noise of real exports stripped, ids kept as text, money exact.

Surprising: which text is "nothing" is decided here for all formats (`NULL`, `-`, `/` ...), and an id in E notation
is refused even if it looks whole, because the digits a spreadsheet dropped are gone.
Rule source: formats.md, "Generic rules".
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from channels.reasons import Reason, Refused, shown
from domain.money import decimals, to_minor

_NOISE = " \t\r\n\f\v\x1c\x1d\x1e\x1f\x85\xa0\u2007\u202f\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
_NOTHING = frozenset({"", "-", "--", "—", "/", "NULL", "null", "\\N"})
_LEADS = "='`"
_MAX_MINOR = 10**14
_MAX_COUNT = 1_000_000
_MAX_NUMERAL = 60
_EXCEL_DIGITS = 15
_KNOWN_ZEROS = 6
_E_NOTATION = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_CURRENCY_WORDS = re.compile(r"[¥￥$€£元]|CNY|RMB|USD|EUR|GBP")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_LOOSE_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?"
)


def clean(cell: str) -> str:
    """Free text without the exporter's noise; "" for the spellings of nothing. A leading apostrophe before a
    letter stays ('s-Hertogenbosch); a formula-looking text stays, it is data."""
    text = cell.strip(_NOISE)
    if text in _NOTHING:
        return ""
    return _unwrapped(text) if text[0] in _LEADS else text


def _unwrapped(text: str) -> str:
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].strip(_NOISE)
    if text[:1] == "`" or (text[:1] == "'" and not text[1:2].isalpha()):
        text = text.lstrip("`'").strip(_NOISE)
    return "" if text in _NOTHING else text


def code(cell: str) -> str:
    """An article code, zip or other short code: as `clean`, and without any leading apostrophe."""
    text = cell.strip(_NOISE)
    if text in _NOTHING:
        return ""
    return _unwrapped(text).lstrip("'") if text[0] in _LEADS else text


def waybill(cell: str) -> str:
    """Waybill numbers as told (there may be several), without the `@` and `No:` some systems put before them.
    Raises Refused EXCEL_ROUNDED_ID on E notation."""
    return identifier(code(cell).lstrip("@").removeprefix("No:"))


def identifier(cell: str, *, rounded_ids: bool = False) -> str:
    """A number that names something; `10160070484512.0` is its digits. Raises Refused EXCEL_ROUNDED_ID on E
    notation, and on an id that looks `rounded` in a file whose ids are (`rounded_ids`)."""
    text = code(cell)
    if text.isdecimal():
        if rounded_ids and rounded(text):
            raise Refused(Reason.EXCEL_ROUNDED_ID, value=text)
        return text
    if _E_NOTATION.fullmatch(text):
        raise Refused(Reason.EXCEL_ROUNDED_ID, value=shown(text))
    whole, dot, zeros = text.partition(".")
    if dot and whole.isdecimal() and not zeros.strip("0"):
        return whole
    return text


def rounded(text: str) -> bool:
    """Whether an id is as a spreadsheet leaves it: over 15 digits with only zeros after the fifteenth. One such
    id may be genuine; see `looks_rounded`."""
    return len(text) > _EXCEL_DIGITS and text.isdecimal() and not text[_EXCEL_DIGITS:].strip("0")


def looks_rounded(ids: Iterable[str]) -> bool:
    """Whether a spreadsheet rounded the ids of this file: every long one ends in zeros, and together that is at
    least six digits of zeros (a chance below one in a million for genuine ids)."""
    long_ids = {text for text in ids if len(text) > _EXCEL_DIGITS and text.isdecimal()}
    zeros = sum(len(text) - _EXCEL_DIGITS for text in long_ids)
    return zeros >= _KNOWN_ZEROS and all(map(rounded, long_ids))


@lru_cache(maxsize=16_384)
def money(cell: str, currency: str) -> int:
    """Minor units; 0 for an empty cell. `(12.00)`, `2,50-`, `¥1,234.50` and `0元` are read. Raises Refused."""
    text = clean(cell)
    whole, dot, cents = text.partition(".")
    if dot and whole.isdecimal() and cents.isdecimal() and len(whole) < 12 and len(cents) == decimals(currency):
        return int(whole + cents)  # the plain case, nine tenths of the time
    return minor(number(text), currency, text) if text else 0


def minor(amount: Decimal, currency: str, text: str = "") -> int:
    """An exact amount to minor units within sane bounds. Raises Refused TOO_FINE or OUT_OF_RANGE."""
    value = shown(text or str(amount))
    if not amount.is_finite() or amount.adjusted() > 14:
        raise Refused(Reason.OUT_OF_RANGE, value=value)
    try:
        units = to_minor(amount, currency)
    except ValueError:
        raise Refused(Reason.TOO_FINE, value=value) from None
    if abs(units) > _MAX_MINOR:
        raise Refused(Reason.OUT_OF_RANGE, value=value)
    return units


def number(text: str) -> Decimal:
    """A cleaned numeral in any of the exporters' spellings. Raises Refused NOT_A_NUMBER."""
    body = _CURRENCY_WORDS.sub("", text).strip(_NOISE + "'")
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1], True
    elif body.endswith("-"):
        body, negative = body[:-1], True
    if len(body) > _MAX_NUMERAL:
        raise Refused(Reason.NOT_A_NUMBER, value=shown(text))
    try:
        value = Decimal(_with_decimal_point(body.strip(_NOISE)))
    except InvalidOperation:
        raise Refused(Reason.NOT_A_NUMBER, value=shown(text)) from None
    if not value.is_finite():
        raise Refused(Reason.NOT_A_NUMBER, value=shown(text))
    return -value if negative else value


def _with_decimal_point(body: str) -> str:
    """Thousands commas out, a decimal comma to a point. `1,234` is thousands, `2,50` is a decimal comma."""
    if "_" in body:  # Decimal would read 1_000
        return ""
    if "," not in body:
        return body
    if body.rfind(",") < body.rfind("."):
        return body.replace(",", "")
    if "." in body:
        return body.replace(".", "").replace(",", ".")
    return body.replace(",", "" if _GROUPED.fullmatch(body.lstrip("+-")) else ".")


def quantity(cell: str) -> int:
    """How many pieces, at least 1. Raises Refused NOT_A_NUMBER, NEGATIVE_QUANTITY or OUT_OF_RANGE; MISSING when
    empty."""
    text = clean(cell)
    if not text:
        raise Refused(Reason.MISSING)
    if text.isascii() and text.isdecimal() and len(text) < 7:
        count = int(text)
    else:
        value = number(text)
        if value.adjusted() > 14:
            raise Refused(Reason.OUT_OF_RANGE, value=shown(text))
        if value != value.to_integral_value():
            raise Refused(Reason.NOT_A_NUMBER, value=shown(text))
        count = int(value)
    if count < 1:
        raise Refused(Reason.NEGATIVE_QUANTITY, value=shown(text))
    if count > _MAX_COUNT:
        raise Refused(Reason.OUT_OF_RANGE, value=shown(text))
    return count


def moment(cell: str, zone: ZoneInfo) -> datetime | None:
    """An aware UTC time; None for an empty cell. A time without offset is in `zone`; one that a clock change
    skipped is read with the offset before the change. Raises Refused NOT_A_DATE."""
    text = clean(cell)
    return _moment(text, zone) if text else None


@lru_cache(maxsize=4096)
def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return _parsed(text, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(Reason.NOT_A_DATE, value=shown(text)) from None


def _parsed(text: str, zone: ZoneInfo) -> datetime:
    if (
        text[4:5].isascii() and text[4:5].isalnum()
    ):  # fromisoformat would read 20260405 and 2026W151; a bare number is no date here
        raise ValueError(text)
    joined = text[:19] + text[20:] if len(text) > 20 and text[19] == " " and text[20] in "+-" else text
    try:
        when = datetime.fromisoformat(joined.removesuffix(" UTC") + ("Z" if joined.endswith(" UTC") else ""))
    except ValueError:
        found = _LOOSE_TIME.fullmatch(joined)
        if found is None:
            raise
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        when = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- the zone is put on below
    if not 1990 <= when.year <= 2100:
        raise ValueError(joined)
    return when if when.tzinfo else when.replace(tzinfo=zone)
