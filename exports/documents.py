"""The warehouse's paper: a wave's pick list on A4 and packing slips on 100 x 150 mm label stock.

Surprising: goods' barcodes are printed as digits, never as bars. A picker who could scan the paper would not scan
the goods (rules.md B8); the only bars are the wave number and the waybill.
"""

from collections.abc import Callable, Mapping, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from domain.paper.documents import PackingSlip, PickLine, PickList, SlipLine, SortSlot
from exports.counts import told
from exports.fonts import drawable, width, wrap
from exports.paper import Cell, Paper, render

Translate = Callable[[str], str]
Columns = list[tuple[float, float, str, bool]]
"""Where each begins, its room, its name, and whether it is read from the right."""
LABEL = (100 * mm, 150 * mm)
_MARGIN = 12 * mm
_EDGE = 4 * mm
_SLOT_W, _SLOT_H = 28 * mm, 21 * mm


def pick_list_pdf(pick: PickList, tr: Translate) -> bytes:
    """A wave's pick list, lines in the order given. Raises ValueError when the wave number makes no barcode."""
    parts = [_line_columns(tr)]
    paper = Paper(A4, _MARGIN, 16 * mm, lambda page: _pick_heading(page, pick, parts[-1], tr))
    marks = {one.slot: one.marks for one in pick.sorting if one.marks}
    for line in pick.lines:
        _pick_line(paper, line, marks, tr)
        paper.rule(paper.y, grey=0.6)
    paper.row([Cell(_MARGIN, paper.inner, 11, _pick_totals(pick, tr), strong=True)], pad=6)
    paper.row([Cell(_MARGIN, paper.inner, 10, tr("Picked by: ____________  Time: ____________"))], pad=6)
    if pick.sorting and not pick.single:
        parts.append(_sorting_columns(paper, tr))
        _sorting(paper, pick, parts[-1], tr)
    label = tr("Wave {wave} · page {page} of {pages}")
    paper.footer(lambda n, of: label.format(wave=pick.wave_number, page=n, pages=of), 9 * mm, 9)
    return render([paper], f"{tr('Pick list')} {pick.wave_number}")


def packing_slips_pdf(slips: Sequence[PackingSlip], tr: Translate) -> bytes:
    """One or more label pages per parcel, in the order given.

    A parcel that has no waybill yet carries its parcel number as bars. Raises ValueError when there is no slip or
    a code cannot be printed in readable bars.
    """
    return render([_slip(slip, tr) for slip in slips], tr("Packing slips"))


def _pick_heading(paper: Paper, pick: PickList, columns: Columns, tr: Translate) -> float:
    top = paper.height - paper.margin
    left = paper.inner * 0.52
    paper.text(paper.margin, top - 22, f"{tr('Pick list')} {pick.wave_number}", 22, strong=True)
    facts = f"{drawable(pick.warehouse)} · {pick.made_at_text}\n{_pick_totals(pick, tr)}"
    single = tr("One product in each parcel: no sorting.") if pick.single else ""
    facts += "".join(f"\n{line}" for line in (pick.note, single) if line)
    y = paper.stack(Cell(paper.margin, left, 11, facts), top - 28)
    paper.barcode(pick.wave_number, paper.margin + left, top - 38, paper.inner - left, 38)
    y = min(y, top - 62) - 6
    paper.rule(y, thick=1)
    return _titles(paper, columns, y)


def _titles(paper: Paper, columns: Columns, y: float) -> float:
    """The columns' names between two lines; the y under them."""
    for x, room, title, right in columns:
        paper.stack(Cell(x, room, 9, title, strong=True, right=right), y - 3)
    paper.rule(y - 16, thick=1)
    return y - 17


def _line_columns(tr: Translate) -> Columns:
    titles = (tr("Bin"), tr("SKU / barcode"), tr("Goods"), tr("Units"), tr("Slot × units"))
    return [(*place, title, title == titles[3]) for place, title in zip(_PICK_COLUMNS, titles, strict=True)]


