"""The phone's scan page: what it shows when it opens, and its jobs (scan, take back, stop seen, note read), in turn.

Surprising: a job is answered and its answer kept in one transaction, under the id the page gave it. A page that lost
the answer sends the job again and hears the same; nothing is done twice.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.codes import Code
from domain.desk import Desk
from domain.errors import NoteUnread, ParcelStopped, Refusal, Unknown, WeightRefused
from domain.floor import checking, floor, measuring, scanned_text, undo_scan
from domain.floor.floor import Outcome
from domain.floor.parcels import StopState
from domain.floor.scan_page import KEPT_DAYS, PageAnswer
from domain.paper import printing
from domain.people import asked, notices, staff
from domain.people.people import STATION_RIGHT, Actor, Person, Right, Station, may, require
from domain.records import NoticeKind
from domain.stops import pulls
from handlers.cards.desk.evidence import veiled
from handlers.cards.floor.checks import check_lines
from handlers.cards.floor.in_hand import pick_line
from handlers.cards.floor.prints import paper_old
from handlers.cards.floor.scans import (
    ANY_HINT,
    COMMANDS,
    DONE,
    HINTS,
    WARNINGS,
    complaint,
    station_label,
    stop_of,
    wave_line,
)
from handlers.cards.floor.traces import trace_card
from handlers.draw import draw
from handlers.floor import stock_page
from handlers.typed.codes import read_codes, read_sized
from handlers.wording.refusals import refusal_text
from handlers.wording.scan_words import HEADS, ON_SHELF, REFUSED, RIGHT_AGAIN, TEAR, WORDS, WROTE
from handlers.words import LANGUAGES, Words, unmarked

Json = dict[str, object]
_LONGEST = 400
_MOST = 2**53
_LONGEST_AGE = 7 * 24 * 3600 * 1000
_NOTES, _NOTE = 6, 300
_COMMAND = re.compile(r"/(putback|pick|receive)\b")
_LINES = 4
_DOINGS = ("scan", "undo", "seen", "read", "print")


class BadJob(Exception):
    """What came is no job of our page."""


@dataclass(frozen=True, slots=True)
class Job:
    """One thing somebody did on the page. `text` is what the scanner typed, for `undo` the code; `stop` a stop's id.
    `doc` is the stock document the page showed as its station. `read`: the notes of `parcel` were read, and `text` is
    the scan they held up. `print`: the papers of `parcel` that are out of date are wanted anew. `age_ms` how long ago
    it was done when the page sent it, by the phone's own clock."""

    id: str
    do: str
    text: str = ""
    station: Station | None = None
    place: int | None = None
    stop: int = 0
    parcel: int = 0
    age_ms: int = 0
    doc: int = 0


def read_job(raw: object) -> Job:
    """A job as the page sends it. Raises BadJob."""
    if not isinstance(raw, Mapping):
        raise BadJob("a job is an object")
    number, do, text = raw.get("id"), raw.get("do"), raw.get("text", "")
    place, station = raw.get("place"), raw.get("station")
    stop, parcel, doc = raw.get("stop", 0), raw.get("parcel", 0), raw.get("doc", 0)
    if not isinstance(number, str) or not 8 <= len(number) <= 64 or not number.isascii() or do not in _DOINGS:
        raise BadJob("id or do")
    if not isinstance(text, str) or len(text) > _LONGEST or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadJob("text")
    if not isinstance(place, int | None) or not all(isinstance(n, int) and 0 <= n < _MOST for n in (stop, parcel, doc)):
        raise BadJob("place, stop, parcel or doc")
    if station not in (None, "", stock_page.STOCK, *Station):
        raise BadJob("station")
    age = raw.get("age", 0)
    if type(age) is not int or abs(age) >= _MOST:
        raise BadJob("age")
    at = Station(station) if station in list(Station) else None
    return Job(number, str(do), text, at, place, stop, parcel, age, doc if at is None else 0)


def _done_at(desk: Desk, job: Job) -> datetime:
    """When it was done: a page that was offline sends it later, never earlier, and works for its hours at most."""
    most = timedelta(hours=desk.policy.scanning.page_hours)
    return desk.now - min(timedelta(milliseconds=max(0, min(job.age_ms, _LONGEST_AGE))), most)


