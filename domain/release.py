"""Release (配货): approvals whose undo window is over become work for the warehouse, bundled into waves.

Surprising: waybill numbers are taken here and not before, so an order that is refunded before its wave costs none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from domain import history, notices, numbering, recheck
from domain.desk import Desk
from domain.errors import Stale, Unknown
from domain.orders import Order, OrderStatus
from domain.parcels import Parcel, ParcelState, Wave, WaveState
from domain.people import CLOCK, Actor, Right, Role, require
from domain.records import NoticeKind

_FLOOR = {Role.PICKER, Role.DISPATCHER}
_LOOK_AHEAD = 3  # parcels that wait for a courier's number do not keep the others from their wave


def tick(desk: Desk) -> int:
    """Release what is due, make the waves that are due. Returns the orders and parcels moved."""
    return release_due(desk) + waves_due(desk)


def release_due(desk: Desk) -> int:
    """APPROVED -> RELEASED once nobody can undo any more."""
    ids = desk.orders.due_for_release(desk.now, desk.policy.batch_limit)
    orders = [replace(order, status=OrderStatus.RELEASED) for order in desk.orders.many(ids).values()]
    if not orders:
        return 0
    desk.orders.save(orders)
    boxes = {p.id: p for found in desk.parcels.of_orders(ids).values() for p in found if p.state is ParcelState.READY}
    desk.parcels.save([replace(parcel, ready_at=desk.now) for parcel in boxes.values()])
    desk.record([history.line(desk, CLOCK, "order", order.id, "released") for order in orders])
    notices.redraw(desk, NoticeKind.ORDER, ids, digest=True)
    return len(orders)


def waves_due(desk: Desk) -> int:
    """A wave per warehouse when enough parcels wait or the first has waited long enough."""
    moved = 0
    oldest = desk.now - timedelta(seconds=desk.policy.wave_wait_seconds)
    for warehouse_id in desk.catalog.warehouses:
        ready = desk.parcels.ready(warehouse_id, desk.policy.wave_size * _LOOK_AHEAD)
        late = any(parcel.ready_at and parcel.ready_at <= oldest for parcel in ready)
        if ready and (late or len(ready) >= desk.policy.wave_size):
            wave = _wave(desk, CLOCK, warehouse_id, ready)
            moved += wave.parcels if wave else 0
    return moved


def wave_now(desk: Desk, actor: Actor, warehouse_id: int) -> Wave:
    """Somebody does not want to wait. Raises NotAllowed, Unknown('ready parcels')."""
    require(actor, Right.WAVE, warehouse=warehouse_id)
    ready = desk.parcels.ready(warehouse_id, desk.policy.wave_size * _LOOK_AHEAD)
    wave = _wave(desk, actor, warehouse_id, ready) if ready else None
    if wave is None:
        raise Unknown("ready_parcels", desk.catalog.warehouses[warehouse_id].name)
    return wave


def _wave(desk: Desk, actor: Actor, warehouse_id: int, ready: Sequence[Parcel]) -> Wave | None:
    """A wave of the first parcels whose courier still carries them and gave a number; None when there is none."""
    size = desk.policy.wave_size
    carried = recheck.carried(desk, ready)
    numbers: dict[int, str] = {}
    for start in range(0, len(carried), size):
        numbers |= numbering.numbered(desk, carried[start : start + size])
        if len(numbers) >= size:
            break
    chosen = [parcel for parcel in carried if parcel.id in numbers][:size]
    return make_wave(desk, actor, warehouse_id, chosen, numbers) if chosen else None


def make_wave(
    desk: Desk, actor: Actor, warehouse_id: int, ready: Sequence[Parcel], numbers: Mapping[int, str] | None = None
) -> Wave:
    """Bundle parcels: slots in bin order, a waybill each (taken here when not given), the wave card to the floor."""
    units = sum(item.quantity for parcel in ready for item in parcel.live_items)
    wave = desk.waves.add(warehouse_id, desk.now, len(ready), units)
    numbers = numbering.numbered(desk, ready) if numbers is None else numbers
    skus = desk.catalog.skus

    def first_bin(parcel: Parcel) -> tuple[str, int]:
        return min(skus[item.sku].bin for item in parcel.live_items), parcel.id

    waved = [
        replace(
            parcel,
            state=ParcelState.IN_WAVE,
            state_at=desk.now,
            wave_id=wave.id,
            slot=slot,
            waybill=numbers[parcel.id],
        )
        for slot, parcel in enumerate(sorted(ready, key=first_bin), 1)
    ]
    desk.parcels.save(waved)
    lines = [history.line(desk, actor, "parcel", p.id, "in_wave", wave=wave.number, waybill=p.waybill) for p in waved]
    desk.record(lines)
    notices.tell(desk, NoticeKind.WAVE, wave.id, _FLOOR, key=f"wave:{wave.id}", warehouse=warehouse_id)
    notices.redraw(desk, NoticeKind.ORDER, {oid for p in waved for oid in p.order_ids})
    return wave


def take_wave(desk: Desk, actor: Actor, wave_id: int, revision: int) -> Wave:
    """A picker takes the wave: stop notices for it go to that person. Raises Stale when another was faster."""
    wave = desk.waves.get(wave_id)
    require(actor, Right.PICK, warehouse=wave.warehouse_id)
    if wave.revision != revision or wave.state is not WaveState.OPEN:
        raise Stale(wave.number, "taken" if wave.state is WaveState.TAKEN else wave.state, wave.owner)
    taken = replace(wave, state=WaveState.TAKEN, owner_id=actor.person_id, owner=actor.name)
    desk.waves.save(taken)
    history.note(desk, actor, "wave", wave.id, "taken")
    notices.redraw(desk, NoticeKind.WAVE, [wave_id])
    return replace(taken, revision=taken.revision + 1)


def reprint(desk: Desk, actor: Actor, wave_id: int) -> int:
    """The wave's papers are wanted once more: written down, so that a parcel packed twice can be explained.

    Returns how often that was. Raises NotAllowed.
    """
    wave = desk.waves.get(wave_id)
    right = Right.WAVE if Right.WAVE in actor.rights else Right.PACK
    require(actor, right, warehouse=wave.warehouse_id)
    history.note(desk, actor, "wave", wave.id, "printed")
    return sum(1 for event in desk.history("wave", wave.id) if event.verb == "printed")


def orders_of(desk: Desk, parcels: Sequence[Parcel]) -> dict[int, Order]:
    """The orders in these parcels, by id."""
    return desk.orders.many({order_id for parcel in parcels for order_id in parcel.order_ids})
