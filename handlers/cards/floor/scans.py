"""The running card of a shift: station, count of the hour, the last scans. And what to say aloud about a scan.

Surprising: a right scan says nothing but here. One card is edited again and again, so that a message in the chat
always means that somebody must look up.
"""

from collections.abc import Mapping, Sequence

from domain.desk import Desk
from domain.errors import NotAllowed, ParcelStopped, Unknown, WeightRefused, WrongStatus
from domain.floor import checking, floor, fulfilment, loading, materials, progress, proofs_wanted, undo_scan
from domain.floor.floor import Outcome
from domain.floor.parcels import Parcel
from domain.people.people import STATION_RIGHT, Person, Station
from domain.records import Event, NoticeKind
from handlers.card import Button, Card
from handlers.cards.floor.checks import check_lines, held_lines
from handlers.cards.floor.prints import PAPER_OLD
from handlers.draw import drawing
from handlers.keyboards import LABELS
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.check_terms import force_hint
from handlers.wording.refusals import refusal_text
from handlers.wording.terms import N_
from handlers.words import Words

SHOWN = 8
COMMANDS = {
    "pick": Station.PICK,
    "check": Station.CHECK,
    "pack": Station.PACK,
    "weigh": Station.WEIGH,
    "ship": Station.HAND_OVER,
    "putback": Station.PUT_BACK,
    "receive": Station.RECEIVE,
}
_COMMAND_OF = {station: command for command, station in COMMANDS.items()}
DONE = {
    Station.PICK: N_("picked"),
    Station.CHECK: N_("checked"),
    Station.PACK: N_("packed"),
    Station.WEIGH: N_("weighed"),
    Station.HAND_OVER: N_("handed over"),
    Station.PUT_BACK: N_("put back on its shelf"),
    Station.RECEIVE: N_("return received"),
}
HINTS = {
    Station.PICK: N_("Scan a slip when all its goods lie in the slot."),
    Station.CHECK: N_("Scan a slip, then every unit that goes into the box. I count, and say loudly what is wrong."),
    Station.PACK: N_("Scan a slip when the box is closed."),
    Station.WEIGH: N_(
        "Scan, then send the weight: 1.25kg or 1250. Or both at once: SF1234567890123 1.25kg. "
        "The size, where you measure it: 30x20x15 (cm)"
    ),
    Station.HAND_OVER: N_("Scan every parcel the courier takes. A stopped one is refused: take it out."),
    Station.PUT_BACK: N_(
        "Scan a stopped parcel, then the stop shelf's code; scan it once more when its goods are back on their shelf. "
        "Only then is their stock free."
    ),
    Station.RECEIVE: N_("Scan the label of a parcel that came back; I show what should be in it."),
}
ANY_HINT = N_("Scan, type or photograph a waybill: I do the next step that is yours.")
WHY = {
    "Unknown": N_("not a waybill of ours"),
    "NotAllowed": N_("not yours to do"),
    "WrongStatus": N_("not at this step"),
    "ItemRefused": N_("does not go into the box"),
    "ItemRefused.serial": N_("the serial number comes first"),
    "ItemRefused.batch": N_("the batch comes first"),
    "ItemRefused.no_serial": N_("not a serial number of it"),
    "ItemRefused.no_batch": N_("not a batch of it"),
    "ItemRefused.taken": N_("this number is in another parcel"),
    "NoteUnread": N_("read the notes first"),
    "MaterialMissing": N_("scan its packing material first"),
    "ProofMissing": N_("no photo of its packing"),
    "WeightRefused": N_("weight refused"),
    "BadValue": N_("not a waybill"),
    "BackAlready": N_("its goods are back on their shelf already, says a scan before"),
    "BadValue.stop_shelf": N_("not this parcel's stop shelf"),
    "WrongCourier": N_("not this courier's parcel"),
    "FeedStale": N_("held back: nothing heard of its shop"),
    "NotEnoughStock": N_("its goods are not in the bins, or expire too soon"),
}
WARNINGS = {
    "weight_off": N_("weight differs from what was expected, count again if in doubt"),
    "weight_unknown": N_("no expected weight known"),
    "material_short": N_("no packing material left in stock: count it"),
    "proof_wanted": N_("a photo or film of its packing is wanted: send it now"),
    "proof_missing": N_("no photo or film of its packing is kept: whoever packed it sends one before it leaves"),
    "label_old": N_("its label is out of date: tear it up and print the new one"),
    "slip_old": N_("its packing slip is out of date: tear it up and print the new one"),
    "feed_stale": N_("nothing heard of its shop for a while: a refund may be missing"),
}

_PICTURES = ("proof_wanted", "proof_missing")


