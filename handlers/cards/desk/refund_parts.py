"""A refund of a part of an order: which line, how many units, as buttons and as people type it (`#2`, `#2x1`).

Surprising: a button names one line. Who wants two of them taken out taps twice, or types both behind /refund.
"""

import re
from collections.abc import Mapping

from domain.orders import kits
from domain.orders.orders import Line, Order
from handlers.card import Button
from handlers.cards.desk.evidence import veiled
from handlers.cards.rows import Row, in_twos
from handlers.taps import pack
from handlers.wording.terms import N_
from handlers.words import Words

_PART = re.compile(r"#(\d{1,4})(?:[x×*]([1-9]\d{0,5}))?")
MOST_LINES, MOST_UNITS = 8, 5
_OF = N_("Only {count} of {all}")


def split_lines(text: str) -> tuple[dict[int, int], str]:
    """`#2x1 #3 too slow` -> ({2: 1, 3: 0}, "too slow"): units by line number (0 = all of it), and the rest."""
    found: dict[int, int] = {}
    rest = text.strip()
    while one := _PART.match(rest.split(maxsplit=1)[0] if rest else ""):
        if one.end() != len(rest.split(maxsplit=1)[0]):
            break
        found[int(one[1])] = int(one[2] or 0)
        rest = rest[one.end() :].lstrip()
    return found, rest


def read_lines(part: str) -> dict[int, int]:
    """What a button carries: `2x1`."""
    number, _, units = part.partition("x")
    return {int(number): int(units or 0)}


def part_name(order: Order, units: Mapping[int, int], words: Words) -> str:
    """`1 × White cup`."""
    lines = {line.line_no: line for line in kits.sold(order.lines)}
    return words.listed(_name(lines[number], told or lines[number].quantity) for number, told in units.items())


def _name(line: Line, units: int) -> str:
    return f"{units} × {veiled(line.title or line.known_as, True, 40)}"


def part_rows(order: Order, part: str, words: Words) -> list[Row]:
    """Behind the whole order: its lines, where it has several or several units. Behind a line: fewer units of it.
    What needs no shipping is paid back like the rest."""
    lines = kits.sold(order.bought)
    if part:
        number = next(iter(read_lines(part)))
        line = next(one for one in lines if one.line_no == number)
        chosen = read_lines(part)[number] or line.quantity
        counts = [*range(1, min(line.quantity, MOST_UNITS + 1)), line.quantity]
        return list(
            in_twos(
                [
                    Button(words.label(_OF, count=count, all=line.quantity), _tap(order, f"{number}x{count}"))
                    for count in counts
                    if count != chosen
                ]
            )
        )
    if len(lines) < 2 and all(line.quantity < 2 for line in lines):
        return []
    return [
        (Button(words.label("Only #{number}: {name}", number=one.line_no, name=_name(one, one.quantity)), tap),)
        for one in lines[:MOST_LINES]
        for tap in [_tap(order, f"{one.line_no}x0")]
    ]


def _tap(order: Order, part: str) -> str:
    return pack("o.rf", order.id, order.revision, part)
