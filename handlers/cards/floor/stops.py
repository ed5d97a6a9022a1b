"""The stop card: the loudest thing we say. What, where it is, what to take out, who is named, until when.

Surprising: the card has no button that says "pulled". Only the scan of the stop shelf says that, and only the scan
at the put-back station closes a refund's stop; the one button tells the others that somebody is on the way.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from domain.desk import Desk
from domain.floor import dock, proofs, repacking
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState, Stop, StopKind, StopState
from domain.orders import boxed
from domain.orders.orders import Order
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import Right
from domain.policy.policy_stops import RecallKind
from domain.records import NoticeKind
from domain.review.holds import HoldCode
from domain.stops import away, pulls, recalls, stop_calls, stopping
from domain.stops.stop_desk import RecallState, Reply, Verdict
from handlers.card import Button, Card
from handlers.cards.desk.evidence import hold_line, veiled
from handlers.cards.floor.stop_goods import goods_lines, takes_all
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.stop_terms import KIND_BUTTONS, REASONS, STATES, VERDICTS
from handlers.wording.terms import N_, hold_name, role_name, step_name
from handlers.words import Words

Row = tuple[Button, ...]
HEADS = {
    (StopKind.REFUND, StopState.OPEN): N_("⛔ <b>STOP {waybill}</b> · refund · it must not leave"),
    (StopKind.REFUND, StopState.ACKED): N_("⛔ <b>STOP {waybill}</b> · {by} is on it"),
    (StopKind.REFUND, StopState.PULLED): N_("⛔ <b>STOP {waybill}</b> · on the stop shelf since {pulled} ({puller})"),
    (StopKind.REFUND, StopState.DONE): N_("✅ Stopped: {waybill} · put back by {closed} at {time}"),
    (StopKind.REFUND, StopState.RELEASED): N_("▶️ Go on with {waybill} · the refund was withdrawn at {time}"),
    (StopKind.REFUND, StopState.TOO_LATE): N_("⚠️ Too late: {waybill} has left · refund"),
    (StopKind.HOLD, StopState.OPEN): N_("✋ <b>STOP {waybill}</b> · {why} · it must wait"),
    (StopKind.HOLD, StopState.ACKED): N_("✋ <b>STOP {waybill}</b> · {why} · {by} is on it"),
    (StopKind.HOLD, StopState.PULLED): N_("✋ <b>STOP {waybill}</b> · {why} · on the stop shelf since {pulled}"),
    (StopKind.HOLD, StopState.RELEASED): N_("▶️ Go on with {waybill} · released by {closed} at {time}"),
    (StopKind.HOLD, StopState.TOO_LATE): N_("⚠️ Too late: {waybill} has left · {why}"),
    (StopKind.REPICK, StopState.OPEN): N_("🔁 <b>PICK AGAIN {waybill}</b> · the buyer keeps what was taken out"),
    (StopKind.REPICK, StopState.ACKED): N_("🔁 <b>PICK AGAIN {waybill}</b> · {by} is on it"),
    (StopKind.REPICK, StopState.DONE): N_("✅ {waybill} is complete again · by {closed} at {time}"),
    (StopKind.REPICK, StopState.RELEASED): N_("✖️ Nothing to pick again for {waybill}"),
    (StopKind.REPACK, StopState.OPEN): N_("🔁 <b>REPACK {waybill}</b> · {why}"),
    (StopKind.REPACK, StopState.ACKED): N_("🔁 <b>REPACK {waybill}</b> · {by} is on it"),
    (StopKind.REPACK, StopState.PULLED): N_("🔁 <b>REPACK {waybill}</b> · on the stop shelf since {pulled} ({puller})"),
    (StopKind.REPACK, StopState.DONE): N_("✅ {waybill}: taken out and put back by {closed} at {time}"),
    (StopKind.REPACK, StopState.RELEASED): N_("✖️ Nothing to take out of {waybill} any more"),
}
OTHER_GOODS = {
    StopState.OPEN: N_("🔁 <b>PUT INTO {waybill}</b> · other goods are ordered now"),
    StopState.ACKED: N_("🔁 <b>PUT INTO {waybill}</b> · {by} is on it"),
    StopState.RELEASED: N_("✖️ Nothing to put into {waybill} any more"),
}
"""Heads of a task whose goods were never in the box."""
NOT_YET = N_("⏸ <b>Not yet: {waybill}</b> · released by {closed} at {time}, but something else is to be done with it")
TAKE_PARCEL = N_("Take the parcel out, put the goods on their shelf, then scan {waybill} at /putback.")
TAKE_GOODS = N_("Take these goods out, put them on their shelf, then scan {waybill} at /putback.")
IN_CART = N_("What is in a cart already goes back to its shelf; then scan {waybill} at /putback.")
REPACKED_FIRST = N_("Take it from the stop shelf: it is repacked before it goes on.")
SLIP_LESS = N_("The rest goes on. Print its slip anew: the old one lists what was taken out.")
SLIP_MORE = N_("It goes on. Print its slip anew: the old one does not list what was put in.")
TO_NEW_ADDRESS = N_("Ask the courier to deliver it to the new address.")
FOR_OTHER_GOODS = N_("Ask the courier to bring it back, or tell the buyer that it comes as it was packed.")
SEEN = (Right.PUT_BACK, Right.OVERRIDE)
_TASKS = (StopKind.REPICK, StopKind.REPACK)


@drawing(NoticeKind.STOP)
def stop_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The stop as it is now."""
    stop = desk.stops.get(subject_id)
    parcel = desk.parcels.get(stop.parcel_id)
    order = desk.orders.get(stop.order_id)
    words = viewer.words
    waits = stop.state is StopState.RELEASED and stop.kind not in _TASKS and bool(stopping.open_of(desk, parcel))
    lines = [head(stop, parcel, words, NOT_YET if waits else ""), _about(desk, stop, parcel, order, viewer)]
    if stop.open:
        lines += [
            _where(desk, parcel, words),
            *_on_shelf(desk, stop, words),
            *_said(stop, order, viewer),
            *goods_lines(desk, stop, parcel, words),
            "",
            *_who(stop, words),
        ]
        lines.append(f"👉 {_next_step(desk, stop, parcel, words)}")
        if dock.may_have_left(desk, parcel):
            lines.append(words("It was scanned out, but its courier has not signed for it: look on the dock first."))
    elif stop.state is StopState.TOO_LATE:
        lines += ["", *_left(desk, stop, parcel, order, viewer)]
    elif stop.state is StopState.RELEASED and stop.pulled_at and not stop.line_nos:
        tasks = stopping.open_of(desk, parcel)
        lines.append(words(REPACKED_FIRST if tasks else N_("Take it from the stop shelf and go on where it was.")))
    elif _slip_wanted(desk, stop, parcel):
        lines.append(words(SLIP_MORE if stop.kind is StopKind.REPICK else SLIP_LESS))
    lines += _answer(desk, stop, order, words)
    return Card("\n".join(lines), _rows(desk, stop, parcel, order, viewer))


