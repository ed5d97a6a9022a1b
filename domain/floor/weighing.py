"""The scales: what weight a parcel may have, who may let another one pass, and when an order's parcels may leave.

Surprising: a reading that repeats to the gram on the next parcel within a second is taken for the scale's last one, so
it is refused though it may be right; weighing again settles it. Such a reading, and what is not positive or over the
courier's maximum, nobody lets pass.
"""

from datetime import datetime

from domain import history
from domain.desk import Desk
from domain.errors import ReasonNeeded, WeightRefused, WrongStatus
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Actor, Right, Station, require

HARD_MAX_G = 60_000
_WEIGHED = (ParcelState.WEIGHED, ParcelState.HANDED_OVER, ParcelState.CANCELLED)


def check(
    desk: Desk, actor: Actor, parcel: Parcel, grams: int | None, at: datetime | None = None, *, forced: bool = False
) -> str:
    """Raises WeightRefused; returns a warning code inside the second band (rules.md B9). `forced` lets a weight pass
    that is only too far off; `at` is when the scales were read, None = now."""
    limit = HARD_MAX_G
    if parcel.courier_id is not None:
        limit = min(limit, desk.catalog.couriers[parcel.courier_id].max_g)
    if grams is None:
        raise WeightRefused(parcel.waybill, 0, "missing", parcel.expected_g, limit)
    if grams <= 0:
        raise WeightRefused(parcel.waybill, grams, "not_positive", parcel.expected_g, limit)
    if grams > limit:
        raise WeightRefused(parcel.waybill, grams, "too_heavy", parcel.expected_g, limit)
    if _stale(desk, actor, parcel, grams, at or desk.now):
        raise WeightRefused(parcel.waybill, grams, "stale", parcel.expected_g, limit)
    if not parcel.expected_g:
        return "weight_unknown"
    off, tolerance = abs(grams - parcel.expected_g), desk.policy.tolerance_g(parcel.expected_g)
    most = tolerance * desk.policy.weighing.stop_percent // 100
    if off > most and not forced:
        raise WeightRefused(parcel.waybill, grams, "off", parcel.expected_g, most)
    return "weight_off" if off > tolerance else ""


def _stale(desk: Desk, actor: Actor, parcel: Parcel, grams: int, at: datetime) -> bool:
    """Whether this person's last scan gave another parcel the very same weight a moment before; that it was refused
    does not make it another reading."""
    last = next(iter(desk.history("shift", actor.person_id, 1)), None) if actor.person_id is not None else None
    if last is None or not desk.policy.weighing.stale_seconds or last.data["station"] != Station.WEIGH:
        return False
    soon = abs((at - last.at).total_seconds()) <= desk.policy.weighing.stale_seconds
    other = last.data["code"] not in (parcel.waybill, parcel.number)
    return soon and other and last.data["grams"] == str(grams)


def require_force(desk: Desk, actor: Actor, parcel: Parcel, reason: str) -> None:
    """Raises NotAllowed for who is no lead, ReasonNeeded without one."""
    require(actor, Right.OVERRIDE, warehouse=parcel.warehouse_id)
    if not reason.strip():
        raise ReasonNeeded("weigh")


def require_all_weighed(desk: Desk, parcel: Parcel) -> None:
    """Where the platform wants an order shipped as a whole, none of its parcels leaves before all are weighed. Raises
    WrongStatus for the one that is behind."""
    orders = desk.orders.many(parcel.live_orders).values()
    whole = [order.id for order in orders if order.platform in desk.policy.weighing.wait_platforms]
    for boxes in desk.parcels.of_orders(whole).values():
        for box in boxes:
            if box.state not in _WEIGHED:
                raise WrongStatus(box.waybill or box.number, box.state, ParcelState.WEIGHED)


def note_force(desk: Desk, actor: Actor, parcel: Parcel, grams: int, reason: str) -> None:
    """For the record: who let which weight pass, and why."""
    facts = {"grams": str(grams), "expected": str(parcel.expected_g)}
    history.note(desk, actor, "parcel", parcel.id, "weight_forced", reason.strip()[:200], **facts)
