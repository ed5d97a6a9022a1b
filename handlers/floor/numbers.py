"""Waybill numbers in chat: /numbers tells what is left of each account and adds what was bought; numbers that a courier
did not take back are asked about once more, or settled by hand.

Surprising: settling asks for a reason and means that the number is never used again, whoever took it back.
"""

import re

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import BadValue
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.waybills import number_watch, numbering
from domain.waybills.ewaybills import Pool
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.floor.numbers import account_name
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.words import Html, Words

router = Router(name="numbers")
Args = tuple[str, ...]


@router.message(Cmd("numbers"))
async def numbers(message: Message, ask: Ask, args: str) -> None:
    """/numbers [#ACCOUNT COUNT]"""
    if args:
        account_id, count = bought(args)
        left = await ask.run(numbering.buy, ask.actor, account_id, count)
        facts = {"account": account_id, "left": f"{left:,}"}
        await ask.say(
            "Account #{account}: {left} {left:number|numbers} left. Orders that waited for them are "
            "being checked again.",
            **facts,
        )
        return
    await ask.reply(Card(await ask.read(pools_text, ask.actor, ask.words)))


def bought(text: str) -> tuple[int, int]:
    """`#3 500` -> which account, how many. Raises BadValue."""
    found = re.fullmatch(r"#?(\d{1,9})\s+\+?(\d{1,7})", text.strip(), re.ASCII)
    if found is None:
        raise BadValue("account", text[:40], "numbers")
    return int(found[1]), int(found[2])


def pools_text(desk: Desk, actor: Actor, words: Words) -> str:
    """Every account with what is left. Raises NotAllowed."""
    lines = [words("<b>🔢 Waybill numbers</b>"), ""]
    for account, pool in numbering.accounts(desk, actor):
        name, left = account_name(desk, account), Html(_left(desk, pool, words))
        lines.append(words("{name}: {left}", name=name, left=left))
    return "\n".join([*lines, "", words("Bought more? /numbers #3 500 adds 500 to account 3.")])


def _left(desk: Desk, pool: Pool, words: Words) -> str:
    if pool.left is None:
        return words("not counted")
    mark = "⛔ " if pool.left <= 0 else "⚠️ " if pool.left < desk.policy.waybills.low else ""
    return mark + words("{count} left", count=f"{pool.left:,}")


@router.callback_query(Tap("nb.l"))
async def all_accounts(tap: CallbackQuery, ask: Ask) -> None:
    """/numbers, beside an alert."""
    text = await ask.read(pools_text, ask.actor, ask.words)
    await ask.toast("")
    await ask.reply(Card(text))


@router.callback_query(Tap("nb.r"))
async def again(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Ask the courier once more to take a number back."""
    row = await ask.run(number_watch.again, ask.actor, int(args[1]))
    await ask.toast(ask.words.label("{number}: asking the courier again.", number=row.number))
    await ask.show(NoticeKind.ALERT, int(args[0]))


@router.callback_query(Tap("nb.s"))
async def ask_why_settled(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Somebody saw to it: how?"""
    require(ask.actor, Right.HAND_OVER)
    number = await ask.read(_number, int(args[1]))
    await ask.toast("")
    text = ask.words(
        "{number}: how was it settled? Answer this message. The number is never used again.", number=number
    )
    await ask.reply(question(text, ask.words.plain("e.g. cancelled on the courier's site"), "nb.s", *args))


def _number(desk: Desk, waybill_id: int) -> str:
    return desk.waybills.many([waybill_id])[waybill_id].number


@router.message(Answer("nb.s"))
async def settled(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The reason was given."""
    row = await ask.run(number_watch.settle, ask.actor, int(args[1]), answer)
    facts = {"number": row.number, "reason": row.error}
    await ask.say("You voided {number}; it is never used again. Reason: {reason}", **facts)
    await ask.show(NoticeKind.ALERT, int(args[0]))
