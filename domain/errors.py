"""Refusals: what a person may be told and understand. Each is named as a fact and carries what it is about.

Surprising: `LostRace` is not a refusal. The store answers it by running the whole command again on fresh rows;
the command then finds the new state and refuses in words (or succeeds).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


class Refusal(Exception):
    """Base of every refusal; a subclass's fields are the facts handlers put into words."""


class LostRace(Exception):
    """A row changed between read and write. Never shown to people."""


class AlreadyApplied(Exception):
    """The update that causes this command was carried out before a restart; nothing was done now."""


@dataclass(eq=False)
class NotAllowed(Refusal):
    """The actor lacks the right, or the shop or warehouse is outside the actor's scope."""

    right: str
    scope: str = ""


@dataclass(eq=False)
class Unknown(Refusal):
    """Nothing of that kind (order, parcel, sku, invite, person, shop, warehouse) answers to the name."""

    kind: str
    name: str


@dataclass(eq=False)
class NoSuchLine(Refusal):
    """The order has no goods of this line number that could still be taken out; it has these."""

    order: str
    line: int
    lines: tuple[int, ...]


@dataclass(eq=False)
class TooManyUnits(Refusal):
    """More units of a line are asked than it has."""

    order: str
    line: int
    asked: int
    there: int


@dataclass(eq=False)
class Stale(Refusal):
    """The card is older than the record: someone acted meanwhile. Nothing was changed."""

    what: str
    verb: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(eq=False)
class WrongStatus(Refusal):
    """The order or parcel does not stand where this step needs it."""

    what: str
    status: str
    needed: str


@dataclass(eq=False)
class WaybillKept(Refusal):
    """An e-waybill number cannot be voided by hand. `why`: 'worn' by a parcel in the house, 'left' with it, or
    'voided' by hand already."""

    number: str
    why: str


@dataclass(eq=False)
class HeldOrder(Refusal):
    """Open holds forbid the step."""

    order: str
    codes: tuple[str, ...]


@dataclass(eq=False)
class OutsideHours(Refusal):
    """Nothing speaks against it but the clock: approvals are open within these hours only, next from `opens` on."""

    order: str
    hours: str
    opens: datetime


@dataclass(eq=False)
class OverLimit(Refusal):
    """The amount is above what this actor may approve; minor units."""

    order: str
    amount: int
    limit: int
    currency: str


@dataclass(eq=False)
class TwoPeople(Refusal):
    """From this amount (minor units) on two people approve, each on the order's own card."""

    order: str
    amount: int
    limit: int
    currency: str


@dataclass(eq=False)
class SameApprover(Refusal):
    """The first yes of two was this person's; the second must be somebody else's."""

    order: str


@dataclass(eq=False)
class OwnWork(Refusal):
    """This person scanned for the document; somebody who did not must approve it."""

    doc: str


@dataclass(eq=False)
class InHand(Refusal):
    """Somebody else has taken the order to look at it; without `by`, it was put off until `at`."""

    order: str
    by: str
    at: datetime


@dataclass(eq=False)
class HoldNotReleasable(Refusal):
    """This hold goes only when its cause does, or needs somebody else's right."""

    code: str
    owner: str


@dataclass(eq=False)
class TwoPlaces(Refusal):
    """The order travels in this parcel with others that go to another address."""

    order: str
    parcel: str
    others: tuple[str, ...]


@dataclass(eq=False)
class ShipsAsItIs(Refusal):
    """Too late for something that was asked for (`readdress.foreseen` tells what); a person must say that they know."""

    order: str


@dataclass(eq=False)
class NoCourierThere(Refusal):
    """Nobody carries the order's box to its new address; its courier does not because of `why` (a code of
    `domain.planning.couriers`) with these facts."""

    order: str
    courier: str
    why: str
    facts: Mapping[str, str]


@dataclass(eq=False)
class ReasonNeeded(Refusal):
    """The step wants a reason."""

    step: str


@dataclass(eq=False)
class UndoTooLate(Refusal):
    """The undo window is over."""

    order: str
    seconds: int


@dataclass(eq=False)
class NotEnoughStock(Refusal):
    """Fewer units are free than asked."""

    sku: str
    warehouse: str
    free: int
    asked: int


@dataclass(eq=False)
class ParcelStopped(Refusal):
    """The gate: an open stop or hold on the parcel. The loud one."""

    parcel: str
    waybill: str
    codes: tuple[str, ...]
    stop_id: int | None = None


