"""Bulk release on a card: what would be released together, read through; and what became of it.

Surprising: such a card is drawn for whoever asked and never drawn again by itself. A page that changed under the
thumb would have its new notes released unread. What buyer and seller wrote stands whole in code type, apart from
what is ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from domain.desk import Desk
from domain.errors import Stale
from domain.orders.orders import Order
from domain.people.people import Actor, Chat
from domain.review import bulk
from domain.review.bulk import Batch
from domain.review.holds import Hold, HoldCode, open_codes
from domain.review.scope import ALL, Scope, fixed
from handlers.card import TEXT_LIMIT, Button, Card
from handlers.cards.desk.digest import moment_code, moment_of
from handlers.cards.desk.evidence import seen_text, shop_name, veiled
from handlers.cards.desk.orders import order_button
from handlers.cards.desk.outcome import MOST_BUTTONS, reason_lines
from handlers.cards.desk.scopes import code_of, scope_name, scope_of
from handlers.cards.rows import Row, in_twos
from handlers.taps import pack, short
from handlers.viewer import Viewer, viewer_of
from handlers.wording.terms import hold_name
from handlers.words import Html, Words

OPEN = "b.o"
SHOWN = 10
_ROOM = 200
"""Letters left free for what a page says of the orders beside it."""
NUMBERS_A_ROW = 5
SHOPS = 6
GOODS = 2
_IS_THE_TEXT = (HoldCode.MESSAGE, HoldCode.SELLER_NOTE)


def tap(scope: Scope, start: int = 0) -> str:
    """The tap that opens the card of this part of the line, from the place of the order `start` on."""
    return pack(OPEN, code_of(scope), *([short(start)] if start else []))


def reasons_card(desk: Desk, chat: Chat, scope: Scope) -> Card:
    """Which reason? As many buttons as there are reasons this person may release together."""
    viewer = viewer_of(desk, chat)
    words = viewer.words
    found = bulk.offered(desk, viewer.actor, scope) if viewer.actor else {}
    if not found:
        return Card(words("No held orders can be released together."), (_new_orders(words),))
    buttons = [
        Button(f"{hold_name(code, words)} {count}", tap(replace(scope, code=code)))
        for code, count in sorted(found.items(), key=lambda item: -item[1])
    ]
    head = words("<b>📑 Release held orders together</b>")
    if scope != ALL:
        head += "\n" + words("🔎 {name}", name=scope_name(desk, scope, words))
    return Card(f"{head}\n{words('Choose a reason:')}", in_twos(buttons))


def opened(desk: Desk, reader: Actor, chat: Chat, scope: Scope, start: int = 0) -> Card:
    """What can be released next, from the place of the order `start` on: reasons to choose from, a measure's orders,
    or a page, which is in the reader's hands from now on. Raises what the domain does."""
    viewer, scope = viewer_of(desk, chat), fixed(desk, scope)
    if viewer.actor is None or scope.code is None:
        return reasons_card(desk, chat, scope)
    if never_together(desk, scope.code):
        return _never(scope, scope.code, viewer.words)
    if bulk.at_once(scope.code):
        look = bulk.Whole(0, start)
        return _card(desk, bulk.whole(desk, viewer.actor, scope, look), scope, scope.code, viewer)
    size = bulk.PAGE
    while True:
        batch = bulk.to_read(desk, viewer.actor, scope, reader, size, start)
        text = _page(desk, batch, scope, scope.code, viewer)
        if len(text) <= TEXT_LIMIT - _ROOM or len(batch.orders) <= 1:
            break
        size, start = max(1, min(len(batch.orders) - 1, size * TEXT_LIMIT // len(text))), batch.first
    if batch.orders:
        bulk.take(desk, reader, batch)
        batch = bulk.page(desk, viewer.actor, scope, desk.now)
    return _card(desk, batch, scope, scope.code, viewer)


def shown_again(desk: Desk, chat: Chat, scope: Scope, mark: bulk.Mark) -> Card:
    """The same look as it is now; never more than it showed before."""
    viewer, code = viewer_of(desk, chat), scope.code
    if viewer.actor is None or code is None:
        return reasons_card(desk, chat, scope)
    if isinstance(mark, datetime):
        return _card(desk, bulk.page(desk, viewer.actor, scope, mark), scope, code, viewer)
    return _card(desk, bulk.whole(desk, viewer.actor, scope, mark), scope, code, viewer)


def _card(desk: Desk, batch: Batch, scope: Scope, code: HoldCode, viewer: Viewer) -> Card:
    text = _page(desk, batch, scope, code, viewer)
    if len(text) > TEXT_LIMIT and not bulk.at_once(code):
        return _too_long(batch, scope, viewer.words)
    return Card(text, _page_rows(desk, batch, scope, code, viewer.words))


def never_together(desk: Desk, code: HoldCode) -> bool:
    """Whether nobody releases orders of this reason together."""
    return code in bulk.ONE_BY_ONE or desk.policy.release_right(code) is None


def _never(scope: Scope, code: HoldCode, words: Words) -> Card:
    text = words("{hold}: these orders are decided one by one, never together.", hold=hold_name(code, words))
    return Card(text, ((_one_by_one(scope, words),),))


def _too_long(batch: Batch, scope: Scope, words: Words) -> Card:
    """Texts that fill more than a card: nobody could have read them here."""
    names = words.listed(order.number for order in batch.orders)
    text = words("{names}: too long to read here. Tap the number to take it out and open it.", names=names)
    return Card(text, (*_out(batch, scope), (_one_by_one(scope, words),)))


def _page(desk: Desk, batch: Batch, scope: Scope, code: HoldCode, viewer: Viewer) -> str:
    words = viewer.words
    if not batch.orders:
        return "\n\n".join([_nothing(batch, scope_name(desk, scope, words), words), *_beside(batch, words)])
    head = words("<b>📑 Held for: {name}</b>", name=scope_name(desk, scope, words))
    listed = _largest if bulk.at_once(code) else _whole_page
    blocks = [head + "\n" + listed(desk, batch, code, viewer), *_along(batch, words), *_beside(batch, words)]
    if not bulk.at_once(code):
        blocks.append(words("Tap a number to take that order out of this page and open it."))
    return "\n\n".join(blocks)


def _nothing(batch: Batch, name: str, words: Words) -> str:
    """That there is nothing to release here: whether that was all, and how many were looked at."""
    if batch.rest and batch.left:
        lines = [words("None of these can be released together: {name}", name=name)]
    elif batch.rest:
        lines = [words("Nothing is left on this page: {name}", name=name)]
    elif batch.ahead:
        lines = [words("🏁 End of the queue: {name}", name=name)]
    else:
        lines = [words("🏁 Nothing more to release: {name}", name=name)]
    if looked := len(batch.left):
        last, total = batch.ahead + looked, batch.ahead + looked + batch.rest
        facts = {"first": batch.ahead + 1, "last": last, "total": total}
        lines.append(words("Looked through {first}–{last} of {total}.", **facts))
    return "\n".join(lines)


def _whole_page(desk: Desk, batch: Batch, code: HoldCode, viewer: Viewer) -> str:
    """Every order of a page, under its shop."""
    words, lines, shop = viewer.words, _total(batch, viewer.words), 0
    for number, order in enumerate(_by_shop(batch), 1):
        if order.shop_id != shop:
            shop = order.shop_id
            lines += ["", _shop_sum(desk, batch, shop, words)]
        lines += [_head_line(number, order, words), *_read(order, code, viewer)]
    return "\n".join(lines)


def _largest(desk: Desk, batch: Batch, code: HoldCode, viewer: Viewer) -> str:
    """Of a whole the largest orders, as those are where a rule is most often right."""
    words = viewer.words
    shown = sorted(batch.orders, key=lambda order: (-order.amount, order.id))[:SHOWN]
    lines = [*_sums(desk, batch, words), ""]
    lines += [words("The largest:")] if len(batch.orders) > SHOWN else []
    for number, order in enumerate(shown, 1):
        lines += [_head_line(number, order, words), *_read(order, code, viewer)]
    if more := len(batch.orders) - len(shown):
        lines.append(words("… and {count} more {count:order|orders}", count=more))
    return "\n".join(lines)


def _by_shop(batch: Batch) -> list[Order]:
    """The orders of a page as they are numbered."""
    return sorted(batch.orders, key=lambda order: order.shop_id)


def _head_line(number: int, order: Order, words: Words) -> str:
    amount = words.money(order.amount, order.currency)
    return words("<b>{number}.</b> {order} · {amount}", number=number, order=order.number, amount=amount)


def _goods(order: Order, words: Words) -> str:
    """What ships, short: a note is read against it."""
    lines = order.shippable
    names = [f"{veiled(line.sku or line.known_as, True, 20)}×{line.quantity}" for line in lines[:GOODS]]
    return words.listed(names, len(lines) - GOODS)


def _read(order: Order, code: HoldCode, viewer: Viewer) -> Iterator[str]:
    """All there is to read of one order: why it is held, and whole what buyer and seller wrote beside what ships."""
    words, whole = viewer.words, bulk.at_once(code)
    if len(codes := open_codes(order.holds)) > 1:
        yield words("   ✋ {holds}", holds=words.listed(hold_name(one, words) for one in codes))
    for hold in order.holds:
        for line in seen_text(hold, words, viewer.private).split("\n") if hold.open and _has_more(hold) else ():
            yield words("   {seen}", seen=Html(line.strip()))
    texts = ((sign, " ".join(text.split())) for sign, text in (("💬", order.buyer_message), ("📝", order.seller_note)))
    said = [(sign, veiled(text, viewer.private, len(text))) for sign, text in texts if text]
    if not whole:
        parts = [words("{goods}", goods=_goods(order, words))]
        parts += [words("{sign} <code>{text}</code>", sign=sign, text=text) for sign, text in said]
        yield "   " + " ".join(parts)


def _has_more(hold: Hold) -> bool:
    """Whether its evidence says more than the texts of the order do."""
    return hold.code not in _IS_THE_TEXT


def _sums(desk: Desk, batch: Batch, words: Words) -> list[str]:
    """How many for how much: in all, and by shop where there are several."""
    shops = sorted({order.shop_id for order in batch.orders})
    return [*_total(batch, words), *(_shop_sum(desk, batch, shop, words) for shop in shops)]


def _total(batch: Batch, words: Words) -> list[str]:
    """Over the shops, where there are several."""
    several = len({order.shop_id for order in batch.orders}) > 1
    return [_sum_line(words.plain("In all"), batch.orders, words)] if several else []


def _shop_sum(desk: Desk, batch: Batch, shop: int, words: Words) -> str:
    mine = [order for order in batch.orders if order.shop_id == shop]
    return _sum_line(shop_name(desk.catalog, shop), mine, words)


def _sum_line(name: str, orders: Sequence[Order], words: Words) -> str:
    sums: dict[str, int] = {}
    for order in orders:
        sums[order.currency] = sums.get(order.currency, 0) + order.amount
    amount = " + ".join(words.money(paid, currency) for currency, paid in sums.items())
    return words("{name}: {count} {count:order|orders} · {amount}", name=name, count=len(orders), amount=amount)


def _along(batch: Batch, words: Words) -> list[str]:
    """Clean orders that would travel with them."""
    if not batch.along:
        return []
    names = words.listed(order.number for order in batch.along[:SHOWN])
    names += "" if len(batch.along) <= SHOWN else " …"
    text = (
        "🔗 {count} clean {count:order ships|orders ship} in the same parcels and {count:is|are} "
        "approved with them: {names}"
    )
    return [words(text, count=len(batch.along), names=names)]


def _beside(batch: Batch, words: Words) -> list[str]:
    """What else waits for this reason and why it is not among these."""
    told = (
        (words.plain("for the next page"), batch.rest),
        (words.plain("earlier in the queue: could not be released, or just in"), batch.ahead),
        (words.plain("also held for a reason that needs its own decision"), batch.others),
        (words.plain("above your limit, or two people needed"), batch.over),
        (words.plain("in hand, or put off"), batch.aside),
    )
    lines = [words("• {reason}: {count}", reason=reason, count=count) for reason, count in told if count]
    lines += reason_lines(batch.refused.values(), words)
    if not lines:
        return []
    head = words("{count} more {count:order stays|orders stay} held for this reason:", count=batch.held)
    return ["\n".join([head, *lines])]


def _mark(batch: Batch) -> str:
    if isinstance(batch.mark, datetime):
        return moment_code(batch.mark)
    return short(batch.mark.up_to) + (f".{short(batch.mark.start)}" if batch.mark.start else "")


def _look_of(text: str) -> bulk.Whole:
    return bulk.Whole(*(int(part, 36) for part in text.split(".")))


def _go_on(batch: Batch, scope: Scope, words: Words) -> list[Row]:
    """The way to what comes behind these; at the end of the line back to its front, if any stand there."""
    if batch.rest:
        return [(Button(words("▶ Go on: {count}", count=batch.rest), tap(scope, batch.onward)),)]
    return [(Button(words("⏮ From the start: {count}", count=batch.ahead), tap(scope)),)] if batch.ahead else []


def _page_rows(desk: Desk, batch: Batch, scope: Scope, code: HoldCode, words: Words) -> tuple[Row, ...]:
    if not batch.orders:
        single = [(_one_by_one(scope, words),)] if batch.held else []
        return (*_go_on(batch, scope, words), *_left(desk, batch, words), *single, _new_orders(words))
    label = words("✅ Release and approve {count}", count=len(batch.orders) + len(batch.along))
    yes = Button(label, pack("b.r", _mark(batch), short(batch.checksum), code_of(scope)), "success")
    rows: list[Row] = [(yes,), *(_out(batch, scope) if not bulk.at_once(code) else ())]
    return (*rows, *_shop_rows(desk, batch, scope), (_one_by_one(scope, words),))


def _out(batch: Batch, scope: Scope) -> tuple[Row, ...]:
    """A number for each order: it takes that one out of the page."""
    taps = (pack("b.t", short(order.id), _mark(batch), code_of(scope)) for order in _by_shop(batch))
    buttons = tuple(Button(str(number), one) for number, one in enumerate(taps, 1))
    return tuple(buttons[at : at + NUMBERS_A_ROW] for at in range(0, len(buttons), NUMBERS_A_ROW))


def _shop_rows(desk: Desk, batch: Batch, scope: Scope) -> tuple[Row, ...]:
    shops = sorted({order.shop_id for order in batch.orders}) if not scope.shop else []
    if len(shops) < 2:
        return ()
    names = [(shop_name(desk.catalog, shop)[:24], replace(scope, shop=shop)) for shop in shops[:SHOPS]]
    return in_twos([Button(f"🔎 {name}", tap(one)) for name, one in names])


def _left(desk: Desk, batch: Batch, words: Words) -> tuple[Row, ...]:
    """What was looked at and does not fit, to be opened."""
    now = desk.orders.many([order.id for order in batch.left[:MOST_BUTTONS]])
    return tuple((order_button(desk, order, words),) for order in now.values())


def _one_by_one(scope: Scope, words: Words) -> Button:
    return Button(words("✋ One by one"), pack("d.q", code_of(scope)))


def _new_orders(words: Words) -> Row:
    return (Button(words("📥 New orders"), pack("d.o", code_of(ALL))),)


def done_card(desk: Desk, batch: Batch, scope: Scope, words: Words) -> Card:
    """What a tap has released, what it left and why; the way on, and the way back as long as there is one."""
    head = words("<b>✅ Released and approved: {name}</b>", name=scope_name(desk, scope, words))
    blocks = ["\n".join([head, *_sums(desk, batch, words)])]
    if len(batch.orders) <= SHOWN:
        blocks.append(words("{names}", names=words.listed(order.number for order in batch.orders)))
    blocks += [*_along(batch, words), *_beside(batch, words)]
    rows = [*_go_on(batch, scope, words), *_left(desk, batch, words)]
    rows += [(_one_by_one(scope, words),)] if batch.held else []
    moment = batch.orders[0].decided_at
    assert moment is not None
    facts = {"count": len(batch.orders) + len(batch.along), "seconds": desk.policy.undo_seconds}
    undo = Button(words("↩ Undo {count} ({seconds} s)", **facts), pack("b.u", moment_code(moment), code_of(scope)))
    return Card("\n\n".join(blocks), (*rows, (undo,)))


def undone_card(desk: Desk, count: int, scope: Scope, words: Words) -> Card:
    """All of it is back."""
    name = scope_name(desk, scope, words)
    text = words("↩ Taken back: {count} {count:order|orders}, held again: {name}", count=count, name=name)
    return Card(text, ((Button(words("📑 Read them again"), tap(scope)),),))


def told(args: Sequence[str]) -> tuple[Scope, bulk.Mark]:
    """The scope and the look a tap ends in. Raises Stale for an older version's button."""
    scope = scope_of(args[-1])
    if scope is None or scope.code is None:
        raise Stale("page", "changed")
    return scope, _look_of(args[0]) if bulk.at_once(scope.code) else moment_of(args[0])


def release_shown(desk: Desk, actor: Actor, chat: Chat, args: Sequence[str]) -> Batch:
    """Release what the card in this chat shows. `args` as its button carries them: look, check sum, scope."""
    scope, mark = told(args)
    shown_to = None if chat.private else viewer_of(desk, chat).actor
    return bulk.release(desk, actor, bulk.Seen(scope, mark, int(args[1], 36)), shown_to)
