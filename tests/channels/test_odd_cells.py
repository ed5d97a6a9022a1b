"""Cells that a careful clerk would ask about: totals without an amount, names with a comma, orders that are none."""

import json

import pytest

import channels
from domain.intake.incoming import IncomingOrder, Platform
from tests.channels.making import SHANGHAI, SHOPIFY, SHOPIFY_ROW, csv_bytes, only, read, refused, table
from tests.channels.test_ebay import ROW as EBAY_ROW
from tests.channels.test_ebay import report
from tests.channels.test_json_orders import SHOPIFY as SHOPIFY_ORDER
from tests.channels.test_mapping import ROW as TAUGHT_ROW
from tests.channels.test_mapping import only as taught
from tests.channels.test_mapping import read as read_taught
from tests.channels.test_mapping import refused as taught_refused
from tests.channels.test_mapping import with_columns
from tests.channels.test_taobao import order_file


@pytest.mark.parametrize("currency", ["", "USD"])
def test_a_total_that_is_no_amount_is_named_whether_the_currency_is_known_or_not(currency: str) -> None:
    row = EBAY_ROW | {"Total Price": "free", "Sold For": "10.00", "Shipping And Handling": "5.00"}
    row |= {"eBay Collected Tax": "1.50"}
    orders, rejected = read(report(row), currency=currency)
    assert orders == []
    facts = {"column": "Total Price", "value": "free"}
    assert [(one.reason, one.facts) for one in rejected] == [("not_a_number", facts)]


def test_an_amount_that_tells_no_currency_is_named() -> None:
    plain = {"Total Price": "26.50", "Sold For": "10.00", "Shipping And Handling": "5.00", "eBay Collected Tax": "1.50"}
    (told,) = refused(report(EBAY_ROW | plain))
    assert told[1:] == ("unknown_currency", {"column": "Total Price", "value": "26.50"})


def test_an_ebay_order_without_a_total_is_added_up() -> None:
    order = only(report(EBAY_ROW | {"Total Price": ""}), "USD")
    assert (order.total, order.paid) == (2650, 2650)


def test_a_shopify_order_without_a_total_is_refused() -> None:
    assert refused(csv_bytes(table(SHOPIFY, SHOPIFY_ROW | {"Total": ""}))) == [(2, "missing", {"column": "Total"})]


@pytest.mark.parametrize(
    ("told", "name", "phone", "district", "street"),
    [
        ("Tom, Jr，13812345678，浙江省 杭州市 西湖区 文三路 1 号", "Tom, Jr", "13812345678", "西湖区", "文三路 1 号"),
        (
            "王小二（茶铺，二楼），86-13812345678，浙江省 杭州市 西湖区 文三路 1 号",
            "王小二（茶铺，二楼）",
            "13812345678",
            "西湖区",
            "文三路 1 号",
        ),
        ("，13812345678，浙江省 杭州市 西湖区 文三路 1 号", "Anna", "13812345678", "西湖区", "文三路 1 号"),
    ],
)
def test_a_name_with_a_comma_in_it(told: str, name: str, phone: str, district: str, street: str) -> None:
    to = only(order_file(收货人姓名="Anna", 修改后的收货地址=told)).receiver
    assert (to.name, to.phone, to.province, to.district, to.address) == (name, phone, "浙江省", district, street)


def test_a_street_with_a_number_in_it_is_no_name() -> None:
    told = "浙江省 杭州市 西湖区，文三路 1 号，13812345678，东门"
    to = only(order_file(收货人姓名="Anna", 修改后的收货地址=told)).receiver
    assert (to.name, to.province, to.district) == ("Anna", "浙江省", "西湖区")


def test_a_test_order_is_held_for_what_it_is() -> None:
    rows = table([*SHOPIFY, "Test"], SHOPIFY_ROW | {"Test": "true"}, SHOPIFY_ROW | {"Name": "#2", "Test": "false"})
    orders, rejected = read(csv_bytes(rows))
    assert [(one.number, one.platform_hold) for one in orders] == [("#1001", "test order"), ("#2", "")]
    assert rejected == []
    for told, hold in ((True, "test order"), ("true", "test order"), (False, ""), ("false", ""), (None, "")):
        body = json.dumps(SHOPIFY_ORDER | {"test": told}).encode()
        found = channels.payload(Platform.SHOPIFY, "orders/create", body, zone=SHANGHAI)
        assert isinstance(found, IncomingOrder)
        assert found.platform_hold == hold


def test_a_taught_table_without_the_amount_is_asked_for_it_or_adds_up_its_prices() -> None:
    paid = {"实付(元)": ""}
    assert taught_refused(paid) == [(2, "missing", {"column": "实付(元)"})]
    assert [taught(paid | {"状态": word}).paid for word in ("待付款", "怪")] == [0, 0]
    header, reading = with_columns("单价", unit_price="单价")
    ((order,), rejected) = read_taught(csv_bytes(table(header, TAUGHT_ROW | paid | {"单价": "20.00"})), reading, header)
    assert (rejected, order.total, order.paid) == ([], 4000, 4000)
