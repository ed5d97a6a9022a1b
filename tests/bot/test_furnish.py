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


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('platform = "taobao"', 'platform = "ebay"'), "[[shop]] 1: platform must be one of"),
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
