"""What people can do about alerts: take them, put them off, say they are none; their quiet hours."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.errors import BadValue, NotAllowed, ReasonNeeded, Stale, WrongStatus
from domain.orders.orders import OrderStatus
from domain.people.people import Chat, Role
from domain.review.holds import HoldCode
from domain.watch import urgency, watch
from tests.domain.watch.watch_house import MINUTE, MORNING, House, opened
from tests.factory import NOW

house = pytest.fixture(opened)


def test_wrong_quiet_hours_change_nothing_and_a_group_s_are_the_owner_s(house: House) -> None:
    anna = house.person(Role.CS).acting()
    with pytest.raises(BadValue):
        house.store.run_now(urgency.set_quiet, anna, house.chat(Role.CS), "at night")
    assert house.chat(Role.CS).quiet == ""
    group = house.store.run_now(lambda unit: unit.people.add_chat(Chat(0, -1, "group", "desk")))
    with pytest.raises(NotAllowed):
        house.store.run_now(urgency.set_quiet, anna, group, "off")
    owner = house.person(Role.OWNER).acting()
    assert house.store.run_now(urgency.set_quiet, owner, group, "1:00-2:00").quiet == "01:00-02:00"


def test_taking_waits_twice_as_long_and_has_one_winner(house: House) -> None:
    house.hold("1", HoldCode.NO_COURIER)
    house.tick(121)
    (alert,) = house.open()
    boris, lead = house.person(Role.DISPATCHER).acting(), house.person(Role.CS_LEAD).acting()
    taken = house.store.run_now(watch.take, boris, alert.id, alert.turn)
    assert (taken.taken_by, taken.next_at - house.clock[0]) == (boris.name, 60 * MINUTE)
    with pytest.raises(Stale):
        house.store.run_now(watch.take, lead, alert.id, alert.turn)
    assert house.open() == [taken]
    house.heard()
    house.tick(60)
    assert [name for name, _, _ in house.heard()] == ["cs_lead"]
    assert house.open()[0].taken_by == ""


def test_a_change_of_numbers_leaves_the_buttons_good(house: House) -> None:
    house.hold("1", HoldCode.NO_COURIER)
    house.tick(1)
    house.hold("2", HoldCode.NO_COURIER)
    house.tick(120)
    (alert,) = house.open()
    house.tick(1)
    (more,) = house.open()
    assert (alert.count, more.count, more.turn) == (1, 2, alert.turn)
    assert more.revision > alert.revision
    boris = house.person(Role.DISPATCHER).acting()
    assert house.store.run_now(watch.take, boris, alert.id, alert.turn).taken_by == boris.name


@pytest.mark.parametrize(("minutes", "until"), [(15, NOW + 136 * MINUTE), (0, MORNING)])
def test_a_snooze_asks_the_same_people_again(house: House, minutes: int, until: datetime) -> None:
    house.hold("1", HoldCode.NO_COURIER)
    house.tick(121)
    (alert,) = house.open()
    house.heard()
    boris = house.person(Role.DISPATCHER).acting()
    asleep = house.store.run_now(watch.snooze, boris, alert.id, alert.turn, minutes)
    assert (asleep.next_at, asleep.snoozed_until, asleep.taken_by) == (until, until, boris.name)
    house.to(until - MINUTE)
    assert house.tick() == 0
    house.tick(1)
    assert house.heard() == [("dispatcher", "alert", alert.id)]
    (woken,) = house.open()
    assert (woken.level, woken.snoozed_until, woken.taken_by) == (0, None, "")


def test_not_a_problem_wants_a_reason_and_fits_only_some_kinds(house: House) -> None:
    house.hold("1", HoldCode.OUT_OF_STOCK, sku="TOWEL-01", need="2", free="0")
    house.hold("2", HoldCode.NO_COURIER)
    house.tick(121)
    short, hold = sorted(house.open(), key=lambda one: one.kind, reverse=True)
    buyer, boris = house.person(Role.BUYER).acting(), house.person(Role.DISPATCHER).acting()
    with pytest.raises(ReasonNeeded):
        house.store.run_now(watch.mute, buyer, short.id, short.turn, "  ")
    with pytest.raises(WrongStatus):
        house.store.run_now(watch.mute, boris, hold.id, hold.turn, "so what")
    assert house.open() == sorted([short, hold], key=lambda one: one.id)
    aside = house.store.run_now(watch.mute, buyer, short.id, short.turn, " comes tomorrow ")
    assert (aside.reason, aside.taken_by) == ("comes tomorrow", buyer.name)
    assert aside.next_at == house.clock[0] + timedelta(hours=24)
    (event,) = [e for e in house.store.read_now(lambda unit: unit.history("alert", short.id)) if e.verb == "muted"]
    assert (event.reason, event.actor) == ("comes tomorrow", buyer.name)


def test_an_alert_is_nobody_elses_business(house: House) -> None:
    """A picker's role, and a lead of another shop: refused, nothing changed."""
    house.put("1", paid_at=NOW - timedelta(hours=50), status=OrderStatus.RELEASED)
    house.tick()
    (alert,) = house.open()
    other = frozenset({house.cast.shops[1].id})
    for actor, scope in (
        (house.person(Role.PICKER).acting(), ""),
        (replace(house.person(Role.CS_LEAD).acting(), shops=other), "shop"),
    ):
        for act in (
            lambda unit, actor=actor: watch.take(unit, actor, alert.id, alert.turn),
            lambda unit, actor=actor: watch.snooze(unit, actor, alert.id, alert.turn, 15),
        ):
            with pytest.raises(NotAllowed) as refusal:
                house.store.run_now(act)
            assert refusal.value.scope == scope
    assert house.open() == [alert]
