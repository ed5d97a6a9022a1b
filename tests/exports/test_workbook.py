"""The day's workbook as a reader opens it: openpyxl sees the formulas, calamine what a phone shows."""

import dataclasses
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from domain.finance.day_report import DayReport, tie_out
from exports.workbook import day_workbook, workbook_name
from tests.exports.example_day import CASH, EVIL, LONG_A, LONG_B, NOON, ORDERS, REPORT, shipment, stock
from tests.exports.formulas import Sheets

EMPTY = dataclasses.replace(
    REPORT,
    shops=(),
    orders=(),
    refunds=(),
    returns=(),
    shipments=(),
    recalls=(),
    stock=(),
    controls=(),
    ties=(),
    trend=(),
)


def english(text: str) -> str:
    return text


def formulas(report: DayReport) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(day_workbook(report, english)))


def shown(report: DayReport, sheet: str) -> list[list[object]]:
    """What a viewer that does not calculate shows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(day_workbook(report, english)))
    return [list(row) for row in book.get_sheet_by_name(sheet).to_python()]


@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        EMPTY,
        dataclasses.replace(REPORT, orders=ORDERS[:1], shops=REPORT.shops[:1]),
        dataclasses.replace(REPORT, orders=ORDERS[1:], stock=(stock("TEE", 10, 5, 3, 13), stock("CUP", 1, 0, 0, 0))),
        dataclasses.replace(REPORT, shipments=(shipment("P1", "W1", 5), shipment("P2", "W1", 5))),
        CASH,
    ],
    ids=["two currencies", "empty", "one order", "does not tie", "waybill twice", "cash on delivery"],
)
def test_every_formula_gives_the_result_stored_beside_it(report: DayReport) -> None:
    content = day_workbook(report, english)
    book = openpyxl.load_workbook(io.BytesIO(content))
    stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    sheets = Sheets(book)
    wrong = []
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            result = stored[sheet.title][cell.coordinate].value
            expected = Decimal(str(result)) if isinstance(result, int | float) else result or ""
            got = sheets.value(sheet.title, cell.coordinate)
            if got != expected:
                wrong.append((sheet.title, cell.coordinate, cell.value, got, expected))
    assert wrong == []


def test_a_day_that_ties_is_all_pass() -> None:
    results = [row[5] for row in shown(REPORT, "99 Tie-out")[1:]]
    assert results == ["PASS"] * len(tie_out(REPORT))
    cover = {row[0]: row[1] for row in shown(REPORT, "0 Cover")}
    assert (cover["Checks passed"], cover["Checks failed"], cover["Light"]) == (27, 0, "PASS")


def test_a_missing_order_fails_by_its_amount() -> None:
    report = dataclasses.replace(REPORT, orders=ORDERS[1:])
    lines = {row[0]: row[2:] for row in shown(report, "99 Tie-out")[1:]}
    assert lines["Paid: the store's sum = sum of the order sheet (CNY)"] == [223.45, 100.0, -123.45, "FAIL"]
    cover = {row[0]: row[1] for row in shown(report, "0 Cover")}
    assert (cover["Checks passed"], cover["Checks failed"], cover["Light"]) == (25, 2, "FAIL")


def test_the_cover_and_the_domain_count_the_same_failures() -> None:
    report = dataclasses.replace(REPORT, stock=(stock("TEE", 10, 5, 3, 13),), shipments=())
    cover = {row[0]: row[1] for row in shown(report, "0 Cover")}
    assert cover["Checks failed"] == sum(not check.ok for check in tie_out(report)) == 3


def test_currencies_are_never_added() -> None:
    rows = shown(REPORT, "3 Orders")
    paid = rows[0].index("Paid")
    assert [(row[0], row[paid]) for row in rows[5:]] == [("Total CNY", 223.45), ("Total USD", 70.0)]
    cost = rows[0].index("Goods cost")
    assert [row[cost] for row in rows[5:]] == [40.0, ""]


def test_one_currency_has_plain_subtotals_and_no_helper_column() -> None:
    sheet = formulas(dataclasses.replace(REPORT, orders=ORDERS[:2]))["3 Orders"]
    assert sheet["M4"].value == "=SUBTOTAL(109,M2:M3)"
    assert [cell.value for cell in sheet[1]][-2:] == ["Goods cost", "Cost basis"]
    assert [sheet.cell(row, sheet.max_column).value for row in (2, 3)] == ["average cost as it left"] * 2


def test_a_formula_from_a_buyer_is_text_in_every_place() -> None:
    """A title, a shop, an order number, a source: each begins like a formula, none becomes one."""
    order = dataclasses.replace(ORDERS[0], shop=EVIL, number="+1+cmd|'/c calc'!A0")
    source = dataclasses.replace(REPORT, orders=(order,), cutoffs=(("@SUM(1)", NOON),), company="-2+3")
    book = formulas(source)
    row = book["3 Orders"][2]
    assert (row[0].value, row[0].data_type, row[0].quotePrefix) == (EVIL, "s", True)
    assert (row[2].value, row[2].data_type, row[2].quotePrefix) == ("+1+cmd|'/c calc'!A0", "s", True)
    title = book["4b Returns"]["E3"]
    assert (title.value, title.data_type, title.quotePrefix) == (EVIL, "s", True)
    cover = [cell for line in book["0 Cover"] for cell in line if cell.value in ("@SUM(1)", "-2+3 · daily report")]
    assert [(cell.data_type, cell.quotePrefix) for cell in cover] == [("s", True), ("s", True)]


def test_long_numbers_stay_text_to_the_last_digit() -> None:
    sheet = formulas(REPORT)["3 Orders"]
    assert [(sheet[f"C{row}"].value, sheet[f"C{row}"].number_format) for row in (2, 3)] == [
        (LONG_A, "@"),
        (LONG_B, "@"),
    ]


def test_the_overview_tells_shops_apart_that_sumifs_would_not() -> None:
    rows = shown(REPORT, "1 Overview")
    by_shop = {row[0]: row[3:10] for row in rows[9:13]}
    assert by_shop == {
        "Tao One": [1, 2, 123.45, 0, 0, 123.45, 0],
        ">5": [1, 2, 100, 1, 25, 75, 0.25],
        "Ship & Co": [2, 4, 70, 1, 9.99, 60.01, 0.1427],
        "Quiet shop": [0, 0, 0, 0, 0, 0, 0],
    }


def test_sheets_are_ready_to_read_and_to_print() -> None:
    sheet = formulas(REPORT)["3 Orders"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:T5"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet["M2"].number_format == "#,##0.00;[Red]-#,##0.00"
    assert sheet["D2"].number_format == "yyyy-mm-dd hh:mm"


def test_yen_have_no_decimals() -> None:
    order = dataclasses.replace(ORDERS[0], currency="JPY", paid=1200)
    sheet = formulas(dataclasses.replace(REPORT, orders=(order,)))["3 Orders"]
    assert (sheet["M2"].value, sheet["M2"].number_format) == (1200, "#,##0;[Red]-#,##0")


def test_a_shipment_says_its_size_and_what_that_weighs() -> None:
    sized = dataclasses.replace(shipment("P1", "W1", 5), size_mm=(300, 200, 155), volumetric_g=1550)
    report = dataclasses.replace(REPORT, shipments=(sized, shipment("P2", "W2", 5)))
    head, first, second = shown(report, "7 Shipments")[:3]
    at = head.index("Size cm")
    assert head[at : at + 2] == ["Size cm", "Volumetric kg"]
    assert (first[at : at + 2], second[at : at + 2]) == (["30×20×15.5", 1.55], ["", ""])


def test_recalls_stand_with_their_states_and_fees() -> None:
    rows = shown(REPORT, "7b Recalls")
    places = [rows[0].index(name) for name in ("Waybill", "Asked to", "State", "Currency", "Fee", "Reason")]
    assert [[row[at] for at in places] for row in rows[1:4]] == [
        ["SF1", "Bring it back", "Failed", "CNY", 12.0, EVIL],
        ["SF2", "Deliver elsewhere", "Accepted", "CNY", 0.0, ""],
        ["SF3", "Hold it at the station", "Back", "USD", 7.0, ""],
    ]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert day_workbook(REPORT, english) == day_workbook(REPORT, english)


def test_an_empty_day_is_a_whole_workbook() -> None:
    book = formulas(EMPTY)
    assert book.sheetnames == [
        "0 Cover", "1 Overview", "3 Orders", "4a Refunds", "4b Returns", "7 Shipments", "7b Recalls",
        "10 Stock", "99 Tie-out",
    ]  # fmt: skip
    assert [row[5] for row in shown(EMPTY, "99 Tie-out")[1:]] == ["PASS", "PASS"]


def test_the_trend_is_drawn_with_its_values_inside() -> None:
    with zipfile.ZipFile(io.BytesIO(day_workbook(REPORT, english))) as package:
        charts = [package.read(name).decode() for name in package.namelist() if "charts/chart" in name]
    assert len(charts) == 2
    assert re.findall(r"<v>(.*?)</v>", charts[0])[14:17] == ["0", "79.19", "158.38"]
    assert re.findall(r"<v>(.*?)</v>", charts[1])[-9] == "-395.95"


def test_a_file_name_is_safe_and_says_what_it_is() -> None:
    words = {"Daily report": "日报", "provisional": "暂估", "final": "终版"}
    assert workbook_name(REPORT, words.__getitem__) == "日报_小二_贸易_公司_2026-11-22_v1暂估.xlsx"
    nasty = dataclasses.replace(REPORT, company="../..\\\u202eexe\x00|a", version=2, final=True)
    assert workbook_name(nasty, words.__getitem__) == "日报_exe_a_2026-11-22_v2终版.xlsx"
