"""One door: `python run.py` starts everything (in the sandbox when there is no token); the other commands do one thing.

Surprising: this is the only file that prints. Imports are inside the commands, so that a quick one stays quick.
Exit status: 0 done, 1 refused and said why, 2 wrong usage.
"""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot import log
from bot.settings import BadSettings, Settings, read_settings

if TYPE_CHECKING:
    from bot.app import Opened
    from bot.sandbox import Sandbox
    from bot.traffic import Traffic
    from handlers.services import Progress
    from storage.store import Store

HERE = Path(__file__).resolve().parent
_GARBAGE = (50_000, 20, 50)
"""An import makes half a million small objects that are no garbage; looking through them cost a sixth of its time."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status."""
    options = _parser().parse_args(argv)
    gc.set_threshold(*_GARBAGE)
    log.set_up(as_json=options.json)
    try:
        settings = read_settings(os.environ, data=options.data, port=options.port)
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    commands = {
        "import": _import,
        "close-day": _close_day,
        "doctor": _doctor,
        "traffic": _traffic,
        "bench": _bench,
        "setup": _setup,
        "policy": _policy,
    }
    return commands.get(options.command, _serve)(options, settings)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    defaults = {"data": HERE / "data", "json": False, "port": None, "fresh": False}
    _common_options(common, defaults, suppress=True)
    parser = argparse.ArgumentParser(prog="run.py", description="Xiaoer (小二), the shop's operations desk in chat.")
    _common_options(parser, defaults, suppress=False)
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, text in (
        ("bot", "only take and answer updates (needs XIAOER_TOKEN)"),
        ("worker", "only deliver notices and run the clock (needs XIAOER_TOKEN)"),
        ("traffic", "play the shops against a running sandbox"),
        ("doctor", "what is configured, reachable and wrong"),
    ):
        commands.add_parser(name, help=text, parents=[common]).set_defaults(command=name)
    files = commands.add_parser("import", help="take order files in", parents=[common])
    files.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files.add_argument("--shop", metavar="NAME", help="whose files they are, when they don't say")
    files.set_defaults(command="import")
    furniture = commands.add_parser("setup", help="take the company's own furniture in", parents=[common])
    furniture.add_argument("file", type=Path, metavar="FILE", help="a TOML file, see docs/operations.md")
    furniture.set_defaults(command="setup")
    closing = commands.add_parser("close-day", help="make a day's workbook", parents=[common])
    closing.add_argument("day", type=date.fromisoformat, metavar="DATE", help="2026-11-23")
    closing.set_defaults(command="close-day")
    rules = commands.add_parser("policy", help="check, apply or show the house rules", parents=[common])
    _policy_parser(rules, common)
    measuring = commands.add_parser("bench", help="ratios against the raw limit", parents=[common])
    measuring.add_argument("--orders", type=int, default=100_000, metavar="N", help="orders to import (100000)")
    measuring.set_defaults(command="bench")
    return parser


