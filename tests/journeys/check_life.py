"""Checks and scales in the order's life: units scanned in any order, wrong ones among them, weights a lead lets pass.

Surprising: the lids bear serial numbers where the house checks item by item, so numbers are scanned twice as well.
"""

from collections import Counter
from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.desk import Desk
from domain.errors import Refusal
from domain.floor import checking, floor, fulfilment
from domain.floor.check_records import Unit
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Actor, Station
from domain.policy.policy_checks import CheckMode
from domain.stock.stock import Bucket
from tests.journeys.dock_life import DockLife
from tests.journeys.promises import all_orders, box_story, stopped
from tests.journeys.stop_life import BOSS

UNITS = ["CUP", "LID", "SN-0001", "SN-0002", "NOTHING-1"]
_PAST = (ParcelState.CHECKED, ParcelState.PACKED, ParcelState.WEIGHED, ParcelState.HANDED_OVER)


class CheckLife(DockLife):
    """Somebody at the check and somebody at the scales."""

    hand: Actor
    shipped_with_stop: list[str]

    def waybills(self) -> list[str]:
        raise NotImplementedError

    def scan_units(self, code: str, units: list[str]) -> None:
        """A slip and what follows it, at the check."""
        before = self.store.read_now(lambda desk: stopped(desk, code))
        codes = [(one, None) for one in (code, *units)]
        scans = self.store.run_now(floor.scan, self.hand, codes, station=Station.CHECK)
        if before and any(outcome.verdict in ("ok", "item") for outcome in scans.outcomes):
            self.shipped_with_stop.append(f"check {code}")

    def check_all(self, code: str) -> None:
        """Everything that belongs into the box, each lid with a number of its own."""
        box = self.store.read_now(lambda desk: desk.parcels.by_waybill(code))
        assert box is not None
        units: list[str] = []
        for sku, count in checking.expected(box).items():
            for place in range(count):
                units += [sku, f"SN-{box.id}-{place}00"] if sku == "LID" else [sku]
        self.scan_units(code, units)

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), units=st.lists(st.sampled_from(UNITS), max_size=4), whole=st.booleans())
    def check(self, pick: int, units: list[str], whole: bool) -> None:
        codes = self.waybills()
        code = codes[pick % len(codes)]
        self.scan_units(code, units)
        if whole:
            self.check_all(code)

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), grams=st.sampled_from([0, 5000, 100_000]), reason=st.sampled_from(["", "counted"]))
    def force(self, pick: int, grams: int, reason: str) -> None:
        codes = self.waybills()
        code = codes[pick % len(codes)]
        before = self.store.read_now(lambda desk: stopped(desk, code))
        try:
            parcel = self.store.run_now(fulfilment.force_weight, BOSS, code, grams, reason)
        except Refusal:
            return
        assert (parcel.state, parcel.weight_g, reason, before) == (ParcelState.WEIGHED, 5000, "counted", False)


def check_checks(desk: Desk) -> None:
    """No box holds a unit too many; what was checked item by item holds every unit, each number once and of the batch
    that was picked."""
    boxes = desk.parcels.of_orders(all_orders(desk))
    numbers: Counter[tuple[str, str]] = Counter()
    for box in {box.id: box for found in boxes.values() for box in found}.values():
        _check_box(desk, box, numbers)
    assert all(count == 1 for count in numbers.values())


def _check_box(desk: Desk, box: Parcel, numbers: Counter[tuple[str, str]]) -> None:
    check = desk.checks.get(box.id)
    units = [*(check.units if check else ()), *_gone_out_again(desk, box)]
    counted, wanted = Counter(unit.sku for unit in units), Counter(checking.expected(box))
    if box.state in _PAST and checking.wanted(desk, box) is CheckMode.ITEMS:
        assert counted == wanted, f"{counted} {wanted}\n{units}\n{box_story(desk, box)}"
        assert all(unit.serial for unit in units if unit.sku == "LID")
        _check_batches(desk, box, units)
    numbers.update((unit.sku, unit.serial) for unit in units if unit.serial and unit.live)


def _gone_out_again(desk: Desk, box: Parcel) -> list[Unit]:
    """Of what left in the box: units that came back, and whose number another box bears since."""
    left = box.state is ParcelState.HANDED_OVER
    return [unit for unit in desk.checks.marks(box.id) if not unit.live] if left else []


def _check_batches(desk: Desk, box: Parcel, units: Sequence[Unit]) -> None:
    """The batches the check told are those the books have in the box, or had when it left."""
    lying = Counter[tuple[str, str]]()
    for place in desk.stock.places(bin_name=box.number):
        lying[place.sku, place.batch] += place.units
    for move in desk.stock.shipped_from(box.id) if box.state is ParcelState.HANDED_OVER else ():
        lying[move.sku, move.batch] -= move.delta if move.bucket is Bucket.GOOD else 0
    told = Counter((unit.sku, unit.batch) for unit in units if checking.BATCH in checking.traits(desk, unit.sku))
    assert told == Counter({key: lying[key] for key in lying if lying[key] and desk.catalog.skus[key[0]].batched})
