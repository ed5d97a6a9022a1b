"""Pages that content flows over: rows of wrapped cells, line by line, with a heading on every page.

Surprising: nothing is drawn until the end. A page is a list of strokes, because "page 2 of 5" needs the 5 first.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from exports import barcodes
from exports.fonts import drawable, width, wrap
from exports.pens import PdfPen, Pen, PicturePen

Stroke = Callable[[Pen], None]
_LEADING = 1.25


@dataclass(frozen=True, slots=True)
class Cell:
    """Text at `x` points from the left edge, wrapped to `room`. `right` aligns it to the end of its room."""

    x: float
    room: float
    size: float
    text: str
    strong: bool = False
    right: bool = False

    def lines(self) -> list[str]:
        """The text as it is broken."""
        return wrap(self.text, self.room, self.size)

    @property
    def leading(self) -> float:
        """From one line to the next."""
        return self.size * _LEADING


class Paper:
    """A flow of pages of one size. `heading` draws the top of every page and returns the y where content begins.

    Points, y upwards as PDF has it; `bottom` is where content must end.
    """

    def __init__(
        self, size: tuple[float, float], margin: float, bottom: float, heading: Callable[["Paper"], float]
    ) -> None:
        """Starts the first page."""
        self.width, self.height = size
        self.margin, self.bottom = margin, bottom
        self.pages: list[list[Stroke]] = []
        self._heading = heading
        self.new_page()

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin

    def new_page(self) -> None:
        """Begin the next page, with its heading."""
        self.pages.append([])
        self.y = self.height - self.margin
        self.y = self.top = self._heading(self)

    def text(self, x: float, y: float, text: str, size: float, *, strong: bool = False, white: bool = False) -> None:
        """One line as it is, its baseline on `y`."""
        shown = drawable(text)
        self.pages[-1].append(lambda pen: pen.text(x, y, shown, size, strong=strong, grey=1.0 if white else 0.0))

    def box(self, x: float, y: float, w: float, h: float, *, thick: float = 0.8, black: bool = False) -> None:
        """A rectangle, filled black or only its edge."""
        self.pages[-1].append(lambda pen: pen.rect(x, y, w, h, thick=thick, fill=black))

    def rule(self, y: float, *, thick: float = 0.4, grey: float = 0.0) -> None:
        """A line from margin to margin."""
        left, right = self.margin, self.width - self.margin
        self.pages[-1].append(lambda pen: pen.line(left, y, right, thick=thick, grey=grey))

    def barcode(self, code: str, x: float, y: float, room: float, height: float) -> None:
        """Code 128 bars in the room, standing on `y`. Errors as `barcodes.draw`, but only when it is drawn."""
        self.pages[-1].append(lambda pen: barcodes.draw(pen, code, x, y, room, height))

    def stack(self, cell: Cell, y: float) -> float:
        """Draw the cell's lines downwards from `y` without a page break; the y under them."""
        for line in cell.lines():
            self._line(cell, line, y)
            y -= cell.leading
        return y

    def row(self, cells: Sequence[Cell], *, pad: float = 2.0, check: float = 0.0, edges: float = 0.0) -> None:
        """Cells side by side. Moves to a new page whole if it fits on one, else breaks between its lines.

        `check` draws a tick box of that size at the left margin, `edges` thick sides for a boxed block.
        """
        columns = [cell.lines() for cell in cells]
        tall = max((len(c) * cell.leading for cell, c in zip(cells, columns, strict=True)), default=0.0)
        tall = max(tall, check) + 2 * pad
        if self.y - tall < self.bottom and tall <= self.top - self.bottom:
            self.new_page()
        self._flow(cells, columns, pad, check, edges)

    def _flow(self, cells: Sequence[Cell], columns: list[list[str]], pad: float, check: float, edges: float) -> None:
        start = self.y
        self.y -= pad
        if check:
            self.box(self.margin, self.y - check, check, check)
        while any(columns):
            fitted = False
            ends = [self.y]
            for cell, lines in zip(cells, columns, strict=True):
                y = self.y
                while lines and y - cell.leading >= self.bottom:
                    self._line(cell, lines.pop(0), y)
                    y -= cell.leading
                    fitted = True
                ends.append(y)
            self.y = min(ends)
            self._sides(start, min(self.y, start - pad), edges)
            if any(columns):
                if not fitted and self.y == self.top:
                    raise ValueError("a line is taller than the page")
                self.new_page()
                start = self.y
        self.y = min(self.y, start - pad - check) - pad
        self._sides(start, self.y, edges)

    def _sides(self, top: float, y: float, edges: float) -> None:
        if edges:
            self.box(self.margin, y, edges, top - y, black=True)
            self.box(self.width - self.margin - edges, y, edges, top - y, black=True)

    def _line(self, cell: Cell, line: str, y: float) -> None:
        x = cell.x + cell.room - width(line, cell.size) if cell.right else cell.x
        self.text(x, y - cell.size, line, cell.size, strong=cell.strong)

    def footer(self, text: Callable[[int, int], str], y: float, size: float) -> None:
        """On every page, centred: the text for (page, of how many)."""
        for number, page in enumerate(self.pages, start=1):
            line = drawable(text(number, len(self.pages)))
            x = (self.width - width(line, size)) / 2
            self.pages.append([])
            self.text(x, y, line, size)
            page.extend(self.pages.pop())


def render(papers: Sequence[Paper], title: str) -> bytes:
    """The pages of all papers as one PDF. The same input gives the same bytes.

    Raises ValueError (`barcodes.bars`, `BarcodeTooLong`) when a code cannot be drawn, or there is no page.
    """
    if not papers:
        raise ValueError("no paper to print")
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    pen = PdfPen(canvas)
    for paper in papers:
        for page in paper.pages:
            canvas.setPageSize((paper.width, paper.height))
            for stroke in page:
                stroke(pen)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(paper: Paper) -> bytes:
    """The first page as a PNG for a label printer (203 dpi, two colours). Raises as `render`."""
    pen = PicturePen(paper.width, paper.height)
    for stroke in paper.pages[0]:
        stroke(pen)
    return pen.png()
