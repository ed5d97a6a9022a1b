"""The sections of the policy: one frozen dataclass a subject, with its defaults and what does not fit together.

Surprising: a section never raises. What is wrong with it is told by `faults()`, so that a document with five mistakes
names all five.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from domain.errors import BadValue
from domain.hours import quiet_hours
from domain.intake.incoming import Platform
from domain.planning.field_rules import FieldRule
from domain.policy.choices import choice
from domain.records import AlertKind

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
    sla_min: int | None = choice(None, low=1)


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
    promise_hours: int = choice(72, "nor orders that must leave further apart", low=1)
    quick_hours: tuple[int, ...] = choice(
        (4, 16), "a promise within so many hours of payment (same day, next day) only travels with its like", low=1
    )
    never: tuple[str, ...] = choice(("subsidy", "国补"), "traits of goods whose order travels with no other")


@dataclass(frozen=True, slots=True)
class Split:
    """When one order travels in several parcels (rules.md B4). Traits are those of the products."""

    auto: bool = choice(True, "split by itself")
    alone: tuple[str, ...] = choice(("fragile", "oversized", "liquid"), "traits whose goods travel alone")
    apart: tuple[tuple[str, str], ...] = choice((("food", "chemical"),), "pairs of traits that never share a parcel")
    most_g: int = choice(30_000, "grams in one parcel at most", low=100)
    most_mm3: int = choice(0, "mm³ of goods in one parcel at most, of those whose size is known; 0 = not judged", low=0)
    most_units: int = choice(200, "units in one parcel at most", low=1)
    most_value: Mapping[str, int] = choice(
        {"CNY": 2_000_000, "*": 300_000}, "declared value at most, minor units", low=0
    )
    shortage: bool = choice(
        False, "when goods are missing: ship what is there, the rest follows (platforms that can be told of parts)"
    )
    shortage_least: Mapping[str, int] = choice(
        {"CNY": 5_000, "*": 1_000}, "what the part that goes first is worth at least, minor units", low=0
    )
    shortage_percent: int = choice(30, "and at least this percentage of what was paid", low=0, high=100)
    presale: tuple[str, ...] = choice((), "traits of goods not on sale yet: they wait, the others go first")


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may decide alone (minor units; `*` for other currencies)."""

    cs_approve: Mapping[str, int] = choice(
        {"CNY": 500_000, "IDR": 16_000_000, "KRW": 1_400_000, "VND": 25_000_000, "*": 100_000},
        "above this an approval needs a lead",
        low=0,
    )
    two_people: Mapping[str, int] = choice(
        {"CNY": 1_000_000, "IDR": 32_000_000, "KRW": 2_800_000, "VND": 50_000_000, "*": 200_000},
        "from this on two people approve",
        low=0,
    )


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock room (rules.md B13). Amounts in minor units, `*` for other currencies."""

    put_away: bool = choice(True, "what comes in stands in the receiving area (IN) until it is put away")
    life_days: int = choice(30, "days a batch must still live to be sent", low=0, high=3650)
    two_people: Mapping[str, int] = choice(
        {"CNY": 100_000, "*": 20_000}, "from this value of differences on two people approve", low=0
    )
    safety: int = choice(0, "units of each product kept back from what is to sell", low=0, high=1_000_000)
    safety_of: Mapping[str, int] = choice({}, "by product code where it differs, as CUP-01 = 20", low=0, high=1_000_000)
    sell_coming: bool = choice(False, "what is on its way to a warehouse, or being received, is to sell already")
    lock_unpaid: bool = choice(False, "orders that are not paid yet keep their goods from being sold (下单锁)")
    decide_minutes: int = choice(240, "a difference or a grading waits too long for its approval", low=1)
    transit_minutes: int = choice(1440, "a transfer is too long on its way", low=1)
    count_minutes: int = choice(30, "a count that was asked for lies with nobody too long", low=1)
    open_minutes: int = choice(240, "a document somebody began is left lying too long", low=1)


@dataclass(frozen=True, slots=True)
class Areas:
    """Places that couriers charge or refuse specially, in any spelling the address reader knows: a province, city or
    district, or one of these with the name of an island or village in it (`北海市海城区涠洲岛`).

    `remote` costs more and takes longer: the order's card says so, and a contract's surcharge of `areas = ["remote"]`
    is asked there. An order to `unreachable` is held.
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

    refund_percent: int = choice(60, low=1, high=100)
    refund_orders: int = choice(5, low=1)
    missing_returns: int = choice(2, low=1)
    refusals: int = choice(3, low=1)
    open_proposals: int = choice(20, low=0)
    entry_days: tuple[int, ...] = choice((90, 30, 365, 0), low=0, high=3650, some=True)
    tags: tuple[str, ...] = ("回头客", "批发", "同行", "爱投诉")


