"""What people do with waves in the hard runs: take one, give it back, hand it on, dissolve it."""

from collections.abc import Callable, Sequence
from random import Random

from domain.floor import release, wave_hands
from domain.floor.parcels import Wave
from domain.people.people import Actor
from storage.unit import Unit

_WAYS = ("take", "take", "take", "back", "hand", "dissolve")


def moved(chance: Random, wave: Wave, people: Sequence[Actor]) -> Callable[[Unit], object]:
    """One of these with a wave as it was seen."""
    way, actor, other = chance.choice(_WAYS), chance.choice(people), chance.choice(people)
    if way == "hand":
        return lambda unit: wave_hands.hand_to(unit, actor, wave.id, wave.revision, other.person_id or 0)
    command = {"take": release.take_wave, "back": wave_hands.give_back, "dissolve": wave_hands.dissolve}[way]
    return lambda unit: command(unit, actor, wave.id, wave.revision)
