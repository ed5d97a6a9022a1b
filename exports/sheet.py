"""Sheets: a `Table` streams records as rows with a totals row, a `Grid` holds cells placed one by one.

Surprising: money of different currencies is never added. A table whose records have several currencies gets one
totals row for each, and a last column "Shown" that is 1 while a filter shows the row, because SUBTOTAL alone
cannot tell currencies apart.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports.cells import Formula, Kind, Look, Style, Value, put

T = TypeVar("T")
_MOST = 1_048_000
RED = PatternFill("solid", bgColor="FFF8C9C4")
GREEN = PatternFill("solid", bgColor="FFCDEBD0")


@dataclass(frozen=True, slots=True)
class Ink:
    """What writing needs everywhere: the zone times are shown in and the numbers of the styles."""

    zone: ZoneInfo
    styles: dict[Look, int]


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column. `value` gets the record and its row number (for a formula over the same row).

    `total` asks for a sum below; money then needs `by`, the key of the column with its currency. `differs` marks
    what should be zero: anything else turns red.
    """

    key: str
    header: str
    kind: Kind
    width: float
    value: Callable[[T, int], Value]
    total: bool = False
    by: str = ""
    differs: bool = False


@dataclass
class Table(Generic[T]):
    """Records under one header row in row 1; the totals stand right under the last record.

    `freeze` is the key of the first column that scrolls. A table without records keeps one blank row, so that the
    formulas of other sheets have something to point at.
    """

    sheet: Worksheet
    ink: Ink
    columns: tuple[Column[T], ...]
    records: Sequence[T]
    freeze: str
    total_label: str = ""
    shown_label: str = ""
    _letters: dict[str, str] = field(init=False)
    _currencies: dict[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Works out the currencies and sets the sheet up. ValueError for more records than a sheet has rows."""
        if len(self.records) > _MOST:
            raise ValueError(f"{len(self.records)} records do not fit the sheet {self.sheet.title}")
        marks = dict.fromkeys(column.by for column in self.columns if column.by)
        values = {column.key: column.value for column in self.columns}
        self._currencies = {
            key: tuple(sorted({str(values[key](record, 2)) for record in self.records} - {""})) for key in marks
        }
        if any(len(found) > 1 for found in self._currencies.values()):
            shown = Column[T]("shown", self.shown_label, Kind.QUANTITY, 8, _shown)
            self.columns = (*self.columns, shown)
        letters = (get_column_letter(n) for n in range(1, len(self.columns) + 1))
        self._letters = dict(zip((column.key for column in self.columns), letters, strict=True))
        _set_up(self)

    @property
    def last(self) -> int:
        """The row of the last record."""
        return max(2, len(self.records) + 1)

    def range(self, key: str) -> str:
        """The column's records, absolute and with the sheet's name."""
        letter = self._letters[key]
        return f"{quote_sheetname(self.sheet.title)}!${letter}$2:${letter}${self.last}"

    def at(self, key: str, row: int) -> str:
        """The cell of the column in that row, relative."""
        return f"{self._letters[key]}{row}"

    @property
    def extent(self) -> str:
        """Where cells are."""
        return f"A1:{get_column_letter(len(self.columns))}{self.last + len(self._totals())}"

    def rows(self) -> Iterator[str]:
        """The sheet's rows as XML."""
        yield self._row(1, [(column.header, Look(Style.HEADER, Kind.TEXT)) for column in self.columns], 32)
        for number, record in enumerate(self.records, start=2):
            yield self._row(number, [self._data(column, record, number) for column in self.columns])
        for number, currency in enumerate(self._totals(), start=self.last + 1):
            yield self._row(number, [self._total(column, number, currency) for column in self.columns])

    def _row(self, number: int, cells: Sequence[tuple[Value, Look]], height: float = 0) -> str:
        ink = self.ink
        body = "".join(
            put(number, column, value, look, ink.zone, ink.styles)
            for column, (value, look) in enumerate(cells, start=1)
        )
        tall = f' ht="{height}" customHeight="1"' if height else ""
        return f'<row r="{number}"{tall}>{body}</row>'

    def _data(self, column: Column[T], record: T, row: int) -> tuple[Value, Look]:
        value = column.value(record, row)
        return value, Look(Style.DATA, column.kind, _decimals(value, column.kind))

    def _totals(self) -> tuple[str, ...]:
        """A totals row for each currency; one for a table that has none; nothing when there are no records."""
        if not self.records or not any(column.total for column in self.columns):
            return ()
        return tuple(sorted({code for found in self._currencies.values() for code in found})) or ("",)

    def _total(self, column: Column[T], row: int, currency: str) -> tuple[Value, Look]:
        if column.total:
            formula = self._sum(column, row, currency)
            return formula, Look(Style.TOTAL, column.kind, _decimals(formula, column.kind))
        if column is self.columns[0]:
            return f"{self.total_label} {currency}".strip(), Look(Style.TOTAL, Kind.TEXT)
        return (currency if column.key in self._currencies else None), Look(Style.TOTAL, Kind.TEXT)

    def _sum(self, column: Column[T], row: int, currency: str) -> Formula | None:
        """What the filter shows of that currency; nothing where no record has it."""
        by = column.by or next(iter(self._currencies), "")
        letter = self._letters[column.key]
        area = f"{letter}2:{letter}{self.last}"
        if by and currency and currency not in self._currencies[by]:
            return None
        result = self.sum_of(column.key, currency if by else "")
        if not by or len(self._currencies[by]) < 2:
            return Formula(f"SUBTOTAL(109,{area})", result)
        mark, shown = self._letters[by], self._letters["shown"]
        same = f"EXACT({mark}2:{mark}{self.last},{mark}{row})"
        return Formula(f"SUMPRODUCT({shown}2:{shown}{self.last}*{same}*{area})", result)

    def sum_of(self, key: str, currency: str = "") -> Decimal:
        """The column's sum, over the records of that currency if one is given."""
        column = next(found for found in self.columns if found.key == key)
        by = column.by or next(iter(self._currencies), "")
        mark = next((found for found in self.columns if found.key == by), None)
        total = Decimal(0)
        for row, record in enumerate(self.records, start=2):
            if currency and mark is not None and mark.value(record, row) != currency:
                continue
            total += number(column.value(record, row))
        return total


def number(value: Value) -> Decimal:
    """What a cell counts for in a sum: text and blanks for nothing."""
    if isinstance(value, Formula):
        return number(value.result)
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


def _shown(record: object, row: int) -> Formula:
    return Formula(f"SUBTOTAL(103,A{row})", 1)


def _decimals(value: Value, kind: Kind) -> int:
    """How many decimals the cell shows: those its money has."""
    if isinstance(value, Formula):
        return _decimals(value.result, kind)
    if kind is not Kind.MONEY or not isinstance(value, Decimal):
        return 2
    return max(0, -int(value.as_tuple().exponent))


def _set_up(table: Table[T]) -> None:
    sheet = table.sheet
    for column in table.columns:
        letter = table._letters[column.key]
        sheet.column_dimensions[letter].width = column.width
        if column.differs:
            red_unless_zero(sheet, f"{letter}2:{letter}{table.last}")
    sheet.freeze_panes = table.at(table.freeze, 2)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{table.last}"
    sheet.print_title_rows = "1:1"
    print_on_a4(sheet)


def print_on_a4(sheet: Worksheet) -> None:
    """A4 landscape, one page wide, page numbers below."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&A  &P / &N"))


def red_unless_zero(sheet: Worksheet, area: str) -> None:
    """Cells that should be zero turn red when they are not."""
    style = DifferentialStyle(fill=RED, font=Font(color="FF9C1C12", bold=True))
    rule = Rule("cellIs", operator="notEqual", formula=["0"], dxf=style)
    sheet.conditional_formatting.add(area, rule)


def light(sheet: Worksheet, area: str, good: str, bad: str) -> None:
    """Green for the good word, red for the bad one."""
    for word, fill in ((good, GREEN), (bad, RED)):
        style = DifferentialStyle(fill=fill, font=Font(bold=True))
        rule = Rule("cellIs", operator="equal", formula=[f'"{word}"'], dxf=style)
        sheet.conditional_formatting.add(area, rule)


class Grid:
    """A sheet of cells placed one by one, for what is not a list of records."""

    def __init__(self, sheet: Worksheet, ink: Ink, widths: Sequence[float]) -> None:
        """`widths` of the columns from A on."""
        self.sheet, self._ink = sheet, ink
        self._cells: dict[int, dict[int, str]] = {}
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.sheet_view.showGridLines = False
        print_on_a4(sheet)

    def place(self, row: int, column: int, value: Value, style: Style = Style.DATA, kind: Kind = Kind.TEXT) -> None:
        """One cell; the later of two in one place wins."""
        look = Look(style, kind, _decimals(value, kind))
        cell = put(row, column, value, look, self._ink.zone, self._ink.styles)
        self._cells.setdefault(row, {})[column] = cell

    def line(self, row: int, values: Sequence[tuple[Value, Kind]], style: Style = Style.DATA) -> None:
        """Cells side by side from column A."""
        for column, (value, kind) in enumerate(values, start=1):
            self.place(row, column, value, style, kind)

    def header(self, row: int, titles: Sequence[str]) -> None:
        """A header row from column A."""
        self.line(row, [(title, Kind.TEXT) for title in titles], Style.HEADER)

    @property
    def extent(self) -> str:
        """Where cells are."""
        wide = max((max(row) for row in self._cells.values()), default=1)
        return f"A1:{get_column_letter(wide)}{max(self._cells, default=1)}"

    def rows(self) -> Iterator[str]:
        """The sheet's rows as XML."""
        for row in sorted(self._cells):
            cells = self._cells[row]
            yield f'<row r="{row}">{"".join(cells[column] for column in sorted(cells))}</row>'
