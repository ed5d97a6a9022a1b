"""The courier's manifest on A4: what the courier's person counts and signs, and what we keep.

Surprising: the signed document is drawn anew with both names and the time on it. A photo of ink is proof for the
eye; this one can be searched.
"""

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from domain.paper.documents import ManifestLine, ManifestPaper
from exports.counts import told
from exports.documents import Translate
from exports.paper import Cell, Paper, render

_MARGIN = 12 * mm
_COLUMNS = ((_MARGIN, 28.0), (_MARGIN + 36, 130.0), (_MARGIN + 172, 66.0), (_MARGIN + 244, 150.0))
_BESIDE_DUE = (_MARGIN + 244, 82.0)
_DUE = (_MARGIN + 330, 70.0)
"""Where money is collected at doors, the destination makes room for it."""
_WEIGHT = (_MARGIN + 400, 60.0)
_TIME = (_MARGIN + 470, A4[0] - 2 * _MARGIN - 470)


def manifest_pdf(manifest: ManifestPaper, tr: Translate) -> bytes:
    """The list with its totals and the place for the signatures. Raises ValueError when the number makes no bars."""
    paper = Paper(A4, _MARGIN, 16 * mm, lambda page: _heading(page, manifest, tr))
    for number, line in enumerate(manifest.lines, 1):
        paper.row(_row(str(number), line, cash=bool(manifest.collect)), pad=2)
        paper.rule(paper.y, grey=0.7)
    _signatures(paper, manifest, tr)
    label = tr("{number} · {courier} · page {page} of {pages}")
    paper.footer(
        lambda n, of: label.format(number=manifest.number, courier=manifest.courier, page=n, pages=of), 9 * mm, 9
    )
    return render([paper], f"{tr('Hand-over list')} {manifest.number}")


def _heading(paper: Paper, manifest: ManifestPaper, tr: Translate) -> float:
    top, left = paper.height - paper.margin, paper.inner * 0.6
    paper.text(paper.margin, top - 20, f"{tr('Hand-over list')} {manifest.number}", 20, strong=True)
    facts = [
        manifest.courier,
        f"{manifest.company} · {manifest.warehouse}",
        tr("Made by {name} at {time}").format(name=manifest.made_by, time=manifest.made_at),
        *_totals(manifest, tr),
    ]
    y = paper.stack(Cell(paper.margin, left, 16, facts[0], strong=True), top - 26)
    y = paper.stack(Cell(paper.margin, left, 10, "\n".join(facts[1:])), y - 2)
    paper.barcode(manifest.number, paper.margin + left, top - 40, paper.inner - left, 40)
    y -= 6
    paper.rule(y, thick=1)
    names = (tr("Waybill"), tr("Parcel"), tr("Destination"), tr("Weight"), tr("Scanned"), tr("To collect"))
    for cell in _row(tr("No."), ManifestLine(*names), cash=bool(manifest.collect), strong=True):
        paper.stack(cell, y - 3)
    paper.rule(y - 16, thick=1)
    return y - 17


def _row(number: str, line: ManifestLine, *, cash: bool, strong: bool = False) -> list[Cell]:
    texts = (number, line.waybill, line.parcel_number, line.destination)
    places = (*_COLUMNS[:3], _BESIDE_DUE if cash else _COLUMNS[3])
    cells = [Cell(*place, 9, text, strong=strong) for place, text in zip(places, texts, strict=True)]
    if cash:
        cells.append(Cell(*_DUE, 9, line.collect, strong=True, right=True))
    return [
        *cells,
        Cell(*_WEIGHT, 9, line.weight, strong=strong, right=True),
        Cell(*_TIME, 9, line.time, strong=strong),
    ]


def _totals(manifest: ManifestPaper, tr: Translate) -> list[str]:
    text = tr("{parcels} {parcels:parcel|parcels} · {weight} altogether")
    return [told(text, parcels=len(manifest.lines), weight=manifest.weight), *manifest.collect]


def _signatures(paper: Paper, manifest: ManifestPaper, tr: Translate) -> None:
    """Both names side by side, kept together with the totals."""
    if paper.y - 120 < paper.bottom:
        paper.new_page()
    paper.row([Cell(paper.margin, paper.inner, 12, "\n".join(_totals(manifest, tr)), strong=True)], pad=6)
    half = paper.inner / 2
    blank = "____________________"
    sides = ((tr("Handed over by"), manifest.signed_by), (tr("Taken by (courier)"), manifest.taken_by))
    for place, (title, name) in enumerate(sides):
        x = paper.margin + place * half
        y = paper.stack(Cell(x, half - 12, 10, title, strong=True), paper.y - 4)
        y = paper.stack(Cell(x, half - 12, 14 if name else 11, name or blank), y - 10)
        time = tr("{title}: {text}").format(title=tr("Time"), text=manifest.signed_at or blank)
        paper.stack(Cell(x, half - 12, 10, time), y - 6)
    paper.y -= 86
