"""The sandbox as one object: its state, its web application, and the loopback port it listens on.

State is loaded in the constructor, so people and groups can be seeded before the port opens. Seeding what is there
already changes nothing: a host seeds its cast on every start.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.sandbox.api import BotApi
from bot.sandbox.context import Context
from bot.sandbox.control import PeopleControl
from bot.sandbox.control_messages import MessageControl
from bot.sandbox.control_tools import ToolControl, Traffic
from bot.sandbox.crowd import Crowd
from bot.sandbox.guard import LOOPBACK, local_only, settle
from bot.sandbox.limits import Limits
from bot.sandbox.shapes import Chat, Person, User
from bot.sandbox.updates import Updates
from bot.sandbox.webhook import WebhookPump
from bot.sandbox.world import World

DEFAULT_TOKEN = "123456789:sandbox-token-of-nobody"  # noqa: S105
_LAST_WORDS = 0.5


def utc_now() -> datetime:
    """The clock when nobody brings one."""
    return datetime.now(UTC)


class Sandbox:
    """A local Bot API server with its control API and page.

    `token` is what the bot must use, shaped like Telegram's; `bot_name` is its username. `data_dir` None keeps
    everything in memory. `now` gives aware datetimes. `strict_limits` refuses too fast sending with 429.
    JournalDamaged or DataInUse (from `journal`) when the directory cannot be used, ValueError for a bad token.
    """

    def __init__(
        self,
        *,
        token: str = DEFAULT_TOKEN,
        bot_name: str = "xiaoer_bot",
        data_dir: Path | None = None,
        now: Callable[[], datetime] = utc_now,
        traffic: Traffic | None = None,
        strict_limits: bool = False,
    ) -> None:
        self.token = token
        self.base_url = ""
        self._world = World(bot=_bot_user(token, bot_name), directory=data_dir, now=now)
        self._context = Context(self._world, Updates(self._world))
        self._api = BotApi(self._context, token, Limits(now) if strict_limits else None)
        self._crowd = Crowd(self._context)
        self._pump = WebhookPump(self._context, self._api.execute)
        self._traffic = traffic
        self._runner: web.AppRunner | None = None

    def app(self) -> web.Application:
        """The web application; starting it starts webhook delivery too."""
        app = web.Application(middlewares=[local_only, settle(self._world)], client_max_size=64 * 1024 * 1024)
        app.add_routes(self._api.routes())
        app.add_routes(PeopleControl(self._context, self._crowd).routes())
        app.add_routes(MessageControl(self._context, self._crowd, self.token).routes())
        app.add_routes(ToolControl(self._world, self._api, self._traffic).routes())
        app.on_startup.append(self._begin)
        app.on_shutdown.append(self._end_streams)
        app.on_cleanup.append(self._end)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 8787) -> None:
        """Listen; port 0 takes a free one, see `base_url`. ValueError for a host that is not loopback."""
        if host not in LOOPBACK:
            raise ValueError(f"the sandbox listens on loopback only, not on {host}")
        runner = web.AppRunner(self.app(), shutdown_timeout=_LAST_WORDS, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        shown = f"[{host}]" if ":" in host else host
        self.base_url = f"http://{shown}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close the port and the journal. The object cannot be started again."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._world.close()

    def seed_person(
        self,
        name: str,
        role: str,
        language: str = "zh",
        id: int | None = None,  # noqa: A002
        *,
        started: bool = True,
    ) -> Person:
        """Someone of the cast; the same id, or without one the same name and role, gives the same person.

        `started`: has opened the chat with the bot, so that the bot may write first.
        """
        if id is None:
            same = (p for p in self._world.people.rows.values() if (p["name"], p["role"]) == (name, role))
            known = next(same, None)
            id = None if known is None else known["id"]  # noqa: A001
        person = self._crowd.add_person(name, role, language, id, started=started)
        self._world.commit()
        return person

    def seed_group(self, title: str, members: list[int], id: int | None = None) -> Chat:  # noqa: A002
        """A group with the bot in it; the same id (or without one the same title) gives the same group.

        The bot is told by my_chat_member only. A group that became a supergroup gives the supergroup.
        KeyError for an unknown member, ValueError for an id that is not negative.
        """
        if id is not None and id >= 0:
            raise ValueError("a group's id is negative")
        for chat in self._world.chats.rows.values():
            if chat["id"] == id or (id is None and chat["type"] == "group" and chat["title"] == title):
                moved = chat["migrated_to"]
                return chat if moved is None else self._world.chats.rows[moved]
        known = [self._world.people.rows[member]["id"] for member in members]
        chat = self._crowd.add_group(title, known, id, silent=True)
        self._world.commit()
        return chat

    async def _begin(self, app: web.Application) -> None:
        self._pump.start()

    async def _end_streams(self, app: web.Application) -> None:
        self._world.events.close()

    async def _end(self, app: web.Application) -> None:
        await self._pump.stop()


def _bot_user(token: str, name: str) -> User:
    number, _, secret = token.partition(":")
    if not number.isdecimal() or not number.isascii() or not secret or not secret.isprintable():
        raise ValueError("a bot token is digits, a colon and a secret")
    return {"id": int(number), "is_bot": True, "first_name": name.removesuffix("_bot"), "username": name}
