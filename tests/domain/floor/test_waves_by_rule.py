"""Waves by rule: which parcels go together, when, in which order; what a person may choose instead."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.desk import Desk
from domain.errors import NotAllowed, Unknown
from domain.floor import release, wave_choice
from domain.floor.parcels import Parcel, ParcelState, Wave
from domain.floor.wave_rules import Per, Shape, WaveRule, Waves
from domain.intake import intake
from domain.intake.incoming import IncomingLine, IncomingOrder
from domain.people.people import CLOCK, SHOP, Role
from domain.policy.policy import Policy, document_of, policy_of
from domain.review import review
from storage.store import Store
from storage.unit import Unit
from tests.factory import NOW, Cast, incoming, incoming_line, seed
from tests.filled import filled


class Hall:
    """A seeded store whose clock and wave rules the test chooses."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = Store("sqlite:///:memory:", now=lambda: self.now)
        self.cast: Cast = filled(self.store, seed)
        self.place = self.cast.warehouses[0].id

    def rules(self, *rules: WaveRule, **more: int) -> None:
        policy = replace(Policy(), waves=Waves(rules=rules), **more)  # type: ignore[arg-type]  # numbers of the policy
        self.store.run_now(lambda unit: unit.catalog_admin.put_policy(policy, "test"))

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def orders(self, *orders: IncomingOrder) -> None:
        """Take them in, approve them, release them."""
        shop = self.cast.shops[0].id

        def run(desk: Desk) -> None:
            intake.receive(desk, SHOP, shop, orders)
            for order in desk.orders.by_number(shop, [one.number for one in orders]).values():
                review.approve(desk, CLOCK, order.id, order.revision)

        self.store.run_now(run)
        self.later(seconds=15)
        self.store.run_now(release.release_due)

    def due(self) -> list[tuple[str, str, int]]:
        """(rule, trigger, parcels) of what would go now."""
        found = self.store.read_now(wave_choice.due, self.place)
        return [(one.rule.name, one.trigger, len(one.parcel_ids)) for one in found]

    def tick(self) -> int:
        """As the clock does: until nothing is due."""
        total = 0
        while moved := self.store.run_now(release.waves_due):
            total += moved
        return total

    @property
    def waves(self) -> list[tuple[Wave, list[Parcel]]]:
        def read(unit: Unit) -> list[tuple[Wave, list[Parcel]]]:
            return [(wave, unit.parcels.of_wave(wave.id)) for wave in unit.waves.open_of(None)]

        return self.store.read_now(read)


@pytest.fixture
def hall() -> Iterator[Hall]:
    made = Hall()
    yield made
    made.store.close()


def lines(*skus: str) -> tuple[IncomingLine, ...]:
    return tuple(incoming_line(sku, 1) for sku in skus)


def late(number: str) -> IncomingOrder:
    """It must leave within five hours."""
    return incoming(number, paid_at=NOW - timedelta(hours=43))


def test_rush_single_and_several_go_apart_and_say_why(hall: Hall) -> None:
    hall.orders(
        incoming("1"), incoming("2", lines=lines("CUP-01", "TEA-01")), late("3"), incoming("4", lines=lines("TEA-01"))
    )
    hall.later(seconds=30)
    assert hall.due() == [("rush", "waited", 1), ("single", "waited", 2), ("multi", "waited", 1)]
    assert hall.tick() == 4
    assert hall.tick() == 0
    assert [dict(wave.why) for wave, _ in hall.waves] == [
        {"rule": "rush", "trigger": "waited", "rush": "1"},
        {"rule": "single", "trigger": "waited", "shape": "single"},
        {"rule": "multi", "trigger": "waited", "shape": "multi"},
    ]


def test_a_full_wave_goes_at_once_and_the_rest_waits(hall: Hall) -> None:
    hall.rules(WaveRule("single", shape=Shape.SINGLE, size=2))
    hall.orders(incoming("1"), incoming("2"), incoming("3"))
    assert hall.due() == [("single", "full", 3)]
    assert hall.tick() == 2
    assert hall.due() == []
    hall.later(seconds=30)
    assert hall.due() == [("single", "waited", 1)]


def test_one_transaction_makes_one_wave(hall: Hall) -> None:
    hall.orders(incoming("1"), incoming("2", lines=lines("CUP-01", "TEA-01")))
    hall.later(seconds=30)
    assert [hall.store.run_now(release.waves_due) for _ in range(3)] == [1, 1, 0]


def test_what_no_rule_takes_goes_by_itself(hall: Hall) -> None:
    hall.rules(WaveRule("several", shape=Shape.MULTI))
    hall.orders(incoming("1"))
    hall.later(seconds=30)
    assert hall.tick() == 1
    assert dict(hall.waves[0][0].why) == {"trigger": "waited"}


def test_a_cut_off_sends_what_waits_whatever_its_number(hall: Hall) -> None:
    """10:00 in Shanghai now; nothing goes before 15:30, however long it waits, and nothing stays then."""
    hall.rules(WaveRule("afternoon", cutoffs=("15:30",)))
    hall.orders(incoming("1"))
    hall.later(hours=5)
    assert hall.due() == []
    hall.later(minutes=30)
    assert hall.due() == [("afternoon", "cutoff", 1)]
    assert hall.tick() == 1
    hall.orders(incoming("2"))
    hall.later(minutes=5)
    assert hall.due() == []


