"""Each noise of real exports, and what becomes of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from channels import cells
from channels.reasons import Reason, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\t茶\t", "茶"),
        ("\ufeff茶\u200b", "茶"),
        ("\xa0茶\u3000", "茶"),
        ("`茶", "茶"),
        ('="007"', "007"),
        ("'13800001111", "13800001111"),
        ("'=1+1", "=1+1"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("NULL", ""),
        ("null", ""),
        ("-", ""),
        ("--", ""),
        ("- ", ""),
        ("/", ""),
        ("\t", ""),
        ("", ""),
        ("Null Island", "Null Island"),
        ("`" * 5000 + "茶", "茶"),
        ('="' * 5000 + "1" + '"' * 5000, '="' * 4999 + "1" + '"' * 4999),
    ],
)
def test_clean_strips_noise_and_keeps_data(cell: str, text: str) -> None:
    assert cells.clean(cell) == text


def test_code_has_no_apostrophe_even_before_a_letter() -> None:
    assert cells.code("'SW1A 1AA") == "SW1A 1AA"


@pytest.mark.parametrize(
    ("cell", "number"), [("@SF123", "SF123"), ("No:777", "777"), ("\t'YT1 , YT2\t", "YT1 , YT2"), ("-", "")]
)
def test_waybill(cell: str, number: str) -> None:
    assert cells.waybill(cell) == number


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("12.34", 1234),
        ("12", 1200),
        ("12.5", 1250),
        ("12.500", 1250),
        ("\t12.34\t", 1234),
        ("¥1,234.50", 123450),
        ("￥12.00", 1200),
        ("0元", 0),
        ("(12.00)", -1200),
        ("2,50-", -250),
        ("-8.50", -850),
        ("1,234", 123400),
        ("1.234,50", 123450),
        ("2,5", 250),
        ("'3.00", 300),
        ("`3.00", 300),
        ('="3.00"', 300),
        ("", 0),
        ("NULL", 0),
        ("0.1", 10),
        ("1E+2", 10000),
    ],
)
def test_money_is_exact_minor_units(cell: str, minor: int) -> None:
    assert cells.money(cell, "CNY") == minor


def test_money_knows_the_currency_decimals() -> None:
    assert cells.money("1200", "JPY") == 1200
    assert cells.money("1.234", "KWD") == 1234


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("abc", Reason.NOT_A_NUMBER),
        ("1_000", Reason.NOT_A_NUMBER),
        ("NaN", Reason.NOT_A_NUMBER),
        ("Infinity", Reason.NOT_A_NUMBER),
        ("1.2.3", Reason.NOT_A_NUMBER),
        ("12.345", Reason.TOO_FINE),
        ("1e-999999", Reason.TOO_FINE),
        ("9" * 16, Reason.OUT_OF_RANGE),
        ("1e999999999", Reason.OUT_OF_RANGE),
    ],
)
def test_money_refuses_with_the_value(cell: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        cells.money(cell, "CNY")
    assert (refusal.value.reason, refusal.value.facts) == (reason, {"value": cell})


@pytest.mark.parametrize(("cell", "count"), [("2", 2), ("\t2\t", 2), ("2.0", 2), ("1,000", 1000)])
def test_quantity(cell: str, count: int) -> None:
    assert cells.quantity(cell) == count


@pytest.mark.parametrize(
    ("cell", "reason", "facts"),
    [
        ("", Reason.MISSING, {}),
        ("0", Reason.NEGATIVE_QUANTITY, {"value": "0"}),
        ("-1", Reason.NEGATIVE_QUANTITY, {"value": "-1"}),
        ("1.5", Reason.NOT_A_NUMBER, {"value": "1.5"}),
        ("two", Reason.NOT_A_NUMBER, {"value": "two"}),
        ("1000001", Reason.OUT_OF_RANGE, {"value": "1000001"}),
        ("1e500", Reason.OUT_OF_RANGE, {"value": "1e500"}),
    ],
)
def test_quantity_refuses(cell: str, reason: Reason, facts: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        cells.quantity(cell)
    assert (refusal.value.reason, refusal.value.facts) == (reason, facts)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1234567890123456789", "1234567890123456789"),
        ("\t1234567890123456789\t", "1234567890123456789"),
        ("'1234567890123456789", "1234567890123456789"),
        ("10160070484512.0", "10160070484512"),
        ("260531-662941284701219", "260531-662941284701219"),
        ("#1001", "#1001"),
        ("123456789012345000", "123456789012345000"),
    ],
)
def test_identifier_stays_text(cell: str, text: str) -> None:
    assert cells.identifier(cell) == text


@pytest.mark.parametrize("cell", ["1.23E+17", "1.23e+17", "1,23E+17", "1E18"])
def test_identifier_in_e_notation_is_refused(cell: str) -> None:
    with pytest.raises(Refused) as refusal:
        cells.identifier(cell)
    assert (refusal.value.reason, refusal.value.facts) == (Reason.EXCEL_ROUNDED_ID, {"value": cell})


def test_ids_look_rounded_only_when_chance_is_out() -> None:
    assert cells.looks_rounded(["123456789012345000", "223456789012345000", "77"])
    assert not cells.looks_rounded(["123456789012345000"])  # one id in a thousand ends so
    assert not cells.looks_rounded(["123456789012345000", "223456789012345000", "323456789012345001"])
    assert not cells.looks_rounded([])


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
        ("null", None),
        ("", None),
    ],
)
def test_moment_is_aware_utc(cell: str, utc: datetime | None) -> None:
    assert cells.moment(cell, SHANGHAI) == utc


def test_moment_in_a_clock_change_gap_is_read_with_the_offset_before_it() -> None:
    assert cells.moment("2026-03-08 02:30:00", ZoneInfo("America/New_York")) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["46143.5", "20260501", "2026-13-01", "yesterday", "0001-01-01 00:00:00", "2026W181"])
def test_moment_refuses(cell: str) -> None:
    with pytest.raises(Refused) as refusal:
        cells.moment(cell, SHANGHAI)
    assert (refusal.value.reason, refusal.value.facts) == (Reason.NOT_A_DATE, {"value": cell})
