"""What people answer to a stop: on it, pulled (the second scan), back on its shelf, sheet torn; and the clock when
nobody does (rules.md B7).

Surprising: no button says "pulled". A tap can be made anywhere; the code of the stop shelf can only be scanned
where the parcel now lies.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.errors import AlreadyScanned, BackAlready, BadValue, NotAllowed, PullFirst, Stale, WrongStatus
from domain.floor.aftermath import stock_arrived, wave_progress
from domain.floor.parcels import IN_HOUSE, TAKES_OUT, Parcel, ParcelState, Stop, StopKind, StopState, WaveState
from domain.floor.proofs_wanted import REPICKED as REPICKED  # its event
from domain.people import notices
from domain.people.people import CLOCK, Actor, Right, may, require
from domain.records import Event, NoticeKind
from domain.stock import bins, putting_back, stock
from domain.stops import away, replies, stop_calls, stopping, withdrawal

_SHELF = re.compile(r"STOP(\d{3,6})")
BATCH = 50
_MOST_DOUBLINGS = 10


def shelf_code(warehouse_id: int) -> str:
    """The code on a warehouse's stop shelf."""
    return f"STOP{warehouse_id:03d}"


def shelf_of(desk: Desk, code: str) -> int | None:
    """The warehouse whose stop shelf carries this code."""
    found = _SHELF.fullmatch(code.strip().upper())
    place = int(found[1]) if found else 0
    return place if place in desk.catalog.warehouses else None


def acknowledge(desk: Desk, actor: Actor, stop_id: int, revision: int) -> Stop:
    """Somebody has it: from now on there is so long to pull it before the next person is told. Of a parcel that has
    left customer service has it, or finance. Raises Stale, NotAllowed."""
    stop = desk.stops.get(stop_id)
    if stop.state is StopState.TOO_LATE:
        return away.acknowledge(desk, actor, stop, revision)
    parcel = desk.parcels.get(stop.parcel_id)
    if not any(may(actor, right, warehouse=parcel.warehouse_id) for right in (Right.PUT_BACK, Right.OVERRIDE)):
        raise NotAllowed(Right.PUT_BACK)
    if stop.state is not StopState.OPEN or stop.revision != revision:
        raise Stale(parcel.waybill, stop.state, stop.acked_by or stop.closed_by, stop.acked_at or stop.closed_at)
    until = desk.now + timedelta(minutes=desk.policy.stops.pull_minutes) if _to_do(desk, stop, parcel) else None
    acked = replace(stop, state=StopState.ACKED, acked_by=actor.name, acked_at=desk.now, next_at=until)
    desk.stops.save(acked)
    history.note(desk, actor, "parcel", parcel.id, "stop_acknowledged")
    stop_calls.redraw(desk, stop)
    replies.of_stop(desk, acked)
    return replace(acked, revision=acked.revision + 1)


def _to_do(desk: Desk, stop: Stop, parcel: Parcel) -> bool:
    """Whether the floor has anything left to do; a box that only waits for a decision is done with where nobody pulls
    by a second scan, and one that a refund stops gets nothing put into it."""
    if stop.kind is StopKind.REPICK:
        return not stopping.forbidden(desk, parcel)
    return stop.kind is not StopKind.HOLD or desk.policy.stops.second_scan


