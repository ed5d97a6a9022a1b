"""Coming in: /start with or without an invitation, /help that shows only what this person may do, /lang."""

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import BotCommand, BotCommandScopeChat, Message

from domain.errors import Refusal
from domain.people import staff
from domain.people.people import Actor, Person, Right
from handlers.ask import Ask
from handlers.card import Card
from handlers.keyboards import keyboard_of
from handlers.markup import markup
from handlers.middleware import plain_words
from handlers.questions import Cancel
from handlers.services import Services
from handlers.wording.refusals import refusal_text
from handlers.wording.terms import N_, role_name
from handlers.words import Words

router = Router(name="start")

COMMANDS: dict[str, tuple[Right | None, str]] = {
    "help": (None, N_("what I can do for you")),
    "cancel": (None, N_("leave a question I asked; your buttons come back")),
    "lang": (None, N_("language: /lang zh or /lang en")),
    "new": (Right.APPROVE, N_("new orders: approve the clean ones, see the held ones")),
    "queue": (Right.APPROVE, N_("held orders, one by one")),
    "release": (Right.APPROVE, N_("held orders of one reason, read and released together")),
    "order": (Right.VIEW_ORDERS, N_("an order by number, waybill, last phone digits or SKU: /order 1234")),
    "customer": (
        Right.VIEW_ORDERS,
        N_("a customer by buyer id, order number or last phone digits: history, tags, blacklist: /customer 1234"),
    ),
    "why": (Right.VIEW_ORDERS, N_("why an order is held, and why this warehouse and courier: /why 1234")),
    "refund": (Right.REFUND, N_("the buyer wants the money back, stop the parcel: /refund 1234 [#2x1] reason")),
    "return": (Right.REFUND, N_("link a return parcel to its order: /return ORDER WAYBILL")),
    "mapping": (Right.IMPORT, N_("order tables I have learned to read; forget one")),
    "wave": (Right.WAVE, N_("open waves; make one now, all or a kind of it")),
    "print": (Right.PRINT, N_("one parcel's label and slip once more: /print P000123")),
    "pick": (Right.PICK, N_("station: picking")),
    "check": (Right.CHECK, N_("station: checking, item by item")),
    "pack": (Right.PACK, N_("station: packing")),
    "weigh": (Right.WEIGH, N_("station: weighing")),
    "ship": (Right.HAND_OVER, N_("station: handing over to the courier")),
    "manifest": (Right.HAND_OVER, N_("hand-over lists per courier: make, get, sign off")),
    "unship": (Right.HAND_OVER, N_("take a hand-over back while the parcel stands here: /unship WAYBILL")),
    "putback": (Right.PUT_BACK, N_("station: putting stopped goods back")),
    "receive": (Right.RECEIVE, N_("station: receiving returns")),
    "scan": (Right.PUT_BACK, N_("the scan page on this phone, for scanners that type")),
    "undo": (Right.PUT_BACK, N_("take your last scan back")),
    "stops": (Right.PUT_BACK, N_("open stop notices")),
    "shelf": (Right.PUT_BACK, N_("the stop shelf's label, to print: its code is the second scan")),
    "recalls": (Right.VIEW_ORDERS, N_("parcels couriers are asked to bring back; how often that works")),
    "feeds": (Right.OVERRIDE, N_("when the shops were last heard; what the gate does while one is silent")),
    "void": (Right.HAND_OVER, N_("void an e-waybill number for good: /void WAYBILL REASON")),
    "force": (Right.OVERRIDE, N_("let a weight pass that is too far off: /force WAYBILL 1.25kg REASON")),
    "batch": (Right.OVERRIDE, N_("let a batch go out that was not picked: /batch WAYBILL BATCH")),
    "weights": (Right.OVERRIDE, N_("what the scales say products weigh; take it into the catalogue")),
    "stock": (Right.STOCK, N_("stock of a product and its last moves: /stock SKU")),
    "bundle": (
        Right.STOCK,
        N_("bundles: components, how many you can ship and sell, which orders wait: /bundle TEASET"),
    ),
    "stockroom": (Right.STOCK, N_("open documents of the stock room, and what waits to be put away")),
    "receipt": (Right.RECEIVE, N_("goods come in: scan them")),
    "putaway": (Right.STOCK_WORK, N_("scan goods, then the bin they go to: /putaway, or out of a bin: /putaway A-01")),
    "transfer": (Right.STOCK_WORK, N_("send goods to another warehouse: /transfer HZ WH")),
    "notthere": (Right.PICK, N_("goods to pick are not there, count the bin: /notthere WAYBILL PRODUCT")),
    "count": (Right.STOCK_WORK, N_("stock-take of bins or products that begin so: /count A-01")),
    "regrade": (Right.STOCK_WORK, N_("good to defective or back: /regrade defective reason")),
    "alerts": (None, N_("open alerts: whose they are, take them, put them off")),
    "shift": (None, N_("hand-over: what was done, what is open, what to watch")),
    "quiet": (None, N_("your quiet hours: /quiet 22:00-08:00, off or company")),
    "report": (Right.REPORT, N_("the day's workbook: /report or /report 2026-11-23")),
    "numbers": (Right.REPORT, N_("prepaid waybill numbers: what is left; you bought more: /numbers #3 500")),
    "invite": (Right.STAFF, N_("a one-time link: /invite ROLE [shop or warehouse]")),
    "staff": (Right.STAFF, N_("everybody, with suspend and hand over")),
    "policy": (Right.POLICY, N_("the house rules: see them; send a .toml file to change them")),
    "desk": (Right.STAFF, N_("in a group: make it the desk of a role: /desk ROLE [shop or warehouse]")),
}


