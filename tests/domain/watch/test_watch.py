"""Alerts: who is told in which order and when, and what waits for the morning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.policy.policy_sections import Suspension
from domain.records import AlertKind
from domain.review.holds import Hold, HoldCode, Source
from domain.watch import urgency
from tests import factory
from tests.domain.watch.watch_house import LATE_EVENING, MINUTE, MORNING, House, opened
from tests.factory import NOW

house = pytest.fixture(opened)


def test_a_late_hold_goes_to_its_owner_then_the_lead_then_the_owner_of_the_house(house: House) -> None:
    """NO_COURIER belongs to the dispatcher and is late after 120 minutes; each step lasts 30."""
    one = house.hold("1", HoldCode.NO_COURIER)
    assert house.tick(120) == 0
    assert house.tick(1) == 1
    (alert,) = house.open()
    assert (alert.kind, alert.part, alert.first, alert.level) == (AlertKind.HOLD_LATE, "dispatcher", (one,), 0)
    assert house.heard() == [("dispatcher", "alert", alert.id)]
    assert house.tick(29) == 0
    assert house.heard() == []
    house.tick(1)
    assert house.heard() == [("cs_lead", "alert", alert.id)]
    house.tick(30)
    assert house.heard() == [("owner", "alert", alert.id)]
    assert house.open()[0].level == 2


def test_at_the_end_of_the_chain_each_reminder_waits_twice_as_long(house: House) -> None:
    house.hold("1", HoldCode.NO_COURIER)
    house.tick(121)
    house.tick(30)
    house.tick(30)
    waits = []
    for _ in range(3):
        (alert,) = house.open()
        waits.append(int((alert.next_at - house.clock[0]) / MINUTE))
        house.heard()
        house.to(alert.next_at)
        house.tick()
        assert house.heard() == [("owner", "alert", alert.id)]
    assert waits == [30, 60, 120]


def test_a_lead_s_own_hold_begins_with_the_lead(house: House) -> None:
    house.hold("1", HoldCode.REFUNDED)
    house.tick(61)
    assert {name for name, _, _ in house.heard()} == {"cs_lead"}
    house.tick(30)
    assert {name for name, _, _ in house.heard()} == {"owner"}


def test_orders_out_of_stock_are_the_buyers_one_alert_and_no_late_holds(house: House) -> None:
    """Told with the next digest (13:00 there), counted anew in place, closed when nothing is short."""
    ids = [house.hold(f"{n}", HoldCode.OUT_OF_STOCK, n % 2, sku="TOWEL-01", need="2", free="0") for n in range(3)]
    assert house.tick() == 1
    (alert,) = house.open()
    facts = (alert.kind, alert.subject_id, alert.count, alert.facts)
    assert facts == (AlertKind.SHORTAGE, 0, 3, {"TOWEL-01": "3 6"})
    assert house.heard() == []
    house.to(NOW + timedelta(hours=3))
    house.tick()
    assert house.heard() == [("buyer", "alerts", 0)]
    house.hold("4", HoldCode.OUT_OF_STOCK, sku="CUP-01", need="1", free="0")
    assert house.tick() == 1
    (news,) = house.open()
    assert (news.id, news.count, news.facts, news.turn) == (alert.id, 4, {"CUP-01": "1 1", "TOWEL-01": "3 6"}, 1)
    house.to(NOW + timedelta(hours=10))
    house.tick()
    assert [one.kind for one in house.open()] == [AlertKind.SHORTAGE]

    def decided(unit: Any) -> None:
        found = unit.orders.many([*ids, ids[-1] + 1])
        unit.orders.save([replace(one, status=OrderStatus.CANCELLED) for one in found.values()])

    house.store.run_now(decided)
    house.tick()
    assert house.open() == []


def test_in_quiet_hours_what_can_wait_comes_as_one_card_in_the_morning(house: House) -> None:
    house.to(LATE_EVENING)
    house.hold("1", HoldCode.NO_COURIER)
    house.hold("2", HoldCode.NO_COURIER, 1)
    house.tick(121)
    assert house.heard() == []
    assert [one.next_at for one in house.open()] == [MORNING + 30 * MINUTE] * 2
    house.to(MORNING - MINUTE)
    house.tick()
    assert house.heard() == []
    house.to(MORNING)
    house.tick()
    assert house.heard() == [("dispatcher", "alerts", 0)]
    assert [one.level for one in house.open()] == [0, 0]
    house.to(MORNING + 30 * MINUTE)
    house.tick()
    assert [name for name, _, _ in house.heard()] == ["cs_lead", "cs_lead"]


def test_a_missed_deadline_wakes_people_and_a_close_one_does_not(house: House) -> None:
    house.to(LATE_EVENING)
    house.put("1", paid_at=LATE_EVENING - timedelta(hours=48), status=OrderStatus.RELEASED)
    house.put("2", paid_at=LATE_EVENING - timedelta(hours=43), status=OrderStatus.RELEASED)
    house.put("3", paid_at=LATE_EVENING - timedelta(hours=37), status=OrderStatus.RELEASED)
    assert house.tick() == 2
    late, near = house.open()
    assert (late.kind, late.count, near.kind, near.count) == (AlertKind.DISPATCH_LATE, 1, AlertKind.DISPATCH_NEAR, 2)
    assert near.facts == {"12": "1", "6": "1"}
    assert house.heard() == [("cs_lead", "alert", late.id), ("dispatcher", "alert", late.id)]


def test_a_missed_deadline_is_told_where_nobody_told_when_it_was_paid(house: House) -> None:
    """Lazada's list has no time of payment."""
    house.to(LATE_EVENING)
    late = LATE_EVENING - timedelta(hours=1)
    house.put("1", placed_at=LATE_EVENING - timedelta(hours=49), due_at=late, status=OrderStatus.RELEASED)
    assert house.tick() == 1
    (alert,) = house.open()
    assert (alert.kind, alert.count) == (AlertKind.DISPATCH_LATE, 1)