def _code(parcel: Parcel) -> dict[str, str]:
    return {"waybill": parcel.waybill or parcel.number}


def why(reason: str, words: Words) -> str:
    """The codes for which a parcel is held, in words."""
    codes = reason.split(",")
    return words.listed(words.plain(REASONS[code]) if code in REASONS else hold_name(code, words) for code in codes)


def head(stop: Stop, parcel: Parcel, words: Words, told: str = "") -> str:
    """The first line: what the notification shows, unless something else is to be `told`."""
    text = told or HEADS[stop.kind, stop.state]
    if stop.kind is StopKind.REPICK and stop.reason == repacking.REASON:
        text = OTHER_GOODS.get(stop.state, text)
    return words(
        text,
        by=stop.acked_by or "-",
        closed=stop.closed_by or "-",
        time=words.clock(stop.closed_at) if stop.closed_at else "-",
        puller=stop.pulled_by or "-",
        pulled=words.clock(stop.pulled_at) if stop.pulled_at else "-",
        why=why(stop.reason, words),
        **_code(parcel),
    )


def _about(desk: Desk, stop: Stop, parcel: Parcel, order: Order, viewer: Viewer) -> str:
    words, shop = viewer.words, desk.catalog.shops[order.shop_id].name
    facts = {"parcel": parcel.number, "order": order.number, "shop": shop, "time": words.when(stop.opened_at)}
    facts["stage"] = step_name(stop.stage, words)
    if stop.kind is not StopKind.REFUND:
        return words("Parcel {parcel} · order {order} · {shop}\nSince {time}, when it was: {stage}.", **facts)
    return words(
        "Parcel {parcel} · order {order} · {shop}\nRefund at {time}, when it was: {stage}. Reason: {reason}",
        reason=veiled(stop.reason, viewer.private),
        **facts,
    )


