"""The floor: what a message full of codes means to the person who sends it, and the log of what they scanned.

Surprising: nobody has to choose a station. Without one, a code asks for the next step of its parcel that this
person may do; so a newcomer can just scan, and a stopped parcel is still only ever put back on purpose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain import history
from domain.codes import Code
from domain.desk import Desk
from domain.errors import (
    AlreadyScanned,
    BackAlready,
    BadValue,
    BinWanted,
    ItemRefused,
    NotAllowed,
    ParcelStopped,
    PullFirst,
    Refusal,
    Unknown,
    WeightRefused,
    WrongStatus,
)
from domain.floor import checking, fulfilment, materials, tracing
from domain.floor.fulfilment import STEP
from domain.floor.parcels import Parcel, ParcelState
from domain.paper import paper_codes
from domain.people import notices
from domain.people.people import STATION_RIGHT, Actor, Right, Station
from domain.records import Event, NoticeKind, Return
from domain.stops import pulls, returns
from domain.waybills import numbering

FLOOR_RIGHTS = frozenset(STATION_RIGHT.values())
PLACE_HOURS = 12
BUSY = timedelta(minutes=2)
_ORDER = list(ParcelState)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one code did: a step of `parcel`, a return that is here, or something that was only looked at: goods
    (`sku`), one of our papers, a serial number or a batch (`traced`). `units` of goods were told; at a check, those the
    code was about. `pulled` is the stop whose parcel now lies on the stop shelf."""

    code: str
    station: Station
    parcel: Parcel | None = None
    returned: Return | None = None
    sku: str = ""
    refusal: Refusal | None = None
    warn: str = ""
    grams: int | None = None
    undone: bool = False
    material: bool = False
    pulled: int | None = None
    units: int = 1
    papers: tuple[paper_codes.Paper, ...] = ()
    traced: bool = False

    @property
    def checking(self) -> bool:
        """Whether the parcel's check goes on after this code."""
        at_check = self.station is Station.CHECK and not self.pulled
        return at_check and self.parcel is not None and self.parcel.state is ParcelState.PICKED

    @property
    def verdict(self) -> str:
        """ok, item (counted, the check goes on), again (a calm repeat), ask (its weight is wanted), shelf (the stop
        shelf's code is), bin (the code of a bin its goods go to is), stop, look (goods), paper, found (a number or a
        batch), refused, or scan_undone."""
        if self.undone:
            return "scan_undone"
        if self.sku or self.papers or self.traced:
            return "look" if self.sku else "paper" if self.papers else "found"
        if self.refusal is None:
            return "item" if self.checking or self.material else "ok"
        if isinstance(self.refusal, AlreadyScanned):
            return "again"
        if isinstance(self.refusal, ParcelStopped):
            return "stop"
        if isinstance(self.refusal, PullFirst):
            return "shelf"
        if isinstance(self.refusal, BinWanted):
            return "bin"
        return "ask" if isinstance(self.refusal, WeightRefused) and self.refusal.why == "missing" else "refused"


@dataclass(frozen=True, slots=True)
class Scans:
    """What a message did. `place_needed`: a return was scanned by somebody of several warehouses; nothing was done.

    `before` and `count` are the person's good scans of this hour before and after; `busy`: they scanned just before,
    too, so their running card is not far up in the chat.
    """

    outcomes: tuple[Outcome, ...] = field(default_factory=tuple)
    place_needed: bool = False
    before: int = 0
    count: int = 0
    busy: bool = False


def on_floor(actor: Actor) -> bool:
    """Whether this person scans at all."""
    return bool(FLOOR_RIGHTS & actor.rights)


def log(desk: Desk, person_id: int, limit: int) -> list[Event]:
    """The person's last scans, newest first. Data: code, station, verdict, why, warn, grams, units, count, place."""
    return desk.history("shift", person_id, limit)


def count_of_hour(desk: Desk, person_id: int, at: datetime | None = None) -> int:
    """The person's good scans since the hour of `at` began, None = this hour."""
    return _count(_latest(desk, person_id), at or desk.now)


