"""The outbox's worker: draws each due notice as its record is now, sends or edits it, and remembers the message.

Surprising: at least once. A send whose answer was lost, or a kill between sending and writing that down, may repeat
a message; a send that Telegram refused never happened and is safe to repeat. Redraws edit what is there. Cards with
files are remembered before the files go, so that a repeat edits the card instead of doubling it. A reminder is a new
message, because an edit makes no sound; the ones before it are deleted once it is written down.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.incidents import Incidents
from bot.leases import free_the_dead, worker_name
from bot.limiter import Limiter
from bot.markup import inline, markup
from bot.membership import readdress
from bot.outcomes import Again, Anew, Drop, Fine, Moved, Outcome, Park, outcome_of
from domain.desk import Desk
from domain.errors import Unknown
from domain.people import notices
from domain.people.people import Chat
from domain.records import CardRow, ClaimedNotice, Notice, NoticeKind
from handlers.card import Card, File, shorten
from storage.store import Store
from storage.unit import Unit

log = logging.getLogger(__name__)
Draw = Callable[[Desk, NoticeKind, int, Chat, Mapping[str, str]], Card | None]
ONE_CARD = frozenset({NoticeKind.WAVE, NoticeKind.REPORT, NoticeKind.IMPORT})
REMINDERS = frozenset({NoticeKind.ALERT})
_LEASE_SECONDS = 60
_TIME_LIMIT = 45
_SIDE_BY_SIDE = 16
_PATIENCE = 5.0
_BREATH = 0.01
"""Between two looks into the outbox: what comes meanwhile is claimed together."""
_COPIES = 3
_REMEMBERED = 2000
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A notice with its chat, its card as it is now, and the messages to change instead of sending one, newest first,
    each with the part of it that it shows (a queue's or a digest's scope)."""

    claimed: ClaimedNotice
    chat: Chat
    card: Card | None
    shown: Mapping[int, Card | None]

    @property
    def edits(self) -> bool:
        """Whether it changes messages that are there."""
        return bool(self.shown)


