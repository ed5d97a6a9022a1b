"""`run.py bench`: what we cost beside the raw limit, as ratios of one run on one machine.

Surprising: absolute seconds are printed on stderr only, for the curious; these machines are noisy and only ratios
of things measured side by side mean anything.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import channels
from bot.bench import mixed
from bot.company import GOODS
from bot.seed import seed_store
from domain.desk import Desk
from domain.intake import intake
from domain.intake.incoming import IncomingOrder, RejectedRow
from domain.people.people import OPERATOR
from domain.review import review
from domain.stock.stock import Bucket, Document, Move
from storage.bench import raw_approvals_seconds, raw_copy_seconds
from storage.store import Store
from storage.unit import Unit

BATCH = 500
TAPS = 60
Say = Callable[[str], None]


def _plenty(unit: Unit) -> None:
    """So much stock that nothing is short; every fourth article lies only in the second warehouse, so that orders of
    two lines may have to be split."""
    moves = [
        Move(2 if number % 4 == 3 else 1, row[0], Bucket.GOOD, 10**7, Document.ADJUST, 1)
        for number, row in enumerate(GOODS)
    ]
    unit.stock.apply(moves, OPERATOR.name)


def _company(unit: Unit) -> None:
    """The invented company, selling on every platform there is, with nothing on its shelves but plenty."""
    seed_store(unit)
    unit.stock.apply(
        [
            Move(place, sku, Bucket.GOOD, -level.good, Document.ADJUST, 1)
            for (place, sku), level in unit.stock.levels([row[0] for row in GOODS]).items()
            if level.good
        ],
        OPERATOR.name,
    )
    _plenty(unit)
    there = {shop.platform for shop in unit.catalog.shops.values()}
    for shop in mixed.shops():
        if shop.platform not in there:
            unit.catalog_admin.add_shop(shop)


def _filled(path: Path, orders: int) -> tuple[Store, float]:
    """(the store, seconds to read, screen, match, merge, split, plan and keep orders of every platform)."""
    store = Store(f"sqlite:///{path}")
    store.run_now(_company)
    shops = {shop.platform: shop for shop in store.read_now(lambda desk: dict(desk.catalog.shops)).values()}
    told = [(shops[platform], data) for platform, data in mixed.files(orders)]
    started = time.perf_counter()
    for shop, data in told:
        items = channels.read("bench.csv", data, zone=ZoneInfo(shop.zone), currency=shop.currency).items
        while batch := [_order(item) for item in islice(items, BATCH)]:
            store.run_now(intake.receive, OPERATOR, shop.id, batch)
    return store, time.perf_counter() - started


def _order(item: IncomingOrder | RejectedRow) -> IncomingOrder:
    assert isinstance(item, IncomingOrder), item
    return item


def _clean(desk: Desk, limit: int) -> list[tuple[int, int]]:
    """(id, revision) of clean orders that travel alone, each in one box: an approval is of one order."""
    found = desk.orders.in_review(shops=None, held=False, limit=limit * 4)
    boxes = desk.parcels.of_orders([order_id for order_id, _ in found])
    alone = {order_id for order_id, mine in boxes.items() if [len(box.order_ids) for box in mine] == [1]}
    return [one for one in found if one[0] in alone][:limit]


def _approvals(store: Store, orders: list[tuple[int, int]]) -> float:
    started = time.perf_counter()
    for order_id, revision in orders:
        store.run_now(review.approve, OPERATOR, order_id, revision)
    return time.perf_counter() - started


def database_ratios(orders: int, say: Say) -> dict[str, float]:
    """Import and approval against raw sqlite3."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        store, seconds = _filled(path, orders)
        raw, rows = raw_copy_seconds(path, Path(folder) / "raw.db")
        say(f"import: {orders} orders, {rows} rows, {seconds:.2f} s, raw {raw:.2f} s")
        some = store.read_now(_clean, 420)
        _approvals(store, some[400:])  # the first of anything is slower, on both sides
        ours = _approvals(store, some[:200])
        store.close()
        bare = raw_approvals_seconds(path, [order_id for order_id, _ in some[200:400]])
        say(f"approval: {ours / 200 * 1000:.2f} ms, raw {bare / 200 * 1000:.2f} ms")
    return {"import_vs_raw_sqlite": round(seconds / raw, 2), "approval_vs_raw_sqlite": round(ours / bare, 2)}


async def tap_ratio(say: Say) -> dict[str, float]:
    """A tap on a real card, to the answered tap, against a bare aiogram bot that only echoes."""
    from bot.bench.taps import bare_taps, desk_taps

    bare = await bare_taps(TAPS)
    ours = await desk_taps(TAPS)
    say(f"tap: p50 {median(ours) * 1000:.1f} ms, bare aiogram {median(bare) * 1000:.1f} ms")
    return {"tap_p50_vs_bare_aiogram": round(median(ours) / median(bare), 2)}


async def refund_figures(say: Say) -> dict[str, float]:
    """How long a refund takes to block its parcel, and to be named in the chat of whoever has it: p99, ms."""
    from bot.bench.refunds import REFUNDS, p99, refund_delays

    figures: dict[str, float] = {}
    for speed in (10, 50):
        blocks, cards = await refund_delays(REFUNDS, speed)
        middle = f"blocked p50 {median(blocks) * 1000:.0f} ms, told p50 {median(cards) * 1000:.0f} ms"
        say(f"refunds, {speed} a second: {middle}")
        figures[f"refund_block_p99_ms_at_{speed}"] = round(p99(blocks) * 1000)
        figures[f"refund_card_p99_ms_at_{speed}"] = round(p99(cards) * 1000)
    return figures


def process_figures(run_py: Path, say: Say) -> dict[str, float]:
    """Start time against a bare `import aiogram`, and idle memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(run_py), "--data", folder, "--port", "0", "--json"]
        first = _start_seconds(command)
        again, idle = _start_seconds(command)[0], first[1]
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import aiogram"], check=True)  # our own interpreter
    bare = time.perf_counter() - started
    say(f"start: first {first[0]:.1f} s, again {again:.1f} s, import aiogram alone {bare:.1f} s; idle {idle:.0f} MB")
    return {"start_vs_import_aiogram": round(again / bare, 2), "idle_mb": round(idle)}


def _start_seconds(command: list[str]) -> tuple[float, float]:
    """(seconds until it says that it runs, resident MB then)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:  # noqa: S603  # our own
        assert process.stdout is not None
        process.stdout.readline()
        seconds = time.perf_counter() - started
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) if Path("/proc").exists() else 0
        process.terminate()
        process.wait(timeout=20)
    return seconds, pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def bench(run_py: Path, orders: int, say: Say) -> dict[str, float]:
    """Every ratio, in one run."""
    figures = database_ratios(orders, say)
    figures |= asyncio.run(tap_ratio(say))
    figures |= asyncio.run(refund_figures(say))
    return figures | process_figures(run_py, say)
