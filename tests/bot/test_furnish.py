"""The set-up file: what it puts in, that it can be given twice, and that mistakes are named."""

from collections.abc import Callable

import pytest

from bot.furnish import BadSetup, furnish, parse
from domain.incoming import Platform
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


def test_a_file_furnishes_the_company_and_twice_changes_nothing(store: Store) -> None:
    plan = parse(FILE)
    none = {"shops": 0, "warehouses": 0, "couriers": 0, "accounts": 0, "tariffs": 0, "skus": 1, "stock": 0}
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
    store.close()


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
    made = store.run_now(furnish, parse(text))
    assert (made["accounts"], made["tariffs"]) == (1, 1)
    again = store.run_now(furnish, parse(text))
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
    assert store.read_now(lambda desk: desk.waybills.pools()[account.id].left) == 1000
    changed = text.replace("first_price = 400", "first_price = 420").replace('cutoff = "18:00"', "enabled = false")
    news = store.run_now(furnish, parse(changed))
    assert (news["tariffs"], news["warehouses"]) == (1, 0)
    catalog = store.read_now(lambda desk: desk.catalog)
    assert [one.version for one in catalog.tariffs[courier.id]] == [1, 2]
    assert (catalog.warehouses[place.id].enabled, catalog.warehouses[place.id].cutoff) == (False, "")
    store.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("up_to_g = 500", "up_to_g = 0"), "[[tariff]] 1: tiers for 浙江 must rise by up_to_g"),
        (('kind = "freight"', 'kind = "rebate"'), "[[tariff]] 1: surcharges 1: kind must be one of fixed, freight"),
        (("first_price = 400", "first_price = -4"), "[[tariff]] 1: rates 2: tiers 1: first_price must not be negative"),
        (
            ('courier = "YTO"\nwarehouse', 'courier = "ZTO"\nwarehouse'),
            "[[tariff]] 1: courier 'ZTO' is not in this file",
        ),
        (("starts = 2026-01-01", 'starts = "soon"'), "[[tariff]] 1: starts must be a day like 2026-11-23"),
        (('["taobao"]', '["nowhere"]'), "[[account]] 1: platforms must be among taobao"),
        (("balance = 1000", "balance = -1"), "[[account]] 1: first_number and balance must be whole numbers"),
        (("step_g = 1000\nstep_price = 150", "step_g = 0\nstep_price = 150"), "[[courier]] 1: step_g must be more"),
        (('code = "HZ"', 'code = "HZ"\ncutoff = "6pm"'), "[[warehouse]] 1: cutoff must be a time like 16:00"),
    ],
)
def test_a_mistake_in_the_terms_is_named(change: tuple[str, str], words: str) -> None:
    text = FILE + TERMS
    assert change[0] in text
    with pytest.raises(BadSetup) as refused:
        parse(text.replace(*change))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('platform = "taobao"', 'platform = "etsy"'), "[[shop]] 1: platform must be one of"),
        (lambda text: text.replace("digits = 13", 'digits = "13"'), "[[courier]] 1: digits must be a whole number"),
        (lambda text: text.replace("cost = 900", "cost = -1"), "[[sku]] 1: cost must not be negative"),
        (lambda text: text.replace("cost = 900\n", ""), "[[sku]] 1: cost is missing"),
        (lambda text: text.replace("cost = 900", "costs = 900"), "[[sku]] 1: unknown key costs"),
        (lambda text: text.replace('warehouse = "HZ"', 'warehouse = "SH"'), "[[stock]] 1: warehouse 'SH'"),
        (lambda text: text.replace("Asia/Shanghai", "Peking"), "[company]: there is no zone 'Peking'"),
        (lambda text: text + "\n[oops\n", "line"),
        (lambda text: text.replace("[[sku]]", "[sku]"), "[[sku]] must be written with two brackets"),
        (lambda text: text + "\n[[shops]]\n", "unknown table shops"),
    ],
)
def test_a_mistake_is_named_with_its_place(change: Callable[[str], str], words: str) -> None:
    with pytest.raises(BadSetup) as refused:
        parse(change(FILE))
    assert words in str(refused.value)