def _sorting_columns(paper: Paper, tr: Translate) -> Columns:
    left, room = _MARGIN + 18, paper.inner - 18
    return [
        (left, 40, tr("Slot"), False),
        (left + 46, 128, tr("Waybill"), False),
        (left + 180, room - 290, tr("Goods"), False),
        (left + room - 104, 34, tr("Units"), True),
    ]


_PICK_COLUMNS = (
    (_MARGIN + 18, 66.0),
    (_MARGIN + 90, 104.0),
    (_MARGIN + 200, 188.0),
    (_MARGIN + 392, 36.0),
    (_MARGIN + 438, A4[0] - 2 * _MARGIN - 438),
)


def _pick_line(paper: Paper, line: PickLine, marks: Mapping[int, tuple[str, ...]], tr: Translate) -> None:
    """Of goods that come in batches it is said which one is taken: it is not any that lies there."""
    if line.batch and paper.y - 60 < paper.bottom:
        paper.new_page()
    paper.row(_pick_cells(line, marks, tr), pad=3.5, check=11)
    if line.batch:
        text = tr("Batch {batch}, expires {date}") if line.expires else tr("Batch {batch}")
        told = text.format(batch=line.batch, date=line.expires)
        paper.row([Cell(_PICK_COLUMNS[2][0], paper.inner - _PICK_COLUMNS[2][0] + _MARGIN, 11, told, strong=True)])


def _pick_cells(line: PickLine, marks: Mapping[int, tuple[str, ...]], tr: Translate) -> list[Cell]:
    place, code, goods, units, slots = _PICK_COLUMNS
    return [
        Cell(*place, 13, line.bin or "?", strong=True),
        Cell(*code, 9, f"{line.sku}\n{line.barcode}"),
        Cell(*goods, 9, line.title),
        Cell(*units, 13, str(line.quantity), strong=True, right=True),
        Cell(*slots, 10, "  ".join(_slot_texts(line.slots, marks, tr))),
    ]


def _slot_texts(slots: Sequence[tuple[int, int]], marks: Mapping[int, tuple[str, ...]], tr: Translate) -> list[str]:
    """`3×1`, with what is special about the slot; neighbours that get the same without being special as `4–9×1`."""
    runs: list[tuple[int, int, int]] = []
    for slot, units in slots:
        if runs and runs[-1][1:] == (slot - 1, units) and not {slot, slot - 1} & marks.keys():
            runs[-1] = (runs[-1][0], slot, units)
        else:
            runs.append((slot, slot, units))
    texts = [f"{start}×{units}" if start == end else f"{start}–{end}×{units}" for start, end, units in runs]
    return [
        f"{text}({marks_text(marks[start], tr).replace(' ', ',')})" if start in marks else text
        for text, (start, _, _) in zip(texts, runs, strict=True)
    ]


def marks_text(marks: Sequence[str], tr: Translate) -> str:
    """What is special about a parcel: rush, gift, note."""
    told = {"rush": tr("RUSH"), "gift": tr("GIFT"), "note": tr("NOTE")}
    return " ".join(told.get(mark, mark) for mark in marks)


def replaces_text(printed: str, tr: Translate) -> str:
    """What a further copy says about the one before."""
    return tr("replaces the copy of {time}: tear that one up").format(time=printed)


