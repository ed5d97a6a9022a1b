"""The refunds of an order as one account: which lines each is about, and what they come to together.

Surprising: the order's and its lines' refund fields are always counted anew from the records, never added to. A
platform tells one refund many times, first asked for, then paid, then with another amount (rules.md B7).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.incoming import IncomingRefund, RefundState
from domain.money import apportion
from domain.orders import Line, Order
from domain.parcels import Parcel, ParcelState, Refund

_LIVE = (RefundState.REQUESTED, RefundState.SUCCESS)


def _is_total(external_id: str) -> bool:
    """A file tells what came back in all, beside the single refunds of payloads: the two are not added."""
    return external_id.endswith(":file")


def _larger(amounts: Collection[tuple[str, int]]) -> int:
    totals = sum(amount for number, amount in amounts if _is_total(number))
    return max(totals, sum(amount for number, amount in amounts if not _is_total(number)))


def money_back(records: Collection[Refund]) -> int:
    """What was paid back, minor units; it may exceed what was paid where two sources tell the same refund."""
    return _larger([(r.external_id, r.amount) for r in records if r.state == RefundState.SUCCESS])


def lines_of(order: Order, refund: IncomingRefund, known: Collection[Refund]) -> tuple[Line, ...]:
    """The lines the refund is about; all that are left when it names none and nothing of the money is left.

    Empty when only money goes back.
    """
    if refund.line_ids:
        return tuple(line for line in order.lines if line.external_id in refund.line_ids)
    others = [r for r in known if r.external_id != refund.external_id and r.state == RefundState.SUCCESS]
    back = _larger([*((r.external_id, r.amount) for r in others), (refund.external_id, refund.amount)])
    if refund.state is RefundState.REQUESTED or back >= order.paid:
        taken = {number for record in others for number in record.line_nos}
        return tuple(line for line in order.lines if line.line_no not in taken) or order.lines
    return ()


def covered(order: Order, record: Refund, records: Collection[Refund]) -> set[int]:
    """The line numbers a record is about, also where it came before the lines did."""
    if record.line_nos:
        return set(record.line_nos)
    whole = record.state == RefundState.REQUESTED or money_back(records) >= order.paid
    return {line.line_no for line in order.lines} if whole else set()


def _furthest(parcels: Sequence[Parcel]) -> str:
    live = [parcel.state for parcel in parcels if parcel.state is not ParcelState.CANCELLED]
    steps = list(ParcelState)
    return max(live, key=steps.index) if live else ""


def remember(desk: Desk, order: Order, refund: IncomingRefund, parcels: Sequence[Parcel]) -> Refund | None:
    """Write the refund down; None when it tells nothing to act on: known as it is, or taken back before it was told."""
    records = desk.refunds.of_order(order.id)
    known = {r.external_id: r for r in records}.get(refund.external_id)
    if known and (known.state, known.amount) == (refund.state, refund.amount):
        return None
    lines = tuple(line.line_no for line in lines_of(order, refund, records))
    live = refund.state in _LIVE
    if known:
        news = replace(known, state=refund.state, amount=refund.amount, line_nos=lines if live else known.line_nos)
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
    shares = apportion(record.amount, [max(line.amount, 0) for line in about])
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
