"""The block itself: opening and letting go of stops, and keeping `Parcel.blocked` in line with stops and holds.

Surprising: a change of address or goods stops a parcel on the very same road as a refund (rules.md B7): a named
person, a clock, a next person. Only its end differs: the hold's release lets the parcel go on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.floor.parcels import (
    IN_HOUSE,
    TAKES_OUT,
    UNTOUCHED,
    Parcel,
    ParcelState,
    Stage,
    Stop,
    StopKind,
    StopState,
    WaveState,
)
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import CLOCK, Actor, Right
from domain.records import NoticeKind
from domain.review.holds import BY_HAND, Hold, HoldCode, Source, lapse, open_codes
from domain.stops import stop_calls

UNSHIPPED, CALLED = "unshipped", "called"
"""The hand-over was taken back; the event carries CALLED where that was done on paper, by a refund or a new address."""
PULLED = "pulled"
_TASKS = (StopKind.REPICK, StopKind.REPACK)
_FILLS = frozenset({Right.PICK, Right.PACK})
"""Who has one of them may put something into a box."""
STOP_SHELF = "stop_shelf"
"""The reason of a task whose goods the books have in their box: they were only taken aside."""
NOT_THERE = "NOT_THERE"
"""The reason of a stop whose goods a picker did not find, among the codes of holds."""
COUNT = "count"
"""In the evidence of such a hold: the number of the count that ends it."""
REPACKED = "repack"
"""Somebody decided that other goods go into the box, which the floor has."""
_SEEN_ON_THE_DOCK = (UNSHIPPED, PULLED, REPACKED, str(ParcelState.HANDED_OVER))


def stage_of(desk: Desk, parcel: Parcel) -> Stage:
    """Where the parcel is, as rules.md B7 counts; what was called back from the dock is there until somebody has had it
    in hand."""
    if parcel.state is ParcelState.WEIGHED and _called_back(desk, parcel):
        return Stage.DOCK
    if parcel.state is ParcelState.IN_WAVE and parcel.wave_id is not None:
        return Stage.PRINTED if desk.waves.get(parcel.wave_id).state is WaveState.OPEN else Stage.PICKING
    if parcel.state is ParcelState.PLANNED:
        return Stage.REVIEW
    if parcel.state in UNTOUCHED:
        return Stage.APPROVED
    return Stage(parcel.state)


def _called_back(desk: Desk, parcel: Parcel) -> bool:
    told = (event for event in desk.history("parcel", parcel.id, 200) if event.verb in _SEEN_ON_THE_DOCK)
    last = next(told, None)
    return last is not None and last.verb == UNSHIPPED and CALLED in last.data


def open_stop(
    desk: Desk,
    actor: Actor,
    order_id: int,
    parcel: Parcel,
    kind: StopKind,
    reason: str,
    *,
    line_nos: Sequence[int] = (),
    refund_id: int | None = None,
    told_at: datetime | None = None,
    had_by: str = "",
    stage: Stage | None = None,
) -> Stop:
    """Block the parcel and name who holds it: the picker of the wave, later whoever scanned last. `had_by`: who has it
    in hand already, so that nobody needs to be called. `stage`: where it was, if it has been set back meanwhile."""
    named_id, named = parcel.holder_id, parcel.holder
    fetches = named_id is not None and not _FILLS.isdisjoint(desk.people.get(named_id).acting().rights)
    waits = kind is StopKind.REPICK and forbidden(desk, parcel)
    if parcel.wave_id is not None and (named_id is None or (kind is StopKind.REPICK and not fetches)):
        wave = desk.waves.get(parcel.wave_id)
        named_id, named = wave.owner_id, wave.owner
    rules = desk.policy.stops
    wait = rules.missing_minutes if had_by else desk.policy.stop_escalation_minutes[0]
    stop = desk.stops.add(
        Stop(
            id=0,
            parcel_id=parcel.id,
            order_id=order_id,
            state=StopState.ACKED if had_by else StopState.OPEN,
            stage=stage or stage_of(desk, parcel),
            opened_at=desk.now,
            reason=reason,
            kind=kind,
            refund_id=refund_id,
            line_nos=tuple(sorted(line_nos)),
            told_at=told_at,
            named_id=named_id,
            named=named,
            next_at=None if waits else desk.now + timedelta(minutes=wait),
            acked_by=had_by,
            acked_at=desk.now if had_by else None,
        )
    )
    history.note(desk, actor, "parcel", parcel.id, "stopped", reason, stage=stop.stage, named=named, why=kind)
    if not had_by and not waits:
        stop_calls.tell(desk, stop, parcel)
    stop_calls.redraw_boards(desk)
    return stop


def _anew(desk: Desk, stop: Stop) -> Stop:
    """What was answered was for less than it is about now: it is unanswered."""
    fresh = desk.now + timedelta(minutes=desk.policy.stop_escalation_minutes[0])
    return replace(stop, state=StopState.OPEN, level=0, acked_by="", acked_at=None, next_at=fresh)


def fit(desk: Desk, stop: Stop, parcel: Parcel, line_nos: tuple[int, ...], inside: Collection[int]) -> None:
    """The stop is about these lines now (all `inside` the box when empty). When that is more, an answer given for less
    is none: it is told and its clock runs anew; on the stop shelf the box lies safely, so there it is only told."""
    wider = bool(stop.line_nos) and not set(line_nos or inside) <= set(stop.line_nos)
    news = replace(stop, line_nos=line_nos)
    if wider and stop.state is StopState.ACKED:
        news = _anew(desk, news)
    desk.stops.save(news)
    if wider:
        stop_calls.tell(desk, news, parcel, again=f":{stop.revision}")
    stop_calls.redraw(desk, stop)


def let_go(desk: Desk, by: str, stop: Stop) -> None:
    """Its cause is gone. A line that lies on the stop shelf must go into its box again: that is a task of its own. A
    whole parcel that nothing else keeps there must be fetched: the floor is told, it sees no old card change."""
    news = replace(stop, state=StopState.RELEASED, closed_by=by, closed_at=desk.now, next_at=None)
    desk.stops.save(news)
    stop_calls.redraw(desk, stop)
    parcel = desk.parcels.get(stop.parcel_id)
    tasks = fit_tasks(desk, parcel) if stop.kind in TAKES_OUT else []
    if stop.state is not StopState.PULLED:
        return
    asked = {line for task in tasks if task.order_id == stop.order_id for line in task.line_nos}
    missing = set(stop.line_nos) - asked
    if stop.kind is StopKind.REFUND and missing:
        open_stop(desk, CLOCK, stop.order_id, parcel, StopKind.REPICK, STOP_SHELF, line_nos=sorted(missing))
    elif not open_of(desk, parcel):
        stop_calls.tell(desk, replace(news, level=0), parcel, again=":back")


def forbidden(desk: Desk, parcel: Parcel) -> bool:
    """Whether something must come out of this box first, so that nothing is put into it."""
    return bool(open_of(desk, parcel, *TAKES_OUT))


def fit_tasks(desk: Desk, parcel: Parcel) -> list[Stop]:
    """The tasks to put something into this box wait without a clock while a stop forbids it; whoever cannot do it is
    not chased. Once nothing does they are told anew. Returns them."""
    tasks, waits = open_of(desk, parcel, StopKind.REPICK), forbidden(desk, parcel)
    for task in tasks:
        if waits and task.next_at is not None:
            desk.stops.save(replace(task, next_at=None))
        elif not waits and task.next_at is None:
            _resume(desk, task, parcel)
    notices.redraw(desk, NoticeKind.STOP, [task.id for task in tasks])
    return tasks


def _resume(desk: Desk, task: Stop, parcel: Parcel) -> None:
    """Whoever had it still has it; the others hear of it as if it had just come."""
    minutes = desk.policy.stop_escalation_minutes[0]
    if task.state is StopState.ACKED:
        minutes = desk.policy.stops.pull_minutes
    news = replace(task, level=0, next_at=desk.now + timedelta(minutes=minutes))
    desk.stops.save(news)
    stop_calls.tell(desk, news, parcel, again=f":{task.revision}")


def open_of(desk: Desk, parcel: Parcel, *kinds: StopKind) -> list[Stop]:
    """The parcel's open stops of these kinds, all when none is named."""
    stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    return [stop for stop in stops if stop.open and (not kinds or stop.kind in kinds)]