def _sorting(paper: Paper, pick: PickList, columns: Columns, tr: Translate) -> None:
    """The wall, slot by slot: what must lie in each when the cart is sorted. The pages that follow are headed by its
    own columns."""
    left, room = _MARGIN + 18, paper.inner - 18
    first = len(wrap(_held(pick.sorting[0]), room - 290, 10)) * 12.5
    if paper.y - 60 - first < paper.bottom:  # no heading stands alone
        paper.new_page()
    begun = paper.y == paper.top
    paper.row([Cell(_MARGIN, paper.inner, 13, tr("Sorting: what each slot must hold"), strong=True)], pad=5)
    paper.rule(paper.y, thick=1)
    if not begun:  # on a page of its own they stand above
        paper.y = _titles(paper, columns, paper.y)
    for one in pick.sorting:
        count = sum(units for _, units in one.goods)
        cells = [
            Cell(left, 40, 15, str(one.slot), strong=True),
            Cell(left + 46, 128, 9, f"{one.courier}\n{one.waybill}"),
            Cell(left + 180, room - 290, 10, _held(one)),
            Cell(left + room - 104, 34, 13, str(count), strong=True, right=True),
            Cell(left + room - 64, 64, 10, marks_text(one.marks, tr), strong=True),
        ]
        paper.row(cells, pad=2.5, check=11)
        paper.rule(paper.y, grey=0.6)


def _held(one: SortSlot) -> str:
    goods = "   ".join(f"{sku} ×{units}" for sku, units in one.goods)
    return f"{goods}\n= {'  +  '.join(one.sets)}" if one.sets else goods


def _pick_totals(pick: PickList, tr: Translate) -> str:
    text = tr("{lines} {lines:line|lines} · {units} {units:unit|units} · {parcels} {parcels:parcel|parcels}")
    return told(text, lines=len(pick.lines), units=pick.units, parcels=pick.parcels)


def _slip(slip: PackingSlip, tr: Translate) -> Paper:
    paper = Paper(LABEL, _EDGE, 8 * mm, lambda page: _slip_heading(page, slip, tr))
    _copy_bar(paper, slip, tr)
    _slip_receiver(paper, slip, tr)
    _notes(paper, tr("Buyer's message"), slip.buyer_message)
    _notes(paper, tr("Seller's note"), slip.seller_note)
    _slip_items(paper, slip, tr)
    label = tr("{parcel} · page {page} of {pages}")
    paper.footer(lambda n, of: label.format(parcel=slip.parcel_number, page=n, pages=of), 3.5 * mm, 8)
    return paper


def _slip_heading(paper: Paper, slip: PackingSlip, tr: Translate) -> float:
    """Courier and slot, then the waybill's bars; smaller bars on the pages that follow."""
    first = len(paper.pages) == 1
    top = paper.height - paper.margin
    _slot(paper, slip.slot, tr, top)
    left = paper.inner - _SLOT_W - 6
    y = paper.stack(Cell(paper.margin, left, 16, slip.courier, strong=True), top)
    y = paper.stack(Cell(paper.margin, left, 9, slip.warehouse), y - 2)
    y = paper.stack(Cell(paper.margin, left, 9, slip.shop), y)
    tall = 17 * mm if first else 9 * mm
    y = min(y, top - _SLOT_H) - 4 - tall
    code = slip.waybill or slip.parcel_number
    paper.barcode(code, paper.margin, y, paper.inner, tall)
    shown = code if slip.waybill else f"{tr('No waybill yet')} · {code}"
    size = min(13.0, 13 * paper.inner / max(width(drawable(shown), 13), 1))
    paper.text((paper.width - width(drawable(shown), size)) / 2, y - 14, shown, size, strong=True)
    paper.rule(y - 19, thick=1)
    return float(y - 20)


def _slot(paper: Paper, slot: int, tr: Translate, top: float) -> None:
    """White on black, as large as the box allows; nothing for a parcel without a slot."""
    if not slot:
        return
    x = paper.width - paper.margin - _SLOT_W
    paper.box(x, top - _SLOT_H, _SLOT_W, _SLOT_H, black=True)
    paper.text(x + 4, top - 11, tr("Slot"), 8, white=True)
    number = str(slot)
    size = min(46.0, 46 * (_SLOT_W - 8) / width(number, 46))
    paper.text(x + (_SLOT_W - width(number, size)) / 2, top - _SLOT_H + 7, number, size, strong=True, white=True)


