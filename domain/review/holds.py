"""Holds: why an order waits. Several at once, each with evidence, an owner and what would release it (rules.md B2).

Surprising: a person's release is remembered with the evidence it was given on, for as long as its cause lasts. The same
evidence does not hold the order again; new evidence does, and so does a cause that went away and came back.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.people.people import Right, Role


class HoldCode(StrEnum):
    """The catalogue, in the order people should look at them."""

    REFUNDED = "REFUNDED"
    REFUND_REQ = "REFUND_REQ"
    BLACKLIST = "BLACKLIST"
    FRAUD = "FRAUD"
    PLATFORM_SHIPPED = "PLATFORM_SHIPPED"
    NO_ITEMS = "NO_ITEMS"
    NO_SHIPPING = "NO_SHIPPING"
    PICKUP = "PICKUP"
    PAYMENT = "PAYMENT"
    PART_PAID = "PART_PAID"
    SKU_UNMATCHED = "SKU_UNMATCHED"
    SKU_DISABLED = "SKU_DISABLED"
    BUNDLE_UNMATCHED = "BUNDLE_UNMATCHED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    EXPIRY = "EXPIRY"
    PRESALE_WAIT = "PRESALE_WAIT"
    WAIT_RETURN = "WAIT_RETURN"
    PLATFORM_LOCK = "PLATFORM_LOCK"
    NO_WAREHOUSE = "NO_WAREHOUSE"
    NO_COURIER = "NO_COURIER"
    COURIER_SUSPENDED = "COURIER_SUSPENDED"
    WAYBILL_ERROR = "WAYBILL_ERROR"
    FUNDS_SHORT = "FUNDS_SHORT"
    ADDR_INVALID = "ADDR_INVALID"
    ADDR_CHANGED = "ADDR_CHANGED"
    MEMBER_CHANGED = "MEMBER_CHANGED"
    GOODS_CHANGED = "GOODS_CHANGED"
    INVOICE_CHANGED = "INVOICE_CHANGED"
    MESSAGE_CHANGED = "MESSAGE_CHANGED"
    NOTE_CHANGED = "NOTE_CHANGED"
    COURIER_CHANGED = "COURIER_CHANGED"
    WAREHOUSE_CHANGED = "WAREHOUSE_CHANGED"
    SHIP_TIME_CHANGED = "SHIP_TIME_CHANGED"
    DUPLICATE = "DUPLICATE"
    MERGE_WAIT = "MERGE_WAIT"
    AMOUNT_RANGE = "AMOUNT_RANGE"
    QTY_RANGE = "QTY_RANGE"
    KIND_RANGE = "KIND_RANGE"
    PRICE_LOW = "PRICE_LOW"
    MARGIN_LOW = "MARGIN_LOW"
    KEYWORD = "KEYWORD"
    MESSAGE = "MESSAGE"
    FLAG = "FLAG"
    SELLER_NOTE = "SELLER_NOTE"
    PAY_DELAY = "PAY_DELAY"
    TIME_WINDOW = "TIME_WINDOW"
    FREEZE = "FREEZE"


UNTOUCHABLE = frozenset(
    {
        *(HoldCode.REFUNDED, HoldCode.REFUND_REQ, HoldCode.PLATFORM_SHIPPED, HoldCode.NO_ITEMS),
        HoldCode.NO_SHIPPING,
    }
)
"""Codes no policy switches off and no machine releases (rules.md B2)."""


ENDING = frozenset({"until", "stock", "ship"})
"""Evidence that lets a person's freeze end by itself: a moment, the goods' arrival, or that it must soon be shipped."""


RELEASED = "released"
_AUTO = "auto"
ENDED = "ended"
BY_HAND = (RELEASED, ENDED)
"""Resolutions of a hold that a person released."""


UNSEEN = frozenset({HoldCode.MERGE_WAIT, HoldCode.MARGIN_LOW})
"""Codes that are looked for only where nothing else is in the way: not to find them does not say they have gone. Their
evidence names the very order or sum."""


class Source(StrEnum):
    """Who placed the hold: screening takes its own away again, the others stay until a person acts."""

    SCREENING = "screening"
    PLATFORM = "platform"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who owns a code, which right may release it by hand (None: only its cause), and after how long it is late. Its
    owner may release it too, or end its cause (`CURED`): whoever is called first must be able to act."""

    owner: Role
    release: Right | None
    sla_min: int


