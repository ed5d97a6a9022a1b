"""The numbers and rules people may choose, with a version that every decision records. One TOML document (choices.py).

Surprising: amounts are per currency with `*` for the rest; a currency is never compared with another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from domain.choices import Reading, choice, hidden, read, write
from domain.holds import CATALOGUE, UNTOUCHABLE, HoldCode
from domain.people import Right

Amounts = Mapping[str, tuple[int, int]]
Told = tuple[str, str, dict[str, str]]


class Release(StrEnum):
    """Who may release a hold by hand: nobody (only its cause), whoever approves, or whoever may override."""

    NOBODY = "nobody"
    APPROVE = "approve"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class HoldChoice:
    """What the company chose for one hold code; silence keeps the catalogue's."""

    on: bool = True
    release: Release | None = None
    sla_min: int | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """When an order is worth a look (rules.md B2). Percentages of the line's cost or the order's paid amount."""

    price_floor_percent: int = choice(
        0, "hold a line sold under this percentage of its cost; 0 = off", low=0, high=1000
    )
    margin_percent: int = choice(-1, "hold an order that keeps less than this percentage; -1 = off", low=-1, high=100)
    most_units: int = choice(50, "hold an order of more units", low=1)
    most_kinds: int = choice(30, "hold an order of more kinds of goods", low=1)
    regret_minutes: int = choice(0, "how long a paid order waits before it can be approved; 0 = off", low=0)
    hours: str = choice("", 'approve only within these hours of the company\'s zone ("08:00-23:00"); empty = always')
    flags: tuple[str, ...] = choice(("red", "红", "红色", "1"), "seller's flags that hold an order")
    confirm_cod: bool = choice(True, "cash on delivery waits for finance")
    risky: tuple[str, ...] = choice(("high",), "the platform's own risk levels that hold an order")

    def faults(self) -> Iterator[Told]:
        """The hours must read as two times."""
        if self.hours and clock_hours(self.hours) is None:
            yield "hours", "value", {"told": self.hours, "choices": "HH:MM-HH:MM"}


@dataclass(frozen=True, slots=True)
class Merge:
    """When several orders travel in one parcel (rules.md B3)."""

    auto: bool = choice(True, "merge orders of one buyer to one address by itself")
    most_orders: int = choice(10, "orders in one parcel at most", low=2, high=50)
    wait_minutes: int = choice(0, "how long a clean order waits for a held one it could travel with; 0 = off", low=0)
    within_hours: int = choice(72, "orders placed further apart are not merged", low=1)


