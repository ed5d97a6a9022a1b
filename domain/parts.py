"""A refund of some units of a line: the line is divided in two, so that those units are a line of their own.

Surprising: nothing else knows about units then. Stops, put-backs, withdrawals and money go by line number as ever,
and a line the platform tells once may be several of ours with one `external_id`. Units of a set are sets, each with all
its parts (`domain.kits`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from domain import kits
from domain.desk import Desk
from domain.errors import NoSuchLine, TooManyUnits
from domain.incoming import IncomingRefund, RefundState
from domain.money import apportion
from domain.orders import Line, Order
from domain.parcels import UNTOUCHED, Item, Parcel, ParcelState, Refund
from domain.splitting import shares

_GONE = (ParcelState.HANDED_OVER, ParcelState.CANCELLED)


def divided(
    desk: Desk, order: Order, refund: IncomingRefund, records: Collection[Refund]
) -> tuple[Order, dict[str, tuple[int, ...]]]:
    """The order with the refund's units as lines of their own (not saved; its parcels are), and the line numbers meant
    by each told line id whose units are told. The same news divides nothing anew."""
    mine = {n for record in records if record.external_id == refund.external_id for n in record.line_nos}
    done = [r for r in records if r.external_id != refund.external_id and r.state == RefundState.SUCCESS]
    others = {number for record in done for number in record.line_nos}
    meant: dict[str, tuple[int, ...]] = {}
    for line_id, units in zip(refund.line_ids, refund.units, strict=False):
        parts = kits.groups(line for line in order.lines if line.external_id == line_id)
        if units <= 0 or not parts:
            continue
        chosen: list[int] = []

        def order_of(part: tuple[Line, ...]) -> tuple[bool, bool, int]:
            numbers, out = _numbers(part), any(line.dropped for line in part)
            return mine.isdisjoint(numbers), out or not others.isdisjoint(numbers), -part[0].line_no

        for part in sorted(parts, key=order_of):
            if units <= 0:
                break
            numbers = _numbers(part)
            if units < kits.sets(part):
                order, numbers = _cut(desk, order, part, units, records)
            chosen += numbers
            units -= kits.sets(part)
        meant[line_id] = tuple(sorted(chosen))
    return order, meant


def _numbers(part: Sequence[Line]) -> list[int]:
    return [line.line_no for line in part]


def _cut(
    desk: Desk, order: Order, part: tuple[Line, ...], units: int, records: Collection[Refund]
) -> tuple[Order, list[int]]:
    """Take units out of a line, or sets out of a set, as a new one; returns its numbers. All of it where not so many
    are in the house: what has left is not divided any more."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    number = next_number(order, boxes, records)
    rest, new = kits.taken(part, units, number)
    moves = []
    for line, gone in zip(part, new, strict=True):
        inside = _inside(order, line, boxes)
        reach = [(box, item) for box, item in inside if line.dropped or box.state not in _GONE]
        live = any(box.state is not ParcelState.CANCELLED for box, _ in inside)
        if live and sum(item.quantity for _, item in reach) < gone.quantity:
            return order, _numbers(part)
        moves.append((line.line_no, gone))
    for line_no, gone in moves:
        _move(desk, order, line_no, gone)
    kept = {line.line_no: line for line in rest}
    lines = tuple(kept.get(one.line_no, one) for one in order.lines)
    return replace(order, lines=(*lines, *new)), _numbers(new)


def _inside(order: Order, line: Line, boxes: Collection[Parcel]) -> list[tuple[Parcel, Item]]:
    key = (order.id, line.line_no, line.dropped)
    return [(box, item) for box in boxes for item in box.items if (item.order_id, item.line_no, item.dropped) == key]


def next_number(order: Order, boxes: Collection[Parcel], records: Collection[Refund]) -> int:
    """A number no line of the order ever had: boxes and refunds go on naming lines that its platform does not tell any
    more, and must not come to mean other goods."""
    used = {item.line_no for box in boxes for item in box.items if item.order_id == order.id}
    used |= {number for record in records for number in record.line_nos}
    return max(map(kits.host, {line.line_no for line in order.lines} | used), default=0) + 1


def _move(desk: Desk, order: Order, line_no: int, gone: Line) -> None:
    """Number so many units anew in their boxes, those nobody has had in hand first."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    inside = _inside(order, replace(gone, line_no=line_no), boxes)
    reach = [(box, item) for box, item in inside if gone.dropped or box.state not in _GONE]
    order_of = sorted(reach, key=lambda one: one[0].state not in (ParcelState.PLANNED, *UNTOUCHED))
    number, units = gone.line_no, gone.quantity
    changed: dict[int, Parcel] = {}
    for found, item in order_of:
        take = min(units, item.quantity)
        units -= take
        if take:
            box = changed.get(found.id, found)
            at = box.items.index(item)
            changed[box.id] = replace(box, items=(*box.items[:at], *_halves(item, number, take), *box.items[at + 1 :]))
    desk.parcels.save(list(changed.values()))


def _halves(item: Item, number: int, units: int) -> tuple[Item, ...]:
    kept = item.quantity - units
    if not kept:
        return (replace(item, line_no=number),)
    rest, taken = apportion(item.paid, [kept, units])
    return replace(item, quantity=kept, paid=rest), replace(item, line_no=number, quantity=units, paid=taken)


def of_units(order: Order, units: Mapping[int, int]) -> IncomingRefund:
    """A refund, not yet numbered, of units by line number (0 = all of the line), worth what was paid for them. Raises
    NoSuchLine on a line that is not there or out already, TooManyUnits on more units than it has."""
    lines = {part[0].line_no: part for part in kits.groups(order.shippable)}
    paid, ids, amount = shares(order), Counter[str](), 0
    for number, told in sorted(units.items()):
        part = lines.get(number)
        if part is None:
            raise NoSuchLine(order.number, number, tuple(sorted(lines)))
        count = kits.sets(part)
        if not 0 <= told <= count:
            raise TooManyUnits(order.number, number, told, count)
        wanted = told or count
        ids[part[0].external_id] += wanted
        amount += apportion(sum(paid[line.line_no] for line in part), [wanted, count - wanted])[0]
    return IncomingRefund("", RefundState.SUCCESS, amount, tuple(ids), units=tuple(ids.values()))


def told_again(line: Line, lines: Sequence[Line]) -> list[Line]:
    """The line as its platform tells it now, divided as it was: a part that still ships grows and shrinks with the
    units told, the others stay while there are so many."""
    parts = kits.groups(lines)
    host = next((part for part in parts if not part[0].dropped), parts[0])
    sizes, left = {}, line.quantity
    for part in sorted(parts, key=lambda one: (one is host, not one[0].dropped, -one[0].line_no)):
        sizes[part] = left if part is host else min(kits.sets(part), left)
        left -= sizes[part]
    kept = [part for part in parts if sizes[part]] or [host]
    amounts = apportion(line.amount, [sizes[part] for part in kept])
    told = (kits.told_as(part, line, sizes[part], amount) for part, amount in zip(kept, amounts, strict=True))
    return [one for part in told for one in part]
