"""Chinese addresses: any spelling taken apart into province, city, district and street, and what is wrong with it.

Surprising: nothing is guessed in silence. What does not fit is a `Fault`; what nobody told in so many words, because
it follows from a narrower name or stands in no table, is named in `inferred`. What a platform told in a column is
never rewritten: the spelling of the table is for comparing, the platform's is for printing.
Rule source: formats.md 6, rules.md B2 (ADDR_INVALID), B3 (same address).
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from domain.addresses import phones
from domain.addresses.characters import simplified
from domain.addresses.divisions import FILLERS, Division, Level
from domain.addresses.place_names import AROUND, CLOSED, FIELDS, Fault, Read, Why, walk
from domain.intake.incoming import Receiver

CHINA = "CN"
_OTHER_NUMBERS = frozenset({"香港特别行政区", "澳门特别行政区", "台湾省"})
_BEFORE_ZIP = "（(,， \u3000"
_NOTHING = frozenset({"其它区", "其他区", "其它", "其他", "县", "无", "港澳", "港澳台"})
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\W_]+(?=[0-9])")
_NOISE = re.compile(r"(?<![0-9])[\W_]+|[\W_]+(?![0-9])")


class Sureness(StrEnum):
    """TOLD: every name stood there. INFERRED: some follow from others or are not in the table. UNSURE: faults."""

    TOLD = "told"
    INFERRED = "inferred"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart, names as the table spells them today. A municipality is its own city; a city without
    districts has none. `inferred` names the fields nobody told in so many words."""

    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""
    zip: str = ""
    inferred: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def sure(self) -> Sureness:
        """How far to trust it."""
        return Sureness.UNSURE if self.faults else Sureness.INFERRED if self.inferred else Sureness.TOLD


class _Head(NamedTuple):
    """Three columns read: what they say, words no place is called by (a field each), and text that belongs to the
    street."""

    read: Read
    unknown: tuple[Fault, ...] = ()
    rest: str = ""


@lru_cache(maxsize=16384)
def _columns(province: str, city: str, district: str) -> _Head:
    """Columns as told, whichever column a name is in: exports put county-level cities into either. Latin letters say
    nothing (WooCommerce tells `CN30` for Zhejiang)."""
    read, unknown, rest = Read(), [], ""
    for field, told in zip(FIELDS, (province, city, district), strict=True):
        bare = told.strip()
        text = simplified(bare)
        if read.stranger or text.isascii() or text in _NOTHING or text in FILLERS:
            continue
        news = walk(text, read)
        left = bare[news.end :].strip(AROUND) if not news.stranger else ""
        if left and news.final and news.places:
            rest = f"{rest} {left}".strip()
        elif left:
            unknown.append(Fault(field, Why.UNKNOWN, left))
        read = news._replace(end=0)
    return _Head(read, tuple(unknown), rest)


@lru_cache(maxsize=4096)
def divide(province: str, city: str, district: str, address: str, code: str = "") -> Place:
    """Take an address apart. Any of the columns may be empty, in the wrong column, or repeated in the address."""
    head = _columns(province, city, district)
    text, found = split_zip(address)
    read = head.read if head.read.stranger else walk(simplified(text), head.read)
    detail = text[read.end :].lstrip(CLOSED).rstrip() if read.end else text.strip()
    if head.rest:
        detail = f"{head.rest} {detail}".rstrip()
    told_zip = code.strip() or found
    names, inferred, faults = _judged(read, head.unknown)
    if not detail:
        faults = (*faults, Fault("address", Why.MISSING))
    return Place(*names, detail, "" if told_zip == "000000" else told_zip, inferred, faults)


def parse(text: str) -> Place:
    """An address in one string."""
    return divide("", "", "", text)


def judged(receiver: Receiver) -> bool:
    """Whether the table can say anything: an address in China, in Chinese."""
    told = (receiver.province, receiver.city, receiver.district, receiver.address)
    return receiver.country == CHINA and not all(text.isascii() for text in told)


def place_of(receiver: Receiver) -> Place:
    """A receiver's address, columns and street together, as the table spells it. What it cannot judge (another
    country, Latin letters) comes back as told."""
    if not judged(receiver):
        return Place(receiver.province, receiver.city, receiver.district, receiver.address, receiver.zip)
    return divide(receiver.province, receiver.city, receiver.district, receiver.address, receiver.zip)


Judged = tuple[tuple[str, str, str], tuple[str, ...], tuple[Fault, ...]]


def _judged(read: Read, unknown: tuple[Fault, ...]) -> Judged:
    return _verdict(read.places, read.told, read.last, read.zone, read.stranger, unknown)


