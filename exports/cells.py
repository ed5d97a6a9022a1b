"""One cell of a workbook: the only place where a value becomes spreadsheet XML.

Surprising: openpyxl cannot write a formula together with its result, and phone viewers show nothing for a formula
without one; so the cells are written here, and openpyxl makes the rest of the file (see `book.py`). Text from
strangers is always an inline string and marked as quoted, never a formula, whatever it begins with.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_767
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's clock has no zone


class Kind(StrEnum):
    """What a column holds, and so how it looks."""

    TEXT = "text"
    ID = "id"
    MONEY = "money"
    QUANTITY = "quantity"
    WEIGHT = "weight"
    RATE = "rate"
    DATETIME = "datetime"
    DATE = "date"


class Style(StrEnum):
    """What a cell is for; `book.py` decides fonts and fills."""

    DATA = "data"
    HEADER = "header"
    TOTAL = "total"
    TITLE = "title"
    SECTION = "section"
    NOTE = "note"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula (without '=') and the result a viewer shows before anything is calculated.

    Only our own code writes these; a value from data goes in as a reference to its cell.
    """

    text: str
    result: Decimal | int | str


Value = str | int | Decimal | datetime | date | Formula | None


@dataclass(frozen=True, slots=True)
class Look:
    """The key of a cell's style: what it is for, what it holds, money's decimals, and quoted text."""

    style: Style
    kind: Kind
    decimals: int = 2
    quoted: bool = False


def put(row: int, column: int, value: Value, look: Look, zone: ZoneInfo, styles: Mapping[Look, int]) -> str:
    """The XML of one cell; `row` and `column` count from 1. Money is a Decimal in whole units.

    Illegal XML characters are removed; text longer than a cell holds ends in '…'; aware times are shown in `zone`.
    Raises ValueError for a naive time or a number that is not finite.
    """
    at = f'<c r="{get_column_letter(column)}{row}"'
    if isinstance(value, str):
        text = clean(value)
        look = Look(look.style, look.kind, look.decimals, text.startswith(_FORMULA_LIKE))
        inline = f'<is><t xml:space="preserve">{_xml(text)}</t></is>'
        return f'{at} s="{styles[look]}" t="inlineStr">{inline}</c>'
    style = f' s="{styles[look]}"'
    if value is None:
        return f"{at}{style}/>"
    if isinstance(value, Formula):
        return f"{at}{style}{_formula(value)}</c>"
    return f"{at}{style}><v>{_number(value, zone)}</v></c>"


def clean(text: str) -> str:
    """The text without what XML cannot hold, no longer than a cell can be."""
    text = _ILLEGAL.sub("", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _xml(text: str) -> str:
    """Escaped for XML, and for the format's own `_x000D_` notation, which would turn back into a character."""
    return escape(_ESCAPED.sub("_x005F_", text)).replace("\r", "_x000D_")


def _formula(formula: Formula) -> str:
    text = f"<f>{escape(formula.text)}</f>"
    if isinstance(formula.result, str):
        return f' t="str">{text}<v>{_xml(clean(formula.result))}</v>'
    return (
        f">{text}<v>{formula.result:f}</v>"
        if isinstance(formula.result, Decimal)
        else (f">{text}<v>{formula.result}</v>")
    )


def _number(value: int | Decimal | datetime | date, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        since = value.astimezone(zone).replace(tzinfo=None, microsecond=0) - _EPOCH
        return f"{Decimal(since.days) + Decimal(since.seconds) / 86_400:.10f}"
    if isinstance(value, date):
        return str((value - _EPOCH.date()).days)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"not a number for a cell: {value}")
        return f"{value:f}"
    return str(value)
