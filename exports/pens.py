"""What a page is drawn with: a pen that writes PDF, and one that makes a picture for a label printer.

Surprising: the picture has 8 dots to the millimetre (203 dpi), the grid of nearly every thermal printer, and only
black and white. Bars are drawn on whole dots, so what it shows is what the printer burns.
"""

import io
from typing import Protocol

from PIL import Image, ImageDraw
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fonts import pillow, register

DOT = mm / 8
_INK_FROM = 150


class Pen(Protocol):
    """Points, y upwards as PDF has it; `grey` 0 is black and 1 white."""

    def text(self, x: float, y: float, text: str, size: float, *, strong: bool, grey: float) -> None:
        """One line, its baseline on `y`."""

    def rect(self, x: float, y: float, w: float, h: float, *, thick: float, fill: bool) -> None:
        """A rectangle, filled black or only its edge."""

    def line(self, x: float, y: float, to_x: float, *, thick: float, grey: float) -> None:
        """A level line."""


class PdfPen:
    """Draws on a PDF's page."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def text(self, x: float, y: float, text: str, size: float, *, strong: bool, grey: float) -> None:
        """Strong text is outlined as well as filled: the font has one weight."""
        canvas = self._canvas
        canvas.saveState()
        line = canvas.beginText(x, y)
        line.setFont(register(), size)
        line.setFillGray(grey)
        line.setStrokeGray(grey)
        line.setTextRenderMode(2 if strong else 0)
        canvas.setLineWidth(size / 32)
        line.textOut(text)
        canvas.drawText(line)
        canvas.restoreState()

    def rect(self, x: float, y: float, w: float, h: float, *, thick: float, fill: bool) -> None:
        """Black."""
        self._canvas.setLineWidth(thick)
        self._canvas.setFillGray(0)
        self._canvas.setStrokeGray(0)
        self._canvas.rect(x, y, w, h, stroke=0 if fill else 1, fill=1 if fill else 0)

    def line(self, x: float, y: float, to_x: float, *, thick: float, grey: float) -> None:
        """Thin ones may be grey."""
        self._canvas.setLineWidth(thick)
        self._canvas.setStrokeGray(grey)
        self._canvas.line(x, y, to_x, y)


class PicturePen:
    """Draws one page as a picture."""

    def __init__(self, width: float, height: float) -> None:
        self._height = height
        self._picture = Image.new("L", (round(width / DOT), round(height / DOT)), 255)
        self._brush = ImageDraw.Draw(self._picture)

    def text(self, x: float, y: float, text: str, size: float, *, strong: bool, grey: float) -> None:
        """Strong text is one dot fatter."""
        dots = max(8, round(size / DOT))
        at = (x / DOT, (self._height - y) / DOT)
        self._brush.text(at, text, round(255 * grey), pillow(dots), anchor="ls", stroke_width=1 if strong else 0)

    def rect(self, x: float, y: float, w: float, h: float, *, thick: float, fill: bool) -> None:
        """On whole dots, its right and lower edge not drawn over."""
        left, right = round(x / DOT), round((x + w) / DOT) - 1
        top, low = round((self._height - y - h) / DOT), round((self._height - y) / DOT) - 1
        box = (left, top, max(left, right), max(top, low))
        self._brush.rectangle(box, fill=0 if fill else None, outline=0, width=max(1, round(thick / DOT)))

    def line(self, x: float, y: float, to_x: float, *, thick: float, grey: float) -> None:
        """Grey lines are dotted away by no printer: they are drawn black and thin."""
        level = round((self._height - y) / DOT)
        self._brush.line((round(x / DOT), level, round(to_x / DOT), level), 0, max(1, round(thick / DOT)))

    def png(self) -> bytes:
        """The picture in two colours."""
        out = io.BytesIO()
        ink = self._picture.point(lambda level: 0 if level < _INK_FROM else 255)
        ink.convert("1", dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()
