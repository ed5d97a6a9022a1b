"""How goods become parcels: one group of orders in, its boxes with warehouse, courier and every reason out.

Surprising: nothing here is stored or numbered. Merge and split are other items in other boxes; `planning` brings what
is stored in line with what is said here (rules.md B3 to B6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.floor.parcels import Item, Parcel, ParcelState
from domain.orders.orders import Order
from domain.planning import splitting
from domain.planning.couriers import asked, carried_g, match_courier
from domain.planning.loads import load_of
from domain.planning.match import Match, losers_in, told
from domain.planning.matching import match_warehouse
from domain.planning.merging import verdict
from domain.planning.shortage import Parting
from domain.planning.splitting import Box
from domain.planning.tariffs import Quote
from domain.review.holds import Finding, HoldCode, open_codes
from domain.review.screening import IN_PIECES, Facts, covering, parts_of, serving, short
from domain.review.worth import margin, thin

_TOLD = ("total", "currency", "charges", "left_out")
"""Parts of a price that are news of it; its weight alone is none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The boxes (ids 0), and what speaks against each order when there are none; for a group that does not fit one
    box `refused` says why: the rule or who could not, and each loser's reason."""

    parcels: tuple[Parcel, ...] = ()
    faults: tuple[Finding, ...] = ()
    refused: Mapping[str, object] = field(default_factory=dict)


def plan(orders: Sequence[Order], facts: Facts) -> Plan:
    """The boxes of orders that travel together, the oldest first; of one order mostly. Nothing and no fault: goods are
    missing, which screening tells.

    Raises nothing: a group that cannot travel in one box comes back without boxes (`joining` says who does instead).
    """
    items = tuple(item for order in orders for item in splitting.items_of(order))
    if not items or any(not item.sku for item in items):
        return Plan()
    made = _planned(orders, items, facts)
    if made.parcels or len(orders) > 1:
        return made
    parting = parts_of(orders[0], items, facts)
    return _planned(orders, parting.now, facts, parting) if parting.now else made


def rest(order: Order, items: Sequence[Item], facts: Facts) -> Plan:
    """The boxes of goods that an order is owed, now that they may be there."""
    return _planned([order], items, facts)


def _planned(orders: Sequence[Order], items: Sequence[Item], facts: Facts, parting: Parting | None = None) -> Plan:
    """The boxes of these goods of theirs, and last what a parting owes."""
    leader = leader_of(orders)
    boxes = _boxes(leader, items, facts, len(orders))
    if len(orders) > 1 and len(boxes) > 1:
        return Plan(refused={"why": boxes[0].rules[0]})
    parcels: list[Parcel] = []
    left = facts
    for number, box in enumerate(boxes, 1):
        found = _parcel(orders, leader, box, _kept(left, boxes[number:]))
        if isinstance(found, Match):
            fault = _nowhere(found, leader, facts)
            return Plan((), (fault,) if fault else (), _refused(orders, "no_warehouse", told(found.losers)))
        if isinstance(found, Finding) or found is None:
            evidence = found.evidence if found else {}
            return Plan((), (found,) if found else (), _refused(orders, "no_courier", evidence))
        parcels.append(found)
        if len(boxes) > 1:
            left = less(left, found.warehouse_id or 0, found.items)
    if parting is not None:
        parcels.append(_owed(leader, parting, parcels[0], facts))
        boxes = [*boxes, Box(parting.owed, (parting.rule,))]
    return _with_reasons(orders, parcels, boxes, facts)


def _refused(orders: Sequence[Order], why: str, evidence: Mapping[str, str]) -> Mapping[str, object]:
    """Why a group does not travel together; of one order its finding says it."""
    return {"why": why, "lost": losers_in(evidence)} if len(orders) > 1 else {}


def leader_of(orders: Sequence[Order]) -> Order:
    """Who speaks for a box: its oldest order, with the earliest promise and what everybody wrote (rules.md B3)."""
    if len(orders) == 1:
        return orders[0]
    promises = [order.promised_ship_at for order in orders if order.promised_ship_at]
    notes = "\n".join(order.seller_note for order in orders if order.seller_note)
    wishes = "\n".join(order.buyer_message for order in orders if order.buyer_message)
    return replace(orders[0], promised_ship_at=min(promises, default=None), seller_note=notes, buyer_message=wishes)


