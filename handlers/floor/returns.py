"""Returns in chat: link one to its order, grade what is in it. Its arrival is a scan (handlers/floor/warehouse.py).

Surprising: when several orders fit, the reason waits in the last line of our own question and is read back from
there: it may be longer than a button can carry.
"""

import re
from collections.abc import Callable

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import BadValue, BatchNeeded, Unknown
from domain.orders.orders import Order
from domain.people.people import Actor, Right, require
from domain.records import Grade, NoticeKind, Return
from domain.stock.stock import Batch
from domain.stops import returns
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.floor.returns import GRADE_OF, LETTER, choose_order
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.typed.days import read_day
from handlers.words import N_, Words

router = Router(name="returns")
_CHOICES = 8
_REASON = 300
_PARTS = re.compile(r"[\s@,;，；、]+")
_COUNT = re.compile(r"[x×*](\d+)|(\d{1,3})", re.IGNORECASE)
_MOST_UNITS = 9999


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
    await ask.reply(question(text, ask.words.plain("order number, last phone digits or product"), "rk", args[0]))


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
    await _grade(ask, N_("Good: back in stock."), returns.grade_rest_good, int(args[0]), int(args[1]))


@router.callback_query(Tap("rg"))
async def grade(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One unit of one line."""
    return_id, revision, line_no = (int(arg) for arg in args[:3])
    await _grade(ask, "Noted.", returns.grade, return_id, revision, line_no, GRADE_OF[args[3]])


async def _grade(ask: Ask, done: str, command: Callable[..., Return], return_id: int, *args: object) -> None:
    """Grade and show the card; where only the goods themselves say which batch they are of, ask."""
    try:
        await ask.run(command, ask.actor, return_id, *args)
    except BatchNeeded as needed:
        await ask.toast("")
        await ask.reply(_which_batch(needed, ask.words))
        return
    await ask.toast(ask.words.plain(done) if done else "")
    await ask.show(NoticeKind.RETURN, return_id)


def _which_batch(needed: BatchNeeded, words: Words) -> Card:
    """The question; its answer grades the units that were tapped."""
    facts = {"units": needed.units, "title": needed.title[:60], "sku": needed.sku}
    lines = [words("Which batch {units:is it|are they}? {units} × {title} · {sku}", **facts)]
    if needed.batches:
        lines.append(words("Sent were: {batches}", batches=words.listed(needed.batches[:_CHOICES])))
    lines.append(
        words("Read it off the goods and reply: B7 2027-05-31. A known batch needs no date; only some: B7 x2.")
    )
    args = (needed.return_id, needed.line_no, LETTER[Grade(needed.grade)], needed.units)
    return question("\n".join(lines), words.plain("batch, expiry"), "rb", *args)


@router.message(Answer("rb"))
async def answer_batch(message: Message, ask: Ask, args: tuple[str, ...], answer: str) -> None:
    """The reply to that question: the batch of the units that were tapped, or of some of them."""
    return_id, line_no, letter, units = int(args[0]), int(args[1]), args[2], int(args[3])
    sku, revision = await ask.read(_line, return_id, line_no)
    told, some = read_batch(answer, sku)
    grade_args = (revision, line_no, GRADE_OF[letter], some or units, told)
    await _grade(ask, "", returns.grade, return_id, *grade_args)


def _line(desk: Desk, return_id: int, line_no: int) -> tuple[str, int]:
    parcel = desk.returns.get(return_id)
    return next(item.sku for item in parcel.items if item.line_no == line_no), parcel.revision


def read_batch(text: str, sku: str) -> tuple[Batch, int]:
    """`B7`, `B7 2027-05-31`, `B7@2027/5/31 x2`: the batch, and of how many units (0 = all that were asked about). The
    first word is the batch, whatever it looks like: many are dates. Raises BadValue."""
    code, *rest = [word for word in _PARTS.split(text.strip()) if word] or [""]
    expires, units = None, 0
    for word in rest:
        count = _COUNT.fullmatch(word)
        if count is None:
            expires = read_day(word)
            continue
        units = int(count[1] or count[2])
        if not 1 <= units <= _MOST_UNITS:
            raise BadValue("units", word[:30], "units")
    return Batch(sku, code, expires), units
