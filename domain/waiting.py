"""What only time ends: the regret window, approval hours and presale (rules.md B2).

Surprising: hours are the company's own clock; on the day the clocks change the next opening is still the next one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.holds import Finding, HoldCode
from domain.orders import Order
from domain.policy import Policy
from domain.policy_sections import clock_hours


def waiting(order: Order, policy: Policy, zone: str, now: datetime) -> Iterator[Finding]:
    """PAY_DELAY, TIME_WINDOW and PRESALE_WAIT of one order, each with the moment it ends. `zone` is IANA."""
    regret = policy.screening.regret_minutes
    if regret and order.paid_at and now < (ends := order.paid_at + timedelta(minutes=regret)):
        yield Finding(HoldCode.PAY_DELAY, {"until": ends.isoformat(timespec="minutes")}, ends)
    if policy.screening.hours and (opens := next_opening(policy.screening.hours, zone, now)) is not None:
        facts = {"hours": policy.screening.hours, "until": opens.isoformat(timespec="minutes")}
        yield Finding(HoldCode.TIME_WINDOW, facts, opens)
    if order.presale:
        yield from _presale(order, policy, now)


def _presale(order: Order, policy: Policy, now: datetime) -> Iterator[Finding]:
    """A presale is worked on when its own deadline is as near as an ordinary order's."""
    if order.promised_ship_at is None:
        yield Finding(HoldCode.PRESALE_WAIT, {"until": ""})
        return
    begins = order.promised_ship_at - timedelta(hours=policy.dispatch_hours)
    if now < begins:
        yield Finding(HoldCode.PRESALE_WAIT, {"until": begins.isoformat(timespec="minutes")}, begins)


@lru_cache(64)
def _minutes(hours: str) -> tuple[int, int] | None:
    return clock_hours(hours)


def next_opening(hours: str, zone: str, now: datetime) -> datetime | None:
    """When the hours (HH:MM-HH:MM, over midnight too) begin next, aware UTC; None while they are on."""
    ends = _minutes(hours)
    if ends is None:
        return None
    start, end = ends
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    inside = start <= minute < end if start < end else minute >= start or minute < end
    if inside or start == end:
        return None
    day = local.replace(hour=start // 60, minute=start % 60, second=0, microsecond=0, fold=0)
    opening = (day if minute < start else day + timedelta(days=1)).astimezone(UTC)
    if opening <= now:  # the hour that comes twice: its first time is over
        opening = day.replace(fold=1).astimezone(UTC)
    return opening
