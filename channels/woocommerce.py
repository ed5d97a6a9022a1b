"""A WooCommerce REST order, as the API lists it and as webhooks carry it.

Surprising: paid is `date_paid`, not a status; a line's `total` is after discount and without tax, so what the
buyer pays for it is total plus total_tax; refunds on the order have no date. Rule source: formats.md 2.2,
woocommerce.md.
"""

import re
from zoneinfo import ZoneInfo

from channels.delivery import not_by_courier
from channels.nodes import Node, currency, dump, joined, needed, unknown_status
from channels.orders import is_cash
from channels.people import masked, phone
from domain.intake.incoming import (
    IncomingLine,
    IncomingOrder,
    IncomingRefund,
    Platform,
    PlatformState,
    Receiver,
    RefundState,
)

STATES = {  # WooCommerce's own and those of the common shipping plugins
    "pending": PlatformState.UNPAID,
    "on-hold": PlatformState.UNPAID,
    "checkout-draft": PlatformState.UNPAID,
    "auto-draft": PlatformState.UNPAID,
    "failed": PlatformState.UNPAID,
    "processing": PlatformState.PAID,
    "awaiting-shipment": PlatformState.PAID,
    "awaiting-fulfillment": PlatformState.PAID,
    "ready-to-ship": PlatformState.PAID,
    "packing": PlatformState.PAID,
    "packed": PlatformState.PAID,
    "backordered": PlatformState.PAID,
    "partially-refunded": PlatformState.PAID,
    "partial-shipped": PlatformState.PART_SHIPPED,
    "partially-shipped": PlatformState.PART_SHIPPED,
    "shipped": PlatformState.SHIPPED,
    "dispatched": PlatformState.SHIPPED,
    "in-transit": PlatformState.SHIPPED,
    "out-for-delivery": PlatformState.SHIPPED,
    "delivered": PlatformState.DONE,
    "completed": PlatformState.DONE,
    "cancelled": PlatformState.CLOSED,
    "refunded": PlatformState.CLOSED,
    "trash": PlatformState.CLOSED,
}
_PICKUP = ("local_pickup", "pickup_location")
_READ = re.compile(r"gift|greeting|instruction|remark|wrap|card_?message|message_to|note(?!s?_?id)")
_PAID_MEANS_PAID = frozenset({"pending", "on-hold"})


def is_order(node: Node) -> bool:
    """Whether this object is a WooCommerce order."""
    dated = node.has("line_items") and "date_created_gmt" in node
    return "status" in node and ("order_key" in node or dated)


def order(value: object, row: int, zone: ZoneInfo, home: str = "") -> IncomingOrder:
    """`row`: the place in its file, 0 for a payload; `zone` for times without their `_gmt` twin; `home`: the shop's
    currency. Raises Refused."""
    node = Node(value)
    code = currency(node, home)
    paid_at = node.moment("date_paid_gmt") or node.moment("date_paid", zone)
    total = node.needed_amount("total", code)
    lines = tuple(_line(line, code) for line in node.needed_nodes("line_items") if line.text("quantity") != "0")
    return IncomingOrder(
        platform=Platform.WOOCOMMERCE,
        number=needed(node, "number", "id"),
        external_id=node.text("id"),
        state=_state(node, paid_at is not None),
        currency=code,
        row=row,
        raw=dump(value),
        placed_at=node.moment("date_created_gmt") or node.moment("date_created", zone),
        paid_at=paid_at,
        updated_at=node.moment("date_modified_gmt") or node.moment("date_modified", zone),
        goods=sum(line.amount("subtotal", code) for line in node.nodes("line_items")),
        shipping=node.amount("shipping_total", code),
        discount=node.amount("discount_total", code),
        tax=node.amount("total_tax", code),
        total=total,
        paid=total if paid_at else 0,
        buyer_id=_buyer(node),
        buyer_message=joined((node.text("customer_note"), *_for_the_packer(node)), "; "),
        receiver=_receiver(node),
        lines=lines,
        refunds=tuple(_refund(refund, code) for refund in node.nodes("refunds")),
        cod=is_cash(node.text("payment_method")),
        platform_hold=_hold(node, paid_at is not None),
        pickup=_pickup(node),
        courier_hint=joined((one.text("method_title") for one in node.nodes("shipping_lines")), ", "),
    )


def _state(node: Node, paid: bool) -> PlatformState:
    told = node.text("status").removeprefix("wc-")
    state = STATES.get(told)
    if state is None:
        raise unknown_status("status", told)
    return PlatformState.PAID if paid and told in _PAID_MEANS_PAID else state


def _hold(node: Node, paid: bool) -> str:
    """A paid order that somebody there, or a guard against fraud, put on hold again."""
    told = node.text("status").removeprefix("wc-")
    return told if paid and told == "on-hold" else ""


def _pickup(node: Node) -> str:
    """What the buyer chose when no courier takes it, by the method's id or else its title."""
    lines = node.nodes("shipping_lines")
    by_id = (one.first("method_title", "method_id") for one in lines if one.text("method_id").startswith(_PICKUP))
    return next(by_id, "") or not_by_courier(*(one.text("method_title") for one in lines))


def _for_the_packer(node: Node) -> list[str]:
    """What plugins put beside the order for whoever packs it (gift message, delivery instructions); the rest of its
    meta data is for machines."""
    told = ((one.text("key"), one.text("value")) for one in node.nodes("meta_data"))
    kept = ((key, value) for key, value in told if value and not key.startswith("_") and _READ.search(key.casefold()))
    return [f"{key}: {value}" for key, value in kept]


def _buyer(node: Node) -> str:
    customer = node.text("customer_id")
    return customer if customer not in ("", "0") else node.node("billing").text("email")


def _receiver(node: Node) -> Receiver:
    billing, shipping = node.node("billing"), node.node("shipping")
    where = shipping if shipping.first("address_1", "city", "postcode") else billing
    name = joined((where.text("first_name"), where.text("last_name")), " ") or where.text("company")
    number = phone(where.text("phone") or billing.text("phone"))
    address = joined((where.text("address_1"), where.text("address_2")), ", ")
    return Receiver(
        name=name,
        phone=number,
        country=where.text("country").upper(),
        province=where.text("state"),
        city=where.text("city"),
        address=address,
        zip=where.text("postcode"),
        masked=masked(name, number, address),
    )


def _line(node: Node, code: str) -> IncomingLine:
    return IncomingLine(
        external_id=needed(node, "id"),
        title=node.text("name"),
        quantity=node.quantity("quantity"),
        merchant_code=node.text("sku"),
        variant=_variant(node),
        unit_price=node.rounded_money("price", code),
        amount=node.amount("total", code) + node.amount("total_tax", code),
        virtual=node.flag("virtual") is True,
    )


def _variant(node: Node) -> str:
    """The attributes the buyer chose; keys that begin with `_` are the shop's own records."""
    chosen = (one for one in node.nodes("meta_data") if not one.text("key").startswith("_"))
    words = (joined((one.first("display_key", "key"), one.first("display_value", "value")), ": ") for one in chosen)
    return joined(words, "; ")


def _refund(node: Node, code: str) -> IncomingRefund:
    return IncomingRefund(
        external_id=needed(node, "id"),
        state=RefundState.SUCCESS,
        amount=abs(node.money("total", code)),
        reason=node.text("reason"),
    )