def words_of(desk: Desk, person: Person, language: str) -> Words:
    """The page's words: the language chosen on it, else the person's."""
    return Words(language if language in LANGUAGES else person.language, desk.catalog.company.zone)


def caller(desk: Desk, telegram_id: int, language: str) -> tuple[Person, Words]:
    """Who calls, and in which words to answer. Raises NotAllowed for a stranger and for who was suspended."""
    person = staff.who(desk, telegram_id)
    return person, words_of(desk, person, language)


def opened(desk: Desk, telegram_id: int, language: str) -> Json:
    """What the page needs to know when it opens. Raises NotAllowed, also for staff who never scan."""
    person, words = caller(desk, telegram_id, language)
    actor = person.acting()
    require(actor, Right.PUT_BACK)
    desk.page_answers.forget(person.id, desk.now - timedelta(days=KEPT_DAYS))
    mine = actor.warehouses
    places = [place for place in desk.catalog.warehouses.values() if mine is None or place.id in mine]
    return {
        "person": person.id,
        "name": person.name,
        "language": words.language,
        "words": {key: words.plain(text) for key, text in WORDS.items()},
        "doc": stock_page.doc_of(desk, person),
        "stations": _stations(desk, person, words),
        "station": person.station or "",
        "places": [{"id": place.id, "name": place.name} for place in places],
        "place": floor.place_of(desk, actor),
        "count": floor.count_of_hour(desk, person.id),
        "undo_seconds": desk.policy.scanning.undo_seconds,
    }


def _stations(desk: Desk, person: Person, words: Words) -> list[Json]:
    """Any, the stock document they hold, and what they have the right to."""
    stock, rights = stock_page.station(desk, person, words), person.acting().rights
    mine = [_station(station, words) for station in Station if STATION_RIGHT[station] in rights]
    return [_station(None, words), *([stock] if stock else []), *mine]


def _station(station: Station | None, words: Words) -> Json:
    hint = words.plain(HINTS[station] if station else ANY_HINT)
    return {"id": station or "", "label": station_label(station, words), "hint": hint}


def carry_out(desk: Desk, telegram_id: int, job: Job, language: str) -> str:
    """Do the job, once per id; the answer as JSON. A refused scan is an answer; other refusals are raised."""
    person, words = caller(desk, telegram_id, language)
    kept = desk.page_answers.get(person.id, job.id)
    if kept is not None:
        return kept.answer
    results = _results(desk, person, job, words)
    answer = _answer(job, results, floor.count_of_hour(desk, person.id))
    if not any(result["verdict"] == "place" for result in results):  # nothing was done yet: it will be sent again
        desk.page_answers.add(PageAnswer(person.id, job.id, desk.now, answer))
    return answer


def refused(job: Job, refusal: Refusal, words: Words) -> str:
    """The answer to a job whose transaction a refusal ended: nothing was changed, so it is not kept either."""
    return _answer(job, [_told(words, "refused", job.text, unmarked(refusal_text(refusal, words)))], None)


def _answer(job: Job, results: list[Json], count: int | None) -> str:
    return json.dumps({"id": job.id, "results": results, "count": count}, ensure_ascii=False)


def _results(desk: Desk, person: Person, job: Job, words: Words) -> list[Json]:
    if job.do == "seen":
        _seen(desk, person.acting(), job.stop)
        return []
    if job.do == "undo" and job.doc:
        return [stock_page.undone(desk, person, job.text, job.doc, words)]
    if job.do == "undo":
        code = _first_code(desk, person, job.text)
        return [_result(desk, person, undo_scan.undo(desk, person.acting(), code, _done_at(desk, job)), words)]
    if job.do == "print":
        return [_printed(desk, person, job, words)]
    if job.do == "read":
        checking.read_notes(desk, person.acting(), job.parcel)
    return _scanned(desk, person, job, words)


def _first_code(desk: Desk, person: Person, text: str) -> str:
    """The code in what was typed, as the shift's log has it: not with its weight or count, not the whole GS1 label."""
    codes = read_codes(text, asked.of(desk, person.acting()))
    return codes[0].text or text if codes else text


