"""What a released change still brings about for goods in the house: a new address, another courier, another warehouse
(rules.md B3, B6, B7). What is too late for that is foreseen, so that nobody releases it unawares.

Surprising: nothing is asked when the order changes, because a person still has to believe it. The hold's release is
the moment it counts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain import history
from domain.desk import Desk
from domain.errors import NoCourierThere, TwoPlaces
from domain.floor import dock
from domain.floor.aftermath import wave_progress
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState, Stage
from domain.orders import boxed
from domain.orders.orders import Order, OrderStatus
from domain.paper import printing
from domain.people.people import Actor
from domain.planning import plans
from domain.planning.couriers import Ask, asked, match_courier
from domain.planning.loads import load_of
from domain.planning.match import Fault, Match
from domain.planning.matching import not_from
from domain.planning.merging import one_place
from domain.planning.planning import load_facts, reprice
from domain.planning.wishes import wishes_of
from domain.records import Event
from domain.review import recheck
from domain.review.approval import claims
from domain.review.holds import ABOUT_BOXES, HoldCode
from domain.review.screening import Facts
from domain.stock import stock
from domain.stops import withdrawal
from domain.stops.stopping import stage_of
from domain.waybills import numbering

_HERE = IN_HOUSE | {ParcelState.READY}
_WISHES = ABOUT_BOXES - {HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED}
_ASKED_FOR = ("platform", "upgrade", "note")
"""Reasons to win by which somebody asked for that courier: then it is not enough that the old one could."""
_NOT_IN_HAND = frozenset({Stage.APPROVED, Stage.PRINTED})


@dataclass(frozen=True, slots=True)
class AsItIs:
    """Something that was asked for and does not happen. `what`: courier, warehouse, missing or extra (goods). `asked`
    is the name of what was asked for ('' = anything else), or the goods; `ships` what goes instead. `why` is a code of
    `match.Loser`, of a hold, or in_hand (its goods are), shared (with `others` in one box)."""

    what: str
    asked: str
    parcel: str = ""
    ships: str = ""
    why: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Change:
    """A box as it becomes (the same = it stays), the boxes from elsewhere that replace it, and what is too late."""

    box: Parcel
    news: Parcel
    instead: tuple[Parcel, ...] = ()
    late: tuple[AsItIs, ...] = ()


def foreseen(desk: Desk, order: Order, codes: Collection[HoldCode]) -> tuple[AsItIs, ...]:
    """What would ship otherwise than asked for, were the order's holds of these codes released now. Raises what `take`
    does."""
    if order.status is not OrderStatus.RELEASED:
        return ()
    found = [late for change in _changes(desk, order, codes) for late in change.late]
    if HoldCode.GOODS_CHANGED in codes:
        boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
        apart = boxed.gaps(order, boxes, desk.catalog) if boxes else []
        more, less = ([g for g in apart if (g.wanted > g.inside) is way] for way in (True, False))
        found += [AsItIs(what, boxed.told(some)) for what, some in (("missing", more), ("extra", less)) if some]
    return tuple(found)


def take(desk: Desk, actor: Actor, order: Order, codes: Collection[HoldCode]) -> Order:
    """A person believes what these holds say of an order with boxes here: each gets the warehouse and courier that are
    asked for now while nobody has its goods in hand, later the courier alone, its price and a new number, so that what
    was printed before is out of date. Writes boxes; the order comes back not saved, held where the courier must be
    asked for the number first.

    Raises for a new address TwoPlaces, NoCourierThere where nobody carries a box there, and for one or for other goods
    NotSeen where a box was called back from the dock and nobody has seen it there; then nothing was changed.
    """
    changes = _changes(desk, order, codes)
    moved = HoldCode.ADDR_CHANGED in codes
    for change in changes:
        if change.instead:
            _rehoused(desk, actor, order, change)
    stay = [c for c in changes if not c.instead and (moved or c.news.courier_id != c.box.courier_id)]
    if not stay:
        return order
    numbering.retire(desk, [change.box for change in stay])
    inside = [replace(change.news, waybill="") for change in stay if change.box.state in IN_HOUSE]
    numbers = numbering.numbered(desk, inside)
    desk.parcels.save([replace(c.news, waybill=numbers.get(c.box.id, c.news.waybill)) for c in stay])
    desk.record([_event(desk, actor, c, numbers.get(c.box.id, ""), moved=moved) for c in stay])
    printing.changed(desk, [order.id])
    waiting = [box for box in inside if box.id not in numbers]
    if not waiting:
        return order
    return replace(order, holds=(*order.holds, numbering.asking(desk, waiting[0])))


def _event(desk: Desk, actor: Actor, change: _Change, number: str, *, moved: bool) -> Event:
    facts = {"was": change.box.waybill, "waybill": number}
    if moved:
        return history.line(desk, actor, "parcel", change.box.id, "readdressed", **facts)
    to = desk.catalog.couriers[change.news.courier_id or 0].name
    return history.line(desk, actor, "parcel", change.box.id, "rematched", "asked for", to=to, **facts)


def _changes(desk: Desk, order: Order, codes: Collection[HoldCode]) -> list[_Change]:
    """What becomes of each box of the order that is here."""
    moved = HoldCode.ADDR_CHANGED in codes
    wished = moved or not _WISHES.isdisjoint(codes)
    if not wished and HoldCode.GOODS_CHANGED not in codes:
        return []
    boxes = boxes_here(desk, order)
    for box in boxes if moved or HoldCode.GOODS_CHANGED in codes else ():
        dock.require_seen(desk, box)
    if not wished:
        return []
    facts = load_facts(desk, [order])
    if moved:
        require_one_place(desk, order, boxes)
    result = []
    for box in boxes:
        change = _elsewhere(desk, order, box, facts)
        if change is None or not change.instead:
            news, late = _carried(desk, order, box, facts, moved=moved)
            change = _Change(box, news, late=(*(change.late if change else ()), *late))
        result.append(change)
    return result


def _elsewhere(desk: Desk, order: Order, box: Parcel, facts: Facts) -> _Change | None:
    """The boxes that replace one which another warehouse is asked to send, or why it stays; None when it may."""
    here = desk.catalog.warehouses[box.warehouse_id or 0]
    if not_from(here, order, box.expected_g, facts) is None:
        return None
    stays = AsItIs("warehouse", order.warehouse_hint, box.waybill or box.number, here.name)
    if stage_of(desk, box) not in _NOT_IN_HAND:
        return _Change(box, box, late=(replace(stays, why="in_hand"),))
    if others := _others(desk, order, box):
        shared = {"others": ", ".join(one.number for one in others)}
        return _Change(box, box, late=(replace(stays, why="shared", facts=shared),))
    made = plans.rest(order, box.live_items, facts)
    if not made.parcels:
        why = made.faults[0].code if made.faults else HoldCode.OUT_OF_STOCK
        return _Change(box, box, late=(replace(stays, why=why),))
    return _Change(box, box, made.parcels)


def _rehoused(desk: Desk, actor: Actor, order: Order, change: _Change) -> None:
    """The old box is struck out of its wave, the new ones wait for theirs."""
    old = change.box
    lines = {item.line_no for item in old.live_items}
    wave_progress(desk, actor, withdrawal.take_out(desk, actor, old, order.id, lines, stock.Document.CANCEL))
    ids = desk.parcels.next_ids(len(change.instead))
    ready = {"state": ParcelState.READY, "ready_at": desk.now, "state_at": desk.now}
    boxes = [replace(one, id=new, **ready) for one, new in zip(change.instead, ids, strict=True)]  # type: ignore[arg-type]  # its fields
    desk.parcels.add(boxes)
    desk.stock.apply([move for box in boxes for move in claims(box)], actor.name)
    names = (desk.catalog.warehouses[box.warehouse_id or 0].name for box in boxes)
    lines_told = [
        history.line(desk, actor, "parcel", box.id, "rehoused", was=old.number, to=name)
        for box, name in zip(boxes, names, strict=True)
    ]
    desk.record(lines_told)


def _carried(desk: Desk, order: Order, box: Parcel, facts: Facts, *, moved: bool) -> tuple[Parcel, tuple[AsItIs, ...]]:
    """The box with who carries it now, and for how much, not saved; and what was asked for in vain. Rather than leave
    it lying, what nobody can do as asked goes as if nobody had asked."""
    others = _others(desk, order, box)
    leader = replace(plans.leader_of([order, *others]), courier_hint=order.courier_hint)
    if any(one.courier_hint not in ("", order.courier_hint) for one in others):
        leader = replace(leader, courier_hint="")
    load = load_of([order, *others], box.live_items, facts, box.weight_g or box.expected_g)
    ask = asked(leader, box.warehouse_id or 0, load, facts)
    news, fault, match = _asking(desk, ask, box)
    if news is not None:
        return news, ()
    anyhow, hard, _ = _asking(desk, asked(_wishless(leader), ask.warehouse_id, load, facts), box)
    if anyhow is None and moved:
        courier = desk.catalog.couriers.get(box.courier_id or 0)
        raise NoCourierThere(order.number, courier.name if courier else "-", *(hard or ("", {})))
    sent = anyhow or box
    return sent, (_in_vain(desk, order, sent, facts, match, fault or ("", {})),)


def _wishless(order: Order) -> Order:
    return replace(order, courier_hint="", seller_note="", buyer_message="")


def _asking(desk: Desk, ask: Ask, box: Parcel) -> tuple[Parcel | None, Fault | None, Match]:
    """The box as its courier, or the one that must take over, carries it (None: nobody does), what is wrong with its
    own, and who could."""
    fault = recheck.fault_of(desk, box, ask)
    match = match_courier(ask)
    if fault is None and not (match.because in _ASKED_FOR and match.winner != box.courier_id):
        return reprice(desk, box, ask.load.grams), None, match
    if match.quote is None:
        return None, fault, match
    why = fault or ("not_favoured", {"won": match.name})
    return reprice(desk, recheck.moved(desk, box, why, match, match.quote), ask.load.grams), fault, match


def _in_vain(desk: Desk, order: Order, box: Parcel, facts: Facts, match: Match, fault: Fault) -> AsItIs:
    """Who was asked for, and what keeps them from it: of a courier nobody knows only that."""
    wishes = wishes_of(order, facts.policy.matching)
    code = wishes.platform or wishes.note
    couriers = desk.catalog.couriers
    name = next((one.name for one in couriers.values() if one.code == code), "")
    lost = next((loser for loser in match.losers if loser.name == name), None)
    why, seen = (lost.reason, lost.facts) if lost else ("not_ours", {}) if code else fault
    ships = couriers[box.courier_id or 0].name
    return AsItIs("courier", name or order.courier_hint if code else "", box.waybill or box.number, ships, why, seen)


def boxes_here(desk: Desk, order: Order) -> list[Parcel]:
    """Its boxes with a warehouse that have not left."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    return [box for box in boxes if box.state in _HERE and order.id in box.live_orders]


def _others(desk: Desk, order: Order, box: Parcel) -> Sequence[Order]:
    """Whose goods lie in the box as well."""
    return [one for one in desk.orders.many(box.live_orders).values() if one.id != order.id]


def require_one_place(desk: Desk, order: Order, boxes: list[Parcel]) -> None:
    """Raises TwoPlaces when a box also holds goods that go elsewhere: they are shipped alone first."""
    for box in boxes:
        elsewhere = tuple(one.number for one in _others(desk, order, box) if not one_place([order, one]))
        if elsewhere:
            raise TwoPlaces(order.number, box.waybill or box.number, elsewhere)
