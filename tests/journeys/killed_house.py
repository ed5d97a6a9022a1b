"""A sandbox and a bot in processes of their own, so that the bot can be killed while Telegram lives on.

Surprising: the bot is `run.py` itself, told one thing more: that this Telegram takes whatever comes. With a token it
would keep Telegram's own pace, and a run of kills would take an hour.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx

import run
from bot import company
from bot.sandbox.server import DEFAULT_TOKEN
from bot.seed import seed_store
from domain.people.people import Role
from domain.policy.policy import Policy
from storage.store import Store
from storage.unit import Unit

T = TypeVar("T")
ROOT = Path(run.__file__).parent
BORIS, MIN = 1008, 1007
_BOT = "import sys, run, bot.settings as s; s.TELEGRAM_LIMITS = s.WIDE_LIMITS; sys.exit(run.main(sys.argv[1:]))"
_LOOK_SECONDS = 0.15


async def until(look: Callable[[], Awaitable[T | None]], what: str, seconds: float = 100) -> T:
    """Look again and again until there is something; AssertionError naming `what` when there never is."""
    try:
        async with asyncio.timeout(seconds):
            while (found := await look()) is None:
                await asyncio.sleep(_LOOK_SECONDS)
            return found
    except TimeoutError:
        raise AssertionError(f"waited {seconds} s for {what}") from None


def furnish(unit: Unit) -> None:
    """The invented company in a hurry: short windows, desks for both groups, two people who do every step."""
    seed_store(unit)
    unit.catalog_admin.put_policy(replace(Policy(), undo_seconds=1, wave_wait_seconds=1, wave_size=5), "test")
    for telegram_id, _, role, _ in company.GROUPS:
        chat = unit.people.chat_by_telegram(telegram_id)
        assert chat is not None
        unit.people.save_chat(replace(chat, role=role))
    for telegram_id in (BORIS, MIN):
        person = unit.people.by_telegram(telegram_id)
        assert person is not None
        unit.people.save(replace(person, roles=frozenset({Role.PICKER, Role.PACKER, Role.DISPATCHER})))


def write_cast(path: Path) -> None:
    """The cast as `python -m bot.sandbox` takes it."""
    people = [
        {"id": number, "name": name, "role": ", ".join(sorted(roles)), "language": language}
        for number, name, language, roles, _ in company.CAST
    ]
    groups = [{"id": number, "title": title, "members": list(members)} for number, title, _, members in company.GROUPS]
    path.write_text(json.dumps({"people": people, "groups": groups}), "utf-8")


@dataclass
class House:
    """Both processes, a store that looks at the bot's database from outside, and what the people did."""

    data: Path
    store: Store
    telegram: httpx.AsyncClient
    shops: httpx.AsyncClient
    bot: subprocess.Popen[str] | None = None
    hooks: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    starts: int = 0

    async def start_bot(self) -> None:
        """Until it says that it runs."""
        self.starts += 1
        environ = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
        environ |= {"XIAOER_TOKEN": DEFAULT_TOKEN, "XIAOER_API_BASE": str(self.telegram.base_url).rstrip("/")}
        with (self.data / "bot.log").open("ab") as log:
            self.bot = subprocess.Popen(
                [sys.executable, "-c", _BOT, "--data", str(self.data), "--port", "0", "--json"],
                cwd=ROOT,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.hooks = (await announced(self.bot))["hooks"]

    def kill_bot(self) -> None:
        """kill -9, and gone."""
        assert self.bot is not None
        self.bot.kill()
        self.bot.communicate()
        self.bot = None

    async def say(self, person: int, text: str) -> int:
        """Write to the bot in private; Telegram has it when this returns."""
        return await self._sent(self.telegram.post(f"/sandbox/chats/{person}/messages", json=_text(person, text)))

    async def send_file(self, person: int, name: str, data: bytes) -> int:
        """Send it a document."""
        form = {"from": str(person)}
        return await self._sent(
            self.telegram.post(f"/sandbox/chats/{person}/messages", data=form, files={"file": (name, data, "text/csv")})
        )

    async def _sent(self, call: Awaitable[httpx.Response]) -> int:
        answer = await call
        assert answer.status_code == 201, answer.text
        message: dict[str, Any] = answer.json()
        self.sent.append(message)
        return int(message["message_id"])

    async def told(self, chat: int, after: int = 0) -> list[dict[str, Any]]:
        """What the bot said there."""
        found = await self.telegram.get(f"/sandbox/chats/{chat}/messages", params={"after": after})
        return [message for message in found.json() if message["from"]["is_bot"]]

    async def hook(self, shop: int, body: bytes, headers: dict[str, str]) -> None:
        """A shop tells its news, and tells it again until it is thanked."""

        async def once() -> bool | None:
            try:
                answer = await self.shops.post(f"{self.hooks}/hooks/{shop}", content=body, headers=headers)
            except httpx.HTTPError:
                return None
            assert answer.status_code in (200, 503), answer.text
            return answer.status_code == 200 or None

        await until(once, "the shops' door")


def _text(person: int, text: str) -> dict[str, object]:
    return {"from": person, "text": text}


async def announced(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """The line a process says when it runs."""
    assert process.stdout is not None
    line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), 60)
    assert line, "the process ended before it ran"
    found: dict[str, Any] = json.loads(line)
    return found


@asynccontextmanager
async def open_house(data: Path) -> AsyncIterator[House]:
    """Telegram and the bot, running; both gone at the end."""
    write_cast(data / "cast.json")
    store = Store(f"sqlite:///{data / 'xiaoer.db'}")
    store.run_now(furnish)
    place = ["--port", "0", "--data", str(data / "telegram"), "--cast", str(data / "cast.json")]
    with (data / "telegram.log").open("wb") as log:
        sandbox = subprocess.Popen(
            [sys.executable, "-m", "bot.sandbox", *place], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        url = (await announced(sandbox))["url"]
        limits = httpx.Limits(max_connections=None)
        async with (
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=100, limits=limits) as telegram,
            httpx.AsyncClient(trust_env=False, timeout=20) as shops,
        ):
            house = House(data, store, telegram, shops)
            try:
                await house.start_bot()
                yield house
            finally:
                if house.bot is not None:
                    house.kill_bot()
    finally:
        sandbox.kill()
        sandbox.communicate()
        store.close()
