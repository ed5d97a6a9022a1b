"""Screening (审单检查): every reason an order should wait, each with its evidence (rules.md B2).

Surprising: it is a pure function of the order and `Facts`, which are loaded once for a whole set of orders. It
runs again on every change, so a hold goes away by itself when its cause does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.catalog import Catalog
from domain.holds import Finding, HoldCode
from domain.incoming import PlatformState, RefundState
from domain.orders import LIVE, Line, Order
from domain.policy import Policy
from domain.stock import Level

_CN_PHONE = re.compile(r"^(?:\+?86[- ]?)?(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?:-\d{1,6})?$")
_ANY_PHONE = re.compile(r"^[+\d][\d\s().-]{5,24}(?:\s*(?:x|ext\.?)\s*\d{1,6})?$", re.IGNORECASE)
_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What screening and matching know besides the order. `free` is (warehouse, sku) -> units a new order may
    claim; `recent` the buyers' other live orders.

    `left` is e-waybill account -> numbers left (missing: not counted); `failed` order -> courier -> why it gave no
    number. `memo` keeps matches that must come out the same; it starts empty with every `replace`.
    """

    catalog: Catalog
    policy: Policy
    free: Mapping[tuple[int, str], int]
    recent: Mapping[str, tuple[Order, ...]]
    now: datetime | None = None
    left: Mapping[int, int] = field(default_factory=dict)
    failed: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    memo: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)


def free_units(levels: Mapping[tuple[int, str], Level]) -> dict[tuple[int, str], int]:
    """What each warehouse can still promise."""
    return {key: level.free for key, level in levels.items()}


def wanted(order: Order) -> dict[str, int]:
    """Units wanted by sku, over the lines that still want shipping and are matched."""
    units: dict[str, int] = {}
    for line in order.lines:
        if line.sku and not line.dropped:
            units[line.sku] = units.get(line.sku, 0) + line.quantity
    return units


def covering(order: Order, facts: Facts) -> list[int]:
    """Warehouses that serve the shop and hold every unit the order wants."""
    units = wanted(order)
    return [
        warehouse.id
        for warehouse in facts.catalog.warehouses.values()
        if warehouse.serves(order.shop_id)
        and all(facts.free.get((warehouse.id, sku), 0) >= need for sku, need in units.items())
    ]


def _refund(order: Order) -> Iterator[Finding]:
    asked = [line.title for line in order.lines if line.refund is RefundState.REQUESTED]
    if asked:
        yield Finding(HoldCode.REFUND_REQ, {"lines": str(len(asked)), "first": asked[0]})
    taken = sum(line.refunded for line in order.lines if line.dropped)
    if order.refunded > taken:
        yield Finding(HoldCode.REFUNDED, {"amount": str(order.refunded - taken), "currency": order.currency})


def _goods(order: Order, facts: Facts) -> Iterator[Finding]:
    lines = order.shippable
    if not lines:
        yield Finding(HoldCode.NO_ITEMS, {})
        return
    unmatched = [line for line in lines if line.sku is None]
    if unmatched:
        first: Line = unmatched[0]
        yield Finding(
            HoldCode.SKU_UNMATCHED,
            {"lines": str(len(unmatched)), "code": first.merchant_code, "title": first.title},
        )
    elif not covering(order, facts):
        yield from _short(order, facts)


def _short(order: Order, facts: Facts) -> Iterator[Finding]:
    serving = [w for w in facts.catalog.warehouses.values() if w.serves(order.shop_id)]
    if not serving:
        yield Finding(HoldCode.NO_WAREHOUSE, {"shop": facts.catalog.shops[order.shop_id].name})
        return
    for sku, need in sorted(wanted(order).items()):
        best = max(facts.free.get((w.id, sku), 0) for w in serving)
        if best < need:
            yield Finding(HoldCode.OUT_OF_STOCK, {"sku": sku, "need": str(need), "free": str(best)})
            return
    yield Finding(HoldCode.OUT_OF_STOCK, {"sku": "*", "need": "", "free": "", "why": "no single warehouse has all"})


def _address(order: Order) -> Iterator[Finding]:
    receiver = order.receiver
    if receiver.masked:
        return
    china = receiver.country == "CN"
    needed = ("name", "province", "city", "address") if china else ("name", "country", "city", "address")
    missing = [field for field in needed if not getattr(receiver, field).strip()]
    phone = receiver.phone.strip()
    if (china and not _CN_PHONE.match(phone)) or (not china and phone and not _ANY_PHONE.match(phone)):
        missing.append("phone")
    if missing:
        yield Finding(HoldCode.ADDR_INVALID, {"fields": ",".join(missing)})


def _words(order: Order, policy: Policy) -> Iterator[Finding]:
    text = f"{order.buyer_message}\n{order.seller_note}".casefold()
    hit = [word for word in policy.keywords if word.casefold() in text]
    if hit:
        yield Finding(HoldCode.KEYWORD, {"words": ",".join(hit)})
    if order.buyer_message.strip():
        yield Finding(HoldCode.MESSAGE, {"text": order.buyer_message.strip()[:200]})
    if order.seller_note.strip():
        yield Finding(HoldCode.SELLER_NOTE, {"text": order.seller_note.strip()[:200]})


def _goods_key(order: Order) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((line.sku or line.merchant_code or line.title, line.quantity) for line in order.lines))


def _buyer(order: Order, facts: Facts) -> Iterator[Finding]:
    if order.buyer_id and f"{order.platform}:{order.buyer_id}" in facts.policy.blacklist:
        yield Finding(HoldCode.BLACKLIST, {"buyer": order.buyer_id})
    window = timedelta(hours=facts.policy.duplicate_hours)
    for other in facts.recent.get(order.buyer_id, ()) if order.buyer_id else ():
        apart = abs((order.placed_at or order.created_at) - (other.placed_at or other.created_at))
        if (
            other.id != order.id
            and other.status in LIVE
            and _ZERO <= apart <= window
            and other.receiver == order.receiver
            and _goods_key(other) == _goods_key(order)
        ):
            yield Finding(HoldCode.DUPLICATE, {"order": other.number})
            return


def _amount(order: Order, policy: Policy) -> Iterator[Finding]:
    low, high = policy.amounts(order.currency)
    if not low <= order.paid <= high:
        yield Finding(
            HoldCode.AMOUNT_RANGE,
            {"paid": str(order.paid), "low": str(low), "high": str(high), "currency": order.currency},
        )


def screen(order: Order, facts: Facts) -> tuple[Finding, ...]:
    """Every finding on an order in review, in no particular order."""
    found = [*_refund(order), *_goods(order, facts), *_address(order), *_words(order, facts.policy)]
    found += [*_buyer(order, facts), *_amount(order, facts.policy)]
    if order.platform_state in (PlatformState.SHIPPED, PlatformState.PART_SHIPPED, PlatformState.DONE):
        found.append(Finding(HoldCode.PLATFORM_SHIPPED, {"state": order.platform_state}))
    return tuple(found)
