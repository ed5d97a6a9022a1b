"""The stock room's paper on A4: goods in, put-away, the note that travels with a transfer, a count's sheet, grading.

Surprising: a sheet that is still to be counted names bins and products and no quantity, like the chat's card: who
counts must not know what should be there. Below them are empty rows for what nobody expected.
"""

from collections.abc import Callable, Mapping, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from domain.paper.documents import StockPaper, StockPaperLine
from domain.stock.stock_docs import DocKind
from exports.documents import Translate
from exports.fonts import cut, wrap
from exports.paper import Cell, Paper, render

_MARGIN = 12 * mm
_NO = (_MARGIN, 24.0)
_BIN = (_MARGIN + 28, 74.0)
_GOODS = (_MARGIN + 106, 198.0)
_BATCH = (_MARGIN + 308, 46.0)
_FIRST = (_MARGIN + 358, 58.0)
_SECOND = (_MARGIN + 420, 52.0)
_THIRD = (_MARGIN + 476, A4[0] - 2 * _MARGIN - 476)
_TITLE_LINES = 2
_SPARE = 6
_BLANK = "____________________"


_WIDE = (_SECOND[0], _SECOND[1] + 6 + _THIRD[1])
Column = tuple[str, tuple[float, float], str]
"""The line's field, where it stands, its title."""


def goods_in_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What came in, with what it has cost where that was told. Raises ValueError when the number makes no bars, as all
    of these."""
    columns = (("planned", _FIRST, tr("Units")), ("difference", _WIDE, tr("Cost")))
    return _pdf(paper, tr("Goods-in note"), columns, (tr("Delivered by"), tr("Received by"), tr("Checked by")), tr)


def put_away_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What waits in its bin, where it goes, and room for where it was put; afterwards where that is."""
    columns = _columns(tr("Units"), tr("Goes to"), tr("Put into"))
    return _pdf(paper, tr("Put-away list"), columns, (tr("Put away by"), tr("Checked by")), tr)


def transfer_note_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What was sent, with room for what arrives and for all signatures."""
    columns = _columns(tr("Sent"), tr("Arrived"), tr("Difference"))
    return _pdf(paper, tr("Transfer note"), columns, (tr("Sent by"), tr("Carried by"), tr("Received by")), tr)


def count_sheet_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What is counted: to be filled in while it is open, afterwards with the books' figures."""
    there = tr("Units there")
    columns = _columns("", there, "") if paper.open_count else _columns(tr("In the books"), there, tr("Difference"))
    signers = (tr("Counted by"), tr("Checked by"))
    return _pdf(paper, tr("Count sheet"), columns, signers, tr, spare=_SPARE if paper.open_count else 0)


def grading_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What gets another grade, and why."""
    columns = (("planned", _WIDE, tr("Units")),)
    return _pdf(paper, tr("Grading sheet"), columns, (tr("Graded by"), tr("Approved by")), tr)


PAPERS: Mapping[DocKind, Callable[[StockPaper, Translate], bytes]] = {
    DocKind.RECEIPT: goods_in_pdf,
    DocKind.MOVE: put_away_pdf,
    DocKind.TRANSFER: transfer_note_pdf,
    DocKind.COUNT: count_sheet_pdf,
    DocKind.REGRADE: grading_pdf,
}


def _columns(first: str, second: str, third: str) -> tuple[Column, ...]:
    return ("planned", _FIRST, first), ("done", _SECOND, second), ("difference", _THIRD, third)


def _pdf(
    paper: StockPaper,
    title: str,
    columns: Sequence[Column],
    signers: tuple[str, ...],
    tr: Translate,
    *,
    spare: int = 0,
) -> bytes:
    made = Paper(A4, _MARGIN, 16 * mm, lambda page: _heading(page, paper, title, columns, tr))
    for number, line in enumerate([*paper.lines, *[StockPaperLine("", "", "", "")] * spare], 1):
        _line(made, number, line, columns)
    _signatures(made, paper, signers, tr)
    label = tr("{number} · page {page} of {pages}")
    made.footer(lambda n, of: label.format(number=paper.number, page=n, pages=of), 9 * mm, 9)
    return render([made], f"{title} {paper.number}")


def _heading(page: Paper, paper: StockPaper, title: str, columns: Sequence[Column], tr: Translate) -> float:
    top, left = page.height - page.margin, page.inner * 0.62
    page.text(page.margin, top - 20, f"{title} {paper.number}", 20, strong=True)
    where = f"{paper.warehouse} → {paper.to}" if paper.to else paper.warehouse
    facts = [
        f"{paper.company} · {paper.state}",
        tr("Made by {name} at {time}").format(name=paper.made_by, time=paper.made_at),
        *([tr("Counted: what begins with {scope}").format(scope=paper.scope)] if paper.scope else []),
        *(line for line in (paper.note, paper.decided) if line),
        paper.totals,
    ]
    y = page.stack(Cell(page.margin, left, 15, where, strong=True), top - 26)
    y = page.stack(Cell(page.margin, left, 10, "\n".join(facts)), y - 2)
    page.barcode(paper.number, page.margin + left, top - 40, page.inner - left, 40)
    y -= 6
    page.rule(y, thick=1)
    words = ((_NO, tr("No.")), (_BIN, tr("Bin")), (_GOODS, tr("Product")), (_BATCH, tr("Batch")))
    for (x, room), head in (*words, *((at, head) for _, at, head in columns)):
        page.stack(Cell(x, room, 9, head, strong=True, right=x >= _FIRST[0]), y - 3)
    page.rule(y - 16, thick=1)
    return y - 17


def _line(page: Paper, number: int, line: StockPaperLine, columns: Sequence[Column]) -> None:
    room, size = _GOODS[1], 9
    numbers = wrap(line.serials, room, size) if line.serials else []
    title = cut(wrap(line.title, room, size), _TITLE_LINES, room, size)
    goods = "\n".join((line.sku, *title, *numbers)) if line.sku else "\n"
    cells = [Cell(*_NO, 9, str(number)), Cell(*_BIN, 10, line.bin, strong=True), Cell(*_GOODS, size, goods)]
    cells.append(Cell(*_BATCH, 9, line.batch))
    told = [Cell(x, room, 11, getattr(line, field), right=True) for field, (x, room), _ in columns]
    page.row([*cells, *told], pad=3)
    page.rule(page.y, grey=0.7)


def _signatures(page: Paper, paper: StockPaper, titles: tuple[str, ...], tr: Translate) -> None:
    """Side by side, kept together with the totals."""
    if page.y - 100 < page.bottom:
        page.new_page()
    page.row([Cell(page.margin, page.inner, 12, paper.totals, strong=True)], pad=6)
    room = page.inner / len(titles)
    for place, title in enumerate(titles):
        x = page.margin + place * room
        y = page.stack(Cell(x, room - 12, 10, title), page.y - 4)
        y = page.stack(Cell(x, room - 12, 11, _BLANK), y - 12)
        page.stack(Cell(x, room - 12, 10, tr("{title}: {text}").format(title=tr("Time"), text="____________")), y - 6)
    page.y -= 74
