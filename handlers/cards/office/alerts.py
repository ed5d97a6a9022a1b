"""An alert: what did not happen, how much of it, whose it is, and who is told next. And the list of all of them.

Surprising: the numbers are those of the clock's last round, half a minute old at most; who has it and what can be
done is as it is now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.floor.parcels import Parcel, Stop
from domain.people.people import WAREHOUSE_ROLES, Right, Role
from domain.records import Alert, AlertKind, NoticeKind
from domain.review.holds import HoldCode
from domain.review.scope import ALL, HELD
from domain.watch import watch
from domain.watch.worries import OF_ACCOUNT, OF_STOCK_DOC, OF_WAREHOUSE, chain, place
from handlers.card import Button, Card
from handlers.cards.desk.orders import age, order_button
from handlers.cards.desk.scopes import code_of
from handlers.cards.floor.numbers import account_place, numbers_row, stuck_buttons
from handlers.cards.floor.stock_room import KINDS as DOCS
from handlers.cards.floor.stop_board import stop_buttons, stop_line, waiting_for
from handlers.cards.office.alert_facts import FACTS, KINDS, SHORT, way_of
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, role_name
from handlers.words import Html, Words

SHOWN, LISTED, IN_LIST = 3, 8, 10
EXACT_MINUTES = 600
_BY_PAYMENT = (AlertKind.DISPATCH_LATE, AlertKind.DISPATCH_NEAR)
_BY_ROLE = (AlertKind.HOLD_LATE, AlertKind.STOCK_LEFT)


@drawing(NoticeKind.ALERT)
def alert_card(desk: Desk, alert_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """An open worry, or how it ended. `data['view']` = 'list' shows more of the first records as buttons."""
    if viewer.actor is None:
        return None
    alert, words = desk.alerts.get(alert_id), viewer.words
    if alert.closed_at:
        what = words.plain(KINDS[alert.kind])
        if alert.kind is AlertKind.SUSPENDED:
            what = words.label("{what}: {way}", what=what, way=way_of(desk, alert, words))
        facts = {"what": what, "place": place_name(desk, alert)}
        return Card(words("<b>✅ Settled: {what}</b> · {place}", **facts))
    lines = [head(desk, alert, words), *FACTS[alert.kind](desk, alert, words), *_since(desk, alert, words)]
    lines += _whose(desk, alert, words)
    most = LISTED if data.get("view") == "list" else SHOWN
    first, *rest = _rows(desk, alert, words, most)
    records = _records(desk, alert, viewer, most)
    return Card("\n".join(lines), (first, *_way(desk, alert, viewer), *records, *rest))


def place_name(desk: Desk, alert: Alert) -> str:
    """The shop, warehouse or e-waybill account it is about, or the company."""
    if alert.kind in OF_ACCOUNT:
        return account_place(desk, alert)
    shop, warehouse = place(alert)
    found = desk.catalog.shops.get(shop or 0) or desk.catalog.warehouses.get(warehouse or 0) or desk.catalog.company
    return found.name or "-"


def title(desk: Desk, alert: Alert, words: Words) -> str:
    """What and how much in one plain line, not yet escaped: for heads, lists and buttons."""
    if alert.kind is AlertKind.ORDER_GAP:
        silent = int((desk.now - (alert.oldest_at or desk.now)).total_seconds()) // 60
        normal = int(alert.facts.get("normal", "0"))
        facts = {"silent": _span(silent, words), "normal": _span(normal, words)}
        return words.label("No order for {silent}, the usual gap is {normal}", **facts)
    what = words.plain(KINDS[alert.kind])
    if alert.kind in _BY_ROLE and alert.part:
        what = words.label(N_("{what} ({role})"), what=what, role=role_name(alert.part, words))
    if alert.kind is AlertKind.NUMBERS_LOW:
        return words.label("Waybill numbers are running low: {count} left", count=f"{alert.count:,}")
    if alert.kind is AlertKind.SUSPENDED:
        text = N_("Suspended: {way}, {count} {count:order|orders}")
        return words.label(text, way=way_of(desk, alert, words), count=alert.count)
    if alert.kind is AlertKind.FEED_STALE:
        return what  # of one shop, which stands beside it
    return words.label("{what}: {count}", what=what, count=alert.count)


def _span(minutes: int, words: Words) -> str:
    """Minutes to the minute as far as anybody thinks in them."""
    return words.label("{count} min", count=minutes) if minutes < EXACT_MINUTES else age(minutes, words)


def head(desk: Desk, alert: Alert, words: Words) -> str:
    """The first line: what a notification shows."""
    return words("<b>⏰ {what}</b> · {place}", what=title(desk, alert, words), place=place_name(desk, alert))


def _since(desk: Desk, alert: Alert, words: Words) -> list[str]:
    """Since when it is open, and the record that waits longest: a card is read long after it was drawn."""
    at, name = words.when(alert.opened_at), _name(desk, alert)
    if not name:
        return [words("Open since {at}", at=at)]
    text = N_("{name}, paid {at}") if alert.kind in _BY_PAYMENT else N_("{name} since {at}")
    oldest = words(text, name=name, at=words.when(alert.oldest_at))
    return [words("Open since {at} · oldest: {oldest}", at=at, oldest=Html(oldest))]


def _name(desk: Desk, alert: Alert) -> str:
    first = alert.first[:1]
    if alert.kind is AlertKind.VOID_FAILED:
        return next((row.number for row in desk.waybills.many(first).values()), "")
    if alert.kind in OF_WAREHOUSE:
        return next((parcel.number for parcel in desk.parcels.many(first).values()), "")
    if alert.kind in OF_STOCK_DOC:
        return next((desk.stock_docs.get(one).number for one in first), "")
    if alert.kind is AlertKind.RETURN_UNLINKED:
        return next((desk.returns.get(one).waybill for one in first), "")
    return next((order.number for order in desk.orders.many(first).values()), "")


def _roles(roles: frozenset[Role], words: Words) -> str:
    return words.listed(role_name(role, words) for role in sorted(roles))


def _whose(desk: Desk, alert: Alert, words: Words) -> list[str]:
    """Who has it, and who is next and when."""
    at, after = words.when(alert.next_at), _roles(watch.next_owners(alert), words)
    if alert.reason:
        return [words("🆗 {who}: not a problem, {reason}. Asked again at {at}.", **_by(alert), at=at)]
    if alert.snoozed_until:
        return [words("💤 Snoozed by {who}: the same people are asked again at {at}.", **_by(alert), at=at)]
    if alert.taken_by:
        return [
            words("🙋 {who} is on it. Not settled by {at}: it goes to {next}.", who=alert.taken_by, at=at, next=after)
        ]
    last = len(chain(alert.kind, alert.part))
    facts = {"level": min(alert.level + 1, last), "owner": _roles(watch.owners(alert), words)}
    if alert.told_at and alert.told_at > desk.now:
        told = words("Level {level}: {owner} will hear of it at {at}.", at=words.when(alert.told_at), **facts)
    else:
        told = words("Level {level}: told {owner}.", **facts)
    text = N_("Nobody on it by {at}: it goes to {next}.")
    if alert.level + 1 >= last:
        text = N_("Nobody on it by {at}: {next} is reminded again.")
    return [told, words(text, at=at, next=after)]


def _by(alert: Alert) -> dict[str, str]:
    return {"who": alert.taken_by or "-", "reason": alert.reason}


def _rows(desk: Desk, alert: Alert, words: Words, most: int) -> tuple[tuple[Button, ...], ...]:
    key = (alert.id, alert.turn)
    label = words("🙋 Take it over") if alert.taken_by else words("🙋 Taking it")
    first = [Button(label, pack("w.t", *key), "primary")]
    if len(alert.first) > most:
        first.append(Button(words("📋 List"), pack("w.l", alert.id)))
    naps = [
        Button(words.label("💤 {span}", span=age(minutes, words)), pack("w.s", *key, minutes))
        for minutes in desk.policy.alerts.snooze_minutes
    ]
    last = [Button(words("🆗 Not a problem…"), pack("w.m", *key))] if alert.kind in watch.MUTABLE else []
    last.append(Button(words("◀ All alerts"), pack("w.a")))
    return (tuple(first), (*naps, Button(words("💤 morning"), pack("w.s", *key, 0))), tuple(last))


def _way(desk: Desk, alert: Alert, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    """Where all of them are decided, not only the first few."""
    words, shop = viewer.words, place(alert)[0]
    if alert.kind is AlertKind.NUMBERS_LOW:
        return tuple(numbers_row(viewer))
    if not viewer.offers(Right.APPROVE, shop=shop):
        return ()
    if alert.kind is AlertKind.APPROVAL_LATE:
        return ((Button(words("📥 New orders"), pack("d.o", code_of(replace(ALL, shop=shop or 0)))),),)
    hours = desk.policy.alerts.near_hours
    ways = {
        AlertKind.HOLD_LATE: (words("✋ Held orders"), HELD),
        AlertKind.SHORTAGE: (words("✋ Held orders"), replace(HELD, code=HoldCode.OUT_OF_STOCK)),
        AlertKind.SUSPENDED: (words("✋ Held orders"), replace(HELD, code=HoldCode.COURIER_SUSPENDED)),
        AlertKind.DISPATCH_LATE: (words("⏳ Those in review"), replace(ALL, hours=0)),
        AlertKind.DISPATCH_NEAR: (words("⏳ Those in review"), replace(ALL, hours=max(hours))),
    }
    if alert.kind not in ways:
        return ()
    label, scope = ways[alert.kind]
    return ((Button(label, pack("d.q", code_of(replace(scope, shop=shop or 0)))),),)


def _records(desk: Desk, alert: Alert, viewer: Viewer, most: int) -> tuple[tuple[Button, ...], ...]:
    """The first records, each a button to its order, return or stock document; of numbers what can be done."""
    first, words = alert.first[:most], viewer.words
    if alert.kind is AlertKind.VOID_FAILED:
        return stuck_buttons(desk, alert, viewer, most)
    if alert.kind in OF_STOCK_DOC:
        docs = [desk.stock_docs.get(doc_id) for doc_id in first]
        return tuple((Button(words.label(DOCS[doc.kind], number=doc.number), pack("w.k", doc.id)),) for doc in docs)
    if alert.kind is AlertKind.RETURN_UNLINKED:
        parcels = [desk.returns.get(return_id) for return_id in first]
        return tuple((Button(parcel.waybill, pack("w.r", parcel.id)),) for parcel in parcels)
    if alert.kind in OF_WAREHOUSE:
        boxes = desk.parcels.many(first)
        first = tuple(boxes[one].order_ids[0] for one in first if one in boxes and boxes[one].order_ids)
    orders = desk.orders.many(first)
    several = place(alert)[0] is None
    shown = [orders[one] for one in dict.fromkeys(first) if one in orders]
    return tuple((order_button(desk, order, words, shops=several),) for order in shown)


def mine(desk: Desk, viewer: Viewer) -> list[Alert]:
    """The open alerts that are the viewer's business; the warehouse's group stands for all its roles."""
    actor = viewer.actor
    if actor is None:
        return []
    shared = not viewer.private and bool(actor.roles & WAREHOUSE_ROLES)
    roles = actor.roles | WAREHOUSE_ROLES if shared else actor.roles
    return [alert for alert in desk.alerts.open() if watch.concerns(alert, roles, actor)]


def alert_line(desk: Desk, alert: Alert, words: Words) -> str:
    """One alert in a list, and whose it is now."""
    minutes = int((desk.now - alert.opened_at).total_seconds()) // 60
    facts = {"what": title(desk, alert, words), "place": place_name(desk, alert), "age": age(minutes, words)}
    line = words("• {what} · {place} · open for {age}", **facts)
    if alert.snoozed_until:
        return line + " · " + words("💤 {who} until {at}", who=alert.taken_by or "-", at=words.when(alert.next_at))
    if alert.taken_by:
        return line + " · " + words("🙋 {who}", who=alert.taken_by)
    owner, heard = _roles(watch.owners(alert), words), alert.told_at
    if heard and heard > desk.now:
        return line + " · " + words("nobody yet, {owner} will hear of it at {at}", owner=owner, at=words.when(heard))
    return line + " · " + words("nobody yet; {owner} told", owner=owner)


def alert_buttons(desk: Desk, alerts: list[Alert], words: Words) -> tuple[tuple[Button, ...], ...]:
    """A button for each that opens it."""
    return tuple((Button(_short(desk, alert, words), pack("w.o", alert.id)),) for alert in alerts)


def _short(desk: Desk, alert: Alert, words: Words) -> str:
    """`Held 12: service lead · 小满旗舰店`, so that no phone breaks it; of the whole company without its name, of an
    account with its number, of a suspension the way instead of the word."""
    what = words.plain(SHORT[alert.kind])
    if alert.kind not in (AlertKind.ORDER_GAP, AlertKind.FEED_STALE):
        what = words.label("{what} {count}", what=what, count=alert.count)
    if alert.kind in _BY_ROLE and alert.part:
        what = words.label("{what}: {role}", what=what, role=role_name(alert.part, words))
    if alert.kind is AlertKind.SUSPENDED:
        return f"{way_of(desk, alert, words)} · {alert.count}"
    if alert.kind in OF_ACCOUNT:
        return f"{what} · #{alert.subject_id}"
    return what if place(alert) == (None, None) else f"{what} · {place_name(desk, alert)}"


@drawing(NoticeKind.ALERTS)
def alerts_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """Everything open that is the viewer's business, the stops that wait for them first. `data['unasked']`: nobody
    wants to hear that nothing is."""
    words, alerts = viewer.words, mine(desk, viewer)
    stops = waiting_for(desk, viewer.actor) if viewer.actor is not None else []
    if not (alerts or stops):
        return None if "unasked" in data else Card(words("<b>✅ No open alerts</b>"))
    lines = [words("<b>⏰ Open alerts: {count}</b>", count=len(alerts) + len(stops)), *_stops(stops, words), ""]
    lines += [alert_line(desk, alert, words) for alert in alerts[:IN_LIST]]
    if len(alerts) > IN_LIST:
        lines.append(words("… and {count} more", count=len(alerts) - IN_LIST))
    return Card(
        "\n".join(lines).rstrip(), (*stop_buttons(stops[:IN_LIST]), *alert_buttons(desk, alerts[:IN_LIST], words))
    )


def _stops(stops: Sequence[tuple[Stop, Parcel]], words: Words) -> list[str]:
    if not stops:
        return []
    lines = ["", words("⛔ {count} {count:stop waits|stops wait} for you:", count=len(stops))]
    lines += [stop_line(stop, parcel, words, leads=True) for stop, parcel in stops[:IN_LIST]]
    if len(stops) > IN_LIST:
        lines.append(words("… and {count} more", count=len(stops) - IN_LIST))
    return lines
