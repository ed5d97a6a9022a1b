"""What an order's goods cost: as they left, at the average before that, to the cent in a shared parcel."""

from dataclasses import replace

from domain.finance.day_close import bounds, collect, today
from domain.finance.day_costs import left_by_line
from domain.finance.day_report import CostBasis, OrderRow
from domain.floor.parcels import Item, ParcelState
from domain.orders.catalog import Sku
from domain.people.people import Station
from domain.records import ReportRun, RunState
from domain.stock.stock import Bucket, Document, Move
from domain.stock.unit_costs import UnitCosts
from storage.unit import Unit
from tests.domain.house import House

PAID = {1: 200_000, 2: 900_000}
"""Warehouse -> what a hundred more cups cost it."""


def row(house: House) -> OrderRow:
    def look(unit: Unit) -> OrderRow:
        assert bounds(today(unit), unit.catalog.company.zone)[0] <= unit.now
        (found,) = collect(unit, ReportRun(1, today(unit), 1, RunState.RUNNING, 1, unit.now, asked_by="x")).orders
        return found

    return house.store.read_now(look)


def cards_say(house: House, cost: int) -> None:
    def put(unit: Unit) -> None:
        unit.catalog_admin.put_skus([replace(sku, cost=cost) for sku in unit.catalog.skus.values()])

    house.run(put)


def test_goods_that_left_cost_what_they_cost_as_they_left(house: House) -> None:
    """Two cups at (100 * 1200 + 100 * 2000) / 200 and a tea at 1800, whatever the cards say afterwards."""
    here = house.cast.warehouses[0].id
    more = Move(here, "CUP-01", Bucket.GOOD, 100, Document.ADJUST, 1, value=200_000)
    house.run(lambda unit: unit.stock.apply([more], "anna"))
    house.bring_to(ParcelState.WEIGHED)
    assert (row(house).cost, row(house).cost_basis) == (2 * 1600 + 1800, CostBasis.EXPECTED)
    assert house.scan(Station.HAND_OVER).ok
    cards_say(house, 7)
    assert (row(house).cost, row(house).cost_basis, row(house).cost_currency) == (
        2 * 1600 + 1800,
        CostBasis.LEFT,
        "CNY",
    )


def test_nothing_has_left_so_the_average_of_where_it_waits_counts(house: House) -> None:
    """The box waits in the first warehouse; what the second one paid is nothing to it, nor is the card."""
    here, there = (warehouse.id for warehouse in house.cast.warehouses)
    more = [Move(place, "CUP-01", Bucket.GOOD, 100, Document.ADJUST, 1, value=worth) for place, worth in PAID.items()]
    house.run(lambda unit: unit.stock.apply(more, "anna"))
    house.receive()
    cards_say(house, 7)
    assert {here, there} == set(PAID)
    assert house.parcel.warehouse_id == here
    assert (row(house).cost, row(house).cost_basis) == (2 * 1600 + 1800, CostBasis.EXPECTED)


def test_without_any_in_stock_the_card_is_what_there_is(house: House) -> None:
    gone = [
        Move(place.id, sku, Bucket.GOOD, -units, Document.ADJUST, 1)
        for place in house.cast.warehouses
        for sku, units in (("CUP-01", 100), ("TEA-01", 30))
    ]
    house.run(lambda unit: unit.stock.apply(gone, "anna"))
    house.receive()
    cards_say(house, 7)
    assert (row(house).cost, row(house).cost_basis) == (21, CostBasis.EXPECTED)


def test_an_average_is_that_of_the_warehouse_else_of_all_else_the_card() -> None:
    sku = Sku("A", "", "", 0, cost=500, price=0)
    costs = UnitCosts({(1, "A"): (3, 1000), (2, "A"): (1, 5000)}, {"A": (4, 6000)})
    assert [costs.of(sku, units, 1) for units in (0, 1, 2, 3)] == [0, 333, 667, 1000]
    assert (costs.of(sku, 2, 2), costs.of(sku, 2, 9), costs.of(sku, 2)) == (10_000, 3000, 3000)
    assert UnitCosts().of(sku, 2, 1) == 1000


def test_lines_that_share_a_parcel_get_all_of_its_cost(house: House) -> None:
    """Three units for 1000, one each to three lines; the books say two left of the other sku's three."""
    house.bring_to(ParcelState.READY)
    items = [Item(1, 1, "A", "", 1), Item(2, 1, "A", "", 1), Item(2, 2, "A", "", 1), Item(2, 3, "B", "", 3)]
    box = replace(house.parcel, id=9, items=(*items, Item(1, 2, "A", "", 5, dropped=True)))
    left = left_by_line([box], {(9, "A"): (3, 1000), (9, "B"): (2, 50), (8, "A"): (7, 7)})
    assert left == {(1, 1): (1, 333), (2, 1): (1, 334), (2, 2): (1, 333), (2, 3): (2, 50)}
