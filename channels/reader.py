"""One file to a stream of orders and refused rows.

Surprising: an order is taken whole or not at all. One bad row refuses all rows of its order, because an order
without one of its lines would be shipped short. The same number further down is a duplicate; in a format whose rows
may be scattered only a row that stood there already is.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from channels import cells, json_files, moments, sources
from channels.contents import Members, Sheet, is_json, is_text, sheets_of, sheets_within, unpacked
from channels.formats import Format, Layout, Row, normal
from channels.mapping import signature
from channels.orders import build
from channels.reasons import Reason, Refused, Unreadable, shown
from channels.registry import closest, matching
from domain.intake.incoming import IncomingOrder, Platform, RejectedRow

HEADER_ROWS = 30
_WIDEST = 1_000
_UNTOLD = "…"
_LOOK_AHEAD = 200
_TIMES = "_at"
_LOOKED_AT = frozenset({"title", "variant", "buyer_id", "buyer_message", "seller_note", "invoice_title", "shop_name"})
_TOTALS = ("合计", "总计", "小计", "总交易", "共计")
_HALVES = ("AM", "PM", "am", "pm")
_DOWNLOADED = ("record(s) downloaded", "Datensätze heruntergeladen")  # eBay's footer
_SELLER = ("Seller ID", "Verkäufer-ID")
_TOTAL_WORDS = frozenset({"total", "totals", "grand total", "subtotal", "sum"})

Item = IncomingOrder | RejectedRow


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file is and, read once and in order, what is in it. `header` names the columns of
    `RejectedRow.cells` (of the first sheet; empty for JSON). `control_rows` fills while `items` is read: the
    places of total and comment rows, which are not imported and are nobody's fault. `signature` is the one of the
    mapping it is read by, "" for a known format. `tells_refunds`: it would say so if there were any."""

    format: str
    platform: Platform
    header: tuple[str, ...]
    items: Iterator[Item]
    control_rows: list[int] = field(default_factory=list)
    signature: str = ""
    tells_refunds: bool = True


Mapped = Mapping[str, Format]
"""Formats that people made by mapping, by the signature of their header."""


def read(
    name: str,
    data: bytes | Path,
    *,
    zone: ZoneInfo,
    currency: str = "",
    mapped: Mapped | None = None,
    ours: Collection[str] = (),
) -> ParsedFile:
    """Read a platform's file by what it contains; `name` only words a refusal. `zone` and `currency` are the shop's,
    for times without offset and for amounts of no told currency. `mapped` is asked when no known format fits; `ours`
    are the names of company and shops, to know a list of what they bought. Raises Unreadable before any item is given
    out; bad rows are items. A file given by its path must stay there until `items` is read."""
    source = sources.Source(data)
    sources.check_size(source)
    if is_json(source):
        return _json(source, zone, currency)
    members = unpacked(source)
    if members is not None and any(is_json(member) for _, member in members):
        return _packed(members, zone, currency, mapped or {}, ours)
    try:
        return _tables(sheets_of(source), zone, currency, mapped or {}, ours)
    except Unreadable as refusal:
        none = refusal.code in (Reason.UNKNOWN_HEADER, Reason.NOT_A_TABLE) and is_text(source)
        if none and name.lower().endswith((".xlsx", ".xls")):
            detail = "the name says workbook, the content is none"
            raise Unreadable(Reason.NOT_A_WORKBOOK, {"detail": detail}) from None
        raise


def _json(source: sources.Source, zone: ZoneInfo, currency: str) -> ParsedFile:
    with source.open() as file:
        format_name, platform, items = json_files.read(file.read(), zone, currency)
    return ParsedFile(format_name, platform, (), items)


def _packed(members: Members, zone: ZoneInfo, currency: str, mapped: Mapped, ours: Collection[str]) -> ParsedFile:
    """A zip with JSON in it: its files one after the other, all of one platform. Raises Unreadable, naming the file."""
    parts: list[ParsedFile] = []
    for name, member in members:
        if is_json(member):
            try:
                part = _json(member, zone, currency)
            except Unreadable as refusal:
                raise Unreadable(refusal.code, {"file": name, **refusal.facts}) from None
            parts.append(replace(part, items=_in_file(name, part.items)))
    if sheets := sheets_within(members):
        parts.append(_tables(sheets, zone, currency, mapped, ours))
    platforms = sorted({part.platform for part in parts})
    if len(platforms) > 1:
        raise Unreadable(Reason.MIXED_PLATFORMS, {"platforms": ", ".join(platforms)})
    items = itertools.chain.from_iterable(part.items for part in parts)
    name = "+".join(dict.fromkeys(part.format for part in parts))
    last = parts[-1]
    told = any(part.tells_refunds for part in parts)
    return ParsedFile(name, platforms[0], last.header, items, last.control_rows, last.signature, told)


