"""Taking the last scan back: a person scanned the wrong slip, or at the wrong station.

Surprising: only the very last step of a parcel can go, by the person who did it, and only while it is here. What has
been handed over is so until its courier has signed (`domain.floor.dock`); a stopped parcel is only ever put back on
purpose.
"""

from dataclasses import replace
from datetime import datetime

from domain import history
from domain.desk import Desk
from domain.errors import ScanStays, ShipmentStays
from domain.floor import checking, dock, floor, fulfilment, materials
from domain.floor.floor import Outcome
from domain.floor.parcels import MOVES, Parcel, ParcelState, WaveState
from domain.people import notices
from domain.people.people import STATION_RIGHT, Actor, Station, require
from domain.planning.planning import reprice, units_of
from domain.records import Event, NoticeKind
from domain.stock import bins, stock_trail
from domain.stops import pulls

UNDONE = "scan_undone"
_MINE = 20
_STEPS = {str(target) for _, target in fulfilment.STEP.values()}


def last(desk: Desk, person_id: int) -> Event | None:
    """The person's last scan that did something and was not taken back; None when there is none to speak of."""
    done = (event for event in floor.log(desk, person_id, _MINE) if event.data["verdict"] in ("ok", "item", UNDONE))
    found = next(done, None)
    return found if found and found.data["verdict"] != UNDONE else None


def of_document(desk: Desk, person_id: int, code: str = "") -> int | None:
    """The stock document this person holds, when what they scanned last ('' = whatever it was) was for it."""
    doc = desk.stock_docs.held_by(person_id)
    step = stock_trail.last(desk, doc.id) if doc else None
    if doc is None or step is None:
        return None
    if code:
        return doc.id if stock_trail.code_of(code) == step.data["code"] else None
    scan = last(desk, person_id)
    return doc.id if scan is None or (step.actor_id == person_id and scan.at <= step.at) else None


def can_go_back(station: Station) -> bool:
    """Whether a step of this station can be taken back at all."""
    return station in fulfilment.STEP


def in_time(desk: Desk, scan: Event, at: datetime | None = None) -> bool:
    """Whether the policy still lets this scan be taken back: what a button asks before it shows itself."""
    back = can_go_back(Station(scan.data["station"]))
    return back and ((at or desk.now) - scan.at).total_seconds() <= desk.policy.scanning.undo_seconds


def undo(desk: Desk, actor: Actor, code: str, at: datetime | None = None) -> Outcome:
    """Take back this person's last scan, which must be of `code` ('' = whichever it was); they said so `at`, None =
    now. Raises ScanStays, ShipmentStays, ParcelStopped, NotAllowed; then nothing was changed."""
    assert actor.person_id is not None
    scan = last(desk, actor.person_id)
    code = code.strip().upper()
    if scan is None or code not in ("", *_codes(scan)):
        raise ScanStays(code, "not_last" if scan else "none")
    code, station = scan.data["code"], Station(scan.data["station"])
    _require_step(scan, station)
    parcel = desk.parcels.by_waybill(scan.data.get("of") or code)
    if parcel is None:
        raise ScanStays(code, "moved_on")
    require(actor, STATION_RIGHT[station], warehouse=parcel.warehouse_id)
    if parcel.state is not ParcelState.HANDED_OVER:
        fulfilment.gate(desk, parcel)
    elif station is not Station.HAND_OVER:
        raise ScanStays(code, "moved_on")
    elif why := dock.why_gone(desk, parcel):
        raise ShipmentStays(code, why)
    if station is Station.CHECK and parcel.state is ParcelState.PICKED:
        return _taken_out(desk, actor, parcel, scan, at)
    if station is Station.PACK and scan.data["verdict"] == "item":
        return _unpacked(desk, actor, parcel, scan, at)
    step = next((e for e in desk.history("parcel", parcel.id) if e.verb in {*_STEPS, UNDONE, pulls.REPICKED}), None)
    if station is Station.PICK and step is not None and step.verb == pulls.REPICKED:
        raise ScanStays(code, "repicked")
    if step is None or step.verb != parcel.state or step.actor_id != actor.person_id:
        raise ScanStays(code, "moved_on")
    if not in_time(desk, scan, at):
        raise ScanStays(code, "late", desk.policy.scanning.undo_seconds)
    if station is Station.CHECK:
        checking.take_back(desk, parcel, code, _units(scan))
    return _told(desk, actor, Outcome(code, station, _step_back(desk, actor, parcel, step), undone=True))


