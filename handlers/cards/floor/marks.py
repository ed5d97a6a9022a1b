"""What the units in a parcel bear, for the order's card: serial numbers and batches."""

from collections.abc import Sequence

from domain.floor.tracing import Marks
from handlers.words import Words

SERIALS = 12


def marks_lines(found: Sequence[Marks], words: Words) -> list[str]:
    """What the units in a parcel bear, a line per product."""
    return [_marks_line(marks, words) for marks in found]


def _marks_line(marks: Marks, words: Words) -> str:
    parts = [words("serial {serials}", serials=", ".join(marks.serials[:SERIALS]))] if marks.serials else []
    if len(marks.serials) > SERIALS:
        parts.append(words("… and {count} more", count=len(marks.serials) - SERIALS))
    parts += [words("batch {batch} × {units}", batch=batch, units=units) for batch, units in marks.batches]
    return words("🔢 {sku}: ", sku=marks.sku) + " · ".join(parts)
