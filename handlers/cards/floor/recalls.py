"""A recall's card, and the list of all that are under way with how often each courier succeeds.

Surprising: the buttons are what a person heard on the telephone. Where an adapter asks the courier they are there
all the same, because the telephone is sometimes faster.
"""

from collections.abc import Mapping
from datetime import timedelta

from domain.desk import Desk
from domain.people.people import Right
from domain.policy.policy_stops import RecallKind
from domain.records import NoticeKind
from domain.stops import recalls
from domain.stops.stop_desk import COMING, OPEN_RECALLS, Recall, RecallState
from handlers.card import Button, Card
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.stop_terms import KINDS, STATES
from handlers.wording.terms import N_
from handlers.words import Words

SHOWN = 20
BEGINS = N_(
    "To get a parcel back that has left: write its order's number, tap 💸 Refund and stop, then ↩️ on the card that "
    "comes."
)
ASKED_BY = N_("Customer service begins one, on the card of a parcel that had left.")
LETTERS = {"a": RecallState.ASKING, "y": RecallState.ACCEPTED, "n": RecallState.FAILED}


@drawing(NoticeKind.RECALL)
def recall_card(desk: Desk, recall_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """A recall as it is now."""
    recall, words = desk.recalls.get(recall_id), viewer.words
    order = desk.orders.get(recall.order_id)
    opened = {"name": recall.opened_by, "time": words.when(recall.opened_at)}
    opened["hours"] = f"{recalls.hours_since_pickup(recall):.1f}"
    lines = [
        words("🚚 <b>Recall {waybill}</b> · {state}", waybill=recall.waybill, state=words.plain(STATES[recall.state])),
        words(
            "{courier} · {kind} · order {order} · {shop}",
            courier=_courier(desk, recall),
            kind=words.plain(KINDS[recall.kind]),
            order=order.number,
            shop=desk.catalog.shops[recall.shop_id].name,
        ),
        words("By {name} at {time}, {hours} h after the pick-up.", **opened),
        words("Fee: {fee}", fee=words.money(recall.fee, recall.currency)),
    ]
    if recall.target and viewer.private:
        lines.append(words("New address: {address}", address=recall.target))
    if recall.why:
        lines.append(words("Reason: {reason}", reason=recall.why))
    return Card("\n".join([*lines, *_next(recall, viewer)]), _rows(recall, viewer))


def _courier(desk: Desk, recall: Recall) -> str:
    return desk.catalog.couriers[recall.courier_id].name


def _next(recall: Recall, viewer: Viewer) -> list[str]:
    """What is to be done, and by whom."""
    words = viewer.words
    if recall.state in OPEN_RECALLS and not viewer.offers(Right.REFUND, shop=recall.shop_id):
        return [words("Customer service asks the courier and writes down the answer.")]
    if recall.state in COMING and recall.error:
        return [words("The courier's service: {error}. Call them.", error=recall.error)]
    if recall.state is RecallState.REGISTERED and recall.next_at is None:
        return [words("There is no connection to this courier: call them, then tell me what they said.")]
    if recall.state in OPEN_RECALLS:
        return [words("Tell me what the courier said, when you hear it first.")]
    if recall.state is RecallState.ACCEPTED and recall.kind is not RecallKind.ADDRESS:
        return [words("When it comes, scan it at /receive: then it is graded and its stock counts again.")]
    if recall.state is RecallState.FAILED:
        return [words("Wait for it: should it come back, scan it at /receive.")]
    return []


def _rows(recall: Recall, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    words = viewer.words
    rows: list[tuple[Button, ...]] = []
    if viewer.offers(Right.REFUND, shop=recall.shop_id):
        told = {"a": words.plain("📞 Asked"), "y": words.plain("✅ Accepted"), "n": words.plain("❌ Refused or failed")}
        fits = {RecallState.REGISTERED: "ayn", RecallState.ASKING: "yn", RecallState.ACCEPTED: "n"}
        row = [
            Button(told[letter], pack("rct", recall.id, recall.revision, letter))
            for letter in fits.get(recall.state, "")
        ]
        rows += [tuple(row)] if row else []
    if any(viewer.offers(right, shop=recall.shop_id) for right in (Right.REFUND, Right.REPORT)):
        rows.append((Button(words.plain("💰 The fee"), pack("rcf", recall.id)),))
    return tuple(rows)


@drawing(NoticeKind.RECALLS)
def recalls_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """What is under way for this viewer's shops, and how it usually ends."""
    if viewer.actor is None:
        return None
    words, shops = viewer.words, viewer.actor.shops
    coming = desk.recalls.coming(shops, SHOWN + 1)
    boxes = desk.parcels.many([one.parcel_id for one in coming if one.state is RecallState.ACCEPTED])
    units = sum(item.quantity for box in boxes.values() for item in box.live_items)
    if not coming:
        told = [words("✅ No recall is under way."), words(BEGINS if Right.REFUND in viewer.actor.rights else ASKED_BY)]
        return Card("\n".join([*told, *_fees(desk, viewer), *_successes(desk, viewer)]))
    lines = [words("🚚 Recalls under way: {count}", count=f"{SHOWN}+" if len(coming) > SHOWN else len(coming))]
    lines += [words("Units on their way back: {units}", units=units)] if units else []
    lines += [_line(desk, recall, words) for recall in coming[:SHOWN]]
    buttons = [Button(f"🚚 {recall.waybill}", pack("rc", recall.id)) for recall in coming[:SHOWN]]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return Card("\n".join([*lines, *_fees(desk, viewer), *_successes(desk, viewer)]), rows)


def _line(desk: Desk, recall: Recall, words: Words) -> str:
    return words(
        "• {waybill} · {courier} · {kind} · {state} · since {time} · fee {fee}",
        waybill=recall.waybill,
        courier=_courier(desk, recall),
        kind=words.plain(KINDS[recall.kind]),
        state=words.plain(STATES[recall.state]),
        time=words.when(recall.opened_at),
        fee=words.money(recall.fee, recall.currency),
    )


def _fees(desk: Desk, viewer: Viewer) -> list[str]:
    """What recalls of the last days cost in each currency, and how much of that is for failed ones: to be disputed
    where the courier bills it."""
    words, days = viewer.words, desk.policy.stops.record_days
    found = desk.recalls.since(desk.now - timedelta(days=days), viewer.actor.shops if viewer.actor else None)
    lines = []
    for currency in sorted({recall.currency for recall in found if recall.fee}):
        paid = [recall for recall in found if recall.fee and recall.currency == currency]
        failed = sum(recall.fee for recall in paid if recall.state is RecallState.FAILED)
        facts = {"fees": words.money(sum(recall.fee for recall in paid), currency), "count": len(paid), "days": days}
        text = words("Fees in {days} {days:day|days}: {fees} for {count} {count:recall|recalls}", **facts)
        lost = words(", {failed} of it for failed ones", failed=words.money(failed, currency)) if failed else ""
        lines.append(text + lost)
    return ["", *lines] if lines else []


def _successes(desk: Desk, viewer: Viewer) -> list[str]:
    """By courier, and within it by how long it had been on its way."""
    words, days = viewer.words, desk.policy.stops.record_days
    found = recalls.successes(desk, desk.now - timedelta(days=days), viewer.actor.shops if viewer.actor else None)
    if not found:
        return []
    lines = ["", words("Succeeded in {days} {days:day|days}, by hours since the pick-up:", days=days)]
    for courier in sorted({courier for courier, _ in found}):
        parts = [
            f"{_band(place)} h {found[courier, place][0]}/{found[courier, place][1]}"
            for place in range(len(recalls.BANDS) + 1)
            if (courier, place) in found
        ]
        lines.append(
            words("• {courier}: {parts}", courier=desk.catalog.couriers[courier].name, parts=" · ".join(parts))
        )
    return lines


def _band(place: int) -> str:
    return f"≤{recalls.BANDS[place]}" if place < len(recalls.BANDS) else f">{recalls.BANDS[-1]}"
