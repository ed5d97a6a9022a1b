"""Customers in chat: /customer, the button on an order, and everything the customer's and an entry's cards do.

Surprising: a hit is named by an order, because most buyers have no row of their own until somebody looks at them.
"""

from collections.abc import Callable
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.customers import blacklist, customers
from domain.customers.blacklist import Terms
from domain.customers.customer_records import Customer, Entry, KeyKind, ListLevel, Reason
from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import Actor, Right, may, require
from domain.records import NoticeKind
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.desk.customers import LETTERS
from handlers.draw import draw
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.taps import pack
from handlers.wording.customer_terms import platform_name
from handlers.wording.terms import N_
from handlers.words import Words, mask_name

router = Router(name="customers")
Args = tuple[str, ...]
HITS = 8
_LEFT = N_("{count} more {count:order in review is|orders in review are} checked again in the next moments.")


@router.message(Cmd("customer"))
async def find(message: Message, ask: Ask, args: str) -> None:
    """/customer TEXT: one opens, several are offered."""
    found = await ask.read(customers.find, ask.actor, args[:100])
    if len(found) == 1:
        await _open(ask, found[0].id)
        return
    text = ask.words("Several customers fit «{text}». Which one?", text=args[:100])
    if len(found) > HITS:
        text += "\n" + ask.words("Only the first {count} are shown.", count=HITS)
    await ask.reply(Card(text, tuple((_hit(order, ask),) for order in found[:HITS])))


def _hit(order: Order, ask: Ask) -> Button:
    buyer = order.buyer_id if ask.chat.private else mask_name(order.buyer_id)
    facts = {"buyer": buyer, "platform": platform_name(order.platform, ask.words), "number": order.number}
    return Button(ask.words.label("👤 {buyer} · {platform} · {number}", **facts), pack("cu.o", order.id))


