"""Hours of the day in a zone: quiet hours, and the times at which things are collected or handed over.

Surprising: a quiet time is a stretch between two moments, never a comparison of clock faces. Where the clocks go
back, the end is the later of the two moments with that name, so nobody is woken in between.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import BadValue

OFF = "off"
_QUIET = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})\s*")
_DAY = timedelta(days=1)


def moments(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The earliest and the latest UTC moment a clock on the wall there may call so (two when clocks change)."""
    found = [datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]
    return min(found), max(found)


def quiet_hours(text: str) -> tuple[time, time] | None:
    """`22:00-08:00` -> its two ends; None for `off` and ''. Raises BadValue, also for a stretch without length."""
    if text.strip().casefold() in ("", OFF):
        return None
    found = _QUIET.fullmatch(text.replace("：", ":").replace("～", "~"))
    try:
        if found is not None:
            hour, minute, to_hour, to_minute = map(int, found.groups())
            start, end = time(hour, minute), time(to_hour, to_minute)
            if start != end:
                return start, end
    except ValueError:
        pass
    raise BadValue("quiet_hours", text.strip(), "quiet_hours")


def quiet_until(now: datetime, text: str, zone: str) -> datetime | None:
    """When the quiet time `now` lies in ends (UTC); None when it lies in none."""
    ends = quiet_hours(text)
    if ends is None:
        return None
    start, end = ends
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    for day in (today - _DAY, today):
        begins = moments(day, start, place)[0]
        over = moments(day if start < end else day + _DAY, end, place)[1]
        if begins <= now < over:
            return over
    return None


def _around(now: datetime, times: Iterable[str], zone: str) -> list[datetime]:
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    ats = [time.fromisoformat(text) for text in times]
    return sorted(moments(today + step * _DAY, at, place)[0] for at in ats for step in (-1, 0, 1))


def next_time(now: datetime, times: Iterable[str], zone: str) -> datetime:
    """The first of these times of day after now; now itself when there are none."""
    return min((at for at in _around(now, times, zone) if at > now), default=now)


def last_time(now: datetime, times: Iterable[str], zone: str) -> datetime | None:
    """The last of these times of day that has come; None when there are none."""
    return max((at for at in _around(now, times, zone) if at <= now), default=None)
