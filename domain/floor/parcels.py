"""The parcel: what leaves the house in one box, and where the box is. Each step is a scan.

Surprising: `blocked` is a copy of "some stop or hold is open", written with every stop and hold. It is there so
that a refund and a scan touch the same row: one of them loses the race and runs again on fresh facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class ParcelState(StrEnum):
    """Where the parcel is. The order of the members is the order of the steps. OWED: approved, but its goods are not
    there; it has no warehouse, no claim and no waybill until they are (`domain.orders.owed`)."""

    PLANNED = "planned"
    OWED = "owed"
    READY = "ready"
    IN_WAVE = "in_wave"
    PICKED = "picked"
    CHECKED = "checked"
    PACKED = "packed"
    WEIGHED = "weighed"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


MOVES: Mapping[ParcelState, frozenset[ParcelState]] = {
    ParcelState.PLANNED: frozenset({ParcelState.OWED, ParcelState.READY, ParcelState.CANCELLED}),
    ParcelState.OWED: frozenset({ParcelState.PLANNED, ParcelState.READY, ParcelState.CANCELLED}),
    ParcelState.READY: frozenset({ParcelState.PLANNED, ParcelState.IN_WAVE, ParcelState.CANCELLED}),
    ParcelState.IN_WAVE: frozenset({ParcelState.READY, ParcelState.PICKED, ParcelState.CANCELLED}),
    ParcelState.PICKED: frozenset(
        {ParcelState.IN_WAVE, ParcelState.CHECKED, ParcelState.PACKED, ParcelState.CANCELLED}
    ),
    ParcelState.CHECKED: frozenset({ParcelState.PICKED, ParcelState.PACKED, ParcelState.CANCELLED}),
    ParcelState.PACKED: frozenset(
        {ParcelState.PICKED, ParcelState.CHECKED, ParcelState.WEIGHED, ParcelState.CANCELLED}
    ),
    ParcelState.WEIGHED: frozenset(
        {ParcelState.PICKED, ParcelState.PACKED, ParcelState.HANDED_OVER, ParcelState.CANCELLED}
    ),
    ParcelState.HANDED_OVER: frozenset({ParcelState.WEIGHED}),
    ParcelState.CANCELLED: frozenset(),
}

IN_HOUSE = frozenset(
    {ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.CHECKED, ParcelState.PACKED, ParcelState.WEIGHED}
)
RESERVING = IN_HOUSE | {ParcelState.READY}
UNTOUCHED = frozenset({ParcelState.OWED, ParcelState.READY})
"""Approved, and nobody has had anything of it in hand."""


@dataclass(frozen=True, slots=True)
class Item:
    """Units of one order line in this parcel. Merge and split are nothing but other items. `paid` is what the buyer
    paid for these units, minor units: over an order's parcels it sums to the order's."""

    order_id: int
    line_no: int
    sku: str
    title: str
    quantity: int
    dropped: bool = False
    paid: int = 0


Size = tuple[int, int, int]
"""Length, width and height in mm, as they were told."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One box. Weights in grams, `freight` in minor units of `freight_currency`; `why` explains the matching. Without
    a warehouse it is what an order is owed: planned so, or OWED, with a freight that is only estimated.

    `length_mm`, `width_mm`, `height_mm` are what was measured of the packed box, or from its weighing on those of its
    material; 0 = not known.
    `material` is the sku it is packed into, when somebody said so; `tariff_id` the contract version it was priced by,
    None for a courier's own simple terms. `collect` is what its courier collects at the door, minor units of
    `collect_currency`, as its orders were when it was last handed over: what a platform tells later stands on no
    label.
    """

    id: int
    state: ParcelState
    shop_id: int
    revision: int = 1
    warehouse_id: int | None = None
    courier_id: int | None = None
    waybill: str = ""
    wave_id: int | None = None
    slot: int = 0
    holder_id: int | None = None
    holder: str = ""
    blocked: bool = False
    expected_g: int = 0
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    material: str = ""
    freight: int = 0
    freight_currency: str = "CNY"
    tariff_id: int | None = None
    ready_at: datetime | None = None
    state_at: datetime | None = None
    handed_over_at: datetime | None = None
    collect: int = 0
    collect_currency: str = ""
    items: tuple[Item, ...] = ()
    why: Mapping[str, object] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """What people call it."""
        return f"P{self.id:06d}"

    @property
    def size(self) -> Size | None:
        """The size of the packed box, where it is known."""
        return (self.length_mm, self.width_mm, self.height_mm) if self.length_mm else None

    def unmeasured(self) -> "Parcel":
        """The same box without its size."""
        return replace(self, length_mm=0, width_mm=0, height_mm=0)

    @property
    def order_ids(self) -> tuple[int, ...]:
        """The orders in the box, each once."""
        return tuple(dict.fromkeys(item.order_id for item in self.items))

    @property
    def live_orders(self) -> tuple[int, ...]:
        """The orders that have goods in the box now."""
        return tuple(dict.fromkeys(item.order_id for item in self.live_items))

    @property
    def live_items(self) -> tuple[Item, ...]:
        """What the box should hold now."""
        return tuple(item for item in self.items if not item.dropped)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parcel that waits for its wave, seen lightly: units by sku, the earliest `due_at` of its orders (None = no
    clock runs) and everything people wrote on them."""

    parcel_id: int
    courier_id: int | None
    ready_at: datetime | None
    due_at: datetime | None
    units: Mapping[str, int]
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """A parcel that waits for its goods, seen lightly: units by sku."""

    parcel_id: int
    order_id: int
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A weighed parcel of one product alone: `units` of `sku` in `grams`, with the packaging."""

    sku: str
    units: int
    grams: int
    material: str = ""


class WaveState(StrEnum):
    """A wave is OPEN until somebody takes it and DONE when its last parcel has left the picking. TAKEN without an
    owner: whoever took it gave it back. DISSOLVED: its parcels wait for another (`domain.floor.wave_hands`)."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    DISSOLVED = "dissolved"


