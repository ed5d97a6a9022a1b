"""Review in chat: the order's card and everything its buttons do. Digest, queue and freezes have their own files.

Surprising: a card in the queue stays a card of the queue when one of its buttons is tapped; the message itself
remembers (in the store) which of the two it is.
"""

from collections.abc import Callable, Mapping

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import HeldOrder, InHand, ShipsAsItIs, Stale, Unknown
from domain.orders import corrections
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.review import completing, review, undoing
from domain.review.holds import HoldCode
from domain.stops import interception
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.desk.order_views import COMPLETE_REASONS, REFUND_REASONS, REJECT_REASONS
from handlers.cards.desk.orders import order_button
from handlers.cards.desk.refund_parts import read_lines, split_lines
from handlers.desk.queue import as_shown, go_on, may_see, show_order
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.typed import address
from handlers.wording.terms import N_

router = Router(name="review")
Args = tuple[str, ...]
_LATER = N_(
    "Product matched. {count} more {count:order that waits for a product is|orders that wait "
    "for a product are} checked again in the next moments."
)
Decision = Callable[..., Order]
"""Of (desk, actor, order id, revision, reason); a refund also takes units by line."""


def named(desk: Desk, actor: Actor, number: str) -> list[Order]:
    """The orders with exactly this number in the actor's shops. Raises NotAllowed, Unknown('order')."""
    require(actor, Right.VIEW_ORDERS)
    shops = actor.shops if actor.shops is not None else desk.catalog.shops
    forms = {number, number.removeprefix("#"), f"#{number}"}
    found = [order for shop in sorted(shops) for order in desk.orders.by_number(shop, forms).values()]
    if not found or not number:
        raise Unknown("order", number)
    return found


