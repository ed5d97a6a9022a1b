"""What we know about a customer: who it is, what they did, and what people decided about them (rules.md B14).

Surprising: a customer is a platform and a buyer id, never a phone or a name. A list entry may still *recognise* by
phone or address; those stand in it as hashes, so that the list carries no address book around for years. The hash
is plain: it must be found by equality from a fresh order, and whoever can read the store can read the orders too.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.addresses import phones
from domain.intake.incoming import Platform, Receiver
from domain.orders.orders import Order

_PHONE = re.compile(r"\+?\d{7,15}")
_EXTENSION = re.compile(r"(?:1[3-9]\d{9}\s*-|x|ext\.?|转|#|,)\s*\d{1,6}$", re.IGNORECASE)
_HIDDEN = re.compile(r"\*|^##.*##$|^\$\$.*\$\$$|^~.*~$")


class ListLevel(StrEnum):
    """What an entry does to an order: WARN shows on its card; HOLD and REFUSE hold it, for a look or for good."""

    WARN = "warn"
    HOLD = "hold"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why somebody is on the list."""

    MALICIOUS_REFUND = "malicious_refund"
    EMPTY_PARCEL = "empty_parcel"
    PROFESSIONAL_CLAIM = "professional_claim"
    REFUSED_PARCELS = "refused_parcels"
    OTHER = "other"


class EntryState(StrEnum):
    """PROPOSED waits for a lead; ACTIVE works; the others are over."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DISMISSED = "dismissed"
    LIFTED = "lifted"
    EXPIRED = "expired"


class Appeal(StrEnum):
    """Where the customer's objection stands."""

    NONE = "none"
    ASKED = "asked"
    UPHELD = "upheld"
    LIFTED = "lifted"


class KeyKind(StrEnum):
    """What an entry recognises an order by."""

    BUYER = "buyer"
    PHONE = "phone"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Customer:
    """What is stored about a customer. The row exists from the first look on; history is counted from orders."""

    id: int
    platform: Platform
    buyer_id: str
    revision: int = 1
    vip: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the blacklist, from its proposal to its end. `keys` are of `keys_of`; `facts` are the figures
    it was decided on and, once it is over, those it was left with: only worse ones propose it again."""

    id: int
    customer_id: int
    state: EntryState
    reason: Reason
    added_by: str
    added_at: datetime
    level: ListLevel = ListLevel.HOLD
    keys: tuple[str, ...] = ()
    evidence: str = ""
    orders: tuple[str, ...] = ()
    facts: Mapping[str, int] = field(default_factory=dict)
    expires_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    end_reason: str = ""
    appeal: Appeal = Appeal.NONE
    appeal_text: str = ""
    appeal_by: str = ""
    appeal_at: datetime | None = None
    revision: int = 1

    @property
    def kinds(self) -> frozenset[KeyKind]:
        """What it recognises by."""
        return frozenset(KeyKind(key.partition(":")[0]) for key in self.keys)


@dataclass(frozen=True, slots=True)
class Figures:
    """A customer's history, counted from orders and returns. `money`: currency -> (paid, refunded) in minor units.

    `orders` counts all, `paid` those with money in them, `refunded` those of which money went back; `returns` all
    linked ones, `missing` those in which a unit was missing, `defective` units found so; `refusals` parcels that
    came back under our own number without us having called them back.
    """

    shops: frozenset[int] = frozenset()
    orders: int = 0
    paid: int = 0
    refunded: int = 0
    money: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    returns: int = 0
    missing: int = 0
    defective: int = 0
    refusals: int = 0

    @property
    def refund_percent(self) -> int:
        """Refunded orders in a hundred paid ones, rounded down."""
        return self.refunded * 100 // self.paid if self.paid else 0

    def facts(self) -> dict[str, int]:
        """What an entry keeps of them."""
        return {
            "paid": self.paid,
            "refunded": self.refunded,
            "percent": self.refund_percent,
            "missing": self.missing,
            "refusals": self.refusals,
        }


def is_identity(buyer_id: str) -> bool:
    """Whether it names a person: there, not masked (t**1) and not a ciphertext, which differs in every order."""
    return bool(buyer_id.strip()) and not _HIDDEN.search(buyer_id.strip())


def phone_keys(receiver: Receiver) -> tuple[str, ...]:
    """The key of each number in the phone's place, whoever writes one of several beside others."""
    several = phones.kept(receiver.phone).split("/")
    return tuple(key for one in several if (key := _phone_key(receiver, one)))


def phone_key(receiver: Receiver) -> str:
    """The receiver's phone as a key; '' for a masked one and for a privacy number (with extension), whose base is
    shared by many people (formats.md 6)."""
    return _phone_key(receiver, receiver.phone)


def _phone_key(receiver: Receiver, phone: str) -> str:
    told = unicodedata.normalize("NFKC", phone).strip()
    text = re.sub(r"[\s().-]", "", told)
    if receiver.masked or _EXTENSION.search(told) or not _PHONE.fullmatch(text):
        return ""
    digits = text.lstrip("+")
    if receiver.country == "CN" and len(digits) > 11 and digits.startswith("86"):
        digits = digits[2:]
    return _key(KeyKind.PHONE, digits)


def address_key(receiver: Receiver) -> str:
    """The receiver's whole address as a key; '' for a masked one and for one without a number in its street, which
    may be a whole village."""
    street = unicodedata.normalize("NFKC", receiver.address).casefold()
    if receiver.masked or "*" in street or not re.search(r"\d", street):
        return ""
    where = f"{receiver.country}{receiver.province}{receiver.city}{receiver.district}"
    folded = unicodedata.normalize("NFKC", where).casefold() + street
    return _key(KeyKind.ADDRESS, re.sub(r"[\W_]+", "", folded))


def _key(kind: KeyKind, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def buyer_key(platform: Platform, buyer_id: str) -> str:
    """The identity itself as a key."""
    return f"{KeyKind.BUYER}:{platform}:{buyer_id.strip()}"


def keys_of(order: Order) -> tuple[str, ...]:
    """Everything an entry could recognise this order by, the identity first."""
    buyer = buyer_key(order.platform, order.buyer_id) if is_identity(order.buyer_id) else ""
    return tuple(key for key in (buyer, *phone_keys(order.receiver), address_key(order.receiver)) if key)


def on_list(order: Order, listed: Mapping[str, tuple[Entry, ...]]) -> list[Entry]:
    """The entries that recognise the order, each once, strongest first."""
    if not listed:
        return []
    found = {entry.id: entry for key in keys_of(order) for entry in listed.get(key, ())}
    strength = list(ListLevel)
    return sorted(found.values(), key=lambda entry: (-strength.index(entry.level), entry.id))
