"""What a person may have meant: numbers one slip of the finger away, and texts that hold most of what was typed.

Surprising: nothing is compared with every order. A number's slips are written out and looked up in the index (a few
hundred); of a mistyped word one part is right, so the parts find the candidates and likeness only sorts those.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

LONGEST = 32
LEAST_LIKE = 0.6
CANDIDATES = 200
_LEAST_DIGITS = 4


def is_number(text: str) -> bool:
    """Whether the text looks like an order number or waybill: ASCII, no blanks, mostly digits."""
    digits = sum(letter.isdigit() for letter in text)
    return text.isascii() and " " not in text and digits >= _LEAST_DIGITS and digits * 2 >= len(text) <= LONGEST


def slips(number: str) -> set[str]:
    """Every number one slip away: two neighbours swapped, one digit missing, too many or wrong."""
    found = set(_slips(number))
    return found - {number}


def _slips(number: str) -> Iterator[str]:
    for at in range(len(number) + 1):
        head, tail = number[:at], number[at:]
        yield from (head + digit + tail for digit in "0123456789")
        if not tail:
            return
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        yield from (head + digit + tail[1:] for digit in "0123456789" if tail[0].isdigit())


def words_of(text: str) -> list[str]:
    """The parts of a text that are looked for one by one, the longest first, four at most."""
    return sorted({word for word in text.split() if len(word) > 1}, key=lambda word: (-len(word), word))[:4]


def parts(word: str) -> tuple[str, ...]:
    """The three parts of a word (two of a short one): a slip, also one across a border, leaves one whole. None of a
    word too short to tell."""
    count = 3 if len(word) >= 6 else 2
    size = -(-len(word) // count)
    found = tuple(word[at : at + size] for at in range(0, len(word), size))
    return found if min(map(len, found)) > 1 or not word.isascii() else ()


def likeness(wanted: str, needle: str) -> float:
    """How much the best line of an order's texts is like what was typed, 0 to 1."""
    return max((SequenceMatcher(None, wanted, line).ratio() for line in _lines(wanted, needle)), default=0.0)


def _lines(wanted: str, needle: str) -> Iterator[str]:
    for line in needle.split("\n"):
        yield line[:200]
        yield from (word for word in line.split() if len(word) > 1 and " " not in wanted)
