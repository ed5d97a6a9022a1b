"""What the command line does besides serving: take files in, close a day, and say what is wrong with the set-up.

Surprising: nothing here imports aiogram, so a command starts in half a second; and nothing prints, so that run.py
alone decides between words and JSON.
"""

import asyncio
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path

import httpx

from bot.imports import Importer, shop_named
from bot.reports import DayCloser
from bot.settings import Settings
from channels import Unreadable
from channels.reasons import Reason
from domain.desk import Desk
from domain.errors import Refusal
from domain.orders.catalog import Catalog
from domain.people.people import OPERATOR, Role
from domain.records import ImportRun
from domain.stops import feeds
from handlers.cards.desk.intake import row_text, unreadable_text
from handlers.services import Progress
from handlers.wording.refusals import refusal_text
from handlers.words import Words
from storage.store import Store
from storage.unit import Unit

Json = dict[str, object]
_TEACH = (
    "no mapping is remembered for these columns: send the file to the bot in chat, say which column is what, "
    "then import it again"
)
_WORDS = Words("en", "UTC")
_LARGEST_FILE = 60 * 1024 * 1024


class Refused(Exception):
    """The command was refused; the message says why, in words."""


def refusal_words(error: Refusal | Unreadable) -> str:
    """One plain English line, with what to do where a person can teach us the table."""
    if isinstance(error, Unreadable):
        facts = ", ".join(f"{name}: {value}" for name, value in error.facts.items() if value)
        told = f"{error.code} ({facts})" if facts else error.code
        why = (
            _TEACH if error.code == Reason.UNKNOWN_HEADER else _plain(unreadable_text(error.code, error.facts, _WORDS))
        )
        return f"{told}; {why}"
    return refusal_text(error, _WORDS)


def _plain(text: str) -> str:
    """A chat's text without its HTML."""
    return " ".join(unescape(text).split())


def _reject(told: Mapping[str, object]) -> Json:
    facts = {name: str(fact) for name, fact in told.items()}
    return {**told, "why": _plain(row_text(facts["reason"], facts, _WORDS, private=True))}


@contextmanager
def hold(data: Path) -> Iterator[None]:
    """Only one process serves from a data directory (the lock dies with it). Raises Refused."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "serving.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another Xiaoer is running with {data}; stop it first or use another --data") from None
        yield


def wipe(settings: Settings) -> None:
    """--fresh: forget the embedded database and the sandbox; hold the data meanwhile. Raises Refused for a database
    elsewhere."""
    if not settings.database_url.startswith("sqlite:///") or settings.token:
        raise Refused("--fresh only wipes the sandbox's own data; XIAOER_TOKEN or XIAOER_DATABASE_URL is set")
    for name in ("xiaoer.db", "xiaoer.db-wal", "xiaoer.db-shm"):
        (settings.data / name).unlink(missing_ok=True)
    if (settings.data / "sandbox").exists():
        shutil.rmtree(settings.data / "sandbox")


async def import_files(
    store: Store, paths: Sequence[Path], shop_name: str | None, tell: Callable[[Path, Progress], None]
) -> tuple[list[Json], list[str]]:
    """Take files in one after the other. Returns one result per file taken and one line per file refused."""
    catalog = await store.read(_catalog)
    results: list[Json] = []
    refused: list[str] = []
    for path in paths:
        try:
            run = await _import_file(store, catalog, path, shop_name, tell)
        except (Refusal, Unreadable) as error:
            refused.append(f"{path}: {refusal_words(error)}")
        except OSError as error:
            refused.append(f"{path}: {error.strerror}")
        else:
            results.append(_import_result(path, run, catalog))
    return results, refused


async def _import_file(
    store: Store, catalog: Catalog, path: Path, shop_name: str | None, tell: Callable[[Path, Progress], None]
) -> ImportRun:
    shop_id = shop_named(catalog, shop_name) if shop_name is not None else None
    data = await asyncio.to_thread(_bytes_of, path)
    file_id = await store.run(_keep, path.name, data)

    async def progress(so_far: Progress) -> None:
        tell(path, so_far)

    return await Importer(store)(file_id, shop_id, OPERATOR, progress)


def _bytes_of(path: Path) -> bytes:
    """The size is looked at first: the limit is there to keep the file out of memory."""
    size = path.stat().st_size
    if size > _LARGEST_FILE:
        raise Unreadable(Reason.TOO_LARGE, {"megabytes": str(size >> 20), "limit": str(_LARGEST_FILE >> 20)})
    return path.read_bytes()


def _catalog(desk: Desk) -> Catalog:
    return desk.catalog


def _keep(desk: Desk, name: str, data: bytes) -> int:
    return desk.files.put(name, data, desk.now).id


def _import_result(path: Path, run: ImportRun, catalog: Catalog) -> Json:
    return {
        "file": str(path),
        "format": run.format,
        "shop": catalog.shops[run.shop_id].name,
        "orders_new": run.new,
        "orders_changed": run.changed,
        "orders_unchanged": run.unchanged,
        "orders_waiting": run.waiting,
        "rows_rejected": run.rejected,
        "rejects": [_reject(reject) for reject in run.rejects],
    }


async def close_day(store: Store, day: date, out: Path) -> Json:
    """Make the next version of the day's workbook and put it into `out`. Raises Refused, domain refusals."""
    run = await DayCloser(store)(day, OPERATOR, new=True)
    if run is None or run.file_id is None:
        raise Refused(f"another worker is making the workbook of {day} right now")
    file_id = run.file_id
    stored, data = await store.read(lambda unit: unit.files.get(file_id))
    workbook = await asyncio.to_thread(_write, out, stored.name, data)
    return {
        "day": day.isoformat(),
        "version": run.version,
        "workbook": str(workbook),
        "tie_out": {"pass": run.passes, "fail": run.fails},
    }


