"""The walk of a wave: which places its parcels are sent to (rules.md B5, B13).

Surprising: a parcel keeps its places from the moment its wave is made. So no two waves are sent to the same units, a
pick list printed again says what the first one said, and the pick takes from there. Only what does not lie there any
more is looked for anew (docs/decisions/0019).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Actor, Right, require
from domain.planning.splitting import units_of
from domain.stock import bins
from domain.stock.bins import Spot
from domain.stock.stock import Place


class Shelves:
    """What stands in a warehouse and no open wave is sent to. Taking from it is a plan: nothing moves."""

    def __init__(self, desk: Desk, warehouse_id: int, skus: Collection[str]) -> None:
        sent = [place for found in desk.walks.open_in(warehouse_id, skus).values() for place in found]
        self._ways = {sku: bins.parted(w, sent)[1] for sku, w in bins.spots(desk, warehouse_id, skus).items()}

    def take(self, units: Mapping[str, int]) -> list[Spot]:
        """Where these units are taken from, what expires first before the rest; short where the shelves are."""
        taken: list[Spot] = []
        for sku, need in units.items():
            mine = bins.take(self._ways[sku], need)
            self._ways[sku] = bins.parted(self._ways[sku], [replace(spot.place, units=spot.units) for spot in mine])[1]
            taken += mine
        return taken


def send(desk: Desk, warehouse_id: int, boxes: Sequence[Parcel]) -> dict[int, list[Spot]]:
    """Send parcels that are to be picked, the first first; parcel id -> where to. Kept for as long as they are. Another
    wave of the same goods waits until this one is stored: what it is sent to must be known to it."""
    wanted = {box.id: units_of(box.live_items) for box in boxes}
    skus = {sku for units in wanted.values() for sku in units}
    desk.stock.levels(skus, lock=True)
    shelves = Shelves(desk, warehouse_id, skus)
    sent = {box_id: shelves.take(units) for box_id, units in wanted.items()}
    desk.walks.put({box_id: [replace(s.place, units=s.units) for s in found] for box_id, found in sent.items()})
    return sent


def walk(desk: Desk, warehouse_id: int, boxes: Sequence[Parcel]) -> dict[int, list[Spot]]:
    """parcel id -> the places its goods are taken from: those it was sent to, as long as they lie there, else others;
    short where the shelves are. Where fewer lie than were sent for, the first parcels keep theirs, whoever asks. Of
    what is picked already, where it was sent."""
    skus = {item.sku for box in boxes for item in box.live_items}
    kept, shelves = _kept(desk, warehouse_id, skus), Shelves(desk, warehouse_id, skus)
    picked = desk.walks.of([box.id for box in boxes if box.state is not ParcelState.IN_WAVE])
    until = desk.stock.batches(bins.batched(desk, skus))
    found: dict[int, list[Spot]] = {}
    for box in boxes:
        left = units_of(box.live_items)
        if box.state is ParcelState.IN_WAVE:
            mine = kept.get(box.id, [])
            for spot in mine:
                left[spot.place.sku] -= spot.units
            found[box.id] = mine + shelves.take({sku: units for sku, units in left.items() if units > 0})
        else:
            found[box.id] = [
                Spot(place, bins.shown(desk, place.sku, place.bin), place.units, until.get((place.sku, place.batch)))
                for place in _still(picked.get(box.id, ()), left)
            ]
    return found


def _kept(desk: Desk, warehouse_id: int, skus: Collection[str]) -> dict[int, list[Spot]]:
    """parcel id -> what lies there still of the places it was sent to, of every parcel that waits to be picked, each
    unit once."""
    there = [spot for ways in bins.spots(desk, warehouse_id, skus).values() for spot in ways]
    found: dict[int, list[Spot]] = {}
    for box_id, places in sorted(desk.walks.open_in(warehouse_id, skus).items()):
        found[box_id], there = bins.parted(there, places)
    return found


def renew(desk: Desk, actor: Actor, wave_id: int) -> None:
    """The wave's list is to be printed: what it says from now on is kept, for no other list to say it as well. Raises
    Unknown('wave'), NotAllowed."""
    wave = desk.waves.get(wave_id)
    require(actor, Right.PRINT, warehouse=wave.warehouse_id)
    boxes = [box for box in desk.parcels.of_wave(wave_id) if box.state is ParcelState.IN_WAVE]
    if boxes:
        _send_on(desk, wave.warehouse_id, boxes)


def _send_on(desk: Desk, warehouse_id: int, boxes: Sequence[Parcel]) -> dict[int, list[Spot]]:
    """Send parcels of which something lies elsewhere now to where their walk leads; the walks."""
    desk.stock.levels({item.sku for box in boxes for item in box.live_items}, lock=True)
    walks, sent = walk(desk, warehouse_id, boxes), desk.walks.of([box.id for box in boxes])
    places = {box_id: [replace(spot.place, units=spot.units) for spot in spots] for box_id, spots in walks.items()}
    desk.walks.put({one: now for one, now in places.items() if Counter(now) != Counter(sent.get(one, ()))})
    return walks


def _still(places: Iterable[Place], wanted: Mapping[str, int]) -> list[Place]:
    """Of these places no more units than are wanted still: a line may have left the box since."""
    left, found = dict(wanted), []
    for place in places:
        units = min(place.units, left.get(place.sku, 0))
        if units > 0:
            left[place.sku] -= units
            found.append(replace(place, units=units))
    return found


def names(desk: Desk, skus: Collection[str], spots: Collection[Spot]) -> list[str]:
    """The bins of a walk as people call them; what lies nowhere is looked for on its own shelf."""
    found = list(dict.fromkeys(spot.bin for spot in spots))
    lost = set(skus) - {spot.place.sku for spot in spots}
    return found + sorted({desk.catalog.skus[sku].bin for sku in lost if sku in desk.catalog.skus})


def named(desk: Desk, box: Parcel, sku: str) -> list[str]:
    """The bins the paper sends to for this product of the box, as people call them; none where the books know that it
    was moved since: then there is nothing to count."""
    assert box.warehouse_id is not None
    sent = [place for place in desk.walks.of([box.id]).get(box.id, ()) if place.sku == sku]
    there = [spot.place for spot in bins.spots(desk, box.warehouse_id, [sku], fresh=False)[sku]]
    known = [one for one in sent if any((one.bin, one.batch) == (p.bin, p.batch) for p in there)]
    if known:
        return list(dict.fromkeys(bins.shown(desk, sku, p.bin) for p in known))
    now = _bins(walk(desk, box.warehouse_id, [box])[box.id], sku)
    return [] if sent and now else now or [desk.catalog.skus[sku].bin]


def send_on(desk: Desk, box: Parcel, sku: str) -> list[str]:
    """Send the box to where this product of it lies now; the bins, as people call them."""
    assert box.warehouse_id is not None
    return _bins(_send_on(desk, box.warehouse_id, [box])[box.id], sku)


def _bins(spots: Iterable[Spot], sku: str) -> list[str]:
    return list(dict.fromkeys(spot.bin for spot in spots if spot.place.sku == sku))
