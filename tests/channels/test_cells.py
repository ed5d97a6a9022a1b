"""Each noise of real exports, and what becomes of it."""

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
    ("cell", "currency", "minor"),
    [
        ("IDR 25.000", "IDR", 25000),
        ("Rp1.250.000", "IDR", 1250000),
        ("Rp. 95.000", "IDR", 95000),
        ("95.000đ", "VND", 95000),
        ("1 234,56 €", "EUR", 123456),
        ("1\u202f234,56", "EUR", 123456),
        ("1’234.50", "CHF", 123450),
        ("3,000円", "JPY", 3000),
        ("12,50 zł", "PLN", 1250),
        ("人民币12.30", "CNY", 1230),
        ("25000", "IDR", 25000),
        ("₫120.000", "VND", 120000),
        ("25.000", "USD", 2500),
        ("US $12.34", "USD", 1234),
        ("AU $1,012.34", "AUD", 101234),
        ("RM12.30", "MYR", 1230),
        ("฿1,250.00", "THB", 125000),
    ],
)
def test_money_of_other_markets(cell: str, currency: str, minor: int) -> None:
    assert cells.money(cell, currency) == minor


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("12.34", ""),
        ("¥12.34", ""),
        ("$12.34", "USD"),
        ("AU $12.34", "AUD"),
        ("£12.34", "GBP"),
        ("IDR 25.000", "IDR"),
        ("Rp25.000", "IDR"),
        ("95.000đ", "VND"),
        ("12,50 zł", "PLN"),
        ("kr 12,50", ""),
        ("人民币12.30", "CNY"),
        ("RM12", "MYR"),
        ("S$5", "SGD"),
    ],
)
def test_an_amount_tells_its_currency(cell: str, currency: str) -> None:
    assert cells.told_currency(cell, "CNY") == currency


def test_a_bare_dollar_is_the_shops_own() -> None:
    assert [cells.told_currency("$5", home) for home in ("SGD", "CAD", "GBP")] == ["SGD", "CAD", "USD"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("SF1234567890123-顺丰速运,10001-1", "SF1234567890123"),
        ("SF1234567890123-顺丰速运,10001-1;YT9876543210123-圆通速递,10002-1", "SF1234567890123 YT9876543210123"),
        ("JDVA00012345678-1-1-", "JDVA00012345678-1-1-"),
        ("@SF1234567890123", "SF1234567890123"),
    ],
)
def test_waybill_without_courier_and_goods(cell: str, number: str) -> None:
    assert cells.waybill(cell) == number


def test_digits_of_full_width_are_digits() -> None:
    assert cells.money("￥１，２３４．５０", "CNY") == 123450
    assert cells.quantity("２") == 2
    assert cells.identifier("１２３４５６") == "123456"


def test_one_long_id_alone_that_ends_in_four_zeros_looks_rounded() -> None:
    """What a spreadsheet makes of an order number of 19 digits."""
    assert cells.looks_rounded(["2345678901234560000"])
    assert not cells.looks_rounded(["234567890123456000"])
