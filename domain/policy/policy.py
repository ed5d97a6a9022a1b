"""The numbers and rules people may choose, with a version that every decision records. One TOML document (choices.py).

Surprising: amounts are per currency with `*` for the rest; a currency is never compared with another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from domain.floor.wave_rules import Waves
from domain.paper.paper_rules import Papers
from domain.people.people import Right
from domain.policy.choices import Reading, choice, hidden, read, write
from domain.policy.policy_checks import CheckRules, ProofRules, Weighing
from domain.policy.policy_sections import (
    Alerts,
    Areas,
    Customers,
    HoldChoice,
    Limits,
    Matching,
    Merge,
    Release,
    Scanning,
    Screening,
    Split,
    Stock,
    Suspension,
    Told,
    WaybillRules,
    clock_time,
)
from domain.policy.policy_stops import Gate, RecallTerms, StopRules, recall_faults
from domain.review.holds import CATALOGUE, CURED, UNTOUCHABLE, HoldCode

Amounts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the company's choices. Seconds and minutes as named; amounts in minor units (low, high)."""

    version: int = hidden(1)
    undo_seconds: int = choice(10, "how long an approval can be taken back", low=0, high=600)
    batch_limit: int = choice(500, "orders one tap approves at most", low=1, high=2000)
    amount_range: Amounts = choice(
        {
            "CNY": (100, 300_000),
            "IDR": (1, 8_000_000),
            "JPY": (1, 60_000),
            "KRW": (1, 700_000),
            "VND": (1, 12_500_000),
            "*": (1, 50_000),
        },
        "the usual amount of an order, [low, high]",
        low=0,
    )
    keywords: tuple[str, ...] = choice(
        ("发票", "加急", "改地址", "送人", "不要发", "invoice", "urgent", "gift"),
        "words in messages and notes that hold",
    )
    keyword_exceptions: tuple[str, ...] = choice(
        ("不加急", "不用加急", "不要发票", "不用发票", "不需要发票", "not urgent", "no invoice", "no gift"),
        "words that are struck out before, so that 不加急 is no 加急",
    )
    duplicate_hours: int = choice(72, "the same goods to the same place within this time are a double", low=0)
    wave_wait_seconds: int = choice(20, "how long the first parcel of a wave waits for others", low=0)
    wave_size: int = choice(40, "parcels in a wave at most", low=1, high=500)
    packaging_g: int = choice(60, "grams of packaging", low=0)
    weight_tolerance_g: int = choice(30, "grams a parcel may be off", low=0)
    weight_tolerance_percent: int = choice(5, "or percent", low=0, high=100)
    stop_escalation_minutes: tuple[int, ...] = choice(
        (2, 5, 10), "a stop nobody answers goes on after these", low=1, some=True
    )
    approval_late_minutes: int = choice(240, "an order waits too long", low=1)
    dispatch_hours: int = choice(48, "from payment to hand-over", low=1)
    parcel_stuck_minutes: int = choice(240, "a parcel stands too long", low=1)
    unlisted_minutes: int = choice(720, "a parcel is handed over and on no list, where there are lists", low=1)
    return_unlinked_minutes: int = choice(1440, "a return nobody claimed", low=1)
    take_minutes: int = choice(10, "how long an order stays in the hands of who took it", low=1, high=240)
    urgent_hours: int = choice(6, "a dispatch deadline this close is urgent", low=1, high=48)
    invite_hours: int = choice(48, "an invitation lives", low=1)
    stranger_minutes: int = choice(60, "a stranger is answered again after", low=1)
    report_time: str = choice("08:00", "when the day's workbook is made, in the company's zone")
    screening: Screening = field(default_factory=Screening)
    merge: Merge = field(default_factory=Merge)
    split: Split = field(default_factory=Split)
    limits: Limits = field(default_factory=Limits)
    stock: Stock = field(default_factory=Stock)
    holds: Mapping[HoldCode, HoldChoice] = choice({}, 'per code, as OUT_OF_STOCK = {on = true, release = "override"}')
    areas: Areas = field(default_factory=Areas)
    customers: Customers = field(default_factory=Customers)
    alerts: Alerts = field(default_factory=Alerts)
    suspensions: tuple[Suspension, ...] = ()
    matching: Matching = field(default_factory=Matching)
    waybills: WaybillRules = field(default_factory=WaybillRules)
    scanning: Scanning = field(default_factory=Scanning)
    checks: CheckRules = field(default_factory=CheckRules)
    proofs: ProofRules = field(default_factory=ProofRules)
    weighing: Weighing = field(default_factory=Weighing)
    waves: Waves = field(default_factory=Waves)
    papers: Papers = field(default_factory=Papers)
    stops: StopRules = field(default_factory=StopRules)
    gate: Gate = field(default_factory=Gate)
    recalls: tuple[RecallTerms, ...] = (RecallTerms(),)

    def amounts(self, currency: str) -> tuple[int, int]:
        """The usual (low, high) of an order in that currency, in minor units."""
        return self.amount_range.get(currency, self.amount_range["*"])

    def tolerance_g(self, expected_g: int) -> int:
        """How far a weight may be off before someone recounts (rules.md B9)."""
        if expected_g > self.weighing.heavy_over_g:
            return max(self.weighing.heavy_g, expected_g * self.weighing.heavy_percent // 100)
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

    def owner_releases(self, code: HoldCode) -> bool:
        """Whether the role that owns the code may release it too: unless the house chose who may."""
        chosen = self.holds.get(code)
        return code not in CURED and (chosen is None or chosen.release is None)

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
        two = {"limits.two_people": self.limits.two_people, "stock.two_people": self.stock.two_people}
        for name, limits in {"limits.cs_approve": self.limits.cs_approve, **two}.items():
            if "*" not in limits:
                yield name, "missing", {"name": "*"}
        for name, amounts in {"most_value": self.split.most_value, "shortage_least": self.split.shortage_least}.items():
            if "*" not in amounts:
                yield f"split.{name}", "missing", {"name": "*"}
        if clock_time(self.report_time) is None:
            yield "report_time", "value", {"told": self.report_time, "choices": "HH:MM"}
        yield from recall_faults(self.recalls)
        for code, chosen in self.holds.items():
            if code in UNTOUCHABLE and not chosen.on:
                yield f"holds.{code}.on", "untouchable", {"code": code}
            if code in UNTOUCHABLE and chosen.release not in (None, Release.NOBODY, Release.OVERRIDE):
                yield f"holds.{code}.release", "untouchable", {"code": code}


def of_currency(limits: Mapping[str, int], currency: str) -> int:
    """The limit of a currency, minor units."""
    return limits.get(currency, limits["*"])


def policy_of(document: str, version: int, *, lenient: bool = False) -> Reading[Policy]:
    """The policy a document makes, under that version; `lenient` for stored ones of another version of Xiaoer."""
    found = read(Policy, document, lenient=lenient)
    return found if found.value is None else Reading(replace(found.value, version=version))


def document_of(policy: Policy) -> str:
    """The whole document, every choice with its comment."""
    return write(policy)
