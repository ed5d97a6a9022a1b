"""What a table format declares, and how a header finds its format.

Surprising: a format never says where a column stands or what a file is called. It says which header names hold
which of our fields; names are compared without case, spaces and punctuation, so `Lineitem compare-at price` and
`Lineitem compare at price` are one. To add a format write one `Format` and list it in `channels/registry.py`.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from channels import cells, moments
from channels.reasons import Reason, Refused, shown
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, Receiver, RefundState

OTHER_NAME = "|"
EVERYWHERE = {
    "delivery": "配送方式|订单配送方式|商品发货方式|收货方式|发货方式|提货方式|物流方式|配送类型|履约方式|取货方式"
    "|delivery method|delivery type"
    "|fulfillment method|shipping method",
    "collected": "Click And Collect|Click & Collect|eBay Collect|In Store Pickup|是否自提|是否到店自提|是否门店自提",
    "at_door": "货到付款|是否货到付款|cash on delivery|COD",
    "gift_note": "gift message|gift-message-text|gift_message|礼品留言|贺卡留言|贺卡内容",
    "gift_wrap": "gift wrap|gift-wrap-type|gift_wrap|礼品包装|是否礼品包装",
}
"""Fields that any order table may tell, whichever format it is of; a format's own names for one go before."""
_UNIT = re.compile(r"[（(](?:元|件|个|CNY|RMB)[)）]$")
_YES = frozenset({"yes", "y", "true", "1", "是"})
_NO = frozenset({"no", "n", "false", "0", "否"})
_TO_ITS_END = timedelta(days=1, seconds=-1)
Word = TypeVar("Word", PlatformState, RefundState)


def words(**states: str) -> dict[str, PlatformState]:
    """`paid="待发货|已付款"` and so on as the table `Row.word` takes; keys are names of PlatformState in lower case."""
    return {normal(word): PlatformState(state) for state, told in states.items() for word in told.split(OTHER_NAME)}


def normal(name: str) -> str:
    """A header name or status word to compare by: NFKC, lower case, letters and digits only, 200 at most."""
    return _normal(name[:200])


