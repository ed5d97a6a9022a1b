"""Phone numbers as China writes them: number, extension, or a mask; one or several in one place.

Surprising: several are one text, `13800001111/13900002222`, as they go on the label; whatever looks at a phone takes
them one by one (`numbers`). On a privacy number (虚拟号) the extension *is* the receiver: the base is shared by many
people and expires. It is kept for the label as `base-extension` and nobody is ever recognised by the base alone.
Rule source: formats.md 6.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_EXTENSION = r"(?:[(\[【]?(?:[-–—_#]|,+|分机号?:?|转|轉|ext\.?|x|(?<=[(\[【]))(?P<extension>\d{1,6})[)\]】]?)?"
_MOBILE = re.compile(rf"(?P<base>1[3-9]\d{{9}}){_EXTENSION}", re.IGNORECASE | re.ASCII)
_LANDLINE = re.compile(
    rf"(?P<base>(?:\(?(?P<area>0[1-9]\d{{1,2}})\)?-?\d{{7,8}}|[48]00-?\d{{3}}-?\d{{4}})){_EXTENSION}",
    re.IGNORECASE | re.ASCII,
)
_GROUPED = re.compile(r"^(1\d{2})-(\d{4})-(\d{4})", re.ASCII)
_CODE = re.compile(r"^(?:\+|00)?86-?(?=\d{2,3})")
_SEEN = re.compile(r"[\d*+-]*", re.ASCII)  # of a masked number
CIPHERS = ("##", "$$", "~")
"""What a platform's ciphertext begins with."""
_BETWEEN = re.compile(r"[/\\;,、|&+.\s-]+|或者?|和|及")
_BEHIND = _EXTENSION.replace("(?P<extension>", r"\s*(?:")
_ONE = re.compile(
    rf"(?<![\d*])(?:(?:\+|00)?86[- ]?)?(?:1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}|\(?0[1-9]\d{{1,2}}\)?[- ]?\d{{3,4}} ?\d{{4}}"
    rf"|[48]00-?\d{{3}}-?\d{{4}}|1[\d*]*\*{{2,}}[\d*]*)\s*{_BEHIND}(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_LABEL = re.compile(r"(?:手机号码?|电话号码?|手机|电话|座机|固话|联系方式|mobile|phone|tel)[.:]?\s*", re.IGNORECASE)
_MOST, _LONGEST = 3, 100
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
    """A phone from a column or an answer; the first of several, which is the one to call. Never raises."""
    return numbers(text)[0]


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[Phone, ...]:
    """Every number of one place, three at most: country code, spaces, full-width digits and the ways to write an
    extension (`-123`, `,123`, `转123`, `（分机123）`, `[123]`) made one. One that is no number when any part of the
    text is none."""
    told = unicodedata.normalize("NFKC", text).strip()
    label = _LABEL.match(told)
    one = _one(told[label.end() :] if label else told)
    return (one,) if one.kind is not Kind.OTHER else _several(told) or (Phone(Kind.OTHER, told),)


def _one(told: str) -> Phone:
    bare = "".join(told.split())
    if bare.startswith(CIPHERS) or ("**" in bare and _SEEN.fullmatch(bare)):
        return Phone(Kind.MASKED, bare)
    number = _CODE.sub("", bare)
    mobile = _MOBILE.fullmatch(_GROUPED.sub(r"\1\2\3", number))
    if mobile:
        return Phone(Kind.MOBILE, mobile["base"], mobile["extension"] or "")
    abroad = number != bare and not number.startswith("0")
    landline = _LANDLINE.fullmatch(f"0{number}" if abroad else number)
    if landline:
        return Phone(Kind.LANDLINE, re.sub(r"\D", "", landline["base"]), landline["extension"] or "")
    return Phone(Kind.OTHER, told)


def _several(told: str) -> tuple[Phone, ...]:
    """Whole numbers, with nothing but words like 手机 and signs like / between them; none otherwise."""
    if len(told) > _LONGEST:
        return ()
    bare = _LABEL.sub(" ", told)
    found = [_one(match[0]) for match in _ONE.finditer(bare)]
    rest = _BETWEEN.sub("", _ONE.sub(" ", bare))
    whole = len(found) > 1 and not rest and all(phone.kind is not Kind.OTHER for phone in found)
    different = tuple(dict.fromkeys(found))
    return different if whole and len(different) <= _MOST else ()


def kept(text: str) -> str:
    """Several numbers as we keep them: `13800001111/13900002222`. Anything else stays as told."""
    found = numbers(text)
    return "/".join(phone.text for phone in found) if len(found) > 1 else text


def dialable(text: str) -> bool:
    """Whether it looks like a phone of any country, or several."""
    return all(_ANY.match(part.strip()) is not None for part in text.split("/"))


def digits(text: str) -> tuple[str, ...]:
    """The digits of each number, extension behind: what the tail of a phone is compared with."""
    texts = [phone.text for phone in numbers(text)]
    if len(texts) == 1:
        texts = unicodedata.normalize("NFKC", text).split("/")
    return tuple(found for told in texts if (found := re.sub(r"\D", "", told)))


def ends_in(text: str, wanted: str) -> bool:
    """Whether one of the numbers ends in these digits."""
    return any(number.endswith(wanted) for number in digits(text))


def masked(text: str) -> str:
    """13812345678 -> *******5678, each of several by itself: enough to tell two numbers of one person apart, and to
    call nobody."""
    found = numbers(text)
    if len(found) == 1 and found[0].kind is Kind.OTHER:
        return "/".join(_masked(part) for part in text.split("/"))
    return "/".join(_masked(phone.base) for phone in found)


def _masked(number: str) -> str:
    bare = re.sub(r"[\s().-]", "", number) if dialable(number) else number
    if not any(letter.isdigit() for letter in bare):
        return "*" * len(bare)
    return "*" * max(0, len(bare) - 4) + bare[-4:]
