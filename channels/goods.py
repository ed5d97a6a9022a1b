"""Lines of goods and money, for formats whose rows tell them in part: ids of their own, the money shared out.

Surprising: where a platform numbers no lines, a line is known by its article, because files list the same goods in
another order next time; the second row of one article gets `:2` behind.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from channels.formats import Amounts, Row
from channels.orders import at_the_door
from channels.reasons import Reason, Refused, shown
from domain.intake.incoming import IncomingLine, PlatformState
from domain.money import apportion


def own_ids(lines: Sequence[IncomingLine]) -> tuple[IncomingLine, ...]:
    """The lines with ids that differ."""
    seen: Counter[str] = Counter()
    result = []
    for line in lines:
        seen[line.external_id] += 1
        again = seen[line.external_id]
        result.append(replace(line, external_id=f"{line.external_id}:{again}") if again > 1 else line)
    return tuple(result)


def shared(lines: Sequence[IncomingLine], amount: int) -> tuple[IncomingLine, ...]:
    """The lines with what the buyer pays for each, where only the order's `amount` for goods is told (minor units):
    by price, cent-exact."""
    if not lines:
        return ()
    shares = apportion(amount, [line.unit_price * line.quantity for line in lines])
    return tuple(replace(line, amount=share) for line, share in zip(lines, shares, strict=True))


def once(rows: Sequence[Row], lines: tuple[IncomingLine, ...]) -> tuple[IncomingLine, ...]:
    """The lines, one for each row. Raises Refused MISSING or DUPLICATE_IN_FILE on a line id that is no id of its
    own: the same order exported twice into one file."""
    for row, line in zip(rows, lines, strict=True):
        if not line.external_id:
            raise row.blame(Refused(Reason.MISSING), "line_id")
    told_once(rows, [line.external_id for line in lines], "line_id")
    return lines


def told_once(rows: Sequence[Row], ids: Sequence[str], field: str) -> None:
    """Raises Refused DUPLICATE_IN_FILE on an id of `field` that an earlier row of the order has; rows without one
    pass."""
    seen: set[str] = set()
    for row, told in zip(rows, ids, strict=True):
        if told and told in seen:
            facts = {"value": shown(told), "other_row": str(rows[0].line)}
            raise row.blame(Refused(Reason.DUPLICATE_IN_FILE, **facts), field)
        seen.add(told)


NEVER_PAID = (PlatformState.UNPAID, PlatformState.CLOSED)
_COLLECTING = frozenset({PlatformState.PAID, PlatformState.PART_SHIPPED, PlatformState.SHIPPED})


def to_collect(row: Row, state: PlatformState) -> bool:
    """Whether the money is still to be collected at the door: cash on delivery that is not done and tells no time of
    payment."""
    return state in _COLLECTING and at_the_door(row) and row.moment("paid_at") is None


def nothing_paid(row: Row, state: PlatformState) -> bool:
    """Whether no money of it is here, where a closed order tells no time of payment."""
    return state in NEVER_PAID or to_collect(row, state)


def was_paid(row: Row, state: PlatformState) -> bool:
    """A closed order was paid only where it tells when, and one to be paid at the door not before that."""
    if state is PlatformState.CLOSED:
        return row.moment("paid_at") is not None
    return state is not PlatformState.UNPAID and not to_collect(row, state)


def paid_whole(row: Row, state: PlatformState, goods: int, total: int) -> Amounts:
    """The money of an order that tells its goods, its `shipping` and what is paid in all: the rest is discount."""
    shipping = row.amount("shipping")
    off = max(goods + shipping - total, 0)
    return Amounts(goods, shipping, off, total=total, paid=total if was_paid(row, state) else 0)


def sharing(rows: Sequence[Row], line: Callable[[Row], IncomingLine], total: int) -> tuple[IncomingLine, ...]:
    """A line for each row, and what is paid in all without the `shipping` shared out among them."""
    return shared(own_ids([line(row) for row in rows]), max(total - rows[0].amount("shipping"), 0))
