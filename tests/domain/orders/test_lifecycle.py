"""The literal tables of transitions: complete, reachable, and ending where they should."""

from collections.abc import Mapping
from typing import TypeVar

import pytest

from domain.floor import parcels
from domain.floor.parcels import ParcelState
from domain.orders import orders
from domain.orders.orders import OrderStatus
from domain.people.people import RIGHTS, STATION_RIGHT, Right, Role, Station
from domain.review.holds import CATALOGUE, HoldCode

State = TypeVar("State")


def _reachable(moves: Mapping[State, frozenset[State]], starts: set[State]) -> set[State]:
    found, todo = set(starts), list(starts)
    while todo:
        for state in moves[todo.pop()]:
            if state not in found:
                found.add(state)
                todo.append(state)
    return found


def test_every_order_status_is_declared_and_reachable_from_intake() -> None:
    assert set(orders.MOVES) == set(OrderStatus)
    starts = {OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.CANCELLED, OrderStatus.ELSEWHERE}
    assert _reachable(orders.MOVES, starts) == set(OrderStatus)


def test_every_parcel_state_is_declared_and_reachable_from_a_plan() -> None:
    assert set(parcels.MOVES) == set(ParcelState)
    assert _reachable(parcels.MOVES, {ParcelState.PLANNED}) == set(ParcelState)


def test_a_cancelled_parcel_stays_so_and_one_handed_over_only_comes_back_from_the_dock() -> None:
    assert parcels.MOVES[ParcelState.CANCELLED] == frozenset()
    assert parcels.MOVES[ParcelState.HANDED_OVER] == {ParcelState.WEIGHED}


def test_a_shipped_order_goes_on_only_where_it_is_owed_goods_again() -> None:
    assert orders.MOVES[OrderStatus.SHIPPED] == {OrderStatus.RELEASED}


def test_every_hold_code_has_an_owner_and_a_clock() -> None:
    assert set(CATALOGUE) == set(HoldCode)
    assert all(rule.sla_min > 0 for rule in CATALOGUE.values())


@pytest.mark.parametrize("code", [HoldCode.REFUND_REQ, HoldCode.NO_ITEMS, HoldCode.SKU_UNMATCHED])
def test_some_holds_only_go_with_their_cause(code: HoldCode) -> None:
    assert CATALOGUE[code].release is None


def test_every_role_and_station_has_its_rights() -> None:
    assert set(RIGHTS) == set(Role)
    assert set(STATION_RIGHT) == set(Station)
    assert {station: right.value for station, right in STATION_RIGHT.items()} == {s: s.value for s in Station}


def test_only_the_owner_manages_staff_and_only_lead_and_owner_override() -> None:
    assert [role for role in Role if Right.STAFF in RIGHTS[role]] == [Role.OWNER]
    assert [role for role in Role if Right.OVERRIDE in RIGHTS[role]] == [Role.OWNER, Role.CS_LEAD]
