"""The company's furniture and its policy, each change of which bumps `catalog_version`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from domain.addresses.reach import Area
from domain.intake.incoming import Platform
from domain.orders.catalog import Part
from domain.planning.tariffs import Rate, Surcharge, Volumetric
from domain.policy.choices import built_all
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


def _areas(data: Any) -> tuple[Area, ...]:
    return built_all(Area, data)


def _rates(data: Any) -> tuple[Rate, ...]:
    return built_all(Rate, data)


def _surcharges(data: Any) -> tuple[Surcharge, ...]:
    return built_all(Surcharge, data)


def _parts(data: Any) -> tuple[Part, ...]:
    return built_all(Part, data)


class CompanyRow(Base, table=True):
    """One row: whose desk this is."""

    __tablename__ = "company"
    id: int = col.own_key()
    name: str = col.text()
    zone: str = col.text()
    currency: str = col.text()
    language: str = col.text()


class ShopRow(Base, table=True):
    """Shops."""

    __tablename__ = "shop"
    id: int = col.key()
    name: str = col.text()
    platform: Platform = col.choice(Platform)
    currency: str = col.text()
    zone: str = col.text()
    secret: str = col.text()
    fail_open: bool = col.flag()


class WarehouseRow(Base, table=True):
    """Warehouses."""

    __tablename__ = "warehouse"
    id: int = col.key()
    code: str = col.text()
    name: str = col.text()
    province: str = col.text()
    priority: int = col.number()
    country: str = col.text()
    shops: Any = col.document(frozenset, optional=True)
    city: str = col.text()
    enabled: bool = col.flag()
    fallback: bool = col.flag()
    cutoff: str = col.text()
    areas: Any = col.document(_areas)


class CourierRow(Base, table=True):
    """Couriers."""

    __tablename__ = "courier"
    id: int = col.key()
    code: str = col.text()
    name: str = col.text()
    prefix: str = col.text()
    digits: int = col.number()
    priority: int = col.number()
    first_g: int = col.number()
    first_price: int = col.number()
    step_g: int = col.number()
    step_price: int = col.number()
    max_g: int = col.number()
    currency: str = col.text()
    countries: Any = col.document(frozenset)
    excluded: Any = col.document(frozenset)
    warehouses: Any = col.document(frozenset, optional=True)
    enabled: bool = col.flag()
    fallback: bool = col.flag()
    areas: Any = col.document(_areas)
    refuses: Any = col.document(frozenset)
    cod: bool = col.flag()
    max_side_mm: int = col.number()
    service: int = col.number()


class TariffRow(Base, table=True):
    """Every version of every contract, never overwritten: parcels name the one they were priced by."""

    __tablename__ = "tariff"
    __table_args__ = (UniqueConstraint("courier_id", "version"),)
    id: int = col.key()
    courier_id: int = col.ref("courier.id")
    version: int = col.number()
    rates: Any = col.document(_rates)
    currency: str = col.text()
    warehouse_id: int | None = col.ref("warehouse.id", optional=True)
    starts: date = col.day()
    ends: date | None = col.day(optional=True)
    unit_g: int = col.number()
    drop_g: int = col.number()
    drop_every: bool = col.flag()
    divisor: int = col.number()
    volumetric: Volumetric = col.choice(Volumetric)
    volumetric_over_percent: int = col.number()
    surcharges: Any = col.document(_surcharges)


class WaybillAccountRow(Base, table=True):
    """E-waybill accounts. `next_number` is where a local range stands; `balance` what is left (null = no count)."""

    __tablename__ = "waybill_account"
    __table_args__ = (Index(None, "courier_id"),)
    id: int = col.key()
    courier_id: int = col.ref("courier.id")
    code: str = col.text()
    shop_id: int | None = col.ref("shop.id", optional=True)
    platforms: Any = col.document(frozenset)
    source: str = col.text()
    prefix: str = col.text()
    digits: int = col.number()
    next_number: int = col.number()
    balance: int | None = col.number(optional=True)


class SkuRow(Base, table=True):
    """Product units."""

    __tablename__ = "sku"
    code: str = col.text_key()
    barcode: str = col.text()
    title: str = col.text()
    weight_g: int = col.number()
    cost: int = col.number()
    price: int = col.number()
    currency: str = col.text()
    bin: str = col.text()
    length_mm: int = col.number()
    width_mm: int = col.number()
    height_mm: int = col.number()
    traits: Any = col.document(frozenset)
    enabled: bool = col.flag()


class BundleRow(Base, table=True):
    """Every version of every set's recipe, never overwritten: lines name the one they were exploded by."""

    __tablename__ = "bundle"
    code: str = col.text_key()
    version: int = col.own_key()
    title: str = col.words()
    parts: Any = col.document(_parts)
    whole: bool = col.flag()
    by: str = col.text()
    at: datetime = col.moment()


class AliasRow(Base, table=True):
    """Which merchant code means which sku, per shop; shop 0 = any, hence no reference."""

    __tablename__ = "alias"
    shop_id: int = col.own_key()
    code: str = col.text_key()
    sku: str = col.text()


class PolicyRow(Base, table=True):
    """Every version of the policy, never overwritten."""

    __tablename__ = "policy"
    version: int = col.own_key()
    document: str = col.words()
    at: datetime = col.moment()
    by: str = col.text()


class PolicyLookRow(Base, table=True):
    """What looking at the orders in review again has come to under a version of the policy. One row a version that was
    put in force; a batch holds its row, so that two workers never look at the same orders."""

    __tablename__ = "policy_look"
    version: int = col.ref("policy.version", primary=True)
    looked: int = col.number()
    held: int = col.number()
    freed: int = col.number()
    told_at: datetime = col.moment()
    ended_at: datetime | None = col.moment(optional=True)


class CatalogVersionRow(Base, table=True):
    """One row: the number that says whether a cached catalog is still true."""

    __tablename__ = "catalog_version"
    id: int = col.own_key()
    version: int = col.number()


company = table_of(CompanyRow)
shop = table_of(ShopRow)
warehouse = table_of(WarehouseRow)
courier = table_of(CourierRow)
tariff = table_of(TariffRow)
waybill_account = table_of(WaybillAccountRow)
sku = table_of(SkuRow)
bundle = table_of(BundleRow)
alias = table_of(AliasRow)
policy = table_of(PolicyRow)
policy_look = table_of(PolicyLookRow)
catalog_version = table_of(CatalogVersionRow)
