"""A table that no format knows: where its header is, what its columns look like, and how a mapping would read it.

Surprising: the header is guessed here, once. A saved mapping is found again by the header's column names alone, in
whichever of the first rows they stand.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from channels import cells, contents, reader, sources
from channels.formats import Format, normal
from channels.mapping import names, signature
from channels.proposal import is_label, recognised
from channels.reasons import Refused, Unreadable
from domain.intake.incoming import IncomingOrder, RejectedRow
from domain.intake.table_mapping import LearnedTable

LEAST_COLUMNS = 3
MOST_COLUMNS = 200
MOST_WORDS = 30
_SAMPLE_ROWS = 500
_SAMPLE_LENGTH = 60
_WORD_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Glance:
    """A table at first sight: what is remembered of it, and its first rows as cells per column of `table.header`."""

    table: LearnedTable
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What reading the whole file would give, with nothing taken in: the first orders, how many there are, the rows
    that would be rejected by reason, and the first of them."""

    orders: int
    rejected: int
    first: tuple[IncomingOrder, ...]
    reasons: tuple[tuple[str, int], ...]
    rejects: tuple[RejectedRow, ...]


@dataclass(frozen=True, slots=True)
class _Guess:
    """A row taken for the header, with how well it looks like one."""

    table: sources.Table
    delimiter: str
    place: int
    row: tuple[str, ...]
    score: tuple[int, int]


def glance(data: bytes | Path) -> Glance | None:
    """The likeliest table of a file, None where nothing looks like a header of three columns with rows below it.
    Raises Unreadable for a file that is no table at all."""
    guesses = [guess for table in contents.tables_of(sources.Source(data)) for guess in _guesses(table)]
    best = max(guesses, key=lambda one: one.score, default=None)
    if best is None:
        return None
    header = names(best.row)
    places = _places(best.row, header)
    rows = tuple(tuple(row[at] if at < len(row) else "" for at in places) for row in _below(best, _SAMPLE_ROWS))
    samples = tuple(next((cell for row in rows if (cell := _short(row[at]))), "") for at in range(len(header)))
    return Glance(LearnedTable(signature(best.row), header, samples), rows) if rows else None


def _guesses(table: sources.Table) -> Iterator[_Guess]:
    for delimiter in table.delimiters:
        for place, row in itertools.islice(table.lines(delimiter, True), reader.HEADER_ROWS):
            if isinstance(row, Refused):
                continue
            header = names(row)
            labels = sum(map(is_label, header))
            if LEAST_COLUMNS <= len(header) <= MOST_COLUMNS and labels * 2 > len(header):
                yield _Guess(table, delimiter, place, tuple(row), (recognised(header), labels))


def _places(row: Sequence[str], header: Sequence[str]) -> list[int]:
    at: dict[str, int] = {}
    for place, cell in enumerate(row):
        at.setdefault(normal(cells.clean(cell)[:200]), place)
    return [at[normal(name)] for name in header]


def _below(guess: _Guess, limit: int | None) -> Iterator[list[str]]:
    lines = (row for place, row in guess.table.lines(guess.delimiter, True) if place > guess.place)
    filled = (row for row in lines if not isinstance(row, Refused) and any(map(cells.clean, row)))
    return itertools.islice(filled, limit)


def _short(cell: str, length: int = _SAMPLE_LENGTH) -> str:
    text = " ".join(cells.clean(cell).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def words(data: bytes | Path, key: str, column: str) -> tuple[str, ...] | None:
    """The different values of a column over all of the file's tables with this signature, as first met, total rows
    and repeated headers aside; None when there are more than a status column would have. Raises Unreadable."""
    found: dict[str, str] = {}
    for told in _column(contents.tables_of(sources.Source(data)), key, column):
        found.setdefault(normal(told), told[:_WORD_LENGTH])
        if len(found) > MOST_WORDS:
            return None
    return tuple(found.values())


def _column(tables: Iterable[sources.Table], key: str, column: str) -> Iterator[str]:
    for table in tables:
        header = next((guess for guess in _guesses(table) if signature(guess.row) == key), None)
        if header is not None:
            (at,) = _places(header.row, (column,))
            for row in _below(header, None):
                told = cells.clean(row[at]) if at < len(row) else ""
                if told != column and not reader.is_total(next(filter(None, map(cells.clean, row)))):
                    yield told


def trial(name: str, data: bytes | Path, key: str, format_: Format, zone: ZoneInfo, show: int = 3) -> Trial:
    """Read the file whole by a mapping and keep the first `show` orders and rejected rows. Raises Unreadable."""
    orders = rejected = 0
    first: list[IncomingOrder] = []
    rejects: list[RejectedRow] = []
    reasons: Counter[str] = Counter()
    for item in reader.read(name, data, zone=zone, mapped={key: format_}).items:
        if isinstance(item, IncomingOrder):
            orders += 1
            if len(first) < show:
                first.append(item)
            continue
        rejected += 1
        reasons[item.reason] += 1
        if len(rejects) < show:
            rejects.append(item)
    return Trial(orders, rejected, tuple(first), tuple(reasons.most_common()), tuple(rejects))


def can_learn(data: bytes | Path) -> Glance | None:
    """As `glance`, and None for what is no table."""
    try:
        return glance(data)
    except Unreadable:
        return None
