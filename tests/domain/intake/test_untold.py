"""A file without a column says nothing of what that column would tell: what another file told stays."""

from datetime import timedelta

import pytest

from domain.floor.parcels import ParcelState
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import House
from tests.factory import NOW

SAID = {
    "buyer_message": "for Ann",
    "seller_note": "老客户",
    "seller_flag": "红",
    "invoice": "小二商行",
}
UNTOLD = tuple(SAID)


def test_what_one_file_told_stays_when_the_next_has_no_column_for_it(house: House) -> None:
    house.receive(**SAID)
    before = open_codes(house.order.holds)
    assert {HoldCode.MESSAGE, HoldCode.SELLER_NOTE, HoldCode.FLAG} <= set(before)
    house.receive(untold=UNTOLD, total=13_701)
    order = house.order
    assert {name: getattr(order, name) for name in SAID} == SAID
    assert (open_codes(order.holds), order.total) == (before, 13_701)


def test_a_column_that_is_there_and_empty_says_that_it_is_gone(house: House) -> None:
    house.receive(**SAID)
    house.receive(total=13_701)
    assert {name: getattr(house.order, name) for name in SAID} == dict.fromkeys(SAID, "")
    assert open_codes(house.order.holds) == ()


@pytest.mark.parametrize("stage", [ParcelState.READY, ParcelState.PACKED])
def test_no_box_stops_for_what_a_file_does_not_know(house: House, stage: ParcelState) -> None:
    house.bring_to(stage, courier_hint="圆通", invoice="小二商行", warehouse_hint="HZ")
    house.receive(untold=("courier_hint", "invoice", "warehouse_hint"), total=13_701)
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((), False)


def test_cash_stays_to_be_collected_when_a_file_does_not_say_how_it_is_paid(house: House) -> None:
    house.receive(cod=True, paid=0, paid_at=None)
    house.receive(untold=("cod",), buyer_id="other")
    assert (house.order.cod, house.order.paid, house.order.at_door) == (True, 0, 13_700)


def test_the_mark_of_what_is_told_does_not_count_columns(house: House) -> None:
    house.receive()
    before = house.order
    house.receive(untold=UNTOLD)
    assert house.order == before


@pytest.mark.parametrize("stage", [ParcelState.READY, ParcelState.IN_WAVE, ParcelState.PACKED])
def test_a_promise_that_moves_moves_the_clock_of_what_was_decided(house: House, stage: ParcelState) -> None:
    house.bring_to(stage)
    sooner = NOW + timedelta(hours=3)
    house.receive(promised_ship_at=sooner)
    assert house.order.due_at == sooner
    assert HoldCode.SHIP_TIME_CHANGED in open_codes(house.order.holds)
