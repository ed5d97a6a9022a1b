"""Finance in chat: /report makes or shows a day's workbook.

Surprising: a day's report that was made before the day was over is not shown again but made anew.
"""

from datetime import date

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.finance.day_close import bounds, check_begun, today
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.records import NoticeKind, ReportRun, RunState
from handlers.ask import Ask
from handlers.card import Card
from handlers.draw import draw
from handlers.filters import Cmd, Tap
from handlers.typed.days import read_day

router = Router(name="finance")


def day_of(desk: Desk, actor: Actor, text: str) -> date:
    """The business day meant; '' = today in the company's zone. Raises NotAllowed, BadValue."""
    require(actor, Right.REPORT)
    if not text:
        return today(desk)
    day = read_day(text)
    check_begun(desk, day)
    return day


def made(desk: Desk, day: date) -> ReportRun | None:
    """The day's report that still holds: made after the day was over."""
    run = desk.reports.latest(day)
    _, end = bounds(day, desk.catalog.company.zone)
    if run and run.state is RunState.DONE and run.made_at and run.made_at >= end:
        return run
    return None


def _exists(desk: Desk, day: date) -> bool:
    return desk.reports.latest(day) is not None


def _told(desk: Desk, chat_id: int) -> bool:
    """Whether the finished report comes to this chat by itself."""
    return chat_id in notices.route(desk, {Role.FINANCE, Role.OWNER})


@router.message(Cmd("report"))
async def report(message: Message, ask: Ask, args: str) -> None:
    """/report [DATE]"""
    day = await ask.read(day_of, ask.actor, args)
    run = await ask.read(made, day)
    if run is not None:
        await ask.show(NoticeKind.REPORT, run.id)
        return
    await _make(ask, day, new=await ask.read(_exists, day))


@router.callback_query(Tap("f.n"))
async def new_version(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The day once more, as the next version."""
    day = await ask.read(day_of, ask.actor, args[0])
    await ask.toast(ask.words.plain("Making it…"))
    await _make(ask, day, new=True)


async def _make(ask: Ask, day: date, *, new: bool) -> None:
    status = await ask.reply(Card(ask.words("📊 Report {day}: making it…", day=day.isoformat())))
    run = await ask.services.close_day(day, ask.actor, new=new)
    if run is None:
        text = ask.words("📊 Report {day}: being made by somebody else right now; it will come.", day=day.isoformat())
        await ask.edit(Card(text), status)
        return
    facts = {"day": day.isoformat(), "version": run.version}
    await ask.edit(Card(ask.words("📊 Report {day}: version {version} is made.", **facts)), status)
    if not await ask.read(_told, ask.chat.id):
        card = await ask.read(draw, NoticeKind.REPORT, run.id, ask.chat, {})
        if card is not None:
            await ask.reply(card, NoticeKind.REPORT, run.id)
