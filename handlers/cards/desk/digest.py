"""New orders at a glance: how many are clean, how many are held and why, and one button for the clean ones.

Surprising: the button names a watermark and a check sum of the list that was shown. If one of those orders changed
meanwhile, nothing is approved; orders that came later are simply not meant.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.desk import Desk
from domain.errors import Stale
from domain.orders.deadlines import MISSED
from domain.people.people import Actor, Chat, Right
from domain.records import Event, NoticeKind
from domain.review import approval, bulk, queue, review
from domain.review.holds import HoldCode
from domain.review.scope import ALL, Amount, Hand, Scope, fixed, sieve_of
from handlers.card import Button, Card
from handlers.cards.desk.evidence import shop_name
from handlers.cards.desk.filters import chips, choices
from handlers.cards.desk.scopes import code_of, scope_name, scope_of
from handlers.cards.rows import Row, in_twos
from handlers.draw import drawing
from handlers.taps import pack, short
from handlers.viewer import Viewer, viewer_of
from handlers.wording.terms import N_, hold_name
from handlers.words import Words

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
SET = "d.f"
SHOWN_BATCHES = 3
SHOWN_GROUPS = 6


def moment_code(moment: datetime) -> str:
    """A moment, to the microsecond, in base 36: short enough for a tap."""
    return short((moment - _EPOCH) // _MICRO)


def moment_of(code: str) -> datetime:
    """Back from `moment_code`. Raises ValueError."""
    return _EPOCH + int(code, 36) * _MICRO


@drawing(NoticeKind.DIGEST)
def digest_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """What waits for review, in the viewer's shops. `data`: `filter` = the part of it, `view` = its filters."""
    if viewer.actor is None:
        return None
    scope = scope_of(data.get("filter") or "a") or ALL
    words, groups = viewer.words, queue.digest(desk, viewer.actor, scope)
    codes = desk.hands.codes(sieve_of(desk, viewer.actor, scope))
    facts = {"all": groups.count, "clean": groups.count - groups.held, "held": groups.held}
    head = words("<b>📥 {all} new: {clean} clean, {held} held</b>", **facts)
    if not groups.count:
        head = words("<b>📥 No new orders: everything is decided</b>")
        head = head if scope == ALL else words("<b>📥 None of these waits</b>")
    on = [words("🔎 {name}", name=scope_name(desk, scope, words))] if scope != ALL else []
    blocks = [
        [head, *on],
        [_shop_line(desk, shop, groups, words) for shop in groups.shops],
        _hold_lines(codes, words),
        [*_deadlines(desk, groups, words), *_aside(groups, words)],
        [_batch_line(event, words) for event in _batches(desk)],
    ]
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    if data.get("view") == "filters":
        back = (Button(words("◀ Back"), pack(SET, code_of(scope))),)
        return Card(text, (*chips(desk, scope, words, SET), *choices(desk, scope, viewer, SET), back))
    return Card(text, _rows(desk, viewer, viewer.actor, scope, groups, codes))


def _shop_line(desk: Desk, shop: int, groups: queue.Digest, words: Words) -> str:
    clean, held = groups.shops[shop]
    own = desk.catalog.shops[shop].currency
    sums = {currency: paid for (of, currency), paid in groups.paid.items() if of == shop and paid} or {own: 0}
    each = sorted(sums.items(), key=lambda item: (item[0] != own, item[0]))
    amount = " + ".join(words.money(paid, currency) for currency, paid in each)
    facts = {"clean": clean, "held": held, "amount": amount}
    return words("{shop}: {clean} clean, {held} held · {amount}", shop=shop_name(desk.catalog, shop), **facts)


def _hold_lines(codes: Mapping[HoldCode, int], words: Words) -> list[str]:
    if not codes:
        return []
    most = sorted(codes.items(), key=lambda item: -item[1])
    names = words.listed(f"{hold_name(code, words)} {count}" for code, count in most)
    return [words("✋ Held for: {names}", names=names)]


def _deadlines(desk: Desk, groups: queue.Digest, words: Words) -> list[str]:
    """When the first of the paid orders must have left, and how many are how close to it."""
    due = groups.first_due
    if due is None:
        return []
    text = words("⏳ The oldest must leave by {at}", at=words.when(due))
    if due <= desk.now:
        text = words("⏰ The oldest should have left at {at}", at=words.when(due))
    near = [(name, count) for name, count in groups.due.items() if name != queue.LATER]
    parts = [
        words("missed: {count}", count=count)
        if name == MISSED
        else words("within {hours} h: {count}", hours=name, count=count)
        for name, count in near
    ]
    parts += [words("later: {count}", count=groups.due[queue.LATER])] if near and queue.LATER in groups.due else []
    return [text, *([words("🕑 To leave: {parts}", parts=" · ".join(parts))] if parts else [])]


def _aside(groups: queue.Digest, words: Words) -> list[str]:
    """What somebody has in hand or has put off: the buttons pass it over."""
    parts = [words("👀 in hand {count}", count=groups.taken)] if groups.taken else []
    parts += [words("💤 put off {count}", count=groups.snoozed)] if groups.snoozed else []
    return [" · ".join(parts)] if parts else []


def _batches(desk: Desk) -> list[Event]:
    """The last approvals of the last hours, newest first."""
    since = desk.now - timedelta(hours=12)
    return [event for event in desk.history("digest", 0, SHOWN_BATCHES) if event.at >= since]


def _batch_line(event: Event, words: Words) -> str:
    facts = {"at": words.clock(event.at), "who": event.actor, "count": event.data.get("orders", "")}
    if event.verb == "undone_many":
        return words("↩ {at} {who} took {count} back", **facts)
    return words("✅ {at} {who} approved {count}", **facts)


