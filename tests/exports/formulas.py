"""A small spreadsheet: calculates the formulas our workbooks use, to compare with the results stored beside them.

Surprising: it knows only what it needs and raises KeyError for any other function, so a new function in a formula
cannot slip through untested.
"""

import operator
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from openpyxl import Workbook
from openpyxl.utils import range_boundaries

Scalar = Decimal | str | bool | None
Grid = list[Scalar]
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"|(?:\'(?:[^\']|\'\')+\'!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?(?![A-Z(])'
    r"|[A-Z]+(?=\()|\d+(?:\.\d+)?|[-+*/=(),]"
)


class Sheets:
    """A workbook as loaded with its formulas; `value` calculates a cell, through other cells if need be."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    def value(self, sheet: str, cell: str) -> Scalar:
        found = self._workbook[sheet][cell].value
        if isinstance(found, str) and self._workbook[sheet][cell].data_type == "f":
            return self.calculate(sheet, cell, found[1:])
        if isinstance(found, int | float) and not isinstance(found, bool):
            return Decimal(str(found))
        if isinstance(found, datetime):
            return found.isoformat()
        assert found is None or isinstance(found, str | bool)
        return found

    def calculate(self, sheet: str, cell: str, formula: str) -> Scalar:
        return _one(_Parser(self, sheet, cell, formula).expression())

    def area(self, sheet: str, reference: str) -> Grid:
        if "!" in reference:
            name, reference = reference.rsplit("!", 1)
            sheet = name[1:-1].replace("''", "'")
        left, top, right, bottom = range_boundaries(reference.replace("$", ""))
        cells = self._workbook[sheet].iter_rows(top, bottom, left, right)
        return [self.value(sheet, cell.coordinate) for row in cells for cell in row]


def _one(value: Grid | Scalar) -> Scalar:
    if isinstance(value, list):
        assert len(value) == 1
        return value[0]
    return value


def _number(value: Scalar) -> Decimal:
    return Decimal(0) if value is None else Decimal(value)


def _numbers(*values: Grid | Scalar) -> Iterator[Decimal]:
    for value in values:
        for item in _list(value):
            if isinstance(item, Decimal):
                yield item


class _Parser:
    """Recursive descent. A division by zero is NaN, which only shows where it is used."""

    def __init__(self, sheets: Sheets, sheet: str, cell: str, formula: str) -> None:
        self._sheets, self._sheet, self._cell = sheets, sheet, cell
        self._tokens = _TOKEN.findall(formula)
        assert "".join(self._tokens) == formula
        self._at = 0

    def _next(self) -> str:
        self._at += 1
        return str(self._tokens[self._at - 1])

    def _peek(self) -> str:
        return str(self._tokens[self._at]) if self._at < len(self._tokens) else ""

    def expression(self) -> Grid | Scalar:
        left = self._sum()
        if self._peek() == "=":
            self._next()
            right = _one(self._sum())
            return (_one(left) or "") == (right or "") if right in ("", None) else _one(left) == right
        return left

    def _sum(self) -> Grid | Scalar:
        left = self._product()
        while self._peek() in ("+", "-"):
            left = _each(operator.add if self._next() == "+" else operator.sub, left, self._product())
        return left

    def _product(self) -> Grid | Scalar:
        left = self._factor()
        while self._peek() in ("*", "/"):
            if self._next() == "*":
                left = _each(operator.mul, left, self._factor())
            else:
                left = _each(lambda a, b: a / b if b else Decimal("NaN"), left, self._factor())
        return left

    def _factor(self) -> Grid | Scalar:
        token = self._next()
        if token.startswith('"'):
            return token[1:-1].replace('""', '"')
        if token[0].isdigit():
            return Decimal(token)
        if self._peek() == "(":
            return self._call(token)
        area = self._sheets.area(self._sheet, token)
        return area if ":" in token else area[0]

    def _call(self, name: str) -> Grid | Scalar:
        self._next()
        arguments: list[Grid | Scalar] = []
        while self._peek() != ")":
            arguments.append(self.expression())
            if self._peek() == ",":
                self._next()
        self._next()
        if name == "ROW":
            return Decimal(re.sub(r"\D", "", self._cell))
        return _FUNCTIONS[name](*arguments)


def _list(value: Grid | Scalar) -> Grid:
    return value if isinstance(value, list) else [value]


def _each(do: Callable[[Decimal, Decimal], Decimal], a: Grid | Scalar, b: Grid | Scalar) -> Grid | Scalar:
    if not isinstance(a, list) and not isinstance(b, list):
        return do(_number(a), _number(b))
    left = a if isinstance(a, list) else [a] * len(_list(b))
    right = b if isinstance(b, list) else [b] * len(left)
    return [do(_number(x), _number(y)) for x, y in zip(left, right, strict=True)]


def _exact(a: Grid | Scalar, b: Scalar) -> Grid:
    return [(item or "") == (b or "") for item in _list(a)]


def _subtotal(code: Scalar, area: Grid | Scalar) -> Decimal:
    if code == 103:
        return Decimal(sum(item is not None for item in _list(area)))
    assert code == 109
    return sum(_numbers(area), Decimal(0))


def _round(value: Scalar, places: Scalar) -> Decimal:
    return _number(value).quantize(Decimal(1).scaleb(-int(_number(places))), ROUND_HALF_UP)


def _sum(*areas: Grid | Scalar) -> Decimal:
    return sum(_numbers(*areas), Decimal(0))


_FUNCTIONS: dict[str, Callable[..., Grid | Scalar]] = {
    "SUMPRODUCT": _sum,
    "SUM": _sum,
    "SUBTOTAL": _subtotal,
    "EXACT": _exact,
    "ROUND": _round,
    "ABS": lambda area: [abs(_number(item)) for item in _list(area)],
    "IF": lambda test, yes, no: yes if test else no,
    "OR": lambda *tests: any(tests),
    "COUNTA": lambda area: Decimal(sum(item is not None for item in _list(area))),
    "COUNTIF": lambda area, word: Decimal(area.count(word)),
    "MATCH": lambda what, area, mode: Decimal(_list(area).index(what) + 1),
    "HYPERLINK": lambda target, text: text,
}
