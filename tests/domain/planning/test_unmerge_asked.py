"""Taking a merged box apart on the floor where the courier itself gives the numbers: the order waits for its own."""

import pytest

from domain.errors import Unknown
from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.orders.catalog import Account
from domain.people.people import Station
from domain.review.holds import HoldCode
from domain.waybills import numbering
from domain.waybills.ewaybills import Answer
from tests.domain.house import House
from tests.domain.yard import Yard, cups, tea


@pytest.fixture
def yard(house: House) -> Yard:
    """Orders 1 and 2 lie in one picked box whose courier gave its number over the wire."""
    shop, courier = house.cast.shops[0].id, house.cast.couriers[0].id
    house.run(lambda unit: unit.catalog_admin.add_account(Account(0, courier, "api", shop_id=shop, source="yto")))
    yard = Yard(house)
    yard.receive(cups("1"), tea("2"))
    yard.approve("1")
    house.pass_time(60)
    house.run(release.tick)
    house.pass_time(30)
    house.run(release.tick)
    answer(yard, "YTX0000001")
    yard.wave("1")
    yard.walk(yard.box("1"), ParcelState.PICKED)
    return yard


def answer(yard: Yard, *numbers: str) -> None:
    """The courier answers what it was asked, in turn."""
    asked = yard.house.store.read_now(numbering.wanted)
    answers = [Answer(one.waybill.id, number) for one, number in zip(asked, numbers, strict=True)]
    yard.run(numbering.answered, answers)


def test_its_box_waits_for_a_number_and_goes_on_with_it(yard: Yard) -> None:
    yard.unmerge("2")
    stays, own = yard.box("1"), yard.box("2")
    assert (stays.waybill, own.waybill, own.state) == ("YTX0000001", "", ParcelState.PICKED)
    assert (yard.codes("1"), yard.codes("2")) == ((), (HoldCode.WAYBILL_ERROR,))
    assert (stays.blocked, own.blocked) == (False, True)
    answer(yard, "YTX0000002")
    assert (yard.box("2").waybill, yard.codes("2"), yard.box("2").blocked) == ("YTX0000002", (), False)
    assert all(yard.scan(Station.PACK, yard.box(number)).ok for number in "12")


def test_without_a_number_left_nothing_is_taken_apart(house: House) -> None:
    """A range of our own that is used up gives none, now or later."""
    shop, courier = house.cast.shops[0].id, house.cast.couriers[0].id
    account = Account(0, courier, "hz", shop_id=shop)
    house.run(lambda unit: unit.catalog_admin.add_account(account, first_waybill=5001, balance=1))
    yard = Yard(house)
    yard.receive(cups("1"), tea("2"))
    yard.approve("1")
    yard.wave("1")
    yard.walk(yard.box("1"), ParcelState.PICKED)
    before = yard.order("1"), yard.order("2"), yard.box("1")
    with pytest.raises(Unknown, match="waybill"):
        yard.unmerge("2")
    assert (yard.order("1"), yard.order("2"), yard.box("1"), yard.box("2")) == (*before, before[2])
