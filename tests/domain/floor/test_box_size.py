"""The size of the box a parcel is packed into is the parcel's, until somebody measures it."""

from dataclasses import replace

import pytest

from domain.codes import Code
from domain.finance import day_close
from domain.finance.day_report import ShipmentRow
from domain.floor import floor, fulfilment, measuring, undo_scan
from domain.floor.parcels import ParcelState, Size
from domain.orders.catalog import Sku
from domain.people.people import Role, Station
from domain.planning.tariffs import Rate, Tariff, Tier
from domain.records import ReportRun, RunState
from domain.stock.stock import Bucket, Document, Move
from tests.domain.house import House
from tests.factory import NOW

BOX: Size = (300, 200, 150)
BAG: Size = (400, 300, 0)


def into(house: House, size: Size) -> None:
    """The parcel is packed into a material of that size, 60 g as the policy's."""
    place, (length, width, height) = house.parcel.warehouse_id or 0, size
    made = Sku("BOX-002", "", "box", 60, 50, 0, traits=frozenset({"material"}))
    made = replace(made, length_mm=length, width_mm=width, height_mm=height)
    house.run(lambda unit: unit.catalog_admin.put_skus([made]))
    move = Move(place, "BOX-002", Bucket.GOOD, 1, Document.OPENING, 0)
    house.run(lambda unit: unit.stock.apply([move], "t"))
    packer = house.cast.actor(Role.PACKER)
    assert house.run(fulfilment.pack_into, packer, house.parcel, Code("BOX-002"), "BOX-002").ok


@pytest.fixture(name="packed")
def fixture_packed(house: House) -> House:
    """A packed parcel whose courier counts 6000 cm³ as a kilo: 10.00 the first kilo, 2.00 each further one."""
    house.bring_to(ParcelState.PACKED)
    rate = Rate((Tier(1000, 1000, 1000, 200),))
    courier = house.parcel.courier_id or 0
    house.run(lambda unit: unit.catalog_admin.add_tariff(Tariff(0, courier, 0, (rate,), divisor=6000)))
    return house


def weigh(house: House) -> None:
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok


def shipped(house: House) -> ShipmentRow:
    """The parcel as the day's workbook has it."""
    assert house.scan(Station.HAND_OVER).ok
    run = ReportRun(1, house.run(day_close.today), 1, RunState.RUNNING, 1, NOW)
    (row,) = house.store.read_now(day_close.collect, run).shipments
    return row


def test_weighed_alone_it_has_the_size_of_its_box_and_is_priced_by_it(packed: House) -> None:
    """9 litres are 1.5 kg by size: two kilos, 12.00, though the scales say less than one."""
    into(packed, BOX)
    before = packed.parcel
    assert before.size is None
    weigh(packed)
    assert (packed.parcel.size, packed.parcel.freight) == (BOX, 1200)
    row = shipped(packed)
    assert (row.size_mm, row.volumetric_g, row.freight_estimate) == (BOX, 1500, 1200)


def test_what_is_measured_counts_before_the_box(packed: House) -> None:
    into(packed, BOX)
    packer = packed.cast.actor(Role.DISPATCHER)
    packed.run(measuring.weigh, packer, packed.parcel.waybill, (100, 100, 100), packed.parcel.expected_g)
    assert (packed.parcel.size, packed.parcel.freight) == ((100, 100, 100), 1000)


def test_a_bag_has_no_size(packed: House) -> None:
    into(packed, BAG)
    weigh(packed)
    assert (packed.parcel.size, packed.parcel.freight) == (None, 1000)
    row = shipped(packed)
    assert (row.size_mm, row.volumetric_g) == (None, 0)


def test_the_weighing_taken_back_takes_the_size_back(packed: House) -> None:
    into(packed, BOX)
    before = packed.parcel
    told = [(before.waybill, before.expected_g)]
    packed.run(floor.scan, packed.cast.actor(Role.DISPATCHER), told, station=Station.WEIGH)
    assert packed.parcel.size == BOX
    packed.run(undo_scan.undo, packed.cast.actor(Role.DISPATCHER), "")
    now = packed.parcel
    assert (now.state, now.size, now.material) == (ParcelState.PACKED, None, "BOX-002")
