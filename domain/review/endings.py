"""When a freeze ends: the endings at hand, and a moment as people type it, on the company's own clock.

Surprising: a time without a day is the next such time, and a day without a year the next such day, so nothing typed
here ever lies in the past by accident.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.errors import BadValue
from domain.hours import moments
from domain.review.queue import MORNING

_SPAN = re.compile(r"(\d{1,3})\s*(h|小时|个小时|m|min|分钟|d|天)", re.IGNORECASE)
_DAYS = {"今天": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2}
_UNITS = {"h": 60, "小": 60, "个": 60, "m": 1, "分": 1, "d": 1440, "天": 1440}
_WHEN = re.compile(
    r"(?:(?P<word>今天|明天|明日|后天|today|tomorrow)|(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?)?"
    r"\s*(?:(?P<hour>\d{1,2})(?:[:：点](?P<minute>\d{2})?))?",
    re.IGNORECASE,
)


def tomorrow(desk: Desk) -> datetime:
    """Nine o'clock tomorrow in the company's zone."""
    zone = ZoneInfo(desk.catalog.company.zone)
    return moments(desk.now.astimezone(zone).date() + timedelta(days=1), MORNING, zone)[0]


def typed(text: str, now: datetime, zone: str) -> datetime:
    """A moment as typed: `18:00`, `11-25`, `11-25 18:00`, `2026-11-25 18:00`, `明天 9:00`, `2h`, `30分钟`.

    A day alone means nine o'clock. Aware, after `now` unless a whole date says otherwise. Raises BadValue('until').
    """
    told = text.strip()
    if span := _SPAN.fullmatch(told):
        return now + timedelta(minutes=int(span[1]) * _UNITS[span[2][0].casefold()])
    found, place = _WHEN.fullmatch(told), ZoneInfo(zone)
    if not told or found is None:
        raise BadValue("until", told[:40], "until")
    try:
        return _moment(found, now, place)
    except (ValueError, OverflowError):
        raise BadValue("until", told[:40], "until") from None


def _moment(found: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime:
    at = MORNING if found["hour"] is None else time(int(found["hour"]), int(found["minute"] or 0))
    today = now.astimezone(zone).date()
    if found["word"]:
        return moments(today + timedelta(days=_DAYS[found["word"].casefold()]), at, zone)[0]
    if found["month"] is None:
        days = [today, today + timedelta(days=1)]
    elif found["year"]:
        return moments(date(int(found["year"]), int(found["month"]), int(found["day"])), at, zone)[0]
    else:
        month, day = int(found["month"]), int(found["day"])
        days = [made for year in range(today.year, today.year + 9) if (made := _day(year, month, day))]
    coming = [moment for one in days if (moment := moments(one, at, zone)[0]) > now]
    if not coming:
        raise ValueError("no such day")
    return coming[0]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
