"""The company's furniture and its policy, each change of which bumps `catalog_version`."""

from datetime import datetime
from typing import Any

from domain.incoming import Platform
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


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


class WaybillPoolRow(Base, table=True):
    """The next waybill number of each courier."""

    __tablename__ = "waybill_pool"
    courier_id: int = col.ref("courier.id", primary=True)
    next_number: int = col.number()


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


class CatalogVersionRow(Base, table=True):
    """One row: the number that says whether a cached catalog is still true."""

    __tablename__ = "catalog_version"
    id: int = col.own_key()
    version: int = col.number()


company = table_of(CompanyRow)
shop = table_of(ShopRow)
warehouse = table_of(WarehouseRow)
courier = table_of(CourierRow)
waybill_pool = table_of(WaybillPoolRow)
sku = table_of(SkuRow)
alias = table_of(AliasRow)
policy = table_of(PolicyRow)
catalog_version = table_of(CatalogVersionRow)
