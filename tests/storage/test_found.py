"""Pages of a product's ledger, and what a batch or a serial number is found in, on every database."""

from datetime import timedelta

import pytest

from domain.errors import Unknown
from domain.floor.check_records import Check, Unit
from domain.floor.parcels import Parcel, ParcelState
from domain.stock.stock import Batch, Bucket, Document, Move
from storage.unit import Unit as Store
from tests.factory import NOW
from tests.storage.conftest import Each


def moved(each: Each, count: int) -> list[int]:
    """The ids of so many rows of the tea, the newest first; the last is its opening stock."""
    here = each.cast.warehouses[0].id
    moves = [Move(here, "TEA-01", Bucket.GOOD, 1, Document.ADJUST, number) for number in range(count)]
    each.store.run_now(lambda unit: unit.stock.apply(moves, "t"))
    rows = each.store.read_now(lambda unit: unit.stock.history("TEA-01", 100))
    return [int(str(row["id"])) for row in rows]


def test_the_ledger_is_read_page_by_page(each: Each) -> None:
    ids = moved(each, 5)

    def page(limit: int, **edge: int) -> list[object]:
        rows = each.store.read_now(lambda unit: unit.stock.history("TEA-01", limit, **edge))
        return [row["id"] for row in rows]

    assert page(2, before=ids[1]) == ids[2:4]
    assert page(2, after=ids[3]) == ids[1:3]
    assert (page(2, after=ids[0]), page(9, before=ids[-1])) == ([], [])
    assert each.store.read_now(lambda unit: unit.stock.moved_product(ids[0])) == "TEA-01"
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.stock.moved_product(10**9))
    until = each.store.read_now(lambda unit: unit.stock.row_until("TEA-01", NOW + timedelta(days=900)))
    assert page(1, before=until) == ids[:1]
    assert page(1, before=each.store.read_now(lambda unit: unit.stock.row_until("TEA-01", NOW - timedelta(1)))) == []


def test_batches_are_called_in_any_letters(each: Each) -> None:
    each.store.run_now(lambda unit: unit.stock.put_batches([Batch("TEA-01", "Lot 7"), Batch("CUP-01", "LOT 7")]))
    found = each.store.read_now(lambda unit: unit.stock.batches_called("lot 7"))
    assert found == [("CUP-01", "LOT 7"), ("TEA-01", "Lot 7")]
    assert each.store.read_now(lambda unit: unit.stock.batches_called("lot")) == []
    assert each.store.read_now(lambda unit: unit.stock.boxes_of("TEA-01", "Lot 7", 9)) == {}


def two_boxes(unit: Store, shop: int) -> tuple[int, int]:
    """Two parcels, each with a check."""
    first, second = unit.parcels.next_ids(2)
    unit.parcels.add([Parcel(box, ParcelState.PICKED, shop) for box in (first, second)])
    for box in (first, second):
        unit.checks.put(Check(box, NOW, None, ""))
    return first, second


def test_a_number_is_found_after_it_went_out_again(each: Each) -> None:
    """The unit that came back keeps its old record beside the new one."""

    def told(unit: Store) -> None:
        unit.checks.add_unit(Unit(0, first, "CUP-01", NOW, serial="SN-1", batch="B7", live=False))
        unit.checks.add_unit(Unit(0, second, "CUP-01", NOW, serial="SN-1"))

    first, second = each.store.run_now(two_boxes, each.cast.shops[0].id)
    each.store.run_now(told)
    units = each.store.read_now(lambda unit: unit.checks.of_number("SN-1"))
    assert [(one.parcel_id, one.live) for one in units] == [(first, False), (second, True)]
    assert each.store.read_now(lambda unit: unit.checks.of_batch("B7", 9)) == {"CUP-01": {first: 1}}
    assert [one.serial for one in each.store.read_now(lambda unit: unit.checks.marks(first))] == ["SN-1"]
    assert each.store.read_now(lambda unit: unit.checks.of_number("")) == []
    assert each.store.read_now(lambda unit: unit.checks.of_batch("", 9)) == {}
