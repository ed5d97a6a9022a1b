"""Code 128 bars, on paper and as a picture.

Surprising: the module width is chosen from the room there is; below `NARROWEST` a 200 dpi label printer and a
phone camera no longer agree, so a code too long for its place is refused instead of printed unreadable. Bars are
whole dots of a 203 dpi printer where they have two dots or more.
"""

import io

from PIL import Image, ImageDraw
from reportlab.graphics.barcode.code128 import Code128

from exports.pens import DOT, Pen

WIDEST = 4.01 * DOT
NARROWEST = 0.54
_QUIET = 10


class BarcodeTooLong(ValueError):
    """The code does not fit its place in readable bars."""


def bars(code: str) -> tuple[tuple[tuple[int, int], ...], int]:
    """((offset, width) of every black bar, total), counted in modules, without the quiet zone.

    Raises ValueError when the code is empty or has a character Code 128 cannot hold.
    """
    if not code or not code.isascii() or not code.isprintable():
        raise ValueError(f"not a Code 128 text: {code!r}")
    symbol = Code128(code, quiet=False)
    symbol.validate()
    symbol.encode()
    symbol.decompose()
    found, at = [], 0
    for step in symbol.decomposed:
        size = "abcdefgh".index(step.lower()) + 1
        if step.isupper():
            found.append((at, size))
        at += size
    return tuple(found), at


def draw(pen: Pen, code: str, x: float, y: float, room: float, height: float) -> None:
    """Draw the bars centred in `room` points from `x`, quiet zones included, standing on `y`.

    Raises BarcodeTooLong when the modules would be thinner than `NARROWEST`, ValueError like `bars`.
    """
    marks, total = bars(code)
    module = min(WIDEST, room / (total + 2 * _QUIET))
    if module < NARROWEST:
        raise BarcodeTooLong(code)
    module = max(module // DOT, 1) * DOT if module >= 2 * DOT else module
    left = round((x + (room - total * module) / 2) / DOT) * DOT
    for offset, size in marks:
        pen.rect(left + offset * module, y, size * module, height, thick=0, fill=True)


def barcode_png(code: str, *, module: int = 3, height: int = 120) -> bytes:
    """A picture of the code, `module` pixels for the thinnest bar, quiet zone included. ValueError like `bars`."""
    marks, total = bars(code)
    picture = Image.new("L", ((total + 2 * _QUIET) * module, height + 2 * _QUIET), 255)
    brush = ImageDraw.Draw(picture)
    for offset, size in marks:
        left = (_QUIET + offset) * module
        brush.rectangle((left, _QUIET, left + size * module - 1, _QUIET + height - 1), fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
