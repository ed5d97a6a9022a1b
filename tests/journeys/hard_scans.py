"""Ten people scanning five parcels a second for minutes: a refund every three seconds, Telegram's own limits.

Surprising: nobody waits for an answer. A scan is written when it is due, as a scanner does it, whatever became of the
one before; the sandbox refuses what the real Telegram would, and the database tells afterwards what was let by.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import quantiles

import aiohttp
from sqlalchemy import text

from bot.app import App, Opened
from bot.bench import refunds
from bot.bench.taps import telegram_beside
from bot.limiter import Limiter
from bot.settings import TELEGRAM_LIMITS, read_settings
from bot.shop_payloads import shopify_refund, signed
from domain.orders.catalog import Shop
from domain.people.people import Role
from storage.store import Store
from storage.unit import Unit

PEOPLE = 10
PER_SECOND = 5
REFUND_EVERY = 3.0
_REST = 20
STEPS = ("pick", "pack", "weigh")
_HANDS = frozenset({Role.PICKER, Role.PACKER, Role.DISPATCHER})


class Counting(Limiter):
    """A limiter that knows how often Telegram said 429."""

    floods = 0

    def pause(self, chat: int | None, seconds: float) -> None:
        """Called for each 429."""
        self.floods += 1
        super().pause(chat, seconds)


@dataclass
class Shift:
    """What was done. `at` are the orders that somebody has in hand, by person; `first` is the first update of it."""

    scans: int = 0
    first: int = 0
    refunded: dict[int, float] = field(default_factory=dict)
    at: dict[int, int] = field(default_factory=dict)
    over: bool = False


@dataclass(frozen=True)
class Result:
    """Counts, and how long a scan took from Telegram to its commit, seconds."""

    scans: int
    accepted: int
    refused: int
    refunds: int
    stops: int
    told: int
    floods: int
    passed: int
    unanswered: int
    p50: float
    p99: float

    def __str__(self) -> str:
        return (
            f"{self.scans} scans ({self.accepted} done, {self.refused} refused), {self.refunds} refunds, {self.stops} "
            f"stops, {self.told} of them told, {self.floods} x 429, {self.passed} stopped parcels moved on, "
            f"{self.unanswered} scans unanswered; to the commit p50 {self.p50 * 1000:.0f}, p99 {self.p99 * 1000:.0f} ms"
        )


def _lists(unit: Unit, people: Sequence[int], waybills: Mapping[int, str]) -> dict[int, list[tuple[int, str, int]]]:
    """Person -> (order there, waybill, grams) of the parcels of that person's wave."""
    numbers = {waybill: number for number, waybill in waybills.items()}
    found: dict[int, list[tuple[int, str, int]]] = {person: [] for person in people}
    owners = {}
    for person in people:
        known = unit.people.by_telegram(person)
        assert known is not None
        owners[known.id] = person
        unit.people.save(replace(known, roles=_HANDS))
    for wave in unit.waves.open_of(1):
        for box in unit.parcels.of_wave(wave.id):
            grams = box.expected_g + box.id % 7  # scales that show the same twice are taken for stuck
            found[owners[wave.owner_id or 0]].append((numbers[box.waybill], box.waybill, grams))
    return found


async def _scan(
    http: aiohttp.ClientSession, person: int, parcels: Sequence[tuple[int, str, int]], shift: Shift
) -> None:
    """One person's list, a scan every PEOPLE / PER_SECOND seconds."""
    due = time.monotonic()
    for number, waybill, grams in parcels:
        shift.at[person] = number
        for step in STEPS:
            words = f"{waybill} {grams}g" if step == "weigh" else waybill
            async with http.post(f"/sandbox/chats/{person}/messages", json={"from": person, "text": words}) as answer:
                answer.raise_for_status()
            shift.scans += 1
            due += PEOPLE / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))


async def refund(door: str, shop: Shop, shift: Shift, chance: Random, every: float = REFUND_EVERY) -> None:
    """Until the shift is over: of what somebody has in hand, so that the refund races the next scan. It is not cut off
    in the middle of one: the program would hear of a refund that nobody counted."""
    async with aiohttp.ClientSession() as http:
        while not shift.over:
            await asyncio.sleep(every)
            number = chance.choice(sorted(shift.at.values()))
            if number in shift.refunded:
                continue
            payload = shopify_refund(shop, str(number), 650, number + 10**9, datetime.now(UTC))
            body, headers = signed(shop, "refunds/create", payload)
            async with http.post(f"{door}/hooks/{shop.id}", data=body, headers=headers) as answer:
                answer.raise_for_status()
            shift.refunded[number] = time.time()


