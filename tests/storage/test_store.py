"""The store itself: one winner, one transaction, one commit, on every database."""

import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import DBAPIError, StatementError

from domain.errors import AlreadyApplied, LostRace, WrongStatus
from domain.orders.orders import Order, OrderStatus, check_move
from domain.records import Event, Notice, NoticeKind
from domain.stock.stock import Bucket, Document, Move
from storage.store import ATTEMPTS, Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import SHARED, Each

pytestmark = pytest.mark.anyio
TREE = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "exports", "storage", "channels", "domain")


def given(each: Each) -> Order:
    """A stored order."""

    def go(unit: Unit) -> Order:
        order = factory.order(unit, each.cast.shops[0])
        factory.put(unit, order)
        return order

    return each.store.run_now(go)


def approve(unit: Unit, order_id: int, name: str) -> None:
    """A command in miniature: check, save, record."""
    order = unit.orders.get(order_id)
    check_move(order, OrderStatus.APPROVED)
    unit.orders.save([replace(order, status=OrderStatus.APPROVED, decided_by=name)])
    unit.record([Event(unit.now, "order", order_id, "approve", "person", name)])


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run them all at the same moment; results or what was raised."""
    gate = threading.Barrier(len(calls))

    def go(call: Callable[[], object]) -> object:
        gate.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # it is the result
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def test_twenty_at_once_on_one_order_make_one_winner(each: Each) -> None:
    """One approval, one event; nineteen are refused in words."""
    order = given(each)
    names = [f"person {number}" for number in range(20)]
    results = at_once(*(lambda name=name: each.store.run_now(approve, order.id, name) for name in names))
    assert results.count(None) == 1
    assert [type(result) for result in results if result is not None] == [WrongStatus] * 19
    events = each.store.read_now(lambda unit: unit.history("order", order.id))
    stored = each.store.read_now(lambda unit: unit.orders.get(order.id))
    assert [event.actor for event in events] == [names[results.index(None)]] == [stored.decided_by]
    assert (stored.status, stored.revision) == (OrderStatus.APPROVED, 2)


@SHARED
def test_two_stores_on_one_database_do_not_oversell(each: Each) -> None:
    """Twenty reserve seven of a hundred; fourteen fit."""
    here = each.cast.warehouses[0].id
    other = Store(each.url)
    moves = [Move(here, "CUP-01", Bucket.RESERVED, 7, Document.APPROVAL, number) for number in range(20)]

    def reserve(number: int) -> Callable[[], object]:
        store = (each.store, other)[number % 2]
        return lambda: store.run_now(lambda unit: unit.stock.apply([moves[number]], "anna"))

    results = at_once(*(reserve(number) for number in range(20)))
    other.close()
    assert results.count([0]) == 14
    level = each.store.read_now(lambda unit: unit.stock.levels(["CUP-01"])[here, "CUP-01"])
    sums = each.store.read_now(lambda unit: unit.stock.ledger_sums())
    assert (level.reserved, sums[here, "CUP-01", "reserved"]) == (98, 98)


def test_moves_in_opposite_orders_do_not_lock_each_other_out(each: Each) -> None:
    """Levels are locked in one order, whatever the order of the moves."""
    here = each.cast.warehouses[0].id
    skus = ("CUP-01", "CUP-02", "TEA-01", "LAMP-01")

    def move(turn: int) -> Callable[[], object]:
        order = skus if turn % 2 else skus[::-1]
        moves = [Move(here, sku, Bucket.RESERVED, 1, Document.APPROVAL, turn) for sku in order]
        return lambda: each.store.run_now(lambda unit: unit.stock.apply(moves, "anna"))

    assert at_once(*(move(turn) for turn in range(8))) == [[0] * 4] * 8
    levels = each.store.read_now(lambda unit: unit.stock.levels(skus))
    assert [levels[here, sku].reserved for sku in skus] == [8] * 4


def test_two_workers_never_hold_the_same_notice(each: Each) -> None:
    """Eight claim at once; every notice is in one hand."""
    chats = [person.chat_id for person in each.cast.people.values()]
    notices = [Notice(NoticeKind.ORDER, 1, chat, f"n{chat}", NOW) for chat in chats]
    each.store.run_now(lambda unit: unit.outbox.add(notices))

    def claim(worker: int) -> Callable[[], object]:
        return lambda: each.store.run_now(lambda unit: unit.deliveries.claim(f"w{worker}", NOW, 3, 60))

    claimed = [one.notice.chat_id for hand in at_once(*(claim(n) for n in range(8))) for one in hand]  # type: ignore[attr-defined]
    while left := each.store.run_now(lambda unit: unit.deliveries.claim("last", NOW, 3, 60)):
        claimed += [one.notice.chat_id for one in left]
    assert sorted(claimed) == sorted(chats)


def test_a_command_that_raises_leaves_nothing(each: Each) -> None:
    """Not the order, not the event, not the id of the update."""
    order = given(each)

    def fail(unit: Unit) -> None:
        approve(unit, order.id, "anna")
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        each.store.run_now(fail, claim=5)
    assert each.store.read_now(lambda unit: unit.orders.get(order.id)) == order
    assert each.store.read_now(lambda unit: unit.history("order", order.id)) == []
    each.store.run_now(approve, order.id, "anna", claim=5)


def test_a_claimed_command_is_carried_out_once(each: Each) -> None:
    """The update is fed again after a crash: AlreadyApplied, and nothing is done."""
    order = given(each)
    each.store.run_now(lambda unit: unit.inbox.put(5, 1, "{}", NOW))
    each.store.run_now(approve, order.id, "anna", claim=5)
    with pytest.raises(AlreadyApplied):
        each.store.run_now(approve, order.id, "boris", claim=5)
    assert each.store.read_now(lambda unit: unit.orders.get(order.id).decided_by) == "anna"


def test_a_lost_race_is_run_again_and_finally_told(each: Each) -> None:
    """Twenty times at most; a race that is won later succeeds."""
    tries: list[int] = []

    def lose(unit: Unit, until: int) -> int:
        tries.append(1)
        if len(tries) < until:
            raise LostRace("test")
        return len(tries)

    assert each.store.run_now(lose, 3) == 3
    tries.clear()
    with pytest.raises(LostRace):
        each.store.run_now(lose, ATTEMPTS + 1)
    assert len(tries) == ATTEMPTS


def test_reading_cannot_write(each: Each) -> None:
    """And the store writes on afterwards."""
    order = given(each)
    with pytest.raises(DBAPIError):
        each.store.read_now(approve, order.id, "anna")
    assert each.store.read_now(lambda unit: unit.orders.get(order.id)) == order
    each.store.run_now(approve, order.id, "anna")


async def test_run_and_read_from_a_loop(each: Each) -> None:
    """The twins with an event loop."""
    order = given(each)
    await each.store.run(approve, order.id, "anna", claim=9)
    with pytest.raises(AlreadyApplied):
        await each.store.run(approve, order.id, "anna", claim=9)
    assert (await each.store.read(lambda unit: unit.orders.get(order.id))).decided_by == "anna"


def test_now_stands_still_for_the_whole_command(each: Each) -> None:
    """However long it takes."""

    def look(unit: Unit) -> bool:
        before = unit.now
        each.clock.move(60)
        return unit.now == before == NOW

    assert each.store.run_now(look)


def test_closing_finishes_what_is_queued(sqlite_url: str) -> None:
    """Commands that were accepted are carried out."""
    store = Store(sqlite_url)
    store.run_now(factory.seed)
    gate = threading.Event()
    store._writers.submit(gate.wait)
    puts = [
        store._writers.submit(store._write, lambda unit, n=n: unit.inbox.put(n, 1, "{}", NOW), None) for n in range(50)
    ]
    gate.set()
    store.close()
    assert [put.result() for put in puts] == [True] * 50
    again = Store(sqlite_url)
    assert len(again.read_now(lambda unit: unit.inbox.pending(99))) == 50
    again.close()


@SHARED
def test_what_was_committed_is_there_when_the_store_opens_again(each: Each) -> None:
    """Times, texts and money as they were."""
    order = given(each)
    again = Store(each.url)
    assert again.read_now(lambda unit: unit.orders.get(order.id)) == order
    again.close()


def test_sqlite_is_set_up_to_lose_nothing(store: Store, sqlite_url: str) -> None:
    """Write-ahead log, full sync, foreign keys."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    settings = store.run_now(
        lambda unit: [unit._sql.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    )
    assert settings == ["wal", 2, 1]
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()


def test_a_naive_time_is_refused(each: Each) -> None:
    """At the door, with its value."""
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="naive datetime"):
        each.store.run_now(lambda unit: unit.inbox.put(1, 1, "{}", naive))
    assert each.store.read_now(lambda unit: unit.inbox.pending(9)) == []


def test_times_in_any_zone_come_back_in_utc(each: Each) -> None:
    """The same moment."""
    there = (NOW + timedelta(microseconds=5)).astimezone(ZoneInfo("Asia/Shanghai"))
    file = each.store.run_now(lambda unit: unit.files.put("a", b"x", there))
    assert (file.at, file.at.utcoffset()) == (there, timedelta(0))


def test_commit_stands_once_in_the_tree() -> None:
    """Everything else happens inside somebody's transaction. (The sandbox is Telegram's side and keeps its own
    journal; the bench measures against a bare database.)"""
    sources = [path for package in PACKAGES for path in (TREE / package).rglob("*.py")] + [*TREE.glob("*.py")]
    ours = [path for path in sources if not {"sandbox", "bench.py"} & {*path.relative_to(TREE).parts}]
    places = [path.name for path in ours for _ in re.finditer(r"\bcommit\(", path.read_text(encoding="utf-8"))]
    assert places == ["store.py"]
