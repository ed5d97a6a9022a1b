"""Suspensions: whom they mean and when they are over. And the dispatch deadline by platform."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.intake.incoming import Platform, PlatformState, Receiver
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import Order, OrderStatus
from domain.planning.suspensions import covers, suspended
from domain.policy.policy import Policy, policy_of
from domain.policy.policy_sections import Alerts, Suspension

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SNOW = Suspension("SF", "新疆", "2026-11-20", "2026-11-25", "snow")
FAIR = Suspension("", "北京", "", "2026-11-23T12:00:00+08:00", "fair")
POLICY = Policy(suspensions=(SNOW, FAIR))


@pytest.mark.parametrize(
    ("courier", "province", "found"),
    [
        ("SF", "新疆维吾尔自治区", SNOW),
        ("sf", "新疆维吾尔自治区", SNOW),
        ("YTO", "新疆维吾尔自治区", None),
        ("SF", "浙江省", None),
        ("", "新疆维吾尔自治区", None),
        ("YTO", "北京市", FAIR),
        ("", "北京市", FAIR),
        ("SF", "新疆", SNOW),
        ("SF", "新疆省", SNOW),
    ],
)
def test_a_suspension_means_its_courier_and_its_province(courier: str, province: str, found: Suspension | None) -> None:
    assert suspended(POLICY, NOW, courier, Receiver(province=province)) == found


@pytest.mark.parametrize(
    ("told", "columns", "hit"),
    [
        (("新疆维吾尔自治区", ""), ("新疆", "乌鲁木齐市", "天山区"), True),
        (("新疆维吾尔自治区", ""), ("", "石河子市", ""), True),
        (("广东省", ""), ("广东", "深圳市", "南山区"), True),
        (("内蒙古", ""), ("内蒙", "包头市", "昆都仑区"), True),
        (("海南", ""), ("青海省", "海南藏族自治州", "共和县"), False),
        (("", "深圳"), ("广东", "深圳市", "南山区"), True),
        (("广东", "深圳"), ("广东省", "广州市", "天河区"), False),
        (("深圳", ""), ("广东省", "深圳市", ""), True),
        (("海南三沙", ""), ("海南省", "三沙市", ""), True),
        (("海南三沙", ""), ("海南省", "海口市", ""), False),
        (("北京", ""), ("北京", "朝阳区", "四环到五环之间"), True),
        (("北京", "朝阳区"), ("北京", "朝阳区", "四环到五环之间"), True),
        (("", "莱芜"), ("山东省", "莱芜市", "莱城区"), True),
    ],
)
def test_places_are_compared_as_places(told: tuple[str, str], columns: tuple[str, str, str], hit: bool) -> None:
    suspension = Suspension("SF", told[0], city=told[1])
    to = Receiver(province=columns[0], city=columns[1], district=columns[2], address="某路 1 号")
    assert covers(suspension, "SF", to) is hit
    assert covers(suspension, "SF", replace(to, country="US")) is False


@pytest.mark.parametrize(
    ("moment", "on"),
    [
        ("2026-11-19T15:59:59", False),  # the 20th begins at 16:00 UTC in Shanghai
        ("2026-11-19T16:00:00", True),
        ("2026-11-24T15:59:59", True),
        ("2026-11-24T16:00:00", False),  # the 25th is not included
    ],
)
def test_it_begins_and_ends_with_days_of_the_companys_zone(moment: str, on: bool) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert (suspended(POLICY, now, "SF", Receiver(province="新疆")) is not None) is on


def test_a_time_with_a_zone_is_taken_at_its_word() -> None:
    assert suspended(POLICY, datetime(2026, 11, 23, 3, 59, tzinfo=UTC), "SF", Receiver(province="北京市")) == FAIR
    assert suspended(POLICY, datetime(2026, 11, 23, 4, 0, tzinfo=UTC), "SF", Receiver(province="北京市")) is None


def test_a_courier_may_be_suspended_everywhere_but_nothing_named_means_nothing() -> None:
    everywhere = replace(SNOW, province="")
    assert suspended(Policy(suspensions=(everywhere,)), NOW, "SF", Receiver(province="浙江省")) == everywhere
    assert (
        suspended(Policy(suspensions=(replace(SNOW, courier="", province=""),)), NOW, "SF", Receiver(province="浙江省"))
        is None
    )


@pytest.mark.parametrize(
    ("document", "line", "path"),
    [
        ('[[suspensions]]\ncourier = "SF"\nuntil = "next week"\n', 3, "suspensions.1.until"),
        ('[alerts]\ndigest_times = ["9 o\'clock"]\n', 2, "alerts.digest_times"),
        ('[alerts]\nshift_times = ["08:00", "24:30"]\n', 2, "alerts.shift_times"),
        ('[alerts]\nquiet = "nights"\n', 2, "alerts.quiet"),
    ],
)
def test_hours_nobody_can_read_are_never_a_policy(document: str, line: int, path: str) -> None:
    found = policy_of(document, 2)
    assert found.value is None
    assert [(fault.line, fault.path, fault.why) for fault in found.faults] == [(line, path, "value")]


def _order(platform: Platform, paid_at: datetime | None) -> Order:
    return Order(1, 1, platform, "1", "", OrderStatus.REVIEW, PlatformState.PAID, "CNY", NOW, paid_at=paid_at)


def test_the_deadline_is_the_platforms_or_the_companys() -> None:
    policy = Policy(alerts=Alerts(dispatch_hours={Platform.SHOPIFY: 72}))
    assert dispatch_deadline(_order(Platform.TAOBAO, NOW), policy) == NOW + timedelta(hours=48)
    assert dispatch_deadline(_order(Platform.SHOPIFY, NOW), policy) == NOW + timedelta(hours=72)
    promised = replace(_order(Platform.TAOBAO, NOW), promised_ship_at=NOW + timedelta(days=9))
    assert dispatch_deadline(promised, policy) == NOW + timedelta(days=9)


@pytest.mark.parametrize("state", [PlatformState.UNPAID, PlatformState.CLOSED])
def test_no_clock_runs_while_nothing_is_paid(state: PlatformState) -> None:
    order = replace(_order(Platform.TAOBAO, None), platform_state=state, promised_ship_at=NOW)
    assert dispatch_deadline(order, Policy()) is None


def test_where_nobody_told_when_it_was_paid_the_clock_runs_all_the_same() -> None:
    """Lazada's list has no time of payment, and cash on delivery is paid last."""
    order = _order(Platform.LAZADA, None)
    assert dispatch_deadline(order, Policy()) == order.created_at + timedelta(hours=48)
    order = replace(order, placed_at=NOW - timedelta(hours=5))
    assert dispatch_deadline(order, Policy()) == NOW + timedelta(hours=43)
    assert dispatch_deadline(replace(order, promised_ship_at=NOW), Policy()) == NOW
    later = replace(order, ship_from=NOW + timedelta(days=3))
    assert dispatch_deadline(later, Policy()) == NOW + timedelta(days=5)


@pytest.mark.parametrize(
    ("platform", "hours"),
    [
        (Platform.TAOBAO, 48),
        (Platform.PINDUODUO, 48),
        (Platform.SHOPEE, 48),
        (Platform.TIKTOK, 24),
        (Platform.SHOPIFY, 48),
    ],
)
def test_each_platform_has_its_clock_where_nobody_chose_another(platform: Platform, hours: int) -> None:
    assert dispatch_deadline(_order(platform, NOW), Policy()) == NOW + timedelta(hours=hours)
