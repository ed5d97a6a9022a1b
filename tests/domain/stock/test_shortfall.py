"""A count finds fewer units than orders were promised: which promises are given up, and what becomes of the orders."""

from dataclasses import replace

import pytest

from domain.errors import NotEnoughStock
from domain.floor import release
from domain.floor.parcels import ParcelState, StopState
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.records import NoticeKind
from domain.review import review
from domain.review.holds import HoldCode
from domain.stock import shortfall
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_docs import DocKind, DocState, StockDoc
from domain.stock.stock_scan import Scan
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room
from tests.domain.yard import Yard, cups, empty
from tests.factory import receiver


class Shelf:
    """Cups lie in the first warehouse alone, as many as are told."""

    def __init__(self, house: House, units: int) -> None:
        self.room, self.yard, self.house = Room(house), Yard(house), house
        for warehouse in house.cast.warehouses:
            house.run(empty, warehouse.id, "CUP-01")
        come = Move(self.room.here, "CUP-01", Bucket.GOOD, units, Document.ADJUST, 1)
        house.run(lambda unit: unit.stock.apply([come], "anna"))

    def sold(self, *numbers: str) -> None:
        """Orders of two cups, each of another buyer, approved one after the other and released."""
        for number in numbers:
            place = receiver(phone=f"1380000000{number}", name=f"n{number}", address=f"文三路 {number} 号 2 单元 303")
            self.yard.receive(replace(cups(number), buyer_id=number, receiver=place))
            self.yard.approve(number)
        self.house.pass_time(60)
        self.house.run(release.release_due)

    def waved(self) -> None:
        wave = self.house.run(release.wave_now, self.house.cast.actor(Role.DISPATCHER), self.room.here)
        self.house.run(release.take_wave, self.room.picker, wave.id, wave.revision)

    def counted(self, units: int) -> StockDoc:
        """So many lie on the shelf; somebody approves it."""
        made = self.room.doc(DocKind.COUNT, Scan("CUP-01", units), scope="CUP-01")
        return self.room.approve(self.room.finish(made))

    def levels(self) -> tuple[int, int]:
        level = self.room.level()
        return level.good, level.reserved

    def lost(self, doc: StockDoc) -> str:
        return self.house.run(shortfall.lost_by, doc)

    def heard(self, role: Role, kind: NoticeKind) -> list[int]:
        chat = self.house.cast.people[role].chat_id
        found = self.house.store.read_now(lambda unit: unit.outbox.waiting(chat))
        return [notice.subject_id for notice in found if notice.kind is kind and "not_there" in notice.key]


def test_the_youngest_order_in_no_wave_goes_back_to_review(house: House) -> None:
    shelf = Shelf(house, 6)
    shelf.sold("1", "2", "3")
    done = shelf.counted(5)
    assert (done.state, shelf.levels(), shelf.lost(done)) == (DocState.DONE, (5, 4), "3")
    status = [shelf.yard.order(number).status for number in "123"]
    assert status == [OrderStatus.RELEASED, OrderStatus.RELEASED, OrderStatus.REVIEW]
    assert shelf.yard.codes("3") == (HoldCode.OUT_OF_STOCK,)
    assert shelf.heard(Role.CS, NoticeKind.ORDER) == [shelf.yard.order("3").id]