def _latest(desk: Desk, person_id: int) -> Event | None:
    return next(iter(log(desk, person_id, 1)), None)


def _count(last: Event | None, at: datetime) -> int:
    return int(last.data["count"]) if last is not None and _hour(last.at) == _hour(at) else 0


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def sku_of(desk: Desk, code: str) -> str:
    """The sku behind a barcode (EAN and UPC differ by leading zeros) or a sku code, '' when it is none."""
    for sku in desk.catalog.skus.values():
        if sku.code.casefold() == code.casefold() or (sku.barcode and sku.barcode.lstrip("0") == code.lstrip("0")):
            return sku.code
    return ""


def station_for(desk: Desk, actor: Actor, code: str, grams: int | None) -> Station:
    """The station a code means to somebody who chose none: the parcel's next step, or else what they can tell of it."""
    parcel = desk.parcels.by_waybill(code)
    rights = actor.rights
    if Right.RECEIVE in rights and (parcel is None or parcel.state is ParcelState.HANDED_OVER):
        return Station.RECEIVE
    mine = [station for station in STEP if STATION_RIGHT[station] in rights]
    if not mine:
        return Station.RECEIVE if Right.RECEIVE in rights else Station.PUT_BACK
    if parcel is None:
        return mine[0]
    if grams is not None and Station.WEIGH in mine:
        return Station.WEIGH
    if not fulfilment.must_check(desk, parcel):
        mine = [station for station in mine if station is not Station.CHECK] or mine
    ahead = [station for station in mine if _ORDER.index(STEP[station][0]) >= _ORDER.index(parcel.state)]
    return ahead[0] if ahead else mine[-1]


def place_of(desk: Desk, actor: Actor) -> int | None:
    """The warehouse this person receives in: the only one of their scope, or where they last said they are."""
    places = [place for place in desk.catalog.warehouses if actor.warehouses is None or place in actor.warehouses]
    if len(places) == 1:
        return places[0]
    if actor.person_id is None:
        return None
    since = desk.now - timedelta(hours=PLACE_HOURS)
    said = [event.data["place"] for event in log(desk, actor.person_id, 50) if event.at >= since]
    return next((int(place) for place in said if place and int(place) in places), None)


def scan(
    desk: Desk,
    actor: Actor,
    codes: Sequence[tuple[str, int | None] | Code],
    *,
    station: Station | None = None,
    place: int | None = None,
    at: datetime | None = None,
) -> Scans:
    """The codes of one message, each with its grams if told, in order, in one transaction, scanned `at` (None = now).
    Refusals are values.

    `station` is for this message only; else the person's own, else the one each code means. A code '' is the last
    parcel this person scanned. `place` is the warehouse of returns.
    """
    assert actor.person_id is not None
    person = desk.people.get(actor.person_id)
    own = station or person.station
    place = place or place_of(desk, actor)
    planned = []
    for one in codes:
        code = (one[0] or _last_code(desk, person.last_parcel)).strip().upper()
        told = Code(code, *one[1:])
        planned.append((told, own or station_for(desk, actor, code, told.grams)))
    if place is None and any(at is Station.RECEIVE and not _lies_here(desk, told.text) for told, at in planned):
        return Scans(place_needed=True)
    found, last = list[Outcome](), person.last_parcel
    latest = _latest(desk, actor.person_id)
    before = count = _count(latest, at or desk.now)
    busy = latest is not None and desk.now - latest.at < BUSY
    for number, (told, _) in enumerate(planned, 1):
        here = own or station_for(desk, actor, told.text, told.grams)  # the code before may have moved its parcel on
        shelf = any(pulls.shelf_of(desk, one.text) for one, _ in planned[number : number + 1])
        done = _pulled(desk, told.text) if shelf and here is Station.PUT_BACK else None
        done = done or _one(desk, actor, here, told, place, last, at, free=own is None)
        count = write_log(desk, actor, [done], count, place, at)  # the next code is compared with this one
        found.append(done)
        last = done.parcel.id if done.parcel else last
    if person.last_parcel != last:
        desk.people.save(replace(person, last_parcel=last))
    notices.redraw(desk, NoticeKind.SCAN, [actor.person_id])
    return Scans(tuple(found), before=before, count=count, busy=busy)


