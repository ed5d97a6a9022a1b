"""Buttons beside each other where a phone has room for their words.

Surprising: Telegram wraps no label, it cuts it off with "…". So what does not fit into half the width gets all of it.
"""

from collections.abc import Sequence
from unicodedata import east_asian_width

from handlers.card import Button

Row = tuple[Button, ...]
HALF = 17.0
"""Latin letters that half of a phone's width (390 points) holds."""
_WIDE = 1.8


def width(label: str) -> float:
    """How much room a label takes, in Latin letters."""
    return sum(_WIDE if east_asian_width(char) in "WF" else 1 for char in label)


def in_twos(buttons: Sequence[Button]) -> tuple[Row, ...]:
    """Rows of two; a long label has a row of its own."""
    rows: list[list[Button]] = []
    open_ = False
    for button in buttons:
        short = width(button.label) <= HALF
        if short and open_:
            rows[-1].append(button)
        else:
            rows.append([button])
        open_ = short and len(rows[-1]) == 1
    return tuple(tuple(row) for row in rows)