@router.callback_query(Tap("o.o", "o.rj", "o.dn", "o.hd", "o.rf", "o.ms", "o.why", "o.hi"))
async def look(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """The views of the order's card; nothing changes."""
    order = await ask.read(may_see, ask.actor, int(args[0]))
    views = {
        "o.rj": "reject",
        "o.dn": "complete",
        "o.hd": "hold",
        "o.rf": "refund",
        "o.ms": "match",
        "o.why": "why",
        "o.hi": "history",
    }
    if verb in ("o.rj", "o.dn", "o.hd", "o.rf", "o.ms"):
        await ask.read(as_shown, order.id, int(args[1]))
    more = {"lines": args[2]} if verb == "o.rf" and args[2:] else {}
    await show_order(ask, order.id, view=views.get(verb, ""), page=args[1] if verb == "o.hi" else "0", **more)


APPROVALS = {"o.ok": review.approve, "o.okr": review.release_and_approve}
BACK = {"o.un": undoing.undo, "o.rw": review.withdraw_refund, "o.db": completing.reopen}


@router.callback_query(Tap(*APPROVALS, *BACK))
async def decide(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Approve, release and approve, undo, refund withdrawn, not done after all: one tap each; an approval of what
    somebody else has in hand is asked once more (the second tap carries one argument more)."""
    words, order_id, revision = ask.words, int(args[0]), int(args[1])
    yes = APPROVALS.get(verb)
    try:
        if yes is not None:
            order = await ask.run(yes, ask.actor, order_id, revision, sure=len(args) > 2)
        else:
            order = await ask.run(BACK[verb], ask.actor, order_id, revision)
    except InHand as taken:
        facts = {"order": taken.order, "by": taken.by, "at": taken.at.isoformat()}
        await show_order(ask, order_id, view="sure", verb=verb, **facts)
        return
    except (HeldOrder, Stale):
        await ask.run(review.look_anew, order_id)
        raise
    first = words.plain("Your yes is noted. A second person must approve.")
    texts = {
        "o.ok": words.plain("Approved."),
        "o.okr": words.plain("Released and approved."),
        "o.un": words.plain("Taken back."),
        "o.rw": words.plain("The refund is withdrawn."),
        "o.db": words.plain("In review again."),
    }
    await ask.toast(first if yes and order.status is OrderStatus.REVIEW else texts[verb])
    await (go_on if yes else show_order)(ask, order_id)


@router.callback_query(Tap("o.rl"))
async def release_hold(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Release one hold; where something else ships than is asked for now, that is told and asked once more (the second
    tap says "sure", or "repack")."""
    order_id, revision, code = int(args[0]), int(args[1]), HoldCode(args[2])
    sure, repack = "sure" in args[3:], "repack" in args[3:]
    try:
        await ask.run(review.release_hold, ask.actor, order_id, revision, code, sure=sure, repack=repack)
    except ShipsAsItIs:
        await show_order(ask, order_id, view="as_it_is", code=code)
        return
    await ask.toast(ask.words.plain(N_("The warehouse is told to repack it.") if repack else N_("Hold released.")))
    await show_order(ask, int(args[0]))


WITH_REASON: Mapping[str, tuple[Decision, Mapping[str, str]]] = {
    "o.rjr": (review.reject, REJECT_REASONS),
    "o.dnr": (completing.complete, COMPLETE_REASONS),
    "o.rfy": (review.refund, REFUND_REASONS),
}


def _done(ask: Ask, verb: str) -> str:
    words = ask.words
    return {
        "o.rjr": words.plain("Rejected."),
        "o.dnr": words.plain("Done, without a parcel."),
        "o.rfy": words.plain("Refunded; the goods are being stopped."),
    }[verb]


@router.callback_query(Tap(*WITH_REASON))
async def with_reason(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """Reject or refund with one of the reasons at hand; "other" asks for it."""
    order_id, revision, key = int(args[0]), int(args[1]), args[2]
    command, reasons = WITH_REASON[verb]
    if key == "other":
        order = await ask.read(may_see, ask.actor, order_id)
        await ask.read(as_shown, order_id, revision)
        text = ask.words("Order {number}: answer this message with the reason.", number=order.number)
        await ask.reply(question(text, ask.words.plain("Reason"), verb, order_id, revision, *args[3:]))
        return
    await ask.run(command, ask.actor, order_id, revision, ask.words.plain(reasons[key]), *_more(verb, args[3:]))
    await ask.toast(_done(ask, verb))
    await go_on(ask, order_id)


@router.message(Answer(*WITH_REASON))
async def reason_told(message: Message, ask: Ask, verb: str, args: Args, answer: str) -> None:
    """The answer to "why?"."""
    command, _ = WITH_REASON[verb]
    await ask.run(command, ask.actor, int(args[0]), int(args[1]), answer[:200], *_more(verb, args[2:]))
    await ask.show_once(NoticeKind.ORDER, int(args[0]))


def _more(verb: str, told: Args) -> list[dict[int, int]] | list[int]:
    """The lines a refund's button carried, or the warehouse whose goods the buyer has, if it did."""
    return [int(one) for one in told[:1]] if verb == "o.dnr" else [read_lines(one) for one in told[:1]]


@router.callback_query(Tap("o.mk"))
async def match(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A product was chosen for a line; then the next line without one, if any."""
    order, later = await ask.run(corrections.match_sku, ask.actor, int(args[0]), int(args[1]), int(args[2]), args[3])
    await ask.toast(ask.words.label(_LATER, count=later) if later else ask.words.plain("Product matched."))
    left = any(line.sku is None for line in order.shippable)
    await show_order(ask, order.id, view="match" if left else "")


@router.callback_query(Tap("o.mq"))
async def ask_for_product(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """None of the proposals: let it be typed or scanned."""
    order = await ask.read(may_see, ask.actor, int(args[0]))
    text = ask.words(
        "Order {number}, line {line}: answer with the SKU or its barcode.", number=order.number, line=args[2]
    )
    await ask.reply(question(text, ask.words.plain("SKU or barcode"), "o.mq", *args))


@router.message(Answer("o.mq"))
async def product_told(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The product of a line, typed."""
    order, later = await ask.run(corrections.match_sku, ask.actor, int(args[0]), int(args[1]), int(args[2]), answer)
    if later:
        await ask.say(_LATER, count=later)
    await show_order(ask, order.id)


@router.callback_query(Tap("o.ad"))
async def ask_for_address(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The address as a form to copy and change."""
    order = await ask.read(may_see, ask.actor, int(args[0]))
    await ask.read(as_shown, order.id, int(args[1]))
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
    order = await ask.read(may_see, ask.actor, int(args[0]))
    receiver = address.changed(order.receiver, answer)
    await ask.run(corrections.edit_address, ask.actor, order.id, int(args[1]), receiver)
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


HOW_TO_REFUND = N_(
    "Write the order, then the reason: /refund {number} broken\nOnly line 2 of its goods: /refund {number} #2 broken\n"
    "Only 1 unit of line 2: /refund {number} #2x1 broken"
)


@router.message(Cmd("refund"))
async def refund(message: Message, ask: Ask, args: str) -> None:
    """/refund NUMBER REASON; with `#2` or `#2x1` before the reason only that line, or so many units of it."""
    require(ask.actor, Right.REFUND)
    number, _, reason = args.strip().partition(" ")
    if not number:
        await ask.say(HOW_TO_REFUND, number="1234")
        return
    order = await _one(ask, number)
    if order is None:
        return
    units, reason = split_lines(reason)
    if not reason or reason.startswith("#"):  # a line written wrong must not become the reason to refund everything
        await ask.say(HOW_TO_REFUND, number=number)
        return
    await ask.run(interception.typed, ask.actor, order.id, reason[:200], units)
    await ask.show_once(NoticeKind.ORDER, order.id)
