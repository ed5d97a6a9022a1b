"""Several codes in one message: what a refused one wrote is gone, and the others are as if it had not been scanned.

Surprising: a refusal that comes after the writes is made here, since the steps are written so that none does; the very
last thing a step does is made to refuse the parcels that were drawn.
"""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.desk import Desk
from domain.errors import WrongStatus
from domain.floor import fulfilment, release
from domain.floor.aftermath import wave_progress
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import intake
from domain.orders.orders import Order
from domain.people.people import Actor, Role, Station
from domain.review import review
from storage.catalog import Shelf
from storage.store import Store
from storage.tables import METADATA
from storage.unit import Unit
from tests import factory
from tests.domain.house import House
from tests.filled import filled

PARCELS = 4
STEPS = (Station.PICK, Station.PACK, Station.WEIGH, Station.HAND_OVER, Station.PUT_BACK)
CODES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, PARCELS)), min_size=2, max_size=10)
Rows = dict[str, list[tuple[object, ...]]]


def _numbered(desk: Desk, number: str) -> Order:
    return desk.orders.by_number(1, [number])[number]


class Trial:
    """Four parcels in one wave, to be scanned again and again from the same beginning: nothing is ever committed."""

    def __init__(self) -> None:
        clock: list[datetime] = [factory.NOW]
        self.store = Store("sqlite:///:memory:", now=lambda: clock[0])
        house = House(self.store, filled(self.store, factory.seed), clock)
        clerk = house.cast.actor(Role.CS)
        for number in range(PARCELS):
            house.run(
                intake.receive, clerk, house.cast.shops[0].id, [house.told(number=str(number), buyer_id=str(number))]
            )
            order = house.store.read_now(_numbered, str(number))
            house.run(review.approve, clerk, order.id, order.revision)
        house.pass_time(60)
        house.run(release.release_due)
        house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), 1)
        self.boss: Actor = house.cast.actor(Role.OWNER)
        self.boxes: list[Parcel] = self.store.read_now(lambda desk: desk.parcels.of_wave(1))
        assert len(self.boxes) == PARCELS

    def scanned(self, codes: Sequence[tuple[Station, int]]) -> tuple[list[bool], Rows]:
        """Which were accepted, and every row of the store afterwards."""
        with self.store._pen.connect() as connection:  # only so can it be looked at and given up
            unit = Unit(connection, factory.NOW, Shelf())
            done = [self._scan(unit, station, number) for station, number in codes]
            tables = METADATA.sorted_tables
            rows = {
                one.name: sorted((tuple(row) for row in connection.execute(select(one))), key=repr) for one in tables
            }
            connection.rollback()
        return done, rows

    def _scan(self, unit: Unit, station: Station, number: int) -> bool:
        code = self.boxes[number].waybill if number < PARCELS else "NOBODYS"
        return fulfilment.scan(unit, self.boss, station, code, self.boxes[0].expected_g).ok


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial()


@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    codes=CODES,
    late=st.sets(st.integers(0, PARCELS - 1), max_size=2),
    steps=st.sets(st.sampled_from(list(ParcelState))),
)
def test_the_state_is_that_of_the_accepted_codes_alone(
    trial: Trial, codes: list[tuple[Station, int]], late: set[int], steps: set[ParcelState]
) -> None:
    refused = {trial.boxes[number].id for number in late}

    def at_the_very_end(desk: Desk, actor: Actor, parcel: Parcel) -> None:
        wave_progress(desk, actor, parcel)
        if parcel.id in refused and parcel.state in steps:
            raise WrongStatus(parcel.waybill, parcel.state, ParcelState.READY)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fulfilment, "wave_progress", at_the_very_end)
        accepted, rows = trial.scanned(codes)
        alone, same = trial.scanned([code for code, ok in zip(codes, accepted, strict=True) if ok])
    assert all(alone)
    assert rows == same