@lru_cache(maxsize=4096)
def _normal(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


@dataclass(frozen=True, slots=True)
class Layout:
    """A format laid over one header: where each field stands, how the column is called, the shop's zone and
    currency. `day_first` is how this file means `03/04/2026` (None: it has no such dates)."""

    format: "Format"
    at: Mapping[str, int]
    header: tuple[str, ...]
    zone: ZoneInfo
    rounded_ids: bool = False
    currency: str = ""
    day_first: bool | None = None

    def column(self, field: str) -> str:
        place = self.at.get(field)
        if place is None:
            return self.format.every_column.get(field, field).split(OTHER_NAME)[0]
        return cells.clean(self.header[place])


class Row:
    """One row under a layout; reads fields by our names. A field whose column is absent reads as empty."""

    __slots__ = ("_at", "cells", "currency", "layout", "line", "number")

    def __init__(self, layout: Layout, line: int, row: list[str]) -> None:
        self.layout = layout
        self.line = line
        self.cells = row
        self.currency = layout.format.currency or layout.currency
        self.number = ""
        self._at = layout.at

    def take_number(self) -> str:
        """The order number, kept as `number`. Raises Refused MISSING or EXCEL_ROUNDED_ID."""
        self.number = self.layout.format.number(self)
        if not self.number:
            raise self.blame(Refused(Reason.MISSING), "number")
        return self.number

    def with_cells(self, cells_: list[str]) -> "Row":
        """The same row telling something else: one of those it stands for."""
        part = Row(self.layout, self.line, cells_)
        part.number, part.currency = self.number, self.currency
        return part

    def has(self, field: str) -> bool:
        """Whether the file has this column at all."""
        return field in self._at

    def text(self, field: str) -> str:
        place = self._at.get(field)
        return "" if place is None else cells.clean(self.cells[place])

    def code(self, field: str) -> str:
        place = self._at.get(field)
        return "" if place is None else cells.code(self.cells[place])

    def identifier(self, field: str) -> str:
        """A long number as text, "" when absent. Raises Refused EXCEL_ROUNDED_ID."""
        place = self._at.get(field)
        if place is None:
            return ""
        try:
            return cells.identifier(self.cells[place], rounded_ids=self.layout.rounded_ids)
        except Refused as refusal:
            raise self.blame(refusal, field) from None

    def money(self, field: str) -> int:
        """Minor units of the row's currency, signed; 0 when absent or empty. Raises Refused."""
        place = self._at.get(field)
        if place is None:
            return 0
        try:
            return cells.money(self.cells[place], self.currency)
        except Refused as refusal:
            raise self.blame(refusal, field) from None

    def waybill(self, field: str) -> str:
        """Waybill numbers as told. Raises Refused EXCEL_ROUNDED_ID."""
        place = self._at.get(field)
        try:
            return "" if place is None else cells.waybill(self.cells[place])
        except Refused as refusal:
            raise self.blame(refusal, field) from None

    def amount(self, field: str) -> int:
        """As `money`, refusing a negative one (OUT_OF_RANGE)."""
        units = self.money(field)
        if units < 0:
            raise self.blame(Refused(Reason.OUT_OF_RANGE, value=shown(self.text(field))), field)
        return units

    def needed_amount(self, field: str) -> int:
        """As `amount`. Raises Refused MISSING when empty: no amount is not an amount of nothing."""
        self.needed(field)
        return self.amount(field)

    def moment(self, field: str) -> datetime | None:
        """Aware UTC, None when absent or empty. Raises Refused NOT_A_DATE."""
        place = self._at.get(field)
        if place is None:
            return None
        try:
            return moments.moment(self.cells[place], self.layout.zone, self.layout.day_first)
        except Refused as refusal:
            raise self.blame(refusal, field) from None

    def deadline(self, field: str) -> datetime | None:
        """As `moment`, for what is only a help: a day means its end, and text that is no time (48小时内) is None."""
        when = self.begins(field)
        day = when and ":" not in self.text(field) and when.astimezone(self.layout.zone).time() == time()
        return when + _TO_ITS_END if when and day else when

    def begins(self, field: str) -> datetime | None:
        """As `moment`, for what is only a help: text that is no time (尽快) is None."""
        try:
            return self.moment(field)
        except Refused:
            return None

    def says_yes(self, field: str) -> bool:
        """Whether the cell says yes."""
        return normal(self.text(field)) in _YES

    def says_no(self, field: str) -> bool:
        """Whether the cell says no; an empty one says nothing."""
        return normal(self.text(field)) in _NO

    def is_zero(self, field: str) -> bool:
        """Whether the cell says none of it: Amazon writes 0 pieces on a cancelled row."""
        return bool(text := self.text(field)) and not text.strip("0.")

    def quantity(self, field: str) -> int:
        """At least 1. Raises Refused."""
        try:
            return cells.quantity(self.cells[self._at[field]])
        except Refused as refusal:
            raise self.blame(refusal, field) from None

    def needed(self, field: str) -> str:
        """As `text`. Raises Refused MISSING when empty."""
        value = self.text(field)
        if not value:
            raise self.blame(Refused(Reason.MISSING), field)
        return value

    def word(self, field: str, words: Mapping[str, Word]) -> Word:
        """What the platform's word means; keys of `words` are `normal`. Raises Refused UNKNOWN_STATUS."""
        told = self.text(field)
        meaning = words.get(normal(told))
        if meaning is None:
            raise self.blame(Refused(Reason.UNKNOWN_STATUS, value=shown(told)), field)
        return meaning

    def blame(self, refusal: Refused, field: str) -> Refused:
        """The refusal with this row and the column's own name put in."""
        refusal.facts = {"column": self.layout.column(field), **refusal.facts}
        refusal.row = self.line
        return refusal


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each name stands. A name that stands again is `name 2` too, and `运费(元)` is 运费 too, unless a column is
    really called that."""
    places: dict[str, int] = {}
    also: dict[str, int] = {}
    for place, cell in enumerate(header):
        told = cells.clean(cell)
        name = normal(told)
        if places.setdefault(name, place) != place:
            also.setdefault(f"{name}2", place)
        also.setdefault(normal(_UNIT.sub("", told)), place)
    return also | places


def find(columns: Mapping[str, str], header: Sequence[str]) -> dict[str, int]:
    """Where each of these fields stands in this header, by the names it goes by; fields it does not have are absent."""
    places = _places(header)
    at: dict[str, int] = {}
    for field, names in columns.items():
        for name in names.split(OTHER_NAME):
            if (found := places.get(normal(name))) is not None:
                at[field] = found
                break
    return at


def no_receiver(_row: Row) -> Receiver:
    """For files that don't say who gets the parcel; the country is unknown too."""
    return Receiver(country="")


@dataclass(frozen=True, slots=True)
class Amounts:
    """An order's money, as in `IncomingOrder`."""

    goods: int = 0
    shipping: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    paid: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.goods + other.goods,
            self.shipping + other.shipping,
            self.discount + other.discount,
            self.tax + other.tax,
            self.total + other.total,
            self.paid + other.paid,
        )