def _on_shelf(desk: Desk, stop: Stop, words: Words) -> list[str]:
    """Where the decision that made this task found the box: nobody has had it in hand since."""
    others = [one for one in desk.stops.of_parcels([stop.parcel_id])[stop.parcel_id] if one.id < stop.id]
    fetch = any(
        one.kind is StopKind.HOLD and one.pulled_at and one.closed_at == stop.opened_at for one in others
    ) and not any(one.kind is StopKind.REPACK and one.opened_at == stop.opened_at for one in others)
    return [words("It lies on the stop shelf: fetch it from there.")] if fetch else []


def _said(stop: Stop, order: Order, viewer: Viewer) -> list[str]:
    """What a person said who holds it, so that nobody on the floor has to ask."""
    held = [hold for hold in order.holds if hold.open and hold.code is HoldCode.FREEZE]
    return [hold_line(hold, viewer.words, viewer.private) for hold in held] if stop.kind is StopKind.HOLD else []


def _where(desk: Desk, parcel: Parcel, words: Words) -> str:
    wave = desk.waves.get(parcel.wave_id) if parcel.wave_id is not None else None
    facts = {"state": step_name(parcel.state, words), "wave": wave.number if wave else "-", "slot": parcel.slot or "-"}
    facts["warehouse"] = desk.catalog.warehouses[parcel.warehouse_id].name if parcel.warehouse_id else "-"
    holder = parcel.holder or (wave.owner if wave else "")
    if not holder:
        return words("Where: {warehouse}, {state}, wave {wave}, slot {slot}; nobody has it yet", **facts)
    return words("Where: {warehouse}, {state}, wave {wave}, slot {slot}, last with {holder}", holder=holder, **facts)


def _who(stop: Stop, words: Words) -> list[str]:
    if stop.state is not StopState.OPEN:
        lines = [words("{name} has been on it since {time}.", name=stop.acked_by, time=words.when(stop.acked_at))]
        if stop.next_at is not None:
            time, who = words.clock(stop.next_at), next_roles(stop, words)
            lines.append(words("Not done by {time}: {who} is told next.", time=time, who=who))
        return lines
    lines = [words("For: {name}", name=stop.named)] if stop.named else []
    if stop.next_at is not None:
        facts = {"time": words.clock(stop.next_at), "who": next_roles(stop, words), "count": stop.level + 1}
        lines.append(words("No answer by {time}: {who} is told next. Told so far: {count}×", **facts))
    return lines


def next_roles(stop: Stop, words: Words) -> str:
    """Who is told when its clock runs out."""
    level = stop_calls.next_level(stop)
    if stop.named and level == 0:
        return stop.named
    roles = stop_calls.told_at_level(replace(stop, level=level))
    return words.listed(role_name(role, words) for role in sorted(roles))