def _write(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / Path(name).name
    path.write_bytes(data)
    return path


def doctor(settings: Settings) -> list[Json]:
    """Checks with ok and why; never a secret in them."""
    checks = [_check("python", sys.version_info >= (3, 11), sys.version.split()[0])]
    checks.append(_data(settings.data))
    checks += _database(settings)
    checks.append(_port(settings.port))
    checks.append(_telegram(settings))
    checks.append(_scan_page(settings))
    return checks


def _check(name: str, ok: bool, why: str) -> Json:
    return {"check": name, "ok": ok, "why": why}


def _data(data: Path) -> Json:
    place = next(folder for folder in (data, *data.absolute().parents) if folder.exists())
    return _check(
        "data", os.access(place, os.W_OK), f"{data} {'can' if os.access(place, os.W_OK) else 'cannot'} be written"
    )


def _database(settings: Settings) -> list[Json]:
    kind = settings.database_url.split(":", 1)[0]
    embedded = settings.data / "xiaoer.db"
    if kind == "sqlite" and not embedded.exists():
        return [_check("database", True, "sqlite, not made yet: the first start makes it")]
    try:
        store = Store(settings.database_url)
    except Exception as error:  # noqa: BLE001  # whatever a database driver raises is the answer asked for
        return [_check("database", False, f"{kind}: {type(error).__name__}")]
    try:
        shops, owners, counts = store.read_now(_furnished)
        silent = store.read_now(_silent)
    finally:
        store.close()
    return [
        _check("database", True, kind),
        _check("shops", bool(shops), ", ".join(shops) or "no shop yet"),
        _check("owner", bool(owners), f"{owners} owners" if owners else "no owner yet: the start prints a link"),
        _check("feeds", not silent, "; ".join(silent) or "no shop is silent beyond the policy's gate"),
        _check("parked", not counts["parked"], f"{counts['parked']} notices wait for chats that cannot be reached"),
    ]


def _furnished(unit: Unit) -> tuple[list[str], int, dict[str, int]]:
    owners = unit.people.staff().with_role(frozenset({Role.OWNER}))
    return [shop.name for shop in unit.catalog.shops.values()], len(owners), dict(unit.deliveries.counts())


def _silent(unit: Unit) -> list[str]:
    """Shops whose refunds may be missing, and what the gate does about it."""
    return [
        f"{one.shop.name}: nothing heard for {one.minutes(unit.now)} min, its parcels "
        + ("pass with a warning" if one.shop.fail_open else "are held back")
        for one in feeds.stale(unit)
    ]


def _port(port: int) -> Json:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return _check("port", False, f"{port} is taken, perhaps by a running Xiaoer ({error.strerror})")
    return _check("port", True, f"{port} is free")


def _telegram(settings: Settings) -> Json:
    if settings.sandbox:
        return _check("telegram", True, "no XIAOER_TOKEN: the sandbox plays Telegram")
    try:
        with httpx.Client(trust_env=False, timeout=10) as client:
            body = client.get(f"{settings.api_base}/bot{settings.token}/getMe").json()
    except (httpx.HTTPError, ValueError) as error:
        return _check("telegram", False, f"{settings.api_base} cannot be reached: {type(error).__name__}")
    if not body.get("ok"):
        return _check("telegram", False, f"refused: {body.get('description')}")
    return _check("telegram", True, f"@{body['result']['username']}")


def _scan_page(settings: Settings) -> Json:
    """Not having one is no fault, but somebody will ask why."""
    if settings.sandbox:
        return _check("scan page", True, "the sandbox opens it, /scan in chat")
    if not settings.public_url:
        why = "not offered: a phone needs a public https address, set XIAOER_PUBLIC_URL (or XIAOER_WEBHOOK_URL)"
        return _check("scan page", True, why)
    return _check("scan page", True, f"{settings.public_url}/scan/, /scan in chat")
