"""JSON order files: one order, a list of them, either wrapped as `order`, `orders`, `data`, a recorded answer or an
event's `payload`, or one such thing a line.

Surprising: the platform is told by the first object's own keys, and a list may not mix platforms.
"""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from channels import shopify_json, woocommerce
from channels.nodes import Node, dump, parse
from channels.reasons import Reason, Refused, Unreadable, shown
from domain.intake.incoming import IncomingOrder, Platform, RejectedRow

_CELL_MAX = 4_000
_WRAPPINGS = ("orders", "order", "data", "results", "response", "body", "body_json", "payload", "detail", "resource")
_OF_AN_ORDER = frozenset({"line_items", "financial_status", "order_key"})
_DEEPEST = 4
_BLANK = b" \t\r\n"

Build = Callable[[object, int], IncomingOrder]


def looks_like(head: bytes) -> bool:
    """Whether the first bytes of a file are JSON's."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)[:1] in (b"{", b"[")


def read(
    body: bytes, zone: ZoneInfo, currency: str = ""
) -> tuple[str, Platform, Iterator[IncomingOrder | RejectedRow]]:
    """The format's name, the platform and the orders; `zone` and `currency` are the shop's, for what tells none.
    Raises Unreadable BAD_JSON, EMPTY or UNKNOWN_HEADER."""
    values = _values(body)
    if not values:
        raise Unreadable(Reason.EMPTY)
    if any(woocommerce.is_order(Node(value)) for value in values):
        items = _items(values, woocommerce.is_order, lambda value, row: woocommerce.order(value, row, zone, currency))
        return "woocommerce-json", Platform.WOOCOMMERCE, items
    if any(shopify_json.is_order(Node(value)) for value in values):
        items = _items(values, shopify_json.is_order, lambda value, row: shopify_json.order(value, row, currency))
        return "shopify-json", Platform.SHOPIFY, items
    raise Unreadable(Reason.UNKNOWN_HEADER, {"columns": _keys(values[0]), "nearest": "", "lacking": ""})


def _values(body: bytes) -> list[object]:
    """The objects to look at; of a log, those of all its lines. Raises Unreadable BAD_JSON."""
    try:
        return _unwrapped(parse(body))
    except Unreadable:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2 or not all(map(looks_like, lines)):
            raise
        return [value for line in lines for value in _unwrapped(parse(line))]


def _unwrapped(value: object) -> list[object]:
    """The objects to look at: the orders within the wrappings, or else the outermost object as it is."""
    found = _within(value, _DEEPEST)
    if found is not None:
        return found
    return [value] if isinstance(value, dict) and value else []


def _within(value: object, depth: int) -> list[object] | None:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not depth:
        return None
    if not _OF_AN_ORDER.isdisjoint(value):
        return [value]
    found = (_within(value.get(key), depth - 1) for key in _WRAPPINGS)
    return next((one for one in found if one is not None), None)


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
            number = Node(value).first("name", "number", "order_number", "id")
            facts = {"order": shown(number), **refusal.facts} if number else refusal.facts
            yield RejectedRow(row, str(refusal.reason), facts, (dump(value)[:_CELL_MAX],))
