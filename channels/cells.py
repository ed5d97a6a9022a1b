"""One cell's text to one value: the noise of real exports stripped, ids kept as text, money exact. Times: moments.py.

Surprising: which text is "nothing" is decided here for all formats (`NULL`, `-`, `/` ...), and an id in E notation
is refused even if it looks whole, because the digits a spreadsheet dropped are gone.
Rule source: formats.md, "Generic rules".
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from channels.reasons import Reason, Refused, shown
from domain.money import decimals, to_minor

_NOISE = " \t\r\n\f\v\x1c\x1d\x1e\x1f\x85\xa0\u2007\u202f\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
_NOTHING = frozenset({"", "-", "--", "—", "/", "NULL", "null", "\\N"})
_LEADS = "='`"
_MAX_MINOR = 10**14
_MAX_COUNT = 1_000_000
_MAX_NUMERAL = 60
_EXCEL_DIGITS = 15
_KNOWN_ZEROS = 4
_WITH_COURIER = re.compile(r"(?<![A-Za-z0-9-])([A-Za-z0-9]{6,40})-[\u4e00-\u9fff]")
_E_NOTATION = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_CODES = "CNY|RMB|USD|EUR|GBP|JPY|HKD|TWD|KRW|SGD|MYR|THB|PHP|IDR|VND|INR|AUD|NZD|CAD|MXN|BRL|PLN|SEK|CHF|AED|SAR|TRY"
_CURRENCY_WORDS = re.compile(
    rf"(?:US|AU|CA|NZ|HK|NT|MX|[ACRS])? ?\$|[¥￥€£元円฿₫đ₱₹]|人民币|RM(?!B)|Rp\.?|zł|kr\.?|{_CODES}"
)
_MEANT = {"€": "EUR", "£": "GBP", "฿": "THB", "₫": "VND", "₱": "PHP", "₹": "INR", "RM": "MYR", "Rp": "IDR"}
_MEANT |= {"đ": "VND", "zł": "PLN", "円": "JPY", "人民币": "CNY"}
_DOLLARS = {
    "US": "USD",
    "AU": "AUD",
    "A": "AUD",
    "CA": "CAD",
    "C": "CAD",
    "NZ": "NZD",
    "HK": "HKD",
    "NT": "TWD",
    "S": "SGD",
    "R": "BRL",
    "MX": "MXN",
}
_POINT_GROUPS = re.compile(r"[^.,]*?\d{1,3}(?:\.\d{3})+(?!\d)[^.,]*")
_POINT_GROUPED = frozenset({"IDR", "VND"})
_SPACED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


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
    if text[0] not in _LEADS:
        return text
    bare = _unwrapped(text).lstrip("'")
    return "" if bare in _NOTHING else bare


def waybill(cell: str) -> str:
    """Waybill numbers as told (there may be several), without the `@` and `No:` some systems put before them and the
    courier and goods behind (`SF123-顺丰速运,10001-1`). Raises Refused EXCEL_ROUNDED_ID on E notation."""
    text = code(cell).lstrip("@").removeprefix("No:")
    numbers = _WITH_COURIER.findall(text) if "-" in text else ()
    return " ".join(dict.fromkeys(numbers)) or identifier(text)


def identifier(cell: str, *, rounded_ids: bool = False) -> str:
    """A number that names something; `10160070484512.0` is its digits. Raises Refused EXCEL_ROUNDED_ID on E
    notation, and on an id that looks `rounded` in a file whose ids are (`rounded_ids`)."""
    text = code(cell)
    if not text.isascii() and (narrow := unicodedata.normalize("NFKC", text)).isascii():
        text = narrow
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
    least four digits of zeros (a chance of one in ten thousand for genuine ids, in a file of one order)."""
    long_ids = {text for text in ids if len(text) > _EXCEL_DIGITS and text.isdecimal()}
    zeros = sum(len(text) - _EXCEL_DIGITS for text in long_ids)
    return zeros >= _KNOWN_ZEROS and all(map(rounded, long_ids))


@lru_cache(maxsize=16_384)
def money(cell: str, currency: str) -> int:
    """Minor units; 0 for an empty cell. `(12.00)`, `2,50-`, `¥1,234.50` and `0元` are read, and `IDR 25.000` is
    thousands. Raises Refused."""
    text = clean(cell)
    if currency in _POINT_GROUPED and _POINT_GROUPS.fullmatch(bare := _CURRENCY_WORDS.sub("", text)):
        text = bare.replace(".", "")
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
    told = text if text.isascii() else unicodedata.normalize("NFKC", text)
    body = _CURRENCY_WORDS.sub("", told).strip(_NOISE + "'")
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
    """Thousands commas, spaces and apostrophes out, a decimal comma to a point. `1,234` is thousands, `2,50` is a
    decimal comma."""
    body = _SPACED.sub("", body)
    if "_" in body:  # Decimal would read 1_000
        return ""
    if "," not in body:
        return body
    if body.rfind(",") < body.rfind("."):
        return body.replace(",", "")
    if "." in body:
        return body.replace(".", "").replace(",", ".")
    return body.replace(",", "" if _GROUPED.fullmatch(body.lstrip("+-")) else ".")


def told_currency(cell: str, home: str) -> str:
    """The currency an amount names by itself (`AU $12.34`, `£5`, `IDR 25.000`); "" for a bare numeral and for `¥`,
    which two countries use. A bare `$` is `home`'s dollar, or else the American."""
    found = _CURRENCY_WORDS.search(clean(cell))
    word = found[0].strip() if found else ""
    if word.endswith("$"):
        return _DOLLARS.get(word[:-1].strip(), home if home in _DOLLARS.values() else "USD")
    return _MEANT.get(word.rstrip("."), word if len(word) == 3 and word != "RMB" else "")


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