@dataclass(frozen=True, slots=True)
class Suspension:
    """A courier does not collect, or a region is not served, for a time (weather, an event).

    `courier` is a courier's code, '' = every courier; `province` and `city` are places in any spelling, '' = all of
    them. `start` (included) and `until` (not included) are ISO dates or times, in the company's zone when they name
    none; '' = open on that side.
    """

    courier: str = ""
    province: str = ""
    start: str = ""
    until: str = ""
    reason: str = ""
    city: str = ""

    def faults(self) -> Iterator[Told]:
        """Both ends must be a date or a time, the second after the first."""
        ends = (("start", self.start), ("until", self.until))
        wrong = [(name, text) for name, text in ends if text and not _reads(datetime.fromisoformat, text)]
        for name, text in wrong:
            yield name, "value", {"told": text, "choices": "2026-11-20, 2026-11-20T12:00"}
        if self.start and self.until and not wrong:
            start, until = (datetime.fromisoformat(text) for _, text in ends)
            if (start.tzinfo is None) == (until.tzinfo is None) and until <= start:
                yield "until", "backwards", {"start": self.start, "until": self.until}


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
    critical: tuple[AlertKind, ...] = (AlertKind.DISPATCH_LATE, AlertKind.ORDER_GAP, AlertKind.FEED_STALE)
    digest: tuple[AlertKind, ...] = (
        *(AlertKind.SHORTAGE, AlertKind.RETURN_UNLINKED),
        *(AlertKind.NUMBERS_LOW, AlertKind.VOID_FAILED),
    )
    digest_times: tuple[str, ...] = ("09:00", "13:00", "17:00")
    shift_times: tuple[str, ...] = ("08:00", "20:00")
    step_minutes: Mapping[str, int] = choice(
        {
            "*": 30,
            AlertKind.SHORTAGE.value: 480,
            AlertKind.RETURN_UNLINKED.value: 240,
            AlertKind.NUMBERS_LOW.value: 240,
            AlertKind.VOID_FAILED.value: 480,
        },
        low=1,
    )
    snooze_minutes: tuple[int, ...] = choice((15, 60), low=1, some=True)
    mute_hours: int = choice(24, low=1)
    dispatch_hours: Mapping[Platform, int] = choice({Platform.TIKTOK: 24}, low=1)
    near_hours: tuple[int, ...] = choice((2, 6, 12), low=1, some=True)
    ahead_hours: int = choice(12, low=1)
    gap_days: int = choice(14, low=1, high=366)
    gap_floor_minutes: int = choice(30, low=1)
    gap_factor_percent: int = choice(300, low=100)
    gap_share_percent: int = choice(95, low=1, high=100)
    gap_min_arrivals: int = choice(20, low=1)

    def faults(self) -> Iterator[Told]:
        """Hours must be hours, and silence for every kind there is no step for."""
        if not _reads(quiet_hours, self.quiet):
            yield "quiet", "value", {"told": self.quiet, "choices": "HH:MM-HH:MM, off"}
        for name, times in (("digest_times", self.digest_times), ("shift_times", self.shift_times)):
            for text in times:
                if not _reads(time.fromisoformat, text):
                    yield name, "value", {"told": text, "choices": "HH:MM"}
        if "*" not in self.step_minutes:
            yield "step_minutes", "missing", {"name": "*"}
        for kind in self.step_minutes.keys() - {"*", *AlertKind}:
            yield f"step_minutes.{kind}", "value", {"told": kind, "choices": ", ".join([*AlertKind, "*"])}
        if list(self.near_hours) != sorted(set(self.near_hours)):
            yield "near_hours", "rising", {"told": ", ".join(map(str, self.near_hours))}


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
    "京东": "JD",
    "京东快递": "JD",
    "京东物流": "JD",
    "邮政": "EMS",
    "ems": "EMS",
    "德邦": "DBL",
    "dhl": "DHL",
}


