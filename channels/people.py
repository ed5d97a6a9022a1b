"""Receivers as exports tell them: separate columns at home or abroad, or Taobao's one string.

Surprising: columns stay as the platform spells them, one string is taken apart by `domain.addresses.addresses` and so
comes in the spelling of the table. What it cannot place stays in the street; screening holds the gap as ADDR_INVALID.
Rule source: formats.md 5 and 6.
"""

import re
import unicodedata

from channels import cells
from channels.formats import Row
from domain.addresses import addresses, phones
from domain.intake.incoming import Receiver

_PERSON = re.compile(r"(.{0,60}?)[，,]\s*((?:86-|\+)?[\d*][\d*\- /、]{5,50})[，,]\s*(.+)", re.DOTALL)
_BRACKETED = re.compile(r"^\((\+\d{1,3})\)")  # TikTok: (+1)2125550100
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
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
    "greece": "GR",
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
    "macao": "MO",
    "macau": "MO",
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
    "romania": "RO",
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


def phone(cell: str) -> str:
    """A phone without the exporter's apostrophe, spaces, brackets round a country code, and China's country code. An
    extension stays, as `-123`: on a privacy number it is the receiver. Full-width digits become plain ones. Landlines
    and numbers we don't know keep their hyphens; several are one text (`phones.kept`)."""
    narrow = unicodedata.normalize("NFKC", cells.code(cell)).translate(_DASHES)
    text = _BRACKETED.sub(r"\1", narrow)
    several = phones.numbers(text)
    if len(several) > 1:
        return phones.kept(text)
    number = text.replace(" ", "")
    if number.endswith(".0") and number[:-2].isdecimal():  # a spreadsheet's number
        number = number[:-2]
    told = phones.read(number)
    labelled = told.kind is phones.Kind.LANDLINE and number[0].isalpha()
    if told.kind is phones.Kind.MOBILE or labelled:
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
    address = " ".join(dict.fromkeys(filter(None, (row.text("street"), row.text("address")))))
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
    street), zip: as told, the country as ISO code where its name is known. Where no city is told the district is it
    (Thailand's เขต/อำเภอ)."""
    name, number = row.text("receiver_name"), phone(row.code("phone") or row.code("buyer_phone"))
    told = filter(None, map(row.text, ("address", "address2", "address3")))
    address = ", ".join(dict.fromkeys(told)) or row.text("street")
    city, district = row.text("city"), row.text("district")
    return Receiver(
        name=name,
        phone=number,
        country=country(row.code("country")),
        province=row.text("province"),
        city=city or district,
        district=district if city else "",
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
    found = _PERSON.fullmatch(whole)
    if found and not addresses.parse(found[1]).province:  # a name may have a comma in it: Tom, Jr
        name, number, whole = found[1].strip() or name, phone(found[2]), found[3].strip()
    place = addresses.parse(whole)
    return Receiver(
        name=name,
        phone=number,
        province=place.province,
        city=place.city,
        district=place.district,
        address=place.detail,
        zip=place.zip or row.code("zip"),
        masked=masked(name, number, whole),
    )
