"""What a picker holds in the hand: for which slots of their waves it is.

Surprising: a slot that is stopped is told all the same, as stopped; else the picker would think the goods are for
nobody and look for their mistake.
"""

from dataclasses import dataclass

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState, Wave, WaveState
from domain.people.people import Actor


@dataclass(frozen=True, slots=True)
class Slot:
    """Units of one product for one slot; `stopped`: nothing goes into it now."""

    wave: str
    slot: int
    units: int
    stopped: bool = False


def held(desk: Desk, actor: Actor) -> list[Wave]:
    """The waves this person took and has not picked to the end."""
    waves = desk.waves.open_of(None)
    mine = [wave for wave in waves if wave.state is WaveState.TAKEN and wave.owner_id == actor.person_id]
    return mine if actor.person_id is not None else []


def slots(desk: Desk, actor: Actor, sku: str) -> list[Slot]:
    """Where the product still goes in the waves this person holds, in the order of the slots."""
    return [
        Slot(wave.number, box.slot, units, box.blocked)
        for wave in held(desk, actor)
        for box in sorted(desk.parcels.of_wave(wave.id), key=lambda box: box.slot)
        if box.state is ParcelState.IN_WAVE and (units := _units(box, sku))
    ]


def _units(box: Parcel, sku: str) -> int:
    return sum(item.quantity for item in box.live_items if item.sku == sku)
