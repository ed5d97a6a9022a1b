"""Moments as people type them, on the company's clock."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadValue
from domain.review.endings import typed

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:00", datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        ("9:30", datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
        ("18点", datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        ("11-25", datetime(2026, 11, 25, 1, 0, tzinfo=UTC)),
        ("11月25日 18：05", datetime(2026, 11, 25, 10, 5, tzinfo=UTC)),
        ("1-5 08:00", datetime(2027, 1, 5, 0, 0, tzinfo=UTC)),
        ("2026-12-01 08:00", datetime(2026, 12, 1, 0, 0, tzinfo=UTC)),
        ("明天 9:00", datetime(2026, 11, 24, 1, 0, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 11, 24, 1, 0, tzinfo=UTC)),
        ("2h", datetime(2026, 11, 23, 4, 0, tzinfo=UTC)),
        ("30 分钟", datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
    ],
)
def test_what_people_type(text: str, expected: datetime) -> None:
    assert typed(text, NOW, ZONE) == expected


@pytest.mark.parametrize("text", ["", "soon", "25:00", "13-40 08:00", "11-31", "2026-02-30 08:00", "0000-01-01 08:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        typed(text, NOW, ZONE)
    assert (caught.value.what, caught.value.value) == ("until", text)


@given(st.text(alphabet="0123456789-/:：. 年月日点h天明后today", max_size=20))
def test_any_text_is_an_aware_moment_or_refused(text: str) -> None:
    with contextlib.suppress(BadValue):
        assert typed(text, NOW, ZONE).tzinfo is UTC
