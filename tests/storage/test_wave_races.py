"""Two waves made in the same instant by two processes are sent to different units.

Surprising: PostgreSQL is made to overlap: the first wave is not stored before the second is made, or waits for it.
SQLite has one pen, so there the second waits for the first by itself. Both must end alike.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import psycopg
import pytest

from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.people.people import CLOCK
from domain.stock.stock import Bucket, Document, Move, Place
from storage.store import Store
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import SHARED, Each
from tests.storage.test_warehouse import boxed

POLL = 0.05
SECONDS = 20


@pytest.fixture
def second(each: Each) -> Iterator[Store]:
    """Another process's store on the same database; races are retried without waiting."""
    store = Store(each.url, now=lambda: NOW, pause=lambda _attempt: None)
    yield store
    store.close()


def _waits(url: str) -> bool:
    """Whether a session of that database waits for another's lock."""
    home = url.rpartition("host=")[2]
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'base' AND wait_event_type = 'Lock'"
    with psycopg.connect(f"host={home} user=postgres dbname=postgres", autocommit=True) as connection:
        row = connection.execute(asked).fetchone()
    return row is not None and row[0] > 0


def _two_and_two(unit: Unit, place: int) -> None:
    """Two cups in their own bin, which come first, and two in Z-9."""
    good = unit.stock.levels(["CUP-01"])[place, "CUP-01"].good
    lost = Move(place, "CUP-01", Bucket.GOOD, 2 - good, Document.ADJUST, 1)
    unit.stock.apply([lost, Move(place, "CUP-01", Bucket.GOOD, 2, Document.ADJUST, 1, "Z-9")], "t")


@SHARED
def test_two_waves_at_one_instant_share_no_units(each: Each, second: Store) -> None:
    """Each parcel wants two cups. Their numbers are given here, for the account's lock would keep the two apart."""
    one, two = boxed(each, {}, {})
    place = one.warehouse_id or 0
    each.store.run_now(_two_and_two, place)
    pool = ThreadPoolExecutor(1)
    others: list[Future[object]] = []

    def also(unit: Unit) -> None:
        release.make_wave(unit, CLOCK, place, [unit.parcels.get(two.id)], {two.id: "YT2"})

    def makes(unit: Unit) -> None:
        release.make_wave(unit, CLOCK, place, [unit.parcels.get(one.id)], {one.id: "YT1"})
        others.append(pool.submit(second.run_now, also))
        while "postgresql" in each.url and not others[0].done() and not _waits(each.url):
            wait(others, POLL)

    each.store.run_now(makes)
    others[0].result(SECONDS)
    pool.shutdown()
    sent: Mapping[int, tuple[Place, ...]] = each.store.read_now(lambda unit: unit.walks.of([one.id, two.id]))
    assert sent == {
        one.id: (Place(place, "CUP-01", "", "", 2),),
        two.id: (Place(place, "CUP-01", "Z-9", "", 2),),
    }
    states = each.store.read_now(lambda unit: {box.state for box in unit.parcels.many([one.id, two.id]).values()})
    assert states == {ParcelState.IN_WAVE}
