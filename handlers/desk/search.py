"""Search: any text that nothing else has understood, and /order. One exact hit opens, several are offered.

Surprising: it never answers in a group unless asked with /order: people talk there.
"""

from dataclasses import replace

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.floor import tracing
from domain.orders.orders import Order
from domain.paper import paper_codes
from domain.people.people import Right
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.card import Card
from handlers.cards.desk.found import PAGE, found_card, is_called, order_rows, orders_on, search
from handlers.cards.floor.traces import orders_of, trace_card
from handlers.filters import Cmd, Tap

router = Router(name="search")
LONGEST = 100


@router.message(Cmd("order"))
async def order(message: Message, ask: Ask, args: str) -> None:
    """/order TEXT"""
    await answer(ask, args)


@router.message(F.text, F.chat.type == "private")
async def free_text(message: Message, ask: Ask) -> None:
    """Anything else a person writes to us in private."""
    text = (message.text or "").strip()
    if text.startswith("/"):
        await ask.say("I do not know {command}. /help shows what you can do.", command=text.split()[0][:40])
    elif Right.VIEW_ORDERS in ask.actor.rights:
        await answer(ask, text)
    else:
        await ask.say("I did not understand «{text}». /help shows what you can do.", text=text[:40])


@router.callback_query(Tap("fd.p"))
async def turn(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Another page of what was found, in the same card."""
    card = await ask.read(_page, ask, int(args[0]))
    if card is None:
        await ask.toast(ask.words.plain("These results are gone. Please search again."), alert=True)
        return
    await ask.toast("")
    await ask.edit(card)


def _page(desk: Desk, ask: Ask, page: int) -> Card | None:
    """None when the message is no list of hits any more, or none of them is left."""
    row = desk.cards.at(ask.chat.id, ask.message.message_id) if ask.message else None
    if row is None or row.kind is not NoticeKind.FOUND:
        return None
    hits = search(desk, ask.actor, row.shown, row.subject_id)
    return found_card(desk, hits, page, ask.words) if hits.ids else None


@router.message(F.chat.type == "private")
async def anything(message: Message, ask: Ask) -> None:
    """A sticker, a voice message, a place: never silence."""
    await ask.say("I read text, files with orders and photos of labels. /help shows what you can do.")


@router.callback_query()
async def lost_button(tap: CallbackQuery, ask: Ask) -> None:
    """A button of a time before this version."""
    await ask.toast(ask.words.plain("This button is no longer in use. Please open the record again."), alert=True)


async def _unit(ask: Ask, text: str, also: list[Order]) -> bool:
    """A serial number or a batch: the one order it is in, or all that is known of it. `also`: what else the text may
    have meant."""
    traces = await ask.read(tracing.of, ask.actor, text)
    if not traces:
        return False
    orders = await ask.read(orders_of, ask.actor, traces)
    if len(orders) == 1 and traces[0].serial and not also:
        await ask.show(NoticeKind.ORDER, orders[0].id)
        return True
    card = await ask.read(trace_card, ask.actor, text, ask.words)
    if card is None:
        return False
    others = [one for one in also if one.id not in {order.id for order in orders}]
    rows = (*card.rows, *await ask.read(order_rows, others, ask.words))
    await ask.reply(replace(card, rows=rows[:PAGE]))
    return True


async def _paper(ask: Ask, text: str) -> bool:
    """The code of one of our papers opens what it names."""
    papers = await ask.read(paper_codes.opened, ask.actor, text)
    for kind, number in papers:
        await ask.show(kind, number)
    return bool(papers)


async def answer(ask: Ask, text: str) -> None:
    """The order, a choice, or what was looked for in vain."""
    if not text:
        await ask.say("What shall I look for? An order number, waybill, last phone digits, SKU or name: /order 1234")
        return
    wanted = text[:LONGEST]
    hits = await ask.read(search, ask.actor, wanted)
    exact = [] if hits.meant else await ask.read(orders_on, hits)
    if not any(is_called(one, wanted) for one in exact) and await _unit(ask, wanted, exact):
        return
    if not exact and await _paper(ask, wanted):
        return
    if len(exact) == 1:
        await ask.show(NoticeKind.ORDER, exact[0].id)
    elif hits.ids:
        await ask.reply(await ask.read(found_card, hits, 0, ask.words), NoticeKind.FOUND, hits.newest, wanted)
    else:
        await ask.say(
            "Nothing found for «{text}». I looked at order numbers, waybills, last phone digits (4 "
            "or more), SKUs, titles and names.",
            text=wanted,
        )