CATALOGUE: Mapping[HoldCode, Rule] = {
    HoldCode.REFUNDED: Rule(Role.CS_LEAD, Right.OVERRIDE, 60),
    HoldCode.REFUND_REQ: Rule(Role.CS, None, 30),
    HoldCode.BLACKLIST: Rule(Role.CS_LEAD, Right.OVERRIDE, 240),
    HoldCode.FRAUD: Rule(Role.CS_LEAD, Right.OVERRIDE, 120),
    HoldCode.PLATFORM_SHIPPED: Rule(Role.CS_LEAD, Right.OVERRIDE, 120),
    HoldCode.NO_ITEMS: Rule(Role.CS, None, 120),
    HoldCode.NO_SHIPPING: Rule(Role.CS, None, 240),
    HoldCode.PICKUP: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.PAYMENT: Rule(Role.FINANCE, Right.OVERRIDE, 240),
    HoldCode.PART_PAID: Rule(Role.FINANCE, Right.OVERRIDE, 240),
    HoldCode.SKU_UNMATCHED: Rule(Role.BUYER, None, 120),
    HoldCode.SKU_DISABLED: Rule(Role.BUYER, Right.OVERRIDE, 120),
    HoldCode.BUNDLE_UNMATCHED: Rule(Role.BUYER, None, 120),
    HoldCode.OUT_OF_STOCK: Rule(Role.BUYER, None, 480),
    HoldCode.EXPIRY: Rule(Role.BUYER, None, 480),
    HoldCode.PRESALE_WAIT: Rule(Role.BUYER, Right.OVERRIDE, 10080),
    HoldCode.WAIT_RETURN: Rule(Role.RECEIVER, Right.OVERRIDE, 10080),
    HoldCode.PLATFORM_LOCK: Rule(Role.CS_LEAD, Right.OVERRIDE, 720),
    HoldCode.NO_WAREHOUSE: Rule(Role.CS_LEAD, None, 120),
    HoldCode.NO_COURIER: Rule(Role.DISPATCHER, None, 120),
    HoldCode.COURIER_SUSPENDED: Rule(Role.DISPATCHER, None, 120),
    HoldCode.WAYBILL_ERROR: Rule(Role.DISPATCHER, None, 60),
    HoldCode.FUNDS_SHORT: Rule(Role.FINANCE, None, 60),
    HoldCode.ADDR_INVALID: Rule(Role.CS, Right.OVERRIDE, 120),
    HoldCode.ADDR_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.MEMBER_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.GOODS_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.INVOICE_CHANGED: Rule(Role.CS, Right.APPROVE, 120),
    HoldCode.MESSAGE_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.NOTE_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.COURIER_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.WAREHOUSE_CHANGED: Rule(Role.CS, Right.APPROVE, 60),
    HoldCode.SHIP_TIME_CHANGED: Rule(Role.CS, Right.APPROVE, 120),
    HoldCode.DUPLICATE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.MERGE_WAIT: Rule(Role.CS, Right.APPROVE, 120),
    HoldCode.AMOUNT_RANGE: Rule(Role.CS_LEAD, Right.OVERRIDE, 240),
    HoldCode.QTY_RANGE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.KIND_RANGE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.PRICE_LOW: Rule(Role.CS_LEAD, Right.OVERRIDE, 240),
    HoldCode.MARGIN_LOW: Rule(Role.CS_LEAD, Right.OVERRIDE, 240),
    HoldCode.KEYWORD: Rule(Role.CS, Right.APPROVE, 120),
    HoldCode.MESSAGE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.FLAG: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.SELLER_NOTE: Rule(Role.CS, Right.APPROVE, 240),
    HoldCode.PAY_DELAY: Rule(Role.CS, Right.APPROVE, 120),
    HoldCode.TIME_WINDOW: Rule(Role.CS, Right.APPROVE, 720),
    HoldCode.FREEZE: Rule(Role.CS, Right.APPROVE, 1440),
}


