"""Where the goods of a stopped parcel go back to, confirmed bin by bin where the policy asks for it (rules.md A2, E1).

Surprising: which bins somebody has scanned already is nowhere but in the log of their shift; another code between
starts anew. Goods without a bin need none, so a house without bins has its one scan.
"""

from collections.abc import Sequence
from itertools import takewhile

from domain.desk import Desk
from domain.errors import BinWanted
from domain.floor.parcels import Parcel, Stop
from domain.people.people import Actor
from domain.stock import bins, stock
from domain.stock.stock import Bucket, Document, Move, Place

_LOOKED_AT = 30


def confirm(
    desk: Desk, actor: Actor, parcel: Parcel, stops: Sequence[Stop], scanned: str
) -> tuple[str, list[tuple[Place, str]]]:
    """Whether the goods of these stops may go back now that the bin `scanned` ('' = none yet) was: every bin they came
    out of is confirmed, or another one is named for the rest. Returns that other bin ('' = none) and what goes there
    with the bins it came out of. Raises BinWanted."""
    if not desk.policy.stops.put_back_bins:
        return "", []
    units = _units(parcel, stops)
    before = _scanned_before(desk, actor, parcel)
    names = _names(desk, parcel, units)
    left = [name for name in names if name.casefold() not in before]
    wanted = {name.casefold() for name in names}
    if not left or (scanned.casefold() in wanted and {name.casefold() for name in left} <= {scanned.casefold()}):
        return "", []
    if not scanned or scanned.casefold() in wanted:
        raise BinWanted(parcel.waybill, tuple(name for name in left if name.casefold() != scanned.casefold()))
    homes = bins.homes(desk, parcel, units)
    known = _known(desk, parcel, scanned)
    if not known or not homes:
        raise BinWanted(parcel.waybill, tuple(left), scanned)
    return known, [(p, home) for p, home in homes if bins.shown(desk, p.sku, home).casefold() not in before]


def moved(desk: Desk, actor: Actor, parcel: Parcel, to: str, goods: Sequence[tuple[Place, str]]) -> None:
    """These goods lie in the other bin now; the books had put them back where they came from."""
    moves = []
    for place, home in goods:
        target = bins.kept(desk, place.sku, to)
        if target != home:
            units = (place.warehouse_id, place.sku, Bucket.GOOD, place.units)
            moves += stock.relocate(Move(*units, Document.MOVE, parcel.id, home, place.batch), target)
    desk.stock.apply(moves, actor.name)


def _units(parcel: Parcel, stops: Sequence[Stop]) -> dict[str, int]:
    """sku -> units these stops take out."""
    found: dict[str, int] = {}
    for item in parcel.live_items:
        if any(s.order_id == item.order_id and (not s.line_nos or item.line_no in s.line_nos) for s in stops):
            found[item.sku] = found.get(item.sku, 0) + item.quantity
    return found


def _names(desk: Desk, parcel: Parcel, units: dict[str, int]) -> list[str]:
    named = bins.home_names(desk, parcel)
    names = {name for sku in units for name in named.get(sku, "").split(", ") if name}
    return sorted(names, key=bins.walking_order)


def _scanned_before(desk: Desk, actor: Actor, parcel: Parcel) -> set[str]:
    events = desk.history("shift", actor.person_id, _LOOKED_AT) if actor.person_id is not None else []
    mine = takewhile(lambda e: e.data["verdict"] == "bin" and e.data.get("of") == parcel.waybill, events)
    return {event.data["code"].casefold() for event in mine}


def _known(desk: Desk, parcel: Parcel, name: str) -> str:
    """The bin of this warehouse that is called so, '' when there is none."""
    told = name.casefold()
    called = {bins.RECEIVING, *(sku.bin for sku in desk.catalog.skus.values())}
    lying = {p.bin for p in desk.stock.places(None, parcel.warehouse_id) if not bins.in_box(p.bin)}
    return next((one for one in sorted(called | lying) if one and one.casefold() == told), "")
