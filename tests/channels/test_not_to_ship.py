"""What a platform's file says must not leave: cancelled articles of orders that live on, and orders that wait there."""

import json

import pytest

from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from tests.channels.making import (
    DETAIL_ROW,
    DETAILS,
    ITEMS,
    SHOPIFY,
    SHOPIFY_ROW,
    csv_bytes,
    only,
    read,
    refused,
    table,
    xlsx_bytes,
)
from tests.channels.test_amazon import NEW as AMAZON
from tests.channels.test_amazon import NEW_ROW as AMAZON_ROW
from tests.channels.test_amazon import tsv
from tests.channels.test_douyin import HEADER_75 as DOUYIN
from tests.channels.test_douyin import ROW as DOUYIN_ROW
from tests.channels.test_json_orders import SHOPIFY as SHOPIFY_ORDER
from tests.channels.test_json_orders import WOO
from tests.channels.test_jst import HEADER as JST
from tests.channels.test_jst import ROW as JST_ROW
from tests.channels.test_lazada import HEADER as LAZADA
from tests.channels.test_lazada import ROW as LAZADA_ROW
from tests.channels.test_tiktok import ROW as TIKTOK_ROW
from tests.channels.test_tiktok import SECOND, export

LIVE, CLOSED = "买家已付款，等待卖家发货", "交易关闭"
POT = DETAIL_ROW | {"标题": "茶壶", "价格": "6.50", "购买数量": "1", "商家编码": "POT-1", "订单状态": CLOSED}


def shopify_json(**changes: object) -> bytes:
    return json.dumps(SHOPIFY_ORDER | {"refunds": []} | changes).encode()


def line(**changes: object) -> dict[str, object]:
    told = SHOPIFY_ORDER["line_items"]
    assert isinstance(told, list)
    return {**told[0], **changes}


def test_a_closed_sub_order_in_taobaos_detail_list_is_paid_back() -> None:
    order = only(csv_bytes(table(DETAILS, DETAIL_ROW, POT), "gb18030"))
    assert [(one.merchant_code, one.refund) for one in order.lines] == [
        ("TEA-001", RefundState.NONE),
        ("POT-1", RefundState.SUCCESS),
    ]


def test_all_sub_orders_closed_are_a_closed_order() -> None:
    order = only(csv_bytes(table(DETAILS, DETAIL_ROW | {"订单状态": CLOSED}, POT), "gb18030"))
    assert [one.refund for one in order.lines] == [RefundState.NONE, RefundState.NONE]


def test_taobaos_item_sheet_pays_back_what_is_closed_without_a_word_for_it() -> None:
    tea = {
        "子订单编号": "2",
        "主订单编号": "1",
        "商品标题": "绿茶",
        "购买数量": "1",
        "订单状态": LIVE,
        "买家实付金额": "44.00",
    }
    pot = tea | {"子订单编号": "3", "商品标题": "茶壶", "订单状态": CLOSED, "买家实付金额": "6.50"}
    order = only(xlsx_bytes({"宝贝明细": table(ITEMS, pot, tea)}))
    assert order.refunds == (IncomingRefund("1:file", RefundState.SUCCESS, 650, ("3",)),)


def test_a_cancelled_article_of_a_living_tiktok_order_is_paid_back() -> None:
    number, pot = TIKTOK_ROW["Order ID"], f"{TIKTOK_ROW['Order ID']}:{SECOND['SKU ID']}"
    told = only(export(TIKTOK_ROW, SECOND | {"Order Status": "Canceled"}), currency="USD")
    assert [(one.merchant_code, one.refund) for one in told.lines] == [
        ("TEA-001", RefundState.NONE),
        ("POT-1", RefundState.SUCCESS),
    ]
    assert told.refunds == (IncomingRefund(f"{number}:file", RefundState.SUCCESS, 900, (pot,)),)
    amount = SECOND | {"Order Status": "Canceled", "Order Refund Amount": "9.50"}
    assert only(export(TIKTOK_ROW, amount), currency="USD").refunds[0].amount == 950


def test_a_cancelled_tiktok_order_is_closed_and_no_refund_of_lines() -> None:
    both = [row | {"Order Status": "Canceled"} for row in (TIKTOK_ROW, SECOND)]
    order = only(export(*both), currency="USD")
    assert (order.state, order.refunds, {one.refund for one in order.lines}) == (
        PlatformState.CLOSED,
        (),
        {RefundState.NONE},
    )


