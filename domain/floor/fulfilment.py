"""Fulfilment: each scan moves one parcel one step, and each reads the stops and holds again (rules.md B8, B9).

Surprising: the outcome of a scan is a value, also when it is a refusal, because one message may carry many codes
and the tenth must not undo the nine before it. Each is an attempt of its own: what a refused one wrote is undone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain import history
from domain.codes import Code
from domain.desk import Desk
from domain.errors import (
    AlreadyScanned,
    BinWanted,
    FeedStale,
    ItemRefused,
    MaterialMissing,
    NotAllowed,
    NotEnoughStock,
    NoteUnread,
    ParcelStopped,
    ProofMissing,
    PullFirst,
    Refusal,
    Unknown,
    WeightRefused,
    WrongCourier,
    WrongStatus,
)
from domain.floor import checking, loading, materials, proofs_wanted, weighing
from domain.floor.aftermath import wave_progress
from domain.floor.parcels import TAKES_OUT, Parcel, ParcelState, Stop, StopKind
from domain.orders import boxed
from domain.orders.orders import OrderStatus
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people import notices
from domain.people.people import STATION_RIGHT, Actor, Person, Right, Station, require
from domain.planning.merging import one_place
from domain.planning.planning import reprice
from domain.policy.policy_checks import CheckMode
from domain.records import NoticeKind
from domain.review.holds import open_codes
from domain.stock import bins
from domain.stops import feeds, pulls
from domain.waybills import numbering

STEP: Mapping[Station, tuple[ParcelState, ParcelState]] = {
    Station.PICK: (ParcelState.IN_WAVE, ParcelState.PICKED),
    Station.CHECK: (ParcelState.PICKED, ParcelState.CHECKED),
    Station.PACK: (ParcelState.CHECKED, ParcelState.PACKED),
    Station.WEIGH: (ParcelState.PACKED, ParcelState.WEIGHED),
    Station.HAND_OVER: (ParcelState.WEIGHED, ParcelState.HANDED_OVER),
}
_ORDER = list(ParcelState)
_LOUD = {kind: place for place, kind in enumerate(TAKES_OUT)}
_WEIGHT = re.compile(r"^(\d{1,7}(?:[.,]\d{1,3})?)\s*(kg|g|千克|公斤|克)?$", re.IGNORECASE)
REFUSALS = (
    NotAllowed,
    Unknown,
    WrongStatus,
    AlreadyScanned,
    ItemRefused,
    MaterialMissing,
    ProofMissing,
    NoteUnread,
    NotEnoughStock,
    WeightRefused,
    ParcelStopped,
    PullFirst,
    BinWanted,
    WrongCourier,
    FeedStale,
)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one code did: the parcel as it is now, or why not. `warn` is a code of something to look at, `units` how
    many it was about at a check."""

    code: str
    station: Station
    parcel: Parcel | None = None
    refusal: Refusal | None = None
    warn: str = ""
    stop: Stop | None = None
    units: int = 1

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


def gate(desk: Desk, parcel: Parcel, *, picking: bool = False) -> str:
    """Raises ParcelStopped when a stop or a hold is open, or when its orders do not go to one place any more: read
    afresh, in the scan's own transaction (promise 1).

    While the news of one of its shops are stale a refund may be unknown: raises FeedStale, or returns a warning where
    the shop lets its parcels through or the silence is only unusual. `picking` lets a task to pick something again
    pass, as that is what it asks for.
    """
    orders = desk.orders.many(parcel.order_ids)
    found = [stop for stop in desk.stops.of_parcels([parcel.id]).get(parcel.id, ()) if stop.open]
    stops = [stop for stop in found if not (picking and stop.kind is StopKind.REPICK)]
    codes = tuple(code for order in orders.values() for code in open_codes(order.holds))
    kinds = {kind: () if kind is StopKind.HOLD else (kind.upper(),) for kind in StopKind}
    if stops:
        first = min(stops, key=lambda stop: _LOUD.get(stop.kind, 2))
        raise ParcelStopped(parcel.number, parcel.waybill, (*kinds[first.kind], *codes), first.id)
    if codes or (parcel.blocked and not found):
        raise ParcelStopped(parcel.number, parcel.waybill, codes)
    if not one_place([orders[order_id] for order_id in parcel.live_orders]):
        raise ParcelStopped(parcel.number, parcel.waybill, ("TWO_PLACES",))
    silent = feeds.stale(desk, {order.shop_id for order in orders.values()})
    shut = next((one for one in silent if one.shut), None)
    if shut:
        raise FeedStale(parcel.waybill, shut.shop.name, shut.minutes(desk.now))
    return "feed_stale" if silent else ""