def pull(desk: Desk, actor: Actor, parcel: Parcel, warehouse_id: int) -> Stop:
    """The second scan: a stopped parcel lies on the stop shelf of its warehouse. All its stops are pulled with it.

    Raises NotAllowed, WrongStatus when nothing stops it, BackAlready when its goods were put back, BadValue on another
    warehouse's shelf, AlreadyScanned.
    """
    require(actor, Right.PUT_BACK, warehouse=parcel.warehouse_id)
    stops = stopping.open_of(desk, parcel, *TAKES_OUT, StopKind.HOLD)
    if not stops and (done := _put_back(desk, parcel)):
        raise BackAlready(parcel.waybill, "put_back", done.actor, done.at)
    if not stops:
        raise WrongStatus(parcel.waybill or parcel.number, parcel.state, "stopped")
    if parcel.warehouse_id != warehouse_id:
        raise BadValue("stop_shelf", shelf_code(warehouse_id), "own_shelf")
    waiting = [stop for stop in stops if stop.state is not StopState.PULLED]
    if not waiting:
        raise AlreadyScanned(parcel.waybill, "pulled", stops[0].pulled_by, stops[0].pulled_at or desk.now)
    for stop in waiting:
        news = _answered(desk, actor, stop)
        news = replace(news, state=StopState.PULLED, pulled_by=actor.name, pulled_at=desk.now)
        if stop.kind in TAKES_OUT:  # its goods go on to their own shelf, and that is theirs to do
            until = desk.now + timedelta(minutes=desk.policy.stops.put_back_minutes)
            who = (stop.named_id, stop.named) if stop.named_id is not None else (actor.person_id, actor.name)
            news = replace(news, named_id=who[0], named=who[1], level=0, next_at=until)
        desk.stops.save(news)
        replies.of_stop(desk, news)
    stop_calls.redraw(desk, *waiting)
    history.note(desk, actor, "parcel", parcel.id, stopping.PULLED, shelf_code(warehouse_id))
    return desk.stops.get(waiting[0].id)


def _put_back(desk: Desk, parcel: Parcel) -> Event | None:
    """When goods of it were put back last."""
    return next((e for e in desk.history("parcel", parcel.id) if e.verb == stock.Document.PUT_BACK), None)


def on_shelf(desk: Desk, parcel: Parcel) -> AlreadyScanned | None:
    """What to answer to a parcel that is scanned with the stop shelf's code behind it and lies there already: that its
    goods were taken to their bins is not meant."""
    stops = stopping.open_of(desk, parcel, *TAKES_OUT, StopKind.HOLD)
    if not stops or any(stop.state is not StopState.PULLED for stop in stops):
        return None
    return AlreadyScanned(parcel.waybill, "pulled", stops[0].pulled_by, stops[0].pulled_at or desk.now)


def _answered(desk: Desk, actor: Actor, stop: Stop) -> Stop:
    """Whoever does the work has answered as well."""
    by, at = stop.acked_by or actor.name, stop.acked_at or desk.now
    return replace(stop, acked_by=by, acked_at=at, next_at=None)


def put_back(desk: Desk, actor: Actor, parcel: Parcel, into: str = "") -> tuple[Parcel, Stop]:
    """The goods of a stopped parcel are on their shelf again: only now is their stock free (promise 2). `into` is the
    bin whose code was scanned for it, '' = none.

    Raises PullFirst while what somebody had in hand and a refund stops was not pulled, BinWanted, AlreadyScanned,
    WrongStatus.
    """
    stops = stopping.open_of(desk, parcel, *TAKES_OUT)
    if not stops:
        _only_held(desk, parcel)
        if done := _put_back(desk, parcel):
            raise AlreadyScanned(parcel.waybill, "put_back", done.actor, done.at)
        raise WrongStatus(parcel.waybill, parcel.state, "stopped")
    in_hand = parcel.state is not ParcelState.IN_WAVE and desk.policy.stops.second_scan
    if in_hand and any(stop.kind is StopKind.REFUND and stop.state is not StopState.PULLED for stop in stops):
        raise PullFirst(parcel.waybill, shelf_code(parcel.warehouse_id or 0))
    other, goods = putting_back.confirm(desk, actor, parcel, stops, into)
    out = _out(desk, actor, parcel, stops, stock.Document.PUT_BACK)
    putting_back.moved(desk, actor, parcel, other, goods)
    return out, desk.stops.get(stops[0].id)


def _only_held(desk: Desk, parcel: Parcel) -> None:
    """What only waits for a decision is not put back: it is pulled. Raises PullFirst, AlreadyScanned."""
    holds = stopping.open_of(desk, parcel, StopKind.HOLD)
    waiting = [stop for stop in holds if stop.state is not StopState.PULLED]
    if waiting and parcel.state is not ParcelState.IN_WAVE and desk.policy.stops.second_scan:
        raise PullFirst(parcel.waybill, shelf_code(parcel.warehouse_id or 0))
    if holds and not waiting:
        raise AlreadyScanned(parcel.waybill, "pulled", holds[0].pulled_by, holds[0].pulled_at or desk.now)