@drawing(NoticeKind.SCAN)
def scan_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The shift of person `subject_id`; 0 is a card whose place a newer one has taken."""
    if subject_id == 0:
        return None
    person = desk.people.get(subject_id)
    words = viewer.words
    events = floor.log(desk, person.id, SHOWN)
    head = words(
        "{station} · {name} · {count} this hour",
        station=station_label(person.station, words),
        name=person.name,
        count=floor.count_of_hour(desk, person.id),
    )
    hint = words(HINTS[person.station] if person.station else ANY_HINT)
    lines = [head, "", *[_line(desk, event, words) for event in events], "" if events else None]
    box = checking.open_for(desk, person.acting(), person.last_parcel)
    lines += [*check_lines(desk, box, words), ""] if box else []
    van = loading.courier_of(desk, person.id)
    if van is not None:
        lines.append(
            words(
                "🚚 Only parcels of {courier}; send /ship alone to end the loading.",
                courier=desk.catalog.couriers[van].name,
            )
        )
    lines += [_size(desk, person, events, words), _wave(desk, person, events, words), hint]
    rows = (*_undo(desk, person, viewer), *_stations(person, viewer))
    return Card("\n".join(line for line in lines if line is not None), rows)


def _wave(desk: Desk, person: Person, events: Sequence[Event], words: Words) -> str | None:
    """How far the wave of the last parcel is at the station of the last scan."""
    if not events or person.last_parcel is None:
        return None
    return wave_line(desk, desk.parcels.get(person.last_parcel), Station(events[0].data["station"]), words)


def _size(desk: Desk, person: Person, events: Sequence[Event], words: Words) -> str | None:
    """The size of the last parcel, while its weighing is what was done last, and what it costs by it; and where it is
    only that of the box it was packed into."""
    if not events or person.last_parcel is None or Station(events[0].data["station"]) is not Station.WEIGH:
        return None
    box = desk.parcels.get(person.last_parcel)
    if box.size is None:
        return None
    facts = {"waybill": box.waybill, "size": words.size(box.size)}
    amount = words.money(box.freight, box.freight_currency)
    if materials.sized(desk, box.unmeasured()).size == box.size:
        facts["box"] = box.material
        return words("📐 {waybill}: {size} as {box}, freight {amount}", amount=amount, **facts)
    return words("📐 {waybill}: {size}, freight {amount}", amount=amount, **facts)


def wave_line(desk: Desk, parcel: Parcel | None, station: Station, words: Words) -> str | None:
    """How far the parcel's wave is at the station; None when it is in none, or there is no such step."""
    far = progress.of_wave(desk, parcel, station)
    if far is None:
        return None
    facts = {"wave": far.number, "done": words.plain(DONE[station]), "count": far.done, "of": far.of}
    return words("Wave {wave}: {done} {count} of {of}", **facts)


def _undo(desk: Desk, person: Person, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    """The last scan back, while the policy allows it; in private only, as the stations."""
    scan = undo_scan.last(desk, person.id) if viewer.private else None
    if scan is None or not undo_scan.in_time(desk, scan):
        return ()
    return ((Button(viewer.words.label("↶ Take back {code}", code=scan.data["code"]), pack("su", scan.data["code"])),),)


def station_label(station: Station | None, words: Words) -> str:
    """A station as the keyboard calls it."""
    return words.plain(LABELS[_COMMAND_OF[station]][1]) if station else words.plain("📷 Scan")


def _warned(desk: Desk, event: Event) -> str:
    """What is still to be looked at: a picture that was wanted may have come."""
    warn = event.data["warn"]
    box = desk.parcels.by_waybill(event.data["code"]) if warn in _PICTURES else None
    return "" if box is not None and not proofs_wanted.missing(desk, box) else warn


def _line(desk: Desk, event: Event, words: Words) -> str:
    data = event.data
    station = Station(data["station"])
    done = words.plain(DONE[station])
    facts = {"time": words.clock(event.at), "code": data["code"] or "-", "done": done}
    if data["verdict"] == "ok" and data.get("pulled"):
        return words("⛔ {time} <code>{code}</code> lies on the stop shelf", **{**facts, "code": data["pulled"]})
    if data["verdict"] == "ok":
        facts["code"] = data.get("of") or facts["code"]  # the last unit's code ends the check of its parcel
        text = words("✓ {time} <code>{code}</code> {done}", **facts)
        text += f" · {words.grams(int(data['grams']))}" if data["grams"] else ""
        warn = _warned(desk, event)
        return f"{text}\n   ⚠ {words(WARNINGS[warn])}" if warn else text
    if data["verdict"] == "item" and data.get("of") == data["code"]:
        return words("🔍 {time} <code>{code}</code> check begun", **facts)
    if data["verdict"] == "item":
        times = f" × {data['units']}" if data.get("units") else ""
        return words("▫️ {time} <code>{code}</code> counted", **facts) + times
    if data["why"] == "AlreadyScanned.pulled":  # on the stop shelf; its goods are not back for that
        return words("↺ {time} <code>{code}</code> lies on the stop shelf already", **{**facts, "code": data["of"]})
    if data["verdict"] == "again":
        return words("↺ {time} <code>{code}</code> was {done} before", **facts)
    if data["verdict"] == undo_scan.UNDONE:
        return words("↶ {time} <code>{code}</code> {done}: taken back", **facts)
    if data["verdict"] == "stop":
        return words("⛔ {time} <code>{code}</code> STOP", **facts)
    if data["verdict"] == "shelf":
        return words("⛔ {time} <code>{code}</code> now scan the stop shelf", **facts)
    if data["verdict"] == "bin":
        return words("🗄 {time} <code>{code}</code> now scan the bin", **facts)
    if data["verdict"] == "ask":
        return words("⚖️ {time} <code>{code}</code> weight?", **facts)
    if data["verdict"] == "look":
        return words("🔎 {time} <code>{code}</code> goods, not a parcel", **facts)
    if data["verdict"] == "paper":
        return words("📄 {time} <code>{code}</code> opened", **facts)
    if data["verdict"] == "found":
        return words("🔢 {time} <code>{code}</code> serial or batch number, not a parcel", **facts)
    kind = data["why"].split(".")[0]
    why = words.plain(WHY.get(data["why"]) or WHY.get(kind, kind))
    return words("✗ {time} <code>{code}</code> {why}", why=why, **facts)


def _stations(person: Person, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    """The other stations of this person, in private only: in a group a tap would be somebody else's."""
    if not viewer.private:
        return ()
    buttons = [
        Button(station_label(station, viewer.words), pack("fs", command))
        for command, station in COMMANDS.items()
        if station is not person.station and viewer.offers(STATION_RIGHT[station])
    ]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))


