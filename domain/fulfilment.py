"""Fulfilment: each scan moves one parcel one step, and each reads the stops and holds again (rules.md B8, B9).

Surprising: the outcome of a scan is a value, also when it is a refusal, because one message may carry many codes
and the tenth must not undo the nine before it. A refused scan has written nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain import bins, history, interception, notices, stock, withdrawal
from domain.desk import Desk
from domain.errors import (
    AlreadyScanned,
    NotAllowed,
    NotEnoughStock,
    ParcelStopped,
    Refusal,
    Unknown,
    WeightRefused,
    WrongStatus,
)
from domain.holds import HoldCode, open_codes
from domain.orders import Order, OrderStatus
from domain.parcels import OPEN_STOPS, Parcel, ParcelState, Stop, StopState, WaveState
from domain.people import STATION_RIGHT, Actor, Person, Station, require
from domain.planning import refresh, reprice
from domain.records import NoticeKind

STEP: Mapping[Station, tuple[ParcelState, ParcelState]] = {
    Station.PICK: (ParcelState.IN_WAVE, ParcelState.PICKED),
    Station.PACK: (ParcelState.PICKED, ParcelState.PACKED),
    Station.WEIGH: (ParcelState.PACKED, ParcelState.WEIGHED),
    Station.HAND_OVER: (ParcelState.WEIGHED, ParcelState.HANDED_OVER),
}
_ORDER = list(ParcelState)
_WEIGHT = re.compile(r"^(\d{1,7}(?:[.,]\d{1,3})?)\s*(kg|g|千克|公斤|克)?$", re.IGNORECASE)
HARD_MAX_G = 60_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one code did: the parcel as it is now, or why not. `warn` is a code of something to look at."""

    code: str
    station: Station
    parcel: Parcel | None = None
    refusal: Refusal | None = None
    warn: str = ""
    stop: Stop | None = None

    @property
    def ok(self) -> bool:
        """Whether the step was done."""
        return self.refusal is None


def parse_weight(text: str) -> int | None:
    """`1.25kg`, `1250 g`, `1250` (grams) or `1.25` (kilograms, having a decimal point) to grams; None when not one."""
    match = _WEIGHT.match(text.strip())
    if not match:
        return None
    number, unit = match[1].replace(",", "."), (match[2] or "").casefold()
    kilos = unit in ("kg", "千克", "公斤") or (not unit and "." in number)
    return round(float(number) * (1000 if kilos else 1))


def gate(desk: Desk, parcel: Parcel) -> None:
    """Raises ParcelStopped when a stop or a hold is open: read afresh, in the scan's own transaction (promise 1)."""
    stops = [s for s in desk.stops.of_parcels([parcel.id]).get(parcel.id, ()) if s.state in OPEN_STOPS]
    orders = desk.orders.many(parcel.order_ids)
    codes = tuple(code for order in orders.values() for code in open_codes(order.holds))
    if stops:
        raise ParcelStopped(parcel.number, parcel.waybill, ("REFUND", *codes), stops[0].id)
    if codes or parcel.blocked:
        raise ParcelStopped(parcel.number, parcel.waybill, codes)


def _find(desk: Desk, actor: Actor, station: Station, code: str) -> Parcel:
    parcel = desk.parcels.by_waybill(code)
    if parcel is None:
        raise Unknown("waybill", code)
    require(actor, STATION_RIGHT[station], warehouse=parcel.warehouse_id)
    return parcel


def _check_step(desk: Desk, parcel: Parcel, station: Station) -> None:
    source, target = STEP[station]
    if parcel.state is ParcelState.CANCELLED or _ORDER.index(parcel.state) < _ORDER.index(source):
        raise WrongStatus(parcel.waybill or parcel.number, parcel.state, source)
    if parcel.state is not source:
        done = [e for e in desk.history("parcel", parcel.id) if e.verb == target]
        last = done[0] if done else desk.history("parcel", parcel.id, 1)[0]
        raise AlreadyScanned(parcel.waybill, target, last.actor, last.at)


