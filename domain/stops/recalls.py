"""Recall (快递追回): asking a courier for a parcel that has left: back to us, to a station, or to another address.

Surprising: most couriers are asked by telephone. So a recall is moved on by whoever hears the answer, an adapter on
its round or a person who types it, and both go through `answered`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, NotRecallable, ReasonNeeded, SharedParcel, Stale, WrongStatus
from domain.floor.parcels import Parcel, ParcelState, StopState
from domain.money import from_minor
from domain.orders.catalog import Courier
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import CLOCK, Actor, Right, Role, may, require
from domain.policy.policy_stops import RecallKind, RecallTerms
from domain.records import NoticeKind, Return
from domain.stops.away import answered as stop_answered
from domain.stops.delivery import delivered
from domain.stops.stop_desk import COMING, OPEN_RECALLS, Recall, RecallState

BATCH = 100
TRIES_MINUTES = (1, 5, 15, 60)
LOOK_MINUTES = 30
ROLES = frozenset({Role.CS, Role.CS_LEAD, Role.FINANCE})
_MOVES = {
    RecallState.REGISTERED: frozenset(
        {RecallState.ASKING, RecallState.ACCEPTED, RecallState.FAILED, RecallState.DROPPED}
    ),
    RecallState.ASKING: frozenset({RecallState.ACCEPTED, RecallState.FAILED}),
    RecallState.ACCEPTED: frozenset({RecallState.RECEIVED, RecallState.FAILED}),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a courier is asked about: the recall, whose parcel it is, and the order with the receiver."""

    recall: Recall
    courier: Courier
    parcel: Parcel
    order: Order


@dataclass(frozen=True, slots=True)
class Word:
    """What a courier said: the state it puts the recall in (None: nothing new), or an error and whether to ask
    again. `fee` None = as it was."""

    recall_id: int
    state: RecallState | None = None
    fee: int | None = None
    reference: str = ""
    why: str = ""
    error: str = ""
    retryable: bool = True


class RecallPort(Protocol):
    """A courier's interception service, called outside any transaction. It never raises: what goes wrong is a word
    with an error. It is asked about open recalls again and again; those ASKING already only want their state."""

    def ask(self, wishes: Sequence[Wish]) -> Sequence[Word]:
        """Ask for each, or how far it is."""


def terms_of(desk: Desk, courier_id: int | None) -> RecallTerms:
    """What this courier takes back, and for how much."""
    courier = desk.catalog.couriers.get(courier_id or 0)
    named = {terms.courier: terms for terms in desk.policy.recalls}
    return named.get(courier.code if courier else "", named[""])


def why_not(desk: Desk, parcel: Parcel, order: Order, kind: RecallKind) -> str:
    """Why the courier cannot be asked for this parcel, '' when it can: not_left, delivered, kind, asked (so often
    already), early or late."""
    terms = terms_of(desk, parcel.courier_id)
    if parcel.state is not ParcelState.HANDED_OVER or parcel.handed_over_at is None:
        return "not_left"
    if delivered(desk, order, parcel):
        return "delivered"
    if kind not in terms.kinds:
        return "kind"
    before = [r for r in desk.recalls.of_parcels([parcel.id]).get(parcel.id, ()) if r.state is not RecallState.DROPPED]
    if len(before) >= terms.times or any(recall.state in COMING for recall in before):
        return "asked"
    since = desk.now - parcel.handed_over_at
    if since < timedelta(minutes=terms.after_minutes):
        return "early"
    return "late" if since > timedelta(hours=terms.within_hours) else ""


def company(desk: Desk, parcel: Parcel, order_id: int) -> list[Order]:
    """The others in the box: they come back, or go elsewhere, with it."""
    return [order for other, order in desk.orders.many(parcel.live_orders).items() if other != order_id]


