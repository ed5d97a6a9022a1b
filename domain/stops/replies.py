"""What the platform is told of a refund it asked us to stop, and when: the fifth column of rules.md B7.

Surprising: nobody decides an answer. It follows from where the goods are and what people have confirmed, and is
worked out anew after every step; a parcel pulled after FAIL was said makes the platform hear SUCCESS after all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from domain import history
from domain.desk import Desk
from domain.errors import Stale
from domain.floor.parcels import Refund, Stage, Stop, StopKind, StopState
from domain.intake.incoming import RefundState
from domain.orders.catalog import Shop
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.stops import refunds
from domain.stops.stop_desk import SAID, Reply, Verdict

BATCH = 100
TRIES_MINUTES = (1, 2, 5, 15, 60)
NO_CONNECTION = "no connection"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of telling one answer; an empty error means the platform took it."""

    reply_id: int
    error: str = ""
    retryable: bool = True


class ReplyPort(Protocol):
    """A platform's interception service, called outside any transaction. It never raises: what goes wrong is a
    receipt."""

    def tell(self, shop: Shop, replies: Sequence[Reply]) -> Sequence[Receipt]:
        """Answer each refund, in one call where the service can."""


def opened(
    desk: Desk, shop_id: int, refund_no: str, order_ref: str, at: datetime, order_id: int | None = None
) -> Reply:
    """The answer to this refund, begun when it is asked for the first time."""
    known = desk.replies.of(shop_id, [refund_no]).get(refund_no)
    if known is not None:
        return known
    return desk.replies.add(Reply(0, shop_id, refund_no, order_ref, Verdict.WAIT, at, _due(desk), order_id))


def _due(desk: Desk) -> datetime:
    return desk.now + timedelta(minutes=desk.policy.stops.answer_minutes)


def not_known(desk: Desk, shop_id: int, refund_no: str, order_ref: str) -> None:
    """The refund came before its order: said at once, and corrected when the order is there."""
    _settle(desk, opened(desk, shop_id, refund_no, order_ref, desk.now), Verdict.NOT_SYNCED)


def judge(desk: Desk, order: Order, refund_id: int, *, asked: bool = False) -> None:
    """Work the answer to one refund out anew; `asked` begins one, since only who tells us by itself waits for it."""
    record = desk.refunds.get(refund_id)
    reply = desk.replies.of(order.shop_id, [record.external_id]).get(record.external_id)
    if reply is None and asked and _expected(record):
        at = min(record.at, desk.now)
        reply = opened(desk, order.shop_id, record.external_id, order.number, at, order.id)
    if reply is None:
        return
    if reply.order_id is None:
        reply = replace(reply, order_id=order.id)
    if reply.verdict is Verdict.NONE:  # whatever it becomes now, it is a question of its own
        reply = replace(reply, asked_at=desk.now, due_at=_due(desk), said="", said_at=None)
    _settle(desk, reply, verdict_of(desk, order, record, late=reply.due_at <= desk.now))


def _expected(record: Refund) -> bool:
    """Numbers we made up (a colon in them) are nobody's question; neither is one that was taken back at once."""
    return ":" not in record.external_id and record.state in (RefundState.REQUESTED, RefundState.SUCCESS)


def verdict_of(desk: Desk, order: Order, record: Refund, *, late: bool) -> Verdict:
    """Where the refund stands by the facts; `late` ends the waiting with a FAIL."""
    if record.state not in (RefundState.REQUESTED, RefundState.SUCCESS):
        return Verdict.NONE
    if order.status is OrderStatus.ELSEWHERE:
        return Verdict.SHIPPED
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    found = desk.stops.of_parcels([box.id for box in boxes])
    stops = [stop for box in boxes for stop in found.get(box.id, ()) if stop.refund_id == record.id]
    if any(stop.state is StopState.TOO_LATE for stop in stops):
        return Verdict.SHIPPED
    if not stops and not refunds.covered(order, record, desk.refunds.of_order(order.id)):
        return Verdict.NONE
    told = {_of_stop(desk, stop, late=late) for stop in stops if stop.open}
    order_of = (Verdict.WAIT, Verdict.SHIPPED, Verdict.PRINTED)
    return next((verdict for verdict in order_of if verdict in told), Verdict.SUCCESS)