def test_who_keeps_other_hours_hears_at_once_or_later(house: House) -> None:
    house.store.run_now(
        urgency.set_quiet, house.person(Role.DISPATCHER).acting(), house.chat(Role.DISPATCHER), "12:00-13:30"
    )
    house.store.run_now(urgency.set_quiet, house.person(Role.CS_LEAD).acting(), house.chat(Role.CS_LEAD), "OFF")
    assert house.chat(Role.CS_LEAD).quiet == "off"
    house.hold("1", HoldCode.NO_COURIER)
    house.tick(121)  # 12:01 there
    assert house.heard() == []
    house.to(datetime(2026, 11, 23, 5, 30, tzinfo=UTC))
    house.tick()
    assert house.heard() == [("dispatcher", "alerts", 0)]
    house.to(LATE_EVENING)
    house.tick()
    assert [(name, kind) for name, kind, _ in house.heard()] == [("cs_lead", "alert")]


def test_a_suspension_counts_what_runs_into_it_and_ends_by_itself(house: House) -> None:
    house.policy(suspensions=(Suspension("", "浙江", "2026-11-23", "2026-11-24", "snow"), Suspension("SF", "西藏")))
    ids = [house.put(f"{n}", n) for n in range(2)]
    house.put("gone", status=OrderStatus.SHIPPED)
    assert house.tick() == 1
    (alert,) = house.open()
    assert (alert.kind, alert.count, alert.first, alert.part) == (
        AlertKind.SUSPENDED,
        2,
        tuple(ids),
        "/浙江/2026-11-23",
    )
    assert alert.facts == {"courier": "", "province": "浙江", "until": "2026-11-24", "reason": "snow"}
    assert {name for name, _, _ in house.heard()} == {"dispatcher", "cs"}
    house.to(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))  # the 24th begins there
    house.tick()
    assert AlertKind.SUSPENDED not in {one.kind for one in house.open()}


def test_a_suspension_counts_the_orders_it_holds(house: House) -> None:
    """They have no courier. One that goes abroad could not go with a courier of China anyway."""
    shenzhen = factory.receiver(province="广东", city="深圳", district="南山区")
    house.policy(suspensions=(Suspension("SF", "广东", "2026-11-23", reason="typhoon", city="深圳"),))
    held = Hold(HoldCode.COURIER_SUSPENDED, Source.SCREENING, house.clock[0], {"courier": "顺丰"})
    other = Hold(HoldCode.NO_COURIER, Source.SCREENING, house.clock[0], {"tried": "3"})
    one = house.put("1", receiver=shenzhen, holds=(held,))
    house.put("2", receiver=shenzhen, holds=(other,))
    house.put("3", receiver=factory.receiver(province="广东省", city="广州市", district="天河区"), holds=(held,))
    house.put("4", receiver=replace(shenzhen, country="US"), holds=(held,))
    house.tick()
    (alert,) = [alert for alert in house.open() if alert.kind is AlertKind.SUSPENDED]
    assert (alert.count, alert.first, alert.part) == (1, (one,), "SF/广东深圳/2026-11-23")