def waits_for_bin(desk: Desk, parcel: Parcel) -> bool:
    """Whether a code after this parcel's may be the bin its goods are back in."""
    stops = stopping.open_of(desk, parcel, *TAKES_OUT) if desk.policy.stops.put_back_bins else []
    pulled = parcel.state is ParcelState.IN_WAVE or not desk.policy.stops.second_scan
    refunds = [stop for stop in stops if stop.kind is StopKind.REFUND]
    return bool(stops) and (pulled or all(stop.state is StopState.PULLED for stop in refunds))


def torn(desk: Desk, actor: Actor, stop_id: int, revision: int) -> Stop:
    """The printed sheet is torn up and nobody had the pick list: nothing left its shelf, so nothing goes back. It is
    one sheet, so all its refunds end with it.

    Raises NotAllowed, Stale, WrongStatus once somebody may pick: then only the put-back scan says where the goods are.
    """
    stop = desk.stops.get(stop_id)
    parcel = desk.parcels.get(stop.parcel_id)
    require(actor, Right.WAVE, warehouse=parcel.warehouse_id)
    if not stop.open or stop.revision != revision:
        raise Stale(parcel.waybill, stop.state, stop.acked_by or stop.closed_by, stop.acked_at or stop.closed_at)
    if stop.kind is not StopKind.REFUND or not untouched(desk, parcel):
        raise WrongStatus(parcel.waybill, parcel.state, ParcelState.READY)
    _out(desk, actor, parcel, stopping.open_of(desk, parcel, StopKind.REFUND), stock.Document.CANCEL)
    return desk.stops.get(stop_id)


def untouched(desk: Desk, parcel: Parcel) -> bool:
    """Printed, and nobody can have picked by it: nobody has taken the wave, and nobody was sent its pick list (an open
    wave's card carries it). Once it is out a cart may hold the goods, whatever was tapped."""
    return not_taken(desk, parcel) and not desk.cards.of(NoticeKind.WAVE, parcel.wave_id or 0)


def not_taken(desk: Desk, parcel: Parcel) -> bool:
    """Printed, and nobody has said yet that they pick it."""
    waved = parcel.state is ParcelState.IN_WAVE and parcel.wave_id is not None
    return waved and desk.waves.get(parcel.wave_id or 0).state is WaveState.OPEN


def _out(desk: Desk, actor: Actor, parcel: Parcel, stops: list[Stop], document: stock.Document) -> Parcel:
    """Take what these stops are about out of the box, free its stock, and see where its orders stand."""
    for stop in stops:
        lines = set(stop.line_nos) or {i.line_no for i in parcel.live_items if i.order_id == stop.order_id}
        if parcel.state is not ParcelState.CANCELLED:
            parcel = withdrawal.take_out(desk, actor, parcel, stop.order_id, lines, document)
        _close(desk, actor, stop, lines, document)
    stopping.reblock_each(desk, parcel.order_ids)
    parcel = desk.parcels.get(parcel.id)
    stopping.fit_tasks(desk, parcel)
    wave_progress(desk, actor, parcel)
    for stop in stops:
        replies.of_stop(desk, stop)
    return desk.parcels.get(parcel.id)


def _close(desk: Desk, actor: Actor, stop: Stop, lines: set[int], document: stock.Document) -> None:
    """The stop is done; its order is cancelled when nothing of it is left to ship. What a repack took out is no line of
    its order, whatever became of that number since."""
    news = _answered(desk, actor, stop)
    desk.stops.save(replace(news, state=StopState.DONE, closed_by=actor.name, closed_at=desk.now))
    order = desk.orders.get(stop.order_id)
    gone = lines if stop.kind is StopKind.REFUND else set()
    kept = tuple(replace(line, dropped=True) if line.line_no in gone else line for line in order.lines)
    desk.orders.save([withdrawal.settled(desk, actor, replace(order, lines=kept))])
    if stop.refund_id:
        desk.refunds.save(replace(desk.refunds.get(stop.refund_id), stopped=True))
    verb = "put_back" if document is stock.Document.PUT_BACK else "sheet_torn"
    history.note(desk, actor, "order", order.id, verb)
    stop_calls.redraw(desk, stop)
    notices.redraw(desk, NoticeKind.ORDER, [order.id])
    stock_arrived(desk)


