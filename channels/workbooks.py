"""Excel workbooks to tables, read by calamine, after they have proved harmless.

Surprising: an .xlsx is unpacked here and packed again without compression before calamine sees it. Its zip
directory is only a claim; Python's zipfile reads no more than the claim and checks the sum, so what the limits
allowed is what calamine gets. And calamine holds a sheet as a full rectangle, so one cell in the last corner of an
otherwise empty sheet would take 400 GB: the rectangle is measured in the XML first.
"""

import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from channels.reasons import Reason, Unreadable
from channels.sources import MAX_ROWS, Line, Source, Table

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 200
MAX_CELLS = 28_000_000
_RATIO_MATTERS = 4 * 1024 * 1024
_MAX_ENTRIES = 5_000
_IN_MEMORY = 32 * 1024 * 1024
_CHUNK = 1 << 20
_MAX_TAG = 1 << 20
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ROW_NUMBER = re.compile(rb"""row\b[^>]*?\br\s*=\s*["'](\d{1,9})""")
_CELL_STARTS = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r", b":c")
_PLAIN_CELL = b'<c r="'
_PLAIN_WIDE = re.compile(rb'<c r="([A-Z]{2,3})')
_ANY_WIDE = re.compile(rb"""\br\s*=\s*["']([A-Z]{2,3})\d""")
_UNPLACED_CELL = re.compile(rb"<(?:\w+:)?c(?![^>]*\br\s*=)[\s/>]")
_EXACT = 10**15


def tables(source: Source) -> list[Table]:
    """The visible sheets. Raises Unreadable ENCRYPTED, NOT_A_WORKBOOK, ZIP_BOMB, TOO_MANY_ROWS, TOO_MANY_CELLS."""
    if source.head(4) == ZIP_MAGIC:
        with _repacked(source) as safe:
            return _opened(safe)
    with source.open() as file:
        if _ENCRYPTED_STREAM in file.read():
            raise Unreadable(Reason.ENCRYPTED)
        file.seek(0)
        return _opened(file)


def _opened(file: IO[bytes]) -> list[Table]:
    try:
        book = CalamineWorkbook.from_filelike(file)
        return [_table(book.get_sheet_by_name(name)) for name in _visible(book)]
    except PasswordError:
        raise Unreadable(Reason.ENCRYPTED) from None
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(Reason.NOT_A_WORKBOOK, {"detail": str(error)[:200]}) from None
    except BaseException as crash:
        # A panic in calamine arrives as pyo3's PanicException, which is no Exception and cannot be imported.
        if type(crash).__name__ != "PanicException":
            raise
        raise Unreadable(Reason.NOT_A_WORKBOOK, {"detail": str(crash)[:200]}) from None


