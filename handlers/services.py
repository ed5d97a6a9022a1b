"""What handlers are given: the store and a few doors to the outside, as protocols. They import none of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from domain.desk import Desk
from domain.people.people import Actor
from domain.records import ImportRun, ReportRun

P = ParamSpec("P")
T = TypeVar("T")


class Store(Protocol):
    """One call = one transaction. `claim` is the update that causes it: applied once, also after a crash."""

    async def run(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write."""
        ...

    async def claimed(self, claim: int, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write, once per `claim`. Raises domain.errors.AlreadyApplied the second time."""
        ...

    async def read(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read."""
        ...

    async def glance(self, fn: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read a handful of rows by key."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    rows: int
    orders: int
    rejected: int


class ImportFile(Protocol):
    """Take a file in (bot/imports.py). `shop_id` None: find out from the file; raises domain refusals and
    channels.Unreadable. The bytes are in the store before this is called."""

    async def __call__(
        self,
        file_id: int,
        shop_id: int | None,
        actor: Actor,
        progress: Callable[[Progress], Awaitable[None]] | None = None,
    ) -> ImportRun: ...


class CloseDay(Protocol):
    """Make a day's workbook (bot/reports.py): None when another worker is making it right now."""

    async def __call__(self, day: date, actor: Actor, *, new: bool) -> ReportRun | None: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may use. `invite_link` turns a code into a link people tap; `scan_page` is the scan page's
    address, '' when none can be reached from a phone. `asked`: private chats (Telegram's id) in which a question stands
    in the place of the keyboard; forgotten at a restart, then only an answer brings it back."""

    store: Store
    import_file: ImportFile
    close_day: CloseDay
    invite_link: Callable[[str], str]
    new_code: Callable[[], str]
    now: Callable[[], datetime]
    scan_page: Callable[[], str] = str
    asked: set[int] = field(default_factory=set)
