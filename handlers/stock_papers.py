"""The stock room's paper out of the chat: a transfer's note, a stock-take's sheet.

Surprising: it is drawn as the document stands at that moment and never kept; printed twice it may say more, and the
signed sheet of paper is only a help to who scans.
"""

import asyncio

from aiogram import Router
from aiogram.types import CallbackQuery

from domain import bins
from domain.desk import Desk
from domain.documents import StockPaper, StockPaperLine
from domain.people import Actor, Right, require
from domain.stock_docs import DocKind, DocLine, DocState, StockDoc
from exports.stock_papers import count_sheet_pdf, transfer_note_pdf
from handlers.ask import Ask
from handlers.card import File
from handlers.cards.stock_room import STATES
from handlers.filters import Tap
from handlers.words import Words

router = Router(name="stock_papers")


@router.callback_query(Tap("k.p"))
async def paper(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The document as it stands, as PDF."""
    doc, made = await ask.read(_paper, ask.actor, int(args[0]), ask.words)
    draw = transfer_note_pdf if doc.kind is DocKind.TRANSFER else count_sheet_pdf
    await ask.toast("")
    await ask.send_files([File(f"{doc.number}.pdf", await asyncio.to_thread(draw, made, ask.words.plain))])


def _paper(desk: Desk, actor: Actor, doc_id: int, words: Words) -> tuple[StockDoc, StockPaper]:
    doc = desk.stock_docs.get(doc_id)
    ends = [doc.warehouse_id, *([doc.to_warehouse_id] if doc.to_warehouse_id else [])]
    mine = next((end for end in ends if actor.warehouses is None or end in actor.warehouses), doc.warehouse_id)
    require(actor, Right.STOCK, warehouse=mine)
    return doc, paper_of(desk, doc, words)


def paper_of(desk: Desk, doc: StockDoc, words: Words) -> StockPaper:
    """What the paper says; of a stock-take that goes on no quantity."""
    blind = doc.kind is DocKind.COUNT and doc.state is DocState.OPEN
    lines = [_line(desk, doc, line, blind) for line in doc.lines]
    at = {"name": doc.decided_by, "time": words.when(doc.decided_at)}
    return StockPaper(
        number=doc.number,
        company=desk.catalog.company.name,
        warehouse=desk.catalog.warehouses[doc.warehouse_id].name,
        made_at=words.when(doc.made_at),
        made_by=doc.made_by,
        state=words.plain(STATES[doc.state]),
        lines=tuple(sorted(lines, key=lambda line: (bins.walking_order(line.bin), line.sku, line.batch))),
        totals=_totals(doc, blind, words),
        to=desk.catalog.warehouses[doc.to_warehouse_id].name if doc.to_warehouse_id else "",
        scope=doc.scope if doc.kind is DocKind.COUNT else "",
        open_count=blind,
        decided=words.label("Decided by {name} at {time}", **at) if doc.decided_by else "",
    )


def _totals(doc: StockDoc, blind: bool, words: Words) -> str:
    if blind:
        return words.label("{lines} {lines:line|lines}", lines=len(doc.lines))
    units = sum(line.done if _leaving(doc) else line.planned for line in doc.lines)
    return words.label("{lines} {lines:line|lines}, {units} {units:unit|units}", lines=len(doc.lines), units=units)


def _leaving(doc: StockDoc) -> bool:
    """A transfer that has not left: what is scanned is what will be sent."""
    return doc.kind is DocKind.TRANSFER and doc.state is DocState.OPEN


def _line(desk: Desk, doc: StockDoc, line: DocLine, blind: bool) -> StockPaperLine:
    where = bins.shown(desk, line.sku, line.bin)
    made = StockPaperLine(where, line.sku, desk.catalog.skus[line.sku].title, line.batch)
    if blind:
        return made
    sent = line.done if _leaving(doc) else line.planned
    if doc.kind is DocKind.TRANSFER and doc.state in (DocState.OPEN, DocState.IN_TRANSIT):
        return StockPaperLine(made.bin, made.sku, made.title, made.batch, planned=str(sent))
    told = f"{line.difference:+d}" if line.difference else "0"
    return StockPaperLine(made.bin, made.sku, made.title, made.batch, str(line.planned), str(line.done), told)
