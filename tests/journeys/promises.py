"""The design's promises as checks over everything in a store: stock, boxes, money, one winner."""

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.desk import Desk
from domain.floor import proofs_wanted
from domain.floor.parcels import (
    IN_HOUSE,
    OPEN_STOPS,
    RESERVING,
    TAKES_OUT,
    Parcel,
    ParcelState,
    Stage,
    Stop,
    StopKind,
    StopState,
)
from domain.intake.incoming import PlatformState
from domain.orders import kits
from domain.orders.orders import Order, OrderStatus
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.review.holds import HoldCode, open_codes
from domain.stock.bins import in_box
from domain.stock.stock import Bucket
from domain.stops.stop_desk import COMING, RecallState, Verdict

ALL = [f"T{n}" for n in range(4)]


def stopped(desk: Desk, code: str, *, picking: bool = False) -> bool:
    """Whether the gate must refuse this waybill; `picking` does what a task to pick something into it asks for."""
    parcel = desk.parcels.by_waybill(code)
    assert parcel is not None
    found = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
    stops = [stop for stop in found if not (picking and stop.kind is StopKind.REPICK)]
    held = any(order.held for order in desk.orders.many(parcel.order_ids).values())
    return parcel.state in IN_HOUSE and (held or any(stop.state in OPEN_STOPS for stop in stops))


def wrong_paper(desk: Desk, code: str, paper: Paper) -> bool:
    """Whether the last copy printed for this waybill says something else than it should."""
    parcel = desk.parcels.by_waybill(code)
    assert parcel is not None
    copies = [copy for copy in desk.prints.of_parcels([parcel.id]).get(parcel.id, ()) if copy.paper is paper]
    orders = desk.orders.many(parcel.order_ids)
    return bool(copies and parcel.live_orders) and copies[-1].mark != printing.mark(parcel, orders, paper)


_LOOKED_AT = list(ALL)


def look_at(numbers: Sequence[str]) -> None:
    """The orders all checks are about from now on; the life machine's unless somebody says so."""
    _LOOKED_AT[:] = numbers


def all_orders(desk: Desk) -> list[int]:
    return [order.id for order in desk.orders.by_number(1, _LOOKED_AT).values()]


def snapshot(desk: Desk) -> object:
    """Everything that must not change when nothing was done."""
    ids = all_orders(desk)
    history = [desk.history("order", order_id) for order_id in ids]
    return desk.orders.many(ids), desk.parcels.of_orders(ids), desk.stock.levels(), desk.stock.ledger_sums(), history


def check_promises(desk: Desk) -> None:
    """All of them but the checks' own."""
    check_stock(desk)
    check_orders(desk)
    check_stops(desk)
    check_departures(desk)


def check_departures(desk: Desk) -> None:
    """What left in a box is what the books say left, with the photo that was asked for; of other boxes nothing left."""
    found = desk.parcels.of_orders(all_orders(desk)).values()
    for box in {box.id: box for boxes in found for box in boxes}.values():
        left = Counter[str]()
        for move in desk.stock.shipped_from(box.id):
            left[move.sku] -= move.delta if move.bucket is Bucket.GOOD else 0
        packed = Counter[str]()
        for item in box.live_items if box.state is ParcelState.HANDED_OVER else ():
            packed[item.sku] += item.quantity
        assert +left == packed, box_story(desk, box)
        assert not packed or not proofs_wanted.missing(desk, box), box_story(desk, box)


def check_stock(desk: Desk) -> None:
    """Promise 2."""
    sums = desk.stock.ledger_sums()
    levels = desk.stock.levels()
    for (warehouse_id, sku), level in levels.items():
        for bucket in Bucket:
            assert getattr(level, bucket.value) == sums.get((warehouse_id, sku, bucket), 0)
        assert 0 <= level.reserved <= level.good
    check_places(desk)
    claimed = Counter[tuple[int, str]]()
    found = desk.parcels.of_orders(all_orders(desk)).values()
    for parcel in {box.id: box for boxes in found for box in boxes}.values():
        if parcel.state in RESERVING:
            for item in parcel.live_items:
                claimed[parcel.warehouse_id or 0, item.sku] += item.quantity
    assert {key: level.reserved for key, level in levels.items() if level.reserved} == claimed


def check_places(desk: Desk) -> None:
    """Where the units lie and what they cost adds up to the levels and the ledger; boxes hold what was picked."""
    lying: dict[tuple[int, str], int] = {}
    boxed: dict[tuple[str, str], int] = {}
    for place in desk.stock.places():
        assert place.units > 0
        lying[place.warehouse_id, place.sku] = lying.get((place.warehouse_id, place.sku), 0) + place.units
        if in_box(place.bin):
            boxed[place.bin, place.sku] = boxed.get((place.bin, place.sku), 0) + place.units
    assert lying == {key: level.good for key, level in desk.stock.levels().items() if level.good}
    values, costs = desk.stock.values(), desk.stock.ledger_values()
    assert {key: value for key, value in values.items() if value} == {k: v for k, v in costs.items() if v}
    assert all(value >= 0 for value in values.values())
    _check_boxes(desk, boxed)


