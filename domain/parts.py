"""A refund of some units of a line: the line is divided in two, so that those units are a line of their own.

Surprising: nothing else knows about units then. Stops, put-backs, withdrawals and money go by line number as ever,
and a line the platform tells once may be several of ours with one `external_id`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

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
        parts = [line for line in order.lines if line.external_id == line_id]
        if units <= 0 or not parts:
            continue
        chosen: list[int] = []

        def order_of(one: Line) -> tuple[bool, bool, int]:
            return one.line_no not in mine, one.line_no in others or one.dropped, -one.line_no

        for part in sorted(parts, key=order_of):
            if units <= 0:
                break
            number = part.line_no
            if units < part.quantity:
                order, number = _cut(desk, order, part, units, records)
            chosen.append(number)
            units -= part.quantity
        meant[line_id] = tuple(sorted(chosen))
    return order, meant


def _cut(desk: Desk, order: Order, line: Line, units: int, records: Collection[Refund]) -> tuple[Order, int]:
    """Take units out of a line as a new one; returns its number. The whole line where not so many are in the house:
    what has left is not divided any more."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    inside = [
        (box, item)
        for box in boxes
        for item in box.items
        if (item.order_id, item.line_no, item.dropped) == (order.id, line.line_no, line.dropped)
    ]
    reach = [(box, item) for box, item in inside if line.dropped or box.state not in _GONE]
    live = any(box.state is not ParcelState.CANCELLED for box, _ in inside)
    if live and sum(item.quantity for _, item in reach) < units:
        return order, line.line_no
    number = next_number(order, boxes, records)
    _move(desk, reach, number, units)
    kept, taken = apportion(line.amount, [line.quantity - units, units])
    rest = replace(line, quantity=line.quantity - units, amount=kept)
    part = replace(line, line_no=number, quantity=units, amount=taken)
    lines = tuple(rest if one.line_no == line.line_no else one for one in order.lines)
    return replace(order, lines=(*lines, part)), number


def next_number(order: Order, boxes: Collection[Parcel], records: Collection[Refund]) -> int:
    """A number no line of the order ever had: boxes and refunds go on naming lines that its platform does not tell any
    more, and must not come to mean other goods."""
    used = {item.line_no for box in boxes for item in box.items if item.order_id == order.id}
    used |= {number for record in records for number in record.line_nos}
    return max({line.line_no for line in order.lines} | used, default=0) + 1


def _move(desk: Desk, inside: Sequence[tuple[Parcel, Item]], number: int, units: int) -> None:
    """Number so many units anew in their boxes, those nobody has had in hand first."""
    order_of = sorted(inside, key=lambda one: one[0].state not in (ParcelState.PLANNED, *UNTOUCHED))
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
    lines = {line.line_no: line for line in order.shippable}
    paid, ids, amount = shares(order), Counter[str](), 0
    for number, told in sorted(units.items()):
        line = lines.get(number)
        if line is None:
            raise NoSuchLine(order.number, number, tuple(sorted(lines)))
        if not 0 <= told <= line.quantity:
            raise TooManyUnits(order.number, number, told, line.quantity)
        wanted = told or line.quantity
        ids[line.external_id] += wanted
        amount += apportion(paid[number], [wanted, line.quantity - wanted])[0]
    return IncomingRefund("", RefundState.SUCCESS, amount, tuple(ids), units=tuple(ids.values()))


def told_again(line: Line, parts: Sequence[Line]) -> list[Line]:
    """The line as its platform tells it now, divided as it was: a part that still ships grows and shrinks with the
    units told, the others stay while there are so many. It brings number and amount of each part only."""
    host = next((part for part in parts if not part.dropped), parts[0])
    sizes, left = {}, line.quantity
    for part in sorted(parts, key=lambda one: (one is host, not one.dropped, -one.line_no)):
        sizes[part.line_no] = left if part is host else min(part.quantity, left)
        left -= sizes[part.line_no]
    kept = [part for part in parts if sizes[part.line_no]] or [host]
    amounts = apportion(line.amount, [sizes[part.line_no] for part in kept])
    return [
        replace(line, line_no=part.line_no, quantity=sizes[part.line_no], amount=amount)
        for part, amount in zip(kept, amounts, strict=True)
    ]
