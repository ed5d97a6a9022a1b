"""The digest in chat: new orders at a glance, whole groups approved in one tap, and what a batch left aside.

Surprising: what a batch did not approve comes as a message of its own, by reason and with a button per order, because
the digest moves on.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.review import undoing
from domain.review.scope import ALL
from handlers.ask import Ask
from handlers.cards.desk.digest import approve_shown, moment_of
from handlers.cards.desk.outcome import left_card
from handlers.cards.desk.scopes import code_of, typed_scope
from handlers.desk.queue import send
from handlers.filters import Cmd, Tap

router = Router(name="digest")
Args = tuple[str, ...]


@router.message(Cmd("new"))
@router.callback_query(Tap("d.o"))
async def new_orders(event: Message | CallbackQuery, ask: Ask, args: Args | str) -> None:
    """The digest, of all or of the part that is typed or tapped, as a new card."""
    code = await ask.read(_part, ask.actor, args)
    await send(ask, NoticeKind.DIGEST, 0, code)


def _part(desk: Desk, actor: Actor, args: Args | str) -> str:
    require(actor, Right.APPROVE)
    if isinstance(args, str):
        scope = typed_scope(desk, args, ALL)
        return "" if scope == ALL else code_of(scope)
    return args[0] if args and args[0] != "a" else ""


@router.callback_query(Tap("d.f", "d.fv"))
async def change_part(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Another part of it, or the filters to choose one by, in the same message."""
    code = await ask.read(_part, ask.actor, args)
    await ask.show(NoticeKind.DIGEST, 0, filter=code, **({"view": "filters"} if verb == "d.fv" else {}))


def _shown(desk: Desk, ask: Ask) -> str:
    """The part that the tapped message shows."""
    row = desk.cards.at(ask.chat.id, ask.message.message_id) if ask.message else None
    return row.shown if row and row.kind is NoticeKind.DIGEST else ""


@router.callback_query(Tap("d.ac"))
async def approve_clean(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Approve what the button named, and say what could not be."""
    outcome = await ask.run(approve_shown, ask.actor, ask.chat, args)
    text = ask.words.label("Approved: {count}", count=len(outcome.approved))
    if outcome.refused:
        text += ask.words.label(", not approved: {count}", count=len(outcome.refused))
    await ask.toast(text)
    await ask.show(NoticeKind.DIGEST, 0, filter=await ask.read(_shown, ask))
    if outcome.refused:
        await ask.reply(await ask.read(left_card, outcome, ask.words))


@router.callback_query(Tap("d.un"))
async def undo_all(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Take a batch back."""
    count = await ask.run(undoing.undo_many, ask.actor, moment_of(args[0]))
    await ask.toast(ask.words.label("Taken back: {count}", count=count))
    await ask.show(NoticeKind.DIGEST, 0, filter=await ask.read(_shown, ask))
