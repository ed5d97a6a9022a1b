"""Which orders may travel in one parcel, and how sure that is (rules.md B3). Pure: it looks at orders only.

Surprising: an order is never dissolved into another. A merged parcel holds items of several orders, each keeps its
number, its holds and its own answer to the platform; so unmerging is nothing but other items again.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.addresses.addresses import filled, merge_key
from domain.orders.catalog import Catalog
from domain.orders.orders import Order, OrderStatus
from domain.policy.policy_sections import Merge
from domain.review.holds import HoldCode, open_codes

FORBIDDING = frozenset(
    {
        *(HoldCode.REFUNDED, HoldCode.REFUND_REQ, HoldCode.ADDR_CHANGED, HoldCode.ADDR_INVALID, HoldCode.BLACKLIST),
        *(HoldCode.FRAUD, HoldCode.PLATFORM_SHIPPED, HoldCode.FREEZE, HoldCode.NO_ITEMS),
        *(HoldCode.WAIT_RETURN, HoldCode.PLATFORM_LOCK, HoldCode.NO_SHIPPING, HoldCode.PICKUP),
    }
)
"""Open holds with which an order travels with nobody."""


class Risk(StrEnum):
    """LOW merges by itself, MID needs a person, HIGH never merges."""

    LOW = "low"
    MID = "mid"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two orders go together, and a code of why."""

    risk: Risk
    why: str


def key_of(order: Order, catalog: Catalog, choices: Merge) -> str:
    """What orders to one place share; '' when this order may never travel with another: cash on delivery, goods bound
    to one order (a subsidy, a serial number), a hidden receiver without the platform's own code, or an address we
    can't compare.

    Shop, platform, what the platform designates, and a quick promise (same day, next day) are part of it: orders that
    differ there never meet.
    """
    if order.cod or _bound(order, catalog, choices):
        return ""
    place = f"code:{order.merge_code}" if order.merge_code else merge_key(order.receiver)
    if not place:
        return ""
    parts = [str(order.shop_id), order.platform, order.warehouse_hint, order.courier_hint, place]
    parts += [f"within {hours} h" for hours in _quick(order, choices)]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def _bound(order: Order, catalog: Catalog, choices: Merge) -> bool:
    skus = (catalog.skus.get(line.sku) for line in order.shippable if line.sku)
    return any(sku.traits.intersection(choices.never) for sku in skus if sku is not None and sku.traits)


def _quick(order: Order, choices: Merge) -> list[int]:
    """The least of the policy's quick promises that this order's is within, if any."""
    if order.promised_ship_at is None:
        return []
    until = order.promised_ship_at - _when(order)
    return [hours for hours in sorted(choices.quick_hours) if until <= timedelta(hours=hours)][:1]


def one_place(orders: Collection[Order]) -> bool:
    """Whether one box can still bring all of these: the platform's own code is one, or the readable addresses are, or
    what nobody can read is word for word the same (rules.md B3). An address may change after the merge."""
    codes = {order.merge_code for order in orders}
    if len(codes) == 1 and "" not in codes:
        return True
    places = {merge_key(order.receiver) for order in orders}
    if None in places:
        return len({filled(order.receiver) for order in orders}) == 1
    return len(places) == 1


def verdict(first: Order, second: Order, choices: Merge) -> Verdict:
    """How two orders with one key go together."""
    for order in (first, second):
        if order.status is OrderStatus.UNPAID:
            return Verdict(Risk.HIGH, "unpaid")
        if FORBIDDING.intersection(open_codes(order.holds)):
            return Verdict(Risk.HIGH, "held")
    if abs(_when(first) - _when(second)) > timedelta(hours=choices.within_hours):
        return Verdict(Risk.MID, "far_apart")
    if not _due_alike(first, second, choices):
        return Verdict(Risk.MID, "other_promise")
    if not first.buyer_id or not second.buyer_id:
        return Verdict(Risk.MID, "unknown_buyer")
    if first.buyer_id != second.buyer_id:
        return Verdict(Risk.MID, "other_buyer")
    return Verdict(Risk.LOW, "same_buyer")


def _when(order: Order) -> datetime:
    return order.paid_at or order.placed_at or order.created_at


def groups(orders: Collection[Order], choices: Merge) -> list[list[Order]]:
    """The orders that travel together, oldest first; each order is in exactly one group, most are alone.

    What a person put together or apart stands above what the rule says.
    """
    result: list[list[Order]] = []
    chosen: dict[int, list[Order]] = {}
    alike: dict[tuple[str, str], list[Order]] = {}
    for order in sorted(orders, key=lambda order: (_when(order), order.id)):
        if order.apart or order.held:
            result.append([order])
        elif order.together:
            chosen.setdefault(order.together, []).append(order)
        elif choices.auto and order.merge_key and order.buyer_id:
            alike.setdefault((order.merge_key, order.buyer_id), []).append(order)
        else:
            result.append([order])
    result += chosen.values()
    for same in alike.values():
        result += _runs(same, choices)
    return result


def _due_alike(first: Order, second: Order, choices: Merge) -> bool:
    """Whether they must leave at about the same time: goods promised in two weeks don't wait in a box for today's,
    nor leave two weeks early with them. Always where the platform promised nothing."""
    if first.promised_ship_at is None and second.promised_ship_at is None:
        return True
    mine, yours = (order.promised_ship_at or order.due_at for order in (first, second))
    return mine is None or yours is None or abs(mine - yours) <= timedelta(hours=choices.promise_hours)


def _runs(same: Sequence[Order], choices: Merge) -> list[list[Order]]:
    """Orders of one buyer to one place, cut where they lie too far apart, are promised too differently or are too
    many."""
    result: list[list[Order]] = []
    free: list[list[Order]] = []
    span = timedelta(hours=choices.within_hours)
    for order in same:
        free = [run for run in free if len(run) < choices.most_orders and _when(order) - _when(run[0]) <= span]
        run = next((run for run in free if all(_due_alike(order, other, choices) for other in run)), None)
        if run is None:
            run = []
            result.append(run)
            free.append(run)
        run.append(order)
    return result


def waits_for(order: Order, others: Collection[Order], choices: Merge, now: datetime) -> tuple[Order, datetime] | None:
    """A held order this clean one should wait for, and until when; None when there is none or the window is over."""
    if not choices.wait_minutes or order.apart or not order.merge_key:
        return None
    until = _when(order) + timedelta(minutes=choices.wait_minutes)
    if now >= until:
        return None
    for other in others:
        alike = other.id != order.id and other.merge_key == order.merge_key and other.buyer_id == order.buyer_id
        if alike and other.held and not other.apart and verdict(order, other, choices).risk is Risk.LOW:
            return other, until
    return None
