"""To ship and to sell in chat: of one product, and of all of them."""

from dataclasses import replace

import pytest

from domain.intake import intake
from domain.people.people import SHOP, Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import Stock
from tests.factory import incoming, incoming_line
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


async def test_a_product_says_what_is_to_sell_and_what_that_is_made_of(floor: Floor) -> None:
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [incoming()])
    policy = replace(Policy(), stock=Stock(safety=5))
    floor.do(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    (said,) = await floor.writes(floor.cast.people[Role.CS], "/stock CUP-01")
    lines = said.split("\n")
    at = lines.index("To ship 200 · to sell 193")
    assert lines[at + 1] == "To sell: 200 free − 2 in review − 5 kept back"


async def test_without_a_product_all_are_told_the_least_first(floor: Floor) -> None:
    line = (incoming_line("CUP-01", 230),)
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [incoming(lines=line)])
    buyer = floor.speaks(Role.BUYER, "en")
    (said,) = await floor.writes(buyer, "/stock")
    lines = said.split("\n")
    assert lines[:2] == [
        "📦 5 products: to ship 380, to sell 150",
        "⚠ More is promised than there is of 1 product.",
    ]
    assert lines[4] == "• <code>CUP-01</code> 陶瓷杯 白: to ship 200, to sell -30"
    assert lines[-1] == "Send /stock with a SKU, a barcode or a part of the title, e.g. /stock CUP-01"
    (said,) = await floor.writes(buyer, "/stock CUP-01")
    assert "Average cost: 杭州仓 ¥12.00, 武汉仓 ¥12.00\nWhere it lies:" in said
    zh = floor.speaks(Role.BUYER, "zh")
    (said,) = await floor.writes(zh, "/stock CUP-01")
    assert "平均成本：杭州仓 ¥12.00、武汉仓 ¥12.00\n货位分布：" in said
    (said,) = await floor.writes(zh, "/stock")
    assert said.split("\n")[0] == "📦 5 个商品：可发 380，可售 150"


async def test_of_a_product_that_is_switched_off_nothing_is_to_sell(floor: Floor) -> None:
    floor.do(lambda unit: unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], enabled=False)]))
    for language, told in {
        "en": ["🚫 Switched off: no longer sold", "To ship 200 · to sell 0"],
        "zh": ["🚫 已停用：不再销售", "可发 200 · 可售 0"],
    }.items():
        (said,) = await floor.writes(floor.speaks(Role.CS, language), "/stock CUP-01")
        at = said.split("\n").index(told[0])
        assert said.split("\n")[at : at + 2] == told
