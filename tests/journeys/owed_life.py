"""Goods that are missing in the order's life: they arrive, go on sale and are kept from sale at any moment."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.desk import Desk
from domain.floor import aftermath
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import SHOP
from domain.review.holds import HoldCode
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests.journeys.promises import all_orders
from tests.journeys.stop_life import NUMBERS
from tests.journeys.wave_life import WaveLife

GONE = (ParcelState.OWED, ParcelState.PLANNED, ParcelState.CANCELLED)


def arrive(unit: Unit, sku: str, units: int) -> None:
    """Units come in, and whoever waits for them hears of it."""
    unit.stock.apply([Move(1, sku, Bucket.GOOD, units, Document.OPENING, 0)], "opening")
    aftermath.stock_arrived(unit)


def sale(unit: Unit, sku: str, on: bool) -> None:
    """A presale begins or ends; nobody is told."""
    old = unit.catalog.skus[sku]
    traits = old.traits - {"presale"} if on else old.traits | {"presale"}
    unit.catalog_admin.put_skus([replace(old, traits=traits)])


class OwedLife(WaveLife):
    """Somebody who takes goods in, and somebody who puts them on sale."""

    @rule(sku=st.sampled_from(["CUP", "LID"]), units=st.integers(1, 3))
    def goods_arrive(self, sku: str, units: int) -> None:
        self.store.run_now(arrive, sku, units)

    @rule(sku=st.sampled_from(["CUP", "LID"]), on=st.sampled_from([True, True, False]))
    def goods_go_on_sale(self, sku: str, on: bool) -> None:
        self.store.run_now(sale, sku, on)

    @rule(number=NUMBERS, state=st.sampled_from([RefundState.REQUESTED, RefundState.SUCCESS]), lid=st.booleans())
    def wanted_again(self, number: str, state: RefundState, lid: bool) -> None:
        """A refund that is taken back in the next moment."""
        lines = (f"{number}-LID",) if lid else ()
        for told in (state, RefundState.CANCELLED):
            news = IncomingRefund(f"R{number}-again", told, 500 if lid else 1_000_000, lines)
            self.store.run_now(intake.refund_told, SHOP, 1, number, news)


def check_owed(desk: Desk, owed: frozenset[int]) -> frozenset[int]:
    """What is owed is nowhere and claims nothing; it becomes ready only while nothing holds its order; nothing of an
    order nobody changed is lost or doubled. `owed` are the boxes that were so before; returns those of now."""
    ids = all_orders(desk)
    boxes = desk.parcels.of_orders(ids)
    for order in desk.orders.many(ids).values():
        mine = boxes.get(order.id, ())
        for box in mine:
            if box.state is ParcelState.OWED:
                assert (box.warehouse_id, box.waybill, box.wave_id, box.order_ids) == (None, "", None, (order.id,))
                assert box.blocked == order.held
                assert order.status in (OrderStatus.APPROVED, OrderStatus.RELEASED)
            elif box.id in owed and box.state not in GONE:
                assert not order.held
                assert box.warehouse_id is not None
        _check_units(desk, order, [box for box in mine if box.state is not ParcelState.CANCELLED])
    return frozenset(box.id for mine in boxes.values() for box in mine if box.state is ParcelState.OWED)


def _check_units(desk: Desk, order: Order, live: list[Parcel]) -> None:
    """Every unit of every line is in exactly one box, and so is every cent."""
    changed = any(hold.code is HoldCode.GOODS_CHANGED for hold in order.holds)
    if changed or desk.refunds.of_order(order.id) or order.status not in (OrderStatus.APPROVED, OrderStatus.RELEASED):
        return
    mine = [item for box in live for item in box.live_items if item.order_id == order.id]
    for line in order.shippable:
        assert sum(item.quantity for item in mine if item.line_no == line.line_no) == line.quantity
    assert sum(item.paid for item in mine) == order.paid
