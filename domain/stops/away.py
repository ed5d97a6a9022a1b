"""Parcels that had left when their stop came: whose they are, and until when somebody must have answered (rules.md B7).

Surprising: such a stop is closed from its first moment, for the floor has nothing left to do. It is open for the desk:
customer service, and finance because of the fee, are worried (`domain.watch.worries`) until one of them has it.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import NotAllowed, Stale
from domain.floor.parcels import Parcel, ParcelState, Refund, Stage, Stop, StopKind, StopState
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Right, Role, may
from domain.records import NoticeKind
from domain.review.holds import HoldCode
from domain.stops import stop_calls
from domain.stops.delivery import delivered

RIGHTS = (Right.REFUND, Right.REPORT, Right.OVERRIDE)
"""Customer service, finance, a lead: any of them may have it."""


def too_late(
    desk: Desk, order: Order, parcel: Parcel, kind: StopKind, reason: str, record: Refund | None = None
) -> None:
    """A box has left: customer service hears of it and may ask the courier (`recalls`); finance does while that may
    cost a fee."""
    with_buyer = delivered(desk, order, parcel)
    stop = desk.stops.add(
        Stop(
            id=0,
            parcel_id=parcel.id,
            order_id=order.id,
            state=StopState.TOO_LATE,
            stage=Stage.DELIVERED if with_buyer else Stage.IN_TRANSIT,
            opened_at=desk.now,
            reason=reason,
            kind=kind,
            refund_id=record.id if record else None,
            told_at=record.at if record else None,
            closed_at=desk.now,
        )
    )
    desks = {Role.CS, Role.CS_LEAD} | (set() if with_buyer else {Role.FINANCE})
    notices.tell(desk, NoticeKind.STOP, stop.id, desks, key=f"stop:{stop.id}:0", shop=order.shop_id)


def changed_too_late(
    desk: Desk, order: Order, parcels: Sequence[Parcel], *, moved: bool = False, others: bool = False
) -> None:
    """The buyer wants it elsewhere, or other goods, when it has left: each box on its way may still be redirected, or
    brought back. While part of it is here the hold on that part asks about its goods."""
    told = [HoldCode.ADDR_CHANGED] if moved else []
    if others and order.status is OrderStatus.SHIPPED:
        told.append(HoldCode.GOODS_CHANGED)
    for parcel in parcels if told else ():
        if parcel.state is ParcelState.HANDED_OVER and not delivered(desk, order, parcel):
            too_late(desk, order, parcel, StopKind.HOLD, ",".join(told))


def acknowledge(desk: Desk, actor: Actor, stop: Stop, revision: int) -> Stop:
    """Somebody at the desk has it. Raises Stale, NotAllowed."""
    parcel, order = desk.parcels.get(stop.parcel_id), desk.orders.get(stop.order_id)
    if not any(may(actor, right, shop=order.shop_id) for right in RIGHTS):
        raise NotAllowed(Right.REFUND)
    if stop.acked_at is not None or stop.revision != revision:
        raise Stale(parcel.waybill, stop.state, stop.acked_by, stop.acked_at)
    return _had(desk, actor, stop)


def _had(desk: Desk, actor: Actor, stop: Stop) -> Stop:
    acked = replace(stop, acked_by=actor.name, acked_at=desk.now)
    desk.stops.save(acked)
    history.note(desk, actor, "parcel", stop.parcel_id, "stop_acknowledged")
    stop_calls.redraw(desk, stop)
    return replace(acked, revision=acked.revision + 1)


def answered(desk: Desk, actor: Actor, parcel_id: int) -> None:
    """The courier is asked for this parcel, or it has come back: whoever did that has answered its stops."""
    for stop in desk.stops.of_parcels([parcel_id]).get(parcel_id, ()):
        if stop.state is StopState.TOO_LATE and stop.acked_at is None:
            _had(desk, actor, stop)


def withdrawn(desk: Desk, actor: Actor, record: Refund, parcels: Sequence[Parcel]) -> None:
    """The buyer keeps what has left: nobody needs to answer for it any more."""
    found = desk.stops.of_parcels([parcel.id for parcel in parcels])
    for stop in (stop for stops in found.values() for stop in stops if stop.refund_id == record.id):
        if stop.state is StopState.TOO_LATE and stop.acked_at is None:
            _had(desk, actor, stop)
