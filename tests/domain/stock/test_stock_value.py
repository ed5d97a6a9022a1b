"""Closing value of the stock: what its units have cost, whatever the cards say and whatever moved since."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from domain.finance import day_close
from domain.finance.day_report import DayReport, StockRow, tie_out
from domain.policy.policy import Policy, document_of
from domain.records import ReportRun, RunState
from domain.review.holds import HoldCode
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests.domain.house import House
from tests.factory import NOW


def report(house: House) -> DayReport:
    day = NOW.astimezone(ZoneInfo("Asia/Shanghai")).date()
    run = ReportRun(1, day, 1, RunState.RUNNING, 1, NOW)
    return house.store.read_now(day_close.collect, run)


def cups(house: House) -> StockRow:
    here = house.cast.warehouses[0].name
    (row,) = [row for row in report(house).stock if (row.warehouse, row.sku) == (here, "CUP-01")]
    return row


def buy(house: House, units: int, value: int | None) -> None:
    move = Move(house.cast.warehouses[0].id, "CUP-01", Bucket.GOOD, units, Document.ADJUST, 1, value=value)
    house.run(lambda unit: unit.stock.apply([move], "anna"))


def test_it_is_what_was_paid_not_what_the_card_says(house: House) -> None:
    """A hundred at 12.00 and a hundred at 20.00: 16.00 on average."""
    buy(house, 100, 200_000)
    house.run(_cards_say_seven)
    row = cups(house)
    assert (row.closing, row.value, row.unit_cost) == (200, 320_000, 1600)
    assert [check for check in tie_out(report(house)) if not check.ok] == []


def _cards_say_seven(unit: Unit) -> None:
    unit.catalog_admin.put_skus([replace(sku, cost=7) for sku in unit.catalog.skus.values()])


def test_what_moved_after_the_day_is_not_in_it(house: House) -> None:
    buy(house, 100, 200_000)
    house.pass_time(86_400)
    buy(house, 50, 1_000_000)
    buy(house, -10, None)
    row = cups(house)
    assert (row.closing, row.since, row.value) == (200, 40, 320_000)
    assert [check for check in tie_out(report(house)) if not check.ok] == []


def test_nothing_left_is_worth_nothing(house: House) -> None:
    buy(house, -100, None)
    assert (cups(house).closing, cups(house).value, cups(house).unit_cost) == (0, 0, 0)


@pytest.mark.parametrize(("percent", "held"), [(7, False), (8, True)])
def test_a_margin_counts_what_the_goods_have_cost_where_they_lie(house: House, percent: int, held: bool) -> None:
    """137.00 paid, two cups at 52.00 on average, the tea 18.00, freight 5.00: 7.3 % are kept. By the cards it
    would be 65.7 %."""
    buy(house, 100, 920_000)
    policy = replace(Policy(), screening=replace(Policy().screening, margin_percent=percent))
    house.run(Unit.keep_policy, policy, "boss", document_of(policy))
    house.receive()
    found = [hold for hold in house.order.holds if hold.code is HoldCode.MARGIN_LOW]
    assert bool(found) is held
    assert [hold.evidence["cost"] for hold in found] == (["12200"] if held else [])
