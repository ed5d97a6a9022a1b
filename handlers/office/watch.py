"""Alerts in chat: take it, put it off, say it is no problem, look at the records; the hand-over; quiet hours.

Surprising: looking changes nothing, so the lists need no right beyond seeing the card; what they open asks anew.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.people.people import Chat, Right, require
from domain.records import AlertKind, NoticeKind
from domain.watch import urgency, watch
from handlers.ask import Ask
from handlers.cards.office.alert_facts import KINDS
from handlers.draw import draw
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question

router = Router(name="watch")
Args = tuple[str, ...]
COMPANY = ("company", "default", "公司")


@router.callback_query(Tap("w.t"))
async def take(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """On it."""
    await ask.run(watch.take, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("It is yours."))
    await ask.show(NoticeKind.ALERT, int(args[0]))


@router.callback_query(Tap("w.s"))
async def snooze(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Not now."""
    alert = await ask.run(watch.snooze, ask.actor, int(args[0]), int(args[1]), int(args[2]))
    await ask.toast(ask.words.label("You are asked again at {at}.", at=ask.words.when(alert.next_at)))
    await ask.show(NoticeKind.ALERT, int(args[0]))


@router.callback_query(Tap("w.m"))
async def why_no_problem(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Not a problem: why?"""
    kind = await ask.read(_kind, int(args[0]))
    text = ask.words("{what}: why is it not a problem? Answer this message.", what=ask.words.plain(KINDS[kind]))
    await ask.reply(question(text, ask.words.plain("e.g. holiday, shop closed"), "w.m", *args))


def _kind(desk: Desk, alert_id: int) -> AlertKind:
    return desk.alerts.get(alert_id).kind


@router.message(Answer("w.m"))
async def no_problem(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The reason was given."""
    await ask.run(watch.mute, ask.actor, int(args[0]), int(args[1]), answer)
    await ask.show(NoticeKind.ALERT, int(args[0]))


@router.callback_query(Tap("w.l", "w.o"))
async def records(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """An alert of the list; or more of its records as buttons."""
    await ask.show(NoticeKind.ALERT, int(args[0]), view="list" if verb == "w.l" else "")


@router.callback_query(Tap("w.r"))
async def show_return(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A return's card, beside the alert."""
    card = await ask.read(draw, NoticeKind.RETURN, int(args[0]), ask.chat, {})
    if card is not None:
        await ask.reply(card, NoticeKind.RETURN, int(args[0]))


@router.callback_query(Tap("w.k"))
async def show_document(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A stock document's card, beside the alert."""
    require(ask.actor, Right.STOCK)
    card = await ask.read(draw, NoticeKind.STOCK_DOC, int(args[0]), ask.chat, {})
    assert card is not None
    await ask.reply(card, NoticeKind.STOCK_DOC, int(args[0]))


@router.message(Cmd("alerts"))
@router.callback_query(Tap("w.a"))
async def all_alerts(event: Message | CallbackQuery, ask: Ask) -> None:
    """/alerts: everything open that is this person's business."""
    await ask.show(NoticeKind.ALERTS, 0)


@router.message(Cmd("shift"))
@router.callback_query(Tap("w.h"))
async def hand_over(event: Message | CallbackQuery, ask: Ask) -> None:
    """/shift: the hand-over of the shift that runs."""
    await ask.show(NoticeKind.SHIFT, 0)


@router.message(Cmd("quiet"))
async def quiet(message: Message, ask: Ask, args: str) -> None:
    """/quiet 22:00-08:00 | off | company: this chat's quiet hours; alone, what they are."""
    chat = ask.chat
    if args:
        chat = await ask.run(urgency.set_quiet, ask.actor, chat, "" if args.casefold() in COMPANY else args)
    hours = await ask.read(_hours, chat)
    if hours == "off":
        await ask.say("No quiet hours here. Set them with /quiet 22:00-08:00, or /quiet company.")
        return
    await ask.say(
        "Quiet here: {hours}. Only stops and what cannot wait come then. Change: /quiet 22:00-08:00, off or company.",
        hours=hours,
    )


def _hours(desk: Desk, chat: Chat) -> str:
    return chat.quiet or desk.policy.alerts.quiet
