"""What each column of an unknown table probably is: by its name, and by what its values look like.

Surprising: a name alone is not believed. A column called 金额 whose values are no amounts is not proposed, and a phone
is known by its values when its column has an unknown name. It stays a proposal: a person confirms it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from channels import cells, moments
from channels.formats import normal
from channels.mapping import signature
from channels.reasons import Refused
from channels.statuses import meaning_of
from channels.synonyms import GENERAL, SYNONYMS
from domain.intake.table_mapping import Field, Meaning, Reading, TableMapping

_LOOKED_AT = 20
_UNIT = re.compile(r"[（(\[【].*?[)）\]】]|[*：:]")
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9][\d*]{9}(?:-\d{1,6})?|\+\d[\d\s().-]{6,20}")
_ANY_ZONE = ZoneInfo("UTC")
_LEAST_INSIDE = 2
_NOT_SO = ("货到付款", "推广", "达人", "主播", "分销")
"""In the name of a column: what is due at the door (货到付款金额 is not what was paid, 付款金额), and who only told
others of the goods (推广者昵称 is not the buyer)."""
_LEAST_INSIDE_LATIN = 4


class Kind(StrEnum):
    """What the values of a column look like."""

    NOTHING = "nothing"
    TIME = "time"
    PHONE = "phone"
    COUNT = "count"
    AMOUNT = "amount"
    STAMP = "stamp"
    TEXT = "text"


_FINER_THAN_MONEY = 4
_NUMBERS = frozenset({Kind.COUNT, Kind.AMOUNT, Kind.STAMP, Kind.NOTHING})
_STAMPED = frozenset({Field.PLACED_AT, Field.PAID_AT})
_TIMES = frozenset({Kind.TIME, Kind.NOTHING})
_WORDS = frozenset({Kind.TEXT, Kind.NOTHING})
_FITS: dict[Field, frozenset[Kind]] = {
    Field.QUANTITY: frozenset({Kind.COUNT}),
    Field.NUMBER: frozenset(Kind) - {Kind.TIME, Kind.NOTHING},
    Field.TITLE: frozenset({Kind.TEXT}),
    Field.PHONE: frozenset(Kind) - {Kind.TIME},
    Field.STATE: _WORDS,
    Field.REFUND_STATE: _WORDS,
    Field.RECEIVER_NAME: _WORDS,
    Field.SHOP_NAME: _WORDS,
    Field.WHOLE_ADDRESS: _WORDS,
    Field.COURIER_HINT: _WORDS,
    Field.WAREHOUSE_HINT: _WORDS,
    **dict.fromkeys((Field.PAID, Field.UNIT_PRICE, Field.SHIPPING, Field.DISCOUNT, Field.REFUNDED), _NUMBERS),
    **dict.fromkeys((Field.PLACED_AT, Field.PAID_AT), _TIMES),
}


def bare(name: str) -> str:
    """A column name without its unit or remark: `实付金额（元）` -> `实付金额`."""
    return normal(_UNIT.sub("", name)) or normal(name)


_NAMES = {field: [normal(name) for name in told.split()] for field, told in SYNONYMS.items()}
_ALL = {name for told in _NAMES.values() for name in told}


def recognised(header: Iterable[str]) -> int:
    """How many of the names are ones an order table would have."""
    return sum(bare(name) in _ALL for name in header)


def is_label(name: str) -> bool:
    """Whether a cell reads like a column's name rather than like a value."""
    return len(name) <= 40 and kind_of([name]) is Kind.TEXT and any(char.isalpha() for char in name)


def kind_of(values: Iterable[str]) -> Kind:
    """What the values look like, three of four at least; the empty ones don't count."""
    told = [text for value in values if (text := cells.clean(value))][:_LOOKED_AT]
    if not told:
        return Kind.NOTHING
    checks = (
        *((Kind.TIME, _is_time), (Kind.STAMP, moments.is_stamp), (Kind.PHONE, _PHONE.fullmatch)),
        *((Kind.COUNT, _is_count), (Kind.AMOUNT, _is_amount)),
    )
    return next((kind for kind, check in checks if sum(map(bool, map(check, told))) * 4 >= len(told) * 3), Kind.TEXT)


def _reads(read: Callable[[], object]) -> bool:
    try:
        return read() is not None
    except Refused:
        return False


def _is_time(text: str) -> bool:
    """A bare number only when it is too fine for money, as a spreadsheet's times are: 46143 may be a count as well."""
    whole, _, part = text.partition(".")
    if (whole + part).isdecimal() and len(part) < _FINER_THAN_MONEY:
        return False
    return _reads(lambda: moments.moment(text, _ANY_ZONE, True)) or _reads(
        lambda: moments.moment(text, _ANY_ZONE, False)
    )


def _is_count(text: str) -> bool:
    whole, _, zeros = text.partition(".")
    return len(whole) < 6 and not zeros.strip("0") and _reads(lambda: cells.quantity(text))


def _is_amount(text: str) -> bool:
    return len(text) < 16 and _reads(lambda: cells.number(text))