def _copy_bar(paper: Paper, slip: PackingSlip, tr: Translate) -> None:
    """A further copy says so, and which sheet it replaces; what is special about the parcel stands beside it."""
    said = [tr("COPY {copy}").format(copy=slip.copy), replaces_text(slip.replaces, tr)] if slip.copy > 1 else []
    said += [marks_text((mark,), tr) for mark in slip.marks if mark != "note"]
    if not said:
        return
    lines = wrap(" · ".join(said), paper.inner - 10, 10)
    tall = 4 + 12.5 * len(lines)
    paper.box(paper.margin, paper.y - tall, paper.inner, tall, black=True)
    for line in lines:
        paper.y -= 12.5
        paper.text(paper.margin + 5, paper.y + 1.5, line, 10, strong=True, white=True)
    paper.y -= 5


def _slip_receiver(paper: Paper, slip: PackingSlip, tr: Translate) -> None:
    whole = paper.inner
    person = "  ".join(part for part in (slip.receiver_name, slip.receiver_phone) if part)
    paper.row([Cell(paper.margin, whole, 13, person, strong=True)], pad=1.5)
    paper.row([Cell(paper.margin, whole, 11, slip.receiver_address)], pad=1)
    orders = tr("Orders: {numbers}").format(numbers=", ".join(slip.order_numbers))
    paper.row([Cell(paper.margin, whole, 8, orders)], pad=1.5)
    if slip.part[1] > 1:
        part = tr("Parcel {part} of {parts} of this order").format(part=slip.part[0], parts=slip.part[1])
        paper.row([Cell(paper.margin, whole, 10, part, strong=True)], pad=1.5)
    paper.rule(paper.y, thick=1)


def _notes(paper: Paper, title: str, text: str) -> None:
    """A thick box under a black bar, so that it is read. Nothing for an empty note."""
    if not text.strip():
        return
    if paper.y - 44 < paper.bottom:
        paper.new_page()
    paper.y -= 3
    paper.box(paper.margin, paper.y - 14, paper.inner, 14, black=True)
    paper.text(paper.margin + 5, paper.y - 10.5, f"! {title}", 10, strong=True, white=True)
    paper.y -= 14
    paper.row([Cell(paper.margin + 6, paper.inner - 12, 11, text, strong=True)], pad=3, edges=2)
    paper.box(paper.margin, paper.y, paper.inner, 2, black=True)
    paper.y -= 3


def _slip_items(paper: Paper, slip: PackingSlip, tr: Translate) -> None:
    units = sum(line.quantity for line in slip.lines)
    text = tr("{lines} {lines:line|lines} · {units} {units:unit|units}")
    counted = told(text, lines=len(slip.lines), units=units)
    paper.row([Cell(paper.margin, paper.inner, 9, counted, strong=True)], pad=2)
    paper.rule(paper.y)
    order = made = ""
    for line in slip.lines:
        if line.order != order:
            order, made = line.order, ""
            title = tr("Order {number}").format(number=order)
            paper.row([Cell(paper.margin, paper.inner, 10, title, strong=True)], pad=2)
        if line.set_name != made:
            made = line.set_name
            paper.row([Cell(paper.margin, paper.inner, 10, tr("Bundle: {name}").format(name=made), strong=True)], pad=2)
        paper.row(_slip_cells(paper, line), pad=2.5, check=10)
        paper.rule(paper.y, grey=0.6)


def _slip_cells(paper: Paper, line: SlipLine) -> list[Cell]:
    left = paper.margin + 15
    room = paper.inner - 15 - 44
    codes = "  ".join(part for part in (line.sku, line.barcode) if part)
    about = "\n".join(part for part in (line.title, line.variant, codes) if part)
    return [
        Cell(left, room, 9, about),
        Cell(left + room + 4, 40, 14, f"×{line.quantity}", strong=True, right=True),
    ]
