"""Before the wave: does the courier of an approved parcel still carry it? If not, the next one does (rules.md B6).

Surprising: when nobody does, the order goes back to review, where the hold says why and goes away with its cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.floor.parcels import Parcel
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import CLOCK
from domain.planning.couriers import Ask, asked, courier_fault, match_courier, price_of
from domain.planning.loads import load_of
from domain.planning.match import Fault, Match
from domain.planning.planning import courier_facts, refresh
from domain.planning.plans import leader_of, priced
from domain.planning.tariffs import Quote
from domain.records import Event, NoticeKind
from domain.review.screening import Facts
from domain.stops import interception, withdrawal


def carried(desk: Desk, ready: Sequence[Parcel]) -> list[Parcel]:
    """The parcels somebody carries, in their order: as they were, or with another courier and why. The orders of the
    others go back to review."""
    facts = courier_facts(desk)
    orders = desk.orders.many({order_id for parcel in ready for order_id in parcel.order_ids})
    result: list[Parcel] = []
    changed: list[Parcel] = []
    stranded: list[Parcel] = []
    events: list[Event] = []
    for parcel in ready:
        ask = ask_of(parcel, orders, facts)
        fault = fault_of(desk, parcel, ask)
        if fault is None:
            result.append(parcel)
            continue
        match = match_courier(ask)
        if match.quote is None:
            stranded.append(parcel)
            continue
        news = moved(desk, parcel, fault, match, match.quote)
        changed.append(news)
        result.append(replace(news, revision=news.revision + 1))
        events.append(history.line(desk, CLOCK, "parcel", parcel.id, "rematched", fault[0], to=match.name))
    desk.parcels.save(changed)
    desk.record(events)
    _back(desk, stranded, orders)
    return result


def ask_of(parcel: Parcel, orders: Mapping[int, Order], facts: Facts) -> Ask:
    """What the box asks now, for all of its orders."""
    assert parcel.warehouse_id is not None
    inside = [orders[order_id] for order_id in parcel.live_orders]
    load = load_of(inside, parcel.live_items, facts, parcel.expected_g)
    return asked(leader_of(inside), parcel.warehouse_id, load, facts)


def fault_of(desk: Desk, parcel: Parcel, ask: Ask) -> Fault | None:
    """Why its courier does not carry it; None when it does."""
    courier = desk.catalog.couriers.get(parcel.courier_id or 0)
    if courier is None:
        return "disabled", {}
    fault = courier_fault(courier, ask)
    if fault or price_of(courier, ask):
        return fault
    return "no_tariff", {"province": ask.order.receiver.province}


def moved(desk: Desk, parcel: Parcel, fault: Fault, match: Match, price: Quote) -> Parcel:
    """With the new courier; the old one stands among the losers already, and `before` says it was chosen once."""
    before = {"name": desk.catalog.couriers[parcel.courier_id or 0].name, "reason": fault[0], "facts": dict(fault[1])}
    why = {**parcel.why, "courier": {**match.as_data(), "before": before}}
    return priced(replace(parcel, courier_id=match.winner, why=why), price)


def _back(desk: Desk, stranded: Sequence[Parcel], orders: dict[int, Order]) -> None:
    """To review, except an order of which another box is in the house already: that one waits for a courier."""
    ids = sorted({order_id for parcel in stranded for order_id in parcel.order_ids})
    if not ids:
        return
    boxes = desk.parcels.of_orders(ids)
    back = [orders[order_id] for order_id in ids if interception.nothing_waved(orders[order_id], boxes[order_id])]
    taken = []
    for order in back:  # boxes are read again: two orders in one box give its stock up once
        own = desk.parcels.of_orders([order.id])[order.id]
        taken.append(withdrawal.unapprove(desk, CLOCK, order, own, reason="no courier"))
    refresh(desk, taken)
    notices.redraw(desk, NoticeKind.ORDER, [order.id for order in back])
    notices.redraw(desk, NoticeKind.DIGEST, [0])
