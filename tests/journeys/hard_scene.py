"""What the people of the hard runs see, and what they are about to do by it.

Surprising: a deed does not know what is so when it is done. That is the point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from domain.desk import Desk
from domain.floor.parcels import Parcel
from domain.orders.orders import Order
from domain.people.people import Actor
from storage.unit import Unit

MOVED = "新路 2 号"
Do = Callable[[Unit], object]


@dataclass(frozen=True)
class Deed:
    """Something somebody is about to do. `watched` are the stops that were open on the parcel about to be scanned,
    which nobody may get past."""

    name: str
    do: Do
    watched: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What somebody sees: these orders are the ones that are talked of."""

    chance: Random
    numbers: Sequence[str]
    people: Sequence[Actor]

    def order(self, desk: Desk) -> Order | None:
        """One of them, if the shop knows it."""
        number = self.chance.choice(self.numbers)
        return desk.orders.by_number(1, [number]).get(number)

    def parcel(self, desk: Desk) -> Parcel | None:
        """One that has a waybill."""
        ids = [order.id for order in desk.orders.by_number(1, self.numbers).values()]
        boxes = {box.id: box for found in desk.parcels.of_orders(ids).values() for box in found if box.waybill}
        return boxes[self.chance.choice(sorted(boxes))] if boxes else None

    @property
    def person(self) -> Actor:
        """Somebody on the floor."""
        return self.chance.choice(self.people)
