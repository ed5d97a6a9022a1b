"""E-waybill numbers as records, the port a courier's service stands behind, and how the store keeps them.

Surprising: a row may have no number yet. Then it is the wish for one, and it is where the courier's error stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from domain.floor.parcels import Parcel
from domain.orders.catalog import Account
from domain.orders.orders import Order

LOCAL = "local"


class WaybillState(IntEnum):
    """WDT's codes. WAITING has no number yet; VOIDED is free again for the same account and shop."""

    WAITING = 0
    ASSIGNED = 1
    DONE = 2
    VOID_FAILED = 4
    TO_VOID = 5
    VOIDED = 6
    VOID_BY_HAND = 8


@dataclass(frozen=True, slots=True)
class Ewaybill:
    """One number, or the wish for one. `attempts` and `error` are of the last question to the courier that failed;
    `next_at` is when it is asked again. `sort_code` (三段码) and `hub` (集包地) are what the courier wants printed
    large, where it tells them."""

    id: int
    account_id: int
    courier_id: int
    shop_id: int
    number: str
    state: WaybillState
    changed_at: datetime
    parcel_id: int | None = None
    taken_at: datetime | None = None
    next_at: datetime | None = None
    error: str = ""
    attempts: int = 0
    revision: int = 1
    sort_code: str = ""
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """What an account has: `balance` numbers left (None = it is not counted), `free` given back to our own range
    and usable again; what goes back to a courier's service, that counts."""

    account_id: int
    balance: int | None
    free: int = 0

    @property
    def left(self) -> int | None:
        """How many parcels it can still number; None = no end."""
        return None if self.balance is None else self.balance + self.free


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a courier is asked for: a number for this parcel of this order (whose receiver it names)."""

    waybill: Ewaybill
    account: Account
    parcel: Parcel
    order: Order


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question: the number, or the error as the courier worded it and whether to ask again. With the
    number the courier may say how it sorts the parcel. `unpaid`: what the company prepaid there is used up."""

    waybill_id: int
    number: str = ""
    error: str = ""
    retryable: bool = True
    unpaid: bool = False
    sort_code: str = ""
    hub: str = ""


class WaybillPort(Protocol):
    """A courier's (or platform's) e-waybill service, called outside any transaction. It never raises: what goes wrong
    is an answer. `balances` of its accounts by account id, where the service tells them."""

    def request(self, wanted: Sequence[Wanted]) -> Sequence[Answer]:
        """A number for each, in one call where the service can."""

    def void(self, account: Account, waybills: Sequence[Ewaybill]) -> Sequence[Answer]:
        """Take numbers back; an answer without error says it is done."""

    def balances(self, accounts: Sequence[Account]) -> Mapping[int, int]:
        """How many numbers each account has left."""


class Waybills(Protocol):
    """The numbers, as the store keeps them."""

    def of_parcels(self, parcel_ids: Sequence[int]) -> dict[int, tuple[Ewaybill, ...]]:
        """parcel id -> its rows, oldest first."""

    def many(self, ids: Sequence[int]) -> dict[int, Ewaybill]: ...
    def by_number(self, number: str) -> tuple[Ewaybill, ...]: ...
    def issue(self, account_id: int, count: int) -> Sequence[str]:
        """Fresh numbers of a local range, fewer when its balance is short. Raises Unknown('account')."""

    def free(self, account_id: int, shop_id: int, before: datetime, limit: int) -> list[Ewaybill]:
        """VOIDED rows with a number that changed before, oldest first."""

    def add(self, rows: Sequence[Ewaybill]) -> None:
        """Insert (ids given are ignored)."""

    def save(self, rows: Sequence[Ewaybill]) -> None:
        """By revision. Raises LostRace."""

    def drop(self, ids: Sequence[int]) -> None:
        """Forget wishes that never became a number."""

    def settled(self, attempts: int, limit: int) -> list[tuple[Ewaybill, Parcel]]:
        """ASSIGNED rows, and wishes that failed less than so often, whose parcel does not wait for them: planned,
        cancelled, handed over, or with another courier."""

    def due(self, state: WaybillState, now: datetime, limit: int, attempts: int | None = None) -> list[Ewaybill]:
        """Rows in that state whose next_at has come, with fewer than `attempts` failures when given."""

    def failures(self, attempts: int) -> dict[int, dict[int, str]]:
        """order id -> courier id -> error, of wishes that failed so often."""

    def failed_before(self, attempts: int, before: datetime, limit: int) -> list[Ewaybill]:
        """Those that last failed before."""

    def pools(self, before: datetime) -> dict[int, Pool]:
        """By account id; of local ranges what was given back before counts as free."""

    def taken(self, account_ids: Sequence[int], since: datetime) -> dict[int, int]:
        """account id -> how many of its numbers were put on a parcel since; accounts without any are missing."""

    def set_balances(self, balances: Mapping[int, int]) -> None:
        """What the couriers say is left."""
