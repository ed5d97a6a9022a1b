"""The records around orders and parcels: history, notices, cards, imports, returns, alerts, report runs.

Surprising: a notice names what it is about, never its text. The messenger draws it from the record as it is when
it is delivered, so a late notice is still true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Event:
    """One line of history: who did what, when, why, caused by which update."""

    at: datetime
    subject: str
    subject_id: int
    verb: str
    actor_kind: str
    actor: str
    actor_id: int | None = None
    reason: str = ""
    cause: int | None = None
    policy: int = 1
    data: Mapping[str, str] = field(default_factory=dict)
    id: int = 0


class NoticeKind(StrEnum):
    """What a notice or a card shows; each has one drawing in handlers/cards. FOUND is only ever shown where it was
    asked for: no notice tells it."""

    DIGEST = "digest"
    ORDER = "order"
    QUEUE = "queue"
    WAVE = "wave"
    STOP = "stop"
    RETURN = "return"
    ALERT = "alert"
    REPORT = "report"
    IMPORT = "import"
    STRANGER = "stranger"
    ROUTE_DEAD = "route_dead"
    WELCOME = "welcome"
    SCAN = "scan"
    CUSTOMER = "customer"
    ENTRY = "entry"
    ALERTS = "alerts"
    SHIFT = "shift"
    MAPPING = "mapping"
    POLICY = "policy"
    MANIFEST = "manifest"
    LABEL_OLD = "label_old"
    STOPS = "stops"
    RECALL = "recall"
    RECALLS = "recalls"
    STOCK_DOC = "stock_doc"
    PRINTED = "printed"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a chat must be told. `key` makes it once: the same key for the same chat is the same notice.

    `redraw` only edits the card that is already there; `quiet` sends without sound.
    """

    kind: NoticeKind
    subject_id: int
    chat_id: int
    key: str
    due_at: datetime
    redraw: bool = False
    quiet: bool = False
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice a worker holds: `version` tells whether the record changed again while it was being delivered."""

    id: int
    notice: Notice
    attempts: int
    version: int


@dataclass(frozen=True, slots=True)
class CardRow:
    """Which message shows which record in which chat; `shown` is what a redraw must keep (the queue's filter)."""

    id: int
    chat_id: int
    message_id: int
    kind: NoticeKind
    subject_id: int
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One file taken in. Counts are of orders; `rejects` of rows; `file_id`/`reject_file_id` point into files."""

    id: int
    file_id: int
    name: str
    sha256: str
    shop_id: int
    at: datetime
    by: str
    format: str = ""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    rejected: int = 0
    done: bool = False
    failed: str = ""
    reject_file_id: int | None = None
    rejects: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file kept in the store: what people sent, and what we made for them."""

    id: int
    name: str
    sha256: str
    size: int
    at: datetime


class Grade(StrEnum):
    """How a returned unit looks, and so where it goes (rules.md B12)."""

    GOOD = "good"
    DEFECTIVE = "defective"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """One expected line of a return: what should be in the box, and what was found by grade.

    `line_no` counts within the return; `order_id` and `order_line` are the order and its line they were sold in.
    """

    line_no: int
    sku: str
    title: str
    expected: int
    order_id: int
    order_line: int
    good: int = 0
    defective: int = 0
    missing: int = 0

    @property
    def graded(self) -> int:
        """Units somebody has looked at."""
        return self.good + self.defective + self.missing


class ReturnState(StrEnum):
    """EXPECTED: announced; ARRIVED: scanned; DONE: every unit graded; UNCLAIMED: here, but whose?"""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    UNCLAIMED = "unclaimed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Return:
    """A return parcel, linked to its order or still unclaimed (order_id None).

    `order_id` is the order it was linked to; a merged parcel that comes back holds goods of others as well.
    """

    id: int
    waybill: str
    state: ReturnState
    created_at: datetime
    revision: int = 1
    order_id: int | None = None
    parcel_id: int | None = None
    warehouse_id: int | None = None
    reason: str = ""
    items: tuple[ReturnItem, ...] = ()
    arrived_at: datetime | None = None
    received_by: str = ""
    done_at: datetime | None = None

    @property
    def order_ids(self) -> tuple[int, ...]:
        """The orders whose goods are in it, each once; where none are known, the one it was linked to."""
        found = tuple(dict.fromkeys(item.order_id for item in self.items))
        return found if found or self.order_id is None else (self.order_id,)


class AlertKind(StrEnum):
    """What did not happen."""

    APPROVAL_LATE = "approval_late"
    HOLD_LATE = "hold_late"
    PARCEL_STUCK = "parcel_stuck"
    UNLISTED = "unlisted"
    RETURN_UNLINKED = "return_unlinked"
    DISPATCH_LATE = "dispatch_late"
    DISPATCH_NEAR = "dispatch_near"
    ORDER_GAP = "order_gap"
    SHORTAGE = "shortage"
    SUSPENDED = "suspended"
    FEED_STALE = "feed_stale"
    LEFT_STOPPED = "left_stopped"
    RECALL_LATE = "recall_late"
    ANSWER_STUCK = "answer_stuck"
    STOCK_UNDECIDED = "stock_undecided"
    TRANSFER_LATE = "transfer_late"
    COUNT_LATE = "count_late"
    STOCK_LEFT = "stock_left"
    NUMBERS_LOW = "numbers_low"
    VOID_FAILED = "void_failed"


@dataclass(frozen=True, slots=True)
class Alert:
    """An open worry with an owner, a clock and a next person. One per kind, subject (shop, warehouse, e-waybill
    account, 0 = the company) and part of it (a role, a suspension).

    `turn` goes up when somebody is told or acts, not when a number changes: it is what a button names. `first` are
    ids of the first records and `facts` the kind's own numbers, both as the clock saw them last; `reason` says why
    somebody put it aside. `told_at` is when its owners hear or heard of it: at once, or when a digest or the end of
    quiet hours brings it.
    """

    id: int
    kind: AlertKind
    subject_id: int
    opened_at: datetime
    next_at: datetime
    count: int = 1
    level: int = 0
    revision: int = 1
    taken_by: str = ""
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    part: str = ""
    turn: int = 1
    oldest_at: datetime | None = None
    first: tuple[int, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    told_at: datetime | None = None


class RunState(StrEnum):
    """A report run: claimed with a lease, then done."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReportRun:
    """One issue of a day's workbook. `attempt` fences a worker that woke up after its lease was taken over."""

    id: int
    day: date
    version: int
    state: RunState
    attempt: int
    lease_until: datetime
    final: bool = False
    file_id: int | None = None
    file_name: str = ""
    passes: int = 0
    fails: int = 0
    made_at: datetime | None = None
    asked_by: str = ""
    summary: Mapping[str, str] = field(default_factory=dict)
