"""The numbers people may choose: limits, windows and clocks, with a version that every decision records.

Surprising: amounts are per currency with `*` for the rest; a currency is never compared with another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


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

    version: int = 1
    undo_seconds: int = 10
    batch_limit: int = 500
    amount_range: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {"CNY": (100, 300_000), "JPY": (1, 60_000), "*": (1, 50_000)}
    )
    keywords: tuple[str, ...] = ("发票", "加急", "改地址", "送人", "不要发", "invoice", "urgent", "gift")
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
    customers: Customers = field(default_factory=Customers)

    def amounts(self, currency: str) -> tuple[int, int]:
        """The usual (low, high) of an order in that currency, in minor units."""
        return self.amount_range.get(currency, self.amount_range["*"])

    def tolerance_g(self, expected_g: int) -> int:
        """How far a weight may be off before someone recounts (rules.md B9)."""
        return max(self.weight_tolerance_g, expected_g * self.weight_tolerance_percent // 100)