def _check_boxes(desk: Desk, boxed: Mapping[tuple[str, str], int]) -> None:
    """A picked box holds its goods, but for what an open task says must be picked once more; others hold nothing."""
    found = desk.parcels.of_orders(all_orders(desk)).values()
    boxes = {box.id: box for of in found for box in of if box.state in IN_HOUSE - {ParcelState.IN_WAVE}}
    stops = desk.stops.of_parcels(boxes)
    most: Counter[tuple[str, str]] = Counter()
    least: Counter[tuple[str, str]] = Counter()
    for box in boxes.values():
        tasks = [stop for stop in stops.get(box.id, ()) if stop.open and stop.kind is StopKind.REPICK]
        for item in box.live_items:
            most[box.number, item.sku] += item.quantity
            if not any(task.order_id == item.order_id and item.line_no in task.line_nos for task in tasks):
                least[box.number, item.sku] += item.quantity
    strange = {number for number, _ in boxed.keys() - most.keys()}
    known = {box.number: box for of in found for box in of}
    assert not strange, "\n".join(box_story(desk, known[number]) if number in known else number for number in strange)
    wrong = {
        number for number, sku in most if not least[number, sku] <= boxed.get((number, sku), 0) <= most[number, sku]
    }
    assert not wrong, "\n".join(box_story(desk, box) for box in boxes.values() if box.number in wrong)


def box_story(desk: Desk, box: Parcel) -> str:
    """A box's life and what lies in it, for who must find out."""
    lying = {place.sku: place.units for place in desk.stock.places(bin_name=box.number)}
    lines = [f"{box.number} {lying}", str(box)]
    lines += [str(stop) for stop in desk.stops.of_parcels([box.id]).get(box.id, ())]
    lines += [str(event) for event in reversed(desk.history("parcel", box.id, 100))]
    return "\n".join(lines)


def check_orders(desk: Desk) -> None:
    """Promises 1, 3 and 5."""
    boxes = desk.parcels.of_orders(all_orders(desk))
    for order in desk.orders.many(all_orders(desk)).values():
        assert 0 <= order.refunded <= order.paid
        live = [
            p for p in boxes.get(order.id, ()) if p.state is not ParcelState.CANCELLED and order.id in p.live_orders
        ]
        check_boxes(desk, order, live)
        check_sets(order)
        states = {p.state for p in live}
        if order.status is OrderStatus.SHIPPED:
            assert states == {ParcelState.HANDED_OVER}
        if order.status is OrderStatus.APPROVED:
            assert states in ({ParcelState.READY}, {ParcelState.READY, ParcelState.OWED})
        if order.status in (OrderStatus.CANCELLED, OrderStatus.UNPAID):
            assert states == set()
        for parcel in live:
            stops = desk.stops.of_parcels([parcel.id]).get(parcel.id, ())
            open_stop = any(stop.state in OPEN_STOPS for stop in stops)
            if parcel.state is ParcelState.HANDED_OVER:
                assert not open_stop
            if parcel.state in IN_HOUSE:
                held = any(one.held for one in desk.orders.many(parcel.order_ids).values())
                assert parcel.blocked == (open_stop or held)
        check_shipped_there(order, live)
        check_returns(desk, order, boxes.get(order.id, ()))
        events = desk.history("order", order.id, 1000)
        verbs = [event.verb for event in events]
        told = [event.data["refund"] for event in events if event.verb in ("refund_requested", "refund_success")]
        corrected = len(told) - len(set(told))  # one told again may be about less, and what it gives up is wanted again
        reopened = verbs.count("refund_cancelled") + verbs.count("refund_none") + corrected
        ahead = verbs.count("approved") - verbs.count("unapproved")
        assert 0 <= ahead <= 1 + reopened, order_story(desk, order, boxes.get(order.id, ()))


def check_sets(order: Order) -> None:
    """Of each set there are as many of every part as the recipe says, by one version of it."""
    for group in kits.groups(order.lines):
        made = [(line.quantity, line.kit) for line in group]
        if len(group) > 1:
            assert all(kit is not None and count == kit.per * kits.sets(group) for count, kit in made)
            assert len({(kit.code, kit.version) for _, kit in made if kit}) == 1
            assert len({line.external_id for line in group}) == 1


def check_shipped_there(order: Order, live: list[Parcel]) -> None:
    """Nothing the platform calls shipped goes on here unless a person said so, or it was us who shipped it."""
    there = order.platform_state in (PlatformState.PART_SHIPPED, PlatformState.SHIPPED, PlatformState.DONE)
    decided = order.status in (OrderStatus.APPROVED, OrderStatus.RELEASED)
    if there and decided and not any(parcel.state is ParcelState.HANDED_OVER for parcel in live):
        asked = [hold for hold in order.holds if hold.code is HoldCode.PLATFORM_SHIPPED]
        assert any(hold.open or hold.resolution == "released" for hold in asked)