def _boxes(leader: Order, items: Sequence[Item], facts: Facts, orders: int) -> list[Box]:
    """One box, or several where the rules of splitting ask for it."""
    choices = facts.policy.split
    boxes = splitting.boxes(leader, items, facts.catalog, choices, _limit_g(leader, items, facts))
    if orders > 1 or len(items) == 1 or splitting.sealed(leader, choices):
        return boxes
    if covering(leader, facts, splitting.units_of(items)):
        return boxes
    result: list[Box] = []
    for box in sorted(boxes, key=lambda box: -max(item.quantity for item in box.items)):
        parts = _by_warehouse(leader, box, facts)
        for part in parts:
            facts = facts if part.place is None else less(facts, part.place, part.items)
        result += parts
    return result


def _limit_g(order: Order, items: Sequence[Item], facts: Facts) -> int:
    """The most grams of goods in a box, beside its packaging. Who carries how much to where is asked only when it
    matters: what the weakest courier carries anywhere, all do."""
    couriers = facts.catalog.couriers.values()
    grams = sum(facts.catalog.skus[item.sku].weight_g * item.quantity for item in items)
    weakest = facts.memo.get("weakest_g")
    if not isinstance(weakest, int):
        areas = (area.max_g for courier in couriers for area in courier.areas if area.max_g)
        weakest = facts.memo["weakest_g"] = min((*(courier.max_g for courier in couriers), *areas), default=0)
    most = max((courier.max_g for courier in couriers), default=0)
    if grams + facts.policy.packaging_g > weakest:
        most = carried_g(order, serving(order, facts), facts) or most
    return min(most, facts.policy.split.most_g) - facts.policy.packaging_g


def _by_warehouse(order: Order, box: Box, facts: Facts) -> list[Box]:
    """Goods that no one warehouse has all of travel from several (rules.md B4, 1)."""
    parts = splitting.from_places(order, box.items, serving(order, facts), facts.free, facts.catalog)
    if len(parts) == 1:
        return [replace(box, place=parts[0][0])]
    return [Box(part, (*box.rules, "warehouse"), place) for place, part in parts] or [box]


def less(facts: Facts, warehouse_id: int, items: Sequence[Item]) -> Facts:
    """What is left for other boxes."""
    free = dict(facts.free)
    for item in items:
        place = (warehouse_id, item.sku)
        free[place] = free.get(place, 0) - item.quantity
    return replace(facts, free=free)


def _kept(facts: Facts, boxes: Sequence[Box]) -> Facts:
    """What a box may take so that those after it still find theirs."""
    for box in boxes:
        facts = facts if box.place is None else less(facts, box.place, box.items)
    return facts


def _parcel(orders: Sequence[Order], leader: Order, box: Box, facts: Facts) -> Parcel | Finding | Match | None:
    """The box with its warehouse and courier, or why nobody sends it: the match when no warehouse does, None when
    screening says it already."""
    load = load_of(orders, box.items, facts)
    warehouse = match_warehouse(leader, load, facts)
    if warehouse.winner is None:
        return warehouse
    courier = match_courier(asked(leader, warehouse.winner, load, facts))
    if courier.quote is None:
        return None if _nowhere_to_go(leader) else nobody_carries(courier)
    why = {"policy": facts.policy.version, "warehouse": warehouse.as_data(), "courier": courier.as_data()}
    planned = Parcel(
        id=0,
        state=ParcelState.PLANNED,
        shop_id=leader.shop_id,
        warehouse_id=warehouse.winner,
        courier_id=courier.winner,
        expected_g=load.grams,
        items=box.items,
        why=why,
    )
    return priced(planned, courier.quote)


def _owed(order: Order, parting: Parting, first: Parcel, facts: Facts) -> Parcel:
    """What is owed as a box from nowhere yet; its freight is guessed as if it came from where the first box does, so
    that the margin is judged over all of them."""
    load = load_of([order], parting.owed, facts)
    courier = match_courier(asked(order, first.warehouse_id or 0, load, facts))
    owed = Parcel(
        id=0,
        state=ParcelState.PLANNED,
        shop_id=order.shop_id,
        expected_g=load.grams,
        freight_currency=first.freight_currency,
        items=parting.owed,
        why={
            "policy": facts.policy.version,
            "part": {"rule": parting.rule, "currency": order.currency, **parting.facts},
        },
    )
    return replace(priced(owed, courier.quote), tariff_id=None) if courier.quote else owed


def _nowhere(match: Match, order: Order, facts: Facts) -> Finding | None:
    """Why a box comes from nowhere, unless screening says so already: it knows of stock and shop, not of rules, areas
    and bans, nor of boxes that want the same goods."""
    if not covering(order, facts) and any(short(order, facts)):
        return None
    reasons = [loser.reason for loser in match.losers if loser.reason not in ("short", "not_serving", "disabled")]
    if not reasons:
        return IN_PIECES
    evidence = {"shop": facts.catalog.shops[order.shop_id].name, "tried": str(len(match.losers)), "why": reasons[0]}
    return Finding(HoldCode.NO_WAREHOUSE, evidence | told(match.losers))


