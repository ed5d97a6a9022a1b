"""The stock room's paper out of the chat, one for each kind of document.

Surprising: it is drawn as the document stands at that moment and never kept; printed twice it may say more, and the
signed sheet of paper is only a help to who scans.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.desk import Desk
from domain.paper.documents import StockPaper, StockPaperLine
from domain.people.people import Actor, Right, require
from domain.stock import bins, stock_trail
from domain.stock.stock_docs import DocKind, DocLine, DocState, StockDoc
from exports.stock_papers import PAPERS
from handlers.ask import Ask
from handlers.card import File
from handlers.cards.floor.stock_room import STATES, graded_to
from handlers.filters import Tap
from handlers.words import Words, unmarked

router = Router(name="stock_papers")
_MOST_NUMBERS = 24


@router.callback_query(Tap("k.p"))
async def paper(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The document as it stands, as PDF."""
    doc, made = await ask.read(_paper, ask.actor, int(args[0]), ask.words)
    await ask.toast("")
    await ask.send_files([File(f"{doc.number}.pdf", await asyncio.to_thread(PAPERS[doc.kind], made, ask.words.plain))])


def _paper(desk: Desk, actor: Actor, doc_id: int, words: Words) -> tuple[StockDoc, StockPaper]:
    doc = desk.stock_docs.get(doc_id)
    ends = [doc.warehouse_id, *([doc.to_warehouse_id] if doc.to_warehouse_id else [])]
    mine = next((end for end in ends if actor.warehouses is None or end in actor.warehouses), doc.warehouse_id)
    require(actor, Right.STOCK, warehouse=mine)
    return doc, paper_of(desk, doc, words)


def paper_of(desk: Desk, doc: StockDoc, words: Words) -> StockPaper:
    """What the paper says; of a stock-take that goes on no quantity."""
    blind = doc.kind is DocKind.COUNT and doc.state is DocState.OPEN
    lines = _put_away(desk, doc) if doc.kind is DocKind.MOVE else [_line(desk, doc, line, words) for line in doc.lines]
    at = {"name": doc.decided_by, "time": words.when(doc.decided_at)}
    return StockPaper(
        number=doc.number,
        company=desk.catalog.company.name,
        warehouse=desk.catalog.warehouses[doc.warehouse_id].name,
        made_at=words.when(doc.made_at),
        made_by=doc.made_by,
        state=words.plain(STATES[doc.state]),
        lines=tuple(sorted(lines, key=lambda line: (bins.walking_order(line.bin), line.sku, line.batch))),
        totals=_totals(desk, doc, lines, words),
        to=desk.catalog.warehouses[doc.to_warehouse_id].name if doc.to_warehouse_id else "",
        scope=doc.scope if doc.kind is DocKind.COUNT else "",
        open_count=blind,
        decided=words.label("Decided by {name} at {time}", **at) if doc.decided_by else "",
        note=unmarked(graded_to(doc, words)) if doc.kind is DocKind.REGRADE else "",
    )


def _totals(desk: Desk, doc: StockDoc, lines: Sequence[StockPaperLine], words: Words) -> str:
    if doc.kind is DocKind.COUNT and doc.state is DocState.OPEN:
        return words.label("{lines} {lines:line|lines}", lines=len(lines))
    units = sum(int(line.planned) for line in lines)
    text = words.label("{lines} {lines:line|lines}, {units} {units:unit|units}", lines=len(lines), units=units)
    costs: dict[str, int] = {}
    for line in doc.lines if doc.kind is DocKind.RECEIPT else ():
        if line.value is not None:
            currency = desk.catalog.skus[line.sku].currency
            costs[currency] = costs.get(currency, 0) + line.value
    return " · ".join([text, *(words.money(value, currency) for currency, value in sorted(costs.items()))])


def _line(desk: Desk, doc: StockDoc, line: DocLine, words: Words) -> StockPaperLine:
    item = desk.catalog.skus[line.sku]
    where = bins.shown(desk, line.sku, bins.arrival_bin(desk) if doc.kind is DocKind.RECEIPT else line.bin)
    made = StockPaperLine(where, line.sku, item.title, line.batch, serials=_serials(line, words))
    if doc.kind is DocKind.RECEIPT:
        batch = "\n".join(part for part in (line.batch, line.expires.isoformat() if line.expires else "") if part)
        cost = "" if line.value is None else words.money(line.value, item.currency)
        return replace(made, batch=batch, planned=str(line.done), difference=cost)
    if doc.kind is DocKind.REGRADE:
        return replace(made, bin=line.bin or "-", planned=str(line.done))
    if doc.kind is DocKind.COUNT and doc.state is DocState.OPEN:
        return replace(made, serials="")
    if doc.kind is DocKind.TRANSFER and doc.state is DocState.OPEN:  # what is scanned is what will be sent
        return replace(made, planned=str(line.done))
    if doc.kind is DocKind.TRANSFER and doc.state is DocState.IN_TRANSIT:
        return replace(made, planned=str(line.planned))
    told = f"{line.difference:+d}" if line.difference else "0"
    return replace(made, planned=str(line.planned), done=str(line.done), difference=told)


def _serials(line: DocLine, words: Words) -> str:
    """The numbers of its units, as many as a page has room for."""
    more = len(line.serials) - _MOST_NUMBERS
    told = [f"SN {', '.join(line.serials[:_MOST_NUMBERS])}"] if line.serials else []
    return " ".join([*told, *([words.label("… and {count} more", count=more)] if more > 0 else [])])


def _put_away(desk: Desk, doc: StockDoc) -> list[StockPaperLine]:
    """What was put where; while it goes on also what still stands in the bin it is taken out of, and where it goes."""
    skus = desk.catalog.skus
    done = [
        StockPaperLine(
            bins.shown(desk, put.sku, put.source),
            put.sku,
            skus[put.sku].title,
            put.batch,
            str(put.units),
            skus[put.sku].bin,
            put.name,
        )
        for put in stock_trail.put_away(desk, doc.id)
    ]
    if doc.state is not DocState.OPEN or not doc.bin:
        return done
    there = [
        place
        for place in desk.stock.places(None, doc.warehouse_id)
        if bins.shown(desk, place.sku, place.bin).casefold() == doc.bin.casefold()
    ]
    return done + [
        StockPaperLine(doc.bin, p.sku, skus[p.sku].title, p.batch, str(p.units), skus[p.sku].bin) for p in there
    ]