def _policy_parser(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(metavar="STEP", required=True)
    for name, text in (
        ("check", "name every fault of a file"),
        ("dry-run", "what a file or a version would change in the orders in review"),
        ("apply", "put a file, or an earlier version again, in force"),
        ("show", "the rules in force, or of a version"),
        ("history", "every version: since when, whose, what it changed"),
    ):
        step = steps.add_parser(name, help=text, parents=[common])
        if name in ("dry-run", "apply"):
            source = step.add_mutually_exclusive_group(required=True)
            source.add_argument("file", nargs="?", type=Path, metavar="FILE")
            source.add_argument("--version", type=int, metavar="N")
        elif name == "check":
            step.add_argument("file", type=Path, metavar="FILE")
        elif name == "show":
            step.add_argument("--version", type=int, metavar="N")
        step.set_defaults(command="policy", step=name)


def _common_options(parser: argparse.ArgumentParser, defaults: dict[str, object], *, suppress: bool) -> None:
    """The same options before and after the command; given after, they win."""

    def default(name: str) -> object:
        return argparse.SUPPRESS if suppress else defaults[name]

    parser.add_argument("--data", type=Path, default=default("data"), metavar="DIR", help="where everything is kept")
    parser.add_argument("--port", type=int, default=default("port"), help="8787; the shops' door is the next one")
    parser.add_argument(
        "--fresh", action="store_true", default=default("fresh"), help="forget the sandbox's data first"
    )
    parser.add_argument("--json", action="store_true", default=default("json"), help="one JSON object on stdout")


def _open_store(settings: Settings) -> "Store":
    """The store, with the invented company when this is the sandbox's. Raises Refused, NewerDatabase."""
    from bot.seed import seed_store
    from storage.store import Store

    settings.data.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    if settings.sandbox:
        store.run_now(seed_store)
    return store


def _import(options: argparse.Namespace, settings: Settings) -> int:
    from bot.shell import import_files

    store = _opened(options, settings)
    if store is None:
        return 1

    def tell(path: Path, so_far: "Progress") -> None:
        sys.stderr.write(f"{path.name}: {so_far.rows} rows, {so_far.orders} orders, {so_far.rejected} refused\n")

    try:
        results, refused = asyncio.run(import_files(store, options.files, options.shop, tell))
    finally:
        store.close()
    if options.json:
        print(json.dumps({"files": results}, ensure_ascii=False))
    for result in () if options.json else results:
        counts = ", ".join(f"{result[f'orders_{name}']} {name}" for name in ("new", "changed", "unchanged", "waiting"))
        rejected = f"{result['rows_rejected']} rows refused"
        print(f"{result['file']}: {result['format']} for {result['shop']}: {counts}, {rejected}")
    for line in refused:
        sys.stderr.write(f"{line}\n")
    return 1 if refused else 0


def _close_day(options: argparse.Namespace, settings: Settings) -> int:
    from bot.shell import Refused, close_day, refusal_words
    from domain.errors import Refusal

    store = _opened(options, settings)
    if store is None:
        return 1
    try:
        result = asyncio.run(close_day(store, options.day, settings.data / "workbooks"))
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Refusal as error:
        sys.stderr.write(f"{refusal_words(error)}\n")
        return 1
    finally:
        store.close()
    print(json.dumps(result, ensure_ascii=False) if options.json else f"{result['workbook']}\n{result['tie_out']}")
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from bot.shell import doctor

    checks = doctor(settings)
    if options.json:
        print(json.dumps({"checks": checks}, ensure_ascii=False))
    for check in () if options.json else checks:
        print(f"{'ok  ' if check['ok'] else 'BAD '} {check['check']}: {check['why']}")
    return 0 if all(check["ok"] for check in checks) else 1


def _traffic(options: argparse.Namespace, settings: Settings) -> int:
    """Until Ctrl-C."""
    from bot.traffic import Traffic

    if not settings.sandbox:
        sys.stderr.write("traffic plays invented shops: it is for the sandbox, and XIAOER_TOKEN is set\n")
        return 2
    store = _opened(options, settings)
    if store is None:
        return 1
    hooks = f"http://127.0.0.1:{settings.port + 1}"
    sys.stderr.write(f"playing the shops at {hooks}, stop with Ctrl-C\n")
    try:
        asyncio.run(Traffic(store, hooks=hooks).run())
    except KeyboardInterrupt:
        return 0
    finally:
        store.close()
    return 0


def _setup(options: argparse.Namespace, settings: Settings) -> int:
    from bot.furnish import furnish
    from bot.setup_file import load
    from bot.shell import Refused
    from storage.migrate import NewerDatabase
    from storage.store import Store

    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        store = Store(settings.database_url)
    except (OSError, NewerDatabase) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        setup = load(options.file, store.read_now(lambda unit: unit.catalog))
    except (Refused, OSError) as error:
        store.close()
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        new = store.run_now(furnish, setup)
    except Refused as refused:
        sys.stderr.write(f"{options.file}: {refused}\n")
        return 1
    finally:
        store.close()
    print(json.dumps(new) if options.json else ", ".join(f"{count} {name}" for name, count in new.items()))
    return 0


def _policy(options: argparse.Namespace, settings: Settings) -> int:
    from bot.shell import Refused, refusal_words
    from domain.errors import Refusal

    store = _opened(options, settings)
    if store is None:
        return 1
    try:
        found, told = _policy_step(options, store)
        print(json.dumps(found, ensure_ascii=False) if options.json else told)
    except (Refused, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Refusal as error:
        sys.stderr.write(f"{refusal_words(error)}\n")
        return 1
    finally:
        store.close()
    return 0


def _policy_step(options: argparse.Namespace, store: "Store") -> tuple[object, str]:
    """What came of it, as JSON and in words. Raises Refused, OSError, domain refusals."""
    from bot import policy_shell

    if options.step == "show":
        found = policy_shell.show(store, options.version)
        return found, str(found["document"])
    if options.step == "history":
        return policy_shell.history(store)
    if options.step == "dry-run":
        return policy_shell.dry_run(store, options.file or options.version)
    if options.step == "apply":
        return policy_shell.apply(store, options.file or options.version, lambda line: print(line, file=sys.stderr))
    policy_shell.check(store, options.file)
    return {"faults": []}, f"{options.file}: no faults"


def _bench(options: argparse.Namespace, settings: Settings) -> int:
    from bot.bench.ratios import bench

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    figures = bench(HERE / "run.py", options.orders, say)
    print(json.dumps(figures) if options.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))
    return 0


def _opened(options: argparse.Namespace, settings: Settings) -> "Store | None":
    """The store, or None after saying why not. --fresh needs the data to itself for a moment."""
    from bot.shell import Refused, hold, wipe
    from storage.migrate import NewerDatabase

    try:
        if options.fresh:
            with hold(settings.data):
                wipe(settings)
        return _open_store(settings)
    except (Refused, NewerDatabase) as error:
        sys.stderr.write(f"{error}\n")
        return None


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    """Everything, or only the bot's or the worker's part."""
    if options.command in ("bot", "worker") and settings.sandbox:
        sys.stderr.write(f"{options.command} needs XIAOER_TOKEN; without it `run.py` runs everything in the sandbox\n")
        return 2
    from bot.sandbox.journal import JournalDamaged
    from bot.shell import Refused, hold

    store = _opened(options, settings)
    if store is None:
        return 1
    try:
        alone = nullcontext() if options.command == "worker" else hold(settings.data)  # workers may be many
        with alone:
            return asyncio.run(_run(options, settings, store))
    except (Refused, JournalDamaged) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        store.close()


async def _run(options: argparse.Namespace, settings: Settings, store: "Store") -> int:
    from telegram.error import TelegramError

    from bot.app import App
    from bot.ingress import TokenRefused
    from bot.traffic import Traffic

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    traffic = Traffic(store) if settings.sandbox else None
    sandbox = _sandbox(settings, traffic) if traffic else None
    answers, delivers = options.command != "worker", options.command != "bot"
    app = App(settings, store, sandbox=sandbox, traffic=traffic, answers=answers, delivers=delivers)
    try:
        opened = await app.start()
        _announce(opened, as_json=options.json)
        await app.run(stop)
    except (TokenRefused, TelegramError, OSError) as error:
        sys.stderr.write(f"{log.redact(str(error))}\n")
        return 1
    finally:
        await app.stop()
    return 0


def _sandbox(settings: Settings, traffic: "Traffic") -> "Sandbox":
    from bot.sandbox import Sandbox
    from bot.seed import seed_sandbox

    sandbox = Sandbox(data_dir=settings.data / "sandbox", traffic=traffic)
    seed_sandbox(sandbox)
    return sandbox


def _announce(opened: "Opened", *, as_json: bool) -> None:
    """What to open and what to try."""
    if as_json:
        found = {"page": opened.page, "hooks": opened.hooks, "bot": opened.bot_name, "owner_link": opened.owner_link}
        print(json.dumps({**found, "pid": os.getpid()}, ensure_ascii=False), flush=True)
        return
    lines = [f"Xiaoer (小二) is running as @{opened.bot_name}."]
    if opened.page:
        lines += [
            f"Open  {opened.page}  and pick a person: Anna and Bella are customer service, Wang Qiang picks,",
            "      Boris ships, Chen Chen is finance, Xiaoman owns the company.",
            "Try   send an order export to the bot as Anna (a Shopify, Taobao, Pinduoduo or WooCommerce file),",
            "      /new to approve, /wave and /pick in the warehouse, /refund to stop a parcel, /report for finance.",
        ]
    if opened.hooks:
        lines.append(f"Shops call  {opened.hooks}/hooks/<shop number>   health: {opened.hooks}/healthz")
    if opened.owner_link:
        lines.append(f"There is no owner yet. The first one opens: {opened.owner_link}")
    print("\n".join([*lines, "Stop with Ctrl-C."]), flush=True)


if __name__ == "__main__":
    status = main()
    gc.freeze()  # else the interpreter looks through all of it once more for garbage, for a second
    sys.exit(status)
