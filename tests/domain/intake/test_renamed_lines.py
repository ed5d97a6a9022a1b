"""Lines told under other ids: a shop that sent files and now calls our door. The same goods are the same lines, so
nothing is held for them and every box and refund goes on naming what it named."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.floor.parcels import ParcelState, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingLine, IncomingOrder, IncomingRefund, RefundState
from domain.orders.bundles import RecipeRow
from domain.orders.orders import Line, OrderStatus
from domain.people.people import Role
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import LATER, LINES, PAID, House
from tests.domain.orders.test_kits import SET, teach
from tests.domain.yard import Yard
from tests.factory import incoming, incoming_line, receiver

DOOR = tuple(replace(line, external_id=f"door-{line.external_id}") for line in LINES)
NUMBERS = count(1)
GOODS = st.tuples(st.sampled_from(["CUP-01", "CUP-02", "TEA-01"]), st.integers(1, 2), st.sampled_from([0, 3900]))


def kept(line: Line) -> tuple[int, str, int, str | None, bool, RefundState]:
    return line.line_no, line.merchant_code, line.quantity, line.sku, line.dropped, line.refund


def held(house: House) -> tuple[HoldCode, ...]:
    return open_codes(house.order.holds)


def of_its_own(number: int, lines: tuple[IncomingLine, ...]) -> IncomingOrder:
    """An order that shares its parcel with none."""
    to = receiver(phone=f"138{number:08d}", name=f"Buyer {number}")
    return replace(incoming(f"N{number}"), lines=lines, receiver=to, goods=100, total=100, paid=100)


def as_lines(goods: list[tuple[str, int, int]], ids: str) -> tuple[IncomingLine, ...]:
    return tuple(
        incoming_line(code, units, external_id=f"{ids}{place}", unit_price=price, amount=price * units)
        for place, (code, units, price) in enumerate(goods)
    )


@pytest.mark.parametrize("state", [ParcelState.READY, *LATER, ParcelState.HANDED_OVER])
def test_the_same_goods_under_other_ids_hold_nothing(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    before, box = house.order, house.parcel
    house.receive(lines=DOOR[::-1])
    assert (house.order.status, house.order.holds, house.parcel, house.stops) == (before.status, before.holds, box, ())
    assert [kept(line) for line in house.order.lines] == [kept(line) for line in before.lines]
    assert [line.external_id for line in house.order.lines] == [line.external_id for line in DOOR]


def test_a_refund_by_the_new_id_finds_the_goods_that_left(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.receive(lines=DOOR)
    house.refund(RefundState.SUCCESS)
    assert [stop.state for stop in house.stops] == [StopState.TOO_LATE]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(goods=st.lists(GOODS, min_size=1, max_size=5), order=st.randoms(use_true_random=False))
def test_any_order_keeps_its_lines_each_with_its_price(
    house: House, goods: list[tuple[str, int, int]], order: object
) -> None:
    yard, told = Yard(house), of_its_own(next(NUMBERS), as_lines(goods, "file-"))
    number = told.number
    yard.receive(told)
    was = yard.order(number)
    yard.receive(replace(told, lines=tuple(shuffled(as_lines(goods, "door-"), order))))
    now = yard.order(number)
    assert [kept(line) for line in now.lines] == [kept(line) for line in was.lines]
    assert [line.unit_price for line in now.lines] == [line.unit_price for line in was.lines]
    assert {line.external_id for line in now.lines} == {f"door-{place}" for place in range(len(goods))}


def shuffled(lines: tuple[IncomingLine, ...], by: object) -> list[IncomingLine]:
    result = list(lines)
    by.shuffle(result)  # type: ignore[attr-defined]  # Hypothesis' random
    return result


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    goods=st.lists(GOODS, min_size=1, max_size=4), at=st.integers(0, 3), how=st.sampled_from(["code", "more", "gone"])
)
def test_one_line_of_other_goods_among_them_holds(
    house: House, goods: list[tuple[str, int, int]], at: int, how: str
) -> None:
    yard, told = Yard(house), of_its_own(next(NUMBERS), as_lines([*goods, ("LAMP-01", 1, 1)], "file-"))
    number = told.number
    yard.receive(told)
    decided = replace(yard.order(number), status=OrderStatus.RELEASED, holds=())
    house.run(lambda desk: desk.orders.save([decided]))
    door = list(as_lines([*goods, ("LAMP-01", 1, 1)], "door-"))
    line = door.pop(at % len(goods))
    if how != "gone":
        door.append(replace(line, merchant_code="TOWEL-01") if how == "code" else replace(line, quantity=7))
    yard.receive(replace(told, lines=tuple(door)))
    assert HoldCode.GOODS_CHANGED in yard.codes(number)


def test_goods_bought_once_more_after_a_refund_are_other_goods(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.refund(RefundState.SUCCESS, LINES[1].amount, LINES[1].merchant_code)
    house.receive(lines=(LINES[0], replace(LINES[1], external_id="again")))
    assert [(line.line_no, line.external_id) for line in house.order.lines] == [
        (1, LINES[0].external_id),
        (3, "again"),
    ]


def test_what_was_refunded_stays_so_when_all_lines_have_other_ids(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS, LINES[1].amount, LINES[1].merchant_code)
    before, stops = house.order, house.stops
    assert [line.dropped for line in before.lines] == [False, True]
    house.receive(lines=DOOR)
    assert [kept(line) for line in house.order.lines] == [kept(line) for line in before.lines]
    assert (house.order.holds, house.stops) == (before.holds, stops)


def test_a_line_divided_by_a_refund_is_told_anew_as_one(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    told = IncomingRefund("R1", RefundState.SUCCESS, 3900, ("L-CUP-01",), units=(1,))
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)
    before = house.order
    assert [(line.line_no, line.quantity, line.dropped) for line in before.lines] == [
        (1, 1, False),
        (2, 1, False),
        (3, 1, True),
    ]
    house.receive(lines=DOOR)
    assert [kept(line) for line in house.order.lines] == [kept(line) for line in before.lines]
    assert house.order.holds == before.holds


def test_a_bundle_keeps_its_components(house: House) -> None:
    teach(house, [RecipeRow(2, "TEASET", "茶具套装", "CUP-01", 2), RecipeRow(3, "TEASET", "", "TEA-01", 1)])
    house.bring_to(ParcelState.PACKED, lines=(SET,), goods=PAID, total=PAID, paid=PAID)
    before, box = house.order, house.parcel
    house.receive(lines=(replace(SET, external_id="door"),), goods=PAID, total=PAID, paid=PAID)
    assert [kept(line) for line in house.order.lines] == [kept(line) for line in before.lines]
    assert {line.external_id for line in house.order.lines} == {"door"}
    assert (held(house), house.parcel) == ((), box)
