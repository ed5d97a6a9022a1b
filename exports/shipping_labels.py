"""The shipping label, 100 x 150 mm: one page per parcel whatever is written on it, as PDF or as a picture.

Surprising: a label never flows on to a second sheet, since the second would be stuck on the next box. What does not
fit is set smaller, then cut with "…"; the whole of it stands on the packing slip.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm

from domain.paper.documents import ShippingLabel
from exports.documents import LABEL, Translate, marks_text, replaces_text
from exports.fonts import cut, drawable, width, wrap
from exports.paper import Cell, Paper, picture, render

_EDGE = 3 * mm
_TALL = LABEL[1]
_BADGE = 7 * mm


def labels_pdf(labels: Sequence[ShippingLabel], tr: Translate) -> bytes:
    """One page per label, in the order given. Raises ValueError when there is none or a code makes no readable
    bars."""
    return render([label_paper(label, tr) for label in labels], tr("Shipping labels"))


def label_png(label: ShippingLabel, tr: Translate) -> bytes:
    """One label as a picture of 800 x 1200 dots, for printers that take pictures. Raises as `labels_pdf`."""
    return picture(label_paper(label, tr))


def label_paper(label: ShippingLabel, tr: Translate) -> Paper:
    """The label, drawn from the top down; every band has its own height."""
    paper = Paper(LABEL, _EDGE, _EDGE, lambda page: page.height)
    _courier(paper, label, tr)
    _route(paper, label, _TALL - 14 * mm)
    _bars(paper, label, _TALL - 32 * mm, tr)
    _people(paper, label, _TALL - 57 * mm, tr)
    _remarks(paper, label, _TALL - 97 * mm, tr)
    _goods(paper, label, _TALL - 123 * mm, tr)
    return paper


def _fit(text: str, room: float, tall: float, size: float, least: float) -> tuple[float, list[str]]:
    """The size between `least` and `size` at which the text fits, with its lines; at `least` it is cut."""
    while size > least and len(wrap(text, room, size)) * size * 1.25 > tall:
        size -= 0.5
    lines, most = wrap(text, room, size), max(1, int(tall / (size * 1.25)))
    return size, cut(lines, most, room, size)


def _block(
    paper: Paper, x: float, top: float, room: float, tall: float, text: str, size: float, least: float, *, strong: bool
) -> float:
    """Text in a box of that height; the y under it."""
    size, lines = _fit(text, room, tall, size, least)
    for line in lines:
        paper.text(x, top - size, line, size, strong=strong)
        top -= size * 1.25
    return top


def _badge(paper: Paper, text: str, right: float, top: float) -> float:
    """White on black, ending at `right`; where it begins."""
    shown = drawable(text)
    wide = width(shown, 12) + 6
    paper.box(right - wide, top - _BADGE + 2, wide, _BADGE - 2, black=True)
    paper.text(right - wide + 3, top - 13.5, shown, 12, strong=True, white=True)
    return right - wide - 4


def _courier(paper: Paper, label: ShippingLabel, tr: Translate) -> None:
    """Courier and shop on the left, everything unusual as badges on the right."""
    top, right = paper.height - _EDGE, paper.width - _EDGE
    badges = [tr("COPY {copy}").format(copy=label.copy)] if label.copy > 1 else []
    if label.part[1] > 1:
        badges.append(f"{label.part[0]}/{label.part[1]}")
    badges += [marks_text((mark,), tr) for mark in label.marks]
    for text in badges:
        right = _badge(paper, text, right, top)
    _block(paper, _EDGE, top, right - _EDGE, 18, label.courier, 17, 9, strong=True)
    told = label.printed if label.copy == 1 else f"{label.printed} · {replaces_text(label.replaces, tr)}"
    _block(paper, _EDGE, top - 21, paper.inner, 10, f"{label.shop} · {told}", 7.5, 5, strong=False)
    paper.rule(_TALL - 14 * mm, thick=1)


def _route(paper: Paper, label: ShippingLabel, top: float) -> None:
    """How the courier sorts it, as large as it goes."""
    tall = 17 * mm if not label.hub else 12 * mm
    size, lines = _fit(label.sort_code or label.destination, paper.inner, tall, 40, 14)
    y = top - (tall - len(lines) * size * 1.25) / 2 - size * 0.98
    for line in lines:
        paper.text((paper.width - width(drawable(line), size)) / 2, y, line, size, strong=True)
        y -= size * 1.25
    if label.hub:
        _block(paper, _EDGE, top - 12.5 * mm, paper.inner, 5 * mm, label.hub, 11, 7, strong=True)
    paper.rule(_TALL - 32 * mm, thick=1)


def _bars(paper: Paper, label: ShippingLabel, top: float, tr: Translate) -> None:
    code = label.waybill or label.parcel_number
    paper.barcode(code, _EDGE, top - 18.5 * mm, paper.inner, 16.5 * mm)
    shown = drawable(code if label.waybill else f"{tr('No waybill yet')} · {code}")
    size = min(14.0, 14 * paper.inner / max(width(shown, 14), 1))
    paper.text((paper.width - width(shown, size)) / 2, top - 23.5 * mm, shown, size, strong=True)
    paper.rule(_TALL - 57 * mm, thick=1)


def _people(paper: Paper, label: ShippingLabel, top: float, tr: Translate) -> None:
    """The receiver large, the sender small, and the money to collect between them."""
    left, room = _EDGE + 11 * mm, paper.inner - 11 * mm
    _stamp(paper, tr("To:"), top - 2 * mm)
    person = "  ".join(part for part in (label.receiver_name, label.receiver_phone) if part)
    y = _block(paper, left, top - 1.5 * mm, room, 16, person, 14, 8, strong=True)
    _block(paper, left, y - 1, room, 17 * mm, label.receiver_address, 12, 6, strong=True)
    low = _TALL - 84 * mm
    if label.cod:
        paper.text(left, low + 4, tr("Collect {amount}").format(amount=label.cod), 13, strong=True)
    paper.rule(low, thick=0.6)
    _stamp(paper, tr("From:"), low - 2 * mm)
    sender = "  ".join(part for part in (label.sender_name, label.sender_phone, label.sender_address) if part)
    _block(paper, left, low - 1.5 * mm, room, 10.5 * mm, sender, 9, 5.5, strong=False)
    paper.rule(_TALL - 97 * mm, thick=1)


def _stamp(paper: Paper, text: str, top: float) -> None:
    """A black square with the role of the person beside it."""
    side = 9 * mm
    paper.box(_EDGE, top - side, side, side, black=True)
    shown = drawable(text)
    size = min(16.0, 16 * (side - 4) / max(width(shown, 16), 1))
    x = _EDGE + (side - width(shown, size)) / 2
    paper.text(x, top - side / 2 - size * 0.36, shown, size, strong=True, white=True)


def _remarks(paper: Paper, label: ShippingLabel, top: float, tr: Translate) -> None:
    """What the packer must read, in a thick box; an empty box is not drawn."""
    notes = [
        tr("{title}: {text}").format(title=title, text=" ".join(text.split()))
        for title, text in ((tr("Buyer's message"), label.buyer_message), (tr("Seller's note"), label.seller_note))
        if text.strip()
    ]
    if not notes:
        return
    tall = 24 * mm
    paper.box(_EDGE, top - 1 * mm - tall, paper.inner, tall, thick=2)
    paper.text(_EDGE + 5, top - 1 * mm - 12, f"! {tr('Read before packing')}", 10, strong=True)
    body = "\n".join(notes)
    _block(paper, _EDGE + 5, top - 1 * mm - 15, paper.inner - 10, tall - 19, body, 11, 6.5, strong=True)


def _goods(paper: Paper, label: ShippingLabel, top: float, tr: Translate) -> None:
    """For whoever packs: the goods, the orders, and the slot it comes from."""
    paper.rule(top, thick=0.6)
    side = 20 * mm if label.slot else 0.0
    room = paper.inner - side - (4 if side else 0)
    size, lines = _fit("\n".join(label.goods), room, 15.5 * mm, 9, 5.5)
    paper.stack(Cell(_EDGE, room, size, "\n".join(lines)), top - 3)
    orders = tr("Orders: {numbers}").format(numbers=", ".join(label.order_numbers))
    _block(paper, _EDGE, _EDGE + 17, room, 8.5, orders, 6.5, 6, strong=False)
    where = " · ".join(part for part in (label.parcel_number, label.wave_number) if part)
    _block(paper, _EDGE, _EDGE + 8, room, 8.5, where, 6.5, 6, strong=False)
    if side:
        x = paper.width - _EDGE - side
        paper.box(x, _EDGE, side, side, black=True)
        paper.text(x + 4, _EDGE + side - 11, tr("Slot"), 8, white=True)
        number = str(label.slot)
        size = min(40.0, 40 * (side - 8) / width(number, 40))
        paper.text(x + (side - width(number, size)) / 2, _EDGE + 8, number, size, strong=True, white=True)
