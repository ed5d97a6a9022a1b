"""Review in chat: the digest, the queue of held orders, the order's card and everything its buttons do.

Surprising: a card in the queue stays a card of the queue when one of its buttons is tapped; the message itself
remembers (in the store) which of the two it is.
"""

from collections.abc import Callable, Mapping

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain import interception, review
from domain.desk import Desk
from domain.errors import ReasonNeeded, Unknown
from domain.holds import HoldCode
from domain.orders import Order
from domain.people import Actor, Right, require
from domain.records import NoticeKind
from handlers import address
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.digest import approve_shown, moment_of
from handlers.cards.order_views import HOLD_REASONS, REFUND_REASONS, REJECT_REASONS
from handlers.cards.orders import order_button
from handlers.draw import draw
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.refusals import refusal_text

router = Router(name="review")
Args = tuple[str, ...]
Decision = Callable[[Desk, Actor, int, int, str], Order]


async def show_order(ask: Ask, order_id: int, **data: str) -> None:
    """Draw the order where the tap was made: as the queue's card when it is one, else as the order's own. From a
    list or an alert it opens as a new card, so that those stay."""
    kind = await ask.read(_kind_here, ask) if ask.tap else NoticeKind.ORDER
    if kind is None:
        await _send(ask, NoticeKind.ORDER, order_id)
    else:
        await ask.show(kind, order_id, **data)


def _kind_here(desk: Desk, ask: Ask) -> NoticeKind | None:
    row = desk.cards.at(ask.chat.id, ask.message.message_id) if ask.message else None
    return row.kind if row and row.kind in (NoticeKind.QUEUE, NoticeKind.ORDER) else None


def named(desk: Desk, actor: Actor, number: str) -> list[Order]:
    """The orders with exactly this number in the actor's shops. Raises NotAllowed, Unknown('order')."""
    require(actor, Right.VIEW_ORDERS)
    shops = actor.shops if actor.shops is not None else desk.catalog.shops
    forms = {number, number.removeprefix("#"), f"#{number}"}
    found = [order for shop in sorted(shops) for order in desk.orders.by_number(shop, forms).values()]
    if not found or not number:
        raise Unknown("order", number)
    return found


@router.message(Cmd("new"))
@router.callback_query(Tap("d.o"))
async def new_orders(event: Message | CallbackQuery, ask: Ask) -> None:
    """The digest, as a new card."""
    await ask.read(_must, ask.actor, Right.APPROVE)
    await _send(ask, NoticeKind.DIGEST, 0)


async def _send(ask: Ask, kind: NoticeKind, subject_id: int) -> None:
    card = await ask.read(draw, kind, subject_id, ask.chat, {})
    if card is not None:
        await ask.reply(card, kind, subject_id)


def _must(desk: Desk, actor: Actor, right: Right) -> None:
    require(actor, right)


