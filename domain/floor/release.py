"""Release (配货): approvals whose undo window is over become work for the warehouse, bundled into waves.

Surprising: waybill numbers are taken here and not before, so an order that is refunded before its wave costs none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import Stale, Unknown
from domain.floor import walking, wave_choice
from domain.floor.parcels import Parcel, ParcelState, Wave, WaveState
from domain.orders import owed
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import CLOCK, Actor, Right, Role, require
from domain.planning.splitting import units_of
from domain.records import NoticeKind
from domain.review import recheck
from domain.stock import bins
from domain.stock.bins import Spot
from domain.waybills import numbering

_FLOOR = {Role.PICKER, Role.DISPATCHER}
_LOOK_AHEAD = 3  # parcels that wait for a courier's number do not keep the others from their wave


def tick(desk: Desk) -> int:
    """Release what is due, ready what was owed, make the waves that are due. Returns the orders and parcels moved."""
    return release_due(desk) + owed.wake(desk) + waves_due(desk)


def release_due(desk: Desk) -> int:
    """APPROVED -> RELEASED once nobody can undo any more. A refund may take one of them back between the two reads:
    PostgreSQL shows what others commit meanwhile."""
    due = desk.orders.due_for_release(desk.now, desk.policy.batch_limit)
    still = (order for order in desk.orders.many(due).values() if order.status is OrderStatus.APPROVED)
    orders = [replace(order, status=OrderStatus.RELEASED) for order in still]
    if not orders:
        return 0
    desk.orders.save(orders)
    ids = [order.id for order in orders]
    found = desk.parcels.of_orders(ids).values()
    boxes = {p.id: p for mine in found for p in mine if p.state is ParcelState.READY}  # a merged one is in several
    desk.parcels.save([replace(parcel, ready_at=desk.now) for parcel in boxes.values()])
    desk.record([history.line(desk, CLOCK, "order", order.id, "released") for order in orders])
    notices.redraw(desk, NoticeKind.ORDER, ids, digest=True)
    return len(orders)


def waves_due(desk: Desk) -> int:
    """One wave per warehouse whose time has come by the policy's rules; the clock asks again until there is none, so
    that a scan or a refund never waits for several. Returns the parcels in them."""
    moved = 0
    for warehouse_id in desk.catalog.warehouses:
        due = wave_choice.due(desk, warehouse_id)
        made = (_wave(desk, CLOCK, warehouse_id, one) for one in due)
        moved += next((wave.parcels for wave in made if wave), 0)
    return moved


def wave_now(desk: Desk, actor: Actor, warehouse_id: int, kind: str = "all") -> Wave:
    """Somebody does not want to wait; `kind` is which of what waits (`wave_choice.wish`).

    Raises NotAllowed, Unknown('ready_parcels'), Unknown('wave_kind').
    """
    require(actor, Right.WAVE, warehouse=warehouse_id)
    chosen = wave_choice.by_tap(desk, warehouse_id, wave_choice.wish(desk, kind))
    wave = _wave(desk, actor, warehouse_id, chosen)
    if wave is None:
        raise Unknown("ready_parcels", desk.catalog.warehouses[warehouse_id].name)
    return wave


def _wave(desk: Desk, actor: Actor, warehouse_id: int, due: wave_choice.Due) -> Wave | None:
    """A wave of the first parcels whose courier still carries them and gave a number; None when there is none."""
    size = wave_choice.size_of(desk, due.rule)
    ids = due.parcel_ids[: size * _LOOK_AHEAD]
    found = desk.parcels.many(ids)
    still = [found[number] for number in ids if found[number].state is ParcelState.READY and not found[number].blocked]
    carried = recheck.carried(desk, still)
    if due.courier:
        carried = [p for p in carried if desk.catalog.couriers[p.courier_id or 0].code == due.courier]
    numbers: dict[int, str] = {}
    for start in range(0, len(carried), size):
        numbers |= numbering.numbered(desk, carried[start : start + size])
        if len(numbers) >= size:
            break
    chosen = [parcel for parcel in carried if parcel.id in numbers][:size]
    return make_wave(desk, actor, warehouse_id, chosen, numbers, why=due.why()) if chosen else None


def make_wave(
    desk: Desk,
    actor: Actor,
    warehouse_id: int,
    ready: Sequence[Parcel],
    numbers: Mapping[int, str] | None = None,
    *,
    why: Mapping[str, str] | None = None,
) -> Wave:
    """Bundle parcels: each is sent to its bins, slots in the order of the walk, a waybill each (taken here when not
    given), the wave card to the floor."""
    units = sum(item.quantity for parcel in ready for item in parcel.live_items)
    wave = desk.waves.add(warehouse_id, desk.now, len(ready), units, why)
    numbers = numbering.numbered(desk, ready) if numbers is None else numbers
    sent = walking.send(desk, warehouse_id, ready)
    waved = [
        replace(
            parcel,
            state=ParcelState.IN_WAVE,
            state_at=desk.now,
            wave_id=wave.id,
            slot=slot,
            waybill=numbers[parcel.id],
        )
        for slot, parcel in enumerate(sorted(ready, key=lambda parcel: _walk(desk, parcel, sent[parcel.id])), 1)
    ]
    desk.parcels.save(waved)
    lines = [history.line(desk, actor, "parcel", p.id, "in_wave", wave=wave.number, waybill=p.waybill) for p in waved]
    desk.record(lines)
    notices.tell(desk, NoticeKind.WAVE, wave.id, _FLOOR, key=f"wave:{wave.id}", warehouse=warehouse_id)
    notices.redraw(desk, NoticeKind.ORDER, {oid for p in waved for oid in p.order_ids})
    return wave


def _walk(desk: Desk, parcel: Parcel, spots: Sequence[Spot]) -> tuple[object, ...]:
    """By the first bin it is sent to; of parcels with one product, those with the same goods get slots side by side."""
    units = units_of(parcel.live_items)
    first = min(bins.walking_order(name) for name in walking.names(desk, units, spots))
    if len(units) > 1:
        return first, "", 0, parcel.id
    ((sku, count),) = units.items()
    return first, sku, count, parcel.id


def take_wave(desk: Desk, actor: Actor, wave_id: int, revision: int) -> Wave:
    """A picker takes the wave: stop notices for it go to that person. Raises Stale when another was faster."""
    wave = desk.waves.get(wave_id)
    require(actor, Right.PICK, warehouse=wave.warehouse_id)
    if wave.revision != revision or not wave.free:
        raise Stale(wave.number, "taken" if wave.state is WaveState.TAKEN else wave.state, wave.owner)
    taken = replace(wave, state=WaveState.TAKEN, owner_id=actor.person_id, owner=actor.name)
    desk.waves.save(taken)
    history.note(desk, actor, "wave", wave.id, "taken")
    notices.redraw(desk, NoticeKind.WAVE, [wave_id])
    return replace(taken, revision=taken.revision + 1)


def orders_of(desk: Desk, parcels: Sequence[Parcel]) -> dict[int, Order]:
    """The orders in these parcels, by id."""
    return desk.orders.many({order_id for parcel in parcels for order_id in parcel.order_ids})