def _scanned(desk: Desk, person: Person, job: Job, words: Words) -> list[Json]:
    is_bin = scanned_text.names_bin(desk, person.id, job.text) and not job.doc
    counted = stock_page.scanned(desk, person, job.text, job.doc, words) if job.station is None and not is_bin else None
    if counted is not None:
        return [counted]
    sized = None if is_bin else read_sized(job.text)
    if sized is not None and not floor.sku_of(desk, sized.told):
        scans = measuring.weigh(desk, person.acting(), sized.code, sized.whole, sized.grams, _done_at(desk, job))
        return [_result(desk, person, outcome, words) for outcome in scans.outcomes]
    now = asked.of(desk, person.acting(), job.station)
    codes = [Code(job.text.strip())] if is_bin else read_codes(job.text, now)
    if codes is None:
        return [_told(words, "unknown", job.text[:60], words.plain("This is not a code."))]
    place = job.place if job.place in desk.catalog.warehouses else None
    scans = floor.scan(
        desk,
        person.acting(),
        codes,
        station=Station.PUT_BACK if is_bin else job.station,
        place=place,
        at=_done_at(desk, job),
    )
    if scans.place_needed:
        return [_told(words, "place", job.text, "")]
    for outcome in scans.outcomes:
        if outcome.returned and outcome.verdict in ("ok", "again"):
            key = f"page:{job.id}:{outcome.code}"
            notices.tell_chat(desk, NoticeKind.RETURN, outcome.returned.id, person.chat_id, key=key)
        for kind, number in outcome.papers:
            notices.tell_chat(desk, kind, number, person.chat_id, key=f"page:{job.id}:{kind}:{number}")
    return [_result(desk, person, outcome, words) for outcome in scans.outcomes]


def _seen(desk: Desk, actor: Actor, stop_id: int) -> None:
    """Whoever took the parcel out is on it: the stop's clock stands still. Somebody else may have been faster."""
    stop = desk.stops.get(stop_id)
    if stop.state is StopState.OPEN:
        pulls.acknowledge(desk, actor, stop.id, stop.revision)


def _printed(desk: Desk, person: Person, job: Job, words: Words) -> Json:
    """Papers printed anew, counted now; they name a receiver and go to the person's own chat. Raises NotAllowed,
    Unknown."""
    box, made = printing.print_outdated(desk, person.acting(), job.parcel)
    if not made.sheets:
        return _told(words, "again", box.waybill, words.plain(RIGHT_AGAIN))
    copies = {str(sheet.paper): str(sheet.copy) for sheet in made.sheets}
    notices.tell_chat(desk, NoticeKind.PRINTED, box.id, person.chat_id, key=f"page:{job.id}", **copies)
    return _told(words, "paper", box.waybill, words.plain(TEAR)) | {"head": words.plain(HEADS["printed"])}


def _to_print(actor: Actor, outcome: Outcome) -> int:
    """The parcel whose papers this person may print anew here, 0 = none."""
    box = paper_old(outcome)
    return box.id if box and may(actor, Right.PRINT, warehouse=box.warehouse_id) else 0


def _told(words: Words, verdict: str, code: str, text: str) -> Json:
    return {"verdict": verdict, "code": code, "station": "", "head": words.plain(HEADS[verdict]), "text": text}


def _result(desk: Desk, person: Person, outcome: Outcome, words: Words) -> Json:
    """One code's answer: big words, the rest to read, and what the page counts."""
    unknown = isinstance(outcome.refusal, Unknown)
    told = _told(words, "unknown" if unknown else outcome.verdict, outcome.code, _text(desk, person, outcome, words))
    size = outcome.parcel.size if outcome.parcel and outcome.station is Station.WEIGH else None
    if size and outcome.verdict in ("ok", "ask", "again"):
        told["text"] = " · ".join(filter(None, (str(told["text"]), words.size(size))))
    if outcome.verdict == "ok":
        told["head"] = words.plain(ON_SHELF if outcome.pulled else DONE[outcome.station])
    if told["verdict"] == "refused":
        told["head"] = words.plain(REFUSED.get(type(outcome.refusal).__name__, HEADS["refused"]))
    if isinstance(outcome.refusal, NoteUnread):
        head, unread = words.plain(HEADS["note"]), outcome.refusal.parcel_id
        told |= {"verdict": "note", "head": head, "text": "", "parcel": unread}
    wave = wave_line(desk, outcome.parcel, outcome.station, words)
    more = {"station": outcome.station, "wave": wave, "stop": stop_of(outcome), "at": words.clock(desk.now)}
    return {
        **told,
        **more,
        "notes": [*_warned(outcome, words), *notes(desk, person.acting(), outcome, words)],
        "weighs": isinstance(outcome.refusal, WeightRefused),
        "undo": outcome.verdict in ("ok", "item") and not outcome.pulled and undo_scan.can_go_back(outcome.station),
        "print": _to_print(person.acting(), outcome),
    }


