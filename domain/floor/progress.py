"""How far a wave is at a station, for the running card of who scans there.

Surprising: a parcel that a refund took out of the wave counts neither as done nor as still to do.
"""

from dataclasses import dataclass

from domain.desk import Desk
from domain.floor.fulfilment import STEP
from domain.floor.parcels import Parcel, ParcelState, wave_number
from domain.people.people import Station

_ORDER = list(ParcelState)


@dataclass(frozen=True, slots=True)
class WaveProgress:
    """How many of a wave's parcels have passed a station, of those that are still to go out."""

    number: str
    done: int
    of: int


def of_wave(desk: Desk, parcel: Parcel | None, station: Station) -> WaveProgress | None:
    """How far the parcel's wave is at the station; None when there is no wave, or no such step."""
    if parcel is None or parcel.wave_id is None or station not in STEP:
        return None
    counts = {s: n for s, n in desk.parcels.wave_counts(parcel.wave_id).items() if s is not ParcelState.CANCELLED}
    passed = _ORDER.index(STEP[station][1])
    done = sum(count for state, count in counts.items() if _ORDER.index(state) >= passed)
    return WaveProgress(wave_number(parcel.wave_id), done, sum(counts.values()))