def to_pick(desk: Desk, parcel: Parcel) -> set[tuple[int, int]]:
    """(order id, line number) of what is still to be picked into the box: the books have it on its shelf."""
    tasks = (task for task in open_of(desk, parcel, StopKind.REPICK) if task.reason != STOP_SHELF)
    return {(task.order_id, line_no) for task in tasks for line_no in task.line_nos}


def reblock(desk: Desk, order: Order) -> None:
    """Bring `blocked` of the order's parcels in line with its open stops and holds (and its neighbours'), and tell the
    orders it travels with. Somebody in the house hears of each hold.

    A box that stays blocked is saved as well: whoever lets its other reason go at this moment must lose the race, or
    it would leave the box free.
    """
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    if not boxes:
        return
    stops = desk.stops.of_parcels([box.id for box in boxes])
    if _fit_to_holds(desk, order, boxes, stops):
        stops = desk.stops.of_parcels([box.id for box in boxes])
    parcels = [box for box in boxes if box.state in IN_HOUSE | UNTOUCHED]
    others = desk.orders.many({oid for p in parcels for oid in p.order_ids} - {order.id})
    if others:
        others |= _tell_companions(desk, order, parcels, stops, others)
    touched = []
    for parcel in parcels:
        stopped = any(stop.open for stop in stops.get(parcel.id, ()))
        held = order.held or any(others[oid].held for oid in parcel.order_ids if oid in others)
        if parcel.blocked or stopped or held:
            touched.append(replace(parcel, blocked=stopped or held))
    desk.parcels.save(touched)


