"""What an order is owed: approved boxes whose goods are not there yet, and how they come to go (rules.md B4).

Surprising: nothing has to tell that goods have come. Whoever frees or brings units may ask at once (`wake`), and the
clock asks all the time: a presale that ends, a hold that is released and an undone approval are found like a delivery.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from domain import history
from domain.desk import Desk
from domain.floor.parcels import Item, Owed, Parcel, ParcelState
from domain.money import apportion
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import CLOCK, Actor
from domain.planning import plans
from domain.planning.planning import courier_facts, grams_of
from domain.planning.splitting import shares, units_of
from domain.records import Event, NoticeKind
from domain.review.approval import claims
from domain.review.screening import Facts
from domain.stock import bins, stock

BATCH = 100
_LOOKED_AT = 1000  # boxes that want something which is there; most of those wait for something else as well


@dataclass(slots=True)
class _News:
    """What becomes of a set of boxes."""

    saved: list[Parcel] = field(default_factory=list)
    added: list[Parcel] = field(default_factory=list)
    moves: list[stock.Move] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def wake(desk: Desk) -> int:
    """Owed boxes whose goods are there claim them and are ready, the oldest order's first; warehouse and courier are
    chosen anew. Returns how many; the clock asks again until there is none."""
    wanted = desk.parcels.owed_units()
    free = {key: units for key, units in bins.claimable(desk, wanted).items() if units > 0} if wanted else {}
    able = _able(desk.parcels.owed({sku for _, sku in free}, _LOOKED_AT), free) if free else []
    if not able:
        return 0
    free = bins.claimable(desk, {sku for one in able for sku in one.units}, lock=True)
    boxes = desk.parcels.many([one.parcel_id for one in able])
    able = [one for one in able if boxes[one.parcel_id].state is ParcelState.OWED]  # not dropped between the reads
    orders = desk.orders.many({one.order_id for one in able})
    facts = replace(courier_facts(desk), free=free)
    news = _News()
    for one in able:
        facts = _tried(desk, boxes[one.parcel_id], orders[one.order_id], facts, news)
    desk.parcels.add(news.added)
    desk.parcels.save(news.saved)
    desk.stock.apply(news.moves, CLOCK.name)
    desk.record(news.events)
    notices.redraw(desk, NoticeKind.ORDER, {oid for box in news.saved for oid in box.order_ids}, digest=True)
    return sum(box.state is ParcelState.READY for box in news.saved)


def _able(waiting: Sequence[Owed], free: dict[tuple[int, str], int]) -> list[Owed]:
    """Those all of whose goods are somewhere, as if each were the only one."""
    there: dict[str, int] = {}
    for (_, sku), units in free.items():
        there[sku] = there.get(sku, 0) + units
    return [one for one in waiting if all(there.get(sku, 0) >= units for sku, units in one.units.items())][:BATCH]


def _tried(desk: Desk, box: Parcel, order: Order, facts: Facts, news: _News) -> Facts:
    """Plan one box; what is free for the others then."""
    made = plans.rest(order, box.live_items, facts)
    if not made.parcels:
        stuck = next((fault.code.value for fault in made.faults), "")
        if stuck and stuck != box.why.get("stuck"):
            news.saved.append(replace(box, why={**box.why, "stuck": stuck}))
        return facts
    why = {part: reason for part, reason in box.why.items() if part not in ("stuck", "price")}
    dropped = tuple(item for item in box.items if item.dropped)
    ids = (box.id, *desk.parcels.next_ids(len(made.parcels) - 1))
    for place, (parcel, parcel_id) in enumerate(zip(made.parcels, ids, strict=True)):
        ready = replace(
            parcel,
            id=parcel_id,
            revision=1 if place else box.revision,
            state=ParcelState.READY,
            ready_at=desk.now,
            state_at=desk.now,
            items=parcel.items if place else (*parcel.items, *dropped),
            why={**why, **parcel.why},
        )
        (news.added if place else news.saved).append(ready)
        news.moves += claims(ready)
        facts = plans.less(facts, parcel.warehouse_id or 0, parcel.items)
        news.events.append(history.line(desk, CLOCK, "parcel", ready.id, "goods_came"))
    news.events.append(history.line(desk, CLOCK, "order", order.id, "rest_ready", box.number))
    return facts


def owe(desk: Desk, actor: Actor, order: Order, wanted: Collection[int]) -> bool:
    """Lines that the buyer wants after all and whose goods left a box before anybody had them in hand are owed again,
    in a box of their own. Whether there are any."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    mine = [(box, item) for box in boxes for item in box.items if item.order_id == order.id]
    live = [item for box, item in mine if box.state is not ParcelState.CANCELLED and not item.dropped]
    out = [item for box, item in mine if box.wave_id is None and item.dropped]
    items = [item for number in sorted(wanted) if (item := _again(order, number, live, out))]
    if not items:
        return False
    later(desk, actor, order, items)
    return True


def later(desk: Desk, actor: Actor, order: Order, items: Sequence[Item]) -> Parcel:
    """These goods of the order, which are in no box any more, are owed in a box of their own."""
    (new_id,) = desk.parcels.next_ids(1)
    grams = grams_of(units_of(items), desk.catalog, desk.policy)
    why = {"policy": desk.policy.version}
    box = Parcel(
        new_id, ParcelState.OWED, order.shop_id, state_at=desk.now, expected_g=grams, items=tuple(items), why=why
    )
    desk.parcels.add([box])
    history.note(desk, actor, "order", order.id, "owed_again", box.number)
    return box


def _again(order: Order, line_no: int, live: Sequence[Item], out: Sequence[Item]) -> Item | None:
    """The units of a line that were taken out and are in no box now, with the money that is in none."""
    line = next((line for line in order.lines if line.line_no == line_no), None)
    gone = [item for item in out if item.line_no == line_no]
    if line is None or not gone:
        return None
    inside = [item for item in live if item.line_no == line_no]
    missing = line.quantity - sum(item.quantity for item in inside)
    units = min(missing, sum(item.quantity for item in gone))
    if units <= 0:
        return None
    paid = shares(order)[line_no] - sum(item.paid for item in inside)
    return replace(gone[-1], quantity=units, dropped=False, paid=sum(apportion(paid, [1] * missing)[:units]))
