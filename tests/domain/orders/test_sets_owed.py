"""Sets of which one part has left and another is still owed: a refund never takes a unit that was paid for."""

from collections import Counter
from typing import Any

import pytest

from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingLine, IncomingRefund, RefundState
from domain.orders import kits
from domain.orders.bundles import RecipeRow
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.review import review
from domain.review.holds import HoldCode
from domain.stops import interception, returns
from tests.domain.house import House
from tests.domain.orders.owing import Owing, sold
from tests.domain.orders.test_kits import teach
from tests.factory import incoming_line

RECIPE = [RecipeRow(2, "DUO", "杯巾套装", "CUP-01", 1), RecipeRow(3, "DUO", "", "TOWEL-01", 1)]


def duo(count: int) -> IncomingLine:
    """So many sets of a cup, which is there, and a towel, which is not."""
    return IncomingLine("L-DUO", "杯巾套装", count, "DUO", unit_price=5000, amount=5000 * count)


@pytest.fixture
def shop(house: House) -> Owing:
    teach(house, RECIPE)
    return Owing(house)


def to_half(shop: Owing, *lines: IncomingLine) -> None:
    """Bought, and the box with all that is there has left."""
    shop.receive(sold(lines=lines))
    shop.approve()
    shop.let_go()
    (box,) = [box for box in shop.boxes() if box.state is ParcelState.READY]
    shop.ship(box)


def back(shop: Owing, count: int, state: RefundState = RefundState.SUCCESS, number: str = "R1", **told: Any) -> None:
    amount = told.get("amount", 5000 * count)
    news = IncomingRefund(number, state, amount, ("L-DUO",), units=(count,) if count else ())
    assert shop.run(intake.refund_told, shop.cs, shop.shop, "1", news)


def coming(shop: Owing) -> dict[str, int]:
    """Units that have left or still will."""
    found = Counter[str]()
    for box in shop.boxes():
        for item in box.live_items:
            found[item.sku] += item.quantity
    return dict(found)


@pytest.mark.parametrize(("bought", "refunded"), [(2, 1), (3, 1), (3, 2)])
def test_sets_that_are_not_refunded_keep_what_they_are_owed(shop: Owing, bought: int, refunded: int) -> None:
    to_half(shop, duo(bought))
    back(shop, refunded)
    assert coming(shop) == {"CUP-01": bought, "TOWEL-01": bought - refunded}
    assert shop.order().status is OrderStatus.RELEASED


def test_what_has_left_of_a_refunded_set_is_told_to_the_desk(shop: Owing) -> None:
    to_half(shop, duo(2))
    back(shop, 1)
    left, owed = shop.boxes()
    assert [(item.line_no, item.sku, item.paid) for item in left.live_items] == [
        (1, "CUP-01", 2867),
        (2, "CUP-01", 2868),
    ]
    assert [(item.line_no, item.sku, item.paid) for item in owed.live_items] == [(1_000_001, "TOWEL-01", 2132)]
    stops = shop.run(lambda desk: desk.stops.of_parcels([left.id]))[left.id]
    assert [(stop.kind, stop.state) for stop in stops] == [(StopKind.REFUND, StopState.TOO_LATE)]
    assert [(one.sku, one.quantity, one.refunded, one.dropped) for one in kits.sold(shop.order().lines)] == [
        ("DUO", 1, 0, False),
        ("DUO", 1, 5000, True),
    ]
    assert shop.codes() == ()


def test_the_same_news_changes_nothing_and_a_cancelled_refund_brings_the_unit_back(shop: Owing) -> None:
    to_half(shop, duo(2))
    back(shop, 1)
    before = shop.order(), shop.boxes()
    back(shop, 1)
    assert (shop.order(), shop.boxes()) == before
    back(shop, 1, RefundState.CANCELLED)
    assert coming(shop) == {"CUP-01": 2, "TOWEL-01": 2}
    assert [line.dropped for line in shop.order().lines] == [False] * 4


def test_two_refunds_of_one_set_each_end_the_order(shop: Owing) -> None:
    to_half(shop, duo(2))
    back(shop, 1)
    back(shop, 1, number="R2")
    assert (coming(shop), shop.order().status, shop.order().refunded) == ({"CUP-01": 2}, OrderStatus.SHIPPED, 10_000)


def test_a_set_that_has_left_whole_is_too_late_whole(shop: Owing) -> None:
    shop.arrive(units=2)
    to_half(shop, duo(2))
    back(shop, 1)
    assert (coming(shop), shop.order().status) == ({"CUP-01": 2, "TOWEL-01": 2}, OrderStatus.SHIPPED)
    assert [line.line_no for line in shop.order().lines] == [1, 1_000_001]