class Messenger:
    """One worker of one process. `now` counts seconds and only spaces the edits of one card."""

    def __init__(
        self,
        store: Store,
        bot: ExtBot[int],
        limiter: Limiter,
        incidents: Incidents,
        draw: Draw,
        *,
        card_seconds: float,
        idle_seconds: float = 1.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._bot = bot
        self._limiter = limiter
        self._incidents = incidents
        self._draw = draw
        self._card_seconds = card_seconds
        self._idle_seconds = idle_seconds
        self._now = now
        self._name = worker_name()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._edited: OrderedDict[tuple[int, int], float] = OrderedDict()
        self._files_sent: dict[int, int] = {}
        self._broken: Exception | None = None

    def wake(self) -> None:
        """Something may be due: look now."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. Raises InvalidToken, or what the store raises."""
        await self._store.run(free_the_dead, self._name)
        while self._broken is None:
            self._wake.clear()
            if len(self._tasks) < _SIDE_BY_SIDE and await self._store.read(_due):
                await self.deliver_due()
                await asyncio.sleep(_BREATH)
            try:
                await asyncio.wait_for(self._wake.wait(), self._idle_seconds)
            except TimeoutError:
                continue
        raise self._broken

    async def deliver_due(self) -> None:
        """Start what is due, as far as there is room."""
        room = _SIDE_BY_SIDE - len(self._tasks)
        for claimed in await self._store.run(_claim, self._name, room):
            task = asyncio.create_task(self._deliver(claimed), name=f"notice {claimed.id}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def stop(self, seconds: float) -> None:
        """Let what is being delivered end; the rest stays in the outbox."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._broken = error
        self._wake.set()

    async def _deliver(self, claimed: ClaimedNotice) -> None:
        try:
            async with asyncio.timeout(_TIME_LIMIT):
                drawn = await self._store.read(_drawn, claimed, self._draw)
                outcome = await self._show(drawn)
        except Unknown as gone:
            outcome = Drop(f"{gone.kind} {gone.name} is gone")
        except Exception as error:
            outcome = outcome_of(error, claimed.attempts)
            if isinstance(outcome, (Again, Drop)) and outcome.why != "429":
                log.warning("notice %d (%s): %s", claimed.id, claimed.notice.kind, outcome.why, exc_info=error)
        await self._conclude(claimed, outcome)

    async def _show(self, drawn: Drawn) -> Outcome:
        """Sends or edits; raises Telegram's refusals."""
        wait = self._must_wait(drawn)
        if wait > 0:
            return Again(wait, "paced")
        if drawn.card is None or (drawn.claimed.notice.redraw and not drawn.shown):
            await self._strip(drawn)
            return Fine()
        sent = None
        if not (drawn.edits and await self._edit_all(drawn)):
            sent = await self._send(drawn, drawn.card)
        if drawn.card.files and not drawn.claimed.notice.redraw:
            if sent is not None:
                await self._store.run(_remember, drawn.claimed, sent)
            await self._send_files(drawn, drawn.card)
            return Fine()
        return Fine(sent)

    def _must_wait(self, drawn: Drawn) -> float:
        """Seconds to put it off: a silenced chat, or a group's card that was edited a moment ago."""
        delay = self._limiter.delay(drawn.chat.telegram_id)
        if delay > _PATIENCE:
            return delay
        if drawn.chat.private or not drawn.edits:
            return 0.0
        last = self._edited.get((drawn.chat.id, next(iter(drawn.shown))))
        return 0.0 if last is None else max(0.0, last + self._card_seconds - self._now())

    async def _edit_all(self, drawn: Drawn) -> bool:
        """Edit every copy in the chat. False when the newest is gone and a new one is wanted."""
        newest = next(iter(drawn.shown))
        for message_id, card in reversed(tuple(drawn.shown.items())):
            outcome = await self._edit(drawn.chat, message_id, card) if card else Fine()
            if isinstance(outcome, Anew) and message_id == newest:
                return False
        return True

    async def _edit(self, chat: Chat, message_id: int, card: Card) -> Outcome:
        self._note_edit(chat.id, message_id)
        try:
            await self._bot.edit_message_text(
                shorten(card.text),
                chat.telegram_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=inline(card),
                link_preview_options=_NO_PREVIEW,
            )
        except Exception as error:
            outcome = outcome_of(error, 1)
            if isinstance(outcome, (Fine, Anew)):
                return outcome
            raise
        return Fine()

    async def _strip(self, drawn: Drawn) -> None:
        """The record wants no card any more: what hangs in the chat loses its buttons."""
        for message_id in drawn.shown if drawn.claimed.notice.redraw else ():
            try:
                await self._bot.edit_message_reply_markup(drawn.chat.telegram_id, message_id)
            except Exception as error:
                if not isinstance(outcome_of(error, 1), (Fine, Anew)):
                    raise

    async def _send(self, drawn: Drawn, card: Card) -> int:
        """The id of the new message."""
        notice = drawn.claimed.notice
        sent = await self._bot.send_message(
            drawn.chat.telegram_id,
            shorten(card.text),
            parse_mode=ParseMode.HTML,
            reply_markup=markup(card),
            disable_notification=notice.quiet or notice.redraw,
            link_preview_options=_NO_PREVIEW,
        )
        return sent.message_id

    async def _send_files(self, drawn: Drawn, card: Card) -> None:
        """Files already sent by this process for this notice are not sent again."""
        notice_id = drawn.claimed.id
        for number, make in enumerate(card.files):
            if number < self._files_sent.get(notice_id, 0):
                continue
            await self._send_file(drawn, await asyncio.to_thread(make))
            self._files_sent[notice_id] = number + 1
        self._files_sent.pop(notice_id, None)

    async def _send_file(self, drawn: Drawn, file: File) -> None:
        chat, quiet = drawn.chat.telegram_id, drawn.claimed.notice.quiet
        if file.photo:
            await self._bot.send_photo(chat, file.data, filename=file.name, disable_notification=quiet)
        else:
            await self._bot.send_document(chat, file.data, filename=file.name, disable_notification=quiet)

    async def _conclude(self, claimed: ClaimedNotice, outcome: Outcome) -> None:
        """Write down what became of it."""
        match outcome:
            case Fine(message_id):
                await self._store.run(_sent, claimed, message_id)
                if message_id is not None and claimed.notice.kind in REMINDERS:
                    await self._take_away(claimed.notice.chat_id, await self._store.read(_older, claimed, message_id))
            case Anew():
                await self._store.run(_sent, claimed)
            case Again(seconds, why):
                await self._store.run(_again, claimed, seconds, why)
            case Moved(to):
                await self._store.run(_moved, claimed, to)
            case Park(why):
                log.warning("chat %d is parked: %s", claimed.notice.chat_id, why)
                await self._store.run(_parked, claimed, why)
            case Drop(why):
                where = await self._store.run(_dropped, claimed, why)
                log.error("incident %d: notice %s dropped: %s", claimed.id, claimed.notice.kind, why)
                await self._incidents.tell_owners(claimed.id, "notice", where)

    async def _take_away(self, chat_id: int, older: Collection[tuple[int, int]]) -> None:
        """Delete these messages (Telegram's chat, message); what Telegram keeps (48 hours are over) stays and is
        redrawn like any copy."""
        for chat, message_id in older:
            try:
                await self._bot.delete_message(chat, message_id)
            except TelegramError as error:
                if not (isinstance(error, BadRequest) and "message to delete not found" in error.message.casefold()):
                    log.warning("an older reminder stays: %s", error)
                    continue
            await self._store.run(_gone, chat_id, message_id)

    def _note_edit(self, chat_id: int, message_id: int) -> None:
        self._edited[chat_id, message_id] = self._now()
        self._edited.move_to_end((chat_id, message_id))
        while len(self._edited) > _REMEMBERED:
            self._edited.popitem(last=False)


def _due(unit: Unit) -> bool:
    due = unit.deliveries.next_due()
    return due is not None and due <= unit.now


def _claim(unit: Unit, worker: str, room: int) -> list[ClaimedNotice]:
    return unit.deliveries.claim(worker, unit.now, room, _LEASE_SECONDS)


def _drawn(unit: Unit, claimed: ClaimedNotice, draw: Draw) -> Drawn:
    notice = claimed.notice
    chat, rows = unit.people.chat(notice.chat_id), _cards_of(unit, notice)[:_COPIES]

    def part(shown: str) -> Card | None:
        data = {**notice.data, "filter": shown} if shown else notice.data
        return draw(unit, notice.kind, notice.subject_id, chat, data)

    if not rows or not (notice.redraw or notice.kind in ONE_CARD):
        return Drawn(claimed, chat, part(""), {})
    parts = {shown: part(shown) for shown in {row.shown for row in rows}}
    return Drawn(claimed, chat, parts[rows[0].shown], {row.message_id: parts[row.shown] for row in rows})


def _cards_of(unit: Unit, notice: Notice) -> list[CardRow]:
    """The chat's messages that show it, newest first."""
    rows = [row for row in unit.cards.of(notice.kind, notice.subject_id) if row.chat_id == notice.chat_id]
    return sorted(rows, key=lambda row: row.message_id, reverse=True)


def _remember(unit: Unit, claimed: ClaimedNotice, message_id: int) -> None:
    notice = claimed.notice
    shown = next((row.shown for row in _cards_of(unit, notice)), "") if notice.redraw else ""
    unit.cards.put(notice.chat_id, message_id, notice.kind, notice.subject_id, shown)


def _sent(unit: Unit, claimed: ClaimedNotice, message_id: int | None = None) -> None:
    if message_id is not None:
        _remember(unit, claimed, message_id)
    unit.deliveries.sent(claimed.id, claimed.version, unit.now)


def _older(unit: Unit, claimed: ClaimedNotice, message_id: int) -> list[tuple[int, int]]:
    """(Telegram's chat, message) of what the chat has of it from before this message."""
    chat = unit.people.chat(claimed.notice.chat_id).telegram_id
    return [(chat, row.message_id) for row in _cards_of(unit, claimed.notice) if row.message_id < message_id]


def _gone(unit: Unit, chat_id: int, message_id: int) -> None:
    unit.cards.drop(chat_id, message_id)


def _again(unit: Unit, claimed: ClaimedNotice, seconds: float, why: str) -> None:
    unit.deliveries.retry(claimed.id, unit.now + timedelta(seconds=seconds), why)


def _moved(unit: Unit, claimed: ClaimedNotice, to: int) -> None:
    readdress(unit, unit.people.chat(claimed.notice.chat_id).telegram_id, to)
    unit.deliveries.retry(claimed.id, unit.now, "the group became a supergroup")


def _parked(unit: Unit, claimed: ClaimedNotice, why: str) -> None:
    """The next person hears of it in the same transaction."""
    notices.unreachable(unit, unit.people.chat(claimed.notice.chat_id), why)
    unit.deliveries.dropped(claimed.id, unit.now, why)


def _dropped(unit: Unit, claimed: ClaimedNotice, why: str) -> str:
    unit.deliveries.dropped(claimed.id, unit.now, why)
    return unit.people.chat(claimed.notice.chat_id).title