def fills(desk: Desk, actor: Actor, parcel: Parcel) -> bool:
    """Whether whoever packs puts into this box what it lacks: its pick scan is theirs, too."""
    packs = parcel.state is not ParcelState.IN_WAVE and may(actor, Right.PACK, warehouse=parcel.warehouse_id)
    return packs and bool(stopping.open_of(desk, parcel, StopKind.REPICK))


def packed_here(actor: Actor, parcel: Parcel) -> bool:
    """Whether the box is in the hands of those who pack, and this is one of them who never picks: at the pick nothing
    but a task of it is theirs."""
    place, packed = parcel.warehouse_id, parcel.state in IN_HOUSE - {ParcelState.IN_WAVE}
    return packed and may(actor, Right.PACK, warehouse=place) and not may(actor, Right.PICK, warehouse=place)


def repicked(desk: Desk, actor: Actor, parcel: Parcel) -> bool:
    """A pick scan says that what was missing lies in the box. Whether there was such a task. Raises NotEnoughStock
    before anything is written."""
    tasks = stopping.open_of(desk, parcel, StopKind.REPICK)
    if tasks:
        bins.pick(desk, actor, parcel)
    for task in tasks:
        news = _answered(desk, actor, task)
        desk.stops.save(replace(news, state=StopState.DONE, closed_by=actor.name, closed_at=desk.now))
    stop_calls.redraw(desk, *tasks)
    if tasks:
        history.note(desk, actor, "parcel", parcel.id, REPICKED)
        notices.redraw(desk, NoticeKind.ORDER, {task.order_id for task in tasks})
        stopping.reblock_each(desk, parcel.order_ids)
    return bool(tasks)


def tick(desk: Desk) -> int:
    """Escalate stops nobody answered, those nobody pulled who had answered, and those nobody put back: the next people
    are told, the clock is set again. Answers that are overdue are given. Returns how many."""
    due = desk.stops.due(desk.now, BATCH)
    boxes = desk.parcels.many([stop.parcel_id for stop in due])
    for stop in due:
        news = replace(stop, level=stop.level + 1, next_at=_next(desk, stop))
        desk.stops.save(news)
        history.note(desk, CLOCK, "parcel", stop.parcel_id, "stop_escalated", level=str(news.level))
        told = replace(news, level=stop_calls.next_level(stop))
        stop_calls.tell(desk, told, boxes[stop.parcel_id], again=":shelf" if stop.state is StopState.PULLED else "")
    stop_calls.redraw(desk, *due)
    return len(due) + replies.tick(desk)


def _next(desk: Desk, stop: Stop) -> datetime:
    """When the person after the next one is told. The policy's minutes count from the beginning (told at 2, 5, 10);
    past their end the last gap goes on. Who is last in the chain is reminded after twice as long each time, so that a
    night makes seven messages and not a hundred. A clock that stood still does not make up for it."""
    over = max(0, stop_calls.next_level(stop) - len(stop_calls.chain(stop)) + 1)
    step = _step(desk, stop)
    gap = timedelta(minutes=min(step << min(over, _MOST_DOUBLINGS), max(step, desk.policy.stops.longest_minutes)))
    planned = (stop.next_at or desk.now) + gap
    return planned if stop.state is StopState.OPEN and planned > desk.now else desk.now + gap


def _step(desk: Desk, stop: Stop) -> int:
    """Minutes between one person and the next."""
    rules, minutes = desk.policy.stops, desk.policy.stop_escalation_minutes
    if stop.state is StopState.PULLED:
        return rules.put_back_minutes
    if stop.state is StopState.ACKED:
        return rules.missing_minutes if stop.reason == stopping.NOT_THERE else rules.pull_minutes
    place = min(stop.level + 1, len(minutes) - 1)
    return minutes[place] - (minutes[place - 1] if place else 0)
