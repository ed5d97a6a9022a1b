"""Other goods are ordered than lie in the boxes, and customer service says: repack them (rules.md B7).

Surprising: nothing moves here. What comes out stays in its box, under a number no line of the order has, until its
put-back scan; what goes in is claimed at once and lies on its shelf until the scan that says it was picked. Goods
count, not lines: a unit that lies in a box stays there for whichever line wants one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from domain import history
from domain.desk import Desk
from domain.errors import NotEnoughStock, ParcelStopped, Unknown, WrongStatus
from domain.floor.parcels import IN_HOUSE, UNTOUCHED, Item, Parcel, ParcelState, Stage, StopKind
from domain.money import apportion
from domain.orders import boxed, kits, parts
from domain.orders.orders import Line, Order, OrderStatus
from domain.people.people import Actor
from domain.planning.splitting import shares
from domain.stock.stock import Document
from domain.stops import pulls, stopping, withdrawal

REASON = "other_goods"
_LIES = ("", stopping.STOP_SHELF)
_INTO = IN_HOUSE | {ParcelState.READY}


@dataclass(frozen=True, slots=True)
class _Lying:
    """Units of the order in one box; `task` is why they are to be picked into it, '' when they are there."""

    box: Parcel
    item: Item
    task: str = ""

    @property
    def free(self) -> bool:
        """Whether nobody has them in hand, so that nothing is put back."""
        return self.box.state in UNTOUCHED or self.task not in _LIES


@dataclass(frozen=True, slots=True)
class _Piece:
    """Units as they are from now on: for a line, or (`out`) for none. Those that go in lie nowhere yet."""

    item: Item
    lying: _Lying | None = None
    out: bool = False


def possible(desk: Desk, order: Order) -> bool:
    """Whether the warehouse can be asked to: a box of the order is here, and holds something else than it wants."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    here = any(box.state in _INTO and order.id in box.live_orders for box in boxes)
    return order.status is OrderStatus.RELEASED and here and bool(boxed.gaps(order, boxes, desk.catalog))


def start(desk: Desk, actor: Actor, order: Order) -> Order:
    """The order's boxes here are to hold what it wants now: tasks for what comes out and goes in where somebody has had
    the box in hand. Writes boxes, claims and tasks; the order comes back not saved.

    Raises WrongStatus when no box of it is here or nothing is to be done, ParcelStopped while goods of it that were
    refunded are not put back, Unknown('sku') for goods we do not know, NotEnoughStock; then nothing was changed.
    """
    if not possible(desk, order):
        raise WrongStatus(order.number, order.status, OrderStatus.RELEASED)
    order = kits.matched(order, desk.catalog)
    if unknown := [line.known_as for line in order.shippable if not line.sku]:
        raise Unknown("sku", unknown[0])
    boxes = desk.parcels.of_orders([order.id])[order.id]
    told = boxed.told(boxed.gaps(order, boxes, desk.catalog))
    _require_put_back(desk, order, boxes)
    numbers = count(parts.next_number(order, boxes, desk.refunds.of_order(order.id)))
    lying = _lying(desk, order, boxes)
    wanted = _still_wanted(order, boxes)
    kept = _kept(order, lying, wanted)
    order, new = _missing(order, wanted, kept, numbers)
    pieces = _paid(order, boxes, [*_pieces(order, lying, kept, numbers), *new])
    _supersede(desk, actor, order, lying)
    _renumber(desk, order, pieces)
    _arrange(desk, actor, order, pieces)
    history.note(desk, actor, "order", order.id, stopping.REPACKED, told)
    return withdrawal.settled(desk, actor, order)


def _require_put_back(desk: Desk, order: Order, boxes: Sequence[Parcel]) -> None:
    """A refund's stop names what it takes out: until that is done it stays as it is."""
    for box in boxes:
        for stop in stopping.open_of(desk, box, StopKind.REFUND):
            if stop.order_id == order.id:
                raise ParcelStopped(box.number, box.waybill, ("REFUND",), stop.id)


def _lying(desk: Desk, order: Order, boxes: Sequence[Parcel]) -> list[_Lying]:
    """The order's units in boxes that are here, those that stay first: what somebody has in hand, and under the number
    of a line that wants it."""
    known = {line.line_no: line.sku for line in order.shippable}
    found = []
    for box in boxes:
        if box.state not in IN_HOUSE | UNTOUCHED:
            continue
        picks = [s for s in stopping.open_of(desk, box, StopKind.REPICK) if s.order_id == order.id]
        tasks = {line_no: stop.reason for stop in picks for line_no in stop.line_nos}
        found += _in_box(desk, order, box, tasks)
    return sorted(found, key=lambda one: (one.free, known.get(one.item.line_no) != one.item.sku))


