"""One transaction's worth of everything: the Desk commands see, plus inbox, deliveries and the catalog's writers.

Surprising: repositories come into being when they are first asked for; most commands touch three or four.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from domain.errors import Refusal, Unknown
from domain.orders.catalog import Bundle, Catalog
from domain.policy.policy import Policy
from domain.records import Event
from storage.catalog import CatalogAdmin, CatalogReader, Shelf
from storage.checks import Checks
from storage.customers import Customers
from storage.hands import Hands
from storage.inbox import Inbox
from storage.mappings import Mappings
from storage.orders import Orders
from storage.outbox import Deliveries, Outbox
from storage.papers import Manifests, Prints
from storage.parcels import Parcels
from storage.people import Cards, People
from storage.piles import Piles
from storage.policies import Policies
from storage.pulse import Pulse
from storage.records import Alerts, Files, History, Imports, Returns
from storage.reports import Reports
from storage.scan_page import PageAnswers
from storage.sql import Sql
from storage.stock import StockBook
from storage.stock_docs import StockDocs
from storage.stops import Feeds, Recalls, Replies, Stops
from storage.walks import Walks
from storage.warehouse import Refunds, Waves
from storage.waybills import Waybills


class Unit:
    """Implements domain.desk.Desk over one connection in its transaction."""

    def __init__(self, connection: Connection, now: datetime, shelf: Shelf) -> None:
        self._sql = Sql(connection, now)
        self._furniture = CatalogReader(self._sql, shelf)
        self._history = History(self._sql)

    @property
    def now(self) -> datetime:
        """Fixed for the whole command."""
        return self._sql.now

    @property
    def policy(self) -> Policy:
        """The company's choices as they stand."""
        return self._furniture.furniture().policy

    @property
    def catalog(self) -> Catalog:
        """The company's furniture."""
        return self._furniture.furniture().catalog

    @cached_property
    def catalog_admin(self) -> CatalogAdmin:
        """Writers of the two above."""
        return CatalogAdmin(self._sql, self._furniture)

    @cached_property
    def orders(self) -> Orders:
        """Orders."""
        return Orders(self._sql)

    @cached_property
    def hands(self) -> Hands:
        """The line in review, and in whose hands."""
        return Hands(self._sql)

    @cached_property
    def parcels(self) -> Parcels:
        """Parcels."""
        return Parcels(self._sql)

    @cached_property
    def waybills(self) -> Waybills:
        """E-waybill numbers."""
        return Waybills(self._sql)

    @cached_property
    def checks(self) -> Checks:
        """Checks between pick and pack."""
        return Checks(self._sql)

    @cached_property
    def waves(self) -> Waves:
        """Waves."""
        return Waves(self._sql)

    @cached_property
    def walks(self) -> Walks:
        """Where the waves' parcels are sent."""
        return Walks(self._sql)

    @cached_property
    def prints(self) -> Prints:
        """Printed copies."""
        return Prints(self._sql)

    @cached_property
    def manifests(self) -> Manifests:
        """Couriers' manifests."""
        return Manifests(self._sql, self.parcels)

    @cached_property
    def stops(self) -> Stops:
        """Interceptions."""
        return Stops(self._sql)

    @cached_property
    def refunds(self) -> Refunds:
        """Refunds."""
        return Refunds(self._sql)

    @cached_property
    def replies(self) -> Replies:
        """Answers to platforms."""
        return Replies(self._sql)

    @cached_property
    def recalls(self) -> Recalls:
        """Requests to couriers."""
        return Recalls(self._sql)

    @cached_property
    def feeds(self) -> Feeds:
        """When shops were last heard."""
        return Feeds(self._sql)

    @cached_property
    def stock(self) -> StockBook:
        """Levels and the ledger."""
        return StockBook(self._sql)

    @cached_property
    def stock_docs(self) -> StockDocs:
        """The stock room's documents."""
        return StockDocs(self._sql)

    @cached_property
    def returns(self) -> Returns:
        """Return parcels."""
        return Returns(self._sql)

    @cached_property
    def customers(self) -> Customers:
        """Customers and the blacklist."""
        return Customers(self._sql)

    @cached_property
    def people(self) -> People:
        """Staff, chats, invitations."""
        return People(self._sql)

    @cached_property
    def cards(self) -> Cards:
        """Which message shows what."""
        return Cards(self._sql)

    @cached_property
    def outbox(self) -> Outbox:
        """Notices to deliver."""
        return Outbox(self._sql)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The messenger's side of them."""
        return Deliveries(self._sql)

    @cached_property
    def inbox(self) -> Inbox:
        """Updates as they came."""
        return Inbox(self._sql)

    @cached_property
    def imports(self) -> Imports:
        """Files taken in."""
        return Imports(self._sql)

    @cached_property
    def page_answers(self) -> PageAnswers:
        """What scan pages were answered."""
        return PageAnswers(self._sql)

    @cached_property
    def files(self) -> Files:
        """Bytes kept in the store."""
        return Files(self._sql)

    @cached_property
    def mappings(self) -> Mappings:
        """How tables without a format are read."""
        return Mappings(self._sql)

    @cached_property
    def alerts(self) -> Alerts:
        """Open worries."""
        return Alerts(self._sql)

    @cached_property
    def piles(self) -> Piles:
        """Heaps of late records."""
        return Piles(self._sql)

    @cached_property
    def pulse(self) -> Pulse:
        """How regularly shops are heard of."""
        return Pulse(self._sql)

    @cached_property
    def reports(self) -> Reports:
        """Report runs and a day's sums."""
        return Reports(self._sql, self.orders, self.parcels, self.returns)

    @cached_property
    def policies(self) -> Policies:
        """Versions of the policy, and how far looking again has come."""
        return Policies(self._sql)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is written inside is undone when it ends in a Refusal, which goes on. Any other error is left to the
        whole transaction: it ends with it, or runs again."""
        self._sql.mark()
        try:
            yield
        except Refusal:
            self._sql.undo()
            self._furniture.forget()
            for name in _REPOSITORIES & vars(self).keys():  # they remember rows that are not there any more
                del vars(self)[name]
            raise
        self._sql.keep()

    def keep_policy(self, policy: Policy, by: str, document: str) -> Policy:
        """Keep it as the next version, in the words it was written in; what was in force without ever being written
        is kept before it. Raises LostRace when somebody else keeps one at the same time."""
        if not self.policies.versions(1):
            self.catalog_admin.put_policy(self.policy, "xiaoer")
        return self.catalog_admin.put_policy(policy, by, document)

    def learn_sku(self, shop_id: int, code: str, sku: str) -> None:
        """From now on this code (or title) means this sku in the shop. Raises Unknown('sku')."""
        if sku not in self.catalog.skus and sku not in self.catalog.bundles:
            raise Unknown("sku", sku)
        self.catalog_admin.put_aliases({(shop_id, code.strip()): sku})

    def keep_bundles(self, bundles: Collection[Bundle]) -> None:
        """From now on these sets are made up so. Raises LostRace when somebody else keeps one at the same time."""
        self.catalog_admin.add_bundles(bundles)

    def bundle_versions(self, code: str) -> list[Bundle]:
        """Every version of a set's recipe, oldest first."""
        return self.catalog_admin.bundle_versions(code)

    def learn_weight(self, sku: str, grams: int) -> None:
        """From now on a unit of it weighs this. Raises Unknown('sku')."""
        if sku not in self.catalog.skus:
            raise Unknown("sku", sku)
        self.catalog_admin.put_skus([replace(self.catalog.skus[sku], weight_g=grams)])

    def set_fail_open(self, shop_id: int, fail_open: bool) -> None:
        """Whether the gate lets the shop's parcels through while its news are stale. Raises Unknown('shop')."""
        if shop_id not in self.catalog.shops:
            raise Unknown("shop", str(shop_id))
        self.catalog_admin.save_shop(replace(self.catalog.shops[shop_id], fail_open=fail_open))

    def record(self, events: Sequence[Event]) -> None:
        """Append to the history."""
        self._history.add(events)

    def history(self, subject: str, subject_id: int, limit: int = 50) -> list[Event]:
        """Newest first."""
        return self._history.of(subject, subject_id, limit)

    def noted(self, subject: str, ids: Collection[int], verb: str) -> dict[int, int]:
        """How often that was written down of each."""
        return self._history.count(subject, ids, verb)


_REPOSITORIES = frozenset(name for name, part in vars(Unit).items() if isinstance(part, cached_property))
