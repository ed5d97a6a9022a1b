"""A seeded company whose customers behave: orders, refunds and returns of one buyer, and a clock that is moved."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.customers import customers
from domain.customers.customer_records import Customer, Entry
from domain.intake import intake
from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP, Actor, Role
from domain.records import Event, Notice, NoticeKind, Return, ReturnItem, ReturnState
from domain.review.holds import HoldCode, open_codes
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW, Cast, incoming, receiver
from tests.filled import filled

BUYER = "小气鬼_88"


@dataclass
class Shop:
    """The first shop of the company, and who works there."""

    url: str = "sqlite:///:memory:"
    time: datetime = NOW
    store: Store = field(init=False)
    cast: Cast = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.url, now=lambda: self.time)
        self.cast = filled(self.store, factory.seed)
        self.owner, self.cs, self.lead = (self.cast.actor(role) for role in (Role.OWNER, Role.CS, Role.CS_LEAD))

    def do(self, command: Any, *args: Any, **kwargs: Any) -> Any:
        """A command in its transaction."""
        return self.store.run_now(command, *args, **kwargs)

    def later(self, **span: float) -> None:
        """Time passes."""
        self.time += timedelta(**span)

    def receive(self, *numbers: str, shop: int = 0, **changes: Any) -> list[Order]:
        """Paid orders of the buyer come in, each to its own door."""
        batch: list[IncomingOrder] = [
            incoming(number, **{"buyer_id": BUYER, "receiver": receiver(address=f"文三路 {number} 号"), **changes})
            for number in numbers
        ]
        place = self.cast.shops[shop].id
        self.do(intake.receive, SHOP, place, batch)
        found = self.store.read_now(lambda desk: desk.orders.by_number(place, numbers))
        return [found[number] for number in numbers]

    def bought(self, *numbers: str, refunded: int = 0, shop: int = 0, **changes: Any) -> list[int]:
        """Orders that are done, with money back or without."""

        def put(desk: Unit) -> list[int]:
            made = [
                factory.order(
                    desk,
                    self.cast.shops[shop],
                    number,
                    **{"buyer_id": BUYER, "status": OrderStatus.SHIPPED, "refunded": refunded, **changes},
                )
                for number in numbers
            ]
            factory.put(desk, *made)
            return [one.id for one in made]

        ids: list[int] = self.do(put)
        return ids

    def came_back(self, order_id: int, **changes: Any) -> Return:
        """A return of that order, graded."""
        item = ReturnItem(
            1,
            "CUP-01",
            "cup",
            2,
            order_id,
            1,
            **{name: changes.pop(name) for name in ("good", "missing", "defective") if name in changes},
        )
        made = Return(0, f"R{order_id}", ReturnState.DONE, NOW, order_id=order_id, items=(item,))
        back: Return = self.do(lambda desk: desk.returns.add(replace(made, **changes)))
        return back

    def order(self, number: str, shop: int = 0) -> Order:
        """The order now."""
        place = self.cast.shops[shop].id
        return self.store.read_now(lambda desk: desk.orders.by_number(place, [number])[number])

    def held(self, number: str, shop: int = 0) -> tuple[HoldCode, ...]:
        """Its open holds."""
        return open_codes(self.order(number, shop).holds)

    def customer(self, order_id: int, actor: Actor | None = None) -> Customer:
        """Who bought it."""
        found: Customer = self.do(customers.of_order, actor or self.owner, order_id)
        return found

    def now(self, customer: Customer) -> Customer:
        """The customer now."""
        return self.store.read_now(lambda desk: desk.customers.get(customer.id))

    def entries(self, customer: Customer) -> tuple[Entry, ...]:
        """Their entries, newest first."""
        return self.store.read_now(lambda desk: desk.customers.entries([customer.id]).get(customer.id, ()))

    def history(self, customer: Customer) -> list[Event]:
        """What happened to them, newest first."""
        return self.store.read_now(lambda desk: desk.history("customer", customer.id))

    def told(self, kind: NoticeKind) -> list[Notice]:
        """Notices of a kind that wait; all count as sent now."""
        found = []
        while taken := self.do(lambda desk: desk.deliveries.claim("test", self.time + timedelta(hours=1), 50, 60)):
            for one in taken:
                self.do(lambda desk, one=one: desk.deliveries.sent(one.id, one.version, self.time))
                if one.notice.kind is kind and not one.notice.redraw:
                    found.append(one.notice)
        return found
