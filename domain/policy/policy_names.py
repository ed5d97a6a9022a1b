"""What a policy document names: couriers, warehouses, shops and products of the catalog, and places. A name that nobody
bears would never have an effect, or with a `must` keep every order back.

Surprising: the document is looked at as it was written, not the policy it makes. So these faults are told in the same
go as the schema's, and names that come by default are nobody's mistake.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from domain.addresses import areas, reach
from domain.orders.catalog import Catalog
from domain.policy.choices import Fault, fault_at
from domain.policy.policy_sections import Matching

_NAMED = {
    "areas.remote.*": "place",
    "areas.unreachable.*": "place",
    "suspensions.*.courier": "suspended",
    "suspensions.*.province": "place",
    "matching.courier_rules.*.to.*": "courier",
    "matching.warehouse_rules.*.to.*": "warehouse",
    "matching.names.*": "name",
    "matching.warehouse_names.*": "warehouse",
    "matching.upgrades.*.courier": "courier",
    "recalls.*.courier": "courier",
    "checks.by_warehouse.@": "warehouse",
    "checks.serials.@": "product",
    "checks.material": "product",
    "proofs.skus.*": "product",
    "proofs.shops.*": "shop",
    "stock.safety_of.@": "product",
    "waves.rules.*.couriers.*": "courier",
    "waves.rules.*.warehouses.*": "warehouse",
    "papers.senders.*.warehouse": "warehouse",
    "papers.senders.*.shop": "shop",
}
"""Where a document names something, and what. `*` = each of a list or table, `@` = the keys of a table."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A name and where it stands."""

    path: tuple[str, ...]
    text: str


def strange(document: str, catalog: Catalog) -> list[Fault]:
    """Names that nobody bears, by line; nothing of a text that is no TOML. Codes: no_courier, no_warehouse, no_product,
    no_shop, no_place, no_aim."""
    try:
        data = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        return []
    known = _known(catalog)
    found = []
    for pattern, kind in _NAMED.items():
        for one in _under(data, tuple(pattern.split(".")), ()):
            if one.text and (odd := _odd(one.text, kind, known)):
                found.append(fault_at(document, ".".join(one.path), odd[0], **odd[1]))
    return [*found, *_aimless(document, data)]


def _known(catalog: Catalog) -> Mapping[str, Mapping[str, str]]:
    """Kind of name -> as it may be written -> as it is."""
    couriers = {one.code: one.code for one in catalog.couriers.values()}
    return {
        "courier": couriers,
        "suspended": {code.casefold(): code for code in couriers},
        "name": couriers | {code: code for code in Matching().names.values()},
        "warehouse": {one.code: one.code for one in catalog.warehouses.values()},
        "product": {sku: sku for sku in catalog.skus},
        "shop": {one.name: one.name for one in catalog.shops.values()},
    }


_WHY = {"suspended": "no_courier", "name": "no_courier"}


def _odd(text: str, kind: str, known: Mapping[str, Mapping[str, str]]) -> tuple[str, dict[str, str]] | None:
    """What is wrong with a name; None when somebody bears it."""
    if kind == "place":
        return None if areas.is_place(text) else ("no_place", {"told": text})
    names = known[kind]
    if (text.casefold() if kind == "suspended" else text) in names:
        return None
    folded = {name.casefold(): name for name in names.values()}
    near = get_close_matches(text.casefold(), folded, 1)
    return _WHY.get(kind, f"no_{kind}"), {"told": text, "near": folded[near[0]] if near else ""}


def _under(data: object, pattern: tuple[str, ...], path: tuple[str, ...]) -> Iterator[_Named]:
    """The texts a pattern finds; items of a list of texts stand where the list does."""
    if not pattern:
        if isinstance(data, str):
            yield _Named(path, data)
        return
    head, rest = pattern[0], pattern[1:]
    if isinstance(data, list) and head == "*":
        for number, one in enumerate(data, 1):
            yield from _under(one, rest, (*path, str(number)) if rest else path)
    elif isinstance(data, dict) and head == "@":
        yield from (_Named((*path, key), key) for key in data)
    elif isinstance(data, dict):
        for key in data if head == "*" else data.keys() & {head}:
            yield from _under(data[key], rest, (*path, key))


def _aimless(document: str, data: Mapping[str, object]) -> Iterator[Fault]:
    """Suspensions that suspend nothing, and cities that are in no such province."""
    told = data.get("suspensions")
    for number, one in enumerate(told if isinstance(told, list) else (), 1):
        if not isinstance(one, dict):
            continue
        path, province, city = f"suspensions.{number}", str(one.get("province", "")), str(one.get("city", ""))
        if not (one.get("courier") or province or city):
            yield fault_at(document, path, "no_aim")
        elif city and not reach.read(province, city).city:
            yield fault_at(document, f"{path}.city", "no_place", told=f"{province}{city}")
