"""Cash on delivery in the day's workbook: by courier and currency, to the cent, and tied out."""

import dataclasses
import io
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from domain.finance.day_report import cash_by_courier, tie_out
from exports.book import register_styles
from exports.cells import Kind
from exports.sheet import Column, Ink, Table
from exports.workbook import day_workbook
from tests.exports.example_day import CASH, REPORT


def sheet(report: object, name: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(day_workbook(report, str)))  # type: ignore[arg-type]  # a report
    return [list(row) for row in book.get_sheet_by_name(name).to_python()]


def test_each_courier_has_its_sum_in_each_currency() -> None:
    assert cash_by_courier(CASH) == {("CNY", "DB"): (1, 5_000), ("CNY", "SF"): (2, 12_346), ("USD", "SF"): (1, 4_999)}
    rows = sheet(CASH, "1 Overview")
    at = next(n for n, row in enumerate(rows) if row[0] == "Cash on delivery, by courier")
    assert [row[:4] for row in rows[at + 1 : at + 5]] == [
        ["Courier", "Currency", "Shipments", "To collect"],
        ["DB", "CNY", 1.0, 50.0],
        ["SF", "CNY", 2.0, 123.46],
        ["SF", "USD", 1.0, 49.99],
    ]


def test_the_shipment_sheet_has_it_parcel_by_parcel_with_a_total_for_each_currency() -> None:
    head, *rows = sheet(CASH, "7 Shipments")
    place = head.index("Cash on delivery")
    told = [(row[0] if n > 4 else "", row[place - 1], row[place]) for n, row in enumerate(rows)]
    assert told == [
        ("", "CNY", 123.45),
        ("", "", ""),
        ("", "CNY", 0.01),
        ("", "CNY", 50.0),
        ("", "USD", 49.99),
        ("Total CNY", "CNY", 173.46),
        ("Total USD", "USD", 49.99),
    ]


def test_it_ties_and_a_cent_too_few_fails() -> None:
    assert [check for check in tie_out(CASH) if not check.ok] == []
    first = dataclasses.replace(CASH.shipments[0], collect=12_344)
    report = dataclasses.replace(CASH, shipments=(first, *CASH.shipments[1:]))
    failed = [(row[0], *row[2:]) for row in sheet(report, "99 Tie-out")[1:] if row[5] == "FAIL"]
    name = "Cash on delivery: the store's sum = sum of the shipment sheet (CNY)"
    assert failed == [(name, 173.46, 173.45, -0.01, "FAIL")]


def test_a_day_without_has_no_such_block() -> None:
    assert all(row[0] != "Cash on delivery, by courier" for row in sheet(REPORT, "1 Overview"))


def test_what_is_no_money_is_summed_by_the_first_currency_of_the_table() -> None:
    """By whichever came out of a set first, and that another time another way."""
    for number in range(30):
        first, second = f"a{number}", f"b{number}"
        columns = (
            Column[int](first, "", Kind.TEXT, 9, lambda n, _: "CNY"),
            Column[int](second, "", Kind.TEXT, 9, lambda n, _: "USD"),
            Column[int]("units", "", Kind.QUANTITY, 9, lambda n, _: n, total=True),
            Column[int]("one", "", Kind.MONEY, 9, lambda n, _: n, total=True, by=first),
            Column[int]("two", "", Kind.MONEY, 9, lambda n, _: n, total=True, by=second),
        )
        book = Workbook()
        ink = Ink(ZoneInfo("UTC"), register_styles(book))
        table = Table(book.create_sheet("x"), ink, columns, (2, 3), "units", "Total")
        cny, usd = list(table.rows())[3:]
        assert ("SUBTOTAL(109,C2:C3)" in cny, "SUBTOTAL(109,C2:C3)" in usd) == (True, False)
