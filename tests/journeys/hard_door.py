"""Ten people at the scan page's door, five scans a second for minutes: a refund every three seconds, answers lost.

Surprising: a phone here is the page's queue without its page. Scans are taken when they are due, wait behind the one
call under way, and behind a stop until somebody has seen it; every seventh call is sent again, as after a lost answer.
"""

import asyncio
import itertools
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles
from urllib.parse import urlencode

import aiohttp
from sqlalchemy import text

from bot.mini_app import signature
from storage.unit import Unit
from tests.journeys.hard_scans import (
    DONE,
    PASSED,
    PEOPLE,
    PER_SECOND,
    STEPS,
    TOLD,
    House,
    Shift,
    house,
    parcels_for,
    refund,
)

BATCH = 10
_AGAIN = 7
_SEEN_AFTER = 1.0
_ANSWERED_WITHIN = 60.0
_REST = 20.0

Job = dict[str, object]


@dataclass
class Said:
    """What all phones heard: verdicts, seconds from the beep to the answer, repeats and those that differed."""

    verdicts: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    repeated: int = 0
    differed: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass
class Phone:
    """One person's page. `waiting` is its queue; `held` while a stop shouts."""

    http: aiohttp.ClientSession
    launch: str
    said: Said
    waiting: list[Job] = field(default_factory=list)
    beeped: dict[str, float] = field(default_factory=dict)
    held: int = 0
    calls: int = 0
    closed: bool = False

    def take(self, do: str, text: str = "", stop: int = 0) -> None:
        """A code was scanned, or a button pressed."""
        job = secrets.token_hex(16)
        self.beeped[job] = time.monotonic()
        self.waiting.append({"id": job, "do": do, "text": text, "stop": stop, "station": None, "place": None})

    async def work(self) -> None:
        """Send what waits, until closed and empty."""
        while self.waiting or self.held or not self.closed:
            if self.held:
                await asyncio.sleep(_SEEN_AFTER)
                self.take("seen", stop=self.held)
                self.held = 0
            if batch := self.waiting[:BATCH]:
                self._hear(batch, await self._call(batch))
            else:
                await asyncio.sleep(0.02)

    async def _call(self, batch: Sequence[Job]) -> list[Job]:
        self.calls += 1
        found = await self._post(batch)
        if self.calls % _AGAIN == 0:  # the answer was lost on the way
            again = await self._post(batch)
            self.said.repeated += len(batch)
            self.said.differed += sum(one != other for one, other in zip(found, again, strict=True))
        return found

    async def _post(self, batch: Sequence[Job]) -> list[Job]:
        told = {"jobs": batch, "language": "zh"}
        async with self.http.post("/scan/jobs", json=told, headers={"Authorization": f"tma {self.launch}"}) as answer:
            self.said.statuses[answer.status] += 1
            answer.raise_for_status()
            found: list[Job] = (await answer.json())["answers"]
            return found

    def _hear(self, batch: Sequence[Job], answers: Sequence[Job]) -> None:
        for job, answer in zip(batch, answers, strict=True):
            assert answer["id"] == job["id"]
            number = str(job["id"])
            self.said.answers[number] += 1
            results = answer["results"]
            assert isinstance(results, list)
            if job["do"] == "scan":
                self.said.took.append(time.monotonic() - self.beeped[number])
            for result in results:
                self.said.verdicts[result["verdict"]] += 1
                if result["verdict"] == "stop":
                    self.held = result["stop"]
                elif result["verdict"] not in ("ok", "again"):
                    self.said.failed.append(f"{result['verdict']} {result['text']}")
        done = {job["id"] for job in batch}
        self.waiting = [job for job in self.waiting if job["id"] not in done]


def launch_data(person: int, token: str) -> str:
    """What Telegram gives the page, signed."""
    user = json.dumps({"id": person, "first_name": f"picker {person}"})
    fields = {"query_id": "AAH", "user": user, "auth_date": str(int(time.time()))}
    return urlencode({**fields, "hash": signature(fields, token)})


async def _scans(
    phone: Phone, person: int, parcels: Sequence[tuple[int, str, int]], shift: Shift, per_second: float
) -> None:
    """One person's list, a scan every PEOPLE / per_second seconds, whatever has become of the one before."""
    due = time.monotonic()
    for number, waybill, grams in parcels:
        shift.at[person] = number
        for step in STEPS:
            phone.take("scan", f"{waybill} {grams}g" if step == "weigh" else waybill)
            shift.scans += 1
            due += PEOPLE / per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
    phone.closed = True


