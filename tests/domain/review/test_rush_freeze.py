"""A freeze until the promised ship time is near: it follows the promise, and the order comes back as a rush one."""

from datetime import datetime, timedelta

import pytest

from domain.errors import BadValue
from domain.floor.wave_choice import is_rush
from domain.people.people import Role
from domain.review import looking, review
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import House
from tests.factory import NOW

HOUR = timedelta(hours=1)


def freeze(house: House) -> None:
    order = house.order
    house.run(review.hold, house.cast.actor(Role.CS), order.id, order.revision, "the buyer travels", for_ship=True)


def at(house: House, moment: datetime) -> tuple[HoldCode, ...]:
    house.clock[0] = moment
    house.run(looking.look_again)
    return open_codes(house.order.holds)


def rush(house: House) -> bool:
    due = house.order.due_at
    return house.store.read_now(lambda desk: is_rush(desk, due, ""))


def test_it_ends_six_hours_before_the_promise_and_is_a_rush_one_then(house: House) -> None:
    house.receive(promised_ship_at=NOW + 48 * HOUR)
    freeze(house)
    (hold,) = house.order.holds
    assert (hold.code, hold.evidence["ship"], hold.until) == (HoldCode.FREEZE, "1", NOW + 42 * HOUR)
    assert (at(house, NOW + 41 * HOUR), rush(house)) == ((HoldCode.FREEZE,), False)
    assert (at(house, NOW + 42 * HOUR), rush(house)) == ((), True)


def test_it_follows_a_promise_that_moves(house: House) -> None:
    house.receive(promised_ship_at=NOW + 48 * HOUR)
    freeze(house)
    house.receive(promised_ship_at=NOW + 72 * HOUR)
    assert house.order.holds[0].until == NOW + 66 * HOUR
    assert at(house, NOW + 43 * HOUR) == (HoldCode.FREEZE,)
    house.receive(promised_ship_at=NOW + 49 * HOUR)
    assert open_codes(house.order.holds) == ()


@pytest.mark.parametrize("promise", [None, NOW + 6 * HOUR])
def test_without_a_promise_or_when_it_is_near_already_it_is_refused(house: House, promise: datetime | None) -> None:
    house.receive(promised_ship_at=promise)
    before = house.order
    with pytest.raises(BadValue):
        freeze(house)
    assert house.order == before
