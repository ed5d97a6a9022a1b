"""Recipes of sets (组合装) as ERPs export them and people write them: a row for each part of a set.

Surprising: the cells of a set may stand on its first row only, as merged cells leave them: an empty code means the set
of the row above. Column names: 聚水潭 组合装商品, 旺店通 组合装, 快麦 套件, and their English counterparts.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels import cells, sources
from channels.contents import sheets_of
from channels.formats import find, normal
from channels.json_files import looks_like
from channels.reasons import Reason, Refused, Unreadable, shown
from domain.orders.bundles import MOST_UNITS, NO_PARTS, Fault, RecipeRow, Why

COLUMNS = {
    "code": "组合编码|组合商品编码|组合装编码|组合装商品编码|组合款式编码|套件编码|套装编码|组合商家编码"
    "|bundle code|bundle sku|kit code|kit sku|set code",
    "title": "组合名称|组合商品名称|组合装名称|套件名称|套装名称|bundle name|bundle title|kit name|set name",
    "sku": "组件编码|子商品编码|子商品商家编码|单品编码|组成商品编码|明细商品编码"
    "|component code|component sku|component",
    "units": "数量|组件数量|子商品数量|单品数量|组成数量|quantity|qty|units|component quantity",
    "whole": "独立套件|是否独立套件|不拆分|independent kit|independent|ships whole",
}
MUST = ("code", "sku", "units")
HEADER_ROWS = 30
MOST_ROWS = 20_000
MOST_BYTES = 4 * 1024 * 1024
"""No recipe is larger: what is, is not opened here, because a workbook of orders takes seconds."""
_YES = frozenset({"是", "y", "yes", "1", "true", "√", "✓", "独立", "独立套件", "whole"})
_NO = frozenset({"否", "n", "no", "0", "false", "×", "x"})
_WHY = {
    Reason.MISSING: Why.MISSING,
    Reason.OUT_OF_RANGE: Why.OUT_OF_RANGE,
    Reason.NEGATIVE_QUANTITY: Why.OUT_OF_RANGE,
    Reason.UNKNOWN_STATUS: Why.NOT_YES_OR_NO,
}


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """The rows that could be read, and what is wrong with the others."""

    rows: tuple[RecipeRow, ...]
    faults: tuple[Fault, ...]


def read(data: bytes) -> RecipeFile | None:
    """A file of recipes; None when it is none. Raises Unreadable for one that is and cannot be read."""
    source = sources.Source(data)
    if source.size() > MOST_BYTES:
        return None
    try:
        sources.check_size(source)
        sheets = () if looks_like(source.head(512)) else sheets_of(source)
    except Unreadable:
        return None  # whatever it is: whoever reads orders says what is wrong with it
    found = next((one for sheet in sheets for table in sheet if (one := _find(table)) is not None), None)
    if found is None:
        return None
    reader = _Reader(found.at, found.header)
    for place, row in found.below():
        if isinstance(row, Refused) or any(map(cells.clean, row)):
            reader.take(place, row)
        if len(reader.rows) + len(reader.faults) > MOST_ROWS:
            raise Unreadable(Reason.TOO_MANY_ROWS, {"rows": f"> {MOST_ROWS}", "limit": str(MOST_ROWS)})
    return RecipeFile(tuple(reader.rows), tuple(reader.faults))


@dataclass(frozen=True, slots=True)
class _Found:
    """A table whose header we know."""

    table: sources.Table
    delimiter: str
    begins: int
    at: dict[str, int]
    header: Sequence[str]

    def below(self) -> Iterator[sources.Line]:
        """The rows under the header."""
        return itertools.dropwhile(lambda line: line[0] <= self.begins, self.table.lines(self.delimiter, True))


def _find(table: sources.Table) -> _Found | None:
    for delimiter in table.delimiters:
        for place, row in itertools.islice(table.lines(delimiter, True), HEADER_ROWS):
            at = {} if isinstance(row, Refused) else find(COLUMNS, row)
            if not isinstance(row, Refused) and at.keys() >= set(MUST):
                return _Found(table, delimiter, place, at, row)
    return None


class _Reader:
    """Reads row after row; an empty code is the one above."""

    def __init__(self, at: dict[str, int], header: Sequence[str]) -> None:
        self._at = at
        self._header = header
        self._above = ""
        self.rows: list[RecipeRow] = []
        self.faults: list[Fault] = []

    def take(self, place: int, row: list[str] | Refused) -> None:
        """One row, or what is wrong with it."""
        if isinstance(row, Refused):
            self.faults.append(Fault(place, Why.MISSING, {"column": self._column("code")}))
            return
        self._above = self._code(row, "code") or self._above
        try:
            self.rows.append(self._read(place, row))
        except Refused as refusal:
            why = _WHY.get(refusal.reason, Why.NOT_A_NUMBER)
            self.faults.append(Fault(place, why, refusal.facts, self._above))

    def _read(self, place: int, row: list[str]) -> RecipeRow:
        sku = self._code(row, "sku")
        for field, value in (("code", self._above), ("sku", sku or (NO_PARTS if self._emptied(row) else ""))):
            if not value:
                raise Refused(Reason.MISSING, column=self._column(field))
        sku = sku or NO_PARTS
        units = 0 if sku == NO_PARTS else self._units(row)
        return RecipeRow(place, self._above, self._cell(row, "title"), sku, units, self._whole(row))

    def _emptied(self, row: list[str]) -> bool:
        """`-` for a part, which cells read as nothing: the set has none any more."""
        return self._at["sku"] < len(row) and row[self._at["sku"]].strip() == NO_PARTS

    def _units(self, row: list[str]) -> int:
        try:
            units = cells.quantity(self._cell(row, "units"))
        except Refused as refusal:
            refusal.facts = {"column": self._column("units"), **refusal.facts}
            raise
        if units > MOST_UNITS:
            raise Refused(Reason.OUT_OF_RANGE, column=self._column("units"), value=str(units))
        return units

    def _whole(self, row: list[str]) -> bool | None:
        told = self._cell(row, "whole")
        if not told:
            return None
        if told.casefold() in _YES or normal(told) in _YES:
            return True
        if told.casefold() in _NO:
            return False
        raise Refused(Reason.UNKNOWN_STATUS, column=self._column("whole"), value=shown(told))

    def _cell(self, row: list[str], field: str) -> str:
        place = self._at.get(field)
        return "" if place is None or place >= len(row) else cells.clean(row[place])

    def _code(self, row: list[str], field: str) -> str:
        place = self._at[field]
        return "" if place >= len(row) else cells.code(row[place])

    def _column(self, field: str) -> str:
        place = self._at.get(field)
        return "" if place is None else cells.clean(self._header[place])