def test_an_order_of_two_boxes_goes_back_whole_and_once(house: House) -> None:
    shelf = Shelf(house, 4)
    shelf.sold("1", "2")
    order_id = shelf.yard.order("2").id

    def part(unit: Unit) -> None:
        box = unit.parcels.of_orders([order_id])[order_id][0]
        (item,) = box.items
        half = replace(item, quantity=1, paid=item.paid // 2)
        (other,) = unit.parcels.next_ids(1)
        unit.parcels.save([replace(box, items=(half,))])
        unit.parcels.add([replace(box, id=other, revision=1, items=(half,))])

    house.run(part)
    assert [box.state for box in shelf.yard.boxes("2")] == [ParcelState.READY, ParcelState.READY]
    made = shelf.room.doc(DocKind.COUNT, Scan("A-01"), scope="CUP-01")
    done = shelf.room.approve(shelf.room.finish(made))
    assert (shelf.levels(), shelf.lost(done)) == ((0, 0), "1, 2")
    assert {shelf.yard.order(number).status for number in "12"} == {OrderStatus.REVIEW}


def test_as_many_as_are_missing_and_no_more(house: House) -> None:
    """Free units are lost first."""
    shelf = Shelf(house, 8)
    shelf.sold("1", "2", "3")
    done = shelf.counted(6)
    assert (shelf.levels(), shelf.lost(done)) == ((6, 6), "")
    done = shelf.counted(3)
    assert (shelf.levels(), shelf.lost(done)) == ((3, 2), "2, 3")


def test_what_is_in_no_wave_is_given_up_before_what_is(house: House) -> None:
    shelf = Shelf(house, 6)
    shelf.sold("1")
    shelf.waved()
    shelf.sold("2")
    done = shelf.counted(2)
    assert (shelf.levels(), shelf.lost(done)) == ((2, 2), "2")
    assert shelf.yard.box("1").state is ParcelState.IN_WAVE


def test_a_box_in_a_wave_that_nobody_picked_leaves_it_and_is_owed(house: House) -> None:
    """When goods come, it is ready anew."""
    shelf = Shelf(house, 4)
    shelf.sold("1", "2")
    shelf.waved()
    sheet = shelf.yard.box("2")
    done = shelf.counted(3)
    assert (shelf.levels(), shelf.lost(done)) == ((3, 2), "2")
    assert [(box.state, box.blocked) for box in shelf.yard.boxes("2")] == [(ParcelState.OWED, False)]
    assert house.run(lambda unit: unit.parcels.get(sheet.id)).state is ParcelState.CANCELLED
    assert not shelf.yard.scan(Station.PICK, sheet).ok
    assert shelf.heard(Role.PICKER, NoticeKind.WAVE) == [sheet.wave_id]
    shelf.room.finish(shelf.room.doc(DocKind.RECEIPT, Scan("CUP-01", 1)))
    (box,) = shelf.yard.boxes("2")
    assert (box.state, sum(item.paid for item in box.live_items), shelf.levels()) == (
        ParcelState.READY,
        shelf.yard.order("2").paid,
        (4, 4),
    )


def test_what_was_picked_is_there(house: House) -> None:
    shelf = Shelf(house, 4)
    shelf.sold("1", "2")
    shelf.waved()
    assert shelf.yard.scan(Station.PICK, shelf.yard.box("2")).ok
    made = shelf.room.doc(DocKind.COUNT, Scan("A-01"), scope="CUP-01")
    done = shelf.room.approve(shelf.room.finish(made))
    assert (shelf.levels(), shelf.lost(done)) == ((2, 2), "1")
    assert shelf.yard.box("2").state is ParcelState.PICKED


def test_an_order_leaves_the_box_it_shares_and_the_other_goes_on(house: House) -> None:
    shelf = Shelf(house, 2)
    box = shelf.yard.bring(ParcelState.IN_WAVE)
    done = shelf.counted(1)
    assert (shelf.levels(), shelf.lost(done)) == ((1, 0), "1")
    assert [one.state for one in shelf.yard.boxes("1")] == [ParcelState.OWED]
    left = house.run(lambda unit: unit.parcels.get(box.id))
    assert ([item.sku for item in left.items], left.blocked) == (["TEA-01"], False)
    assert shelf.yard.scan(Station.PICK, left).ok


def test_a_held_box_loses_its_stop_with_its_goods(house: House) -> None:
    shelf = Shelf(house, 2)
    shelf.sold("1")
    shelf.waved()
    sheet, order = shelf.yard.box("1"), shelf.yard.order("1")
    house.run(review.hold, shelf.yard.cs, order.id, order.revision, "wait")
    assert [stop.state for stop in shelf.yard.stops(sheet)] == [StopState.OPEN]
    shelf.counted(1)
    assert [stop.state for stop in shelf.yard.stops(sheet)] == [StopState.RELEASED]
    assert [(box.state, box.blocked) for box in shelf.yard.boxes("1")] == [(ParcelState.OWED, True)]


def test_what_a_refund_stops_is_put_back_first(house: House) -> None:
    """Whoever has the sheet answers the stop; until then nothing changes."""
    shelf = Shelf(house, 2)
    shelf.sold("1")
    shelf.waved()
    shelf.yard.refund("1", shelf.yard.order("1").paid)
    waiting = shelf.room.finish(shelf.room.doc(DocKind.COUNT, Scan("CUP-01", 1), scope="CUP-01"))
    before = shelf.room.books()
    with pytest.raises(NotEnoughStock):
        shelf.room.approve(waiting)
    assert (shelf.room.books(), house.run(lambda unit: unit.stock_docs.get(waiting.id))) == (before, waiting)
    assert shelf.yard.scan(Station.PUT_BACK, shelf.yard.box("1")).ok
    assert shelf.room.approve(waiting).state is DocState.DONE


def test_units_found_broken_are_promised_no_more(house: House) -> None:
    shelf = Shelf(house, 4)
    shelf.sold("1", "2")
    made = shelf.room.doc(DocKind.REGRADE, Scan("CUP-01", 1), scope="defective", reason="wet")
    done = shelf.room.approve(shelf.room.finish(made))
    assert (shelf.levels(), shelf.room.level().defective, shelf.lost(done)) == ((3, 2), 1, "2")