def _next_step(desk: Desk, stop: Stop, parcel: Parcel, words: Words) -> str:
    """What to do now: one thing."""
    facts = {**_code(parcel), "shelf": pulls.shelf_code(parcel.warehouse_id or 0), "slot": parcel.slot}
    if stop.kind is StopKind.REPICK and stopping.forbidden(desk, parcel):
        return words("Leave it for now: something must come out of this parcel first.")
    if stop.kind is StopKind.REPICK:
        return words("Put it into the box, then scan {waybill} at /pick.", **facts)
    if stop.kind is StopKind.REPACK:
        cart = parcel.state is ParcelState.IN_WAVE
        whole = takes_all(desk, stop, parcel)
        return words(IN_CART if cart else TAKE_PARCEL if whole else TAKE_GOODS, **facts)
    if stop.kind is StopKind.HOLD and stop.state is StopState.PULLED:
        return words("It waits on the stop shelf until customer service has decided.")
    if stop.reason == stopping.NOT_THERE and parcel.state is ParcelState.IN_WAVE:
        return words("It goes on by itself when its bin has been counted.")
    if stop.kind is StopKind.HOLD:
        return words("Put it on the stop shelf: scan {waybill}, then the shelf's code {shelf}.", **facts)
    if pulls.untouched(desk, parcel):
        return words("Nobody has picked it: tear up the sheet of slot {slot} and tap, or scan it at /putback.", **facts)
    if pulls.not_taken(desk, parcel):
        return words(
            "Tear up the sheet of slot {slot}. Put back what is in the cart, then scan {waybill} at /putback.", **facts
        )
    if stop.state is StopState.PULLED or parcel.state is ParcelState.IN_WAVE or not desk.policy.stops.second_scan:
        whole = takes_all(desk, stop, parcel)
        return words(TAKE_PARCEL if whole else TAKE_GOODS, **facts)
    return words("Take it out and put it on the stop shelf: scan {waybill}, then the shelf's code {shelf}.", **facts)


def _left(desk: Desk, stop: Stop, parcel: Parcel, order: Order, viewer: Viewer) -> list[str]:
    words = viewer.words
    courier = desk.catalog.couriers[parcel.courier_id].name if parcel.courier_id else "-"
    lines = [words("It left at {time} with {courier}.", time=words.when(parcel.handed_over_at), courier=courier)]
    if HoldCode.GOODS_CHANGED in stop.reason.split(","):
        boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
        lines.append(words("Goods changed: {goods}", goods=boxed.told(boxed.gaps(order, boxes, desk.catalog))))
    if stop.acked_by:
        lines.append(words("{name} has been on it since {time}.", name=stop.acked_by, time=words.when(stop.acked_at)))
    elif stop.acked_at is None:
        until = stop.opened_at + timedelta(minutes=desk.policy.stops.left_minutes)
        lines.append(words("Nobody has it yet. An alert goes out at {time}.", time=words.clock(until)))
    asked = desk.recalls.of_parcels([parcel.id]).get(parcel.id, ())
    if asked:
        lines.append(words("Recall: {state}", state=words.plain(STATES[asked[-1].state])))
        failed = asked[-1].state is RecallState.FAILED
        return [*lines, words("Wait for it: should it come back, scan it at /receive.")] if failed else lines
    if stop.kind is StopKind.HOLD:
        return [*lines, words(TO_NEW_ADDRESS if stop.reason == HoldCode.ADDR_CHANGED else FOR_OTHER_GOODS)]
    if not viewer.offers(Right.REFUND, shop=order.shop_id):
        return [*lines, words("Customer service asks the courier for it. Should it come back, scan it at /receive.")]
    return [*lines, words("Ask the courier to bring it back, or wait for it: scan it at /receive when it comes.")]