def wave_number(wave_id: int) -> str:
    """What people call a wave."""
    return f"W{wave_id:04d}"


@dataclass(frozen=True, slots=True)
class Wave:
    """Parcels picked together. The owner is the picker who took it: stop notices go to that person; `why` says which
    rule or whose tap made it (`wave_choice.Due`)."""

    id: int
    warehouse_id: int
    state: WaveState
    made_at: datetime
    revision: int = 1
    owner_id: int | None = None
    owner: str = ""
    parcels: int = 0
    units: int = 0
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """What people call it."""
        return wave_number(self.id)

    @property
    def free(self) -> bool:
        """Whether whoever wants to may take it."""
        return self.state is WaveState.OPEN or (self.state is WaveState.TAKEN and self.owner_id is None)


class Stage(StrEnum):
    """The moments a refund may come at (rules.md B7), in order. Those a parcel passes are called as its state:
    PICKING is `in_wave` with a picker, PRINTED the same with nobody on it yet. DOCK: scanned out, and the courier has
    not signed for it (`domain.floor.dock`)."""

    NOT_SYNCED = "not_synced"
    REVIEW = "review"
    APPROVED = "approved"
    PRINTED = "printed"
    PICKING = "in_wave"
    PICKED = "picked"
    CHECKED = "checked"
    PACKED = "packed"
    WEIGHED = "weighed"
    DOCK = "dock"
    IN_TRANSIT = "handed_over"
    DELIVERED = "delivered"


class StopKind(StrEnum):
    """REFUND: the goods go back to their shelf. HOLD: the parcel waits for a person's decision (an address, goods or
    a note changed). REPICK: goods that lie on a shelf belong in the box. REPACK: goods that nobody orders any more go
    back to their shelf, and the rest goes on."""

    REFUND = "refund"
    HOLD = "hold"
    REPICK = "repick"
    REPACK = "repack"


TAKES_OUT = (StopKind.REFUND, StopKind.REPACK)
"""Stops whose goods come out of the box and go back to their shelf, confirmed by the put-back scan."""


class StopState(StrEnum):
    """OPEN wants an answer, ACKED has one, PULLED = on the stop shelf by a second scan, DONE = goods back (or never
    taken), RELEASED = its cause went away, TOO_LATE = the parcel had left."""

    OPEN = "open"
    ACKED = "acked"
    PULLED = "pulled"
    DONE = "done"
    RELEASED = "released"
    TOO_LATE = "too_late"


OPEN_STOPS = frozenset({StopState.OPEN, StopState.ACKED, StopState.PULLED})


@dataclass(frozen=True, slots=True)
class Stop:
    """One interception of one parcel. `stage` is where the parcel was when its cause came (rules.md B7).

    `line_nos` empty = the whole parcel. `told_at` is when the platform says the cause was, `next_at` when the next
    person is told; `level` how far it has gone.
    """

    id: int
    parcel_id: int
    order_id: int
    state: StopState
    stage: Stage
    opened_at: datetime
    reason: str
    revision: int = 1
    kind: StopKind = StopKind.REFUND
    refund_id: int | None = None
    line_nos: tuple[int, ...] = ()
    told_at: datetime | None = None
    named_id: int | None = None
    named: str = ""
    level: int = 0
    next_at: datetime | None = None
    acked_by: str = ""
    acked_at: datetime | None = None
    pulled_by: str = ""
    pulled_at: datetime | None = None
    closed_by: str = ""
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it still blocks its parcel."""
        return self.state in OPEN_STOPS


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as the platform or CS told it. `amount` in minor units; `line_nos` empty = see `refunds.covered`.

    `stage` is the furthest parcel state when it first came; `stopped` whether the goods stayed in the house,
    None while undecided.
    """

    id: int
    order_id: int
    external_id: str
    state: str
    amount: int
    currency: str
    at: datetime
    line_nos: tuple[int, ...] = ()
    reason: str = ""
    stage: str = ""
    stopped: bool | None = None
    revision: int = 1
