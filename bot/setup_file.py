"""The set-up file as a dataclass: the company's own furniture out of TOML, every mistake with its line.

Surprising: the tables are the catalog's own dataclasses; what the file cannot say (ids, who serves whom) is given. A
tariff and an account name their courier, warehouse and shop by code, so they are those dataclasses with names beside.
What the database has already need not be said again: a file may hold nothing but a tariff.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.shell import Refused
from bot.toml_files import document, fault_line
from domain.intake.incoming import Platform
from domain.orders.bundles import MOST_UNITS
from domain.orders.catalog import Account, Bundle, Catalog, Company, Courier, Shop, Sku, Warehouse
from domain.planning.tariffs import Rate, Tariff
from domain.policy.choices import Given, Reading, read

Told = tuple[str, str, dict[str, str]]
_LARGEST = 64 << 20
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


@dataclass(frozen=True, slots=True)
class Terms(Tariff):
    """A tariff: whose, and from which warehouse (empty = all)."""

    courier: str = ""
    warehouse: str = ""

    def faults(self) -> Iterator[Told]:
        """Tiers rise, and only the last has no bound."""
        for number, rate in enumerate(self.rates, 1):
            if not _rises(rate):
                yield f"rates.{number}.tiers", "tiers", {}


@dataclass(frozen=True, slots=True)
class NewAccount(Account):
    """An e-waybill account: whose, for which shop (empty = any), where its range begins, how many numbers it has."""

    courier: str = ""
    shop: str = ""
    first_number: int = 1
    balance: int | None = None

    def faults(self) -> Iterator[Told]:
        """Platforms are ours."""
        for wrong in sorted(self.platforms - set(Platform)):
            yield "platforms", "value", {"told": wrong, "choices": ", ".join(Platform)}


@dataclass(frozen=True, slots=True)
class OpeningStock:
    """Units of a product that are there, by code."""

    warehouse: str
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Code:
    """What a shop calls a product or a set."""

    shop: str
    code: str
    sku: str


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything a file says; the names are those of its tables. `known`: what is there already."""

    company: Company | None = None
    shop: tuple[Shop, ...] = ()
    warehouse: tuple[Warehouse, ...] = ()
    courier: tuple[Courier, ...] = ()
    sku: tuple[Sku, ...] = ()
    bundle: tuple[Bundle, ...] = ()
    stock: tuple[OpeningStock, ...] = ()
    code: tuple[Code, ...] = ()
    tariff: tuple[Terms, ...] = ()
    account: tuple[NewAccount, ...] = ()
    known: Catalog | None = field(default=None, metadata={"hidden": True})

    def faults(self) -> Iterator[Told]:
        """Zones and times that are none, and names that neither the file nor the database has."""
        zones = {f"shop.{n}": one.zone for n, one in enumerate(self.shop, 1)}
        if self.company is not None:
            zones["company"] = self.company.zone
        elif self.known is None or not self.known.company.name:
            yield "", "missing", {"name": "company"}
        for path, zone in zones.items():
            if not _is_zone(zone):
                yield f"{path}.zone", "value", {"told": zone, "choices": "Asia/Shanghai, America/New_York"}
        for number, place in enumerate(self.warehouse, 1):
            if place.cutoff and not _TIME.match(place.cutoff):
                yield f"warehouse.{number}.cutoff", "value", {"told": place.cutoff, "choices": "16:00"}
        for number, courier in enumerate(self.courier, 1):
            if not courier.step_g:
                yield f"courier.{number}.step_g", "range", {"told": "0", "low": "1", "high": ""}
        yield from self._strangers()
        yield from self._bundles()

    def _bundles(self) -> Iterator[Told]:
        """Sets that are products too, are there twice, or have parts that are none."""
        skus, sets = {one.code.casefold() for one in self.sku}, set[str]()
        there = skus | {code.casefold() for code in (self.known.skus if self.known else ())}
        for number, one in enumerate(self.bundle, 1):
            code = one.code.casefold()
            if code in skus:
                yield f"bundle.{number}.code", "a_product", {"value": one.code}
            elif code in sets:
                yield f"bundle.{number}.code", "again", {"told": one.code}
            sets.add(code)
            parts = set[str]()
            for place, part in enumerate(one.parts, 1):
                where = f"bundle.{number}.parts.{place}"
                if part.sku.casefold() not in there:
                    yield f"{where}.sku", "not_here", {"told": repr(part.sku)}
                elif part.sku.casefold() in parts:
                    yield f"{where}.sku", "again", {"told": part.sku}
                if not 1 <= part.units <= MOST_UNITS:
                    yield f"{where}.units", "range", {"told": str(part.units), "low": "1", "high": str(MOST_UNITS)}
                parts.add(part.sku.casefold())

    def _strangers(self) -> Iterator[Told]:
        """Names of other tables that are known nowhere; an empty one means all where it may be left out."""
        shops, places = {one.name for one in self.shop}, {one.code for one in self.warehouse}
        couriers, skus = {one.code for one in self.courier}, {one.code for one in self.sku}
        if self.known is not None:
            shops |= {one.name for one in self.known.shops.values()}
            places |= {one.code for one in self.known.warehouses.values()}
            couriers |= {one.code for one in self.known.couriers.values()}
            skus |= set(self.known.skus)
        sold = skus | {one.code for one in self.bundle} | set(self.known.bundles if self.known else ())
        asked: tuple[tuple[str, Sequence[object], str, set[str], bool], ...] = (
            ("stock", self.stock, "warehouse", places, False),
            ("stock", self.stock, "sku", skus, False),
            ("code", self.code, "shop", shops, False),
            ("code", self.code, "sku", sold, False),
            ("tariff", self.tariff, "courier", couriers, False),
            ("tariff", self.tariff, "warehouse", places, True),
            ("account", self.account, "courier", couriers, False),
            ("account", self.account, "shop", shops, True),
        )
        for table, rows, name, known, optional in asked:
            for number, row in enumerate(rows, 1):
                told = getattr(row, name)
                if told not in known and not (optional and not told):
                    yield f"{table}.{number}.{name}", "not_here", {"told": repr(told)}


_GIVEN: Given = {
    Shop: {"id": 0, "fail_open": False},
    Warehouse: {"id": 0, "shops": None},
    Courier: {"id": 0, "warehouses": None},
    Bundle: {"version": 0, "by": "", "at": None},
    Terms: {"id": 0, "courier_id": 0, "version": 0, "warehouse_id": None},
    NewAccount: {"id": 0, "courier_id": 0, "shop_id": None},
}


def parse(text: str, known: Catalog | None = None) -> Reading[Setup]:
    """What the file asks for beside what is `known`, or everything that is wrong with it. No number of ours is ever
    negative."""
    return read(Setup, text, given={**_GIVEN, Setup: {"known": known}}, least=0)


def load(path: Path, known: Catalog | None = None) -> Setup:
    """`parse` for a file. Raises Refused with one line per fault, OSError."""
    found = parse(document(path, _LARGEST), known)
    if found.value is None:
        raise Refused("\n".join(fault_line(path, fault) for fault in found.faults))
    return found.value


def _rises(rate: Rate) -> bool:
    bounds = [tier.up_to_g for tier in rate.tiers[:-1]]
    return bool(rate.tiers) and 0 not in bounds and bounds == sorted(bounds)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
