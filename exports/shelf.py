"""The stop shelf's label, 100 x 150 mm: the code whose scan says that a stopped parcel lies here."""

from collections.abc import Callable

from reportlab.lib.units import mm

from exports.fonts import drawable, width
from exports.paper import Cell, Paper, render

LABEL = (100 * mm, 150 * mm)
_EDGE = 6 * mm


def shelf_pdf(code: str, warehouse: str, tr: Callable[[str], str]) -> bytes:
    """One page. Raises ValueError when the code makes no barcode."""
    paper = Paper(LABEL, _EDGE, 8 * mm, lambda page: page.height - page.margin)
    top = paper.height - paper.margin
    paper.box(paper.margin, top - 60, paper.inner, 60, black=True)
    title = drawable(tr("STOP SHELF"))
    size = min(34.0, 34 * (paper.inner - 16) / width(title, 34))
    paper.text((paper.width - width(title, size)) / 2, top - 30 - size / 3, title, size, strong=True, white=True)
    y = paper.stack(Cell(paper.margin, paper.inner, 18, warehouse, strong=True), top - 72)
    paper.barcode(code, paper.margin, y - 120, paper.inner, 104)
    paper.text((paper.width - width(code, 26)) / 2, y - 150, code, 26, strong=True)
    steps = tr("1. Scan the parcel.\n2. Put it here.\n3. Scan this code.")
    paper.stack(Cell(paper.margin, paper.inner, 15, steps), y - 172)
    return render([paper], f"{tr('STOP SHELF')} {code}")
