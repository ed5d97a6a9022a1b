"""What only time ends: each finding's moment, hours over midnight, and the days on which the clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy.policy import Policy
from domain.policy.policy_sections import Screening
from domain.review.holds import Finding, HoldCode
from domain.review.waiting import next_closing, next_opening, waiting
from tests.domain.review.test_screening import NOW, ORDER

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        ("08:00-23:00", "2026-11-23T07:59+08:00", "2026-11-23T08:00+08:00"),
        ("08:00-23:00", "2026-11-23T08:00+08:00", None),
        ("08:00-23:00", "2026-11-23T22:59+08:00", None),
        ("08:00-23:00", "2026-11-23T23:00+08:00", "2026-11-24T08:00+08:00"),
        ("20:00-02:00", "2026-11-23T19:59+08:00", "2026-11-23T20:00+08:00"),
        ("20:00-02:00", "2026-11-24T01:59+08:00", None),
        ("20:00-02:00", "2026-11-24T02:00+08:00", "2026-11-24T20:00+08:00"),
        ("08:00-08:00", "2026-11-24T02:00+08:00", None),
        ("nonsense", "2026-11-24T02:00+08:00", None),
    ],
)
def test_hours_of_the_day(hours: str, now: str, opens: str | None) -> None:
    assert next_opening(hours, SHANGHAI, utc(now)) == (utc(opens) if opens else None)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        ("08:00-20:00", "2026-03-07T21:00-05:00", "2026-03-08T08:00-04:00"),  # an hour less to wait
        ("08:00-20:00", "2026-10-31T21:00-04:00", "2026-11-01T08:00-05:00"),  # an hour more
        ("02:30-05:00", "2026-03-08T01:59-05:00", "2026-03-08T03:30-04:00"),  # half past two does not exist
        ("01:15-01:45", "2026-11-01T01:05-04:00", "2026-11-01T01:15-04:00"),
        ("01:15-01:45", "2026-11-01T01:05-05:00", "2026-11-01T01:15-05:00"),  # its second time
    ],
)
def test_days_on_which_the_clocks_change(hours: str, now: str, opens: str) -> None:
    assert next_opening(hours, NEW_YORK, utc(now)) == utc(opens)


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(0, 527_040).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
def test_an_opening_is_ahead_and_within_25_hours(start: int, end: int, now: datetime) -> None:
    hours = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    opens = next_opening(hours, NEW_YORK, now)
    assert opens is None or now < opens <= now + timedelta(hours=25)


@pytest.mark.parametrize(
    ("hours", "now", "closes"),
    [
        ("08:00-23:00", "2026-11-23T07:59+08:00", None),
        ("08:00-23:00", "2026-11-23T08:00+08:00", "2026-11-23T23:00+08:00"),
        ("08:00-23:00", "2026-11-23T22:59+08:00", "2026-11-23T23:00+08:00"),
        ("08:00-23:00", "2026-11-23T23:00+08:00", None),
        ("20:00-02:00", "2026-11-23T20:00+08:00", "2026-11-24T02:00+08:00"),
        ("20:00-02:00", "2026-11-24T01:59+08:00", "2026-11-24T02:00+08:00"),
        ("08:00-08:00", "2026-11-24T02:00+08:00", None),
        ("nonsense", "2026-11-24T02:00+08:00", None),
    ],
)
def test_when_the_hours_end(hours: str, now: str, closes: str | None) -> None:
    assert next_closing(hours, SHANGHAI, utc(now)) == (utc(closes) if closes else None)


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(0, 527_040).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
def test_hours_end_where_they_are_off_and_are_never_both(start: int, end: int, now: datetime) -> None:
    hours = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    closes, opens = next_closing(hours, SHANGHAI, now), next_opening(hours, SHANGHAI, now)
    assert (closes is None) is (opens is not None or start == end)
    if closes:
        assert now < closes <= now + timedelta(hours=24)
        assert next_opening(hours, SHANGHAI, closes) is not None
        assert next_opening(hours, SHANGHAI, closes - timedelta(seconds=1)) is None


def test_the_regret_window_ends_after_its_minutes() -> None:
    policy = replace(Policy(), screening=Screening(regret_minutes=30))
    ends = NOW + timedelta(minutes=30)
    assert list(waiting(ORDER, policy, SHANGHAI, NOW)) == [
        Finding(HoldCode.PAY_DELAY, {"until": "2026-11-23T09:30+00:00"}, ends)
    ]
    assert list(waiting(ORDER, policy, SHANGHAI, ends)) == []
    assert list(waiting(replace(ORDER, paid_at=None), policy, SHANGHAI, NOW)) == []


def test_a_presale_waits_until_its_own_deadline_is_near() -> None:
    promised = NOW + timedelta(hours=100)
    order = replace(ORDER, presale=True, promised_ship_at=promised)
    begins = promised - timedelta(hours=48)
    assert list(waiting(order, Policy(), SHANGHAI, NOW)) == [
        Finding(HoldCode.PRESALE_WAIT, {"until": begins.isoformat(timespec="minutes")}, begins)
    ]
    assert list(waiting(order, Policy(), SHANGHAI, begins)) == []


def test_a_presale_without_a_date_waits_for_one() -> None:
    order = replace(ORDER, presale=True)
    assert list(waiting(order, Policy(), SHANGHAI, NOW)) == [Finding(HoldCode.PRESALE_WAIT, {"until": ""})]
