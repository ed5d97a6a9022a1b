"""The policy's section on waves: which parcels are picked together, how many, and when they go.

Surprising: the rules need not cover everything. What none of them takes goes into a wave of its own, by the plain
`wave_size` and `wave_wait_seconds`, so that no parcel ever waits for a rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from domain.policy.choices import choice

Told = tuple[str, str, dict[str, str]]


class Shape(StrEnum):
    """How many different products lie in each parcel: one (no sorting needed), several, or no matter."""

    ANY = "any"
    SINGLE = "single"
    MULTI = "multi"


class Per(StrEnum):
    """What one wave never mixes beside the warehouse: couriers, or zones (bins up to the first dash)."""

    WAREHOUSE = "warehouse"
    COURIER = "courier"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class WaveRule:
    """One kind of wave. A parcel belongs to the first rule, by `priority` (low first), that it fits.

    `rush`: only what must leave within `urgent_hours` or says so. `couriers`, `warehouses` are codes and `zones`
    beginnings of bins; empty = all. `size` 0 = `wave_size`. It goes when full, at each of `cutoffs` (HH:MM), or when
    the first has waited `wait_seconds`; -1 = for the next cut-off, without any `wave_wait_seconds`.
    """

    name: str
    shape: Shape = Shape.ANY
    rush: bool = False
    couriers: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    warehouses: tuple[str, ...] = ()
    per: Per = Per.WAREHOUSE
    size: int = choice(0, "", low=0, high=500)
    wait_seconds: int = choice(-1, "", low=-1)
    cutoffs: tuple[str, ...] = ()
    priority: int = choice(100, low=0)

    def faults(self) -> Iterator[Told]:
        """A rule has a name, and cut-offs that are times of day."""
        if not self.name.strip():
            yield "name", "missing", {"name": "name"}
        for text in self.cutoffs:
            if not _is_time(text):
                yield "cutoffs", "value", {"told": text, "choices": "HH:MM"}


REST = WaveRule("")


@dataclass(frozen=True, slots=True)
class Waves:
    """Waves by rule, and the words in messages and notes that mark a slot on the pick list."""

    rush_words: tuple[str, ...] = choice(("加急", "急单", "urgent"), "words that make a parcel a rush one")
    gift_words: tuple[str, ...] = choice(("送人", "礼物", "贺卡", "gift"), "words that mark a gift on the pick list")
    rules: tuple[WaveRule, ...] = (
        WaveRule("rush", rush=True, priority=10),
        WaveRule("single", shape=Shape.SINGLE, priority=20),
        WaveRule("multi", shape=Shape.MULTI, priority=30),
    )

    def faults(self) -> Iterator[Told]:
        """Two rules of one name could not be told apart on a card."""
        names = [rule.name for rule in self.rules]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield "rules", "value", {"told": name, "choices": "different names"}


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 5
