"""Receivers as exports tell them: separate columns, or Taobao's one string.

Surprising: columns stay as the platform spells them, one string is taken apart by `domain.addresses` and so comes in
the spelling of the table. What it cannot place stays in the street; screening holds the gap as ADDR_INVALID.
Rule source: formats.md 5 and 6.
"""

import re

from channels import cells
from channels.formats import Row
from domain import addresses, phones
from domain.incoming import Receiver

_PERSON = re.compile(r"([^，,]*)[，,]\s*((?:86-|\+)?[\d*][\d*\- ]{5,24})[，,]\s*(.+)", re.DOTALL)
_CIPHERS = ("##", "$$", "~")


def phone(cell: str) -> str:
    """A phone without the exporter's apostrophe, spaces and China's country code. An extension stays, as `-123`: on
    a privacy number it is the receiver. Landlines and numbers we don't know keep their hyphens."""
    number = cells.code(cell).replace(" ", "")
    told = phones.read(number)
    if told.kind is phones.Kind.MOBILE:
        return told.text
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


def by_one_string(row: Row) -> Receiver:
    """From receiver_name, mobile or phone, and changed_address or whole_address, which may hold all three:
    `姓名，86-手机号，地址`."""
    name, number = row.text("receiver_name"), phone(row.code("mobile") or row.code("phone"))
    whole = row.text("changed_address") or row.text("whole_address")
    if not name and (found := _PERSON.fullmatch(whole)):
        name, number, whole = found[1].strip(), phone(found[2]), found[3].strip()
    place = addresses.parse(whole)
    return Receiver(
        name=name,
        phone=number,
        province=place.province,
        city=place.city,
        district=place.district,
        address=place.detail,
        zip=place.zip,
        masked=masked(name, number, whole),
    )
