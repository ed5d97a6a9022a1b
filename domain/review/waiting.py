"""What only time ends: the regret window, approval hours and presale (rules.md B2).

Surprising: hours are the company's own clock; on the day the clocks change the next opening is still the next one. An
order with nothing against it is looked at again when the hours end, since nothing else would tell.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.orders.orders import Order
from domain.policy.policy import Policy
from domain.policy.policy_sections import clock_hours
from domain.review.holds import Finding, HoldCode


def waiting(order: Order, policy: Policy, zone: str, now: datetime) -> Iterator[Finding]:
    """PAY_DELAY, TIME_WINDOW and PRESALE_WAIT of one order, each with the moment it ends. `zone` is IANA."""
    regret = policy.screening.regret_minutes
    if regret and order.paid_at and now < (ends := order.paid_at + timedelta(minutes=regret)):
        yield Finding(HoldCode.PAY_DELAY, {"until": ends.isoformat(timespec="minutes")}, ends)
    if policy.screening.hours and (opens := next_opening(policy.screening.hours, zone, now)) is not None:
        facts = {"hours": policy.screening.hours, "until": opens.isoformat(timespec="minutes")}
        yield Finding(HoldCode.TIME_WINDOW, facts, opens)
    if order.presale or order.ship_from:
        yield from _presale(order, policy, now)


def rush_from(order: Order, policy: Policy) -> datetime | None:
    """When the promised ship time is so close that the order is a rush one (`urgent_hours`); None without a promise."""
    return order.promised_ship_at and order.promised_ship_at - timedelta(hours=policy.urgent_hours)


def _presale(order: Order, policy: Policy, now: datetime) -> Iterator[Finding]:
    """What the buyer wants from a day on waits for that day; any other presale is worked on when its own deadline is as
    near as an ordinary order's."""
    promised = order.promised_ship_at and order.promised_ship_at - timedelta(hours=policy.dispatch_hours)
    begins = order.ship_from or promised
    if begins is None:
        yield Finding(HoldCode.PRESALE_WAIT, {"until": ""})
    elif now < begins:
        yield Finding(HoldCode.PRESALE_WAIT, {"until": begins.isoformat(timespec="minutes")}, begins)


@lru_cache(64)
def _minutes(hours: str) -> tuple[int, int] | None:
    return clock_hours(hours)


def next_opening(hours: str, zone: str, now: datetime) -> datetime | None:
    """When the hours (HH:MM-HH:MM, over midnight too) begin next, aware UTC; None while they are on."""
    told, local = _minutes(hours), now.astimezone(ZoneInfo(zone))
    return None if told is None or _inside(*told, local) else _next(told[0], local, now)


def next_closing(hours: str, zone: str, now: datetime) -> datetime | None:
    """When they end next; None while they are off, and for hours that never end."""
    told, local = _minutes(hours), now.astimezone(ZoneInfo(zone))
    return _next(told[1], local, now) if told and told[0] != told[1] and _inside(*told, local) else None


def _inside(start: int, end: int, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end or start == end


def _next(minute: int, local: datetime, now: datetime) -> datetime:
    """The next time the company's clock shows that minute of the day."""
    day = local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0, fold=0)
    later = local.hour * 60 + local.minute >= minute
    found = (day + timedelta(days=1) if later else day).astimezone(UTC)
    if found <= now:  # the hour that comes twice: its first time is over
        found = day.replace(fold=1).astimezone(UTC)
    return found
