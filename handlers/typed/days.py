"""A day as people type it behind a command: `2026-11-20`, `2026/11/20`, `20261120`, `2026年11月20日`.

Surprising: what is written like a day is one, also when there is none such. Then it is refused as a day, and not
looked for as something else.
"""

import re
from datetime import date

from domain.errors import BadValue

_YEAR = r"((?:19|[2-9]\d)\d\d)"
_DAY = re.compile(rf"{_YEAR}[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?|{_YEAR}(\d\d)(\d\d)", re.ASCII)


def like_a_day(word: str) -> bool:
    """Whether it is written as one, with its parts apart: eight digits alone may as well be a code."""
    return not word.isdigit() and _DAY.fullmatch(word) is not None


def read_day(word: str) -> date:
    """The day. Raises BadValue('date')."""
    found = _DAY.fullmatch(word)
    if found is None:
        raise BadValue("date", word[:40], "date")
    try:
        return date(*(int(part) for part in found.groups() if part))
    except ValueError:
        raise BadValue("date", word[:40], "date") from None
