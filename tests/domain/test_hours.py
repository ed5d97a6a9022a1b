"""Quiet hours over midnight and where clocks change; the next and the last of some times of day."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadValue
from domain.hours import last_time, next_time, quiet_hours, quiet_until

CHINA, YORK = "Asia/Shanghai", "America/New_York"


def at(text: str) -> datetime:
    """A UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("22:00-08:00", (time(22), time(8))),
        (" 9:30 – 17:05 ", (time(9, 30), time(17, 5))),
        ("22：00～08：00", (time(22), time(8))),
        ("off", None),
        ("OFF", None),
        ("", None),
    ],
)
def test_quiet_hours_are_read(text: str, ends: tuple[time, time] | None) -> None:
    assert quiet_hours(text) == ends


@pytest.mark.parametrize("text", ["22-8", "24:00-08:00", "22:60-08:00", "08:00-08:00", "always", "22:00-08:00-09:00"])
def test_what_is_no_stretch_of_hours_is_refused(text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        quiet_hours(text)
    assert (refusal.value.what, refusal.value.value, refusal.value.want) == ("quiet_hours", text, "quiet_hours")


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23 13:59:59", None),  # 21:59:59 there
        ("2026-11-23 14:00:00", "2026-11-24 00:00:00"),
        ("2026-11-23 16:30:00", "2026-11-24 00:00:00"),  # past midnight there
        ("2026-11-23 23:59:59", "2026-11-24 00:00:00"),
        ("2026-11-24 00:00:00", None),  # eight sharp
    ],
)
def test_quiet_over_midnight_includes_its_start_and_not_its_end(now: str, end: str | None) -> None:
    assert quiet_until(at(now), "22:00-08:00", CHINA) == (at(end) if end else None)


def test_quiet_within_a_day() -> None:
    assert quiet_until(at("2026-11-23 04:30"), "12:00-13:00", CHINA) == at("2026-11-23 05:00")
    assert quiet_until(at("2026-11-23 05:00"), "12:00-13:00", CHINA) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # clocks go back on 1 November 2026 at 06:00 UTC: the night is an hour longer
        ("2026-11-01 02:00", "2026-11-01 13:00"),
        ("2026-11-01 12:59", "2026-11-01 13:00"),
        # clocks go forward on 8 March 2026 at 07:00 UTC: it is an hour shorter
        ("2026-03-08 03:00", "2026-03-08 12:00"),
        ("2026-03-08 12:00", None),
    ],
)
def test_quiet_where_the_clocks_change(now: str, end: str | None) -> None:
    assert quiet_until(at(now), "22:00-08:00", YORK) == (at(end) if end else None)


def test_an_hour_that_comes_twice_ends_the_second_time() -> None:
    """01:30 is at 05:30 and at 06:30 UTC; nobody is woken in between."""
    for now in ("2026-11-01 05:29", "2026-11-01 05:31", "2026-11-01 06:29"):
        assert quiet_until(at(now), "22:00-01:30", YORK) == at("2026-11-01 06:30")
    assert quiet_until(at("2026-11-01 06:30"), "22:00-01:30", YORK) is None


@given(
    now=st.integers(0, 366 * 24 * 60).map(lambda minutes: at("2026-01-01") + timedelta(minutes=minutes)),
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from([CHINA, YORK, "Australia/Lord_Howe"]),
)
def test_quiet_always_ends_later_and_then_is_over(now: datetime, start: time, end: time, zone: str) -> None:
    text = f"{start:%H:%M}-{end:%H:%M}"
    if text[:5] == text[6:]:
        return
    over = quiet_until(now, text, zone)
    if over is not None:
        assert now < over <= now + timedelta(hours=25)
        assert quiet_until(over, text, zone) is None


def test_times_of_day_come_in_turn() -> None:
    times = ("08:00", "20:00")
    assert next_time(at("2026-11-23 00:00"), times, CHINA) == at("2026-11-23 12:00")
    assert last_time(at("2026-11-23 00:00"), times, CHINA) == at("2026-11-23 00:00")
    assert next_time(at("2026-11-23 13:00"), times, CHINA) == at("2026-11-24 00:00")
    assert last_time(at("2026-11-22 23:59"), times, CHINA) == at("2026-11-22 12:00")
    assert next_time(at("2026-11-23 00:00"), (), CHINA) == at("2026-11-23 00:00")
    assert last_time(at("2026-11-23 00:00"), (), CHINA) is None