def complaint(desk: Desk, outcomes: Sequence[Outcome], words: Words) -> str:
    """What must be said aloud of these scans, with what to do; '' when all went well or was only a repeat. A paper that
    is to be torn up, and a picture that is wanted, is said of a good scan, too; and of a parcel that leaves, that its
    shop was not heard of.

    Stops with a stop notice of their own are left to their card; who scans the parcel and then the stop shelf in one
    message has done what was asked.
    """
    pulled = {o.parcel.id for o in outcomes if o.pulled and o.parcel}
    outcomes = [o for o in outcomes if not (o.verdict == "shelf" and o.parcel and o.parcel.id in pulled)]
    said = [
        o
        for o in outcomes
        if o.verdict in ("ask", "shelf", "bin", "refused") or (o.verdict == "stop" and not stop_of(o))
    ]
    old = [o for o in outcomes if o.verdict == "ok" and o.parcel and o.warn in PAPER_OLD]
    lines = [_complaint(desk, outcome, words) for outcome in said[:10]]
    lines += [words("♻️ {waybill}: {why}", waybill=_named(o), why=words(WARNINGS[o.warn])) for o in old[:10]]
    pictures = [o for o in outcomes if o.verdict == "ok" and o.warn == "proof_wanted"]
    lines += [words("📷 {waybill}: {why}", waybill=_named(o), why=words(WARNINGS[o.warn])) for o in pictures[:10]]
    unheard = [o for o in outcomes if o.verdict == "ok" and o.warn == "feed_stale" and o.station is Station.HAND_OVER]
    lines += [words("⚠️ {waybill}: {why}", waybill=_named(o), why=words(WARNINGS[o.warn])) for o in unheard[:10]]
    return "\n\n".join(lines)


def _named(outcome: Outcome) -> str:
    return (outcome.parcel.waybill or outcome.parcel.number) if outcome.parcel else outcome.code


def stop_of(outcome: Outcome) -> int | None:
    """The stop notice that refused this scan."""
    return outcome.refusal.stop_id if isinstance(outcome.refusal, ParcelStopped) else None


def _complaint(desk: Desk, outcome: Outcome, words: Words) -> str:
    refusal = outcome.refusal
    assert refusal is not None
    lines = [refusal_text(refusal, words)]
    if isinstance(refusal, Unknown) and outcome.code == "":
        lines = [words("Which parcel weighs that? Scan it first, then send the weight.")]
    elif isinstance(refusal, Unknown):
        lines.append(words("Nothing was changed. Read the label again; a parcel that came back belongs to /receive."))
    elif isinstance(refusal, ParcelStopped) and not all(code.lower() in PAPER_OLD for code in refusal.codes):
        orders = desk.orders.many(outcome.parcel.order_ids if outcome.parcel else ())
        numbers = words.listed(order.number for order in orders.values())
        lines.append(words("Put it aside. Customer service must look at order {numbers} first.", numbers=numbers))
    elif isinstance(refusal, NotAllowed) and not refusal.scope and refusal.right in LABEL_OF_RIGHT:
        lines.append(words("This was for the station {station}.", station=words.plain(LABEL_OF_RIGHT[refusal.right])))
    elif isinstance(refusal, WrongStatus):
        lines += _next_step(desk, outcome, words)
    elif isinstance(refusal, WeightRefused) and refusal.why == "off":
        lines += held_lines(desk, outcome.parcel, words) if outcome.parcel else []
        lines.append(force_hint(refusal, words))
    return "\n".join(lines)


LABEL_OF_RIGHT = {str(right): label for command, (right, label) in LABELS.items() if command in COMMANDS}


def _next_step(desk: Desk, outcome: Outcome, words: Words) -> list[str]:
    if outcome.parcel is None:
        return []
    step = fulfilment.next_station(desk, outcome.parcel)
    return [words("Its next station is {station}.", station=station_label(step, words))] if step else []
