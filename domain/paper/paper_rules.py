"""The policy's section on paper: how much of a receiver each platform lets us print, and who the sender is.

Surprising: a privacy number keeps its extension and is printed whole. It is no person's number, it expires, and
without its extension nobody can be reached by it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.addresses import phones
from domain.intake.incoming import Platform, Receiver
from domain.policy.choices import choice

_VIRTUAL = re.compile(r"1\d{10}-\d{1,6}", re.ASCII)
Told = tuple[str, str, dict[str, str]]


class Mask(StrEnum):
    """What is hidden on paper: nothing, the middle of the phone number, or the given name as well. Never the
    address."""

    WHOLE = "whole"
    PHONE = "phone"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who stands as the sender of parcels of a `shop` (name) from a `warehouse` (code); empty = any. The first that
    fits."""

    name: str
    phone: str
    address: str
    shop: str = ""
    warehouse: str = ""


_DEMANDED = {
    Platform.TAOBAO.value: Mask.BOTH,
    Platform.PINDUODUO.value: Mask.BOTH,
    Platform.DOUYIN.value: Mask.BOTH,
    Platform.JD.value: Mask.BOTH,
    Platform.ALIBABA_1688.value: Mask.PHONE,
    "*": Mask.WHOLE,
}


@dataclass(frozen=True, slots=True)
class Papers:
    """Labels and slips."""

    masks: Mapping[str, Mask] = choice(_DEMANDED, "receivers on paper by platform: whole, phone or both hidden")
    whole_for_own_numbers: bool = choice(
        False, "print the receiver whole where the courier gave us a range of numbers and learns it from the label only"
    )
    senders: tuple[Sender, ...] = ()

    def faults(self) -> Iterator[Told]:
        """Every platform must be named, or `*`."""
        if "*" not in self.masks:
            yield "masks", "missing", {"name": "*"}
        for name in self.masks:
            if name != "*" and name not in set(Platform):
                yield f"masks.{name}", "value", {"told": name, "choices": ", ".join([*Platform, "*"])}

    def mask(self, platform: Platform) -> Mask:
        """What the platform demands."""
        return self.masks.get(platform, self.masks["*"])


def masked(to: Receiver, mask: Mask) -> Receiver:
    """The receiver as paper may show it."""
    if mask is Mask.WHOLE:
        return to
    shown = replace(to, phone=_phone(to.phone))
    return replace(shown, name=_name(to.name)) if mask is Mask.BOTH else shown


def _phone(phone: str) -> str:
    """Each of several by itself. A privacy number (a mobile's eleven digits and an extension) and what is masked
    already stay; of any other the middle is hidden, however it is written."""
    return "/".join(_one_phone(one) for one in phones.kept(phone).split("/"))


def _one_phone(phone: str) -> str:
    digits = re.sub(r"[\s().\-–—]", "", phone)
    if "*" in phone or len(digits) < 7 or _VIRTUAL.fullmatch(phone.strip()):
        return phone
    return f"{digits[:-8]}****{digits[-4:]}" if len(digits) > 8 else f"{digits[:2]}***{digits[-2:]}"


def _name(name: str) -> str:
    return name if "*" in name or not name else name[:1] + "*" * min(2, max(1, len(name) - 1))
