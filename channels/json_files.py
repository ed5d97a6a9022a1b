"""JSON order files: one order, a list of them, or either wrapped as `order` or `orders`.

Surprising: the platform is told by the first object's own keys, and a list may not mix platforms.
"""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from channels import shopify_json, woocommerce
from channels.nodes import Node, dump, parse
from channels.reasons import Reason, Refused, Unreadable, shown
from domain.incoming import IncomingOrder, Platform, RejectedRow

_CELL_MAX = 4_000
_BLANK = b" \t\r\n"

Build = Callable[[object, int], IncomingOrder]


def looks_like(head: bytes) -> bool:
    """Whether the first bytes of a file are JSON's."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)[:1] in (b"{", b"[")


def read(body: bytes, zone: ZoneInfo) -> tuple[str, Platform, Iterator[IncomingOrder | RejectedRow]]:
    """The format's name, the platform and the orders. Raises Unreadable BAD_JSON, EMPTY or UNKNOWN_HEADER."""
    values = _unwrapped(parse(body))
    if not values:
        raise Unreadable(Reason.EMPTY)
    if any(woocommerce.is_order(Node(value)) for value in values):
        items = _items(values, woocommerce.is_order, lambda value, row: woocommerce.order(value, row, zone))
        return "woocommerce-json", Platform.WOOCOMMERCE, items
    if any(shopify_json.is_order(Node(value)) for value in values):
        return "shopify-json", Platform.SHOPIFY, _items(values, shopify_json.is_order, shopify_json.order)
    raise Unreadable(Reason.UNKNOWN_HEADER, {"columns": _keys(values[0]), "nearest": "", "lacking": ""})


def _unwrapped(value: object) -> list[object]:
    if isinstance(value, dict):
        for key in ("orders", "order"):
            inside = value.get(key)
            if isinstance(inside, list | dict):
                return _unwrapped(inside) if isinstance(inside, list) else [inside]
        return [value] if value else []
    return list(value) if isinstance(value, list) else []


def _keys(value: object) -> str:
    return shown(", ".join(map(str, value))) if isinstance(value, dict) else shown(str(value))


def _items(
    values: list[object], is_order: Callable[[Node], bool], build: Build
) -> Iterator[IncomingOrder | RejectedRow]:
    seen: dict[str, int] = {}
    for row, value in enumerate(values, start=1):
        try:
            if not is_order(Node(value)):
                raise Refused(Reason.NOT_AN_ORDER)  # noqa: TRY301
            order = build(value, row)
            if (first := seen.setdefault(order.number, row)) != row:
                facts = {"column": "number", "value": shown(order.number), "other_row": str(first)}
                raise Refused(Reason.DUPLICATE_IN_FILE, **facts)  # noqa: TRY301
            yield order
        except Refused as refusal:
            yield RejectedRow(row, str(refusal.reason), refusal.facts, (dump(value)[:_CELL_MAX],))