def _of_stop(desk: Desk, stop: Stop, *, late: bool) -> Verdict:
    """While it is open: a sheet nobody took is safe behind the gate, later somebody must have answered, and a weighed
    parcel must lie on the stop shelf."""
    if stop.stage is Stage.PRINTED and stop.state is not StopState.PULLED:
        return Verdict.PRINTED if desk.policy.stops.printed_fails else Verdict.SUCCESS
    weighed = stop.stage in (Stage.WEIGHED, Stage.DOCK)
    if stop.state is StopState.PULLED or (stop.state is StopState.ACKED and not weighed):
        return Verdict.SUCCESS
    if not late:
        return Verdict.WAIT
    return Verdict.SHIPPED if weighed else Verdict.PRINTED


def _settle(desk: Desk, reply: Reply, verdict: Verdict) -> None:
    """Write the verdict down; what is not said yet is said at once."""
    if verdict == reply.verdict:
        return
    say = verdict in SAID and verdict != reply.said
    news = replace(reply, verdict=verdict, decided_at=desk.now, next_at=desk.now if say else None, attempts=0, error="")
    desk.replies.save([news])


def of_stop(desk: Desk, stop: Stop) -> None:
    """A stop has moved: the answer to its refund may have, too."""
    if stop.kind is StopKind.REFUND and stop.refund_id is not None:
        judge(desk, desk.orders.get(stop.order_id), stop.refund_id)


def tick(desk: Desk) -> int:
    """Answers nobody made possible in time. Returns how many."""
    late = [reply for reply in desk.replies.late(desk.now, BATCH) if reply.order_id is not None]
    for reply in late:
        order = desk.orders.get(reply.order_id or 0)
        record = next(r for r in desk.refunds.of_order(order.id) if r.external_id == reply.refund_no)
        judge(desk, order, record.id)
    return len(late)


def untold(desk: Desk, order: Order) -> list[Reply]:
    """Answers about this order that its platform did not take and the clock does not tell again: a person's task."""
    numbers = [record.external_id for record in desk.refunds.of_order(order.id)]
    found = desk.replies.of(order.shop_id, numbers).values() if numbers else ()
    return [one for one in found if one.verdict in SAID and one.said != one.verdict and one.error and not one.next_at]


def told_by_hand(desk: Desk, actor: Actor, order_id: int) -> int:
    """A person has answered on the platform what it did not take from us. Returns how many answers. Raises
    NotAllowed, Stale when none is left to tell."""
    order = desk.orders.get(order_id)
    require(actor, Right.REFUND, shop=order.shop_id)
    mine = untold(desk, order)
    if not mine:
        raise Stale(order.number, "answered")
    news = [replace(one, said=one.verdict, said_at=desk.now, error="") for one in mine]
    desk.replies.save(news)
    for one in mine:
        history.note(desk, actor, "order", order.id, "answered_by_hand", one.verdict, refund=one.refund_no)
    _redraw(desk, news)
    return len(news)


def to_say(desk: Desk) -> list[Reply]:
    """What platforms are to hear now."""
    return desk.replies.to_say(desk.now, BATCH)


def received(desk: Desk, told: Sequence[tuple[Reply, Receipt]]) -> int:
    """Write down what platforms took, and when to try the rest again. Returns how many changed. An answer that
    changed while it was being told is told anew."""
    now = desk.replies.many([reply.id for reply, _ in told])
    news = [_after(desk, now[reply.id], reply, receipt) for reply, receipt in told if reply.id in now]
    desk.replies.save(news)
    _redraw(desk, news)
    return len(news)


def _after(desk: Desk, now: Reply, told: Reply, receipt: Receipt) -> Reply:
    if not receipt.error:
        again = None if now.verdict == told.verdict or now.verdict not in SAID else desk.now
        return replace(now, said=told.verdict, said_at=desk.now, next_at=again, attempts=now.attempts + 1, error="")
    attempts = now.attempts + 1
    wait = timedelta(minutes=TRIES_MINUTES[min(attempts, len(TRIES_MINUTES)) - 1])
    return replace(
        now, attempts=attempts, error=receipt.error[:200], next_at=desk.now + wait if receipt.retryable else None
    )


def _redraw(desk: Desk, replies: Sequence[Reply]) -> None:
    """The cards of the stops and orders these are about."""
    orders = [reply.order_id for reply in replies if reply.order_id is not None]
    boxes = {box.id for found in desk.parcels.of_orders(orders).values() for box in found}
    stops = [stop.id for found in desk.stops.of_parcels(boxes).values() for stop in found]
    notices.redraw(desk, NoticeKind.STOP, stops)
    notices.redraw(desk, NoticeKind.ORDER, orders)
