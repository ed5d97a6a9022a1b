"""New orders at a glance: how many are clean, how many are held and why, and one button for the clean ones.

Surprising: the button names a watermark and a check sum of the list that was shown. If one of those orders changed
meanwhile, nothing is approved; orders that came later are simply not meant.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from domain import review
from domain.deadlines import dispatch_deadline
from domain.desk import Desk
from domain.orders import Order
from domain.people import Actor, Chat, Right
from domain.records import Event, NoticeKind
from handlers.card import Button, Card
from handlers.cards.evidence import shop_name
from handlers.draw import drawing
from handlers.taps import pack
from handlers.terms import hold_name
from handlers.viewer import Viewer, viewer_of
from handlers.words import Words

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
SHOWN_BATCHES = 3


def moment_code(moment: datetime) -> str:
    """A moment, to the microsecond, in base 36: short enough for a tap."""
    number, text = (moment - _EPOCH) // _MICRO, ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def moment_of(code: str) -> datetime:
    """Back from `moment_code`. Raises ValueError."""
    return _EPOCH + int(code, 36) * _MICRO


@drawing(NoticeKind.DIGEST)
def digest_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """What waits for review, in the viewer's shops."""
    if viewer.actor is None:
        return None
    words, shops = viewer.words, viewer.actor.shops
    counts = desk.orders.review_counts(shops)
    clean = sum(count for count, _ in counts.values())
    held = sum(count for _, count in counts.values())
    head = words("<b>📥 {all} new: {clean} clean, {held} held</b>", all=clean + held, clean=clean, held=held)
    if not counts:
        head = words("<b>📥 No new orders: everything is decided</b>")
    waiting = _waiting(desk, shops)
    blocks = [
        [head],
        [_shop_line(desk, shop, *count, waiting, words) for shop, count in counts.items()],
        _hold_lines(desk, shops, words),
        _deadline(desk, waiting, words),
        [_batch_line(event, words) for event in _batches(desk)],
    ]
    return Card("\n\n".join("\n".join(block) for block in blocks if block), _rows(desk, viewer, viewer.actor, held))


def _waiting(desk: Desk, shops: frozenset[int] | None) -> list[Order]:
    """The orders in review; of very many, the oldest."""
    found = desk.orders.in_review(shops=shops, held=None, limit=desk.policy.batch_limit)
    return list(desk.orders.many([order_id for order_id, _ in found]).values())


def _shop_line(desk: Desk, shop: int, clean: int, held: int, waiting: Sequence[Order], words: Words) -> str:
    currency = desk.catalog.shops[shop].currency
    paid = sum(order.paid for order in waiting if order.shop_id == shop and order.currency == currency)
    facts = {"clean": clean, "held": held, "amount": words.money(paid, currency)}
    return words("{shop}: {clean} clean, {held} held · {amount}", shop=shop_name(desk.catalog, shop), **facts)


def _hold_lines(desk: Desk, shops: frozenset[int] | None, words: Words) -> list[str]:
    counts = desk.orders.open_hold_counts(shops)
    if not counts:
        return []
    names = ", ".join(f"{hold_name(code, words)} {count}" for code, count in counts.items())
    return [words("✋ Held for: {names}", names=names)]


def _deadline(desk: Desk, waiting: Sequence[Order], words: Words) -> list[str]:
    """When the first of the paid orders must have left."""
    ends = [end for order in waiting if (end := dispatch_deadline(order, desk.policy)) is not None]
    if not ends:
        return []
    due = min(ends)
    if due <= desk.now:
        return [words("⏰ The oldest should have left at {at}", at=words.when(due))]
    return [words("⏳ The oldest must leave by {at}", at=words.when(due))]


def _batches(desk: Desk) -> list[Event]:
    """The last approvals of the last hours, newest first."""
    since = desk.now - timedelta(hours=12)
    return [event for event in desk.history("digest", 0, SHOWN_BATCHES) if event.at >= since]


def _batch_line(event: Event, words: Words) -> str:
    facts = {"at": words.clock(event.at), "who": event.actor, "count": event.data.get("orders", "")}
    if event.verb == "undone_many":
        return words("↩ {at} {who} took {count} back", **facts)
    return words("✅ {at} {who} approved {count}", **facts)


def _rows(desk: Desk, viewer: Viewer, actor: Actor, held: int) -> tuple[tuple[Button, ...], ...]:
    if not viewer.offers(Right.APPROVE):
        return ()
    words = viewer.words
    ids, watermark, checksum = review.clean_list(desk, actor)
    rows: list[tuple[Button, ...]] = []
    if ids:
        label = words("✅ Approve {count} clean", count=len(ids))
        rows.append((Button(label, pack("d.ac", watermark, checksum), "success"),))
    if held:
        rows.append((Button(words("✋ See {count} held", count=held), pack("d.q")),))
    rows += [(undo,) for undo in _undos(desk, viewer, actor)]
    return tuple(rows)


def _undos(desk: Desk, viewer: Viewer, actor: Actor) -> list[Button]:
    """While a batch can be taken back: its undo, for whoever approved it."""
    window = timedelta(seconds=desk.policy.undo_seconds)
    undone = [event.at for event in _batches(desk) if event.verb == "undone_many"]
    return [
        Button(
            viewer.words("↩ Undo {count} ({seconds} s)", count=event.data["orders"], seconds=desk.policy.undo_seconds),
            pack("d.un", moment_code(event.at)),
        )
        for event in _batches(desk)
        if event.verb == "approved_many"
        and desk.now < event.at + window
        and not any(at > event.at for at in undone)
        and (not viewer.private or event.actor == actor.name)
    ]


def approve_shown(desk: Desk, actor: Actor, chat: Chat, watermark: int, checksum: int) -> review.Approvals:
    """Approve what the card in this chat shows: a group's card is drawn for the group's scope, not the person's."""
    return review.approve_clean(desk, actor, watermark, checksum, None if chat.private else viewer_of(desk, chat).actor)