def help_text(ask: Ask) -> str:
    """What this person may do, and nothing else."""
    words = ask.words
    roles = words.listed(role_name(role, words) for role in sorted(ask.person.roles))
    lines = [words("<b>{name}</b> · {roles}", name=ask.person.name, roles=roles), ""]
    for command, (right, text) in COMMANDS.items():
        if right is None or right in ask.actor.rights:
            lines.append(f"/{command} – {words(text)}")
    if Right.IMPORT in ask.actor.rights:
        lines += ["", words("Send me an order export to take it in: every big platform's, or any table you teach me.")]
    if Right.VIEW_ORDERS in ask.actor.rights:
        lines.append(words("Any other text is a search."))
    return "\n".join(lines)


def commands_for(actor: Actor, words: Words) -> list[BotCommand]:
    """The menu behind "/": what this person may do."""
    return [
        BotCommand(command=command, description=words.plain(text)[:256])
        for command, (right, text) in COMMANDS.items()
        if right is None or right in actor.rights
    ]


async def set_menu(bot: Bot, person: Person, words: Words) -> None:
    """Show the person's own commands in the private chat."""
    scope = BotCommandScopeChat(chat_id=person.telegram_id)
    await bot.set_my_commands(commands_for(person.acting(), words), scope=scope)


@router.message(CommandStart(deep_link=True))
async def join(message: Message, command: CommandObject, services: Services, zone: str) -> None:
    """An invitation's link."""
    user = message.from_user
    assert user is not None and message.bot is not None
    words = plain_words(user.language_code, zone)
    try:
        person = await services.store.run(staff.join, command.args or "", user.id, user.full_name, words.language)
    except Refusal as refusal:
        await message.bot.send_message(user.id, refusal_text(refusal, words))
        return
    words = Words(person.language, zone)
    text = words("Welcome, {name}! /help shows what you can do.", name=person.name)
    keyboard = markup(Card(text, keyboard=keyboard_of(person, words, services)))
    await message.bot.send_message(user.id, text, reply_markup=keyboard)
    await set_menu(message.bot, person, words)


@router.message(CommandStart())
@router.message(Command("help"))
async def show_help(message: Message, ask: Ask) -> None:
    """Help, with the desk's keyboard."""
    await ask.reply(Card(help_text(ask), keyboard=keyboard_of(ask.person, ask.words, ask.services)))


@router.message(Command("cancel"))
@router.message(Cancel())
async def cancel(message: Message, ask: Ask) -> None:
    """A question is taken back; the keyboard comes back."""
    keyboard = keyboard_of(ask.person, ask.words, ask.services) if ask.chat.private else ()
    await ask.reply(Card(ask.words("Nothing was changed."), keyboard=keyboard))


@router.message(Command("lang"))
async def change_language(message: Message, command: CommandObject, ask: Ask) -> None:
    """/lang zh | en"""
    person = await ask.run(staff.set_language, ask.person, (command.args or "").strip().lower())
    words = Words(person.language, ask.words.zone)
    text = words("I speak English with you now.")
    await ask.reply(Card(text, keyboard=keyboard_of(person, words, ask.services)))
    await set_menu(ask.bot, person, words)