def _nowhere_to_go(order: Order) -> bool:
    """Nobody was told where to: that no courier goes there is no news beside the hold for the address."""
    return not (order.receiver.province or order.receiver.city) and HoldCode.ADDR_INVALID in open_codes(order.holds)


def nobody_carries(match: Match) -> Finding:
    """Why no courier takes a box: the prepaid numbers of one that could are used up, e-waybill services failed, or
    nobody goes there with that. The evidence names every courier with its own reason."""
    why = _why_nobody(match)
    return replace(why, evidence={**why.evidence, **told(match.losers)})


def _why_nobody(match: Match) -> Finding:
    empty = next((loser for loser in match.losers if loser.reason == "no_numbers"), None)
    if empty:
        return Finding(HoldCode.FUNDS_SHORT, {"courier": empty.name, "account": empty.facts["account"]})
    errors = [loser.facts["error"] for loser in match.losers if loser.reason == "waybill_error"]
    if errors:
        return Finding(HoldCode.WAYBILL_ERROR, {"tried": str(len(match.losers)), "error": errors[0]})
    return _suspended(match) or Finding(HoldCode.NO_COURIER, {"tried": str(len(match.losers))})


def _suspended(match: Match) -> Finding | None:
    """One that could carry it otherwise is suspended: whoever's suspension ends first may."""
    shut = [loser for loser in match.losers if loser.reason == "suspended"]
    if not shut:
        return None
    first = min(shut, key=lambda loser: (not loser.facts.get("until"), loser.facts.get("until", "")))
    until = first.facts.get("until", "")
    seen = {"courier": first.name, "province": first.facts["province"], "why": first.facts["reason"], "until": until}
    ends = datetime.fromisoformat(until) if until else None
    return Finding(HoldCode.COURIER_SUSPENDED, {"tried": str(len(match.losers)), **seen}, ends)


def priced(parcel: Parcel, price: Quote) -> Parcel:
    """The box with what it is estimated to cost. How that came about is told by what its courier won with, and where
    it is not that (weighed since, a member left), by a `price` of its own."""
    why = {part: reason for part, reason in parcel.why.items() if part != "price"}
    told, won = price.as_data(), why.get("courier")
    known = won.get("quote") if isinstance(won, Mapping) else None
    if not isinstance(known, Mapping) or any(known.get(part) != told.get(part) for part in _TOLD):
        why["price"] = told
    tariff = price.tariff_id or None
    return replace(parcel, freight=price.total, freight_currency=price.currency, tariff_id=tariff, why=why)


def _with_reasons(orders: Sequence[Order], parcels: Sequence[Parcel], boxes: Sequence[Box], facts: Facts) -> Plan:
    """The boxes with why they are merged or split; a margin that is too low speaks against all who share them."""
    left = margin_of(orders, parcels, facts)
    faults = (Finding(HoldCode.MARGIN_LOW, left),) if left and thin(left) else ()
    if len(orders) > 1:
        reason = {**_merged(orders, facts), **({"margin": left} if left else {})}
        return Plan(tuple(_why(parcel, "merge", reason) for parcel in parcels), faults)
    if len(parcels) > 1:
        parcels = [
            _why(parcel, "split", {"part": part, "of": len(parcels), "rules": list(dict.fromkeys(box.rules))})
            for part, (parcel, box) in enumerate(zip(parcels, boxes, strict=True), 1)
        ]
    return Plan(tuple(parcels), faults)


def margin_of(orders: Sequence[Order], parcels: Sequence[Parcel], facts: Facts) -> dict[str, str] | None:
    """What these orders leave over in these boxes, as evidence; None where it is not asked or cannot be told."""
    freight = sum(parcel.freight for parcel in parcels)
    skus, costs = facts.catalog.skus, facts.costs
    cost = sum(costs.of(skus[i.sku], i.quantity, parcel.warehouse_id) for parcel in parcels for i in parcel.live_items)
    return margin(orders, cost, freight, parcels[0].freight_currency, facts.policy, facts.catalog)


def _merged(orders: Sequence[Order], facts: Facts) -> Mapping[str, object]:
    how = "person" if orders[0].together else verdict(orders[0], orders[-1], facts.policy.merge).why
    return {"orders": [order.number for order in orders], "why": how}


def _why(parcel: Parcel, part: str, reason: Mapping[str, object]) -> Parcel:
    return replace(parcel, why={**parcel.why, part: dict(reason)})
