"""A refund of some units of a line: the line is divided in two, so that those units are a line of their own.

Surprising: nothing else knows about units then. Stops, put-backs, withdrawals and money go by line number as ever,
and a line the platform tells once may be several of ours with one `external_id`. Units of a set are sets, each with all
its parts (`domain.orders.kits`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.desk import Desk
from domain.errors import NoSuchLine, TooManyUnits
from domain.floor.parcels import UNTOUCHED, Item, Parcel, ParcelState, Refund
from domain.intake.incoming import IncomingRefund, RefundState
from domain.money import apportion
from domain.orders import kits
from domain.orders.orders import Line, Order
from domain.planning.splitting import shares

_LEFT = 3
BY_PEOPLE = "cs:"
"""How the numbers of refunds begin that people here typed."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A refund, with those the order has already and its parcels on the dock, by id."""

    refund: IncomingRefund
    records: Collection[Refund]
    dock: Collection[int]

    @property
    def typed(self) -> bool:
        """Whether people here told it, who see what has left."""
        return self.refund.external_id.startswith(BY_PEOPLE)

    def before(self) -> set[int]:
        """The lines it was about when it was told before."""
        return {n for record in self.records if record.external_id == self.refund.external_id for n in record.line_nos}

    def of_others(self) -> set[int]:
        """The lines that other refunds were granted for."""
        done = [r for r in self.records if r.external_id != self.refund.external_id and r.state == RefundState.SUCCESS]
        return {number for record in done for number in record.line_nos}


def divided(
    desk: Desk, order: Order, refund: IncomingRefund, records: Collection[Refund], dock: Collection[int] = ()
) -> tuple[Order, dict[str, tuple[int, ...]]]:
    """The order with the refund's units as lines of their own (not saved; its parcels are), and the line numbers meant
    by each told line id whose units are told, but for those that only a person can tell from others. The same news
    divides nothing anew. Parcels on the `dock` have not left."""
    meant: dict[str, tuple[int, ...]] = {}
    case = _Case(refund, records, dock)
    for line_id, units in zip(refund.line_ids, refund.units, strict=False):
        if units > 0 and any(line.external_id == line_id for line in order.lines):
            order, chosen = _chosen(desk, order, line_id, units, case)
            if chosen:
                meant[line_id] = tuple(sorted(chosen))
    return order, meant


def _chosen(desk: Desk, order: Order, line_id: str, units: int, case: _Case) -> tuple[Order, list[int]]:
    """The numbers of so many units of a told line, [] where only a person can say which are meant."""
    mine, others = case.before(), case.of_others()
    chosen: list[int] = []

    def order_of(part: tuple[Line, ...]) -> tuple[bool, bool, bool, int]:
        numbers, out = _numbers(part), any(line.dropped for line in part)
        new = mine.isdisjoint(numbers)
        return new, not others.isdisjoint(numbers), out is new, -part[0].line_no

    parts = kits.groups(line for line in order.lines if line.external_id == line_id)
    for part in sorted(parts, key=order_of):
        if units < kits.sets(part):
            order, cut = _cut(desk, order, part, units, case)
            return order, [*chosen, *cut] if cut else []
        chosen += _numbers(part)
        units -= kits.sets(part)
        if not units:
            break
    return order, chosen


def _numbers(part: Sequence[Line]) -> list[int]:
    return [line.line_no for line in part]


def _cut(desk: Desk, order: Order, part: tuple[Line, ...], units: int, case: _Case) -> tuple[Order, list[int]]:
    """Take units out of a line, or sets out of a set, as a new one; returns its numbers. What is here goes first, of
    each part of a set for itself; all of the line where nothing is here any more. No numbers where some are here and
    others, which have left, are on their way back: it may be either that are refunded."""
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    returned = {i.order_line for r in desk.returns.of_order(order.id) for i in r.items if i.order_id == order.id}
    found = [_found(order, line, boxes, case.dock) for line in part]
    if not any(one.here for one in found):
        return order, _numbers(part)
    coming_back = not returned.isdisjoint(_numbers(part))
    if coming_back and not case.typed:
        return order, []
    rest, new = kits.taken(part, units, next_number(order, boxes, case.records))
    for one, gone in zip(found, new, strict=True):
        if gone.quantity > one.here + (0 if coming_back else one.left):
            return order, [] if part[0].kit else _numbers(part)
    for one, gone in zip(found, new, strict=True):
        _renumber(desk, one, gone)
    _named_too(desk, order, case.refund, dict(zip(_numbers(part), _numbers(new), strict=True)))
    kept = {line.line_no: line for line in rest}
    lines = tuple(kept.get(one.line_no, one) for one in order.lines)
    return replace(order, lines=(*lines, *new)), _numbers(new)


