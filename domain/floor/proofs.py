"""Photos and films of a box that is being packed or put back: kept as evidence with the parcel (rules.md B7, B8).

Surprising: nothing is stored but an event of the parcel's history. Telegram keeps the picture; the event says which it
is, what its bytes were (a hash), who sent it when, and at which step. So it can be neither changed nor dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, NotAllowed
from domain.floor import floor
from domain.floor.parcels import Parcel, ParcelState, Stop, StopKind, StopState
from domain.floor.proofs_wanted import VERB
from domain.people import notices
from domain.people.people import STATION_RIGHT, Actor, Right, Station, may, require
from domain.records import Event, NoticeKind
from domain.stops import stop_calls

MINUTES = 30
"""So long after its scan a parcel is still what somebody has before them."""
MOST = 20
_DONE = ("ok", "again", "item", "bin")


class Kind(StrEnum):
    """How Telegram holds it, which is how it is sent again."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Shot:
    """What was sent: Telegram's name for it, and the hash of its bytes."""

    kind: Kind
    file_id: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Task:
    """The step somebody is at with a parcel."""

    parcel: Parcel
    step: Station


def current(desk: Desk, person_id: int) -> Task | None:
    """What this person packed, filled up or put back last, when that was their last scan and just now."""
    last = next(iter(floor.log(desk, person_id, 1)), None)
    number = desk.people.get(person_id).last_parcel
    if last is None or number is None or desk.now - last.at > timedelta(minutes=MINUTES):
        return None
    step, box = Station(last.data["station"]), desk.parcels.get(number)
    if step is Station.PICK and _filled(desk, person_id, box):
        step = Station.PACK
    if step not in (Station.PACK, Station.PUT_BACK) or last.data["verdict"] not in _DONE:
        return None
    return Task(box, step)


def _filled(desk: Desk, person_id: int, box: Parcel) -> bool:
    """Whether who packs put into a packed box what it lacked, which is a pick scan."""
    packs = may(desk.people.get(person_id).acting(), Right.PACK, warehouse=box.warehouse_id)
    return box.state is ParcelState.PACKED and packs


def of_card(desk: Desk, person_id: int, chat_id: int, message_id: int) -> Task | None:
    """The task of the card that somebody answers with a picture: a stop's, or the list of their own scans."""
    card = desk.cards.at(chat_id, message_id)
    if card is not None and card.kind is NoticeKind.STOP:
        stop = desk.stops.get(card.subject_id)
        left = stop.state is StopState.TOO_LATE
        return None if left else Task(desk.parcels.get(stop.parcel_id), _step(stop))
    return current(desk, person_id) if card is not None and card.kind is NoticeKind.SCAN else None


def _step(stop: Stop) -> Station:
    return Station.PICK if stop.kind is StopKind.REPICK else Station.PUT_BACK


def is_label_of(task: Task | None, codes: list[str]) -> bool:
    """Whether a picture shows nothing but the parcel that is before its sender: no scan, for that was done."""
    return task is not None and {code.upper() for code in codes} <= {task.parcel.waybill, task.parcel.number}


def keep(desk: Desk, actor: Actor, task: Task, shot: Shot) -> int:
    """Keep it with the parcel; the same picture once. Returns how many there are. Raises NotAllowed, BadValue when
    there are too many."""
    box = desk.parcels.get(task.parcel.id)
    require(actor, STATION_RIGHT[task.step], warehouse=box.warehouse_id)
    before = _kept(desk, box.id)
    if any(event.data["sha256"] == shot.sha256 for event in before):
        return len(before)
    if len(before) >= MOST:
        raise BadValue("proof", box.waybill or box.number, "fewer_proofs")
    facts = {"kind": str(shot.kind), "file": shot.file_id, "sha256": shot.sha256, "size": str(shot.size)}
    history.note(desk, actor, "parcel", box.id, VERB, shot.sha256[:12], step=str(task.step), **facts)
    stops = desk.stops.of_parcels([box.id]).get(box.id, ())
    notices.redraw(desk, NoticeKind.STOP, [stop.id for stop in stops])
    stop_calls.redraw_boards(desk)
    if actor.person_id is not None:
        notices.redraw(desk, NoticeKind.SCAN, [actor.person_id])
    return len(before) + 1


def seen_by(desk: Desk, actor: Actor, box: Parcel) -> bool:
    """Whether this person may see them, who works at its place, or reads its orders: a label names its receiver."""
    if may(actor, Right.PUT_BACK, warehouse=box.warehouse_id):
        return True
    orders = desk.orders.many(box.order_ids).values()
    return bool(orders) and all(may(actor, Right.VIEW_ORDERS, shop=order.shop_id) for order in orders)


def of(desk: Desk, actor: Actor, parcel_id: int) -> list[Event]:
    """What is kept with the parcel, the first first. Raises NotAllowed."""
    box = desk.parcels.get(parcel_id)
    if not seen_by(desk, actor, box):
        raise NotAllowed(Right.PUT_BACK)
    return _kept(desk, parcel_id)


def counts(desk: Desk, parcel_ids: list[int]) -> Mapping[int, int]:
    """parcel id -> how many are kept with it; those without are missing."""
    return desk.noted("parcel", parcel_ids, VERB)


def _kept(desk: Desk, parcel_id: int) -> list[Event]:
    return [event for event in reversed(desk.history("parcel", parcel_id, 500)) if event.verb == VERB]
