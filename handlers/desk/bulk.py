"""Bulk release in chat: choose a reason, read a page, release it; take an order out, take the page back.

Surprising: the next page is a message of its own, asked for by its own tap. Put in the place of the one just
released, a second tap of the thumb would release it unread.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import BadValue, Stale
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.review import bulk, queue, undoing
from domain.review.scope import ALL, Scope
from handlers.ask import Ask
from handlers.cards.desk.bulk import done_card, opened, release_shown, shown_again, told, undone_card
from handlers.cards.desk.digest import moment_of
from handlers.cards.desk.scopes import scope_of, typed_scope
from handlers.desk.queue import send
from handlers.filters import Cmd, Tap
from handlers.wording.refusals import refusal_toast

router = Router(name="bulk")
Args = tuple[str, ...]


def _part(desk: Desk, actor: Actor, args: Args | str) -> Scope:
    """The part of the line that is typed or tapped. Raises NotAllowed, BadValue."""
    require(actor, Right.APPROVE)
    found = typed_scope(desk, args, ALL) if isinstance(args, str) else scope_of(args[0]) or ALL
    narrow = bulk.narrowed(found)
    if narrow is None:
        raise BadValue("filter", args if isinstance(args, str) else args[0], "bulk")
    return narrow


@router.message(Cmd("release"))
@router.callback_query(Tap("b.o"))
async def open_page(event: Message | CallbackQuery, ask: Ask, args: Args | str) -> None:
    """Which reason; or the next page of the one that is named, as a new card. A tap may name where to go on."""
    scope = await ask.read(_part, ask.actor, args)
    start = 0 if isinstance(args, str) else int((*args, "0")[1], 36)
    await ask.reply(await ask.run(opened, ask.actor, ask.chat, scope, start))


@router.callback_query(Tap("b.r"))
async def release(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Release and approve what the card shows; it then tells what became of it. Where that is not so any more, nothing
    is done and the card shows what is left of it."""
    scope, mark = told(args)
    try:
        batch = await ask.run(release_shown, ask.actor, ask.chat, args)
    except Stale as refusal:
        await ask.toast(refusal_toast(refusal, ask.words), alert=True)
        await ask.edit(await ask.read(shown_again, ask.chat, scope, mark))
        return
    await ask.toast(ask.words.label("Released and approved: {count}", count=len(batch.orders) + len(batch.along)))
    await ask.edit(await ask.read(done_card, batch, scope, ask.words))


@router.callback_query(Tap("b.t"))
async def take_out(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """This one I look at by itself: it leaves the page for my hands and opens; the others stay as they are."""
    order_id = int(args[0], 36)
    scope, mark = told(args[1:])
    await ask.run(queue.take, ask.actor, order_id)
    await ask.toast(ask.words.plain("In your hands."))
    await ask.edit(await ask.read(shown_again, ask.chat, scope, mark))
    await send(ask, NoticeKind.ORDER, order_id)


@router.callback_query(Tap("b.u"))
async def undo(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Take the whole release back."""
    count = await ask.run(undoing.undo_many, ask.actor, moment_of(args[0]), bulk.SUBJECT)
    await ask.toast(ask.words.label("Taken back: {count}", count=count))
    await ask.edit(await ask.read(undone_card, count, scope_of(args[1]) or ALL, ask.words))
