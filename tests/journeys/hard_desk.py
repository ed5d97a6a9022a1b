"""Deeds of the hard runs at the order desk: held orders read a page at a time and released together.

Surprising: whoever has a page open is first of all who acts, or pages would hardly ever be released.
"""

from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import Actor
from domain.review import bulk
from domain.review.holds import open_codes
from domain.review.scope import Scope
from tests.journeys.hard_scene import Do, Scene


def releases_many(scene: Scene, desk: Desk) -> Do | None:
    """Somebody opens a page, or releases the page or the whole that was seen."""
    found = list(desk.orders.by_number(1, scene.numbers).values())
    wanted = [
        (order, code)
        for order in found
        for code in open_codes(order.holds)
        if bulk.in_bulk(desk.policy, scene.person, code)
    ]
    if not wanted:
        return None
    read = [(order, code) for order, code in wanted if desk.hands.of(order.id).taken_by]
    order, code = scene.chance.choice(read or wanted)
    actor, scope = _reader(scene, desk, order), Scope(code=code)
    if bulk.at_once(code):
        return _released(actor, scope, bulk.whole(desk, actor, scope))
    taken_at = desk.hands.of(order.id).taken_at
    if taken_at is None or scene.chance.random() < 0.2:
        return lambda unit: bulk.take(unit, actor, bulk.to_read(unit, actor, scope, actor))
    return _released(actor, scope, bulk.page(desk, actor, scope, taken_at))


def _reader(scene: Scene, desk: Desk, order: Order) -> Actor:
    """Who has the order in hand, if it is one of them."""
    taken_by = desk.hands.of(order.id).taken_by
    return next((one for one in scene.people if one.person_id == taken_by), scene.person)


def _released(actor: Actor, scope: Scope, batch: bulk.Batch) -> Do:
    seen = bulk.Seen(scope, batch.mark, batch.checksum)
    return lambda unit: bulk.release(unit, actor, seen)
