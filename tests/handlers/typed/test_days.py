"""Days as people type them, and what is said of one that does not exist."""

from datetime import date

import pytest

from domain.errors import BadValue
from domain.people.people import Role
from handlers.typed.days import like_a_day, read_day
from tests.handlers.bilingual import desk_speaking_it, each_language
from tests.handlers.desk_chat import DeskChat

__all__ = ["desk_speaking_it", "each_language"]
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("text", ["2026-01-02", "2026/1/2", "2026.01.2", "20260102", "2026年1月2日", "2026年01月02"])
def test_a_day_is_read(text: str) -> None:
    assert read_day(text) == date(2026, 1, 2)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1", "9999-99-99", "2026-02-30", "0001-01-01", "99991332", "202601", "26-01-02", "B7"]
)
def test_what_is_no_day_is_refused_as_one(text: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_day(text)
    assert (refused.value.what, refused.value.value, refused.value.want) == ("date", text, "date")


@pytest.mark.parametrize(
    ("word", "like"),
    [("9999-99-99", True), ("2026/1/2", True), ("20260102", False), ("CUP-01", False), ("A-01-02", False)],
)
def test_what_is_written_like_a_day(word: str, like: bool) -> None:
    assert like_a_day(word) is like


NO_DAY = {
    "en": "«9999-99-99» is not valid for date. Expected: a date like 2026-11-23.",
    "zh": "「9999-99-99」不能作为日期。应为：形如 2026-11-23 的日期。",
}


async def test_no_such_day_behind_a_product_is_no_such_day(desk: DeskChat, language: str) -> None:
    picker = desk.cast.people[Role.PICKER]
    assert await desk.writes(picker, "/stock CUP-01 9999-99-99") == [NO_DAY[language]]


async def test_the_last_day_there_is_may_be_asked_for(desk: DeskChat, language: str) -> None:
    said = await desk.writes(desk.cast.people[Role.PICKER], "/stock CUP-01 9999-12-31")
    assert [text.split("\n")[0] for text in said] == ["📦 陶瓷杯 白 · CUP-01"]


async def test_no_such_day_of_a_report(desk: DeskChat, language: str) -> None:
    finance = desk.cast.people[Role.FINANCE]
    for day in ("9999-99-99", "0001-01-01"):
        assert await desk.writes(finance, f"/report {day}") == [NO_DAY[language].replace("9999-99-99", day)]
