"""Bins: where units lie, which to take (first expired, first out), and where they go back to (rules.md B13).

Surprising: a picked unit lies in its box: the place is then called by the parcel's number. So the shelf is short of
it from the pick on, though it leaves the stock at the hand-over only, and a put-back knows where it came from.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.errors import NotEnoughStock
from domain.floor.parcels import Parcel
from domain.people.people import Actor
from domain.planning.shortage import presale
from domain.planning.splitting import units_of
from domain.policy.policy import Policy
from domain.review.holds import HoldCode
from domain.stock import stock
from domain.stock.stock import Bucket, Document, Level, Move, Place

RECEIVING = "IN"
"""Where goods stand that have come in and are not put away yet."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Units to take out of one bin. `bin` as people call it; `place` is where the books have them."""

    place: Place
    bin: str
    units: int
    expires: date | None = None


def walking_order(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """What bins are sorted by: the way people walk past them, numbers as numbers, so that A-2 comes before A-10."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts), name


def in_box(name: str) -> bool:
    """Whether a place is a parcel's box: picked, not on a shelf any more."""
    return len(name) > 6 and name[0] == "P" and name[1:].isdecimal()


def shown(desk: Desk, sku: str, name: str) -> str:
    """The bin as people call it: '' in the books is the sku's own shelf."""
    return name or desk.catalog.skus[sku].bin


def kept(desk: Desk, sku: str, name: str) -> str:
    """The bin as the books call it: the sku's own shelf is ''."""
    own = desk.catalog.skus[sku].bin
    return "" if own and name.casefold() == own.casefold() else name


def arrival_bin(desk: Desk) -> str:
    """Where goods that come in stand first."""
    return RECEIVING if desk.policy.stock.put_away else ""


def today(desk: Desk) -> date:
    """The day it is in the company's zone."""
    return desk.now.astimezone(ZoneInfo(desk.catalog.company.zone)).date()


def _first_day(desk: Desk, policy: Policy) -> date:
    """Batches that expire before this day are not sent any more; without the EXPIRY hold, all are."""
    if not policy.screens(HoldCode.EXPIRY):
        return date.min
    return today(desk) + timedelta(days=policy.stock.life_days)


def batched(desk: Desk, skus: Iterable[str]) -> set[str]:
    """Those of these skus that come in batches."""
    return {sku for sku in skus if sku in desk.catalog.skus and desk.catalog.skus[sku].batched}


def stale(desk: Desk, skus: Collection[str], policy: Policy | None = None) -> dict[tuple[int, str], int]:
    """(warehouse, sku) -> good units on the shelf whose batch has too little life left to be sent, by the policy in
    force or another."""
    mine = batched(desk, skus)
    if not mine:
        return {}
    until, first = desk.stock.batches(mine), _first_day(desk, policy or desk.policy)
    found: dict[tuple[int, str], int] = {}
    for place in desk.stock.places(mine):
        expires = until.get((place.sku, place.batch))
        if expires is not None and expires < first and not in_box(place.bin):
            found[place.warehouse_id, place.sku] = found.get((place.warehouse_id, place.sku), 0) + place.units
    return found


def to_ship(
    levels: Mapping[tuple[int, str], Level],
    too_old: Mapping[tuple[int, str], int],
    withheld: Collection[str] = (),
) -> dict[tuple[int, str], int]:
    """Available to ship: (warehouse, sku) -> units that are free, will live long enough and are on sale."""
    free = {key: level.free - too_old.get(key, 0) for key, level in levels.items()}
    return {key: 0 if key[1] in withheld else units for key, units in free.items()} if withheld else free


def withheld(desk: Desk, skus: Iterable[str], policy: Policy | None = None) -> set[str]:
    """The skus that are not on sale yet by the policy in force or another: a presale trait stands (rules.md B4, 4)."""
    choices, known = (policy or desk.policy).split, desk.catalog.skus
    return {sku for sku in skus if sku in known and presale(known[sku], choices)} if choices.presale else set()


def claimable(
    desk: Desk, skus: Collection[str], policy: Policy | None = None, *, lock: bool = False
) -> dict[tuple[int, str], int]:
    """`to_ship` of these skus as the books stand."""
    levels = desk.stock.levels(skus, lock=True) if lock else desk.stock.levels(skus)
    return to_ship(levels, stale(desk, skus, policy), withheld(desk, skus, policy))


def spots(desk: Desk, warehouse_id: int, skus: Collection[str], *, fresh: bool = True) -> dict[str, list[Spot]]:
    """sku -> its units on the shelves, in the order to take them: what expires first, the receiving area last."""
    until = desk.stock.batches(batched(desk, skus))
    first = _first_day(desk, desk.policy)
    found: dict[str, list[Spot]] = {sku: [] for sku in skus}
    for place in desk.stock.places(skus, warehouse_id):
        expires = until.get((place.sku, place.batch))
        if in_box(place.bin) or (fresh and expires is not None and expires < first):
            continue
        found[place.sku].append(Spot(place, shown(desk, place.sku, place.bin), place.units, expires))
    for ways in found.values():
        ways.sort(key=_first_out)
    return found


def _first_out(spot: Spot) -> tuple[object, ...]:
    return spot.expires or date.max, spot.place.bin == RECEIVING, walking_order(spot.bin), spot.place.batch


def parted(ways: Iterable[Spot], places: Iterable[Place]) -> tuple[list[Spot], list[Spot]]:
    """The units of these spots that lie in these places, and the others, each in the order they came."""
    wanted: Counter[tuple[str, str, str]] = Counter()
    for place in places:
        wanted[place.sku, place.bin, place.batch] += place.units
    inside, outside = [], []
    for spot in ways:
        key = (spot.place.sku, spot.place.bin, spot.place.batch)
        units = min(spot.units, wanted[key])
        wanted[key] -= units
        if units:
            inside.append(replace(spot, units=units))
        if units < spot.units:
            outside.append(replace(spot, units=spot.units - units))
    return inside, outside


def take(ways: Iterable[Spot], need: int) -> list[Spot]:
    """The first so many units of these spots; fewer where there are no more."""
    taken = []
    for spot in ways:
        if need <= 0:
            break
        taken.append(replace(spot, units=min(need, spot.units)))
        need -= taken[-1].units
    return taken


def drawn(
    desk: Desk,
    warehouse_id: int,
    units: Mapping[str, int],
    *,
    fresh: bool = True,
    of: Sequence[str] = (),
    at: str = "",
    sent: Parcel | None = None,
) -> list[Spot]:
    """The units off the shelves, their levels locked; `of` certain batches alone, the first first; `at` one bin alone,
    as people call it; for the parcel `sent` from where its wave sends it. Raises NotEnoughStock where the shelves are
    short."""
    desk.stock.levels(units, lock=True)
    taken: list[Spot] = []
    for sku, ways in spots(desk, warehouse_id, units, fresh=fresh).items():
        if at:
            ways = [way for way in ways if way.bin.casefold() == at.casefold()]
        if of:
            ways = sorted((way for way in ways if way.place.batch in of), key=lambda way: of.index(way.place.batch))
        if sent:
            ways = _as_sent(desk, sent, ways, units[sku])
        mine = take(ways, units[sku])
        there = sum(spot.units for spot in mine)
        if there < units[sku]:
            raise NotEnoughStock(sku, desk.catalog.warehouses[warehouse_id].code, there, units[sku])
        taken += mine
    return taken


def _as_sent(desk: Desk, parcel: Parcel, ways: Sequence[Spot], need: int) -> list[Spot]:
    """The spots of one sku in the order the parcel takes from them: where its wave sent it, then what no open wave is
    sent to, last what others are."""
    own, rest = parted(ways, desk.walks.of([parcel.id]).get(parcel.id, ()))
    if sum(spot.units for spot in own) >= need or not rest:
        return [*own, *rest]
    others = desk.walks.open_in(rest[0].place.warehouse_id, [rest[0].place.sku])
    theirs, free = parted(rest, (place for one, found in others.items() if one != parcel.id for place in found))
    return [*own, *free, *theirs]


def pick(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """The parcel's units that are not there yet go from their bins into its box. Raises NotEnoughStock when no bin has
    them fresh enough."""
    assert parcel.warehouse_id is not None
    units = units_of(parcel.live_items)
    for lying in boxed(desk, parcel, units):
        units[lying.sku] -= lying.units
    moves: list[Move] = []
    wanted = {sku: need for sku, need in units.items() if need > 0}
    for spot in drawn(desk, parcel.warehouse_id, wanted, sent=parcel):
        moves += stock.relocate(_of(spot.place, spot.units, Document.PICK, parcel.id), parcel.number)
    desk.stock.apply(moves, actor.name)


def _of(place: Place, units: int, document: Document, document_id: int) -> Move:
    return Move(place.warehouse_id, place.sku, Bucket.GOOD, units, document, document_id, place.bin, place.batch)


def ship(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """The parcel goes out of the door: claim and goods leave the stock, the goods out of the box (what was picked
    before boxes were known: off the shelves)."""
    assert parcel.warehouse_id is not None
    need = units_of(parcel.live_items)
    desk.stock.levels(need, lock=True)
    moves = []
    for sku, units in need.items():
        moves.append(Move(parcel.warehouse_id, sku, Bucket.RESERVED, -units, Document.SHIPMENT, parcel.id))
    for place in boxed(desk, parcel, need):
        units = min(place.units, need[place.sku])
        need[place.sku] -= units
        if units:
            moves.append(_of(place, -units, Document.SHIPMENT, parcel.id))
    left = {sku: units for sku, units in need.items() if units}
    if left:
        found = drawn(desk, parcel.warehouse_id, left, fresh=False)
        moves += [_of(spot.place, -spot.units, Document.SHIPMENT, parcel.id) for spot in found]
    desk.stock.apply(moves, actor.name)


def boxed(desk: Desk, parcel: Parcel, skus: Collection[str]) -> list[Place]:
    """Where units of these skus lie in this box, by batch."""
    return [place for place in desk.stock.places(skus, parcel.warehouse_id) if place.bin == parcel.number]


def inside(desk: Desk, parcel: Parcel) -> Counter[str]:
    """sku -> units that lie picked in the box."""
    found = Counter[str]()
    for place in boxed(desk, parcel, {item.sku for item in parcel.live_items}):
        found[place.sku] += place.units
    return found


def homes(desk: Desk, parcel: Parcel, units: Mapping[str, int]) -> list[tuple[Place, str]]:
    """What of these units lies in the box, and the bin each goes back to: where it was picked."""
    picked = desk.stock.picked_from(parcel.id)
    left, found = dict(units), []
    for place in boxed(desk, parcel, units):
        there = min(place.units, left[place.sku])
        left[place.sku] -= there
        for source in picked:
            if there and (source.sku, source.batch) == (place.sku, place.batch):
                back = min(there, source.units)
                found.append((replace(place, units=back), source.bin))
                there -= back
    return found


def put_home(desk: Desk, actor: Actor, parcel: Parcel, units: Iterable[tuple[str, int]]) -> None:
    """Units that were picked lie in the bins again that they were taken from."""
    wanted: dict[str, int] = {}
    for sku, count in units:
        wanted[sku] = wanted.get(sku, 0) + count
    if not wanted:
        return
    desk.stock.levels(wanted, lock=True)
    moves: list[Move] = []
    for place, home in homes(desk, parcel, wanted):
        moves += stock.relocate(_of(place, place.units, Document.PICK, parcel.id), home)
    desk.stock.apply(moves, actor.name)


def rebox(desk: Desk, actor: Actor, parcel: Parcel, own: Parcel, units: Mapping[str, int]) -> None:
    """Units that were picked for one box lie in another; they stay at home where they were picked."""
    desk.stock.levels(units, lock=True)
    moves: list[Move] = []
    for place, home in homes(desk, parcel, units):
        moves += stock.relocate(_of(place, place.units, Document.PICK, parcel.id), home)
        moves += stock.relocate(_of(replace(place, bin=home), place.units, Document.PICK, own.id), own.number)
    desk.stock.apply(moves, actor.name)


def home_names(desk: Desk, parcel: Parcel) -> dict[str, str]:
    """sku -> the bins its units go back to, as people call them: where they were picked, else the sku's own shelf."""
    units = units_of(parcel.live_items)
    found: dict[str, list[str]] = {}
    for place, name in homes(desk, parcel, units):
        found.setdefault(place.sku, []).append(shown(desk, place.sku, name))
    skus = desk.catalog.skus
    own = {sku: skus[sku].bin for sku in units if sku in skus}
    return own | {sku: ", ".join(dict.fromkeys(names)) for sku, names in found.items()}
