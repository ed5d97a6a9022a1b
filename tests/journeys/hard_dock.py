"""Deeds of the hard runs at the dock: lists, shipments taken back, boxes that had left, and buyers who move.

Surprising: who moves is first of all whose box stands on the dock, or it would hardly ever be so.
"""

from dataclasses import replace

from domain.desk import Desk
from domain.floor import dock, manifests
from domain.floor.parcels import Stage
from domain.intake import intake
from domain.orders import corrections
from domain.people.people import SHOP
from tests.journeys.hard_scene import AWAY, MOVED, Do, Scene
from tests.journeys.life_shop import HOME, incoming
from tests.journeys.stop_life import BOSS


def loads(scene: Scene, desk: Desk) -> Do | None:
    """A courier's list is made or signed, or a shipment is taken back, or it had left before that could be."""
    box, way = scene.parcel(desk), scene.chance.choice(["list", "list", "sign", "back", "left"])
    if box is None or box.courier_id is None or box.warehouse_id is None:
        return None
    place, courier = box.warehouse_id, box.courier_id
    if way == "list":
        return lambda unit: manifests.make(unit, BOSS, place, courier)
    if way == "back":
        return lambda unit: dock.take_back(unit, BOSS, box.waybill)
    if way == "left":
        called = [stop for stop in desk.stops.open_of(None) if stop.stage is Stage.DOCK]
        return (lambda unit: dock.left_already(unit, BOSS, called[0].id, called[0].revision)) if called else None
    last = desk.manifests.last(place, courier)
    signed = manifests.signed(last, BOSS, "老李", desk.now) if last and not last.signed_at else None
    return (lambda unit: manifests.sign(unit, BOSS, signed, b"")) if signed else None


def moves(scene: Scene, desk: Desk) -> Do | None:
    """The buyer wants it elsewhere, first of all what stands on the dock: customer service writes it, or the platform
    tells it."""
    found = list(desk.orders.by_number(1, scene.numbers).values())
    order = next((one for one in found if dock.standing(desk, one)), scene.order(desk))
    if order is None:
        return None
    to = scene.chance.choice([one for one in (HOME, MOVED, AWAY) if one.address != order.receiver.address])
    if scene.chance.random() < 0.5:
        return lambda unit: corrections.edit_address(unit, BOSS, order.id, order.revision, to)
    units = {line.merchant_code: line.quantity for line in order.lines}
    news = incoming(order.number, units.get("CUP", 0), units.get("LID", 0), order.platform_state, "", 0)
    news = replace(news, buyer_id=order.buyer_id, receiver=to)
    return lambda unit: intake.receive(unit, SHOP, 1, [news])