def test_what_is_on_its_way_back_may_be_what_is_refunded_and_a_person_says_so(shop: Owing) -> None:
    """The cups come back, the towels are still owed: money for one set says nothing of the towels."""
    to_half(shop, duo(2))
    shop.run(returns.link, shop.cs, shop.order().id, "RET1234567")
    back(shop, 1)
    (hold,) = [hold for hold in shop.order().holds if hold.open]
    assert (hold.code, hold.evidence["refund"], hold.evidence["lines"]) == (HoldCode.REFUNDED, "R1", "DUO")
    assert (shop.owed().blocked, coming(shop)) == (True, {"CUP-01": 2, "TOWEL-01": 2})
    back(shop, 1)
    assert len([one for one in shop.order().holds if one.open]) == 1
    shop.tap(review.release_hold, HoldCode.REFUNDED)
    assert (shop.codes(), shop.owed().blocked) == ((), False)


def test_a_unit_of_a_line_is_owed_while_another_comes_back_and_a_person_says_which(shop: Owing) -> None:
    lamps = incoming_line("LAMP-01", 12, amount=12_000)
    to_half(shop, lamps)
    shop.run(returns.link, shop.cs, shop.order().id, "RET1234567")
    told = IncomingRefund("R1", RefundState.SUCCESS, 1000, ("L-LAMP-01",), units=(1,))
    assert shop.run(intake.refund_told, shop.cs, shop.shop, "1", told)
    assert (shop.codes(), coming(shop)) == ((HoldCode.REFUNDED,), {"LAMP-01": 12})
    shop.tap(review.release_hold, HoldCode.REFUNDED)
    shop.run(interception.typed, shop.cs, shop.order().id, "", {1: 1})
    assert (shop.codes(), coming(shop)) == ((), {"LAMP-01": 11})


@pytest.mark.parametrize("granted", [0, 1])
def test_what_was_asked_for_and_not_granted_is_owed_again(shop: Owing, granted: int) -> None:
    """A request takes out all it may be about."""
    to_half(shop, duo(2))
    back(shop, 0, RefundState.REQUESTED)
    assert coming(shop) == {"CUP-01": 2}
    back(shop, granted, amount=5000)
    assert coming(shop) == {"CUP-01": 2, "TOWEL-01": 2 - granted}
    assert shop.codes() == (() if granted else (HoldCode.REFUNDED,))
    assert shop.owed().blocked is not bool(granted)


def test_one_of_two_on_the_dock_is_taken_back_and_the_other_ships(house: House) -> None:
    house.to_the_dock()
    told = IncomingRefund("R1", RefundState.SUCCESS, 3900, ("L-CUP-01",), units=(1,))
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)
    assert [(line.line_no, line.quantity, line.dropped) for line in house.order.lines] == [
        (1, 1, False),
        (2, 1, False),
        (3, 1, True),
    ]
    assert (house.parcel.state, [stop.line_nos for stop in house.stops]) == (ParcelState.WEIGHED, [(3,)])


def test_a_whole_refund_that_comes_down_to_one_unit_stops_that_unit_alone(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    for units in (2, 1):
        told = IncomingRefund("R1", RefundState.SUCCESS, 3900 * units, ("L-CUP-01",), units=(units,))
        assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)
    assert [(item.line_no, item.quantity) for item in house.parcel.live_items] == [(1, 1), (3, 1), (2, 1)]
    assert [(stop.state, stop.line_nos) for stop in house.stops] == [(StopState.OPEN, (3,))]


def test_a_request_for_all_of_a_line_goes_on_stopping_the_unit_another_refund_takes(house: House) -> None:
    """The unit is a line of its own then, and wanted by both."""
    house.bring_to(ParcelState.PICKED)
    cs, shop = house.cast.actor(Role.CS), house.cast.shops[0].id

    def tell(number: str, state: RefundState, units: int) -> None:
        told = IncomingRefund(number, state, 3900, ("L-CUP-01",), units=(units,))
        assert house.run(intake.refund_told, cs, shop, "1001", told)

    tell("R1", RefundState.REQUESTED, 2)
    tell("R2", RefundState.SUCCESS, 1)
    tell("R2", RefundState.CANCELLED, 1)
    assert [(stop.state, stop.line_nos) for stop in house.stops] == [
        (StopState.OPEN, (1, 3)),
        (StopState.RELEASED, (3,)),
    ]
    assert [(record.external_id, record.line_nos) for record in house.refunds] == [("R1", (1, 3)), ("R2", (3,))]


def test_a_request_for_goods_that_are_refunded_already_gives_nothing_back_when_it_ends(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    cs, shop = house.cast.actor(Role.CS), house.cast.shops[0].id
    for number, state, units in (
        ("R1", RefundState.SUCCESS, 2),
        ("R2", RefundState.REQUESTED, 1),
        ("R2", RefundState.CANCELLED, 1),
    ):
        told = IncomingRefund(number, state, 3900 * units, ("L-CUP-01",), units=(units,))
        assert house.run(intake.refund_told, cs, shop, "1001", told)
    cups = [line for line in house.order.lines if line.sku == "CUP-01"]
    assert [(line.quantity, line.dropped) for line in cups] == [(1, True), (1, True)]