def subject(desk: Desk, parcel: Parcel, order_id: int | None = None) -> int:
    """Whose recall it is: the order named, where it is in the box, else that of the newest stop that came too late."""
    if order_id in parcel.order_ids:
        return order_id
    stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    late = [stop.order_id for stop in stops if stop.state is StopState.TOO_LATE and stop.order_id in parcel.live_orders]
    return late[-1] if late else (parcel.live_orders or parcel.order_ids)[0]


def register(
    desk: Desk,
    actor: Actor,
    parcel_id: int,
    kind: RecallKind,
    order_id: int | None = None,
    *,
    sure: bool = False,
) -> Recall:
    """CS wants the order's parcel back, or elsewhere. Finance hears of the fee, and where others are in the box
    (`sure` says that is meant) their cards tell CS. Raises NotAllowed, NotRecallable, SharedParcel."""
    parcel = desk.parcels.get(parcel_id)
    order = desk.orders.get(subject(desk, parcel, order_id))
    require(actor, Right.REFUND, shop=order.shop_id)
    why = why_not(desk, parcel, order, kind)
    others = company(desk, parcel, order.id)
    if why:
        raise NotRecallable(parcel.waybill, why)
    if others and not sure:
        raise SharedParcel(parcel.waybill, order.number, tuple(other.number for other in others))
    assert parcel.courier_id is not None and parcel.handed_over_at is not None
    desk.parcels.save([parcel])  # whoever takes its shipment back at this moment must lose the race
    terms = terms_of(desk, parcel.courier_id)
    recall = desk.recalls.add(
        Recall(
            id=0,
            parcel_id=parcel.id,
            order_id=order.id,
            shop_id=order.shop_id,
            courier_id=parcel.courier_id,
            waybill=parcel.waybill,
            kind=kind,
            state=RecallState.REGISTERED,
            opened_at=desk.now,
            opened_by=actor.name,
            picked_up_at=parcel.handed_over_at,
            fee=terms.fee,
            currency=terms.currency,
            target=_target(order) if kind is RecallKind.ADDRESS else "",
            next_at=desk.now,
        )
    )
    _note(desk, actor, recall, "recall_registered", kind)
    stop_answered(desk, actor, parcel.id)
    key = f"recall:{recall.id}"
    notices.tell(desk, NoticeKind.RECALL, recall.id, ROLES, key=key, shop=order.shop_id, doer=actor)
    for other in others:
        history.note(desk, actor, "order", other.id, "recall_shared", kind, waybill=parcel.waybill, order=order.number)
        key = f"recall:{recall.id}:{other.id}"
        notices.tell(desk, NoticeKind.ORDER, other.id, {Role.CS}, key=key, shop=other.shop_id)
    _redraw(desk, recall)
    return recall


def _target(order: Order) -> str:
    to = order.receiver
    return " ".join(part for part in (to.province, to.city, to.district, to.address) if part)


def told(
    desk: Desk,
    actor: Actor,
    recall_id: int,
    revision: int,
    state: RecallState,
    why: str = "",
) -> Recall:
    """A person tells what the courier said. Raises NotAllowed, Stale, WrongStatus, ReasonNeeded for a failure without
    one."""
    recall = _mine(desk, actor, recall_id, Right.REFUND)
    if recall.revision != revision:
        raise Stale(recall.waybill, recall.state)
    if state not in _MOVES.get(recall.state, frozenset()) or state is RecallState.RECEIVED:
        raise WrongStatus(recall.waybill, recall.state, RecallState.ASKING)
    if state is RecallState.FAILED and not why.strip():
        raise ReasonNeeded("recall")
    return _move(desk, actor, recall, Word(recall.id, state, why=why.strip()[:200]))


def set_fee(desk: Desk, actor: Actor, recall_id: int, fee: int) -> Recall:
    """What the courier really charges, minor units: CS or finance say. Raises NotAllowed, BadValue."""
    recall = _mine(desk, actor, recall_id, Right.REFUND, Right.REPORT)
    if not 0 <= fee <= 10_000_000:
        raise BadValue("fee", str(from_minor(fee, recall.currency)), "fee")
    desk.recalls.save(replace(recall, fee=fee))
    _note(desk, actor, recall, "recall_fee", str(fee))
    _redraw(desk, recall)
    return desk.recalls.get(recall_id)


