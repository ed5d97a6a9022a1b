"""Tables of an HTML page or of Excel's XML of 2003 that is called .xls: how many an old system exports to Excel.

Surprising: a cell over several rows is put into each of them, as in a workbook. And nothing is believed of what the
page says of its spans: they are cut to what an order list can have.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from channels.reasons import Reason, Unreadable
from channels.sources import MAX_ROWS, Line, Source, Table, encodings

_BEGINS = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<!doctype html|<html|<table|<meta|<head|<style|<\?xml)", re.IGNORECASE | re.DOTALL
)
_ROWS: Final = frozenset({"tr", "row"})
_CELLS: Final = frozenset({"td", "th", "cell"})
_SHEETS: Final = frozenset({"table"})
_BREAKS: Final = frozenset({"br", "p", "div"})
_WIDEST = 500
_TALLEST = 1_000


def looks_like(head: bytes) -> bool:
    """Whether the first bytes of a file are a page's."""
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if bare.startswith((b"\xff\xfe", b"\xfe\xff")):
        bare = bare[2:].replace(b"\0", b"")
    return _BEGINS.match(bare) is not None


def tables(source: Source) -> list[Table]:
    """The page's tables. Raises Unreadable WRONG_ENCODING, EMPTY, NOT_A_TABLE or TOO_MANY_ROWS."""
    encoding, broken = encodings(source)[0]
    page = _Page()
    with source.open() as file:
        page.feed(file.read().decode(encoding, "replace").replace("\0", ""))
    page.close()
    found = [rows for rows in page.tables if rows]
    if not found:
        raise Unreadable(Reason.NOT_A_TABLE)
    return [_table(rows, broken) for rows in found]


def _table(rows: list[list[str]], broken: bool) -> Table:
    width = max(map(len, rows))  # empty cells at the end of a row are often left out

    def lines(_delimiter: str, _quoted: bool) -> Iterator[Line]:
        for place, row in enumerate(rows, start=1):
            yield place, row + [""] * (width - len(row))

    return Table("", lines, ("",), broken)


class _Page(HTMLParser):
    """Collects rows of cells; `_over` are cells that reach further down: by column, the text and how many rows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._row: list[str] | None = None
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._over: dict[int, tuple[str, int]] = {}
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        if name in _SHEETS:
            self._end_row()
            self.tables.append([])
            self._over = {}
        elif name in _ROWS:
            self._end_row()
            self._row = []
        elif name in _CELLS:
            self._begin_cell(dict(attrs))
        elif name in _BREAKS and self._text:
            self._text.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag.rpartition(":")[2] in _CELLS:
            self._end_cell()

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _CELLS:
            self._end_cell()
        elif name in _ROWS or name in _SHEETS:
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _begin_cell(self, told: dict[str, str | None]) -> None:
        self._end_cell()
        if self._row is None:
            self._row = []
        index = _number(told.get("ss:index"), _WIDEST)
        self._cover()
        self._row.extend([""] * (index - 1 - len(self._row)))
        across = _number(told.get("colspan"), _WIDEST) or _number(told.get("ss:mergeacross"), _WIDEST) + 1
        down = _number(told.get("rowspan"), _TALLEST) or _number(told.get("ss:mergedown"), _TALLEST) + 1
        self._text, self._span = [], (across, down)

    def _cover(self) -> None:
        """Cells of the rows above that reach into this one stand before the next cell."""
        while self._row is not None and len(self._row) in self._over:
            text, left = self._over.pop(len(self._row))
            if left > 1:
                self._over[len(self._row)] = (text, left - 1)
            self._row.append(text)

    def _end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        text, (across, down) = "".join(self._text).strip(), self._span
        for column in range(across):
            if down > 1:
                self._over[len(self._row)] = (text, down - 1)
            self._row.append("" if column else text)
        self._text = None

    def _end_row(self) -> None:
        self._end_cell()
        self._text = None
        if self._row is None:
            return
        self._cover()
        self._count += 1
        if self._count > MAX_ROWS:
            raise Unreadable(Reason.TOO_MANY_ROWS, {"rows": str(self._count), "limit": str(MAX_ROWS)})
        if not self.tables:
            self.tables.append([])
        self.tables[-1].append(self._row)
        self._row = None


def _number(told: str | None, most: int) -> int:
    text = (told or "").strip()
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
