"""Codes and weights in what a person types or a scanner sends.

Surprising: a word without a digit is never a code, and neither is a sentence with one odd word in it: the whole
message is codes and weights, or it is left to the search.
"""

import re
from dataclasses import dataclass

from domain.errors import BadValue
from domain.fulfilment import parse_weight
from domain.measuring import find_size, parse_size
from domain.parcels import Size

_SPLIT = re.compile(r"[\s,;，；、]+")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9-]{6,40}")
_UNIT_APART = re.compile(r"(\d)\s+(kg|g|千克|公斤|克)(?=\s|$|[,;，；、])", re.IGNORECASE)
_SURELY_WEIGHT = re.compile(r"\d{1,7}[.,]\d{1,3}|\d{1,5}|\d{1,7}(?:[.,]\d{1,3})?(?:kg|g|千克|公斤|克)", re.IGNORECASE)
_MOST = 50

Codes = list[tuple[str, int | None]]


def is_code(text: str) -> bool:
    """Whether it could be a waybill, a parcel number or a barcode."""
    return _CODE.fullmatch(text) is not None


def read_codes(text: str) -> Codes | None:
    """`SF1234567 1.25kg YT7654321` -> each code with the grams behind it, None when any word is neither.

    A weight alone belongs to the parcel before it: its code is ''. At most 50 codes.
    """
    found: Codes = []
    words = [word for word in _SPLIT.split(_UNIT_APART.sub(r"\1\2", text.strip())) if word]
    for word in words:
        grams = parse_weight(word) if _SURELY_WEIGHT.fullmatch(word) else None
        if grams is not None and found and found[-1][1] is None:
            found[-1] = (found[-1][0], grams)
        elif grams is not None and not found:
            found.append(("", grams))
        elif grams is None and is_code(word):
            found.append((word, None))
        else:
            return None
    return found if 0 < len(found) <= _MOST else None


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
    codes = read_codes(rest) if rest else [("", None)]
    if codes is None and find_size(rest) is None:
        return None
    if codes is None or len(codes) > 1:
        return Sized(text.strip(), "", None, None)
    ((code, grams),) = codes
    return Sized(told, code, grams, parse_size(told))