def _check_weight(desk: Desk, parcel: Parcel, grams: int | None) -> str:
    """Raises WeightRefused; returns a warning code inside the second band (rules.md B9)."""
    limit = HARD_MAX_G
    if parcel.courier_id is not None:
        limit = min(limit, desk.catalog.couriers[parcel.courier_id].max_g)
    if grams is None:
        raise WeightRefused(parcel.waybill, 0, "missing", parcel.expected_g, limit)
    if grams <= 0:
        raise WeightRefused(parcel.waybill, grams, "not_positive", parcel.expected_g, limit)
    if grams > limit:
        raise WeightRefused(parcel.waybill, grams, "too_heavy", parcel.expected_g, limit)
    if not parcel.expected_g:
        return "weight_unknown"
    off = abs(grams - parcel.expected_g)
    tolerance = desk.policy.tolerance_g(parcel.expected_g)
    if off > 2 * tolerance:
        raise WeightRefused(parcel.waybill, grams, "off", parcel.expected_g, 2 * tolerance)
    return "weight_off" if off > tolerance else ""


def scan(desk: Desk, actor: Actor, station: Station, code: str, grams: int | None = None) -> Scanned:
    """One code at one station. Refusals come back as values; nothing of a refused scan is written."""
    try:
        if station is Station.PUT_BACK:
            return _put_back(desk, actor, code)
        return _step(desk, actor, station, code, grams)
    except (NotAllowed, Unknown, WrongStatus, AlreadyScanned, WeightRefused, ParcelStopped, NotEnoughStock) as refusal:
        parcel = None if isinstance(refusal, (Unknown, NotAllowed)) else desk.parcels.by_waybill(code)
        return Scanned(code, station, parcel, refusal)


def _step(desk: Desk, actor: Actor, station: Station, code: str, grams: int | None) -> Scanned:
    parcel = _find(desk, actor, station, code)
    if parcel.state is not ParcelState.HANDED_OVER:
        gate(desk, parcel)
    _check_step(desk, parcel, station)
    warn = _check_weight(desk, parcel, grams) if station is Station.WEIGH else ""
    target = STEP[station][1]
    news = replace(parcel, state=target, state_at=desk.now, holder_id=actor.person_id, holder=actor.name)
    if station is Station.WEIGH and grams is not None:
        news = replace(reprice(desk, news, grams), weight_g=grams)
    if target is ParcelState.PICKED:
        bins.pick(desk, actor, news)
    if target is ParcelState.HANDED_OVER:
        bins.ship(desk, actor, news)
        news = replace(news, handed_over_at=desk.now)
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, target, grams=str(grams or ""))
    if target is ParcelState.HANDED_OVER:
        _ship_orders(desk, actor, news)
    _wave_progress(desk, actor, news)
    return Scanned(code, station, replace(news, revision=news.revision + 1), warn=warn)


