"""The invented company: whole, scannable, balanced, and moved in once."""

from bot import company
from bot.sandbox import Sandbox
from bot.seed import seed, seed_store
from domain.people.people import WAREHOUSE_ROLES, Role
from storage.store import Store
from storage.unit import Unit


def _check_digit(code: str) -> int:
    odd, even = sum(map(int, code[0:12:2])), sum(map(int, code[1:12:2]))
    return (10 - (odd + 3 * even) % 10) % 10


def test_barcodes_are_scannable_and_unique() -> None:
    codes = [sku.barcode for sku in company.skus()]
    assert len(set(codes)) == len(codes) == 40
    assert all(len(code) == 13 and _check_digit(code) == int(code[-1]) for code in codes)
    assert company.ean13(0)[:3] == "690"


def test_everything_sold_has_a_weight_a_cost_and_a_place() -> None:
    assert all(sku.weight_g > 0 and 0 < sku.cost < sku.price and sku.bin for sku in company.skus())


def test_every_role_is_cast() -> None:
    roles = [role for _, _, _, held, _ in company.CAST for role in held]
    assert set(roles) == set(Role)
    assert roles.count(Role.CS) == roles.count(Role.PICKER) == 2
    assert {role for _, _, role, _ in company.GROUPS} <= WAREHOUSE_ROLES | {Role.CS}


def test_moving_in_twice_changes_nothing(store: Store) -> None:
    sandbox = Sandbox()
    assert seed(store, sandbox)
    before = store.read_now(_state)
    assert not seed(store, sandbox)
    assert store.read_now(_state) == before
    sandbox._world.close()


def _state(unit: Unit) -> tuple[object, ...]:
    levels = unit.stock.levels()
    assert {(*key, "good"): level.good for key, level in levels.items()} == unit.stock.ledger_sums()
    return unit.catalog, levels, unit.people.staff(), unit.people.chats()


def test_aliases_name_what_is_sold(store: Store) -> None:
    store.run_now(seed_store)
    catalog = store.read_now(lambda unit: unit.catalog)
    assert len(catalog.shops) == 4
    assert set(catalog.aliases.values()) <= set(catalog.skus)
    shopify = next(shop for shop in catalog.shops.values() if shop.platform == "shopify")
    assert catalog.sku_of(shopify.id, "MUG-WHITE") == "CUP-W"
