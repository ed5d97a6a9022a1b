"""Papers that name a parcel's receiver: who printed which copy when, and whether what lies about is still true.

Surprising: a sheet is never marked void. It remembers what it said (`mark`), and it is out of date when it would say
something else now; so an address that changes, or a line that is dropped, voids it in the same transaction, unasked.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain import history
from domain.addresses.addresses import filled
from domain.desk import Desk
from domain.errors import Stale, Unknown
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState
from domain.orders.orders import Order
from domain.paper.paper_records import Paper, Printed
from domain.people import notices
from domain.people.people import WAREHOUSE_ROLES, Actor, Right, require
from domain.records import Event, NoticeKind


@dataclass(frozen=True, slots=True)
class Sheet:
    """One copy to be printed now. `replaces` is the copy before it, `changed` that it says something else."""

    parcel_id: int
    paper: Paper
    copy: int
    replaces: Printed | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What one tap prints, and the parcels it leaves out because they must not leave."""

    sheets: tuple[Sheet, ...]
    left_out: tuple[Parcel, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a parcel's paper stands: the newest copy (None = never printed) and whether it is out of date."""

    last: Printed | None = None
    outdated: bool = False

    @property
    def wanted(self) -> bool:
        """Whether it is to be printed without anybody asking for a second copy."""
        return self.last is None or self.outdated


def mark(parcel: Parcel, orders: Mapping[int, Order], paper: Paper) -> str:
    """The fingerprint of what the paper says of a parcel. The label: who, where, which number, what is collected. The
    slip: the goods and the notes as well."""
    inside = [orders[order_id] for order_id in parcel.live_orders]
    to = dict.fromkeys(filled(one.receiver) for one in inside)  # as the hold about addresses compares them
    said: list[object] = [parcel.waybill, parcel.courier_id, *(to or [""])]
    if due := sum(one.at_door for one in inside):
        said.append(due)
    if paper is Paper.SLIP:
        said += [parcel.live_items, *((one.buyer_message, one.seller_note) for one in inside)]
    if dissolved := parcel.why.get("dissolved"):  # what was printed for that wave names a slot that is no more
        said.append(dissolved)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def standings(desk: Desk, parcels: Sequence[Parcel]) -> dict[Paper, dict[int, Standing]]:
    """Paper -> parcel id -> how it stands, in a few statements however many there are."""
    copies = desk.prints.of_parcels([parcel.id for parcel in parcels])
    orders = desk.orders.many({order_id for parcel in parcels if parcel.id in copies for order_id in parcel.order_ids})
    found: dict[Paper, dict[int, Standing]] = {paper: {} for paper in Paper}
    for parcel in parcels:
        for paper in Paper:
            last = next((copy for copy in reversed(copies.get(parcel.id, ())) if copy.paper is paper), None)
            wrong = last is not None and last.mark != mark(parcel, orders, paper)
            found[paper][parcel.id] = Standing(last, wrong)
    return found


def copies(stands: Mapping[Paper, Mapping[int, Standing]], paper: Paper) -> int:
    """How many copies there are of these papers: what a card has seen when it asks for all once more."""
    return sum(stand.last.number for stand in stands[paper].values() if stand.last)


def printable(parcel: Parcel) -> bool:
    """Whether a paper of this parcel may be made at all: in the house, and nothing stops it."""
    return parcel.state in IN_HOUSE and not parcel.blocked


def print_wave(desk: Desk, actor: Actor, wave_id: int, paper: Paper, *, again: int | None = None) -> Job:
    """The wave's papers: those never printed or out of date, or all once more, `again` being the copies seen by who
    asks. Each copy is written down.

    Raises NotAllowed, Unknown('wave'), Unknown('papers') when there is nothing to print, Stale when somebody printed
    meanwhile.
    """
    wave = desk.waves.get(wave_id)
    require(actor, Right.PRINT, warehouse=wave.warehouse_id)
    boxes = desk.parcels.of_wave(wave_id)
    if again is not None:
        stands = standings(desk, [box for box in boxes if box.state in IN_HOUSE])
        if copies(stands, paper) != again:
            raise Stale(wave.number)
    job = _print(desk, actor, boxes, paper, again=again is not None)
    if not job.sheets:
        raise Unknown("papers", wave.number)
    history.note(desk, actor, "wave", wave_id, f"{paper}_printed", copies=str(len(job.sheets)))
    return job


def print_parcel(desk: Desk, actor: Actor, code: str, papers: Collection[Paper] = tuple(Paper)) -> tuple[Parcel, Job]:
    """One parcel's label and slip (or one of them) once more. Raises NotAllowed, Unknown('waybill'), Unknown('papers')
    when it has left, was not in a wave yet, or must not leave."""
    parcel = desk.parcels.by_waybill(code)
    if parcel is None:
        raise Unknown("waybill", code)
    require(actor, Right.PRINT, warehouse=parcel.warehouse_id)
    jobs = [_print(desk, actor, [parcel], paper, again=True) for paper in papers]
    sheets = tuple(sheet for job in jobs for sheet in job.sheets)
    if not sheets:
        raise Unknown("papers", parcel.waybill or parcel.number)
    return parcel, Job(sheets)


def print_outdated(desk: Desk, actor: Actor, parcel_id: int) -> tuple[Parcel, Job]:
    """What lies about of this parcel and is wrong, printed anew; an empty job once all is right. Raises as
    `print_parcel`."""
    parcel = desk.parcels.get(parcel_id)
    require(actor, Right.PRINT, warehouse=parcel.warehouse_id)
    papers = outdated(desk, parcel)
    return print_parcel(desk, actor, parcel.number, papers) if papers else (parcel, Job(()))


def job_of(desk: Desk, parcel: Parcel, copies: Mapping[Paper, int]) -> Job:
    """The job that made these copies of a parcel's papers, for who makes its files later."""
    made = {(copy.paper, copy.number): copy for copy in desk.prints.of_parcels([parcel.id]).get(parcel.id, ())}
    sheets = []
    for paper, number in copies.items():
        before = made.get((paper, number - 1))
        changed = before is not None and before.mark != made[paper, number].mark
        sheets.append(Sheet(parcel.id, paper, number, before, changed))
    return Job(tuple(sheets))


def _print(desk: Desk, actor: Actor, boxes: Sequence[Parcel], paper: Paper, *, again: bool) -> Job:
    able = [box for box in boxes if printable(box)]
    stands = standings(desk, able)[paper]
    orders = desk.orders.many({order_id for box in able for order_id in box.order_ids})
    sheets: list[Sheet] = []
    made: list[Printed] = []
    lines: list[Event] = []
    for box in able:
        stand = stands[box.id]
        if not (again or stand.wanted):
            continue
        copy = stand.last.number + 1 if stand.last else 1
        sheets.append(Sheet(box.id, paper, copy, stand.last, stand.outdated))
        made.append(Printed(0, box.id, paper, copy, desk.now, actor.name, mark(box, orders, paper), actor.person_id))
        voids = str(stand.last.number) if stand.last and stand.outdated else ""
        lines.append(history.line(desk, actor, "parcel", box.id, f"{paper}_printed", copy=str(copy), voids=voids))
    desk.prints.add(made)
    desk.record(lines)
    notices.redraw(desk, NoticeKind.WAVE, {box.wave_id for box in able if box.wave_id})
    printed = [sheet.parcel_id for sheet in sheets]
    notices.redraw(desk, NoticeKind.LABEL_OLD, printed)
    stops = desk.stops.of_parcels(printed)
    notices.redraw(desk, NoticeKind.STOP, [stop.id for found in stops.values() for stop in found])
    return Job(tuple(sheets), tuple(box for box in boxes if box.blocked and box.state is not ParcelState.CANCELLED))


def outdated(desk: Desk, parcel: Parcel) -> tuple[Paper, ...]:
    """Which papers of this box lie about and say something else than they should, the label first."""
    stands = standings(desk, [parcel])
    return tuple(paper for paper in Paper if stands[paper][parcel.id].outdated)


def changed(desk: Desk, orders: Collection[int]) -> None:
    """These orders changed, or what of them is in their boxes: where a paper of theirs lies about and is wrong now, the
    floor hears of it at once, of a label and its slip once."""
    boxes = {p.id: p for found in desk.parcels.of_orders(orders).values() for p in found if p.state in IN_HOUSE}
    if not boxes:
        return
    stands = standings(desk, list(boxes.values()))
    for box in boxes.values():
        wrong = next((paper for paper in Paper if stands[paper][box.id].outdated), None)
        last = stands[wrong][box.id].last if wrong else None
        if last is None:
            continue
        notices.tell(
            desk,
            NoticeKind.LABEL_OLD,
            box.id,
            WAREHOUSE_ROLES,
            key=f"torn:{box.id}:{last.number}" if wrong is Paper.LABEL else f"torn:{box.id}:slip:{last.number}",
            warehouse=box.warehouse_id,
            named=box.holder_id,
        )
    notices.redraw(desk, NoticeKind.WAVE, {box.wave_id for box in boxes.values() if box.wave_id})
