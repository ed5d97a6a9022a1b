"""`run.py setup FILE`: the company's own furniture out of one TOML file: shops, warehouses, couriers, products, stock.

Surprising: it only adds and, for products and codes, replaces. A shop, warehouse or courier that is there stays as
it is, and opening stock is booked once per product and warehouse, so the same file twice changes nothing.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.catalog import Company, Courier, Shop, Sku, Warehouse
from domain.incoming import Platform
from domain.people import OPERATOR
from domain.stock import Bucket, Document, Move
from storage.unit import Unit

T = TypeVar("T")
_NUMBER, _TEXT, _TEXTS = "a whole number", "a text", "a list of texts"


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


def _wanted(kind: object) -> str:
    """What a field's type asks of the file."""
    if get_origin(kind) is frozenset:
        return _TEXTS
    return _NUMBER if kind is int else _TEXT


def _value(where: str, name: str, wanted: str, value: Any) -> Any:
    """One value as wanted; lists become sets of texts."""
    if wanted == _TEXTS:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    else:
        fits = isinstance(value, int if wanted == _NUMBER else str) and not isinstance(value, bool)
    if not fits:
        raise BadSetup(f"{where}: {name} must be {wanted}, not {value!r}")
    if wanted == _NUMBER and value < 0:
        raise BadSetup(f"{where}: {name} must not be negative")
    return frozenset(value) if wanted == _TEXTS else value


def _make(kind: type[T], where: str, table: Mapping[str, Any], skip: frozenset[str] = frozenset({"id"})) -> T:
    """A record out of a table. Raises BadSetup for a key that is unknown, missing or of the wrong kind."""
    known = {field.name: field for field in fields(kind) if field.name not in skip}  # type: ignore[arg-type]  # a dataclass
    for name in table:
        if name not in known:
            raise BadSetup(f"{where}: unknown key {name}; known are {', '.join(known)}")
    values: dict[str, Any] = {"id": 0} if "id" in skip and any(f.name == "id" for f in fields(kind)) else {}  # type: ignore[arg-type]  # a dataclass
    for name, field in known.items():
        if name in table:
            values[name] = _value(where, name, _wanted(field.type), table[name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BadSetup(f"{where}: {name} is missing")
    return kind(**values)


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
    platforms = [platform.value for platform in Platform]
    if table.get("platform") not in platforms:
        raise BadSetup(f"{where}: platform must be one of {', '.join(platforms)}")
    made = _make(Shop, where, {**table, "platform": Platform(table["platform"])}, frozenset({"id", "fail_open"}))
    _zone(where, made.zone)
    return made


def parse(text: str) -> Plan:
    """Raises BadSetup, with the line where the TOML itself is broken."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetup(str(error)) from None
    unknown = set(data) - {"company", "shop", "warehouse", "courier", "sku", "stock", "code"}
    if unknown:
        raise BadSetup(f"unknown table {', '.join(sorted(unknown))}")
    company = _make(Company, "[company]", data.get("company", {}), frozenset())
    _zone("[company]", company.zone)
    places = tuple(_make(Warehouse, at, t, frozenset({"id", "shops"})) for at, t in _tables(data, "warehouse"))
    skus = tuple(_make(Sku, where, table) for where, table in _tables(data, "sku"))
    stock = tuple(_stock(at, t, {p.code for p in places}, {s.code for s in skus}) for at, t in _tables(data, "stock"))
    shops = tuple(_shop(where, table) for where, table in _tables(data, "shop"))
    codes = tuple(_code(at, t, {s.name for s in shops}, {s.code for s in skus}) for at, t in _tables(data, "code"))
    hidden = frozenset({"id", "warehouses"})
    couriers = tuple(_make(Courier, where, table, hidden) for where, table in _tables(data, "courier"))
    return Plan(company, shops, places, couriers, skus, stock, codes)


def _known(where: str, name: str, value: Any, known: set[str]) -> str:
    if value not in known:
        raise BadSetup(f"{where}: {name} {value!r} is not in this file")
    return str(value)


def _stock(where: str, table: Mapping[str, Any], places: set[str], skus: set[str]) -> tuple[str, str, int]:
    units = _value(where, "units", _NUMBER, table.get("units"))
    place = _known(where, "warehouse", table.get("warehouse"), places)
    return place, _known(where, "sku", table.get("sku"), skus), units


def _code(where: str, table: Mapping[str, Any], shops: set[str], skus: set[str]) -> tuple[str, str, str]:
    shop = _known(where, "shop", table.get("shop"), shops)
    return shop, _value(where, "code", _TEXT, table.get("code")), _known(where, "sku", table.get("sku"), skus)


def furnish(unit: Unit, plan: Plan) -> dict[str, int]:
    """Put it into the store; how many of each were new."""
    admin, catalog = unit.catalog_admin, unit.catalog
    admin.set_company(plan.company)
    shops = {shop.name: shop.id for shop in catalog.shops.values()}
    places = {warehouse.code: warehouse.id for warehouse in catalog.warehouses.values()}
    couriers = {courier.code for courier in catalog.couriers.values()}
    new_shops = [admin.add_shop(shop) for shop in plan.shops if shop.name not in shops]
    new_places = [admin.add_warehouse(place) for place in plan.warehouses if place.code not in places]
    new_couriers = [admin.add_courier(courier) for courier in plan.couriers if courier.code not in couriers]
    shops |= {shop.name: shop.id for shop in new_shops}
    places |= {place.code: place.id for place in new_places}
    admin.put_skus(plan.skus)
    admin.put_aliases({(shops[shop], code): sku for shop, code, sku in plan.codes})
    unit.orders.look_again(unit.now)
    booked = _open_stock(unit, [(places[place], sku, units) for place, sku, units in plan.stock])
    counts = {"shops": len(new_shops), "warehouses": len(new_places), "couriers": len(new_couriers)}
    return {**counts, "skus": len(plan.skus), "stock": booked}


def _open_stock(unit: Unit, wanted: Sequence[tuple[int, str, int]]) -> int:
    there = unit.stock.levels({sku for _, sku, _ in wanted})
    moves = [
        Move(place, sku, Bucket.GOOD, units, Document.OPENING, 0)
        for place, sku, units in wanted
        if units and (place, sku) not in there
    ]
    unit.stock.apply(moves, OPERATOR.name)
    return len(moves)
