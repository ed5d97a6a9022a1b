"""The set-up file: what it puts in, that it can be given twice, and that mistakes are named."""

from pathlib import Path

import pytest

from bot.furnish import furnish
from bot.setup_file import Setup, load, parse
from bot.shell import Refused
from domain.intake.incoming import Platform
from domain.orders.catalog import Part
from domain.waybills.number_pools import pools
from storage.store import Store

FILE = """
[company]
name = "小店"
zone = "Asia/Shanghai"
currency = "CNY"

[[shop]]
name = "小店旗舰店"
platform = "taobao"
currency = "CNY"
zone = "Asia/Shanghai"

[[warehouse]]
code = "HZ"
name = "杭州仓"
province = "浙江"
priority = 1

[[courier]]
code = "YTO"
name = "圆通"
prefix = "YT"
digits = 13
priority = 1
first_g = 1000
first_price = 380
step_g = 1000
step_price = 150
max_g = 30000
excluded = ["西藏"]

[[sku]]
code = "CUP"
barcode = "6901234567892"
title = "杯子"
weight_g = 300
cost = 900
price = 2900

[[stock]]
warehouse = "HZ"
sku = "CUP"
units = 20

[[code]]
shop = "小店旗舰店"
code = "beizi"
sku = "CUP"
"""


@pytest.fixture
def store() -> Store:
    return Store("sqlite:///:memory:")


def good(text: str) -> Setup:
    """What a file without a mistake says."""
    found = parse(text)
    assert found.faults == ()
    assert found.value is not None
    return found.value


def faults(text: str) -> list[tuple[int, str, str]]:
    """Line, path and code of everything wrong."""
    found = parse(text)
    assert found.value is None
    return [(fault.line, fault.path, fault.why) for fault in found.faults]


def test_a_file_furnishes_the_company_and_twice_changes_nothing(store: Store) -> None:
    plan = good(FILE)
    none = {"shops": 0, "warehouses": 0, "couriers": 0, "accounts": 0, "tariffs": 0, "bundles": 0}
    none |= {"skus": 1, "stock": 0}
    assert store.run_now(furnish, plan) == {**none, "shops": 1, "warehouses": 1, "couriers": 1, "stock": 1}
    assert store.run_now(furnish, plan) == none
    catalog = store.read_now(lambda desk: desk.catalog)
    (shop,) = catalog.shops.values()
    (courier,) = catalog.couriers.values()
    assert (shop.name, shop.platform, catalog.company.name) == ("小店旗舰店", Platform.TAOBAO, "小店")
    assert (sorted(courier.excluded), sorted(courier.countries)) == (["西藏"], ["CN"])
    assert catalog.sku_of(shop.id, "beizi") == "CUP"
    levels = store.read_now(lambda desk: desk.stock.levels())
    assert [(level.sku, level.good) for level in levels.values()] == [("CUP", 20)]
    for text, on in ((FILE.replace("price = 2900", "price = 2900\nenabled = false"), False), (FILE, True)):
        store.run_now(furnish, good(text))
        assert store.read_now(lambda desk: desk.catalog.skus["CUP"].enabled) is on
    store.close()


SETS = """
[[sku]]
code = "POT"
barcode = ""
title = "壶"
weight_g = 900
cost = 4000
price = 9900

[[bundle]]
code = "TEASET"
title = "茶具套装"
parts = [{ sku = "CUP", units = 2 }, { sku = "POT", units = 1 }]
whole = true

[[bundle]]
code = "CUPS"
title = "对杯"
parts = [{ sku = "CUP", units = 2 }]

[[code]]
shop = "小店旗舰店"
code = "taozhuang"
sku = "TEASET"
"""


def test_sets_are_learned_and_a_changed_recipe_is_the_next_version(store: Store) -> None:
    assert store.run_now(furnish, good(FILE + SETS))["bundles"] == 2
    assert store.run_now(furnish, good(FILE + SETS))["bundles"] == 0
    catalog = store.read_now(lambda desk: desk.catalog)
    (shop,) = catalog.shops
    found = catalog.bundle_of(shop, "taozhuang")
    assert found is not None
    assert (found.code, found.recipe, found.version, found.by) == (
        "TEASET",
        ("茶具套装", (Part("CUP", 2), Part("POT", 1)), True),
        1,
        "operator",
    )
    assert catalog.bundles["CUPS"].whole is False
    assert store.run_now(furnish, good(FILE + SETS.replace("units = 1 }", "units = 2 }")))["bundles"] == 1
    versions = store.read_now(lambda desk: desk.bundle_versions("TEASET"))
    assert [[part.units for part in one.parts] for one in versions] == [[2, 1], [2, 2]]
    assert store.run_now(furnish, good(FILE))["bundles"] == 0
    assert sorted(store.read_now(lambda desk: desk.catalog).bundles) == ["CUPS", "TEASET"]
    store.close()


