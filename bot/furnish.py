"""`run.py setup FILE`: the company's own furniture out of one TOML file: places, couriers, tariffs, products, stock.

Surprising: the same file twice changes nothing, and a file that leaves something out takes nothing away. A changed
tariff becomes the courier's next version (parcels keep theirs); opening stock is booked once per product and warehouse.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.catalog import Account, Company, Courier, Shop, Sku, Warehouse
from domain.incoming import Platform
from domain.people import OPERATOR
from domain.planning import refresh
from domain.shapes import BadShape, build
from domain.stock import Bucket, Document, Move
from domain.tariffs import Tariff
from storage.unit import Unit

T = TypeVar("T")
_TABLES = {"company", "shop", "warehouse", "courier", "sku", "stock", "code", "tariff", "account"}
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_MOST = 100_000


class BadSetup(Exception):
    """The file does not do; the message names the table, its number and the key."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file asks for, checked. `stock` is (warehouse code, sku, units); `codes` (shop name, code, sku)."""

    company: Company
    shops: tuple[Shop, ...]
    warehouses: tuple[Warehouse, ...]
    couriers: tuple[Courier, ...]
    skus: tuple[Sku, ...]
    stock: tuple[tuple[str, str, int], ...]
    codes: tuple[tuple[str, str, str], ...]
    tariffs: tuple["Terms", ...] = ()
    accounts: tuple["NewAccount", ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """A tariff of the file: whose, from which warehouse (empty = all), and what it says (ids still 0)."""

    courier: str
    warehouse: str
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An e-waybill account of the file: whose, for which shop (empty = any), where its range begins."""

    courier: str
    shop: str
    account: Account
    first_number: int
    balance: int | None


def _make(kind: type[T], where: str, table: Mapping[str, Any], **given: object) -> T:
    """A record out of a table. Raises BadSetup for a key that is unknown, missing or of the wrong kind."""
    try:
        return build(kind, table, where, given)
    except BadShape as fault:
        raise BadSetup(str(fault)) from None


def _tables(data: Mapping[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadSetup(f"[[{name}]] must be written with two brackets")
    return [(f"[[{name}]] {number}", one) for number, one in enumerate(found, 1)]


def _zone(where: str, name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadSetup(f"{where}: there is no zone {name!r}; write it like Asia/Shanghai") from None
    return name


def _shop(where: str, table: dict[str, Any]) -> Shop:
    made = _make(Shop, where, table, id=0, fail_open=False)
    _zone(where, made.zone)
    return made


def _warehouse(where: str, table: dict[str, Any]) -> Warehouse:
    made = _make(Warehouse, where, table, id=0, shops=None)
    if made.cutoff and not _TIME.match(made.cutoff):
        raise BadSetup(f"{where}: cutoff must be a time like 16:00, not {made.cutoff!r}")
    return made


def parse(text: str) -> Plan:
    """Raises BadSetup, with the line where the TOML itself is broken."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetup(str(error)) from None
    unknown = set(data) - _TABLES
    if unknown:
        raise BadSetup(f"unknown table {', '.join(sorted(unknown))}")
    company = _make(Company, "[company]", data.get("company", {}))
    _zone("[company]", company.zone)
    places = tuple(_warehouse(at, t) for at, t in _tables(data, "warehouse"))
    skus = tuple(_make(Sku, where, table) for where, table in _tables(data, "sku"))
    stock = tuple(_stock(at, t, {p.code for p in places}, {s.code for s in skus}) for at, t in _tables(data, "stock"))
    shops = tuple(_shop(where, table) for where, table in _tables(data, "shop"))
    codes = tuple(_code(at, t, {s.name for s in shops}, {s.code for s in skus}) for at, t in _tables(data, "code"))
    couriers = tuple(_courier(where, table) for where, table in _tables(data, "courier"))
    known = {courier.code for courier in couriers}
    tariffs = tuple(_terms(at, t, known, {p.code for p in places}) for at, t in _tables(data, "tariff"))
    accounts = tuple(_account(at, t, known, {s.name for s in shops}) for at, t in _tables(data, "account"))
    return Plan(company, shops, places, couriers, skus, stock, codes, tariffs, accounts)


def _courier(where: str, table: dict[str, Any]) -> Courier:
    made = _make(Courier, where, table, id=0, warehouses=None)
    if not made.step_g:
        raise BadSetup(f"{where}: step_g must be more than 0")
    return made


def _terms(where: str, table: dict[str, Any], couriers: set[str], places: set[str]) -> Terms:
    courier = _known(where, "courier", table.pop("courier", None), couriers)
    place = table.pop("warehouse", "")
    place = place and _known(where, "warehouse", place, places)
    tariff = _make(Tariff, where, table, id=0, courier_id=0, version=0, warehouse_id=None)
    for rate in tariff.rates:
        if not rate.tiers:
            raise BadSetup(f"{where}: the rate for {rate.province or 'the rest'} has no tiers")
        bounds = [tier.up_to_g for tier in rate.tiers[:-1]]
        if 0 in bounds or bounds != sorted(bounds):
            raise BadSetup(
                f"{where}: tiers for {rate.province or 'the rest'} must rise by up_to_g; only the last has none"
            )
    return Terms(courier, place, tariff)


def _account(where: str, table: dict[str, Any], couriers: set[str], shops: set[str]) -> NewAccount:
    courier = _known(where, "courier", table.pop("courier", None), couriers)
    shop = table.pop("shop", "")
    shop = shop and _known(where, "shop", shop, shops)
    first, balance = table.pop("first_number", 1), table.pop("balance", None)
    if not _whole(first) or not (balance is None or _whole(balance)):
        raise BadSetup(f"{where}: first_number and balance must be whole numbers")
    account = _make(Account, where, table, id=0, courier_id=0, shop_id=None)
    wrong = account.platforms - {platform.value for platform in Platform}
    if wrong:
        raise BadSetup(f"{where}: platforms must be among {', '.join(Platform)}, not {', '.join(sorted(wrong))}")
    return NewAccount(courier, shop, account, first, balance)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _known(where: str, name: str, value: Any, known: set[str]) -> str:
    if value not in known:
        raise BadSetup(f"{where}: {name} {value!r} is not in this file")
    return str(value)


def _stock(where: str, table: Mapping[str, Any], places: set[str], skus: set[str]) -> tuple[str, str, int]:
    units = table.get("units")
    if not _whole(units):
        raise BadSetup(f"{where}: units must be a whole number, not {units!r}")
    place = _known(where, "warehouse", table.get("warehouse"), places)
    return place, _known(where, "sku", table.get("sku"), skus), int(table["units"])


def _code(where: str, table: Mapping[str, Any], shops: set[str], skus: set[str]) -> tuple[str, str, str]:
    shop = _known(where, "shop", table.get("shop"), shops)
    code = table.get("code")
    if not isinstance(code, str):
        raise BadSetup(f"{where}: code must be a text, not {code!r}")
    return shop, code, _known(where, "sku", table.get("sku"), skus)


def furnish(unit: Unit, plan: Plan) -> dict[str, int]:
    """Put it into the store; how many of each were new. Orders in review are matched anew when terms changed."""
    admin, catalog = unit.catalog_admin, unit.catalog
    admin.set_company(plan.company)
    shops = {shop.name: shop.id for shop in catalog.shops.values()}
    new_shops = [admin.add_shop(shop) for shop in plan.shops if shop.name not in shops]
    shops |= {shop.name: shop.id for shop in new_shops}
    old_places, old_couriers = len(catalog.warehouses), len(catalog.couriers)
    places = _put_warehouses(unit, plan)
    couriers = _put_couriers(unit, plan)
    admin.put_skus(plan.skus)
    admin.put_aliases({(shops[shop], code): sku for shop, code, sku in plan.codes})
    accounts = _put_accounts(unit, plan, couriers, shops)
    tariffs = _put_tariffs(unit, plan, couriers, places)
    unit.orders.look_again(unit.now)
    booked = _open_stock(unit, [(places[place], sku, units) for place, sku, units in plan.stock])
    _match_again(unit)
    return {
        "shops": len(new_shops),
        "warehouses": len(places) - old_places,
        "couriers": len(couriers) - old_couriers,
        "accounts": accounts,
        "tariffs": tariffs,
        "skus": len(plan.skus),
        "stock": booked,
    }


def _put_warehouses(unit: Unit, plan: Plan) -> dict[str, int]:
    """Add or bring in line; which shops a warehouse serves is not the file's to say. Code -> id."""
    known = {place.code: place for place in unit.catalog.warehouses.values()}
    for place in plan.warehouses:
        old = known.get(place.code)
        if old is None:
            known[place.code] = unit.catalog_admin.add_warehouse(place)
        elif (wanted := replace(place, id=old.id, shops=old.shops)) != old:
            unit.catalog_admin.save_warehouse(wanted)
    return {code: place.id for code, place in known.items()}


def _put_couriers(unit: Unit, plan: Plan) -> dict[str, int]:
    """Add or bring in line; a new courier that has no account in the file gets one for every shop. Code -> id."""
    known = {courier.code: courier for courier in unit.catalog.couriers.values()}
    accounted = {new.courier for new in plan.accounts}
    for courier in plan.couriers:
        old = known.get(courier.code)
        if old is None:
            first = None if courier.code in accounted else 1
            known[courier.code] = unit.catalog_admin.add_courier(courier, first_waybill=first)
        elif (wanted := replace(courier, id=old.id, warehouses=old.warehouses)) != old:
            unit.catalog_admin.save_courier(wanted)
    return {code: courier.id for code, courier in known.items()}


def _put_accounts(unit: Unit, plan: Plan, couriers: Mapping[str, int], shops: Mapping[str, int]) -> int:
    """Accounts are known by courier, code and shop; one that is there stays as it is. How many were new."""
    there = {(a.courier_id, a.code, a.shop_id) for found in unit.catalog.accounts.values() for a in found}
    made = 0
    for new in plan.accounts:
        shop_id = shops[new.shop] if new.shop else None
        account = replace(new.account, courier_id=couriers[new.courier], shop_id=shop_id)
        if (account.courier_id, account.code, shop_id) not in there:
            unit.catalog_admin.add_account(account, new.first_number, new.balance)
            made += 1
    return made


def _put_tariffs(unit: Unit, plan: Plan, couriers: Mapping[str, int], places: Mapping[str, int]) -> int:
    """Terms that no version of the courier says yet become its next one. How many did."""
    made = 0
    for terms in plan.tariffs:
        courier_id = couriers[terms.courier]
        place = places[terms.warehouse] if terms.warehouse else None
        wanted = replace(terms.tariff, courier_id=courier_id, warehouse_id=place)
        known = [replace(old, id=0, version=0) for old in unit.catalog.tariffs.get(courier_id, ())]
        if wanted not in known:
            unit.catalog_admin.add_tariff(wanted)
            made += 1
    return made


def _match_again(unit: Unit) -> None:
    """Everything in review, by what is true now; what is approved is looked at again when its wave is made."""
    found = unit.orders.in_review(shops=None, held=None, limit=_MOST)
    for start in range(0, len(found), unit.policy.batch_limit):
        ids = [order_id for order_id, _ in found[start : start + unit.policy.batch_limit]]
        refresh(unit, list(unit.orders.many(ids).values()))


def _open_stock(unit: Unit, wanted: Sequence[tuple[int, str, int]]) -> int:
    there = unit.stock.levels({sku for _, sku, _ in wanted})
    moves = [
        Move(place, sku, Bucket.GOOD, units, Document.OPENING, 0)
        for place, sku, units in wanted
        if units and (place, sku) not in there
    ]
    unit.stock.apply(moves, OPERATOR.name)
    return len(moves)
