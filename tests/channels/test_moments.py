"""Times in all the ways exporters, spreadsheets and people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import moments
from channels.reasons import Reason, Refused
from tests.channels.making import SHANGHAI


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2026-05-01 10:00:00", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("2026-05-01 10:00", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("2026/5/1 9:05", datetime(2026, 5, 1, 1, 5, tzinfo=UTC)),
        ("2026年5月1日", datetime(2026, 4, 30, 16, tzinfo=UTC)),
        ("\t2026-05-01 10:00:00\t", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("2026-05-01 10:00:00 +0400", datetime(2026, 5, 1, 6, tzinfo=UTC)),
        ("2026-05-01T10:00:00-05:00", datetime(2026, 5, 1, 15, tzinfo=UTC)),
        ("2026-05-01T10:00:00Z", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("2026-05-01 10:00:00 UTC", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("1777600800", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("1777600800.0", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("1777600800250", datetime(2026, 5, 1, 2, 0, 0, 250_000, tzinfo=UTC)),
        ("\t1777600800000\t", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("null", None),
        ("", None),
    ],
)
def test_moment_is_aware_utc(cell: str, utc: datetime | None) -> None:
    assert moments.moment(cell, SHANGHAI) == utc


def test_moment_in_a_clock_change_gap_is_read_with_the_offset_before_it() -> None:
    assert moments.moment("2026-03-08 02:30:00", ZoneInfo("America/New_York")) == datetime(
        2026, 3, 8, 7, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "cell",
    [
        "9143.5",
        "177760080",
        "17776008000",
        "0000000001",
        "9999999999",
        "1.7776E+12",
        "99143",
        "20261301",
        "2026-13-01",
        "yesterday",
        "2026W181",
        "2026-05-01 下午0时",
    ],
)
def test_moment_refuses(cell: str) -> None:
    with pytest.raises(Refused) as refusal:
        moments.moment(cell, SHANGHAI)
    assert (refusal.value.reason, refusal.value.facts) == (Reason.NOT_A_DATE, {"value": cell})


@pytest.mark.parametrize(
    ("cell", "day_first", "utc"),
    [
        ("Sep-05-26", None, datetime(2026, 9, 4, 16, tzinfo=UTC)),
        ("05-Sep-26", None, datetime(2026, 9, 4, 16, tzinfo=UTC)),
        ("05 Sep 2026 10:11", None, datetime(2026, 9, 5, 2, 11, tzinfo=UTC)),
        ("Sep 5, 2026", None, datetime(2026, 9, 4, 16, tzinfo=UTC)),
        ("September-05-2026 12:00:00 PM", None, datetime(2026, 9, 5, 4, tzinfo=UTC)),
        ("03/04/2026 10:11:12", True, datetime(2026, 4, 3, 2, 11, 12, tzinfo=UTC)),
        ("03/04/2026 12:11:12 AM", False, datetime(2026, 3, 3, 16, 11, 12, tzinfo=UTC)),
    ],
)
def test_moment_in_words_and_slashes(cell: str, day_first: bool | None, utc: datetime) -> None:
    assert moments.moment(cell, SHANGHAI, day_first) == utc


@pytest.mark.parametrize(
    "cell", ["03/04/2026", "Foo-05-26", "05-Sep", "Sep-32-26", "Sep-05-1826", "05 Sep 2026 13:00 PM"]
)
def test_moment_that_nobody_can_know_is_refused(cell: str) -> None:
    with pytest.raises(Refused) as refusal:
        moments.moment(cell, SHANGHAI)
    assert refusal.value.reason is Reason.NOT_A_DATE


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)), st.booleans(), st.booleans())  # noqa: DTZ001
def test_slashed_times_come_back(when: datetime, day_first: bool, halves: bool) -> None:
    """However the file writes them, once it is known which number is the day."""
    when = when.replace(microsecond=0, tzinfo=UTC)
    form = ("%d/%m/%Y " if day_first else "%m/%d/%Y ") + ("%I:%M:%S %p" if halves else "%H:%M:%S")
    assert moments.moment(when.strftime(form), ZoneInfo("UTC"), day_first) == when


@pytest.mark.parametrize(
    "cell",
    [
        "46143.6121990741",
        "20260501144134",
        "20260501 14:41:34",
        "2026/5/1 14:41:34",
        "2026-05-01 02:41:34 PM",
        "2026/5/1 下午2:41:34",
        "2026年5月1日 14时41分34秒",
        "2026年05月01日14:41:34",
        "２０２６-０５-０１ １４:４１:３４",
        "2026.5.1 14:41:34.0",
        "2026-05-01T14:41:34+08:00",
    ],
)
def test_one_moment_in_many_spellings(cell: str) -> None:
    assert moments.moment(cell, SHANGHAI) == datetime(2026, 5, 1, 6, 41, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "hour"),
    [("上午12:30", 0), ("上午9:30", 9), ("下午12:30", 12), ("下午0:30", 12), ("下午14:30", 14)],
)
def test_halves_of_the_day(cell: str, hour: int) -> None:
    assert moments.moment(f"2026-05-02 {cell}", ZoneInfo("UTC")) == datetime(2026, 5, 2, hour, 30, tzinfo=UTC)


def test_a_day_in_any_spelling_is_its_midnight() -> None:
    midnight = datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert {moments.moment(cell, SHANGHAI) for cell in ("46143", "20260501", "2026/5/1", "2026年5月1日")} == {midnight}


@pytest.mark.parametrize(
    ("cell", "month", "day"),
    [
        ("10-Dez-25", 12, 10),
        ("Dez 29, 2025", 12, 29),
        ("11-Mär-25", 3, 11),
        ("3. Okt. 2025", 10, 3),
        ("14-juin-2025", 6, 14),
        ("14-juil.-2025", 7, 14),
        ("1 déc. 2025", 12, 1),
        ("05-ago-25", 8, 5),
        ("2-mag-25", 5, 2),
        ("7 Agu 2025", 8, 7),
    ],
)
def test_months_are_called_as_where_the_file_is_from(cell: str, month: int, day: int) -> None:
    assert moments.moment(cell, ZoneInfo("UTC")) == datetime(2025, month, day, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["10-Xyz-25", "10-jui-25", "32-Dez-25", "10-__z-25"])
def test_what_is_no_month_in_any_of_them_is_no_date(cell: str) -> None:
    with pytest.raises(Refused):
        moments.moment(cell, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    "cell", ["0000-00-00 00:00:00", "0000-00-00", "1970-01-01 00:00:00", "1970-01-01 08:00:00", "0001-01-01T00:00:00"]
)
def test_what_databases_write_for_never_is_no_time(cell: str) -> None:
    assert moments.moment(cell, SHANGHAI) is None


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("25/11/2569 07:30", datetime(2026, 11, 25, 7, 30, tzinfo=UTC)),
        ("2569-11-25 07:30", datetime(2026, 11, 25, 7, 30, tzinfo=UTC)),
        ("29/02/2567", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_thai_years(cell: str, utc: datetime) -> None:
    assert moments.moment(cell, ZoneInfo("UTC"), True) == utc


@pytest.mark.parametrize(("cell", "day_first", "month"), [("3/4/26", False, 3), ("03/04/26 9:00 AM", True, 4)])
def test_a_year_of_two_digits_where_nothing_else_can_be_it(cell: str, day_first: bool, month: int) -> None:
    when = moments.moment(cell, SHANGHAI, day_first)
    assert when is not None
    assert (when.astimezone(SHANGHAI).year, when.astimezone(SHANGHAI).month) == (2026, month)


@pytest.mark.parametrize("cell", ["26/11/25", "26/11/11", "11/12/09"])
def test_a_year_that_may_stand_in_front_is_not_guessed(cell: str) -> None:
    with pytest.raises(Refused) as refusal:
        moments.moment(cell, SHANGHAI, day_first=True)
    assert refusal.value.reason is Reason.NOT_A_DATE
