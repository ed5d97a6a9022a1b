"""What each kind of alert is called, and the lines of numbers only it has.

Surprising: the numbers come from the alert's own facts, written by the clock; only the free stock of short products
is read anew, because it is what the buyer decides by.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from domain.desk import Desk
from domain.records import Alert, AlertKind
from domain.suspensions import moment
from handlers.terms import N_
from handlers.words import Words

Lines = Callable[[Desk, Alert, Words], list[str]]

KINDS = {
    AlertKind.APPROVAL_LATE: N_("Clean orders wait too long for approval"),
    AlertKind.HOLD_LATE: N_("Held orders wait too long for a decision"),
    AlertKind.PARCEL_STUCK: N_("Parcels are stuck in the warehouse"),
    AlertKind.UNLISTED: N_("Parcels were handed over and stand on no hand-over list"),
    AlertKind.RETURN_UNLINKED: N_("Returns nobody has claimed"),
    AlertKind.DISPATCH_LATE: N_("Orders are past the dispatch deadline"),
    AlertKind.DISPATCH_NEAR: N_("The dispatch deadline is close"),
    AlertKind.ORDER_GAP: N_("No new orders"),
    AlertKind.SHORTAGE: N_("Orders wait for stock"),
    AlertKind.SUSPENDED: N_("Courier or region suspended"),
    AlertKind.FEED_STALE: N_("Nothing heard of a shop: refunds may be missing"),
}


def _nothing(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return []


def _unlisted(desk: Desk, alert: Alert, words: Words) -> list[str]:
    return [words("Their courier has signed for none of them: make the list (/manifest), or find out where they are.")]


def _buckets(desk: Desk, alert: Alert, words: Words) -> list[str]:
    counts = sorted((int(hours), count) for hours, count in alert.facts.items() if hours.isdigit())
    shown = " · ".join(words("under {hours} h: {count}", hours=hours, count=count) for hours, count in counts)
    return [shown] if shown else []


def _gap(desk: Desk, alert: Alert, words: Words) -> list[str]:
    lines = [words("The last order came in at {at}.", at=words.when(alert.oldest_at))]
    heard = alert.facts.get("heard", "")
    if heard:
        at = words.when(datetime.fromisoformat(heard))
        return [*lines, words("The shop was heard of at {at}: the connection is alive, buyers are silent.", at=at)]
    return [*lines, words("Nothing else was heard of the shop: check its connection, or send its order file.")]


def _shortage(desk: Desk, alert: Alert, words: Words) -> list[str]:
    counts = {sku: count.split() for sku, count in alert.facts.items() if sku != "+"}
    ranked = sorted(counts.items(), key=lambda item: (-int(item[1][0]), item[0]))
    free = _free(desk, counts)
    lines = [_short_line(desk, sku, count, free, words) for sku, count in ranked]
    if "+" in alert.facts:
        lines.append(words("… and {count} more {count:product|products}", count=alert.facts["+"]))
    return lines


def _free(desk: Desk, skus: Mapping[str, object]) -> dict[str, int]:
    free = dict.fromkeys(skus, 0)
    for (_, sku), level in desk.stock.levels(list(skus)).items():
        free[sku] += level.free
    return free


def _short_line(desk: Desk, sku: str, count: list[str], free: Mapping[str, int], words: Words) -> str:
    if sku == "*":
        return words("• {orders} {orders:order|orders}: no single warehouse has everything", orders=count[0])
    known = desk.catalog.skus.get(sku)
    facts = {"sku": sku, "title": known.title if known else "", "orders": count[0], "units": count[1]}
    return words(
        "• {sku} {title}: {orders} {orders:order|orders}, {units} {units:unit|units} · {free} free",
        **facts,
        free=free[sku],
    )


def _suspension(desk: Desk, alert: Alert, words: Words) -> list[str]:
    facts, code = alert.facts, alert.facts.get("courier", "")
    names = {courier.code: courier.name for courier in desk.catalog.couriers.values()}
    courier = names.get(code, code) or words.plain("every courier")
    ends = moment(facts.get("until", ""), desk.catalog.company.zone)
    return [
        words("{courier} → {province}", courier=courier, province=facts.get("province") or words.plain("everywhere")),
        words("Until {until} · reason: {reason}", until=words.when(ends), reason=facts.get("reason") or "-"),
    ]


def _feed(desk: Desk, alert: Alert, words: Words) -> list[str]:
    shop = desk.catalog.shops.get(alert.subject_id)
    lines = [
        words("Last heard at {at}; more than {limit} min is too long.", at=words.when(alert.oldest_at), **alert.facts)
    ]
    if shop is not None and shop.fail_open:
        return [*lines, words("Its parcels pass the gate with a warning (/feeds).")]
    return [*lines, words("Its parcels are held back at every scan (/feeds).")]


FACTS: Mapping[AlertKind, Lines] = {
    AlertKind.APPROVAL_LATE: _nothing,
    AlertKind.HOLD_LATE: _nothing,
    AlertKind.PARCEL_STUCK: _nothing,
    AlertKind.UNLISTED: _unlisted,
    AlertKind.RETURN_UNLINKED: _nothing,
    AlertKind.DISPATCH_LATE: _nothing,
    AlertKind.DISPATCH_NEAR: _buckets,
    AlertKind.ORDER_GAP: _gap,
    AlertKind.SHORTAGE: _shortage,
    AlertKind.SUSPENDED: _suspension,
    AlertKind.FEED_STALE: _feed,
}
