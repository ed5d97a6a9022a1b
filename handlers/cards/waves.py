"""The wave card: how far the wave is and who picks it; its papers come with it while nobody has begun.

Surprising: in a group only the pick list is shown, since packing slips carry the receivers' addresses; the button
sends both papers to whoever presses it, in private.
"""

from collections import Counter
from collections.abc import Mapping

from domain.desk import Desk
from domain.parcels import OPEN_STOPS, Parcel, ParcelState, Wave, WaveState
from domain.people import Actor, Right, may
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.draw import drawing
from handlers.papers import papers
from handlers.taps import pack
from handlers.terms import step_name
from handlers.viewer import Viewer
from handlers.words import Words

_STEPS = (
    ParcelState.IN_WAVE,
    ParcelState.PICKED,
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
            "🌊 Wave {wave} · parcels {parcels} · units {units} · {state}",
            wave=wave.number,
            parcels=wave.parcels,
            units=wave.units,
            state=_state(wave, words),
        ),
        words(
            "{warehouse} · made at {time}",
            warehouse=desk.catalog.warehouses[wave.warehouse_id].name,
            time=words.when(wave.made_at),
        ),
        _progress(boxes, words),
    ]
    lines += _stopped(desk, boxes, words)
    if wave.state is WaveState.OPEN:
        lines += ["", words("Take it, walk the pick list, and scan each slip when its slot is full.")]
    files = papers(desk, wave, words, slips=viewer.private) if wave.state is WaveState.OPEN else ()
    return Card("\n".join(lines), (_buttons(wave, viewer),), files)


def _state(wave: Wave, words: Words) -> str:
    if wave.state is WaveState.OPEN:
        return words("nobody picks it yet")
    if wave.state is WaveState.TAKEN:
        return words("{name} is picking", name=wave.owner)
    return words("all picked")


def _progress(boxes: list[Parcel], words: Words) -> str:
    counts = Counter(box.state for box in boxes)
    parts = [f"{step_name(state, words)} {counts[state]}" for state in _STEPS if counts[state]]
    return " · ".join(parts) or "-"


def _stopped(desk: Desk, boxes: list[Parcel], words: Words) -> list[str]:
    """The parcels that must come out, by name: whoever walks the wave looks here."""
    stops = desk.stops.of_parcels([box.id for box in boxes])
    out = [box for box in boxes if any(stop.state in OPEN_STOPS for stop in stops.get(box.id, ()))]
    held = [box for box in boxes if box.blocked and box not in out]
    lines = [
        words("⛔ STOP: slot {slot}, {waybill}. Do not send it.", slot=box.slot, waybill=box.waybill) for box in out
    ]
    lines += [
        words("✋ Held: slot {slot}, {waybill}. Put it aside.", slot=box.slot, waybill=box.waybill) for box in held
    ]
    return lines[:20]


def _buttons(wave: Wave, viewer: Viewer) -> tuple[Button, ...]:
    words = viewer.words
    row = []
    if wave.state is WaveState.OPEN and viewer.offers(Right.PICK, warehouse=wave.warehouse_id):
        row.append(Button(words.plain("🙋 Take it"), pack("wt", wave.id, wave.revision), style="success"))
    if any(viewer.offers(right, warehouse=wave.warehouse_id) for right in (Right.WAVE, Right.PICK, Right.PACK)):
        row.append(Button(words.plain("🖨 Papers to me"), pack("wp", wave.id)))
    return tuple(row)


def waves_list(desk: Desk, actor: Actor, words: Words) -> Card:
    """Open waves of this person's warehouses, and what waits for the next one."""
    places = [place for place in desk.catalog.warehouses.values() if may(actor, Right.WAVE, warehouse=place.id)]
    lines, rows = [words("🌊 Waves"), ""], []
    for place in places:
        waves = desk.waves.open_of(place.id)
        waiting = len(desk.parcels.ready(place.id, desk.policy.wave_size + 1))
        lines.append(_place_line(place.name, len(waves), waiting, desk.policy.wave_size, words))
        rows += [(Button(_wave_label(wave, place.name, words), pack("wv", wave.id)),) for wave in waves[:8]]
        if waiting:
            label = words.plain("▶️ Make a wave now: {warehouse}").format(warehouse=place.name)
            rows.append((Button(label, pack("wn", place.id), style="primary"),))
    return Card("\n".join(lines), tuple(rows))


def _place_line(name: str, open_waves: int, waiting: int, size: int, words: Words) -> str:
    return words(
        "<b>{warehouse}</b>: {waves} open, {waiting} waiting for the next wave",
        warehouse=name,
        waves=open_waves,
        waiting=f"{size}+" if waiting > size else waiting,
    )


def _wave_label(wave: Wave, place: str, words: Words) -> str:
    owner = wave.owner or words.plain("nobody picks it yet")
    return f"{wave.number} · {place} · {wave.parcels} · {owner}"
