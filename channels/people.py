"""Receivers as exports tell them: separate columns at home or abroad, or Taobao's one string.

Surprising: an address that does not split by its plain separators keeps province, city and district empty. A
guess would pass screening; the gap is held there as ADDR_INVALID. Rule source: formats.md 6.
"""

import re
from functools import lru_cache

from channels import cells
from channels.formats import Row
from domain.incoming import Receiver

_BEFORE_ZIP = frozenset("（(,， ")
_PERSON = re.compile(r"([^，,]*)[，,]\s*((?:86-|\+)?[\d*][\d*\- ]{5,24})[，,]\s*(.+)", re.DOTALL)
_CIPHERS = ("##", "$$", "~")
_COUNTRIES = {
    "australia": "AU",
    "austria": "AT",
    "belgium": "BE",
    "brazil": "BR",
    "brasil": "BR",
    "brunei": "BN",
    "brunei darussalam": "BN",
    "cambodia": "KH",
    "canada": "CA",
    "chile": "CL",
    "china": "CN",
    "中国": "CN",
    "colombia": "CO",
    "czech republic": "CZ",
    "denmark": "DK",
    "finland": "FI",
    "france": "FR",
    "germany": "DE",
    "deutschland": "DE",
    "great britain": "GB",
    "hong kong": "HK",
    "hungary": "HU",
    "india": "IN",
    "indonesia": "ID",
    "ireland": "IE",
    "israel": "IL",
    "italy": "IT",
    "japan": "JP",
    "korea, south": "KR",
    "south korea": "KR",
    "malaysia": "MY",
    "mexico": "MX",
    "netherlands": "NL",
    "new zealand": "NZ",
    "norway": "NO",
    "philippines": "PH",
    "the philippines": "PH",
    "pilipinas": "PH",
    "poland": "PL",
    "portugal": "PT",
    "saudi arabia": "SA",
    "singapore": "SG",
    "south africa": "ZA",
    "spain": "ES",
    "sweden": "SE",
    "switzerland": "CH",
    "taiwan": "TW",
    "台灣": "TW",
    "thailand": "TH",
    "ไทย": "TH",
    "ประเทศไทย": "TH",
    "turkey": "TR",
    "uk": "GB",
    "united arab emirates": "AE",
    "united kingdom": "GB",
    "united states": "US",
    "united states of america": "US",
    "usa": "US",
    "vietnam": "VN",
    "viet nam": "VN",
    "việt nam": "VN",
}
_DIVISION_MAX = 16


def phone(cell: str) -> str:
    """A phone without the exporter's apostrophe, spaces and China's country code. An extension (`-123`) stays: on
    a privacy number it is the receiver."""
    number = cells.code(cell).replace(" ", "")
    for prefix in ("+86-", "+86", "0086-", "86-"):
        if number.startswith(prefix):
            return number[len(prefix) :]
    return number


def masked(name: str, number: str, address: str) -> bool:
    """Whether the platform hides the person: stars, or its cipher marks."""
    if "*" in name or "*" in number or "**" in address:
        return True
    return name.startswith(_CIPHERS) or number.startswith(_CIPHERS) or address.startswith(_CIPHERS)


def by_columns(row: Row) -> Receiver:
    """From fields receiver_name, phone, province, city, district, street, address, zip (China)."""
    name, number = row.text("receiver_name"), phone(row.code("phone"))
    address = f"{row.text('street')} {row.text('address')}".strip()
    return Receiver(
        name=name,
        phone=number,
        province=row.text("province"),
        city=row.text("city"),
        district=row.text("district"),
        address=address,
        zip=row.code("zip"),
        masked=masked(name, number, address),
    )


def abroad(row: Row) -> Receiver:
    """From receiver_name, phone or buyer_phone, country, province, city, district, address to address3 (or else
    street), zip: as told, the country as ISO code where its name is known."""
    name, number = row.text("receiver_name"), phone(row.code("phone") or row.code("buyer_phone"))
    told = filter(None, map(row.text, ("address", "address2", "address3")))
    address = ", ".join(dict.fromkeys(told)) or row.text("street")
    return Receiver(
        name=name,
        phone=number,
        country=country(row.code("country")),
        province=row.text("province"),
        city=row.text("city"),
        district=row.text("district"),
        address=address,
        zip=row.code("zip"),
        masked=masked(name, number, address),
    )


def country(told: str) -> str:
    """A country's ISO code from its code or name; a name nobody listed stays, in upper case."""
    return _COUNTRIES.get(told.casefold(), told.upper())


def by_one_string(row: Row) -> Receiver:
    """From receiver_name, mobile or phone, and changed_address or whole_address, which may hold all three:
    `姓名，86-手机号，地址`."""
    name, number = row.text("receiver_name"), phone(row.code("mobile") or row.code("phone"))
    whole = row.text("changed_address") or row.text("whole_address")
    if not name and (found := _PERSON.fullmatch(whole)):
        name, number, whole = found[1].strip(), phone(found[2]), found[3].strip()
    province, city, district, address, code = split_address(whole)
    return Receiver(
        name=name,
        phone=number,
        province=province,
        city=city,
        district=district,
        address=address,
        zip=code,
        masked=masked(name, number, whole),
    )


def split_address(whole: str) -> tuple[str, str, str, str, str]:
    """`省 市 区 详细(邮编)` to (province, city, district, rest, zip); when it does not split so, the first three are
    empty and the rest is the whole. A zip of zeros is none."""
    whole, code = _without_zip(whole)
    parts = whole.split(None, 3)
    if len(parts) == 4 and all(_is_division(part) for part in parts[:3]):
        return parts[0], parts[1], parts[2], parts[3], code
    return "", "", "", whole, code


def _without_zip(whole: str) -> tuple[str, str]:
    """A postcode at the end, in parentheses or behind a comma or space, apart from the rest."""
    text = whole.rstrip(")） ")
    code, rest = text[-6:], text[:-6]
    if len(code) < 6 or not (code.isascii() and code.isdecimal()) or rest[-1:] not in _BEFORE_ZIP:
        return whole, ""
    return rest.rstrip("".join(_BEFORE_ZIP)), code if code != "000000" else ""


def _is_division(part: str) -> bool:
    return len(part) <= _DIVISION_MAX and _could_be_division(part)


@lru_cache(maxsize=8192)
def _could_be_division(part: str) -> bool:
    return not part.isascii() and not any(char.isdigit() or char in "，,*" for char in part)
