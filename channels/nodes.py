"""A JSON object read by key, tolerant of what platforms and plugins put there.

Surprising: a wrong shape (`"properties": {}` for a list, null for an object) reads as absent, because a webhook
must not fail on a field we only show; a wrong amount, count or time is refused, because it would be believed.
Numbers are Decimal and int, never float.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from channels import cells, moments
from channels.reasons import Reason, Refused, Unreadable, shown
from domain.money import decimals

_UTC = ZoneInfo("UTC")


def parse(body: bytes) -> object:
    """JSON text to plain objects. Raises Unreadable BAD_JSON."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable(Reason.BAD_JSON, {"detail": shown(str(error))}) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def plain(text: str) -> str:
    """Text that every database takes: no NUL, no lone surrogates."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def dump(value: object) -> str:
    """An object as compact JSON text, for the record."""
    return plain(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))


class Node:
    """One JSON object. Raises Refused from `money`, `moment`, `quantity` with the key as the column."""

    __slots__ = ("_of",)

    def __init__(self, value: object) -> None:
        self._of: Mapping[str, object] = value if isinstance(value, dict) else {}

    def __contains__(self, key: str) -> bool:
        return self._of.get(key) is not None

    def text(self, key: str) -> str:
        """A string or whole number as clean text; "" for anything else."""
        value = self._of.get(key)
        if isinstance(value, str):
            return cells.clean(plain(value))
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
            return str(value)
        return ""

    def flag(self, key: str) -> bool | None:
        """True and false, also as text; None for anything else."""
        value = self._of.get(key)
        told = value.casefold() if isinstance(value, str) else value
        return True if told in (True, "true") else False if told in (False, "false") else None

    def first(self, *keys: str) -> str:
        """The first of these texts that is not empty."""
        return next(filter(None, map(self.text, keys)), "")

    def has(self, key: str) -> bool:
        """Whether the key is there at all, if only with null."""
        return key in self._of

    def node(self, key: str) -> "Node":
        return Node(self._of.get(key))

    def nodes(self, key: str) -> list["Node"]:
        """The objects of a list; PHP writes a list with a gap as an object of numbers (`{"0": …, "2": …}`)."""
        value = self._of.get(key)
        if isinstance(value, dict) and all(map(str.isdecimal, value)):
            value = list(value.values())
        return [Node(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []

    def needed_nodes(self, key: str) -> list["Node"]:
        """As `nodes`, of a list that may be empty. Raises Refused MISSING when it is no list."""
        if not isinstance(self._of.get(key), list | dict):
            raise _blame(Refused(Reason.MISSING), key)
        return self.nodes(key)

    def texts(self, key: str) -> list[str]:
        value = self._of.get(key)
        return [plain(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def money(self, key: str, currency: str) -> int:
        """Minor units, signed; 0 when absent or null."""
        try:
            value = self._decimal(key)
            return 0 if value is None else cells.minor(value, currency)
        except Refused as refusal:
            raise _blame(refusal, key) from None

    def amount(self, key: str, currency: str) -> int:
        """As `money`, refusing a negative one."""
        units = self.money(key, currency)
        if units < 0:
            raise _blame(Refused(Reason.OUT_OF_RANGE, value=shown(str(self._of[key]))), key)
        return units

    def needed_amount(self, key: str, currency: str) -> int:
        """As `amount`. Raises Refused MISSING when absent or empty: no amount is not an amount of nothing."""
        value = self._of.get(key)
        if value is None or (isinstance(value, str) and not cells.clean(plain(value))):
            raise _blame(Refused(Reason.MISSING), key)
        return self.amount(key, currency)

    def rounded_money(self, key: str, currency: str) -> int:
        """A price that may be a quotient (WooCommerce's `price`): half-even to the minor unit."""
        try:
            value = self._decimal(key)
            if value is None:
                return 0
            return cells.minor(_to_unit(value, currency), currency)
        except Refused as refusal:
            raise _blame(refusal, key) from None

    def _decimal(self, key: str) -> Decimal | None:
        value = self._of.get(key)
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) > 10**20:
                raise Refused(Reason.OUT_OF_RANGE, value=shown(hex(value)))
            return Decimal(value)
        if isinstance(value, str):
            text = cells.clean(plain(value))
            return cells.number(text) if text else None
        if value is None:
            return None
        raise Refused(Reason.NOT_A_NUMBER, value=shown(str(value)))

    def quantity(self, key: str) -> int:
        """At least 1."""
        value = self._of.get(key)
        try:
            return cells.quantity(plain(str(value)) if isinstance(value, str | int | Decimal) else "")
        except Refused as refusal:
            raise _blame(refusal, key) from None
        except ValueError:  # an int of thousands of digits has no str()
            raise _blame(Refused(Reason.OUT_OF_RANGE, value="…"), key) from None

    def moment(self, key: str, zone: ZoneInfo = _UTC) -> datetime | None:
        """Aware UTC; None when absent. A time without offset is in `zone`."""
        try:
            return moments.moment(self.text(key), zone)
        except Refused as refusal:
            raise _blame(refusal, key) from None


def _to_unit(value: Decimal, currency: str) -> Decimal:
    if not value.is_finite() or value.adjusted() > 14:
        return value  # for `cells.minor` to refuse
    return value.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_HALF_EVEN)


def currency(node: Node, home: str = "") -> str:
    """The object's `currency`, else `home`, the shop's. Raises Refused MISSING or UNKNOWN_CURRENCY."""
    code = node.text("currency").upper() or home
    if not code:
        raise _blame(Refused(Reason.MISSING), "currency")
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise _blame(Refused(Reason.UNKNOWN_CURRENCY, value=shown(code)), "currency")
    return code


def needed(node: Node, *keys: str) -> str:
    """The first of these texts that is there. Raises Refused MISSING naming the first key."""
    value = node.first(*keys)
    if not value:
        raise _blame(Refused(Reason.MISSING), keys[0])
    return value


def joined(parts: Iterable[str], by: str) -> str:
    """The parts that are there, joined."""
    return by.join(filter(None, parts))


def unknown_status(key: str, told: str) -> Refused:
    """A status word nobody told us about."""
    return _blame(Refused(Reason.UNKNOWN_STATUS, value=shown(told)), key)


def _blame(refusal: Refused, key: str) -> Refused:
    refusal.facts = {"column": key, **refusal.facts}
    return refusal
