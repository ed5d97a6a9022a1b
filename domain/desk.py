"""The desk: what one command may read and write, as protocols. `storage/` is behind them; one desk is one transaction.

Surprising: sets first. Whatever can be asked for many is asked for many, so a batch of 500 costs a few queries.
Every `save` compares the revision it was read with and raises LostRace when somebody was faster.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from domain.customers.customer_desk import Customers
from domain.finance.day_report import ControlTotal
from domain.floor.check_records import Checks
from domain.floor.parcels import Owed, Parcel, ParcelState, Refund, Sample, Waiting, Wave
from domain.floor.scan_page import PageAnswers
from domain.intake.table_mapping import Mappings
from domain.orders.catalog import Bundle, Catalog
from domain.orders.order_desk import Orders
from domain.orders.orders import Order
from domain.paper.paper_records import Manifests, Prints
from domain.people.people import Chat, Invite, Person, Staff
from domain.policy.policy import Policy
from domain.policy.policy_versions import Policies
from domain.records import (
    Alert,
    AlertKind,
    CardRow,
    Event,
    ImportRun,
    Notice,
    NoticeKind,
    ReportRun,
    Return,
    StoredFile,
)
from domain.review.lineup import Hands
from domain.stock.stock_book import StockBook, Walks
from domain.stock.stock_docs import StockDocs
from domain.stops.stop_desk import Feeds, Recalls, Refunds, Replies, Stops
from domain.watch.lookout import Piles, Pulse
from domain.waybills.ewaybills import Waybills


class Parcels(Protocol):
    """Parcels with their items."""

    def get(self, parcel_id: int) -> Parcel:
        """Raises Unknown('parcel')."""

    def many(self, parcel_ids: Collection[int]) -> dict[int, Parcel]: ...
    def of_orders(self, order_ids: Collection[int]) -> dict[int, tuple[Parcel, ...]]:
        """order id -> its parcels, cancelled ones too."""

    def by_waybill(self, waybill: str) -> Parcel | None:
        """By waybill or parcel number (P000012)."""

    def next_ids(self, count: int) -> Sequence[int]: ...
    def add(self, parcels: Sequence[Parcel]) -> None: ...
    def save(self, parcels: Sequence[Parcel]) -> None:
        """By revision, items with it. Raises LostRace."""

    def ready(self, warehouse_id: int | None, limit: int) -> list[Parcel]:
        """READY and not blocked parcels whose order is RELEASED, oldest first."""

    def waiting(self, warehouse_id: int, limit: int) -> list[Waiting]:
        """The same parcels, lightly and in the same order."""

    def owed_units(self) -> dict[str, int]:
        """Units that OWED parcels wait for, by sku."""

    def owed(self, skus: Collection[str], limit: int) -> list[Owed]:
        """OWED and not blocked parcels with one of these skus in them whose order is RELEASED, oldest order first."""

    def of_wave(self, wave_id: int) -> list[Parcel]: ...
    def wave_counts(self, wave_id: int) -> dict[ParcelState, int]: ...
    def weighed_alone(self, latest: int) -> list[Sample]:
        """Weighed parcels that hold one product alone, of each product the latest."""

    def stuck(self, states: Collection[ParcelState], before: datetime, limit: int) -> list[int]: ...
    def claiming(self, sku: str, limit: int) -> list[Parcel]:
        """Parcels that units of this sku are promised to, oldest first."""

    def promised(self, sku: str, warehouse_id: int, state: ParcelState, limit: int) -> list[Parcel]:
        """Parcels of this state there with units of this sku in them, newest first."""

    def counts(self, warehouse_id: int | None) -> dict[ParcelState, int]:
        """Parcels in the house by state."""


class Waves(Protocol):
    """Waves."""

    def get(self, wave_id: int) -> Wave: ...
    def add(
        self, warehouse_id: int, made_at: datetime, parcels: int, units: int, why: Mapping[str, str] | None = None
    ) -> Wave: ...
    def save(self, wave: Wave) -> None: ...
    def open_of(self, warehouse_id: int | None) -> list[Wave]: ...


class Returns(Protocol):
    """Return parcels."""

    def get(self, return_id: int) -> Return: ...
    def by_waybill(self, waybill: str) -> Return | None: ...
    def of_order(self, order_id: int) -> tuple[Return, ...]:
        """Those with goods of the order in them."""

    def add(self, parcel: Return) -> Return: ...
    def save(self, parcel: Return) -> None: ...
    def unclaimed(self, before: datetime, limit: int) -> list[Return]: ...
    def whole_and_good(self, order_ids: Collection[int]) -> set[int]:
        """Those of the orders of which a return was looked at unit by unit, all of theirs there and good."""


class People(Protocol):
    """Staff, chats, invitations."""

    def staff(self) -> Staff: ...
    def get(self, person_id: int) -> Person: ...
    def by_telegram(self, telegram_id: int) -> Person | None: ...
    def add(self, person: Person) -> Person: ...
    def save(self, person: Person) -> None: ...
    def chat(self, chat_id: int) -> Chat: ...
    def chat_by_telegram(self, telegram_id: int) -> Chat | None: ...
    def chats(self) -> tuple[Chat, ...]: ...
    def add_chat(self, chat: Chat) -> Chat: ...
    def save_chat(self, chat: Chat) -> None: ...
    def add_invite(self, invite: Invite) -> None: ...
    def invite(self, code_hash: str) -> Invite | None: ...
    def use_invite(self, code_hash: str, person_id: int, at: datetime) -> bool:
        """Whether it was still unused; then it is used now."""

    def seen_stranger(self, telegram_id: int, name: str, at: datetime, quiet_minutes: int) -> bool:
        """Remember a stranger; True when they may be answered again (and the owner told)."""


class Cards(Protocol):
    """Which message shows what."""

    def of(self, kind: NoticeKind, subject_id: int) -> list[CardRow]: ...
    def showing(self, kinds: Collection[NoticeKind], subject_ids: Collection[int]) -> list[CardRow]:
        """Every message that shows one of these subjects as one of these kinds."""

    def at(self, chat_id: int, message_id: int) -> CardRow | None: ...
    def put(self, chat_id: int, message_id: int, kind: NoticeKind, subject_id: int, shown: str = "") -> None:
        """The message now shows this (replaces what it showed); `shown` says which part of it."""

    def drop(self, chat_id: int, message_id: int) -> None:
        """The message is deleted: it shows nothing any more."""

    def recent(self, limit: int) -> list[CardRow]: ...


class Outbox(Protocol):
    """Notices to deliver."""

    def add(self, notices: Sequence[Notice]) -> None:
        """Once per (chat, key). A redraw that waits already keeps its time."""

    def behind(self) -> Mapping[int, Mapping[NoticeKind, int]]:
        """Chat -> kind -> new messages it has not been told yet; chats with none are missing."""

    def waiting(self, chat_id: int) -> list[Notice]:
        """What the chat has not been told yet, in order."""


class Imports(Protocol):
    """Files taken in."""

    def find(self, sha256: str, shop_id: int) -> ImportRun | None: ...
    def get(self, import_id: int) -> ImportRun: ...
    def add(self, run: ImportRun) -> ImportRun: ...
    def save(self, run: ImportRun) -> None: ...


class Files(Protocol):
    """Bytes kept in the store."""

    def put(self, name: str, data: bytes, at: datetime) -> StoredFile:
        """The same bytes are kept once."""

    def get(self, file_id: int) -> tuple[StoredFile, bytes]: ...


class Alerts(Protocol):
    """Open worries."""

    def open(self) -> list[Alert]: ...
    def get(self, alert_id: int) -> Alert: ...
    def find_open(self, kind: AlertKind, subject_id: int, part: str = "") -> Alert | None: ...
    def add(self, alert: Alert) -> Alert:
        """Insert (the id given is ignored) and return it with its id. Raises LostRace when one is open already."""

    def save(self, alert: Alert) -> None: ...


class Reports(Protocol):
    """Report runs and what a day's workbook is made of."""

    def claim(self, day: date, now: datetime, lease_seconds: int, asked_by: str, *, new: bool) -> ReportRun | None:
        """Claim the run of the day: `new` asks for the next version, else the first version is made only if there
        is none. A RUNNING run whose lease is over is taken over with attempt + 1. None when another holds it or
        (not `new`) it is done."""

    def finish(self, run: ReportRun) -> bool:
        """Write the outcome if this attempt still holds the run; False when it was taken over."""

    def latest(self, day: date) -> ReportRun | None: ...
    def get(self, run_id: int) -> ReportRun: ...
    def orders(self, start: datetime, end: datetime) -> list[Order]:
        """Orders paid (or, unpaid, placed) in [start, end)."""

    def refunds(self, start: datetime, end: datetime) -> list[tuple[Refund, Order]]: ...
    def returns(self, start: datetime, end: datetime) -> list[tuple[Return, Mapping[int, Order]]]:
        """Arrived in [start, end), each with the orders whose goods are in it."""

    def shipped(self, start: datetime, end: datetime) -> list[Parcel]: ...
    def ledger_totals(self, start: datetime, end: datetime) -> dict[tuple[int, str, str], tuple[int, int, int, int]]:
        """(warehouse, sku, bucket) -> (sum before start, sum in >0 within, sum out <0 within)."""

    def controls(self, start: datetime, end: datetime) -> tuple[ControlTotal, ...]:
        """The store's own sums per currency (aggregate queries), to hold the workbook's rows against."""

    def daily_sales(self, start: datetime, end: datetime, zone: str) -> dict[tuple[date, str], int]:
        """(day in the zone, currency) -> paid minor units."""


