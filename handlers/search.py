"""Search: any text that nothing else has understood, and /order. One exact hit opens, several are offered.

Surprising: it never answers in a group unless asked with /order: people talk there.
"""

from dataclasses import replace

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from domain import paper_codes, tracing
from domain.desk import Desk
from domain.orders import Order
from domain.people import Actor, Right, require
from domain.phones import ends_in
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.orders import order_button
from handlers.cards.traces import orders_of, trace_card
from handlers.filters import Cmd

router = Router(name="search")
LIMIT = 8
LONGEST = 100


def find(desk: Desk, actor: Actor, text: str) -> list[Order]:
    """Hits in the actor's shops; where the text is an order's number only those, and whose phone ends in it: four
    digits may be either, with a # they are a number. A return's waybill finds its order."""
    require(actor, Right.VIEW_ORDERS)
    found = desk.orders.search(text, actor.shops, LIMIT + 1)
    back = desk.returns.by_waybill(text.upper())
    if back and back.order_id is not None:
        order = desk.orders.get(back.order_id)
        if actor.shops is None or order.shop_id in actor.shops:
            found = [order, *(one for one in found if one.id != order.id)]
            return found[:1]
    exact = [one for one in found if _is_called(one, text)]
    by_phone = [one for one in found if text.isdigit() and one not in exact and ends_in(one.receiver.phone, text)]
    return [*exact, *by_phone] if exact else found


def _is_called(order: Order, text: str) -> bool:
    return order.number.removeprefix("#") == text.removeprefix("#")


def alike(desk: Desk, actor: Actor, text: str) -> list[Order]:
    """What may have been meant, in the actor's shops."""
    require(actor, Right.VIEW_ORDERS)
    return desk.orders.alike(text, actor.shops, LIMIT)


def _buttons(desk: Desk, found: list[Order], ask: Ask) -> tuple[tuple[Button, ...], ...]:
    known = desk.customers.known({(order.platform, order.buyer_id) for order in found})
    vips = {who for who, customer in known.items() if customer.vip}
    return tuple(
        (order_button(desk, order, ask.words, vip=(order.platform, order.buyer_id) in vips),) for order in found
    )


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
    rows = (*card.rows, *await ask.read(_buttons, others, ask))
    await ask.reply(replace(card, rows=rows[:LIMIT]))
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
        await ask.say("What shall I look for? A number, waybill, phone tail, SKU or name: /order 1234")
        return
    wanted = text[:LONGEST]
    found = await ask.read(find, ask.actor, wanted)
    if not any(_is_called(one, wanted) for one in found) and await _unit(ask, wanted, found):
        return
    if not found and await _paper(ask, wanted):
        return
    meant = [] if found else await ask.read(alike, ask.actor, wanted)
    if len(found) == 1:
        await ask.show(NoticeKind.ORDER, found[0].id)
    elif found:
        head = ask.words("«{text}»: {count} {count:order|orders}", text=wanted, count=len(found))
        if len(found) > LIMIT:
            head = ask.words(
                "«{text}»: more than {count} {count:order|orders}; the newest are here", text=wanted, count=LIMIT
            )
        await ask.reply(Card(head, await ask.read(_buttons, found[:LIMIT], ask)))
    elif meant:
        head = ask.words("No exact hit for «{text}». Did you mean:", text=wanted)
        await ask.reply(Card(head, await ask.read(_buttons, meant, ask)))
    else:
        await ask.say(
            "Nothing found for «{text}». I looked at order numbers, waybills, phone tails (4 digits or more), "
            "SKUs, titles and names.",
            text=wanted,
        )
