"""What the people of the hard runs see, and what they are about to do by it.

Surprising: a deed does not know what is so when it is done. That is the point.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from domain.codes import Code
from domain.desk import Desk
from domain.floor import floor
from domain.floor.parcels import Parcel, ParcelState, StopKind
from domain.orders import boxed
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor, Station
from storage.unit import Unit
from tests.journeys.life_shop import HOME
from tests.journeys.promises import order_story

MOVED = replace(HOME, address="新路 2 号")
AWAY = replace(HOME, province="江苏省", city="苏州市", district="姑苏区", address="观前街 3 号")
HOUSES = (1, 1, 2)
"""The warehouses, as often as somebody is there."""
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

    def parcels(self, desk: Desk) -> list[Parcel]:
        """Those that have a waybill, the oldest first."""
        ids = [order.id for order in desk.orders.by_number(1, self.numbers).values()]
        boxes = {box.id: box for found in desk.parcels.of_orders(ids).values() for box in found if box.waybill}
        return [boxes[box_id] for box_id in sorted(boxes)]

    def parcel(self, desk: Desk) -> Parcel | None:
        """One of them."""
        boxes = self.parcels(desk)
        return self.chance.choice(boxes) if boxes else None

    @property
    def person(self) -> Actor:
        """Somebody on the floor."""
        return self.chance.choice(self.people)


Codes = Sequence[tuple[str, int | None] | Code]


def scanning(desk: Desk, actor: Actor, station: Station, codes: Codes, boxes: Sequence[Parcel]) -> Deed:
    """These codes are about to be scanned, about these boxes, with the stops that are seen on them."""
    stops = desk.stops.of_parcels([one.id for one in boxes])
    mine = {StopKind.REPICK} if station is Station.PICK else set[StopKind]()
    mine = set(StopKind) if station is Station.PUT_BACK else mine
    found = [stop for of in stops.values() for stop in of if stop.open and stop.kind not in mine]
    watched = {one.id: [stop.id for stop in found if stop.parcel_id == one.id] for one in boxes}
    return Deed("scan", partial(_scanned, actor, station, codes, watched), tuple(stop.id for stop in found))


def _scanned(
    actor: Actor, station: Station, codes: Codes, watched: Mapping[int, Sequence[int]], unit: Unit
) -> floor.Scans:
    """The scans, and in their own transaction: what was let by is not stopped, what left is what its order wants."""
    done = floor.scan(unit, actor, codes, station=station)
    for outcome in done.outcomes:
        if outcome.parcel is None or outcome.verdict not in ("ok", "item") or outcome.pulled:
            continue
        there = {stop.id: stop for stop in unit.stops.of_parcels([outcome.parcel.id]).get(outcome.parcel.id, ())}
        still = [one for one in watched.get(outcome.parcel.id, ()) if there[one].open]
        assert not still, f"{station} went past {still} on {outcome.parcel.waybill}"
        if outcome.parcel.state is ParcelState.HANDED_OVER:
            _left_as_wanted(unit, outcome.parcel)
    return done


def _left_as_wanted(desk: Desk, box: Parcel) -> None:
    """Of an order all of which has left nothing else has left than it wants, unless somebody said that it may."""
    for order in desk.orders.many(box.live_orders).values():
        boxes = desk.parcels.of_orders([order.id])[order.id]
        apart = boxed.gaps(order, boxes, desk.catalog)
        said = any(event.verb == "ships_as_it_is" for event in desk.history("order", order.id, 1000))
        known = said or not apart or order.status is not OrderStatus.SHIPPED
        assert known, f"{order} {boxed.told(apart)}\n{order_story(desk, order, boxes)}"