def _last_code(desk: Desk, parcel_id: int | None) -> str:
    return desk.parcels.get(parcel_id).waybill if parcel_id is not None else ""


def _lies_here(desk: Desk, code: str) -> bool:
    """Goods of ours, a stop shelf, a paper: nothing that came back."""
    if sku_of(desk, code) or pulls.shelf_of(desk, code) is not None or paper_codes.of(desk, code):
        return True
    return _is_number(desk, code)


def _is_number(desk: Desk, code: str) -> bool:
    """A unit's serial number that is no label of a parcel that came back."""
    return desk.returns.by_waybill(code) is None and tracing.is_number(desk, code)


def _one(
    desk: Desk,
    actor: Actor,
    station: Station,
    told: Code,
    place: int | None,
    last: int | None,
    at: datetime | None,
    *,
    free: bool = False,
) -> Outcome:
    code = told.text
    shelf = pulls.shelf_of(desk, code)
    if shelf is not None:
        return _pull(desk, actor, code, shelf, last)
    if desk.parcels.by_waybill(code) is None:
        sku = sku_of(desk, code)
        found = _of_parcel_at_hand(desk, actor, station, told, sku, last, free=free)
        found = found or _looked_at(desk, actor, station, told, sku)
        if found is not None:
            return found
    if station is Station.RECEIVE:
        return _receive(desk, actor, code, place or 0)
    done = fulfilment.scan(desk, actor, station, code, told.grams, at)
    weight = told.grams if station is Station.WEIGH else None
    return Outcome(code, station, done.parcel, refusal=done.refusal, warn=done.warn, grams=weight)


def _of_parcel_at_hand(
    desk: Desk, actor: Actor, station: Station, told: Code, sku: str, last: int | None, *, free: bool
) -> Outcome | None:
    """What the code does to the parcel scanned before: counted into its check, a bin its goods go to, its material."""
    code = told.text
    box = checking.open_for(desk, actor, last) if free or station is Station.CHECK else None
    if box is not None and code and (sku or checking.progress(desk, box).want or not paper_codes.of(desk, code)):
        item = fulfilment.check_item(desk, actor, box, told, sku)
        return Outcome(code, Station.CHECK, item.parcel, refusal=item.refusal, warn=item.warn, units=item.units)
    back = desk.parcels.get(last) if last is not None and not sku and (free or station is Station.PUT_BACK) else None
    if back is not None and code and pulls.waits_for_bin(desk, back):
        put = fulfilment.put_into(desk, actor, back, code)
        return Outcome(code, Station.PUT_BACK, put.parcel, refusal=put.refusal)
    packed = _packed(desk, last) if sku and (free or station is Station.PACK) else None
    if packed is not None and materials.is_material(desk, sku):
        item = fulfilment.pack_into(desk, actor, packed, told, sku)
        return Outcome(code, Station.PACK, item.parcel, refusal=item.refusal, warn=item.warn, material=True)
    if sku and (free or station is Station.CHECK) and not materials.is_material(desk, sku):
        return _beyond(desk, actor, code, sku, last)
    return None


def _beyond(desk: Desk, actor: Actor, code: str, sku: str, last: int | None) -> Outcome | None:
    """Goods for a box whose check is over, refused."""
    try:
        checking.require_room(desk, actor, last, sku)
    except ItemRefused as refusal:
        assert last is not None
        return Outcome(code, Station.CHECK, desk.parcels.get(last), refusal=refusal)
    return None


