"""What a platform tells, made comparable: one order out of several rows and files, its mark, and what of it counts.

Surprising: a fingerprint of the order's head and one of its lines decide what is news, because Taobao tells them in two
files. Pure: nothing here knows what is stored.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from domain.addresses.addresses import filled
from domain.intake.hidden import comparable
from domain.intake.incoming import Fragment, IncomingLine, IncomingOrder, IncomingRefund, PlatformState, RefundState
from domain.orders.orders import Line, Order, OrderStatus, Virtual

_NOT_OF_THE_HEAD = {"row": 0, "raw": "", "lines": (), "updated_at": None, "untold": ()}
_GONE = (PlatformState.SHIPPED, PlatformState.DONE)


def digest_of(value: object, instead: Mapping[str, object] = MappingProxyType({})) -> str:
    """A mark of what is told, `instead` of some fields of it this. A field at its default is not told, so one that a
    later version adds leaves the marks of orders that say nothing of it as they are."""
    return hashlib.blake2b(repr(_said(value, instead)).encode(), digest_size=8).hexdigest()


def _said(value: object, instead: Mapping[str, object] = MappingProxyType({})) -> object:
    if isinstance(value, tuple):
        return [_said(one) for one in value]
    kind: Any = type(value)
    known = _defaults(kind)
    if known is None:
        return value
    each = ((name, instead[name] if name in instead else getattr(value, name), default) for name, default in known)
    return [(name, one if isinstance(one, str | int) else _said(one)) for name, one, default in each if one != default]


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, object], ...] | None:
    """Its fields by name, whatever order they stand in, with their defaults; MISSING equals nothing told. None for what
    has no fields."""
    if not is_dataclass(kind):
        return None
    made = {one.name: one.default_factory() for one in fields(kind) if one.default_factory is not MISSING}
    return tuple(sorted((one.name, made.get(one.name, one.default)) for one in fields(kind)))


def _head_print(incoming: IncomingOrder) -> str:
    return digest_of(incoming, {**_NOT_OF_THE_HEAD, "receiver": comparable(incoming.receiver)})


def fingerprint(incoming: IncomingOrder, old: str = "") -> str:
    """`head:lines`, and `:refunds` where a fragment told some; what a file does not tell is kept from `old`. A
    ciphertext differs between exports and is no news (formats.md 6)."""
    head, lines, refunds_ = (*old.split(":"), "", "")[:3]
    if not incoming.fragment:
        head = _head_print(incoming)
    if incoming.lines:
        lines = digest_of(incoming.lines)
    if incoming.fragment and incoming.refunds:
        refunds_ = digest_of(incoming.refunds)
    return f"{head}:{lines}:{refunds_}".removesuffix(":")


def combine(batch: Sequence[IncomingOrder]) -> dict[str, IncomingOrder]:
    """One incoming order per number: a detail list fills in the lines of its head, a later head wins."""
    result: dict[str, IncomingOrder] = {}
    for incoming in batch:
        before = result.get(incoming.number)
        if before is None:
            result[incoming.number] = incoming
        elif incoming.fragment:
            raw = f"{before.raw}\n{incoming.raw}"
            refunds = both_refunds(before.refunds, incoming.refunds)
            lines = incoming.lines or before.lines
            result[incoming.number] = replace(before, lines=lines, refunds=refunds, raw=raw)
        elif before.fragment or not incoming.lines:
            refunds = both_refunds(incoming.refunds, before.refunds)
            result[incoming.number] = replace(incoming, lines=incoming.lines or before.lines, refunds=refunds)
        else:
            result[incoming.number] = incoming
    return result


def placed(incoming: IncomingOrder) -> IncomingOrder:
    """The order with a receiver whose province, city and district stand in their fields, where the address has them
    (formats.md 6)."""
    receiver = filled(incoming.receiver)
    return incoming if receiver is incoming.receiver else replace(incoming, receiver=receiver)


def both_refunds(first: tuple[IncomingRefund, ...], second: tuple[IncomingRefund, ...]) -> tuple[IncomingRefund, ...]:
    """Refunds told by two files, each number once."""
    known = {refund.external_id for refund in first}
    return (*first, *(refund for refund in second if refund.external_id not in known))


def lines_of(lines: Sequence[IncomingLine]) -> tuple[Line, ...]:
    """An order's lines as the platform tells them, numbered from 1."""
    return tuple(
        Line(
            line_no=number,
            external_id=line.external_id,
            title=line.title,
            variant=line.variant,
            merchant_code=line.merchant_code,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            refund=line.refund,
            virtual=Virtual.TOLD if line.virtual else Virtual.NO,
        )
        for number, line in enumerate(lines, 1)
    )


