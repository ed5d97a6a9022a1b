"""The stop card: the loudest thing we say. What, where it is, what to take out, who is named, until when.

Surprising: the card has no button that says "pulled". Only the scan at the put-back station closes a stop; the one
button tells the others that somebody is on the way.
"""

from collections.abc import Mapping

from domain import bins
from domain.desk import Desk
from domain.interception import CHAIN
from domain.orders import Order
from domain.parcels import Item, Parcel, Stop, StopState
from domain.people import Actor, Right, may
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.cards.evidence import veiled
from handlers.draw import drawing
from handlers.taps import pack
from handlers.terms import N_, role_name, step_name
from handlers.viewer import Viewer
from handlers.words import Words

HEADS = {
    StopState.OPEN: N_("⛔ <b>STOP {waybill}</b> · refund · it must not leave"),
    StopState.ACKED: N_("⛔ <b>STOP {waybill}</b> · {by} is on it"),
    StopState.DONE: N_("✅ Stopped: {waybill} · put back by {closed} at {time}"),
    StopState.RELEASED: N_("▶️ Go on with {waybill} · the refund was withdrawn at {time}"),
    StopState.TOO_LATE: N_("⚠️ Too late: {waybill} has left · refund"),
}
_SEEN = (Right.PUT_BACK, Right.OVERRIDE)


@drawing(NoticeKind.STOP)
def stop_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The stop as it is now."""
    stop = desk.stops.get(subject_id)
    parcel = desk.parcels.get(stop.parcel_id)
    order = desk.orders.get(stop.order_id)
    words = viewer.words
    lines = [head(stop, parcel, words), _about(desk, stop, parcel, order, viewer)]
    if stop.state in (StopState.OPEN, StopState.ACKED):
        lines += [_where(desk, parcel, words), *_goods(desk, stop, parcel, words), "", *_who(stop, words)]
        lines.append(
            words("Take it out, put the goods on their shelf, then scan {waybill} at /putback.", **_code(parcel))
        )
    elif stop.state is StopState.TOO_LATE:
        lines += ["", *_left(desk, parcel, words)]
    return Card("\n".join(lines), _rows(stop, parcel, viewer))


def _code(parcel: Parcel) -> dict[str, str]:
    return {"waybill": parcel.waybill or parcel.number}


def head(stop: Stop, parcel: Parcel, words: Words) -> str:
    """The first line: what the notification shows."""
    return words(
        HEADS[stop.state],
        by=stop.acked_by or "-",
        closed=stop.closed_by or "-",
        time=words.clock(stop.closed_at) if stop.closed_at else "-",
        **_code(parcel),
    )


def _about(desk: Desk, stop: Stop, parcel: Parcel, order: Order, viewer: Viewer) -> str:
    return viewer.words(
        "Parcel {parcel} · order {order} · {shop}\nRefund at {time}, when it was: {stage}. Reason: {reason}",
        parcel=parcel.number,
        order=order.number,
        shop=desk.catalog.shops[order.shop_id].name,
        time=viewer.words.when(stop.opened_at),
        stage=step_name(stop.stage, viewer.words),
        reason=veiled(stop.reason, viewer.private),
    )


def _where(desk: Desk, parcel: Parcel, words: Words) -> str:
    wave = desk.waves.get(parcel.wave_id) if parcel.wave_id is not None else None
    return words(
        "Where: {warehouse}, {state}, wave {wave}, slot {slot}, last with {holder}",
        warehouse=desk.catalog.warehouses[parcel.warehouse_id].name if parcel.warehouse_id else "-",
        state=step_name(parcel.state, words),
        wave=wave.number if wave else "-",
        slot=parcel.slot or "-",
        holder=parcel.holder or (wave.owner if wave else "") or words.plain("nobody yet"),
    )


def taken_out(stop: Stop, parcel: Parcel) -> list[Item]:
    """What the put-back takes out of the parcel."""
    mine = [item for item in parcel.live_items if item.order_id == stop.order_id]
    return [item for item in mine if not stop.line_nos or item.line_no in stop.line_nos]


def _goods(desk: Desk, stop: Stop, parcel: Parcel, words: Words) -> list[str]:
    out = taken_out(stop, parcel)
    whole = len(out) == len(parcel.live_items)
    lines = [words("Take out everything:") if whole else words("Take out only this, the rest goes on:")]
    home = bins.home_names(desk, parcel)
    for item in out[:15]:
        place = home.get(item.sku) or "?"
        facts = {"units": item.quantity, "title": item.title[:60], "sku": item.sku, "bin": place}
        lines.append(words("• {units} × {title} · {sku} · shelf {bin}", **facts))
    return lines


def _who(stop: Stop, words: Words) -> list[str]:
    if stop.state is StopState.ACKED:
        return [words("{name} has been on it since {time}.", name=stop.acked_by, time=words.when(stop.acked_at))]
    lines = []
    if stop.named:
        lines.append(words("For: {name}", name=stop.named))
    if stop.next_at is not None:
        roles = CHAIN[min(stop.level + 1, len(CHAIN) - 1)]
        who = ", ".join(role_name(role, words) for role in sorted(roles))
        text = words(
            "No answer by {time}: {who} is told next. Told so far: {count}×",
            time=words.clock(stop.next_at),
            who=who,
            count=stop.level + 1,
        )
        lines.append(text)
    return lines


def _left(desk: Desk, parcel: Parcel, words: Words) -> list[str]:
    courier = desk.catalog.couriers[parcel.courier_id].name if parcel.courier_id else "-"
    left = words("It left at {time} with {courier}.", time=words.when(parcel.handed_over_at), courier=courier)
    return [left, words("Ask the courier to bring it back, or wait for it: scan it at /receive when it comes.")]


def _rows(stop: Stop, parcel: Parcel, viewer: Viewer) -> tuple[tuple[Button, ...], ...]:
    if stop.state is not StopState.OPEN:
        return ()
    if not any(viewer.offers(right, warehouse=parcel.warehouse_id) for right in _SEEN):
        return ()
    label = viewer.words.plain("🙋 On it")
    return ((Button(label, pack("sa", stop.id, stop.revision), style="primary"),),)


def stops_list(desk: Desk, actor: Actor, words: Words) -> Card:
    """Open stops of this person's warehouses, oldest first."""
    stops = desk.stops.open_of(None)
    boxes = desk.parcels.many([stop.parcel_id for stop in stops])
    mine = [
        (stop, boxes[stop.parcel_id])
        for stop in stops
        if any(may(actor, right, warehouse=boxes[stop.parcel_id].warehouse_id) for right in _SEEN)
    ]
    if not mine:
        return Card(words("✅ No open stops."))
    lines = [words("⛔ Open stops: {count}", count=len(mine)), ""]
    lines += [_line(stop, parcel, words) for stop, parcel in mine[:20]]
    buttons = [Button(f"⛔ {parcel.waybill}", pack("st", stop.id)) for stop, parcel in mine[:20]]
    return Card("\n".join(lines), tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)))


def _line(stop: Stop, parcel: Parcel, words: Words) -> str:
    who = stop.acked_by or stop.named or words.plain("nobody yet")
    return words(
        "• {waybill} · {state} · since {time} · {who}",
        state=step_name(parcel.state, words),
        time=words.clock(stop.opened_at),
        who=who,
        **_code(parcel),
    )