@dataclass(frozen=True, slots=True)
class Split:
    """When one order travels in several parcels (rules.md B4). Traits are those of the products."""

    auto: bool = choice(True, "split by itself")
    alone: tuple[str, ...] = choice(("fragile", "oversized", "liquid"), "traits whose goods travel alone")
    apart: tuple[tuple[str, str], ...] = choice((("food", "chemical"),), "pairs of traits that never share a parcel")
    most_g: int = choice(30_000, "grams in one parcel at most", low=100)
    most_units: int = choice(200, "units in one parcel at most", low=1)
    most_value: Mapping[str, int] = choice({"CNY": 2_000_000, "*": 300_000}, "declared value at most, minor units")


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may decide alone (minor units; `*` for other currencies)."""

    cs_approve: Mapping[str, int] = choice({"CNY": 500_000, "*": 100_000}, "above this an approval needs a lead")
    two_people: Mapping[str, int] = choice({"CNY": 1_000_000, "*": 200_000}, "from this on two people approve")


@dataclass(frozen=True, slots=True)
class Areas:
    """Places that couriers charge or refuse specially, in any spelling the address reader knows: a province, city or
    district, or one of these with the name of an island or village in it (`北海市海城区涠洲岛`).

    `remote` costs more and takes longer; an order to `unreachable` is held.
    """

    remote: tuple[str, ...] = ("新疆", "西藏", "内蒙古", "青海", "甘肃", "宁夏", "海南三沙")
    unreachable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customers:
    """When a customer is proposed for the blacklist (rules.md B14), and what is at hand for people to choose.

    `refund_percent` of at least `refund_orders` paid orders; `missing_returns` with units missing; `refusals` of
    parcels; `open_proposals` wait for a decision at once, the next come when those are decided. `entry_days`: how
    long an entry may last, 0 = until lifted; a confirmed proposal gets the first.
    """

    refund_percent: int = 60
    refund_orders: int = 5
    missing_returns: int = 2
    refusals: int = 3
    open_proposals: int = 20
    entry_days: tuple[int, ...] = (90, 30, 365, 0)
    tags: tuple[str, ...] = ("回头客", "批发", "同行", "爱投诉")


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the company's choices. Seconds and minutes as named; amounts in minor units (low, high)."""

    version: int = hidden(1)
    undo_seconds: int = choice(10, "how long an approval can be taken back", low=0, high=600)
    batch_limit: int = choice(500, "orders one tap approves at most", low=1, high=2000)
    amount_range: Amounts = choice(
        {"CNY": (100, 300_000), "JPY": (1, 60_000), "*": (1, 50_000)}, "the usual amount of an order, [low, high]"
    )
    keywords: tuple[str, ...] = choice(
        ("发票", "加急", "改地址", "送人", "不要发", "invoice", "urgent", "gift"),
        "words in messages and notes that hold",
    )
    duplicate_hours: int = choice(72, "the same goods to the same place within this time are a double", low=0)
    wave_wait_seconds: int = choice(20, "how long the first parcel of a wave waits for others", low=0)
    wave_size: int = choice(40, "parcels in a wave at most", low=1, high=500)
    packaging_g: int = choice(60, "grams of packaging", low=0)
    weight_tolerance_g: int = choice(30, "grams a parcel may be off", low=0)
    weight_tolerance_percent: int = choice(5, "or percent", low=0, high=100)
    stop_escalation_minutes: tuple[int, ...] = choice((2, 5, 10), "a stop nobody answers goes on after these", low=1)
    approval_late_minutes: int = choice(240, "an order waits too long", low=1)
    dispatch_hours: int = choice(48, "from payment to hand-over", low=1)
    parcel_stuck_minutes: int = choice(240, "a parcel stands too long", low=1)
    return_unlinked_minutes: int = choice(1440, "a return nobody claimed", low=1)
    snooze_minutes: int = choice(15, "not now", low=1)
    invite_hours: int = choice(48, "an invitation lives", low=1)
    stranger_minutes: int = choice(60, "a stranger is answered again after", low=1)
    report_time: str = choice("08:00", "when the day's workbook is made, in the company's zone")
    screening: Screening = field(default_factory=Screening)
    merge: Merge = field(default_factory=Merge)
    split: Split = field(default_factory=Split)
    limits: Limits = field(default_factory=Limits)
    holds: Mapping[HoldCode, HoldChoice] = choice({}, 'per code, as OUT_OF_STOCK = {on = true, release = "override"}')
    areas: Areas = field(default_factory=Areas)
    customers: Customers = field(default_factory=Customers)

    def amounts(self, currency: str) -> tuple[int, int]:
        """The usual (low, high) of an order in that currency, in minor units."""
        return self.amount_range.get(currency, self.amount_range["*"])

    def tolerance_g(self, expected_g: int) -> int:
        """How far a weight may be off before someone recounts (rules.md B9)."""
        return max(self.weight_tolerance_g, expected_g * self.weight_tolerance_percent // 100)

    def screens(self, code: HoldCode) -> bool:
        """Whether the code holds at all here."""
        chosen = self.holds.get(code)
        return chosen is None or chosen.on

    def release_right(self, code: HoldCode) -> Right | None:
        """Who may release it by hand, None for nobody (强制审核 per code and role, rules.md B2)."""
        chosen = self.holds.get(code)
        if chosen is None or chosen.release is None:
            return CATALOGUE[code].release
        return {Release.NOBODY: None, Release.APPROVE: Right.APPROVE, Release.OVERRIDE: Right.OVERRIDE}[chosen.release]

    def sla_minutes(self, code: HoldCode) -> int:
        """After how long an open hold of this code is late."""
        chosen = self.holds.get(code)
        return CATALOGUE[code].sla_min if chosen is None or chosen.sla_min is None else chosen.sla_min

    def faults(self) -> Iterator[Told]:
        """What does not fit together."""
        if "*" not in self.amount_range:
            yield "amount_range", "missing", {"name": "*"}
        for currency, (low, high) in self.amount_range.items():
            if not 0 <= low <= high:
                yield f"amount_range.{currency}", "order", {"low": str(low), "high": str(high)}
        for name, limits in (("cs_approve", self.limits.cs_approve), ("two_people", self.limits.two_people)):
            if "*" not in limits:
                yield f"limits.{name}", "missing", {"name": "*"}
        if "*" not in self.split.most_value:
            yield "split.most_value", "missing", {"name": "*"}
        if not self.stop_escalation_minutes:
            yield "stop_escalation_minutes", "range", {"told": "[]", "low": "1", "high": ""}
        if clock_time(self.report_time) is None:
            yield "report_time", "value", {"told": self.report_time, "choices": "HH:MM"}
        for code, chosen in self.holds.items():
            if code in UNTOUCHABLE and not chosen.on:
                yield f"holds.{code}.on", "untouchable", {"code": code}
            if code in UNTOUCHABLE and chosen.release not in (None, Release.NOBODY, Release.OVERRIDE):
                yield f"holds.{code}.release", "untouchable", {"code": code}


def of_currency(limits: Mapping[str, int], currency: str) -> int:
    """The limit of a currency, minor units."""
    return limits.get(currency, limits["*"])


def clock_time(text: str) -> int | None:
    """Minutes since midnight of HH:MM, None when it is none."""
    hours, _, minutes = text.partition(":")
    fits = hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal() and len(minutes) == 2
    if not fits or int(hours) > 23 or int(minutes) > 59:
        return None
    return int(hours) * 60 + int(minutes)


def clock_hours(text: str) -> tuple[int, int] | None:
    """Minutes since midnight of both ends of HH:MM-HH:MM; the second may be the next day's."""
    first, _, last = text.partition("-")
    start, end = clock_time(first.strip()), clock_time(last.strip())
    return None if start is None or end is None else (start, end)


def policy_of(document: str, version: int, *, lenient: bool = False) -> Reading[Policy]:
    """The policy a document makes, under that version; `lenient` for stored ones of another version of Xiaoer."""
    found = read(Policy, document, lenient=lenient)
    return found if found.value is None else Reading(replace(found.value, version=version))


def document_of(policy: Policy) -> str:
    """The whole document, every choice with its comment."""
    return write(policy)
