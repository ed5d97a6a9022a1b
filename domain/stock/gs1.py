"""GS1 element strings: one barcode with the product, batch, expiry and serial number of a unit in it.

Surprising: nothing but its own structure says that a text is one. So all of it must read: brackets as printed below
the bars, or the elements one after the other, a group separator behind each that has no fixed length. A text that
leaves anything over or names an impossible day is none; without brackets and separators the check digit must be right.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

GS = "\x1d"
_WIDE = str.maketrans("（）", "()")
_SEPARATORS = re.compile(r"␝|<GS>|\{GS\}|\\x1d|\^\]", re.IGNORECASE)
_SYMBOLOGY = re.compile(r"\](?:C1|d2|e0|Q3|J1)")
_BRACKETS = re.compile(r"\((\d{2,4})\)([!-'*-~]{1,90})\x1d?")
_GTIN, _BATCH, _SERIAL, _COUNT = "01", "10", "21", "30"
_EXPIRY = ("17", "15")
_FIXED: Mapping[str, int] = {
    "00": 18,
    "01": 14,
    "02": 14,
    "20": 2,
    **{f"{number}": 6 for number in range(11, 20)},
    **{f"41{number}": 13 for number in range(8)},
}
_FREE: Mapping[str, int] = {
    "10": 20,
    "21": 20,
    "22": 20,
    "30": 8,
    "37": 8,
    "240": 30,
    "241": 30,
    "242": 6,
    "243": 20,
    "250": 30,
    "251": 30,
    "254": 20,
    "400": 30,
    "401": 30,
    "403": 30,
    "420": 20,
    "421": 12,
    "422": 3,
    "710": 20,
    "711": 20,
    **{f"{number}": 90 for number in range(91, 100)},
    "90": 30,
}
_MEASURE = re.compile(r"3[1-6]\d\d")


@dataclass(frozen=True, slots=True)
class Elements:
    """What an element string says that a warehouse asks for; '' and None for what it does not say. `gtin` as the
    product's own barcode is written: 8, 12 or 13 digits, 14 only for an outer box."""

    gtin: str = ""
    batch: str = ""
    serial: str = ""
    expires: date | None = None
    units: int = 1


def read(text: str) -> Elements | None:
    """The elements, None when the text is no element string or says nothing a warehouse asks for."""
    plain = _SEPARATORS.sub(GS, text.strip(" \t\r\n").translate(_WIDE))
    marked = _SYMBOLOGY.match(plain) or plain.startswith(GS) or GS in plain.strip(GS)
    plain = _SYMBOLOGY.sub("", plain, count=1).strip(GS)
    found = _bracketed(plain) if plain.startswith("(") else _running(plain)
    sure = bool(marked) or plain.startswith("(")
    if found is None or not (sure or _checked(found.get(_GTIN, ""))):
        return None
    return _told(found)


def looks_like(text: str) -> bool:
    """Whether it begins as an element string does, or holds a separator: what is one and cannot be read."""
    plain = _SEPARATORS.sub(GS, text.strip(" \t\r\n").translate(_WIDE))
    return GS in plain or _SYMBOLOGY.match(plain) is not None or re.match(r"\(\d{2,4}\)", plain) is not None


def _bracketed(text: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        element = _BRACKETS.match(text, at)
        if element is None or not _fits(element[1], element[2]):
            return None
        found[element[1]] = element[2]
        at = element.end()
    return found


def _fits(ai: str, value: str) -> bool:
    fixed = 6 if _MEASURE.fullmatch(ai) else _FIXED.get(ai)
    if fixed is not None:
        return len(value) == fixed and value.isascii() and value.isdigit()
    return 0 < len(value) <= _FREE.get(ai, 90)


def _running(text: str) -> dict[str, str] | None:
    """Elements without brackets: the identifier says how long each is, or a separator ends it."""
    found: dict[str, str] = {}
    while text:
        ai = next((text[:size] for size in (2, 3, 4) if _known(text[:size])), "")
        if not ai:
            return None
        rest = text[len(ai) :]
        fixed = 6 if _MEASURE.fullmatch(ai) else _FIXED.get(ai)
        value = rest.partition(GS)[0] if fixed is None else rest[:fixed]
        if not _fits(ai, value):
            return None
        found[ai] = value
        text = rest[len(value) :].removeprefix(GS)
    return found


def _known(ai: str) -> bool:
    return ai in _FIXED or ai in _FREE or _MEASURE.fullmatch(ai) is not None


def _told(found: Mapping[str, str]) -> Elements | None:
    gtin = found.get(_GTIN, "")
    told = next((found[ai] for ai in _EXPIRY if ai in found), "")
    expires = _day(told) if told else None
    units = found.get(_COUNT, "1")
    if (told and expires is None) or not (units.isascii() and units.isdigit() and int(units)):
        return None
    made = Elements(_barcode(gtin), found.get(_BATCH, ""), found.get(_SERIAL, ""), expires, int(units))
    return made if made.gtin or made.batch or made.serial else None


def _checked(gtin: str) -> bool:
    """Whether it is a number whose last digit is the sum the others ask for."""
    if not gtin:
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(gtin[:-1]))
    return (10 - total % 10) % 10 == int(gtin[-1])


def _barcode(gtin: str) -> str:
    """As it is printed on the product: without the zeros that fill a shorter number up."""
    if gtin.startswith("000000"):
        return gtin[6:]
    return gtin[1:] if gtin.startswith("0") else gtin


def _day(text: str) -> date | None:
    """YYMMDD; day 00 is the month's last.."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year > 75 else 2000
    try:
        if day:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return None
