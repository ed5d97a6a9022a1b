"""The stock room's paper on A4: the note that travels with a transfer, and the sheet of a stock-take.

Surprising: a sheet that is still to be counted names bins and products and no quantity, like the chat's card: who
counts must not know what should be there. Below them are empty rows for what nobody expected.
"""

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from domain.documents import StockPaper, StockPaperLine
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


def transfer_note_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What was sent, with room for what arrives and for both signatures. Raises ValueError when the number makes no
    bars."""
    titles = (tr("Sent"), tr("Arrived"), tr("Difference"))
    made = _table(paper, tr("Transfer note"), titles, tr)
    _signatures(made, paper, (tr("Sent by"), tr("Carried by"), tr("Received by")), tr)
    return _done(made, paper, tr("Transfer note"), tr)


def count_sheet_pdf(paper: StockPaper, tr: Translate) -> bytes:
    """What is counted: to be filled in while it is open, afterwards with the books' figures. Raises ValueError when
    the number makes no bars."""
    titles = (
        ("", tr("Units there"), "") if paper.open_count else (tr("In the books"), tr("Units there"), tr("Difference"))
    )
    made = _table(paper, tr("Count sheet"), titles, tr)
    if paper.open_count:
        for place in range(_SPARE):
            _line(made, len(paper.lines) + place + 1, StockPaperLine("", "", "", ""))
    _signatures(made, paper, (tr("Counted by"), tr("Checked by")), tr)
    return _done(made, paper, tr("Count sheet"), tr)


def _table(paper: StockPaper, title: str, titles: tuple[str, str, str], tr: Translate) -> Paper:
    made = Paper(A4, _MARGIN, 16 * mm, lambda page: _heading(page, paper, title, titles, tr))
    for number, line in enumerate(paper.lines, 1):
        _line(made, number, line)
    return made


def _heading(page: Paper, paper: StockPaper, title: str, titles: tuple[str, str, str], tr: Translate) -> float:
    top, left = page.height - page.margin, page.inner * 0.62
    page.text(page.margin, top - 20, f"{title} {paper.number}", 20, strong=True)
    where = f"{paper.warehouse} → {paper.to}" if paper.to else paper.warehouse
    facts = [
        f"{paper.company} · {paper.state}",
        tr("Made by {name} at {time}").format(name=paper.made_by, time=paper.made_at),
        *([tr("Counted: what begins with {scope}").format(scope=paper.scope)] if paper.scope else []),
        *([paper.decided] if paper.decided else []),
        paper.totals,
    ]
    y = page.stack(Cell(page.margin, left, 15, where, strong=True), top - 26)
    y = page.stack(Cell(page.margin, left, 10, "\n".join(facts)), y - 2)
    page.barcode(paper.number, page.margin + left, top - 40, page.inner - left, 40)
    y -= 6
    page.rule(y, thick=1)
    heads = (tr("No."), tr("Bin"), tr("Product"), tr("Batch"), *titles)
    for (x, room), head in zip((_NO, _BIN, _GOODS, _BATCH, _FIRST, _SECOND, _THIRD), heads, strict=True):
        page.stack(Cell(x, room, 9, head, strong=True, right=x >= _FIRST[0]), y - 3)
    page.rule(y - 16, thick=1)
    return y - 17


def _line(page: Paper, number: int, line: StockPaperLine) -> None:
    room, size = _GOODS[1], 9
    goods = "\n".join((line.sku, *cut(wrap(line.title, room, size), _TITLE_LINES, room, size))) if line.sku else "\n"
    cells = [Cell(*_NO, 9, str(number)), Cell(*_BIN, 10, line.bin, strong=True), Cell(*_GOODS, size, goods)]
    cells.append(Cell(*_BATCH, 9, line.batch))
    numbers = ((_FIRST, line.planned), (_SECOND, line.done), (_THIRD, line.difference))
    page.row([*cells, *(Cell(x, room, 11, text, right=True) for (x, room), text in numbers)], pad=3)
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


def _done(page: Paper, paper: StockPaper, title: str, tr: Translate) -> bytes:
    label = tr("{number} · page {page} of {pages}")
    page.footer(lambda n, of: label.format(number=paper.number, page=n, pages=of), 9 * mm, 9)
    return render([page], f"{title} {paper.number}")