def _in_box(desk: Desk, order: Order, box: Parcel, tasks: Mapping[int, str]) -> list[_Lying]:
    """The order's units in one box. Of a line with a task some may lie there already, as the books say."""
    found, mine = list[_Lying](), [item for item in box.live_items if item.order_id == order.id]
    lying = withdrawal.lying(desk, box, mine)
    for item in sorted(mine, key=lambda item: tasks.get(item.line_no, "") in _LIES, reverse=True):
        task = tasks.get(item.line_no, "")
        there = item.quantity if task in _LIES else min(item.quantity, max(0, lying[item.sku]))
        lying[item.sku] -= there
        parts = ((there, task if task in _LIES else ""), (item.quantity - there, task))
        found += [_Lying(box, replace(item, quantity=units), why) for units, why in parts if units]
    return found


def _still_wanted(order: Order, boxes: Sequence[Parcel]) -> dict[int, int]:
    """line number -> units that have not left yet."""
    left = {line.line_no: line.quantity for line in order.shippable}
    for box in boxes:
        for item in box.live_items if box.state is ParcelState.HANDED_OVER else ():
            if item.order_id == order.id:
                for number in _for(order, item, left):
                    left[number] -= 1
    return left


def _for(order: Order, item: Item, left: Mapping[int, int]) -> list[int]:
    """The lines that take the units of an item, one number a unit: its own first, then any that wants such goods."""
    lines = [line.line_no for line in order.shippable if line.sku == item.sku]
    units = [n for n in sorted(lines, key=lambda n: n != item.line_no) for _ in range(left[n])]
    return units[: item.quantity]


def _filled(order: Order, lying: Sequence[_Lying], wanted: Mapping[int, int]) -> list[Counter[int]]:
    """For each of these how many of its units stay, by line."""
    left, found = dict(wanted), []
    for one in lying:
        mine = Counter(_for(order, one.item, left))
        for number, units in mine.items():
            left[number] -= units
        found.append(mine)
    return found