@router.callback_query(Tap("cu.o"))
async def of_order(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Who bought this order, as a new card: the order stays."""
    await _open(ask, int(args[0]))


async def _open(ask: Ask, order_id: int) -> None:
    customer = await ask.run(customers.of_order, ask.actor, order_id)
    card = await ask.read(draw, NoticeKind.CUSTOMER, customer.id, ask.chat, {})
    if card is not None:
        await ask.reply(card, NoticeKind.CUSTOMER, customer.id)


def _as_shown(desk: Desk, actor: Actor, customer_id: int, revision: int) -> Customer:
    customer = customers.look(desk, actor, customer_id)
    customers.seen(desk, customer, revision)
    return customer


@router.callback_query(Tap("cu.c", "cu.h", "cu.tv", "cu.b", "cu.bl"))
async def look(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """The views of the customer's card; nothing changes."""
    customer_id = int(args[0])
    if verb in ("cu.c", "cu.h"):
        await ask.read(customers.look, ask.actor, customer_id)
    else:
        await ask.read(_as_shown, ask.actor, customer_id, int(args[1]))
    more: dict[str, str] = {}
    if verb == "cu.h":
        more = {"page": args[1]}
    elif verb == "cu.bl":
        more = {"reason": args[2], "level": args[3], "keys": args[4]}
    views = {"cu.c": "", "cu.h": "history", "cu.tv": "tags", "cu.b": "reasons", "cu.bl": "terms"}
    await ask.show(NoticeKind.CUSTOMER, customer_id, view=views[verb], **more)


@router.callback_query(Tap("cu.ta", "cu.tr"))
async def tag(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """A tag on or off; the choice stays open for the next."""
    await ask.run(customers.tag, ask.actor, int(args[0]), int(args[1]), args[2], on=verb == "cu.ta")
    await ask.show(NoticeKind.CUSTOMER, int(args[0]), view="tags")


@router.callback_query(Tap("cu.vi", "cu.vo"))
async def vip(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """VIP or not."""
    await ask.run(customers.set_vip, ask.actor, int(args[0]), int(args[1]), vip=verb == "cu.vi")
    await ask.show(NoticeKind.CUSTOMER, int(args[0]))


@router.callback_query(Tap("cu.tq", "cu.n", "cu.bd"))
async def ask_about(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """What a button cannot say is asked for: a tag, a note, the evidence of an entry."""
    words = ask.words
    customer = await ask.read(_as_shown, ask.actor, int(args[0]), int(args[1]))
    require(ask.actor, Right.CUSTOMERS)
    if verb == "cu.bd":
        await ask.read(blacklist.require_lists, ask.actor, customer, _kinds(args[4]))
    text, hint = {
        "cu.tq": (words("Answer with the tag, 12 letters at most."), words.plain("Tag")),
        "cu.n": (words("Answer with the note; «-» empties it."), words.plain("Note")),
        "cu.bd": (words("Answer with the evidence: what happened, and in which orders."), words.plain("Evidence")),
    }[verb]
    await ask.reply(question(text, hint, verb, *args))


@router.callback_query(Tap("cu.br"))
async def reason_chosen(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Whoever decides goes on to the level; the others propose, with the evidence."""
    words = ask.words
    await ask.read(_as_shown, ask.actor, int(args[0]), int(args[1]))
    if may(ask.actor, Right.CUSTOMER_LISTS):
        await ask.show(NoticeKind.CUSTOMER, int(args[0]), view="levels", reason=args[2])
        return
    require(ask.actor, Right.CUSTOMERS)
    text = words("A service lead decides. Answer with the evidence: what happened, and in which orders.")
    await ask.reply(question(text, words.plain("Evidence"), "cu.p", *args))


def _kinds(letters: str) -> frozenset[KeyKind]:
    """What else an entry recognises by, as a button carries it."""
    return frozenset(kind for kind, letter in LETTERS.items() if letter in letters)


@router.message(Answer("cu.tq", "cu.n", "cu.p", "cu.bd"))
async def told(message: Message, ask: Ask, verb: str, args: Args, answer: str) -> None:
    """The answers."""
    customer_id, revision = int(args[0]), int(args[1])
    if verb == "cu.tq":
        await ask.run(customers.tag, ask.actor, customer_id, revision, answer, on=True)
    elif verb == "cu.n":
        await ask.run(customers.note, ask.actor, customer_id, revision, answer)
    elif verb == "cu.p":
        await ask.run(blacklist.propose, ask.actor, customer_id, revision, Reason(args[2]), answer)
        await ask.say("Proposed; the service leads are told.")
    else:
        terms = Terms(ListLevel(args[3]), int(args[5]), _kinds(args[4]))
        _, found = await ask.run(blacklist.add, ask.actor, customer_id, revision, Reason(args[2]), terms, answer)
        await ask.reply(Card(_listed(found, ask.words)))
    await ask.show(NoticeKind.CUSTOMER, customer_id)


@router.callback_query(Tap("cu.e"))
async def show_entry(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """An entry, in the same message."""
    await ask.read(_entry_seen, ask.actor, int(args[0]), None)
    await ask.show(NoticeKind.ENTRY, int(args[0]))


def _entry_seen(desk: Desk, actor: Actor, entry_id: int, revision: int | None) -> Entry:
    entry = desk.customers.entry(entry_id)
    customers.look(desk, actor, entry.customer_id)
    if revision is not None:
        blacklist.entry_seen(desk, entry, revision)
    return entry


@router.callback_query(Tap("cu.ec"))
async def confirm(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A proposal becomes an entry, for the house's usual term."""
    entry = await ask.read(_entry_seen, ask.actor, int(args[0]), None)
    _, found = await ask.run(_confirm, ask.actor, entry.id, int(args[1]), ListLevel(args[2]))
    await ask.toast(_listed(found, ask.words))
    await ask.show(NoticeKind.ENTRY, entry.id)


def _listed(found: blacklist.Screened, words: Words) -> str:
    """What the entry did at once, and what it still does."""
    told = words.label("On the blacklist. Orders in review held for it: {count}", count=found.about)
    return f"{told}\n{words.label(_LEFT, count=found.left)}" if found.left else told


def _confirm(
    desk: Desk, actor: Actor, entry_id: int, revision: int, level: ListLevel
) -> tuple[Entry, blacklist.Screened]:
    days = desk.policy.customers.entry_days[0]
    return blacklist.confirm(desk, actor, entry_id, revision, Terms(level, days))


@router.callback_query(Tap("cu.ed", "cu.eu"))
async def answer_entry(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Dismiss a proposal; uphold an entry against an appeal."""
    commands: dict[str, tuple[Callable[..., Any], str]] = {
        "cu.ed": (blacklist.dismiss, ask.words.plain("Dismissed.")),
        "cu.eu": (blacklist.uphold, ask.words.plain("It stays on the list.")),
    }
    command, text = commands[verb]
    await ask.run(command, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(text)
    await ask.show(NoticeKind.ENTRY, int(args[0]))


@router.callback_query(Tap("cu.el", "cu.ea"))
async def ask_why(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Lifting wants a reason, an appeal its words."""
    words = ask.words
    await ask.read(_entry_seen, ask.actor, int(args[0]), int(args[1]))
    require(ask.actor, Right.CUSTOMER_LISTS if verb == "cu.el" else Right.CUSTOMERS)
    lifting = words("Answer with the reason why the entry is lifted.")
    text = lifting if verb == "cu.el" else words("Answer with what the customer says against the entry.")
    await ask.reply(question(text, words.plain("Reason"), verb, *args))


@router.message(Answer("cu.el", "cu.ea"))
async def entry_told(message: Message, ask: Ask, verb: str, args: Args, answer: str) -> None:
    """Lifted, or appealed against."""
    entry_id, revision = int(args[0]), int(args[1])
    if verb == "cu.ea":
        await ask.run(blacklist.appeal, ask.actor, entry_id, revision, answer)
    elif left := (await ask.run(blacklist.lift, ask.actor, entry_id, revision, answer))[1]:
        await ask.say(_LEFT, count=left)
    await ask.show(NoticeKind.ENTRY, entry_id)
