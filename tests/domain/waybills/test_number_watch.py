"""Pools that run low and numbers their courier did not take back: who hears of them, when, and what people do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import NotAllowed, ReasonNeeded, Stale
from domain.orders.catalog import Account
from domain.people.people import Actor, Role
from domain.records import AlertKind
from domain.watch import watch
from domain.waybills import number_watch, numbering
from domain.waybills.ewaybills import Answer, Ewaybill, WaybillState
from tests.domain.watch.watch_house import LATE_EVENING, MINUTE, MORNING, House, opened
from tests.factory import NOW

house = pytest.fixture(opened)


def account(house: House, balance: int, source: str = "local") -> Account:
    """A counted account of the first courier."""
    made = Account(0, house.cast.couriers[0].id, "paid", source=source)
    return house.store.run_now(lambda unit: unit.catalog_admin.add_account(made, 500, balance))


def row(of: Account, shop: int, number: str, state: WaybillState, **more: object) -> Ewaybill:
    return Ewaybill(0, of.id, of.courier_id, shop, number, state, NOW, **more)  # type: ignore[arg-type]  # test shorthand


def taken(house: House, of: Account, count: int) -> None:
    """So many of its numbers go onto parcels now."""
    shop, now = house.cast.shops[0].id, house.clock[0]
    rows = [row(of, shop, f"T{now:%d%H%M}{n}", WaybillState.ASSIGNED) for n in range(count)]
    rows = [replace(one, taken_at=now, changed_at=now) for one in rows]
    house.store.run_now(lambda unit: unit.waybills.add(rows))


def left(house: House, of: Account, count: int) -> None:
    house.store.run_now(lambda unit: unit.waybills.set_balances({of.id: count}))


def refused(house: House, of: Account, *numbers: str) -> list[Ewaybill]:
    """Numbers the courier did not take back."""
    shop = house.cast.shops[0].id
    rows = [row(of, shop, number, WaybillState.VOID_FAILED, error="busy", attempts=3) for number in numbers]
    house.store.run_now(lambda unit: unit.waybills.add(rows))
    return house.store.read_now(lambda unit: [unit.waybills.by_number(number)[0] for number in numbers])


@pytest.mark.parametrize(
    ("balance", "pace", "found"),
    [(200, 0, None), (199, 0, False), (300, 299, None), (300, 300, True), (0, 0, True), (-1, 0, True)],
    ids=["at the mark", "below it", "a day and more", "a day", "none left", "overdrawn"],
)
def test_what_is_low_and_what_runs_out_within_the_day(
    house: House, balance: int, pace: int, found: bool | None
) -> None:
    made = account(house, balance)
    taken(house, made, pace)
    low = house.store.read_now(number_watch.low)
    assert [(one.account_id, one.left, one.pace, one.soon) for one in low] == (
        [] if found is None else [(made.id, balance, pace, found)]
    )


def test_a_courier_that_is_switched_off_needs_no_numbers(house: House) -> None:
    account(house, 0)
    courier = house.cast.couriers[0]
    house.store.run_now(lambda unit: unit.catalog_admin.save_courier(replace(courier, enabled=False)))
    assert house.store.read_now(number_watch.low) == []


def test_what_was_taken_longer_ago_is_no_pace(house: House) -> None:
    made = account(house, 300)
    taken(house, made, 300)
    house.clock[0] += timedelta(hours=24)
    taken(house, made, 100)
    assert house.store.read_now(number_watch.low) == [number_watch.Low(made.id, 300, 400)]
    house.clock[0] += MINUTE
    assert house.store.read_now(number_watch.low) == []


def test_when_the_last_one_goes() -> None:
    assert number_watch.used_up_at(NOW, 50, 100) == NOW + timedelta(hours=12)
    assert number_watch.used_up_at(NOW, 50, 0) is None


def test_low_waits_for_the_digest_and_running_out_is_told_at_once(house: House) -> None:
    made = account(house, 150)
    assert house.tick() == 1
    assert house.heard() == []
    (alert,) = house.open()
    assert (alert.kind, alert.subject_id, alert.count) == (AlertKind.NUMBERS_LOW, made.id, 150)
    assert alert.facts == {"pace": "0"}
    taken(house, made, 120)
    left(house, made, 30)
    assert house.tick(1) == 1
    (soon,) = house.open()
    assert (soon.id, soon.level, soon.turn, soon.count) == (alert.id, 0, alert.turn + 1, 30)
    assert soon.facts == {"pace": "120", "soon": "1"}
    assert house.heard() == [("finance", "alert", alert.id)]
    assert house.tick(1) == 0
    house.tick(240)
    assert house.heard() == [("finance", "alerts", 0), ("owner", "alert", alert.id)]  # the digest was on its way


def test_running_out_at_night_is_told_in_the_morning(house: House) -> None:
    house.to(LATE_EVENING)
    account(house, 0)
    house.tick()
    assert house.heard() == []
    house.to(MORNING)
    house.tick()
    assert house.heard() == [("finance", "alerts", 0)]


def test_it_ends_when_there_are_enough_again(house: House) -> None:
    made = account(house, 0)
    house.tick()
    house.store.run_now(numbering.buy, house.person(Role.FINANCE).acting(), made.id, 500)
    house.tick()
    assert house.open() == []


def test_what_presses_once_stays_so_until_it_is_settled(house: House) -> None:
    made = account(house, 100)
    taken(house, made, 100)
    house.tick()
    left(house, made, 110)
    house.tick()
    (alert,) = house.open()
    assert (alert.count, alert.turn, "soon" in alert.facts) == (110, 1, True)


def test_who_took_it_over_hears_when_it_becomes_pressing(house: House) -> None:
    made = account(house, 100)
    house.tick()
    (alert,) = house.open()
    house.store.run_now(watch.take, house.person(Role.FINANCE).acting(), alert.id, alert.turn)
    left(house, made, 0)
    house.tick(1)
    assert house.heard() == [("finance", "alert", alert.id)]
    assert house.open()[0].taken_by == ""


def test_numbers_no_courier_took_back_are_told_by_account(house: House) -> None:
    made = account(house, 999, "yto")
    first, second = refused(house, made, "YT1", "YT2")
    house.tick()
    (alert,) = house.open()
    assert (alert.kind, alert.subject_id, alert.count) == (AlertKind.VOID_FAILED, made.id, 2)
    assert alert.first == (first.id, second.id)
    assert house.heard() == []
    house.to(NOW.replace(hour=5))  # 13:00 there
    house.tick()
    assert house.heard() == [("dispatcher", "alerts", 0)]


def test_asked_once_more_the_worry_stays_until_the_courier_took_it_back(house: House) -> None:
    made = account(house, 999, "yto")
    (stuck,) = refused(house, made, "YT1")
    house.tick()
    boris = house.person(Role.DISPATCHER).acting()
    house.store.run_now(number_watch.again, boris, stuck.id)
    ((_, asked),) = house.store.read_now(numbering.to_void)
    assert (asked.id, asked.state, asked.attempts) == (stuck.id, WaybillState.TO_VOID, 3)
    house.tick()
    assert [one.count for one in house.open()] == [1]
    with pytest.raises(Stale):
        house.store.run_now(number_watch.again, boris, stuck.id)
    house.store.run_now(numbering.answered, [Answer(stuck.id, error="still busy")])
    (row_,) = house.store.read_now(lambda unit: unit.waybills.by_number("YT1"))
    assert (row_.state, row_.error) == (WaybillState.VOID_FAILED, "still busy")
    house.store.run_now(number_watch.again, boris, stuck.id)
    house.store.run_now(numbering.answered, [Answer(stuck.id)])
    house.tick()
    assert house.open() == []


def test_settled_by_hand_it_is_never_used_again_and_says_who_and_why(house: House) -> None:
    made = account(house, 999, "yto")
    (stuck,) = refused(house, made, "YT1")
    house.tick()
    boris = house.person(Role.DISPATCHER).acting()
    with pytest.raises(ReasonNeeded):
        house.store.run_now(number_watch.settle, boris, stuck.id, "  ")
    house.store.run_now(number_watch.settle, boris, stuck.id, " cancelled on their site ")
    (row_,) = house.store.read_now(lambda unit: unit.waybills.by_number("YT1"))
    assert (row_.state, row_.error) == (WaybillState.VOID_BY_HAND, "cancelled on their site")
    told = house.store.read_now(lambda unit: unit.history("account", made.id))
    assert [(one.verb, one.actor, one.reason, one.data["number"]) for one in told] == [
        ("waybill_voided", boris.name, "cancelled on their site", "YT1")
    ]
    house.tick()
    assert house.open() == []
    with pytest.raises(Stale):
        house.store.run_now(number_watch.settle, boris, stuck.id, "again")


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CS, Role.PICKER])
def test_whose_hands_it_is_not_in_changes_nothing(house: House, role: Role) -> None:
    made = account(house, 999, "yto")
    (stuck,) = refused(house, made, "YT1")
    actor: Actor = house.person(role).acting()
    with pytest.raises(NotAllowed):
        house.store.run_now(number_watch.again, actor, stuck.id)
    with pytest.raises(NotAllowed):
        house.store.run_now(number_watch.settle, actor, stuck.id, "x")
    assert house.store.read_now(lambda unit: unit.waybills.by_number("YT1")) == (stuck,)