def test_a_code_is_a_product_or_a_set_and_nothing_is_taken_in_when_it_is_both(store: Store) -> None:
    store.run_now(furnish, good(FILE + SETS))
    product = FILE.replace('"CUP"', '"TeaSet"')
    with pytest.raises(Refused) as refused:
        store.run_now(furnish, good(product))
    assert str(refused.value) == "sku: TeaSet: a bundle has that code already; a code is a product or a bundle"
    pot = SETS[SETS.index("[[bundle]]") :].replace('"TEASET"', '"POT"').replace(', { sku = "POT", units = 1 }', "")
    with pytest.raises(Refused) as refused:
        store.run_now(furnish, good(FILE + pot))
    assert str(refused.value) == "bundle: POT: POT is a product's code: give the bundle a code of its own"
    catalog = store.read_now(lambda desk: desk.catalog)
    assert (sorted(catalog.skus), sorted(catalog.bundles)) == (["CUP", "POT"], ["CUPS", "TEASET"])
    store.close()


@pytest.mark.parametrize(
    ("old", "new", "path", "why"),
    [
        ('sku = "POT", units', 'sku = "TEASET", units', "bundle.1.parts.2.sku", "not_here"),
        ('sku = "POT", units', 'sku = "cup", units', "bundle.1.parts.2.sku", "again"),
        ("units = 1 }", "units = 0 }", "bundle.1.parts.2.units", "range"),
        ("units = 1 }", "units = 10000 }", "bundle.1.parts.2.units", "range"),
        ('"CUPS"', '"teaset"', "bundle.2.code", "again"),
        ('"CUPS"', '"pot"', "bundle.2.code", "a_product"),
        ('title = "对杯"\n', "", "bundle.2", "missing"),
        ("whole = true", "version = 2", "bundle.1.version", "unknown"),
        ('sku = "TEASET"\n', 'sku = "TEASETS"\n', "code.2.sku", "not_here"),
    ],
)
def test_a_mistake_in_a_set_is_named(old: str, new: str, path: str, why: str) -> None:
    assert old in SETS
    ((line, found, code),) = faults(FILE + SETS.replace(old, new, 1))
    assert (found, code) == (path, why)
    assert line > FILE.count("\n")


TERMS = """
[[tariff]]
courier = "YTO"
warehouse = "HZ"
starts = 2026-01-01
drop_g = 100
divisor = 8000
rates = [
  { province = "浙江", tiers = [
    { first_g = 500, first_price = 250, up_to_g = 500 },
    { first_g = 500, first_price = 250, step_g = 1000, step_price = 100 },
  ] },
  { tiers = [{ first_g = 1000, first_price = 400, step_g = 1000, step_price = 200 }] },
]
surcharges = [{ code = "fuel", kind = "freight", basis_points = 150 }]

[[account]]
courier = "YTO"
shop = "小店旗舰店"
code = "菜鸟"
platforms = ["taobao"]
first_number = 500
balance = 1000
"""


def test_terms_and_accounts_are_learned_and_changed_terms_are_the_next_version(store: Store) -> None:
    text = FILE.replace("priority = 1\n\n[[courier]]", 'priority = 1\ncutoff = "18:00"\n\n[[courier]]') + TERMS
    text = text.replace("weight_g = 300", 'weight_g = 300\nlength_mm = 90\ntraits = ["fragile"]')
    made = store.run_now(furnish, good(text))
    assert (made["accounts"], made["tariffs"]) == (1, 1)
    again = store.run_now(furnish, good(text))
    assert (again["accounts"], again["tariffs"], again["couriers"]) == (0, 0, 0)
    catalog = store.read_now(lambda desk: desk.catalog)
    (courier,), (place,), (shop,) = catalog.couriers.values(), catalog.warehouses.values(), catalog.shops.values()
    (account,), (tariff,) = catalog.accounts[courier.id], catalog.tariffs[courier.id]
    assert (account.code, account.shop_id, account.platforms) == ("菜鸟", shop.id, frozenset({"taobao"}))
    assert (tariff.version, tariff.warehouse_id, len(tariff.rates), tariff.drop_g) == (1, place.id, 2, 100)
    assert (place.cutoff, catalog.skus["CUP"].length_mm, catalog.skus["CUP"].traits) == (
        "18:00",
        90,
        frozenset({"fragile"}),
    )
    assert store.read_now(lambda desk: pools(desk)[account.id].left) == 1000
    changed = text.replace("first_price = 400", "first_price = 420").replace('cutoff = "18:00"', "enabled = false")
    news = store.run_now(furnish, good(changed))
    assert (news["tariffs"], news["warehouses"]) == (1, 0)
    catalog = store.read_now(lambda desk: desk.catalog)
    assert [one.version for one in catalog.tariffs[courier.id]] == [1, 2]
    assert (catalog.warehouses[place.id].enabled, catalog.warehouses[place.id].cutoff) == (False, "")
    store.close()


