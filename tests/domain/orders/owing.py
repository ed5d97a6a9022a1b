"""A shop that ships parts, in the house of `house.py`: two cups are there, two towels are not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.floor import aftermath, fulfilment, release
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingOrder, IncomingRefund, Platform, RefundState
from domain.orders.orders import Order
from domain.people.people import Role, Station
from domain.policy.policy_sections import Split
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests.domain.house import SCAN, WHO, House
from tests.factory import incoming, incoming_line

CUPS, TOWELS = incoming_line("CUP-01", 2), incoming_line("TOWEL-01", 2, amount=5800)
PARTS = Split(shortage=True, shortage_least={"*": 0}, shortage_percent=0, presale=("presale",))


def sold(number: str = "1", lines: tuple[Any, ...] = (CUPS, TOWELS), **changes: Any) -> IncomingOrder:
    """An order as a platform tells it that can be told of parts."""
    paid = sum(line.amount for line in lines)
    base = incoming(number, platform=Platform.SHOPIFY, currency="USD", lines=lines, goods=paid, total=paid, paid=paid)
    return replace(base, **changes)


class Owing:
    """The house with a policy that ships parts; orders are named by number."""

    def __init__(self, house: House) -> None:
        self.house, self.run = house, house.run
        self.cs, self.lead = house.cast.actor(Role.CS), house.cast.actor(Role.CS_LEAD)
        self.shop = house.cast.shops[2].id
        self.place = house.cast.warehouses[0].id
        self.policy(PARTS)

    def policy(self, split: Split) -> None:
        self.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, split=split), "t"))

    def receive(self, *orders: IncomingOrder) -> None:
        self.run(intake.receive, self.cs, self.shop, orders)

    def order(self, number: str = "1") -> Order:
        return self.house.store.read_now(lambda desk: desk.orders.by_number(self.shop, [number])[number])

    def boxes(self, number: str = "1") -> list[Parcel]:
        """Those with goods of the order in them."""
        order_id = self.order(number).id
        found = self.house.store.read_now(lambda desk: desk.parcels.of_orders([order_id]).get(order_id, ()))
        return [box for box in found if box.state is not ParcelState.CANCELLED and box.live_items]

    def states(self, number: str = "1") -> list[tuple[ParcelState, list[tuple[str, int]]]]:
        """Each box: where it is, and the goods in it."""
        return [(box.state, [(i.sku, i.quantity) for i in box.live_items]) for box in self.boxes(number)]

    def codes(self, number: str = "1") -> tuple[HoldCode, ...]:
        return open_codes(self.order(number).holds)

    def tap(self, command: Callable[..., Any], *args: Any, number: str = "1", **more: Any) -> Any:
        """A tap on the order's fresh card."""
        order = self.order(number)
        return self.run(command, self.lead, order.id, order.revision, *args, **more)

    def approve(self, number: str = "1") -> None:
        self.tap(review.approve, number=number)

    def let_go(self) -> None:
        """The undo window is over, and nothing else."""
        self.house.pass_time(60)
        self.run(release.release_due)

    def owed(self, number: str = "1") -> Parcel:
        (box,) = [box for box in self.boxes(number) if box.state is ParcelState.OWED]
        return box

    def ship_first(self, number: str = "1", *, signed: bool = True) -> Parcel:
        """Approved, and the boxes that could go have left, or stand on the dock."""
        self.receive(sold(number))
        self.approve(number)
        self.let_go()
        box = next(box for box in self.boxes(number) if box.state is ParcelState.READY)
        self.ship(box, signed=signed)
        return box

    def ship(self, box: Parcel, *, signed: bool = True) -> None:
        """Through the whole house."""
        wave = self.run(release.wave_now, self.house.cast.actor(Role.DISPATCHER), box.warehouse_id or 0)
        self.run(release.take_wave, self.house.cast.actor(Role.PICKER), wave.id, wave.revision)
        code = self.run(lambda desk: desk.parcels.get(box.id)).waybill
        for station in SCAN.values():
            grams = box.expected_g if station is Station.WEIGH else None
            done = self.run(fulfilment.scan, self.house.cast.actor(WHO[station]), station, code, grams)
            assert done.ok, (station, done.refusal)
        if signed:
            self.house.collected(box)

    def arrive(self, sku: str = "TOWEL-01", units: int = 2) -> None:
        """Goods come in."""

        def book(unit: Unit) -> None:
            unit.stock.apply([Move(self.place, sku, Bucket.GOOD, units, Document.OPENING, 0)], "t")
            aftermath.stock_arrived(unit)

        self.run(book)

    def refund(self, state: RefundState, *skus: str, amount: int = 100, number: str = "1", refund: str = "R1") -> None:
        told = IncomingRefund(refund, state, amount, tuple(f"L-{sku}" for sku in skus))
        assert self.run(intake.refund_told, self.cs, self.shop, number, told)

    def claimed(self, sku: str = "TOWEL-01") -> int:
        levels = self.house.store.read_now(lambda desk: desk.stock.levels([sku]))
        return sum(level.reserved for level in levels.values())
