"""The wave card: why it was made, how far it is, who picks it, what is printed; and the list of waves.

Surprising: only the pick list comes with the card. Labels and slips carry addresses and are counted, so a button
sends them to whoever presses it, in private.
"""

from collections import Counter
from collections.abc import Mapping

from domain.desk import Desk
from domain.floor import wave_choice
from domain.floor.parcels import IN_HOUSE, OPEN_STOPS, Parcel, ParcelState, StopKind, Wave, WaveState
from domain.floor.wave_choice import Preview
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.paper.printing import Standing
from domain.people.people import Actor, Right, may
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.cards.floor.wave_hands import asked, dissolved_lines, hand_rows
from handlers.draw import drawing
from handlers.floor.papers import pick_paper
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, step_name
from handlers.wording.wave_terms import wave_why
from handlers.words import Words

Stands = Mapping[Paper, Mapping[int, Standing]]
PAPERS = {"l": Paper.LABEL, "s": Paper.SLIP}

_STEPS = (
    ParcelState.IN_WAVE,
    ParcelState.PICKED,
    ParcelState.CHECKED,
    ParcelState.PACKED,
    ParcelState.WEIGHED,
    ParcelState.HANDED_OVER,
    ParcelState.CANCELLED,
)


@drawing(NoticeKind.WAVE)
def wave_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The wave as it is now."""
    wave = desk.waves.get(subject_id)
    words = viewer.words
    boxes = desk.parcels.of_wave(wave.id)
    lines = [
        words(
            "🌊 Wave {wave} · {parcels} {parcels:parcel|parcels} · {units} {units:unit|units} · {state}",
            wave=wave.number,
            parcels=len(boxes) or wave.parcels,
            units=wave.units,
            state=_state(wave, words),
        ),
        words(
            "{warehouse} · made at {time}",
            warehouse=desk.catalog.warehouses[wave.warehouse_id].name,
            time=words.when(wave.made_at),
        ),
    ]
    if wave.state is WaveState.DISSOLVED:
        return Card("\n".join([*lines, "", *dissolved_lines(desk, wave, words)]))
    lines.append(_progress(boxes, words))
    if why := wave_why(desk, wave, words):
        lines.insert(1, words("Why: {why}", why=why))
    stands = printing.standings(desk, [box for box in boxes if box.state in IN_HOUSE])
    lines += _printed(stands, words)
    lines += _stopped(desk, boxes, stands[Paper.LABEL], words)
    lines += _outdated(boxes, stands, words)
    lines += [_parted(box, words) for box in boxes if _new_here(desk, box, wave)]
    if data.get("again"):
        return _sure(wave, PAPERS[data["again"]], stands, "\n".join(lines), words)
    if data.get("ask"):
        return asked(desk, wave, data["ask"], "\n".join(lines), viewer)
    if wave.free:
        lines += ["", words("Take it, walk the pick list, and scan each slip when its slot is full.")]
    elif wave.state is WaveState.TAKEN:
        lines += ["", words("Goods are not in their bin? Send /notthere and the slip's waybill.")]
    files = pick_paper(desk, wave, words) if wave.free else ()
    rows = (*_buttons(wave, stands, viewer), *hand_rows(wave, boxes, viewer))
    return Card("\n".join(lines), rows, files)


def _printed(stands: Stands, words: Words) -> list[str]:
    """How much is printed, and by whom last; nothing before the first copy."""
    copies = [stand.last for found in stands.values() for stand in found.values() if stand.last]
    if not copies:
        return []
    counts = [sum(1 for stand in stands[paper].values() if stand.last) for paper in (Paper.LABEL, Paper.SLIP)]
    last = max(copies, key=lambda copy: (copy.at, copy.id))
    return [
        words(
            "🖨 Printed: labels {labels}/{all}, slips {slips}/{all} · last by {name} at {time}",
            labels=counts[0],
            slips=counts[1],
            all=len(stands[Paper.LABEL]),
            name=last.by,
            time=words.clock(last.at),
        )
    ]


def _new_here(desk: Desk, box: Parcel, wave: Wave) -> bool:
    """Whether the box was taken out of a shared one on the floor, and its goods may still lie in that one."""
    merged = box.why.get("merge")
    if box.state not in (ParcelState.IN_WAVE, ParcelState.PICKED) or not isinstance(merged, Mapping):
        return False
    if merged.get("why") != "unmerged":
        return False
    return any(event.verb == "split_off" and event.at >= wave.made_at for event in desk.history("parcel", box.id))


def _parted(box: Parcel, words: Words) -> str:
    goods = words.listed(f"{item.quantity} × {item.sku}" for item in box.live_items)
    text = N_("✂️ A box of its own now: slot {slot}, {waybill}: {goods}. Take them out of the shared box.")
    return words(text, slot=box.slot, waybill=box.waybill, goods=goods)


_OLD = {
    Paper.LABEL: N_("♻️ Label out of date: slot {slot}, {waybill}. Tear copy {copy} up and print it again."),
    Paper.SLIP: N_("♻️ Slip out of date: slot {slot}, {waybill}. Tear copy {copy} up and print it again."),
}
_MANY_OLD = {
    Paper.LABEL: N_("♻️ Labels out of date: {count}. Tear the old ones up and print them again."),
    Paper.SLIP: N_("♻️ Slips out of date: {count}. Tear the old ones up and print them again."),
}
_NAMED = 5


def _outdated(boxes: list[Parcel], stands: Stands, words: Words) -> list[str]:
    """Papers that lie about and are wrong now, by name; as a number where it is most of a wave, as after one that was
    dissolved."""
    lines: list[str] = []
    for paper in Paper:
        found = [(box, stand.last) for box in boxes if (stand := stands[paper].get(box.id)) and stand.outdated]
        if len(found) > _NAMED:
            lines.append(words(_MANY_OLD[paper], count=len(found)))
            continue
        for box, last in found:
            number = last.number if last else 0
            lines.append(words(_OLD[paper], slot=box.slot, waybill=box.waybill, copy=number))
    return lines


def _sure(wave: Wave, paper: Paper, stands: Stands, head: str, words: Words) -> Card:
    """All once more is asked twice: a second label on a second box is a parcel nobody ordered."""
    count, seen = len(stands[paper]), printing.copies(stands, paper)
    if paper is Paper.LABEL:
        letter, ask = (
            "l",
            N_(
                "Print the labels of {count} {count:parcel|parcels} again? Each will say which copy it is; "
                "tear the old ones up."
            ),
        )
    else:
        letter, ask = (
            "s",
            N_(
                "Print the slips of {count} {count:parcel|parcels} again? Each will say which copy it is; "
                "tear the old ones up."
            ),
        )
    text = words(ask, count=count)
    yes = Button(words.plain("🖨 Yes, print all again"), pack("wp", wave.id, f"{letter}!", seen), style="danger")
    return Card(f"{head}\n\n{text}", ((yes,), (Button(words.plain("◀ Back"), pack("wv", wave.id)),)))


def _state(wave: Wave, words: Words) -> str:
    if wave.state is WaveState.OPEN:
        return words("nobody picks it yet")
    if wave.state is WaveState.TAKEN:
        return words("{name} is picking", name=wave.owner) if wave.owner else words("given back, nobody picks it now")
    return words("dissolved") if wave.state is WaveState.DISSOLVED else words("all picked")


def _progress(boxes: list[Parcel], words: Words) -> str:
    counts = Counter(box.state for box in boxes)
    parts = [f"{step_name(state, words)} {counts[state]}" for state in _STEPS if counts[state]]
    return " · ".join(parts) or "-"


_REPICK = N_("🔁 Pick again: slot {slot}, {waybill}. Its card says what.")
_REPACK = N_("🔁 Repack: slot {slot}, {waybill}. Its card says what.")


def _stopped(desk: Desk, boxes: list[Parcel], stands: Mapping[int, Standing], words: Words) -> list[str]:
    """The parcels that must come out, by name: whoever walks the wave looks here. A label that was printed is named."""
    stops = desk.stops.of_parcels([box.id for box in boxes])
    kinds = {box.id: {stop.kind for stop in stops.get(box.id, ()) if stop.state in OPEN_STOPS} for box in boxes}
    out = [box for box in boxes if StopKind.REFUND in kinds[box.id]]
    tasks = {StopKind.REPICK, StopKind.REPACK}
    again = [box for box in boxes if kinds[box.id] and kinds[box.id] <= tasks]
    held = [box for box in boxes if box.blocked and box not in out and box not in again]
    lines = []
    for box in out:
        text = words("⛔ STOP: slot {slot}, {waybill}. Do not send it.", slot=box.slot, waybill=box.waybill)
        last = stands[box.id].last if box.id in stands else None
        lines.append(f"{text} {words('Tear up its label (copy {copy}).', copy=last.number)}" if last else text)
    lines += [
        words("✋ Held: slot {slot}, {waybill}. Put it aside.", slot=box.slot, waybill=box.waybill) for box in held
    ]
    lines += [
        words(_REPACK if StopKind.REPACK in kinds[box.id] else _REPICK, slot=box.slot, waybill=box.waybill)
        for box in again
    ]
    return lines[:20]


def _buttons(wave: Wave, stands: Stands, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    words, place = viewer.words, wave.warehouse_id
    rows: list[tuple[Button, ...]] = []
    if wave.free and viewer.offers(Right.PICK, warehouse=place):
        rows.append((Button(words.plain("🙋 Take it"), pack("wt", wave.id, wave.revision), style="success"),))
    if stands[Paper.LABEL] and viewer.offers(Right.PRINT, warehouse=place):
        rows.append(
            (
                Button(words.plain("📄 Pick list"), pack("wp", wave.id, "k")),
                _print_button(wave, stands, Paper.LABEL, words),
                _print_button(wave, stands, Paper.SLIP, words),
            )
        )
    return tuple(rows)


def _print_button(wave: Wave, stands: Stands, paper: Paper, words: Words) -> Button:
    """What is wanted, with how many; or, when nothing is, all once more."""
    wanted = sum(1 for stand in stands[paper].values() if stand.wanted)
    if paper is Paper.LABEL:
        letter, new, again = "l", N_("🖨 Labels {count}"), N_("🖨 Labels again…")
    else:
        letter, new, again = "s", N_("🖨 Slips {count}"), N_("🖨 Slips again…")
    if wanted:
        return Button(words.label(new, count=wanted), pack("wp", wave.id, letter), style="primary")
    return Button(words.plain(again), pack("wp", wave.id, f"{letter}?"))


def waves_list(desk: Desk, actor: Actor, words: Words) -> Card:
    """Open waves of this person's warehouses, and what waits for the next one, to be taken all or by kind."""
    places = [place for place in desk.catalog.warehouses.values() if may(actor, Right.WAVE, warehouse=place.id)]
    lines = [words("🌊 Waves"), ""]
    rows: list[tuple[Button, ...]] = []
    for place in places:
        waves = desk.waves.open_of(place.id)
        waiting = wave_choice.preview(desk, place.id)
        lines.append(
            words(
                "<b>{warehouse}</b>: {waves} open, {waiting} waiting for the next wave",
                warehouse=place.name,
                waves=len(waves),
                waiting=f"{waiting.all}+" if waiting.all == wave_choice.MOST else waiting.all,
            )
        )
        rows += [(Button(_wave_label(wave, place.name, words), pack("wv", wave.id)),) for wave in waves[:8]]
        if waiting.all:
            label = words.plain("▶️ Make a wave now: {warehouse}").format(warehouse=place.name)
            rows.append((Button(label, pack("wn", place.id), style="primary"),))
            rows += in_threes(_kinds(desk, place.id, waiting, words))
    return Card("\n".join(lines), tuple(rows))