@pytest.mark.parametrize("column", ["Order Status", "Order Substatus"])
def test_the_buyers_hour_at_tiktok_holds(column: str) -> None:
    assert only(export(TIKTOK_ROW | {column: "On hold"}), currency="USD").platform_hold == "On hold"
    assert only(export(TIKTOK_ROW), currency="USD").platform_hold == ""


def test_what_douyins_warehouse_handles_is_not_shipped_here() -> None:
    header = [*DOUYIN, "是否平台仓自流转"]
    states = [
        only(csv_bytes(table(header, DOUYIN_ROW | {"是否平台仓自流转": told}))).state for told in ("是", "否", "")
    ]
    assert states == [PlatformState.SHIPPED, PlatformState.PAID, PlatformState.PAID]


@pytest.mark.parametrize(
    ("state", "trouble", "held"),
    [("异常", "黑名单", "黑名单"), ("异常", "", "异常"), ("异常", "用户已申请退款", ""), ("待审核", "", "")],
)
def test_what_jst_has_stopped_waits(state: str, trouble: str, held: str) -> None:
    data = csv_bytes(table([*JST, "异常类型"], JST_ROW | {"状态": state, "异常类型": trouble}))
    assert only(data).platform_hold == held


def test_a_paid_woocommerce_order_put_on_hold_is_held() -> None:
    assert only(json.dumps(WOO | {"status": "on-hold"}).encode()).platform_hold == "on-hold"
    assert only(json.dumps(WOO | {"status": "on-hold", "date_paid_gmt": None}).encode()).platform_hold == ""
    assert only(json.dumps(WOO).encode()).platform_hold == ""


def test_what_an_edit_took_off_a_shopify_order_is_no_goods() -> None:
    fewer = only(shopify_json(line_items=[line(current_quantity=2), line(id=2, current_quantity=0)]))
    assert [(one.external_id, one.quantity) for one in fewer.lines] == [("254721536", 2)]


def test_what_a_refund_took_back_stays_a_line_with_its_refund() -> None:
    back = {"id": 9, "refund_line_items": [{"line_item_id": 254721536, "quantity": 3}], "transactions": []}
    order = only(shopify_json(line_items=[line(current_quantity=0)], refunds=[back]))
    assert [one.quantity for one in order.lines] == [3]
    assert [(one.line_ids, one.units) for one in order.refunds] == [(("254721536",), (3,))]


def test_an_empty_time_of_cancelling_cancels_nothing() -> None:
    assert only(shopify_json(cancelled_at="")).state is PlatformState.PAID


@pytest.mark.parametrize(
    ("gateway", "state"), [("Cash on Delivery (COD)", PlatformState.PAID), ("Bank Deposit", PlatformState.UNPAID)]
)
def test_cash_on_delivery_is_sent_though_shopify_calls_it_pending(gateway: str, state: PlatformState) -> None:
    told = only(shopify_json(financial_status="pending", payment_gateway_names=[gateway]))
    assert (told.state, told.paid, told.cod) == (state, 0, state is PlatformState.PAID)
    row = SHOPIFY_ROW | {"Financial Status": "pending", "Paid at": "", "Payment Method": gateway}
    listed = only(csv_bytes(table([*SHOPIFY, "Payment Method"], row)))
    assert (listed.state, listed.paid, listed.cod) == (state, 0, state is PlatformState.PAID)


def test_a_piece_of_lazada_twice_is_refused() -> None:
    twice = xlsx_bytes({"sheet1": table(LAZADA, LAZADA_ROW, LAZADA_ROW)})
    assert [(one.row, one.reason, one.facts.get("column")) for one in read(twice, currency="MYR")[1]] == [
        (2, "part_of_refused", None),
        (3, "duplicate_in_file", "orderItemId"),
    ]


def test_an_item_of_amazon_twice_is_refused() -> None:
    told = refused(tsv(AMAZON, AMAZON_ROW, AMAZON_ROW))
    assert [(row, reason, facts.get("column")) for row, reason, facts in told] == [
        (2, "part_of_refused", None),
        (3, "duplicate_in_file", "order-item-id"),
    ]


def test_an_article_taken_off_a_woocommerce_order_is_no_line() -> None:
    lines = WOO["line_items"]
    assert isinstance(lines, list)
    order = only(json.dumps(WOO | {"line_items": [*lines, {**lines[0], "id": 637, "quantity": 0}]}).encode())
    assert [one.external_id for one in order.lines] == ["636"]
