"""Rules the company writes itself: when a field of the order is so, then this warehouse or courier (rules.md B5).

Surprising: patterns are for codes only. One can be so written that a single message keeps the house busy for ever
(`(a+)+$`), so none is ever tried on what people write (rules.md B2 KEYWORD has none either).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache

from domain.intake.incoming import Receiver
from domain.orders.orders import Line, Order
from domain.policy.choices import choice

Told = tuple[str, str, dict[str, str]]


class Op(StrEnum):
    """How a field is compared. Texts without regard to case; < and > want whole numbers, regex a code (`CODES`)."""

    LESS = "<"
    MORE = ">"
    IS = "="
    NOT = "!="
    CONTAINS = "contains"
    REGEX = "regex"


_ORDER = frozenset(field.name for field in fields(Order)) - {"lines", "holds", "receiver"}
_RECEIVER = frozenset(field.name for field in fields(Receiver))
_LINE = frozenset(field.name for field in fields(Line)) - {"kit"}
FIELDS = frozenset({*_ORDER, *(f"receiver.{name}" for name in _RECEIVER), *(f"line.{name}" for name in _LINE)})
CODES = frozenset(
    {
        *("number", "external_id", "currency", "platform", "platform_state", "status", "seller_flag", "risk"),
        *("courier_hint", "warehouse_hint", "receiver.country", "line.sku", "line.merchant_code", "line.external_id"),
    }
)
"""Fields whose text no buyer writes."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """When `field` (`paid`, `receiver.city`, `line.sku` …) compares so with `value`, then `to` (codes).

    `must`: nobody else may. Otherwise a preference: the first rule, by `priority` (low first), that leaves exactly
    one of those who can. `name` is how /why calls it.
    """

    name: str
    field: str
    op: Op
    value: str
    to: tuple[str, ...]
    must: bool = False
    priority: int = choice(100, low=0)

    def faults(self) -> Iterator[Told]:
        """What would never be true, or might never end."""
        if self.field not in FIELDS:
            near = get_close_matches(self.field, FIELDS, 1)
            yield "field", "no_field", {"told": self.field, "near": near[0] if near else ""}
        if self.op in (Op.LESS, Op.MORE) and _number(self.value) is None:
            yield "value", "no_number", {"told": self.value, "op": self.op}
        if self.op is Op.REGEX and self.field in FIELDS - CODES:
            yield "op", "written_text", {"told": self.field}
        elif self.op is Op.REGEX and _pattern(self.value) is None:
            yield "value", "no_pattern", {"told": self.value}
        if not self.to:
            yield "to", "empty", {}


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if re.fullmatch(r"-?\d{1,15}", text, re.ASCII) else None


@lru_cache(maxsize=256)
def _pattern(text: str) -> "re.Pattern[str] | None":
    """Compiled once for all orders; None when it is no pattern."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        return None


def _values(order: Order, field: str) -> list[str]:
    """The field's values as text: one, or one per line that still ships."""
    part, _, name = field.rpartition(".")
    owners: Mapping[str, tuple[frozenset[str], tuple[object, ...]]] = {
        "": (_ORDER, (order,)),
        "receiver": (_RECEIVER, (order.receiver,)),
        "line": (_LINE, order.shippable),
    }
    known, things = owners.get(part, (frozenset(), ()))
    return ["" if (value := getattr(thing, name)) is None else str(value) for thing in things if name in known]


def applies(rule: FieldRule, order: Order) -> bool:
    """Whether the order is such a one. On `line.` fields one line is enough, except for !=: no line may be so."""
    values = _values(order, rule.field)
    if rule.op is Op.NOT:
        return bool(values) and all(value.casefold() != rule.value.casefold() for value in values)
    return any(_compare(rule, value) for value in values)


def _compare(rule: FieldRule, value: str) -> bool:
    if rule.op in (Op.LESS, Op.MORE):
        mine, limit = _number(value), _number(rule.value)
        if mine is None or limit is None:
            return False
        return mine < limit if rule.op is Op.LESS else mine > limit
    if rule.op is Op.REGEX:
        pattern = _pattern(rule.value) if rule.field in CODES else None
        return pattern is not None and pattern.search(value) is not None
    mine_text, wanted = value.casefold(), rule.value.casefold()
    return mine_text == wanted if rule.op is Op.IS else bool(wanted) and wanted in mine_text
