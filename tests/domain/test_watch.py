"""Alerts: who is told in which order and when, what waits for the morning, and what people can do about them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import deadlines, shift, urgency, watch
from domain.errors import BadValue, NotAllowed, ReasonNeeded, Stale, WrongStatus
from domain.holds import Hold, HoldCode, Source
from domain.orders import OrderStatus
from domain.people import Chat, Person, Role
from domain.policy import Alerts, Policy, Suspension
from domain.records import Alert, AlertKind, ClaimedNotice, NoticeKind
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW, Cast

MINUTE = timedelta(minutes=1)
LATE_EVENING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 08:00


@dataclass
class House:
    """The seeded company with a clock, and who has heard what."""

    store: Store
    cast: Cast
    clock: list[datetime]

    def put(self, number: str, shop: int = 0, **changes: Any) -> int:
        def add(unit: Any) -> int:
            order = factory.order(unit, self.cast.shops[shop], number, **{"paid_at": None, **changes})
            factory.put(unit, order)
            return order.id

        return self.store.run_now(add)

    def hold(self, number: str, code: HoldCode, shop: int = 0, **evidence: str) -> int:
        """An order held since now."""
        held = Hold(code, Source.SCREENING, self.clock[0], evidence)
        return self.put(number, shop, holds=(held,), created_at=self.clock[0])

    def policy(self, **changes: Any) -> None:
        self.store.run_now(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), **changes), "owner"))

    def to(self, moment: datetime) -> None:
        self.clock[0] = moment

    def tick(self, minutes: float = 0) -> int:
        """Time passes, then the clock's round until nothing is due."""
        self.clock[0] += minutes * MINUTE
        changed = 0
        while count := self.store.run_now(watch.tick):
            changed += count
        return changed

    def open(self) -> list[Alert]:
        return self.store.read_now(lambda unit: unit.alerts.open())

    def heard(self, *, redraws: bool = False) -> list[tuple[str, str, int]]:
        """(name, kind, subject) of what is delivered now."""
        staff = {p.chat_id: p for p in self.store.read_now(lambda unit: unit.people.staff()).people}
        found: list[ClaimedNotice] = []
        while taken := self.store.run_now(_delivered):
            found += taken
        told = [one.notice for one in found if one.notice.redraw is redraws]
        names = {person.id: role for role, person in self.cast.people.items()}
        return sorted(
            (str(names.get(staff[n.chat_id].id, "cs")), str(n.kind), n.subject_id)
            for n in told
            if n.chat_id in staff and n.kind in (NoticeKind.ALERT, NoticeKind.ALERTS, NoticeKind.SHIFT)
        )

    def person(self, role: Role) -> Person:
        return self.cast.people[role]

    def chat(self, role: Role) -> Chat:
        return self.store.read_now(lambda unit: unit.people.chat(self.person(role).chat_id))


def _delivered(unit: Unit) -> list[ClaimedNotice]:
    taken = unit.deliveries.claim("test", unit.now, 50, 60)
    for one in taken:
        unit.deliveries.sent(one.id, one.version, unit.now)
    return taken


@pytest.fixture
def house() -> Iterator[House]:
    clock = [NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    yield House(store, store.run_now(factory.seed), clock)
    store.close()


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


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.one_of(st.none(), st.integers(0, 100 * 60))),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=20, deadline=None)
def test_the_store_and_the_deadline_of_one_order_agree(made: list[tuple[int, int | None]]) -> None:
    """Shop and minutes since payment: each order lies in the first bucket its own deadline reaches, or in none."""
    store = Store("sqlite:///:memory:", now=lambda: NOW, pause=lambda _attempt: None)
    house = House(store, store.run_now(factory.seed), [NOW])
    policy = replace(Policy(), alerts=Alerts(dispatch_hours={"shopify": 72}))
    for number, (shop, minutes) in enumerate(made):
        house.put(f"{number}", shop, paid_at=None if minutes is None else NOW - minutes * MINUTE)
    names = deadlines.buckets(policy, NOW, (2, 6, 12))
    expected: Counter[tuple[int, str]] = Counter()
    orders = store.read_now(lambda unit: unit.orders.many(range(1, len(made) + 1)))
    for order in orders.values():
        due = deadlines.dispatch_deadline(order, policy)
        bucket = next((name for name, one in names.items() if due is not None and due <= one.end), None)
        if bucket is not None:
            expected[order.shop_id, bucket] += 1
    found = store.read_now(lambda unit: unit.piles.dispatch(names))
    store.close()
    assert len(orders) == len(made)
    assert {(pile.place, pile.part): pile.count for pile in found} == expected


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


def test_two_workers_open_one_alert(tmp_path: Any) -> None:
    """The second's round ends on the first's rows: nothing is doubled."""
    url = f"sqlite:///{tmp_path / 'one.db'}"
    clock = [NOW]
    first = Store(url, now=lambda: clock[0], pause=lambda _attempt: None)
    house = House(first, first.run_now(factory.seed), clock)
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
