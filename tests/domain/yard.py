"""Several orders of one buyer to one place in the house of `house.py`, named by number."""

from dataclasses import replace

from domain.floor import fulfilment, release
from domain.floor.parcels import Parcel, ParcelState, Stop
from domain.intake import intake
from domain.intake.incoming import IncomingOrder, IncomingRefund, RefundState
from domain.orders.orders import Order
from domain.people.people import Role, Station
from domain.planning import together
from domain.review import review, undoing
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Move
from domain.stops import pulls
from storage.unit import Unit
from tests.domain.house import SCAN, UNPULLED, WHO, House
from tests.factory import incoming, incoming_line

PAIR = ("1", "2")


def tea(number: str, **changes: object) -> IncomingOrder:
    """An order of one tea by the same buyer to the same place."""
    line = incoming_line("TEA-01", 1, amount=5900)
    base = incoming(number, lines=(line,), buyer_id="b", goods=5900, total=5900, paid=5900)
    return replace(base, **changes)  # type: ignore[arg-type]  # test shorthand


def cups(number: str, **changes: object) -> IncomingOrder:
    """An order of two cups by the same buyer to the same place."""
    return replace(incoming(number, buyer_id="b"), **changes)  # type: ignore[arg-type]  # test shorthand


class Yard:
    """The house with several orders, named by number."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.run = house.run
        self.cs = house.cast.actor(Role.CS)

    def receive(self, *orders: IncomingOrder) -> None:
        for one in orders:
            self.run(intake.receive, self.cs, self.house.cast.shops[0].id, [one])

    def order(self, number: str) -> Order:
        shop = self.house.cast.shops[0].id
        return self.house.store.read_now(lambda desk: desk.orders.by_number(shop, [number])[number])

    def boxes(self, number: str) -> list[Parcel]:
        """Parcels with goods of the order, the oldest first."""
        order_id = self.order(number).id
        found = self.house.store.read_now(lambda desk: desk.parcels.of_orders([order_id]).get(order_id, ()))
        return [p for p in found if p.state is not ParcelState.CANCELLED and order_id in p.live_orders]

    def box(self, number: str) -> Parcel:
        (box,) = self.boxes(number)
        return box

    def stops(self, parcel: Parcel) -> list[Stop]:
        return list(self.house.store.read_now(lambda desk: desk.stops.of_parcels([parcel.id]).get(parcel.id, ())))

    def codes(self, number: str) -> tuple[HoldCode, ...]:
        return open_codes(self.order(number).holds)

    def approve(self, number: str) -> None:
        order = self.order(number)
        self.run(review.approve, self.cs, order.id, order.revision)

    def undo(self, number: str) -> None:
        order = self.order(number)
        self.run(undoing.undo, self.cs, order.id, order.revision)

    def merge(self, number: str, other: str) -> None:
        order = self.order(number)
        self.run(together.merge, self.cs, order.id, order.revision, self.order(other).id)

    def unmerge(self, number: str) -> None:
        order = self.order(number)
        self.run(together.unmerge, self.cs, order.id, order.revision)

    def refund(self, number: str, amount: int, *line_ids: str) -> None:
        told = IncomingRefund(f"R{number}", RefundState.SUCCESS, amount, line_ids)
        assert self.run(intake.refund_told, self.cs, self.house.cast.shops[0].id, number, told)

    def scan(self, station: Station, box: Parcel) -> fulfilment.Scanned:
        if station is Station.PUT_BACK and any(stop.state in UNPULLED for stop in self.stops(box)):
            self.run(pulls.pull, self.house.cast.actor(Role.PICKER), box, box.warehouse_id or 0)
        grams = box.expected_g if station is Station.WEIGH else None
        return self.run(fulfilment.scan, self.house.cast.actor(WHO[station]), station, box.waybill, grams)

    def wave(self, number: str) -> None:
        self.house.pass_time(60)
        self.run(release.release_due)
        warehouse = self.boxes(number)[0].warehouse_id or 0
        wave = self.run(release.wave_now, self.house.cast.actor(Role.DISPATCHER), warehouse)
        self.run(release.take_wave, self.house.cast.actor(Role.PICKER), wave.id, wave.revision)

    def walk(self, box: Parcel, state: ParcelState) -> None:
        """From the wave to where the parcel should be."""
        if state is ParcelState.IN_WAVE:
            return
        for step, station in SCAN.items():
            done = self.scan(station, box)
            assert done.ok, (step, done.refusal)
            if step is state is ParcelState.HANDED_OVER:
                self.house.collected(box)
            if step is state:
                return

    def bring(self, state: ParcelState) -> Parcel:
        """The merged parcel of PAIR, up to where it should be."""
        self.receive(cups("1"), tea("2"))
        self.approve("1")
        if state is ParcelState.READY:
            self.house.pass_time(60)
            self.run(release.release_due)
        else:
            self.wave("1")
            self.walk(self.box("1"), state)
        return self.box("1")


def split_order(yard: Yard) -> tuple[Parcel, Parcel]:
    """One order whose goods travel from two warehouses, both boxes in waves."""
    house = yard.house
    house.run(empty, house.cast.warehouses[0].id, "TEA-01")
    house.run(empty, house.cast.warehouses[1].id, "CUP-01")
    lines = (incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900))
    yard.receive(incoming("1", lines=lines, goods=13_700, total=13_700, paid=13_700))
    one, two = yard.boxes("1")
    assert {one.warehouse_id, two.warehouse_id} == {w.id for w in house.cast.warehouses}
    yard.approve("1")
    house.pass_time(60)
    house.run(release.release_due)
    for box in (one, two):
        wave = house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), box.warehouse_id or 0)
        house.run(release.take_wave, house.cast.actor(Role.PICKER), wave.id, wave.revision)
    first, second = yard.boxes("1")
    return first, second


def empty(desk: Unit, warehouse: int, sku: str) -> None:
    """That warehouse has none of it."""
    level = desk.stock.levels([sku])[(warehouse, sku)]
    desk.stock.apply([Move(warehouse, sku, Bucket.GOOD, -level.free, Document.OPENING, 0)], "test")