_OLD: Mapping[Paper, str] = {Paper.LABEL: "LABEL_OLD", Paper.SLIP: "SLIP_OLD"}


def _paper_holds(desk: Desk, parcel: Parcel, station: Station) -> str:
    """From the check on a label is on the box, until it is packed its slip is not in it: raises ParcelStopped when one
    says something else than it should. Before that, and of the slip in a box that is weighed, a warning is returned.
    Papers that were never printed here are nobody's concern."""
    old = printing.outdated(desk, parcel)
    refused = {Station.PICK: (), Station.CHECK: old, Station.PACK: old}.get(station, (Paper.LABEL,))
    if found := [paper for paper in old if paper in refused]:
        raise ParcelStopped(parcel.number, parcel.waybill, tuple(_OLD[paper] for paper in found))
    return _OLD[old[0]].lower() if old and station is not Station.HAND_OVER else ""


def _find(desk: Desk, actor: Actor, station: Station, code: str) -> Parcel:
    parcel = desk.parcels.by_waybill(code)
    if parcel is None:
        again = numbering.worn_before(desk, code)
        if again is not None:
            raise ParcelStopped(again.number, again.waybill, ("LABEL_OLD",))
        raise Unknown("waybill", code)
    if not (station is Station.PICK and pulls.fills(desk, actor, parcel)):
        if station is Station.PICK and pulls.packed_here(actor, parcel):
            raise WrongStatus(parcel.waybill, parcel.state, "to_fill")
        require(actor, STATION_RIGHT[station], warehouse=parcel.warehouse_id)
    return parcel


def _check_step(desk: Desk, parcel: Parcel, station: Station) -> None:
    source, target = STEP[station]
    if station is Station.PACK and parcel.state is not ParcelState.CHECKED and not must_check(desk, parcel):
        source = ParcelState.PICKED
    if parcel.state is ParcelState.CANCELLED or _ORDER.index(parcel.state) < _ORDER.index(source):
        raise WrongStatus(parcel.waybill or parcel.number, parcel.state, source)
    if parcel.state is not source:
        done = [e for e in desk.history("parcel", parcel.id) if e.verb == target]
        last = done[0] if done else desk.history("parcel", parcel.id, 1)[0]
        raise AlreadyScanned(parcel.waybill, target, last.actor, last.at)


def must_check(desk: Desk, parcel: Parcel) -> bool:
    """Whether the parcel cannot be packed without a check."""
    return checking.wanted(desk, parcel) is not CheckMode.NONE


def next_station(desk: Desk, parcel: Parcel) -> Station | None:
    """Where the parcel goes next; None when it is not on its way through the house."""
    if parcel.state is ParcelState.PICKED and not must_check(desk, parcel):
        return Station.PACK
    return next((station for station, (source, _) in STEP.items() if source is parcel.state), None)


def scan(
    desk: Desk, actor: Actor, station: Station, code: str, grams: int | None = None, at: datetime | None = None
) -> Scanned:
    """One code at one station, scanned `at` (None = now). Refusals come back as values; nothing of a refused scan is
    written."""
    try:
        with desk.attempt():
            if station is Station.PUT_BACK:
                return _put_back(desk, actor, code)
            return _step(desk, actor, station, _find(desk, actor, station, code), code, grams, at)
    except REFUSALS as refusal:
        parcel = None if isinstance(refusal, (Unknown, NotAllowed)) else desk.parcels.by_waybill(code)
        return Scanned(code, station, parcel, refusal)


