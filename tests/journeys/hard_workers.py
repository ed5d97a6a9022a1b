"""Eight processes on one PostgreSQL doing random deeds, some of them killed in the middle, their connections cut.

Surprising: a deed is drawn from the number of the update it answers, so a worker that comes back after a kill draws
the same deed for what it finds in its inbox, as the bot does; whatever was committed says "applied" and is not redone.
"""

import logging
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy.exc import DBAPIError

from domain import history
from domain.errors import AlreadyApplied, LostRace, Refusal
from domain.people.people import Actor
from domain.policy.policy_checks import CheckMode
from storage.store import Store
from storage.unit import Unit
from tests import postgres
from tests.journeys.check_life import check_checks
from tests.journeys.hard_floor import furnish, look
from tests.journeys.hard_pairs import quick_server
from tests.journeys.hard_scene import Deed, Scene
from tests.journeys.promises import check_promises, look_at
from tests.journeys.stop_life import BOSS

WORKERS = 8
_FORKS = multiprocessing.get_context("forkserver")  # a fresh interpreter would take longer to start than it lives
_FORKS.set_forkserver_preload([__name__])
WINDOW = 12  # orders that everybody works on at a time
PACE = 0.5  # new ones a second
LOOK = 3  # seconds between two looks at everything in a long run: a fault that heals by itself is one as well
_LEASE = 3
_SHORT = 30  # seconds; in so few no box gets through a check of every item
_PIECE = 10**15


def window(began: float) -> list[str]:
    """The orders that are talked of now."""
    first = int((time.time() - began) * PACE)
    return [f"T{number}" for number in range(first, first + WINDOW)]


def _hands(unit: Unit) -> list[Actor]:
    return [one.acting() for one in unit.people.staff().people if one.name != "hand"]


@dataclass
class Worker:
    """One process: takes an update into the inbox, does its deed once, marks it done."""

    store: Store
    number: int
    began: float

    def work(self) -> None:
        """Until killed, or cut off. What broke half-way is done first."""
        people = self.store.read_now(_hands)
        pending = self.store.read_now(lambda unit: unit.inbox.pending(10_000))
        for update, whose, _, _ in pending:
            if whose == self.number:
                self._answer(update, people)
        while True:
            self._next(people)

    def _next(self, people: Sequence[Actor]) -> None:
        update = self.number * _PIECE + int(time.time() * 10_000)
        self.store.run_now(lambda unit: unit.inbox.put(update, self.number, "{}", unit.now))
        self._answer(update, people)
        if update % 5 == 0:
            self._deliver(update)

    def _answer(self, update: int, people: Sequence[Actor]) -> None:
        scene = Scene(Random(update), window(self.began), people)
        deed = self.store.read_now(lambda desk: look(scene, desk))
        if deed is not None:
            try:
                self.store.run_now(_marked, deed, self.number, update, claim=update)
            except (Refusal, LostRace, AlreadyApplied) as refusal:
                why = f"{deed.name}: {type(refusal).__name__}"
                self.store.run_now(lambda unit: _noted(unit, "refused", self.number, why))
        self.store.run_now(lambda unit: unit.inbox.done(update, unit.now))

    def _deliver(self, update: int) -> None:
        """Some notices are claimed; most are sent, some are forgotten until their lease is over."""
        claimed = self.store.run_now(self._claimed)
        for notice_id, version in claimed:
            if (notice_id + update) % 7:
                self.store.run_now(_sent, notice_id, version)

    def _claimed(self, unit: Unit) -> list[tuple[int, int]]:
        found = unit.deliveries.claim(f"worker {self.number}", unit.now, 20, _LEASE)
        for one in found:
            _noted(unit, "claim", self.number, "claimed", of=f"{one.id}:{one.version}:{one.attempts}")
        return [(one.id, one.version) for one in found]


def _marked(unit: Unit, deed: Deed, worker: int, update: int) -> None:
    """The deed and its mark in the history, both or neither."""
    deed.do(unit)
    _noted(unit, "deed", worker, deed.name, update=str(update))


def _sent(unit: Unit, notice_id: int, version: int) -> None:
    unit.deliveries.sent(notice_id, version, unit.now)


def _noted(unit: Unit, subject: str, worker: int, verb: str, **facts: str) -> None:
    history.note(unit, BOSS, subject, worker, verb, **facts)


def _work(url: str, number: int, began: float, said: Path) -> None:
    """What a worker's process does; its output goes to a file."""
    with said.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # it warns of each connection that was cut
    while True:
        try:
            with closing(Store(url)) as store:
                Worker(store, number, began).work()
        except DBAPIError as error:  # somebody cut the connection, perhaps as it was opened: as after a restart
            if not error.connection_invalidated and "terminat" not in str(error) and "closed" not in str(error):
                raise


