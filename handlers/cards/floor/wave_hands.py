"""The part of the wave card about whose it is: give back, hand on, dissolve.

Surprising: in a group everybody sees the buttons, because a group has no hands; the tap is checked.
"""

from collections.abc import Sequence

from domain.desk import Desk
from domain.floor import wave_hands
from domain.floor.parcels import Parcel, Wave, WaveState
from domain.people.people import Right
from handlers.card import Button, Card
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.words import Words

Row = tuple[Button, ...]
_MOST = 20


def hand_rows(wave: Wave, boxes: Sequence[Parcel], viewer: Viewer) -> list[Row]:
    """What this person may do with the wave as a whole, while it is being picked or waits for that."""
    if wave.state not in (WaveState.OPEN, WaveState.TAKEN):
        return []
    words, place = viewer.words, wave.warehouse_id
    own = viewer.actor is not None and wave.owner_id is not None and viewer.actor.person_id == wave.owner_id
    moves = own or viewer.offers(Right.REASSIGN, warehouse=place)
    row = []
    if moves and wave.owner_id is not None:
        row.append(Button(words.plain("↩️ Give it back"), pack("wb", wave.id, wave.revision)))
    if moves:
        row.append(Button(words.plain("👤 Hand it to…"), pack("wh", wave.id, wave.revision)))
    rows = [tuple(row)] if row else []
    if wave_hands.untouched(boxes) and (moves or (wave.free and viewer.offers(Right.WAVE, warehouse=place))):
        rows.append((Button(words.plain("✂️ Dissolve it…"), pack("wx", wave.id)),))
    return rows


def asked(desk: Desk, wave: Wave, what: str, head: str, viewer: Viewer) -> Card:
    """`hand`: to whom; `dissolve`: whether it is meant. Both asked on the wave's own card."""
    words = viewer.words
    back = (Button(words.plain("◀ Back"), pack("wv", wave.id)),)
    if what == "hand":
        people = wave_hands.pickers(desk, wave)[:_MOST]
        text = words("Who picks it from now on?") if people else words("Nobody else picks in this warehouse.")
        rows = [(Button(one.name, pack("wh", wave.id, wave.revision, one.id)),) for one in people]
        return Card(f"{head}\n\n{text}", (*rows, back))
    text = words(
        "Dissolve {wave}? Its parcels wait for a wave again. Tear its pick list, labels and slips up, and put what "
        "already lies in a cart back where it was.",
        wave=wave.number,
    )
    yes = Button(words.plain("✂️ Yes, dissolve it"), pack("wx", wave.id, wave.revision), style="danger")
    return Card(f"{head}\n\n{text}", ((yes,), back))


def dissolved_lines(desk: Desk, wave: Wave, words: Words) -> list[str]:
    """Who dissolved it when, and what is to be done with what lies about."""
    last = next((event for event in desk.history("wave", wave.id) if event.verb == "dissolved"), None)
    who = [words("Dissolved by {name} at {time}.", name=last.actor, time=words.when(last.at))] if last else []
    todo = words("Tear its pick list, labels and slips up; put what already lies in a cart back where it was.")
    return [*who, words("Its parcels wait for a wave again."), todo]