def reblock_each(desk: Desk, order_ids: Iterable[int]) -> None:
    """`reblock` these orders one after the other, each as the one before left it: what ends for one order lifts the
    hold it laid on its neighbour in the box."""
    for order_id in order_ids:
        reblock(desk, desk.orders.get(order_id))


def _reasons(order: Order) -> str:
    """The order's own open holds; a neighbour's trouble has its own stop in the same box. Where a picker found no goods
    (`not_there`) that is the reason."""
    if order.status is not OrderStatus.RELEASED:
        return ""
    missing = [hold for hold in order.holds if hold.open and _missing(hold)]
    others = [hold for hold in order.holds if hold not in missing]
    codes = [code for code in open_codes(others) if code is not HoldCode.MEMBER_CHANGED]
    return ",".join([*codes, NOT_THERE] if missing else codes)


def _missing(hold: Hold) -> bool:
    return COUNT in hold.evidence


def _had_by(order: Order, box: Parcel, reasons: str) -> str:
    """Who told that goods of a box that nobody picks from are not in their bin: the gate keeps it and the count is
    their business, so nobody else is called to it before time."""
    if reasons != NOT_THERE or box.state is not ParcelState.IN_WAVE:
        return ""
    return next(hold.evidence["by"] for hold in order.holds if hold.open and _missing(hold))