def first_status(incoming: IncomingOrder) -> OrderStatus:
    """Where a new order stands by what its platform says of it."""
    if incoming.state in _GONE:
        return OrderStatus.ELSEWHERE
    if incoming.state is PlatformState.CLOSED:
        return OrderStatus.CANCELLED
    if incoming.state is PlatformState.UNPAID:
        return OrderStatus.UNPAID
    whole = sum(r.amount for r in incoming.refunds if r.state is RefundState.SUCCESS) >= incoming.paid > 0
    return OrderStatus.CANCELLED if whole else OrderStatus.REVIEW


_HEAD = (
    *("number", "external_id", "platform", "currency", "placed_at", "paid_at", "goods", "shipping", "discount", "tax"),
    *("total", "paid", "buyer_id", "buyer_message", "seller_note", "receiver", "cod", "presale", "promised_ship_at"),
    *("seller_flag", "invoice", "warehouse_hint", "courier_hint", "merge_code", "risk", "platform_hold"),
    *("pickup", "ship_from"),
)
"""What an order takes over from the platform as it is told."""

KEPT = ("external_id", "placed_at", "paid_at", "buyer_id", "promised_ship_at", "ship_from", "risk")
"""What stays when a later file does not tell it."""

MONEY = ("goods", "shipping", "discount", "tax", "total", "paid", "cod")
"""What a report without money says nothing about."""


def head_of(incoming: IncomingOrder, names: Sequence[str] = _HEAD) -> dict[str, Any]:
    """Those fields as an order takes them over."""
    return {name: getattr(incoming, name) for name in names}


def filled_with(incoming: IncomingOrder, kept: Fragment | None) -> IncomingOrder:
    """A new order, or more of it, with what was put aside: its own lines win, refunds are told by either."""
    if kept is None:
        return incoming
    return replace(incoming, lines=incoming.lines or kept.lines, refunds=both_refunds(incoming.refunds, kept.refunds))


def older(incoming: IncomingOrder, order: Order) -> bool:
    """A late payload tells old news: platforms do not promise the order of delivery. Nor does a paid order become
    unpaid again."""
    if incoming.updated_at and order.platform_updated_at and incoming.updated_at < order.platform_updated_at:
        return True
    unpaid = PlatformState.UNPAID
    return not incoming.fragment and incoming.state is unpaid and order.platform_state is not unpaid


def print_of(kept: Fragment | None) -> str:
    """What a fragment put aside leaves in the fingerprint of its order."""
    if kept is None:
        return ""
    return ":" + ":".join(digest_of(part) if part else "" for part in (kept.lines, kept.refunds))


def line_refunds(before: Mapping[str, RefundState], incoming: IncomingOrder) -> tuple[IncomingRefund, ...]:
    """Refunds told on lines (Taobao's item list) as refunds of their own, numbered after the line; `before` is what
    the lines said last time."""
    told = {line_id for refund in incoming.refunds for line_id in refund.line_ids}
    return tuple(
        IncomingRefund(
            f"{incoming.number}:{line.external_id}", line.refund, line.refunded or line.amount, (line.external_id,)
        )
        for line in incoming.lines
        if line.external_id not in told and line.refund is not before.get(line.external_id, RefundState.NONE)
    )


def tells_receiver(incoming: IncomingOrder) -> bool:
    """Whether the report says who gets the parcel; a city alone does not."""
    told = incoming.receiver
    return bool(told.name or told.phone or told.address)
