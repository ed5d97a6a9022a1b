"""A whole workbook file: openpyxl's package with sheet bodies of our own streamed into it.

Surprising: openpyxl saves every sheet empty (views, widths, print set-up, conditional formats and charts are
its); then the package is written again with the rows in place of each empty `<sheetData>`. That is several times
faster than openpyxl's cells and lets a formula carry its result. The same input gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from exports.cells import Kind, Look, Style

_FORMATS = {
    Kind.TEXT: "General",
    Kind.ID: "@",
    Kind.QUANTITY: "#,##0;[Red]-#,##0",
    Kind.WEIGHT: "0.000",
    Kind.RATE: "0.00%",
    Kind.DATETIME: "yyyy-mm-dd hh:mm",
    Kind.DATE: "yyyy-mm-dd",
}
_EMPTY = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')
_MOMENT = (1980, 1, 1, 0, 0, 0)


def number_format(look: Look) -> str:
    """The format code of the kind (rules.md C4); money has as many decimals as its currency."""
    if look.kind is not Kind.MONEY:
        return _FORMATS[look.kind]
    plain = "#,##0" + ("." + "0" * look.decimals if look.decimals else "")
    return f"{plain};[Red]-{plain}"


def register_styles(workbook: Workbook) -> dict[Look, int]:
    """Every look there can be, in the package's style table, with its number there."""
    sheet = workbook.worksheets[0]
    looks = [Look(style, kind) for style in Style for kind in Kind]
    looks += [Look(style, Kind.MONEY, decimals) for style in Style for decimals in _DECIMALS]
    looks += [replace(look, quoted=True) for look in looks]
    return {look: _style_number(sheet, look) for look in looks}


def _style_number(sheet: Worksheet, look: Look) -> int:
    """Made through a cell that belongs to no sheet: that is how openpyxl lets styles in."""
    cell = Cell(sheet, row=1, column=1)
    cell.font, cell.fill, cell.border = _FONTS[look.style], _FILLS[look.style], _BORDERS[look.style]
    text = look.kind in {Kind.TEXT, Kind.ID}
    wrap = look.style in {Style.HEADER, Style.NOTE}
    level = "center" if look.style is Style.HEADER else "top" if wrap else None
    cell.alignment = Alignment(horizontal="left" if text else None, vertical=level, wrap_text=wrap)
    cell.number_format = number_format(look)
    cell.quotePrefix = look.quoted
    number: int = cell.style_id
    return number


_DECIMALS = (0, 1, 3, 4)
_PLAIN, _NONE, _LINE = PatternFill(), Border(), Side(style="thin", color="FF8C99A6")
_FONTS = {
    Style.DATA: Font(name="Microsoft YaHei", size=10),
    Style.HEADER: Font(name="Microsoft YaHei", size=10, bold=True, color="FFFFFFFF"),
    Style.TOTAL: Font(name="Microsoft YaHei", size=10, bold=True),
    Style.TITLE: Font(name="Microsoft YaHei", size=16, bold=True, color="FF1F3A5F"),
    Style.SECTION: Font(name="Microsoft YaHei", size=12, bold=True, color="FF1F3A5F"),
    Style.LINK: Font(name="Microsoft YaHei", size=10, underline="single", color="FF0563C1"),
    Style.NOTE: Font(name="Microsoft YaHei", size=9, color="FF5A6672"),
}
_FILLS = dict.fromkeys(Style, _PLAIN) | {
    Style.HEADER: PatternFill("solid", fgColor="FF1F3A5F"),
    Style.TOTAL: PatternFill("solid", fgColor="FFE8EEF4"),
}
_BORDERS = dict.fromkeys(Style, _NONE) | {Style.TOTAL: Border(top=_LINE)}


def package(workbook: Workbook, bodies: Iterable[tuple[str, Iterable[str]]], made_at: datetime, title: str) -> bytes:
    """The file's bytes. `bodies`: per sheet, in the workbook's order, its extent ("A1:K9") and its rows' XML."""
    shell = io.BytesIO()
    workbook.save(shell)
    parts = iter(bodies)
    out = io.BytesIO()
    with zipfile.ZipFile(shell) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as new:
        sheets = [f"xl/worksheets/sheet{n}.xml" for n in range(1, len(workbook.worksheets) + 1)]
        for name in sheets:
            extent, rows = next(parts)
            _write_sheet(new, name, old.read(name), extent, rows)
        for name in old.namelist():
            if name not in sheets:
                content = _core(made_at, title) if name == "docProps/core.xml" else old.read(name)
                new.writestr(_entry(name), content)
    return out.getvalue()


def _write_sheet(out: zipfile.ZipFile, name: str, shell: bytes, extent: str, rows: Iterable[str]) -> None:
    head, tail = _EMPTY.split(shell, maxsplit=1)
    head = _DIMENSION.sub(b'<dimension ref="' + extent.encode() + b'"/>', head)
    with out.open(_entry(name), "w") as part:
        part.write(head + b"<sheetData>")
        for row in rows:
            part.write(row.encode())
        part.write(b"</sheetData>" + tail)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _core(made_at: datetime, title: str) -> bytes:
    """The file's own properties; openpyxl would write the moment of saving."""
    moment = made_at.astimezone(UTC).replace(tzinfo=None)
    core = DocumentProperties(creator="Xiaoer", title=title, created=moment, modified=moment)
    content: str | bytes = tostring(core.to_tree())
    return content.encode() if isinstance(content, str) else content