def _kinds(desk: Desk, place: int, waiting: Preview, words: Words) -> list[Button]:
    """What can be taken instead of all; a kind that is nothing or everything is no choice."""
    told = [
        (words.label("⚡ Rush {count}", count=waiting.rush), "rush", waiting.rush),
        (words.label("1️⃣ One product {count}", count=waiting.single), "single", waiting.single),
        (words.label("🔢 Several {count}", count=waiting.multi), "multi", waiting.multi),
    ]
    names = desk.catalog.couriers
    told += [(f"🚚 {names[key].name} {count}", f"c.{key}", count) for key, count in list(waiting.couriers.items())[:6]]
    zones = [(zone, count) for zone, count in waiting.zones.items() if ":" not in zone and len(zone.encode()) < 30]
    told += [
        (words.label("📍 Zone {zone} {count}", zone=zone, count=count), f"z.{zone}", count) for zone, count in zones[:6]
    ]
    return [Button(label, pack("wn", place, kind)) for label, kind, count in told if 0 < count < waiting.all]


def in_threes(buttons: list[Button]) -> list[tuple[Button, ...]]:
    """Rows of three."""
    return [tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3)]


def _wave_label(wave: Wave, place: str, words: Words) -> str:
    owner = wave.owner or words.plain("nobody picks it yet")
    return f"{wave.number} · {place} · {wave.parcels} · {owner}"
