"""The catalog and the policy: read whole, kept across transactions until somebody changes them.

Surprising: a command that changes the catalog never feeds the shared copy; only what was committed gets there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Table, select, update

from domain.errors import BadValue, LostRace
from domain.orders.catalog import Account, Bundle, Catalog, Company, Courier, Shop, Sku, Warehouse
from domain.planning.tariffs import Tariff
from domain.policy.policy import Policy, document_of, policy_of
from domain.policy.policy_stops import FeedSource
from storage.sql import Shape, Sql
from storage.tables import catalog as tables
from storage.tables.stops import shop_feed

COMPANY = Shape(Company, tables.company)
SHOP = Shape(Shop, tables.shop)
WAREHOUSE = Shape(Warehouse, tables.warehouse)
COURIER = Shape(Courier, tables.courier)
SKU = Shape(Sku, tables.sku)
TARIFF = Shape(Tariff, tables.tariff)
BUNDLE = Shape(Bundle, tables.bundle)
ACCOUNT = Shape(Account, tables.waybill_account)

_TARIFF_ORDER = (tables.tariff.c.courier_id, tables.tariff.c.version)
_ACCOUNT_ORDER = (tables.waybill_account.c.courier_id, tables.waybill_account.c.id)

_BUNDLES = select(*BUNDLE.columns).order_by(tables.bundle.c.code, tables.bundle.c.version)

NOBODY = Company("", "Asia/Shanghai", "CNY")
_VERSION = tables.catalog_version
_SELECT_VERSION = select(_VERSION.c.version)


@dataclass(frozen=True, slots=True)
class Furniture:
    """What one catalog version stands for."""

    version: int
    catalog: Catalog
    policy: Policy


class Shelf:
    """The committed furniture all transactions of a store share. Assigning is atomic; no lock is needed."""

    furniture: Furniture | None = None


def _policy_of(version: int, document: str) -> Policy:
    """A stored policy: choices this version of Xiaoer does not know are passed over. Raises BadValue."""
    found = policy_of(document, version, lenient=True)
    if found.value is None:
        raise BadValue("policy", found.faults[0].path, found.faults[0].why)
    return found.value


def _by_courier(kind: Shape[Any], rows: Sequence[Any]) -> dict[int, tuple[Any, ...]]:
    """courier id -> its things; the rows come in that order."""
    things = [kind.thing(row) for row in rows]
    return {courier_id: tuple(found) for courier_id, found in groupby(things, key=lambda thing: int(thing.courier_id))}


class CatalogReader:
    """Catalog and policy of one transaction."""

    def __init__(self, sql: Sql, shelf: Shelf) -> None:
        self._sql = sql
        self._shelf = shelf
        self._own: Furniture | None = None
        self._dirty = False

    def furniture(self) -> Furniture:
        """Read at most once per transaction, and not at all while the version stands."""
        if self._own is None:
            row = self._sql.row(_SELECT_VERSION)
            version = row.version if row else 0
            shared = self._shelf.furniture
            if self._dirty or shared is None or shared.version != version:
                shared = Furniture(version, self._catalog(), self._policy())
                if not self._dirty:
                    self._shelf.furniture = shared
            self._own = shared
        return self._own

    def forget(self) -> None:
        """What was read may have been undone: it is read again."""
        self._own = None

    def _catalog(self) -> Catalog:
        rows, aliases = self._sql.rows, tables.alias
        company = self._sql.row(select(*COMPANY.columns))
        return Catalog(
            company=NOBODY if company is None else COMPANY.thing(company),
            shops={row.id: SHOP.thing(row) for row in rows(select(*SHOP.columns).order_by(tables.shop.c.id))},
            warehouses={
                row.id: WAREHOUSE.thing(row) for row in rows(select(*WAREHOUSE.columns).order_by(tables.warehouse.c.id))
            },
            couriers={
                row.id: COURIER.thing(row) for row in rows(select(*COURIER.columns).order_by(tables.courier.c.id))
            },
            skus={row.code: SKU.thing(row) for row in rows(select(*SKU.columns).order_by(tables.sku.c.code))},
            aliases={(row.shop_id, row.code): row.sku for row in rows(select(aliases))},
            tariffs=_by_courier(TARIFF, rows(select(*TARIFF.columns).order_by(*_TARIFF_ORDER))),
            bundles={one.code: one for one in map(BUNDLE.thing, rows(_BUNDLES))},
            accounts=_by_courier(ACCOUNT, rows(select(*ACCOUNT.columns).order_by(*_ACCOUNT_ORDER))),
        )

    def _policy(self) -> Policy:
        newest = select(tables.policy).order_by(tables.policy.c.version.desc()).limit(1)
        row = self._sql.row(newest)
        return Policy() if row is None else _policy_of(row.version, row.document)

    def bump(self) -> None:
        """The catalog changed in this transaction."""
        self._own, self._dirty = None, True
        if not self._sql.change(update(_VERSION).values(version=_VERSION.c.version + 1)):
            self._sql.insert(_VERSION, [{"id": 1, "version": 1}])


class CatalogAdmin:
    """Writers for seeding and settings."""

    def __init__(self, sql: Sql, reader: CatalogReader) -> None:
        self._sql = sql
        self._reader = reader

    def _put(self, table: Table, keys: Collection[str], rows: list[dict[str, Any]]) -> None:
        if rows:
            statement = self._sql.upsert(table)
            values = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
            self._sql.change(statement.on_conflict_do_update(index_elements=list(keys), set_=values), rows)
        self._reader.bump()

    def set_company(self, company: Company) -> None:
        """Write the one company."""
        self._put(tables.company, ["id"], [{"id": 1, **COMPANY.row(company)}])

    def add_shop(self, shop: Shop) -> Shop:
        """Insert (the id given is ignored) and return it with its id. Its silence counts from now on."""
        made = replace(shop, id=self._sql.insert_new(tables.shop, SHOP.row(shop)))
        begun = {"shop_id": made.id, "source": FeedSource.ADDED.value, "heard_at": self._sql.now}
        self._sql.insert(shop_feed, [begun])
        self._reader.bump()
        return made

    def add_warehouse(self, warehouse: Warehouse) -> Warehouse:
        """Insert (the id given is ignored) and return it with its id."""
        made = replace(warehouse, id=self._sql.insert_new(tables.warehouse, WAREHOUSE.row(warehouse)))
        self._reader.bump()
        return made

    def save_shop(self, shop: Shop) -> None:
        """Replace by id."""
        self._replace(tables.shop, SHOP.row(shop))

    def save_warehouse(self, warehouse: Warehouse) -> None:
        """Replace by id."""
        self._replace(tables.warehouse, WAREHOUSE.row(warehouse))

    def save_courier(self, courier: Courier) -> None:
        """Replace by id."""
        self._replace(tables.courier, COURIER.row(courier))

    def _replace(self, table: Table, row: dict[str, Any]) -> None:
        self._sql.change(update(table).where(table.c.id == row.pop("id")).values(row))
        self._reader.bump()

    def add_courier(self, courier: Courier, first_waybill: int | None = 1) -> Courier:
        """Insert (the id given is ignored) with an account for every shop that counts from `first_waybill` on (None:
        no account yet); returned with its id."""
        made = replace(courier, id=self._sql.insert_new(tables.courier, COURIER.row(courier)))
        if first_waybill is not None:
            self.add_account(Account(0, made.id), first_waybill)
        self._reader.bump()
        return made

    def add_account(self, account: Account, first_waybill: int = 1, balance: int | None = None) -> Account:
        """Insert (the id given is ignored): where its range begins, how many numbers it has (None: no count)."""
        row = {**ACCOUNT.row(account), "next_number": first_waybill, "balance": balance}
        made = replace(account, id=self._sql.insert_new(tables.waybill_account, row))
        self._reader.bump()
        return made

    def add_tariff(self, tariff: Tariff) -> Tariff:
        """Keep the courier's next version (id and version given are ignored); returned with both. Old versions stay:
        parcels name them."""
        table = tables.tariff
        newest = self._sql.row(
            select(table.c.version).where(table.c.courier_id == tariff.courier_id).order_by(table.c.version.desc())
        )
        made = replace(tariff, version=newest.version + 1 if newest else 1)
        made = replace(made, id=self._sql.insert_new(table, TARIFF.row(made)))
        self._reader.bump()
        return made

    def put_skus(self, skus: Collection[Sku]) -> None:
        """Insert or replace by code."""
        self._put(tables.sku, ["code"], [SKU.row(sku) for sku in skus])

    def add_bundles(self, bundles: Collection[Bundle]) -> None:
        """Keep each as it is: its version is the next of its code. Raises LostRace when another transaction keeps one
        under that number."""
        rows = [BUNDLE.row(bundle) for bundle in bundles]
        if rows and self._sql.change(self._sql.upsert(tables.bundle).on_conflict_do_nothing(), rows) != len(rows):
            raise LostRace("bundle")
        self._reader.bump()

    def bundle_versions(self, code: str) -> list[Bundle]:
        """Every version of a set's recipe, oldest first."""
        return [BUNDLE.thing(row) for row in self._sql.rows(_BUNDLES.where(tables.bundle.c.code == code))]

    def put_aliases(self, aliases: Mapping[tuple[int, str], str]) -> None:
        """(shop id or 0, merchant code) -> sku; replaces what the code meant."""
        rows = [{"shop_id": shop_id, "code": code, "sku": sku} for (shop_id, code), sku in aliases.items()]
        self._put(tables.alias, ["shop_id", "code"], rows)

    def put_policy(self, policy: Policy, by: str, document: str | None = None) -> Policy:
        """Keep a new version (the version given is ignored) with the document as it was written; returned with its
        number. Raises LostRace when another transaction keeps one under that number."""
        newest = self._sql.row(select(tables.policy.c.version).order_by(tables.policy.c.version.desc()).limit(1))
        made = replace(policy, version=newest.version + 1 if newest else 1)
        text = document_of(made) if document is None else document
        row = {"version": made.version, "document": text, "at": self._sql.now, "by": by}
        if not self._sql.change(self._sql.upsert(tables.policy).on_conflict_do_nothing(), [row]):
            raise LostRace("policy")
        self._reader.bump()
        return made

    def policies(self) -> list[Policy]:
        """Every version, oldest first."""
        rows = self._sql.rows(select(tables.policy).order_by(tables.policy.c.version))
        return [_policy_of(row.version, row.document) for row in rows]