@dataclass(frozen=True)
class Result:
    """Counts, and how long a scan took from the beep to its answer, seconds."""

    scans: int
    done: int
    written: int
    stopped: int
    odd: tuple[str, ...]
    refunds: int
    stops: int
    told: int
    floods: int
    passed: int
    unanswered: int
    twice: int
    repeated: int
    differed: int
    failures: int
    p50: float
    p99: float

    def __str__(self) -> str:
        return (
            f"door: {self.scans} scans ({self.done} done, {self.stopped} cried stop, {len(self.odd)} otherwise), "
            f"{self.refunds} refunds, {self.stops} stops, {self.told} of them told, {self.floods} x 429, {self.passed} "
            f"stopped parcels moved on, {self.unanswered} scans unanswered, {self.repeated} sent again and "
            f"{self.differed} of them answered otherwise; to the answer p50 {self.p50 * 1000:.0f}, p99 "
            f"{self.p99 * 1000:.0f} ms"
        )


def faults(result: Result) -> list[str]:
    """What was broken, in words."""
    wanted = {
        "a stopped parcel moved on": result.passed == 0,
        "a refund stopped nothing": result.stops == result.refunds,
        "a stop was not told": result.told == result.stops,
        "Telegram said 429": result.floods == 0,
        "a call was refused": result.failures == 0,
        "a scan was not answered": result.unanswered == 0,
        "a scan was answered twice": result.twice == 0,
        "a done scan is not written, or a written one was not done": result.written == result.done,
        "a repeated job was answered otherwise": result.differed == 0,
        f"a scan heard something odd: {result.odd[:3]}": not result.odd,
    }
    return list(itertools.compress(wanted, (not kept for kept in wanted.values())))


def _result(made: House, shift: Shift, said: Said) -> Result:
    def ask(unit: Unit) -> list[int]:
        found = [DONE, "SELECT count(*) FROM stop WHERE kind = 'refund'", TOLD, PASSED]
        return [int(unit._sql.connection.execute(text(one)).scalar_one()) for one in found]

    written, stops, told, passed = made.store.read_now(ask)
    cuts = quantiles(said.took, n=100)
    return Result(
        scans=shift.scans,
        done=said.verdicts["ok"],
        written=written,
        stopped=said.verdicts["stop"],
        odd=tuple(said.failed),
        refunds=len(shift.refunded),
        stops=stops,
        told=told,
        floods=made.limiter.floods,
        passed=passed,
        unanswered=shift.scans - len(said.took),
        twice=sum(count - 1 for count in said.answers.values()),
        repeated=said.repeated,
        differed=said.differed,
        failures=sum(count for status, count in said.statuses.items() if status != 200),
        p50=cuts[49],
        p99=cuts[98],
    )


async def run(seconds: float, per_second: float = PER_SECOND, every: float = 3.0, start: float = 10.0) -> Result:
    """The shift for so long, and until what is still to be told is told, or does not come."""
    shift, said = Shift(), Said()
    async with house(parcels_for(seconds * per_second / PER_SECOND)) as made:
        await asyncio.sleep(start)  # what the start has to say is said
        refunding = asyncio.create_task(refund(made.opened.hooks, made.shop, shift, Random(1), every))
        async with aiohttp.ClientSession(base_url=made.opened.hooks) as http:
            phones = {one: Phone(http, launch_data(one, made.token), said) for one in made.people}
            working = [asyncio.create_task(phone.work()) for phone in phones.values()]
            await asyncio.gather(*(_scans(phones[one], one, made.lists[one], shift, per_second) for one in made.people))
            shift.over = True
            await refunding
            async with asyncio.timeout(_ANSWERED_WITHIN):
                await asyncio.gather(*working)
        end = time.monotonic() + _REST
        while faults(result := _result(made, shift, said)) and time.monotonic() < end:
            await asyncio.sleep(0.5)
        return result


def main(seconds: float, say: Callable[[str], None]) -> list[str]:
    """What was broken, in words."""
    result = asyncio.run(run(seconds))
    say(str(result))
    return faults(result)
