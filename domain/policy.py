"""The numbers people may choose: limits, windows and clocks, with a version that every decision records.

Surprising: amounts are per currency with `*` for the rest; a currency is never compared with another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.field_rules import FieldRule
from domain.suspensions import Suspension

_NAMES = {
    "顺丰": "SF",
    "sf": "SF",
    "中通": "ZTO",
    "zto": "ZTO",
    "圆通": "YTO",
    "yto": "YTO",
    "韵达": "YD",
    "申通": "STO",
    "极兔": "JT",
    "京东快递": "JD",
    "京东物流": "JD",
    "邮政": "EMS",
    "ems": "EMS",
    "德邦": "DBL",
    "dhl": "DHL",
}


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Who paid at least `shipping` (minor units of `currency`) for delivery gets this courier (its code)."""

    courier: str
    shipping: int
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Matching:
    """Which warehouse and courier (rules.md B5, B6).

    `names` maps what people call a courier to its code; a name after one of `ask` in a note is a wish, after one of
    `refuse` it is ruled out. `note_must` makes a wish binding: rather no courier than another. The rules name
    warehouses and couriers by code.
    """

    warehouse_rules: tuple[FieldRule, ...] = ()
    courier_rules: tuple[FieldRule, ...] = ()
    names: Mapping[str, str] = field(default_factory=lambda: dict(_NAMES))
    ask: tuple[str, ...] = ("发", "走", "用", "寄", "要", "换", "ship by", "ship with", "via", "use", "by")
    refuse: tuple[str, ...] = (
        "不要",
        "不发",
        "别发",
        "勿发",
        "不用",
        "别用",
        "不走",
        "不需要",
        "不想",
        "拒收",
        "except",
        "not",
        "no",
    )
    note_must: bool = False
    upgrades: tuple[Upgrade, ...] = ()


@dataclass(frozen=True, slots=True)
class WaybillRules:
    """E-waybill numbers: after `attempts` failures the next courier is taken, asked again after `backoff_minutes`
    (the last repeats); a courier that failed is tried again for the parcel after `forgive_minutes`. A number given
    back is used again after `reuse_hours`; below `low` left somebody should know."""

    attempts: int = 3
    backoff_minutes: tuple[int, ...] = (1, 3, 10)
    forgive_minutes: int = 60
    reuse_hours: int = 72
    low: int = 200


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
    suspensions: tuple[Suspension, ...] = ()
    matching: Matching = field(default_factory=Matching)
    waybills: WaybillRules = field(default_factory=WaybillRules)

    def amounts(self, currency: str) -> tuple[int, int]:
        """The usual (low, high) of an order in that currency, in minor units."""
        return self.amount_range.get(currency, self.amount_range["*"])

    def tolerance_g(self, expected_g: int) -> int:
        """How far a weight may be off before someone recounts (rules.md B9)."""
        return max(self.weight_tolerance_g, expected_g * self.weight_tolerance_percent // 100)