def _codes(scan: Event) -> tuple[str, ...]:
    """What the person may call it: the code, or the parcel it put away."""
    away = scan.data.get("of", "") if scan.data["station"] == Station.PUT_BACK else ""
    return (scan.data["code"], away) if away else (scan.data["code"],)


def _require_step(scan: Event, station: Station) -> None:
    """Only a step on a parcel's way out can go back. Raises ScanStays with what it was instead."""
    if station is Station.RECEIVE:
        raise ScanStays(scan.data["code"], "received")
    if station is Station.PUT_BACK:
        pulled = scan.data.get("pulled", "")
        raise ScanStays(pulled or scan.data.get("of") or scan.data["code"], "pulled" if pulled else "put_back")


def _units(scan: Event) -> int:
    return int(scan.data.get("units") or 1)


def _taken_out(desk: Desk, actor: Actor, parcel: Parcel, scan: Event, at: datetime | None) -> Outcome:
    """Of a check that goes on the last unit comes out."""
    if checking.open_for(desk, actor, parcel.id) is None:
        raise ScanStays(scan.data["code"], "moved_on")
    if not in_time(desk, scan, at):
        raise ScanStays(scan.data["code"], "late", desk.policy.scanning.undo_seconds)
    checking.take_back(desk, parcel, scan.data["code"], _units(scan))
    desk.parcels.save([parcel])
    outcome = Outcome(scan.data["code"], Station.CHECK, desk.parcels.get(parcel.id), undone=True)
    return _told(desk, actor, outcome, counted=0)


def _unpacked(desk: Desk, actor: Actor, parcel: Parcel, scan: Event, at: datetime | None) -> Outcome:
    """The packing material that was scanned last is free again; the parcel stays where it is."""
    if parcel.state not in (ParcelState.PICKED, ParcelState.CHECKED, ParcelState.PACKED) or not parcel.material:
        raise ScanStays(scan.data["code"], "moved_on")
    if not in_time(desk, scan, at):
        raise ScanStays(scan.data["code"], "late", desk.policy.scanning.undo_seconds)
    desk.parcels.save([materials.give_back(desk, actor, parcel)])
    outcome = Outcome(scan.data["code"], Station.PACK, desk.parcels.get(parcel.id), undone=True, material=True)
    return _told(desk, actor, outcome, counted=0)


def _told(desk: Desk, actor: Actor, outcome: Outcome, counted: int = 1) -> Outcome:
    """`counted`: whether the scan was one of the hour's; a unit of a check that went on was none."""
    assert actor.person_id is not None
    floor.write_log(desk, actor, [outcome], floor.count_of_hour(desk, actor.person_id) + 1 - counted, None)
    notices.redraw(desk, NoticeKind.SCAN, [actor.person_id])
    return outcome


def _step_back(desk: Desk, actor: Actor, parcel: Parcel, step: Event) -> Parcel:
    to = ParcelState(step.data["was"])
    assert to in MOVES[parcel.state], f"{parcel.state} -> {to}"
    if parcel.state is ParcelState.HANDED_OVER:
        back = dock.unship(desk, actor, parcel)
        history.note(desk, actor, "parcel", parcel.id, UNDONE, was=parcel.state, to=to)
        return back
    news = replace(parcel, state=to, state_at=desk.now)
    if parcel.state is ParcelState.WEIGHED:
        news = replace(reprice(desk, news.unmeasured(), news.expected_g), weight_g=0)
    if to is ParcelState.IN_WAVE:
        bins.put_home(desk, actor, parcel, units_of(parcel).items())
    if parcel.state is ParcelState.PACKED:
        news = materials.give_back(desk, actor, news)
        news = reprice(desk, news.unmeasured(), news.expected_g) if news.size else news
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, UNDONE, was=parcel.state, to=to)
    if parcel.wave_id is not None:
        wave = desk.waves.get(parcel.wave_id)
        if to is ParcelState.IN_WAVE and wave.state is WaveState.DONE:
            desk.waves.save(replace(wave, state=WaveState.TAKEN))
        notices.redraw(desk, NoticeKind.WAVE, [wave.id])
    return replace(news, revision=news.revision + 1)