def told_placed_at(row: Row) -> datetime | None:
    """The order's time as its own column tells it."""
    return row.moment("placed_at")


def told_number(row: Row) -> str:
    """The order number as its own column tells it."""
    return row.identifier("number")


def no_amounts(_row: Row, _state: PlatformState) -> Amounts:
    """For files that don't tell money."""
    return Amounts()


def no_lines(_rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    """For files that tell orders without their goods."""
    return ()


def no_refunds(_rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    """For files without a word on refunds."""
    return ()


def no_hold(_row: Row) -> str:
    """For files that don't say whether the platform lets the order wait."""
    return ""


@dataclass(frozen=True, slots=True)
class Format:
    """One table layout of one platform.

    `columns`: our field -> the header names it goes by, `A|B` for alternatives, the first present wins; the second
    column of a name is `name 2`. `must`: the fields without which a header is not this format; where they are words
    that any shop uses, one of them is `mark`, names that only this platform has. `unlike`: names that only another of
    the platform's lists has. `currency`: fixed, or "" when the column `currency` tells, else the signs at the `total`,
    else the shop's. `quoted`: false where a quotation mark in a tab-separated file is only a character. `fragment`: the
    rows know only goods or refunds.

    `many_rows`: an order may take several adjacent rows, order-level cells being read from the first; `scattered`:
    they need not stand together. `amounts_of_rows` instead of `amounts` where the first row is not
    enough. `each_row`: every row has a state and a share of the amounts of its own, but for
    the names of `Amounts` that are `repeated`; where its closed rows are no lines of an order that lives on, they count
    in no sum (`closed_rows_go`). `joined`: a field whose `;` say that this one row is several (Douyin's
    merged export). `unmerged`: order-level fields that are all empty on the further rows of an order once its merged
    cells are merged no more; `lines` then proves that such a row is the order's. `refund_columns`: a file with none of
    those the format has knows no refunds. `bought`: given the first rows and our own names (as
    `normal` compares them), who buys in a list of what we bought that has this header; '' where it is what we sold.
    The rest turns rows into parts of an order.
    """

    name: str
    platform: Platform
    columns: Mapping[str, str]
    must: frozenset[str]
    state: Callable[[Row], PlatformState]
    unlike: str = ""
    number: Callable[[Row], str] = told_number
    placed_at: Callable[[Row], datetime | None] = told_placed_at
    currency: str = ""
    many_rows: bool = False
    scattered: bool = False
    each_row: bool = False
    closed_rows_go: bool = False
    repeated: tuple[str, ...] = ()
    joined: str = ""
    unmerged: tuple[str, ...] = ()
    quoted: bool = True
    fragment: bool = False
    amounts: Callable[[Row, PlatformState], Amounts] = no_amounts
    amounts_of_rows: Callable[[Sequence[Row], PlatformState], Amounts] | None = None
    receiver: Callable[[Row], Receiver] = no_receiver
    hold: Callable[[Row], str] = no_hold
    lines: Callable[[Sequence[Row]], tuple[IncomingLine, ...]] = no_lines
    refunds: Callable[[Sequence[Row]], tuple[IncomingRefund, ...]] = no_refunds
    refund_columns: frozenset[str] = frozenset({"refund_state", "refunded"})
    bought: Callable[[Sequence[Row], Collection[str]], str] | None = None

    @property
    def every_column(self) -> Mapping[str, str]:
        """`columns`, and what any table may tell."""
        return {**EVERYWHERE, **self.columns}

    def find(self, header: Sequence[str]) -> dict[str, int]:
        """Where each of our fields stands in this header; fields it does not have are absent."""
        return find(self.every_column, header)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether it is this format's header."""
        other = {normal(name) for name in self.unlike.split(OTHER_NAME) if name}
        return not self.lacking(header) and other.isdisjoint(normal(cells.clean(name)) for name in header)

    def tells_refunds(self, header: Sequence[str]) -> bool:
        """Whether a file of this header would say so if there were a refund."""
        told_by = self.refund_columns & self.columns.keys()
        return self.refunds is not no_refunds and (not told_by or bool(told_by & self.find(header).keys()))

    def lacking(self, header: Sequence[str]) -> list[str]:
        """The needed columns this header does not have, by their usual names; empty when it is this format."""
        at = self.find(header)
        return [self.columns[field].split(OTHER_NAME)[0] for field in sorted(self.must) if field not in at]
