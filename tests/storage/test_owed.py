"""What is owed, on every database: units by sku, boxes by the age of their orders, and the buyer's shortage."""

from datetime import timedelta
from typing import Any

from domain.floor.parcels import Item, Owed, Parcel, ParcelState
from domain.orders.orders import OrderStatus
from domain.stock.stock_book import Wanted
from domain.watch.lookout import Pile, Shortage
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import Each
from tests.storage.test_piles import put

HOUR = timedelta(hours=1)


def owe(each: Each, order_id: int, *units: tuple[str, int], **changes: Any) -> int:
    """A box that waits for these (negative units: dropped); its id."""

    def add(unit: Unit) -> int:
        (new_id,) = unit.parcels.next_ids(1)
        items = tuple(
            Item(order_id, n, sku, sku, abs(count), dropped=count < 0) for n, (sku, count) in enumerate(units)
        )
        told: dict[str, Any] = {"state": ParcelState.OWED, "state_at": NOW, "items": items, **changes}
        unit.parcels.add([Parcel(new_id, shop_id=each.cast.shops[0].id, **told)])
        return new_id

    return each.store.run_now(add)


def released(each: Each, number: str, hours: int) -> int:
    return put(each, 0, number, status=OrderStatus.RELEASED, paid_at=NOW - hours * HOUR)


def test_the_oldest_order_comes_first_and_only_what_may_go(each: Each) -> None:
    young, old = released(each, "young", 1), released(each, "old", 9)
    first = owe(each, young, ("CUP-01", 2), ("TEA-01", 1), ("CUP-01", 1))
    second = owe(each, old, ("TEA-01", 4), ("LAMP-01", -1))
    owe(each, released(each, "blocked", 3), ("CUP-01", 1), blocked=True)
    owe(each, put(each, 0, "undoable", status=OrderStatus.APPROVED), ("CUP-01", 1))
    owe(each, old, ("TEA-01", 7), state=ParcelState.CANCELLED)
    look = each.store.read_now
    assert look(lambda unit: unit.parcels.owed_units()) == {"CUP-01": 5, "TEA-01": 5}
    whole = [Owed(second, old, {"TEA-01": 4}), Owed(first, young, {"CUP-01": 3, "TEA-01": 1})]
    assert look(lambda unit: unit.parcels.owed({"CUP-01", "TEA-01"}, 10)) == whole
    assert look(lambda unit: unit.parcels.owed({"CUP-01"}, 10)) == whole[1:]
    assert look(lambda unit: unit.parcels.owed({"TEA-01"}, 1)) == whole[:1]
    assert look(lambda unit: unit.parcels.owed({"LAMP-01"}, 10)) == []
    assert look(lambda unit: unit.parcels.counts(None)) == {}


def test_the_buyers_shortage_counts_an_order_once_and_its_units_each(each: Each) -> None:
    one, two = released(each, "1", 5), released(each, "2", 2)
    owe(each, one, ("CUP-01", 2), ("TEA-01", 1), state_at=NOW - 5 * HOUR)
    owe(each, one, ("CUP-01", 1), state_at=NOW - HOUR)
    owe(each, two, ("CUP-01", 4), state_at=NOW - 2 * HOUR)
    piles, skus = each.store.read_now(lambda unit: unit.piles.short())
    assert piles == [Pile(0, "", 2, NOW - 5 * HOUR, (one, two))]
    assert skus == [Shortage("CUP-01", 2, 7), Shortage("TEA-01", 1, 1)]
    assert each.store.read_now(lambda unit: unit.orders.wanted(["CUP-01"])) == {"CUP-01": Wanted(owed=7)}
