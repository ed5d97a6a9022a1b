"""The hand-over: what the ending shift did, what is open and how old, what the next one must watch, who has what.

Surprising: one card for everybody. The halves a reader has no right to are missing, and a scope narrows the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.desk import Desk
from domain.floor.parcels import Stop, StopState, Wave
from domain.orders.orders import Order
from domain.people.people import Actor
from domain.records import Alert, NoticeKind
from domain.review.holds import open_codes
from domain.stock.stock_docs import StockDoc
from domain.watch import shift
from handlers.card import Button, Card
from handlers.cards.desk.orders import age, order_button
from handlers.cards.office.alert_facts import KINDS
from handlers.cards.office.alerts import alert_line, mine
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import hold_name, step_name, verb_name
from handlers.words import Html, Words

IN_ALERTS, IN_STOPS = 6, 4


@drawing(NoticeKind.SHIFT)
def shift_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """`data['ended']` = when the shift that is handed over ended; without it, the one that runs."""
    actor, words = viewer.actor, viewer.words
    if actor is None:
        return None
    at = data.get("ended", "")
    about = shift.ended(desk, datetime.fromisoformat(at)) if at else shift.running(desk)
    span = {"start": words.when(about.start), "end": words.when(about.end)}
    held = _oldest_held(desk, actor)
    stops = shift.open_stops(desk, actor) if shift.sees_stops(actor) else []
    waves = shift.open_waves(desk, actor) if shift.sees_floor(actor) else []
    docs = shift.held_documents(desk, actor) if shift.sees_documents(actor) else []
    alerts = mine(desk, viewer)
    blocks = [
        [words("<b>🔁 Hand-over</b> · {start} – {end}", **span)],
        _done(desk, actor, about, words),
        _service(desk, actor, held, words),
        [*_floor(desk, actor, words), *_documents(desk, actor, words)],
        _stops(stops, words),
        [alert_line(desk, alert, words) for alert in alerts[:IN_ALERTS]],
        _in_hand(alerts, stops, waves, docs, words),
    ]
    return Card("\n\n".join("\n".join(block) for block in blocks if block), _rows(desk, held, stops, alerts, words))


def _done(desk: Desk, actor: Actor, about: shift.Shift, words: Words) -> list[str]:
    counts = shift.done(desk, actor, about)
    halves = ((shift.sees_service(actor), shift.SERVICE), (shift.sees_floor(actor), shift.FLOOR))
    wanted = dict.fromkeys(verb for sees, verbs in halves if sees for verb in verbs)
    shown = words.listed(f"{verb_name(verb, words)} {counts[verb]}" for verb in wanted if verb in counts)
    return [words("Done: {list}", list=shown or words.plain("nothing yet"))]


def _oldest_held(desk: Desk, actor: Actor) -> list[Order]:
    ids = desk.piles.oldest_holds(actor.shops, shift.OLDEST) if shift.sees_service(actor) else []
    found = desk.orders.many(ids)
    return [found[one] for one in ids]


def _service(desk: Desk, actor: Actor, held: Sequence[Order], words: Words) -> list[str]:
    if not shift.sees_service(actor):
        return []
    counts = desk.orders.review_counts(actor.shops).values()
    clean, waiting = sum(count for count, _ in counts), sum(count for _, count in counts)
    lines = [words("📥 In review: {clean} clean, {held} held", clean=clean, held=waiting)]
    lines += _ages(desk, actor, words)
    codes = desk.orders.open_hold_counts(actor.shops)
    if codes:
        most = sorted(codes.items(), key=lambda item: -item[1])
        names = words.listed(f"{hold_name(code, words)} {count}" for code, count in most)
        lines.append(words("✋ Held for: {names}", names=names))
    lines += [_held_line(desk, order, words) for order in held[:1]]
    missed, near, first = shift.deadlines(desk, actor)
    if missed:
        lines.append(words("⏰ Past the dispatch deadline: {count}", count=missed))
    if near:
        facts = {"count": near, "hours": desk.policy.alerts.ahead_hours, "at": words.when(first)}
        lines.append(words("⏳ Must leave within {hours} h: {count}, the first by {at}", **facts))
    return lines


def _ages(desk: Desk, actor: Actor, words: Words) -> list[str]:
    parts = [
        words("under {hours} h: {count}", hours=hours, count=count) if hours else words("older: {count}", count=count)
        for hours, count in shift.ages(desk, actor).items()
    ]
    return [words("Waiting {ages}", ages=" · ".join(parts))] if parts else []


def _held_line(desk: Desk, order: Order, words: Words) -> str:
    since = min(hold.opened_at for hold in order.holds if hold.open)
    minutes = int((desk.now - since).total_seconds()) // 60
    why = words.listed(hold_name(code, words) for code in open_codes(order.holds))
    return words("Longest held: {number}, {age} ({why})", number=order.number, age=age(minutes, words), why=why)


def _floor(desk: Desk, actor: Actor, words: Words) -> list[str]:
    if not shift.sees_floor(actor):
        return []
    states: dict[str, int] = {}
    for place in [None] if actor.warehouses is None else sorted(actor.warehouses):
        for state, count in desk.parcels.counts(place).items():
            states[state] = states.get(state, 0) + count
    shown = words.listed(f"{step_name(state, words)} {count}" for state, count in states.items())
    return [words("📦 In the house: {list}", list=shown or words.plain("nothing"))]


def _documents(desk: Desk, actor: Actor, words: Words) -> list[str]:
    counts = shift.documents(desk, actor) if shift.sees_documents(actor) else {}
    if not counts:
        return []
    names = {
        "open": words("open: {count}", count=counts.get("open", 0)),
        "transit": words("on their way: {count}", count=counts.get("transit", 0)),
        "waiting": words("waiting for an approval: {count}", count=counts.get("waiting", 0)),
    }
    return [words("🗄 Stock documents: {list}", list=Html(" · ".join(names[part] for part in names if part in counts)))]


def _stops(stops: Sequence[Stop], words: Words) -> list[str]:
    unheard = sum(stop.state is StopState.OPEN for stop in stops)
    return [words("⛔ Open stops: {count}, not yet taken: {open}", count=len(stops), open=unheard)] if stops else []


def _in_hand(
    alerts: Sequence[Alert], stops: Sequence[Stop], waves: Sequence[Wave], docs: Sequence[StockDoc], words: Words
) -> list[str]:
    """What people have taken, by person."""
    hands: dict[str, list[str]] = {}
    for alert in alerts:
        if alert.taken_by and not alert.snoozed_until:
            hands.setdefault(alert.taken_by, []).append(words.plain(KINDS[alert.kind]))
    for stop in stops:
        if stop.acked_by:
            hands.setdefault(stop.acked_by, []).append(words.label("stop {id}", id=stop.id))
    for wave in waves:
        if wave.owner:
            hands.setdefault(wave.owner, []).append(wave.number)
    for doc in docs:
        hands.setdefault(doc.holder, []).append(doc.number)
    return [words("🙋 {who}: {things}", who=who, things=words.listed(things)) for who, things in sorted(hands.items())]


def _rows(
    desk: Desk, held: Sequence[Order], stops: Sequence[Stop], alerts: Sequence[Alert], words: Words
) -> tuple[tuple[Button, ...], ...]:
    boxes = desk.parcels.many([stop.parcel_id for stop in stops[:IN_STOPS]])
    rows: list[tuple[Button, ...]] = [
        (Button(words.label("⛔ {waybill}", waybill=box.waybill or box.number), pack("st", stop.id), "danger"),)
        for stop in stops[:IN_STOPS]
        if (box := boxes.get(stop.parcel_id))
    ]
    rows += [(order_button(desk, order, words),) for order in held]
    last = [Button(words("🔄 As it is now"), pack("w.h"))]
    if alerts:
        last.insert(0, Button(words("⏰ Open alerts"), pack("w.a")))
    return (*rows, tuple(last))
