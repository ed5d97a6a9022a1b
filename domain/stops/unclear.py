"""Refunds that leave open whether goods stay here: an amount below the line's, a line we do not know (rules.md B7).

Surprising: it is the hold "refunded in part", as screening places it in review. In the house it stops the box like any
hold, and a person either lets the goods go or types which of them stay.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from domain.desk import Desk
from domain.floor.parcels import Refund
from domain.intake.incoming import IncomingRefund
from domain.orders.orders import Order, OrderStatus
from domain.people import notices
from domain.people.people import Role
from domain.records import NoticeKind
from domain.review.holds import Hold, HoldCode, Source, lapse
from domain.stops import refunds

_LIVE = (OrderStatus.REVIEW, OrderStatus.RELEASED, OrderStatus.PUT_BACK)


def asked(desk: Desk, order: Order, record: Refund, line_ids: Collection[str]) -> Order:
    """The order held while the refund leaves these told line ids open, free of that when it leaves none. What a person
    released on the same evidence is not asked again. Not saved."""
    if not line_ids or order.status not in _LIVE:
        return settled(desk, order, record)
    evidence = _evidence(order, record.external_id, record.amount, line_ids)
    if _seen(order, evidence):
        return order
    order = settled(desk, order, record)
    if order.status is not OrderStatus.REVIEW:  # there the digest has it
        key = f"unclear:{record.id}:{record.revision}"
        notices.tell(desk, NoticeKind.ORDER, order.id, {Role.CS, Role.CS_LEAD}, key=key, shop=order.shop_id)
    return replace(order, holds=(*order.holds, Hold(HoldCode.REFUNDED, Source.PLATFORM, desk.now, evidence)))


def is_news(order: Order, refund: IncomingRefund, line_ids: Collection[str]) -> bool:
    """Whether a person must still be asked what this refund leaves open."""
    live = order.status in (*_LIVE, OrderStatus.APPROVED)
    return live and bool(line_ids) and not _seen(order, _evidence(order, refund.external_id, refund.amount, line_ids))


def _evidence(order: Order, number: str, amount: int, line_ids: Collection[str]) -> dict[str, str]:
    lines = ", ".join(_called(order, line_id) for line_id in line_ids)[:200]
    return {"refund": number, "amount": str(amount), "currency": order.currency, "lines": lines}


def _seen(order: Order, evidence: dict[str, str]) -> bool:
    same = [hold for hold in order.holds if _same(hold.evidence, evidence)]
    return any(hold.open or hold.resolution == "released" for hold in same)


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether they ask the same: also where one file gives the refund its number and another tells all that came back
    of the lines."""
    first, second = one.get("refund", ""), other["refund"]
    if {**one, "refund": ""} != {**other, "refund": ""}:
        return False
    return first == second or refunds.is_total(first) != refunds.is_total(second)


def _called(order: Order, line_id: str) -> str:
    """What people call the line, its told id where we have no such line."""
    line = next((line for line in order.lines if line.external_id == line_id), None)
    return line.known_as if line else line_id


def waits(order: Order) -> bool:
    """Whether a refund waits for a person to say which goods it is for: its money is told already."""
    return any(hold.open and hold.code is HoldCode.REFUNDED and "refund" in hold.evidence for hold in order.holds)


def settled(desk: Desk, order: Order, record: Refund) -> Order:
    """The order without this refund's question. Not saved."""
    holds = lapse(order.holds, lambda hold: hold.evidence.get("refund") == record.external_id, desk.now)
    return replace(order, holds=holds) if holds != order.holds else order
