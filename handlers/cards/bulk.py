"""Bulk release on a card: what would be released together, read through; and what became of it.

Surprising: such a card is drawn for whoever asked and never drawn again by itself. A page that changed under the
thumb would have its new notes released unread. What people wrote stands in code type, where Telegram makes no
command, link or name of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from domain import bulk
from domain.bulk import Batch
from domain.desk import Desk
from domain.errors import Stale
from domain.holds import HoldCode
from domain.orders import Order
from domain.people import Actor, Chat
from domain.scope import ALL, Scope, fixed
from handlers.card import TEXT_LIMIT, Button, Card
from handlers.cards.digest import moment_code
from handlers.cards.evidence import seen_text, shop_name, veiled
from handlers.cards.orders import order_button
from handlers.cards.outcome import MOST_BUTTONS, reason_lines
from handlers.cards.rows import Row, in_twos
from handlers.cards.scopes import code_of, scope_name, scope_of
from handlers.taps import pack, short
from handlers.terms import hold_name
from handlers.viewer import Viewer, viewer_of
from handlers.words import Html, Words

OPEN = "b.o"
SHOWN = 10
NUMBERS_A_ROW = 5
SHOPS = 6
GOODS = 2
_IS_THE_TEXT = (HoldCode.MESSAGE, HoldCode.SELLER_NOTE)


def tap(scope: Scope) -> str:
    """The tap that opens the card of this part of the line."""
    return pack(OPEN, code_of(scope))


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
    return Card(f"{head}\n{words('Held for this reason alone:')}", in_twos(buttons))


def page_card(desk: Desk, chat: Chat, scope: Scope, size: int = 0, up_to: int | None = None) -> Card:
    """What would be released: as many orders, `size` at most, as stand whole on one card. Raises what
    `bulk.look` does."""
    viewer, scope = viewer_of(desk, chat), fixed(desk, scope)
    code = scope.code
    if viewer.actor is None or code is None:
        return reasons_card(desk, chat, scope)
    if never_together(desk, code):
        return _never(scope, code, viewer.words)
    size = size or bulk.size_of(desk.policy, code)
    while True:
        batch = bulk.look(desk, viewer.actor, scope, size, up_to)
        text = _page(desk, batch, scope, code, viewer)
        if len(text) <= TEXT_LIMIT or bulk.at_once(code):
            return Card(text, _page_rows(desk, batch, scope, code, size, viewer.words))
        if len(batch.orders) == 1:
            return _too_long(desk, batch, scope, viewer.words)
        size = max(1, min(size - 1, size * TEXT_LIMIT // len(text)))


def never_together(desk: Desk, code: HoldCode) -> bool:
    """Whether nobody releases orders of this reason together."""
    return code in bulk.ONE_BY_ONE or desk.policy.release_right(code) is None


def _never(scope: Scope, code: HoldCode, words: Words) -> Card:
    text = words("{hold}: each of these is decided by itself, never together.", hold=hold_name(code, words))
    return Card(text, ((_one_by_one(scope, words),),))


def _too_long(desk: Desk, batch: Batch, scope: Scope, words: Words) -> Card:
    """One order whose texts fill more than a card: nobody could have read them here."""
    (order,) = batch.orders
    text = words("{number}: too long to be read here. Take it out and open it.", number=order.number)
    return Card(text, (_out(batch, scope, 1, [Button(order.number, "")]), (_one_by_one(scope, words),)))


def _page(desk: Desk, batch: Batch, scope: Scope, code: HoldCode, viewer: Viewer) -> str:
    words = viewer.words
    if not batch.orders:
        text = words("🏁 Nothing more to release together: {name}", name=scope_name(desk, scope, words))
        return "\n\n".join([text, *_beside(batch, 0, words)])
    several = len({order.shop_id for order in batch.orders}) > 1
    shown = batch.orders[:SHOWN] if bulk.at_once(code) else batch.orders
    lines = [
        "\n".join([_head_line(desk, number, order, several, words), *_read(order, code, viewer)])
        for number, order in enumerate(shown, 1)
    ]
    if len(batch.orders) > len(shown):
        lines.append(words("… and {count} more", count=len(batch.orders) - len(shown)))
    blocks = [
        "\n".join(
            [words("<b>📑 Held only for: {name}</b>", name=scope_name(desk, scope, words)), *_sums(desk, batch, words)]
        ),
        "\n".join(lines),
        *_along(batch, words),
        *_beside(batch, len(batch.orders), words),
    ]
    if not bulk.at_once(code):
        blocks.append(words("A number takes that order out of this page and opens it."))
    return "\n\n".join(blocks)


def _head_line(desk: Desk, number: int, order: Order, several: bool, words: Words) -> str:
    text = words("<b>{number}.</b> {order}", number=number, order=order.number)
    text += f" · {words('{name}', name=words.money(_worth(order), order.currency))}"
    text += words(" · {goods}", goods=_goods(order, words))
    return text + (words(" · {shop}", shop=shop_name(desk.catalog, order.shop_id)) if several else "")


def _goods(order: Order, words: Words) -> str:
    """What ships, short: a note is read against it."""
    lines = order.shippable
    names = [f"{line.quantity} × {veiled(line.sku or line.known_as, True, 20)}" for line in lines[:GOODS]]
    return words.listed(names) + (f" +{len(lines) - GOODS}" if len(lines) > GOODS else "")


def _worth(order: Order) -> int:
    return order.paid or order.total


def _read(order: Order, code: HoldCode, viewer: Viewer) -> Iterator[str]:
    """All there is to read of one order: why it is held, and whole what buyer and seller wrote."""
    words = viewer.words
    if code not in _IS_THE_TEXT:
        for hold in order.holds:
            if hold.open:
                yield words("   {seen}", seen=Html(seen_text(hold, words, viewer.private)))
    if bulk.at_once(code):
        return
    for sign, text in (("💬", order.buyer_message), ("📝", order.seller_note)):
        whole = " ".join(text.split())
        if whole:
            told = veiled(whole, viewer.private, len(whole))
            yield words("   {sign} <code>{text}</code>", sign=sign, text=told)


def _sums(desk: Desk, batch: Batch, words: Words) -> list[str]:
    """How many for how much: in all, and by shop where there are several."""
    shops = sorted({order.shop_id for order in batch.orders})
    lines = [_sum_line(words.plain("In all"), batch.orders, words)] if len(shops) > 1 else []
    for shop in shops:
        mine = [order for order in batch.orders if order.shop_id == shop]
        lines.append(_sum_line(shop_name(desk.catalog, shop), mine, words))
    return lines


def _sum_line(name: str, orders: Sequence[Order], words: Words) -> str:
    sums: dict[str, int] = {}
    for order in orders:
        sums[order.currency] = sums.get(order.currency, 0) + _worth(order)
    amount = " + ".join(words.money(paid, currency) for currency, paid in sums.items())
    return words("{name}: {count} {count:order|orders} · {amount}", name=name, count=len(orders), amount=amount)


def _along(batch: Batch, words: Words) -> list[str]:
    """Clean orders that would travel with them."""
    if not batch.along:
        return []
    names = words.listed(order.number for order in batch.along[:SHOWN])
    names += "" if len(batch.along) <= SHOWN else " …"
    text = "🔗 {count} clean {count:order travels|orders travel} along and {count:is|are} approved with them: {names}"
    return [words(text, count=len(batch.along), names=names)]


def _beside(batch: Batch, done: int, words: Words) -> list[str]:
    """What else waits for this reason and why it is not among these."""
    rest = _rest(batch, done)
    lines = [words("• {reason}: {count}", reason=words.plain("wait for the next page"), count=rest)] if rest else []
    told = (
        (words.plain("held for other reasons too"), batch.others),
        (words.plain("above your limit, or two people must"), batch.over),
        (words.plain("in somebody's hands or put off"), batch.aside),
    )
    lines += [words("• {reason}: {count}", reason=reason, count=count) for reason, count in told if count]
    lines += reason_lines(batch.refused.values(), words)
    if not lines:
        return []
    return ["\n".join([words("{count} more of this reason stay held:", count=batch.waiting - done), *lines])]


def _rest(batch: Batch, done: int) -> int:
    """How many could still be among the next ones."""
    return batch.waiting - batch.others - batch.over - batch.aside - len(batch.refused) - done


def _page_rows(desk: Desk, batch: Batch, scope: Scope, code: HoldCode, size: int, words: Words) -> tuple[Row, ...]:
    if not batch.orders:
        return (
            *_left(desk, batch, words),
            *(((_one_by_one(scope, words),),) if batch.waiting else ()),
            _new_orders(words),
        )
    label = words("✅ Release and approve {count}", count=len(batch.orders) + len(batch.along))
    told = (short(batch.watermark), short(batch.checksum), short(size), code_of(scope))
    rows: list[Row] = [(Button(label, pack("b.r", *told), "success"),)]
    if not bulk.at_once(code):
        numbers = [Button(str(number), "") for number in range(1, len(batch.orders) + 1)]
        out = _out(batch, scope, size, numbers)
        rows += [out[at : at + NUMBERS_A_ROW] for at in range(0, len(out), NUMBERS_A_ROW)]
    rows += _by_shop(desk, batch, scope)
    return (*rows, (_one_by_one(scope, words),))


def _out(batch: Batch, scope: Scope, size: int, buttons: Sequence[Button]) -> Row:
    """The buttons, each taking its order out of the page."""
    told = (short(batch.watermark), short(size), code_of(scope))
    pairs = zip(buttons, batch.orders, strict=True)
    return tuple(replace(button, tap=pack("b.t", short(order.id), *told)) for button, order in pairs)


def _by_shop(desk: Desk, batch: Batch, scope: Scope) -> tuple[Row, ...]:
    shops = sorted({order.shop_id for order in batch.orders}) if not scope.shop else []
    if len(shops) < 2:
        return ()
    names = [(shop_name(desk.catalog, shop)[:24], replace(scope, shop=shop)) for shop in shops[:SHOPS]]
    return in_twos([Button(f"🔎 {name}", tap(one)) for name, one in names])


def _left(desk: Desk, batch: Batch, words: Words) -> tuple[Row, ...]:
    return tuple((order_button(desk, order, words),) for order in batch.left[:MOST_BUTTONS])


def _one_by_one(scope: Scope, words: Words) -> Button:
    return Button(words("✋ One by one"), pack("d.q", code_of(scope)))


def _new_orders(words: Words) -> Row:
    return (Button(words("📥 New orders"), pack("d.o", code_of(ALL))),)


def done_card(desk: Desk, batch: Batch, scope: Scope, words: Words) -> Card:
    """What a tap has released, what it left and why; the way on, and the way back as long as there is one."""
    blocks = [
        "\n".join(
            [
                words("<b>✅ Released and approved: {name}</b>", name=scope_name(desk, scope, words)),
                *_sums(desk, batch, words),
            ]
        )
    ]
    if len(batch.orders) <= SHOWN:
        blocks.append(words("{names}", names=words.listed(order.number for order in batch.orders)))
    blocks += [*_along(batch, words), *_beside(batch, len(batch.orders), words)]
    rows: list[Row] = []
    if rest := _rest(batch, len(batch.orders)):
        rows.append((Button(words("▶ Go on: {count}", count=rest), tap(scope)),))
    now = desk.orders.many([order.id for order in batch.left[:MOST_BUTTONS]])
    rows += [(order_button(desk, order, words),) for order in now.values()]
    if batch.waiting > len(batch.orders):
        rows.append((_one_by_one(scope, words),))
    moment = batch.orders[0].decided_at
    assert moment is not None
    facts = {"count": len(batch.orders) + len(batch.along), "seconds": desk.policy.undo_seconds}
    undo = Button(words("↩ Undo {count} ({seconds} s)", **facts), pack("b.u", moment_code(moment), code_of(scope)))
    return Card("\n\n".join(blocks), (*rows, (undo,)))


def undone_card(desk: Desk, count: int, scope: Scope, words: Words) -> Card:
    """All of it is back."""
    text = words("↩ Taken back: {count}. They are held again: {name}", count=count, name=scope_name(desk, scope, words))
    return Card(text, ((Button(words("📑 Read them again"), tap(scope)),),))


def release_shown(desk: Desk, actor: Actor, chat: Chat, args: Sequence[str]) -> tuple[Batch, Scope]:
    """Release what the card in this chat shows. `args` as its button carries them: watermark, check sum, size, scope.
    Raises Stale, also for an older version's button."""
    scope = scope_of(args[3]) if len(args) == 4 else None
    if scope is None:
        raise Stale("page", "changed")
    watermark, checksum, size = (int(told, 36) for told in args[:3])
    shown_to = None if chat.private else viewer_of(desk, chat).actor
    return bulk.release(desk, actor, bulk.Seen(scope, size, watermark, checksum), shown_to), scope