def _visible(book: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _table(sheet: CalamineSheet) -> Table:
    begins = _merged(sheet)

    def lines(_delimiter: str, _quoted: bool) -> Iterator[Line]:
        covered: dict[int, int] = {}
        above: list[str] = []
        for place, row in enumerate(sheet.iter_rows(), start=1):
            cells = [value if type(value) is str else _text(value) for value in row]
            for column in covered:
                cells[column] = above[column]
            if covered or place in begins:
                covered = {column: last for column, last in covered.items() if last > place} | begins.get(place, {})
                above = cells
            yield place, cells

    return Table(sheet.name, lines, ("",))


def _merged(sheet: CalamineSheet) -> dict[int, dict[int, int]]:
    """Cells that cover those below: by their row, column -> last row covered. Only these are filled down: an order
    of several goods has its own cells merged (1688), and an empty cell that is not covered is empty."""
    begins: dict[int, dict[int, int]] = {}
    left = sheet.start[1] if sheet.start else 0  # calamine counts rows from the sheet's first, columns from its own
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and 0 <= column - left < sheet.width:
            begins.setdefault(top + 1, {})[column - left] = bottom + 1
    return begins


def _text(value: object) -> str:
    """A typed cell as text. A number no longer known to the last digit is written in E notation, which the id
    reader refuses: Excel keeps 15 digits and a 64-bit float ends near 9·10^15."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _numeral(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _numeral(value: int | float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value):
        whole = int(value)
        known = abs(whole) < _EXACT or (abs(whole) < 2**53 and whole % 10)
        return str(whole) if known else format(value, ".15E")
    return format(value, ".15g")


@dataclass(slots=True)
class _Extent:
    """How large a rectangle a sheet's XML spans, kept while its chunks go by. `tail` is a tag that was cut."""

    rows: int = 0
    letters: bytes = b"Z"
    unplaced: int = 0
    counted: int = 0
    tail: bytes = b""

    def add(self, chunk: bytes) -> None:
        text = self.tail + chunk
        cut = text.rfind(b">") + 1
        if not cut and len(text) > _MAX_TAG:
            cut = len(text)  # a megabyte without a tag is no cut tag
        text, self.tail = text[:cut], text[cut:]
        self.counted += text.count(b"<row") + text.count(b":row")
        self.rows = max(self.rows, max(map(int, _ROW_NUMBER.findall(text)), default=0))
        plain = text.count(_PLAIN_CELL) == sum(map(text.count, _CELL_STARTS))
        if not plain:  # written by no usual program; slower and stricter
            self.unplaced += len(_UNPLACED_CELL.findall(text))
        wide = set((_PLAIN_WIDE if plain else _ANY_WIDE).findall(text))
        self.letters = max(wide | {self.letters}, key=lambda name: (len(name), name))

    def cells(self) -> int:
        """The rectangle's area. Raises Unreadable TOO_MANY_ROWS."""
        rows = max(self.rows, self.counted)
        if rows > MAX_ROWS:
            raise Unreadable(Reason.TOO_MANY_ROWS, {"rows": str(rows), "limit": str(MAX_ROWS)})
        columns = 0
        for letter in self.letters:
            columns = columns * 26 + letter - 64
        return rows * min(max(columns, self.unplaced), 16_384)


def _repacked(source: Source) -> IO[bytes]:
    """The same workbook, unpacked within the limits and stored plain. Raises Unreadable."""
    safe = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- the caller closes it
    try:
        with source.open() as raw, zipfile.ZipFile(raw) as packed, zipfile.ZipFile(safe, "w") as plain:
            _check_directory(packed, source.size())
            cells = sum(_copy(packed, entry, plain) for entry in packed.infolist() if not entry.is_dir())
        if cells > MAX_CELLS:
            raise Unreadable(Reason.TOO_MANY_CELLS, {"cells": str(cells), "limit": str(MAX_CELLS)})  # noqa: TRY301
    except Unreadable:
        safe.close()
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, struct.error) as bad:
        safe.close()
        raise Unreadable(Reason.NOT_A_WORKBOOK, {"detail": str(bad)[:200]}) from None
    safe.seek(0)
    return safe


def _check_directory(packed: zipfile.ZipFile, size: int) -> None:
    entries = packed.infolist()
    names = {entry.filename.lower() for entry in entries}
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise Unreadable(Reason.NOT_A_TABLE)
    if "xl/workbook.xml" not in names:
        raise Unreadable(Reason.NOT_A_WORKBOOK, {"detail": "no xl/workbook.xml inside"})
    unpacked = sum(entry.file_size for entry in entries)
    dense = unpacked > _RATIO_MATTERS and unpacked > MAX_RATIO * size
    if unpacked > MAX_UNPACKED or dense or len(entries) > _MAX_ENTRIES:
        raise Unreadable(Reason.ZIP_BOMB, {"megabytes": str(unpacked >> 20), "limit": str(MAX_UNPACKED >> 20)})


def _copy(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, plain: zipfile.ZipFile) -> int:
    """Copies one entry; answers how many cells its rectangle has, 0 when it is no sheet. Any entry is measured: a
    workbook may call any of them its sheet."""
    extent = _Extent()
    with packed.open(entry) as source, plain.open(entry.filename, "w") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
            extent.add(chunk)
    return extent.cells()