def force_weight(desk: Desk, actor: Actor, code: str, grams: int, reason: str) -> Parcel:
    """A lead lets a weight pass that is too far off, with the reason in the history; everything else is checked as at
    every weighing, and the box stays with who had it. Raises the scan's refusals, ReasonNeeded, NotAllowed; then
    nothing was changed."""
    parcel = desk.parcels.by_waybill(code)
    if parcel is None:
        raise Unknown("waybill", code)
    weighing.require_force(desk, actor, parcel, reason)
    done = _step(desk, actor, Station.WEIGH, parcel, code, grams, force=reason.strip())
    assert done.parcel is not None
    return done.parcel


def _step(
    desk: Desk,
    actor: Actor,
    station: Station,
    parcel: Parcel,
    code: str,
    grams: int | None,
    at: datetime | None = None,
    force: str = "",
) -> Scanned:
    passed = ""
    if parcel.state is not ParcelState.HANDED_OVER:
        passed = gate(desk, parcel, picking=station is Station.PICK)
        old = _paper_holds(desk, parcel, station)
        passed = passed or old
        if station is Station.PICK and pulls.repicked(desk, actor, parcel):
            parcel = desk.parcels.get(parcel.id)
            if parcel.state is not ParcelState.IN_WAVE:
                lacks = parcel.state is ParcelState.PACKED and proofs_wanted.missing(desk, parcel)
                return Scanned(code, station, parcel, warn=passed or ("proof_wanted" if lacks else ""))
    _check_step(desk, parcel, station)
    if station in (Station.CHECK, Station.PACK):
        checking.require_notes_read(desk, parcel)
    if station is Station.CHECK and checking.wanted(desk, parcel) is not CheckMode.QUICK:
        return Scanned(code, station, _checked(desk, actor, checking.opened(desk, actor, parcel)), warn=passed)
    if station is Station.HAND_OVER:
        loading.require_courier(desk, actor, parcel)
        weighing.require_all_weighed(desk, parcel)
        proofs_wanted.require(desk, parcel)
    warn = (
        weighing.check(desk, actor, parcel, grams, at, forced=bool(force)) if station is Station.WEIGH else ""
    ) or passed
    target = STEP[station][1]
    news = replace(parcel, state=target, state_at=desk.now)
    if not force:  # who lets a weight pass has the box not in hand: a stop would call a desk
        news = replace(news, holder_id=actor.person_id, holder=actor.name)
    if station is Station.WEIGH and grams is not None:
        news = replace(reprice(desk, materials.sized(desk, news), grams), weight_g=grams)
        if force:
            weighing.note_force(desk, actor, parcel, grams, force)
    if target is ParcelState.PICKED:
        bins.pick(desk, actor, news)
    if target is ParcelState.PACKED:
        news, short = materials.by_default(desk, actor, news)
        warn = short or warn
    if target in (ParcelState.PACKED, ParcelState.WEIGHED):
        materials.require_known(desk, news)
        asks = "proof_wanted" if target is ParcelState.PACKED else "proof_missing"
        warn = warn or (asks if proofs_wanted.missing(desk, news) else "")
    if target is ParcelState.HANDED_OVER:
        bins.ship(desk, actor, news)
        news = replace(_collecting(desk, news), handed_over_at=desk.now)
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, target, grams=str(grams or ""), was=parcel.state)
    if target is ParcelState.HANDED_OVER:
        _ship_orders(desk, actor, news)
    wave_progress(desk, actor, news)
    return Scanned(code, station, replace(news, revision=news.revision + 1), warn=warn)


def _collecting(desk: Desk, parcel: Parcel) -> Parcel:
    """The parcel with what its courier is to collect for it, as its label says."""
    inside = list(desk.orders.many(parcel.live_orders).values())
    due = sum(order.at_door for order in inside)
    return replace(parcel, collect=due, collect_currency=inside[0].currency if due else "")


def check_item(desk: Desk, actor: Actor, parcel: Parcel, told: Code, sku: str) -> Scanned:
    """One code of an open check: goods, or the last unit's serial number or batch. Refusals come back as values."""
    code = told.text
    try:
        with desk.attempt():
            passed = gate(desk, parcel)
            _paper_holds(desk, parcel, Station.CHECK)
            checking.require_notes_read(desk, parcel)
            units = checking.count(desk, actor, parcel, told, sku)
            return Scanned(code, Station.CHECK, _checked(desk, actor, parcel), warn=passed, units=units)
    except REFUSALS as refusal:
        return Scanned(code, Station.CHECK, parcel, refusal)