@dataclass
class Floor:
    """The eight, and what is done to them."""

    server: postgres.Server
    home: Path
    chance: Random
    began: float = field(default_factory=time.time)
    next_cut: float = field(default_factory=lambda: time.time() + 3)
    running: dict[int, BaseProcess] = field(default_factory=dict)
    kills: int = 0
    cuts: int = 0
    checks: int = 0

    def start(self, number: int) -> None:
        """A worker, for the first time or again; what it says in the end is a fault."""
        told = (self.server.url("base"), number, self.began, self.home / f"worker{number}")
        self.running[number] = _FORKS.Process(target=_work, args=told)
        self.running[number].start()

    def kill(self) -> None:
        """One of them dies wherever it is, and starts again."""
        number = self.chance.choice(sorted(self.running))
        self.running[number].kill()
        self.running.pop(number).join()
        self.kills += 1
        self.start(number)

    def cut(self) -> None:
        """The database lets go of one connection of theirs."""
        self.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'base'"
            " AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        self.cuts += 1

    def disturb(self, seconds: float) -> None:
        """Kills and cuts for so long. Raises AssertionError when a worker ended by itself."""
        end = time.time() + seconds
        while time.time() < end:
            time.sleep(self.chance.uniform(0.5, 3.0))
            dead = [number for number, worker in self.running.items() if not worker.is_alive()]
            assert not dead, "\n".join((self.home / f"worker{number}").read_text()[-3000:] for number in dead)
            self.kill()
            if time.time() > self.next_cut:
                self.cut()
                self.next_cut = time.time() + self.chance.uniform(3, 9)

    def stop(self) -> None:
        """All are killed, once more in the middle of things."""
        for worker in self.running.values():
            worker.kill()
            worker.join()
        self.running.clear()

    def check(self) -> None:
        """Every promise over the whole store, in one snapshot, while they go on. Raises AssertionError."""
        look_at([f"T{number}" for number in range(int((time.time() - self.began) * PACE) + WINDOW + 1)])
        store = Store(self.server.url("base"))
        try:
            store.read_now(check_promises)
            store.read_now(check_checks)
        finally:
            store.close()
        for what, statement in NEVER.items():
            found = self.ask(statement)
            assert not found, f"{what}: {found[:5]}"
        self.checks += 1

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of the database itself."""
        with psycopg.connect(f"host={self.server.home} user=postgres dbname=base") as connection:
            return connection.execute(statement.encode()).fetchall()

    def figures(self) -> dict[str, object]:
        """What was done, as the database tells it."""
        deeds = Counter({str(verb): int(str(count)) for verb, count in self.ask(DEEDS)})
        stops = {str(kind): count for kind, count in self.ask(STOPS)}
        parcels = {str(state): count for state, count in self.ask(PARCELS)}
        counts = {name: self.ask(f"SELECT count(*) FROM event WHERE subject = '{name}'")[0][0] for name in SUBJECTS}
        broken = self.ask("SELECT count(*) FROM inbox WHERE done_at IS NULL")[0][0]
        more = {"kills": self.kills, "cuts": self.cuts, "checks": self.checks, "half-way at the end": broken}
        return {**counts, **more, "deeds": dict(deeds.most_common()), "stops": stops, "parcels": parcels}


SUBJECTS = ("deed", "refused", "claim")
DEEDS = "SELECT verb, count(*) FROM event WHERE subject = 'deed' GROUP BY verb"
STOPS = "SELECT kind || ' ' || state, count(*) FROM stop GROUP BY 1"
PARCELS = "SELECT state, count(*) FROM parcel GROUP BY 1"
NEVER = {
    "a deed was done twice": (
        "SELECT data::json->>'update' FROM event WHERE subject = 'deed' GROUP BY 1 HAVING count(*) > 1"
    ),
    "a deed is marked and not applied, or the other way round": (
        "SELECT coalesce(i.update_id, e.update_id) FROM (SELECT update_id FROM inbox WHERE applied_at IS NOT NULL) i"
        " FULL JOIN (SELECT CAST(data::json->>'update' AS bigint) AS update_id FROM event WHERE subject = 'deed') e"
        " ON i.update_id = e.update_id WHERE i.update_id IS NULL OR e.update_id IS NULL"
    ),
    "a notice was claimed twice": (
        "SELECT data::json->>'of' FROM event WHERE subject = 'claim' GROUP BY 1 HAVING count(*) > 1"
    ),
    "nobody was told of a stop": (
        "SELECT id, opened_at FROM stop s"
        " WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key LIKE 'stop:' || s.id || ':%')"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.kind = 'stops' AND NOT o.redraw"
        " AND o.key = 'stops:' || to_char(s.opened_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI'))"
    ),
    "a parcel was handed over twice, not taken back in between": (
        "SELECT subject_id FROM event WHERE subject = 'parcel' GROUP BY 1"
        " HAVING count(*) FILTER (WHERE verb = 'handed_over') > 1 + count(*) FILTER (WHERE verb = 'unshipped')"
    ),
}
"""Each of these finds nothing."""


def run(server: postgres.Server, home: Path, seconds: float, every: float, say: Callable[[str], None]) -> Floor:
    """Eight workers for so long, a look at everything `every` so many seconds. Raises AssertionError."""
    store = Store(server.url("base"))
    store.run_now(furnish, CheckMode.ITEMS if seconds > _SHORT else CheckMode.QUICK)
    store.close()
    floor = Floor(server, home, Random())  # fresh: a race of processes cannot be run again by its seed
    for number in range(1, WORKERS + 1):
        floor.start(number)
    try:
        end = time.time() + seconds
        while time.time() < end:
            floor.disturb(min(every, end - time.time()))
            floor.check()
            say(str(floor.figures()))
    finally:
        floor.stop()
    floor.check()
    said = {number: text for number in range(1, WORKERS + 1) if (text := (home / f"worker{number}").read_text())}
    assert said == {}
    say(str(floor.figures()))
    return floor


def main(seconds: float, say: Callable[[str], None]) -> None:
    """The long run. Raises AssertionError."""
    with tempfile.TemporaryDirectory() as home, quick_server() as server:
        floor = run(server, Path(home), seconds, LOOK, say)
        (deeds,) = floor.ask("SELECT count(*) FROM event WHERE subject = 'deed'")[0]
        assert isinstance(deeds, int)
        assert deeds > floor.kills, f"{deeds} deeds, {floor.kills} kills: the workers had no time to start"