def _in_file(name: str, items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        yield replace(item, facts={"sheet": name, **item.facts}) if isinstance(item, RejectedRow) else item


@dataclass(frozen=True, slots=True)
class _Found:
    """A table with a header we know: where the rows begin, and how to read them."""

    table: sources.Table
    delimiter: str
    header_row: int
    format: Format
    header: tuple[str, ...]


def _tables(
    sheets: Sequence[Sheet], zone: ZoneInfo, currency: str, mapped: Mapped, ours: Collection[str]
) -> ParsedFile:
    seen: list[list[str]] = []
    found = _find_all(sheets, matching, seen)
    key = ""
    if not found and mapped:
        found = _find_all(sheets, lambda row: mapped.get(signature(row)), [])
        key = signature(found[0].header) if found else ""
        found = [one for one in found if signature(one.header) == key]
    if not found:
        raise Unreadable(Reason.UNKNOWN_HEADER if any(map(any, seen)) else Reason.EMPTY, closest(seen))
    platforms = sorted({one.format.platform for one in found})
    if len(platforms) > 1:
        raise Unreadable(Reason.MIXED_PLATFORMS, {"platforms": ", ".join(platforms)})
    control_rows: list[int] = []
    readers = [_Sheet(one, zone, currency, control_rows, one.table.name if len(found) > 1 else "") for one in found]
    if buyer := next(filter(None, (reader.bought(ours) for reader in readers)), ""):
        raise Unreadable(Reason.BOUGHT, {"buyer": shown(buyer)})
    items = itertools.chain.from_iterable(reader.items() for reader in readers)
    name = "+".join(dict.fromkeys(one.format.name for one in found))
    told = any(one.format.tells_refunds(one.header) for one in found)
    return ParsedFile(name, platforms[0], found[0].header, items, control_rows, key, told)


Known = Callable[[list[str]], Format | None]


def _find_all(sheets: Sequence[Sheet], known: Known, seen: list[list[str]]) -> list[_Found]:
    each = (next(filter(None, (_find(table, known, seen) for table in sheet)), None) for sheet in sheets)
    return [one for one in each if one is not None]


def _find(table: sources.Table, known: Known, seen: list[list[str]]) -> _Found | None:
    """The header within the first rows. Rows looked at are added to `seen`, for the refusal; one with more columns
    than any export has is none."""
    for delimiter in table.delimiters:
        for place, row in itertools.islice(table.lines(delimiter, True), HEADER_ROWS):
            if isinstance(row, Refused) or len(row) > _WIDEST:
                seen.append([_UNTOLD])
                continue
            if (format_ := known(row)) is not None:
                return _Found(table, delimiter, place, format_, tuple(row))
            seen.append(row)
    return None


class _Read(NamedTuple):
    """One row with the order number it belongs to ("" when it can't be told) and why it can't be read, if so. `run`:
    which row of neighbours of one order it is in."""

    place: int
    number: str
    cells: list[str]
    row: Row | None
    refusal: Refused | None = None
    run: int = 0


class _Sheet:
    """Reads one table; remembers which order numbers it has seen."""

    def __init__(self, found: _Found, zone: ZoneInfo, currency: str, control_rows: list[int], name: str) -> None:
        self._found = found
        self._name = name
        self._control_rows = control_rows
        self._layout = Layout(found.format, found.format.find(found.header), found.header, zone, currency=currency)
        self._number_at = self._layout.at["number"]
        header = [cells.clean(cell) for cell in found.header]
        self._width = max((place for place, cell in enumerate(header, start=1) if cell), default=0)
        read_to = max(self._layout.at.values()) + 2  # a cell behind the last of ours proves that one whole
        self._least = min(self._width, read_to)  # Excel leaves empty cells at the end of rows out of a CSV
        self._seen: dict[str, int] = {}

    def bought(self, ours: Collection[str]) -> str:
        """Who buys, where the first rows say that this is a list of what we bought."""
        who = self._found.format.bought
        if who is None:
            return ""
        ahead = itertools.islice(self._data_lines([]), _LOOK_AHEAD)
        whole = ((place, row) for place, row in ahead if not isinstance(row, Refused) and len(row) >= self._least)
        return who([Row(self._layout, place, row) for place, row in whole], {normal(name) for name in ours} - {""})

    def items(self) -> Iterator[Item]:
        lines = self._data_lines(self._control_rows)
        ahead = list(itertools.islice(lines, _LOOK_AHEAD))
        if cells.looks_rounded(self._raw_number(row) for _, row in ahead if not isinstance(row, Refused)):
            self._layout = replace(self._layout, rounded_ids=True)
        self._layout = replace(self._layout, day_first=self._day_first(ahead))
        reads = self._in_runs(itertools.chain(ahead, lines))
        together = self._gathered(reads) if self._found.format.scattered else self._adjacent(reads)
        for number, group in together:
            yield from self._group(number, group)

    def _in_runs(self, lines: Iterable[sources.Line]) -> Iterator[_Read]:
        """The rows, numbered. One that lost its number may be a line of the order above it (merged cells, saved as
        CSV), so it goes with it."""
        number, run = None, 0
        for read in (self._read(place, row) for place, row in lines):
            lost = number is not None and read.number != number and self._lost_its_number(read)
            if number is None or (read.number != number and not lost):
                number, run = read.number, run + 1
            yield (self._unmerged(read, number) if lost else read)._replace(number=number, run=run)

    def _unmerged(self, read: _Read, number: str) -> _Read:
        """The row under the number above it, where nothing of it is the order's but its goods."""
        at = [self._layout.at[field] for field in self._found.format.unmerged if field in self._layout.at]
        if not at or any(cells.clean(read.cells[place]) for place in at if place < len(read.cells)):
            return read
        whole = list(read.cells)
        whole[self._number_at] = number
        return self._read(read.place, whole)

    def _adjacent(self, reads: Iterable[_Read]) -> Iterator[tuple[str, list[_Read]]]:
        """Rows of one number that follow each other."""
        for _, group in itertools.groupby(reads, key=lambda read: read.run):
            run = list(group)
            yield run[0].number, run

    def _lost_its_number(self, read: _Read) -> bool:
        """Neither a number nor a time: only the first row of an order tells them. eBay lists sales that are not
        checked out yet without a number, but with their day."""
        if read.number or not self._found.format.many_rows or read.refusal is None:
            return False
        at = self._layout.at.get("placed_at")
        dated = at is not None and at < len(read.cells) and bool(cells.clean(read.cells[at]))
        return read.refusal.reason is Reason.MISSING and not dated

    def _gathered(self, reads: Iterable[_Read]) -> Iterator[tuple[str, list[_Read]]]:
        """The rows of each number wherever they stand, given out at the last one. The file is gone through once more
        to know it, so that no more than the open orders are held."""
        last = {read.number: read.place for read in self._in_runs(self._data_lines([]))}
        waiting: dict[str, list[_Read]] = {}
        for read in reads:
            waiting.setdefault(read.number, []).append(read)
            if last[read.number] == read.place:
                yield read.number, waiting.pop(read.number)

    def _day_first(self, ahead: Sequence[sources.Line]) -> bool | None:
        """How this file writes `03/04/2026`, told by any number over 12 in it; where none is, AM and PM are American
        and the rest is day first. None when the first rows have no such dates."""
        at = [place for field, place in self._layout.at.items() if field.endswith(_TIMES)]
        if not any(_slashed(row, at) for _, row in ahead):
            return None
        halves = False
        for _, row in itertools.chain(ahead, self._data_lines([])):
            for text, (one, two) in _slashed(row, at):
                if max(one, two) > 12:
                    return one > 12
                halves = halves or text.endswith(_HALVES)
        return not halves

    def _data_lines(self, control_rows: list[int]) -> Iterator[sources.Line]:
        """Rows below the header that are neither blank, nor totals, nor the header again."""
        quoted = self._found.format.quoted or self._found.delimiter != "\t"
        for place, row in self._found.table.lines(self._found.delimiter, quoted):
            if place <= self._found.header_row:
                continue
            if not isinstance(row, Refused):
                if not any(row) or not any(map(cells.clean, row)):
                    continue
                if self._is_control(row) or (place == self._found.header_row + 1 and self._describes(row)):
                    control_rows.append(place)
                    continue
            yield place, row

    def _raw_number(self, row: list[str]) -> str:
        return cells.code(row[self._number_at]) if self._number_at < len(row) else ""

    def _describes(self, row: list[str]) -> bool:
        """Whether the row below the header explains the columns (`Platform unique order ID.`): no order's number is
        without a digit."""
        number = self._raw_number(row)
        return bool(number) and not any(map(str.isdigit, number))

    def _is_control(self, row: list[str]) -> bool:
        number = self._raw_number(row)
        if number[:1].isdigit() and " " not in number and len(row) >= self._width:  # nearly all rows
            return False
        if number and number == cells.code(self._found.header[self._number_at]):
            return row[: self._width] == list(self._found.header[: self._width])
        first = number or next(filter(None, map(cells.clean, row)))
        if first[0] == "#" and not (first[1:2].isascii() and first[1:2].isalnum()):
            return True
        return is_total(first) or first.startswith(_SELLER) or any(word in first for word in _DOWNLOADED)

    def _read(self, place: int, row: list[str] | Refused) -> _Read:
        if isinstance(row, Refused):
            return _Read(place, "", [], None, row)
        number = self._raw_number(row)
        if len(row) < self._least or any(map(cells.clean, row[len(self._found.header) :])):
            torn = Refused(Reason.TORN_ROW, expected=str(self._width), found=str(len(row)))
            return _Read(place, number, row, None, torn)
        if self._found.table.broken and (broken := self._broken(row)) is not None:
            return _Read(place, number, row, None, broken)
        read = Row(self._layout, place, row)
        try:
            return _Read(place, read.take_number(), row, read)
        except Refused as refusal:
            return _Read(place, number, row, None, refusal)

    def _broken(self, row: list[str]) -> Refused | None:
        """The first cell with a character that could not be read, but for those that people only look at."""
        for told, at in self._layout.at.items():
            if told not in _LOOKED_AT and at < len(row) and sources.LOST in row[at]:
                return Refused(Reason.BROKEN_TEXT, column=self._layout.column(told), value=shown(row[at]))
        return None

    def _group(self, number: str, reads: list[_Read]) -> Iterable[Item]:
        good = [one for one in reads if one.refusal is None]
        if not good:  # a rounded or missing number names no order: nothing to remember
            return [self._rejected(one, one.refusal) for one in reads if one.refusal]
        if number in self._seen:
            return [self._duplicate(one, number) for one in reads]
        self._seen[number] = reads[0].place
        again = self._again(reads)
        taken = self._taken(number, [one for one in reads if one.place not in again])
        return [*taken, *(self._duplicate(one, number) for one in reads if one.place in again)]

    def _again(self, reads: list[_Read]) -> set[int]:
        """The places of rows that stood in an earlier run as they are: the order exported twice into one file."""
        first: dict[tuple[str, ...], int] = {}
        if reads[0].run == reads[-1].run:
            return set()
        return {one.place for one in reads if first.setdefault(tuple(one.cells), one.run) < one.run}

    def _taken(self, number: str, reads: list[_Read]) -> list[Item]:
        if any(one.refusal for one in reads):
            bad = next(one.place for one in reads if one.refusal)
            return [self._rejected(one, one.refusal or self._part_of(one, bad)) for one in reads]
        if self._found.format.many_rows:
            return self._order(reads)
        return [*self._order(reads[:1]), *(self._duplicate(one, number) for one in reads[1:])]

    def _order(self, reads: list[_Read]) -> list[Item]:
        """The order, or all its rows refused: the one to blame with its reason, the others as its parts."""
        try:
            return [build(self._found.format, [one.row for one in reads if one.row is not None])]
        except Refused as refusal:
            bad = refusal.row or reads[0].place
            return [self._rejected(one, refusal if one.place == bad else self._part_of(one, bad)) for one in reads]

    def _part_of(self, read: _Read, place: int) -> Refused:
        return Refused(Reason.PART_OF_REFUSED, value=shown(read.number), other_row=str(place))

    def _duplicate(self, read: _Read, number: str) -> RejectedRow:
        column = self._layout.column("number")
        first = str(self._seen[number])
        return self._rejected(
            read, Refused(Reason.DUPLICATE_IN_FILE, column=column, value=shown(number), other_row=first)
        )

    def _rejected(self, read: _Read, refusal: Refused) -> RejectedRow:
        facts = {**refusal.facts, "sheet": self._name} if self._name else refusal.facts
        return RejectedRow(read.place, str(refusal.reason), facts, tuple(read.cells))


def is_total(text: str) -> bool:
    """Whether a row that begins with this text is a sum of others."""
    return text.startswith(_TOTALS) or text.rstrip(":：").lower() in _TOTAL_WORDS


def _slashed(row: list[str] | Refused, at: Sequence[int]) -> list[tuple[str, tuple[int, int]]]:
    """The slashed dates in these columns of a row."""
    if isinstance(row, Refused):
        return []
    texts = [cells.clean(row[place]) for place in at if place < len(row)]
    return [(text, pair) for text in texts if (pair := moments.slashed(text)) is not None]