def _looked_at(desk: Desk, actor: Actor, station: Station, told: Code, sku: str) -> Outcome | None:
    """Goods, one of our papers, or a unit's number: nothing moves. At the returns' table a batch's name is a label."""
    code = told.text
    if sku:
        return Outcome(code, station, sku=sku, units=told.units)
    try:
        papers = paper_codes.opened(desk, actor, code)
    except NotAllowed as refusal:
        return Outcome(code, station, refusal=refusal)
    if papers:
        return Outcome(code, station, papers=papers)
    if numbering.worn_before(desk, code) is not None:
        return None
    label = station is Station.RECEIVE
    found = _is_number(desk, code) or (not label and code and tracing.batches(desk, actor, code))
    return Outcome(code, station, traced=True) if found else None


def _packed(desk: Desk, last: int | None) -> Parcel | None:
    """The parcel this person scanned last, when it is packed and not weighed yet; where nothing is packed without its
    material, also when it comes to be packed next."""
    parcel = desk.parcels.get(last) if last is not None else None
    if parcel is None or parcel.state is ParcelState.PACKED:
        return parcel
    early = desk.policy.checks.material_required and fulfilment.next_station(desk, parcel) is Station.PACK
    return parcel if early else None


def _pulled(desk: Desk, code: str) -> Outcome | None:
    """A parcel before the stop shelf's code, that lies there already: named, not put back."""
    box = desk.parcels.by_waybill(code)
    again = pulls.on_shelf(desk, box) if box is not None else None
    return Outcome(code, Station.PUT_BACK, box, refusal=again) if again else None


def _pull(desk: Desk, actor: Actor, code: str, shelf: int, last: int | None) -> Outcome:
    """The stop shelf's code after a parcel's: that is where the parcel now lies."""
    if last is None:
        return Outcome(code, Station.PUT_BACK, refusal=Unknown("waybill", code))
    parcel = desk.parcels.get(last)
    try:
        with desk.attempt():
            stop = pulls.pull(desk, actor, parcel, shelf)
    except (NotAllowed, WrongStatus, BackAlready, BadValue, AlreadyScanned) as refusal:
        return Outcome(code, Station.PUT_BACK, parcel, refusal=refusal)
    return Outcome(code, Station.PUT_BACK, desk.parcels.get(stop.parcel_id), pulled=stop.id)


def _receive(desk: Desk, actor: Actor, code: str, place: int) -> Outcome:
    try:
        with desk.attempt():
            return Outcome(code, Station.RECEIVE, returned=returns.arrive(desk, actor, code, place))
    except (NotAllowed, AlreadyScanned, BadValue, WrongStatus) as refusal:
        return Outcome(code, Station.RECEIVE, returned=desk.returns.by_waybill(code), refusal=refusal)


def write_log(
    desk: Desk,
    actor: Actor,
    outcomes: Sequence[Outcome],
    count: int,
    place: int | None,
    at: datetime | None = None,
) -> int:
    """One line of the shift per code, scanned `at` (None = now); returns the new count of the hour."""
    lines = []
    for outcome in outcomes:
        count = max(0, count + (outcome.verdict == "ok") - outcome.undone)
        facts = {
            "code": outcome.code,
            "station": str(outcome.station),
            "verdict": outcome.verdict,
            "why": _why(outcome.refusal),
            "warn": outcome.warn,
            "grams": str(outcome.grams or ""),
            "units": str(outcome.units) if outcome.units > 1 else "",
            "count": str(count),
            "of": outcome.parcel.waybill
            if outcome.parcel and (outcome.material or outcome.station in (Station.CHECK, Station.PUT_BACK))
            else "",
            "pulled": outcome.parcel.waybill if outcome.pulled and outcome.parcel else "",
            "place": str(place) if outcome.station is Station.RECEIVE and place else "",
        }
        line = history.line(desk, actor, "shift", actor.person_id or 0, "scanned", **facts)
        lines.append(replace(line, at=at or desk.now))
    desk.record(lines)
    return count


def _why(refusal: Refusal | None) -> str:
    """Its kind, and where that says too little, which of it: at a check a code that comes too early is no wrong one."""
    match refusal:
        case ItemRefused(why=more) | BadValue(what="stop_shelf" as more) | AlreadyScanned(step="pulled" as more):
            return f"{type(refusal).__name__}.{more}"
    return type(refusal).__name__ if refusal else ""