def _mine(desk: Desk, actor: Actor, recall_id: int, *rights: Right) -> Recall:
    recall = desk.recalls.get(recall_id)
    if not any(may(actor, right, shop=recall.shop_id) for right in rights):
        raise NotAllowed(rights[0], scope="shop" if set(rights) & actor.rights else "")
    return recall


def _move(desk: Desk, actor: Actor, recall: Recall, word: Word) -> Recall:
    """Put the recall into its next state, with what came with it. CS and finance hear of an end."""
    assert word.state is not None
    final = word.state in (RecallState.FAILED, RecallState.DROPPED, RecallState.RECEIVED)
    done = final or (word.state is RecallState.ACCEPTED and recall.kind is RecallKind.ADDRESS)
    news = replace(
        recall,
        state=word.state,
        fee=recall.fee if word.fee is None else word.fee,
        reference=word.reference or recall.reference,
        why=word.why or recall.why,
        asked_at=recall.asked_at or (None if word.state is RecallState.DROPPED else desk.now),
        answered_at=recall.answered_at or (None if word.state in OPEN_RECALLS else desk.now),
        closed_at=desk.now if done else None,
        next_at=None if done else desk.now + timedelta(minutes=LOOK_MINUTES),
        attempts=0,
        error="",
    )
    desk.recalls.save(news)
    _note(desk, actor, recall, f"recall_{word.state}", word.why)
    if word.state not in OPEN_RECALLS:
        key = f"recall:{recall.id}:{word.state}"
        notices.tell(desk, NoticeKind.RECALL, recall.id, ROLES, key=key, shop=recall.shop_id, quiet=True)
    _redraw(desk, recall)
    return replace(news, revision=news.revision + 1)


def _note(desk: Desk, actor: Actor, recall: Recall, verb: str, reason: str = "") -> None:
    history.note(desk, actor, "order", recall.order_id, verb, reason, waybill=recall.waybill, recall=str(recall.id))


def _redraw(desk: Desk, recall: Recall) -> None:
    notices.redraw(desk, NoticeKind.RECALL, [recall.id])
    notices.redraw(desk, NoticeKind.RECALLS, [0])
    notices.redraw(desk, NoticeKind.ORDER, [recall.order_id])
    stops = desk.stops.of_parcels([recall.parcel_id]).get(recall.parcel_id, ())
    notices.redraw(desk, NoticeKind.STOP, [stop.id for stop in stops])


def to_ask(desk: Desk) -> list[Wish]:
    """What couriers are to be asked now."""
    due = desk.recalls.to_ask(desk.now, BATCH)
    boxes = desk.parcels.many([recall.parcel_id for recall in due])
    orders = desk.orders.many([recall.order_id for recall in due])
    couriers = desk.catalog.couriers
    return [Wish(r, couriers[r.courier_id], boxes[r.parcel_id], orders[r.order_id]) for r in due]


def nobody_to_ask(desk: Desk, recall_ids: Collection[int]) -> int:
    """No adapter for their couriers: a person has to call. They are not asked about by the clock any more."""
    waiting = [recall for recall in desk.recalls.many(recall_ids).values() if recall.next_at is not None]
    for recall in waiting:
        desk.recalls.save(replace(recall, next_at=None))
    return len(waiting)


def answered(desk: Desk, words: Sequence[Word]) -> int:
    """Write down what couriers said, until it is here or has failed. A fee or a number of theirs counts whenever it
    comes; that it is back is only what our own scan says. Returns how many changed."""
    known = desk.recalls.many([word.recall_id for word in words])
    changed = 0
    for word in words:
        recall = known.get(word.recall_id)
        news = _heard(desk, recall, word) if recall is not None else None
        if news is not None:
            known[news.id] = news
            changed += 1
    return changed


