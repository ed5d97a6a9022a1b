"""Deeds of the hard runs at a packed box: other goods are ordered, it is repacked, and its packing is filmed.

Surprising: who changes their mind is first of all whose goods lie in a box, and who repacks is at a box with a task, or
it would hardly ever be so. One scan in eight is of another box than the one at hand.
"""

from dataclasses import replace

from domain.desk import Desk
from domain.floor import proofs, proofs_wanted
from domain.floor.parcels import IN_HOUSE, TAKES_OUT, Parcel, ParcelState, StopKind
from domain.floor.proofs import Kind, Shot, Task
from domain.intake import intake
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP, Station
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stops import stopping
from tests.journeys.hard_scene import Deed, Do, Scene, scanning
from tests.journeys.life_shop import incoming
from tests.journeys.stop_life import BOSS

_IN_HAND = IN_HOUSE - {ParcelState.IN_WAVE}
_GOODS = [(1, 1), (2, 1), (1, 2), (0, 1), (1, 0), (3, 2), (2, 2)]


def other_goods(scene: Scene, desk: Desk) -> Do | None:
    """The platform tells other goods of an order, now and then the same under another line's number."""
    packed = {oid for box in scene.parcels(desk) if box.state in _IN_HAND for oid in box.live_orders}
    order = _one_of(scene, desk, packed)
    if order is None:
        return None
    news = incoming(order.number, *scene.chance.choice(_GOODS), order.platform_state, "", 0)
    news = replace(news, buyer_id=order.buyer_id, receiver=order.receiver)
    if scene.chance.random() < 0.3:
        again = tuple(replace(line, external_id=f"{line.external_id}-again") for line in news.lines)
        news = replace(news, lines=again)
    return lambda unit: intake.receive(unit, SHOP, 1, [news])


def _one_of(scene: Scene, desk: Desk, ids: set[int]) -> Order | None:
    return desk.orders.get(scene.chance.choice(sorted(ids))) if ids else None


def accepts(scene: Scene, desk: Desk) -> Do | None:
    """Customer service says: repack them."""
    found = desk.orders.by_number(1, scene.numbers).values()
    waiting = [one for one in found if one.status is OrderStatus.RELEASED]
    waiting = [one for one in waiting if HoldCode.GOODS_CHANGED in open_codes(one.holds)]
    if not waiting:
        return None
    order = scene.chance.choice(waiting)
    return lambda unit: review.release_hold(
        unit, BOSS, order.id, order.revision, HoldCode.GOODS_CHANGED, repack=True, sure=True
    )


def works(scene: Scene, desk: Desk) -> Deed | None:
    """Somebody at a box with a task scans it: what comes out is back, or what goes in is in it."""
    chance = scene.chance
    tasks = {box.id: stopping.open_of(desk, box, *TAKES_OUT, StopKind.REPICK) for box in scene.parcels(desk)}
    found = [box for box in scene.parcels(desk) if tasks[box.id]]
    if not found:
        return None
    box = chance.choice(found)
    out = any(task.kind in TAKES_OUT for task in tasks[box.id])
    station = chance.choice([Station.PUT_BACK if out else Station.PICK] * 4 + [Station.PICK])
    at = scene.parcel(desk) if chance.random() < 1 / 8 else box
    return scanning(desk, scene.person, station, [((at or box).waybill, None)], [at or box])


def films(scene: Scene, desk: Desk) -> Do | None:
    """A photo or a film of a box, first of all of one that may not leave without."""
    chance, boxes = scene.chance, scene.parcels(desk)
    asked = [box for box in boxes if box.state in _IN_HAND and proofs_wanted.missing(desk, box)]
    near = [box for box in asked if box.state in (ParcelState.PACKED, ParcelState.WEIGHED)]
    found = near or asked or boxes
    if not found:
        return None
    box: Parcel = chance.choice(found)
    shot = Shot(chance.choice(list(Kind)), "F", f"{chance.getrandbits(64):064x}", 1000)
    task = Task(box, chance.choice([Station.PACK] * 5 + [Station.PUT_BACK]))
    return lambda unit: proofs.keep(unit, scene.people[0], task, shot)