TIMED = frozenset(
    {
        HoldCode.PRESALE_WAIT,
        HoldCode.MERGE_WAIT,
        HoldCode.PAY_DELAY,
        HoldCode.TIME_WINDOW,
        HoldCode.FREEZE,
        HoldCode.COURIER_SUSPENDED,
    }
)
"""Codes that time ends: they are late only when that moment has passed. An entry of the blacklist runs out too, but a
person is to decide before."""


WITHOUT_US = frozenset({HoldCode.PLATFORM_SHIPPED, HoldCode.NO_SHIPPING, HoldCode.PICKUP})
"""Codes of orders that may be done although nothing leaves here by courier: a person says so (`completing`)."""


UNMATCHED = frozenset({HoldCode.SKU_UNMATCHED, HoldCode.BUNDLE_UNMATCHED})
"""Codes that a product or a recipe may end."""


FOR_STOCK = frozenset({HoldCode.OUT_OF_STOCK, HoldCode.EXPIRY})
"""Codes that units becoming free may end."""


FOR_OTHERS = frozenset({HoldCode.DUPLICATE, HoldCode.MERGE_WAIT})
"""Codes that name another order, and end when that one is given up."""


CURED = frozenset({HoldCode.ADDR_INVALID, HoldCode.WAIT_RETURN})
"""Codes whose owner ends the cause itself (writes the address, receives the return). To go on without is a lead's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What screening saw: a code and the evidence, as plain text facts. `until` is when it may end by itself, and so
    when to look again."""

    code: HoldCode
    evidence: Mapping[str, str]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold on one order. `resolution` is '' while open, then auto | released; ended = released once, and the cause
    has gone since. `until` is when time alone ends it (`TIMED`): nobody is late with it before."""

    code: HoldCode
    source: Source
    opened_at: datetime
    evidence: Mapping[str, str]
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution: str = ""
    until: datetime | None = None

    @property
    def due_from(self) -> datetime:
        """When whoever owns it began to be waited for."""
        return self.opened_at if self.until is None else max(self.opened_at, self.until)

    @property
    def open(self) -> bool:
        """Whether it still holds."""
        return self.resolved_at is None


ABOUT_BOXES = frozenset(
    {
        *(HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED, HoldCode.COURIER_CHANGED, HoldCode.WAREHOUSE_CHANGED),
        *(HoldCode.NOTE_CHANGED, HoldCode.MESSAGE_CHANGED),
        HoldCode.PAYMENT,  # not every courier collects
    }
)
"""Whose release changes the boxes that are here, or asks whether they go as they are."""


def thaws_at(hold: Hold) -> datetime | None:
    """When a person's freeze ends by itself."""
    until = hold.evidence.get("until", "") if hold.code is HoldCode.FREEZE and hold.open else ""
    return datetime.fromisoformat(until) if until else None


def thawed(holds: tuple[Hold, ...], now: datetime) -> tuple[Hold, ...]:
    """Without the freezes whose moment has come, of an order that nobody screens any more."""
    return lapse(holds, lambda hold: (at := thaws_at(hold)) is not None and at <= now, now)


def lapse(
    holds: tuple[Hold, ...], over: Callable[[Hold], bool], now: datetime, by: str = "screening"
) -> tuple[Hold, ...]:
    """The holds with the open ones that are `over` ended by themselves, as their cause has gone."""
    return tuple(_lapsed(hold, now, by) if hold.open and over(hold) else hold for hold in holds)


def let_go(holds: tuple[Hold, ...], by: str, now: datetime) -> tuple[Hold, ...]:
    """The holds with every open one released by that person."""
    gone = {"resolved_at": now, "resolved_by": by, "resolution": RELEASED}
    return tuple(replace(h, **gone) if h.open else h for h in holds)  # type: ignore[arg-type]  # its fields