def span(gone: timedelta, words: Words) -> str:
    """42 s, 12 min, 3 h: how long something took."""
    seconds = max(0, int(gone.total_seconds()))
    if seconds < 120:
        return words.label("{count} s", count=seconds)
    if seconds < 7200:
        return words.label("{count} min", count=seconds // 60)
    return words.label("{count} h", count=seconds // 3600)


def _answer(desk: Desk, stop: Stop, order: Order, words: Words) -> list[str]:
    """What the platform was told of this refund, and how soon."""
    if stop.refund_id is None:
        return []
    number = desk.refunds.get(stop.refund_id).external_id
    reply = desk.replies.of(order.shop_id, [number]).get(number)
    return [] if reply is None or reply.verdict is Verdict.NONE else [answer_line(reply, words)]


def answer_line(reply: Reply, words: Words) -> str:
    """What the platform was or will be told of one refund."""
    if reply.verdict is Verdict.WAIT:
        return words("Platform: waits; with nobody on it by {time} it hears FAIL", time=words.clock(reply.due_at))
    took = span((reply.decided_at or reply.asked_at) - reply.asked_at, words)
    facts = {"verdict": words.plain(VERDICTS[reply.verdict]), "took": took, "error": reply.error}
    if reply.said == reply.verdict and reply.said_at is not None:
        return words("Platform: {verdict} after {took}, told at {time}", time=words.clock(reply.said_at), **facts)
    if reply.next_at is None:
        return words("Platform: {verdict} after {took}, not told ({error}): answer it there by hand", **facts)
    if reply.error:
        return words(
            "Platform: {verdict} after {took}, being told, try {tries} failed: {error}", tries=reply.attempts, **facts
        )
    return words("Platform: {verdict} after {took}, being told", **facts)


def _slip_wanted(desk: Desk, stop: Stop, parcel: Parcel) -> bool:
    """Whether the box goes on with other goods in it and no slip says so yet."""
    ready = stop.kind is not StopKind.HOLD and stop.state is StopState.DONE and not stopping.open_of(desk, parcel)
    return ready and parcel.state in IN_HOUSE and printing.standings(desk, [parcel])[Paper.SLIP][parcel.id].wanted


def _rows(desk: Desk, stop: Stop, parcel: Parcel, order: Order, viewer: Viewer) -> tuple[Row, ...]:
    words, place = viewer.words, parcel.warehouse_id
    take = (Button(words.plain("🙋 On it"), pack("sa", stop.id, stop.revision), style="primary"),)
    if stop.state is StopState.TOO_LATE:
        mine = any(viewer.offers(right, shop=order.shop_id) for right in away.RIGHTS)
        asks = [take] if mine and stop.acked_at is None else []
        return (*_recall_rows(desk, parcel, order, viewer), *asks, *proof_rows(desk, parcel, viewer))
    rows: list[Row] = []
    idle = stop.kind is StopKind.REPICK and stopping.forbidden(desk, parcel)
    if stop.state is StopState.OPEN and not idle and any(viewer.offers(right, warehouse=place) for right in SEEN):
        rows.append(take)
    torn = stop.open and stop.kind is StopKind.REFUND and pulls.untouched(desk, parcel)
    if torn and viewer.offers(Right.WAVE, warehouse=place):
        rows.append((Button(words.plain("✂️ Sheet torn up"), pack("sn", stop.id, stop.revision)),))
    if stop.open and viewer.offers(Right.HAND_OVER, warehouse=place) and dock.may_have_left(desk, parcel):
        rows.append((Button(words.plain("🚚 It has left already"), pack("sl", stop.id, stop.revision)),))
    rows += proof_rows(desk, parcel, viewer)
    prints = any(viewer.offers(right, warehouse=place) for right in (Right.WAVE, Right.PACK))
    if prints and _slip_wanted(desk, stop, parcel):
        rows.append((Button(words.plain("🖨 New slip"), pack("sp", parcel.id)),))
    return tuple(rows)


def proof_rows(desk: Desk, parcel: Parcel, viewer: Viewer) -> list[Row]:
    """What is kept with the parcel in photos and films, for who may see it."""
    count = proofs.counts(desk, [parcel.id]).get(parcel.id, 0)
    shown = not viewer.private or (viewer.actor is not None and proofs.seen_by(desk, viewer.actor, parcel))
    if not count or not shown:
        return []
    label = viewer.words.label("📷 {parcel}: {count}", parcel=parcel.number, count=count)
    return [(Button(label, pack("pf", parcel.id)),)]


def _recall_rows(desk: Desk, parcel: Parcel, order: Order, viewer: Viewer) -> tuple[Row, ...]:
    if not viewer.offers(Right.REFUND, shop=order.shop_id):
        return ()
    asked = desk.recalls.of_parcels([parcel.id]).get(parcel.id, ())
    words = viewer.words
    known = ((Button(words.plain("🚚 The recall"), pack("rc", asked[-1].id)),),) if asked else ()
    if asked and asked[-1].state not in (RecallState.FAILED, RecallState.DROPPED):
        return known
    kinds = [kind for kind in RecallKind if not recalls.why_not(desk, parcel, order, kind)]
    asks = [(Button(words.plain(KIND_BUTTONS[kind]), pack("rcn", parcel.id, kind, order.id)),) for kind in kinds]
    return (*known, *asks)
