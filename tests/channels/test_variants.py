"""One file in many dresses: whatever an exporter or a spreadsheet does to the table, the orders are the same."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from domain.intake.incoming import IncomingOrder
from tests.channels.making import csv_bytes, html_bytes, read, table, xlsx_bytes, zip_bytes
from tests.channels.test_any_bytes import FILES

Lines = list[list[object]]


def all_quoted(lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(lines)
    return text.getvalue().encode()


def tabbed(lines: Sequence[Sequence[object]], encoding: str) -> bytes:
    """As text with tabs is written: nothing is quoted."""
    return "".join("\t".join(map(str, line)) + "\r\n" for line in lines).encode(encoding)


def every_cell(lines: Lines, dress: Callable[[str], str]) -> Lines:
    """The cells below the header, but for the empty ones."""
    below: Lines = [[dress(str(cell)) if cell != "" else "" for cell in line] for line in lines[1:]]
    return [lines[0], *below]


def ids(lines: Lines, dress: Callable[[str], str]) -> Lines:
    """Long numbers only, as exporters guard them against spreadsheets."""
    return every_cell(lines, lambda cell: dress(cell) if cell.isdecimal() and len(cell) > 11 else cell)


def reversed_columns(lines: Lines) -> Lines:
    return [line[::-1] for line in lines]


DRESSES: dict[str, Callable[[Lines], bytes]] = {
    "with a mark": lambda lines: csv_bytes(lines, "utf-8-sig"),
    "gb18030": lambda lines: csv_bytes(lines, "gb18030"),
    "utf-16, tabs": lambda lines: tabbed(lines, "utf-16"),
    "utf-16 without a mark": lambda lines: tabbed(lines, "utf-16-le"),
    "semicolons": lambda lines: csv_bytes(lines, "utf-8", ";"),
    "all quoted": all_quoted,
    "workbook": lambda lines: xlsx_bytes({"Sheet1": lines}),
    "workbook with a title": lambda lines: xlsx_bytes({"Sheet1": [["订单列表"], [], *lines]}),
    "page": html_bytes,
    "packed": lambda lines: zip_bytes({"orders/a.csv": csv_bytes(lines), "readme.pdf": b"%PDF-1.4"}),
    "preamble": lambda lines: csv_bytes([["#导出时间：2026-05-01"], [""], ["Seller: xiaoer"], *lines]),
    "blank rows": lambda lines: csv_bytes([[], lines[0], [], [""] * len(lines[0]), *lines[1:], [], []]),
    "total below": lambda lines: csv_bytes([*lines, ["合计", *[""] * (len(lines[0]) - 2), "99.00"]]),
    "header again": lambda lines: csv_bytes([*lines, lines[0]]),
    "tab behind": lambda lines: csv_bytes(every_cell(lines, "{}\t".format)),
    "tab before": lambda lines: csv_bytes(every_cell(lines, "\t{}".format)),
    "ids as formulas": lambda lines: csv_bytes(ids(lines, '="{}"'.format)),
    "ids as text": lambda lines: csv_bytes(ids(lines, "'{}".format)),
    "a column more": lambda lines: csv_bytes([[*line, ""] for line in lines]),
    "columns turned round": lambda lines: csv_bytes(reversed_columns(lines)),
    "no end of line": lambda lines: csv_bytes(lines).rstrip(b"\r\n"),
    "old Mac's lines": lambda lines: csv_bytes(lines).replace(b"\r\n", b"\r"),
}


def bare(data: bytes) -> list[IncomingOrder]:
    """The orders without what tells only where they stood."""
    orders, rejected = read(data, currency="USD")
    assert rejected == []
    return [replace(order, raw="", row=0) for order in orders]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("file", FILES, ids=lambda file: "-".join(file[0][:2]))
def test_orders_are_the_same(file: tuple[list[str], dict[str, str]], dress: str) -> None:
    lines = table(*file)
    assert bare(DRESSES[dress](lines)) == bare(csv_bytes(lines))
