"""A Shopify REST order and its refunds, as the API lists them and as webhooks carry them.

Surprising: the money returned is the sum of the successful refund transactions, not of the refunded lines; a
refund knows its order only by the inner id, which is `IncomingOrder.external_id` (the number is the name,
`#1001`, as in the CSV). A line is titled as in the CSV, with its variant: where a shop keeps no codes the title is all
that tells two variants apart. Rule source: formats.md 2.1.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from channels.delivery import not_by_courier
from channels.formats import normal
from channels.nodes import Node, currency, dump, joined, needed, unknown_status
from channels.orders import is_cash
from channels.people import masked, phone
from channels.shopify import FINANCIAL, FULFILMENT, ON_HOLD, TEST, combined, due_in_cash
from domain.intake.exchanges import for_return
from domain.intake.incoming import (
    IncomingLine,
    IncomingOrder,
    IncomingRefund,
    Platform,
    PlatformState,
    Receiver,
    RefundState,
)

_AWAITS_RETURN = normal("awaiting_return_items")
_SCHEDULED = normal("scheduled")
_BY_HAND = frozenset(normal(word) for word in ("pick_up", "retail", "local"))
_MONEY_BACK = ("success",)
_MONEY_COMING = ("pending", "awaiting_response")


def is_order(node: Node) -> bool:
    """Whether this object is a Shopify order."""
    money = ("financial_status" in node) + ("total_price" in node)
    return money == 2 or (money == 1 and node.has("line_items"))


def order(value: object, row: int, home: str = "") -> IncomingOrder:
    """`row`: the place in its file, 0 for a payload; `home`: the shop's currency. Raises Refused."""
    node = Node(value)
    code = currency(node, home)
    total, discount = node.needed_amount("total_price", code), node.amount("total_discounts", code)
    shipping = sum(line.amount("price", code) for line in node.nodes("shipping_lines"))
    lines = _lines(node, code)
    return IncomingOrder(
        platform=Platform.SHOPIFY,
        number=needed(node, "name", "order_number", "id"),
        external_id=node.text("id"),
        state=_state(node),
        currency=code,
        row=row,
        raw=dump(value),
        placed_at=node.moment("created_at"),
        paid_at=node.moment("processed_at") if _paid(node, total, code) else None,
        updated_at=node.moment("updated_at"),
        goods=_goods(node, code, discount),
        shipping=shipping,
        discount=discount,
        tax=node.amount("total_tax", code),
        total=total,
        paid=_paid(node, total, code),
        buyer_id=node.first("email", "contact_email"),
        buyer_message=joined((node.text("note"), *_attributes(node)), "; "),
        receiver=_receiver(node),
        waybill=_waybill(node),
        lines=lines,
        refunds=tuple(refund(one, code) for one in node.nodes("refunds")),
        cod=_is_cash(node),
        courier_hint=joined((one.first("title", "code") for one in node.nodes("shipping_lines")), ", "),
        platform_hold=_hold(node),
        pickup=_pickup(node),
        ship_from=_ship_from(node),
    )


def _lines(node: Node, code: str) -> tuple[IncomingLine, ...]:
    """What is the order's: an edit takes pieces off without a refund, and `quantity` stays what was once ordered."""
    back = sum((_units(one) for one in node.nodes("refunds")), Counter[str]())
    result = []
    for line in node.needed_nodes("line_items"):
        left = line.text("current_quantity")
        kept = int(left) + back[line.text("id")] if left.isdecimal() else None
        if line.text("quantity") != "0" and kept != 0:
            result.append(_line(line, code, kept))
    return tuple(result)


def _units(refund: Node) -> Counter[str]:
    """How many of each line it takes back."""
    units: Counter[str] = Counter()
    for one in refund.nodes("refund_line_items"):
        units[one.text("line_item_id")] += one.quantity("quantity") if "quantity" in one else 0
    units.pop("", None)
    return units


def _financial(node: Node) -> PlatformState:
    told = node.text("financial_status")
    state = FINANCIAL.get(normal(told)) if told else PlatformState.UNPAID
    if state is None:
        raise unknown_status("financial_status", told)
    return state


def _hold(node: Node) -> str:
    """Why Shopify holds it: the reason of the first hold, or only that it does. A test order is held for what it is:
    nobody paid, and nobody waits for it."""
    if node.flag("test"):
        return TEST
    orders = node.nodes("fulfillment_orders")
    reasons = [one.text("reason") for group in orders for one in group.nodes("fulfillment_holds")]
    if any(normal(reason) == _AWAITS_RETURN for reason in reasons):
        return for_return()
    on_hold = normal(node.text("fulfillment_status")) == normal(ON_HOLD)
    held = on_hold or any(normal(one.text("status")) == normal(ON_HOLD) for one in orders)
    return next(filter(None, reasons), ON_HOLD) if held or reasons else ""


def _pickup(node: Node) -> str:
    """How it is delivered when no courier does: the method of its fulfilment orders, else what the buyer chose."""
    methods = [one.node("delivery_method").text("method_type") for one in node.nodes("fulfillment_orders")]
    chosen = [one.text(key) for one in node.nodes("shipping_lines") for key in ("title", "code")]
    return next((told for told in methods if normal(told) in _BY_HAND), "") or not_by_courier(*chosen)


