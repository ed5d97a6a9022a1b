"""The hand-over, once at its hour, and two workers who share one clock."""

from datetime import timedelta
from typing import Any

import pytest

from domain.people.people import Role
from domain.policy.policy_sections import Alerts
from domain.review.holds import HoldCode
from domain.watch import shift, urgency, watch
from storage.store import Store
from tests import factory
from tests.domain.watch.watch_house import LATE_EVENING, MINUTE, MORNING, House, opened
from tests.factory import NOW
from tests.filled import filled

house = pytest.fixture(opened)


def test_two_workers_open_one_alert(tmp_path: Any) -> None:
    """The second's round ends on the first's rows: nothing is doubled."""
    url = f"sqlite:///{tmp_path / 'one.db'}"
    clock = [NOW]
    first = Store(url, now=lambda: clock[0], pause=lambda _attempt: None)
    house = House(first, filled(first, factory.seed), clock)
    second = Store(url, now=lambda: clock[0], pause=lambda _attempt: None)
    house.hold("1", HoldCode.NO_COURIER)
    clock[0] += 121 * MINUTE
    assert [first.run_now(watch.tick), second.run_now(watch.tick)] == [1, 0]
    for _ in range(2):
        first.run_now(shift.tick)
        second.run_now(shift.tick)
    assert house.heard() == [("dispatcher", "alert", house.open()[0].id)]
    first.close()
    second.close()


def test_the_hand_over_comes_once_at_the_hour_also_to_a_worker_that_was_late(house: House) -> None:
    house.to(MORNING - MINUTE)
    house.store.run_now(shift.tick)
    assert house.heard() == []
    house.to(MORNING + 119 * MINUTE)
    for _ in range(2):
        assert house.store.run_now(shift.tick) == 0
    told = [("cs", "shift", 0), ("cs", "shift", 0), ("cs_lead", "shift", 0), ("dispatcher", "shift", 0)]
    assert house.heard() == told
    house.store.run_now(shift.tick)
    assert house.heard() == []
    house.to(MORNING + timedelta(hours=15))
    house.store.run_now(shift.tick)
    assert house.heard() == []


def test_the_hand_over_does_not_wake_who_keeps_other_hours(house: House) -> None:
    boris = house.person(Role.DISPATCHER).acting()
    house.store.run_now(urgency.set_quiet, boris, house.chat(Role.DISPATCHER), "07:00-08:30")
    house.to(MORNING + MINUTE)
    house.store.run_now(shift.tick)
    assert {name for name, _, _ in house.heard()} == {"cs", "cs_lead"}
    house.to(MORNING + 30 * MINUTE)
    house.store.run_now(shift.tick)
    assert house.heard() == [("dispatcher", "shift", 0)]


def test_a_company_without_hours_has_neither_digests_nor_hand_overs(house: House) -> None:
    house.policy(alerts=Alerts(quiet="off", digest_times=(), shift_times=()))
    house.to(LATE_EVENING)
    house.hold("1", HoldCode.OUT_OF_STOCK, sku="TOWEL-01", need="2", free="0")
    house.tick()
    house.store.run_now(shift.tick)
    assert house.heard() == [("buyer", "alert", house.open()[0].id)]
    running = house.store.read_now(shift.running)
    assert running.start == LATE_EVENING - timedelta(days=1)
    assert running.end - timedelta.resolution == LATE_EVENING
    assert house.store.read_now(urgency.morning) == MORNING
