"""One cell's text to a point in time, in all the ways exporters, spreadsheets and people write one.

Surprising: a bare number is a date when it can be nothing else in a column of times: `46143.5` is what a spreadsheet
calls noon of 1 May 2026, `20260501100000` is written without signs, and ten or thirteen digits are the seconds or
milliseconds since 1970 that programs write. Whether `03/04/2026` is March or April nobody
can tell from one cell; the caller says it.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from channels.cells import clean
from channels.reasons import Reason, Refused, shown

_YEARS = range(1990, 2101)
_NEVER = re.compile(r"(?:0000-00-00|0001-01-01|1970-01-01)(?:[ T].*)?$")
_BUDDHIST = 543
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's days know no zone
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_STAMP = re.compile(r"(\d{10}|\d{13})(?:\.0+)?")
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?: ?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:(?:[ T]+|(?<=日))(?P<noon>[上下]午)? ?(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})"
    r"(?:[:分](?:(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?(?: ?(?P<half>[AaPp])[Mm])?)?"
)
_CLOCK = r"(?:,? +(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?: ?(?P<half>[AaPp])[Mm])?)?"
_SLASHED = re.compile(r"(?P<one>\d{1,2})[/.-](?P<two>\d{1,2})[/.-](?P<year>\d{4})" + _CLOCK)
_SHORT = re.compile(r"(?P<one>\d|[01]\d)/(?P<two>\d{1,2})/(?P<year>[23]\d)" + _CLOCK)  # 26/11/25 may begin with a year
_NAMED = re.compile(
    r"(?:(?P<one>\d{1,2})\.?[- ](?P<month>[^\W\d_]{3,10})\.?|(?P<name>[^\W\d_]{3,10})\.?[- ](?P<two>\d{1,2}),?)"
    r"[- ](?P<year>\d{4}|\d{2})" + _CLOCK
)
_BEGINNINGS = (
    ("jan", "ene", "gen"),
    ("feb", "fev"),
    ("mar", "mrz"),
    ("apr", "abr", "avr"),
    ("may", "mai", "mei", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "ago", "aou", "agu"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "dez", "dic", "des"),
)
_MONTHS = {begins: number for number, told in enumerate(_BEGINNINGS, start=1) for begins in told}
"""How months begin in English, German, French, Spanish, Portuguese, Italian and Indonesian, without accents."""


def moment(cell: str, zone: ZoneInfo, day_first: bool | None = None) -> datetime | None:
    """An aware UTC time; None for an empty cell and for what databases write for never. A time without offset is in
    `zone`; one that a clock change skipped is read with the offset before the change. `day_first` says how
    `03/04/2026` is meant, None that nobody knows. Raises Refused NOT_A_DATE."""
    text = clean(cell)
    return _moment(text, zone, day_first) if text and not _NEVER.match(text) else None


def slashed(cell: str) -> tuple[int, int] | None:
    """The first two numbers of a date like `03/04/2026`, None for anything else."""
    found = _slashes(clean(cell)) if cell else None
    return (int(found["one"]), int(found["two"])) if found else None


def is_stamp(cell: str) -> bool:
    """Whether it could be seconds or milliseconds since 1970, of our years."""
    found = _STAMP.fullmatch(clean(cell)) if cell else None
    return found is not None and _YEARS.start <= datetime.fromtimestamp(int(found[1][:10]), UTC).year < _YEARS.stop


@lru_cache(maxsize=4096)
def _moment(text: str, zone: ZoneInfo, day_first: bool | None) -> datetime:
    told = text if text.isascii() else unicodedata.normalize("NFKC", text)
    try:
        when = _sane(_iso(told) or _numeric(told) or _worded(told, day_first))
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(Reason.NOT_A_DATE, value=shown(text)) from None


def _sane(when: datetime) -> datetime:
    year = _common(when.year)
    if year not in _YEARS:
        raise ValueError(when)
    return when.replace(year=year)


def _common(year: int) -> int:
    """Thailand's years are 543 ahead."""
    return year - _BUDDHIST if year - _BUDDHIST in _YEARS else year


def _iso(text: str) -> datetime | None:
    """`2026-05-01 10:00:00` and what `fromisoformat` reads beside it, but neither 20260405 nor 2026W151."""
    if not text[:4].isdecimal() or (text[4:5].isascii() and text[4:5].isalnum()):
        return None
    joined = text[:19] + text[20:] if len(text) > 20 and text[19] == " " and text[20] in "+-" else text
    try:
        return datetime.fromisoformat(joined.removesuffix(" UTC") + ("Z" if joined.endswith(" UTC") else ""))
    except ValueError:
        return None


def _numeric(text: str) -> datetime | None:
    """The year first, in signs of any kind or none; or a spreadsheet's count of days, to the second."""
    if _SERIAL.fullmatch(text):
        return _DAY_ZERO + timedelta(seconds=round(float(text) * 86_400))
    if stamp := _STAMP.fullmatch(text):
        seconds, thousandths = int(stamp[1][:10]), int(stamp[1][10:] or 0)
        return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=thousandths)
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    return _built(found, found["year"], found["month"], found["day"]) if found else None


def _worded(text: str, day_first: bool | None) -> datetime:
    """`Sep-05-26`, `05 Sep 2026 10:11` and, when it is known which comes first, `05/09/2026 10:11:12 AM`."""
    if (found := _slashes(text)) and day_first is not None:
        day, month = (found["one"], found["two"]) if day_first else (found["two"], found["one"])
    elif found := _NAMED.fullmatch(text):
        day = found["one"] or found["two"]
        month = _month(found["month"] or found["name"])
    else:
        raise ValueError(text)
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
    return _built(found, year, month, day)


def _slashes(text: str) -> re.Match[str] | None:
    """`11/25/2026`, or `11/25/26` where the first number can be no year."""
    return _SLASHED.fullmatch(text) or _SHORT.fullmatch(text)


def _month(name: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(char))
    number = _MONTHS.get(bare[:4]) or _MONTHS.get(bare[:3])
    if number is None:
        raise ValueError(name)
    return str(number)


def _built(found: re.Match[str], year: str, month: str, day: str) -> datetime:
    clock = _hour(found), int(found["minute"] or 0), int(found["second"] or 0)
    return datetime(_common(int(year)), int(month), int(day), *clock)  # noqa: DTZ001 -- the caller puts the zone on


def _hour(found: re.Match[str]) -> int:
    told = found.groupdict()
    hour, half, noon = int(told["hour"] or 0), told.get("half"), told.get("noon")
    if half is None and (noon is None or hour > 12):  # 下午14:30 is written too
        return hour
    if not (0 if noon else 1) <= hour <= 12:
        raise ValueError(hour)
    afternoon = noon == "下午" or (half is not None and half in "pP")
    return hour % 12 + (12 if afternoon else 0)
