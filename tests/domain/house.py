"""One order of two lines in the real store in memory, moved along by the house's own commands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from domain.floor import fulfilment, manifests, release
from domain.floor.parcels import Parcel, ParcelState, Refund, Stop, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingOrder, IncomingRefund, RefundState
from domain.orders.orders import Order
from domain.people.people import Role, Station
from domain.review import review
from domain.review.holds import HoldCode
from domain.stops import pulls
from storage.store import Store
from storage.unit import Unit
from tests.factory import Cast, incoming, incoming_line

P = ParamSpec("P")
T = TypeVar("T")
LINES = (incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900))
PAID = 13_700
UNPULLED = (StopState.OPEN, StopState.ACKED)
LATER = (ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED)
SCAN = {
    ParcelState.PICKED: Station.PICK,
    ParcelState.PACKED: Station.PACK,
    ParcelState.WEIGHED: Station.WEIGH,
    ParcelState.HANDED_OVER: Station.HAND_OVER,
}
WHO = {
    Station.PICK: Role.PICKER,
    Station.PACK: Role.PACKER,
    Station.WEIGH: Role.DISPATCHER,
    Station.HAND_OVER: Role.DISPATCHER,
    Station.PUT_BACK: Role.PICKER,
}


@dataclass
class House:
    """One order of two lines, moved along by the house's own commands."""

    store: Store
    cast: Cast
    clock: list[datetime]

    def run(self, command: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.store.run_now(command, *args, **kwargs)

    def told(self, **changes: object) -> IncomingOrder:
        """The order as its platform tells it."""
        return replace(incoming(lines=LINES, goods=PAID, total=PAID, paid=PAID), **changes)  # type: ignore[arg-type]  # any field

    def receive(self, **changes: object) -> None:
        self.run(intake.receive, self.cast.actor(Role.CS), self.cast.shops[0].id, [self.told(**changes)])

    def release(self, code: HoldCode) -> None:
        """Customer service lets it go on, knowing what ships."""
        order = self.order
        self.run(review.release_hold, self.cast.actor(Role.CS), order.id, order.revision, code, sure=True)

    def refund(self, state: RefundState, amount: int = PAID, *skus: str, number: str = "R1") -> None:
        told = IncomingRefund(number, state, amount, tuple(f"L-{sku}" for sku in skus))
        assert self.run(intake.refund_told, self.cast.actor(Role.CS), self.cast.shops[0].id, "1001", told)

    @property
    def order(self) -> Order:
        return self.store.read_now(lambda desk: desk.orders.by_number(self.cast.shops[0].id, ["1001"])["1001"])

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        number = self.order.id
        return self.store.read_now(lambda desk: desk.parcels.of_orders([number]).get(number, ()))

    @property
    def parcel(self) -> Parcel:
        return self.parcels[0]

    @property
    def stops(self) -> tuple[Stop, ...]:
        number = self.parcel.id
        return self.store.read_now(lambda desk: desk.stops.of_parcels([number]).get(number, ()))

    @property
    def refunds(self) -> list[Refund]:
        number = self.order.id
        return list(self.store.read_now(lambda desk: desk.refunds.of_order(number)))

    def reserved(self) -> dict[str, int]:
        """Units claimed, by sku."""
        levels = self.store.read_now(lambda desk: desk.stock.levels(["CUP-01", "TEA-01"]))
        found = {"CUP-01": 0, "TEA-01": 0}
        for (_, sku), level in levels.items():
            found[sku] += level.reserved
        return found

    def approve(self) -> None:
        order = self.order
        self.run(review.approve, self.cast.actor(Role.CS), order.id, order.revision)

    def pass_time(self, seconds: int) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    def pull(self) -> Stop:
        """The parcel lies on the stop shelf of its warehouse."""
        return self.run(pulls.pull, self.cast.actor(Role.PICKER), self.parcel, self.parcel.warehouse_id or 0)

    def scan(self, station: Station, grams: int | None = None) -> fulfilment.Scanned:
        """At the put-back station what somebody had in hand is pulled before."""
        if station is Station.PUT_BACK and any(stop.state in UNPULLED for stop in self.stops):
            self.pull()
        actor = self.cast.actor(WHO[station])
        return self.run(fulfilment.scan, actor, station, self.parcel.waybill, grams)

    def collected(self, parcel: Parcel) -> None:
        """The courier signs for everything that stands on the dock: now it has left."""
        actor = self.cast.actor(Role.DISPATCHER)
        made = self.run(manifests.make, actor, parcel.warehouse_id or 0, parcel.courier_id or 0)
        self.run(manifests.sign, actor, manifests.signed(made, actor, "courier", self.clock[0]), b"signed")

    def to_the_dock(self) -> None:
        """Scanned out, and nobody has signed for it."""
        self.bring_to(ParcelState.WEIGHED)
        assert self.scan(Station.HAND_OVER).ok

    def bring_to(self, state: ParcelState, **changes: object) -> None:
        """The usual way to where the parcel should be; HANDED_OVER is signed for."""
        self.receive(**changes)
        self.approve()
        self.pass_time(60)
        self.run(release.release_due)
        if state is ParcelState.READY:
            return
        picker = self.cast.actor(Role.PICKER)
        wave = self.run(release.wave_now, self.cast.actor(Role.DISPATCHER), self.parcel.warehouse_id or 0)
        self.run(release.take_wave, picker, wave.id, wave.revision)
        for step, station in SCAN.items():
            if self.parcel.state is state:
                return
            done = self.scan(station, self.parcel.expected_g if station is Station.WEIGH else None)
            assert done.ok, (step, done.refusal)
        self.collected(self.parcel)
