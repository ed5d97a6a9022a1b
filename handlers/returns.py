"""Returns in chat: link one to its order, grade what is in it. Its arrival is a scan (handlers/warehouse.py).

Surprising: when several orders fit, the reason waits in the last line of our own question and is read back from
there: it may be longer than a button can carry.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain import returns
from domain.desk import Desk
from domain.errors import Unknown
from domain.orders import Order
from domain.people import Actor, Right, require
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.cards.returns import GRADE_OF, choose_order
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question

router = Router(name="returns")
_CHOICES = 8
_REASON = 300


@router.message(Cmd("return"))
async def link(message: Message, ask: Ask, args: str) -> None:
    """`/return ORDER WAYBILL [reason]`"""
    require(ask.actor, Right.REFUND)
    words = args.split(maxsplit=2)
    if len(words) < 2:
        await ask.say("Send /return ORDER WAYBILL and why, e.g. /return 1001 SF1234567890123 broken")
        return
    reason = words[2][:_REASON] if len(words) > 2 else ""
    await _link(ask, words[0], words[1], reason)


async def _link(ask: Ask, number: str, waybill: str, reason: str) -> None:
    """One order: linked. Several: asked. None: told."""
    found = await ask.read(_orders, ask.actor, number)
    if not found:
        raise Unknown("order", number[:60])
    if len(found) == 1:
        linked = await ask.run(returns.link, ask.actor, found[0].id, waybill, reason)
        await ask.show(NoticeKind.RETURN, linked.id)
        return
    returns.check_waybill(waybill)
    await ask.reply(choose_order(found, waybill, reason, ask.words))


def _orders(desk: Desk, actor: Actor, number: str) -> list[Order]:
    """The orders of that number in this person's shops, else what the search finds."""
    shops = [shop for shop in desk.catalog.shops if actor.shops is None or shop in actor.shops]
    exact = [order for shop in shops for order in desk.orders.by_number(shop, [number]).values()]
    return exact or desk.orders.search(number, actor.shops, _CHOICES)


@router.callback_query(Tap("rl"))
async def link_chosen(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One order out of several; the reason stands in our question's last line."""
    last = (ask.message.text or "").rsplit("\n", 1)[-1] if ask.message else ""
    linked = await ask.run(returns.link, ask.actor, int(args[0]), args[1], "" if last == "-" else last[:_REASON])
    await ask.toast(ask.words.plain("Linked."))
    await ask.show(NoticeKind.RETURN, linked.id)


@router.callback_query(Tap("rk"))
async def ask_order(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Whose return is this? The answer is an order's number, or anything the search understands."""
    require(ask.actor, Right.REFUND)
    found = await ask.read(_return, int(args[0]))
    await ask.toast("")
    text = ask.words("Which order does return {waybill} belong to? Reply with its number.", waybill=found)
    await ask.reply(question(text, ask.words.plain("order number, phone tail or product"), "rk", args[0]))


def _return(desk: Desk, return_id: int) -> str:
    return desk.returns.get(return_id).waybill


@router.message(Answer("rk"))
async def answer_order(message: Message, ask: Ask, args: tuple[str, ...], answer: str) -> None:
    """The reply to that question."""
    require(ask.actor, Right.REFUND)
    waybill = await ask.read(_return, int(args[0]))
    await _link(ask, answer, waybill, "")


@router.callback_query(Tap("ra"))
async def all_good(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Everything not looked at yet is good."""
    done = await ask.run(returns.grade_rest_good, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.plain("Good: back in stock."))
    await ask.show(NoticeKind.RETURN, done.id)


@router.callback_query(Tap("rg"))
async def grade(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One unit of one line."""
    return_id, revision, line_no = (int(arg) for arg in args[:3])
    done = await ask.run(returns.grade, ask.actor, return_id, revision, line_no, GRADE_OF[args[3]])
    await ask.toast(ask.words.plain("Noted."))
    await ask.show(NoticeKind.RETURN, done.id)
