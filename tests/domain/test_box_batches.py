"""The check tells which batch is in the box: the books follow where it may go, and refuse it where it may not.

One B7 and one B8 were picked, of nine B8; three of B6 are too old to be sent.
"""

from datetime import date

import pytest

from domain import bins
from domain.errors import ItemRefused
from domain.incoming import RefundState
from domain.parcels import ParcelState
from domain.people import Station
from domain.stock import Bucket, Document, Move
from domain.stock_docs import DocKind
from domain.stock_room import Scan
from tests.domain.house import House
from tests.domain.test_batches import shelves, two_batches
from tests.domain.test_checking import CUP, TEA, rule, scan, units, verbs
from tests.domain.test_stock_room import Room


@pytest.fixture
def room(house: House) -> Room:
    made = two_batches(house)
    rule(house)
    made.finish(made.doc(DocKind.RECEIPT, Scan("CUP-01", 3, "B6", date(2026, 12, 1))))
    house.bring_to(ParcelState.PICKED)
    assert (boxed(made), shelves(made)) == ({"B7": 1, "B8": 1}, {"B6": 3, "B8": 8})
    return made


def boxed(room: Room) -> dict[str, int]:
    number = room.house.parcel.number
    return {batch: units for (name, batch), units in room.places().items() if name == number}


def test_as_it_was_picked_each_batch_is_scanned_and_nothing_moves(room: Room) -> None:
    found = scan(room.house, room.house.parcel.waybill, CUP, "B8", CUP, TEA, "B7", TEA)
    assert [o.verdict for o in found] == ["item", "item", "item", "item", "refused", "item", "ok"]
    assert [unit.batch for unit in units(room.house)] == ["B8", "B7", ""]
    assert (boxed(room), shelves(room)) == ({"B7": 1, "B8": 1}, {"B6": 3, "B8": 8})


def test_another_batch_of_the_shelf_changes_places_with_the_one_that_is_not_there(room: Room) -> None:
    scan(room.house, room.house.parcel.waybill, CUP, "b8", CUP, "B8", TEA)
    assert room.house.parcel.state is ParcelState.CHECKED
    assert (boxed(room), shelves(room)) == ({"B8": 2}, {"B6": 3, "B7": 1, "B8": 7})
    assert "batch_swapped" in verbs(room.house)
    room.house.refund(RefundState.SUCCESS)
    assert room.house.scan(Station.PUT_BACK).ok
    assert shelves(room) == {"B6": 3, "B7": 1, "B8": 9}
    assert boxed(room) == {}


@pytest.mark.parametrize("code", ["B6", "B9"])
def test_a_batch_that_is_too_old_or_on_no_shelf_is_refused(room: Room, code: str) -> None:
    before = room.books()
    outcome = scan(room.house, room.house.parcel.waybill, CUP, code)[-1]
    assert isinstance(outcome.refusal, ItemRefused)
    assert (outcome.refusal.why, outcome.refusal.code, outcome.refusal.other) == ("batch_other", code, "B7")
    assert ([unit.batch for unit in units(room.house)], room.books()) == ([""], before)
    assert scan(room.house, "B7")[-1].verdict == "item"


def test_of_one_batch_alone_it_is_asked_once(house: House) -> None:
    room = two_batches(house)
    rule(house)
    gone = Move(room.here, "CUP-01", Bucket.GOOD, -1, Document.ADJUST, 1, bins.RECEIVING, "B7")
    house.run(lambda unit: unit.stock.apply([gone], "anna"))
    house.bring_to(ParcelState.PICKED)
    assert [o.verdict for o in scan(house, house.parcel.waybill, CUP, "B8", CUP, TEA)][-1] == "ok"
    assert [unit.batch for unit in units(house)] == ["B8", "B8", ""]
    assert boxed(room) == {"B8": 2}