_Inside = Sequence[tuple[int, Item]]


@dataclass(frozen=True, slots=True)
class _Found:
    """Where the units of a line are: `loose` in no box any more, having been taken `out` or never in one, or `inside`
    boxes (by id), in the order in which they are given up. How many are `here`, and how many have `left`."""

    loose: int
    out: _Inside
    inside: _Inside
    here: int
    left: int


def _found(order: Order, line: Line, boxes: Collection[Parcel], dock: Collection[int]) -> _Found:
    def place(box: Parcel, item: Item) -> int:
        if item.dropped or box.state in (ParcelState.PLANNED, *UNTOUCHED):
            return 0
        if box.state is not ParcelState.HANDED_OVER:
            return 1
        return 2 if box.id in dock else _LEFT

    mine = [(box, i) for box in boxes for i in box.items if (i.order_id, i.line_no) == (order.id, line.line_no)]
    out = [(box.id, item) for box, item in mine if item.dropped and not line.dropped]
    there = [
        (place(box, item), box.id, item)
        for box, item in mine
        if (line.dropped if item.dropped else box.state is not ParcelState.CANCELLED)
    ]
    there.sort(key=lambda one: one[0])
    units = sum(item.quantity for _, _, item in there)
    left = sum(item.quantity for at, _, item in there if at == _LEFT)
    loose = max(line.quantity - units, 0)
    return _Found(loose, out, [(box_id, item) for _, box_id, item in there], loose + units - left, left)


def _renumber(desk: Desk, found: _Found, gone: Line) -> None:
    """Number so many units anew, in the boxes where they are or were."""
    loose = min(gone.quantity, found.loose)
    for inside, rest in ((found.out, loose), (found.inside, gone.quantity - loose)):
        for box_id, item in inside:
            take = min(rest, item.quantity)
            rest -= take
            if take:
                box = desk.parcels.get(box_id)
                at = box.items.index(item)
                halves = _halves(item, gone.line_no, take)
                desk.parcels.save([replace(box, items=(*box.items[:at], *halves, *box.items[at + 1 :]))])


def _named_too(desk: Desk, order: Order, refund: IncomingRefund, new: Mapping[int, int]) -> None:
    """What names a line that is divided (its number -> the new one) means all of it as before: the other refunds, and
    the open stops of what lies in their box."""

    def more(numbers: Sequence[int]) -> set[int]:
        return {*numbers, *(new[number] for number in numbers if number in new)}

    for record in desk.refunds.of_order(order.id):
        if record.external_id != refund.external_id and not new.keys().isdisjoint(record.line_nos):
            desk.refunds.save(replace(record, line_nos=tuple(sorted(more(record.line_nos)))))
    boxes = desk.parcels.of_orders([order.id]).get(order.id, ())
    stops = desk.stops.of_parcels([box.id for box in boxes])
    for box in boxes:
        inside = {item.line_no for item in box.live_items if item.order_id == order.id}
        for stop in stops.get(box.id, ()):
            if stop.open and stop.order_id == order.id and not new.keys().isdisjoint(stop.line_nos):
                desk.stops.save(replace(stop, line_nos=tuple(sorted(more(stop.line_nos) & inside))))


def next_number(order: Order, boxes: Collection[Parcel], records: Collection[Refund]) -> int:
    """A number no line of the order ever had: boxes and refunds go on naming lines that its platform does not tell any
    more, and must not come to mean other goods."""
    used = {item.line_no for box in boxes for item in box.items if item.order_id == order.id}
    used |= {number for record in records for number in record.line_nos}
    return max(map(kits.host, {line.line_no for line in order.lines} | used), default=0) + 1


def _halves(item: Item, number: int, units: int) -> tuple[Item, ...]:
    kept = item.quantity - units
    if not kept:
        return (replace(item, line_no=number),)
    rest, taken = apportion(item.paid, [kept, units])
    return replace(item, quantity=kept, paid=rest), replace(item, line_no=number, quantity=units, paid=taken)


def of_units(order: Order, units: Mapping[int, int]) -> IncomingRefund:
    """A refund, not yet numbered, of units by line number (0 = all of the line), worth what was paid for them. Raises
    NoSuchLine on a line that is not there or out already, TooManyUnits on more units than it has."""
    lines = {part[0].line_no: part for part in kits.groups(order.bought)}
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
