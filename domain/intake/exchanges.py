"""Orders that their platform, or the ERP, lets wait itself: exchanges for the goods to come back, others for a check.

Surprising: the exchange's return belongs to the order the goods were sold in, which is another one in an ERP (its
number stands behind `return:`) and the same one on Shopify. Either counts.
"""

from collections.abc import Collection, Iterable, Iterator

from domain.desk import Desk
from domain.orders.orders import Order
from domain.review.holds import Finding, HoldCode

RETURN = "return"


def for_return(number: str = "") -> str:
    """The `platform_hold` of an order that waits for the goods of this order number; '' = its own."""
    return f"{RETURN}:{number}"


def returned_of(order: Order) -> str | None:
    """The number of the order whose goods it waits for, '' = its own; None when it does not wait for goods."""
    kind, colon, number = order.platform_hold.partition(":")
    return number if colon and kind == RETURN else None


def waits_there(order: Order, returned: Collection[int]) -> Iterator[Finding]:
    """WAIT_RETURN unless its goods are here (`returned` = ids of such orders), or PLATFORM_LOCK (rules.md B2)."""
    number = returned_of(order)
    if number is None and order.platform_hold:
        yield Finding(HoldCode.PLATFORM_LOCK, {"told": order.platform_hold})
    elif number is not None and order.id not in returned:
        yield Finding(HoldCode.WAIT_RETURN, {"order": number} if number else {"own": order.number})


def come_back(desk: Desk, orders: Iterable[Order]) -> frozenset[int]:
    """Those of the orders whose goods have come back, every unit of them good. Two queries a shop at most, none where
    nobody waits."""
    waiting = {order.id: (order, number) for order in orders if (number := returned_of(order)) is not None}
    if not waiting:
        return frozenset()
    origin: dict[int, int] = {}
    for shop in {order.shop_id for order, _ in waiting.values()}:
        mine = {order.id: number for order, number in waiting.values() if order.shop_id == shop and number}
        found = desk.orders.by_number(shop, set(mine.values())) if mine else {}
        origin |= {order_id: found[number].id for order_id, number in mine.items() if number in found}
    here = desk.returns.whole_and_good({*waiting, *origin.values()})
    return frozenset(order_id for order_id in waiting if not here.isdisjoint({order_id, origin.get(order_id, 0)}))