def propose(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    earlier: Sequence[TableMapping],
    words_of: Callable[[str], Sequence[str] | None],
) -> Reading:
    """A reading for this header: what the most alike earlier mapping says where its columns are still there, names
    and values for the rest; one of this very header says it all. `words_of` tells the words of a status column
    (None: too many to be one)."""
    kinds = dict(zip(header, map(kind_of, zip(*rows, strict=True)), strict=True))
    like = _alike(header, earlier)
    columns = _kept(header, like)
    same = like is not None and like.signature == signature(header)
    for field, column in () if same else _named(header, kinds, columns) + _valued(header, kinds, columns):
        if field not in columns and column not in columns.values():
            columns[field] = column
    words: dict[str, str] = {}
    if state := columns.get(Field.STATE):
        told = words_of(state)
        if told is None:
            del columns[Field.STATE]
        else:
            words = meanings(told, like)
    said = like.per_line if like else _paid_per_line(header, rows, columns)
    return Reading({str(field): column for field, column in columns.items()}, words, said)


def meanings(told: Iterable[str], earlier: TableMapping | None = None) -> dict[str, str]:
    """Every status word with what it means: as said earlier, as it says itself, else unknown: a person says it."""
    said = {normal(word): meaning for word, meaning in earlier.words.items()} if earlier else {}
    return {word: str(said.get(normal(word)) or meaning_of(word) or Meaning.UNKNOWN) for word in told}


def _alike(header: Sequence[str], earlier: Sequence[TableMapping]) -> TableMapping | None:
    """The mapping that finds most of its columns here; one that finds fewer than half of them is no help."""
    here, key = set(map(normal, header)), signature(header)

    def found(one: TableMapping) -> int:
        return sum(normal(column) in here for column in one.columns.values())

    best = max(earlier, key=lambda one: (one.signature == key, found(one)), default=None)
    return best if best is not None and found(best) * 2 >= len(best.columns) > 0 else None


def _kept(header: Sequence[str], like: TableMapping | None) -> dict[Field, str]:
    here = {normal(name): name for name in header}
    told = like.columns.items() if like else ()
    return {Field(field): here[normal(column)] for field, column in told if normal(column) in here}


def _named(header: Sequence[str], kinds: dict[str, Kind], taken: dict[Field, str]) -> list[tuple[Field, str]]:
    """(field, column) by name: first names that are the same, then names that contain one, the longest first; of two
    columns alike the one with values."""
    plain = {name: bare(name) for name in header if name not in taken.values()}
    same: list[tuple[Field, str]] = []
    inside: list[tuple[int, Field, str]] = []
    for field, names in _NAMES.items():
        for known in names:
            for name, told in plain.items():
                if not _fits(field, kinds[name]):
                    continue
                if told == known:
                    same.append((field, name))
                elif known in told and _telling(known) and not any(word in told for word in _NOT_SO):
                    inside.append((-len(known), field, name))
    same.sort(key=lambda one: kinds[one[1]] is Kind.NOTHING)
    firm = dict(reversed(same))
    claimed = set(firm.values())
    loose = sorted(inside, key=lambda one: (one[0], kinds[one[2]] is Kind.NOTHING))
    return [*same, *((field, name) for _, field, name in loose if field not in firm and name not in claimed)]


def _telling(known: str) -> bool:
    return known not in GENERAL and len(known) >= (_LEAST_INSIDE_LATIN if known.isascii() else _LEAST_INSIDE)


def _fits(field: Field, kind: Kind) -> bool:
    """Whether a column of that kind may be it: seconds or milliseconds since 1970 are times where a name says so."""
    return kind in _FITS.get(field, frozenset(Kind)) or (kind is Kind.STAMP and field in _STAMPED)


def _valued(header: Sequence[str], kinds: dict[str, Kind], taken: dict[Field, str]) -> list[tuple[Field, str]]:
    """What is left when the names are told out: a phone and the one column of times, by their values, and a State that
    is not the order's."""
    left = [name for name in header if name not in taken.values()]
    phones = [(Field.PHONE, name) for name in left if kinds[name] is Kind.PHONE]
    times = [(Field.PLACED_AT, name) for name in left if kinds[name] is Kind.TIME]
    states = [(Field.PROVINCE, name) for name in left if normal(name) == "state"]
    return [*phones, *(times if len(times) == 1 else []), *states]


def _paid_per_line(header: Sequence[str], rows: Sequence[Sequence[str]], columns: dict[Field, str]) -> bool:
    """Whether some order's rows tell different amounts: then each row tells its own."""
    if Field.PAID not in columns or Field.NUMBER not in columns:
        return False
    number, paid = header.index(columns[Field.NUMBER]), header.index(columns[Field.PAID])
    told = ((cells.code(row[number]), cells.clean(row[paid])) for row in rows)
    orders = (list(group) for _, group in groupby(told, key=lambda one: one[0]))
    return any(len({amount for _, amount in order if amount}) > 1 for order in orders)