class Desk(Protocol):
    """One transaction's worth of everything. `now` is fixed for the whole command."""

    @property
    def now(self) -> datetime: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def hands(self) -> Hands: ...
    @property
    def parcels(self) -> Parcels: ...
    @property
    def waybills(self) -> Waybills: ...
    @property
    def checks(self) -> Checks: ...
    @property
    def waves(self) -> Waves: ...
    @property
    def walks(self) -> Walks: ...
    @property
    def prints(self) -> Prints: ...
    @property
    def manifests(self) -> Manifests: ...
    @property
    def stops(self) -> Stops: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def replies(self) -> Replies: ...
    @property
    def recalls(self) -> Recalls: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def stock(self) -> StockBook: ...
    @property
    def stock_docs(self) -> StockDocs: ...
    @property
    def returns(self) -> Returns: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def people(self) -> People: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def imports(self) -> Imports: ...
    @property
    def page_answers(self) -> PageAnswers: ...
    @property
    def files(self) -> Files: ...
    @property
    def mappings(self) -> Mappings: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def piles(self) -> Piles: ...
    @property
    def pulse(self) -> Pulse: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def policies(self) -> Policies: ...
    def attempt(self) -> AbstractContextManager[None]:
        """For one of several things done in a row: what is written inside is undone when it ends in a Refusal."""

    def keep_policy(self, policy: Policy, by: str, document: str) -> Policy:
        """Keep it as the next version, in the words it was written in; returned with its number."""

    def learn_sku(self, shop_id: int, code: str, sku: str) -> None:
        """From now on this code (or title) means this sku in the shop."""

    def keep_bundles(self, bundles: Collection[Bundle]) -> None:
        """From now on these sets are made up so; each carries the next version of its code. Raises LostRace."""

    def bundle_versions(self, code: str) -> list[Bundle]:
        """Every version of a set's recipe, oldest first."""

    def learn_weight(self, sku: str, grams: int) -> None:
        """From now on a unit of it weighs this."""

    def set_fail_open(self, shop_id: int, fail_open: bool) -> None:
        """Whether the gate lets the shop's parcels through while its news are stale."""

    def record(self, events: Sequence[Event]) -> None:
        """Append to the history."""

    def history(self, subject: str, subject_id: int, limit: int = 50) -> list[Event]:
        """Newest first."""

    def noted(self, subject: str, ids: Collection[int], verb: str) -> dict[int, int]:
        """subject id -> how often that was written down of it; those of which it never was are missing."""