def check_returns(desk: Desk, order: Order, boxes: Sequence[Parcel]) -> None:
    """What comes back of a parcel is counted for the order and line it was sold in, once."""
    sent = {p.id: p for p in boxes if p.state is ParcelState.HANDED_OVER}
    back = desk.returns.of_order(order.id)
    assert len({one.parcel_id for one in back}) == len(back)
    for one in back:
        assert one.parcel_id in sent, order_story(desk, order, boxes)
        box = sent[one.parcel_id]
        packed = [(item.order_id, item.line_no, item.sku, item.quantity) for item in box.live_items]
        assert [(item.order_id, item.order_line, item.sku, item.expected) for item in one.items] == packed
        assert all(0 <= item.graded <= item.expected for item in one.items)


def check_boxes(desk: Desk, order: Order, live: list[Parcel]) -> None:
    """No unit of an order is in two boxes, and money goes with its units."""
    known = {line.line_no: line for line in order.lines}
    for line_no in {item.line_no for box in live for item in box.live_items if item.order_id == order.id} & set(known):
        mine = [i for box in live for i in box.live_items if (i.order_id, i.line_no) == (order.id, line_no)]
        if order.status is OrderStatus.REVIEW:
            assert sum(item.quantity for item in mine) == known[line_no].quantity
    if order.status is OrderStatus.REVIEW and live and not any(line.dropped for line in order.lines):
        assert sum(i.paid for box in live for i in box.items if i.order_id == order.id) == order.paid


IN_HAND = (Stage.PICKED, Stage.CHECKED, Stage.PACKED, Stage.WEIGHED, Stage.DOCK)


def check_stops(desk: Desk) -> None:
    """A stop ends by its own road only; who is held has a stop in the house; couriers are asked once at a time; lists
    name what has left."""
    boxes = desk.parcels.of_orders(all_orders(desk))
    orders = desk.orders.many(all_orders(desk))
    parcels = {box.id: box for found in boxes.values() for box in found}
    stops = desk.stops.of_parcels(parcels)
    for box in parcels.values():
        mine = stops.get(box.id, ())
        for stop in mine:
            _check_stop(stop, box)
        for order_id in set(box.order_ids) & orders.keys():
            waiting = [stop for stop in mine if stop.open and stop.kind is StopKind.HOLD and stop.order_id == order_id]
            own = [code for code in open_codes(orders[order_id].holds) if code is not HoldCode.MEMBER_CHANGED]
            inside = order_id in box.live_orders and box.state in IN_HOUSE
            wanted = bool(own) and inside and orders[order_id].status is OrderStatus.RELEASED
            assert len(waiting) == wanted
    assert all(parcels[box_id].state is ParcelState.HANDED_OVER for box_id in desk.manifests.of_parcels(parcels))
    for box_id, found in desk.recalls.of_parcels(parcels).items():
        if any(recall.state is not RecallState.DROPPED for recall in found):
            assert parcels[box_id].state is ParcelState.HANDED_OVER
        assert sum(recall.state in COMING for recall in found) <= 1
        assert all((recall.return_id is not None) == (recall.state is RecallState.RECEIVED) for recall in found)
    for order in orders.values():
        _check_replies(desk, order, list(boxes.get(order.id, ())))


def _check_stop(stop: Stop, box: Parcel) -> None:
    if stop.open:
        assert box.state in IN_HOUSE
        lines = {item.line_no for item in box.live_items if item.order_id == stop.order_id}
        assert lines
        assert lines.issuperset(stop.line_nos)
    if stop.kind is StopKind.REFUND and stop.state is StopState.DONE and stop.stage in IN_HAND:
        assert stop.pulled_at is not None
    to_put_back = stop.state is StopState.PULLED and stop.kind in TAKES_OUT
    assert stop.next_at is not None or not to_put_back
    if stop.state not in (StopState.OPEN, StopState.ACKED) and not to_put_back:
        assert stop.next_at is None


def _check_replies(desk: Desk, order: Order, boxes: list[Parcel]) -> None:
    """Whoever was told SUCCESS finds none of the goods outside."""
    records = desk.refunds.of_order(order.id)
    told = desk.replies.of(order.shop_id, [record.external_id for record in records])
    for record in records:
        reply = told.get(record.external_id)
        if reply is not None and reply.verdict is Verdict.SUCCESS and record.line_nos:
            gone = [item for box in boxes if box.state is ParcelState.HANDED_OVER for item in box.live_items]
            outside = {item.line_no for item in gone if item.order_id == order.id}
            assert not outside.intersection(record.line_nos), order_story(desk, order, boxes)


def order_story(desk: Desk, order: Order, boxes: Sequence[Parcel]) -> str:
    """An order's story, for who must find out."""
    lines = [str(replies) for replies in desk.refunds.of_order(order.id)]
    lines += [str(event) for event in reversed(desk.history("order", order.id, 100))]
    lines += [box_story(desk, box) for box in boxes]
    return "\n".join(lines)
