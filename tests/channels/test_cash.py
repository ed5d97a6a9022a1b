"""Cash on delivery in tables: nothing is paid before the courier brings it, so the label says what to collect; and
order types that sell no goods."""

from collections.abc import Mapping, Sequence

import pytest

from domain.intake.incoming import Platform, PlatformState
from domain.intake.table_mapping import Reading
from domain.orders.catalog import Shop
from tests.channels import test_jd, test_lazada, test_mapping, test_shopee, test_tiktok
from tests.channels.making import columns, csv_bytes, only, table

LAYOUT = columns(
    "主订单编号,子订单编号,支付方式,选购商品,商家编码,商品数量,商品金额,订单提交时间,支付完成时间,订单状态,订单类型,订单应付金额"
)
DOUYIN = {
    "主订单编号": "6917000000000000001",
    "子订单编号": "6917000000000000001",
    "支付方式": "微信支付",
    "选购商品": "陶瓷杯",
    "商家编码": "CUP-01",
    "商品数量": "2",
    "商品金额": "78.00",
    "订单提交时间": "2026-05-01 10:00:00",
    "支付完成时间": "2026-05-01 10:01:00",
    "订单状态": "待发货",
    "订单类型": "普通订单",
    "订单应付金额": "78.00",
}
SHOPEE = [*test_shopee.HEADER, "Payment Method"]
CASES = [
    (test_jd.HEADER, test_jd.ROW | {"支付方式": "货到付款", "付款确认时间": "", "余额支付": ""}, "CNY"),
    (LAYOUT, DOUYIN | {"支付方式": "货到付款", "支付完成时间": "-"}, "CNY"),
    (test_lazada.HEADER, test_lazada.ROW, "MYR"),
    (test_tiktok.HEADER, test_tiktok.ROW | {"Paid Time": ""}, "THB"),
    (SHOPEE, test_shopee.ROW | {"Payment Method": "Cash on Delivery", "Order Paid Time": ""}, "SGD"),
]


@pytest.mark.parametrize(("header", "row", "currency"), CASES)
def test_nothing_is_paid_before_the_door(header: Sequence[str], row: Mapping[str, object], currency: str) -> None:
    order = only(csv_bytes(table(header, row)), currency=currency)
    assert (order.cod, order.state, order.paid) == (True, PlatformState.PAID, 0)
    assert order.total > 0


def test_once_it_was_brought_it_is_paid() -> None:
    cash = DOUYIN | {"支付方式": "货到付款"}
    assert only(csv_bytes(table(LAYOUT, cash))).paid == 7800
    done = cash | {"支付完成时间": "-", "订单状态": "已完成"}
    assert only(csv_bytes(table(LAYOUT, done))).paid == 7800
    gone = cash | {"支付完成时间": "-", "订单状态": "已发货"}
    assert only(csv_bytes(table(LAYOUT, gone))).paid == 0


def test_a_piece_that_was_cancelled_is_owed_by_nobody() -> None:
    """Else the courier collects for it at the door, and a paid order waits for money that never comes."""
    gone = test_lazada.SECOND | {"status": "canceled"}
    for paid_with, paid in (("COD", 0), ("MIXEDCARD", 1000)):
        rows = [row | {"payMethod": paid_with} for row in (test_lazada.ROW, gone)]
        order = only(csv_bytes(table(test_lazada.HEADER, *rows)), currency="MYR")
        assert (order.goods, order.shipping, order.total, order.paid) == (1000, 100, 1000, paid)


def test_what_jd_took_from_the_balance_is_paid_and_the_rest_is_due() -> None:
    row = test_jd.ROW | {"支付方式": "货到付款", "付款确认时间": "", "余额支付": "20.00", "应付金额": "58.00"}
    order = only(test_jd.jd_file(row))
    assert (order.cod, order.total, order.paid) == (True, 7800, 2000)


@pytest.mark.parametrize("told", ["货到付款", "COD"])
def test_a_taught_table_tells_cash_on_delivery_by_its_column(told: str) -> None:
    header = [*test_mapping.HEADER, "付款方式", "最晚发货时间", "旗帜", "发票抬头"]
    row = test_mapping.ROW | {"付款方式": told, "最晚发货时间": "2026-05-02", "旗帜": "红", "发票抬头": "小二商行"}
    (order,), rejected = test_mapping.read(csv_bytes(table(header, row)), header=header)
    assert (rejected, order.cod, order.total, order.paid) == ([], True, 3900, 0)
    assert (order.seller_flag, order.invoice) == ("红", "小二商行")
    assert order.promised_ship_at is not None and order.promised_ship_at.isoformat() == "2026-05-02T15:59:59+00:00"


def test_a_taught_table_whose_cash_order_has_no_time_of_payment_is_not_unpaid() -> None:
    header = ["单号", "品名", "数量", "实付", "付款时间", "支付方式"]
    reading = Reading({"number": "单号", "title": "品名", "quantity": "数量", "paid": "实付", "paid_at": "付款时间"})
    shop = Shop(7, "微信小店", Platform.OTHER, "CNY", "Asia/Shanghai")
    row = {"单号": "A-1", "品名": "绿茶", "数量": "1", "实付": "39.00", "支付方式": "货到付款"}
    (order,), _ = test_mapping.read(csv_bytes(table(header, row)), reading, header, shop)
    assert (order.state, order.cod, order.total, order.paid) == (PlatformState.PAID, True, 3900, 0)
    (order,), _ = test_mapping.read(csv_bytes(table(header, row | {"支付方式": "微信"})), reading, header, shop)
    assert (order.state, order.cod) == (PlatformState.UNPAID, False)


@pytest.mark.parametrize(
    ("told", "virtual"),
    [("虚拟商品订单", True), ("电子券", True), ("三方核销", True), ("非虚拟订单", False), ("普通订单", False)],
)
def test_an_order_type_that_sells_no_goods_needs_no_shipping(told: str, virtual: bool) -> None:
    assert only(csv_bytes(table(LAYOUT, DOUYIN | {"订单类型": told}))).lines[0].virtual is virtual


@pytest.mark.parametrize(("told", "virtual"), [("LOC订单", True), ("SOP", False), ("SOPL", False)])
def test_vouchers_at_jd_need_no_shipping(told: str, virtual: bool) -> None:
    assert only(test_jd.jd_file(test_jd.ROW | {"订单类型": told})).lines[0].virtual is virtual


def test_lazadas_word_for_every_seller_that_sends_himself_names_no_warehouse() -> None:
    assert test_lazada.ROW["wareHouse"] == "dropshipping"
    assert only(csv_bytes(table(test_lazada.HEADER, test_lazada.ROW)), currency="MYR").warehouse_hint == ""
    named = test_lazada.ROW | {"wareHouse": "KL West"}
    assert only(csv_bytes(table(test_lazada.HEADER, named)), currency="MYR").warehouse_hint == "KL West"
