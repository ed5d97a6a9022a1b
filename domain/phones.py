"""Phone numbers as China writes them: number, extension, or a mask.

Surprising: on a privacy number (虚拟号) the extension *is* the receiver: the base is shared by many people and
expires. It is kept for the label as `base-extension` and nobody is ever recognised by the base alone.
Rule source: formats.md 6.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_EXTENSION = r"(?:[(\[【]?(?:[-–—_#]|,+|分机号?:?|转|轉|ext\.?|x|(?<=[(\[【]))(?P<extension>\d{1,6})[)\]】]?)?"
_MOBILE = re.compile(rf"(?P<base>1[3-9]\d{{9}}){_EXTENSION}", re.IGNORECASE | re.ASCII)
_LANDLINE = re.compile(
    rf"(?P<base>(?:\(?(?P<area>0[1-9]\d{{1,2}})\)?-?\d{{7,8}}|[48]00-?\d{{3}}-?\d{{4}})){_EXTENSION}",
    re.IGNORECASE | re.ASCII,
)
_GROUPED = re.compile(r"^(1\d{2})-(\d{4})-(\d{4})", re.ASCII)
_CODE = re.compile(r"^(?:\+|00)?86-?(?=\d{2,3})")
_MASK = re.compile(r"[\d*+-]*\*{2,}[\d*-]*", re.ASCII)
CIPHERS = ("##", "$$", "~")
"""What a platform's ciphertext begins with."""
_BETWEEN = re.compile(r"[/\\;,、|\s]+|或")
_MOST = 3
_ANY = re.compile(r"^[+\d(][\d\s().-]{5,24}(?:\s*(?:x|ext\.?)\s*\d{1,6})?$", re.IGNORECASE | re.ASCII)


class Kind(StrEnum):
    """What a text in a phone's place is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    MASKED = "masked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number read: `base` digits only (as told when masked or other), `extension` '' when there is none."""

    kind: Kind
    base: str
    extension: str = ""

    @property
    def text(self) -> str:
        """As we write it: 18877771111-123."""
        return f"{self.base}-{self.extension}" if self.extension else self.base

    @property
    def callable(self) -> bool:
        """Whether a courier in China can dial it."""
        return self.kind in (Kind.MOBILE, Kind.LANDLINE)


def read(text: str) -> Phone:
    """A phone from a column or an answer: country code, spaces, full-width digits and the ways to write an
    extension (`-123`, `,123`, `转123`, `（分机123）`, `[123]`) made one; the first of several. Never raises."""
    told = unicodedata.normalize("NFKC", text).strip()
    bare = "".join(told.split())
    if bare.startswith(CIPHERS) or (_MASK.fullmatch(bare) and "*" in bare):
        return Phone(Kind.MASKED, bare)
    number = _CODE.sub("", bare)
    mobile = _MOBILE.fullmatch(_GROUPED.sub(r"\1\2\3", number))
    if mobile:
        return Phone(Kind.MOBILE, mobile["base"], mobile["extension"] or "")
    abroad = number != bare and not number.startswith("0")
    landline = _LANDLINE.fullmatch(f"0{number}" if abroad else number)
    if landline:
        return Phone(Kind.LANDLINE, re.sub(r"\D", "", landline["base"]), landline["extension"] or "")
    return _first_of_several(told) or Phone(Kind.OTHER, told)


def _first_of_several(told: str) -> Phone | None:
    """The first of several whole numbers in one place (`13800001234/13900001234`), which is the one to call."""
    several = [part for part in _BETWEEN.split(told) if part]
    found = [read(part) for part in several] if 1 < len(several) <= _MOST else []
    return found[0] if found and all(phone.callable for phone in found) else None


def dialable(text: str) -> bool:
    """Whether it looks like a phone of any country."""
    return _ANY.match(text.strip()) is not None


def masked(text: str) -> str:
    """13812345678 -> *******5678: enough to tell two numbers of one person apart, and to call nobody."""
    number = text.split("-")[0]
    return "*" * max(0, len(number) - 4) + number[-4:] if text else ""
