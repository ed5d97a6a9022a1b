"""Holding by hand in chat: why, and until when: tomorrow, in two hours, until the goods are there, until it
must soon be shipped, or as typed.

Surprising: past review a freeze stops the parcel and only a person ends it, so no ending is asked for there.
"""

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import BadValue
from domain.orders.orders import Order
from domain.people.people import Actor
from domain.review import endings, review
from handlers.ask import Ask
from handlers.cards.desk.order_views import ENDING_STATES, HOLD_REASONS
from handlers.desk.queue import as_shown, go_on, may_see, show_order
from handlers.filters import Tap
from handlers.questions import Answer, question

router = Router(name="freeze")
Args = tuple[str, ...]


def freeze(desk: Desk, actor: Actor, order_id: int, revision: int, reason: str, ending: str, told: str = "") -> Order:
    """Hold the order until `ending`: '' (a person ends it), hours, morning, stock, ship or told."""
    until: datetime | None = None
    if ending == "hours":
        until = desk.now + timedelta(hours=2)
    elif ending == "morning":
        until = endings.tomorrow(desk)
    elif ending == "told":
        until = endings.typed(told, desk.now, desk.catalog.company.zone)
        if until <= desk.now:
            raise BadValue("until", told[:40], "until")
    stock, ship = ending == "stock", ending == "ship"
    return review.hold(desk, actor, order_id, revision, reason, until=until, for_stock=stock, for_ship=ship)


async def _held(ask: Ask, order: Order) -> None:
    await ask.toast(ask.words.plain("Held." if order.held else "Its goods are there: nothing holds it."))
    await go_on(ask, order.id)


@router.callback_query(Tap("o.hdr"))
async def reason_chosen(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Why; in review the next question is until when."""
    order_id, revision, key = int(args[0]), int(args[1]), args[2]
    order = await ask.read(may_see, ask.actor, order_id)
    await ask.read(as_shown, order_id, revision)
    if key == "other":
        text = ask.words(
            "Order {number}: answer with the reason; on a second line, if you like, until when "
            "(18:00, 11-25 18:00, 2h).",
            number=order.number,
        )
        await ask.reply(question(text, ask.words.plain("Reason"), "o.hdr", order_id, revision))
    elif order.status in ENDING_STATES:
        await show_order(ask, order_id, view="ending", reason=key)
    else:
        await _held(ask, await ask.run(freeze, ask.actor, order_id, revision, ask.words.plain(HOLD_REASONS[key]), ""))


@router.callback_query(Tap("o.hde"))
async def ending_chosen(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Until when, from the buttons; "told" asks for it."""
    order_id, revision, key, ending = int(args[0]), int(args[1]), args[2], args[3]
    if ending == "told":
        order = await ask.read(may_see, ask.actor, order_id)
        await ask.read(as_shown, order_id, revision)
        text = ask.words("Order {number}: hold it until when? E.g. 18:00, 11-25 18:00 or 2h.", number=order.number)
        await ask.reply(question(text, ask.words.plain("11-25 18:00"), "o.hdt", order_id, revision, key))
        return
    await _held(ask, await ask.run(freeze, ask.actor, order_id, revision, ask.words.plain(HOLD_REASONS[key]), ending))


@router.message(Answer("o.hdr"))
async def reason_told(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The reason, and on a second line the moment."""
    reason, _, told = answer.partition("\n")
    ending = "told" if told.strip() else ""
    await ask.run(freeze, ask.actor, int(args[0]), int(args[1]), reason[:200], ending, told)
    await show_order(ask, int(args[0]))


@router.message(Answer("o.hdt"))
async def moment_told(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The moment."""
    reason = ask.words.plain(HOLD_REASONS[args[2]])
    await ask.run(freeze, ask.actor, int(args[0]), int(args[1]), reason, "told", answer)
    await show_order(ask, int(args[0]))
