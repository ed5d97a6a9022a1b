"""A picker finds no goods: the parcel is held, its bin is counted, the books stay as they are until that is over."""

from datetime import timedelta

import pytest

from domain.errors import BadValue, NotAllowed, Refusal, Unknown, WrongStatus
from domain.floor import not_there
from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.review.holds import HoldCode, open_codes
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import DocKind, DocState, StockDoc
from domain.stock.stock_scan import Scan
from domain.stops import stopping
from tests import factory
from tests.domain.house import House
from tests.domain.stock.test_shortfall import Shelf
from tests.domain.stops.test_pulls import minutes_told, told


def reported(house: House, product: str = "CUP-01", role: Role = Role.PICKER) -> StockDoc:
    actor = house.cast.actor(role)
    (doc,) = house.run(not_there.report, actor, house.parcel.waybill, product, "not there").counts
    return doc


def counted(shelf: Shelf, doc: StockDoc, units: int) -> StockDoc:
    """The receiver takes the count up and finds so many."""
    who = shelf.room.receiver
    doc = shelf.house.run(lambda unit: unit.stock_docs.get(doc.id))
    doc = shelf.house.run(stock_room.take_up, who, doc.id, doc.revision)
    doc = shelf.house.run(stock_room.scan, who, doc.id, [Scan("A-01"), Scan("CUP-01", units)])
    return shelf.house.run(stock_posting.finish, who, doc.id, doc.revision)


def test_the_parcel_is_held_and_its_bin_is_to_be_counted(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    before = house.reserved()
    doc = reported(house)
    assert (doc.kind, doc.state, doc.scope, doc.holder_id) == (DocKind.COUNT, DocState.OPEN, "A-01", None)
    assert (open_codes(house.order.holds), house.reserved()) == ((HoldCode.FREEZE,), before)
    assert house.order.holds[-1].evidence["reason"] == "not there · CUP-01 · A-01 · C00001"
    (stop,) = house.stops
    picker = house.cast.people[Role.PICKER].name
    assert (stop.kind, stop.state, stop.reason, stop.acked_by) == (
        StopKind.HOLD,
        StopState.ACKED,
        stopping.NOT_THERE,
        picker,
    )
    assert not house.scan(Station.PICK).ok
    assert reported(house).id == doc.id
    assert len([hold for hold in house.order.holds if hold.open]) == 1


def test_it_is_no_alarm_but_its_count_is_asked_for_in_the_end(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    told(house)
    reported(house)
    assert told(house) == {}
    assert minutes_told(house, 8) == {Role.DISPATCHER: [60], Role.CS_LEAD: [120], Role.OWNER: [180, 240, 360]}


def test_a_new_address_beside_it_is_one_again(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    reported(house)
    told(house)
    house.receive(receiver=factory.receiver(address="文三路 9 号"))
    (stop,) = house.stops
    assert (stop.state, stop.reason, stop.acked_by) == (StopState.OPEN, "ADDR_CHANGED,NOT_THERE", "")
    assert stop.next_at == house.clock[0] + timedelta(minutes=2)
    assert told(house) == {Role.PICKER: 1}


def test_a_refund_is_as_loud_as_ever(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    reported(house)
    told(house)
    house.refund(RefundState.REQUESTED)
    assert {(stop.kind, stop.state) for stop in house.stops} == {
        (StopKind.HOLD, StopState.ACKED),
        (StopKind.REFUND, StopState.OPEN),
    }
    assert told(house) == {Role.PICKER: 1}


@pytest.mark.parametrize(
    ("product", "role", "why"),
    [
        ("LAMP-01", Role.PICKER, BadValue),
        ("NONE-9", Role.PICKER, Unknown),
        ("", Role.PICKER, Unknown),
        ("CUP-01", Role.CS, NotAllowed),
    ],
)
def test_what_is_refused_changes_nothing(house: House, product: str, role: Role, why: type[Refusal]) -> None:
    """The box holds two products: it must be said which."""
    house.bring_to(ParcelState.IN_WAVE)
    before = house.order, house.parcel
    with pytest.raises(why):
        reported(house, product, role)
    assert (house.order, house.parcel) == before
    assert house.run(lambda unit: unit.stock_docs.open_of(None, 9)) == []


def test_what_is_picked_was_there(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    with pytest.raises(WrongStatus):
        reported(house)


def test_they_were_there_after_all_and_the_parcel_goes_on(house: House) -> None:
    shelf = Shelf(house, 4)
    shelf.sold("1")
    shelf.waved()
    box = shelf.yard.box("1")
    (doc,) = house.run(not_there.report, shelf.room.picker, box.waybill, "", "not there").counts
    assert counted(shelf, doc, 4).state is DocState.DONE
    assert (shelf.yard.codes("1"), [stop.state for stop in shelf.yard.stops(box)]) == ((), [StopState.RELEASED])
    assert shelf.yard.scan(Station.PICK, shelf.yard.box("1")).ok


def test_they_are_gone_and_the_parcel_is_owed_them(house: House) -> None:
    shelf = Shelf(house, 2)
    shelf.sold("1")
    shelf.waved()
    box = shelf.yard.box("1")
    (doc,) = house.run(not_there.report, shelf.room.picker, box.waybill, "", "not there").counts
    done = shelf.room.approve(counted(shelf, doc, 1))
    assert (shelf.lost(done), shelf.levels(), shelf.yard.codes("1")) == ("1", (1, 0), ())
    assert [(one.state, one.blocked) for one in shelf.yard.boxes("1")] == [(ParcelState.OWED, False)]


def test_nobody_wants_the_count_any_more(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    doc = reported(house)
    house.run(stock_posting.cancel, house.cast.actor(Role.PICKER), doc.id, doc.revision)
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((), False)
