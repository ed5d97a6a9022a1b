"""What was scanned for a stock document, step by step, so that the last step can be taken back, and the one before.

Surprising: a step keeps what its lines were before, not what was typed. Taken back from the last one on, each leaves
the document exactly as it found it, also a count's figures of the books. What was handed on is nobody's last step any
more: a document that left, came back or was counted again begins anew.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from domain import history
from domain.desk import Desk
from domain.people.people import Actor
from domain.records import Event
from domain.stock import stock
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_docs import ASKED_AGAIN, DocKind, DocLine, StockDoc
from domain.stock.stock_lines import key

SCANNED, UNDONE, TAKEN, PUT_AWAY = "scanned", "scan_undone", "taken_up", "put_away"
_GOES_ON = {UNDONE, TAKEN, PUT_AWAY, ASKED_AGAIN}
PLACED, PASSED = "placed", "passed"
_READ, _ALL = (20, 200, 2000), 20_000
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Put:
    """Units that were put from one bin into another, which people call `name`."""

    sku: str
    batch: str
    units: int
    source: str
    into: str
    name: str = ""


def carry(desk: Desk, actor: Actor, doc: StockDoc, put: Sequence[Put], name: str) -> None:
    """Put the goods into their bin. Raises NotEnoughStock."""
    _relocate(desk, actor, doc, put)
    if put:
        units = sum(one.units for one in put)
        history.note(desk, actor, "stock_doc", doc.id, PUT_AWAY, units=str(units), bin=name)


def _relocate(desk: Desk, actor: Actor, doc: StockDoc, put: Sequence[Put]) -> None:
    moves: list[Move] = []
    for one in put:
        here = Move(doc.warehouse_id, one.sku, Bucket.GOOD, one.units, Document.MOVE, doc.id, one.source, one.batch)
        moves += stock.relocate(here, one.into)
    desk.stock.apply(moves, actor.name)


def write(
    desk: Desk,
    actor: Actor,
    before: StockDoc,
    after: StockDoc,
    put: Sequence[Put],
    code: str,
    passed: Iterable[str] = (),
) -> None:
    """One message of scans, or one scan of a page, is one step. Data: `code` what it was last of, `told` what it did
    in no language, `was` what it found, PLACED how much of a put-away lies in its bin now, PASSED the products of which
    a serial number was told and not kept."""
    old, new = {key(line): line for line in before.lines}, {key(line): line for line in after.lines}
    changed = [(at, line) for at, line in enumerate(before.lines) if new.get(key(line)) != line]
    was = {
        "bin": before.bin,
        "lines": [[at, {**asdict(line), "expires": line.expires and line.expires.isoformat()}] for at, line in changed],
        "new": [list(name) for name in new if name not in old],
        "put": [asdict(one) for one in put],
    }
    told = [f"{one.sku} × {one.units} → {one.name}" for one in put]
    if not put:
        names = [key(line) for _, line in changed] + [name for name in new if name not in old]
        told += [f"{_name(name)}: {_done(old, name)} → {_done(new, name)}" for name in names]
        told += [f"SN {serial}" for name in names for serial in _serials(new, name) - _serials(old, name)]
    told += [after.bin] if after.bin != before.bin and not put else []
    shown = told if len(told) <= _TOLD else [*told[:_TOLD], f"… +{len(told) - _TOLD}"]
    facts = {"code": code_of(code), "told": " · ".join(shown) or code, "was": json.dumps(was)}
    facts |= {PASSED: ", ".join(sorted(set(passed)))} if passed else {}
    if after.kind is DocKind.MOVE:
        facts[PLACED] = str(lately(desk, after.id, 0)[1] + len(put))
    history.note(desk, actor, "stock_doc", after.id, SCANNED, **facts)


def code_of(text: str) -> str:
    """What a step is called: short enough for a button."""
    return text.strip().upper()[:30]


def _name(name: tuple[str, str, str]) -> str:
    sku, _, batch = name
    return f"{sku}@{batch}" if batch else sku


def _done(lines: Mapping[tuple[str, str, str], DocLine], name: tuple[str, str, str]) -> int:
    return lines[name].done if name in lines else 0


def _serials(lines: Mapping[tuple[str, str, str], DocLine], name: tuple[str, str, str]) -> set[str]:
    return set(lines[name].serials) if name in lines else set()


def last(desk: Desk, doc_id: int) -> Event | None:
    """The last step that was not taken back; None when there is none to take back."""
    for many in _READ:  # nearly always it is among the first: a long count is not read whole for each of its cards
        events = desk.history("stock_doc", doc_id, many)
        found, ended = _last(events)
        if found or ended or len(events) < many:
            return found
    return None


def _last(events: Sequence[Event]) -> tuple[Event | None, bool]:
    """(the step, whether there is none because the document was handed on there), newest first."""
    for event in _standing(events):
        if event.verb == SCANNED:
            return event, False
        if event.verb not in _GOES_ON:
            return None, True
    return None, False


def _standing(events: Iterable[Event]) -> Iterator[Event]:
    """Newest first, without the steps that were taken back and the taking back of them."""
    skip = 0
    for event in events:
        if event.verb == UNDONE:
            skip += 1
        elif event.verb == SCANNED and skip:
            skip -= 1
        else:
            yield event


def put_away(desk: Desk, doc_id: int) -> list[Put]:
    """What was put into its bin and stayed there, in order."""
    steps = [event for event in _standing(desk.history("stock_doc", doc_id, _ALL)) if event.verb == SCANNED]
    return [Put(**one) for step in reversed(steps) for one in json.loads(step.data["was"])["put"]]


def lately(desk: Desk, doc_id: int, most: int) -> tuple[list[Put], int]:
    """The last of what was put into its bin and stayed there, the last first, and how many there are in all. A step
    from before that was counted has the whole history read."""
    found: list[Put] = []
    total = 0
    for many in (*_READ, _ALL):
        events = desk.history("stock_doc", doc_id, many)
        steps = [event for event in _standing(events) if event.verb == SCANNED]
        if steps and PLACED not in steps[0].data:
            found = put_away(desk, doc_id)[::-1]
            return found[:most], len(found)
        total = int(steps[0].data[PLACED]) if steps else 0
        found = [Put(**one) for step in steps for one in reversed(json.loads(step.data["was"])["put"])]
        if len(events) < many or (steps and len(found) >= min(most, total)):
            break
    return found[:most], total


def newest(desk: Desk, doc_id: int) -> Event | None:
    """What was done last: a step, or one taken back; None when it was something else."""
    events = desk.history("stock_doc", doc_id, 20)
    found = next((event for event in events if event.verb not in (PUT_AWAY, TAKEN, ASKED_AGAIN)), None)
    return found if found and found.verb in (SCANNED, UNDONE) else None


def take_back(desk: Desk, actor: Actor, doc: StockDoc, step: Event) -> StockDoc:
    """The document as the step found it, not saved; goods it put away are where they were. Raises NotEnoughStock."""
    was: dict[str, Any] = json.loads(step.data["was"])
    new = {tuple(name) for name in was["new"]}
    lines = [line for line in doc.lines if key(line) not in new]
    for at, row in was["lines"]:
        day, serials = row["expires"], tuple(row.get("serials", ()))
        line = DocLine(**{**row, "expires": date.fromisoformat(day) if day else None, "serials": serials})
        here = next((n for n, old in enumerate(lines) if key(old) == key(line)), None)
        if here is None:
            lines.insert(at, line)
        else:
            lines[here] = line
    put = [Put(**one) for one in was["put"]]
    _relocate(desk, actor, doc, [replace(one, source=one.into, into=one.source) for one in put])
    history.note(desk, actor, "stock_doc", doc.id, UNDONE, code=step.data["code"], told=step.data["told"])
    return replace(doc, bin=was["bin"], lines=tuple(lines))