@router.callback_query(Tap("d.ac"))
async def approve_all_clean(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Approve what the digest showed, and say what could not be."""
    outcome = await ask.run(approve_shown, ask.actor, ask.chat, int(args[0]), int(args[1]))
    text = ask.words.label("Approved: {count}", count=len(outcome.approved))
    if outcome.refused:
        text += ask.words.label(", not approved: {count}", count=len(outcome.refused))
    await ask.toast(text)
    await ask.show(NoticeKind.DIGEST, 0)
    if outcome.refused:
        lines = [refusal_text(refusal, ask.words) for refusal in list(outcome.refused.values())[:20]]
        await ask.reply(Card("\n".join([ask.words("<b>Not approved:</b>"), *lines])))


@router.callback_query(Tap("d.un"))
async def undo_all(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Take a batch back."""
    count = await ask.run(review.undo_many, ask.actor, moment_of(args[0]))
    await ask.toast(ask.words.label("Taken back: {count}", count=count))
    await ask.show(NoticeKind.DIGEST, 0)


@router.message(Cmd("queue"))
@router.callback_query(Tap("d.q"))
async def queue(event: Message | CallbackQuery, ask: Ask) -> None:
    """The first held order, as a new card to walk on."""
    await ask.read(_must, ask.actor, Right.APPROVE)
    first = await ask.read(_first_held, ask.actor)
    if first is None:
        await ask.say("No order is held.")
        return
    await _send(ask, NoticeKind.QUEUE, first)


def _first_held(desk: Desk, actor: Actor) -> int | None:
    found = desk.orders.in_review(shops=actor.shops, held=True, limit=1)
    return found[0][0] if found else None


@router.callback_query(Tap("o.q"))
async def walk(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """◀ ▶ through the queue, in the same message."""
    await ask.read(_may_see, ask.actor, int(args[0]))
    await ask.show(NoticeKind.QUEUE, int(args[0]))


def _may_see(desk: Desk, actor: Actor, order_id: int) -> Order:
    order = desk.orders.get(order_id)
    require(actor, Right.VIEW_ORDERS, shop=order.shop_id)
    return order


@router.callback_query(Tap("o.o", "o.rj", "o.hd", "o.rf", "o.ms", "o.why", "o.hi"))
async def look(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """The views of the order's card; nothing changes."""
    order = await ask.read(_may_see, ask.actor, int(args[0]))
    views = {"o.rj": "reject", "o.hd": "hold", "o.rf": "refund", "o.ms": "match", "o.why": "why", "o.hi": "history"}
    if verb in ("o.rj", "o.hd", "o.rf", "o.ms"):
        await ask.read(_as_shown, order.id, int(args[1]))
    await show_order(ask, order.id, view=views.get(verb, ""), page=args[1] if verb == "o.hi" else "0")


def _as_shown(desk: Desk, order_id: int, revision: int) -> None:
    review.seen(desk, desk.orders.get(order_id), revision)


@router.callback_query(Tap("o.ok", "o.okr", "o.un", "o.rw"))
async def decide(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Approve, release and approve, undo, refund withdrawn: one tap each."""
    words, order_id, revision = ask.words, int(args[0]), int(args[1])
    commands = {
        "o.ok": (review.approve, words.plain("Approved.")),
        "o.okr": (review.release_and_approve, words.plain("Released and approved.")),
        "o.un": (review.undo, words.plain("Taken back.")),
        "o.rw": (review.withdraw_refund, words.plain("The refund is withdrawn.")),
    }
    command, text = commands[verb]
    await ask.run(command, ask.actor, order_id, revision)
    await ask.toast(text)
    await show_order(ask, order_id)


@router.callback_query(Tap("o.rl"))
async def release_hold(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Release one hold."""
    await ask.run(review.release_hold, ask.actor, int(args[0]), int(args[1]), HoldCode(args[2]))
    await ask.toast(ask.words.plain("Hold released."))
    await show_order(ask, int(args[0]))


WITH_REASON: Mapping[str, tuple[Decision, Mapping[str, str]]] = {
    "o.rjr": (review.reject, REJECT_REASONS),
    "o.hdr": (review.hold, HOLD_REASONS),
    "o.rfy": (review.refund, REFUND_REASONS),
}


def _done(ask: Ask, verb: str) -> str:
    words = ask.words
    return {
        "o.rjr": words.plain("Rejected."),
        "o.hdr": words.plain("Held."),
        "o.rfy": words.plain("Refunded; the goods are being stopped."),
    }[verb]


@router.callback_query(Tap(*WITH_REASON))
async def with_reason(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Reject, hold or refund with one of the reasons at hand; "other" asks for it."""
    order_id, revision, key = int(args[0]), int(args[1]), args[2]
    command, reasons = WITH_REASON[verb]
    if key == "other":
        order = await ask.read(_may_see, ask.actor, order_id)
        await ask.read(_as_shown, order_id, revision)
        text = ask.words("Order {number}: answer this message with the reason.", number=order.number)
        await ask.reply(question(text, ask.words.plain("Reason"), verb, order_id, revision))
        return
    await ask.run(command, ask.actor, order_id, revision, ask.words.plain(reasons[key]))
    await ask.toast(_done(ask, verb))
    await show_order(ask, order_id)


@router.message(Answer(*WITH_REASON))
async def reason_told(message: Message, ask: Ask, verb: str, args: Args, answer: str) -> None:
    """The answer to "why?"."""
    command, _ = WITH_REASON[verb]
    await ask.run(command, ask.actor, int(args[0]), int(args[1]), answer[:200])
    await show_order(ask, int(args[0]))


@router.callback_query(Tap("o.mk"))
async def match(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A product was chosen for a line; then the next line without one, if any."""
    order = await ask.run(review.match_sku, ask.actor, int(args[0]), int(args[1]), int(args[2]), args[3])
    await ask.toast(ask.words.plain("Product matched."))
    left = any(line.sku is None and not line.dropped for line in order.lines)
    await show_order(ask, order.id, view="match" if left else "")


@router.callback_query(Tap("o.mq"))
async def ask_for_product(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """None of the proposals: let it be typed or scanned."""
    order = await ask.read(_may_see, ask.actor, int(args[0]))
    text = ask.words(
        "Order {number}, line {line}: answer with the SKU or its barcode.", number=order.number, line=args[2]
    )
    await ask.reply(question(text, ask.words.plain("SKU or barcode"), "o.mq", *args))


@router.message(Answer("o.mq"))
async def product_told(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The product of a line, typed."""
    order = await ask.run(review.match_sku, ask.actor, int(args[0]), int(args[1]), int(args[2]), answer)
    await show_order(ask, order.id)


@router.callback_query(Tap("o.ad"))
async def ask_for_address(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The address as a form to copy and change."""
    order = await ask.read(_may_see, ask.actor, int(args[0]))
    await ask.read(_as_shown, order.id, int(args[1]))
    text = ask.words(
        "Order {number}: answer with what changes, a line each, or paste name, phone and address as the customer sent "
        "them.",
        number=order.number,
    )
    form = address.form(order.receiver, ask.words, whole=ask.chat.private)
    await ask.reply(question(f"{text}\n\n<pre>{form}</pre>", ask.words.plain("phone: 13800001234"), "o.ad", *args))


@router.message(Answer("o.ad"))
async def address_told(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The changed address."""
    order = await ask.read(_may_see, ask.actor, int(args[0]))
    receiver = address.changed(order.receiver, answer)
    await ask.run(review.edit_address, ask.actor, order.id, int(args[1]), receiver)
    await show_order(ask, order.id)


async def _one(ask: Ask, number: str) -> Order | None:
    """The order with that number; several are offered as buttons."""
    found = await ask.read(named, ask.actor, number)
    if len(found) == 1:
        return found[0]
    rows = await ask.read(_buttons, found, ask)
    await ask.reply(Card(ask.words("Several orders are called {number}. Which one?", number=number), rows))
    return None


def _buttons(desk: Desk, orders: list[Order], ask: Ask) -> tuple[tuple[Button, ...], ...]:
    return tuple((order_button(desk, order, ask.words),) for order in orders[:10])


@router.message(Cmd("why"))
async def why(message: Message, ask: Ask, args: str) -> None:
    """/why NUMBER"""
    order = await _one(ask, args)
    if order:
        await ask.show(NoticeKind.ORDER, order.id, view="why")


@router.message(Cmd("refund"))
async def refund(message: Message, ask: Ask, args: str) -> None:
    """/refund NUMBER REASON"""
    number, _, reason = args.partition(" ")
    order = await _one(ask, number)
    if order is None:
        return
    if not reason.strip():
        raise ReasonNeeded("refund")
    await ask.run(interception.typed, ask.actor, order.id, reason.strip()[:200])
    await ask.show(NoticeKind.ORDER, order.id)