def _ship_orders(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """An order is shipped when its last parcel has left."""
    orders = desk.orders.many(parcel.order_ids)
    boxes = desk.parcels.of_orders(parcel.order_ids)
    gone = (ParcelState.HANDED_OVER, ParcelState.CANCELLED)
    shipped = [
        replace(order, status=OrderStatus.SHIPPED)
        for order in orders.values()
        if order.status is OrderStatus.RELEASED and all(p.state in gone for p in boxes[order.id])
    ]
    desk.orders.save(shipped)
    desk.record([history.line(desk, actor, "order", order.id, "shipped", waybill=parcel.waybill) for order in shipped])
    notices.redraw(desk, NoticeKind.ORDER, [order.id for order in shipped])


def _wave_progress(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """The first pick takes the wave, the last one closes it."""
    if parcel.wave_id is None:
        return
    wave = desk.waves.get(parcel.wave_id)
    left = [p for p in desk.parcels.of_wave(wave.id) if p.state is ParcelState.IN_WAVE and p.id != parcel.id]
    news = wave
    if wave.state is WaveState.OPEN and parcel.state is ParcelState.PICKED:
        news = replace(news, state=WaveState.TAKEN, owner_id=actor.person_id, owner=actor.name)
    if not left and wave.state is not WaveState.DONE:
        news = replace(news, state=WaveState.DONE)
    if news != wave:
        desk.waves.save(news)
    notices.redraw(desk, NoticeKind.WAVE, [wave.id])


def _put_back(desk: Desk, actor: Actor, code: str) -> Scanned:
    """The goods of a stopped parcel are on their shelf again: only now is their stock free (promise 2)."""
    parcel = _find(desk, actor, Station.PUT_BACK, code)
    stops = [s for s in desk.stops.of_parcels([parcel.id]).get(parcel.id, ()) if s.state in OPEN_STOPS]
    if not stops:
        done = [e for e in desk.history("parcel", parcel.id) if e.verb == stock.Document.PUT_BACK]
        if done:
            raise AlreadyScanned(parcel.waybill, "put_back", done[0].actor, done[0].at)
        raise WrongStatus(parcel.waybill, parcel.state, "stopped")
    for stop in stops:
        lines = set(stop.line_nos) or {i.line_no for i in parcel.live_items if i.order_id == stop.order_id}
        if parcel.state is not ParcelState.CANCELLED:
            parcel = withdrawal.take_out(desk, actor, parcel, stop.order_id, lines, stock.Document.PUT_BACK)
        _close_stop(desk, actor, stop, lines)
    orders = desk.orders.many(parcel.order_ids)
    for order in orders.values():
        interception.reblock(desk, order)
    _wave_progress(desk, actor, desk.parcels.get(parcel.id))
    return Scanned(code, Station.PUT_BACK, desk.parcels.get(parcel.id), stop=stops[0])


def _close_stop(desk: Desk, actor: Actor, stop: Stop, lines: set[int]) -> None:
    """The stop is done; its order is cancelled when nothing of it is left to ship."""
    desk.stops.save(
        replace(
            stop,
            state=StopState.DONE,
            closed_by=actor.name,
            closed_at=desk.now,
            next_at=None,
            acked_by=stop.acked_by or actor.name,
            acked_at=stop.acked_at or desk.now,
            answer="SUCCESS",
        )
    )
    order = desk.orders.get(stop.order_id)
    kept = tuple(replace(line, dropped=True) if line.line_no in lines else line for line in order.lines)
    news = _settled(desk, actor, replace(order, lines=kept))
    desk.orders.save([news])
    if stop.refund_id:
        desk.refunds.save(replace(desk.refunds.get(stop.refund_id), stopped=True))
    history.note(desk, actor, "order", order.id, "put_back")
    notices.redraw(desk, NoticeKind.STOP, [stop.id])
    notices.redraw(desk, NoticeKind.ORDER, [order.id])
    stock_arrived(desk)


def _settled(desk: Desk, actor: Actor, order: Order) -> Order:
    """Where an order stands when goods of it are back on their shelf: cancelled when nothing of it is left anywhere,
    shipped when all that is left has gone out; not saved."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    left = [p.state for p in boxes if p.state is not ParcelState.CANCELLED and order.id in p.live_orders]
    if not left:
        return order if order.shippable else withdrawal.cancelled(desk, actor, order)
    if all(state is ParcelState.HANDED_OVER for state in left):
        return replace(order, status=OrderStatus.SHIPPED)
    return order


def stock_arrived(desk: Desk) -> None:
    """Units are free again: orders that wait for stock are screened anew, oldest first (automatic release)."""
    codes = [HoldCode.OUT_OF_STOCK, HoldCode.EXPIRY]
    short = desk.orders.held_with(codes, desk.policy.batch_limit)
    if len(short) == desk.policy.batch_limit:
        desk.orders.look_again(desk.now, codes)
    if short:
        refresh(desk, list(desk.orders.many(short).values()))
        notices.redraw(desk, NoticeKind.ORDER, short)


def at_station(desk: Desk, actor: Actor, person: Person, station: Station) -> Person:
    """This person's scans now mean this step. Raises NotAllowed."""
    require(actor, STATION_RIGHT[station])
    news = replace(person, station=station, last_parcel=None)
    desk.people.save(news)
    return replace(news, revision=news.revision + 1)