def _heard(desk: Desk, recall: Recall, word: Word) -> Recall | None:
    """The recall as saved after one word; None when it says nothing new."""
    fee = recall.fee if word.fee is None else word.fee
    told = replace(recall, fee=fee, reference=word.reference or recall.reference)
    if word.state in _MOVES.get(recall.state, frozenset()) - {RecallState.RECEIVED}:
        return _move(desk, CLOCK, told, word)
    if recall.state in COMING and recall.closed_at is None:
        told = _later(desk, told, word)
    if told == recall:
        return None
    desk.recalls.save(told)
    if told.fee != recall.fee:
        _note(desk, CLOCK, recall, "recall_fee", str(fee))
    _redraw(desk, recall)
    return replace(told, revision=told.revision + 1)


def _later(desk: Desk, recall: Recall, word: Word) -> Recall:
    """Nothing new, or an error: asked again after a while; an error that stays is a person's to solve."""
    if not word.error:
        return replace(recall, next_at=desk.now + timedelta(minutes=LOOK_MINUTES), attempts=0, error="")
    attempts = recall.attempts + 1
    wait = timedelta(minutes=TRIES_MINUTES[min(attempts, len(TRIES_MINUTES)) - 1])
    again = desk.now + wait if word.retryable else None
    return replace(recall, attempts=attempts, error=word.error[:200], next_at=again)


def unwanted(desk: Desk, actor: Actor, parcels: Sequence[Parcel]) -> None:
    """The buyer keeps the goods: what the courier was not asked yet is dropped, of the rest CS is told to call."""
    gone = [parcel.id for parcel in parcels if parcel.state is ParcelState.HANDED_OVER]
    for found in desk.recalls.of_parcels(gone).values() if gone else ():
        for recall in found:
            if recall.state is RecallState.REGISTERED:
                _move(desk, actor, recall, Word(recall.id, RecallState.DROPPED, why="withdrawn"))
            elif recall.state in COMING:
                key = f"recall:{recall.id}:withdrawn"
                notices.tell(desk, NoticeKind.RECALL, recall.id, ROLES, key=key, shop=recall.shop_id)


def arrived(desk: Desk, actor: Actor, returned: Return) -> Recall | None:
    """A parcel that came back closes the recall that brought it: by our waybill, else by its order."""
    boxes = [returned.parcel_id] if returned.parcel_id is not None else []
    if not boxes and returned.order_id is not None:
        boxes = [box.id for box in desk.parcels.of_orders([returned.order_id]).get(returned.order_id, ())]
    found = [one for mine in desk.recalls.of_parcels(boxes).values() for one in mine] if boxes else []
    coming = [one for one in found if one.state in COMING and one.kind is not RecallKind.ADDRESS]
    if not coming:
        return None
    recall = coming[0]
    stop_answered(desk, actor, recall.parcel_id)
    linked = replace(recall, return_id=returned.id)
    return _move(desk, actor, linked, Word(recall.id, RecallState.RECEIVED))


def hours_since_pickup(recall: Recall) -> float:
    """How long it had been on its way when we wanted it back."""
    return (recall.opened_at - recall.picked_up_at).total_seconds() / 3600


BANDS = (6, 24, 48, 96)
"""Ends of the hours since pick-up that success is measured by."""


def band(recall: Recall) -> int:
    """Which of BANDS it falls into, len(BANDS) = later."""
    hours = hours_since_pickup(recall)
    return next((place for place, end in enumerate(BANDS) if hours <= end), len(BANDS))


def successes(desk: Desk, since: datetime, shops: frozenset[int] | None) -> dict[tuple[int, int], tuple[int, int]]:
    """(courier id, band) -> (came back or went to the new address, answered at all)."""
    counts: dict[tuple[int, int], tuple[int, int]] = {}
    for recall in desk.recalls.since(since, shops):
        if recall.answered_at is None:
            continue
        good, whole = counts.get((recall.courier_id, band(recall)), (0, 0))
        worked = recall.state in (RecallState.ACCEPTED, RecallState.RECEIVED)
        counts[recall.courier_id, band(recall)] = (good + worked, whole + 1)
    return counts
