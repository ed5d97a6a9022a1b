"""Workbooks: typed cells, and files made to hurt."""

import io
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import openpyxl
import pytest

import channels
from channels import workbooks
from channels.reasons import Reason
from tests.channels.making import SHANGHAI, TAOBAO, TAOBAO_ROW, only, read, refused, table, xlsx_bytes

NUMBER = TAOBAO_ROW["订单编号"]


def unreadable(data: bytes) -> tuple[str, dict[str, str]]:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read("orders.xlsx", data, zone=SHANGHAI)
    return refusal.value.code, refusal.value.facts


def zipped(entries: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return data.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose only sheet is this XML."""
    entries = {}
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes({"s": [["x"]]}))) as file:
        for name in file.namelist():
            entries[name] = xml if name.startswith("xl/worksheets/") else file.read(name)
    return zipped(entries)


def sheet(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_typed_cells() -> None:
    row = TAOBAO_ROW | {
        "买家应付货款": 88,
        "买家应付邮费": 6.5,
        "总金额": 94.49999999999999,
        "订单创建时间": datetime(2026, 5, 1, 10),  # noqa: DTZ001 -- a cell knows no zone
        "联系手机": 13800001111,
    }
    order = only(xlsx_bytes({"s": table(TAOBAO, row)}))
    assert (order.goods, order.shipping, order.receiver.phone) == (8800, 650, "13800001111")
    assert (order.total, order.placed_at) == (9450, datetime(2026, 5, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize("number", [2345678901234567891, 1234567890123450, 123456789012345000])
def test_numeric_id_no_longer_known_to_the_last_digit_is_refused(number: int) -> None:
    ((row, reason, facts),) = refused(xlsx_bytes({"s": table(TAOBAO, TAOBAO_ROW | {"订单编号": number})}))
    assert (row, reason, facts["column"]) == (2, "excel_rounded_id", "订单编号")


@pytest.mark.parametrize("number", [123456789012345, 1234567890123451])
def test_numeric_id_that_is_known_is_taken(number: int) -> None:
    assert only(xlsx_bytes({"s": table(TAOBAO, TAOBAO_ROW | {"订单编号": number})})).number == str(number)


def test_hidden_sheets_are_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"show": [["x"]], "hide": table(TAOBAO, TAOBAO_ROW)})))
    book["hide"].sheet_state = "hidden"
    data = io.BytesIO()
    book.save(data)
    assert unreadable(data.getvalue())[0] == Reason.UNKNOWN_HEADER


def test_row_numbers_are_the_sheets_and_refusals_name_the_sheet_when_there_are_several() -> None:
    bad = table(TAOBAO, TAOBAO_ROW | {"总金额": "x"})
    other = table(TAOBAO, TAOBAO_ROW)
    orders, rejected = read(xlsx_bytes({"一月": [[], ["", "导出"], *bad], "二月": other}))
    assert [one.row for one in orders] == [2]
    facts = {"column": "总金额", "value": "x", "sheet": "一月"}
    assert [(one.row, one.reason, one.facts) for one in rejected] == [(4, "not_a_number", facts)]


def test_zip_bomb_by_ratio() -> None:
    data = zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * (50 << 20)})
    assert unreadable(data) == (Reason.ZIP_BOMB, {"megabytes": "50", "limit": "400"})


def test_zip_bomb_with_a_lying_directory() -> None:
    """The directory says 10 bytes; what is inside is 20 MB. No more than the claim is ever unpacked."""
    name = b"xl/worksheets/sheet1.xml"
    data = bytearray(zipped({"xl/workbook.xml": b"<x/>", name.decode(): b"0" * (20 << 20)}))
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    assert unreadable(bytes(data))[0] == Reason.NOT_A_WORKBOOK


def test_too_many_entries() -> None:
    entries = {"xl/workbook.xml": b"<x/>"} | {f"x{number}": b"" for number in range(5_001)}
    assert unreadable(zipped(entries))[0] == Reason.ZIP_BOMB


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c></row><row r = '1048000'><c s='1' r = 'XFD1048000'><v>1</v></c></row>",
        '<row r="900000"><c r="A900000"><v>1</v></c></row><row>' + "<c><v>1</v></c>" * 100 + "</row>",
    ],
)
def test_one_cell_in_the_last_corner_is_not_unfolded(rows: str) -> None:
    assert unreadable(with_sheet(sheet(rows)))[0] in (Reason.TOO_MANY_CELLS, Reason.TOO_MANY_ROWS)


def test_extent_is_the_same_wherever_the_chunks_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_CHUNK", 7)
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="700000"><c r="BZ700000"><v>1</v></c></row>'
    assert unreadable(with_sheet(sheet(rows))) == (
        Reason.TOO_MANY_CELLS,
        {"cells": str(700_000 * 78), "limit": "28000000"},
    )


def test_sheet_under_another_name_is_measured_too() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="999999"><c r="XFD999999"><v>1</v></c></row>'
    entries = {}
    with zipfile.ZipFile(io.BytesIO(with_sheet(sheet(rows)))) as file:
        for name in file.namelist():
            content = file.read(name).replace(b"worksheets/sheet1.xml", b"elsewhere.dat")
            entries[name.replace("worksheets/sheet1.xml", "elsewhere.dat")] = content
    assert unreadable(zipped(entries))[0] == Reason.TOO_MANY_CELLS


def test_over_a_million_rows() -> None:
    assert unreadable(with_sheet(sheet('<row r="1000001"><c r="A1000001"><v>1</v></c></row>'))) == (
        Reason.TOO_MANY_ROWS,
        {"rows": "1000001", "limit": "1000000"},
    )


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and then nothing of a zip",
        zipped({"xl/workbook.xml": b"<<<"}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_not_a_workbook(data: bytes) -> None:
    assert unreadable(data)[0] == Reason.NOT_A_WORKBOOK


@pytest.mark.parametrize("part", ["word/document.xml", "ppt/presentation.xml"])
def test_a_letter_is_no_damaged_workbook(part: str) -> None:
    assert unreadable(zipped({"[Content_Types].xml": b"<x/>", part: b"<x/>"}))[0] == Reason.NOT_A_TABLE


def test_torn_workbook() -> None:
    data = xlsx_bytes({"s": table(TAOBAO, TAOBAO_ROW)})
    assert unreadable(data[: len(data) // 2])[0] == Reason.NOT_A_WORKBOOK


def test_encrypted_workbook() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert unreadable(data) == (Reason.ENCRYPTED, {})