_ASK = (
    *("发", "走", "用", "寄", "要", "换", "改", "补", "只收", "只能", "选", "必须", "务必", "最好", "尽量", "优先"),
    *("首选", "指定", "希望", "升级"),
    *("ship by", "ship with", "via", "use", "by", "please", "only"),
)
_REFUSE = (
    *("不", "别", "勿", "莫", "禁", "拒", "非", "没有", "这里没", "这边没", "避免", "除了", "除", "谢绝"),
    *("杜绝", "抵制", "讨厌", "无法", "无需", "发不了", "用不了", "收不了", "收不到"),
    *("停发", "停用", "暂停", "排除", "屏蔽"),
    *("except", "excluding", "not", "no", "don't", "dont", "can't", "cannot", "never"),
    *("avoid", "without", "hate", "anything but"),
)
_ABSENT = (
    *("不到", "到不了", "送不到", "收不到", "发不了", "不派", "不送", "不通", "不能到"),
    *("无法", "没网点", "无网点", "没有网点", "不在服务区"),
    *("does not deliver", "doesn't deliver", "can't deliver", "not available"),
)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Who paid at least `shipping` (minor units of `currency`) for delivery gets this courier (its code)."""

    courier: str
    shipping: int = field(metadata={"low": 0})
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Matching:
    """Which warehouse and courier (rules.md B5, B6).

    `names` maps what people call a courier to its code; a name after one of `ask` in a note is a wish, after one of
    `refuse` or before one of `absent` it is ruled out (不能发中通; 中通不到; the grammar is in note_words.py).
    `warehouse_names` maps what platforms call a warehouse to its code, besides its code and name. `note_must` makes a
    wish binding: rather no courier than another. The rules name warehouses and couriers by code.
    """

    warehouse_rules: tuple[FieldRule, ...] = ()
    courier_rules: tuple[FieldRule, ...] = ()
    names: Mapping[str, str] = field(default_factory=lambda: dict(_NAMES))
    ask: tuple[str, ...] = _ASK
    refuse: tuple[str, ...] = _REFUSE
    absent: tuple[str, ...] = _ABSENT
    warehouse_names: Mapping[str, str] = field(default_factory=dict)
    note_must: bool = False
    upgrades: tuple[Upgrade, ...] = ()


@dataclass(frozen=True, slots=True)
class WaybillRules:
    """E-waybill numbers: after `attempts` failures the next courier is taken, asked again after `backoff_minutes`
    (the last repeats); a courier that failed is tried again for the parcel after `forgive_minutes`. A number given
    back is used again after `reuse_hours`; below `low` left finance is told, at once (but for quiet hours) when the
    last day's pace uses them up within the next."""

    attempts: int = choice(3, low=1, high=100)
    backoff_minutes: tuple[int, ...] = choice((1, 3, 10), low=0, some=True)
    forgive_minutes: int = choice(60, low=1)
    reuse_hours: int = choice(72, low=0)
    low: int = choice(200, low=0)


@dataclass(frozen=True, slots=True)
class Scanning:
    """The floor's scans. A phone's scan page is opened from the chat and works `page_hours`, then it is opened anew."""

    undo_seconds: int = choice(60, "how long the last own scan can be taken back; 0 = never", low=0, high=600)
    page_hours: int = choice(12, "how long an opened scan page may work", low=1, high=24)


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


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except (ValueError, BadValue):
        return False
    return True
