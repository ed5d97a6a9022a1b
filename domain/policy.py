"""The numbers people may choose: limits, windows and clocks, with a version that every decision records.

Surprising: amounts are per currency with `*` for the rest; a currency is never compared with another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from domain.errors import BadValue
from domain.hours import quiet_hours
from domain.records import AlertKind


def _read(reader: Callable[[str], object], text: str, want: str) -> None:
    try:
        reader(text)
    except ValueError:
        raise BadValue("policy", text, want) from None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A courier does not collect, or a region is not served, for a time (weather, an event).

    `courier` is a courier's code, '' = every courier; `province` the beginning of a province's name, '' = all of
    them. `start` (included) and `until` (not included) are ISO dates or times, in the company's zone when they name
    none; '' = open on that side.
    """

    courier: str = ""
    province: str = ""
    start: str = ""
    until: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Raises BadValue for what is neither a date nor a time."""
        for text in (self.start, self.until):
            _read(datetime.fromisoformat, text or "2026-01-01", "date")


@dataclass(frozen=True, slots=True)
class Alerts:
    """When somebody is told that something did not happen. Times of day are `HH:MM` in the company's zone.

    `quiet`: hours in which only `critical` kinds are told ('off' = none); a chat may choose its own. Kinds in
    `digest` are collected until one of `digest_times`. `shift_times`: when the hand-over is sent.
    `step_minutes` by kind, `*` for the rest: how long before the next person is told. `snooze_minutes`: the choices;
    `mute_hours`: how long "not a problem" lasts. `dispatch_hours` by platform, where it is not `Policy.dispatch_hours`;
    `near_hours`: the buckets before a dispatch deadline, rising; the last is when it counts as close. `ahead_hours`:
    how far the hand-over looks. The gap of a shop is learnt from `gap_days`: its normal silence at an hour is what
    `gap_share_percent` of the moments there stay within; an alert comes beyond `gap_factor_percent` of it and beyond
    `gap_floor_minutes`, for shops with `gap_min_arrivals` in that time.
    """

    quiet: str = "22:00-08:00"
    critical: tuple[AlertKind, ...] = (AlertKind.DISPATCH_LATE, AlertKind.ORDER_GAP)
    digest: tuple[AlertKind, ...] = (AlertKind.SHORTAGE, AlertKind.RETURN_UNLINKED)
    digest_times: tuple[str, ...] = ("09:00", "13:00", "17:00")
    shift_times: tuple[str, ...] = ("08:00", "20:00")
    step_minutes: Mapping[str, int] = field(
        default_factory=lambda: {"*": 30, AlertKind.SHORTAGE.value: 480, AlertKind.RETURN_UNLINKED.value: 240}
    )
    snooze_minutes: tuple[int, ...] = (15, 60)
    mute_hours: int = 24
    dispatch_hours: Mapping[str, int] = field(default_factory=dict)
    near_hours: tuple[int, ...] = (2, 6, 12)
    ahead_hours: int = 12
    gap_days: int = 14
    gap_floor_minutes: int = 30
    gap_factor_percent: int = 300
    gap_share_percent: int = 95
    gap_min_arrivals: int = 20

    def __post_init__(self) -> None:
        """Raises BadValue for hours nobody can read, before they are anybody's policy."""
        quiet_hours(self.quiet)
        for text in (*self.digest_times, *self.shift_times):
            _read(time.fromisoformat, text, "time_of_day")


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the company's choices. Seconds and minutes as named; amounts in minor units (low, high).

    `blacklist` entries are `platform:buyer id`.
    """

    version: int = 1
    undo_seconds: int = 10
    batch_limit: int = 500
    amount_range: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {"CNY": (100, 300_000), "JPY": (1, 60_000), "*": (1, 50_000)}
    )
    keywords: tuple[str, ...] = ("发票", "加急", "改地址", "送人", "不要发", "invoice", "urgent", "gift")
    blacklist: tuple[str, ...] = ()
    duplicate_hours: int = 72
    wave_wait_seconds: int = 20
    wave_size: int = 40
    packaging_g: int = 60
    weight_tolerance_g: int = 30
    weight_tolerance_percent: int = 5
    stop_escalation_minutes: tuple[int, ...] = (2, 5, 10)
    approval_late_minutes: int = 240
    dispatch_hours: int = 48
    parcel_stuck_minutes: int = 240
    return_unlinked_minutes: int = 1440
    snooze_minutes: int = 15
    invite_hours: int = 48
    stranger_minutes: int = 60
    report_time: str = "08:00"
    alerts: Alerts = field(default_factory=Alerts)
    suspensions: tuple[Suspension, ...] = ()

    def amounts(self, currency: str) -> tuple[int, int]:
        """The usual (low, high) of an order in that currency, in minor units."""
        return self.amount_range.get(currency, self.amount_range["*"])

    def tolerance_g(self, expected_g: int) -> int:
        """How far a weight may be off before someone recounts (rules.md B9)."""
        return max(self.weight_tolerance_g, expected_g * self.weight_tolerance_percent // 100)
