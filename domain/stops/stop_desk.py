"""What stopping parcels keeps and asks of the store: stops, refunds, answers to platforms, recalls, shops' feeds.

Surprising: an answer is kept per refund and not per stop. A refund may stop three boxes, or come before its order is
known, and the platform wants one word all the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.floor.parcels import Refund, Stage, Stop, StopState
from domain.policy.policy_stops import FeedSource, RecallKind


class Verdict(StrEnum):
    """What the platform is told of one refund: WAIT is not said yet, NONE needs no answer any more."""

    WAIT = "wait"
    SUCCESS = "SUCCESS"
    NOT_SYNCED = "FAIL 1001"
    SHIPPED = "FAIL 1002"
    PRINTED = "FAIL 1003"
    NONE = "none"


SAID = frozenset(Verdict) - {Verdict.WAIT, Verdict.NONE}


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one refund event. `order_ref` is the order as the platform named it. `due_at` is until when it
    should be said; `said` what the platform took last, `next_at` when it is (or is tried to be) told again."""

    id: int
    shop_id: int
    refund_no: str
    order_ref: str
    verdict: Verdict
    asked_at: datetime
    due_at: datetime
    order_id: int | None = None
    decided_at: datetime | None = None
    said: str = ""
    said_at: datetime | None = None
    next_at: datetime | None = None
    attempts: int = 0
    error: str = ""
    revision: int = 1


class RecallState(StrEnum):
    """REGISTERED with us, ASKING the courier, ACCEPTED (on its way back, or to the new address), RECEIVED by us.
    FAILED: the courier would not or could not. DROPPED: no longer wanted before the courier was asked."""

    REGISTERED = "registered"
    ASKING = "asking"
    ACCEPTED = "returning"
    RECEIVED = "back"
    FAILED = "failed"
    DROPPED = "dropped"


OPEN_RECALLS = frozenset({RecallState.REGISTERED, RecallState.ASKING})
COMING = OPEN_RECALLS | {RecallState.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Recall:
    """One request to a courier about a parcel that has left. `fee` in minor units; `reference` is the courier's own
    number; `target` where it shall go when that is not us; `why` says what made it fail."""

    id: int
    parcel_id: int
    order_id: int
    shop_id: int
    courier_id: int
    waybill: str
    kind: RecallKind
    state: RecallState
    opened_at: datetime
    opened_by: str
    picked_up_at: datetime
    fee: int = 0
    currency: str = "CNY"
    target: str = ""
    reference: str = ""
    why: str = ""
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    return_id: int | None = None
    next_at: datetime | None = None
    attempts: int = 0
    error: str = ""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Feed:
    """When a shop was last heard, and how."""

    shop_id: int
    source: FeedSource
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class StopFact:
    """One refund's stop as the board counts it."""

    stage: Stage
    state: StopState
    courier_id: int | None
    opened_at: datetime
    told_at: datetime | None = None
    acked_at: datetime | None = None
    pulled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """`refunds` that came before their goods were handed over, and whether those `stayed` in the house. `stage` is the
    furthest state of the order's parcels when the refund was first heard of ('' = it had none)."""

    stage: str
    courier_id: int | None
    stayed: bool
    refunds: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a shop's platform: when it was asked for, when it was decided, and when the platform took it (None:
    it has not)."""

    shop_id: int
    asked_at: datetime
    decided_at: datetime
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """Open stops at a glance: the `first` of them, the waybills of the `newest` others, and per stage how many there
    are and since when the oldest is open."""

    first: tuple[Stop, ...]
    newest: tuple[str, ...]
    stages: Mapping[Stage, tuple[int, datetime]]

    @property
    def count(self) -> int:
        """How many stops are open."""
        return sum(count for count, _ in self.stages.values())


class Stops(Protocol):
    """Interceptions."""

    def get(self, stop_id: int) -> Stop:
        """Raises Unknown('stop')."""

    def add(self, stop: Stop) -> Stop:
        """Insert (the id given is ignored) and return it with its id."""

    def save(self, stop: Stop) -> None: ...
    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Stop, ...]]: ...
    def open_of(self, warehouse_id: int | None) -> list[Stop]:
        """Open stops, oldest first."""

    def board(self, warehouses: frozenset[int] | None, mine: int | None, first: int, newest: int) -> Board:
        """Open stops of these warehouses: those that name the person `mine`, then the oldest."""

    def due(self, now: datetime, limit: int) -> list[Stop]:
        """Open stops whose next_at has come."""

    def facts(self, since: datetime, warehouses: frozenset[int] | None) -> list[StopFact]:
        """Refunds' stops opened since, of parcels of these warehouses."""

    def ended(self, since: datetime, warehouses: frozenset[int] | None) -> list[Ended]:
        """Refunds told since that were before the hand-over and are decided (rules.md D): the goods stayed, or a box
        with them left later than the refund. Not those taken back, nor those of money alone."""


class Refunds(Protocol):
    """Refunds by platform number."""

    def get(self, refund_id: int) -> Refund: ...
    def of_order(self, order_id: int) -> tuple[Refund, ...]: ...
    def add(self, refund: Refund) -> Refund: ...
    def save(self, refund: Refund) -> None: ...


class Replies(Protocol):
    """Answers to platforms."""

    def of(self, shop_id: int, refund_nos: Collection[str]) -> dict[str, Reply]:
        """By the platform's refund number."""

    def many(self, reply_ids: Collection[int]) -> dict[int, Reply]: ...
    def add(self, reply: Reply) -> Reply:
        """Insert (the id given is ignored) and return it with its id. Raises LostRace when it is there already."""

    def save(self, replies: Sequence[Reply]) -> None:
        """By revision. Raises LostRace."""

    def to_say(self, now: datetime, limit: int) -> list[Reply]:
        """Those whose next_at has come, longest due first."""

    def late(self, now: datetime, limit: int) -> list[Reply]:
        """Those that still WAIT after their due_at."""

    def answered(self, since: datetime, shops: frozenset[int] | None, limit: int) -> list[Answered]:
        """Decided answers to what was asked since, the newest first."""


class Recalls(Protocol):
    """Requests to couriers."""

    def get(self, recall_id: int) -> Recall:
        """Raises Unknown('recall')."""

    def many(self, recall_ids: Collection[int]) -> dict[int, Recall]: ...
    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Recall, ...]]: ...
    def add(self, recall: Recall) -> Recall:
        """Insert (the id given is ignored) and return it with its id."""

    def save(self, recall: Recall) -> None:
        """By revision. Raises LostRace."""

    def coming(self, shops: frozenset[int] | None, limit: int) -> list[Recall]:
        """Those not at their end, oldest first."""

    def coming_back(self, sku: str) -> tuple[int, int]:
        """Units of it on their way back: in parcels a courier said it brings back, and in announced returns of other
        orders."""

    def to_ask(self, now: datetime, limit: int) -> list[Recall]:
        """Those not at their end whose next_at has come."""

    def since(self, at: datetime, shops: frozenset[int] | None) -> list[Recall]:
        """Opened since."""


class Feeds(Protocol):
    """When shops were last heard."""

    def all(self) -> list[Feed]:
        """By shop and source."""

    def heard(self, feed: Feed) -> None:
        """Keep the moment in the place of an earlier one."""
