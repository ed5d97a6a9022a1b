"""Codes, numbers of units and weights in what a person types or a scanner sends.

Surprising: what is no code by its looks may be one by what is being asked (`domain.people.asked`), and a number is a
weight behind a waybill but a number of units behind goods. The whole message is codes, or it is left to the search.
"""

import re
from dataclasses import dataclass, field

from domain.codes import Code
from domain.errors import BadValue
from domain.floor.fulfilment import parse_weight
from domain.floor.measuring import find_size, parse_size
from domain.floor.parcels import Size
from domain.people.asked import Asked
from domain.stock import gs1

_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u3000]+")  # not the group separator, which Python calls a space too
_SPLIT = re.compile(r"[,;，；、]+")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9-]{6,40}")
_UNIT_APART = re.compile(r"(\d)\s+(kg|g|千克|公斤|克)(?=\s|$|[,;，；、])", re.IGNORECASE)
_TIMES_APART = re.compile(r"(?<=\S) +[x×*＊✕] +(?=\d{1,4}(?:\s|$))", re.IGNORECASE)
_TIMES = re.compile(r"[x×*＊✕](\d{1,4})", re.IGNORECASE)
_JOINED = re.compile(r"(.+?)[x×*＊✕](\d{1,4})", re.IGNORECASE)
_UNITS = re.compile(r"\d{1,5}")
_SURELY_WEIGHT = re.compile(r"\d{1,7}[.,]\d{1,3}|\d{1,5}|\d{1,7}(?:[.,]\d{1,3})?(?:kg|g|千克|公斤|克)", re.IGNORECASE)
_MOST = 50

Codes = list[Code]


def is_code(text: str) -> bool:
    """Whether it could be a waybill, a parcel number or a barcode by its looks alone."""
    return _CODE.fullmatch(text) is not None


def read_codes(text: str, asked: Asked | None = None) -> Codes | None:
    """`SF1234567 1.25kg YT7654321` -> each code with the grams behind it, None when any word is neither. Where it is
    known what is `asked` also `6900000000014 x2 B7`: goods with how many, then their batch.

    A weight alone belongs to the parcel before it: its code is ''. At most 50 codes.
    """
    whole = text.strip(" \t\r\n")
    if asked is not None and asked.is_batch(whole):
        return [Code(whole)]
    reader = _Reader(asked)
    for chunk in _SPACES.split(_TIMES_APART.sub(" x", _UNIT_APART.sub(r"\1\2", whole))):
        words = [chunk] if reader.is_one(chunk) else _SPLIT.split(chunk)
        if not all(reader.take(word) for word in words if word):
            return None
    return reader.found if 0 < len(reader.found) <= _MOST else None


@dataclass
class _Reader:
    """Takes word after word; what one means depends on those before it."""

    asked: Asked | None
    found: Codes = field(default_factory=list)

    def is_one(self, chunk: str) -> bool:
        """Whether it is one word though a comma is in it."""
        if gs1.read(chunk) is not None:
            return True
        return self.asked is not None and (self.asked.is_batch(chunk) or self.asked.is_goods(chunk))

    def take(self, word: str) -> bool:
        """Whether the word says something."""
        elements = gs1.read(word)
        if elements is not None:
            return self._element_string(elements)
        if self.asked is not None and self._known(self.asked, word):
            return True
        if _SURELY_WEIGHT.fullmatch(word):
            return self._weight(word)
        return is_code(word) and self._add(Code(word))

    def _add(self, code: Code, *also: str) -> bool:
        self.found.append(code)
        self.asked = self.asked and self.asked.after(code.text, *also)
        return True

    def _element_string(self, told: gs1.Elements) -> bool:
        """One barcode with all in it; without a product in it it tells of the unit before."""
        if told.gtin:
            code = Code(told.gtin, None, told.units, told.batch, told.serial.upper(), told.expires)
            return self._add(code, told.serial, told.batch)
        return all(self._mark(mark) for mark in (told.serial, told.batch) if mark)

    def _mark(self, word: str) -> bool:
        self.found.append(Code(word))
        self.asked = self.asked and self.asked.marked(word)
        return True

    def _known(self, asked: Asked, word: str) -> bool:
        """Whether the word is one by what is asked, or by what is ours."""
        times = _TIMES.fullmatch(word)
        if times and asked.goods:
            return self._units(int(times[1]))
        if asked.bears(word):
            return self._mark(word)
        if asked.goods and _UNITS.fullmatch(word):
            return self._units(int(word))
        joined = _JOINED.fullmatch(word)
        if joined and asked.is_goods(joined[1]) and not asked.named(word):
            return self._add(Code(joined[1])) and self._units(int(joined[2]))
        return not is_code(word) and asked.named(word) and self._add(Code(word))

    def _units(self, units: int) -> bool:
        """So many of the goods before; said once."""
        last = self.found[-1]
        if units < 1 or last.units > 1:
            return False
        self.found[-1] = last._replace(units=units)
        self.asked = self.asked and self.asked.counted()
        return True

    def _weight(self, word: str) -> bool:
        if self.asked is not None and (self.asked.goods or self.asked.mark):
            return False
        grams = parse_weight(word)
        if not self.found:
            return self._add(Code("", grams))
        last = self.found[-1]
        if last.grams is not None:
            return False
        self.found[-1] = last._replace(grams=grams)
        return True


@dataclass(frozen=True, slots=True)
class Sized:
    """A parcel's size, with its weight if told; `code` '' = the parcel before. `size` None: `told` is no size."""

    told: str
    code: str
    grams: int | None
    size: Size | None

    @property
    def whole(self) -> Size:
        """The size. Raises BadValue."""
        if self.size is None:
            raise BadValue("size", self.told[:40], "size")
        return self.size


def read_sized(text: str) -> Sized | None:
    """`SF1234567 1.25kg 30x20x15`, any of the two before the size left out; None where no size is told, or words that
    are neither code nor weight are with it. With several parcels the size is none."""
    found = find_size(text)
    if found is None:
        return None
    told, rest = found
    codes = read_codes(rest) if rest else [Code("")]
    if codes is None and find_size(rest) is None:
        return None
    if codes is None or len(codes) > 1:
        return Sized(text.strip(), "", None, None)
    (code,) = codes
    return Sized(told, code.text, code.grams, parse_size(told))
