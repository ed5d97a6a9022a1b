"""`run.py setup FILE`: the company's own furniture (setup_file.py) into the store.

Surprising: the same file twice changes nothing, and a file that leaves something out takes nothing away. A changed
tariff becomes the courier's next version (parcels keep theirs); opening stock is booked once per product and warehouse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from bot.setup_file import Setup
from bot.shell import Refused
from domain.orders import bundles
from domain.orders.bundles import NO_PARTS, RecipeRow
from domain.orders.catalog import Account, Bundle
from domain.people.people import OPERATOR
from domain.planning.planning import refresh
from domain.planning.tariffs import Tariff
from domain.stock.stock import Bucket, Document, Move
from handlers.cards.desk.bundles import FAULTS
from handlers.words import Words
from storage.unit import Unit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)

_MOST = 100_000


def furnish(unit: Unit, setup: Setup) -> dict[str, int]:
    """Put it into the store; how many of each were new. Orders in review are matched anew when terms changed. Raises
    Refused where a product is a bundle here already, or a bundle a product."""
    admin, catalog = unit.catalog_admin, unit.catalog
    if setup.company is not None:
        admin.set_company(setup.company)
    shops = {shop.name: shop.id for shop in catalog.shops.values()}
    new_shops = [admin.add_shop(shop) for shop in setup.shop if shop.name not in shops]
    shops |= {shop.name: shop.id for shop in new_shops}
    old_places, old_couriers = len(catalog.warehouses), len(catalog.couriers)
    places = _put_warehouses(unit, setup)
    couriers = _put_couriers(unit, setup)
    admin.put_skus(setup.sku)
    bundled = _put_bundles(unit, setup)
    admin.put_aliases({(shops[one.shop], one.code): one.sku for one in setup.code})
    accounts = _put_accounts(unit, setup, couriers, shops)
    tariffs = _put_tariffs(unit, setup, couriers, places)
    unit.orders.look_again(unit.now)
    booked = _open_stock(unit, [(places[one.warehouse], one.sku, one.units) for one in setup.stock])
    _match_again(unit)
    return {
        "shops": len(new_shops),
        "warehouses": len(places) - old_places,
        "couriers": len(couriers) - old_couriers,
        "accounts": accounts,
        "tariffs": tariffs,
        "skus": len(setup.sku),
        "bundles": bundled,
        "stock": booked,
    }


def _put_bundles(unit: Unit, setup: Setup) -> int:
    """A recipe that says something new becomes the next version of its set. How many did."""
    sets = {code.casefold() for code in unit.catalog.bundles}
    both = sorted(one.code for one in setup.sku if one.code.casefold() in sets)
    if both:
        raise Refused(f"sku: {', '.join(both)}: a bundle has that code already; a code is a product or a bundle")
    rows = [row for one in setup.bundle for row in _rows(one)]
    found = bundles.proposed(unit.catalog, rows)
    if found.faults:
        words = Words("en", "UTC")
        raise Refused(
            "\n".join(f"bundle: {one.code}: {words.label(FAULTS[one.why], **one.facts)}" for one in found.faults)
        )
    unit.keep_bundles([replace(one, by=OPERATOR.name, at=unit.now) for one in found.changed])
    return len(found.changed)


def _rows(told: Bundle) -> list[RecipeRow]:
    parts = [(part.sku, part.units) for part in told.parts] or [(NO_PARTS, 0)]
    return [RecipeRow(0, told.code, told.title, sku, units, told.whole) for sku, units in parts]


def _put_warehouses(unit: Unit, setup: Setup) -> dict[str, int]:
    """Add or bring in line; which shops a warehouse serves is not the file's to say. Code -> id."""
    known = {place.code: place for place in unit.catalog.warehouses.values()}
    for place in setup.warehouse:
        old = known.get(place.code)
        if old is None:
            known[place.code] = unit.catalog_admin.add_warehouse(place)
        elif (wanted := replace(place, id=old.id, shops=old.shops)) != old:
            unit.catalog_admin.save_warehouse(wanted)
    return {code: place.id for code, place in known.items()}


def _put_couriers(unit: Unit, setup: Setup) -> dict[str, int]:
    """Add or bring in line; a new courier that has no account in the file gets one for every shop. Code -> id."""
    known = {courier.code: courier for courier in unit.catalog.couriers.values()}
    accounted = {new.courier for new in setup.account}
    for courier in setup.courier:
        old = known.get(courier.code)
        if old is None:
            first = None if courier.code in accounted else 1
            known[courier.code] = unit.catalog_admin.add_courier(courier, first_waybill=first)
        elif (wanted := replace(courier, id=old.id, warehouses=old.warehouses)) != old:
            unit.catalog_admin.save_courier(wanted)
    return {code: courier.id for code, courier in known.items()}


def _put_accounts(unit: Unit, setup: Setup, couriers: Mapping[str, int], shops: Mapping[str, int]) -> int:
    """Accounts are known by courier, code and shop; one that is there stays as it is. How many were new."""
    there = {(a.courier_id, a.code, a.shop_id) for found in unit.catalog.accounts.values() for a in found}
    made = 0
    for new in setup.account:
        shop_id = shops[new.shop] if new.shop else None
        account = _bare(Account, new, courier_id=couriers[new.courier], shop_id=shop_id)
        if (account.courier_id, account.code, shop_id) not in there:
            unit.catalog_admin.add_account(account, new.first_number, new.balance)
            made += 1
    return made


def _put_tariffs(unit: Unit, setup: Setup, couriers: Mapping[str, int], places: Mapping[str, int]) -> int:
    """Terms that no version of the courier says yet become its next one. How many did."""
    made = 0
    for terms in setup.tariff:
        courier_id = couriers[terms.courier]
        place = places[terms.warehouse] if terms.warehouse else None
        wanted = _bare(Tariff, terms, courier_id=courier_id, warehouse_id=place)
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


def _bare(kind: "type[D]", thing: "D", **changes: object) -> "D":
    """The record without what the file says beside it, so that it equals the stored one."""
    said = {one.name: getattr(thing, one.name) for one in fields(kind) if one.init}
    return kind(**{**said, **changes})