def swap_batch(desk: Desk, actor: Actor, code: str, batch: str) -> Parcel:
    """A lead lets a batch go out that was not picked (`checking.swap_batch`); everything else is checked as at every
    scan. Raises the scan's refusals; then nothing was changed."""
    parcel = desk.parcels.by_waybill(code)
    if parcel is None:
        raise Unknown("waybill", code)
    require(actor, Right.OVERRIDE, warehouse=parcel.warehouse_id)
    gate(desk, parcel)
    _paper_holds(desk, parcel, Station.CHECK)
    checking.swap_batch(desk, actor, parcel, batch)
    return _checked(desk, actor, parcel)


def pack_into(desk: Desk, actor: Actor, parcel: Parcel, told: Code, sku: str) -> Scanned:
    """A parcel's material, scanned after it. Refusals come back as values."""
    code = told.text
    try:
        with desk.attempt():
            require(actor, Right.PACK, warehouse=parcel.warehouse_id)
            if told.units > 1:
                raise ItemRefused(parcel.waybill, "one_box", sku, desk.catalog.skus[sku].title)
            passed = gate(desk, parcel)
            if parcel.material == sku:
                return Scanned(code, Station.PACK, parcel, warn=passed)
            news = materials.use(desk, actor, parcel, sku)
            desk.parcels.save([news])
            history.note(desk, actor, "parcel", parcel.id, "packed_into", sku=sku)
            return Scanned(code, Station.PACK, replace(news, revision=news.revision + 1), warn=passed)
    except REFUSALS as refusal:
        return Scanned(code, Station.PACK, parcel, refusal)


def _checked(desk: Desk, actor: Actor, parcel: Parcel) -> Parcel:
    """The parcel after one more code: checked when all is in it. It is saved every time, so that a refund, or
    somebody else who scans into the same box, meets it here."""
    complete = checking.progress(desk, parcel).complete
    news = replace(parcel, state=ParcelState.CHECKED, state_at=desk.now) if complete else parcel
    desk.parcels.save([news])
    if complete:
        history.note(desk, actor, "parcel", parcel.id, ParcelState.CHECKED, was=parcel.state)
        wave_progress(desk, actor, news)
    return replace(news, revision=news.revision + 1)


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
    left = {order.id: boxed.missing(order, boxes[order.id], desk.catalog) for order in shipped}
    told = [
        history.line(desk, actor, "order", number, "not_shipped", boxed.told(gap))
        for number, gap in left.items()
        if gap
    ]
    desk.record(told)
    notices.redraw(desk, NoticeKind.ORDER, [order.id for order in shipped])


def _put_back(desk: Desk, actor: Actor, code: str) -> Scanned:
    parcel, stop = pulls.put_back(desk, actor, _find(desk, actor, Station.PUT_BACK, code))
    return Scanned(code, Station.PUT_BACK, parcel, stop=stop)


def put_into(desk: Desk, actor: Actor, parcel: Parcel, code: str) -> Scanned:
    """A bin's code after a stopped parcel's: its goods lie there. Refusals come back as values."""
    try:
        with desk.attempt():
            require(actor, Right.PUT_BACK, warehouse=parcel.warehouse_id)
            box, stop = pulls.put_back(desk, actor, parcel, code)
            return Scanned(code, Station.PUT_BACK, box, stop=stop)
    except REFUSALS as refusal:
        return Scanned(code, Station.PUT_BACK, parcel, refusal)


def at_station(desk: Desk, actor: Actor, person: Person, station: Station) -> Person:
    """This person's scans now mean this step; whose van they loaded is over. Raises NotAllowed."""
    require(actor, STATION_RIGHT[station])
    loading.end(desk, actor)
    news = replace(person, station=station, last_parcel=None)
    desk.people.save(news)
    return replace(news, revision=news.revision + 1)