def notes(desk: Desk, actor: Actor, outcome: Outcome, words: Words) -> list[str]:
    """What buyer and seller wrote, for who has the box open: they may want it wrapped. Of refusals only
    the one that wants them read says them here."""
    if isinstance(outcome.refusal, NoteUnread):
        return [veiled(line, private=False, limit=2 * _NOTE) for line in outcome.refusal.notes.split("\n")]
    box, at = outcome.parcel, outcome.station
    if box is None or at not in (Station.CHECK, Station.PACK) or outcome.verdict not in ("ok", "item", "again"):
        return []
    if not may(actor, STATION_RIGHT[at], warehouse=box.warehouse_id):
        return []
    found = checking.remarks(desk, box)
    several = len({remark.order_number for remark in found}) > 1
    lines = []
    for remark in found[:_NOTES]:
        who = words.plain(WROTE[remark.buyers])
        of = f" ({remark.order_number})" if several else ""
        lines.append(f"{who}{of}: {veiled(remark.text, private=False, limit=_NOTE)}")
    more = words("… and {count} more", count=len(found) - _NOTES)
    return [*lines, *([unmarked(more)] if len(found) > _NOTES else [])]


def _warned(outcome: Outcome, words: Words) -> list[str]:
    """What to look at though the scan was done: loud, as green says that all is well."""
    return [f"⚠️ {words.plain(WARNINGS[outcome.warn])}"] if outcome.verdict == "ok" and outcome.warn else []


def _looked_at(desk: Desk, person: Person, outcome: Outcome, words: Words) -> str:
    """Goods, a paper's card as it begins, or where a number went."""
    actor = person.acting()
    if outcome.sku and outcome.station is Station.PICK:
        return pick_line(desk, actor, outcome.sku, words)
    if outcome.sku:
        return words("{sku} {title}", sku=outcome.sku, title=desk.catalog.skus[outcome.sku].title)
    if outcome.traced:
        card = trace_card(desk, actor, outcome.code, words)
        return card.text if card else ""
    chat = desk.people.chat(person.chat_id)
    cards = [draw(desk, kind, number, chat, {}) for kind, number in outcome.papers]
    return "\n".join("\n".join(card.text.split("\n")[:_LINES]) for card in cards if card)


def _text(desk: Desk, person: Person, outcome: Outcome, words: Words) -> str:
    """What to read under the big words; a station is called as its button here, not by the chat's command."""
    return _COMMAND.sub(lambda found: station_label(COMMANDS[found[1]], words), _plain(desk, person, outcome, words))


def _plain(desk: Desk, person: Person, outcome: Outcome, words: Words) -> str:
    if outcome.verdict == "ok":
        box = outcome.parcel
        parts = [box.waybill] if box and outcome.code not in (box.waybill, box.number) else []
        parts += [words.grams(outcome.grams)] if outcome.grams else []
        return " · ".join(parts)
    if outcome.verdict == "item" and outcome.material and outcome.parcel:
        return words.plain("packed into") + f" {outcome.parcel.material}"
    if outcome.verdict == "item" and outcome.parcel:
        return unmarked("\n".join(check_lines(desk, outcome.parcel, words)))
    if outcome.verdict in ("look", "paper", "found"):
        return unmarked(_looked_at(desk, person, outcome, words))
    if outcome.refusal is None:
        return ""
    stop_id = stop_of(outcome)
    if isinstance(outcome.refusal, ParcelStopped) and stop_id:
        chat = replace(desk.people.chat(person.chat_id), language=words.language)
        card = draw(desk, NoticeKind.STOP, stop_id, chat, {})
        return unmarked(card.text) if card else ""
    return unmarked(complaint(desk, [outcome], words) or refusal_text(outcome.refusal, words))