def test_couriers_and_zones_are_kept_apart(hall: Hall) -> None:
    hall.rules(WaveRule("zones", per=Per.ZONE))
    hall.orders(incoming("1"), incoming("2", lines=lines("TEA-01")), incoming("3", lines=lines("CUP-01", "TEA-01")))
    hall.later(seconds=30)
    assert hall.tick() == 3
    assert sorted(wave.why.get("zone", "") for wave, _ in hall.waves) == ["", "A", "B"]


def test_a_courier_of_its_own(hall: Hall) -> None:
    hall.rules(WaveRule("couriers", per=Per.COURIER), WaveRule("others"))
    hall.orders(incoming("1"), incoming("2", seller_note=""))
    hall.later(seconds=30)
    assert hall.tick() == 2
    [(wave, boxes)] = hall.waves
    assert dict(wave.why) == {"rule": "couriers", "trigger": "waited", "courier": "YTO"}
    assert {box.courier_id for box in boxes} == {hall.cast.couriers[0].id}


def test_the_same_goods_stand_side_by_side(hall: Hall) -> None:
    orders = [incoming(str(n), lines=lines("TEA-01" if n % 2 else "CUP-01")) for n in range(1, 7)]
    hall.orders(*orders)
    hall.later(seconds=30)
    hall.tick()
    [(_, boxes)] = hall.waves
    assert [box.live_items[0].sku for box in boxes] == ["CUP-01"] * 3 + ["TEA-01"] * 3
    assert [box.slot for box in boxes] == [1, 2, 3, 4, 5, 6]


def test_a_person_chooses_a_kind(hall: Hall) -> None:
    hall.orders(incoming("1"), incoming("2", lines=lines("CUP-01", "TEA-01")), late("3"))
    found = hall.store.read_now(wave_choice.preview, hall.place)
    yto = hall.cast.couriers[0].id
    assert (found.all, found.rush, found.single, found.multi) == (3, 1, 2, 1)
    assert (dict(found.couriers), dict(found.zones)) == ({yto: 3}, {"A": 2})
    picker = hall.cast.actor(Role.PICKER)
    wave = hall.store.run_now(release.wave_now, picker, hall.place, "z.A")
    assert (wave.parcels, dict(wave.why)) == (2, {"trigger": "tap", "zone": "A"})
    assert hall.store.run_now(release.wave_now, picker, hall.place, f"c.{yto}").parcels == 1


@pytest.mark.parametrize("kind", ["", "half", "c.", "c.99", "z.", "c.x"])
def test_a_kind_nobody_knows_makes_nothing(hall: Hall, kind: str) -> None:
    hall.orders(incoming("1"))
    with pytest.raises(Unknown):
        hall.store.run_now(release.wave_now, hall.cast.actor(Role.PICKER), hall.place, kind)
    assert hall.waves == []


def test_a_packer_makes_none(hall: Hall) -> None:
    hall.orders(incoming("1"))
    with pytest.raises(NotAllowed):
        hall.store.run_now(release.wave_now, hall.cast.actor(Role.PACKER), hall.place, "all")
    assert hall.waves == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('[[waves.rules]]\nname = ""\n', "waves.rules.1.name"),
        ('[[waves.rules]]\nname = "a"\ncutoffs = ["25:00"]\n', "waves.rules.1.cutoffs"),
        ('[[waves.rules]]\nname = "a"\n[[waves.rules]]\nname = "a"\n', "waves.rules"),
        ('[[waves.rules]]\nname = "a"\nsize = 501\n', "waves.rules.1.size"),
        ('[papers.masks]\ntaobao = "both"\n', "papers.masks"),
        ('[papers.masks]\n"*" = "whole"\ntaobo = "both"\n', "papers.masks.taobo"),
    ],
)
def test_a_broken_section_is_told(text: str, path: str) -> None:
    reading = policy_of(text, 1)
    assert reading.value is None
    assert [fault.path for fault in reading.faults][:1] == [path]


def test_the_sections_read_back_as_written() -> None:
    rules = (WaveRule("sf", couriers=("SF",), zones=("A", "B-0"), per=Per.COURIER, cutoffs=("11:00", "15:30"), size=9),)
    policy = replace(Policy(), waves=Waves(rules=rules))
    assert policy_of(document_of(policy), 1).value == policy


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8), st.integers(1, 3))
def test_every_parcel_goes_into_one_wave_exactly(kinds: list[tuple[bool, bool]], size: int) -> None:
    """Whatever waits: nothing is left behind, nothing stands in two waves, no wave is too large."""
    hall = Hall()
    hall.rules(WaveRule("rush", rush=True, priority=1), WaveRule("one", shape=Shape.SINGLE), wave_size=size)
    hall.orders(
        *(
            replace(
                late(str(n)) if rush else incoming(str(n)), lines=lines("CUP-01", "TEA-01") if two else lines("CUP-01")
            )
            for n, (rush, two) in enumerate(kinds)
        )
    )
    hall.later(seconds=30)
    hall.tick()
    boxes = [box for _, found in hall.waves for box in found]
    assert len(boxes) == len({box.id for box in boxes}) == len(kinds)
    assert all(box.state is ParcelState.IN_WAVE for box in boxes)
    assert max(len(found) for _, found in hall.waves) <= size
    hall.store.close()
