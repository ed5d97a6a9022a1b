"""The refunds of an order as one account: which lines each is about, and what they come to together.

Surprising: the order's and its lines' refund fields are always counted anew from the records, never added to. A
platform tells one refund many times, first asked for, then paid, then with another amount (rules.md B7).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState, Refund
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders import kits, parts
from domain.orders.orders import Line, Order

_LIVE = (RefundState.REQUESTED, RefundState.SUCCESS)


def is_total(external_id: str) -> bool:
    """A file tells what came back in all, beside the single refunds of payloads: the two are not added."""
    return external_id.endswith(":file")


def _larger(amounts: Collection[tuple[str, int]]) -> int:
    totals = sum(amount for number, amount in amounts if is_total(number))
    return max(totals, sum(amount for number, amount in amounts if not is_total(number)))


def money_back(records: Collection[Refund]) -> int:
    """What was paid back, minor units; it may exceed what was paid where two sources tell the same refund."""
    return _larger([(r.external_id, r.amount) for r in records if r.state == RefundState.SUCCESS])


@dataclass(frozen=True, slots=True)
class About:
    """What a refund says of the goods: the line numbers it takes, and the told line ids that leave open whether goods
    stay here. Neither: only money goes back."""

    lines: tuple[int, ...] = ()
    unclear: tuple[str, ...] = ()


def about(order: Order, refund: IncomingRefund, known: Collection[Refund], meant: Mapping[str, Sequence[int]]) -> About:
    """What the refund says of the goods; `meant` the lines of those of its ids whose units were told (`orders.parts`).

    A request stops all it may be about, an id we do not know the whole order. What is granted takes a line out only
    when its units are told or its amount is worth the line; else a person decides (rules.md B7).
    """
    others = [r for r in known if r.external_id != refund.external_id and r.state == RefundState.SUCCESS]
    back = _larger([*((r.external_id, r.amount) for r in others), (refund.external_id, refund.amount)])
    taken = {number for record in others for number in record.line_nos}
    rest = tuple(line.line_no for line in order.lines if line.line_no not in taken) or _numbers(order.lines)
    mine = next((r for r in known if r.external_id == refund.external_id), None)
    whole = refund.state is RefundState.REQUESTED or back >= order.paid
    if not refund.line_ids:
        corrected = mine.line_nos if mine and refund.state is RefundState.SUCCESS == mine.state else ()
        return About(rest if whole else corrected)
    gone = tuple(sorted(set(mine.line_nos if mine else ()).difference(_numbers(order.lines))))
    strange = set(refund.line_ids).difference(line.external_id for line in order.lines) if not gone else set()
    if whole and strange:
        return About(rest)
    return _named(order, refund, mine, meant, gone, strange, whole=whole)


def told(desk: Desk, order: Order, refund: IncomingRefund, dock: Collection[int]) -> tuple[Order, About]:
    """What the refund says of the goods, and the order with a line of its own for units it names (not saved). Parcels
    on the `dock` have not left."""
    if refund.state not in _LIVE:
        return order, About()
    records = desk.refunds.of_order(order.id)
    order, meant = parts.divided(desk, order, refund, records, dock)
    return order, about(order, refund, records, meant)


def _named(
    order: Order,
    refund: IncomingRefund,
    mine: Refund | None,
    meant: Mapping[str, Sequence[int]],
    gone: tuple[int, ...],
    strange: Collection[str],
    *,
    whole: bool,
) -> About:
    """Of a refund that names lines: those of told units, those granted before, and the others if it is worth them and
    tells no units of them."""
    exact = {number for numbers in meant.values() for number in numbers}
    others = [line for line in order.lines if line.external_id in refund.line_ids and line.external_id not in meant]
    before = mine.line_nos if mine and mine.state == RefundState.SUCCESS else ()
    asked = [line for line in others if line.line_no not in before]
    had = [line for line in order.lines if line in others or line.line_no in exact]
    units = dict(zip(refund.line_ids, refund.units, strict=False))
    some = {line.external_id for line in others if units.get(line.external_id)}  # of which only a person knows them
    clear = whole or (not some and (not (refund.amount and had) or refund.amount >= worth(order, _numbers(had))))
    kept = exact | {line.line_no for line in others if clear or line not in asked}
    open_ids = some | {line.external_id for line in asked} if not clear else set()
    return About(tuple(sorted(kept.union(gone))), tuple(sorted(open_ids.union(strange))))


def _numbers(lines: Collection[Line]) -> tuple[int, ...]:
    return tuple(line.line_no for line in lines)


def worth(order: Order, line_nos: Collection[int]) -> int:
    """The least a refund of all these goods comes to, minor units: what was paid for them without the freight, but for
    a cent of rounding on each line."""
    goods = kits.spread(max(order.paid - order.shipping, 0), order.lines)
    pairs = zip(order.lines, goods, strict=True)
    return sum(min(line.amount or part, part) - 1 for line, part in pairs if line.line_no in line_nos)


def covered(order: Order, record: Refund, records: Collection[Refund]) -> set[int]:
    """The line numbers a record is about, also where it came before the lines did."""
    if record.line_nos:
        named = set(record.line_nos)  # one that came before its set was exploded names the set
        return named | {line.line_no for line in order.lines if line.kit and kits.host(line.line_no) in named}
    whole = record.state == RefundState.REQUESTED or money_back(records) >= order.paid
    return {line.line_no for line in order.lines} if whole else set()


def _furthest(parcels: Sequence[Parcel]) -> str:
    live = [parcel.state for parcel in parcels if parcel.state is not ParcelState.CANCELLED]
    steps = list(ParcelState)
    return max(live, key=steps.index) if live else ""


def known(desk: Desk, order: Order, refund: IncomingRefund) -> Refund | None:
    """The refund as it was told before."""
    return next((r for r in desk.refunds.of_order(order.id) if r.external_id == refund.external_id), None)


def _same(before: Refund, refund: IncomingRefund, lines: Collection[int]) -> bool:
    """Whether it tells what we know: state, amount and goods (the key of rules.md B7 is number and version). One that
    names no lines may only take more."""
    if (before.state, before.amount) != (refund.state, refund.amount):
        return False
    if refund.state not in _LIVE:
        return True
    return set(lines) == set(before.line_nos) if refund.line_ids else set(lines) <= set(before.line_nos)


def remember(
    desk: Desk,
    order: Order,
    refund: IncomingRefund,
    parcels: Sequence[Parcel],
    lines: tuple[int, ...],
    *,
    asks: bool = False,
) -> Refund | None:
    """Write the refund of these lines down; None when it tells nothing to act on: known as it is, with nothing new that
    it `asks` a person about, or taken back before it was told."""
    before = known(desk, order, refund)
    if before and not asks and _same(before, refund, lines):
        return None
    live = refund.state in _LIVE
    if before:
        news = replace(before, state=refund.state, amount=refund.amount, line_nos=lines if live else before.line_nos)
        desk.refunds.save(news)
        return replace(news, revision=news.revision + 1)
    record = desk.refunds.add(
        Refund(
            id=0,
            order_id=order.id,
            external_id=refund.external_id,
            state=refund.state,
            amount=refund.amount,
            currency=order.currency,
            at=refund.at or desk.now,
            line_nos=lines if live else (),
            reason=refund.reason,
            stage=_furthest(parcels),
        )
    )
    return record if live else None


def settle_open(desk: Desk, order: Order, refund: IncomingRefund) -> None:
    """A file numbers a refund that is only asked for `N:open`; once N is there, the question is answered."""
    for other in desk.refunds.of_order(order.id):
        asked = other.external_id == f"{refund.external_id}:open" and other.state == RefundState.REQUESTED
        if asked and refund.state is RefundState.SUCCESS:
            desk.refunds.save(replace(other, state=RefundState.CANCELLED))


def _share(order: Order, record: Refund, lines: Collection[int]) -> dict[int, int]:
    about = [line for line in order.lines if line.line_no in lines]
    if not about:
        return {}
    shares = kits.spread(record.amount, about)
    return {line.line_no: share for line, share in zip(about, shares, strict=True)}


def tally(desk: Desk, order: Order) -> Order:
    """The order with its refund fields as the records say; not saved."""
    records = [r for r in desk.refunds.of_order(order.id) if r.state in _LIVE]
    about = {record.id: covered(order, record, records) for record in records}
    done = [record for record in records if record.state == RefundState.SUCCESS]
    shares = [(record.external_id, _share(order, record, about[record.id])) for record in done]

    def told(line: Line) -> Line:
        states = {record.state for record in records if line.line_no in about[record.id]}
        first, second = (RefundState.SUCCESS, RefundState.REQUESTED) if line.dropped else _LIVE
        state = first if first in states else second if second in states else RefundState.NONE
        back = _larger([(number, share.get(line.line_no, 0)) for number, share in shares])
        return replace(line, refund=state, refunded=back)

    refunded = min(money_back(records), order.paid)
    return replace(order, lines=tuple(told(line) for line in order.lines), refunded=refunded)
