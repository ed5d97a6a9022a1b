"""A receiver told twice, once or both times hidden: does the platform still mean the same person and place?

Surprising: a mask hides, it does not tell. What it leaves to be seen (a surname, the end of a phone, the district) may
contradict what is known; what it hides never does, so a clear receiver stays when a masked export follows it. A
ciphertext differs from export to export and says nothing at all.
Rule source: formats.md 6, rules.md B2 (ADDR_CHANGED).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

from domain.addresses import phones
from domain.addresses.addresses import filled, place_of, plain
from domain.addresses.place_names import FIELDS
from domain.intake.incoming import Receiver


def enciphered(text: str) -> bool:
    """Whether it is a platform's ciphertext (`##…##`, `$$…$$`, `~…`)."""
    return text.startswith(phones.CIPHERS)


def comparable(receiver: Receiver) -> Receiver:
    """The receiver without its ciphertexts: what two exports of one order may be compared by."""
    told = receiver.name, receiver.phone, receiver.address
    if not any(map(enciphered, told)):
        return receiver
    name, phone, address = ("" if enciphered(text) else text for text in told)
    return replace(receiver, name=name, phone=phone, address=address)


def kept(old: Receiver, told: Receiver) -> Receiver:
    """Which of the two an order goes on with: the newest, but a hidden one never replaces a clear one."""
    return old if told.masked and _clear(old) else told


def moved(old: Receiver, told: Receiver) -> Mapping[str, str] | None:
    """What says that the parcel goes elsewhere now; None when nothing does. Where one of them is hidden the evidence
    names the fields that contradict each other (`fields`), and what a hidden one told of them (`told`)."""
    if not (told.masked or old.masked):
        return None if filled(told) == filled(old) else {}
    if not (_told(old) and _told(told)):
        return None
    places = zip(FIELDS, _region(old), _region(told), strict=True)
    found = [field for field, was, now in places if was and now and plain(was) != plain(now)]
    seen = {"name": _agree, "phone": _same_phone, "address": _same_street}
    found += [field for field, same in seen.items() if not same(getattr(old, field), getattr(told, field))]
    if not found:
        return None
    seen_now = {"told": " ".join(getattr(told, field) for field in found)[:200]} if told.masked else {}
    return {"fields": ",".join(found), **seen_now}


def _told(receiver: Receiver) -> bool:
    return bool(receiver.name or receiver.phone or receiver.address)


def _clear(receiver: Receiver) -> bool:
    return not receiver.masked and _told(receiver)


def _region(receiver: Receiver) -> tuple[str, str, str]:
    """Province, city and district as the table spells them; of a hidden receiver only what stands in the columns."""
    place = place_of(replace(receiver, address="") if receiver.masked else receiver)
    return place.province, place.city, place.district


def _agree(one: str, other: str) -> bool:
    """Whether what is seen of both, before and behind the stars, may be the same text."""
    if not one or not other or enciphered(one) or enciphered(other):
        return True
    heads, tails = zip(_ends(one), _ends(other), strict=True)
    return _nested(*heads, str.startswith) and _nested(*tails, str.endswith)


def _same_phone(one: str, other: str) -> bool:
    """A privacy number stands for another one: no mask of that can be compared with it. Of several numbers any may be
    the one that is seen of the other."""
    pairs = list(product(phones.numbers(one), phones.numbers(other)))
    return any(a.extension or b.extension or _agree(a.base, b.base) for a, b in pairs)


def _ends(text: str) -> tuple[str, str]:
    """What stands before the first star and behind the last; a clear text is both."""
    bare = "".join(text.split())
    return plain(bare.partition("*")[0]), plain(bare.rpartition("*")[2])


def _nested(one: str, other: str, at: Callable[[str, str], bool]) -> bool:
    return at(one, other) or at(other, one)


def _same_street(one: str, other: str) -> bool:
    """Streets are written with and without their district: of a clear one and a masked one every part that is seen
    must stand in the clear one; of two masked ones what stands before the stars."""
    if not one or not other or enciphered(one) or enciphered(other):
        return True
    if "*" in one and "*" in other:
        return _nested(_ends(one)[0], _ends(other)[0], str.startswith)
    seen, whole = (one, other) if "*" in one else (other, one)
    return all(plain(part) in plain(whole) for part in seen.split("*") if plain(part))