def _ship_from(node: Node) -> datetime | None:
    """From when on it is to be fulfilled, where that is scheduled."""
    waits = (one for one in node.nodes("fulfillment_orders") if normal(one.text("status")) == _SCHEDULED)
    return max((when for one in waits if (when := one.moment("fulfill_at"))), default=None)


def _attributes(node: Node) -> list[str]:
    """What the shop asked beside the order (gift message, delivery day); names that begin with `_` are for machines."""
    told = ((one.text("name"), one.text("value")) for one in node.nodes("note_attributes"))
    return [f"{name}: {value}" for name, value in told if value and not name.startswith("_")]


def _state(node: Node) -> PlatformState:
    told = node.text("fulfillment_status")
    fulfilment = FULFILMENT.get(normal(told))
    if fulfilment is None:
        raise unknown_status("fulfillment_status", told)
    return combined(due_in_cash(_financial(node), _is_cash(node)), fulfilment, bool(node.text("cancelled_at")))


def _is_cash(node: Node) -> bool:
    return any(map(is_cash, node.texts("payment_gateway_names")))


def _paid(node: Node, total: int, code: str) -> int:
    if _financial(node) is PlatformState.PAID:
        return total
    if node.text("financial_status") == "partially_paid" and "total_outstanding" in node:
        return max(total - node.amount("total_outstanding", code), 0)
    return 0


def _goods(node: Node, code: str, discount: int) -> int:
    if "total_line_items_price" in node:
        return node.amount("total_line_items_price", code)
    return node.amount("subtotal_price", code) + discount


def _receiver(node: Node) -> Receiver:
    where = node.node("shipping_address")
    name = where.text("name") or joined((where.text("first_name"), where.text("last_name")), " ")
    number = phone(where.text("phone") or node.text("phone"))
    address = joined((where.text("address1"), where.text("address2")), ", ")
    return Receiver(
        name=name,
        phone=number,
        country=where.text("country_code").upper(),
        province=where.first("province_code", "province"),
        city=where.text("city"),
        address=address,
        zip=where.text("zip"),
        masked=masked(name, number, address),
    )


def _waybill(node: Node) -> str:
    numbers: list[str] = []
    for shipment in node.nodes("fulfillments"):
        if shipment.text("status") not in ("cancelled", "error", "failure"):
            numbers += shipment.texts("tracking_numbers") or [shipment.text("tracking_number")]
    return joined(dict.fromkeys(numbers), " ")


def _line(node: Node, code: str, kept: int | None) -> IncomingLine:
    """`kept`: how many of it are still the order's, None where that is not told."""
    ordered, price = node.quantity("quantity"), node.amount("price", code)
    quantity = ordered if kept is None else min(ordered, kept)
    allocated = node.nodes("discount_allocations")
    off = sum(one.amount("amount", code) for one in allocated) if allocated else node.amount("total_discount", code)
    return IncomingLine(
        external_id=needed(node, "id"),
        title=node.text("name") or joined((node.text("title"), node.text("variant_title")), " - "),
        quantity=quantity,
        merchant_code=node.text("sku"),
        variant=_written(node),
        unit_price=price,
        amount=max(price * quantity - off, 0),
        virtual=node.flag("requires_shipping") is False or node.flag("gift_card") is True,
    )


def _written(node: Node) -> str:
    """What the buyer wrote into the line (`properties`, in any shape but a list: absent)."""
    written = (one for one in node.nodes("properties") if not one.text("name").startswith("_"))
    return joined((joined((one.text("name"), one.text("value")), ": ") for one in written), "; ")


def refund(node: Node, code: str) -> IncomingRefund:
    """One refund object in the currency `code`. Raises Refused."""
    money = [one for one in node.nodes("transactions") if one.text("kind") == "refund"]
    done = [one for one in money if one.text("status") in _MONEY_BACK]
    open_ = [one for one in money if one.text("status") in _MONEY_COMING]
    units = _units(node)
    return IncomingRefund(
        external_id=needed(node, "id"),
        state=_refund_state(money, done, open_),
        amount=sum(one.amount("amount", code) for one in done or open_),
        line_ids=tuple(units),
        reason=node.text("note"),
        at=node.moment("processed_at") or node.moment("created_at"),
        units=tuple(units.values()) if any(units.values()) else (),
    )


def _refund_state(money: Sequence[Node], done: Sequence[Node], open_: Sequence[Node]) -> RefundState:
    """Done when money went back or none has to (goods taken off the order); cancelled when every try failed."""
    if open_:
        return RefundState.REQUESTED
    return RefundState.SUCCESS if done or not money else RefundState.CANCELLED


def refund_currency(node: Node) -> str:
    """The currency of a refunds/create payload, which only its transactions tell. With none of them there is no
    amount either, and USD stands in. Raises Refused."""
    return next((currency(one) for one in node.nodes("transactions") if "currency" in one), "USD")