def _rows(
    desk: Desk,
    viewer: Viewer,
    actor: Actor,
    scope: Scope,
    groups: queue.Digest,
    codes: Mapping[HoldCode, int],
) -> tuple[Row, ...]:
    if not viewer.offers(Right.APPROVE):
        return ()
    words = viewer.words
    rows = _approvals(desk, viewer, actor, scope, groups) + _walks(desk, viewer, actor, scope, groups)
    if len(codes) > 1:
        most = sorted(codes.items(), key=lambda item: -item[1])[:SHOWN_GROUPS]
        rows += in_twos([_walk(f"{hold_name(code, words)} {n}", replace(scope, code=code)) for code, n in most])
    rows += _together(desk, viewer, actor, scope, codes)
    rows += chips(desk, scope, words, SET)
    if groups.count > 1 or scope != ALL:
        rows.append((Button(words("🔎 Filter"), pack("d.fv", code_of(scope))),))
    rows += [(undo,) for undo in _undos(desk, viewer, actor)]  # last: where no second tap of a batch can hit it
    return tuple(rows)


def _batch(desk: Desk, label: str, found: queue.Clean, scope: Scope) -> Button:
    return Button(label, pack("d.ac", found.watermark, found.checksum, code_of(fixed(desk, scope))), "success")


def _approvals(desk: Desk, viewer: Viewer, actor: Actor, scope: Scope, groups: queue.Digest) -> list[Row]:
    """The batches: all that is shown, the urgent ones where they are not all, and each of several shops."""
    words, clean = viewer.words, queue.clean(desk, actor, scope)
    if not clean.ids:
        return []
    rows: list[Row] = [(_batch(desk, words("✅ Approve {count} clean", count=len(clean.ids)), clean, scope),)]
    soon = replace(scope, hours=desk.policy.urgent_hours)
    urgent = queue.clean(desk, actor, soon)
    if 0 < len(urgent.ids) < len(clean.ids):
        facts = {"count": len(urgent.ids), "hours": desk.policy.urgent_hours}
        rows.append((_batch(desk, words("⏰ Approve {count} due within {hours} h", **facts), urgent, soon),))
    return [*rows, *_of_shops(desk, actor, scope, groups, words)]


def _of_shops(desk: Desk, actor: Actor, scope: Scope, groups: queue.Digest, words: Words) -> list[Row]:
    with_clean = [shop for shop, (count, _) in groups.shops.items() if count]
    if len(with_clean) < 2:
        return []
    scopes = [replace(scope, shop=shop) for shop in with_clean[:SHOWN_GROUPS]]
    some = [(one, queue.clean(desk, actor, one)) for one in scopes]
    label = N_("✅ {count} of {shop}")
    return [
        (_batch(desk, words.label(label, count=len(found.ids), shop=_short(desk, one.shop)), found, one),)
        for one, found in some
        if found.ids
    ]


def _short(desk: Desk, shop: int) -> str:
    return shop_name(desk.catalog, shop)[:24]


def _walk(label: str, scope: Scope) -> Button:
    return Button(label, pack("d.q", code_of(scope)))


def _walks(desk: Desk, viewer: Viewer, actor: Actor, scope: Scope, groups: queue.Digest) -> list[Row]:
    """The ways into the queue: all held, what is urgent, what is above a limit, and each of several shops."""
    words, held = viewer.words, {shop: count for shop, (_, count) in groups.shops.items() if count}
    holds = replace(scope, held=True)
    rows: list[Row] = [(_walk(words("✋ See {count} held", count=groups.held), holds),)] if held else []
    ways = (
        (N_("⏰ {count} urgent"), replace(scope, hours=desk.policy.urgent_hours)),
        (N_("🔐 {count} above the limit"), replace(scope, held=False, amount=Amount.OVER)),
        (N_("🙋 {count} mine"), replace(scope, hand=Hand.MINE)),
        (N_("💤 {count} put off"), replace(scope, hand=Hand.SNOOZED)),
    )
    counted = [(label, way, queue.count(desk, actor, way)) for label, way in ways if way != scope]
    more = [_walk(words.label(label, count=count), way) for label, way, count in counted if count]
    shops = list(held.items())[:SHOWN_GROUPS] if len(held) > 1 else []
    more += [_walk(f"✋ {shop_name(desk.catalog, one)[:20]} {n}", replace(holds, shop=one)) for one, n in shops]
    return [*rows, *in_twos(more)]


def _together(desk: Desk, viewer: Viewer, actor: Actor, scope: Scope, codes: Mapping[HoldCode, int]) -> list[Row]:
    """The way to release those of one reason together, where some reason has several."""
    narrow = bulk.narrowed(scope)
    several = any(count > 1 and bulk.in_bulk(desk.policy, actor, code) for code, count in codes.items())
    if narrow is None or not several:
        return []
    return [(Button(viewer.words("📑 Release together…"), pack("b.o", code_of(narrow))),)]


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


def approve_shown(desk: Desk, actor: Actor, chat: Chat, args: tuple[str, ...]) -> approval.Approvals:
    """Approve what the card in this chat shows: a group's card is drawn for the group's scope, not the person's.

    `args` as the button carries them: watermark, check sum, scope. Raises Stale, also for an older version's button.
    """
    watermark, checksum, code = (*args, "", "", "")[:3]
    scope = scope_of(code)
    if scope is None or not (watermark.isdecimal() and checksum.isdecimal()):
        raise Stale("digest", "changed")
    shown_to = None if chat.private else viewer_of(desk, chat).actor
    return review.approve_clean(desk, actor, int(watermark), int(checksum), shown_to, scope)