DONE = "SELECT count(*) FROM event WHERE verb IN ('picked', 'packed', 'weighed') AND subject = 'parcel'"
PASSED = """SELECT count(*) FROM stop s JOIN event e ON e.subject = 'parcel' AND e.subject_id = s.parcel_id
 WHERE e.verb IN ('picked', 'checked', 'packed', 'weighed', 'handed_over') AND e.at > s.opened_at"""
TOLD = """SELECT count(*) FROM stop s WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.state = 'sent'
 AND (o.key LIKE 'stop:' || s.id || ':%' OR (o.kind = 'stops' AND o.ended_at > s.opened_at)))"""
_TOOK = """SELECT (julianday(applied_at) - julianday(at)) * 86400 FROM inbox
 WHERE update_id >= :number AND applied_at IS NOT NULL"""


def _result(store: Store, shift: Shift, floods: int) -> Result:
    def ask(unit: Unit) -> Result:
        def rows(statement: str, **values: int) -> list[float]:
            return [float(row[0]) for row in unit._sql.connection.execute(text(statement), values)]

        (accepted,) = rows(DONE)
        took = rows(_TOOK, number=shift.first)
        cuts = quantiles(took, n=100)
        return Result(
            scans=shift.scans,
            accepted=int(accepted),
            refused=shift.scans - int(accepted),
            refunds=len(shift.refunded),
            stops=int(rows("SELECT count(*) FROM stop WHERE kind = 'refund'")[0]),
            told=int(rows(TOLD)[0]),
            floods=floods,
            passed=int(rows(PASSED)[0]),
            unanswered=int(rows("SELECT count(*) FROM inbox WHERE done_at IS NULL")[0]),
            p50=cuts[49],
            p99=cuts[98],
        )

    return store.read_now(ask)


@dataclass
class House:
    """A running desk with Telegram's own limits, and who scans what there."""

    telegram: str
    token: str
    opened: Opened
    store: Store
    people: list[int]
    lists: Mapping[int, list[tuple[int, str, int]]]
    shop: Shop
    limiter: Counting


@asynccontextmanager
async def house(count: int) -> AsyncIterator[House]:
    """`count` parcels in the waves of PEOPLE people."""
    async with telegram_beside(strict_limits=True) as telegram:
        with tempfile.TemporaryDirectory() as folder:
            settings = read_settings({}, data=Path(folder), port=0)
            settings = replace(settings, token=telegram.token, api_base=telegram.url, limits=TELEGRAM_LIMITS)
            store = Store(settings.database_url)
            people = await refunds.new_people(telegram.url, PEOPLE)
            waybills = await store.run(refunds.furnish, people, count)
            lists = await store.run(_lists, people, waybills)
            app = App(settings, store)
            limiter = app._limiter = Counting(TELEGRAM_LIMITS)  # its own, but for the counting
            opened = await app.start()
            try:
                shop = await store.read(refunds.shopify)
                yield House(telegram.url, telegram.token, opened, store, people, lists, shop, limiter)
            finally:
                await app.stop()
                store.close()


async def run(seconds: float) -> Result:
    """The shift for so long, and a rest in which what is still to be told is told."""
    shift = Shift()
    async with house(parcels_for(seconds)) as made:
        await asyncio.sleep(10)  # what the start has to say is said
        shift.first = await made.store.read(_updates) + 1
        refunding = asyncio.create_task(refund(made.opened.hooks, made.shop, shift, Random(1)))
        async with aiohttp.ClientSession(base_url=made.telegram) as http:
            await asyncio.gather(*(_scan(http, one, made.lists[one], shift) for one in made.people))
        shift.over = True
        await refunding
        await asyncio.sleep(_REST)
        return _result(made.store, shift, made.limiter.floods)


def parcels_for(seconds: float) -> int:
    """How many parcels keep everybody busy for so long."""
    return int(seconds * PER_SECOND / len(STEPS) / PEOPLE + 1) * PEOPLE


def _updates(unit: Unit) -> int:
    return int(unit._sql.connection.execute(text("SELECT coalesce(max(update_id), 0) FROM inbox")).scalar_one())


def main(seconds: float, say: Callable[[str], None]) -> list[str]:
    """What was broken, in words."""
    result = asyncio.run(run(seconds))
    say(str(result))
    wanted = {
        "a stopped parcel moved on": result.passed == 0,
        "a refund stopped nothing": result.stops == result.refunds,
        "a stop was not told": result.told == result.stops,
        "Telegram said 429": result.floods == 0,
        "a scan was not answered": result.unanswered == 0,
    }
    return list(itertools.compress(wanted, (not kept for kept in wanted.values())))