def taken_back(holds: tuple[Hold, ...], by: str, at: datetime | None) -> tuple[Hold, ...]:
    """The holds with those open again that this person released at that very moment."""
    return _reopened(holds, lambda hold: (hold.resolution, hold.resolved_by, hold.resolved_at) == (RELEASED, by, at))


def ended_with(holds: tuple[Hold, ...], by: str, at: datetime | None) -> tuple[Hold, ...]:
    """The holds with those open again that ended when this person ended their order."""
    return _reopened(holds, lambda hold: (hold.resolution, hold.resolved_by, hold.resolved_at) == (_AUTO, by, at))


def asked_again(holds: tuple[Hold, ...], codes: Collection[HoldCode], since: datetime) -> tuple[Hold, ...]:
    """The holds with the newest of each of these codes open again, where a person released it since then."""
    newest = {hold.code: hold for hold in holds if hold.code in codes}
    return _reopened(
        holds,
        lambda hold: (
            hold is newest.get(hold.code)
            and hold.resolution == RELEASED
            and hold.resolved_at is not None
            and hold.resolved_at >= since
        ),
    )


def _reopened(holds: tuple[Hold, ...], which: Callable[[Hold], bool]) -> tuple[Hold, ...]:
    """The holds with these open again."""
    return tuple(replace(h, resolved_at=None, resolved_by="", resolution="") if which(h) else h for h in holds)


def _lapsed(hold: Hold, now: datetime, by: str = "screening") -> Hold:
    return replace(hold, resolved_at=now, resolved_by=by, resolution=_AUTO)


def open_codes(holds: Iterable[Hold]) -> tuple[HoldCode, ...]:
    """The open codes in catalogue order, each once."""
    present = {hold.code for hold in holds if hold.open}
    return tuple(code for code in HoldCode if code in present)


def _gone(hold: Hold) -> bool:
    """Whether screening finding nothing says that the cause of a released hold has gone."""
    return hold.source is Source.SCREENING and hold.code not in UNSEEN


def reconcile(holds: tuple[Hold, ...], findings: Iterable[Finding], now: datetime) -> tuple[Hold, ...]:
    """The holds after a new screening: what is found opens or stays, what is no longer found goes by itself.

    A hold that a person released stays released while the evidence is the same; when its cause has gone, that is over
    too, and the next time holds anew. A person's freeze with a condition
    (`ENDING`) is found, with its own evidence, as long as the condition is not met (two freezes end each by its own);
    any other stays until a person acts.
    """
    told = tuple(findings)
    found = {finding.code: finding for finding in told}
    if not found and not holds:
        return holds
    result = []
    for hold in holds:
        finding = found.get(hold.code)
        same = finding is not None and dict(hold.evidence) == dict(finding.evidence)
        if hold.open and hold.source is Source.PERSON:
            kept = next((one for one in told if one.code is hold.code and one.evidence == hold.evidence), None)
            if kept is not None and hold.until != kept.until:
                hold = replace(hold, until=kept.until)
            elif kept is None and not ENDING.isdisjoint(hold.evidence):
                hold = _lapsed(hold, now)
            found.pop(hold.code, None)
        elif hold.open and hold.source is Source.SCREENING and finding is None:
            hold = _lapsed(hold, now)
        elif hold.open and hold.source is Source.SCREENING and finding is not None:
            hold = hold if same else replace(hold, evidence=dict(finding.evidence))
            hold = hold if hold.until == _until(finding) else replace(hold, until=_until(finding))
            found.pop(hold.code, None)
        elif hold.resolution == RELEASED and same:
            found.pop(hold.code, None)
        elif hold.resolution == RELEASED and finding is None and _gone(hold):
            hold = replace(hold, resolution=ENDED)
        result.append(hold)
    result += [_opened(finding, now) for finding in found.values()]
    return tuple(result)


def _opened(finding: Finding, now: datetime) -> Hold:
    return Hold(finding.code, Source.SCREENING, now, dict(finding.evidence), until=_until(finding))


def _until(finding: Finding) -> datetime | None:
    return finding.until if finding.code in TIMED else None
