"""What a platform changed on an order that somebody had decided on already, and the holds that say so (rules.md B2).

Surprising: an order still in review just takes the new values over; only who has decided must look again. "Shipped"
from a platform is our own hand-over echoed back once a box of the order has left; before that somebody else sent it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain.addresses import phones
from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import exchanges
from domain.intake.exchanges import waits_there
from domain.intake.hidden import moved
from domain.intake.incoming import Receiver, RefundState
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Actor
from domain.review.holds import RELEASED, Hold, HoldCode, Source, open_codes, reconcile
from domain.review.screening import as_told, part_paid


def _goods(order: Order) -> list[tuple[int, int, str, bool]]:
    """By our own numbers: a line that is told under another id keeps its number (`news`)."""
    return [(line.line_no, line.quantity, line.merchant_code, bool(line.virtual)) for line in order.lines]


def _text(value: object) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)[:200]


_WATCHED: Mapping[str, HoldCode] = {
    "invoice": HoldCode.INVOICE_CHANGED,
    "buyer_message": HoldCode.MESSAGE_CHANGED,
    "seller_note": HoldCode.NOTE_CHANGED,
    "courier_hint": HoldCode.COURIER_CHANGED,
    "warehouse_hint": HoldCode.WAREHOUSE_CHANGED,
    "promised_ship_at": HoldCode.SHIP_TIME_CHANGED,
    "ship_from": HoldCode.SHIP_TIME_CHANGED,
}
TOLD_MOVE, EDITED_MOVE = "address_told", "address_edited"
MOVES = (TOLD_MOVE, EDITED_MOVE)
"""Verbs of an order's history that say where it goes now: as the platform tells it, or as a person here wrote it."""
TOLD = (
    *(HoldCode.FRAUD, HoldCode.PLATFORM_SHIPPED, HoldCode.WAIT_RETURN, HoldCode.PLATFORM_LOCK),
    *(HoldCode.FLAG, HoldCode.PAYMENT, HoldCode.PART_PAID, HoldCode.PICKUP),
)
"""What the platform says of the order as it stands."""
SAID = ("platform_state", "platform_hold", "risk", "pickup", "seller_flag", "cod", "total", "paid")
"""The fields it says so in."""
DECIDED = (OrderStatus.APPROVED, OrderStatus.RELEASED, OrderStatus.PUT_BACK)
EARLY = (OrderStatus.UNPAID, OrderStatus.REVIEW)


def _elsewhere(order: Order, news: Order, told: Receiver) -> Mapping[str, str] | None:
    """What says that it goes elsewhere now; None when nothing does, or when a person has looked at just that."""
    codes = {order.merge_code, news.merge_code} - {""}
    seen = moved(order.receiver, told)
    if seen is None and order.receiver.masked and told.masked and len(codes) > 1:
        seen = {}
    looked = [h for h in order.holds if h.code is HoldCode.ADDR_CHANGED and h.resolution == RELEASED]
    if seen and told != news.receiver and any(seen.items() <= hold.evidence.items() for hold in looked):
        return None
    return seen


def differences(order: Order, news: Order, told: Receiver) -> dict[HoldCode, Mapping[str, str]]:
    """What a person who decided on the order has not seen, with what it says now; `told` is the receiver as told,
    which a hidden one need not have become. Goods that come for the first time are no change."""
    found: dict[HoldCode, Mapping[str, str]] = {}
    elsewhere = _elsewhere(order, news, told)
    if elsewhere is not None:
        found[HoldCode.ADDR_CHANGED] = elsewhere
    if order.lines and _goods(news) != _goods(order):
        found[HoldCode.GOODS_CHANGED] = {}
    found |= _paid_less(order, news)
    for name, code in _WATCHED.items():
        if getattr(news, name) != getattr(order, name):
            found[code] = {"now": _text(getattr(news, name) or "-")}
    return found


def _paid_less(order: Order, news: Order) -> dict[HoldCode, Mapping[str, str]]:
    """Money that somebody who decided counted on: it is collected no more, and the label says that it is; or less of
    it was paid than then, and none went back. What screening holds for (`hold_told`) needs no word here."""
    if order.cod and not news.cod:
        return {HoldCode.PAYMENT: {"owed": "0", "currency": news.currency}}
    back = news.refunded or order.refunded or any(line.refund is not RefundState.NONE for line in news.lines)
    owes = any(finding.code is HoldCode.PART_PAID for finding in part_paid(news))
    same = _goods(order) == _goods(news)  # other goods hold by themselves, and may cost less
    if same and 0 < news.paid < order.paid and not (news.cod or back or owes):
        return {HoldCode.PART_PAID: {"paid": str(news.paid), "payable": str(order.paid), "currency": news.currency}}
    return {}


def moved_to(desk: Desk, actor: Actor, was: Receiver, now: Receiver) -> dict[str, str]:
    """The evidence of a new address: both, and who said so when."""
    return {"was": _told_as(was), "now": _told_as(now), "said_by": actor.name, "said_at": desk.now.isoformat()}


def _told_as(to: Receiver) -> str:
    """Name, the end of the phone number, the place and the street, a line each, for whoever shows less of it."""
    place = " ".join(part for part in (to.country if to.country != "CN" else "", to.province, to.city) if part)
    street = " ".join(part for part in (to.district, to.address, to.zip) if part)
    return "\n".join((to.name, phones.masked(to.phone), place, street))


def last_move(desk: Desk, order: Order) -> dict[str, str]:
    """The evidence of the newest change of address that the order's history knows; nothing when it knows none."""
    found = next((event for event in desk.history("order", order.id, 200) if event.verb in MOVES), None)
    if found is None or "was" not in found.data:
        return {}
    return {**found.data, "said_by": found.actor, "said_at": found.at.isoformat()}


def _newer(before: Mapping[str, str], seen: Mapping[str, str]) -> dict[str, str]:
    """The evidence of an open hold with what came to it: the address it knew first is still the one on the box."""
    return {**before, **seen, **({"was": before["was"]} if "was" in before else {})}


def hold_change(desk: Desk, order: Order, changed: Mapping[HoldCode, Mapping[str, str]]) -> Order:
    """The order with a hold for each change, or with the newest evidence on one that is open; not saved. A new
    address holds under every policy, because only its release brings the box there (`domain.stops.readdress`)."""
    old = [
        replace(h, evidence=_newer(h.evidence, changed[h.code])) if h.open and h.code in changed else h
        for h in order.holds
    ]
    new = [
        Hold(code, Source.PLATFORM, desk.now, {"at": order.status, **seen})
        for code, seen in changed.items()
        if code not in open_codes(old) and (code is HoldCode.ADDR_CHANGED or desk.policy.screens(code))
    ]
    return replace(order, holds=(*old, *new))


def hold_told(desk: Desk, order: Order, parcels: Sequence[Parcel]) -> Order:
    """The order held while the platform calls it shipped, lets it wait, fears fraud, flags it, wants no courier, or
    money at the door, or has not all of it, and nothing of it has left here, as screening would hold it in review: the
    same evidence, once released, does not hold it again. Not saved."""
    left = any(p.state is ParcelState.HANDED_OVER and order.id in p.live_orders for p in parcels)
    waits = waits_there(order, exchanges.come_back(desk, [order]))
    found = [] if left else [*as_told(order, desk.policy), *waits]
    kept = [finding for finding in found if desk.policy.screens(finding.code)]
    others = tuple(h for h in order.holds if h.code not in TOLD)
    mine = tuple(h for h in order.holds if h.code in TOLD)
    return replace(order, holds=(*others, *reconcile(mine, kept, desk.now)))
