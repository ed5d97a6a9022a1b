"""The scan page's station for the stock document a person holds: bins and goods are counted there as in the chat.

Surprising: a job names the document its page showed. A phone that was offline while its document was finished in the
chat must not count into the next one.
"""

from domain.desk import Desk
from domain.errors import Refusal, Unknown
from domain.people.people import Person
from domain.stock import stock_room, stock_trail
from domain.stock.stock_docs import DocState, StockDoc
from handlers.cards.floor.stock_room import ARRIVING, HINTS, KINDS, NOT_KEPT
from handlers.floor.stock_scans import meant, read_scans
from handlers.wording.refusals import refusal_text
from handlers.wording.scan_words import HEADS
from handlers.wording.terms import N_
from handlers.words import Words, unmarked

Json = dict[str, object]
STOCK = "stock"
GONE = N_("Not in your hands")
GONE_WHY = N_("This document is not in your hands any more. Open it in the chat and tap “I scan”.")
AT_BIN = N_("Now at {bin}")


def station(desk: Desk, person: Person, words: Words) -> Json | None:
    """The station, named by the document; None for who holds none."""
    doc = desk.stock_docs.held_by(person.id)
    if doc is None:
        return None
    hint = ARRIVING if doc.state is DocState.IN_TRANSIT else HINTS[doc.kind]
    return {"id": STOCK, "label": words.label(KINDS[doc.kind], number=doc.number), "hint": words.plain(hint)}


def doc_of(desk: Desk, person: Person) -> int:
    """The id of the document this person holds, 0 = none."""
    doc = desk.stock_docs.held_by(person.id)
    return doc.id if doc else 0


def scanned(desk: Desk, person: Person, text: str, doc_id: int, words: Words) -> Json | None:
    """What the scan did to the document; None when it is not for one. `doc_id` 0: the page showed no document."""
    held = meant(desk, person.id, text)
    if doc_id and doc_id != doc_of(desk, person):
        return _result(desk, person, "refused", text, words, head=GONE, told=words.plain(GONE_WHY))
    if held is None:
        return None
    doc, currency = held
    try:
        with desk.attempt():
            news = stock_room.scan(desk, person.acting(), doc.id, read_scans(text, currency))
    except Refusal as refusal:
        verdict = "unknown" if isinstance(refusal, Unknown) else "refused"
        return _result(desk, person, verdict, text, words, told=unmarked(refusal_text(refusal, words)))
    step = stock_trail.last(desk, doc.id)
    assert step is not None
    code, told, passed = step.data["code"], step.data["told"], step.data.get(stock_trail.PASSED)
    told = f"{told} · {unmarked(words(NOT_KEPT, skus=passed))}" if passed else told
    if news.bin != doc.bin and news.lines == doc.lines:
        head = words.label(AT_BIN, bin=news.bin)
        return _result(desk, person, "ok", code, words, head=head, told="")
    put_away = words.plain("put away") if doc.lines and not news.lines else ""
    return _result(desk, person, "ok" if put_away else "item", code, words, head=put_away, told=told)


def undone(desk: Desk, person: Person, code: str, doc_id: int, words: Words) -> Json:
    """The last scan for the document back. Raises ScanStays, WrongStatus, NotEnoughStock."""
    stock_room.undo(desk, person.acting(), doc_id, code)
    step = stock_trail.newest(desk, doc_id)
    assert step is not None
    return _result(desk, person, "scan_undone", code, words, told=step.data["told"])


def _result(desk: Desk, person: Person, verdict: str, code: str, words: Words, *, told: str, head: str = "") -> Json:
    """One answer; `undo_code` is what could be taken back next."""
    doc = desk.stock_docs.held_by(person.id)
    step = stock_trail.last(desk, doc.id) if doc else None
    mine = step.data["code"] if step and step.actor_id == person.id else ""
    return {
        "verdict": verdict,
        "code": code[:60],
        "station": STOCK,
        "head": words.plain(head or HEADS[verdict]),
        "text": told,
        "wave": _sum(doc, words) if doc else None,
        "stop": None,
        "at": words.clock(desk.now),
        "notes": [],
        "weighs": False,
        "undo": bool(mine),
        "undo_code": mine,
        "doc": doc.id if doc else 0,
    }


def _sum(doc: StockDoc, words: Words) -> str:
    """How much was scanned for it so far."""
    told = [line for line in doc.lines if line.done]
    units = sum(line.done for line in told)
    text = words("{lines} {lines:line|lines}, {units} {units:unit|units}", lines=len(told), units=units)
    return f"{doc.number}: {unmarked(text)}"
