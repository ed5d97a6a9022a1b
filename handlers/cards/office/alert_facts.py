"""What each kind of alert is called, and the lines of numbers only it has.

Surprising: the numbers come from the alert's own facts, written by the clock; only what is to ship and to sell of short
products is read anew, because it is what the buyer decides by.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from domain.desk import Desk
from domain.planning.suspensions import moment
from domain.records import Alert, AlertKind
from domain.stock.selling import Sellable, sellable
from domain.stock.stock_docs import DocState
from handlers.cards.floor.numbers import low_lines, stuck_lines
from handlers.cards.floor.stock_room import KINDS as DOCS
from handlers.cards.floor.stock_room import STATES
from handlers.wording.goods import title_of
from handlers.wording.terms import N_
from handlers.words import Words

DOCUMENTS = 3
Lines = Callable[[Desk, Alert, Words], list[str]]

KINDS = {
    AlertKind.APPROVAL_LATE: N_("Clean orders wait too long for approval"),
    AlertKind.HOLD_LATE: N_("Held orders wait too long for a decision"),
    AlertKind.PARCEL_STUCK: N_("Parcels are stuck in the warehouse"),
    AlertKind.UNLISTED: N_("Parcels were handed over but are on no hand-over list"),
    AlertKind.RETURN_UNLINKED: N_("Returns nobody has claimed"),
    AlertKind.DISPATCH_LATE: N_("Orders are past the dispatch deadline"),
    AlertKind.DISPATCH_NEAR: N_("The dispatch deadline is close"),
    AlertKind.ORDER_GAP: N_("No new orders"),
    AlertKind.SHORTAGE: N_("Orders wait for stock"),
    AlertKind.SUSPENDED: N_("Courier or region suspended"),
    AlertKind.FEED_STALE: N_("Nothing heard of a shop: refunds may be missing"),
    AlertKind.LEFT_STOPPED: N_("Stopped parcels have left and nobody has answered"),
    AlertKind.RECALL_LATE: N_("Recalls no courier was asked about"),
    AlertKind.ANSWER_STUCK: N_("Answers the platform did not accept"),
    AlertKind.STOCK_UNDECIDED: N_("Differences and gradings wait too long for an approval"),
    AlertKind.TRANSFER_LATE: N_("Transfers are too long on their way"),
    AlertKind.COUNT_LATE: N_("Counts were asked for and nobody counts"),
    AlertKind.STOCK_LEFT: N_("Stock documents were begun and left"),
    AlertKind.NUMBERS_LOW: N_("Waybill numbers are running low"),
    AlertKind.VOID_FAILED: N_("Waybill numbers the courier did not take back"),
}
SHORT = {
    AlertKind.APPROVAL_LATE: N_("Approvals late"),
    AlertKind.HOLD_LATE: N_("Held"),
    AlertKind.PARCEL_STUCK: N_("Parcels stuck"),
    AlertKind.UNLISTED: N_("On no list"),
    AlertKind.RETURN_UNLINKED: N_("Unclaimed returns"),
    AlertKind.DISPATCH_LATE: N_("Dispatch late"),
    AlertKind.DISPATCH_NEAR: N_("Dispatch due soon"),
    AlertKind.ORDER_GAP: N_("No new orders"),
    AlertKind.SHORTAGE: N_("Short of stock"),
    AlertKind.SUSPENDED: N_("Suspended"),
    AlertKind.FEED_STALE: N_("Shop is silent"),
    AlertKind.LEFT_STOPPED: N_("Stopped too late"),
    AlertKind.RECALL_LATE: N_("Recalls not asked for"),
    AlertKind.ANSWER_STUCK: N_("Answers not accepted"),
    AlertKind.STOCK_UNDECIDED: N_("Stock to approve"),
    AlertKind.TRANSFER_LATE: N_("Transfers late"),
    AlertKind.COUNT_LATE: N_("Counts waiting"),
    AlertKind.STOCK_LEFT: N_("Left open"),
    AlertKind.NUMBERS_LOW: N_("Numbers left"),
    AlertKind.VOID_FAILED: N_("Numbers not taken back"),
}
"""The same on a button, which is as wide as a phone: the list above it says the rest."""


def _nothing(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return []


def _unlisted(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return [words("No courier has signed for them: make the list (/manifest), or find out where they are.")]


def _released(desk: Desk, alert: Alert, words: Words) -> list[str]:
    """Those the queue of held orders does not list."""
    count = alert.facts.get("released")
    return (
        [words("📦 With the warehouse already: {count}. Their boxes are kept back there.", count=count)]
        if count
        else []
    )


def _buckets(desk: Desk, alert: Alert, words: Words) -> list[str]:
    counts = sorted((int(hours), count) for hours, count in alert.facts.items() if hours.isdigit())
    shown = " · ".join(words("under {hours} h: {count}", hours=hours, count=count) for hours, count in counts)
    return [words("🕑 To leave: {parts}", parts=shown)] if shown else []


def _gap(desk: Desk, alert: Alert, words: Words) -> list[str]:
    lines = [words("The last order came in at {at}.", at=words.when(alert.oldest_at))]
    heard = alert.facts.get("heard", "")
    if heard:
        at = words.when(datetime.fromisoformat(heard))
        return [
            *lines,
            words("The shop last sent something at {at}: the connection works, there are just no orders.", at=at),
        ]
    return [*lines, words("Nothing else has come from the shop: check its connection, or send its order file.")]


def _shortage(desk: Desk, alert: Alert, words: Words) -> list[str]:
    counts = {sku: count.split() for sku, count in alert.facts.items() if sku != "+"}
    ranked = sorted(counts.items(), key=lambda item: (-int(item[1][0]), item[0]))
    there = sellable(desk, [sku for sku in counts if sku != "*"])
    lines = [_short_line(desk, sku, count, there, words) for sku, count in ranked]
    if "+" in alert.facts:
        lines.append(words("… and {count} more {count:product|products}", count=alert.facts["+"]))
    return lines


def _short_line(desk: Desk, sku: str, count: list[str], there: Mapping[str, Sellable], words: Words) -> str:
    if sku == "*":
        return words("• {orders} {orders:order|orders}: no single warehouse has everything", orders=count[0])
    goods = f"{sku} {title_of(desk, sku, '')}".rstrip()
    facts = {"goods": goods, "orders": count[0], "units": count[1]}
    one = there.get(sku, Sellable(sku))
    text = words(
        "• {goods}: {orders} {orders:order|orders}, {units} {units:unit|units} · to ship {ship}, to sell {sell}",
        **facts,
        ship=one.ship,
        sell=one.sell,
    )
    return text + (f" · {words('{units} coming', units=one.coming)}" if one.coming else "")


def way_of(desk: Desk, alert: Alert, words: Words) -> str:
    """Which courier does not carry where, of a suspension: `圆通 → 广东`; plain text."""
    facts, code = alert.facts, alert.facts.get("courier", "")
    names = {courier.code: courier.name for courier in desk.catalog.couriers.values()}
    courier = names.get(code, code) or words.plain("every courier")
    return f"{courier} → {facts.get('province') or words.plain('everywhere')}"


def _suspension(desk: Desk, alert: Alert, words: Words) -> list[str]:
    facts = alert.facts
    ends = moment(facts.get("until", ""), desk.catalog.company.zone)
    return [
        words("Until {until} · reason: {reason}", until=words.when(ends), reason=facts.get("reason") or "-"),
        words(
            "Orders in review get another courier or are held by themselves. Hold those with the warehouse one by one."
        ),
    ]


def _feed(desk: Desk, alert: Alert, words: Words) -> list[str]:
    shop = desk.catalog.shops.get(alert.subject_id)
    lines = [
        words("Last heard at {at}; more than {limit} min is too long.", at=words.when(alert.oldest_at), **alert.facts)
    ]
    if shop is not None and shop.fail_open:
        return [*lines, words("Its parcels pass the gate with a warning (/feeds).")]
    return [*lines, words("Its parcels are held back at every scan (/feeds).")]


def _left(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return [words("Ask the courier to bring them back, or tap “On it” on the stop's card.")]


def _recalls(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return [words("Call the courier, then say on the recall's card what it answered (/recalls).")]


def _untold(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return [words("Answer the refund on the platform by hand, then say so on the order's card.")]


def _documents(desk: Desk, alert: Alert, words: Words) -> list[str]:
    """The first of them: what each is, who has it, and for what orders wait."""
    lines = []
    for doc_id in alert.first[:DOCUMENTS]:
        doc = desk.stock_docs.get(doc_id)
        lies = doc.state is DocState.OPEN and not doc.holder
        state = words.plain(N_("in nobody's hands") if lies else STATES[doc.state])
        what = words.plain(DOCS[doc.kind]).format(number=doc.number)
        lines.append(words("• {what} · {state} · {who}", what=what, state=state, who=doc.holder or doc.made_by))
    return [*lines, words("The card of each says what to do (/stockroom).")]


FACTS: Mapping[AlertKind, Lines] = {
    AlertKind.APPROVAL_LATE: _nothing,
    AlertKind.HOLD_LATE: _released,
    AlertKind.PARCEL_STUCK: _nothing,
    AlertKind.UNLISTED: _unlisted,
    AlertKind.RETURN_UNLINKED: _nothing,
    AlertKind.DISPATCH_LATE: _nothing,
    AlertKind.DISPATCH_NEAR: _buckets,
    AlertKind.ORDER_GAP: _gap,
    AlertKind.SHORTAGE: _shortage,
    AlertKind.SUSPENDED: _suspension,
    AlertKind.FEED_STALE: _feed,
    AlertKind.LEFT_STOPPED: _left,
    AlertKind.RECALL_LATE: _recalls,
    AlertKind.ANSWER_STUCK: _untold,
    AlertKind.STOCK_UNDECIDED: _documents,
    AlertKind.TRANSFER_LATE: _documents,
    AlertKind.COUNT_LATE: _documents,
    AlertKind.STOCK_LEFT: _documents,
    AlertKind.NUMBERS_LOW: low_lines,
    AlertKind.VOID_FAILED: stuck_lines,
}
