"""Recipes and the lines they made up, on every database: every version stays, two writers never keep one number."""

from dataclasses import replace

import pytest

from domain.errors import LostRace
from domain.orders.catalog import Bundle, Part
from domain.orders.orders import Kit, Line
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each

SET = Bundle("TEASET", "茶具套装", (Part("CUP-01", 2), Part("TEA-01", 1)), True, 1, "孙丽", NOW)
OTHER = Bundle("DUO", "", (), False, 1, "孙丽", NOW)


def test_the_newest_recipe_counts_and_every_version_stays(each: Each) -> None:
    news = replace(SET, parts=SET.parts[:1], whole=False, version=2)
    each.store.run_now(lambda unit: unit.keep_bundles([SET, OTHER]))
    each.store.run_now(lambda unit: unit.keep_bundles([news]))
    assert each.store.read_now(lambda unit: dict(unit.catalog.bundles)) == {"TEASET": news, "DUO": OTHER}
    assert each.store.read_now(lambda unit: unit.bundle_versions("TEASET")) == [SET, news]


def test_one_number_is_kept_once(each: Each) -> None:
    each.store.run_now(lambda unit: unit.keep_bundles([SET]))

    def again(unit: Unit) -> None:
        with pytest.raises(LostRace):
            unit.keep_bundles([OTHER, replace(SET, title="anders")])

    each.store.run_now(again)
    assert each.store.read_now(lambda unit: unit.bundle_versions("TEASET")) == [SET]


def test_a_code_may_be_taught_to_mean_a_set(each: Each) -> None:
    each.store.run_now(lambda unit: unit.keep_bundles([SET]))
    each.store.run_now(lambda unit: unit.learn_sku(1, "茶具礼盒", "TEASET"))
    catalog = each.store.read_now(lambda unit: unit.catalog)
    assert (catalog.bundle_of(1, "茶具礼盒"), catalog.sku_of(1, "茶具礼盒"), catalog.bundle_of(2, "茶具礼盒")) == (
        SET,
        None,
        None,
    )


def test_which_set_a_line_is_a_part_of_comes_back(each: Each) -> None:
    kit = Kit("TEASET", 1, 2, "陶瓷杯 白", True)
    line = Line(1_000_001, "L1", "茶具套装", "", "TEASET", 4, 1950, 7800, sku="CUP-01", kit=kit)

    def add(unit: Unit) -> int:
        order = factory.order(unit, each.cast.shops[0], lines=(line, replace(line, line_no=2_000_001, kit=None)))
        unit.orders.add([order], ["raw"])
        return order.id

    order_id = each.store.run_now(add)
    read = each.store.read_now(lambda unit: unit.orders.get(order_id))
    assert [one.kit for one in read.lines] == [kit, None]
    for text in ("teaset", "陶瓷杯"):
        found = each.store.read_now(lambda unit, text=text: unit.orders.search(text, None, 5))  # type: ignore[misc]  # bound at once
        assert [order.id for order in found] == [order_id]