def _kept(order: Order, lying: Sequence[_Lying], wanted: Mapping[int, int]) -> list[Counter[int]]:
    """The same, but sets stay whole: what there is of a set beyond that comes out, and goes in with it."""
    have = sum(_filled(order, lying, wanted), Counter[int]())
    whole: dict[int, int] = {}
    for group in kits.groups(order.shippable):
        sets = _sets(group, wanted)
        there = min(have[line.line_no] // _per(line) for line in group)
        for line in group:
            all_there = have[line.line_no] if have[line.line_no] == wanted[line.line_no] else 0
            whole[line.line_no] = all_there if sets is None else min(sets, there) * _per(line)
    return _filled(order, lying, whole)


def _per(line: Line) -> int:
    return line.kit.per if line.kit else 1


def _sets(group: Sequence[Line], units: Mapping[int, int]) -> int | None:
    """How many whole sets these units of a group are; None when they are none."""
    counts = {divmod(units[line.line_no], _per(line)) for line in group}
    sets, over = counts.pop()
    return None if counts or over else sets


def _missing(
    order: Order, wanted: Mapping[int, int], kept: Sequence[Counter[int]], numbers: Iterator[int]
) -> tuple[Order, list[_Piece]]:
    """What must go in. Of a line whose other units lie in a box here it is a line of its own from now on, so that a
    task can name it."""
    have = sum(kept, Counter[int]())
    lines, found = {line.line_no: line for line in order.lines}, list[_Piece]()
    for group in kits.groups(order.shippable):
        sets, there = _sets(group, wanted), _sets(group, have)
        new: Sequence[Line] = [
            replace(line, quantity=wanted[line.line_no] - have[line.line_no])
            for line in group
            if wanted[line.line_no] > have[line.line_no]
        ]
        if new and sets and there:
            rest, new = kits.taken(group, sets - there, next(numbers))
            lines |= {line.line_no: line for line in (*rest, *new)}
        found += [_Piece(Item(order.id, one.line_no, one.sku or "", one.goods, one.quantity)) for one in new]
    return replace(order, lines=tuple(sorted(lines.values(), key=lambda line: line.line_no))), found


def _pieces(
    order: Order, lying: Sequence[_Lying], kept: Sequence[Counter[int]], numbers: Iterator[int]
) -> list[_Piece]:
    """What lies in the boxes here, by the line it is for from now on; each that comes out by a number of its own, for
    of one line some may lie there and some not."""
    found = list[_Piece]()
    for one, mine in zip(lying, kept, strict=True):
        found += [_Piece(replace(one.item, line_no=n, quantity=units), one) for n, units in mine.items()]
        over = one.item.quantity - mine.total()
        if over:
            found.append(_Piece(replace(one.item, line_no=next(numbers), quantity=over), one, out=True))
    return found


def _paid(order: Order, boxes: Sequence[Parcel], pieces: Sequence[_Piece]) -> list[_Piece]:
    """Each with what was paid for it: what nobody orders any more was paid for by nobody."""
    gone = Counter[int]()
    for box in boxes:
        for item in box.live_items if box.state is ParcelState.HANDED_OVER else ():
            gone[item.line_no] += item.paid if item.order_id == order.id else 0
    found = [replace(piece, item=replace(piece.item, paid=0)) for piece in pieces]
    for number, share in shares(order).items():
        mine = [at for at, piece in enumerate(found) if piece.item.line_no == number and not piece.out]
        amounts = apportion(max(0, share - gone[number]), [found[at].item.quantity for at in mine]) if mine else ()
        for at, amount in zip(mine, amounts, strict=True):
            found[at] = replace(found[at], item=replace(found[at].item, paid=amount))
    return found


def _supersede(desk: Desk, actor: Actor, order: Order, lying: Sequence[_Lying]) -> None:
    """What was to be picked, then what was to come out: the new tasks say all of it."""
    boxes = {one.box.id: one.box for one in lying}
    for kind in (StopKind.REPICK, StopKind.REPACK):
        for box in boxes.values():
            for task in stopping.open_of(desk, box, kind):
                if task.order_id == order.id:
                    stopping.let_go(desk, actor.name, task)


def _renumber(desk: Desk, order: Order, pieces: Sequence[_Piece]) -> None:
    """The boxes hold what they held, by its new numbers."""
    boxes = {piece.lying.box.id: piece.lying.box for piece in pieces if piece.lying}
    for box in boxes.values():
        others = [item for item in box.items if item.order_id != order.id or item.dropped]
        mine = [piece.item for piece in pieces if piece.lying and piece.lying.box.id == box.id]
        desk.parcels.save([replace(box, items=(*others, *mine))])


def _arrange(desk: Desk, actor: Actor, order: Order, pieces: Sequence[_Piece]) -> None:
    """Claim what goes in, free what nobody has in hand, and give the floor its tasks: first out, then in."""
    new = [piece.item for piece in pieces if piece.lying is None]
    boxes = {piece.lying.box.id: piece.lying.box for piece in pieces if piece.lying}
    stages = {box.id: stopping.stage_of(desk, box) for box in boxes.values()}
    into = _put_in(desk, actor, [box for box in boxes.values() if box.state in _INTO], new) if new else None
    for box_id in boxes:
        mine = [p for p in pieces if p.lying and p.lying.box.id == box_id]
        box = desk.parcels.get(box_id)
        easy = pulls.untouched(desk, box)
        out = {p.item.line_no: easy or bool(p.lying and p.lying.free) for p in mine if p.out}
        if free := {number for number, at_once in out.items() if at_once}:
            box = withdrawal.take_out(desk, actor, box, order.id, free, Document.CANCEL, picked=False)
        history.note(desk, actor, "parcel", box.id, stopping.REPACKED)
        if taken := set(out) - free:
            lines, stage = sorted(taken), stages[box_id]
            stopping.open_stop(desk, actor, order.id, box, StopKind.REPACK, REASON, line_nos=lines, stage=stage)
            stopping.fit_tasks(desk, box)
        _to_pick(desk, actor, order, box, mine, new if box_id == into else [], stages[box_id])


def _to_pick(
    desk: Desk, actor: Actor, order: Order, box: Parcel, mine: Sequence[_Piece], new: Sequence[Item], stage: Stage
) -> None:
    """The tasks to put something into the box: what is new, and what was to be picked before."""
    shelf = [p.item.line_no for p in mine if p.lying and p.lying.task == stopping.STOP_SHELF and not p.out]
    picks = [p.item.line_no for p in mine if p.lying and p.lying.task not in _LIES and not p.out]
    for reason, lines in ((stopping.STOP_SHELF, shelf), (REASON, [*picks, *(item.line_no for item in new)])):
        if lines and box.state in IN_HOUSE:
            stopping.open_stop(desk, actor, order.id, box, StopKind.REPICK, reason, line_nos=lines, stage=stage)


def _put_in(desk: Desk, actor: Actor, boxes: Sequence[Parcel], items: Sequence[Item]) -> int:
    """Into the first box whose warehouse has all of it; its id. Raises NotEnoughStock."""
    short: NotEnoughStock | None = None
    for box in sorted(boxes, key=lambda one: one.state in UNTOUCHED):
        try:
            withdrawal.put_in(desk, actor, desk.parcels.get(box.id), items)
        except NotEnoughStock as refusal:
            short = short or refusal
        else:
            return box.id
    assert short is not None
    raise short