@dataclass(eq=False)
class PullFirst(Refusal):
    """A stopped parcel goes to the stop shelf, whose code is the second scan, before its goods go to their bins."""

    waybill: str
    shelf: str


class BackAlready(Stale):
    """The stop shelf was scanned for a parcel whose goods were said to be back in their bins, by a scan before."""


@dataclass(eq=False)
class NotSeen(Refusal):
    """The parcel was called back from the dock, and nobody has said yet whether it is there."""

    waybill: str


@dataclass(eq=False)
class BinWanted(Refusal):
    """The goods of a stopped parcel are back when the code of each of `bins` was scanned; `unknown` is none of ours."""

    waybill: str
    bins: tuple[str, ...]
    unknown: str = ""


@dataclass(eq=False)
class WrongCourier(Refusal):
    """The parcel is `courier`'s, and the van that is loaded is `van`'s."""

    waybill: str
    courier: str
    van: str


@dataclass(eq=False)
class FeedStale(Refusal):
    """The gate is shut: the shop has told nothing for so many minutes, so a refund may be unknown."""

    waybill: str
    shop: str
    minutes: int


@dataclass(eq=False)
class ProofMissing(Refusal):
    """No photo or film of this box's packing is kept, and the policy wants one before it leaves."""

    waybill: str


@dataclass(eq=False)
class MaterialMissing(Refusal):
    """Nobody has said what the parcel is packed into; of the `usual` material there is none left ('' = there is no
    usual one)."""

    waybill: str
    usual: str


@dataclass(eq=False)
class SharedParcel(Refusal):
    """The order's parcel also holds these others, which would come back or go elsewhere with it."""

    waybill: str
    order: str
    others: tuple[str, ...]


@dataclass(eq=False)
class NotRecallable(Refusal):
    """The courier cannot be asked for this parcel; `why` is a code (recalls.py)."""

    waybill: str
    why: str


@dataclass(eq=False)
class ShipmentStays(Refusal):
    """A hand-over that cannot be taken back; `why` is a code (dock.py)."""

    waybill: str
    why: str


@dataclass(eq=False)
class AlreadyScanned(Refusal):
    """A calm repeat: the parcel passed this step before."""

    waybill: str
    step: str
    by: str
    at: datetime


@dataclass(eq=False)
class ScanStays(Refusal):
    """A scan that cannot be taken back. `why`: none, not_last, moved_on (somebody went on with it), others (another
    person's scan), late (`seconds` have passed), or no step of the parcel: put_back, pulled, repicked, received."""

    waybill: str
    why: str
    seconds: int = 0


@dataclass(eq=False)
class WeightRefused(Refusal):
    """Grams outside what the step accepts: not positive, over the courier's maximum, or too far off."""

    waybill: str
    grams: int
    why: str
    expected_g: int = 0
    limit_g: int = 0


@dataclass(eq=False)
class SizeRefused(Refusal):
    """A box (mm) with a side longer than its courier takes."""

    waybill: str
    size: tuple[int, int, int]
    courier: str
    limit_mm: int


@dataclass(eq=False)
class ItemRefused(Refusal):
    """A code that does not belong into the box. `why`: wrong (other goods), unknown, over (all `count` are in),
    too_many (`other` were told, `count` are missing), one_by_one (each has a serial number), serial or batch (the last
    unit's comes first), taken (the serial number is in the parcel `other`), no_serial (it cannot be one), no_batch,
    other_batch (in the box lie those of `other`), few (`other` were counted, `count` of the batch lie there), expired
    (on `other`), not_asked (for a batch), one_box (nothing is packed into several); `code` is the sku's or what was
    scanned."""

    waybill: str
    why: str
    code: str
    title: str = ""
    count: int = 0
    other: str = ""


@dataclass(eq=False)
class NoteUnread(Refusal):
    """Somebody must first say that they have read these notes."""

    waybill: str
    parcel_id: int
    notes: str


@dataclass(eq=False)
class BatchNeeded(Refusal):
    """Units of a return whose batch cannot be told from what left: whoever holds them says which of `batches`, or
    another."""

    return_id: int
    line_no: int
    sku: str
    title: str
    grade: str
    units: int
    batches: tuple[str, ...]


@dataclass(eq=False)
class BatchExpired(Refusal):
    """Units that have expired cannot be good."""

    sku: str
    batch: str
    expires: date


@dataclass(eq=False)
class BadValue(Refusal):
    """What the person typed does not fit; `want` is a code of what would."""

    what: str
    value: str
    want: str