@pytest.mark.parametrize(
    ("old", "new", "path", "why"),
    [
        ("up_to_g = 500", "up_to_g = 0", "tariff.1.rates.1.tiers", "tiers"),
        ('kind = "freight"', 'kind = "rebate"', "tariff.1.surcharges.1.kind", "value"),
        ("first_price = 400", "first_price = -4", "tariff.1.rates.2.tiers.1.first_price", "range"),
        ("starts = 2026-01-01", 'starts = "soon"', "tariff.1.starts", "value"),
        ('["taobao"]', '["nowhere"]', "account.1.platforms", "value"),
        ("balance = 1000", "balance = -1", "account.1.balance", "range"),
        ("first_number = 500", "first_number = true", "account.1.first_number", "type"),
        ("step_g = 1000\nstep_price = 150", "step_g = 0\nstep_price = 150", "courier.1.step_g", "range"),
        ('code = "HZ"', 'code = "HZ"\ncutoff = "6pm"', "warehouse.1.cutoff", "value"),
        ('platform = "taobao"', 'platform = "etsy"', "shop.1.platform", "value"),
        ('platform = "taobao"', 'platform = ["taobao"]', "shop.1.platform", "value"),
        ("digits = 13", 'digits = "13"', "courier.1.digits", "type"),
        ("cost = 900", "cost = -1", "sku.1.cost", "range"),
        ("cost = 900", "costs = 900\ncost = 900", "sku.1.costs", "unknown"),
        ("cost = 900\n", "", "sku.1", "missing"),
        ("digits = 13", "id = 3\ndigits = 13", "courier.1.id", "unknown"),
        ("units = 20", "units = -20", "stock.1.units", "range"),
        ('sku = "CUP"\nunits', 'sku = "POT"\nunits', "stock.1.sku", "not_here"),
        ('zone = "Asia/Shanghai"\ncurrency', 'zone = "Peking"\ncurrency', "company.zone", "value"),
        ("[[sku]]", "[sku]", "sku", "type"),
        ("[[code]]", "[[codes]]", "codes", "unknown"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, path: str, why: str) -> None:
    """The line of the key, or of the key it is written under."""
    text = FILE + TERMS
    assert old in text
    changed = text.replace(old, new, 1)
    ((line, found, code),) = faults(changed)
    assert (found, code) == (path, why)
    key = [part for part in path.split(".") if not part.isdigit()][1 if why != "missing" and "." in path else 0]
    assert key in changed.splitlines()[line - 1]


def test_every_mistake_is_told_as_file_and_line(tmp_path: Path) -> None:
    """And no number below zero."""
    file = tmp_path / "company.toml"
    text = FILE.replace('warehouse = "HZ"', 'warehouse = "SH"').replace("cost = 900", "cost = -1")
    file.write_text(text, "utf-8")
    with pytest.raises(Refused) as refused:
        load(file)
    strange = f"{file}:41: stock.1.warehouse: 'SH' is neither in this file nor known already"
    assert str(refused.value) == f"{file}:37: sku.1.cost: -1 is below 0\n{strange}"
    file.write_text(text.replace("cost = -1", "cost = 1"), "utf-8")
    with pytest.raises(Refused) as refused:
        load(file)
    assert str(refused.value) == strange
    file.write_text("", "utf-8")
    with pytest.raises(Refused) as refused:
        load(file)
    assert str(refused.value) == f"{file}: company is missing"
    file.write_text(FILE + "\n[oops\n", "utf-8")
    with pytest.raises(Refused, match=r"company.toml:\d+: not valid TOML"):
        load(file)


def test_a_later_file_holds_only_what_is_new(store: Store) -> None:
    """Its courier and warehouse are in the database; what is known nowhere is named."""
    assert faults(TERMS) == [
        (0, "", "missing"),
        (3, "tariff.1.courier", "not_here"),
        (4, "tariff.1.warehouse", "not_here"),
        (18, "account.1.courier", "not_here"),
        (19, "account.1.shop", "not_here"),
    ]
    store.run_now(furnish, good(FILE))
    before = store.read_now(lambda desk: desk.catalog)
    pair = '[[bundle]]\ncode = "PAIR"\ntitle = "对杯"\nparts = [{ sku = "CUP", units = 2 }]\n'
    told = parse(TERMS + pair + '[[stock]]\nwarehouse = "HZ"\nsku = "CUP"\nunits = 3\n', before)
    assert told.faults == ()
    assert told.value is not None
    made = store.run_now(furnish, told.value)
    assert (made["tariffs"], made["accounts"], made["bundles"], made["couriers"]) == (1, 1, 1, 0)
    catalog = store.read_now(lambda desk: desk.catalog)
    assert (catalog.company, catalog.couriers) == (before.company, before.couriers)
    (fault,) = parse(TERMS.replace('"HZ"', '"SH"'), catalog).faults
    assert (fault.path, fault.why, fault.facts) == ("tariff.1.warehouse", "not_here", {"told": "'SH'"})
