"""The part of the life machine at the dock: lists made and signed, shipments taken back, boxes that had left after all.

Surprising: "it has left already" is the one way past an open stop, so the machine says it at every stop there is; only
the box that a refund or a new address called back, and that nobody had in hand, may go.
"""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.desk import Desk
from domain.errors import ShipmentStays, WrongStatus
from domain.floor import dock, manifests
from domain.floor.parcels import ParcelState, Stage, StopState
from tests.journeys.stop_life import BOSS, StopLife


def sign_last(desk: Desk) -> None:
    """The courier signs the newest list."""
    for made in desk.manifests.recent([1], 1):
        manifests.sign(desk, BOSS, manifests.signed(made, BOSS, "courier", desk.now), b"signed")


def unlisted(desk: Desk) -> list[tuple[int, int]]:
    """(warehouse, courier) with parcels on no list."""
    return list(desk.manifests.unlisted_counts([1], desk.now - manifests.LOOK_BACK))


def lists_hold(desk: Desk) -> None:
    """A list names what has left, counts it, and once signed nothing is struck off it."""
    for made in desk.manifests.recent([1], 1000):
        boxes = desk.manifests.parcels(made.id)
        assert all(box.state is ParcelState.HANDED_OVER for box in boxes)
        assert (made.parcels, made.grams) == (len(boxes), sum(box.weight_g for box in boxes))


class DockLife(StopLife):
    """The rules of the dock."""

    @rule(sign=st.booleans())
    def the_courier_comes(self, sign: bool) -> None:
        for place, courier in self.store.read_now(
            lambda desk: desk.manifests.unlisted_counts([1], desk.now - manifests.LOOK_BACK)
        ):
            self.refusable(manifests.make, BOSS, place, courier)
        if sign:
            self.refusable(sign_last)
        self.store.read_now(lists_hold)

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20))
    def shipment_is_taken_back(self, pick: int) -> None:
        codes = self.waybills()
        code = codes[pick % len(codes)]
        try:
            box = self.store.run_now(dock.take_back, BOSS, code)
        except (ShipmentStays, WrongStatus):
            return
        assert (box.state, box.handed_over_at) == (ParcelState.WEIGHED, None)
        self.store.read_now(lists_hold)

    @precondition(lambda self: self.stops())
    @rule(pick=st.integers(0, 20))
    def it_had_left_already(self, pick: int) -> None:
        stop = self.stops()[pick % len(self.stops())]
        mine = [one for one in self.stops() if one.parcel_id == stop.parcel_id]
        called = any(one.stage is Stage.DOCK for one in mine) and all(one.state is not StopState.PULLED for one in mine)
        self.refusable(dock.left_already, BOSS, stop.id, stop.revision)
        gone = self.store.read_now(lambda desk: desk.parcels.get(stop.parcel_id)).state is ParcelState.HANDED_OVER
        assert called or not gone
