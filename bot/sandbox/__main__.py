"""`python -m bot.sandbox`: the sandbox alone, for a bot that runs (and is killed) in another process.

The cast is a JSON file: `{"people": [{"name", "role", "language"?, "id"?}], "groups": [{"title", "members", "id"?}]}`.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from bot.sandbox.journal import DataInUse, JournalDamaged
from bot.sandbox.server import DEFAULT_TOKEN, Sandbox


def main() -> int:
    """Serve until interrupted. Exit status 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A local Telegram Bot API server.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=8787, help="0 takes a free one")
    parser.add_argument("--data", type=Path, help="where to keep everything; in memory without it")
    parser.add_argument("--cast", type=Path, help="a JSON file of people and groups")
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    parser.add_argument("--name", default="xiaoer_bot", help="the bot's username")
    parser.add_argument("--strict-limits", action="store_true", help="refuse too fast sending with 429")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options))
    except (OSError, ValueError, DataInUse, JournalDamaged) as error:
        sys.stderr.write(f"the sandbox cannot start: {error}\n")
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    sandbox = Sandbox(
        token=options.token,
        bot_name=options.name,
        data_dir=options.data,
        strict_limits=options.strict_limits,
    )
    try:
        if options.cast is not None:
            _seed(sandbox, options.cast)
        await sandbox.start(options.host, options.port)
        sys.stdout.write(f"{json.dumps({'url': sandbox.base_url, 'token': sandbox.token})}\n")
        sys.stdout.flush()
        await _interrupted()
    finally:
        await sandbox.stop()


def _seed(sandbox: Sandbox, path: Path) -> None:
    try:
        cast = json.loads(path.read_text("utf-8"))
        for person in cast.get("people", []):
            sandbox.seed_person(**person)
        for group in cast.get("groups", []):
            sandbox.seed_group(**group)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"the cast in {path.name} is not as it should be: {error!r}") from error


async def _interrupted() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
