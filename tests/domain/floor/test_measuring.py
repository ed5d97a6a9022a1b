"""The size of a packed box: how it is written, what it costs by it, and when it is not kept."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed, SizeRefused, WrongStatus
from domain.floor import measuring, undo_scan
from domain.floor.floor import Scans
from domain.floor.parcels import ParcelState, Size
from domain.people.people import Role, Station
from domain.planning.planning import reprice
from domain.planning.tariffs import Rate, Tariff, Tier
from tests.domain.house import House

SIZE: Size = (300, 200, 150)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("30x20x15", SIZE),
        (" 30 X 20 × 15 cm ", SIZE),
        ("30*20*15厘米", SIZE),
        ("30cm x 20cm x 15cm", SIZE),
        ("300×200×150mm", SIZE),
        ("0.3x0.2x0.15m", SIZE),
        ("长30宽20高15", SIZE),
        ("30,5x20x15", (305, 200, 150)),
        ("300x300x300", (3000, 3000, 3000)),
        ("300.1x1x1", None),
        ("30x20", None),
        ("30x20x15x10", None),
        ("30x20x0", None),
        ("30x20x15kg", None),
        ("30cm x 20mm x 15cm", None),
        ("30 20 15", None),
        ("SF1234567", None),
    ],
)
def test_spellings(text: str, size: Size | None) -> None:
    assert measuring.parse_size(text) == size


@pytest.fixture(name="packed")
def fixture_packed(house: House) -> House:
    """A packed parcel whose courier counts 6000 cm³ as a kilo: 10.00 the first kilo, 2.00 each further one."""
    house.bring_to(ParcelState.PACKED)
    courier = house.parcel.courier_id
    assert courier is not None
    rate = Rate((Tier(1000, 1000, 1000, 200),))
    house.run(lambda unit: unit.catalog_admin.add_tariff(Tariff(0, courier, 0, (rate,), divisor=6000)))
    return house


def weigh(house: House, size: Size = SIZE, grams: int | None = None, role: Role = Role.DISPATCHER) -> Scans:
    return house.run(measuring.weigh, house.cast.actor(role), house.parcel.waybill, size, grams)


def verdicts(scans: Scans) -> list[str]:
    return [outcome.verdict for outcome in scans.outcomes]


def test_size_and_weight_at_once(packed: House) -> None:
    """9 litres are 1.5 kg by size: two kilos, 12.00, though the scales say less than one."""
    box = packed.parcel
    scans = weigh(packed, grams=box.expected_g)
    assert (verdicts(scans), scans.count) == (["ok"], 1)
    now = packed.parcel
    assert (now.state, now.weight_g, now.size, now.freight) == (ParcelState.WEIGHED, box.expected_g, SIZE, 1200)


def test_a_size_alone_asks_for_the_weight_and_the_weight_keeps_it(packed: House) -> None:
    box = packed.parcel
    assert verdicts(weigh(packed)) == ["ask"]
    assert (packed.parcel.state, packed.parcel.size, packed.parcel.freight) == (ParcelState.PACKED, SIZE, 1200)
    assert packed.scan(Station.WEIGH, box.expected_g).ok
    assert (packed.parcel.size, packed.parcel.freight) == (SIZE, 1200)
    assert verdicts(weigh(packed, (600, 200, 150))) == ["again"]
    assert (packed.parcel.state, packed.parcel.weight_g) == (ParcelState.WEIGHED, box.expected_g)
    assert packed.parcel.freight == 1400


def test_a_refused_weight_keeps_no_size(packed: House) -> None:
    before = packed.parcel
    assert verdicts(weigh(packed, grams=before.expected_g * 9)) == ["refused"]
    assert packed.parcel == before


def test_who_may_not_weigh_and_what_is_not_packed(packed: House) -> None:
    before = packed.parcel
    (outcome,) = weigh(packed, role=Role.PICKER).outcomes
    assert isinstance(outcome.refusal, NotAllowed)
    assert packed.parcel == before
    packed.run(lambda unit: unit.parcels.save([replace(before, state=ParcelState.PICKED)]))
    (outcome,) = weigh(packed).outcomes
    assert isinstance(outcome.refusal, WrongStatus)
    assert packed.parcel.size is None


def test_a_side_longer_than_the_courier_takes(packed: House) -> None:
    before = packed.parcel
    courier = packed.store.read_now(lambda desk: desk.catalog.couriers[before.courier_id or 0])
    packed.run(lambda unit: unit.catalog_admin.save_courier(replace(courier, max_side_mm=600)))
    with pytest.raises(SizeRefused) as refused:
        weigh(packed, (100, 601, 100), before.expected_g)
    assert (refused.value.size, refused.value.limit_mm) == ((100, 601, 100), 600)
    assert packed.parcel == before
    assert verdicts(weigh(packed, (100, 600, 100), before.expected_g)) == ["ok"]


def test_taking_the_weighing_back_takes_the_size_back(packed: House) -> None:
    before = packed.parcel
    weigh(packed, grams=before.expected_g)
    assert packed.run(undo_scan.undo, packed.cast.actor(Role.DISPATCHER), "").undone
    now = packed.parcel
    assert (now.state, now.size, now.weight_g) == (ParcelState.PACKED, None, 0)
    assert now.freight == packed.store.read_now(lambda desk: reprice(desk, before, before.expected_g)).freight