@lru_cache(maxsize=16384)
def _verdict(
    places: tuple[Division, ...],
    told: int,
    last: str,
    zone: str,
    stranger: Fault | None,
    unknown: tuple[Fault, ...],
) -> Judged:
    """Names, the ones inferred, and faults, of what was read."""
    places = _widest(places)
    first = places[0] if places else None
    names = tuple(_common([getattr(place, field) for place in places]) for field in FIELDS)
    province, city, district = names[0], names[1], names[2] or zone
    faults = [*unknown, *([stranger] if stranger else [])]
    faulty = {fault.field for fault in faults}
    if len(places) > 1:
        level = max(place.level for place in places)
        own = FIELDS[level - 1]
        city, district = (city or last, district) if own == "city" else (city, district or last)
        missing = own if len({place.city for place in places}) == 1 else "city"
        faults.append(Fault(missing, Why.AMBIGUOUS, last))
    elif not stranger:
        final = bool(zone) or (first is not None and first.final)
        whole = first is not None and first.final and first.level is Level.PROVINCE
        need = {"province": not province, "city": not city and not whole, "district": not district and not final}
        faults += [Fault(field, Why.MISSING) for field, wanted in need.items() if wanted and field not in faulty]
        if final:
            faults = [fault for fault in faults if fault.field != "district" or fault.why is not Why.UNKNOWN]
    levels = zip(FIELDS, Level, (province, city, district), strict=True)
    inferred = [field for field, level, name in levels if name and not told >> level & 1]
    if province == city:
        inferred = [field for field in inferred if field not in ("province", "city")]
    return (province, city, district), tuple(inferred), tuple(faults)


def _widest(places: tuple[Division, ...]) -> tuple[Division, ...]:
    """Of several readings the one that claims least, when it is a province (海南) or the others lie in it."""
    if len(places) < 2:
        return places
    least = min(place.level for place in places)
    wide = [place for place in places if place.level is least]
    if len(wide) > 1 or (
        least is not Level.PROVINCE and any(wide[0] not in one.above for one in places if one.level > least)
    ):
        return places
    return tuple(wide)


def _common(names: list[str]) -> str:
    return names[0] if names and all(name == names[0] for name in names) else ""


def split_zip(text: str) -> tuple[str, str]:
    """(the rest, a postcode at its end): in parentheses or behind a comma or space."""
    bare = text.rstrip(")） ")
    code, rest = bare[-6:], bare[:-6]
    if len(code) < 6 or not (code.isascii() and code.isdecimal()) or rest[-1:] not in _BEFORE_ZIP or not rest:
        return text, ""
    return rest.rstrip(_BEFORE_ZIP), code


def filled(receiver: Receiver) -> Receiver:
    """The receiver with empty province, city or district taken from the address, when that is beyond doubt.

    What the platform told in a column stays as told, for printing; what moves into a column leaves the address.
    Unchanged when hidden, foreign, complete, or not sure.
    """
    if receiver.masked or not judged(receiver) or (receiver.province and receiver.city and receiver.district):
        return receiver
    place = place_of(receiver)
    if place.faults:
        return receiver
    told = {name: getattr(receiver, name).strip() for name in FIELDS}
    news = {name: getattr(place, name) for name in FIELDS if not told[name] and getattr(place, name)}
    news = {name: new for name, new in news.items() if new not in told.values()}
    if not news:
        return receiver
    return replace(receiver, **news, address=place.detail, zip=receiver.zip or place.zip)


def plain(text: str) -> str:
    """Text for comparing: one width, no case, simplified, no punctuation, but digits kept apart (1-2-303 is not
    12303)."""
    folded = simplified(unicodedata.normalize("NFKC", text).casefold())
    return _NOISE.sub("", _BETWEEN_DIGITS.sub("-", folded))


def _spot(receiver: Receiver) -> tuple[str, ...] | None:
    """Country, province, city, district and street for comparing; None when hidden or not sure."""
    place = place_of(receiver)
    hidden = receiver.masked or "*" in receiver.address or receiver.address.startswith(("##", "$$", "~"))
    if hidden or place.faults or not (place.city.strip() and place.detail.strip()):
        return None
    return receiver.country, *(plain(part) for part in (place.province, place.city, place.district, place.detail))


def same_place(one: Receiver, other: Receiver) -> bool:
    """Whether both addresses are one, however they are spelled (rules.md B3). False when either is hidden, has faults
    or lacks its city or street: then nobody knows. Postcodes and people are not compared."""
    spot = _spot(one)
    return spot is not None and spot == _spot(other)


def merge_key(receiver: Receiver) -> str | None:
    """What two receivers must share to get one parcel: name, phone with its extension, and address, all as compared
    (rules.md B3, formats.md 6). None when hidden, encrypted, faulty or incomplete: such orders never merge by it.

    It knows no platform, shop or buyer; the caller keeps those apart.
    """
    spot, name, phone = _spot(receiver), plain(receiver.name), phones.read(receiver.phone)
    if spot is None or not name or "*" in receiver.name or receiver.name.startswith(("##", "$$", "~")):
        return None
    if phone.kind is phones.Kind.MASKED or not (phone.callable or _foreign_phone(receiver)):
        return None
    number = phone.text if phone.callable else "".join(filter(str.isdigit, phone.base))
    return "|".join((name, number, *spot))


def _foreign_phone(receiver: Receiver) -> bool:
    return beyond_mainland(receiver) and phones.dialable(receiver.phone)


def beyond_mainland(receiver: Receiver) -> bool:
    """Another country, or Hong Kong, Macau or Taiwan: phones there are not numbered as on the mainland."""
    return receiver.country != CHINA or place_of(receiver).province in _OTHER_NUMBERS
