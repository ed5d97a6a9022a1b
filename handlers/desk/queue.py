"""The queue in chat: open it, walk through it, filter it, take an order, put one off.

Surprising: after a decision the card goes on by itself, and carries the way back to what was decided.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import Actor, Right, require
from domain.records import CardRow, NoticeKind
from domain.review import queue, review
from domain.review.scope import ALL, HELD
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.desk.scopes import code_of, typed_scope, walked
from handlers.draw import draw
from handlers.filters import Cmd, Tap
from handlers.taps import pack

router = Router(name="queue")
Args = tuple[str, ...]


def may_see(desk: Desk, actor: Actor, order_id: int) -> Order:
    """The order, for whoever may look at it. Raises NotAllowed, Unknown."""
    order = desk.orders.get(order_id)
    require(actor, Right.VIEW_ORDERS, shop=order.shop_id)
    return order


def here(desk: Desk, ask: Ask) -> CardRow | None:
    """What the tapped message shows, where that is an order or the queue."""
    row = desk.cards.at(ask.chat.id, ask.message.message_id) if ask.message else None
    return row if row and row.kind in (NoticeKind.QUEUE, NoticeKind.ORDER) else None


async def show_order(ask: Ask, order_id: int, **data: str) -> None:
    """Draw the order where the tap was made: as the queue's card when it is one, else as the order's own. From a
    list or an alert it opens as a new card, so that those stay."""
    await _show_at(ask, await ask.read(here, ask) if ask.tap else None, order_id, **data)


async def _show_at(ask: Ask, row: CardRow | None, order_id: int, **data: str) -> None:
    if row is not None:
        await ask.show(row.kind, order_id, **({"filter": row.shown} if row.shown else {}), **data)
    elif ask.tap is None:
        await ask.show(NoticeKind.ORDER, order_id, **data)
    else:
        await send(ask, NoticeKind.ORDER, order_id)


async def go_on(ask: Ask, order_id: int) -> None:
    """After a decision: the queue's card shows the next order and the way back; any other card its own."""
    row = await ask.read(here, ask) if ask.tap else None
    following = await ask.read(_following, ask, row.shown, order_id) if row and row.kind is NoticeKind.QUEUE else None
    if row is None or following is None:
        await _show_at(ask, row, order_id)
    else:
        await ask.show(NoticeKind.QUEUE, following, filter=row.shown, done=str(order_id))


def _following(desk: Desk, ask: Ask, code: str, order_id: int) -> int | None:
    return queue.following(desk, ask.actor, walked(code), desk.orders.get(order_id))


async def send(ask: Ask, kind: NoticeKind, subject_id: int, shown: str = "") -> None:
    """A record's card as a new message."""
    card = await ask.read(draw, kind, subject_id, ask.chat, {"filter": shown})
    if card is not None:
        await ask.reply(card, kind, subject_id, shown)


@router.message(Cmd("queue"))
@router.callback_query(Tap("d.q"))
async def open_queue(event: Message | CallbackQuery, ask: Ask, args: Args | str) -> None:
    """The first order of the part that is typed or tapped, as a new card to walk on."""
    if isinstance(args, str):
        code = await ask.read(_typed, ask.actor, args)
    else:
        code = args[0] if args else ""
    order_id = await ask.read(_first, ask.actor, code)
    if order_id is None:
        text = ask.words("No order is held." if not code else "No such order waits.")
        await ask.reply(Card(text, ((Button(ask.words("📥 New orders"), pack("d.o", code_of(ALL))),),)))
        return
    await send(ask, NoticeKind.QUEUE, order_id, code)


def _typed(desk: Desk, actor: Actor, text: str) -> str:
    require(actor, Right.APPROVE)
    scope = typed_scope(desk, text, HELD)
    return "" if scope == HELD else code_of(scope)


def _first(desk: Desk, actor: Actor, code: str) -> int | None:
    require(actor, Right.APPROVE)
    return queue.first(desk, actor, walked(code))


@router.callback_query(Tap("d.qf"))
async def change_filter(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Another scope, in the same message."""
    order_id = await ask.read(_first, ask.actor, args[0])
    if order_id is None:
        await ask.toast(ask.words.plain("No such order waits."), alert=True)
        return
    await ask.show(NoticeKind.QUEUE, order_id, filter=args[0])


@router.callback_query(Tap("o.q", "q.f"))
async def walk(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """◀ ▶ through the queue, or its filters, in the same message."""
    await ask.read(may_see, ask.actor, int(args[0]))
    view = {"view": "filters"} if verb == "q.f" else {}
    await ask.show(NoticeKind.QUEUE, int(args[0]), filter=args[1] if len(args) > 1 else "", **view)


@router.callback_query(Tap("q.l"))
async def later(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """For how long?"""
    await ask.read(may_see, ask.actor, int(args[0]))
    await show_order(ask, int(args[0]), view="snooze")


@router.callback_query(Tap("q.t"))
async def take(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """I look at it: everybody sees who does."""
    await ask.run(queue.take, ask.actor, int(args[0]))
    await ask.toast(ask.words.plain("In your hands."))
    await show_order(ask, int(args[0]))


@router.callback_query(Tap("q.z"))
async def put_off(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Not now; the card goes on to the next order."""
    until = await ask.run(queue.snooze, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.label("Put off until {at}.", at=ask.words.when(until)))
    await go_on(ask, int(args[0]))


@router.callback_query(Tap("q.w"))
async def wake(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Back into the queue."""
    await ask.run(queue.wake, ask.actor, int(args[0]))
    await show_order(ask, int(args[0]))


def as_shown(desk: Desk, order_id: int, revision: int) -> None:
    """Raises Stale unless the order is as the card showed it."""
    review.seen(desk, desk.orders.get(order_id), revision)