def _fit_to_holds(desk: Desk, order: Order, boxes: Sequence[Parcel], stops: Mapping[int, Sequence[Stop]]) -> bool:
    """A stop for each box in the house while the order is held, and none longer; tasks about goods that left the box
    again are over. Whether anything changed."""
    reasons, changed, unknown = _reasons(order), False, set[HoldCode]()
    released = [hold.resolved_by for hold in order.holds if hold.resolution in BY_HAND]
    for box in boxes:
        mine = [stop for stop in stops.get(box.id, ()) if stop.open and stop.order_id == order.id]
        inside = {item.line_no for item in box.live_items if item.order_id == order.id}
        wanted = bool(reasons) and box.state in IN_HOUSE and bool(inside)
        held = [stop for stop in mine if stop.kind is StopKind.HOLD]
        idle = [stop for stop in mine if stop.kind in _TASKS and not inside & set(stop.line_nos)]
        for stop in mine:
            if stop.kind in _TASKS and stop not in idle and not inside.issuperset(stop.line_nos):
                desk.stops.save(replace(stop, line_nos=tuple(sorted(inside.intersection(stop.line_nos)))))
        for stop in (held if not wanted else []) + idle:
            let_go(desk, released[-1] if released else CLOCK.name, stop)
        if wanted and not held:
            open_stop(desk, CLOCK, order.id, box, StopKind.HOLD, reasons, had_by=_had_by(order, box, reasons))
        for stop in held if wanted else []:
            if stop.reason != reasons:
                _for_other_reasons(desk, stop, box, reasons)
        if wanted:
            known = {code for stop in held for code in stop.reason.split(",")}
            unknown |= set(open_codes(order.holds)) - known
        changed |= bool(idle) or wanted != bool(held)
    notices.ask_owners(desk, order, [code for code in open_codes(order.holds) if code in unknown])
    return changed


def _for_other_reasons(desk: Desk, stop: Stop, box: Parcel, reasons: str) -> None:
    """Whoever had it because goods were missing has not answered for what comes to it."""
    news = replace(stop, reason=reasons)
    louder = stop.reason == NOT_THERE and stop.state is StopState.ACKED
    if louder:
        news = _anew(desk, news)
    desk.stops.save(news)
    if louder:
        stop_calls.tell(desk, news, box, again=f":{stop.revision}")
    stop_calls.redraw(desk, stop)


def without_members(desk: Desk, order: Order, members: Collection[str]) -> Order:
    """The order without the holds that these others laid on it; not saved."""
    return replace(order, holds=lapse(order.holds, lambda hold: hold.evidence.get("member") in members, desk.now))


def part(desk: Desk, order_id: int, company: Collection[int]) -> None:
    """An order shares no box with these any more: the holds they laid on each other end."""
    orders = desk.orders.many({order_id, *company})
    mine = {orders[order_id].number}
    theirs = {one.number for one in orders.values()} - mine
    news = [without_members(desk, one, theirs if one.id == order_id else mine) for one in orders.values()]
    desk.orders.save([one for one in news if one != orders[one.id]])


def _tell_companions(
    desk: Desk,
    order: Order,
    parcels: Sequence[Parcel],
    stops: Mapping[int, Sequence[Stop]],
    others: Mapping[int, Order],
) -> dict[int, Order]:
    """Orders in one box in the house with a stopped or held one get a hold of their own that names it, and lose it
    when that one is well again or has left the box (rules.md B2 MERGED_MEMBER_...). Returns the changed ones."""
    mine = [stop for found in stops.values() for stop in found if stop.open and stop.order_id == order.id]
    ill = any(code is not HoldCode.MEMBER_CHANGED for code in open_codes(order.holds))
    ill = ill or any(stop.kind is StopKind.REFUND for stop in mine)
    shared = {oid for p in parcels if p.state in IN_HOUSE and order.id in p.live_orders for oid in p.live_orders}
    news = {}
    for other in others.values():
        told = [h for h in other.holds if h.open and h.evidence.get("member") == order.number]
        if ill and other.id in shared and not told and other.status is OrderStatus.RELEASED:
            hold = Hold(HoldCode.MEMBER_CHANGED, Source.PLATFORM, desk.now, {"member": order.number})
            news[other.id] = replace(other, holds=(*other.holds, hold))
        elif told and not (ill and other.id in shared):
            news[other.id] = without_members(desk, other, {order.number})
    desk.orders.save(list(news.values()))
    notices.redraw(desk, NoticeKind.ORDER, news)
    return {order_id: replace(one, revision=one.revision + 1) for order_id, one in news.items()}
