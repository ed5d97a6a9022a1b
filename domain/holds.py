"""Holds: why an order waits. Several at once, each with evidence, an owner and what would release it (rules.md B2).

Surprising: a person's release is remembered with the evidence it was given on. The same evidence does not hold
the order again; new evidence does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.people import Right, Role


class HoldCode(StrEnum):
    """The catalogue, in the order people should look at them."""

    REFUNDED = "REFUNDED"
    REFUND_REQ = "REFUND_REQ"
    BLACKLIST = "BLACKLIST"
    PLATFORM_SHIPPED = "PLATFORM_SHIPPED"
    NO_ITEMS = "NO_ITEMS"
    SKU_UNMATCHED = "SKU_UNMATCHED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    NO_WAREHOUSE = "NO_WAREHOUSE"
    NO_COURIER = "NO_COURIER"
    WAYBILL_ERROR = "WAYBILL_ERROR"
    ADDR_INVALID = "ADDR_INVALID"
    ADDR_CHANGED = "ADDR_CHANGED"
    GOODS_CHANGED = "GOODS_CHANGED"
    DUPLICATE = "DUPLICATE"
    AMOUNT_RANGE = "AMOUNT_RANGE"
    KEYWORD = "KEYWORD"
    MESSAGE = "MESSAGE"
    SELLER_NOTE = "SELLER_NOTE"
    FREEZE = "FREEZE"


class Source(StrEnum):
    """Who placed the hold: screening takes its own away again, the others stay until a person acts."""

    SCREENING = "screening"
    PLATFORM = "platform"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who owns a code, which right may release it by hand (None: only its cause), and after how long it is late."""

    owner: Role
    release: Right | None
    sla_min: int


CATALOGUE: Mapping[HoldCode, Rule] = {
    HoldCode.REFUNDED: Rule(Role.CS_LEAD, Right.OVERRIDE, 60),
    HoldCode.REFUND_REQ: Rule(Role.CS, None, 30),
    HoldCode.BLACKLIST: Rule(Role.CS_LEAD, Right.OVERRIDE, 240),
    HoldCode.PLATFORM_SHIPPED: Rule(Role.CS_LEAD, None, 120),
    HoldCode.NO_ITEMS: Rule(Role.CS, None, 120),
    HoldCode.SKU_UNMATCHED: Rule(Role.BUYER, None, 120),
    HoldCode.OUT_OF_STOCK: Rule(Role.BUYER, None, 480),
    HoldCode.NO_WAREHOUSE: Rule(Role.CS_LEAD, None, 120),
    HoldCode.NO_COURIER: Rule(Role.DISPATCHER, None, 120),
    HoldCode.WAYBILL_ERROR: Rule(Role.DISPATCHER, None, 60),
    HoldCode.ADDR_INVALID: Rule(Role.CS, Right.OVERRIDE, 120),
    HoldCode.ADDR_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.GOODS_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.DUPLICATE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.AMOUNT_RANGE: Rule(Role.CS_LEAD, Right.OVERRIDE, 240),
    HoldCode.KEYWORD: Rule(Role.CS, Right.APPROVE, 120),
    HoldCode.MESSAGE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.SELLER_NOTE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.FREEZE: Rule(Role.CS, Right.APPROVE, 1440),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What screening saw: a code and the evidence, as plain text facts."""

    code: HoldCode
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold on one order. `resolution` is '' while open, then auto | released."""

    code: HoldCode
    source: Source
    opened_at: datetime
    evidence: Mapping[str, str]
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution: str = ""

    @property
    def open(self) -> bool:
        """Whether it still holds."""
        return self.resolved_at is None


def open_codes(holds: Iterable[Hold]) -> tuple[HoldCode, ...]:
    """The open codes in catalogue order, each once."""
    present = {hold.code for hold in holds if hold.open}
    return tuple(code for code in HoldCode if code in present)


def reconcile(holds: tuple[Hold, ...], findings: Iterable[Finding], now: datetime) -> tuple[Hold, ...]:
    """The holds after a new screening: what is found opens or stays, what is no longer found goes by itself.

    A hold that a person released stays released while the evidence is the same.
    """
    found = {finding.code: finding for finding in findings}
    result = []
    for hold in holds:
        finding = found.get(hold.code)
        same = finding is not None and dict(hold.evidence) == dict(finding.evidence)
        if hold.open and hold.source is Source.SCREENING and finding is None:
            hold = replace(hold, resolved_at=now, resolved_by="screening", resolution="auto")
        elif hold.open and hold.source is Source.SCREENING and finding is not None:
            hold = hold if same else replace(hold, evidence=dict(finding.evidence))
            del found[hold.code]
        elif hold.resolution == "released" and same:
            del found[hold.code]
        result.append(hold)
    result += [Hold(finding.code, Source.SCREENING, now, dict(finding.evidence)) for finding in found.values()]
    return tuple(result)
